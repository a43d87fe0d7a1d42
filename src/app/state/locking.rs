//! Opening and locking the vault. Locking never loses what was typed.

use std::path::PathBuf;

use super::{
    AppState, Attempt, Backups, Dialog, ImportPage, OpenRenewals, OpenVault, Page, RunPhase, Screen, Tone, Unlock,
    rescue_name::RescueNames,
};
use crate::{
    app::{
        SharedProfiles,
        draft::Draft,
        listing::Filter,
        tasks::{
            ClipboardRequest, NetworkRequest, Refusal, Request, SaveReason, Ticket, VaultFileRequest, VaultRequest,
        },
    },
    profile::{ProxyCredentials, compared_name},
};

/// How far locking has come.
#[derive(Default)]
pub(super) enum Locking {
    /// Nothing is being locked.
    #[default]
    No,
    /// The vault locks as soon as what is not saved is kept in it.
    AfterRescue(Rescue),
    /// The vault that is being opened locks again at once: the person has gone meanwhile.
    WhenOpened,
}

/// What is being kept in the vault before it locks.
pub(super) struct Rescue {
    /// The name under which the unsaved form is kept, where it had changes.
    form: Option<String>,
    /// How many answers are awaited.
    waiting: usize,
    /// Whether something could not be kept.
    failed: bool,
}

impl AppState {
    pub(super) fn vault_opened(
        &mut self,
        path: PathBuf,
        profiles: SharedProfiles,
        proxy_credentials: Option<ProxyCredentials>,
    ) {
        let (draft, show_profile, kept, mut left) = match &mut self.screen {
            Screen::Unlock(form) => {
                (form.draft.take(), form.show_profile.take(), form.kept.take(), std::mem::take(&mut form.open_renewals))
            }
            _ => (None, None, None, OpenRenewals::default()),
        };
        let dropped = if let Screen::Unlock(form) = &mut self.screen { form.dropped_import.take() } else { None };
        let created = match &self.screen {
            Screen::FirstStart(form) if form.attempt.is_under_way() => Some(form.this_account),
            Screen::FirstStart(_) | Screen::Unlock(_) | Screen::Open(_) => None,
        };
        self.throttle.succeeded(&path);
        self.remember_vault(&path);
        let shown = show_profile
            .and_then(|name| profiles.iter().find(|profile| compared_name(&profile.name) == compared_name(&name)))
            .map(|profile| Draft::of(profile));
        for (id, form) in &mut left.renewal_forms {
            form.forget_what_is_kept(profiles.by_id(*id));
        }
        let renewing = left.page.and_then(|id| profiles.by_id(id));
        let shown = shown.or_else(|| renewing.map(Draft::of));
        let page = renewing.map_or(Page::Profiles, |profile| Page::Renewal(profile.id));
        if let Some(profile) = renewing {
            left.renewal_forms.entry(profile.id).or_default();
        }
        self.screen = Screen::Open(Box::new(OpenVault {
            path,
            guide_open: profiles.is_empty(),
            behind_list: None,
            profiles,
            page,
            focus_search: false,
            focus_name: false,
            search: String::new(),
            // What was looked for last time would hide profiles from somebody who comes back after months.
            filter: Filter::All,
            sort: self.settings.list.sort,
            expiring_within: self.settings.list.expiring_within,
            tags: Vec::new(),
            recent: self.settings.list.recent.clone(),
            collapsed: Default::default(),
            selection: Default::default(),
            draft: draft.map(|draft| *draft).or(shown),
            checks: Default::default(),
            renewal_forms: left.renewal_forms,
            looked_at_former: None,
            proxy_credentials,
            conflicts: Vec::new(),
            history: Vec::new(),
            history_of: None,
            slots: Vec::new(),
            saved_in_future: None,
            standing: None,
            choices: Default::default(),
            copies: Vec::new(),
            backups: Backups::Looking,
            comparison: None,
            run: None,
            network_test: Default::default(),
            import: None,
            pasted: None,
            renewals: Default::default(),
            reminders: Default::default(),
            saving: false,
            kept_draft: Default::default(),
            list_memory: Default::default(),
        }));
        self.keep_backups();
        self.count_dates();
        self.look_at_schedule();
        if let Some(text) = kept {
            self.notify(Tone::Warning, text);
        } else if let Some(files) = dropped {
            let text = format!("The vault locked before anything was imported from {files}. Import it again.");
            self.notify(Tone::Info, text);
        }
        if let Some(this_account) = created {
            self.vault_created(this_account);
        }
        if matches!(self.locking, Locking::WhenOpened) {
            self.locking = Locking::No;
            self.lock_now();
        }
    }

    pub(super) fn vault_not_opened(&mut self, refusal: Refusal) {
        if matches!(self.locking, Locking::WhenOpened) {
            self.locking = Locking::No;
            self.close_if_ending();
        }
        match &mut self.screen {
            Screen::FirstStart(form) => {
                form.attempt = Attempt::failed(refusal.text);
            }
            Screen::Unlock(form) => {
                if refusal.is_wrong_credential() {
                    form.passphrase.wipe();
                    self.throttle.failed(&form.path, self.seconds);
                }
                form.attempt = Attempt::failed(refusal);
            }
            Screen::Open(_) => self.notify(Tone::Danger, refusal.text),
        }
    }

    /// The seconds until the vault on the unlock screen may be tried again, after wrong passphrases.
    pub fn seconds_to_wait(&self) -> Option<u32> {
        let Screen::Unlock(form) = &self.screen else { return None };
        self.throttle.seconds_left(&form.path, self.seconds)
    }

    /// The seconds until that count goes on.
    pub(super) fn next_second_of_waiting(&self) -> Option<f64> {
        let Screen::Unlock(form) = &self.screen else { return None };
        self.throttle.next_change(&form.path, self.seconds)
    }

    /// When the vault locks itself, in seconds since the start, if it does.
    pub(super) fn auto_lock_at(&self) -> Option<f64> {
        let minutes = self.settings.auto_lock_minutes?;
        let may_lock = self.open_vault().is_some() && matches!(self.locking, Locking::No);
        may_lock.then(|| self.last_input + f64::from(minutes) * 60.0)
    }

    /// Locks without asking: what is not saved is first kept in the vault as a profile of its own, because it may be
    /// the only copy of a secret that the portal shows once.
    pub fn lock_now(&mut self) {
        if self.is_locking() {
            return;
        }
        let (now, id) = (self.now, (self.new_id)());
        let Some(vault) = self.open_vault() else { return };
        let mut names = RescueNames::of(&vault.profiles);
        let mut rescues = self.rescues_of_new_secrets(&mut names);
        let mut form = None;
        if let Some(draft) = vault.draft.as_ref().filter(|draft| draft.is_changed()) {
            let name = names.name(&draft.fields.name);
            let rescue = Box::new(draft.rescue(id, name.clone(), now, &self.clouds));
            rescues.push(Request::Vault(VaultRequest::PutProfile(rescue, None, SaveReason::BeforeLock)));
            form = Some(name);
        }
        // A secret that is being made exists nowhere else: its answer is waited for, and then kept.
        let waiting = rescues.len() + self.secrets_being_created();
        if waiting == 0 {
            return self.finish_locking(None, None);
        }
        self.outbox.extend(rescues);
        self.locking = Locking::AfterRescue(Rescue { form, waiting, failed: false });
    }

    /// Something that was not saved is kept, or could not be. After the last of it the vault locks.
    pub(super) fn rescued(&mut self, result: Result<(), &Refusal>) {
        let Locking::AfterRescue(rescue) = &mut self.locking else { return };
        rescue.waiting = rescue.waiting.saturating_sub(1);
        rescue.failed |= result.is_err();
        if rescue.waiting > 0 {
            return;
        }
        let Locking::AfterRescue(Rescue { form, failed, .. }) = std::mem::take(&mut self.locking) else { return };
        if failed {
            let draft = self.open_vault_mut().and_then(|vault| vault.draft.take_if(|draft| draft.is_changed()));
            return self.finish_locking(None, draft.map(Box::new));
        }
        if let Some(vault) = self.open_vault_mut() {
            vault.renewal_forms.clear();
        }
        let kept = form.map(|name| {
            let text = format!(
                "The vault locked with unsaved changes. They were saved as the profile “{name}”: review them, then \
                 save or delete that profile."
            );
            (text, name)
        });
        self.finish_locking(kept, None);
    }

    /// A secret that was being made while the vault locks was not made: there is nothing to keep.
    pub(super) fn creation_failed_while_locking(&mut self) {
        self.rescued(Ok(()));
    }

    pub(super) fn finish_locking(&mut self, kept: Option<(String, String)>, draft: Option<Box<Draft>>) {
        let tests = self.tests_of_new_secrets();
        let Some(vault) = self.open_vault_mut() else { return };
        let mut form = Unlock::of(vault.path.clone());
        vault.renewal_forms.retain(|_, renewal| renewal.holds_something());
        let page = if let Page::Renewal(id) = vault.page { Some(id) } else { None };
        form.open_renewals = OpenRenewals { page, renewal_forms: std::mem::take(&mut vault.renewal_forms) };
        if draft.is_none() && form.open_renewals.renewal_forms.is_empty() {
            self.remove_kept_draft();
        }
        let Some(vault) = self.open_vault() else { return };
        form.dropped_import = vault.import.as_ref().filter(|import| import.outcome.is_none()).map(ImportPage::names);
        if let Some((text, name)) = kept {
            form.kept = Some(text);
            form.show_profile = Some(name);
        }
        form.draft = draft;
        let run = vault.run.iter().filter(|run| run.phase == RunPhase::Running).map(|run| run.ticket);
        let checks = vault.checks.values().filter(|check| check.is_running()).map(|check| check.ticket);
        let running: Vec<Ticket> = run.chain(checks).chain(tests).chain(vault.network_test.running()).collect();
        self.outbox.extend(running.into_iter().map(|ticket| Request::Network(NetworkRequest::Cancel(ticket))));
        self.outbox.push(Request::VaultFile(VaultFileRequest::Lock));
        self.keep_recent();
        self.outbox.push(Request::Clipboard(ClipboardRequest::Clear));
        self.go_to_unlock(form);
        self.dialogs.retain(|dialog| !belongs_to_open_vault(dialog));
        self.notice = None;
        self.forget_edits();
        self.clear_clipboard_at = None;
        self.close_if_ending();
    }
}

fn belongs_to_open_vault(dialog: &Dialog) -> bool {
    match dialog {
        Dialog::Unsaved(_)
        | Dialog::Delete(..)
        | Dialog::Palette(_)
        | Dialog::Shortcuts
        | Dialog::Export(_)
        | Dialog::DeleteImported(_)
        | Dialog::Paste(_)
        | Dialog::ChangePassphrase(_)
        | Dialog::ProxySignIn(_)
        | Dialog::Mail(_)
        | Dialog::RecoveryKey(_)
        | Dialog::RemoveSlot(_)
        | Dialog::PutBack(_)
        | Dialog::Renewal(_)
        | Dialog::CreateSecret(_)
        | Dialog::RemoveSecret(_)
        | Dialog::Restore(_) => true,
        Dialog::Damaged(_) | Dialog::TrustVault(_) => false,
    }
}

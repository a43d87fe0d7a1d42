//! Choosing, saving, deleting and copying profiles.

use uuid::Uuid;

use super::{AfterUnsaved, AppState, Dialog, Notice, Tone, Undo};
use crate::{
    app::{
        command::{Page, UnsavedAnswer},
        draft::{Draft, Judged},
        tasks::{Because, Change, Refusal, RefusalCause, Request, Taken},
    },
    cloud::Overrides,
    profile::{ClientSecret, Profile, SecretText, compared_name},
};

impl AppState {
    /// Whether a profile other than `except` has the name, without regard to case.
    pub fn is_name_taken(&self, name: &str, except: Uuid) -> bool {
        let name = compared_name(name);
        self.open_vault().is_some_and(|vault| {
            vault.profiles.iter().any(|profile| profile.id != except && compared_name(&profile.name) == name)
        })
    }

    /// Does `next`, after asking about unsaved changes where there are any.
    pub(super) fn after_unsaved(&mut self, next: AfterUnsaved) {
        let already_shown = match next {
            AfterUnsaved::Select(id) => {
                self.open_vault().and_then(|vault| vault.draft.as_ref()).is_some_and(|draft| draft.id == id)
            }
            _ => false,
        };
        if already_shown {
            if let Some(vault) = self.open_vault_mut() {
                vault.page = Page::Profiles;
            }
        } else if self.would_lose(next) {
            // Asked once, however often the window's cross is pressed.
            if !self.dialogs.iter().any(|dialog| matches!(dialog, Dialog::Unsaved(_))) {
                self.dialogs.push_back(Dialog::Unsaved(next));
            }
        } else {
            self.go_on(next);
        }
    }

    pub(super) fn answer_unsaved(&mut self, answer: UnsavedAnswer) {
        let Some(Dialog::Unsaved(next)) = self.dialogs.front() else { return };
        let next = *next;
        self.dialogs.pop_front();
        match answer {
            UnsavedAnswer::Stay => {}
            UnsavedAnswer::Discard => {
                self.revert();
                if next.ends_the_vault() {
                    self.drop_new_secrets();
                }
                self.go_on(next);
            }
            UnsavedAnswer::Save => {
                if next.ends_the_vault() && !self.keep_new_secrets() {
                    return;
                }
                if self.form_is_changed() {
                    self.save();
                }
                // What comes next waits until the vault says that it has the changes.
                if self.is_saving() {
                    self.after_save = Some(next);
                }
            }
        }
    }

    /// Whether going on with `next` would lose something that is typed.
    fn would_lose(&self, next: AfterUnsaved) -> bool {
        self.form_is_changed() || next.ends_the_vault() && self.holds_new_secrets()
    }

    /// Whether something that was typed is on its way into the vault.
    fn is_saving(&self) -> bool {
        self.open_vault().is_some_and(|vault| vault.saving) || self.renewal_is_working()
    }

    fn go_on(&mut self, next: AfterUnsaved) {
        match next {
            AfterUnsaved::Select(id) => {
                if let Some(vault) = self.open_vault_mut() {
                    vault.draft = vault.profiles.iter().find(|profile| profile.id == id).map(Draft::of);
                    vault.page = Page::Profiles;
                }
            }
            AfterUnsaved::NewProfile => {
                let id = (self.new_id)();
                if let Some(vault) = self.open_vault_mut() {
                    vault.draft = Some(Draft::new(id));
                    vault.page = Page::Profiles;
                }
            }
            AfterUnsaved::Renew(id) => self.open_renewal(id),
            AfterUnsaved::Lock => self.finish_locking(None, None),
            AfterUnsaved::Close => self.close_window = true,
        }
    }

    pub(super) fn save(&mut self) {
        let (now, clouds) = (self.now, self.clouds.clone());
        let Some(draft) = self.open_vault_mut().and_then(|vault| vault.draft.as_mut()) else { return };
        if draft.judged == Judged::Gently {
            draft.judged = Judged::Strictly;
        }
        let Some(mut profile) = draft.to_profile(now, &clouds) else {
            return self.notify(
                Tone::Danger,
                "Not saved: a field marked in red cannot be used. Correct it or empty it, then save again.".to_owned(),
            );
        };
        if self.is_name_taken(&profile.name, profile.id) {
            return self.notify(
                Tone::Danger,
                format!("Not saved: another profile is called “{}”. Choose a different name.", profile.name),
            );
        }
        let mut base = None;
        if let Some(vault) = self.open_vault_mut() {
            vault.saving = true;
            let check = vault.checks.get(&profile.id);
            if let (Some(check), Some(draft)) = (check, &vault.draft)
                && check.is_of(draft)
            {
                check.remember_in(&mut profile);
            }
            if let Some(draft) = &mut vault.draft {
                base = draft.base.clone().map(Box::new);
                draft.sent = Some(profile.clone());
            }
        }
        self.outbox.push(Request::PutProfile(Box::new(profile), base, Because::Saved));
    }

    pub(super) fn revert(&mut self) {
        if let Some(vault) = self.open_vault_mut() {
            vault.draft = vault.draft.take().and_then(|draft| draft.saved.as_ref().map(Draft::of));
        }
    }

    pub(super) fn ask_delete(&mut self) {
        let saved = self.open_vault().and_then(|vault| vault.draft.as_ref()).and_then(|draft| draft.saved.as_ref());
        if let Some(profile) = saved {
            let dialog = Dialog::Delete(profile.id, profile.name.clone());
            self.dialogs.push_back(dialog);
        }
    }

    pub(super) fn delete(&mut self, id: Uuid) {
        self.dialogs.pop_front();
        let profile = self.open_vault().and_then(|vault| vault.profiles.iter().find(|profile| profile.id == id));
        self.deleted = profile.cloned();
        if let Some(profile) = &self.deleted {
            self.outbox.push(Request::RemoveProfile(Box::new(profile.clone())));
        }
    }

    pub(super) fn undo_delete(&mut self) {
        if let Some(profile) = self.deleted.take() {
            self.notice = None;
            self.outbox.push(Request::PutProfile(Box::new(profile), None, Because::Restored));
        }
    }

    pub(super) fn profiles_changed(&mut self, profiles: Vec<Profile>, change: Change) {
        if matches!(change, Change::Put(_, Because::Rescued)) {
            return self.rescued(Ok(()));
        }
        if let Change::Renewed(_, Taken::Rescued) = change {
            return self.rescued(Ok(()));
        }
        let clouds = self.clouds.clone();
        let deleted = self.deleted.as_ref().map(|profile| profile.name.clone());
        let Some(vault) = self.open_vault_mut() else { return };
        vault.profiles = profiles;
        vault.renewals.forget_layout();
        let changed = match change {
            Change::Put(id, _)
            | Change::CheckRecorded(id)
            | Change::ConflictResolved(id)
            | Change::Renewed(id, _)
            | Change::ProfileRestored(id) => vault.profiles.iter().find(|profile| profile.id == id),
            _ => None,
        };
        let name = changed.map(|profile| profile.name.clone()).unwrap_or_default();
        vault.saving &= !matches!(change, Change::Put(_, Because::Saved));
        bring_draft_up_to_date(&mut vault.draft, &vault.profiles, change, &clouds);
        if let Change::Renewed(id, taken) = change {
            self.step_taken(id, taken);
            self.tell_step(&name, taken);
        }
        let Some(vault) = self.open_vault_mut() else { return };
        match change {
            Change::Removed(id) => {
                vault.checks.remove(&id);
                vault.renewal_forms.remove(&id);
                let text = format!("“{}” is deleted.", deleted.unwrap_or_default());
                self.notice = Some(Notice { tone: Tone::Success, text, undo: Undo::Deletion });
            }
            _ => {
                if let Some(text) = describe(change, &name) {
                    let tone = if change == Change::SetBack { Tone::Warning } else { Tone::Success };
                    self.notify(tone, text);
                }
            }
        }
        self.count_dates();
        if self.open_vault().is_some_and(|vault| matches!(vault.page, Page::Vault(_))) {
            // What the page shows may be older than the save.
            self.read_vault_page();
        }
        let was_awaited = matches!(change, Change::Put(_, Because::Saved) | Change::Renewed(..));
        if was_awaited
            && !self.is_saving()
            && let Some(next) = self.after_save.take()
        {
            self.after_unsaved(next);
        }
    }

    pub(super) fn not_saved(&mut self, refusal: &Refusal, change: Change) {
        if matches!(change, Change::Put(_, Because::Rescued)) {
            return self.rescued(Err(refusal));
        }
        if let Change::Renewed(id, taken) = change {
            match taken {
                Taken::Rescued => return self.rescued(Err(refusal)),
                _ => self.step_not_taken(id, refusal),
            }
        }
        self.after_save = None;
        if matches!(change, Change::Renewed(id, _) if self.renewal_shown().is_some_and(|(shown, _)| shown.id == id)) {
            // The page says it.
            return;
        }
        let is_form = !matches!(change, Change::Renewed(..));
        if let Some(vault) = self.open_vault_mut().filter(|_| is_form) {
            vault.saving = false;
            if let Some(draft) = &mut vault.draft {
                draft.sent = None;
            }
        }
        let what = match change {
            Change::Put(..)
            | Change::Removed(_)
            | Change::ProxyCredentialsSet
            | Change::ConflictResolved(_)
            | Change::Renewed(..) => "Not saved",
            Change::BackupRestored | Change::ProfileRestored(_) => "Not restored",
            Change::CheckRecorded(_) | Change::ChecksRecorded => "The test's result was not kept",
            Change::Merged => "The other copy was not merged",
            Change::Refreshed | Change::Read | Change::SetBack => "The vault could not be read again",
        };
        self.notify(Tone::Danger, format!("{what}: {}", refusal.text));
        if refusal.cause == RefusalCause::Unproven {
            self.file_was_refused(refusal);
        }
    }

    pub(super) fn copy_client_secret(&mut self) {
        let secret = self
            .open_vault()
            .and_then(|vault| vault.draft.as_ref())
            .and_then(|draft| ClientSecret::parse(draft.fields.client_secret.expose()).ok());
        match secret {
            Some(secret) => self.copy_secret(SecretText::from(secret.expose()), "The client secret"),
            None => self.judge("Nothing was copied: enter the client secret first."),
        }
    }

    pub(super) fn copy_connection_string(&mut self) {
        let string = self
            .open_vault()
            .and_then(|vault| vault.draft.as_ref())
            .and_then(|draft| draft.connection_string(&self.clouds));
        match string {
            Some(string) => self.copy_secret(string, "The connection string"),
            None => self.judge(
                "Nothing was copied: the connection string needs the Environment URL, the client ID and the client secret.",
            ),
        }
    }

    pub(super) fn copy_vendor_value(&mut self) {
        let value =
            self.open_vault().and_then(|vault| vault.draft.as_ref()).map(|draft| draft.fields.vendor_value.clone());
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            self.copy_secret(value, "The encrypted value");
        }
    }

    pub(super) fn copy_secret(&mut self, secret: SecretText, what: &str) {
        self.outbox.push(Request::CopySecret(secret));
        let text = match self.settings.clipboard_seconds {
            Some(seconds) => format!("{what} is in the clipboard for {seconds} seconds."),
            None => format!("{what} is in the clipboard. It stays there until you copy something else."),
        };
        self.notify(Tone::Success, text);
    }

    /// Shows what is missing, and says so.
    fn judge(&mut self, text: &str) {
        self.with_draft(|draft| draft.judged = Judged::Strictly);
        self.notify(Tone::Danger, text.to_owned());
    }
}

/// After the vault changed, the form shows what is saved now; what was typed since stays.
fn bring_draft_up_to_date(draft: &mut Option<Draft>, profiles: &[Profile], change: Change, clouds: &Overrides) {
    let Some(shown) = draft else {
        if let Change::Put(id, Because::Restored) = change {
            *draft = profiles.iter().find(|profile| profile.id == id).map(Draft::of);
        }
        return;
    };
    match profiles.iter().find(|profile| profile.id == shown.id) {
        None if change == Change::Removed(shown.id) => *draft = None,
        None => {}
        Some(profile) => {
            if change == Change::Put(shown.id, Because::Saved) {
                shown.saved_as_sent(profile);
            }
            shown.take_in(profile, clouds);
        }
    }
}

/// What a change was, in the words of a notice.
fn describe(change: Change, name: &str) -> Option<String> {
    match change {
        Change::Put(_, Because::Saved) => Some(format!("Saved “{name}”.")),
        Change::Put(_, Because::Restored) => Some(format!("“{name}” is back.")),
        Change::ConflictResolved(_) => Some(format!("The conflict of “{name}” is resolved.")),
        Change::ProfileRestored(_) => Some(format!("“{name}” is as it was in the backup.")),
        Change::BackupRestored => {
            Some("The backup is restored. What the vault held before is a backup now.".to_owned())
        }
        Change::SetBack => Some(
            "An earlier state of the vault was put in its place from outside, and has been read. What was saved since \
             is not in it."
                .to_owned(),
        ),
        Change::Put(_, Because::Rescued)
        | Change::CheckRecorded(_)
        | Change::ChecksRecorded
        | Change::ProxyCredentialsSet
        | Change::Merged
        | Change::Read
        | Change::Renewed(..)
        | Change::Removed(_) => None,
        Change::Refreshed => Some("The vault was changed elsewhere and has been read again.".to_owned()),
    }
}

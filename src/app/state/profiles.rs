//! Choosing, saving, deleting and copying profiles.

use chrono::NaiveDate;
use uuid::Uuid;

use super::{AfterUnsaved, AppState, OpenVault, Page, Selection, Tone};
use crate::{
    app::{
        SharedProfiles,
        draft::{Draft, Strictness},
        listing::{Filter, SortBy},
        tasks::{Change, ClipboardRequest, Refusal, RefusalCause, RenewalChange, Request, SaveReason, VaultRequest},
    },
    cloud::Overrides,
    profile::{Profile, SecretText, compared_name},
};

/// What a person does with the profiles and the form of one.
#[derive(Clone, Debug)]
pub enum ProfileCommand {
    /// Start an empty profile.
    New,
    /// Start a profile with what a saved one holds.
    Duplicate(Uuid),
    /// Show a profile's form.
    Select(Uuid),
    /// Show a profile's form with the keyboard in the field of its name.
    EditName(Uuid),
    /// Save the form.
    Save,
    /// Put the form back to what was saved.
    Revert,
    /// Ask whether these profiles are to be deleted.
    AskDelete(Vec<Uuid>),
    /// Delete profiles.
    Delete(Vec<Uuid>),
    /// Take the last change of profiles back.
    Undo,
    /// Replace the Environment URL by the one that its note suggests.
    UseEnvironmentUrl(String),
    /// Use an expiry date, e.g. the one from Microsoft Graph.
    UseExpiry(NaiveDate),
    /// Copy the client secret.
    CopyClientSecret,
    /// Copy the connection string.
    CopyConnectionString,
    /// Copy the connection string of a saved profile.
    CopyConnectionStringOf(Uuid),
    /// Copy the value that the vendor's own tool made.
    CopyVendorValue,
    /// Show the list and give its search field the focus.
    Find,
    /// Show the list where the form is alone.
    BackToList,
    /// Show only the profiles of one state, or all.
    Filter(Filter),
    /// Sort the profiles.
    Sort(SortBy),
    /// Show the profiles of one state, whatever is searched for, in this order.
    ShowOnly(Filter, SortBy),
}

impl AppState {
    pub(super) fn handle_profiles(&mut self, command: ProfileCommand) {
        match command {
            ProfileCommand::Duplicate(id) => self.after_unsaved(AfterUnsaved::Duplicate(id)),
            ProfileCommand::New => self.after_unsaved(AfterUnsaved::NewProfile),
            ProfileCommand::Select(id) => {
                self.with_vault(|vault| {
                    vault.selection = Selection::default();
                    vault.bring_form_to_front();
                });
                self.after_unsaved(AfterUnsaved::Select(id));
            }
            ProfileCommand::EditName(id) => {
                self.handle_profiles(ProfileCommand::Select(id));
                self.with_vault(|vault| vault.focus_name = vault.draft.as_ref().is_some_and(|draft| draft.id == id));
            }
            ProfileCommand::Save => self.save(),
            ProfileCommand::Revert => self.revert(),
            ProfileCommand::AskDelete(ids) => self.ask_delete(&ids),
            ProfileCommand::Delete(ids) => self.delete(&ids.into_iter().collect()),
            ProfileCommand::Undo => self.undo_edit(),
            ProfileCommand::UseEnvironmentUrl(url) => self.with_draft(|draft| draft.fields.environment_url = url),
            ProfileCommand::UseExpiry(date) => self.with_draft(|draft| draft.fields.expires = date.to_string()),
            ProfileCommand::CopyClientSecret => self.copy_client_secret(),
            ProfileCommand::CopyConnectionString => self.copy_connection_string(),
            ProfileCommand::CopyConnectionStringOf(id) => self.copy_connection_string_of(id),
            ProfileCommand::CopyVendorValue => self.copy_vendor_value(),
            ProfileCommand::Find => self.with_vault(|vault| {
                vault.guide_open = false;
                vault.page = Page::Profiles;
                vault.bring_list_to_front();
                vault.focus_search = true;
            }),
            ProfileCommand::BackToList => self.with_vault(OpenVault::bring_list_to_front),
            ProfileCommand::Filter(filter) => self.look_at_list(|vault| vault.filter = filter),
            ProfileCommand::Sort(sort) => self.look_at_list(|vault| vault.sort = sort),
            ProfileCommand::ShowOnly(filter, sort) => self.look_at_list(|vault| {
                vault.guide_open = false;
                vault.search.clear();
                vault.show_all();
                vault.bring_list_to_front();
                (vault.filter, vault.sort) = (filter, sort);
            }),
        }
    }

    /// Whether a profile other than `except` has the name, without regard to case.
    pub fn is_name_taken(&self, name: &str, except: Uuid) -> bool {
        let name = compared_name(name);
        let has_name = |profile: &Profile| profile.id != except && compared_name(&profile.name) == name;
        self.open_vault().is_some_and(|vault| match vault.list_memory.index_of(&vault.profiles) {
            Some(index) => index.has_name(&name, except),
            None => vault.profiles.iter().any(|profile| has_name(profile)),
        })
    }

    pub(super) fn save(&mut self) {
        let (now, clouds) = (self.now, self.clouds.clone());
        let Some(draft) = self.open_vault_mut().and_then(|vault| vault.draft.as_mut()) else { return };
        if draft.strictness == Strictness::Lenient {
            draft.strictness = Strictness::Strict;
        }
        let Some(mut profile) = draft.to_profile(now, &clouds) else {
            return self.notify(
                Tone::Danger,
                "Not saved: a field marked in red is not valid. Correct or clear it, then save again.".to_owned(),
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
        self.outbox.push(Request::Vault(VaultRequest::PutProfile(Box::new(profile), base, SaveReason::Requested)));
    }

    pub(super) fn revert(&mut self) {
        if let Some(vault) = self.open_vault_mut() {
            vault.draft = vault.draft.take().and_then(|draft| draft.saved.as_ref().map(Draft::of));
        }
    }

    pub(super) fn profiles_changed(&mut self, profiles: SharedProfiles, change: Change) {
        if matches!(change, Change::Put(_, SaveReason::BeforeLock)) {
            return self.rescued(Ok(()));
        }
        if let Change::Renewed(_, RenewalChange::Rescued) = change {
            return self.rescued(Ok(()));
        }
        let clouds = self.clouds.clone();
        let Some(vault) = self.open_vault_mut() else { return };
        vault.profiles = profiles;
        vault.renewals.forget_layout();
        let changed = match change {
            Change::Put(id, _)
            | Change::CheckRecorded(id)
            | Change::ConflictResolved(id)
            | Change::Renewed(id, _)
            | Change::ProfileRestored(id) => vault.profile(id),
            _ => None,
        };
        let name = changed.map(|profile| profile.name.clone()).unwrap_or_default();
        vault.saving &= !matches!(change, Change::Put(_, SaveReason::Requested));
        bring_draft_up_to_date(&mut vault.draft, &vault.profiles, change, &clouds);
        if let Change::Renewed(id, step) = change {
            self.step_taken(id, step);
            self.notify_step(&name, step);
        }
        match change {
            Change::Edited(edit) => self.profiles_edited(edit),
            _ => {
                if let Some(text) = describe(change, &name) {
                    let tone = if change == Change::SetBack { Tone::Warning } else { Tone::Success };
                    self.notify(tone, text);
                }
            }
        }
        self.plan_import();
        self.count_dates();
        if self.open_vault().is_some_and(|vault| matches!(vault.page, Page::Vault(_))) {
            // What the page shows may be older than the save.
            self.read_vault_page();
        }
        let was_awaited = matches!(change, Change::Put(_, SaveReason::Requested) | Change::Renewed(..));
        if was_awaited
            && !self.is_saving()
            && let Some(next) = self.after_save.take()
        {
            self.after_unsaved(next);
        }
    }

    pub(super) fn not_saved(&mut self, refusal: &Refusal, change: Change) {
        if matches!(change, Change::Put(_, SaveReason::BeforeLock)) {
            return self.rescued(Err(refusal));
        }
        if let Change::Renewed(id, step) = change {
            // Of a rescue too: what is still only in the form can be saved by hand once the vault is open again.
            self.step_not_taken(id, refusal);
            if step == RenewalChange::Rescued {
                return self.rescued(Err(refusal));
            }
        }
        self.after_save = None;
        if let Change::Edited(_) = change {
            self.profiles_not_edited();
        }
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
            | Change::Edited(_)
            | Change::ProxyCredentialsSet
            | Change::ConflictResolved(_)
            | Change::Renewed(..) => "Not saved",
            Change::BackupRestored | Change::ProfileRestored(_) => "Not restored",
            Change::CheckRecorded(_) | Change::ChecksRecorded => "The test result was not saved",
            Change::Merged => "The other copy was not merged",
            Change::Refreshed | Change::Read | Change::SetBack => "The vault could not be reloaded",
        };
        self.notify(Tone::Danger, format!("{what}: {}", refusal.text));
        if refusal.cause == RefusalCause::Unproven {
            self.file_was_refused(refusal);
        }
    }

    fn copy_client_secret(&mut self) {
        let secret = self.open_vault().and_then(|vault| vault.draft.as_ref()).and_then(|draft| draft.secret().ok());
        match secret {
            Some(secret) => self.copy_secret(SecretText::from(secret.value.expose()), "client secret"),
            None => self.show_missing("Nothing was copied: enter the client secret first."),
        }
    }

    fn copy_connection_string(&mut self) {
        let draft = self.open_vault().and_then(|vault| vault.draft.as_ref());
        self.copy_string(draft.and_then(|draft| draft.connection_string(&self.clouds)));
    }

    fn copy_connection_string_of(&mut self, id: Uuid) {
        self.note_used(id);
        let profile = self.open_vault().and_then(|vault| vault.profile(id));
        self.copy_string(profile.and_then(|profile| Draft::of(profile).connection_string(&self.clouds)));
    }

    fn copy_string(&mut self, string: Option<SecretText>) {
        match string {
            Some(string) => self.copy_secret(string, "connection string"),
            None => self.show_missing(
                "Nothing was copied: the connection string needs the Environment URL, the client ID and the client secret.",
            ),
        }
    }

    fn copy_vendor_value(&mut self) {
        let value =
            self.open_vault().and_then(|vault| vault.draft.as_ref()).map(|draft| draft.fields.vendor_value.clone());
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            self.copy_secret(value, "encrypted connection string");
        }
    }

    pub(super) fn copy_secret(&mut self, secret: SecretText, what: &str) {
        self.outbox.push(Request::Clipboard(ClipboardRequest::Copy(secret)));
        let text = match self.settings.clipboard_seconds {
            Some(seconds) => format!("Copied: {what}. The clipboard is cleared in {seconds} seconds."),
            None => format!("Copied: {what}. It stays in the clipboard until you copy something else."),
        };
        self.notify(Tone::Success, text);
    }

    /// Shows what is missing, and says so.
    fn show_missing(&mut self, text: &str) {
        self.with_draft(|draft| draft.strictness = Strictness::Strict);
        self.notify(Tone::Danger, text.to_owned());
    }
}

/// After the vault changed, the form shows what is saved now; what was typed since stays.
fn bring_draft_up_to_date(draft: &mut Option<Draft>, profiles: &SharedProfiles, change: Change, clouds: &Overrides) {
    let Some(shown) = draft else { return };
    // One that others have taken out stays in the form.
    let Some(profile) = profiles.by_id(shown.id) else { return };
    if change == Change::Put(shown.id, SaveReason::Requested) {
        shown.saved_as_sent(profile);
    }
    shown.take_in(profile, clouds);
}

/// What a change was, in the words of a notice.
fn describe(change: Change, name: &str) -> Option<String> {
    match change {
        Change::Put(_, SaveReason::Requested) => Some(format!("Saved “{name}”.")),
        Change::ConflictResolved(_) => Some(format!("The conflict in “{name}” is resolved.")),
        Change::ProfileRestored(_) => Some(format!("Restored “{name}” from the backup.")),
        Change::BackupRestored => Some("Backup restored. The state before that was saved as a backup.".to_owned()),
        Change::SetBack => Some(
            "The vault file was replaced with an older version, which is now shown. Later changes are not in it."
                .to_owned(),
        ),
        Change::Put(_, SaveReason::BeforeLock)
        | Change::CheckRecorded(_)
        | Change::ChecksRecorded
        | Change::ProxyCredentialsSet
        | Change::Merged
        | Change::Read
        | Change::Renewed(..)
        | Change::Edited(_) => None,
        Change::Refreshed => Some("The vault was changed elsewhere and has been reloaded.".to_owned()),
    }
}

//! The page about the vault itself: ways to open it, backups, conflicts.

use std::path::PathBuf;

use uuid::Uuid;

use super::{AppState, Attempt, Dialog, OpenVault, OtherSlots, Page, PassphraseForm, Purpose, Tone, VaultTab};
use crate::{
    app::tasks::{FileDialogRequest, KeysChange, Refusal, Request, VaultRequest},
    profile::SecretText,
    vault::{
        Backup, BackupsKept, ConflictSide, Difference, Field, FieldChoice, RecoveryKey, SlotId, SlotKind, SlotReview,
        SlotView,
    },
};

/// What a person does on the page about the vault.
#[derive(Clone, Debug)]
pub enum VaultPageCommand {
    /// Let the account that this program runs under open the vault.
    AddThisAccount,
    /// Open the dialog that creates a recovery key.
    AskRecoveryKey,
    /// Create it.
    CreateRecoveryKey,
    /// Save a sheet with it.
    SaveRecoverySheet,
    /// Copy it.
    CopyRecoveryKey,
    /// Ask whether a way to open the vault is to be taken away.
    AskRemoveSlot(SlotId),
    /// Take it away.
    RemoveSlot,
    /// Whether another way to open the vault, which stays otherwise, is removed with it.
    RemoveAsWell(SlotId, bool),
    /// Show what differs between a backup and now.
    CompareBackup(Backup),
    /// Ask whether a backup is to be restored.
    AskRestore(Backup),
    /// Restore it.
    Restore(Backup),
    /// Restore one profile of it.
    RestoreProfile(Backup, Uuid),
    /// Choose a version of a field in a conflict.
    ChooseSide(Uuid, Field, ConflictSide),
    /// Show what happened to one profile.
    ShowHistoryOf(Uuid),
    /// Merge a copy that a synchronising program left.
    MergeCopy(PathBuf),
    /// Take over what is chosen and end the conflict.
    ResolveConflict(Uuid),
}

/// What is known of the vault's backups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Backups {
    /// Somebody is looking.
    Looking,
    /// These are there, newest first.
    Found(Vec<Backup>),
    /// They could not be listed, and why.
    Unreadable(String),
}

/// A backup beside what the vault holds now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// The backup.
    pub backup: Backup,
    /// What differs, or why nobody can tell; none while it is read.
    pub difference: Option<Result<Difference, String>>,
}

/// The dialog that makes a recovery key and shows it once.
#[derive(Default)]
pub struct RecoveryForm {
    /// The other unlock methods, where it takes a former key's place. Some of them may go as well.
    pub others: OtherSlots,
    /// The new key, once it is made.
    pub key: Option<RecoveryKey>,
    /// Where its sheet was saved.
    pub sheet: Option<PathBuf>,
    /// The creation of the key, later the saving of its sheet.
    pub attempt: Attempt,
}

impl RecoveryForm {
    /// Whether one exists that then no longer opens the vault.
    pub fn replaces_former(&self) -> bool {
        !self.others.gone.is_empty()
    }
}

/// The dialog that takes a way to open the vault away.
pub struct RemoveSlotForm {
    /// Which one.
    pub slot: SlotView,
    /// The others, of which some may go as well.
    pub others: OtherSlots,
    /// The removal.
    pub attempt: Attempt,
}

impl OpenVault {
    /// Which version of a field of a conflict is chosen: what is in place, until somebody says otherwise.
    pub fn choice(&self, conflict: Uuid, field: &Field) -> ConflictSide {
        self.choices.get(&(conflict, field.clone())).copied().unwrap_or(ConflictSide::InPlace)
    }
}

impl AppState {
    /// Shows a page, and asks for what it needs.
    pub(super) fn show(&mut self, page: Page) {
        if let Page::Renewal(id) = page {
            return self.open_renewal(id);
        }
        self.show_recent();
        if let Some(vault) = self.open_vault_mut() {
            if vault.page == page && page == Page::Profiles {
                vault.bring_list_to_front();
            }
            vault.page = page;
            vault.history_of = None;
            if page != Page::Import {
                vault.import.take_if(|import| import.outcome.is_some());
            }
            if page == Page::Vault(VaultTab::Backups) {
                vault.backups = Backups::Looking;
                vault.comparison = None;
            }
            if matches!(page, Page::Vault(_)) {
                // What somebody else has saved belongs to the history and the backups, too.
                self.outbox.push(Request::Vault(VaultRequest::Refresh));
            }
            self.read_vault_page();
            if page == Page::Settings {
                self.look_at_schedule();
                self.read_watched();
            }
        }
    }

    /// Tells the vault how many earlier saves to keep.
    pub(super) fn keep_backups(&mut self) {
        self.outbox
            .push(Request::Vault(VaultRequest::KeepBackups(BackupsKept::new(self.settings.backups_kept as usize))));
    }

    /// Asks for what the page about the vault shows.
    pub(super) fn read_vault_page(&mut self) {
        let Some(vault) = self.open_vault() else { return };
        match vault.page {
            Page::Vault(VaultTab::Backups) => {
                let compared = vault.comparison.as_ref().map(|comparison| comparison.backup.clone());
                self.outbox.push(Request::Vault(VaultRequest::ListBackups));
                self.outbox.extend(compared.map(|backup| Request::Vault(VaultRequest::CompareBackup(backup))));
            }
            Page::Vault(VaultTab::History) => self.outbox.push(Request::Vault(VaultRequest::ReadHistory)),
            Page::Vault(VaultTab::UnlockMethods | VaultTab::Conflicts)
            | Page::Profiles
            | Page::Renewals
            | Page::TestAll
            | Page::Import
            | Page::Renewal(_)
            | Page::Settings
            | Page::About => {}
        }
    }

    pub(super) fn handle_vault_page(&mut self, command: VaultPageCommand) {
        match command {
            VaultPageCommand::ShowHistoryOf(id) => {
                self.show(Page::Vault(VaultTab::History));
                self.with_vault(|vault| vault.history_of = Some(id));
            }
            VaultPageCommand::AddThisAccount => self.outbox.push(Request::Vault(VaultRequest::AddThisAccount)),
            VaultPageCommand::AskRecoveryKey => {
                let is_recovery_key = |slot: &SlotView| slot.kind == SlotKind::RecoveryKey;
                let others = self.open_vault().map(|vault| OtherSlots::beside(&vault.slots, is_recovery_key));
                let form = RecoveryForm { others: others.unwrap_or_default(), ..RecoveryForm::default() };
                self.dialogs.push_back(Dialog::RecoveryKey(form));
            }
            VaultPageCommand::CreateRecoveryKey => {
                if let Some(Dialog::RecoveryKey(form)) = self.dialogs.front_mut()
                    && form.key.is_none()
                    && !form.attempt.is_under_way()
                {
                    form.attempt = Attempt::UnderWay;
                    self.outbox.push(Request::Vault(VaultRequest::AddRecoveryKey(form.others.review())));
                }
            }
            VaultPageCommand::SaveRecoverySheet => {
                if let Some(Dialog::RecoveryKey(RecoveryForm { key: Some(key), .. })) = self.dialogs.front()
                    && let Some(vault) = self.open_vault()
                {
                    let request =
                        Request::FileDialog(FileDialogRequest::SaveRecoverySheet(key.clone(), vault.path.clone()));
                    self.outbox.push(request);
                }
            }
            VaultPageCommand::CopyRecoveryKey => {
                if let Some(Dialog::RecoveryKey(RecoveryForm { key: Some(key), .. })) = self.dialogs.front() {
                    let text = key.text();
                    self.copy_secret(text, "recovery key");
                }
            }
            VaultPageCommand::AskRemoveSlot(id) => {
                let Some(vault) = self.open_vault() else { return };
                let others = OtherSlots::beside(&vault.slots, |slot| slot.id == id);
                if let Some(slot) = others.gone.first().cloned() {
                    let form = RemoveSlotForm { slot, others, attempt: Attempt::NotYet };
                    self.dialogs.push_back(Dialog::RemoveSlot(form));
                }
            }
            VaultPageCommand::RemoveAsWell(id, as_well) => self.remove_as_well(id, as_well),
            VaultPageCommand::RemoveSlot => {
                if let Some(Dialog::RemoveSlot(form)) = self.dialogs.front_mut()
                    && !form.attempt.is_under_way()
                {
                    form.attempt = Attempt::UnderWay;
                    let SlotReview { remove, keep } = form.others.review();
                    let ids = std::iter::once(form.slot.id).chain(remove).collect();
                    self.outbox.push(Request::Vault(VaultRequest::RemoveSlots(ids, keep)));
                }
            }
            VaultPageCommand::CompareBackup(backup) => {
                if let Some(vault) = self.open_vault_mut() {
                    vault.comparison = Some(Comparison { backup: backup.clone(), difference: None });
                    self.outbox.push(Request::Vault(VaultRequest::CompareBackup(backup)));
                }
            }
            VaultPageCommand::AskRestore(backup) => self.dialogs.push_back(Dialog::Restore(backup)),
            VaultPageCommand::Restore(backup) => {
                self.dialogs.pop_front();
                self.outbox.push(Request::Vault(VaultRequest::RestoreBackup(backup)));
            }
            VaultPageCommand::RestoreProfile(backup, id) => {
                self.outbox.push(Request::Vault(VaultRequest::RestoreProfile(backup, id)))
            }
            VaultPageCommand::ChooseSide(conflict, field, take) => {
                if let Some(vault) = self.open_vault_mut() {
                    vault.choices.insert((conflict, field), take);
                }
            }
            VaultPageCommand::ResolveConflict(id) => self.resolve_conflict(id),
            VaultPageCommand::MergeCopy(path) => self.outbox.push(Request::Vault(VaultRequest::MergeCopy(path))),
        }
    }

    fn resolve_conflict(&mut self, id: Uuid) {
        let Some(vault) = self.open_vault() else { return };
        let Some(conflict) = vault.conflicts.iter().find(|conflict| conflict.id == id) else { return };
        let choice = |field: &Field| FieldChoice { field: field.clone(), side: vault.choice(id, field) };
        let choices = conflict.fields.iter().map(choice).collect();
        self.outbox.push(Request::Vault(VaultRequest::ResolveConflict(id, choices)));
    }

    /// The ways to open the vault, at its opening and whenever they change.
    pub(super) fn slots_read(&mut self, slots: Vec<SlotView>) {
        let by_recovery_key = slots.iter().any(|slot| slot.opened_with && slot.kind == SlotKind::RecoveryKey);
        let Some(vault) = self.open_vault_mut() else { return };
        let just_opened = vault.slots.is_empty();
        let passphrases = slots.iter().filter(|slot| slot.kind == SlotKind::Passphrase).count();
        // Of several, none can be replaced this way.
        let others = if passphrases == 1 { OtherSlots::beside_a_passphrase(&slots) } else { OtherSlots::default() };
        vault.slots = slots;
        if just_opened && by_recovery_key {
            let form = PassphraseForm { purpose: Purpose::AfterRecovery, others, ..PassphraseForm::default() };
            self.dialogs.push_back(Dialog::ChangePassphrase(form));
        }
    }

    pub(super) fn backups_found(&mut self, found: Result<Vec<Backup>, Refusal>) {
        if let Some(vault) = self.open_vault_mut() {
            vault.backups = match found {
                Ok(list) => Backups::Found(list),
                Err(refusal) => Backups::Unreadable(refusal.text),
            };
        }
    }

    pub(super) fn backup_compared(&mut self, path: &std::path::Path, difference: Result<Difference, Refusal>) {
        if let Some(comparison) = self.open_vault_mut().and_then(|vault| vault.comparison.as_mut())
            && comparison.backup.path == path
        {
            comparison.difference = Some(difference.map_err(|refusal| refusal.text));
        }
    }

    /// A way to open the vault came or went, or why it did not.
    pub(super) fn keys_changed(&mut self, change: KeysChange, result: Result<(), Refusal>) {
        match (change, self.dialogs.front_mut(), result) {
            (KeysChange::SlotRemoved, Some(Dialog::RemoveSlot(form)), Err(refusal)) => {
                form.attempt = Attempt::failed(refusal.text);
            }
            (KeysChange::SlotRemoved, dialog, Ok(())) => {
                if matches!(dialog, Some(Dialog::RemoveSlot(_))) {
                    self.dialogs.pop_front();
                }
                self.notify(Tone::Success, "Removed. The vault has a new encryption key.".to_owned());
            }
            (KeysChange::AccountAdded, _, Ok(())) => {
                self.notify(Tone::Success, "This account can now unlock the vault.".to_owned());
            }
            (KeysChange::AccountAdded | KeysChange::SlotRemoved, _, Err(refusal)) => {
                self.notify(Tone::Danger, refusal.text);
            }
        }
    }

    pub(super) fn recovery_key_created(&mut self, result: Result<RecoveryKey, Refusal>) {
        let Some(Dialog::RecoveryKey(form)) = self.dialogs.front_mut() else { return };
        match result {
            Ok(key) => (form.key, form.attempt) = (Some(key), Attempt::Ended(Ok(()))),
            Err(refusal) => form.attempt = Attempt::failed(refusal.text),
        }
    }

    pub(super) fn recovery_sheet_saved(&mut self, saved: Result<Option<PathBuf>, String>) {
        let Some(Dialog::RecoveryKey(form)) = self.dialogs.front_mut() else { return };
        match saved {
            Ok(Some(path)) => (form.sheet, form.attempt) = (Some(path), Attempt::Ended(Ok(()))),
            Ok(None) => {}
            Err(text) => form.attempt = Attempt::failed(text),
        }
    }
}

/// The key as the dialog shows it: two rows of four groups.
pub fn in_two_rows(key: &RecoveryKey) -> [SecretText; 2] {
    let text = key.text();
    let half = text.expose().char_indices().filter(|(_, letter)| *letter == '-').nth(3).map_or(0, |(place, _)| place);
    let (first, second) = text.expose().split_at(half);
    [SecretText::from(first), SecretText::from(second.trim_start_matches('-'))]
}

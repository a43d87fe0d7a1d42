//! The open vault: what is asked of it, and how that is done.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::drafts::{DraftRequest, Drafts};
use super::{
    Answer, Change, Edit, ExportOrder, KeysChange, Postbox, ProfileEdit, Refusal, RenewalChange, SaveReason,
    VaultReminderRequest, export,
};
use crate::{
    app::SharedProfiles,
    cloud::Overrides,
    platform::wall_clock,
    profile::{LastCheck, Profile, ProxyCredentials, SecretText},
    reminder::Places,
    renewal::Act,
    vault::{
        Backup, BackupsKept, Conflict, Contents, FieldChoice, KdfParameters, Refreshed, SlotId, SlotReview, SlotView,
        Standing, Vault, VaultError, backups, difference,
    },
};

/// What is asked of the open vault. Where none is open, nothing is done.
pub enum VaultRequest {
    /// Take the open vault as it is for the right one, although this account has seen something else.
    Trust,
    /// Save the open vault over a file that was refused.
    PutBack,
    /// Keep that many earlier saves of the open vault from now on.
    KeepBackups(BackupsKept),
    /// List the open vault's backups.
    ListBackups,
    /// Tell what differs between a backup and the open vault.
    CompareBackup(Backup),
    /// Bring back all of a backup.
    RestoreBackup(Backup),
    /// Bring back one profile of a backup.
    RestoreProfile(Backup, Uuid),
    /// Let the account that this program runs under open the vault.
    AddThisAccount,
    /// Create a recovery key; an old one no longer unlocks the vault, and neither does what the person removes with it.
    AddRecoveryKey(SlotReview),
    /// Take these ways to open the vault away; those of an unknown kind go as well, except these.
    RemoveSlots(Vec<SlotId>, Vec<SlotId>),
    /// Set a new passphrase in place of a forgotten one, and remove what the person removes with it.
    SetPassphrase(SecretText, SlotReview),
    /// Put a profile into the vault and save it: the profile, and the saved one that its editing began from. What others
    /// changed since is merged field by field.
    PutProfile(Box<Profile>, Option<Box<Profile>>, SaveReason),
    /// Change several profiles and save that in one go: all of them, or none where one cannot be changed.
    EditProfiles(Vec<ProfileEdit>, Edit),
    /// The same for profiles that come from the files of these names, which the history says.
    ImportProfiles(Vec<ProfileEdit>, String),
    /// Take a step of a profile's renewal, on what the vault holds by then, and save it.
    Renew(Uuid, Box<Act>, SaveReason),
    /// Save once more, so that former secrets whose day has come are forgotten.
    ForgetFormerSecrets,
    /// End a conflict, taking over the chosen fields of its other version.
    ResolveConflict(Uuid, Vec<FieldChoice>),
    /// Write profiles into a file for another program.
    Export(Box<ExportOrder>),
    /// Merge another copy of the vault, which a sync client left beside it.
    MergeCopy(PathBuf),
    /// Tell what happened to the vault.
    ReadHistory,
    /// Save the proxy's user name and password, or remove them.
    SetProxyCredentials(Option<ProxyCredentials>),
    /// Keep how a profile's check ended.
    RecordCheck(Uuid, LastCheck),
    /// Keep how the checks of many profiles ended.
    RecordChecks(Vec<(Uuid, LastCheck)>),
    /// Read the vault again if somebody else changed it.
    Refresh,
    /// Change the vault's passphrase: the old one, the new one, and what the person decided about the other slots.
    ChangePassphrase(SecretText, SecretText, SlotReview),
    /// What the reminders need of the open vault.
    Reminders(VaultReminderRequest),
    /// Keep what is typed and not saved, for the case of a crash.
    Draft(DraftRequest),
}

pub(super) fn post_opened(
    result: Result<Vault, VaultError>,
    open: &mut Option<OpenVault>,
    postbox: &Postbox,
    clouds: &Overrides,
    places: Option<&Places>,
) {
    match result {
        Ok(mut vault) => {
            vault.accept_clouds(clouds);
            let contents = vault.contents();
            let (mut profiles, proxy) = (SharedProfiles::default(), contents.proxy_credentials().cloned());
            profiles.update(contents.profiles());
            postbox.post(Answer::VaultOpened(vault.path().to_owned(), profiles.clone(), proxy));
            let saved = contents.believed_save().filter(|at| *at > wall_clock::now());
            if let Some(at) = saved {
                postbox.post(Answer::SavedInFuture(at));
            }
            // Before anybody can type something else.
            let drafts = Drafts::of(&vault, places, postbox);
            let slots = vault.slots();
            postbox.post(Answer::Slots(slots.clone()));
            let standing = warning_of(vault.standing());
            if standing.is_some() {
                postbox.post(Answer::Standing(standing.clone()));
            }
            let mut vault = OpenVault {
                standing,
                vault,
                profiles,
                put: HashMap::new(),
                removed: Vec::new(),
                conflicts: Vec::new(),
                announcements: Vec::new(),
                slots,
                drafts,
            };
            vault.post_conflicts(postbox);
            vault.forget_due(postbox);
            let copies = vault.vault.copies_with_news();
            if !copies.is_empty() {
                postbox.post(Answer::Copies(copies));
            }
            *open = Some(vault);
        }
        Err(error) => postbox.post(Answer::VaultNotOpened(error.into())),
    }
}

/// What people have to know of how the vault stands to what this account has seen.
fn warning_of(standing: &Standing) -> Option<Standing> {
    standing.needs_attention().then(|| standing.clone())
}

/// The open vault, and what the window's requests need to be remembered for.
pub(super) struct OpenVault {
    pub(super) vault: Vault,
    /// The profiles that the window knows of, shared with it.
    profiles: SharedProfiles,
    /// What this window put last under each id. A second save may come before the window knows of the first.
    put: HashMap<Uuid, Profile>,
    /// The conflicts of the profiles removed last, in case that is undone.
    removed: Vec<Conflict>,
    /// The ids of the conflicts that the window knows of.
    conflicts: Vec<Uuid>,
    /// What is to be announced once the window has the profiles.
    announcements: Vec<String>,
    /// The ways to open it that the window knows of.
    slots: Vec<SlotView>,
    /// How it stands to what this account has seen, as the window knows it.
    standing: Option<Standing>,
    /// What is kept of its unsaved changes.
    drafts: Drafts,
}

impl OpenVault {
    pub(super) fn handle(&mut self, request: VaultRequest, reminders: Option<&Places>, postbox: &Postbox) {
        let (result, change) = match request {
            VaultRequest::ChangePassphrase(old, new, review) => {
                let cost = KdfParameters::calibrated();
                let result = self.vault.change_passphrase_costing(&old, &new, cost, &review).map_err(Refusal::from);
                postbox.post(Answer::PassphraseChanged(result));
                // What others saved was read on the way.
                (Ok(()), Change::Read)
            }
            VaultRequest::SetPassphrase(new, review) => {
                let cost = KdfParameters::calibrated();
                let result = self.vault.set_passphrase(&new, cost, &review).map_err(Refusal::from);
                postbox.post(Answer::PassphraseChanged(result));
                (Ok(()), Change::Read)
            }
            VaultRequest::AddThisAccount => {
                let result = self.vault.add_this_account().map(|_| ()).map_err(Refusal::from);
                postbox.post(Answer::KeysChanged(KeysChange::AccountAdded, result));
                (Ok(()), Change::Read)
            }
            VaultRequest::AddRecoveryKey(review) => {
                let result = self.vault.replace_recovery_key(&review).map_err(Refusal::from);
                postbox.post(Answer::RecoveryKeyCreated(result));
                (Ok(()), Change::Read)
            }
            VaultRequest::Trust => {
                self.vault.trust();
                return self.post_standing(postbox);
            }
            VaultRequest::PutBack => {
                postbox.post(Answer::PutBack(self.vault.put_back().map_err(Refusal::from)));
                (Ok(()), Change::Read)
            }
            VaultRequest::RemoveSlots(ids, kept) => {
                let result = self.vault.remove_slots(&ids, &kept).map_err(Refusal::from);
                postbox.post(Answer::KeysChanged(KeysChange::SlotRemoved, result));
                (Ok(()), Change::Read)
            }
            VaultRequest::KeepBackups(kept) => return self.vault.keep_backups(kept),
            VaultRequest::ListBackups => {
                let found = backups(self.vault.path()).map_err(Refusal::from);
                return postbox.post(Answer::Backups(found));
            }
            VaultRequest::CompareBackup(backup) => {
                let then = self.vault.open_backup(&backup);
                let difference = then.map(|then| difference(self.vault.contents(), &then)).map_err(Refusal::from);
                return postbox.post(Answer::BackupCompared(backup.path, difference));
            }
            VaultRequest::RestoreBackup(backup) => (self.vault.restore(&backup).map(|_| ()), Change::BackupRestored),
            VaultRequest::RestoreProfile(backup, id) => {
                (self.vault.restore_profile(&backup, id).map(|_| ()), Change::ProfileRestored(id))
            }
            VaultRequest::ReadHistory => {
                return postbox.post(Answer::History(self.vault.contents().history().to_vec()));
            }
            VaultRequest::Refresh => match self.refresh() {
                Ok(None) => return,
                Ok(Some(change)) => (Ok(()), change),
                Err(error) => (Err(error), Change::Refreshed),
            },
            VaultRequest::MergeCopy(path) => {
                let result = self.absorb(&path);
                postbox.post(Answer::Copies(self.vault.copies_with_news()));
                (result, Change::Merged)
            }
            VaultRequest::PutProfile(profile, base, reason) => {
                let change = Change::Put(profile.id, reason);
                (self.put(*profile, base.map(|base| *base), reason), change)
            }
            VaultRequest::Renew(id, act, reason) => {
                let change = Change::Renewed(id, RenewalChange::of(&act, reason));
                let renewed = self.vault.update(|contents: &mut Contents| contents.renew(id, *act, wall_clock::now()));
                return self.post(renewed, change, postbox);
            }
            VaultRequest::ForgetFormerSecrets => return self.forget_due(postbox),
            VaultRequest::EditProfiles(edits, edit) => (self.edit(edits, edit, None), Change::Edited(edit)),
            VaultRequest::ImportProfiles(edits, files) => {
                (self.edit(edits, Edit::Done, Some(&files)), Change::Edited(Edit::Done))
            }
            VaultRequest::ResolveConflict(id, choices) => {
                let of = self.vault.contents().conflicts().iter().find(|conflict| conflict.id == id);
                let Some(profile) = of.map(|conflict| conflict.profile) else { return self.post_conflicts(postbox) };
                (self.resolve(id, &choices), Change::ConflictResolved(profile))
            }
            VaultRequest::RecordCheck(id, check) => (
                self.vault.update(|contents: &mut Contents| contents.record_check(id, check)),
                Change::CheckRecorded(id),
            ),
            VaultRequest::Export(order) => {
                postbox.post(Answer::ProfilesExported(export::export(&mut self.vault, *order)));
                // What others saved was read on the way.
                (Ok(()), Change::Read)
            }
            VaultRequest::RecordChecks(checks) => {
                let record_all = |contents: &mut Contents| {
                    checks.into_iter().try_for_each(|(id, check)| contents.record_check(id, check))
                };
                (self.vault.update(record_all), Change::ChecksRecorded)
            }
            VaultRequest::SetProxyCredentials(credentials) => {
                let set = |contents: &mut Contents| {
                    contents.set_proxy_credentials(credentials);
                    Ok::<(), VaultError>(())
                };
                (self.vault.update(set), Change::ProxyCredentialsSet)
            }
            VaultRequest::Reminders(request) => {
                return super::reminders::of_vault(request, &self.vault, reminders, postbox);
            }
            VaultRequest::Draft(request) => return self.drafts.handle(request, &self.vault, postbox),
        };
        self.post(result, change, postbox);
    }

    fn post(&mut self, result: Result<(), impl Into<Refusal>>, change: Change, postbox: &Postbox) {
        self.profiles.update(self.vault.contents().profiles());
        let profiles = self.profiles.clone();
        match result {
            Ok(()) => postbox.post(Answer::Profiles(profiles, change)),
            Err(error) => {
                postbox.post(Answer::NotSaved(error.into(), change));
                // What others saved was read before the failure, and would not be announced again.
                postbox.post(Answer::Profiles(profiles, Change::Read));
            }
        }
        self.announcements.extend(self.vault.take_notices());
        self.announcements.extend(self.vault.take_merged().map(|summary| summary.describe()));
        for text in self.announcements.drain(..) {
            postbox.post(Answer::Warning(text));
        }
        if let Some(trouble) = self.vault.take_backup_trouble() {
            postbox.post(Answer::BackupTrouble(trouble.to_string()));
        }
        self.post_conflicts(postbox);
        self.post_standing(postbox);
        self.drafts.look_at_keys(&self.vault, postbox);
        let slots = self.vault.slots();
        if slots != self.slots {
            postbox.post(Answer::Slots(slots.clone()));
            self.slots = slots;
        }
    }

    /// Tells the window how the vault stands to what was seen, if that has changed.
    fn post_standing(&mut self, postbox: &Postbox) {
        let standing = warning_of(self.vault.standing());
        if standing != self.standing {
            postbox.post(Answer::Standing(standing.clone()));
            self.standing = standing;
        }
    }

    /// Tells the window of the conflicts, if they are others than it knows of.
    fn post_conflicts(&mut self, postbox: &Postbox) {
        let conflicts = self.vault.contents().conflicts();
        let ids: Vec<Uuid> = conflicts.iter().map(|conflict| conflict.id).collect();
        if ids != self.conflicts {
            postbox.post(Answer::Conflicts(conflicts.to_vec()));
            self.conflicts = ids;
        }
    }

    /// Forgets former secrets whose day has come. Where the vault cannot be saved now, its next save does it.
    fn forget_due(&mut self, postbox: &Postbox) {
        if self.vault.contents().has_due_former_secret(wall_clock::now())
            && self.vault.update(|_| Ok::<_, VaultError>(())).is_ok()
        {
            self.post(Ok::<_, VaultError>(()), Change::Read, postbox);
        }
    }

    fn refresh(&mut self) -> Result<Option<Change>, VaultError> {
        Ok(match self.vault.refresh()? {
            Refreshed::Unchanged => None,
            Refreshed::Read => Some(Change::Refreshed),
            Refreshed::SetBack => Some(Change::SetBack),
            Refreshed::Merged(summary) => {
                self.announcements.push(summary.describe());
                Some(Change::Merged)
            }
        })
    }

    fn absorb(&mut self, copy: &Path) -> Result<(), VaultError> {
        let backups: Vec<_> = backups(self.vault.path())?.into_iter().map(|backup| backup.path).collect();
        self.announcements.push(match self.vault.absorb(copy, &backups)? {
            Some(summary) => summary.describe(),
            None => format!("The copy {} contains no changes that are not already in this vault.", copy.display()),
        });
        Ok(())
    }

    fn put(&mut self, profile: Profile, base: Option<Profile>, reason: SaveReason) -> Result<(), VaultError> {
        let id = profile.id;
        let former = self.put.get(&id);
        // A form that was saved twice in a row began from the first of the two, even if the window did not know yet.
        let base = match (base, former) {
            (Some(base), Some(former)) if former.modified > base.modified => Some(former.clone()),
            (None, Some(former)) if reason == SaveReason::Requested => Some(former.clone()),
            (base, _) => base,
        };
        let put = profile.clone();
        let outcome = self.vault.update(|contents: &mut Contents| contents.put_based_on(base.as_ref(), put))?;
        self.announcements.extend(outcome.describe(&profile.name));
        self.put.insert(id, profile);
        Ok(())
    }

    /// Changes profiles in one save; `imported_from` names the files they come from.
    fn edit(&mut self, edits: Vec<ProfileEdit>, edit: Edit, imported_from: Option<&str>) -> Result<(), VaultError> {
        let back: &[Conflict] = if edit == Edit::Undone { &self.removed } else { &[] };
        let (removed, described) = self.vault.update(|contents: &mut Contents| {
            let (mut removed, mut described) = (Vec::new(), Vec::new());
            for edit in &edits {
                match edit {
                    ProfileEdit::Put { profile, base } => {
                        let outcome = contents.put_based_on(base.as_deref(), (**profile).clone())?;
                        described.extend(outcome.describe(&profile.name));
                    }
                    ProfileEdit::Remove(seen) => {
                        let conflicts = contents.conflicts().iter().filter(|conflict| conflict.profile == seen.id);
                        removed.extend(conflicts.cloned());
                        contents.remove_based_on(seen)?;
                    }
                }
            }
            contents.put_back_conflicts(back);
            if let Some(files) = imported_from {
                contents.record_import(files, u32::try_from(edits.len()).unwrap_or(u32::MAX));
            }
            Ok::<_, VaultError>((removed, described))
        })?;
        self.removed = removed;
        self.announcements.extend(described);
        for edit in edits {
            match edit {
                ProfileEdit::Put { profile, .. } => drop(self.put.insert(profile.id, *profile)),
                ProfileEdit::Remove(seen) => drop(self.put.remove(&seen.id)),
            }
        }
        Ok(())
    }

    fn resolve(&mut self, id: Uuid, choices: &[FieldChoice]) -> Result<(), VaultError> {
        self.vault
            .update(|contents: &mut Contents| contents.resolve_conflict(id, choices, wall_clock::now()).map(|_| ()))
    }
}

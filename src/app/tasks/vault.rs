//! The vault's thread: it owns the open vault and its keys, and handles one request after the other.

use std::collections::HashMap;
use std::path::Path;
use std::sync::mpsc::Receiver;

use uuid::Uuid;

use super::{Answer, Because, Change, KeysChange, Part, Postbox, Refusal, Request, Taken, vault_file};
use crate::{
    cloud::Overrides,
    crash_report,
    platform::{file_system, heap, wall_clock, wiping_stack},
    profile::{LastCheck, Profile},
    reminder::{Places, index},
    settings,
    vault::{
        Access, Conflict, Contents, FieldChoice, KdfParameters, Refreshed, SlotView, Standing, Vault, VaultError,
        VaultInfo, backups, difference,
    },
};

/// Owns the open vault; ends when the window does.
pub(super) fn serve(requests: &Receiver<Request>, postbox: &Postbox, clouds: &Overrides, reminders: Option<&Places>) {
    let access = Access::remembering_in(reminders.map(Places::seen_vaults));
    serve_each(requests, postbox, |request, open| {
        let before = open.as_ref().map(|open| open.vault.info());
        match (request, &open) {
            (Request::VaultReminders(work), Some(open)) => {
                super::reminders::of_vault(work, &open.vault, reminders, postbox);
            }
            (request, _) => handle(request, open, postbox, clouds, &access),
        }
        if let (Some(places), Some(open)) = (reminders, open) {
            tell_reminders(places, &open.vault, before.as_ref(), postbox);
            if before.is_none() {
                super::reminders::post_own(places, &open.vault, postbox);
            }
        }
    });
}

/// Takes one request after the other. A fault of the program's own in one of them ends that one: what it left half done is
/// never saved, the window is told, and the thread goes on.
fn serve_each(
    requests: &Receiver<Request>,
    postbox: &Postbox,
    mut handle: impl FnMut(Request, &mut Option<OpenVault>),
) {
    let mut open: Option<OpenVault> = None;
    while let Ok(request) = requests.recv() {
        // Until the next request this thread waits, perhaps for days: nothing of the payload stays on its stack.
        let outcome = wiping_stack::leaving_nothing(|| crash_report::catch(|| handle(request, &mut open)));
        if let Err(fault) = outcome {
            open = None;
            heap::give_back_unused();
            postbox.post(Answer::Fault(Part::Vault, fault.where_report_is()));
        }
        postbox.finished();
    }
}

fn handle(request: Request, open: &mut Option<OpenVault>, postbox: &Postbox, clouds: &Overrides, access: &Access) {
    match request {
        Request::CreateVault(path, passphrase) => {
            // The app's own folder is not there before its first vault. Any other folder is the person's to make: a
            // missing one may be a share that is not connected.
            if settings::default_vault_path().as_ref() == Some(&path)
                && let Some(folder) = path.parent()
            {
                // Where this fails, making the vault says why.
                let _ = file_system::create_own_folder(folder);
            }
            let made = Vault::create_as(access, &path, &passphrase, KdfParameters::calibrated());
            post_opened(made, open, postbox, clouds);
        }
        Request::OpenVault(path, credential, trust) => {
            post_opened(Vault::open_as(access, &path, &credential, trust), open, postbox, clouds);
        }
        Request::LookAtVault(path) => vault_file::look_at(path, postbox),
        Request::ListBackupsOf(path) => vault_file::list_backups(path, postbox),
        Request::RestoreOverDamaged(path, backup) => vault_file::put_in_place(&path, &backup, postbox),
        Request::LockVault => {
            *open = None;
            // By now the window has dropped its own copy of the vault as well.
            heap::give_back_unused();
        }
        Request::Report(waiting) => drop(waiting),
        other => {
            if let Some(vault) = open {
                vault.handle(other, postbox);
            }
        }
    }
}

/// Tells the reminder index of a save, or of a vault that was opened or read again and is known to it.
fn tell_reminders(places: &Places, vault: &Vault, before: Option<&VaultInfo>, postbox: &Postbox) {
    let told = match before {
        Some(before) if *before == vault.info() => return,
        Some(_) => index::update(places, &vault.into()),
        None if vault.info().generation == 1 => index::update(places, &vault.into()),
        None => index::refresh(places, &vault.into()),
    };
    if let Err(error) = told {
        postbox.post(Answer::RemindersNotTold(format!("The reminders do not know of this save yet. {error}")));
    }
}

fn post_opened(result: Result<Vault, VaultError>, open: &mut Option<OpenVault>, postbox: &Postbox, clouds: &Overrides) {
    match result {
        Ok(mut vault) => {
            vault.accept_clouds(clouds);
            let contents = vault.contents();
            let (profiles, proxy) = (contents.profiles().to_vec(), contents.proxy_credentials().cloned());
            postbox.post(Answer::VaultOpened(vault.path().to_owned(), profiles, proxy));
            let slots = vault.slots();
            postbox.post(Answer::Slots(slots.clone()));
            let standing = to_be_told(vault.standing());
            if standing.is_some() {
                postbox.post(Answer::Standing(standing.clone()));
            }
            let mut vault = OpenVault {
                standing,
                vault,
                put: HashMap::new(),
                removed: Vec::new(),
                conflicts: Vec::new(),
                told: Vec::new(),
                slots,
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
fn to_be_told(standing: &Standing) -> Option<String> {
    standing.needs_attention().then(|| standing.to_string())
}

/// The open vault, and what the window's requests need to be remembered for.
struct OpenVault {
    vault: Vault,
    /// What this window put last under each id. A second save may come before the window knows of the first.
    put: HashMap<Uuid, Profile>,
    /// The conflicts of the profile removed last, in case that is undone.
    removed: Vec<Conflict>,
    /// The ids of the conflicts that the window knows of.
    conflicts: Vec<Uuid>,
    /// What is to be told once the window has the profiles.
    told: Vec<String>,
    /// The ways to open it that the window knows of.
    slots: Vec<SlotView>,
    /// How it stands to what this account has seen, as the window knows it.
    standing: Option<String>,
}

impl OpenVault {
    fn handle(&mut self, request: Request, postbox: &Postbox) {
        let (result, change) = match request {
            Request::ChangePassphrase(old, new) => {
                let cost = KdfParameters::calibrated();
                let result = self.vault.change_passphrase_costing(&old, &new, cost).map_err(Refusal::from);
                postbox.post(Answer::PassphraseChanged(result));
                // What others saved was read on the way.
                (Ok(()), Change::Read)
            }
            Request::SetPassphrase(new) => {
                let result = self.vault.set_passphrase(&new, KdfParameters::calibrated()).map_err(Refusal::from);
                postbox.post(Answer::PassphraseChanged(result));
                (Ok(()), Change::Read)
            }
            Request::AddThisAccount => {
                let result = self.vault.add_this_account().map(|_| ()).map_err(Refusal::from);
                postbox.post(Answer::KeysChanged(KeysChange::AccountAdded, result));
                (Ok(()), Change::Read)
            }
            Request::AddRecoveryKey => {
                postbox.post(Answer::RecoveryKeyMade(self.vault.add_recovery_key().map_err(Refusal::from)));
                (Ok(()), Change::Read)
            }
            Request::TrustVault => {
                self.vault.trust();
                return self.post_standing(postbox);
            }
            Request::PutBack => {
                postbox.post(Answer::PutBack(self.vault.put_back().map_err(Refusal::from)));
                (Ok(()), Change::Read)
            }
            Request::RemoveSlots(ids, kept) => {
                let result = self.vault.remove_slots(&ids, &kept).map_err(Refusal::from);
                postbox.post(Answer::KeysChanged(KeysChange::SlotRemoved, result));
                (Ok(()), Change::Read)
            }
            Request::KeepBackups(kept) => return self.vault.keep_backups(kept),
            Request::ListBackups => {
                let found = backups(self.vault.path()).map_err(Refusal::from);
                return postbox.post(Answer::Backups(found));
            }
            Request::CompareBackup(backup) => {
                let then = self.vault.open_backup(&backup);
                let difference = then.map(|then| difference(self.vault.contents(), &then)).map_err(Refusal::from);
                return postbox.post(Answer::BackupCompared(backup.path, difference));
            }
            Request::RestoreBackup(backup) => (self.vault.restore(&backup).map(|_| ()), Change::BackupRestored),
            Request::RestoreProfile(backup, id) => {
                (self.vault.restore_profile(&backup, id).map(|_| ()), Change::ProfileRestored(id))
            }
            Request::ReadHistory => return postbox.post(Answer::History(self.vault.contents().history().to_vec())),
            Request::RefreshVault => match self.refresh() {
                Ok(None) => return,
                Ok(Some(change)) => (Ok(()), change),
                Err(error) => (Err(error), Change::Refreshed),
            },
            Request::Absorb(path) => {
                let result = self.absorb(&path);
                postbox.post(Answer::Copies(self.vault.copies_with_news()));
                (result, Change::Merged)
            }
            Request::PutProfile(profile, base, because) => {
                let change = Change::Put(profile.id, because);
                (self.put(*profile, base.map(|base| *base), because), change)
            }
            Request::Renew(id, act, because) => {
                let change = Change::Renewed(id, Taken::of(&act, because));
                let renewed = self.vault.update(|contents: &mut Contents| contents.renew(id, *act, wall_clock::now()));
                return self.post(renewed, change, postbox);
            }
            Request::ForgetFormerSecrets => return self.forget_due(postbox),
            Request::RemoveProfile(seen) => (self.remove(&seen), Change::Removed(seen.id)),
            Request::ResolveConflict(id, choices) => {
                let of = self.vault.contents().conflicts().iter().find(|conflict| conflict.id == id);
                let Some(profile) = of.map(|conflict| conflict.profile) else { return self.post_conflicts(postbox) };
                (self.resolve(id, &choices), Change::ConflictResolved(profile))
            }
            Request::RecordCheck(id, check) => {
                (self.vault.update(|contents: &mut Contents| record(contents, id, check)), Change::CheckRecorded(id))
            }
            Request::RecordChecks(checks) => {
                let record_all = |contents: &mut Contents| {
                    checks.into_iter().try_for_each(|(id, check)| record(contents, id, check))
                };
                (self.vault.update(record_all), Change::ChecksRecorded)
            }
            Request::SetProxyCredentials(credentials) => {
                let set = |contents: &mut Contents| {
                    contents.set_proxy_credentials(credentials);
                    Ok::<(), VaultError>(())
                };
                (self.vault.update(set), Change::ProxyCredentialsSet)
            }
            _ => return,
        };
        self.post(result, change, postbox);
    }

    fn post(&mut self, result: Result<(), impl Into<Refusal>>, change: Change, postbox: &Postbox) {
        let profiles = self.vault.contents().profiles().to_vec();
        match result {
            Ok(()) => postbox.post(Answer::Profiles(profiles, change)),
            Err(error) => {
                postbox.post(Answer::NotSaved(error.into(), change));
                // What others saved was read before the failure, and would not be told again.
                postbox.post(Answer::Profiles(profiles, Change::Read));
            }
        }
        self.told.extend(self.vault.take_notices());
        self.told.extend(self.vault.take_merged().map(|summary| summary.describe()));
        for text in self.told.drain(..) {
            postbox.post(Answer::Met(text));
        }
        if let Some(trouble) = self.vault.take_backup_trouble() {
            postbox.post(Answer::BackupTrouble(trouble.to_string()));
        }
        self.post_conflicts(postbox);
        self.post_standing(postbox);
        let slots = self.vault.slots();
        if slots != self.slots {
            postbox.post(Answer::Slots(slots.clone()));
            self.slots = slots;
        }
    }

    /// Tells the window how the vault stands to what was seen, if that has changed.
    fn post_standing(&mut self, postbox: &Postbox) {
        let standing = to_be_told(self.vault.standing());
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
                self.told.push(summary.describe());
                Some(Change::Merged)
            }
        })
    }

    fn absorb(&mut self, copy: &Path) -> Result<(), VaultError> {
        let backups: Vec<_> = backups(self.vault.path())?.into_iter().map(|backup| backup.path).collect();
        self.told.push(match self.vault.absorb(copy, &backups)? {
            Some(summary) => summary.describe(),
            None => format!("The copy {} holds nothing that this vault does not hold already.", copy.display()),
        });
        Ok(())
    }

    fn put(&mut self, profile: Profile, base: Option<Profile>, because: Because) -> Result<(), VaultError> {
        let id = profile.id;
        let former = self.put.get(&id);
        // A form that was saved twice in a row began from the first of the two, even if the window did not know yet.
        let base = match (base, former) {
            (Some(base), Some(former)) if former.modified > base.modified => Some(former.clone()),
            (None, Some(former)) if because == Because::Saved => Some(former.clone()),
            (base, _) => base,
        };
        let put = profile.clone();
        let back: &[Conflict] = if because == Because::Restored { &self.removed } else { &[] };
        let outcome = self.vault.update(|contents: &mut Contents| {
            let outcome = contents.put_based_on(base.as_ref(), put)?;
            contents.put_back_conflicts(back.iter().filter(|conflict| conflict.profile == id));
            Ok::<_, VaultError>(outcome)
        })?;
        self.told.extend(outcome.describe(&profile.name));
        self.put.insert(id, profile);
        Ok(())
    }

    fn remove(&mut self, seen: &Profile) -> Result<(), VaultError> {
        let removed = self.vault.update(|contents: &mut Contents| {
            let conflicts = contents.conflicts().iter().filter(|conflict| conflict.profile == seen.id);
            let conflicts: Vec<Conflict> = conflicts.cloned().collect();
            contents.remove_based_on(seen)?;
            Ok::<_, VaultError>(conflicts)
        })?;
        self.removed = removed;
        self.put.remove(&seen.id);
        Ok(())
    }

    fn resolve(&mut self, id: Uuid, choices: &[FieldChoice]) -> Result<(), VaultError> {
        self.vault
            .update(|contents: &mut Contents| contents.resolve_conflict(id, choices, wall_clock::now()).map(|_| ()))
    }
}

/// Keeps how a check ended with its profile, unless somebody removed that meanwhile.
fn record(contents: &mut Contents, id: Uuid, check: LastCheck) -> Result<(), VaultError> {
    let Some(mut profile) = contents.get(id).cloned() else { return Ok(()) };
    profile.last_check = Some(check);
    contents.put(profile)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn a_fault_in_one_request_is_told_and_the_next_one_is_handled() {
        let (sender, requests) = channel();
        let (answers_in, answers) = channel();
        let postbox = Postbox::new(answers_in, (&egui::Context::default()).into());
        let (done, waiting) = channel();
        for request in [Request::ReadHistory, Request::Report(done)] {
            sender.send(request).expect("the thread listens");
        }
        drop(sender);
        serve_each(&requests, &postbox, |request, open| {
            assert!(!matches!(request, Request::ReadHistory), "made to fail");
            handle(request, open, &postbox, &Overrides::none(), &Access::default());
        });
        assert!(matches!(answers.try_recv(), Ok(Answer::Fault(Part::Vault, _))));
        assert!(answers.try_recv().is_err());
        // The other end was dropped: the second request was handled.
        assert!(waiting.recv().is_err());
    }
}

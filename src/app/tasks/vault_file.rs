//! What is done with a vault's file: creating, opening and locking it, looking at it while it is locked, and putting a
//! backup in its place.

use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;

use super::vault::{OpenVault, post_opened};
use super::{Answer, Postbox, Refusal};
use crate::cloud::Overrides;
use crate::platform::{file_system, heap, os_account};
use crate::profile::SecretText;
use crate::reminder::Places;
use crate::settings;
use crate::vault::{
    Access, Backup, Credential, KdfParameters, Trust, Vault, backups, repair, restore_over_damaged, unlock_methods,
};

/// What is asked about a vault's file.
pub enum VaultFileRequest {
    /// Create a vault and open it.
    Create(PathBuf, SecretText),
    /// Open a vault.
    Open(PathBuf, Credential, Trust),
    /// Forget the vault's keys.
    Lock,
    /// Drop this when all that was asked of the vault before is done: the other end waits for that.
    SignalWhenDone(Sender<()>),
    /// Tell whether this account could open a vault without a passphrase.
    LookForAccountStore,
    /// Read what a vault's file shows without being opened.
    LookAt(PathBuf),
    /// List the backups of a vault that does not open.
    ListBackups(PathBuf),
    /// Put the bytes of a vault back that something took for text.
    Repair(PathBuf),
    /// Put a backup in the place of a damaged or missing vault.
    RestoreOverDamaged(PathBuf, Backup),
}

/// Carries out a request; what is opened goes into `open`.
pub(super) fn handle(
    request: VaultFileRequest,
    open: &mut Option<OpenVault>,
    postbox: &Postbox,
    clouds: &Overrides,
    access: &Access,
    places: Option<&Places>,
) {
    match request {
        VaultFileRequest::Create(path, passphrase) => {
            // The app's own folder is not there before its first vault. Any other folder is the person's to make: a
            // missing one may be a share that is not connected.
            if settings::default_vault_path().as_ref() == Some(&path)
                && let Some(folder) = path.parent()
            {
                // Where this fails, creating the vault says why.
                let _ = file_system::create_own_folder(folder);
            }
            let made = Vault::create_as(access, &path, &passphrase, KdfParameters::calibrated());
            post_opened(made, open, postbox, clouds, places);
        }
        VaultFileRequest::Open(path, credential, trust) => {
            post_opened(Vault::open_as(access, &path, &credential, trust), open, postbox, clouds, places);
        }
        VaultFileRequest::LookForAccountStore => postbox.post(Answer::AccountStore(os_account::is_available())),
        VaultFileRequest::LookAt(path) => look_at(path, postbox),
        VaultFileRequest::ListBackups(path) => list_backups(path, postbox),
        VaultFileRequest::RestoreOverDamaged(path, backup) => put_in_place(&path, &backup, postbox),
        VaultFileRequest::Repair(path) => repair_vault(&path, postbox),
        VaultFileRequest::Lock => {
            *open = None;
            // By now the window has dropped its share of the profiles as well, so that they are wiped here.
            heap::give_back_unused();
        }
        VaultFileRequest::SignalWhenDone(waiting) => drop(waiting),
    }
}

fn look_at(path: PathBuf, postbox: &Postbox) {
    let ways = unlock_methods(&path);
    postbox.post(Answer::VaultLookedAt(path, ways));
}

fn list_backups(path: PathBuf, postbox: &Postbox) {
    let found = backups(&path).map_err(Refusal::from);
    postbox.post(Answer::BackupsOf(path, found));
}

fn repair_vault(path: &Path, postbox: &Postbox) {
    postbox.post(Answer::VaultRepaired(repair(path).map_err(Refusal::from)));
}

fn put_in_place(path: &Path, backup: &Backup, postbox: &Postbox) {
    let result = restore_over_damaged(path, backup).map_err(Refusal::from);
    postbox.post(Answer::RestoredOverDamaged(result));
}

//! The vault's thread: it owns the open vault and its keys, and handles one request after the other.

use std::sync::mpsc::Receiver;

use uuid::Uuid;

use super::{Answer, Change, Postbox, Refusal, Request};
use crate::{
    cloud::Overrides,
    platform::wiping_stack,
    profile::LastCheck,
    settings,
    vault::{Contents, KdfParameters, Vault, VaultError},
};

/// Owns the open vault; ends when the window does.
pub(super) fn serve(requests: &Receiver<Request>, postbox: &Postbox, clouds: &Overrides) {
    let mut open: Option<Vault> = None;
    while let Ok(request) = requests.recv() {
        // Until the next request this thread waits, perhaps for days: nothing of the payload stays on its stack.
        wiping_stack::leaving_nothing(|| handle(request, &mut open, postbox, clouds));
    }
}

fn handle(request: Request, open: &mut Option<Vault>, postbox: &Postbox, clouds: &Overrides) {
    match request {
        Request::CreateVault(path, passphrase) => {
            // The app's own folder is not there before its first vault. Any other folder is the person's to make: a
            // missing one may be a share that is not connected.
            if settings::default_vault_path().as_ref() == Some(&path)
                && let Some(folder) = path.parent()
            {
                // Where this fails, making the vault says why.
                let _ = std::fs::create_dir_all(folder);
            }
            let made = Vault::create(&path, &passphrase, KdfParameters::default());
            post_opened(made, open, postbox, clouds);
        }
        Request::OpenVault(path, passphrase) => post_opened(Vault::open(&path, &passphrase), open, postbox, clouds),
        Request::LockVault => *open = None,
        other => {
            if let Some(vault) = open {
                change_vault(vault, other, postbox);
            }
        }
    }
}

fn post_opened(result: Result<Vault, VaultError>, open: &mut Option<Vault>, postbox: &Postbox, clouds: &Overrides) {
    match result {
        Ok(mut vault) => {
            vault.accept_clouds(clouds);
            let contents = vault.contents();
            let (profiles, proxy) = (contents.profiles().to_vec(), contents.proxy_credentials().cloned());
            postbox.post(Answer::VaultOpened(vault.path().to_owned(), profiles, proxy));
            *open = Some(vault);
        }
        Err(error) => postbox.post(Answer::VaultNotOpened(error.into())),
    }
}

/// Keeps how a check ended with its profile, unless somebody removed that meanwhile.
fn record(contents: &mut Contents, id: Uuid, check: LastCheck) -> Result<(), VaultError> {
    let Some(mut profile) = contents.get(id).cloned() else { return Ok(()) };
    profile.last_check = Some(check);
    contents.put(profile)
}

fn change_vault(vault: &mut Vault, request: Request, postbox: &Postbox) {
    let change = match &request {
        Request::PutProfile(profile, because) => Change::Put(profile.id, *because),
        Request::RemoveProfile(id) => Change::Removed(*id),
        Request::RecordCheck(id, ..) => Change::CheckRecorded(*id),
        Request::RecordChecks(_) => Change::ChecksRecorded,
        Request::SetProxyCredentials(_) => Change::ProxyCredentialsSet,
        _ => Change::Refreshed,
    };
    let result = match request {
        Request::ChangePassphrase(old, new) => {
            let result = vault.change_passphrase(&old, &new).map_err(Refusal::from);
            return postbox.post(Answer::PassphraseChanged(result));
        }
        Request::RefreshVault => match vault.refresh() {
            Ok(false) => return,
            other => other.map(|_| ()),
        },
        Request::PutProfile(profile, _) => vault.update(|contents: &mut Contents| contents.put(*profile)),
        Request::RemoveProfile(id) => vault.update(|contents: &mut Contents| {
            contents.remove(id);
            Ok::<(), VaultError>(())
        }),
        Request::RecordCheck(id, check) => vault.update(|contents: &mut Contents| record(contents, id, check)),
        Request::SetProxyCredentials(credentials) => vault.update(|contents: &mut Contents| {
            contents.set_proxy_credentials(credentials);
            Ok::<(), VaultError>(())
        }),
        Request::RecordChecks(checks) => vault.update(|contents: &mut Contents| {
            checks.into_iter().try_for_each(|(id, check)| record(contents, id, check))
        }),
        _ => return,
    };
    postbox.post(match result {
        Ok(()) => Answer::Profiles(vault.contents().profiles().to_vec(), change),
        Err(error) => Answer::NotSaved(error.into(), change),
    });
}

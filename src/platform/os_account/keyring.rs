//! Linux: the Secret Service over D-Bus. macOS: the login Keychain. Both through `keyring-core`.

use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use keyring_core::api::CredentialStore;
use keyring_core::{Entry, Error};
use zeroize::Zeroizing;

use super::AccountError;

#[cfg(target_os = "linux")]
pub(super) const KEEPER: &str = "secret-service";
#[cfg(target_os = "macos")]
pub(super) const KEEPER: &str = "keychain";

/// What our entries say they belong to.
const SERVICE: &str = "A365 Password Tool";
/// How long a store may take to be there at all.
const CONNECT_PATIENCE: Duration = Duration::from_secs(5);
/// How long a person may take to unlock it.
const ANSWER_PATIENCE: Duration = Duration::from_secs(90);

/// Whether a Secret Service runs, or the bus can start one.
#[cfg(target_os = "linux")]
pub(super) fn is_available() -> bool {
    use zbus::blocking::{Connection, fdo::DBusProxy};

    const SECRET_SERVICE: &str = "org.freedesktop.secrets";

    fn look() -> zbus::Result<bool> {
        let names = DBusProxy::new(&Connection::session()?)?;
        let known = |names: Vec<zbus::names::OwnedBusName>| names.iter().any(|name| name.as_str() == SECRET_SERVICE);
        Ok(known(names.list_names()?) || known(names.list_activatable_names()?))
    }

    within_a_second(|| look().unwrap_or(false))
}

#[cfg(target_os = "macos")]
pub(super) fn is_available() -> bool {
    true
}

/// What `look` finds, or `false` where it finds nothing in time.
#[cfg(target_os = "linux")]
fn within_a_second(look: impl FnOnce() -> bool + Send + 'static) -> bool {
    let (sender, receiver) = mpsc::channel();
    let spawned = std::thread::Builder::new().name("account store".to_owned()).spawn(move || {
        let _ = sender.send(look());
    });
    spawned.is_ok() && receiver.recv_timeout(Duration::from_secs(1)).unwrap_or(false)
}

pub(super) fn keep(entry: &str, key: &[u8; 32]) -> Result<Vec<u8>, AccountError> {
    let key = Zeroizing::new(*key);
    with_entry(entry, move |entry| entry.set_secret(&key[..]))?;
    Ok(Vec::new())
}

pub(super) fn recall(entry: &str, _blob: &[u8]) -> Result<Option<Zeroizing<[u8; 32]>>, AccountError> {
    let found = with_entry(entry, |entry| match entry.get_secret() {
        Ok(secret) => Ok(Some(Zeroizing::new(secret))),
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(error),
    })?;
    // An entry of another length is not one that we made.
    Ok(found.and_then(|secret| <[u8; 32]>::try_from(&secret[..]).ok().map(Zeroizing::new)))
}

pub(super) fn forget(entry: &str) -> Result<(), AccountError> {
    with_entry(entry, |entry| match entry.delete_credential() {
        Err(Error::NoEntry) => Ok(()),
        other => other,
    })
}

/// Does `work` on a thread of its own: neither library has a limit of time, and a store may wait for a person.
fn with_entry<T: Send + 'static>(
    name: &str,
    work: impl FnOnce(&Entry) -> Result<T, Error> + Send + 'static,
) -> Result<T, AccountError> {
    enum Step<T> {
        Connected,
        Done(Result<T, Error>),
    }
    let (sender, receiver) = mpsc::channel();
    let name = name.to_owned();
    let thread = std::thread::Builder::new().name("account store".to_owned());
    let spawned = thread.spawn(move || {
        // The receiver may have given up; then nobody is left to tell.
        let _ = match store() {
            Ok(store) => {
                let _ = sender.send(Step::Connected);
                let done = Entry::new_in_store(&store, SERVICE, &name).and_then(|entry| work(&entry));
                sender.send(Step::Done(done))
            }
            Err(error) => sender.send(Step::Done(Err(error))),
        };
    });
    spawned.map_err(|error| AccountError::Failed(error.to_string()))?;
    let mut connected = false;
    loop {
        let patience = if connected { ANSWER_PATIENCE } else { CONNECT_PATIENCE };
        match receiver.recv_timeout(patience) {
            Ok(Step::Connected) => connected = true,
            Ok(Step::Done(result)) => {
                return result.map_err(|error| match error {
                    Error::NoStorageAccess(_) => AccountError::Locked,
                    Error::PlatformFailure(error) if !connected => AccountError::Unavailable(error.to_string()),
                    // The error's own text may hold what was stored.
                    Error::BadEncoding(_) | Error::BadDataFormat(..) => AccountError::Failed("bad data".to_owned()),
                    other => AccountError::Failed(other.to_string()),
                });
            }
            Err(_) => return Err(AccountError::TimedOut),
        }
    }
}

#[cfg(target_os = "linux")]
fn store() -> Result<Arc<CredentialStore>, Error> {
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}

#[cfg(target_os = "macos")]
fn store() -> Result<Arc<CredentialStore>, Error> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}

/// Asks the service itself: the library would unlock what it finds, and for that ask the person.
#[cfg(target_os = "linux")]
pub(super) fn holds(entry: &str, _blob: &[u8]) -> bool {
    use std::collections::HashMap;
    use zbus::zvariant::OwnedObjectPath;

    fn search(entry: &str) -> zbus::Result<bool> {
        let attributes = HashMap::from([("service", SERVICE), ("username", entry)]);
        let connection = zbus::blocking::Connection::session()?;
        let reply = connection.call_method(
            Some("org.freedesktop.secrets"),
            "/org/freedesktop/secrets",
            Some("org.freedesktop.Secret.Service"),
            "SearchItems",
            &attributes,
        )?;
        let (unlocked, locked): (Vec<OwnedObjectPath>, Vec<OwnedObjectPath>) = reply.body().deserialize()?;
        Ok(!unlocked.is_empty() || !locked.is_empty())
    }

    let entry = entry.to_owned();
    within_a_second(move || search(&entry).unwrap_or(false))
}

/// The Keychain asks when a secret is read, not when it is looked for; this reads no secret.
#[cfg(target_os = "macos")]
pub(super) fn holds(entry: &str, _blob: &[u8]) -> bool {
    let Ok(store) = store() else { return false };
    let spec = std::collections::HashMap::from([("service", SERVICE), ("user", entry)]);
    store.search(&spec).is_ok_and(|found| !found.is_empty())
}

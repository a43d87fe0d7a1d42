//! A key that the operating system keeps for the account that is signed in.
//!
//! | system | store | where the key lies |
//! |---|---|---|
//! | Windows | DPAPI (`CryptProtectData`), for this user | in the protected blob, which the caller keeps |
//! | Linux and others with D-Bus | the Secret Service (GNOME Keyring, KWallet, KeePassXC) | in the account's keyring |
//! | macOS | the login Keychain | in the Keychain |

#[cfg(windows)]
mod dpapi;
#[cfg(any(target_os = "linux", target_os = "macos"))]
mod keyring;

#[cfg(windows)]
use dpapi as imp;
#[cfg(any(target_os = "linux", target_os = "macos"))]
use keyring as imp;
#[cfg(not(any(windows, target_os = "linux", target_os = "macos")))]
use nowhere as imp;

use zeroize::Zeroizing;

pub use super::account::describe;

/// Which store this system has, in small letters.
pub const KEEPER: &str = imp::KEEPER;

/// Why a key could not be kept or given back. Never holds the key.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// There is no such store, or it does not answer.
    #[error(
        "This account has no key store ({0}). On Linux, a Secret Service such as GNOME Keyring or KWallet must be \
         running in the desktop session."
    )]
    Unavailable(String),
    /// It did not answer in time, or nobody answered its question.
    #[error("The key store of this account did not respond in time. Unlock it and try again.")]
    TimedOut,
    /// It is locked and was not unlocked.
    #[error("The key store of this account is locked. Unlock it and try again.")]
    Locked,
    /// Another failure.
    #[error("The key store of this account reported an error ({0}).")]
    Failed(String),
}

/// Whether there is a store for keys here. Asks nobody for anything and takes a second at most.
pub fn is_available() -> bool {
    imp::is_available()
}

/// Keeps `key` under the name `entry`. Out: a blob that [`recall`] needs, which may be empty.
pub fn keep(entry: &str, key: &[u8; 32]) -> Result<Vec<u8>, AccountError> {
    imp::keep(entry, key)
}

/// Whether the key seems to be there. Asks nobody for anything and takes a second at most.
pub fn holds(entry: &str, blob: &[u8]) -> bool {
    imp::holds(entry, blob)
}

/// The key, when it is there. The system may ask the person at the screen to unlock its store.
pub fn recall(entry: &str, blob: &[u8]) -> Result<Option<Zeroizing<[u8; 32]>>, AccountError> {
    imp::recall(entry, blob)
}

/// Removes the key, when it is there. With DPAPI there is nothing to remove: without the blob there is no key.
pub fn forget(entry: &str) -> Result<(), AccountError> {
    imp::forget(entry)
}

#[cfg(not(any(windows, target_os = "linux", target_os = "macos")))]
mod nowhere {
    use super::{AccountError, Zeroizing};

    pub(super) const KEEPER: &str = "none";

    fn none<T>() -> Result<T, AccountError> {
        Err(AccountError::Unavailable("not on this operating system".to_owned()))
    }

    pub(super) fn is_available() -> bool {
        false
    }

    pub(super) fn keep(_: &str, _: &[u8; 32]) -> Result<Vec<u8>, AccountError> {
        none()
    }

    pub(super) fn holds(_: &str, _: &[u8]) -> bool {
        false
    }

    pub(super) fn recall(_: &str, _: &[u8]) -> Result<Option<Zeroizing<[u8; 32]>>, AccountError> {
        none()
    }

    pub(super) fn forget(_: &str) -> Result<(), AccountError> {
        none()
    }
}

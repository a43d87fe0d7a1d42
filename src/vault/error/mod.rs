//! Why a vault could not be made, opened or saved, in words that say what to do.

mod remedy;
mod shown_path;
mod unproven;

pub use remedy::Remedy;
pub(in crate::vault) use shown_path::shown;
pub use unproven::Unproven;

use std::io;
use std::path::Path;

use crate::platform::file_system;
use crate::platform::os_account::AccountError;
use crate::profile::NameError;

/// Why a vault could not be made, opened or saved. Whatever the variant, the vault's file is as it was before.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// No slot opens with this passphrase.
    #[error(
        "The passphrase is wrong. Type it again and check Caps Lock, the keyboard layout, and leading or trailing \
         spaces. If someone changed it, ask for the new one."
    )]
    WrongPassphrase,
    /// No slot opens with this passphrase, which has characters that may have been lost when it was chosen.
    #[error(
        "The passphrase is wrong. Type it again and check Caps Lock, the keyboard layout, and leading or trailing \
         spaces. If the vault was created with version 0.1 on Linux, characters typed with a dead key or the Compose \
         key (such as é, ñ, ~ or ') were lost: type the passphrase without them, then change it. If someone changed \
         it, ask for the new one."
    )]
    WrongComposedPassphrase,
    /// No slot opens with this recovery key.
    #[error(
        "This recovery key does not unlock the vault. It may belong to another vault (compare the vault ID on the \
         sheet with “vault info”), or a newer recovery key has replaced it."
    )]
    WrongRecoveryKey,
    /// No slot is for this account.
    #[error(
        "This account ({account}) is not allowed to unlock the vault. Unlock it with the passphrase or the recovery \
         key; then you can add this account."
    )]
    AccountUnknown {
        /// The account and its machine.
        account: String,
    },
    /// The operating system did not keep or give a key for this account.
    #[error("{0} You can still unlock the vault with the passphrase or the recovery key.")]
    Account(#[from] AccountError),
    /// Without this slot nothing that a person knows or holds would open the vault.
    #[error(
        "This is the last passphrase or recovery key of the vault, so it was not removed: without it the vault would \
         depend on one account on one computer. Add another one first."
    )]
    LastUnlockMethod,
    /// What was about to be saved could not be opened again.
    #[error(
        "The vault was not saved, because nobody could unlock it afterwards: {what}. It is unchanged. Review its \
         unlock methods, and report this problem if all of them look right."
    )]
    WouldNotOpen {
        /// Which rule it would break.
        what: &'static str,
    },
    /// The owner of the removed slot would choose the keys that it is not to open.
    #[error(
        "You unlocked the vault with this method, so you cannot remove it. Unlock the vault with another one first, or \
         change the passphrase."
    )]
    OwnUnlockMethod,
    /// This account has seen the vault before, and the file does not prove that it comes from that.
    #[error(
        "The vault file {path} does not match what this account has seen before: {why}. Someone who had access earlier \
         may have replaced it, and could read what you save in it. It was not opened or changed. Ask who changed it, \
         or restore a backup. If you know that it is right, trust it in the window or with “vault trust”."
    )]
    Unproven {
        /// The vault's path.
        path: String,
        /// What is missing.
        why: Unproven,
    },
    /// Somebody removed or changed that slot.
    #[error("This unlock method no longer exists. Reload the list.")]
    SlotMissing,
    /// No room for another slot.
    #[error(
        "The vault has reached the maximum number of unlock methods (32, or fewer when passphrases have a costly key \
         derivation). Remove one first."
    )]
    TooManySlots,
    /// The old passphrase is the one to prove.
    #[error("The vault was unlocked with its passphrase. Enter that passphrase to change it.")]
    OldPassphraseNeeded,
    /// Several passphrases, and it is not known which one is to be replaced.
    #[error("The vault has several passphrases, so it is unclear which one to replace. Remove one and add a new one.")]
    WhichPassphrase,
    /// The file is cut, empty or changed: its checksum does not match.
    #[error("The vault file {path} is damaged: {what}. It was not changed. {}", remedy.words(path))]
    Damaged {
        /// The vault's path.
        path: String,
        /// What is wrong with it.
        what: &'static str,
        /// What helps.
        remedy: Remedy,
    },
    /// The checksum is right, but the cryptographic seal is broken: somebody changed the file on purpose.
    #[error(
        "The vault file {path} was changed by something other than this program: {what}. It was not opened or changed. \
         Do not trust this file: restore it from your own backup, and find out who can write to its folder."
    )]
    Tampered {
        /// The vault's path.
        path: String,
        /// Which seal is broken.
        what: &'static str,
    },
    /// The header is not one that this version of the format allows.
    #[error(
        "The vault file {path} has a header that this program does not accept: {what}. It was not opened or changed. \
         Restore the file from your own backup."
    )]
    HeaderRefused {
        /// The vault's path.
        path: String,
        /// Which rule it breaks.
        what: &'static str,
    },
    /// The file asks for a key derivation outside the bounds of [`super::KdfParameters`].
    #[error(
        "The vault file {path} requires a key derivation with {memory_kib} KiB, {passes} passes and {lanes} lanes. \
         That is outside the limits of this program, so it was not tried. The file was not created by this program, or \
         someone changed it. Restore it from your own backup."
    )]
    KdfOutOfRangeInFile {
        /// The vault's path.
        path: String,
        /// Memory in KiB as the file has it.
        memory_kib: u64,
        /// Passes as the file has them.
        passes: u64,
        /// Lanes as the file has them.
        lanes: u64,
    },
    /// The chosen key derivation is outside the bounds of [`super::KdfParameters`].
    #[error("This key derivation is outside the limits of the vault: {0}.")]
    KdfOutOfRange(&'static str),
    /// A later version of the format.
    #[error(
        "The vault file {path} was saved by a newer version of this program (format {found}; this version reads \
         formats 1 and 2). It was not changed. Install the newer version to open it.{doubt}"
    )]
    NewerFormat {
        /// The vault's path.
        path: String,
        /// The version found.
        found: u64,
        /// Empty, or a sentence that the file may be damaged instead.
        doubt: &'static str,
    },
    /// Some other file.
    #[error(
        "The file {path} is not an A365 Password Tool vault, or the beginning of the file is damaged. It was not \
         changed. Choose a file that ends in .a365vault."
    )]
    NotAVault {
        /// The file's path.
        path: String,
    },
    /// Larger than any vault may be.
    #[error("The file {path} is larger than a vault can be (256 MiB). It was not read. Choose another file.")]
    TooLarge {
        /// The file's path.
        path: String,
    },
    /// The contents would not fit into a vault.
    #[error("The vault would grow beyond 256 MiB and was not saved. Remove profiles or shorten their notes.")]
    ContentsTooLarge,
    /// Decrypted well, yet not the JSON that the format describes.
    #[error(
        "This program does not understand the contents of the vault {path} ({what}, line {line}, column {column}). The \
         file was not changed. Install the latest version of this program; if that does not help, report it."
    )]
    ContentsUnreadable {
        /// The vault's path.
        path: String,
        /// What kind of trouble. Never a piece of the contents.
        what: &'static str,
        /// Line of the JSON text, from 1; 0 when unknown.
        line: usize,
        /// Column of the JSON text; 0 when unknown.
        column: usize,
    },
    /// No file there.
    #[error("There is no vault at {path}. Check the path and that the drive or share is connected.")]
    Missing {
        /// The path asked for.
        path: String,
    },
    /// The folder is not there.
    #[error("The folder of {path} does not exist. Create it first, or choose another one.")]
    FolderMissing {
        /// The path asked for.
        path: String,
    },
    /// A file is there already where a vault was to be made.
    #[error(
        "There is already a file at {path}, and a new vault never overwrites one. Open it, or choose another name."
    )]
    AlreadyExists {
        /// The path asked for.
        path: String,
    },
    /// Another program held the lock all the time.
    #[error(
        "The vault {path} is being saved by another program or person and is still locked. Nothing was saved. Try \
         again in a moment."
    )]
    Locked {
        /// The vault's path.
        path: String,
    },
    /// Another program saved at the same instant, on a share without working locks.
    #[error(
        "Another program or person saved the vault {path} at the same moment, and the file now has their version. Your \
         change was not saved. Try again."
    )]
    Overtaken {
        /// The vault's path.
        path: String,
    },
    /// No room on the disk, or a quota reached.
    #[error(
        "There is no space left for {path} (disk full or quota reached). Nothing was saved and the vault is unchanged. \
         Free up space and save again."
    )]
    DiskFull {
        /// The vault's path.
        path: String,
    },
    /// The operating system said no.
    #[error(
        "The operating system does not let this account {action} {path}. Nothing was changed. Check the permissions on \
         the file and its folder, and whether it is read-only."
    )]
    PermissionDenied {
        /// The path in question.
        path: String,
        /// What was tried, as a verb.
        action: &'static str,
    },
    /// A link, folder, pipe or device where a regular file is needed.
    #[error(
        "{path} cannot be used: {why}. Nothing was changed. If you did not put it there, find out who can write to this \
         folder. Move it elsewhere, then try again."
    )]
    NotRegular {
        /// The path in question.
        path: String,
        /// What it is instead.
        why: String,
    },
    /// Another failure of the disk or share.
    #[error("Could not {action} {path}: {source}. The vault is unchanged. Check the drive or share and try again.")]
    Io {
        /// The path in question.
        path: String,
        /// What was tried, as a verb.
        action: &'static str,
        /// What the operating system said.
        source: io::Error,
    },
    /// The file at the path is another vault now.
    #[error(
        "The vault at {path} was replaced with another vault after you opened it. Nothing was saved. Lock the vault \
         and open it again."
    )]
    Replaced {
        /// The vault's path.
        path: String,
    },
    /// The passphrase was changed, or the way in removed, since this vault was opened.
    #[error(
        "Someone else changed the passphrase of {path} after you unlocked it, or removed the unlock method you used. \
         Nothing was saved. Lock the vault and unlock it with the new passphrase."
    )]
    PassphraseChanged {
        /// The vault's path.
        path: String,
    },
    /// A backup of some other vault, or sealed under a key that is no longer this vault's.
    #[error(
        "The backup {path} does not belong to this vault, or was encrypted with an earlier key. Nothing was changed. \
         Choose another backup, or open this backup directly with the passphrase used at that time."
    )]
    BackupOfAnother {
        /// The backup's path.
        path: String,
    },
    /// No profile with that id in the backup.
    #[error("This profile is not in the backup {path}. Nothing was changed. Choose another backup.")]
    NotInBackup {
        /// The backup's path.
        path: String,
    },
    /// A backup was to be put over a vault that is whole.
    #[error(
        "The vault {path} is not damaged, so it was not replaced. Open it and restore the backup there. If it cannot \
         be opened, move it elsewhere and then restore the backup."
    )]
    NotDamaged {
        /// The vault's path.
        path: String,
    },
    /// No passphrase was given.
    #[error("Enter the passphrase of the vault.")]
    PassphraseEmpty,
    /// Shorter than [`super::PASSPHRASE_LENGTH_MINIMUM`].
    #[error("This passphrase is too short. Use at least 8 characters; four or five random words are better.")]
    PassphraseTooShort,
    /// Another profile has this name.
    #[error("There is already a profile named “{name}”. Choose another name (names are not case-sensitive).")]
    NameTaken {
        /// The name as the other profile has it.
        name: String,
    },
    /// Somebody else changed the profile that is to be removed.
    #[error(
        "Someone else changed {fields} of “{name}” after it was loaded here. It was not deleted. Review it, and delete \
         it again if you still want to."
    )]
    ChangedMeanwhile {
        /// The profile's name.
        name: String,
        /// The fields in words.
        fields: String,
    },
    /// The other file belongs to another vault or another passphrase, so that it cannot be merged.
    #[error(
        "The file {path} is not a copy of this vault, or it is from before the last passphrase change. Nothing was \
         merged or changed. Open that file directly to see what is in it."
    )]
    NotACopy {
        /// The other file's path.
        path: String,
    },
    /// The profile's name is no name.
    #[error(transparent)]
    Name(#[from] NameError),
    /// Too little memory for the key derivation.
    #[error("There is not enough free memory to derive the key. Close other programs and try again.")]
    OutOfMemory,
    /// No vault has this many saves.
    #[error(
        "The vault was not saved: its save counter is at the maximum. Ordinary use cannot reach that, so something \
         other than this program has set it. Move the vault file to another folder, then restore a backup in the \
         window or with “vault restore” on the command line."
    )]
    GenerationsUsedUp,
    /// The operating system gave no random numbers.
    #[error(
        "The operating system provided no random numbers ({0}). Nothing was saved. Restart the computer and try again."
    )]
    NoRandomness(io::Error),
}

impl VaultError {
    /// Whether the file is not there or no whole vault any more, so that one of its backups may take its place
    /// ([`crate::vault::restore_over_damaged`]).
    pub fn calls_for_a_backup(&self) -> bool {
        match self {
            VaultError::Missing { .. }
            | VaultError::Damaged { .. }
            | VaultError::NotAVault { .. }
            | VaultError::HeaderRefused { .. }
            | VaultError::KdfOutOfRangeInFile { .. }
            | VaultError::TooLarge { .. } => true,
            VaultError::NewerFormat { doubt, .. } => !doubt.is_empty(),
            _ => false,
        }
    }

    /// Whether the disk gave no answer, so that nothing is known about the file.
    pub(in crate::vault) fn is_io(&self) -> bool {
        matches!(self, VaultError::Io { .. } | VaultError::PermissionDenied { .. } | VaultError::Locked { .. })
    }

    /// Whether the file was read and is no whole vault of a format that this program knows. Says nothing of a disk that
    /// gave no answer.
    pub(in crate::vault) fn is_damage(&self) -> bool {
        self.calls_for_a_backup() && !matches!(self, VaultError::Missing { .. })
            || matches!(
                self,
                VaultError::Tampered { .. }
                    | VaultError::NewerFormat { .. }
                    | VaultError::ContentsUnreadable { .. }
                    | VaultError::NotRegular { .. }
            )
    }

    /// The error for a failed `action` on `path`, named by its cause.
    pub(in crate::vault) fn from_io(action: &'static str, path: &Path, source: io::Error) -> VaultError {
        let shown = shown(path);
        if file_system::means_not_regular(&source) {
            return VaultError::NotRegular { path: shown, why: source.to_string() };
        }
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                VaultError::DiskFull { path: shown }
            }
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                VaultError::PermissionDenied { path: shown, action }
            }
            // Only a lock is held by another program; a pipe or a device that has nothing to read is not.
            io::ErrorKind::WouldBlock if action == "lock" => VaultError::Locked { path: shown },
            io::ErrorKind::AlreadyExists => VaultError::AlreadyExists { path: shown },
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory if folder_is_missing(path) => {
                VaultError::FolderMissing { path: shown }
            }
            io::ErrorKind::NotFound => VaultError::Missing { path: shown },
            _ => VaultError::Io { path: shown, action, source },
        }
    }
}

fn folder_is_missing(path: &Path) -> bool {
    path.parent().is_some_and(|folder| !folder.as_os_str().is_empty() && !folder.is_dir())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_lock_is_held_by_another_program() {
        let of = |action| VaultError::from_io(action, Path::new("v.a365vault"), io::ErrorKind::WouldBlock.into());
        assert!(matches!(of("lock"), VaultError::Locked { .. }));
        assert!(matches!(of("read"), VaultError::Io { action: "read", .. }), "a device with nothing to read");
    }
}

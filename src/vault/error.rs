//! Why a vault could not be made, opened or saved, in words that say what to do.

use std::io;
use std::path::{Path, PathBuf};

use super::seen::Unproven;
use crate::platform::file_system;
use crate::platform::os_account::AccountError;
use crate::profile::NameError;

/// Why a vault could not be made, opened or saved. Whatever the variant, the vault's file is as it was before.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// No slot opens with this passphrase.
    #[error(
        "The passphrase is wrong. Type it again and mind upper and lower case, the keyboard's language and blanks at \
         the ends. If somebody changed it, ask for the new one."
    )]
    WrongPassphrase,
    /// No slot opens with this recovery key.
    #[error(
        "This recovery key does not open the vault. It may be another vault's (compare the vault ID on the sheet with \
         “vault info”), or a newer recovery key has replaced it."
    )]
    WrongRecoveryKey,
    /// No slot is for this account.
    #[error(
        "This account ({account}) cannot open the vault by itself. Open it with the passphrase or the recovery key; \
         then this account can be added."
    )]
    AccountUnknown {
        /// The account and its machine.
        account: String,
    },
    /// The operating system did not keep or give a key for this account.
    #[error("{0} The passphrase and the recovery key open the vault as before.")]
    Account(#[from] AccountError),
    /// Without this slot nothing that a person knows or holds would open the vault.
    #[error(
        "This is the last passphrase or recovery key of the vault, so it was not removed: without it the vault could \
         be lost with one account of one computer. Add another one first."
    )]
    LastWayIn,
    /// What was about to be saved could not be opened again.
    #[error(
        "The vault was not saved, because it could not be opened again afterwards: {what}. It is as it was before. Look at the \
         ways to open it, and report this if none of them is strange."
    )]
    WouldNotOpen {
        /// Which rule it would break.
        what: &'static str,
    },
    /// The owner of the removed slot would choose the keys that it is not to open.
    #[error(
        "You opened the vault this way, so you cannot remove it: open the vault another way first, or change the passphrase."
    )]
    OwnWayIn,
    /// This account has seen the vault before, and the file does not prove that it comes from that.
    #[error(
        "The vault file {path} is not the one that this account has seen before: {why}. Somebody who could open it earlier \
         may have put it there, and could read what you save into it. It was not opened or changed. Ask who changed it, or \
         take a backup. If you know that it is right, trust it: in the window, or with “vault trust”."
    )]
    Unproven {
        /// The vault's path.
        path: String,
        /// What is missing.
        why: Unproven,
    },
    /// Somebody removed or changed that slot.
    #[error("This way to open the vault is not there any more. Look at the list again.")]
    SlotMissing,
    /// No room for another slot.
    #[error(
        "The vault has as many ways to open it as it can have (32, and fewer passphrases with a costly key \
         derivation). Remove one first."
    )]
    TooManySlots,
    /// The old passphrase is the one to prove.
    #[error("The vault was opened with its passphrase. Enter that passphrase to change it.")]
    OldPassphraseNeeded,
    /// Several passphrases, and it is not known which one is to be replaced.
    #[error(
        "The vault has several passphrases, so it is not known which one to replace. Remove the forgotten one, and add \
         the new one."
    )]
    WhichPassphrase,
    /// The file is cut, empty or changed: its checksum does not match.
    #[error(
        "The vault file {path} is damaged: {what}. It was not changed. Restore one of its earlier saves: the \
         window offers them, and so does “vault restore” on the command line. They lie in the folder {path}.backups. If \
         there are none, take the file from your own backup."
    )]
    Damaged {
        /// The vault's path.
        path: String,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The checksum is right, but the cryptographic seal is broken: somebody changed the file on purpose.
    #[error(
        "The vault file {path} was changed by something other than this program: {what}. It was not opened and not \
         changed. Do not trust this file: take it from your own backup, and find out who can write to its folder."
    )]
    Tampered {
        /// The vault's path.
        path: String,
        /// Which seal is broken.
        what: &'static str,
    },
    /// The header is not one that this version of the format allows.
    #[error(
        "The vault file {path} has a header that this program does not accept: {what}. It was not opened and not \
         changed. Take the file from your own backup."
    )]
    HeaderRefused {
        /// The vault's path.
        path: String,
        /// Which rule it breaks.
        what: &'static str,
    },
    /// The file asks for a key derivation outside the bounds of [`super::KdfParameters`].
    #[error(
        "The vault file {path} asks for a key derivation of {memory_kib} KiB, {passes} passes and {lanes} lanes, which \
         is outside what this program accepts, so it was not even tried. The file was not made by this program, or \
         somebody changed it. Take it from your own backup."
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
    #[error("This key derivation is outside what the vault accepts: {0}.")]
    KdfOutOfRange(&'static str),
    /// A later version of the format.
    #[error(
        "The vault file {path} says that it was written by a newer version of this program (format {found}; this one \
         reads formats 1 and 2). It was not changed. Install the newer version to open it.{doubt}"
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
        "The file {path} is not a vault of A365 Password Tool, or its first bytes are damaged. It was not changed. \
         Choose a file that ends in .a365vault."
    )]
    NotAVault {
        /// The file's path.
        path: String,
    },
    /// Larger than any vault may be.
    #[error("The file {path} is larger than any vault may be (256 MiB). It was not read. Choose another file.")]
    TooLarge {
        /// The file's path.
        path: String,
    },
    /// The contents would not fit into a vault.
    #[error("The vault would grow beyond 256 MiB and was not saved. Remove profiles or shorten their notes.")]
    ContentsTooLarge,
    /// Decrypted well, yet not the JSON that the format describes.
    #[error(
        "The contents of the vault {path} are not what this program understands ({what}, line {line}, column {column}). \
         The file was not changed. Install the newest version of this program; if that does not help, report it."
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
    #[error("There is no vault at {path}. Check the path, and whether the drive or share is connected.")]
    Missing {
        /// The path asked for.
        path: String,
    },
    /// The folder is not there.
    #[error("The folder of {path} is not there. Make the folder first, or choose another one.")]
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
        "The vault {path} is being saved by another program or another person, and did not come free in time. \
         Nothing was saved. Try again in a moment."
    )]
    Locked {
        /// The vault's path.
        path: String,
    },
    /// Another program saved at the same instant, on a share without working locks.
    #[error(
        "Another program or person saved the vault {path} at the same instant, and theirs is what is there now. This \
         change was not saved. Try again."
    )]
    Overtaken {
        /// The vault's path.
        path: String,
    },
    /// No room on the disk, or a quota reached.
    #[error(
        "There is no room left on the disk (or quota) of {path}. Nothing was saved and the vault is as it was before. \
         Make room and save again."
    )]
    DiskFull {
        /// The vault's path.
        path: String,
    },
    /// The operating system said no.
    #[error(
        "The operating system does not let this account {action} {path}. Nothing was changed. Check the rights on the \
         file and its folder, and whether it is read-only."
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
    #[error(
        "Could not {action} {path}: {source}. The vault is as it was before. Check the drive or share and try again."
    )]
    Io {
        /// The path in question.
        path: String,
        /// What was tried, as a verb.
        action: &'static str,
        /// What the operating system said.
        source: io::Error,
    },
    /// The file at the path is another vault now.
    #[error("Another vault was put at {path} since this one was opened. Nothing was saved. Lock and open it again.")]
    Replaced {
        /// The vault's path.
        path: String,
    },
    /// The passphrase was changed, or the way in removed, since this vault was opened.
    #[error(
        "The passphrase of {path} was changed by another program or person since it was opened, or the way it was \
         opened was removed. Nothing was saved. Lock the vault and open it with the new passphrase."
    )]
    PassphraseChanged {
        /// The vault's path.
        path: String,
    },
    /// A backup of some other vault, or sealed under a key that is no longer this vault's.
    #[error(
        "The backup {path} is not of this vault, or was sealed under an earlier key of it. Nothing was changed. Choose \
         another backup, or open this one by itself with the passphrase of its time."
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
        "The vault {path} is not damaged, so it was not replaced. Open it and restore from its backup there. If it \
         cannot be opened, move it elsewhere first and then restore."
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
    #[error(
        "There is already a profile named “{name}”. Choose another name (upper and lower case make no difference)."
    )]
    NameTaken {
        /// The name as the other profile has it.
        name: String,
    },
    /// Somebody else changed the profile that is to be removed.
    #[error(
        "Somebody else changed {fields} of “{name}” since it was last read here. It was not removed. Look at what is \
         in it now, and remove it again if it still is to go."
    )]
    ChangedMeanwhile {
        /// The profile's name.
        name: String,
        /// The fields in words.
        fields: String,
    },
    /// The other file belongs to another vault or another passphrase, so that it cannot be merged.
    #[error(
        "The file {path} is no copy of this vault, or it is from before the last change of the passphrase. Nothing was \
         merged and nothing was changed. Open that file by itself to look at it."
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
        "The vault was not saved: its counter of saves is at its end, which no number of saves can reach. Something other \
         than this program has set it. Move the vault file to another folder and then restore one of the vault's backups: \
         the window offers them, and so does “vault restore” on the command line."
    )]
    GenerationsUsedUp,
    /// The operating system gave no random numbers.
    #[error(
        "The operating system gave no random numbers ({0}). Nothing was saved. Restart the computer and try again."
    )]
    NoRandomness(io::Error),
}

impl VaultError {
    /// Whether the file is not there or no whole vault any more, so that one of its backups may take its place
    /// ([`super::restore_over_damaged`]).
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
    pub(super) fn is_io(&self) -> bool {
        matches!(self, VaultError::Io { .. } | VaultError::PermissionDenied { .. } | VaultError::Locked { .. })
    }

    /// Whether the file was read and is no whole vault of a format that this program knows. Says nothing of a disk that
    /// gave no answer.
    pub(super) fn is_damage(&self) -> bool {
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
    pub(super) fn from_io(action: &'static str, path: &Path, source: io::Error) -> VaultError {
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
            io::ErrorKind::WouldBlock => VaultError::Locked { path: shown },
            io::ErrorKind::AlreadyExists => VaultError::AlreadyExists { path: shown },
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory if folder_is_missing(path) => {
                VaultError::FolderMissing { path: shown }
            }
            io::ErrorKind::NotFound => VaultError::Missing { path: shown },
            _ => VaultError::Io { path: shown, action, source },
        }
    }
}

/// A path as messages show it: without the prefix that Windows puts before resolved paths.
pub(super) fn shown(path: &Path) -> String {
    let text = path.display().to_string();
    if let Some(share) = text.strip_prefix(r"\\?\UNC\") {
        format!(r"\\{share}")
    } else {
        text.strip_prefix(r"\\?\").unwrap_or(&text).to_owned()
    }
}

fn folder_is_missing(path: &Path) -> bool {
    let folder: PathBuf = path.parent().map_or_else(PathBuf::new, Path::to_path_buf);
    !folder.as_os_str().is_empty() && !folder.is_dir()
}

#[cfg(test)]
mod tests {
    use super::shown;
    use std::path::Path;

    #[test]
    fn paths_are_shown_as_people_type_them() {
        assert_eq!(shown(Path::new(r"\\?\C:\a\b.a365vault")), r"C:\a\b.a365vault");
        assert_eq!(shown(Path::new(r"\\?\UNC\server\share\b.a365vault")), r"\\server\share\b.a365vault");
        assert_eq!(shown(Path::new("/home/b.a365vault")), "/home/b.a365vault");
    }
}

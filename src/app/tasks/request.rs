//! What the background is asked to do: one enum for each subject, beside what carries it out.

use super::{
    ClipboardRequest, FileDialogRequest, ImportRequest, NetworkRequest, RecentVaultsRequest, ReminderRequest,
    SettingsRequest, VaultFileRequest, VaultRequest,
};

/// Work to be done in the background.
pub enum Request {
    /// Something with a vault's file: create, open, lock, repair it.
    VaultFile(VaultFileRequest),
    /// Something with the open vault.
    Vault(VaultRequest),
    /// Something on the network.
    Network(NetworkRequest),
    /// A file that a person chooses.
    FileDialog(FileDialogRequest),
    /// Something with files to import.
    Import(ImportRequest),
    /// Something with the clipboard.
    Clipboard(ClipboardRequest),
    /// What the reminders need, without a vault.
    Reminders(ReminderRequest),
    /// Something about the vaults that were opened last.
    RecentVaults(RecentVaultsRequest),
    /// Something with what is kept beside the vault.
    Settings(SettingsRequest),
}

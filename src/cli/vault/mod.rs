//! `vault …`: a vault's file, its unlock methods, backups, history and conflicts.

mod backups;
mod create;
mod history;
mod info;
mod proxy;
mod slots;

use clap::Subcommand;

use super::failure::{Exit, Failure};
use super::flags::Passphrase;
use super::session::Session;
use backups::RestoreArguments;
use create::CreateArguments;
use history::{ConflictsArguments, HistoryArguments, ResolveArguments};
use proxy::ProxyArguments;
use slots::{
    AddAccountArguments, AddPassphraseArguments, RecoveryKeyArguments, RemoveSlotArguments, SetPassphraseArguments,
};

#[derive(Debug, Subcommand)]
pub(super) enum VaultCommand {
    /// Create a new, empty vault; an existing file is never overwritten
    Create(CreateArguments),
    /// Save or remove the user name and password for the proxy
    Proxy(ProxyArguments),
    /// Show who changed what and when, without any values
    History(HistoryArguments),
    /// List conflicts: what two people changed differently at the same time
    Conflicts(ConflictsArguments),
    /// Resolve a conflict by choosing between its two versions
    Resolve(ResolveArguments),
    /// Show the vault's format, unlock methods and last save; with the passphrase also the number of profiles
    Info(Passphrase),
    /// List the unlock methods of the vault
    Slots(Passphrase),
    /// Allow this account on this computer to unlock the vault without a passphrase
    AddAccount(AddAccountArguments),
    /// Add another passphrase
    AddPassphrase(AddPassphraseArguments),
    /// Create a recovery key to print and lock away; an earlier one stops working
    AddRecoveryKey(RecoveryKeyArguments),
    /// Remove an unlock method and re-encrypt the vault with a new key
    RemoveSlot(RemoveSlotArguments),
    /// Change the passphrase, or set a new one after unlocking with the recovery key or this account
    SetPassphrase(SetPassphraseArguments),
    /// Accept the vault as it is now, after a warning that it does not match what this account has seen before
    Trust(Passphrase),
    /// List the backups stored next to the vault; needs no passphrase
    Backups,
    /// Restore a backup, for all profiles or for one; also when the vault is damaged or missing
    Restore(RestoreArguments),
    /// Repair a vault file that git, an editor or a text-mode transfer has changed; needs no passphrase
    Repair,
}

pub(super) fn run(session: &mut Session<'_, '_>, command: VaultCommand) -> Result<Exit, Failure> {
    match command {
        VaultCommand::Create(arguments) => create::run(session, &arguments),
        VaultCommand::Info(passphrase) => info::run(session, passphrase),
        VaultCommand::Proxy(arguments) => proxy::run(session, arguments),
        VaultCommand::Slots(passphrase) => slots::list(session, passphrase),
        VaultCommand::AddAccount(arguments) => slots::add_account(session, &arguments),
        VaultCommand::AddPassphrase(arguments) => slots::add_passphrase(session, &arguments),
        VaultCommand::AddRecoveryKey(arguments) => slots::add_recovery_key(session, &arguments),
        VaultCommand::RemoveSlot(arguments) => slots::remove_slot(session, &arguments),
        VaultCommand::Trust(passphrase) => slots::trust(session, passphrase),
        VaultCommand::SetPassphrase(arguments) => slots::set_passphrase(session, &arguments),
        VaultCommand::History(arguments) => history::history(session, arguments),
        VaultCommand::Conflicts(arguments) => history::conflicts(session, arguments),
        VaultCommand::Resolve(arguments) => history::resolve(session, arguments),
        VaultCommand::Backups => backups::list(session),
        VaultCommand::Restore(arguments) => backups::restore(session, arguments),
        VaultCommand::Repair => backups::repair(session),
    }
}

//! The commands, each with its own arguments. Their doc comments are the help texts.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use super::check::CheckArguments;
use super::connection_string::ConnectionStringCommand;
use super::deferred::Deferred;
use super::diagnose::DiagnoseCommand;
use super::exchange::export::ExportArguments;
use super::exchange::import::ImportArguments;
use super::inventory::InventoryArguments;
use super::profile::ProfileCommand;
use super::reminders::calendar::CalendarArguments;
use super::reminders::expiring::ExpiringArguments;
use super::reminders::handover::HandoverArguments;
use super::reminders::remind::RemindArguments;
use super::vault::VaultCommand;

/// Creates, tests and stores Dataverse connection strings for Anywhere365's CRM Service
///
/// Secrets are never arguments: at a terminal you are asked for them, otherwise they are read from standard input.
#[derive(Debug, Parser)]
#[command(
    name = "a365-password-cli",
    bin_name = "a365-password-cli",
    version,
    arg_required_else_help = true,
    max_term_width = 100,
    after_help = "Exit codes: 0 success, 1 negative result (test failed, wrong passphrase), 2 usage error, 3 \
                  failure.\n\
                  “expiring” uses those of monitoring plug-ins: 0 ok, 1 warning, 2 critical, 3 unknown."
)]
pub(super) struct Arguments {
    /// Write the answer as one JSON object to standard output
    #[arg(long, global = true)]
    pub json: bool,
    /// The vault file [default: the desktop app's vault]
    #[arg(long, global = true, value_name = "PATH")]
    pub vault: Option<PathBuf>,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Create a vault, inspect it, and manage how it is unlocked
    #[command(subcommand)]
    Vault(Deferred<VaultCommand>),
    /// List, show and change the profiles in a vault
    #[command(subcommand)]
    Profile(Deferred<ProfileCommand>),
    /// Write or read a connection string
    #[command(subcommand)]
    ConnectionString(Deferred<ConnectionStringCommand>),
    /// Import profiles from XrmToolBox, KeePass, Excel and other programs
    Import(Deferred<ImportArguments>),
    /// Export profiles for other programs; client secrets only with --with-secrets
    Export(Deferred<ExportArguments>),
    /// Test connections against Microsoft Entra ID and Dataverse
    Check(Deferred<CheckArguments>),
    /// Find out what is between this computer and Microsoft
    #[command(subcommand)]
    Diagnose(Deferred<DiagnoseCommand>),
    /// List a tenant's app registrations with their client secrets, and the profiles that use them
    Inventory(Deferred<InventoryArguments>),
    /// List client secrets that expire soon
    Expiring(Deferred<ExpiringArguments>),
    /// Send reminders for expiring secrets once, or schedule them at sign-in and daily
    Remind(Deferred<RemindArguments>),
    /// Write expiry dates as a calendar file (.ics) with alarms
    Calendar(Deferred<CalendarArguments>),
    /// Write an e-mail to the owner of the app registration; it never contains a secret
    Handover(Deferred<HandoverArguments>),
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_do_not_contradict_each_other() {
        Arguments::command().debug_assert();
    }
}

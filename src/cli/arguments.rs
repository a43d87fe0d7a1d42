//! The words that the command line takes. Their doc comments are the help texts.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Parser, Subcommand};

use super::later::Later;
use super::reminder_arguments::{CalendarArguments, ExpiringArguments, HandoverArguments, RemindArguments};

use super::vault_backups::RestoreArguments;
use super::vault_history::{ConflictsArguments, HistoryArguments, ResolveArguments};

/// Builds, tests and keeps the Dataverse connection strings of Anywhere365's CRM Service
///
/// Secrets are never arguments: on a terminal they are asked for, else they come from standard input.
#[derive(Debug, Parser)]
#[command(
    name = "a365-password-cli",
    bin_name = "a365-password-cli",
    version,
    arg_required_else_help = true,
    max_term_width = 100,
    after_help = "Exit codes: 0 good, 1 bad news (check failed, wrong passphrase), 2 wrong use, 3 something broke.\n\
                  “expiring” answers as monitoring plug-ins do: 0 ok, 1 warning, 2 critical, 3 unknown."
)]
pub(super) struct Arguments {
    /// Answer with one JSON object on standard output
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
    /// Make a vault, tell what its header says, and choose what opens it
    #[command(subcommand)]
    Vault(Later<VaultCommand>),
    /// List, show and change the profiles in a vault
    #[command(subcommand)]
    Profile(Later<ProfileCommand>),
    /// Write or read a connection string
    #[command(subcommand)]
    ConnectionString(Later<ConnectionStringCommand>),
    /// Test connections against Microsoft Entra ID and Dataverse
    Check(Later<CheckArguments>),
    /// Tell which client secrets lapse soon
    Expiring(Later<ExpiringArguments>),
    /// Look once for secrets that lapse and tell about them, or make that happen at sign-in and daily
    Remind(Later<RemindArguments>),
    /// Write expiry dates as a calendar file (.ics) with alarms
    Calendar(Later<CalendarArguments>),
    /// Write a mail to whoever owns the app registration: which app, which date, which clicks; never a secret
    Handover(Later<HandoverArguments>),
}

#[derive(Debug, Subcommand)]
pub(super) enum VaultCommand {
    /// Make a new, empty vault; an existing file is never overwritten
    Create(CreateArguments),
    /// Keep the user name and password for a proxy that asks for them, or forget them
    Proxy(ProxyArguments),
    /// Show who changed what and when; never a value
    History(HistoryArguments),
    /// List what two people changed differently at the same time
    Conflicts(ConflictsArguments),
    /// Choose between the two versions of a conflict
    Resolve(ResolveArguments),
    /// Show what the file tells without its passphrase; with the passphrase also how many profiles are in it
    Info(Passphrase),
    /// List the ways to open the vault
    Slots(Passphrase),
    /// Let this account on this computer open the vault without typing
    AddAccount(Passphrase),
    /// Add a passphrase beside those that are there
    AddPassphrase(AddPassphraseArguments),
    /// Make a recovery key to print and lock away; an earlier one stops opening the vault
    AddRecoveryKey(RecoveryKeyArguments),
    /// Remove a way to open the vault; the others get a new key
    RemoveSlot(RemoveSlotArguments),
    /// Change the passphrase, or set a new one after opening with the recovery key or this account
    SetPassphrase(SetPassphraseArguments),
    /// Accept the vault as it is now, after this program has said that it does not follow what this account has seen
    Trust(Passphrase),
    /// List the earlier saves that are kept beside the vault; needs no passphrase
    Backups,
    /// Go back to an earlier save, wholly or for one profile; also when the vault is damaged or gone
    Restore(RestoreArguments),
}

#[derive(Debug, Args)]
pub(super) struct AddPassphraseArguments {
    /// Whose it is, in your own words
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub label: String,
    #[command(flatten)]
    pub new: NewPassphrase,
    #[command(flatten)]
    pub passphrase: Passphrase,
}

#[derive(Debug, Args)]
pub(super) struct RecoveryKeyArguments {
    /// Write a page to print into this file, in place of the answer; it is as secret as the key
    #[arg(long, value_name = "FILE.html")]
    pub sheet: Option<PathBuf>,
    #[command(flatten)]
    pub passphrase: Passphrase,
}

#[derive(Debug, Args)]
pub(super) struct RemoveSlotArguments {
    /// Its number or its id in the list of “vault slots”
    #[arg(value_name = "SLOT")]
    pub slot: String,
    /// Remove this one as well, by its number or id
    #[arg(long, value_name = "SLOT")]
    pub also: Vec<String>,
    /// Keep this one, although this program does not know its kind
    #[arg(long, value_name = "SLOT")]
    pub keep: Vec<String>,
    /// You have looked at the ways to open the vault that stay, and they are right
    #[arg(long)]
    pub reviewed: bool,
    #[command(flatten)]
    pub passphrase: Passphrase,
}

#[derive(Debug, Args)]
pub(super) struct SetPassphraseArguments {
    #[command(flatten)]
    pub new: NewPassphrase,
    #[command(flatten)]
    pub passphrase: Passphrase,
}

#[derive(Clone, Copy, Debug, Args)]
pub(super) struct NewPassphrase {
    /// Take the new passphrase from standard input: its own line, behind that of the old passphrase or recovery key
    #[arg(long)]
    pub new_passphrase_stdin: bool,
}

#[derive(Debug, Args)]
pub(super) struct CreateArguments {
    /// Memory that each guess of the passphrase costs, in MiB
    #[arg(long, value_name = "MIB", help_heading = "Key derivation (Argon2id)")]
    pub memory_mib: Option<u32>,
    /// Passes over that memory
    #[arg(long, value_name = "N", help_heading = "Key derivation (Argon2id)")]
    pub passes: Option<u32>,
    /// Lanes computed side by side
    #[arg(long, value_name = "N", help_heading = "Key derivation (Argon2id)")]
    pub lanes: Option<u32>,
    /// Take the vault's passphrase from the first line of standard input
    #[arg(long)]
    pub passphrase_stdin: bool,
}

#[derive(Debug, Args)]
pub(super) struct ProxyArguments {
    /// The user name for the proxy
    #[arg(long, value_name = "NAME", required_unless_present_any = ["forget", "proxy"], conflicts_with = "forget")]
    pub user: Option<String>,
    /// The only proxy that may get them. Without it: the proxy in use now. Without --user: what is stored already is
    /// for this proxy
    #[arg(long = "for", value_name = "HOST:PORT", conflicts_with = "forget")]
    pub proxy: Option<String>,
    /// Take the proxy's password from standard input (after the passphrase's line, if that comes from there too)
    #[arg(long, requires = "user", conflicts_with = "forget")]
    pub secret_stdin: bool,
    /// Forget the user name and password
    #[arg(long)]
    pub forget: bool,
    #[command(flatten)]
    pub passphrase: Passphrase,
}

#[derive(Debug, Subcommand)]
pub(super) enum ProfileCommand {
    /// List the profiles
    List {
        /// Only profiles with each of these words in their name, address, client ID, tenant or tags
        #[arg(long, value_name = "WORDS", default_value = "", hide_default_value = true)]
        search: String,
        #[command(flatten)]
        passphrase: Passphrase,
        #[command(flatten)]
        reveal: Reveal,
    },
    /// Show one profile
    Show {
        /// The profile's name
        name: String,
        #[command(flatten)]
        passphrase: Passphrase,
        #[command(flatten)]
        reveal: Reveal,
    },
    /// Add a profile; a taken name is refused
    Add(Later<AddArguments>),
    /// Change a profile; what is not named stays as it is
    Set(Later<SetArguments>),
    /// Remove a profile
    Remove {
        /// The profile's name
        name: String,
        #[command(flatten)]
        passphrase: Passphrase,
    },
}

#[derive(Debug, Args)]
pub(super) struct AddArguments {
    /// The new profile's name
    pub name: String,
    /// The Environment URL, e.g. https://contoso.crm4.dynamics.com
    #[arg(long, value_name = "URL")]
    pub url: String,
    /// The Application (client) ID
    #[arg(long, value_name = "GUID")]
    pub client_id: String,
    /// Take the client secret from standard input (after the passphrase's line, if that comes from there too)
    #[arg(long)]
    pub secret_stdin: bool,
    /// The Directory (tenant) ID or domain; a check finds it by itself
    #[arg(long)]
    pub tenant: Option<String>,
    /// The day on which the client secret lapses
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub expires: Option<NaiveDate>,
    /// A word to group by; may be given several times
    #[arg(long = "tag", value_name = "TAG")]
    pub tags: Vec<String>,
    /// Free text
    #[arg(long)]
    pub notes: Option<String>,
    #[command(flatten)]
    pub passphrase: Passphrase,
}

#[derive(Debug, Args)]
pub(super) struct SetArguments {
    /// The profile's name
    pub name: String,
    /// A new name
    #[arg(long, value_name = "NAME")]
    pub rename: Option<String>,
    /// The Environment URL
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// The Application (client) ID
    #[arg(long, value_name = "GUID")]
    pub client_id: Option<String>,
    /// Replace the client secret by the one from standard input
    #[arg(long)]
    pub secret_stdin: bool,
    /// The Directory (tenant) ID or domain; "" removes it
    #[arg(long)]
    pub tenant: Option<String>,
    /// The day on which the client secret lapses; "" removes it
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub expires: Option<String>,
    /// The tags, in place of the old ones; "" removes them
    #[arg(long = "tag", value_name = "TAG")]
    pub tags: Option<Vec<String>>,
    /// Free text, in place of the old one
    #[arg(long)]
    pub notes: Option<String>,
    #[command(flatten)]
    pub passphrase: Passphrase,
}

#[derive(Debug, Subcommand)]
pub(super) enum ConnectionStringCommand {
    /// Print the connection string of a profile, or of given values; it holds the secret
    Write(ConnectionArguments),
    /// Read one connection string from standard input and tell what Microsoft's client sees in it
    Read(Reveal),
}

/// A saved profile, or the three values themselves.
#[derive(Debug, Args)]
pub(super) struct ConnectionArguments {
    /// A profile's name
    #[arg(required_unless_present = "url", conflicts_with_all = ["url", "client_id", "secret_stdin"])]
    pub name: Option<String>,
    #[command(flatten)]
    pub typed: TypedConnection,
    #[command(flatten)]
    pub passphrase: Passphrase,
}

#[derive(Debug, Args)]
pub(super) struct TypedConnection {
    /// The Environment URL, in place of a profile
    #[arg(long, value_name = "URL", requires = "client_id")]
    pub url: Option<String>,
    /// The Application (client) ID
    #[arg(long, value_name = "GUID", requires = "url")]
    pub client_id: Option<String>,
    /// Take the client secret from standard input
    #[arg(long, requires = "url")]
    pub secret_stdin: bool,
}

#[derive(Debug, Args)]
pub(super) struct CheckArguments {
    /// Names of profiles
    #[arg(required_unless_present_any = ["all", "url"], conflicts_with_all = ["all", "url"])]
    pub names: Vec<String>,
    /// Check every profile in the vault
    #[arg(long, conflicts_with = "url")]
    pub all: bool,
    #[command(flatten)]
    pub typed: TypedConnection,
    /// The Directory (tenant) ID or domain, when the environment does not tell it
    #[arg(long)]
    pub tenant: Option<String>,
    /// The day on which the client secret lapses, of a connection that is no profile
    #[arg(long, value_name = "YYYY-MM-DD", requires = "url")]
    pub expires: Option<NaiveDate>,
    /// Write the results into this file as well; its name ends in .csv or .html
    #[arg(long, value_name = "FILE", value_parser = parse_export, conflicts_with = "url")]
    pub export: Option<ExportFile>,
    /// Ask Microsoft Graph for the secret's expiry date as well
    #[arg(long)]
    pub read_expiry: bool,
    #[command(flatten)]
    pub passphrase: Passphrase,
}

/// Where results go, and in which form.
#[derive(Clone, Debug)]
pub(super) struct ExportFile {
    pub path: PathBuf,
    pub form: ExportForm,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ExportForm {
    Csv,
    Html,
}

/// How the vault is opened: with its passphrase, unless told otherwise.
#[derive(Clone, Copy, Debug, Args)]
pub(super) struct Passphrase {
    /// Take the vault's passphrase from the first line of standard input
    #[arg(long)]
    pub passphrase_stdin: bool,
    /// Open with the recovery key, from the first line of standard input
    #[arg(long, conflicts_with = "passphrase_stdin")]
    pub recovery_key_stdin: bool,
    /// Open as the account that this program runs under, without typing
    #[arg(long, conflicts_with_all = ["passphrase_stdin", "recovery_key_stdin"])]
    pub this_account: bool,
}

impl Passphrase {
    /// Whether the arguments say how to open the vault.
    pub(super) fn is_given(self) -> bool {
        self.passphrase_stdin || self.recovery_key_stdin || self.this_account
    }
}

#[derive(Clone, Copy, Debug, Args)]
pub(super) struct Reveal {
    /// Show secrets in the answer
    #[arg(long)]
    pub reveal: bool,
}

/// The form follows from the file's name.
fn parse_export(text: &str) -> Result<ExportFile, String> {
    let path = PathBuf::from(text);
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    let form = match ending.as_str() {
        "csv" => ExportForm::Csv,
        "html" | "htm" => ExportForm::Html,
        _ => return Err("the file's name has to end in .csv or .html".to_owned()),
    };
    Ok(ExportFile { path, form })
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

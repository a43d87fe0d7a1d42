//! `inventory`: a tenant's app registrations with their client secrets, beside the vault's profiles. Reads the tenant and changes
//! nothing in it.

mod answer;
mod dates;
mod tenant;

use clap::{Args, ValueEnum};
use tokio::runtime::Runtime;

use super::failure::{Exit, Failure};
use super::flags::Passphrase;
use super::person::{self, SignInArguments};
use super::progress::run_with_progress;
use super::reminders::expiring::parse_days;
use super::session::Session;
use crate::connection_check::Network;
use crate::inventory::{Progress, Registration, compare, limits, read_registrations};
use crate::sign_in::{self, Resource, SignInRequest};

#[derive(Debug, Args)]
pub(in crate::cli) struct InventoryArguments {
    /// Only client secrets that have expired or expire within this many days or weeks
    #[arg(long, value_name = "DAYS", value_parser = parse_days)]
    pub expiring: Option<i64>,
    /// The output format
    #[arg(long, value_enum, default_value_t = InventoryFormat::Text)]
    pub format: InventoryFormat,
    /// Save the expiry dates in the profiles, after showing the old and the new ones
    #[arg(long)]
    pub save_dates: bool,
    /// Leave the vault closed and compare with no profile; needs --tenant
    #[arg(
        long,
        requires = "tenant",
        conflicts_with_all = ["save_dates", "passphrase_stdin", "recovery_key_stdin", "this_account"]
    )]
    pub without_vault: bool,
    #[command(flatten)]
    pub sign_in: SignInArguments,
    #[command(flatten)]
    pub passphrase: Passphrase,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum InventoryFormat {
    /// A table for people
    Text,
    /// One JSON object, the same as --json
    Json,
    /// Comma-separated values with a heading
    Csv,
}

pub(in crate::cli) fn run(session: &mut Session<'_, '_>, arguments: InventoryArguments) -> Result<Exit, Failure> {
    // What can be refused is, before anybody is asked for a passphrase or sent to a browser.
    let client = person::client(session, &arguments.sign_in)?;
    let mut vault = match (arguments.without_vault, arguments.save_dates) {
        (true, _) => None,
        (false, true) => Some(session.open_vault_to_change(arguments.passphrase)?),
        (false, false) => Some(session.open_vault(arguments.passphrase)?),
    };
    let profiles = vault.as_ref().map(|vault| vault.contents().profiles().to_vec()).unwrap_or_default();
    let credentials = vault.as_ref().and_then(|vault| vault.contents().proxy_credentials().cloned());
    let network = session.network_within(credentials, limits())?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::failed("runtime", format!("The sign-in could not be started: {error}.")))?;
    let (cloud, tenant) = tenant::choose(session, &arguments.sign_in, &profiles, &network, &runtime)?;
    let request = SignInRequest { cloud, tenant, client, first: Resource::graph(cloud) };
    let signed_in = person::sign_in(session, &arguments.sign_in, request, &network, &runtime)?;
    let account = signed_in.account().to_owned();
    let registrations = read(session, signed_in, &network, &runtime)?;
    // Connections hold what was last sent and received on them.
    drop((runtime, network));
    let found = compare(registrations, &profiles, tenant, session.console.now().date_naive());
    let saved = match &mut vault {
        Some(vault) if arguments.save_dates => Some(dates::save(session, vault, &found)?),
        _ => None,
    };
    answer::write(session, &arguments, &answer::Facts { tenant, cloud, account: &account, found: &found, saved });
    Ok(Exit::Success)
}

/// Reads the list, and ends the sign-in: its tokens are wiped.
fn read(
    session: &mut Session<'_, '_>,
    mut signed_in: sign_in::Session,
    network: &Network,
    runtime: &Runtime,
) -> Result<Vec<Registration>, Failure> {
    let now = session.console.now();
    let run = |tell: &mut (dyn FnMut(Progress) + Send)| {
        let outcome = runtime.block_on(read_registrations(network, &mut signed_in, now, tell));
        drop(signed_in);
        outcome
    };
    let read = run_with_progress(run, |progress| match progress {
        Progress::Read(count) => session.note_for_people(&format!("{count} app registrations read.")),
        Progress::Waiting { seconds, why } => {
            session.console.note(&format!("{why} Waiting {seconds} seconds; Ctrl+C cancels."));
        }
    });
    let read = read.map_err(|_| {
        Failure::failed(
            "internal",
            "Reading the list stopped because of an internal error in this program. Run it again; if it happens again, \
             report it.",
        )
    })?;
    Ok(read?)
}

//! A person's sign-in at the command line: as which client, in which cloud, through the browser or with a device code.

use clap::Args;
use tokio::runtime::Runtime;

use super::failure::Failure;
use super::flags::CloudChoice;
use super::session::Session;
use crate::connection_check::Network;
use crate::profile::ClientId;
use crate::sign_in::{self, BrowserSignIn, DeviceSignIn, SignInRequest, TIME_LIMIT};

#[derive(Debug, Args)]
pub(super) struct SignInArguments {
    /// The Directory (tenant) ID or domain to sign in to [default: the tenant of the vault's profiles]
    #[arg(long, value_name = "TENANT")]
    pub tenant: Option<String>,
    /// The cloud that the tenant is in [default: as the profiles say, else commercial]
    #[arg(long, value_enum, value_name = "CLOUD")]
    pub cloud: Option<CloudChoice>,
    /// The Application (client) ID of the app to sign in with [default: the setting “sign_in_client”]
    #[arg(long, value_name = "ID")]
    pub sign_in_client: Option<String>,
    /// Sign in with a device code instead of this computer's browser; many tenants block that
    #[arg(long)]
    pub device_code: bool,
}

/// Apps of Microsoft's own that people pass as a client, by their IDs. Source: "First-party Microsoft applications in sign-in
/// reports" (learn.microsoft.com/troubleshoot/entra/entra-id/governance/verify-first-party-apps-sign-in).
const OF_MICROSOFT: [(&str, &str); 4] = [
    (POWER_PLATFORM_CLI, "Power Platform CLI"),
    ("04b07795-8ddb-461a-bbee-02f9e1bf7b46", "Azure CLI"),
    ("1950a258-227b-4e31-a9cf-717495945fc2", "Azure PowerShell"),
    ("14d82eec-204b-4c2f-b7e8-296a70dab67e", "Microsoft Graph Command Line Tools"),
];
const POWER_PLATFORM_CLI: &str = "9cee029c-6210-4654-90bb-17e6e9d36617";

/// The sign-in client: the argument, else the setting. None is built in, and none of Microsoft's is ever taken by itself.
pub(super) fn client(session: &mut Session<'_, '_>, arguments: &SignInArguments) -> Result<ClientId, Failure> {
    let client = match &arguments.sign_in_client {
        Some(text) => session.client_id(text)?,
        None => session.settings.sign_in_client.ok_or_else(no_client)?,
    };
    let id = client.to_string();
    if let Some((_, name)) = OF_MICROSOFT.iter().find(|(known, _)| *known == id) {
        session.console.note(&format!(
            "Signing in as “{name}”, an app of Microsoft's: the tenant's sign-in logs will show that name. A client of your \
             organization is better; docs/set-up.md says how to register one."
        ));
    }
    Ok(client)
}

fn no_client() -> Failure {
    Failure::usage(
        "sign_in_client_needed",
        format!(
            "A person's sign-in needs a sign-in client: an app registration of your organization that this program signs in \
             with. docs/set-up.md, “Register the sign-in client”, says how to make one in a few minutes. Give its Application \
             (client) ID with --sign-in-client, or put it into the settings file as sign_in_client = \"…\". If you may use an \
             app of Microsoft's instead, that of Power Platform CLI works in most tenants: --sign-in-client \
             {POWER_PLATFORM_CLI}. The tenant's sign-in logs then show Microsoft's app, so it is used only if you give it."
        ),
    )
}

/// Signs a person in, as the arguments say.
pub(super) fn sign_in(
    session: &mut Session<'_, '_>,
    arguments: &SignInArguments,
    request: SignInRequest,
    network: &Network,
    runtime: &Runtime,
) -> Result<sign_in::Session, Failure> {
    let signed_in = if arguments.device_code {
        by_device_code(session, request, network, runtime)
    } else {
        in_browser(session, request, network, runtime)
    }?;
    let account = match signed_in.account() {
        "" => "an account without a name",
        account => account,
    };
    session.console.note(&format!("Signed in as {account}."));
    Ok(signed_in)
}

fn in_browser(
    session: &mut Session<'_, '_>,
    request: SignInRequest,
    network: &Network,
    runtime: &Runtime,
) -> Result<sign_in::Session, Failure> {
    let waiting = runtime.block_on(BrowserSignIn::begin(request))?;
    let address = waiting.address().to_owned();
    match session.console.open_page(&address) {
        Ok(()) => session.console.note(
            "Microsoft's sign-in page opens in your browser. If it does not, open this address in a browser of this computer:",
        ),
        Err(error) => session.console.note(&format!(
            "No browser could be opened ({error}). Open this address in a browser of this computer:"
        )),
    }
    session.console.note(&address);
    session.console.note(&format!(
        "Waiting for the sign-in, for at most {} minutes; Ctrl+C cancels. If the page shows a code that begins with AADSTS, run \
         “a365-password-cli diagnose sign-in-code CODE” to read what it means.",
        TIME_LIMIT.as_secs() / 60
    ));
    let now = session.console.now();
    Ok(runtime.block_on(waiting.finish(network, TIME_LIMIT, now))?)
}

fn by_device_code(
    session: &mut Session<'_, '_>,
    request: SignInRequest,
    network: &Network,
    runtime: &Runtime,
) -> Result<sign_in::Session, Failure> {
    let now = session.console.now();
    let waiting = runtime.block_on(DeviceSignIn::begin(request, network, now))?;
    session.console.note(&format!(
        "Open {} in a browser, enter the code {} and sign in. Never enter a code that somebody else sent you.",
        waiting.page(),
        waiting.user_code()
    ));
    session.console.note("Waiting for the sign-in; Ctrl+C cancels.");
    Ok(runtime.block_on(waiting.finish(network, now, async |pause| tokio::time::sleep(pause).await))?)
}

//! `diagnose`: what is between this computer and Microsoft, without any profile or secret.

mod output;

use clap::{Args, Subcommand};

use super::failure::{Exit, Failure};
use super::flags::{CloudChoice, Passphrase};
use super::session::{Session, Style};
use crate::cloud::Cloud;
use crate::connection_check::reachability::{self, HostReport};
use crate::sign_in::explain_code;

#[derive(Debug, Subcommand)]
pub(super) enum DiagnoseCommand {
    /// Test the way to every host that the program needs: proxy, DNS, TCP, TLS, certificate, clock
    Network(NetworkArguments),
    /// Explain a code that Microsoft's sign-in page shows (AADSTS…)
    SignInCode(SignInCodeArguments),
}

#[derive(Debug, Args)]
pub(super) struct SignInCodeArguments {
    /// The code, e.g. AADSTS50011; the page's whole sentence in quotes is fine
    #[arg(value_name = "CODE")]
    pub code: String,
    /// The cloud that the sign-in was for
    #[arg(long, value_enum, value_name = "CLOUD", default_value = "commercial")]
    pub cloud: CloudChoice,
}

#[derive(Debug, Args)]
pub(super) struct NetworkArguments {
    /// Only the hosts of this cloud; may be repeated [default: all]
    #[arg(long, value_enum, value_name = "CLOUD")]
    pub cloud: Vec<CloudChoice>,
    /// Also this environment; may be repeated
    #[arg(long, value_name = "URL")]
    pub environment: Vec<String>,
    /// Open the vault for the user name and password of the proxy
    #[arg(long)]
    pub proxy_sign_in: bool,
    #[command(flatten)]
    pub passphrase: Passphrase,
}

pub(super) fn run(session: &mut Session<'_, '_>, command: DiagnoseCommand) -> Result<Exit, Failure> {
    match command {
        DiagnoseCommand::Network(arguments) => network(session, arguments),
        DiagnoseCommand::SignInCode(arguments) => sign_in_code(session, &arguments),
    }
}

fn sign_in_code(session: &mut Session<'_, '_>, arguments: &SignInCodeArguments) -> Result<Exit, Failure> {
    let client = session.settings.sign_in_client;
    let found = explain_code(&arguments.code, arguments.cloud.into(), None, client).ok_or_else(|| {
        Failure::usage(
            "sign_in_code_unknown",
            "There is no code in this text. Microsoft's page shows one that begins with AADSTS, for example AADSTS50011; \
             “Troubleshooting details” on the page has it too.",
        )
    })?;
    output::diagnosis(session, &found);
    Ok(Exit::Success)
}

fn network(session: &mut Session<'_, '_>, arguments: NetworkArguments) -> Result<Exit, Failure> {
    let mut environments = Vec::new();
    for text in &arguments.environment {
        environments.push(session.url(text)?);
    }
    let clouds: Vec<Cloud> = match arguments.cloud.as_slice() {
        // Who names an environment wants to know about its cloud.
        [] if !environments.is_empty() => environments.iter().map(|environment| environment.cloud()).collect(),
        [] => reachability::known_clouds(&session.clouds),
        chosen => chosen.iter().copied().map(Cloud::from).collect(),
    };
    let credentials = session.proxy_credentials(arguments.proxy_sign_in, arguments.passphrase)?;
    let network = session.network(credentials)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::failed("runtime", format!("The test could not be started: {error}.")))?;
    let hosts = reachability::hosts(&clouds, &environments);
    let now = session.console.now();
    let (send, receive) = std::sync::mpsc::channel::<HostReport>();
    let reports = std::thread::scope(|scope| {
        let testing = scope.spawn(|| {
            // Moved in, so that the channel ends with the test.
            let send = send;
            runtime.block_on(reachability::test(&network, &hosts, now, &mut |report| {
                // Nobody listens any more when the program is ending.
                let _ = send.send(report.clone());
            }))
        });
        for report in receive {
            if session.style == Style::People {
                output::host(session, &report);
            }
        }
        testing.join()
    });
    let reports = reports.map_err(|_| {
        Failure::failed(
            "internal",
            "The test stopped because of an internal error in this program. Run it again; if it happens again, report \
             it.",
        )
    })?;
    output::all(session, &reports, now);
    Ok(if reports.iter().all(HostReport::is_reached) { Exit::Success } else { Exit::Negative })
}

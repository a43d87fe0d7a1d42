//! `vault proxy`: the user name and password for a proxy, and for which one they are.

use clap::Args;
use serde::Serialize;

use crate::cli::failure::{Exit, Failure};
use crate::cli::flags::Passphrase;
use crate::cli::output::{Line, plain};
use crate::cli::session::Session;
use crate::connection_check::{proxy_in_use, read_proxy_name};
use crate::profile::{ProxyCredentials, ProxyName};
use crate::vault::VaultError;

#[derive(Debug, Args)]
pub(in crate::cli) struct ProxyArguments {
    /// The user name for the proxy
    #[arg(long, value_name = "NAME", required_unless_present_any = ["forget", "proxy"], conflicts_with = "forget")]
    pub user: Option<String>,
    /// The only proxy that they are sent to; default: the proxy in use now. Without --user, assigns the stored ones to
    /// this proxy
    #[arg(long = "for", value_name = "HOST:PORT", conflicts_with = "forget")]
    pub proxy: Option<String>,
    /// Read the proxy's password from standard input, after the line with the passphrase if that is given there too
    #[arg(long, requires = "user", conflicts_with = "forget")]
    pub secret_stdin: bool,
    /// Remove the user name and password
    #[arg(long)]
    pub forget: bool,
    #[command(flatten)]
    pub passphrase: Passphrase,
}

#[derive(Serialize)]
struct ProxyAnswer {
    proxy_user: Option<String>,
    proxy: Option<String>,
}

/// Stores what a proxy may be given, binds what is stored to a proxy, or forgets it.
pub(super) fn run(session: &mut Session<'_, '_>, arguments: ProxyArguments) -> Result<Exit, Failure> {
    let proxy = match (&arguments.proxy, &arguments.user) {
        (Some(text), _) => Some(read_proxy_name(text).map_err(|fault| {
            let message = format!("The proxy given with --for cannot be used: {fault}. Enter it as HOST:PORT.");
            Failure::usage("proxy_invalid", message)
        })?),
        (None, Some(_)) => Some(in_use(session)?),
        (None, None) => None,
    };
    let mut vault = session.open_vault_to_change(arguments.passphrase)?;
    let credentials = match (arguments.user, proxy) {
        (Some(user), Some(proxy)) => {
            let password = session.console.proxy_password(arguments.secret_stdin.into())?;
            Some(ProxyCredentials::new(user, password).bound_to(proxy))
        }
        (None, Some(proxy)) => {
            let stored = vault.contents().proxy_credentials().cloned().ok_or_else(|| {
                let message = "The vault contains no user name and password for a proxy. Add --user NAME.";
                Failure::usage("proxy_credentials_missing", message)
            })?;
            Some(stored.bound_to(proxy))
        }
        (_, None) => None,
    };
    if let Some(fault) = credentials.as_ref().and_then(ProxyCredentials::fault) {
        return Err(Failure::usage("proxy_credentials_invalid", fault));
    }
    let proxy_user = credentials.as_ref().map(|credentials| credentials.user.clone());
    let proxy = credentials.as_ref().and_then(|credentials| credentials.proxy.as_ref()).map(ToString::to_string);
    vault.update(|contents| {
        contents.set_proxy_credentials(credentials);
        Ok::<_, VaultError>(())
    })?;
    session.saved(&mut vault);
    let line = match (&proxy_user, &proxy) {
        (Some(user), Some(proxy)) => format!(
            "User name for the proxy {proxy} set to {}. It and its password are sent to no other proxy.",
            plain(user)
        ),
        _ => "Proxy user name and password removed.".to_owned(),
    };
    session.reply(|| ProxyAnswer { proxy_user, proxy }, || Line::one(&line));
    Ok(Exit::Success)
}

/// The proxy that checks go through at the moment.
fn in_use(session: &Session<'_, '_>) -> Result<ProxyName, Failure> {
    proxy_in_use(&(&session.settings.proxy).into())?.ok_or_else(|| {
        Failure::usage(
            "proxy_needed",
            "This computer uses no proxy at the moment, so it is not known which one may get the user name and password. \
             Add --for HOST:PORT.",
        )
    })
}

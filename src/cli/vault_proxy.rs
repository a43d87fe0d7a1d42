//! `vault proxy`: the user name and password for a proxy, and for which one they are.

use serde::Serialize;

use super::arguments::ProxyArguments;
use super::failure::{Exit, Failure};
use super::output::{Answer, plain};
use super::session::{Session, Style};
use crate::connection_check::{proxy_in_use, read_proxy_name};
use crate::profile::{ProxyCredentials, ProxyName};
use crate::vault::VaultError;

#[derive(Serialize)]
struct ProxyAnswer {
    proxy_user: Option<String>,
    proxy: Option<String>,
}

/// Stores what a proxy may be given, binds what is stored to a proxy, or forgets it.
pub(super) fn run(session: &mut Session<'_, '_>, arguments: ProxyArguments) -> Result<Exit, Failure> {
    let proxy = match (&arguments.proxy, &arguments.user) {
        (Some(text), _) => Some(read_proxy_name(text).map_err(|fault| {
            let message = format!("The proxy after --for cannot be used: {fault}. Write it as HOST:PORT.");
            Failure::wrong_use("proxy_invalid", message)
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
                let message = "The vault holds no user name and password for a proxy. Add --user NAME.";
                Failure::wrong_use("proxy_credentials_missing", message)
            })?;
            Some(stored.bound_to(proxy))
        }
        (_, None) => None,
    };
    if let Some(fault) = credentials.as_ref().and_then(ProxyCredentials::fault) {
        return Err(Failure::wrong_use("proxy_credentials_invalid", fault));
    }
    let proxy_user = credentials.as_ref().map(|credentials| credentials.user.clone());
    let proxy = credentials.as_ref().and_then(|credentials| credentials.proxy.as_ref()).map(ToString::to_string);
    vault.update(|contents| {
        contents.set_proxy_credentials(credentials);
        Ok::<_, VaultError>(())
    })?;
    session.saved(&mut vault);
    match (session.style, &proxy_user, &proxy) {
        (Style::Json, ..) => session.console.answer_json(&Answer::new(ProxyAnswer { proxy_user, proxy })),
        (Style::People, Some(user), Some(proxy)) => session.console.answer(&format!(
            "When the proxy {proxy} asks for it, it gets the user name {} and its password. No other proxy gets them.",
            plain(user)
        )),
        (Style::People, ..) => session.console.answer("The vault holds no user name for a proxy now."),
    }
    Ok(Exit::Good)
}

/// The proxy that checks go through at the moment.
fn in_use(session: &Session<'_, '_>) -> Result<ProxyName, Failure> {
    proxy_in_use(&(&session.settings.proxy).into())?.ok_or_else(|| {
        Failure::wrong_use(
            "proxy_needed",
            "This computer uses no proxy at the moment, so it is not known which one may get the user name and password. \
             Add --for HOST:PORT.",
        )
    })
}

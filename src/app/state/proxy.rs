//! Signing in to a proxy that asks for it. User name and password are kept in the vault.

use super::{AppState, Dialog, Tone};
use crate::{
    app::{
        tasks::{Request, VaultRequest},
        widgets::Shown,
    },
    connection_check::{proxy_in_use, read_proxy_name},
    profile::{ProxyCredentials, ProxyName, SecretText},
};

/// What a person does about a proxy's user name and password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProxyCommand {
    /// Open the dialog that asks for them.
    Ask,
    /// Save them in the vault.
    Save,
    /// Remove them from the vault.
    Remove,
}

/// The dialog that asks for a proxy's user name and password.
#[derive(Default)]
pub struct ProxyForm {
    /// The proxy that they are for, as `host:port`.
    pub proxy: String,
    /// The user name.
    pub user: String,
    /// The password. Left empty, the stored one stays.
    pub password: SecretText,
    /// Whether it is shown.
    pub shown: Shown,
    /// What the vault holds.
    stored: Option<ProxyCredentials>,
}

impl ProxyForm {
    /// What is typed, or why it cannot be used.
    pub fn read(&self) -> Result<ProxyCredentials, &'static str> {
        let proxy = read_proxy_name(&self.proxy)
            .map_err(|_| "Enter the proxy as host and port, for example proxy.example.com:8080.")?;
        let user = self.user.trim();
        let password = match &self.stored {
            Some(stored) if self.password.expose().is_empty() && self.stored_is_for(stored, &proxy, user) => {
                stored.password.clone()
            }
            _ => self.password.clone(),
        };
        let credentials = ProxyCredentials::new(user, password).bound_to(proxy);
        match credentials.fault() {
            None => Ok(credentials),
            Some(fault) => Err(fault),
        }
    }

    /// Whether the vault holds a password that no proxy gets until it is confirmed here for which one it is.
    pub fn confirms_stored(&self) -> bool {
        self.stored.as_ref().is_some_and(|stored| stored.proxy.is_none())
    }

    /// A password that is for one proxy is never silently passed on to another.
    fn stored_is_for(&self, stored: &ProxyCredentials, proxy: &ProxyName, user: &str) -> bool {
        stored.user == user && stored.proxy.as_ref().is_none_or(|bound| bound == proxy)
    }
}

impl AppState {
    pub(super) fn handle_proxy(&mut self, command: ProxyCommand) {
        match command {
            ProxyCommand::Ask => self.ask_proxy_sign_in(),
            ProxyCommand::Save => self.save_proxy_sign_in(),
            ProxyCommand::Remove => self.remove_proxy_sign_in(),
        }
    }

    fn ask_proxy_sign_in(&mut self) {
        let stored = self.open_vault().and_then(|vault| vault.proxy_credentials.clone());
        // An address that cannot be read is reported by the test; here it is only not filled in.
        let in_use = proxy_in_use(&(&self.settings.proxy).into()).ok().flatten();
        let bound = || stored.as_ref().and_then(|stored| stored.proxy.clone());
        let proxy = in_use.or_else(bound).map(|proxy| proxy.to_string()).unwrap_or_default();
        let user = stored.as_ref().map(|stored| stored.user.clone()).unwrap_or_default();
        self.dialogs.push_back(Dialog::ProxySignIn(ProxyForm { proxy, user, stored, ..ProxyForm::default() }));
    }

    fn save_proxy_sign_in(&mut self) {
        let Some(Dialog::ProxySignIn(form)) = self.dialogs.front() else { return };
        let Ok(credentials) = form.read() else { return };
        self.dialogs.pop_front();
        self.set_proxy_credentials(Some(credentials));
        self.notify(Tone::Success, "Proxy user name and password saved. Test again.".to_owned());
    }

    fn remove_proxy_sign_in(&mut self) {
        self.set_proxy_credentials(None);
        self.notify(Tone::Success, "Proxy user name and password removed.".to_owned());
    }

    fn set_proxy_credentials(&mut self, credentials: Option<ProxyCredentials>) {
        if let Some(vault) = self.open_vault_mut() {
            vault.proxy_credentials = credentials.clone();
            self.outbox.push(Request::Vault(VaultRequest::SetProxyCredentials(credentials)));
        }
    }
}

//! Signing in to a proxy that asks for it. User name and password are kept in the vault.

use super::{AppState, Dialog, Tone};
use crate::{
    app::{tasks::Request, widgets::Shown},
    profile::{ProxyCredentials, SecretText},
};

/// The dialog that asks for a proxy's user name and password.
#[derive(Default)]
pub struct ProxyForm {
    /// The user name.
    pub user: String,
    /// The password.
    pub password: SecretText,
    /// Whether it is shown.
    pub shown: Shown,
}

impl ProxyForm {
    /// What is typed, or why it cannot be used.
    pub fn read(&self) -> Result<ProxyCredentials, &'static str> {
        let credentials = ProxyCredentials::new(self.user.trim(), self.password.clone());
        match credentials.fault() {
            None => Ok(credentials),
            Some(fault) => Err(fault),
        }
    }
}

impl AppState {
    pub(super) fn open_proxy_sign_in(&mut self) {
        let known = self.open_vault().and_then(|vault| vault.proxy_credentials.as_ref());
        let user = known.map(|credentials| credentials.user.clone()).unwrap_or_default();
        self.dialogs.push_back(Dialog::ProxySignIn(ProxyForm { user, ..ProxyForm::default() }));
    }

    pub(super) fn keep_proxy_sign_in(&mut self) {
        let Some(Dialog::ProxySignIn(form)) = self.dialogs.front() else { return };
        let Ok(credentials) = form.read() else { return };
        self.dialogs.pop_front();
        self.set_proxy_credentials(Some(credentials));
        self.notify(Tone::Success, "The proxy's user name and password are in the vault. Test again.".to_owned());
    }

    pub(super) fn forget_proxy_sign_in(&mut self) {
        self.set_proxy_credentials(None);
        self.notify(Tone::Success, "The proxy's user name and password are forgotten.".to_owned());
    }

    fn set_proxy_credentials(&mut self, credentials: Option<ProxyCredentials>) {
        if let Some(vault) = self.open_vault_mut() {
            vault.proxy_credentials = credentials.clone();
            self.outbox.push(Request::SetProxyCredentials(credentials));
        }
    }
}

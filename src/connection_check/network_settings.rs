//! What the way out is made from, and why it could not be made.

use std::net::SocketAddr;

use super::Limits;
use super::proxy_address::{ProxyFault, ProxyPlace};
use super::script_address::ScriptFault;
use crate::cloud::Overrides;
use crate::profile::ProxyCredentials;
use crate::settings::ProxySetting;

/// How requests find their way to the proxy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ProxyChoice {
    /// `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` when they are set; else what Windows is set to.
    #[default]
    System,
    /// Directly, whatever the system says.
    None,
    /// Through this proxy: `http://host:port`, `host:port`, or with `user:password@` before the host.
    Manual(String),
    /// As the automatic configuration script (PAC) at this http or https address says. Only Windows runs such a script.
    Script(String),
}

impl From<&ProxySetting> for ProxyChoice {
    fn from(setting: &ProxySetting) -> ProxyChoice {
        match setting {
            ProxySetting::System => ProxyChoice::System,
            ProxySetting::None => ProxyChoice::None,
            ProxySetting::Manual(address) => ProxyChoice::Manual(address.clone()),
            ProxySetting::Script(address) => ProxyChoice::Script(address.clone()),
        }
    }
}

/// What a [`Network`](super::Network) is made from. The default is the system's own settings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NetworkSettings {
    /// The proxy.
    pub proxy: ProxyChoice,
    /// A user name and password for the proxy that they name. They go there after it has asked for them (407 with an
    /// offer of Basic), and nowhere else.
    pub proxy_credentials: Option<ProxyCredentials>,
    /// Certificate authorities to trust beside the system's, each as PEM text.
    pub extra_roots_pem: Vec<Vec<u8>>,
    /// Hosts with addresses of their own. When there are any, no other name is looked up.
    pub resolve: Vec<(String, SocketAddr)>,
    /// Hosts of an administrator's list, beside the built-in ones.
    pub clouds: Overrides,
    /// Times and sizes.
    pub limits: Limits,
}

/// Why no [`Network`](super::Network) could be made.
#[derive(Debug, thiserror::Error)]
pub enum NetworkError {
    /// A proxy is set, and its address cannot be read. Nothing is sent, not even directly.
    #[error("The proxy address in {place} cannot be used: {}", .fault.advice_in(*.place))]
    Proxy {
        /// Where it is set.
        place: ProxyPlace,
        /// What is wrong with it.
        fault: ProxyFault,
    },
    /// A script's address is set that cannot be used. Nothing is sent, not even directly.
    #[error("The script address in this program's settings cannot be used: {0}")]
    Script(ScriptFault),
    /// An extra certificate authority cannot be read.
    #[error("An extra certificate authority cannot be read. It must be a certificate in PEM format: {0}")]
    ExtraRoot(String),
    /// The system's trust store or the TLS library could not be set up.
    #[error(
        "Secure connections could not be set up: {0}. On Linux, install the package “ca-certificates”. \
         On Windows, restart the computer and try again."
    )]
    Tls(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socks_proxy_is_not_answered_with_the_form_of_an_http_proxys_address() {
        for place in [ProxyPlace::Windows, ProxyPlace::WindowsPolicy, ProxyPlace::Settings] {
            let text = NetworkError::Proxy { place, fault: ProxyFault::Socks }.to_string();
            assert!(text.contains("socks5h://") && !text.contains("http://proxy.example.com"), "{text}");
            let is_windows = place != ProxyPlace::Settings;
            // Its field takes no scheme for SOCKS.
            assert_eq!(text.contains("choose socks5h://HOST:PORT in this program's settings"), is_windows, "{text}");
        }
        let text = NetworkError::Proxy { place: ProxyPlace::Settings, fault: ProxyFault::Port }.to_string();
        assert!(text.contains("It must look like http://proxy.example.com:8080."), "{text}");
    }
}

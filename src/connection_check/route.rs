//! The decision which proxy requests go through.

use hyper::Uri;
use hyper_util::client::proxy::matcher::Matcher;

use super::proxy_address::{ProxyAddress, ProxyFault, ProxyPlace};
use super::{NetworkError, ProxyChoice};
use crate::platform::proxy::{WindowsProxy, windows_proxy};
use crate::profile::ProxyName;

/// The decision which proxy to use.
#[derive(Debug)]
pub(super) enum Way {
    Direct,
    Through { proxy: ProxyAddress, place: ProxyPlace, except: Except },
}

/// The servers that are reached directly although there is a proxy.
#[derive(Debug)]
pub(super) enum Except {
    None,
    /// `NO_PROXY`, as the HTTP library reads it.
    Listed(Box<Matcher>),
    Windows(WindowsProxy),
}

/// What the environment says about proxies.
#[derive(Clone, Debug, Default)]
pub(super) struct Environment {
    /// The first variable that is set, and its value; `None` in place of a value that is not Unicode.
    pub proxy: Option<(&'static str, Option<String>)>,
    pub no_proxy: String,
}

impl Environment {
    /// This process's own. An empty variable is one that is not set.
    pub(super) fn read() -> Environment {
        let value = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        let proxy = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
            .into_iter()
            .find_map(|name| value(name).map(|value| (name, value.into_string().ok())));
        let no_proxy = value("NO_PROXY").or_else(|| value("no_proxy"));
        // Exceptions that cannot be read are none: then the proxy is used, and never passed by.
        let no_proxy = no_proxy.and_then(|value| value.into_string().ok()).unwrap_or_default();
        Environment { proxy, no_proxy }
    }
}

impl Way {
    /// The way that `choice` means on this system.
    ///
    /// # Errors
    ///
    /// [`NetworkError::Proxy`] when a proxy is set that cannot be read. That never means “directly”.
    pub(super) fn of_system(choice: &ProxyChoice) -> Result<Way, NetworkError> {
        Way::find(choice, Environment::read(), windows_proxy())
    }

    fn find(
        choice: &ProxyChoice,
        environment: Environment,
        windows: Option<WindowsProxy>,
    ) -> Result<Way, NetworkError> {
        let read = |text: Option<&str>, place: ProxyPlace, except: Except| {
            let proxy = text.ok_or(ProxyFault::NotText).and_then(ProxyAddress::parse);
            let proxy = proxy.map_err(|fault| NetworkError::Proxy { place, fault })?;
            Ok(Way::Through { proxy, place, except })
        };
        match (choice, environment.proxy, windows) {
            (ProxyChoice::None, ..) => Ok(Way::Direct),
            (ProxyChoice::Manual(address), ..) => read(Some(address), ProxyPlace::Settings, Except::None),
            (ProxyChoice::System, Some((variable, value)), _) => {
                // Only the exceptions are asked of it, so that any proxy will do.
                let listed = Matcher::builder().all("http://proxy").no(environment.no_proxy).build();
                read(value.as_deref(), ProxyPlace::Variable(variable), Except::Listed(Box::new(listed)))
            }
            (ProxyChoice::System, None, Some(windows)) => match windows.https().map(str::to_owned) {
                Some(address) => read(Some(&address), ProxyPlace::Windows, Except::Windows(windows)),
                None => Ok(Way::Direct),
            },
            (ProxyChoice::System, None, None) => Ok(Way::Direct),
        }
    }

    /// The proxy for an https request to `host`, and where it is set; `None` means directly.
    pub(super) fn proxy_for(&self, host: &str) -> Option<(&ProxyAddress, ProxyPlace)> {
        match self {
            Way::Direct => None,
            Way::Through { proxy, place, except } => (!except.holds(host)).then_some((proxy, *place)),
        }
    }

    /// The proxy for the servers that are no exceptions.
    pub(super) fn proxy(&self) -> Option<&ProxyName> {
        match self {
            Way::Direct => None,
            Way::Through { proxy, .. } => Some(&proxy.name),
        }
    }

    /// The way to `host` in words, without anybody's password. An empty host stands for one that is no exception.
    pub(super) fn describe(&self, host: &str) -> String {
        match self {
            Way::Direct => "directly, without a proxy".to_owned(),
            Way::Through { except, .. } if !host.is_empty() && except.holds(host) => {
                let by = if matches!(except, Except::Windows(_)) {
                    "the exceptions in Windows' settings"
                } else {
                    "NO_PROXY"
                };
                format!("directly, because of {by}")
            }
            Way::Through { proxy, place, .. } => {
                let place = match place {
                    ProxyPlace::Variable(_) => "environment variable",
                    ProxyPlace::Windows => "Windows settings",
                    ProxyPlace::Settings => "this program's settings",
                };
                format!("proxy {} ({place})", proxy.shown())
            }
        }
    }
}

impl Except {
    fn holds(&self, host: &str) -> bool {
        match self {
            Except::None => false,
            Except::Listed(matcher) => {
                let uri = Uri::builder().scheme("https").authority(host).path_and_query("/").build();
                uri.is_ok_and(|uri| matcher.intercept(&uri).is_none())
            }
            Except::Windows(windows) => windows.passes_by(host),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(value: &str, no_proxy: &str) -> Environment {
        Environment { proxy: Some(("HTTPS_PROXY", Some(value.to_owned()))), no_proxy: no_proxy.to_owned() }
    }

    #[test]
    fn the_environment_comes_before_windows_and_a_choice_before_both() -> Result<(), NetworkError> {
        let windows = || Some(WindowsProxy::parse("win:1", ""));
        let set = || environment("http://env:2", "");
        let unset = Environment::default;
        let describe =
            |choice, environment, windows| Way::find(&choice, environment, windows).map(|way| way.describe(""));
        assert!(describe(ProxyChoice::System, set(), windows())?.contains("http://env:2"));
        assert!(describe(ProxyChoice::System, unset(), windows())?.contains("http://win:1"));
        assert!(describe(ProxyChoice::System, unset(), None)?.contains("directly"));
        assert!(describe(ProxyChoice::None, set(), windows())?.contains("directly"));
        assert!(describe(ProxyChoice::Manual("man:3".into()), set(), windows())?.contains("http://man:3"));
        Ok(())
    }

    #[test]
    fn a_proxys_password_is_not_shown() -> Result<(), NetworkError> {
        let way =
            Way::find(&ProxyChoice::Manual("http://user:hunter2@proxy:8080".into()), Environment::default(), None)?;
        assert_eq!(way.describe("any.example"), "proxy http://proxy:8080 (this program's settings)");
        assert!(!format!("{way:?}").contains("hunter2"));
        Ok(())
    }

    #[test]
    fn a_setting_that_cannot_be_read_is_never_directly() {
        let unreadable = Environment { proxy: Some(("ALL_PROXY", None)), no_proxy: String::new() };
        let windows = |server: &str| Some(WindowsProxy::parse(server, ""));
        for (choice, environment, windows, named) in [
            (ProxyChoice::System, environment("htp://u:hunter2@p:1", ""), None, "HTTPS_PROXY"),
            (ProxyChoice::System, environment(" ", "*"), None, "HTTPS_PROXY"),
            (ProxyChoice::System, unreadable, windows("win:1"), "ALL_PROXY"),
            (ProxyChoice::System, Environment::default(), windows("socks=s:1080"), "Windows"),
            (ProxyChoice::System, Environment::default(), windows("https=gopher://x:1"), "Windows"),
            (ProxyChoice::System, Environment::default(), windows("user@host:port"), "Windows"),
            (
                ProxyChoice::Manual("socks5://u:hunter2@p:1".into()),
                Environment::default(),
                None,
                "this program's settings",
            ),
        ] {
            let error = Way::find(&choice, environment, windows).expect_err(named).to_string();
            assert!(error.contains(named) && !error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn exceptions_are_passed_by_and_said() -> Result<(), NetworkError> {
        let way = Way::find(&ProxyChoice::System, environment("p:1", "dynamics.com, .contoso.com,10.8.0.0/24"), None)?;
        for host in ["contoso.crm4.dynamics.com", "a.contoso.com", "10.8.0.7"] {
            assert!(way.proxy_for(host).is_none(), "{host}");
            assert_eq!(way.describe(host), "directly, because of NO_PROXY");
        }
        for host in ["login.microsoftonline.com", "notdynamics.com", "10.9.0.7"] {
            assert!(way.proxy_for(host).is_some(), "{host}");
        }
        let all = Way::find(&ProxyChoice::System, environment("p:1", "*"), None)?;
        assert!(all.proxy_for("any.example").is_none());
        let windows = Some(WindowsProxy::parse("p:1", "*.dynamics.com;<local>"));
        let way = Way::find(&ProxyChoice::System, Environment::default(), windows)?;
        assert!(way.proxy_for("a.dynamics.com").is_none() && way.proxy_for("login.microsoftonline.com").is_some());
        Ok(())
    }
}

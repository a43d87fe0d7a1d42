//! The proxies that the system is set to use: Windows' "Internet options" and scripts (PAC), the Linux desktop's
//! settings.
//!
//! What is written for https is handed on as it is: whether it is an address is for the reader of addresses to say, so
//! that a mistake in it never means “no proxy”. What a script or the desktop decides for each server is asked for by a
//! [`ProxyFinder`].
//! Source: "Setting and Retrieving Internet Options" (learn.microsoft.com/windows/win32/wininet).

#[cfg(target_os = "linux")]
mod desktop;
#[cfg(windows)]
mod windows;

/// Windows' manual proxy settings, as far as they concern https.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WindowsProxy {
    /// The proxy for https as it is written, if there is one.
    https: Option<String>,
    bypass: Vec<String>,
    bypass_local_names: Names,
}

/// Whether names without a dot go past the proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Names {
    BypassWithoutDot,
    AllToProxy,
}

impl WindowsProxy {
    /// Reads the registry values `ProxyServer` (`host:port`, or `http=host:port;https=host:port`) and
    /// `ProxyOverride` (patterns with `*`, and `<local>`). A SOCKS proxy counts where there is no other for https.
    pub fn parse(server: &str, overrides: &str) -> WindowsProxy {
        let parts = |text: &str| -> Vec<String> {
            text.split(|c: char| c == ';' || c.is_whitespace())
                .filter(|part| !part.is_empty())
                .map(str::to_ascii_lowercase)
                .collect()
        };
        let servers = parts(server);
        let for_https = servers.iter().find_map(|part| part.strip_prefix("https="));
        let for_all = servers.iter().find(|part| !part.contains('=')).map(String::as_str);
        let socks = servers.iter().find_map(|part| part.strip_prefix("socks=")).filter(|server| !server.is_empty());
        let for_https = for_https.or(for_all).filter(|server| !server.is_empty()).map(str::to_owned);
        let bypass = parts(overrides);
        let local = bypass.iter().any(|part| part == "<local>");
        WindowsProxy {
            https: for_https.or_else(|| socks.map(|server| format!("socks://{server}"))),
            bypass: bypass.iter().filter(|part| !part.starts_with('<')).map(|part| host_pattern(part)).collect(),
            bypass_local_names: if local { Names::BypassWithoutDot } else { Names::AllToProxy },
        }
    }

    /// Whether requests to `host` go past the proxy.
    pub fn passes_by(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        let is_local = self.bypass_local_names == Names::BypassWithoutDot && !host.contains('.') && !host.contains(':');
        is_local || self.bypass.iter().any(|pattern| matches_pattern(pattern, &host))
    }

    /// The proxy for https as it is written, whatever the destination.
    pub fn https(&self) -> Option<&str> {
        self.https.as_deref()
    }
}

/// The host part of an override such as `https://*.contoso.com:443`.
fn host_pattern(part: &str) -> String {
    let rest = part.split_once("://").map_or(part, |(_, rest)| rest);
    match rest.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') && port.bytes().all(|byte| byte.is_ascii_digit()) => host.to_owned(),
        _ => rest.trim_start_matches('[').trim_end_matches(']').to_owned(),
    }
}

/// Whether `host` is `pattern`, in which each `*` stands for any run of characters.
fn matches_pattern(pattern: &str, host: &str) -> bool {
    let mut pieces = pattern.split('*');
    let Some(rest) = pieces.next().and_then(|first| host.strip_prefix(first)) else { return false };
    let mut rest = rest;
    let mut pieces: Vec<&str> = pieces.collect();
    let Some(last) = pieces.pop() else { return rest.is_empty() };
    for piece in pieces {
        match rest.find(piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// Decides for each server which proxies to try.
pub trait ProxyFinder: std::fmt::Debug + Send + Sync {
    /// Who decides.
    fn kind(&self) -> FinderKind;

    /// The proxies for https requests to `host`, in the order in which to try them, as addresses; `direct://` is none.
    /// Blocks, for a slow script as long as it takes.
    ///
    /// # Errors
    ///
    /// [`FindError`].
    fn find(&self, host: &str) -> Result<Vec<String>, FindError>;
}

/// Who decides about proxies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FinderKind {
    /// The Linux desktop's settings.
    Desktop,
    /// An automatic configuration script whose address is set in Windows.
    WindowsScript,
    /// A script that Windows looks for itself (WPAD), which is its setting from the start.
    WindowsDetection,
    /// A script whose address this program was given.
    GivenScript,
}

/// Why there is no decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FindError {
    /// Nobody decides: there is no such service, or no script was found.
    Absent,
    /// There is a setting, and it cannot be used.
    Failed(String),
}

/// What the system is set to.
#[derive(Debug, Default)]
pub struct SystemProxies {
    /// Asked first, in this order.
    pub finders: Vec<Box<dyn ProxyFinder>>,
    /// The proxy that was typed, where no finder decides.
    pub manual: Option<WindowsProxy>,
    /// For whom it was typed.
    pub scope: Scope,
}

/// For whom a setting holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// For this account.
    #[default]
    Account,
    /// For all accounts of the computer, by a policy (`ProxySettingsPerUser`).
    Computer,
}

/// What this system is set to.
pub fn system_proxies() -> SystemProxies {
    #[cfg(windows)]
    return windows::system_proxies();
    #[cfg(target_os = "linux")]
    return SystemProxies { finders: vec![Box::<desktop::DesktopSettings>::default()], ..SystemProxies::default() };
    #[cfg(not(any(windows, target_os = "linux")))]
    SystemProxies::default()
}

/// Whether this system runs a script from an address that it is given.
pub const RUNS_SCRIPTS: bool = cfg!(windows);

/// The script (PAC) at `address`, an http or https address; `None` where the system does not run one, see
/// [`RUNS_SCRIPTS`]. The Linux desktop's portal asks only the script that is set in the desktop's own settings.
pub fn script_at(address: String) -> Option<Box<dyn ProxyFinder>> {
    #[cfg(windows)]
    return Some(windows::script_at(address));
    #[cfg(not(windows))]
    {
        drop(address);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxy_for(server: &str, overrides: &str, host: &str) -> Option<String> {
        let windows = WindowsProxy::parse(server, overrides);
        if windows.passes_by(host) { None } else { windows.https().map(str::to_owned) }
    }

    #[test]
    fn a_plain_server_is_for_every_protocol() {
        for (server, read) in [("proxy:8080", "proxy:8080"), (" http://PROXY:8080/ ", "http://proxy:8080/")] {
            assert_eq!(proxy_for(server, "", "a.example").as_deref(), Some(read));
        }
    }

    #[test]
    fn the_form_per_protocol_gives_the_one_for_https() {
        let server = "http=proxy:8080;https=secure:8443;ftp=f:21;socks=s:1080";
        assert_eq!(proxy_for(server, "", "a.example").as_deref(), Some("secure:8443"));
        assert_eq!(proxy_for("http=proxy:8080", "", "a.example"), None);
        assert_eq!(proxy_for("socks=s:1080", "", "a.example").as_deref(), Some("socks://s:1080"));
        assert_eq!(proxy_for("https=http://secure:8443", "", "a.example").as_deref(), Some("http://secure:8443"));
    }

    #[test]
    fn the_list_of_exceptions_is_read_with_its_wildcards() {
        let overrides = "*.contoso.com;10.*; exact.example ;https://*.port.example:443;<local>";
        let bypassed = ["a.contoso.com", "A.B.Contoso.COM", "10.1.2.3", "exact.example", "x.port.example", "intranet"];
        for host in bypassed {
            assert_eq!(proxy_for("proxy:1", overrides, host), None, "{host}");
        }
        for host in ["contoso.com", "110.1.2.3", "sub.exact.example", "evilcontoso.com"] {
            assert_eq!(proxy_for("proxy:1", overrides, host).as_deref(), Some("proxy:1"), "{host}");
        }
        assert_eq!(proxy_for("proxy:1", "<-loopback>", "intranet").as_deref(), Some("proxy:1"));
        assert_eq!(proxy_for("proxy:1", "*", "any.example"), None);
        assert_eq!(proxy_for("proxy:1", "a*b*c", "aXbYbZc"), None);
        assert_eq!(proxy_for("proxy:1", "ab*ba", "aba").as_deref(), Some("proxy:1"));
    }

    #[test]
    fn nothing_is_no_proxy_and_nonsense_is_handed_on() {
        for server in ["", ";;", "https=", "ftp=f:21", "socks="] {
            assert_eq!(proxy_for(server, "", "a.example"), None, "{server}");
        }
        for server in ["gopher://x:1", "user@host:1", "https==x"] {
            assert!(proxy_for(server, "", "a.example").is_some(), "{server}");
        }
    }
}

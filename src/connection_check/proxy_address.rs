//! A proxy's address as people, variables and Windows write it: read strictly, because what is not understood must
//! never come to mean “no proxy”.

use percent_encoding::percent_decode_str;

use crate::profile::{ProxyCredentials, ProxyName, SecretText};

/// A proxy and how to talk to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ProxyAddress {
    pub name: ProxyName,
    pub protocol: ProxyProtocol,
    /// From `user:password@` before the host, for this proxy alone.
    pub credentials: Option<ProxyCredentials>,
}

/// How a proxy itself is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ProxyProtocol {
    /// HTTP `CONNECT`.
    Http,
    /// HTTP `CONNECT`, under TLS.
    Https,
    /// SOCKS 5 (RFC 1928); it looks names up itself.
    Socks5,
}

/// Where a proxy's address is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProxyPlace {
    /// In this environment variable.
    Variable(&'static str),
    /// In the proxy settings of Windows.
    Windows,
    /// In the proxy settings of Windows, for the whole computer, by a policy.
    WindowsPolicy,
    /// In the automatic configuration script that the proxy settings of Windows name.
    WindowsScript,
    /// Found by Windows ("Automatically detect settings", WPAD).
    WindowsDetection,
    /// In the network settings of the Linux desktop.
    Desktop,
    /// In this program's settings.
    Settings,
    /// In the script whose address is set in this program's settings.
    SettingsScript,
}

impl std::fmt::Display for ProxyPlace {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ProxyPlace::Variable(name) => write!(formatter, "the environment variable {name}"),
            ProxyPlace::Windows => formatter.write_str("the proxy settings of Windows"),
            ProxyPlace::WindowsPolicy => formatter.write_str("the proxy settings of Windows for all users (policy)"),
            ProxyPlace::WindowsScript => formatter.write_str("the automatic configuration script of Windows"),
            ProxyPlace::WindowsDetection => formatter.write_str("the automatically detected settings of Windows"),
            ProxyPlace::Desktop => formatter.write_str("the network settings of the desktop"),
            ProxyPlace::Settings => formatter.write_str("this program's settings"),
            ProxyPlace::SettingsScript => {
                formatter.write_str("the automatic configuration script set in this program's settings")
            }
        }
    }
}

impl ProxyPlace {
    /// What to do about a fault there.
    pub(super) fn advice(self) -> &'static str {
        match self {
            ProxyPlace::Variable(_) => "Correct or remove the variable, then start this program again.",
            ProxyPlace::Windows => {
                "Correct it in Windows under Settings > Network & internet > Proxy, or choose the proxy in this program's \
                 settings."
            }
            ProxyPlace::WindowsPolicy => {
                "Ask the people who manage this computer to correct it, or choose the proxy in this program's settings."
            }
            ProxyPlace::WindowsScript | ProxyPlace::WindowsDetection => {
                "Ask the network team about the script (PAC), or choose the proxy in this program's settings."
            }
            ProxyPlace::Desktop => {
                "Correct it in the desktop's settings under Network > Proxy, or choose the proxy in this program's \
                 settings."
            }
            ProxyPlace::Settings => "Correct it in the settings, or choose the system proxy.",
            ProxyPlace::SettingsScript => {
                "Check the script address in this program's settings, and ask the network team about the script (PAC)."
            }
        }
    }

    /// In a word or two, for the line that says how a server is reached.
    pub(super) fn short(self) -> &'static str {
        match self {
            ProxyPlace::Variable(_) => "environment variable",
            ProxyPlace::Windows => "Windows settings",
            ProxyPlace::WindowsPolicy => "Windows policy",
            ProxyPlace::WindowsScript => "Windows script",
            ProxyPlace::WindowsDetection => "Windows detection",
            ProxyPlace::Desktop => "desktop settings",
            ProxyPlace::Settings => "this program's settings",
            ProxyPlace::SettingsScript => "script in this program's settings",
        }
    }
}

/// Why a proxy's address cannot be used. The address itself is not in it: it may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProxyFault {
    /// Nothing, or only spaces.
    #[error("it is empty")]
    Empty,
    /// Not Unicode.
    #[error("it is not valid text")]
    NotText,
    /// `set HTTPS_PROXY="…"` of the Windows command prompt keeps the quotation marks.
    #[error("it has quotation marks around it")]
    Quoted,
    /// SOCKS 4, or SOCKS of no version: where names are looked up then differs from program to program.
    #[error("only SOCKS version 5 is supported; write socks5h:// before the host")]
    Socks,
    /// `htp://`, `http:/`.
    #[error("it does not begin with http://, https:// or socks5h://")]
    Scheme,
    /// A character that has no place in an address.
    #[error(
        "it contains a space, a path, or a character that must be percent-encoded (in a user name or password, write \
         \\ as %5C, / as %2F, # as %23 and ? as %3F)"
    )]
    Character,
    /// No host, or none that can exist.
    #[error("it has no valid host")]
    Host,
    /// No usable port.
    #[error("its port is not a number from 1 to 65535")]
    Port,
    /// A user name or password that cannot be sent.
    #[error("its user name or password cannot be used")]
    Credentials,
}

impl ProxyFault {
    /// The fault of an address in `place`, and how to write it right there.
    pub(super) fn advice_in(self, place: ProxyPlace) -> String {
        match (self, place) {
            (ProxyFault::Socks, ProxyPlace::Windows | ProxyPlace::WindowsPolicy) => {
                "Windows names a SOCKS proxy without its version, and this program needs that. If it is SOCKS 5, choose \
                 socks5h://HOST:PORT in this program's settings under Proxy."
                    .to_owned()
            }
            (ProxyFault::Socks, _) => format!("{self}. {}", place.advice()),
            _ => format!("{self}. It must look like http://proxy.example.com:8080. {}", place.advice()),
        }
    }
}

impl ProxyAddress {
    /// Reads `host:port` or `http://user:password@host:port/`; user, password and slash may be left out. Without a port
    /// it is the scheme's own.
    pub(super) fn parse(text: &str) -> Result<ProxyAddress, ProxyFault> {
        const QUOTES: [char; 6] = ['"', '\'', '`', '“', '”', '„'];
        let text = text.trim();
        if text.is_empty() {
            return Err(ProxyFault::Empty);
        }
        if text.starts_with(QUOTES) || text.ends_with(QUOTES) {
            return Err(ProxyFault::Quoted);
        }
        let (protocol, rest) = match text.split_once("://") {
            Some((scheme, rest)) => (protocol(scheme)?, rest),
            None if text.contains(":/") => return Err(ProxyFault::Scheme),
            None => (ProxyProtocol::Http, text),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        if rest.contains(|c: char| c.is_whitespace() || c.is_control() || "\\/?#\"<>^`{|}".contains(c)) {
            return Err(ProxyFault::Character);
        }
        // A host holds no @, so the last one ends the user part.
        let (user, host) = rest.rsplit_once('@').map_or((None, rest), |(user, host)| (Some(user), host));
        let name = read_name(host, protocol)?;
        let credentials = match user.filter(|user| !user.is_empty()) {
            Some(user) => Some(read_user(user, &name)?),
            None => None,
        };
        Ok(ProxyAddress { name, protocol, credentials })
    }

    /// The address to show, without user name and password.
    pub(super) fn shown(&self) -> String {
        let scheme = match self.protocol {
            ProxyProtocol::Http => "http",
            ProxyProtocol::Https => "https",
            ProxyProtocol::Socks5 => "socks5h",
        };
        format!("{scheme}://{}", self.name)
    }
}

/// A proxy as errors speak of it: where it is, how it is spoken to, and where it is set. Holds no user name and no password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NamedProxy {
    shown: String,
    pub host: String,
    pub(super) protocol: ProxyProtocol,
    pub place: ProxyPlace,
}

impl NamedProxy {
    pub(super) fn new(proxy: &ProxyAddress, place: ProxyPlace) -> NamedProxy {
        NamedProxy { shown: proxy.shown(), host: proxy.name.host().to_owned(), protocol: proxy.protocol, place }
    }

    /// Whether it is spoken to in SOCKS.
    pub(super) fn is_socks(&self) -> bool {
        self.protocol == ProxyProtocol::Socks5
    }

    /// Whether it is named by an IP address in place of a name.
    pub(super) fn has_ip_address(&self) -> bool {
        self.host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok()
    }

    /// At the beginning of a sentence, e.g. `The proxy http://proxy:3128 (set in this program's settings)`.
    pub(super) fn introduced(&self) -> String {
        let kind = if self.is_socks() { "The SOCKS proxy" } else { "The proxy" };
        format!("{kind} {self} (set in {})", self.place)
    }
}

impl std::fmt::Display for NamedProxy {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.shown)
    }
}

fn protocol(scheme: &str) -> Result<ProxyProtocol, ProxyFault> {
    match scheme.to_ascii_lowercase().as_str() {
        "http" => Ok(ProxyProtocol::Http),
        "https" => Ok(ProxyProtocol::Https),
        // The name always goes to the proxy: it may know names that this computer does not.
        "socks5" | "socks5h" => Ok(ProxyProtocol::Socks5),
        socks if socks.starts_with("socks") => Err(ProxyFault::Socks),
        _ => Err(ProxyFault::Scheme),
    }
}

fn read_name(text: &str, protocol: ProxyProtocol) -> Result<ProxyName, ProxyFault> {
    let usual = match protocol {
        ProxyProtocol::Http => 80,
        ProxyProtocol::Https => 443,
        ProxyProtocol::Socks5 => 1080,
    };
    // The colons of an IPv6 address are inside its brackets.
    let port_at = text.rfind(':').filter(|at| text.rfind(']').is_none_or(|bracket| bracket < *at));
    let (host, port) = match port_at {
        None => (text, usual),
        Some(at) => {
            let digits = &text[at + 1..];
            let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
            let port = digits.parse::<u16>().ok().filter(|port| is_number && *port != 0);
            (&text[..at], port.ok_or(ProxyFault::Port)?)
        }
    };
    ProxyName::new(host, port).ok_or(ProxyFault::Host)
}

fn read_user(text: &str, proxy: &ProxyName) -> Result<ProxyCredentials, ProxyFault> {
    let decoded = |text: &str| percent_decode_str(text).decode_utf8().map(String::from);
    let (user, password) = text.split_once(':').unwrap_or((text, ""));
    let (Ok(user), Ok(password)) = (decoded(user), decoded(password)) else { return Err(ProxyFault::Credentials) };
    let credentials = ProxyCredentials::new(user, SecretText::new(password)).bound_to(proxy.clone());
    if credentials.fault().is_some() { Err(ProxyFault::Credentials) } else { Ok(credentials) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_addresses_are_read() {
        let cases = [
            ("proxy:8080", "http://proxy:8080"),
            (" HTTP://Proxy:8080/ ", "http://proxy:8080"),
            ("http://proxy", "http://proxy:80"),
            ("https://proxy.contoso.com", "https://proxy.contoso.com:443"),
            ("[2001:db8::1]:3128", "http://[2001:db8::1]:3128"),
            ("http://[::1]", "http://[::1]:80"),
            ("https://10.7.0.1:3443", "https://10.7.0.1:3443"),
        ];
        for (text, shown) in cases {
            let read = ProxyAddress::parse(text);
            assert_eq!(read.as_ref().map(ProxyAddress::shown), Ok(shown.to_owned()), "{text}");
            assert!(read.is_ok_and(|proxy| proxy.credentials.is_none()));
        }
    }

    #[test]
    fn user_and_password_are_read_for_this_proxy_alone() {
        for (text, user, password) in [
            ("http://u:p@proxy:1", "u", "p"),
            ("u:p@ss@proxy:1", "u", "p@ss"),
            ("http://DOM%5Cu:p%23%2f:x@proxy:1", "DOM\\u", "p#/:x"),
            ("http://u@proxy:1", "u", ""),
        ] {
            let read = ProxyAddress::parse(text).expect("an address");
            assert_eq!(read.shown(), "http://proxy:1");
            let given = read.credentials.expect("credentials");
            assert_eq!((given.user.as_str(), given.password.expose()), (user, password));
            assert_eq!(given.proxy, Some(read.name));
        }
    }

    #[test]
    fn what_cannot_be_read_has_a_reason() {
        use ProxyFault as F;
        let cases = [
            ("", F::Empty),
            ("  ", F::Empty),
            ("\"http://proxy:1\"", F::Quoted),
            ("'proxy:1'", F::Quoted),
            ("socks4a://proxy:1", F::Socks),
            ("htp://proxy:1", F::Scheme),
            ("http:/proxy:1", F::Scheme),
            ("http:// proxy:1", F::Character),
            ("http://DOM\\u:p@proxy:1", F::Character),
            ("http://u:p#ss@proxy:1", F::Character),
            ("http://u:12/ss@proxy:1", F::Character),
            ("http://http://proxy:1", F::Character),
            ("http://proxy:port", F::Port),
            ("http://proxy:", F::Port),
            ("http://proxy:0", F::Port),
            ("proxy:+80", F::Port),
            ("http://proxy:65536", F::Port),
            ("http://", F::Host),
            ("http://:3128", F::Host),
            ("http://u:p@:3128", F::Host),
            ("::", F::Port),
            ("a:b:1", F::Host),
            ("http://u%0a:p@proxy:1", F::Credentials),
            ("http://u:%ff@proxy:1", F::Credentials),
            ("http://:p@proxy:1", F::Credentials),
        ];
        for (text, fault) in cases {
            assert_eq!(ProxyAddress::parse(text), Err(fault), "{text}");
        }
    }
}

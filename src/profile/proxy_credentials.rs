//! How this account signs in to a proxy, and to which.

use std::fmt;

use url::Host;

use super::SecretText;

/// A proxy by its host and port, e.g. `proxy.contoso.com:8080`. Two that are written differently but mean the same
/// host (upper case, an international name) are equal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ProxyName {
    host: String,
    port: u16,
}

impl ProxyName {
    /// The proxy at `host` (a name, an IPv4 address, or an IPv6 address in brackets) and `port`; `None` when there is
    /// no such host, or the port is 0.
    pub fn new(host: &str, port: u16) -> Option<ProxyName> {
        // A percent sign would be decoded, and what is shown should be what was written.
        let usable = port != 0 && !host.contains('%');
        let host = usable.then(|| Host::parse(host).ok()).flatten()?.to_string();
        (!host.is_empty()).then_some(ProxyName { host, port })
    }

    /// Reads `host:port`.
    pub fn parse(text: &str) -> Option<ProxyName> {
        let (host, port) = text.rsplit_once(':')?;
        let is_number = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
        ProxyName::new(host, is_number.then(|| port.parse().ok()).flatten()?)
    }

    /// The host; an IPv6 address is in brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl fmt::Display for ProxyName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.host, self.port)
    }
}

/// A user name and password for a proxy that asks for them (Basic). Prints without the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxyCredentials {
    /// The user name. It must not hold a colon, which ends it on the wire (RFC 7617).
    pub user: String,
    /// The password.
    pub password: SecretText,
    /// The only proxy that may get them. Without one (an earlier version saved none) no proxy gets them.
    pub proxy: Option<ProxyName>,
}

impl ProxyCredentials {
    /// These two, for no proxy yet.
    pub fn new(user: impl Into<String>, password: SecretText) -> ProxyCredentials {
        ProxyCredentials { user: user.into(), password, proxy: None }
    }

    /// The same for `proxy` and no other.
    #[must_use]
    pub fn bound_to(self, proxy: ProxyName) -> ProxyCredentials {
        ProxyCredentials { proxy: Some(proxy), ..self }
    }

    /// Why these cannot be used, in words for the person who typed them.
    pub fn fault(&self) -> Option<&'static str> {
        let has_control = |text: &str| text.chars().any(char::is_control);
        if self.user.is_empty() {
            Some("Enter the user name for the proxy.")
        } else if self.user.contains(':') {
            Some("A proxy user name cannot contain a colon. Enter it without the password.")
        } else if has_control(&self.user) || has_control(self.password.expose()) {
            Some(
                "The proxy user name or password contains a line break or another invisible character. Enter it again.",
            )
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_wire_cannot_carry_is_refused() {
        let fault = |user: &str, password: &str| ProxyCredentials::new(user, SecretText::from(password)).fault();
        assert_eq!(fault("DOMAIN\\user", "p:a ss"), None);
        for (user, password) in [("", "x"), ("a:b", "x"), ("a\n", "x"), ("a", "x\r\n")] {
            assert!(fault(user, password).is_some(), "{user:?}");
        }
    }

    #[test]
    fn they_are_for_one_proxy_once_it_is_named() {
        let proxy = ProxyName::parse("proxy.contoso.com:8080").expect("a proxy");
        let credentials = ProxyCredentials::new("user", SecretText::from("p"));
        assert_eq!(credentials.proxy, None);
        assert_eq!(credentials.bound_to(proxy.clone()).proxy, Some(proxy));
    }

    #[test]
    fn a_proxy_is_named_by_host_and_port() {
        for (text, shown) in [
            ("PROXY.Contoso.com:8080", "proxy.contoso.com:8080"),
            ("10.0.0.1:80", "10.0.0.1:80"),
            ("[2001:DB8::1]:3128", "[2001:db8::1]:3128"),
        ] {
            assert_eq!(ProxyName::parse(text).map(|name| name.to_string()).as_deref(), Some(shown));
        }
        let ipv6 = ProxyName::parse("[2001:DB8::1]:3128").expect("a proxy");
        assert_eq!((ipv6.host(), ipv6.port()), ("[2001:db8::1]", 3128));
        for text in
            ["", ":", "proxy", "proxy:", ":80", "proxy:0", "proxy:65536", "proxy:+80", "a b:80", "u@p:80", "a%41:80"]
        {
            assert_eq!(ProxyName::parse(text), None, "{text}");
        }
    }
}

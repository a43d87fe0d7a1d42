//! How this account signs in to a proxy.

use super::SecretText;

/// A user name and password for a proxy that asks for them (Basic). Prints without the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxyCredentials {
    /// The user name. It must not hold a colon, which ends it on the wire (RFC 7617).
    pub user: String,
    /// The password.
    pub password: SecretText,
}

impl ProxyCredentials {
    /// These two.
    pub fn new(user: impl Into<String>, password: SecretText) -> ProxyCredentials {
        ProxyCredentials { user: user.into(), password }
    }

    /// Why these cannot be used, in words for the person who typed them.
    pub fn fault(&self) -> Option<&'static str> {
        let has_control = |text: &str| text.chars().any(char::is_control);
        if self.user.is_empty() {
            Some("Enter the user name for the proxy.")
        } else if self.user.contains(':') {
            Some("A user name for a proxy cannot hold a colon. Enter it without the password.")
        } else if has_control(&self.user) || has_control(self.password.expose()) {
            Some("There is a line end or another invisible character in the proxy's user name or password.")
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
}

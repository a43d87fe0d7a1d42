//! What a diagnosis is about: the values that its text may name.

use crate::cloud::Cloud;
use crate::connection_check::SecretAge;
use crate::connection_check::proxy_address::NamedProxy;
use crate::profile::EnvironmentUrl;

/// The values that a text may name. None of them is secret.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject<'a> {
    /// The code itself.
    pub code: &'a str,
    /// Which of the code's texts: the step or circumstance; empty for the general one.
    pub variant: &'a str,
    /// The environment, when its address could be read.
    pub environment: Option<&'a EnvironmentUrl>,
    /// The cloud, where it is known without an environment.
    pub cloud: Option<Cloud>,
    /// The client ID, when it could be read.
    pub client_id: Option<&'a str>,
    /// The tenant in use.
    pub tenant: Option<&'a str>,
    /// How old the client secret is.
    pub secret_age: SecretAge,
    /// The server that answered, or did not.
    pub host: &'a str,
    /// The proxy where it happened.
    pub proxy: Option<&'a NamedProxy>,
    /// The server's own message, a list of names, or the reason why a value was refused. One line.
    pub detail: &'a str,
    /// What support needs to find the request: a trace or request ID and a time.
    pub trace: &'a str,
}

/// What to do about a proxy's address where it is not known where that is set.
const CORRECT_PROXY: &str = "Correct it where it is set.";

impl Subject<'_> {
    /// Nothing known at all.
    pub(crate) fn nobody() -> Subject<'static> {
        Subject {
            code: "",
            variant: "",
            environment: None,
            cloud: None,
            client_id: None,
            tenant: None,
            secret_age: SecretAge::Unknown,
            host: "",
            proxy: None,
            detail: "",
            trace: "",
        }
    }

    /// The environment's cloud, or the one that is known without; the commercial one while neither is.
    pub(super) fn cloud(&self) -> Cloud {
        self.environment.map(EnvironmentUrl::cloud).or(self.cloud).unwrap_or(Cloud::Commercial)
    }

    /// Whether it is about one of Microsoft's fixed hosts: nobody types their names, and nobody deletes them.
    pub(super) fn is_fixed_host(&self) -> bool {
        let is_of = |cloud: Cloud| self.host == cloud.sign_in_host() || self.host == cloud.graph_host();
        // A test of the network is about no environment, and so about every cloud.
        !self.host.is_empty() && Cloud::ALL.into_iter().chain([self.cloud()]).any(is_of)
    }

    /// The page of the cloud's own sign-in host about the code. Source: "Microsoft Entra authentication error codes"
    /// (learn.microsoft.com/entra/identity-platform/reference-error-codes; for China docs.azure.cn).
    pub(super) fn error_page(&self) -> String {
        let number = self.code.strip_prefix("AADSTS").filter(|number| number.bytes().all(|byte| byte.is_ascii_digit()));
        self.cloud().sign_in_error_page(number.unwrap_or_default())
    }

    /// Where an administrator of the tenant allows the client for everybody. Source: "Admin consent" in "Permissions and
    /// consent in the Microsoft identity platform".
    pub(super) fn consent_page(&self) -> Option<String> {
        let (tenant, client) = (self.tenant?, self.client_id?);
        Some(format!("https://{}/{tenant}/adminconsent?client_id={client}", self.cloud().sign_in_host()))
    }

    /// `text` with each `{word}` replaced. One pass: a value that itself holds braces is not looked into.
    pub(super) fn fill(&self, text: &str) -> String {
        let mut filled = String::with_capacity(text.len() + 64);
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            match after.split_once('}') {
                Some((word, behind)) => {
                    filled.push_str(&self.value(word));
                    rest = behind;
                }
                None => rest = after,
            }
        }
        filled.push_str(rest);
        filled
    }

    fn value(&self, word: &str) -> String {
        let or = |value: &str, instead: &str| if value.is_empty() { instead.to_owned() } else { value.to_owned() };
        let sentence = |text: String| if text.ends_with(['.', '!', '?', '…']) { text } else { format!("{text}.") };
        match word {
            "code" => self.code.to_owned(),
            "status" => self.code.strip_prefix("http_").unwrap_or(self.code).to_owned(),
            "environment" => self.environment.map_or_else(|| "the environment".to_owned(), ToString::to_string),
            "organization" => self.environment.map_or("the organization", EnvironmentUrl::organization).to_owned(),
            "client_id" => or(self.client_id.unwrap_or_default(), "the client ID"),
            "tenant" => or(self.tenant.unwrap_or_default(), "the environment's tenant"),
            "host" => or(self.host, "the server"),
            "detail" => sentence(or(self.detail, "No further details were given.")),
            "list" => or(self.detail, "see the list of privileges"),
            "trace" => sentence(or(self.trace, "The response contained no trace ID.")),
            "portal" => self.cloud().azure_portal().to_owned(),
            "admin" => self.cloud().power_platform_admin().to_owned(),
            "cloud" => self.cloud().name().to_owned(),
            "error_page" => self.error_page(),
            "sign_in_host" => self.cloud().sign_in_host().to_owned(),
            "consent_link" => self.consent_page().unwrap_or_else(|| "the client's admin consent page".to_owned()),
            // What a network has to let through: nothing more is needed for a host that every test needs.
            "hosts" if self.is_fixed_host() => self.host.to_owned(),
            "hosts" => format!("{} and {}", or(self.host, "the server"), self.cloud().sign_in_host()),
            "proxy" => self.proxy.map_or_else(|| "the proxy".to_owned(), ToString::to_string),
            "place" => self.proxy.map_or_else(|| "the network settings".to_owned(), |proxy| proxy.place.to_string()),
            "correct_proxy" => self.proxy.map_or(CORRECT_PROXY, |proxy| proxy.place.advice()).to_owned(),
            _ => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_not_looked_into() {
        let subject = Subject { detail: "{host} {", host: "h", ..Subject::nobody() };
        assert_eq!(subject.fill("a {detail} b {host}"), "a {host} {. b h");
    }
}

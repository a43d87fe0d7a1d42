//! What a diagnosis is about: the values that its text may name.

use crate::cloud::Cloud;
use crate::profile::EnvironmentUrl;

/// The values that a text may name. None of them is secret.
#[derive(Clone, Copy, Debug)]
pub(in crate::connection_check) struct Subject<'a> {
    /// The code itself.
    pub code: &'a str,
    /// The environment, when its address could be read.
    pub environment: Option<&'a EnvironmentUrl>,
    /// The client ID, when it could be read.
    pub client_id: Option<&'a str>,
    /// The tenant in use.
    pub tenant: Option<&'a str>,
    /// The server that answered, or did not.
    pub host: &'a str,
    /// The server's own words, a list of names, or the reason why a value was refused. One line.
    pub detail: &'a str,
    /// What support needs to find the request: a trace or request ID and a time.
    pub trace: &'a str,
}

impl Subject<'_> {
    /// Nothing known at all.
    #[cfg(test)]
    pub(super) fn nobody() -> Subject<'static> {
        Subject { code: "", environment: None, client_id: None, tenant: None, host: "", detail: "", trace: "" }
    }

    /// The environment's cloud; the commercial one while the environment is unknown.
    pub(super) fn cloud(&self) -> Cloud {
        self.environment.map_or(Cloud::Commercial, EnvironmentUrl::cloud)
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
            "detail" => sentence(or(self.detail, "No further words came with it.")),
            "list" => or(self.detail, "see the list of privileges"),
            "trace" => sentence(or(self.trace, "The answer carried no trace ID.")),
            "portal" => self.cloud().azure_portal().to_owned(),
            "admin" => self.cloud().power_platform_admin().to_owned(),
            "cloud" => self.cloud().name().to_owned(),
            "sign_in_host" => self.cloud().sign_in_host().to_owned(),
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

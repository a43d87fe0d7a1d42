//! The Environment URL: the https origin of a Dataverse environment.

use std::fmt;

use url::{Host, Url};

use crate::cloud::{Cloud, EnvironmentHost, Overrides, environment_host_with};

/// The origin of a Dataverse environment in one of Microsoft's clouds, e.g. `https://contoso.crm4.dynamics.com`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvironmentUrl(EnvironmentHost);

/// Why a text is no Environment URL, with the address to use instead where one can be told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnvironmentUrlError {
    /// Nothing was typed.
    #[error("Enter the Environment URL, for example https://contoso.crm4.dynamics.com. {WHERE_TO_COPY}")]
    Missing,
    /// Not readable as an address.
    #[error("This is not a web address. It has to look like https://contoso.crm4.dynamics.com. {WHERE_TO_COPY}")]
    Unreadable,
    /// A user name or password before the host: what stands before an `@` is never the server.
    #[error("There is an “@” before the server's name, so the address leads to another server than it seems. {0}")]
    UserPart(Instead),
    /// A port.
    #[error("A Dataverse address has no port. {0}")]
    Port(Instead),
    /// Plain http or another scheme.
    #[error("The address has to begin with https://, or the secret would travel readable. {0}")]
    NotHttps(Instead),
    /// A page of Microsoft's that is not an environment.
    #[error("This is the address of {page}, not of the environment itself. {WHERE_TO_COPY}")]
    Portal {
        /// The page's name, with its article.
        page: &'static str,
    },
    /// Looks like a Dataverse host, but belongs to somebody else.
    #[error(
        "This only looks like a Dataverse address: its server is “{host}”, which is not Microsoft's. \
         Nothing was sent to it. {WHERE_TO_COPY}"
    )]
    LookAlike {
        /// The host as the network would see it.
        host: String,
    },
    /// A host outside Microsoft's clouds.
    #[error(
        "“{host}” is not a Dataverse server. An Environment URL ends in dynamics.com (or your national cloud's \
         domain), for example https://contoso.crm4.dynamics.com. {WHERE_TO_COPY}"
    )]
    NotDataverse {
        /// The host as the network would see it.
        host: String,
    },
}

const WHERE_TO_COPY: &str = "Copy “Environment URL” from the Power Platform admin center: \
                             Environments, your environment, Details.";

/// The address to use instead, as the last sentence of a refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instead(Option<String>);

impl fmt::Display for Instead {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(address) => write!(formatter, "Use {address}"),
            None => formatter.write_str(WHERE_TO_COPY),
        }
    }
}

impl EnvironmentUrlError {
    /// The diagnosis' public id for this refusal.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing | Self::Unreadable | Self::UserPart(_) | Self::Port(_) => "url_invalid",
            Self::NotHttps(_) => "url_not_https",
            Self::Portal { .. } | Self::LookAlike { .. } | Self::NotDataverse { .. } => "url_not_dataverse",
        }
    }

    /// The address to use instead, when the refused one tells it.
    pub fn instead(&self) -> Option<&str> {
        match self {
            Self::UserPart(instead) | Self::Port(instead) | Self::NotHttps(instead) => instead.0.as_deref(),
            _ => None,
        }
    }
}

/// Microsoft's pages that people copy instead of the environment's address.
const PORTALS: [(&str, &str); 16] = [
    ("make.powerapps.com", "the Power Apps maker portal"),
    ("make.gov.powerapps.us", "the Power Apps maker portal"),
    ("make.high.powerapps.us", "the Power Apps maker portal"),
    ("apps.powerapps.com", "the Power Apps player"),
    ("make.powerautomate.com", "the Power Automate portal"),
    ("admin.powerplatform.microsoft.com", "the Power Platform admin center"),
    ("admin.powerplatform.microsoft.us", "the Power Platform admin center"),
    ("admin.appsplatform.us", "the Power Platform admin center"),
    ("admin.powerplatform.partner.microsoftonline.cn", "the Power Platform admin center"),
    ("portal.azure.com", "the Azure portal"),
    ("portal.azure.us", "the Azure portal"),
    ("portal.azure.cn", "the Azure portal"),
    ("entra.microsoft.com", "the Microsoft Entra admin center"),
    ("login.microsoftonline.com", "Microsoft's sign-in page"),
    ("home.dynamics.com", "the Dynamics 365 home page"),
    ("dynamics.microsoft.com", "the Dynamics 365 product site"),
];

impl EnvironmentUrl {
    /// Reads an Environment URL in every form that people paste: without a scheme, with a path or query, as the
    /// API's host, in upper case, with blanks around. All become one canonical origin.
    pub fn parse(text: &str) -> Result<EnvironmentUrl, EnvironmentUrlError> {
        EnvironmentUrl::parse_with(text, &Overrides::none())
    }

    /// As [`EnvironmentUrl::parse`], and beside the built-in hosts with those of an administrator's list.
    pub fn parse_with(text: &str, overrides: &Overrides) -> Result<EnvironmentUrl, EnvironmentUrlError> {
        let text = text
            .trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '\u{feff}' | '\u{200b}'));
        if text.is_empty() {
            return Err(EnvironmentUrlError::Missing);
        }
        if let Some(known) = read_canonical(text, overrides) {
            return Ok(known);
        }
        // Browsers read a backslash as a slash; doing it first keeps our view of the server's name and theirs one.
        let text = &text.replace('\\', "/");
        let url = read_url(text)?;
        let host = match url.host() {
            Some(Host::Domain(domain)) => domain.trim_end_matches('.').to_ascii_lowercase(),
            Some(Host::Ipv4(address)) => address.to_string(),
            Some(Host::Ipv6(address)) => address.to_string(),
            None => return Err(EnvironmentUrlError::Unreadable),
        };
        let environment = environment_host_with(&host, overrides);
        let instead = || Instead(environment.as_ref().map(|found| format!("https://{}", found.host)));
        if !url.username().is_empty() || url.password().is_some() || authority_of(text).contains('@') {
            return Err(EnvironmentUrlError::UserPart(Instead(None)));
        }
        let Some(environment) = &environment else {
            return Err(refuse_host(&host));
        };
        if url.scheme() != "https" {
            return Err(EnvironmentUrlError::NotHttps(instead()));
        }
        if url.port().is_some() || authority_of(text).contains(':') {
            return Err(EnvironmentUrlError::Port(instead()));
        }
        Ok(EnvironmentUrl(environment.clone()))
    }

    /// The host, lower-case, e.g. `contoso.crm4.dynamics.com`.
    pub fn host(&self) -> &str {
        &self.0.host
    }

    /// Whether `host` is this environment's, as itself or as its API twin (`contoso.api.crm4.dynamics.com`).
    pub fn is_at(&self, host: &str) -> bool {
        let region = self.0.host.strip_prefix(self.organization()).unwrap_or_default();
        host.eq_ignore_ascii_case(&self.0.host)
            || host.eq_ignore_ascii_case(&format!("{}.api{region}", self.organization()))
    }

    /// The organization's own label, e.g. `contoso`.
    pub fn organization(&self) -> &str {
        &self.0.organization
    }

    /// The cloud that the environment lives in.
    pub fn cloud(&self) -> Cloud {
        self.0.cloud
    }
}

impl fmt::Display for EnvironmentUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("https://")?;
        formatter.write_str(&self.0.host)
    }
}

/// Reads an address that is written as we write it. A vault holds thousands of them, and reading a URL by all of its
/// rules costs more than reading all else of a profile.
fn read_canonical(text: &str, overrides: &Overrides) -> Option<EnvironmentUrl> {
    let host = text.strip_prefix("https://")?;
    let is_plain = host.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.'));
    // Names in other alphabets travel as "xn--…": whether one is right is for the URL's rules to say.
    if !is_plain || host.contains("xn--") {
        return None;
    }
    environment_host_with(host, overrides).filter(|found| found.host == host).map(EnvironmentUrl)
}

/// Reads `text` as a URL, with `https://` put in front where no scheme was typed.
fn read_url(text: &str) -> Result<Url, EnvironmentUrlError> {
    let with_scheme = match text.split_once("://") {
        Some((scheme, _)) if !scheme.contains(['.', '/', '?']) => text.to_owned(),
        _ => format!("https://{}", text.trim_start_matches('/')),
    };
    Url::parse(&with_scheme).map_err(|_| EnvironmentUrlError::Unreadable)
}

/// What stands between the scheme and the path: `user:password@host:port`, as it was typed.
fn authority_of(text: &str) -> &str {
    let rest = match text.split_once("://") {
        Some((scheme, rest)) if !scheme.contains(['.', '/', '?']) => rest,
        _ => text,
    };
    let rest = rest.trim_start_matches('/');
    rest.split(['/', '?', '#']).next().unwrap_or(rest)
}

/// Why `host` is no environment, as exactly as it can be told.
fn refuse_host(host: &str) -> EnvironmentUrlError {
    let at = |domain: &str| host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
    if let Some((_, page)) = PORTALS.iter().find(|(domain, _)| at(domain)) {
        return EnvironmentUrlError::Portal { page };
    }
    if at("powerappsportals.com") || at("powerapps.com") || at("powerplatform.com") {
        return EnvironmentUrlError::Portal { page: "a Power Apps or Power Pages site" };
    }
    if host.ends_with(".dynamics.com") && (host.starts_with("globaldisco.") || host.starts_with("disco.")) {
        return EnvironmentUrlError::Portal { page: "Microsoft's discovery service" };
    }
    if at("microsoftdynamics.de") {
        return EnvironmentUrlError::Portal { page: "Microsoft Cloud Germany, which was closed in 2021" };
    }
    let microsofts = ["dynamics.com", "microsoftdynamics.us", "appsplatform.us", "dynamics.cn", "microsoft.com"];
    let squeezed: String = host.chars().filter(char::is_ascii_alphanumeric).collect();
    let resembles = ["dynamicscom", "dynamicscn", "microsoftdynamicsus", "appsplatformus"]
        .iter()
        .any(|name| squeezed.contains(name))
        || host.contains("dynamics")
        || host.contains("xn--");
    if resembles && !microsofts.iter().any(|domain| at(domain)) {
        EnvironmentUrlError::LookAlike { host: host.to_owned() }
    } else {
        EnvironmentUrlError::NotDataverse { host: host.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pasted_form_becomes_one_origin() {
        for pasted in [
            "https://contoso.crm4.dynamics.com",
            "contoso.crm4.dynamics.com",
            "  HTTPS://Contoso.CRM4.Dynamics.com/  \r\n",
            "https://contoso.crm4.dynamics.com/main.aspx?appid=1111&pagetype=entitylist#x",
            "contoso.crm4.dynamics.com/main.aspx?etn=account",
            "https://contoso.api.crm4.dynamics.com/api/data/v9.2/",
            "//contoso.crm4.dynamics.com/",
            "<https://contoso.crm4.dynamics.com>",
            "\"https://contoso.crm4.dynamics.com\"",
            "https://contoso.crm4.dynamics.com./",
            "https:\\\\contoso.crm4.dynamics.com\\",
            "contoso.crm4.dynamics.com/redirect?to=https://elsewhere.example/x:y@z",
        ] {
            let origin = EnvironmentUrl::parse(pasted).map(|url| url.to_string());
            assert_eq!(origin.as_deref(), Ok("https://contoso.crm4.dynamics.com"), "{pasted:?}");
        }
    }

    #[test]
    fn refusals_carry_their_code_and_the_address_to_use() {
        let contoso = Some("https://contoso.crm4.dynamics.com");
        let cases = [
            ("", "url_invalid", None),
            ("https://", "url_invalid", None),
            ("not an address", "url_invalid", None),
            ("http://contoso.crm4.dynamics.com/main.aspx", "url_not_https", contoso),
            ("ftp://contoso.crm4.dynamics.com", "url_not_https", contoso),
            ("https://contoso.crm4.dynamics.com:8443/", "url_invalid", contoso),
            ("https://contoso.crm4.dynamics.com:443/", "url_invalid", contoso),
            ("contoso.crm4.dynamics.com:443", "url_invalid", contoso),
            ("https://contoso.crm4.dynamics.com@evil.example/", "url_invalid", None),
            ("https://@contoso.crm4.dynamics.com/", "url_invalid", None),
            ("https://contoso.crm4.dynamics.com.evil.example/", "url_not_dataverse", None),
            ("https://contoso.crm4-dynamics.com/", "url_not_dataverse", None),
            ("https://contoso.crm4.dynamlcs.com/", "url_not_dataverse", None),
            ("https://contoso.crm4.dynаmics.com/", "url_not_dataverse", None),
            ("https://make.powerapps.com/environments/Default-1", "url_not_dataverse", None),
            ("https://admin.powerplatform.microsoft.com/environments", "url_not_dataverse", None),
            ("https://portal.azure.com/#view/x", "url_not_dataverse", None),
            ("https://globaldisco.crm.dynamics.com", "url_not_dataverse", None),
            ("https://contoso.crm.microsoftdynamics.de", "url_not_dataverse", None),
            ("https://203.0.113.7/", "url_not_dataverse", None),
            ("https://[::1]/", "url_not_dataverse", None),
            ("https://localhost", "url_not_dataverse", None),
        ];
        for (pasted, code, instead) in cases {
            let error = EnvironmentUrl::parse(pasted).expect_err(pasted);
            assert_eq!((error.code(), error.instead()), (code, instead), "{pasted:?}: {error}");
        }
    }

    #[test]
    fn a_look_alike_is_named_by_the_server_it_leads_to() {
        let error =
            EnvironmentUrl::parse("https://contoso.crm4.dynamics.com.evil.example/").expect_err("not Microsoft's");
        assert!(error.to_string().contains("contoso.crm4.dynamics.com.evil.example"), "{error}");
        assert!(matches!(error, EnvironmentUrlError::LookAlike { .. }));
    }

    #[test]
    fn the_cloud_follows_from_the_host() {
        let cloud = |text| EnvironmentUrl::parse(text).map(|url| url.cloud());
        assert_eq!(cloud("https://contoso.crm9.dynamics.com"), Ok(Cloud::Gcc));
        assert_eq!(cloud("https://contoso.crm.appsplatform.us"), Ok(Cloud::Dod));
    }
}

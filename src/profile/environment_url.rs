//! The Environment URL: the https origin of a Dataverse environment.

use std::fmt;

use url::{Host, Url};

use super::pasted::{self, Extra, Pasted, Peeled, Removed, peel};
use crate::cloud::{Cloud, EnvironmentHost, OtherHost, Overrides, environment_host_with, other_host};

/// The origin of a Dataverse environment in one of Microsoft's clouds, e.g. `https://contoso.crm4.dynamics.com`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvironmentUrl(EnvironmentHost);

/// Why a text is no Environment URL, with the address to use instead where it is known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnvironmentUrlError {
    /// Nothing was typed.
    #[error("Enter the Environment URL, for example https://contoso.crm4.dynamics.com. {WHERE_TO_COPY}")]
    Missing,
    /// Not readable as an address.
    #[error("This is not a web address. It must look like https://contoso.crm4.dynamics.com. {WHERE_TO_COPY}")]
    Unreadable,
    /// A template's name for it, such as `{url}`.
    #[error(
        "This is a placeholder from a template, not an address. It must look like https://contoso.crm4.dynamics.com. \
         {WHERE_TO_COPY}"
    )]
    Placeholder,
    /// The addresses of two environments.
    #[error("This contains the addresses of more than one environment. Enter one of them only.")]
    Several,
    /// A user name or password before the host: what stands before an `@` is never the server.
    #[error(
        "There is an “@” before the server name, so the address leads to a different server than it appears to. {0}"
    )]
    UserPart(SuggestedAddress),
    /// A port.
    #[error("A Dataverse address has no port. {0}")]
    Port(SuggestedAddress),
    /// Plain http or another scheme.
    #[error("The address must begin with https://; otherwise the secret would be sent unencrypted. {0}")]
    NotHttps(SuggestedAddress),
    /// A page of Microsoft's that is not an environment.
    #[error("This is the address of {page}, not of the environment itself. {WHERE_TO_COPY}")]
    Portal {
        /// The page's name, with its article.
        page: &'static str,
    },
    /// The environment's address with another of Microsoft's domains behind it.
    #[error(
        "Microsoft Defender for Cloud Apps has added “.{suffix}” to this address, because the browser session goes \
         through it. {instead}"
    )]
    DefenderForCloudApps {
        /// What it has put there.
        suffix: &'static str,
        /// The address without it.
        instead: SuggestedAddress,
    },
    /// A link that a mail filter has rewritten.
    #[error("This is a safe link: a mail filter has wrapped the original address in its own. {0}")]
    SafeLink(SuggestedAddress),
    /// `www.` before an environment's name.
    #[error("The address of an environment does not begin with “www.”. {0}")]
    Www(SuggestedAddress),
    /// A host of Microsoft's in a domain that carries environments, but of another shape.
    #[error(
        "“{host}” is in a Microsoft domain, but is not the name of a Dataverse environment. That consists of a name, \
         “crm” with or without a number, and the domain, for example contoso.crm4.dynamics.com. {WHERE_TO_COPY}"
    )]
    NoEnvironment {
        /// The host as the network would see it.
        host: String,
    },
    /// Looks like a Dataverse host, but belongs to somebody else.
    #[error(
        "This only looks like a Dataverse address: its server is “{host}”, which does not belong to Microsoft. Nothing \
         was sent to it. {WHERE_TO_COPY}"
    )]
    LookAlike {
        /// The host as the network would see it.
        host: String,
    },
    /// A host outside Microsoft's clouds.
    #[error(
        "“{host}” is not a Dataverse server. An Environment URL looks like https://contoso.crm4.dynamics.com, or ends \
         with your national cloud's domain. {WHERE_TO_COPY}"
    )]
    NotDataverse {
        /// The host as the network would see it.
        host: String,
    },
}

const WHERE_TO_COPY: &str = "Copy “Environment URL” from the Power Platform admin center: Environments > your \
                             environment > Details.";

/// The address to use instead, as the last sentence of a refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuggestedAddress(Option<String>);

impl fmt::Display for SuggestedAddress {
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
            Self::Missing
            | Self::Unreadable
            | Self::Placeholder
            | Self::Several
            | Self::UserPart(_)
            | Self::Port(_) => "url_invalid",
            Self::NotHttps(_) => "url_not_https",
            Self::Portal { .. }
            | Self::DefenderForCloudApps { .. }
            | Self::SafeLink(_)
            | Self::Www(_)
            | Self::NoEnvironment { .. }
            | Self::LookAlike { .. }
            | Self::NotDataverse { .. } => "url_not_dataverse",
        }
    }

    /// The address to use instead, when the refused one tells it.
    pub fn instead(&self) -> Option<&str> {
        match self {
            Self::UserPart(instead)
            | Self::Port(instead)
            | Self::NotHttps(instead)
            | Self::SafeLink(instead)
            | Self::Www(instead)
            | Self::DefenderForCloudApps { instead, .. } => instead.0.as_deref(),
            _ => None,
        }
    }
}

/// Words of which a label before an address holds one.
const LABELS: [&str; 8] = ["url", "uri", "address", "environment", "server", "instance", "link", "host"];

impl EnvironmentUrl {
    /// Reads an Environment URL in every form that people paste: without a scheme, with a path or query, as the
    /// API's host, in upper case, with spaces around. All become one canonical origin.
    pub fn parse(text: &str) -> Result<EnvironmentUrl, EnvironmentUrlError> {
        EnvironmentUrl::parse_with(text, &Overrides::none())
    }

    /// As [`EnvironmentUrl::parse`], and beside the built-in hosts with those of an administrator's list.
    pub fn parse_with(text: &str, overrides: &Overrides) -> Result<EnvironmentUrl, EnvironmentUrlError> {
        EnvironmentUrl::parse_pasted(text, overrides).map(|pasted| pasted.value)
    }

    /// As [`EnvironmentUrl::parse_with`], with what stood around the address. Its path and query are none of that.
    pub fn parse_pasted(text: &str, overrides: &Overrides) -> Result<Pasted<EnvironmentUrl>, EnvironmentUrlError> {
        if let Some(value) = read_canonical(text, overrides) {
            return match is_name_of_a_template(value.organization()) {
                true => Err(EnvironmentUrlError::Placeholder),
                false => Ok(Pasted { value, removed: Removed::default() }),
            };
        }
        if holds_several(text, overrides) {
            return Err(EnvironmentUrlError::Several);
        }
        let Peeled { text: bare, mut removed } = peel(text).without_label(&LABELS);
        if bare.is_empty() {
            return Err(EnvironmentUrlError::Missing);
        }
        let bare = without_line_breaks(address_among_words(&bare, &mut removed), &mut removed);
        // Browsers read a backslash as a slash; doing it first keeps our view of the server's name and theirs one.
        let address = with_one_scheme(&bare.replace('\\', "/"), &mut removed);
        let address = without_rest_of_a_string(&address, &mut removed);
        if is_template(address) {
            return Err(EnvironmentUrlError::Placeholder);
        }
        match EnvironmentUrl::read(address, overrides) {
            Ok(value) => Ok(Pasted { value, removed }),
            Err(_) if pasted::is_placeholder(text) => Err(EnvironmentUrlError::Placeholder),
            Err(error) => Err(error),
        }
    }

    /// Takes an address from where it is kept: one that reads as a template's is taken too.
    pub fn parse_exact(text: &str, overrides: &Overrides) -> Option<EnvironmentUrl> {
        read_canonical(text, overrides).or_else(|| EnvironmentUrl::parse_with(text, overrides).ok())
    }

    fn read(text: &str, overrides: &Overrides) -> Result<EnvironmentUrl, EnvironmentUrlError> {
        let url = read_url(text)?;
        let host = match url.host() {
            Some(Host::Domain(domain)) => domain.trim_end_matches('.').to_ascii_lowercase(),
            Some(Host::Ipv4(address)) => address.to_string(),
            Some(Host::Ipv6(address)) => address.to_string(),
            None => return Err(EnvironmentUrlError::Unreadable),
        };
        let environment = environment_host_with(&host, overrides);
        let instead = || SuggestedAddress(environment.as_ref().map(|found| format!("https://{}", found.host)));
        if !url.username().is_empty() || url.password().is_some() || authority_of(text).contains('@') {
            return Err(EnvironmentUrlError::UserPart(SuggestedAddress(None)));
        }
        let Some(environment) = &environment else {
            return Err(refuse_host(&host, &url, overrides));
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

/// Whether `text` holds the addresses of two environments, beside each other.
fn holds_several(text: &str, overrides: &Overrides) -> bool {
    let is_between = |c: char| c.is_whitespace() || matches!(c, ';' | ',' | '|' | '"' | '\'' | '<' | '>' | '(' | ')');
    let hosts = text.split(is_between).filter_map(|piece| {
        let piece = piece.split_once("=http").map_or(piece, |(_, address)| address);
        let authority = authority_of(piece.split_once("://").map_or(piece, |(_, rest)| rest));
        environment_host_with(authority.trim_end_matches(['.', ':']), overrides).map(|found| found.host)
    });
    let mut first = None;
    hosts.into_iter().any(|host| *first.get_or_insert_with(|| host.clone()) != host)
}

/// The one address in `text` where words or a tag stand before it: `See https://…`, `[CRM](https://…)`, `<a href="https://…">`.
fn address_among_words<'t>(text: &'t str, removed: &mut Removed) -> &'t str {
    let lowered = text.to_ascii_lowercase();
    let Some(at) = lowered.find("https://") else { return text };
    let before = &text[..at];
    let is_parted = before.ends_with(|c: char| c.is_whitespace() || matches!(c, '(' | '"' | '\'' | '[' | '<' | '>'))
        || before.eq_ignore_ascii_case("view-source:");
    // A colon or slashes before it belong to a scheme that is there twice.
    let has_words = before.contains(char::is_alphabetic) && !before.contains("//") && !before.contains('@');
    let is_scheme = before.trim_end_matches([':', ' ']).to_ascii_lowercase();
    if !is_parted || !has_words || matches!(is_scheme.as_str(), "http" | "https") {
        return text;
    }
    removed.note(Extra::OtherText);
    let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ')' | ']' | '<' | '>');
    text[at..].split(ends).next().unwrap_or_default().trim_end_matches(['.', ',', ';', '!'])
}

/// `text` without the line breaks that a narrow column or a mail has put into the server's name, with the spaces around them, and
/// without spaces written as `%20` at its end.
fn without_line_breaks(text: &str, removed: &mut Removed) -> String {
    let mut joined = text.to_owned();
    if text.contains(['\r', '\n', '\t']) {
        if authority_of(text).contains(['\r', '\n', '\t']) {
            removed.note(Extra::BlanksInside);
        }
        joined = text.split(['\r', '\n', '\t']).map(str::trim).collect();
    }
    loop {
        let lowered = joined.to_ascii_lowercase();
        let end = ["&", "%20", "%0a", "%0d", "%09", "%22", "%27"].into_iter().find(|end| lowered.ends_with(end));
        let Some(end) = end.filter(|_| !joined.contains('?')) else { return joined };
        removed.note(Extra::Punctuation);
        joined.truncate(joined.len() - end.len());
    }
}

/// Whether a variable's name or a word for it stands where the environment's name belongs: `https://{org}.crm4.dynamics.com`.
fn is_template(address: &str) -> bool {
    let authority = authority_of(address);
    let name = authority
        .to_ascii_lowercase()
        .find(".crm")
        .or_else(|| authority.find('.'))
        .map_or(authority, |at| &authority[..at]);
    let bare =
        name.len().checked_sub(4).filter(|at| name.get(*at..).is_some_and(|end| end.eq_ignore_ascii_case(".api")));
    let name = bare.map_or(name, |at| &name[..at]);
    let may_be_a_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let is_variable = !may_be_a_name && pasted::is_placeholder(name);
    name.len() < authority.len() && (is_variable || is_name_of_a_template(name))
}

/// `yourorg`, `your-org-name`, `orgname`, `xxx`: what documentation calls an environment.
fn is_name_of_a_template(name: &str) -> bool {
    const OF: [&str; 12] = [
        "org",
        "orgname",
        "organization",
        "organisation",
        "organizationname",
        "environment",
        "environmentname",
        "env",
        "company",
        "instance",
        "tenant",
        "crm",
    ];
    const ALONE: [&str; 5] = ["orgname", "organizationname", "environmentname", "companyname", "instancename"];
    let letters: String = name.chars().filter(|c| !matches!(c, '-' | '_')).map(|c| c.to_ascii_lowercase()).collect();
    let is_row = letters.len() >= 2 && letters.bytes().all(|byte| byte == b'x');
    is_row || ALONE.contains(&letters.as_str()) || letters.strip_prefix("your").is_some_and(|rest| OF.contains(&rest))
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

/// `text` with one scheme where it has two or a malformed one: `https://https://…`, `https:/…`, `https//…`, `https;//…`,
/// `htps://…`, and `hxxps://…`, as security tools write it.
fn with_one_scheme(text: &str, removed: &mut Removed) -> String {
    const SCHEMES: [(&str, &str); 10] = [
        ("https", "https"),
        ("http", "http"),
        ("hxxps", "https"),
        ("hxxp", "http"),
        ("htps", "https"),
        ("ttps", "https"),
        ("htpps", "https"),
        ("httsp", "https"),
        ("httpss", "https"),
        ("hhttps", "https"),
    ];
    let mut scheme = None;
    let mut rest = text;
    loop {
        let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (word, behind) = rest.split_at(letters);
        let known = SCHEMES.into_iter().find(|(spelling, _)| word.eq_ignore_ascii_case(spelling));
        let address = behind.trim_start_matches([':', '/', ';', '.', ',', ' ']);
        let between = &behind[..behind.len() - address.len()];
        // A host may begin with such a word: what follows that is a single dot.
        let separates = between.starts_with([':', '/']) || between.contains("//");
        let Some((_, meant)) = known.filter(|_| separates) else { break };
        scheme = Some(meant);
        rest = address;
    }
    match scheme {
        Some(scheme) => {
            let clean = format!("{scheme}://{rest}");
            if !text.eq_ignore_ascii_case(&clean) {
                removed.note(Extra::Slashes);
            }
            clean
        }
        None => text.to_owned(),
    }
}

/// `text` up to a `;` or `,` behind the server's name: the rest of a connection string or of a list.
fn without_rest_of_a_string<'t>(text: &'t str, removed: &mut Removed) -> &'t str {
    let start = text.find("://").map_or(0, |at| at + 3);
    let authority = text[start..].split(['/', '?', '#']).next().unwrap_or_default();
    match authority.find([';', ',']) {
        Some(at) => {
            removed.note(Extra::Punctuation);
            &text[..start + at]
        }
        None => text,
    }
}

/// Why `host` is no environment, as exactly as possible.
fn refuse_host(host: &str, url: &Url, overrides: &Overrides) -> EnvironmentUrlError {
    let origin_of = |host: &str| environment_host_with(host, overrides).map(|found| format!("https://{}", found.host));
    match other_host(host) {
        Some(OtherHost::Page(page)) => return EnvironmentUrlError::Portal { page },
        Some(OtherHost::DefenderForCloudApps { suffix, before }) => {
            // A region's label may stand between the two.
            let mut inner = Some(before);
            let origin = std::iter::from_fn(|| {
                let this = inner?;
                inner = this.rsplit_once('.').map(|(before, _)| before);
                Some(this)
            })
            .find_map(origin_of);
            return EnvironmentUrlError::DefenderForCloudApps { suffix, instead: SuggestedAddress(origin) };
        }
        Some(OtherHost::SafeLink) => {
            let inner = link_inside(url).and_then(|inner| match EnvironmentUrl::parse_with(&inner, overrides) {
                Ok(url) => Some(url.to_string()),
                Err(error) => error.instead().map(str::to_owned),
            });
            return EnvironmentUrlError::SafeLink(SuggestedAddress(inner));
        }
        Some(OtherHost::InDomain) if host.strip_prefix("www.").and_then(origin_of).is_some() => {
            return EnvironmentUrlError::Www(SuggestedAddress(host.strip_prefix("www.").and_then(origin_of)));
        }
        Some(OtherHost::InDomain) => return EnvironmentUrlError::NoEnvironment { host: host.to_owned() },
        None => {}
    }
    let squeezed: String = host.chars().filter(char::is_ascii_alphanumeric).collect();
    let resembles = ["dynamicscom", "dynamicscn", "microsoftdynamicsus", "appsplatformus"]
        .iter()
        .any(|name| squeezed.contains(name))
        || host.contains("dynamics")
        || host.contains("xn--");
    match resembles && !host.ends_with(".microsoft.com") {
        true => EnvironmentUrlError::LookAlike { host: host.to_owned() },
        false => EnvironmentUrlError::NotDataverse { host: host.to_owned() },
    }
}

/// The address that a mail filter's link leads to: a parameter in Safe Links, Barracuda and Proofpoint's second form,
/// between `__` in Proofpoint's third.
fn link_inside(url: &Url) -> Option<String> {
    if let Some(inner) = url.path().strip_prefix("/v3/__") {
        return Some(inner.split("__").next().unwrap_or(inner).to_owned());
    }
    // Cisco's has it as the last part of the path.
    let path = url.path();
    if let Some(at) = path.to_ascii_lowercase().find("https%3a%2f%2f") {
        let host = path[at + "https%3a%2f%2f".len()..].split(['%', '/']).next().unwrap_or_default();
        return Some(format!("https://{host}"));
    }
    url.query_pairs().find_map(|(name, value)| match (&*name, value.contains("://")) {
        ("url" | "u" | "a" | "redirect", true) => Some(value.into_owned()),
        // Proofpoint writes “-3A” for “%3A” and “_” for “/”.
        ("u", false) => value.strip_prefix("https-3A__").map(|rest| format!("https://{}", rest.replace('_', "/"))),
        _ => None,
    })
}

#[cfg(test)]
#[path = "environment_url_tests.rs"]
mod tests;

//! What came to the port of the sign-in: the browser's answer, or somebody else's. Pure.

use crate::profile::SecretText;

/// A request that came to the port, taken apart.
pub(super) struct Arrived<'a> {
    pub method: &'a str,
    /// Path and query.
    pub target: &'a str,
    pub host: &'a str,
    pub content_type: &'a str,
    pub body: &'a [u8],
}

/// The browser's answer.
pub(super) enum BrowserAnswer {
    /// The code, good for one use.
    Code(SecretText),
    /// Microsoft Entra ID refused; its words.
    Refused { error: String, description: String },
}

/// Why something is not the answer. Waiting goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stranger {
    /// Another page than the one that the answer goes to, such as `/favicon.ico`.
    Page,
    /// Another kind of request.
    Method,
    /// A name of this computer that the redirect does not use: a web page may have pointed its own name here.
    Host,
    /// The answer to another sign-in, or somebody's invention.
    State,
    /// A code in an address, where history and logs keep it.
    CodeInAddress,
}

/// Reads what arrived at `port` while an answer with `state` is awaited.
pub(super) fn read(arrived: &Arrived<'_>, port: u16, state: &SecretText) -> Result<BrowserAnswer, Stranger> {
    let names = ["localhost", "127.0.0.1", "[::1]"];
    if !names.iter().any(|name| arrived.host.eq_ignore_ascii_case(&format!("{name}:{port}"))) {
        return Err(Stranger::Host);
    }
    let (path, query) = arrived.target.split_once('?').unwrap_or((arrived.target, ""));
    if path != "/" {
        return Err(Stranger::Page);
    }
    let is_form = arrived
        .content_type
        .split(';')
        .next()
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded"));
    let is_post = match arrived.method {
        "POST" if is_form => true,
        "GET" => false,
        _ => return Err(Stranger::Method),
    };
    let fields = if is_post { arrived.body } else { query.as_bytes() };
    if only(fields, "state").is_none_or(|given| given != *state) {
        return Err(if !is_post && only(fields, "code").is_some() { Stranger::CodeInAddress } else { Stranger::State });
    }
    let text = |name: &str| only(fields, name).map(|text| text.expose().to_owned()).unwrap_or_default();
    match (text("error"), only(fields, "code")) {
        (error, None) if !error.is_empty() => {
            Ok(BrowserAnswer::Refused { error, description: text("error_description") })
        }
        (_, Some(_)) if !is_post => Err(Stranger::CodeInAddress),
        (error, Some(code)) if error.is_empty() && !code.is_empty() => Ok(BrowserAnswer::Code(code)),
        _ => Err(Stranger::State),
    }
}

/// A field that is there once. Two of a name are nobody's honest answer.
fn only(fields: &[u8], name: &str) -> Option<SecretText> {
    let mut found = url::form_urlencoded::parse(fields).filter(|(key, _)| key == name).map(|(_, value)| value);
    let value = found.next().map(|value| SecretText::from(&*value))?;
    found.next().is_none().then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: &str = "application/x-www-form-urlencoded";

    fn outcome(method: &str, target: &str, host: &str, content_type: &str, body: &str) -> String {
        let arrived = Arrived { method, target, host, content_type, body: body.as_bytes() };
        match read(&arrived, 4711, &SecretText::from("the-state")) {
            Ok(BrowserAnswer::Code(code)) => format!("code {}", code.expose()),
            Ok(BrowserAnswer::Refused { error, description }) => format!("refused {error} {description}"),
            Err(stranger) => format!("{stranger:?}"),
        }
    }

    fn post(body: &str) -> String {
        outcome("POST", "/", "localhost:4711", FORM, body)
    }

    fn get(target: &str) -> String {
        outcome("GET", target, "localhost:4711", "", "")
    }

    #[test]
    fn only_a_posted_form_with_the_own_state_brings_a_code() {
        assert_eq!(post("code=0.AX%2Fy&state=the-state&session_state=s"), "code 0.AX/y");
        let typed = outcome(
            "POST",
            "/",
            "LOCALHOST:4711",
            "Application/X-WWW-form-urlencoded; charset=UTF-8",
            "state=the-state&code=c",
        );
        assert_eq!(typed, "code c");
        for (body, why) in [
            ("code=c&state=other", "State"),
            ("code=c&state=the-stat", "State"),
            ("code=c&state=", "State"),
            ("code=c", "State"),
            ("code=c&state=the-state&state=the-state", "State"),
            ("code=c&code=d&state=the-state", "State"),
            ("code=&state=the-state", "State"),
            ("code=c&error=e&state=the-state", "State"),
            ("state=the-state", "State"),
            ("", "State"),
            ("\u{fffd}%%%=&&&&=", "State"),
        ] {
            assert_eq!(post(body), why, "{body}");
        }
    }

    #[test]
    fn a_code_in_the_address_is_refused_and_an_error_is_not() {
        assert_eq!(get("/?code=c&state=the-state"), "CodeInAddress");
        assert_eq!(get("/?code=c&state=other"), "CodeInAddress");
        assert_eq!(
            get("/?error=access_denied&error_description=AADSTS65004%3A+no&state=the-state"),
            "refused access_denied AADSTS65004: no"
        );
        assert_eq!(get("/?error=access_denied&state=other"), "State");
        assert_eq!(post("error=access_denied&state=the-state"), "refused access_denied ");
    }

    #[test]
    fn other_pages_hosts_and_kinds_of_requests_are_strangers() {
        assert_eq!(get("/favicon.ico"), "Page");
        assert_eq!(get("/"), "State");
        assert_eq!(outcome("PUT", "/", "localhost:4711", FORM, "code=c&state=the-state"), "Method");
        assert_eq!(outcome("OPTIONS", "/", "localhost:4711", "", ""), "Method");
        assert_eq!(outcome("POST", "/", "localhost:4711", "text/plain", "code=c&state=the-state"), "Method");
        for host in ["evil.example:4711", "localhost", "localhost:80", "localhost.evil.example:4711", ""] {
            assert_eq!(outcome("POST", "/", host, FORM, "code=c&state=the-state"), "Host", "{host}");
        }
        assert_eq!(outcome("POST", "/", "127.0.0.1:4711", FORM, "code=c&state=the-state"), "code c");
    }
}

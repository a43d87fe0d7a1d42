//! What a webhook's receiver answered to a post: whether it was taken, and else its own words and what to do. A status alone
//! is not enough: some receivers answer 200 with an error in it.

use serde_json::Value;
use url::Url;

use super::webhook_advice::{advice, what_to_do};
use crate::connection_check::PostAnswer;
use crate::escape::visible_start;
use crate::settings::{WebhookForm, is_slack_webhook};

/// The most characters of a receiver's own words.
const WORDS: usize = 200;

/// Whether the receiver at `address` took a post in this form. The error is a sentence for people, without the address.
pub(super) fn judge(address: &Url, form: WebhookForm, answer: &PostAnswer) -> Result<(), String> {
    let host = address.host_str().unwrap_or_default();
    let own = own_words(&answer.text);
    let taken = match answer.status {
        200..=299 => own.verdict(address, form),
        _ => Verdict::Refused,
    };
    if taken == Verdict::Taken {
        return Ok(());
    }
    let quoted = match visible_start(&without_secrets(&own.text, address), WORDS) {
        words if words.is_empty() => String::new(),
        words => format!(": “{words}”"),
    };
    let status = answer.status;
    let what = match taken {
        Verdict::ErrorInside => {
            format!("The webhook at {host} reported an error (with HTTP status {status}){quoted}.")
        }
        _ => format!("The webhook at {host} refused the message (HTTP status {status}){quoted}."),
    };
    Err(format!("{what} {}", what_to_do(address, form, answer)))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Taken,
    /// A success by its status, and an error by its text.
    ErrorInside,
    Refused,
}

/// A receiver's own words, and whether their form says that they are an error.
struct OwnWords {
    text: String,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// JSON with a member that says so.
    JsonError,
    Json,
    Page,
    Plain,
}

impl OwnWords {
    fn verdict(&self, address: &Url, form: WebhookForm) -> Verdict {
        let text = self.text.trim();
        // docs.slack.dev/messaging/sending-messages-using-incoming-webhooks: “ok” is the one success.
        let not_ok = is_slack_webhook(address) && text != "ok";
        let is_a_code = !text.contains(' ') && advice(text).is_some();
        let known = self.kind == Kind::Plain && (starts_like_an_error(text) || is_a_code);
        // A page in place of an answer comes from something in between.
        let page = self.kind == Kind::Page && form != WebhookForm::Json;
        if self.kind == Kind::JsonError || not_ok || known || page { Verdict::ErrorInside } else { Verdict::Taken }
    }
}

/// What Teams' connectors and gateways in front of receivers answer with a status of success.
fn starts_like_an_error(text: &str) -> bool {
    const BEGINNINGS: [&str; 7] = [
        "webhook message delivery failed",
        "webhook bad request",
        "microsoft teams endpoint returned http error",
        "bad payload received",
        "summary or text is required",
        "invalid webhook",
        "error:",
    ];
    let text = text.to_ascii_lowercase();
    BEGINNINGS.iter().any(|beginning| text.starts_with(beginning))
}

fn own_words(text: &str) -> OwnWords {
    let text = text.trim_start_matches('\u{feff}').trim();
    if let Ok(json @ Value::Object(_)) = serde_json::from_str::<Value>(text) {
        let kind = if says_error(&json) { Kind::JsonError } else { Kind::Json };
        return OwnWords { text: message_in(&json).unwrap_or_default(), kind };
    }
    let lower = text.to_ascii_lowercase();
    if lower.starts_with("<!doctype") || lower.starts_with("<html") || lower.starts_with("<?xml") {
        // Tags are ASCII, so places are the same in both texts.
        let title = lower.find("<title").and_then(|begin| {
            let begin = begin + lower[begin..].find('>')? + 1;
            Some(text[begin..begin + lower[begin..].find("</title")?].to_owned())
        });
        return OwnWords { text: one_line(&title.unwrap_or_default()), kind: Kind::Page };
    }
    OwnWords { text: one_line(text), kind: Kind::Plain }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a JSON answer says that something went wrong.
fn says_error(json: &Value) -> bool {
    let says = |name: &str| {
        json.get(name).is_some_and(|value| match value {
            Value::Null | Value::Bool(false) => false,
            Value::String(text) => !text.is_empty(),
            Value::Array(list) => !list.is_empty(),
            Value::Object(members) => !members.is_empty(),
            _ => true,
        })
    };
    let is_false = |name: &str| json.get(name) == Some(&Value::Bool(false));
    let status = json.get("status").and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase();
    let failed = json.get("statusCode").and_then(Value::as_u64).is_some_and(|status| status >= 400);
    let has_code = json.get("errcode").and_then(Value::as_i64).is_some_and(|code| code != 0);
    says("error")
        || says("errors")
        || has_code
        || is_false("ok")
        || is_false("success")
        || failed
        || matches!(&*status, "error" | "failed")
}

/// The text for people in a JSON answer, with the code beside it.
fn message_in(json: &Value) -> Option<String> {
    const NAMES: [&str; 10] = [
        "message",
        "error_description",
        "error",
        "detail",
        "errors",
        "title",
        "description",
        "reason",
        "msg",
        "errmsg",
    ];
    let inner = json.get("error").filter(|error| error.is_object()).unwrap_or(json);
    let as_text = |value: &Value| match value {
        Value::String(text) if !text.trim().is_empty() => Some(one_line(text)),
        Value::Array(list) => list.first().and_then(|first| first.as_str().map(one_line).or_else(|| message_in(first))),
        _ => None,
    };
    let message = NAMES.iter().find_map(|name| inner.get(name).and_then(as_text));
    let code = inner.get("code").and_then(Value::as_str).map(one_line).filter(|code| !code.is_empty());
    match (message, code) {
        (Some(message), Some(code)) if !message.contains(&code) => Some(format!("{code}: {message}")),
        (message, code) => message.or(code),
    }
}

/// The words without anything of the address behind its host: all of that is a key to the channel. Addresses in them are cut
/// to their hosts.
fn without_secrets(words: &str, address: &Url) -> String {
    const HIDDEN: &str = "[…]";
    let pieces = address.path_segments().into_iter().flatten();
    let pairs = || address.query().into_iter().flat_map(|query| query.split('&'));
    let values = pairs().filter_map(|pair| Some(pair.split_once('=')?.1));
    // A piece that is short stands in innocent words as well, and so do “triggers” and “invoke”.
    let pieces = pieces.chain(values).filter(|piece| piece.len() >= 6 && !WORDS_OF_PATHS.contains(piece));
    let whole = [address.path(), &address[url::Position::BeforePath..]].into_iter().filter(|path| path.len() > 1);
    let mut secrets: Vec<String> =
        pieces.chain(pairs()).chain(whole).chain(address.fragment()).map(str::to_owned).collect();
    let decoded = |piece: &String| percent_encoding::percent_decode_str(piece).decode_utf8_lossy().into_owned();
    secrets.extend(secrets.iter().map(decoded).collect::<Vec<_>>());
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    let mut hidden = secrets.iter().fold(words.to_owned(), |text, secret| without(&text, secret, HIDDEN));
    let mut begin = 0;
    while let Some(found) = hidden[begin..].find("://").map(|place| begin + place + 3) {
        let end = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '”' | '’' | ')');
        let whole = hidden[found..].find(end).map_or(hidden.len(), |place| found + place);
        let host = hidden[found..whole].find(['/', '?', '#']).map_or(whole, |place| found + place);
        if host < whole {
            hidden.replace_range(host..whole, &format!("/{HIDDEN}"));
            begin = host + HIDDEN.len() + 1;
        } else {
            begin = whole;
        }
    }
    hidden
}

const WORDS_OF_PATHS: [&str; 11] = [
    "services",
    "webhook",
    "webhooks",
    "workflows",
    "triggers",
    "manual",
    "invoke",
    "powerautomate",
    "automations",
    "direct",
    "IncomingWebhook",
];

/// `text` with `other` in place of `secret`, in whichever case it is written.
fn without(text: &str, secret: &str, other: &str) -> String {
    let (lower, wanted) = (text.to_ascii_lowercase(), secret.to_ascii_lowercase());
    let (mut rest, mut shown) = (0, String::with_capacity(text.len()));
    for (place, _) in lower.match_indices(&wanted).filter(|_| !wanted.is_empty()) {
        shown.push_str(&text[rest..place]);
        shown.push_str(other);
        rest = place + wanted.len();
    }
    shown.push_str(&text[rest..]);
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLOW: &str = "https://0a.1b.environment.api.powerplatform.com/powerautomate/automations/direct/workflows/0a1b2c3d/triggers/\
                        manual/paths/invoke?api-version=2022&sv=1.0&sig=made-at-run";
    const SLACK: &str = "https://hooks.slack.com/services/T0000/B0000/made-at-run";
    const OWN: &str = "https://hooks.contoso.example/in/made-at-run?code=k";

    fn judged(address: &str, form: WebhookForm, status: u16, text: &str) -> Result<(), String> {
        let address = Url::parse(address).expect("an address");
        judge(&address, form, &PostAnswer { status, text: text.to_owned() })
    }

    fn form(address: &str) -> WebhookForm {
        Url::parse(address).ok().and_then(|address| WebhookForm::of_address(&address)).unwrap_or_default()
    }

    #[test]
    fn what_was_taken_is_no_error() {
        for (address, status, text) in [
            (FLOW, 202, ""),
            (FLOW, 200, ""),
            (FLOW, 200, "{}"),
            (FLOW, 200, "1"),
            (SLACK, 200, "ok"),
            (SLACK, 200, "ok\n"),
            (OWN, 200, ""),
            (OWN, 204, ""),
            (OWN, 201, "{\"id\":7,\"error\":null,\"errors\":[],\"success\":true}"),
            (OWN, 200, "{\"ok\":true,\"status\":\"success\"}"),
            (OWN, 200, "{\"message\":\"Workflow was started\"}"),
            (OWN, 200, "<html><title>Thank you</title></html>"),
            (OWN, 200, "The message mentions no_service and is taken."),
            ("https://discord.com/api/webhooks/1/x/slack", 200, "ok"),
            ("https://discord.com/api/webhooks/1/x/slack", 204, ""),
        ] {
            assert_eq!(judged(address, form(address), status, text), Ok(()), "{address} {status} {text}");
        }
    }

    /// What a receiver answers, which of its words are shown, and what a person is to do.
    #[test]
    fn the_receivers_own_words_and_what_to_do_are_reported() {
        let not_enabled = "{\"error\":{\"code\":\"WorkflowTriggerIsNotEnabled\",\"message\":\"Could not execute workflow \
                           'x' trigger 'manual' with state 'Disabled': trigger is not enabled.\"}}";
        let anyone = "{\"error\":{\"code\":\"DirectApiAuthorizationRequired\",\"message\":\"The request must be authenticated only by \
                      Shared Access scheme.\"}}";
        let rate = "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429 with ContextId \
                    tcid=0,server=X";
        let wrong = "{\"error\":{\"code\":\"InvalidSignature\",\"message\":\"The signature is not valid.\"}}";
        let page = "<!DOCTYPE html><html><head><TITLE>Access\n blocked</TITLE></head><body>x</body></html>";
        let connector = "https://contoso.webhook.office.com/webhookb2/x";
        let moved =
            "https://prod-01.westeurope.logic.azure.com/workflows/0a/triggers/manual/paths/invoke?sig=made-at-run";
        for (address, status, text, words, help) in [
            (FLOW, 400, not_enabled, "trigger is not enabled", "Turn it on in Power Automate"),
            (FLOW, 401, anyone, "DirectApiAuthorizationRequired: The request must be", "“Anyone”"),
            (FLOW, 401, wrong, "InvalidSignature: The signature is not valid.", "“sig=” in it"),
            (FLOW, 403, "", "HTTP status 403", "“Anyone”"),
            (
                FLOW,
                404,
                "{\"error\":{\"code\":\"WorkflowNotFound\",\"message\":\"The workflow could not be found.\"}}",
                "could not be found",
                "was deleted",
            ),
            (FLOW, 410, "", "HTTP status 410", "was deleted"),
            (
                FLOW,
                429,
                "{\"error\":{\"code\":\"429\",\"message\":\"Rate limit is exceeded.\"}}",
                "Rate limit is exceeded",
                "Wait a few minutes",
            ),
            (FLOW, 502, page, "Access blocked", "Try again later"),
            (FLOW, 200, rate, "HTTP error 429", "Wait a few minutes"),
            (FLOW, 200, page, "Access blocked", "settings where it was created"),
            (FLOW, 413, "", "HTTP status 413", "too large"),
            (moved, 404, "", "HTTP status 404", "since 30 November 2025"),
            (moved, 410, "", "HTTP status 410", "since 30 November 2025"),
            (connector, 410, "Gone", "Gone", "has retired"),
            (connector, 200, "Webhook message delivery failed with error: x", "delivery failed", "has retired"),
            (connector, 400, "Summary or Text is required.", "Summary or Text", "has retired"),
            (SLACK, 400, "invalid_payload", "invalid_payload", "does not accept this format"),
            (SLACK, 404, "no_service", "no_service", "Create a new one in Slack"),
            (SLACK, 410, "channel_is_archived", "channel_is_archived", "Unarchive"),
            (SLACK, 404, "channel_not_found", "channel_not_found", "another channel"),
            (SLACK, 403, "action_prohibited", "action_prohibited", "administrator"),
            (SLACK, 403, "invalid_token", "invalid_token", "Create a new one"),
            (SLACK, 200, "no_service", "no_service", "Create a new one"),
            (SLACK, 200, "{\"ok\":false,\"error\":\"invalid_auth\"}", "invalid_auth", "settings where"),
            (SLACK, 200, "", "HTTP status 200", "settings where"),
            (SLACK, 429, "rate_limited", "rate_limited", "Wait a few minutes"),
            (OWN, 404, "", "HTTP status 404", "was deleted"),
            (OWN, 401, "{\"message\":\"Bad token\"}", "Bad token", "incomplete or revoked"),
            (OWN, 302, "", "HTTP status 302", "has moved"),
            (OWN, 405, "", "HTTP status 405", "not the address of a webhook"),
            (OWN, 422, "{\"detail\":[{\"msg\":\"field required\"}]}", "field required", "another format"),
            (OWN, 500, "{\"error\":\"boom\"}", "boom", "internal problem"),
            (OWN, 200, "{\"success\":false,\"message\":\"No such channel\"}", "No such channel", "settings where"),
            (OWN, 200, "{\"errcode\":310000,\"errmsg\":\"sign not match\"}", "sign not match", "settings where"),
            (OWN, 200, "{\"status\":\"error\",\"error\":{\"message\":\"boom\"}}", "boom", "settings where"),
            (OWN, 200, "error: nobody listens", "nobody listens", "settings where"),
            (OWN, 418, "", "HTTP status 418", "Check its address"),
        ] {
            let error = judged(address, form(address), status, text).expect_err(text);
            let is_whole = error.contains(words) && error.contains(help) && error.contains(&status.to_string());
            let host = Url::parse(address).ok().and_then(|url| url.host_str().map(str::to_owned)).expect("a host");
            assert!(is_whole && error.contains(&host) && !error.contains("made-at-run"), "{address} {status}: {error}");
        }
        let error = judged(FLOW, WebhookForm::Json, 400, "").expect_err("refused");
        assert!(error.contains("choose Microsoft Teams"), "{error}");
    }

    #[test]
    fn no_answer_shows_the_address_or_steers_a_reader() {
        let path = &FLOW[FLOW.find("/powerautomate").expect("a path")..];
        for echo in [
            FLOW.to_owned(),
            FLOW.to_uppercase(),
            format!("cannot POST {path}"),
            format!("see <{FLOW}>, or {SLACK}"),
            "no flow 0a1b2c3d".to_owned(),
            "sig=made-at-run is wrong".to_owned(),
            "the key made-at-run".to_owned(),
            "the key MADE-AT-RUN".to_owned(),
            "sig%3Dmade-at-run".to_owned(),
            format!("{{\"error\":{{\"message\":\"{FLOW}\"}}}}"),
            format!("<html><title>{FLOW}</title>"),
            "{\"message\":\"made\\u002dat-run\"}".to_owned(),
        ] {
            let error = judged(FLOW, WebhookForm::Teams, 500, &echo).expect_err("refused");
            let lower = error.to_lowercase();
            assert!(!lower.contains("made-at-run") && !lower.contains("0a1b2c3d"), "{echo}: {error}");
        }
        let error = judged(OWN, WebhookForm::Json, 500, "in/made-at-run?code=k and code=k").expect_err("refused");
        assert!(!error.contains("made-at-run") && !error.contains("code=k"), "{error}");
        let error = judged(OWN, WebhookForm::Json, 500, "a\u{1b}]0;x\u{7}\u{202e}\n\nb").expect_err("refused");
        assert!(error.contains("a\\u{1b}]0;x\\u{7}\\u{202e} b"), "{error}");
        let error = judged(OWN, WebhookForm::Json, 500, &"ü".repeat(100_000)).expect_err("refused");
        assert!(error.chars().count() < 500 && error.contains('…'), "{error}");
        for text in [
            "<html",
            "<title",
            "<html><title",
            "<!doctype html><title>x",
            "{\"error\":{}}",
            "{\"error\":[[[]]]}",
            "{",
            "[1]",
            "\u{feff}{}",
        ] {
            assert!(judged(OWN, WebhookForm::Json, 500, text).is_err());
        }
    }
}

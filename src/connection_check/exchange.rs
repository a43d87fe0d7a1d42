//! One request and its answer: bounded in size, patient with throttling, never redirected.

use std::future::{Future, poll_fn};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use chrono::{DateTime, Utc};
use hyper::body::Bytes;
use hyper::header::{
    ACCEPT, AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, DATE, HeaderMap, HeaderValue, LOCATION, RETRY_AFTER, SERVER,
    VIA, WWW_AUTHENTICATE,
};
use hyper::{Method, StatusCode};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::Instant;
use url::Url;
use zeroize::Zeroizing;

use super::client::{Phase, PhaseCell, Received, SendError};
use super::failure::Failure;
use super::network_failure::classify;
use super::stage::one_line;
use super::title::page_title;
use super::tokens::Tokens;
use super::{Limits, Network};
use crate::cloud::Overrides;
use crate::profile::SecretText;

/// The variant of `proxy_auth_required` for a device that asks for a sign-in within the secure connection.
pub(super) const INSIDE: &str = "inside";
/// The longest text of a refusal that is shown, in characters.
const SHORT_TEXT: usize = 200;

/// A request, ready to be sent again when the server asks to wait.
#[derive(Clone)]
pub(crate) struct Request {
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Option<Bytes>,
}

impl Request {
    /// A GET of `path` (with its query) at `host`.
    pub(crate) fn get(host: &str, path: &str) -> Request {
        let url = Url::parse(&format!("https://{host}{path}")).expect("a known host and a path of ours are a URL");
        let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static("application/json"))]);
        Request { method: Method::GET, url, headers, body: None }
    }

    /// A POST of a form at `host`. The form's buffer is wiped when the request is dropped.
    pub(crate) fn post_form(host: &str, path: &str, form: Zeroizing<Vec<u8>>) -> Request {
        let mut request = Request::get(host, path);
        request.method = Method::POST;
        request.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        request.body = Some(Bytes::from_owner(form));
        request
    }

    /// A POST of JSON that holds no secret.
    pub(super) fn post_json(host: &str, path: &str, json: &serde_json::Value) -> Request {
        let mut request = Request::get(host, path);
        request.method = Method::POST;
        request.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        request.body = Some(Bytes::from(json.to_string()));
        request
    }

    /// With the headers of an OData 4.0 request.
    pub(crate) fn odata(mut self) -> Request {
        self.headers.insert("OData-MaxVersion", HeaderValue::from_static("4.0"));
        self.headers.insert("OData-Version", HeaderValue::from_static("4.0"));
        self
    }

    /// With a token, marked as sensitive, so that the HTTP library keeps it from its logs.
    pub(crate) fn bearer(mut self, token: &SecretText) -> Request {
        let mut text = Zeroizing::new(Vec::with_capacity(7 + token.expose().len()));
        text.extend_from_slice(b"Bearer ");
        text.extend_from_slice(token.expose().as_bytes());
        // A token with characters that no header may hold is left out, and the server then asks for one.
        if let Ok(mut value) = HeaderValue::from_maybe_shared(Bytes::from_owner(text)) {
            value.set_sensitive(true);
            self.headers.insert(AUTHORIZATION, value);
        }
        self
    }

    fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }
}

/// A server's answer.
pub(crate) struct Answer {
    pub host: String,
    pub status: StatusCode,
    pub headers: HeaderMap,
    /// The body, or nothing when it was longer than the limit. Wiped, because it may hold a token.
    body: Option<Zeroizing<Vec<u8>>>,
}

impl Answer {
    /// The body, or the failure `too_large`.
    pub(crate) fn body(&self) -> Result<&[u8], Failure> {
        match &self.body {
            Some(body) => Ok(body),
            None => Err(self.fail("too_large")),
        }
    }

    /// The body as JSON, if it is some.
    pub(crate) fn json(&self) -> Option<serde_json::Value> {
        serde_json::from_slice(self.body.as_ref()?).ok()
    }

    /// A header's text.
    pub(super) fn header(&self, name: &str) -> Option<String> {
        self.headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
    }

    /// All lines of `WWW-Authenticate`, to show.
    pub(super) fn challenge(&self) -> String {
        let lines = self.headers.get_all(WWW_AUTHENTICATE).iter();
        let lines: Vec<String> = lines.map(|line| String::from_utf8_lossy(line.as_bytes()).into_owned()).collect();
        lines.join(" | ")
    }

    /// Whether a web page is all that came in place of data: with a status of its own it is read by that.
    pub(super) fn is_page_in_place_of_data(&self) -> bool {
        let says_more = matches!(self.status, StatusCode::NOT_FOUND | StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
        self.is_html() && !self.status.is_server_error() && !says_more
    }

    /// What it says of itself, for people: its status, the title of its page or its own short text, and who sent it.
    pub(super) fn own_words(&self) -> String {
        let status =
            self.status.canonical_reason().map_or_else(|| self.status.as_str().to_owned(), |_| self.status.to_string());
        let title = self.page_title();
        let text = self.short_text();
        let mut words = format!("The response was “{status}”");
        if !title.is_empty() {
            words.push_str(&format!(" with the page “{title}”"));
        } else if self.is_html() {
            words.push_str(" with a page that has no title");
        } else if !text.is_empty() {
            words.push_str(&format!(" and says: {text}"));
        }
        if let Some(sender) = self.header(SERVER.as_str()).filter(|name| !name.trim().is_empty()) {
            words = format!("{}. Its sender names itself “{}”", words.trim_end_matches('.'), one_line(&sender));
        } else if let Some(device) = self.header(VIA.as_str()).filter(|name| !name.trim().is_empty()) {
            words = format!("{}. It came through “{}”", words.trim_end_matches('.'), one_line(&device));
        }
        words
    }

    /// The text of a refusal, where all of it is short. Never a part of one: what is cut cannot be searched for secrets.
    fn short_text(&self) -> String {
        let body = self.body.as_ref().filter(|_| !self.status.is_success());
        let text = body.and_then(|body| std::str::from_utf8(body).ok()).map(one_line).unwrap_or_default();
        if text.chars().count() <= SHORT_TEXT { text } else { String::new() }
    }

    /// Whether it is a web page, by its type or by how it begins.
    pub(crate) fn is_html(&self) -> bool {
        let by_type = self.header("content-type").is_some_and(|text| text.to_ascii_lowercase().contains("html"));
        let start = self.body.as_ref().map_or(&[][..], |body| &body[..body.len().min(512)]);
        let start = String::from_utf8_lossy(start).trim_start_matches('\u{feff}').trim_start().to_ascii_lowercase();
        by_type || start.starts_with("<!doctype html") || start.starts_with("<html")
    }

    /// The compression of the body, which was never asked for.
    pub(crate) fn unwanted_encoding(&self) -> Option<String> {
        let encoding = self.header(CONTENT_ENCODING.as_str())?;
        (!encoding.trim().is_empty() && !encoding.trim().eq_ignore_ascii_case("identity")).then_some(encoding)
    }

    /// A failure of this answer.
    pub(crate) fn fail(&self, code: impl Into<String>) -> Failure {
        Failure::new(code, &self.host).with("HTTP status", self.status.to_string())
    }

    /// The failure that a bare status means, when the body says nothing.
    pub(crate) fn bare_status_failure(&self) -> Failure {
        if self.body.is_none() {
            self.fail("too_large")
        } else if self.status == StatusCode::TOO_MANY_REQUESTS {
            let named = self.header(RETRY_AFTER.as_str()).unwrap_or_default();
            let is_seconds = !named.is_empty() && named.bytes().all(|byte| byte.is_ascii_digit());
            let words = if is_seconds { format!("It asks to retry after {named} seconds") } else { String::new() };
            self.fail("throttled").saying(words).with("Retry-After", named)
        } else if let Some(encoding) = self.unwanted_encoding() {
            // Not unpacked: a few bytes can hide gigabytes, and Microsoft's servers do not send what was not asked for.
            let words = format!("It is compressed ({encoding}) although no compression was requested");
            self.fail("bad_json").saying(words).with("Content-Encoding", encoding)
        } else {
            let code = if self.is_page_in_place_of_data() {
                "html_instead_of_json".to_owned()
            } else if self.status.is_success() {
                "bad_json".to_owned()
            } else {
                format!("http_{}", self.status.as_u16())
            };
            self.fail(code).saying(self.own_words()).with("Page title", self.page_title())
        }
    }

    /// A web page's title: it usually names the device that answered.
    pub(super) fn page_title(&self) -> String {
        self.body.as_ref().map(|body| page_title(body)).unwrap_or_default()
    }
}

/// A wait that a server asked for, reported as it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wait {
    pub until: DateTime<Utc>,
    pub length: Duration,
    pub why: String,
}

/// The way to the servers during one check.
pub(crate) struct Wire<'a> {
    network: &'a Network,
    now: DateTime<Utc>,
    began: Instant,
    had_to_wait: AtomicBool,
    waits: UnboundedSender<Wait>,
    tokens: Option<&'a Tokens>,
    /// The requests that have begun and not ended, the oldest first.
    under_way: Mutex<Vec<Arc<PhaseCell>>>,
}

impl<'a> Wire<'a> {
    /// The wire outside of a check, and the waits that happen on it.
    pub(crate) fn open(network: &'a Network, now: DateTime<Utc>) -> (Wire<'a>, UnboundedReceiver<Wait>) {
        Wire::new(network, now, None)
    }

    /// The wire, and the waits that happen on it. `tokens` are those of a run over many profiles.
    pub(super) fn new(
        network: &'a Network,
        now: DateTime<Utc>,
        tokens: Option<&'a Tokens>,
    ) -> (Wire<'a>, UnboundedReceiver<Wait>) {
        let (waits, told) = unbounded_channel();
        (
            Wire {
                network,
                now,
                began: Instant::now(),
                had_to_wait: AtomicBool::new(false),
                waits,
                tokens,
                under_way: Mutex::default(),
            },
            told,
        )
    }

    /// The tokens that checks of the same run share.
    pub(super) fn tokens(&self) -> Option<&'a Tokens> {
        self.tokens
    }

    /// The network that it is of.
    pub(super) fn network(&self) -> &'a Network {
        self.network
    }

    pub(super) fn limits(&self) -> &Limits {
        self.network.limits()
    }

    /// The administrator's extra hosts.
    pub(super) fn clouds(&self) -> &Overrides {
        self.network.clouds()
    }

    /// How far the oldest request got that has not ended: the one that a limit of time is reached for. One that was dropped
    /// has not ended.
    pub(super) fn phase(&self) -> Phase {
        self.under_way().first().map(|phase| phase.get()).unwrap_or_default()
    }

    fn under_way(&self) -> MutexGuard<'_, Vec<Arc<PhaseCell>>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a server has asked to wait since this was last asked.
    pub(super) fn take_waited(&self) -> bool {
        self.had_to_wait.swap(false, Ordering::Relaxed)
    }

    /// Sends `request`, again when the server asks to wait for a bearable time, and reads the whole answer.
    pub(crate) async fn send(&self, request: &Request) -> Result<Answer, Failure> {
        let mut retries = self.limits().retries;
        loop {
            let answer = self.send_once(request).await?;
            match self.wait_of(&answer) {
                Some(wait) if retries > 0 && wait <= self.limits().longest_wait => {
                    retries -= 1;
                    self.had_to_wait.store(true, Ordering::Relaxed);
                    self.tell_wait(&answer, wait);
                    tokio::time::sleep(wait).await;
                }
                _ => return refuse_detours(answer),
            }
        }
    }

    /// Sends `request` once, whatever the server asks: for what must not happen twice.
    pub(crate) async fn send_single(&self, request: &Request) -> Result<Answer, Failure> {
        self.send_once(request).await.and_then(refuse_detours)
    }

    fn tell_wait(&self, answer: &Answer, length: Duration) {
        let why = match answer.status {
            StatusCode::TOO_MANY_REQUESTS => "is throttling requests and asks to wait",
            _ => "is currently unavailable and asks to wait",
        };
        // Nobody listens any more when the check is ending.
        let _ = self.waits.send(Wait {
            until: self.now + self.began.elapsed() + length,
            length,
            why: format!("{} {why}.", answer.host),
        });
    }

    /// Sends all `requests` at the same time; the answers come in their order.
    pub(super) async fn send_all(&self, requests: &[Request]) -> Vec<Result<Answer, Failure>> {
        let mut pending: Vec<_> = requests.iter().map(|request| Box::pin(self.send(request))).collect();
        let mut answers: Vec<Option<_>> = requests.iter().map(|_| None).collect();
        poll_fn(|context| {
            for (future, answer) in pending.iter_mut().zip(&mut answers) {
                if answer.is_none()
                    && let Poll::Ready(result) = future.as_mut().poll(context)
                {
                    *answer = Some(result);
                }
            }
            if answers.iter().all(Option::is_some) { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        answers.into_iter().flatten().collect()
    }

    async fn send_once(&self, request: &Request) -> Result<Answer, Failure> {
        let host = request.host();
        let (client, limit) = (self.network.client(), self.limits().body_bytes);
        let phase = Arc::new(PhaseCell::default());
        self.under_way().push(Arc::clone(&phase));
        let send =
            || client.send(request.method.clone(), &request.url, &request.headers, request.body.clone(), limit, &phase);
        let mut sent = send().await;
        let mut is_second = false;
        // A device in between may have dropped a connection that was kept; a question may be asked twice.
        if request.method == Method::GET && sent.as_ref().is_err_and(SendError::is_lost_kept_connection) {
            sent = send().await;
            is_second = true;
        }
        self.under_way().retain(|other| !Arc::ptr_eq(other, &phase));
        let Received { status, headers, body } = sent.map_err(|error| {
            let failure = classify(&error, host, self.network.certificates());
            if is_second { failure.saying_more("It was tried twice") } else { failure }
        })?;
        Ok(Answer { host: host.to_owned(), status, headers, body })
    }

    /// How long the server asks to wait, if it does.
    fn wait_of(&self, answer: &Answer) -> Option<Duration> {
        let named = || self.named_wait(answer);
        match answer.status {
            StatusCode::TOO_MANY_REQUESTS => Some(named().unwrap_or(self.limits().default_wait)),
            StatusCode::SERVICE_UNAVAILABLE => named(),
            _ => None,
        }
    }

    /// `Retry-After`, in seconds or as a date by the server's own clock.
    fn named_wait(&self, answer: &Answer) -> Option<Duration> {
        let text = answer.header(RETRY_AFTER.as_str())?;
        if let Ok(seconds) = text.trim().parse::<u32>() {
            return Some(Duration::from_secs(seconds.into()));
        }
        // The day of the week says nothing new, and a wrong one would make the date unreadable.
        let date = |text: &str| {
            let day = text.split_once(',').map_or(text, |(_, day)| day);
            DateTime::parse_from_rfc2822(day.trim()).ok().map(|date| date.to_utc())
        };
        let here = || self.now + self.began.elapsed();
        let now = answer.header(DATE.as_str()).as_deref().and_then(date).unwrap_or_else(here);
        Some((date(&text)? - now).to_std().unwrap_or_default())
    }
}

/// Redirects and proxies' demands, which no stage of the check can go on with.
fn refuse_detours(answer: Answer) -> Result<Answer, Failure> {
    if answer.status.is_redirection() {
        // Only the server's name: an address may carry somebody's session.
        let target = answer.header(LOCATION.as_str()).and_then(|text| Url::parse(&text).ok());
        let target = target.and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
        let words = if target.is_empty() { String::new() } else { format!("It points to {target}") };
        return Err(answer.fail("redirected").saying(words).with("Redirected to", target));
    }
    if answer.status == StatusCode::PROXY_AUTHENTICATION_REQUIRED {
        return Err(answer.fail("proxy_auth_required").variant(INSIDE).saying(answer.own_words()));
    }
    Ok(answer)
}

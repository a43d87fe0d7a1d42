//! The list of app registrations at Microsoft Graph. Source: "List applications" (learn.microsoft.com/graph/api/application-list)
//! and "Paging Microsoft Graph data in your app".

use std::collections::HashSet;
use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use chrono::{DateTime, Utc};
use hyper::StatusCode;
use serde::Deserialize;
use tokio::sync::mpsc::UnboundedReceiver;

use crate::connection_check::{Answer, CredentialRow, Failure, Limits, ListedSecret, Network, Wait, Wire, one_line};
use crate::profile::ClientId;
use crate::sign_in::{Resource, Session, SignInError};

/// Where the list is.
const PATH: &str = "/v1.0/applications";
/// What is asked for, and as much of it at once as Graph gives. Not the certificates: with them Graph allows 150 pages a
/// minute for the whole tenant.
const QUERY: &str = "$select=id,appId,displayName,passwordCredentials&$top=999";
/// More pages than a tenant can fill: it has room for some hundred thousand objects.
const MOST_PAGES: usize = 1_000;

/// An app registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// Its display name, which need not be its own alone.
    pub name: String,
    /// Its Application (client) ID.
    pub client_id: ClientId,
    /// Its client secrets.
    pub secrets: Vec<ListedSecret>,
}

/// What happens while the list is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// So many registrations have come so far.
    Read(usize),
    /// Microsoft Graph asks to wait.
    Waiting {
        /// For so many seconds.
        seconds: u64,
        /// In words.
        why: String,
    },
}

/// The bounds for reading the list: its pages are larger than any answer of a check, and a busy Graph asks to wait for longer
/// than anybody waits for a check.
pub fn limits() -> Limits {
    Limits {
        body_bytes: 8 * 1024 * 1024,
        retries: 8,
        longest_wait: Duration::from_secs(300),
        default_wait: Duration::from_secs(10),
        ..Limits::default()
    }
}

/// Reads every app registration of the tenant that `session` is signed in to. To cancel, drop the future.
///
/// # Errors
///
/// Graph may not be asked by this account or client (`graph_not_allowed`), continues at another address than its own
/// (`foreign_next_link`) or without end (`next_link_repeats`), or cannot be reached.
pub async fn read_registrations(
    network: &Network,
    session: &mut Session,
    now: DateTime<Utc>,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Vec<Registration>, SignInError> {
    let (wire, mut waits) = Wire::open(network, now);
    let graph = Resource::graph(session.request().cloud);
    let mut registrations = Vec::new();
    let mut followed = HashSet::new();
    let mut next: Option<String> = None;
    loop {
        // Asked for at each page, because a token may end while Graph makes us wait.
        let token = session.token(&wire, &graph).await?;
        let request = match &next {
            None => Ok(token.get(&format!("{PATH}?{QUERY}"))),
            Some(link) => token.follow(link, PATH),
        };
        let request = request.map_err(|failure| session.error(&failure))?;
        let page = async { read_page(&wire.send(&request).await?) };
        let page = tell_waits(page, &mut waits, progress).await.map_err(|failure| session.error(&failure))?;
        registrations.extend(page.registrations);
        progress(Progress::Read(registrations.len()));
        let Some(link) = page.next else { return Ok(registrations) };
        if followed.len() >= MOST_PAGES || !followed.insert(link.clone()) {
            return Err(session.error(&Failure::new("next_link_repeats", graph.host())));
        }
        next = Some(link);
    }
}

/// Runs `work` to its end and tells of every wait meanwhile.
async fn tell_waits<T>(
    work: impl Future<Output = T>,
    waits: &mut UnboundedReceiver<Wait>,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> T {
    let mut work = pin!(work);
    loop {
        tokio::select! {
            biased;
            outcome = &mut work => return outcome,
            Some(wait) = waits.recv() => {
                let seconds = wait.length.as_secs() + u64::from(wait.length.subsec_nanos() > 0);
                progress(Progress::Waiting { seconds, why: wait.why });
            }
        }
    }
}

struct Page {
    registrations: Vec<Registration>,
    next: Option<String>,
}

fn read_page(answer: &Answer) -> Result<Page, Failure> {
    #[derive(Deserialize)]
    struct Body {
        value: Vec<Row>,
        #[serde(rename = "@odata.nextLink")]
        next: Option<String>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Row {
        app_id: Option<String>,
        display_name: Option<String>,
        password_credentials: Option<Vec<CredentialRow>>,
    }
    if answer.status != StatusCode::OK {
        return Err(refusal(answer));
    }
    let Ok(body) = serde_json::from_slice::<Body>(answer.body()?) else {
        return Err(answer.bare_status_failure());
    };
    let registration = |row: Row| {
        Some(Registration {
            name: one_line(&row.display_name.unwrap_or_default()),
            client_id: ClientId::parse_exact(&row.app_id?)?,
            secrets: row.password_credentials.unwrap_or_default().into_iter().filter_map(CredentialRow::read).collect(),
        })
    };
    Ok(Page { registrations: body.value.into_iter().filter_map(registration).collect(), next: body.next })
}

/// What an answer that is no list means, with Graph's own words.
fn refusal(answer: &Answer) -> Failure {
    let json = answer.json().unwrap_or_default();
    let Some(words) = json["error"]["message"].as_str() else { return answer.bare_status_failure() };
    let code = match answer.status {
        StatusCode::FORBIDDEN => "graph_not_allowed",
        StatusCode::TOO_MANY_REQUESTS => "throttled",
        _ => "graph_refused",
    };
    answer.fail(code).saying(format!("Microsoft Graph says: {words}"))
}

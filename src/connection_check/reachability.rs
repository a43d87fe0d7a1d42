//! Whether this computer's network lets the program reach Microsoft's hosts: for an administrator, and for the network
//! team that has to change something.
//!
//! In: a [`Network`], the hosts and the time. Out: a [`HostReport`] for each. No profile, secret or token is involved:
//! a connection is opened to each host, and its start page is asked for.

mod report;

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use hyper::Method;
use hyper::Uri;
use hyper::header::{DATE, HeaderMap};
use url::Url;

use super::certificates::Trust;
use super::client::PhaseCell;
use super::connector::Step;
use super::diagnosis::{Subject, explain};
use super::exchange::INSIDE;
use super::failure::Failure;
use super::network_failure::{classify, classify_connecting};
use super::{Diagnosis, Network, SecretAge};
use crate::cloud::{Cloud, Overrides};
use crate::profile::EnvironmentUrl;

pub use report::{Problem, Verdict, closing_lines, problems, to_text, warnings};

/// The most of a start page that is read, in bytes; its head is what counts.
const PAGE_LIMIT: usize = 64 * 1024;

/// What a host is needed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Microsoft Entra ID: tokens.
    SignIn,
    /// Microsoft Graph: expiry dates of secrets, and renewals.
    Graph,
    /// A Dataverse environment.
    Environment,
}

impl Purpose {
    /// The public name.
    pub fn id(self) -> &'static str {
        match self {
            Purpose::SignIn => "sign_in",
            Purpose::Graph => "graph",
            Purpose::Environment => "environment",
        }
    }

    /// For people.
    pub fn title(self) -> &'static str {
        match self {
            Purpose::SignIn => "Microsoft Entra ID (sign-in)",
            Purpose::Graph => "Microsoft Graph (expiry dates and renewals only)",
            Purpose::Environment => "Dataverse environment",
        }
    }

    /// For people, where there is little room.
    pub fn short_title(self) -> &'static str {
        match self {
            Purpose::SignIn => "Microsoft Entra ID",
            Purpose::Graph => "Microsoft Graph",
            Purpose::Environment => "Dataverse environment",
        }
    }
}

/// A host to try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestedHost {
    /// The cloud that it belongs to.
    pub cloud: Cloud,
    /// What it is needed for.
    pub purpose: Purpose,
    /// Its name.
    pub host: String,
}

/// The hosts of these clouds, each once, and of these environments.
pub fn hosts(clouds: &[Cloud], environments: &[EnvironmentUrl]) -> Vec<TestedHost> {
    let mut hosts: Vec<TestedHost> = Vec::new();
    let mut add = |cloud: Cloud, purpose: Purpose, host: &str| {
        if !hosts.iter().any(|known| known.host == host) {
            hosts.push(TestedHost { cloud, purpose, host: host.to_owned() });
        }
    };
    for cloud in clouds {
        add(*cloud, Purpose::SignIn, cloud.sign_in_host());
        add(*cloud, Purpose::Graph, cloud.graph_host());
    }
    for environment in environments {
        add(environment.cloud(), Purpose::Environment, environment.host());
    }
    hosts
}

/// The built-in clouds and those of an administrator's list.
pub fn known_clouds(overrides: &Overrides) -> Vec<Cloud> {
    Cloud::ALL.into_iter().chain(overrides.clouds()).collect()
}

/// One step on the way to a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepReport {
    /// The public name: `dns`, `tcp`, `proxy_dns`, `proxy_tcp`, `proxy_tls`, `proxy_connect`, `tls`.
    pub step: &'static str,
    /// How long it took.
    pub elapsed: Duration,
}

/// Who trusts a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateTrust {
    /// The public.
    Public,
    /// This computer, and not the public: TLS inspection.
    ThisComputer,
    /// Nobody here.
    Nobody,
}

impl CertificateTrust {
    /// The public name.
    pub fn id(self) -> &'static str {
        match self {
            CertificateTrust::Public => "public",
            CertificateTrust::ThisComputer => "this_computer",
            CertificateTrust::Nobody => "none",
        }
    }
}

/// How the way to one host is.
#[derive(Clone, Debug, PartialEq)]
pub struct HostReport {
    /// The host.
    pub tested: TestedHost,
    /// Directly or by which proxy, and where that is set; without anybody's password.
    pub way: String,
    /// The steps that were taken, the one that failed last.
    pub steps: Vec<StepReport>,
    /// The version of TLS, e.g. `TLSv1_3`.
    pub tls_version: Option<String>,
    /// Who issued the certificate, and who trusts it.
    pub certificate: Option<(String, CertificateTrust)>,
    /// From a request to its answer on a connection that is open.
    pub response: Option<Duration>,
    /// The HTTP status of the start page.
    pub status: Option<u16>,
    /// How far this computer's clock is ahead of the host's, in seconds.
    pub clock_ahead: Option<i64>,
    /// Why the host cannot be reached.
    pub diagnosis: Option<Diagnosis>,
}

impl HostReport {
    /// The report of a host of which nothing is known yet.
    fn untested(tested: TestedHost) -> HostReport {
        HostReport {
            tested,
            way: String::new(),
            steps: Vec::new(),
            tls_version: None,
            certificate: None,
            response: None,
            status: None,
            clock_ahead: None,
            diagnosis: None,
        }
    }

    /// Whether it can be reached.
    pub fn is_reached(&self) -> bool {
        self.diagnosis.is_none()
    }
}

/// Tries `hosts` at `now` one after the other, and tells `each` as soon as it is known. To be run on a tokio runtime
/// with time and I/O.
pub async fn test(
    network: &Network,
    hosts: &[TestedHost],
    now: DateTime<Utc>,
    each: &mut (dyn FnMut(&HostReport) + Send),
) -> Vec<HostReport> {
    let began = Instant::now();
    let mut reports = Vec::new();
    for tested in hosts {
        let report = test_one(network, tested, now, began).await;
        each(&report);
        reports.push(report);
    }
    reports
}

async fn test_one(network: &Network, tested: &TestedHost, now: DateTime<Utc>, began: Instant) -> HostReport {
    let host = tested.host.as_str();
    let mut report = HostReport::untested(tested.clone());
    let address = format!("https://{host}/");
    let (Ok(uri), Ok(url)) = (address.parse::<Uri>(), Url::parse(&address)) else {
        report.diagnosis = Some(diagnose(&Failure::new("url_invalid", host), tested));
        return report;
    };
    let probe = network.connector().probe(&uri).await;
    report.steps = probe.steps.iter().filter_map(|(step, elapsed)| step_report(step, *elapsed)).collect();
    match probe.outcome {
        Ok(version) => {
            report.tls_version = Some(version).filter(|version| !version.is_empty());
            if let Err(failure) = ask(network, host, &url, now, began, &mut report).await {
                report.diagnosis = Some(diagnose(&failure, tested));
            }
        }
        Err(error) => {
            let failure = classify_connecting(&error, host, network.certificates());
            report.diagnosis = Some(diagnose(&failure, tested));
        }
    }
    report.way = network.route_to(host);
    report.certificate = network.certificate_of(host).map(|seen| {
        let trust = match seen.trust {
            Trust::Public | Trust::Given => CertificateTrust::Public,
            Trust::ThisComputer => CertificateTrust::ThisComputer,
            Trust::Nobody(_) => CertificateTrust::Nobody,
        };
        (seen.issuer, trust)
    });
    report
}

/// Asks for the start page twice: the first opens a connection, the second one measures. Any answer is one.
async fn ask(
    network: &Network,
    host: &str,
    url: &Url,
    now: DateTime<Utc>,
    began: Instant,
    report: &mut HostReport,
) -> Result<(), Failure> {
    for _ in 0..2 {
        let asked = Instant::now();
        let answer =
            network.client().send(Method::GET, url, &HeaderMap::new(), None, PAGE_LIMIT, &PhaseCell::default()).await;
        let answer = answer.map_err(|error| classify(&error, host, network.certificates()))?;
        report.response = Some(asked.elapsed());
        report.status = Some(answer.status.as_u16());
        if answer.status == hyper::StatusCode::PROXY_AUTHENTICATION_REQUIRED {
            return Err(Failure::new("proxy_auth_required", host).variant(INSIDE));
        }
        let date = answer.headers.get(DATE).and_then(|value| value.to_str().ok());
        let date = date.and_then(|text| DateTime::parse_from_rfc2822(text).ok());
        // The header was written about half way between question and answer; it counts whole seconds anyway.
        let here = now + (asked.duration_since(began) + asked.elapsed() / 2);
        report.clock_ahead = date.map(|date| (here - date.to_utc()).num_seconds());
    }
    Ok(())
}

fn diagnose(failure: &Failure, tested: &TestedHost) -> Diagnosis {
    let environment = match tested.purpose {
        Purpose::Environment => EnvironmentUrl::parse(&tested.host).ok(),
        Purpose::SignIn | Purpose::Graph => None,
    };
    let subject = Subject {
        code: &failure.code,
        variant: failure.variant,
        environment: environment.as_ref(),
        cloud: None,
        client_id: None,
        tenant: None,
        secret_age: SecretAge::Unknown,
        host: &failure.host,
        proxy: failure.proxy.as_deref(),
        detail: &failure.detail,
        trace: &failure.trace,
    };
    explain(&failure.code, &subject)
}

fn step_report(step: &Step, elapsed: Duration) -> Option<StepReport> {
    let step = match step {
        Step::Way => return None,
        Step::Name(_) => "dns",
        Step::Server(..) => "tcp",
        Step::ProxyName(_) => "proxy_dns",
        Step::Proxy(_) => "proxy_tcp",
        Step::ProxyTls(_) => "proxy_tls",
        Step::ProxySignIn(_) => "proxy_sign_in",
        Step::Tunnel(_) => "proxy_connect",
        Step::Tls(_) => "tls",
    };
    Some(StepReport { step, elapsed })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clouds_that_share_hosts_are_tried_once() {
        let found = hosts(&Cloud::ALL, &[]);
        let mut names: Vec<&str> = found.iter().map(|tested| tested.host.as_str()).collect();
        names.sort_unstable();
        let all = names.len();
        names.dedup();
        assert_eq!(names.len(), all);
        assert!(names.contains(&"login.microsoftonline.com") && names.contains(&"login.partner.microsoftonline.cn"));
    }
}

//! `check`: runs the connection check for one connection or for many, and keeps how each ended.

mod output;

use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use clap::Args;
use tokio::runtime::Runtime;
use uuid::Uuid;

use super::failure::{Exit, Failure};
use super::flags::{Passphrase, TypedConnection};
use super::progress::run_with_progress;
use super::session::{Session, find, guid_secret};
use crate::connection_check::many::{
    ManyProgress, NamedRequest, ProfileResult, SIDE_BY_SIDE, check_many, report_csv, report_html,
};
use crate::connection_check::{
    CheckReport, CheckRequest, Network, Progress, ReadExpiry, Repetition, SecretAge, check, may_become_known,
};
use crate::platform::file_system;
use crate::profile::{LastCheck, Profile, ProxyCredentials, parse_date};
use crate::vault::{Vault, VaultError};

#[derive(Debug, Args)]
pub(super) struct CheckArguments {
    /// Names of the profiles
    #[arg(required_unless_present_any = ["all", "url"], conflicts_with_all = ["all", "url"])]
    pub names: Vec<String>,
    /// Test every profile in the vault
    #[arg(long, conflicts_with = "url")]
    pub all: bool,
    #[command(flatten)]
    pub typed: TypedConnection,
    /// The Directory (tenant) ID or domain, if it cannot be found from the environment
    #[arg(long)]
    pub tenant: Option<String>,
    /// The expiry date of the client secret, for a connection that is not a saved profile
    #[arg(long, value_name = "YYYY-MM-DD", requires = "url", value_parser = parse_date)]
    pub expires: Option<NaiveDate>,
    /// Also write the results to this file; its name must end in .csv or .html
    #[arg(long, value_name = "FILE", value_parser = parse_export, conflicts_with = "url")]
    pub export: Option<ExportFile>,
    /// Also read the secret's expiry date from Microsoft Graph
    #[arg(long)]
    pub read_expiry: bool,
    /// For a newly created secret: keep testing for this many seconds (usually 120) while the answer is AADSTS7000215
    /// or AADSTS7000222
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(10..=3600))]
    pub wait: Option<u64>,
    /// With --url: open the vault for the user name and password of the proxy
    #[arg(long, requires = "url")]
    pub proxy_sign_in: bool,
    #[command(flatten)]
    pub passphrase: Passphrase,
}

/// Where results go, and in which form.
#[derive(Clone, Debug)]
pub(super) struct ExportFile {
    pub path: PathBuf,
    pub form: ExportForm,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ExportForm {
    Csv,
    Html,
}

pub(super) fn run(session: &mut Session<'_, '_>, arguments: CheckArguments) -> Result<Exit, Failure> {
    let read_expiry = if arguments.read_expiry { ReadExpiry::FromGraph } else { ReadExpiry::No };
    let wait = arguments.wait.map(Duration::from_secs);
    if let (Some(url), Some(client_id)) = (&arguments.typed.url, &arguments.typed.client_id) {
        // Read before the secret: from standard input the passphrase comes first.
        let proxy_credentials = session.proxy_credentials(arguments.proxy_sign_in, arguments.passphrase)?;
        let request = CheckRequest {
            environment_url: url.clone(),
            client_id: client_id.clone(),
            client_secret: session.console.secret(arguments.typed.secret_stdin.into())?,
            guid_secret: guid_secret(arguments.typed.secret_is_a_guid),
            tenant: arguments.tenant.unwrap_or_default(),
            known_tenant: None,
            secret_expires: arguments.expires,
            read_expiry,
            secret_age: SecretAge::Unknown,
        };
        let (report, repeated) = check_one(session, proxy_credentials, request, wait)?;
        output::one(session, None, &report, repeated);
        return Ok(exit_of([&report]));
    }
    let mut vault = session.open_vault(arguments.passphrase)?;
    let profiles = chosen(&vault, &arguments)?;
    let proxy_credentials = vault.contents().proxy_credentials().cloned();
    let now = session.console.now();
    let request = |profile: &Profile| {
        let mut request = CheckRequest::of_profile(profile, read_expiry, now);
        if let Some(tenant) = &arguments.tenant {
            request.tenant.clone_from(tenant);
        }
        if wait.is_some() {
            // Nobody who waits already is advised to wait.
            request.secret_age = SecretAge::Unknown;
        }
        request
    };
    if let ([profile], false, None) = (profiles.as_slice(), arguments.all, &arguments.export) {
        let (report, repeated) = check_one(session, proxy_credentials, request(profile), wait)?;
        output::one(session, Some(&profile.name), &report, repeated);
        let last = LastCheck::of(&report, session.console.now());
        keep_results(session, &mut vault, last.map(|last| (profile.id, last)).as_slice());
        return Ok(exit_of([&report]));
    }
    let requests =
        profiles.iter().map(|profile| NamedRequest { name: profile.name.clone(), request: request(profile) });
    let (results, repeated) = check_all(session, proxy_credentials, requests.collect(), wait)?;
    let kept: Vec<_> = profiles
        .iter()
        .zip(&results)
        .filter_map(|(profile, it)| Some((profile.id, LastCheck::of(&it.report, session.console.now())?)))
        .collect();
    keep_results(session, &mut vault, &kept);
    if let Some(file) = &arguments.export {
        export(session, file, &results)?;
    }
    output::many(session, &results, repeated);
    Ok(exit_of(results.iter().map(|result| &result.report)))
}

/// Writes the results into a file, in the form that its name asks for.
fn export(session: &mut Session<'_, '_>, file: &ExportFile, results: &[ProfileResult]) -> Result<(), Failure> {
    let text = match file.form {
        ExportForm::Csv => report_csv(results),
        ExportForm::Html => report_html(results, session.console.now()),
    };
    file_system::write_named(&file.path, text.as_bytes()).map_err(|error| {
        let path = file.path.display();
        Failure::failed("export_failed", format!("The results could not be saved to {path}: {error}."))
    })
}

fn exit_of<'a>(reports: impl IntoIterator<Item = &'a CheckReport>) -> Exit {
    if reports.into_iter().all(|report| report.passed) { Exit::Success } else { Exit::Negative }
}

/// The profiles that the arguments name, each once.
fn chosen(vault: &Vault, arguments: &CheckArguments) -> Result<Vec<Profile>, Failure> {
    if arguments.all {
        return Ok(vault.contents().profiles().to_vec());
    }
    let mut profiles: Vec<Profile> = Vec::new();
    for name in &arguments.names {
        let profile = find(vault.contents(), name)?;
        if !profiles.iter().any(|known| known.id == profile.id) {
            profiles.push(profile.clone());
        }
    }
    Ok(profiles)
}

/// Checks one connection and shows each stage as it ends; with `wait`, again while a new secret may become known. The
/// number says how often it was repeated.
fn check_one(
    session: &mut Session<'_, '_>,
    proxy_credentials: Option<ProxyCredentials>,
    request: CheckRequest,
    wait: Option<Duration>,
) -> Result<(CheckReport, u32), Failure> {
    let (network, runtime) = set_up(session, proxy_credentials)?;
    let now = session.console.now();
    let once = |session: &mut Session<'_, '_>, began: Instant| {
        let now = now + began.elapsed();
        let run = |tell: &mut (dyn FnMut(Progress) + Send)| runtime.block_on(check(&network, &request, now, tell));
        let report = run_with_progress(run, |progress| match progress {
            Progress::Finished(stage) => output::stage(session, &stage),
            Progress::Waiting { seconds, why, .. } => output::waiting(session, None, seconds, &why),
            Progress::Started(_) => {}
        });
        report.unwrap_or_else(|_| CheckReport::internal_failure(now))
    };
    let began = Instant::now();
    let mut report = once(session, began);
    let mut repeating = Repeating::begin(wait);
    while is_worth_repeating(&report) && repeating.pause(session, 1) {
        report = once(session, began);
    }
    repeating.end(session, is_worth_repeating(&report));
    Ok((report, repeating.done()))
}

/// Checks many connections side by side; the results come back in the order of the requests. With `wait`, those whose
/// secret may become known are checked again. The number says how often.
fn check_all(
    session: &mut Session<'_, '_>,
    proxy_credentials: Option<ProxyCredentials>,
    requests: Vec<NamedRequest>,
    wait: Option<Duration>,
) -> Result<(Vec<ProfileResult>, u32), Failure> {
    let (network, runtime) = set_up(session, proxy_credentials)?;
    let now = session.console.now();
    let once = |session: &mut Session<'_, '_>, requests: Vec<NamedRequest>, began: Instant| {
        let names: Vec<String> = requests.iter().map(|one| one.name.clone()).collect();
        let run = |tell: &mut (dyn FnMut(ManyProgress) + Send)| {
            runtime.block_on(check_many(&network, requests, SIDE_BY_SIDE, now + began.elapsed(), tell))
        };
        let results = run_with_progress(run, |progress| match progress {
            ManyProgress::Finished(place, report) => output::line(session, &names[place], &report),
            ManyProgress::Profile(place, Progress::Waiting { seconds, why, .. }) => {
                output::waiting(session, Some(&names[place]), seconds, &why);
            }
            ManyProgress::Profile(..) | ManyProgress::Offline(_) => {}
        });
        results.map_err(|_| {
            Failure::failed(
                "internal",
                "The tests stopped because of an internal error in this program. Run them again; if it happens again, \
                 report it.",
            )
        })
    };
    let began = Instant::now();
    let mut results = once(session, requests.clone(), began)?;
    let mut repeating = Repeating::begin(wait);
    let mut left = unknown_secrets(&results);
    while !left.is_empty() && repeating.pause(session, left.len()) {
        let again = left.iter().map(|place| requests[*place].clone()).collect();
        for (place, result) in left.iter().zip(once(session, again, began)?) {
            results[*place] = result;
        }
        left = unknown_secrets(&results);
    }
    repeating.end(session, !left.is_empty());
    Ok((results, repeating.done()))
}

fn is_worth_repeating(report: &CheckReport) -> bool {
    report.code().is_some_and(may_become_known)
}

/// The places of the results that may be other ones in a minute.
fn unknown_secrets(results: &[ProfileResult]) -> Vec<usize> {
    let places = results.iter().enumerate().filter(|(_, result)| is_worth_repeating(&result.report));
    places.map(|(place, _)| place).collect()
}

/// The waits between checks of a secret that may be too new; none when nobody asked for them.
struct Repeating {
    repetition: Option<Repetition>,
    began: Instant,
}

impl Repeating {
    fn begin(wait: Option<Duration>) -> Repeating {
        Repeating { repetition: wait.map(Repetition::over), began: Instant::now() }
    }

    /// Waits for the next turn, of `connections`; `false` when there is none.
    fn pause(&mut self, session: &mut Session<'_, '_>, connections: usize) -> bool {
        let elapsed = self.began.elapsed();
        let Some(pause) = self.repetition.as_mut().and_then(|repetition| repetition.next_pause(elapsed)) else {
            return false;
        };
        output::testing_again(session, connections, pause);
        thread::sleep(pause);
        true
    }

    /// Tells what the waiting was good for, when it was in vain.
    fn end(&self, session: &mut Session<'_, '_>, in_vain: bool) {
        if let Some(repetition) = self.repetition.filter(|repetition| in_vain && repetition.done() > 0) {
            output::waited_in_vain(session, &repetition);
        }
    }

    fn done(&self) -> u32 {
        self.repetition.map_or(0, |repetition| repetition.done())
    }
}

/// The network by the settings; `proxy_credentials` are the open vault's.
fn set_up(
    session: &Session<'_, '_>,
    proxy_credentials: Option<ProxyCredentials>,
) -> Result<(Network, Runtime), Failure> {
    let network = session.network(proxy_credentials)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::failed("runtime", format!("The test could not be started: {error}.")))?;
    Ok((network, runtime))
}

/// Saves how the checks ended. A vault that cannot be written does not spoil the answer.
fn keep_results(session: &mut Session<'_, '_>, vault: &mut Vault, results: &[(Uuid, LastCheck)]) {
    if results.is_empty() {
        return;
    }
    let saved = vault.update(|contents| {
        for (id, last_check) in results {
            contents.record_check(*id, last_check.clone())?;
        }
        Ok::<_, VaultError>(())
    });
    match saved {
        Ok(()) => session.saved(vault),
        Err(error) => session.console.note(&format!("The test result was not saved in the vault. {error}")),
    }
}

/// The form follows from the file's name.
fn parse_export(text: &str) -> Result<ExportFile, String> {
    let path = PathBuf::from(text);
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    let form = match ending.as_str() {
        "csv" => ExportForm::Csv,
        "html" | "htm" => ExportForm::Html,
        _ => return Err("the file name must end in .csv or .html".to_owned()),
    };
    Ok(ExportFile { path, form })
}

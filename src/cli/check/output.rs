//! A check's report, for people and for scripts.

use std::time::Duration;

use chrono::NaiveDate;
use serde::Serialize;

use crate::cli::output::{Answer, DiagnosisAnswer, WarningDetail, diagnosis_lines, plain};
use crate::cli::session::{Session, Style};
use crate::cloud::Cloud;
use crate::connection_check::many::ProfileResult;
use crate::connection_check::{
    CheckReport, ExpiryNotRead, Repetition, Stage, StageReport, StageResult, may_become_known,
};
use crate::counted::counted;
use crate::rfc3339::to_the_second;

#[derive(Serialize)]
struct CheckAnswer<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<&'a str>,
    passed: bool,
    /// Nothing was tested, because this computer seems to be offline.
    offline: bool,
    stage: Option<&'static str>,
    code: Option<&'a str>,
    /// Codes; their words are in `warning_details`.
    warnings: Vec<&'a str>,
    warning_details: Vec<WarningDetail>,
    diagnosis: Option<DiagnosisAnswer<'a>>,
    stages: Vec<StageAnswer<'a>>,
    privileges: Vec<PrivilegeAnswer>,
    environment_url: Option<&'a str>,
    client_id: Option<&'a str>,
    cloud: Option<&'static str>,
    tenant_id: Option<String>,
    user_id: Option<String>,
    organization_id: Option<String>,
    secret_expires: Option<NaiveDate>,
    /// Why Microsoft Graph, which was asked, gave no date.
    expiry_not_read: Option<WarningDetail>,
    /// How requests left this computer: directly or by which proxy, and where that is set; nothing was sent where it is
    /// not there.
    network: Option<&'a str>,
    /// Who issued the certificates of the servers of this check.
    certificates: Vec<CertificateAnswer<'a>>,
    started: String,
    milliseconds: u64,
}

#[derive(Serialize)]
struct CertificateAnswer<'a> {
    host: &'a str,
    issuer: &'a str,
}

#[derive(Serialize)]
struct StageAnswer<'a> {
    stage: &'static str,
    result: &'static str,
    milliseconds: u64,
    summary: &'a str,
}

#[derive(Serialize)]
struct PrivilegeAnswer {
    name: &'static str,
    need: &'static str,
    state: &'static str,
}

#[derive(Serialize)]
struct OneAnswer<'a> {
    #[serde(flatten)]
    check: CheckAnswer<'a>,
    /// How often the check was repeated, by `--wait`.
    repeated: u32,
}

#[derive(Serialize)]
struct ManyAnswer<'a> {
    results: Vec<CheckAnswer<'a>>,
    /// How often checks were repeated, by `--wait`.
    repeated: u32,
}

impl<'a> CheckAnswer<'a> {
    fn new(profile: Option<&'a str>, report: &'a CheckReport) -> CheckAnswer<'a> {
        let detail = |code: &str, text: &str| WarningDetail { code: code.to_owned(), text: text.to_owned() };
        CheckAnswer {
            profile,
            passed: report.passed,
            offline: report.offline,
            stage: report.failed_stage.map(|stage| stage.id()),
            code: report.code(),
            warnings: report.warnings.iter().map(|warning| warning.code.as_str()).collect(),
            warning_details: report.warnings.iter().map(|warning| detail(&warning.code, &warning.text)).collect(),
            diagnosis: report.diagnosis.as_ref().map(DiagnosisAnswer::of),
            stages: report
                .stages
                .iter()
                .map(|stage| StageAnswer {
                    stage: stage.stage.id(),
                    result: stage.result.id(),
                    milliseconds: milliseconds(stage.elapsed),
                    summary: &stage.summary,
                })
                .collect(),
            privileges: report
                .privileges
                .iter()
                .map(|privilege| PrivilegeAnswer {
                    name: privilege.name,
                    need: privilege.need.id(),
                    state: privilege.state.describe(),
                })
                .collect(),
            environment_url: report.environment_url.as_deref(),
            client_id: report.client_id.as_deref(),
            cloud: report.cloud.map(Cloud::name),
            tenant_id: report.tenant_id.map(|id| id.to_string()),
            user_id: report.user_id.map(|id| id.to_string()),
            organization_id: report.organization_id.map(|id| id.to_string()),
            secret_expires: report.secret_expires,
            expiry_not_read: report.expiry_not_read.as_ref().map(|reason| detail(&reason.code, &reason.text)),
            network: (report.failed_stage != Some(Stage::Address)).then_some(report.proxy.as_str()),
            certificates: report.certificates.iter().map(|(host, issuer)| CertificateAnswer { host, issuer }).collect(),
            started: to_the_second(report.started),
            milliseconds: milliseconds(report.elapsed),
        }
    }
}

fn milliseconds(elapsed: std::time::Duration) -> u64 {
    u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
}

/// One stage, as soon as it ended. People only.
pub(super) fn stage(session: &mut Session<'_, '_>, stage: &StageReport) {
    if session.style == Style::Json {
        return;
    }
    let line = match stage.result {
        StageResult::Skipped => format!("{} {}", mark(stage.result), stage.stage.title()),
        result => format!(
            "{} {:<30} {:>6} ms  {}",
            mark(result),
            stage.stage.title(),
            stage.elapsed.as_millis(),
            plain(&stage.summary)
        ),
    };
    session.console.answer(&line);
}

/// A server asked to wait. People only, and not in the answer itself.
pub(super) fn waiting(session: &mut Session<'_, '_>, name: Option<&str>, seconds: u64, why: &str) {
    if session.style == Style::People {
        let subject = name.map_or_else(String::new, |name| format!("{}: ", plain(name)));
        session.console.note(&format!("{subject}{} Waiting {seconds} s.", plain(why)));
    }
}

/// A secret may be too new, so the check begins again. People only, and not in the answer itself.
pub(super) fn testing_again(session: &mut Session<'_, '_>, connections: usize, pause: Duration) {
    if session.style == Style::People {
        let what = match connections {
            1 => "Microsoft Entra ID does not recognize the client secret, at least not yet.".to_owned(),
            many => format!("Microsoft Entra ID does not recognize {many} client secrets, at least not yet."),
        };
        session.console.note(&format!("{what} Testing again in {} s.", pause.as_secs()));
    }
}

/// Waiting for a new secret has not helped. People only, and not in the answer itself.
pub(super) fn waited_in_vain(session: &mut Session<'_, '_>, repetition: &Repetition) {
    if session.style == Style::People {
        session.console.note(&format!(
            "Tested again {} within {} s, with the same result. A new secret would be active by now.",
            counted(repetition.done() as usize, "time"),
            repetition.period().as_secs()
        ));
    }
}

/// What is left to say when the one check's stages were shown.
pub(super) fn one(session: &mut Session<'_, '_>, name: Option<&str>, report: &CheckReport, repeated: u32) {
    if session.style == Style::Json {
        session.console.answer_json(&Answer::new(OneAnswer { check: CheckAnswer::new(name, report), repeated }));
        return;
    }
    warnings(session, report);
    network(session, report);
    if let Some(reason) = report.expiry_not_read.as_ref().filter(|_| report.secret_expires.is_some()) {
        session.console.answer(&not_read(reason));
    }
    match &report.diagnosis {
        Some(diagnosis) => {
            session.console.answer("");
            let subject = name.map_or_else(String::new, |name| format!(" of {}", plain(name)));
            session.console.answer(&match report.offline {
                true => format!("{} was not tested.", name.map_or_else(|| "The connection".to_owned(), plain)),
                false => format!("The test{subject} failed: {}", plain(&diagnosis.code)),
            });
            session.console.answer_lines(&diagnosis_lines(diagnosis));
            if repeated == 0 && may_become_known(&diagnosis.code) {
                session.console.answer(&wait_for_it());
            }
        }
        None => {
            let subject = name.map_or_else(|| "The connection".to_owned(), plain);
            let verdict = if report.passed { "works" } else { "does not work" };
            session.console.answer("");
            session.console.answer(&format!("{subject} {verdict}."));
        }
    }
}

/// How to let the test wait for a new client secret.
fn wait_for_it() -> String {
    let seconds = Repetition::USUAL.as_secs();
    format!(
        "If a client secret was created in the last few minutes, add --wait {seconds}: the test is then repeated until it is active."
    )
}

/// One of many connections, as soon as it was checked. People only.
pub(super) fn line(session: &mut Session<'_, '_>, name: &str, report: &CheckReport) {
    if session.style == Style::Json {
        return;
    }
    let (result, text) = match &report.diagnosis {
        Some(diagnosis) => (StageResult::Failed, format!("{}: {}", diagnosis.code, diagnosis.what)),
        None if !report.passed => (StageResult::Failed, "does not work".to_owned()),
        None if report.warnings.is_empty() => (StageResult::Passed, "works".to_owned()),
        None => {
            let codes: Vec<_> = report.warnings.iter().map(|warning| warning.code.as_str()).collect();
            (StageResult::Warned, format!("works; {}", codes.join(", ")))
        }
    };
    session.console.answer(&format!("{} {}  {}", mark(result), plain(name), plain(&text)));
}

/// What is left to say when the many connections' lines were shown.
pub(super) fn many(session: &mut Session<'_, '_>, results: &[ProfileResult], repeated: u32) {
    if session.style == Style::Json {
        let results = results.iter().map(|result| CheckAnswer::new(Some(&result.name), &result.report)).collect();
        session.console.answer_json(&Answer::new(ManyAnswer { results, repeated }));
        return;
    }
    let offline: Vec<_> = results.iter().filter(|result| result.report.offline).collect();
    for ProfileResult { name, report } in results.iter().filter(|result| !result.report.offline) {
        if let Some(diagnosis) = &report.diagnosis {
            session.console.answer("");
            session.console.answer(&format!("{}: {}", plain(name), plain(&diagnosis.code)));
            session.console.answer_lines(&diagnosis_lines(diagnosis));
        }
    }
    let codes = results.iter().filter_map(|result| result.report.code());
    if repeated == 0 && codes.into_iter().any(may_become_known) {
        session.console.answer("");
        session.console.answer(&wait_for_it());
    }
    dates_not_read(session, results);
    if let Some(diagnosis) = offline.first().and_then(|result| result.report.diagnosis.as_ref()) {
        session.console.answer("");
        session.console.answer(&format!("Not tested: {}.", counted(offline.len(), "connection")));
        session.console.answer_lines(&diagnosis_lines(diagnosis));
    }
    let passed = results.iter().filter(|result| result.report.passed).count();
    let tested = results.len() - offline.len();
    if tested > 0 || offline.is_empty() {
        session.console.answer("");
        session.console.answer(&format!("{passed} of {tested} connections work."));
    }
}

/// Why expiry dates were not read: each reason once, with the profiles that it holds for.
fn dates_not_read(session: &mut Session<'_, '_>, results: &[ProfileResult]) {
    let mut reasons: Vec<(&ExpiryNotRead, Vec<String>)> = Vec::new();
    for ProfileResult { name, report } in results {
        let Some(reason) = &report.expiry_not_read else { continue };
        match reasons.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, names)) => names.push(plain(name)),
            None => reasons.push((reason, vec![plain(name)])),
        }
    }
    for (reason, names) in reasons {
        session.console.answer("");
        session.console.answer(&format!("{} ({})", not_read(reason), names.join(", ")));
    }
}

fn not_read(reason: &ExpiryNotRead) -> String {
    format!("The expiry date was not read from Microsoft Graph: {}", plain(&reason.text))
}

fn warnings(session: &mut Session<'_, '_>, report: &CheckReport) {
    for warning in &report.warnings {
        session.console.answer(&format!("Warning ({}): {}", plain(&warning.code), plain(&warning.text)));
    }
}

/// How the servers were reached, and whose certificates they showed.
fn network(session: &mut Session<'_, '_>, report: &CheckReport) {
    // Before anything is sent, no way is taken.
    if report.failed_stage == Some(Stage::Address) {
        return;
    }
    session.console.answer(&format!("Network: {}", plain(&report.proxy)));
    for (host, issuer) in &report.certificates {
        session.console.answer(&format!("Certificate of {}: issued by {}", plain(host), plain(issuer)));
    }
}

/// Words rather than signs: every console and screen reader has them.
fn mark(result: StageResult) -> &'static str {
    match result {
        StageResult::Passed => "[ ok ]",
        StageResult::Warned => "[warn]",
        StageResult::Failed => "[FAIL]",
        StageResult::Skipped => "[skip]",
    }
}

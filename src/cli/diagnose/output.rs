//! What was found out about the network, for people and for scripts.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::cli::output::{Answer, DiagnosisAnswer, Line, diagnosis_lines, plain};
use crate::cli::session::{Session, Style};
use crate::connection_check::Diagnosis;
use crate::connection_check::reachability::{HostReport, StepReport, closing_lines};
use crate::rfc3339::to_the_second;

#[derive(Serialize)]
struct SignInCodeAnswer<'a> {
    code: &'a str,
    diagnosis: DiagnosisAnswer<'a>,
}

/// What a code of Microsoft's sign-in page means.
pub(super) fn diagnosis(session: &mut Session<'_, '_>, diagnosis: &Diagnosis) {
    let code = diagnosis.code.as_str();
    session.reply(
        || SignInCodeAnswer { code, diagnosis: DiagnosisAnswer::of(diagnosis) },
        || Line::one(code).into_iter().chain(diagnosis_lines(diagnosis)).collect(),
    );
}

#[derive(Serialize)]
struct NetworkAnswer<'a> {
    /// Whether every host can be reached.
    reached: bool,
    started: String,
    hosts: Vec<HostAnswer<'a>>,
}

#[derive(Serialize)]
struct HostAnswer<'a> {
    host: &'a str,
    cloud: &'static str,
    purpose: &'static str,
    reached: bool,
    code: Option<&'a str>,
    what: Option<&'a str>,
    why: Option<&'a str>,
    fix: &'a [String],
    way: &'a str,
    steps: Vec<StepAnswer>,
    tls_version: Option<&'a str>,
    issuer: Option<&'a str>,
    /// `public`, `this_computer` (TLS inspection), `none`.
    trust: Option<&'static str>,
    status: Option<u16>,
    response_milliseconds: Option<u64>,
    /// How far this computer's clock is ahead; negative when it is behind.
    clock_ahead_seconds: Option<i64>,
}

#[derive(Serialize)]
struct StepAnswer {
    step: &'static str,
    milliseconds: u64,
}

fn milliseconds(elapsed: std::time::Duration) -> u64 {
    u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
}

impl<'a> HostAnswer<'a> {
    fn new(report: &'a HostReport) -> HostAnswer<'a> {
        let diagnosis = report.diagnosis.as_ref();
        let step = |step: &StepReport| StepAnswer { step: step.step, milliseconds: milliseconds(step.elapsed) };
        HostAnswer {
            host: &report.tested.host,
            cloud: report.tested.cloud.name(),
            purpose: report.tested.purpose.id(),
            reached: report.is_reached(),
            code: diagnosis.map(|it| it.code.as_str()),
            what: diagnosis.map(|it| it.what.as_str()),
            why: diagnosis.map(|it| it.why.as_str()),
            fix: diagnosis.map(|it| it.fix.as_slice()).unwrap_or_default(),
            way: &report.way,
            steps: report.steps.iter().map(step).collect(),
            tls_version: report.tls_version.as_deref(),
            issuer: report.certificate.as_ref().map(|(issuer, _)| issuer.as_str()),
            trust: report.certificate.as_ref().map(|(_, trust)| trust.id()),
            status: report.status,
            response_milliseconds: report.response.map(milliseconds),
            clock_ahead_seconds: report.clock_ahead,
        }
    }
}

/// One host, as soon as it was tested. People only.
pub(super) fn host(session: &mut Session<'_, '_>, report: &HostReport) {
    for line in report.to_lines() {
        session.console.answer(&plain(&line));
    }
}

/// The whole answer for scripts, the last line for people.
pub(super) fn all(session: &mut Session<'_, '_>, reports: &[HostReport], started: DateTime<Utc>) {
    let reached = reports.iter().filter(|report| report.is_reached()).count();
    if session.style == Style::Json {
        let hosts = reports.iter().map(HostAnswer::new).collect();
        let reached = reached == reports.len();
        let answer = NetworkAnswer { reached, started: to_the_second(started), hosts };
        session.console.answer_json(&Answer::new(answer));
        return;
    }
    session.console.answer("");
    for line in closing_lines(reports, reports.len(), started) {
        session.console.answer(&plain(&line));
    }
}

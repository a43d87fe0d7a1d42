//! What was found out about the network in words: for the command line, the window, and the network team.
//!
//! In: [`HostReport`]s. Out: lines without any secret, on which nothing of a server's own text steers a terminal.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{CertificateTrust, HostReport};
use crate::counted::counted;
use crate::escape::visible_line;
use crate::rfc3339::to_the_second;

/// A clock that differs by less is right, in seconds: answers count whole seconds, and take time.
const CLOCK_TOLERANCE: u64 = 60;

/// What is to be thought of the way to a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It can be reached.
    Reached,
    /// It can be reached, and something has to be known: TLS inspection, or a wrong clock.
    Warned,
    /// It cannot be reached.
    Failed,
}

/// Hosts that cannot be reached for the same reason.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem<'a> {
    /// The hosts, never none; the diagnosis of the first one protocol for all.
    pub hosts: Vec<&'a HostReport>,
}

impl HostReport {
    /// What is to be thought of it.
    pub fn verdict(&self) -> Verdict {
        match (self.is_reached(), self.is_inspected() || self.clock_in_words().is_some()) {
            (false, _) => Verdict::Failed,
            (true, true) => Verdict::Warned,
            (true, false) => Verdict::Reached,
        }
    }

    /// Whether a device of the network decrypts what is sent to this host.
    pub fn is_inspected(&self) -> bool {
        matches!(self.certificate, Some((_, CertificateTrust::ThisComputer)))
    }

    /// The steps that were taken, each with its duration; empty when there were none.
    pub fn steps_in_words(&self) -> String {
        let step = |(name, elapsed): (&str, Duration)| format!("{name} {} ms", elapsed.as_millis());
        let steps = self.steps.iter().map(|step| (title(step.step), step.elapsed));
        steps.chain(self.response.map(|elapsed| ("response", elapsed))).map(step).collect::<Vec<_>>().join(", ")
    }

    /// The version of TLS, e.g. `1.3`.
    pub fn tls_in_words(&self) -> Option<String> {
        self.tls_version.as_ref().map(|version| version.trim_start_matches("TLSv").replace('_', "."))
    }

    /// Who issued the certificate, and what follows from it.
    pub fn certificate_in_words(&self) -> Option<String> {
        let (issuer, trust) = self.certificate.as_ref()?;
        let words = match trust {
            CertificateTrust::Public => "",
            CertificateTrust::ThisComputer => {
                " - trusted by this computer only: a device of your network decrypts the traffic (TLS inspection)"
            }
            CertificateTrust::Nobody => " - not trusted",
        };
        Some(format!("issued by {issuer}{words}"))
    }

    /// How wrong this computer's clock is, where it is wrong.
    pub fn clock_in_words(&self) -> Option<String> {
        let ahead = self.clock_ahead.filter(|ahead| ahead.unsigned_abs() >= CLOCK_TOLERANCE)?;
        let direction = if ahead > 0 { "ahead of" } else { "behind" };
        Some(format!("this computer's clock is {} {direction} the server's", span(ahead.unsigned_abs())))
    }

    /// All of it as lines, the first with a mark: `[ ok ]`, `[warn]` or `[FAIL]`.
    pub fn to_lines(&self) -> Vec<String> {
        let mark = match self.verdict() {
            Verdict::Failed => "[FAIL]",
            Verdict::Warned => "[warn]",
            Verdict::Reached => "[ ok ]",
        };
        let tested = &self.tested;
        let mut facts = vec![
            ("For", format!("{}, {}", tested.purpose.title(), tested.cloud.name())),
            ("Way", self.way.clone()),
            ("Steps", self.steps_in_words()),
            ("TLS", self.tls_in_words().unwrap_or_default()),
            ("Certificate", self.certificate_in_words().unwrap_or_default()),
            ("Clock", self.clock_in_words().unwrap_or_default()),
        ];
        if let Some(diagnosis) = &self.diagnosis {
            facts.push(("Problem", format!("{} ({})", diagnosis.what, diagnosis.code)));
            facts.push(("Why", diagnosis.why.clone()));
            facts.extend((1..).zip(&diagnosis.fix).map(|(number, step)| ("What to do", format!("{number}. {step}"))));
        }
        let mut lines = vec![format!("{mark} {}", tested.host)];
        let told = facts.into_iter().filter(|(_, text)| !text.is_empty());
        lines.extend(told.map(|(name, text)| format!("       {:<12} {text}", format!("{name}:"))));
        lines.into_iter().map(|line| visible_line(&line).into_owned()).collect()
    }
}

/// What has to be known although the hosts can be reached, each with what to do.
pub fn warnings(reports: &[HostReport]) -> Vec<String> {
    let mut warnings = Vec::new();
    let inspected: Vec<&HostReport> = reports.iter().filter(|report| report.is_inspected()).collect();
    if let Some((issuer, _)) = inspected.first().and_then(|report| report.certificate.as_ref()) {
        let which = if inspected.len() == reports.len() {
            "all tested hosts".to_owned()
        } else {
            let names: Vec<&str> = inspected.iter().map(|report| report.tested.host.as_str()).collect();
            names.join(", ")
        };
        warnings.push(format!(
            "TLS inspection: a device of your network decrypts the traffic to {which} and can read client secrets. It \
             uses certificates by “{issuer}”, which this computer trusts and the public does not. If you do not know \
             this issuer, report it to your security team. Otherwise ask the network team to exempt these hosts."
        ));
    }
    let worst = reports.iter().max_by_key(|report| report.clock_ahead.map_or(0, i64::unsigned_abs));
    if let Some(words) = worst.and_then(HostReport::clock_in_words) {
        warnings.push(format!(
            "Clock: {words}. Set the clock of this computer, or let it synchronize: with a wrong time, certificates and \
             sign-ins are rejected."
        ));
    }
    warnings
}

/// What is wrong, each cause once, in the order of the hosts.
pub fn problems(reports: &[HostReport]) -> Vec<Problem<'_>> {
    let mut problems: Vec<(String, Problem<'_>)> = Vec::new();
    for report in reports {
        let Some(diagnosis) = &report.diagnosis else { continue };
        let words = [&diagnosis.code, &diagnosis.what, &diagnosis.why].into_iter().chain(&diagnosis.fix);
        // Texts that differ by the host's own name only say the same.
        let cause = words.map(|text| text.replace(&report.tested.host, "\0")).collect::<Vec<_>>().join("\n");
        match problems.iter_mut().find(|(known, _)| *known == cause) {
            Some((_, problem)) => problem.hosts.push(report),
            None => problems.push((cause, Problem { hosts: vec![report] })),
        }
    }
    problems.into_iter().map(|(_, problem)| problem).collect()
}

/// How many of the `planned` hosts can be reached, with what has to be known, and what the report is.
pub fn closing_lines(reports: &[HostReport], planned: usize, started: DateTime<Utc>) -> Vec<String> {
    let reached = reports.iter().filter(|report| report.is_reached()).count();
    let mut lines = vec![format!("{reached} of {planned} hosts can be reached.")];
    if let Some(left) = planned.checked_sub(reports.len()).filter(|left| *left > 0) {
        lines.push(format!("The test was stopped: {} not tested.", hosts_were(left)));
    }
    lines.extend(warnings(reports));
    lines.push(format!(
        "A365 Password Tool {} on {}, {}. This report contains no secrets.",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        to_the_second(started)
    ));
    lines.into_iter().map(|line| visible_line(&line).into_owned()).collect()
}

/// The whole report, to send to the network team.
pub fn to_text(reports: &[HostReport], planned: usize, started: DateTime<Utc>) -> String {
    let hosts = reports.iter().flat_map(HostReport::to_lines);
    let lines: Vec<String> =
        hosts.chain(std::iter::once(String::new())).chain(closing_lines(reports, planned, started)).collect();
    lines.join("\n") + "\n"
}

fn hosts_were(count: usize) -> String {
    format!("{} {}", counted(count, "host"), if count == 1 { "was" } else { "were" })
}

fn title(step: &str) -> &'static str {
    match step {
        "dns" => "DNS",
        "tcp" => "TCP",
        "proxy_dns" => "proxy's DNS",
        "proxy_tcp" => "proxy's TCP",
        "proxy_tls" => "proxy's TLS",
        "proxy_connect" => "proxy's answer",
        _ => "TLS",
    }
}

/// A span of time in the largest unit that still tells it well.
fn span(seconds: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(86_400, "days"), (3_600, "hours"), (60, "minutes")];
    let unit = UNITS.into_iter().find(|(length, _)| seconds >= 2 * length);
    unit.map_or_else(|| format!("{seconds} seconds"), |(length, name)| format!("{} {name}", seconds / length))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::Cloud;
    use crate::connection_check::Diagnosis;
    use crate::connection_check::reachability::{Purpose, TestedHost};

    fn report(host: &str) -> HostReport {
        let tested = TestedHost { cloud: Cloud::Commercial, purpose: Purpose::SignIn, host: host.to_owned() };
        HostReport { way: "directly, without a proxy".to_owned(), ..HostReport::untested(tested) }
    }

    fn failed(host: &str, code: &str) -> HostReport {
        let diagnosis = Diagnosis {
            code: code.to_owned(),
            what: format!("{host} cannot be reached."),
            why: "It is blocked.".to_owned(),
            fix: vec!["Ask the network team.".to_owned()],
            link: None,
        };
        HostReport { diagnosis: Some(diagnosis), ..report(host) }
    }

    #[test]
    fn hosts_that_fail_for_the_same_reason_are_one_problem() {
        let reports = [failed("a.example", "timeout"), report("b.example"), failed("c.example", "timeout")];
        let found = problems(&reports);
        let names: Vec<Vec<&str>> =
            found.iter().map(|it| it.hosts.iter().map(|host| host.tested.host.as_str()).collect()).collect();
        assert_eq!(names, [["a.example", "c.example"]]);
        assert_eq!(problems(&[failed("a.example", "timeout"), failed("c.example", "dns")]).len(), 2);
    }

    #[test]
    fn a_wrong_clock_is_said_in_its_largest_unit_and_a_right_one_is_not() {
        let at = |seconds| HostReport { clock_ahead: Some(seconds), ..report("a.example") };
        for (seconds, words) in [
            (59, None),
            (-59, None),
            (75, Some("this computer's clock is 75 seconds ahead of the server's")),
            (-600, Some("this computer's clock is 10 minutes behind the server's")),
            (9_000, Some("this computer's clock is 2 hours ahead of the server's")),
            (i64::MIN, Some("this computer's clock is 106751991167300 days behind the server's")),
        ] {
            assert_eq!(at(seconds).clock_in_words().as_deref(), words, "{seconds}");
            let verdict = if words.is_some() { Verdict::Warned } else { Verdict::Reached };
            assert_eq!(at(seconds).verdict(), verdict, "{seconds}");
        }
        let said = warnings(&[at(0), at(-600), at(75)]);
        assert_eq!(said.len(), 1);
        assert!(
            said[0].starts_with("Clock: this computer's clock is 10 minutes behind the server's. Set the clock"),
            "{said:?}"
        );
    }

    #[test]
    fn the_version_of_tls_is_written_as_people_write_it() {
        let with = |version: &str| HostReport { tls_version: Some(version.to_owned()), ..report("a.example") };
        assert_eq!(with("TLSv1_3").to_lines().last().map(String::as_str), Some("       TLS:         1.3"));
        assert_eq!(report("a.example").tls_in_words(), None);
    }

    #[test]
    fn inspected_hosts_are_named_with_the_issuer() {
        let inspected = HostReport {
            certificate: Some(("CN=Contoso Inspection".to_owned(), CertificateTrust::ThisComputer)),
            ..report("a.example")
        };
        let said = warnings(&[inspected.clone(), report("b.example")]);
        assert!(said[0].contains("the traffic to a.example and") && said[0].contains("“CN=Contoso Inspection”"));
        assert!(warnings(&[inspected])[0].contains("all tested hosts"));
        assert_eq!(warnings(&[report("b.example")]), Vec::<String>::new());
    }

    #[test]
    fn a_report_of_a_stopped_test_says_what_was_not_tested() {
        let text = to_text(&[failed("a.example", "timeout")], 3, DateTime::UNIX_EPOCH);
        assert!(text.starts_with("[FAIL] a.example\n       For:         Microsoft Entra ID (sign-in), Commercial\n"));
        assert!(
            text.contains("       What to do:  1. Ask the network team.\n\n0 of 3 hosts can be reached.\n"),
            "{text}"
        );
        assert!(text.contains("The test was stopped: 2 hosts were not tested.\n"), "{text}");
        assert!(!to_text(&[report("a.example")], 1, DateTime::UNIX_EPOCH).contains("stopped"));
    }

    #[test]
    fn a_servers_text_cannot_pass_for_a_line_of_the_report() {
        let mut report = failed("a.example", "timeout");
        if let Some(diagnosis) = &mut report.diagnosis {
            diagnosis.why = "x\n[ ok ] login.microsoftonline.com\u{1b}[2J".to_owned();
        }
        let lines = report.to_lines();
        assert!(lines.iter().all(|line| !line.contains(['\n', '\u{1b}'])), "{lines:?}");
    }
}

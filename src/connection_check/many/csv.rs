//! The results of a run as comma-separated values: names and server texts come from other people, and are no formulas.

use super::ProfileResult;
use crate::cloud::Cloud;
use crate::escape::{Cell, CsvWriter, LineEnd};
use crate::rfc3339::to_the_second;

const HEADING: [&str; 19] = [
    "profile",
    "result",
    "stage",
    "code",
    "what_is_wrong",
    "why",
    "what_to_do",
    "warnings",
    "environment_url",
    "client_id",
    "cloud",
    "tenant_id",
    "secret_expires",
    "started",
    "milliseconds",
    "link",
    "expiry_not_read",
    "network",
    "certificates",
];

/// The results as a CSV file's text, a heading first, one line for each profile. Holds no secret and no token.
pub fn report_csv(results: &[ProfileResult]) -> String {
    let mut csv = CsvWriter::new(LineEnd::CrLf);
    csv.line(&HEADING.map(Cell::Text));
    for result in results {
        csv.line(&cells(result).each_ref().map(|cell| Cell::Text(cell)));
    }
    csv.into_text()
}

fn cells(ProfileResult { name, report }: &ProfileResult) -> [String; 19] {
    let diagnosis = report.diagnosis.as_ref();
    let steps = |fix: &Vec<String>| -> String {
        let steps: Vec<String> = (1..).zip(fix).map(|(number, step)| format!("{number}. {step}")).collect();
        steps.join(" ")
    };
    let certificates: Vec<String> =
        report.certificates.iter().map(|(host, issuer)| format!("{host}: issued by {issuer}")).collect();
    let warnings: Vec<&str> = report.warnings.iter().map(|warning| warning.code.as_str()).collect();
    [
        name.clone(),
        match (report.passed, report.offline) {
            (true, _) => "passed",
            (false, true) => "not_tested",
            (false, false) => "failed",
        }
        .to_owned(),
        report.failed_stage.map(|stage| stage.id().to_owned()).unwrap_or_default(),
        diagnosis.map(|diagnosis| diagnosis.code.clone()).unwrap_or_default(),
        diagnosis.map(|diagnosis| diagnosis.what.clone()).unwrap_or_default(),
        diagnosis.map(|diagnosis| diagnosis.why.clone()).unwrap_or_default(),
        diagnosis.map(|diagnosis| steps(&diagnosis.fix)).unwrap_or_default(),
        warnings.join(" "),
        report.environment_url.clone().unwrap_or_default(),
        report.client_id.clone().unwrap_or_default(),
        report.cloud.map(Cloud::name).unwrap_or_default().to_owned(),
        report.tenant_id.map(|id| id.to_string()).unwrap_or_default(),
        report.secret_expires.map(|date| date.to_string()).unwrap_or_default(),
        to_the_second(report.started),
        report.elapsed.as_millis().to_string(),
        diagnosis.and_then(|diagnosis| diagnosis.link.as_ref()).map(|link| link.url.clone()).unwrap_or_default(),
        report.expiry_not_read.as_ref().map(|reason| reason.text.clone()).unwrap_or_default(),
        report.proxy.clone(),
        certificates.join(" | "),
    ]
}

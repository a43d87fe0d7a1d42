//! The results of a run as comma-separated values (RFC 4180): CRLF line ends, every cell quoted that needs it.
//!
//! Spreadsheets run a cell that begins like a formula, so such a cell gets an apostrophe in front ("CSV injection",
//! owasp.org/www-community/attacks/CSV_Injection). Names and server texts come from other people.

use chrono::SecondsFormat;

use super::ProfileResult;
use crate::cloud::Cloud;

const HEADING: [&str; 16] = [
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
];

/// The results as a CSV file's text, a heading first, one line for each profile. Holds no secret and no token.
pub fn report_csv(results: &[ProfileResult]) -> String {
    let mut text = String::new();
    line(&mut text, HEADING.map(str::to_owned));
    for result in results {
        line(&mut text, cells(result));
    }
    text
}

fn cells(ProfileResult { name, report }: &ProfileResult) -> [String; 16] {
    let diagnosis = report.diagnosis.as_ref();
    let steps = |fix: &Vec<String>| -> String {
        let steps: Vec<String> = (1..).zip(fix).map(|(number, step)| format!("{number}. {step}")).collect();
        steps.join(" ")
    };
    let warnings: Vec<&str> = report.warnings.iter().map(|warning| warning.code.as_str()).collect();
    [
        name.clone(),
        if report.passed { "passed" } else { "failed" }.to_owned(),
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
        report.started.to_rfc3339_opts(SecondsFormat::Secs, true),
        report.elapsed.as_millis().to_string(),
        diagnosis.and_then(|diagnosis| diagnosis.link.as_ref()).map(|link| link.url.clone()).unwrap_or_default(),
    ]
}

fn line(text: &mut String, cells: [String; 16]) {
    let cells: Vec<String> = cells.iter().map(|cell| quoted(&guarded(cell))).collect();
    text.push_str(&cells.join(","));
    text.push_str("\r\n");
}

/// With an apostrophe in front when a spreadsheet would take the cell for a formula.
fn guarded(cell: &str) -> String {
    // Some programs skip blanks and line ends before they look.
    let first = cell.trim_start().chars().next();
    let begins_like_a_formula = matches!(first, Some('=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠'));
    if begins_like_a_formula || cell.starts_with(['\t', '\r', '\n']) { format!("'{cell}") } else { cell.to_owned() }
}

fn quoted(cell: &str) -> String {
    let needs_quotes = cell.contains(['"', ',', '\r', '\n', ';']) || cell.starts_with(' ') || cell.ends_with(' ');
    if needs_quotes { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_that_begin_like_a_formula_are_guarded() {
        for cell in ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\r=1", "\tx", "＝1"] {
            assert!(guarded(cell).starts_with('\''), "{cell:?}");
        }
        for cell in ["", "a=1", "1-2", "https://contoso.crm4.dynamics.com", "O'Brien"] {
            assert_eq!(guarded(cell), cell);
        }
    }

    #[test]
    fn quotes_commas_and_line_ends_are_quoted() {
        assert_eq!(quoted("a \"b\", c"), "\"a \"\"b\"\", c\"");
        assert_eq!(quoted("a\r\nb"), "\"a\r\nb\"");
        assert_eq!(quoted("plain"), "plain");
    }
}

//! The results of a run as one web page that needs nothing else: no script, no picture, no font from anywhere.
//! It can be mailed, archived and printed. Every text is escaped, for names and server texts are other people's.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};

use super::ProfileResult;
use crate::cloud::Cloud;
use crate::connection_check::{CheckReport, Diagnosis};
use crate::escape::visible_markup;
use crate::rfc3339::to_the_second;

/// Nothing is loaded from anywhere and nothing runs, whatever a text might hold.
const HEAD: &str = r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Connection tests</title>
<style>
body { font: 15px/1.45 "Segoe UI", system-ui, sans-serif; margin: 2rem; color: #1b1b1b; background: #fff; }
h1 { font-size: 1.5rem; margin: 0 0 .3rem; }
h2 { font-size: 1.1rem; margin: 1.6rem 0 .3rem; }
table { border-collapse: collapse; width: 100%; margin-top: 1rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid #c8c8c8; }
th { border-bottom: 2px solid #666; }
td { overflow-wrap: anywhere; }
.passed { color: #0b6a0b; font-weight: 600; }
.warned { color: #7a4b00; font-weight: 600; }
.failed { color: #a4000f; font-weight: 600; }
article { break-inside: avoid; }
footer { margin-top: 2rem; color: #555; font-size: .85rem; }
@media print { body { margin: 0; font-size: 11px; } a { color: inherit; } thead { display: table-header-group; } tr { break-inside: avoid; } }
</style>
</head>
<body>
"#;

/// The results as a web page's text; `made` is the time it shows. Holds no secret, no token and no script.
pub fn report_html(results: &[ProfileResult], made: DateTime<Utc>) -> String {
    let mut page = HEAD.to_owned();
    // Writing into a String cannot fail.
    let _ = write_page(&mut page, results, made);
    page
}

fn write_page(page: &mut String, results: &[ProfileResult], made: DateTime<Utc>) -> std::fmt::Result {
    let passed = results.iter().filter(|result| result.report.passed).count();
    let time = to_the_second(made);
    writeln!(page, "<h1>Connection tests</h1>")?;
    writeln!(page, "<p>{passed} of {} connections work. Created {time}.</p>", results.len())?;
    writeln!(page, "<table>\n<thead><tr><th>Profile</th><th>Result</th><th>Code</th><th>Environment</th>")?;
    writeln!(page, "<th>Secret expires</th><th>Warnings</th><th>Tested</th></tr></thead>\n<tbody>")?;
    for result in results {
        write_row(page, result)?;
    }
    writeln!(page, "</tbody>\n</table>")?;
    write_network(page, results)?;
    if let Some(offline) = results.iter().map(|result| &result.report).find(|report| report.offline)
        && let Some(diagnosis) = &offline.diagnosis
    {
        writeln!(page, "<article>\n<h2>Not tested</h2>")?;
        write_advice(page, diagnosis)?;
        writeln!(page, "</article>")?;
    }
    for ProfileResult { name, report } in results.iter().filter(|result| !result.report.offline) {
        if let Some(diagnosis) = &report.diagnosis {
            write_diagnosis(page, name, report, diagnosis)?;
        }
    }
    writeln!(
        page,
        "<footer>A365 Password Tool {}. This page contains no secrets.</footer>",
        env!("CARGO_PKG_VERSION")
    )?;
    writeln!(page, "</body>\n</html>")
}

/// How the servers were reached and who issued their certificates, each once: TLS inspection shows here.
fn write_network(page: &mut String, results: &[ProfileResult]) -> std::fmt::Result {
    let mut lines: Vec<String> = Vec::new();
    for ProfileResult { report, .. } in results {
        let ways = (!report.proxy.is_empty()).then(|| format!("Network: {}", report.proxy));
        let issuers =
            report.certificates.iter().map(|(host, issuer)| format!("Certificate of {host}: issued by {issuer}"));
        for line in ways.into_iter().chain(issuers) {
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
    }
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(page, "<h2>Network</h2>\n<ul>")?;
    for line in lines {
        writeln!(page, "<li>{}</li>", visible_markup(&line))?;
    }
    writeln!(page, "</ul>")
}

fn write_row(page: &mut String, ProfileResult { name, report }: &ProfileResult) -> std::fmt::Result {
    let (class, word) = match (report.passed, report.warnings.is_empty()) {
        (false, _) if report.offline => ("warned", "not tested"),
        (true, true) => ("passed", "works"),
        (true, false) => ("warned", "works, with warnings"),
        (false, _) => ("failed", "failed"),
    };
    let warnings: Vec<&str> = report.warnings.iter().map(|warning| warning.code.as_str()).collect();
    let expires = expiry(report);
    writeln!(
        page,
        "<tr><td>{}</td><td class=\"{class}\">{word}</td><td>{}</td><td>{}</td><td>{expires}</td><td>{}</td><td>{}</td></tr>",
        visible_markup(name),
        visible_markup(report.code().unwrap_or_default()),
        visible_markup(report.environment_url.as_deref().unwrap_or_default()),
        visible_markup(&warnings.join(", ")),
        to_the_second(report.started),
    )
}

/// The expiry date's cell: the date, and why it was not read where Microsoft Graph was asked for it.
fn expiry(report: &CheckReport) -> String {
    let date = report.secret_expires.map_or_else(|| "unknown".to_owned(), |date| date.to_string());
    match &report.expiry_not_read {
        Some(reason) => format!("{date}<br><small>Not read: {}</small>", visible_markup(&reason.text)),
        None => date,
    }
}

fn write_diagnosis(page: &mut String, name: &str, report: &CheckReport, diagnosis: &Diagnosis) -> std::fmt::Result {
    writeln!(page, "<article>\n<h2>{}: {}</h2>", visible_markup(name), visible_markup(&diagnosis.code))?;
    write_advice(page, diagnosis)?;
    // Our own links are all https; anything else would not be one of them.
    if let Some(link) = diagnosis.link.as_ref().filter(|link| link.url.starts_with("https://")) {
        writeln!(page, "<p><a href=\"{}\">{}</a></p>", visible_markup(&link.url), visible_markup(&link.text))?;
    }
    let known = |value: Option<String>| value.unwrap_or_else(|| "unknown".to_owned());
    writeln!(
        page,
        "<p>Client ID {}, tenant {}, cloud {}.</p>\n</article>",
        visible_markup(&known(report.client_id.clone())),
        known(report.tenant_id.map(|id| id.to_string())),
        visible_markup(&known(report.cloud.map(|cloud| Cloud::name(cloud).to_owned()))),
    )
}

/// What is wrong, why, and what to do.
fn write_advice(page: &mut String, diagnosis: &Diagnosis) -> std::fmt::Result {
    writeln!(
        page,
        "<p><strong>{}</strong> {}</p>\n<ol>",
        visible_markup(&diagnosis.what),
        visible_markup(&diagnosis.why)
    )?;
    for step in &diagnosis.fix {
        writeln!(page, "<li>{}</li>", visible_markup(step))?;
    }
    writeln!(page, "</ol>")
}

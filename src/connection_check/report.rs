//! What a check found, as values and as the text of "Copy report".

use std::fmt::Write as _;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::address_stage::read_partly;
use super::{CheckRequest, Diagnosis, ExpiryNotRead, PrivilegeReport, Stage, StageReport, Warning};
use crate::cloud::{Cloud, Overrides};
use crate::profile::EnvironmentUrl;
use crate::rfc3339::to_the_second;

/// The outcome of a check. It never holds the secret or a token.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckReport {
    /// Whether the connection works.
    pub passed: bool,
    /// The stage that failed, when one did.
    pub failed_stage: Option<Stage>,
    /// What is wrong and how to fix it, when a stage failed.
    pub diagnosis: Option<Diagnosis>,
    /// What should be looked at although the check passed.
    pub warnings: Vec<Warning>,
    /// Every stage in its order, the skipped ones too.
    pub stages: Vec<StageReport>,
    /// What the app may do in the environment, as far as it was asked.
    pub privileges: Vec<PrivilegeReport>,
    /// The cloud of the environment, when its address could be read.
    pub cloud: Option<Cloud>,
    /// The environment's canonical address.
    pub environment_url: Option<String>,
    /// The client ID in its canonical spelling.
    pub client_id: Option<String>,
    /// The tenant that the environment belongs to.
    pub tenant_id: Option<Uuid>,
    /// The application user in Dataverse.
    pub user_id: Option<Uuid>,
    /// The organization in Dataverse.
    pub organization_id: Option<Uuid>,
    /// The day on which the secret expires: Microsoft Graph's word, else the typed one.
    pub secret_expires: Option<NaiveDate>,
    /// Why Microsoft Graph, which was asked, gave no such day.
    pub expiry_not_read: Option<ExpiryNotRead>,
    /// Whether this computer seems to be offline: the connection was not tested, and nothing is known about it.
    pub offline: bool,
    /// How requests left this computer: "direct", or the proxy's address without its password.
    pub proxy: String,
    /// The servers of the check whose certificate was seen, each with its issuer: TLS inspection shows here.
    pub certificates: Vec<(String, String)>,
    /// When the check began.
    pub started: DateTime<Utc>,
    /// How long it took.
    pub elapsed: Duration,
}

impl CheckReport {
    /// The report of a check that ended by a defect of this program.
    pub fn internal_failure(started: DateTime<Utc>) -> CheckReport {
        CheckReport {
            passed: false,
            failed_stage: None,
            diagnosis: Some(Diagnosis {
                code: "internal".to_owned(),
                what: "The test itself failed.".to_owned(),
                why: "This is an internal error in this program, not a problem with the connection.".to_owned(),
                fix: vec![
                    "Run the test again. If it happens again, report it to the people who support this program."
                        .to_owned(),
                ],
                link: None,
            }),
            warnings: Vec::new(),
            stages: Vec::new(),
            privileges: Vec::new(),
            cloud: None,
            environment_url: None,
            client_id: None,
            tenant_id: None,
            user_id: None,
            organization_id: None,
            secret_expires: None,
            expiry_not_read: None,
            offline: false,
            proxy: String::new(),
            certificates: Vec::new(),
            started,
            elapsed: Duration::ZERO,
        }
    }

    /// The report of a connection that was not tested, because the test of another one found this computer offline.
    pub(super) fn not_tested(&self, request: &CheckRequest, clouds: &Overrides) -> CheckReport {
        let (environment, client_id) = read_partly(request, clouds);
        CheckReport {
            cloud: environment.as_ref().map(EnvironmentUrl::cloud),
            environment_url: environment.as_ref().map(ToString::to_string),
            client_id: client_id.map(|id| id.to_string()),
            secret_expires: request.secret_expires,
            elapsed: Duration::ZERO,
            ..self.clone()
        }
    }

    /// The diagnosis' public code, when the check failed.
    pub fn code(&self) -> Option<&str> {
        self.diagnosis.as_ref().map(|diagnosis| diagnosis.code.as_str())
    }

    /// The whole report as plain text for a mail or a ticket. Holds no secret and no token.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        // Writing into a String cannot fail.
        let _ = self.write_head(&mut text);
        let _ = self.write_diagnosis(&mut text);
        let _ = self.write_body(&mut text);
        text
    }

    fn write_head(&self, text: &mut String) -> std::fmt::Result {
        let unknown = || "unknown".to_owned();
        let id = |id: Option<Uuid>| id.map_or_else(unknown, |id| id.to_string());
        writeln!(text, "Connection test by A365 Password Tool {}", env!("CARGO_PKG_VERSION"))?;
        let result = match (self.passed, self.offline) {
            (true, _) => "passed",
            (false, true) => "not tested, because this computer seems to be offline",
            (false, false) => "failed",
        };
        writeln!(text, "Result: {result}")?;
        if let (Some(stage), Some(code)) = (self.failed_stage, self.code()) {
            writeln!(text, "Failed at: {} ({})", stage.id(), stage.title())?;
            writeln!(text, "Code: {code}")?;
        }
        writeln!(text, "Started: {}", to_the_second(self.started))?;
        writeln!(text, "Duration: {} ms", self.elapsed.as_millis())?;
        writeln!(text, "System: {} {}", std::env::consts::OS, std::env::consts::ARCH)?;
        writeln!(text, "Network: {}", self.proxy)?;
        for (host, issuer) in &self.certificates {
            writeln!(text, "Certificate of {host}: issued by {issuer}")?;
        }
        writeln!(text)?;
        writeln!(text, "Environment URL: {}", self.environment_url.clone().unwrap_or_else(unknown))?;
        writeln!(text, "Cloud: {}", self.cloud.map_or("unknown", Cloud::name))?;
        writeln!(text, "Client ID: {}", self.client_id.clone().unwrap_or_else(unknown))?;
        writeln!(text, "Tenant ID: {}", id(self.tenant_id))?;
        writeln!(text, "Organization ID: {}", id(self.organization_id))?;
        writeln!(text, "Application user ID: {}", id(self.user_id))?;
        let expires = self.secret_expires.map_or_else(unknown, |date| date.to_string());
        writeln!(text, "Secret expires: {expires}")?;
        match &self.expiry_not_read {
            Some(reason) => writeln!(text, "Not read from Microsoft Graph ({}): {}", reason.code, reason.text),
            None => Ok(()),
        }
    }

    fn write_diagnosis(&self, text: &mut String) -> std::fmt::Result {
        let Some(diagnosis) = &self.diagnosis else { return Ok(()) };
        writeln!(text, "\nWhat is wrong: {}", diagnosis.what)?;
        writeln!(text, "Why: {}", diagnosis.why)?;
        writeln!(text, "What to do:")?;
        for (number, step) in (1..).zip(&diagnosis.fix) {
            writeln!(text, "  {number}. {step}")?;
        }
        match &diagnosis.link {
            Some(link) => writeln!(text, "Link: {} - {}", link.text, link.url),
            None => Ok(()),
        }
    }

    fn write_body(&self, text: &mut String) -> std::fmt::Result {
        if !self.warnings.is_empty() {
            writeln!(text, "\nWarnings:")?;
        }
        for warning in &self.warnings {
            writeln!(text, "  {}: {}", warning.code, warning.text)?;
        }
        if !self.privileges.is_empty() {
            writeln!(text, "\nPrivileges:")?;
        }
        for privilege in &self.privileges {
            writeln!(
                text,
                "  {} ({}, {}): {}",
                privilege.name,
                privilege.label,
                privilege.need.id(),
                privilege.state.describe()
            )?;
        }
        writeln!(text, "\nStages:")?;
        for stage in &self.stages {
            let milliseconds = stage.elapsed.as_millis();
            writeln!(text, "  {} {} {milliseconds} ms: {}", stage.stage.id(), stage.result.id(), stage.summary)?;
            for detail in &stage.details {
                writeln!(text, "    {}: {}", detail.label, detail.value)?;
            }
        }
        Ok(())
    }
}

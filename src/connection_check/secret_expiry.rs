//! The last stage: when the secret expires. It never fails a check.
//!
//! Microsoft Graph lists the end dates of an app's secrets to an app that may read its own registration; which of
//! them is in use shows in their first three characters, the hint. Most apps may not, so an entered date is the rule.
//! Where Graph was asked and gave no date, the report says why ([`ExpiryNotRead`]).

mod lookup;

use chrono::{DateTime, NaiveDate, Utc};

use super::Warning;
use super::failure::Found;
use crate::profile::{ExpiryState, SecretExpiry};
use crate::written_day;

pub(super) use lookup::look_up;

/// What Microsoft Graph said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Lookup {
    /// It was not asked.
    NotAsked,
    /// The secret in use ends on this day.
    Found(NaiveDate, KeptOn),
    /// It gave no date.
    NotRead(ExpiryNotRead),
}

/// The object that a client secret belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeptOn {
    /// The app registration, as the portal creates them.
    Application,
    /// The enterprise application, where only Graph and PowerShell put one.
    ServicePrincipal,
}

/// Why Microsoft Graph, which was asked, gave no expiry date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpiryNotRead {
    /// The public code, e.g. `graph_permission_missing`.
    pub code: String,
    /// Sentences for people: what happened, and what to do.
    pub text: String,
}

impl ExpiryNotRead {
    fn new(code: impl Into<String>, text: impl Into<String>) -> ExpiryNotRead {
        ExpiryNotRead { code: code.into(), text: text.into() }
    }
}

/// The end of the stage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ExpiryFinding {
    /// The date that counts.
    pub date: Option<NaiveDate>,
    /// Why Microsoft Graph gave none.
    pub not_read: Option<ExpiryNotRead>,
}

/// The date that counts, and what to say about it.
pub(super) fn judge(lookup: Lookup, typed: Option<NaiveDate>, now: DateTime<Utc>) -> Found<ExpiryFinding> {
    let (date, kept_on, not_read) = match lookup {
        Lookup::Found(date, kept_on) => (Some(date), kept_on, None),
        Lookup::NotAsked => (typed, KeptOn::Application, None),
        Lookup::NotRead(reason) => (typed, KeptOn::Application, Some(reason)),
    };
    let reason = not_read.as_ref().map(|reason| reason.text.clone()).unwrap_or_default();
    let finding = ExpiryFinding { date, not_read };
    let found = match date {
        None => unknown(finding, &reason),
        Some(date) => known(finding, date, now),
    };
    let on_principal = (kept_on == KeptOn::ServicePrincipal).then(on_service_principal);
    let typed = typed.filter(|typed| date.is_some_and(|date| date != *typed));
    // Graph gives a moment in UTC and the portal shows the day of the reader's own clock: a day more or less is the
    // same date.
    let far = typed.zip(date).filter(|(typed, date)| date.signed_duration_since(*typed).num_days().abs() > 1);
    let differs = far.map(|(typed, date)| {
        Warning::new(
            "expiry_differs",
            format!(
                "Microsoft Graph says that this client secret expires on {date}, but {typed} is entered. Use {date} so \
                 that reminders arrive in time.",
                date = written_day::short(date),
                typed = written_day::short(typed),
            ),
        )
    });
    found
        .warning(differs)
        .warning(on_principal)
        .with("Microsoft Graph", reason)
        .with("Entered date, corrected by Microsoft Graph", typed.map(|date| date.to_string()).unwrap_or_default())
}

fn unknown(finding: ExpiryFinding, reason: &str) -> Found<ExpiryFinding> {
    let what = "The expiry date of the client secret is not known.";
    let sentences = [
        what,
        reason,
        "Enter the date that the Azure portal shows under Certificates & secrets > Expires, so that reminders arrive \
         in time.",
    ];
    let advice = sentences.into_iter().filter(|sentence| !sentence.is_empty()).collect::<Vec<_>>().join(" ");
    Found::new(finding, what).warning([Warning::new("expiry_unknown", advice)])
}

fn known(finding: ExpiryFinding, date: NaiveDate, now: DateTime<Utc>) -> Found<ExpiryFinding> {
    let expiry = SecretExpiry::new(date);
    let (words, date) = (expiry.describe(now), written_day::short(date));
    let warning = match expiry.state(now) {
        ExpiryState::Fine => None,
        ExpiryState::Expired => Some(format!(
            "According to its expiry date {date}, the client secret {words}, but it still works. Correct the date, or \
             create a new secret today."
        )),
        ExpiryState::Urgent | ExpiryState::Soon => Some(format!(
            "The client secret expires on {date} ({words}). Create a new one in the Azure portal and replace the \
             connection string before then."
        )),
    };
    Found::new(finding, format!("The expiry date of the client secret is {date} ({words})."))
        .warning(warning.map(|text| Warning::new("secret_expires_soon", text)))
}

/// Source: "servicePrincipal: addPassword" (learn.microsoft.com/graph/api/serviceprincipal-addpassword); that neither
/// object lists the other's secrets: learn.microsoft.com/answers/questions/821587.
fn on_service_principal() -> Warning {
    Warning::new(
        "secret_on_service_principal",
        "This client secret belongs to the enterprise application (service principal), not to the app registration. It \
         works, but the Azure portal does not list it under Certificates & secrets: only Microsoft Graph, PowerShell \
         and the Azure CLI can list and delete it. Create the next secret on the app registration, then delete this \
         one with “az ad sp credential delete” or Remove-MgServicePrincipalPassword.",
    )
}

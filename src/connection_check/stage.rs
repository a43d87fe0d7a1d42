//! The stages of a check, in their order, and how each ended.

use std::time::Duration;

use chrono::{DateTime, Utc};

/// One step of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stage {
    /// Reading the form. Nothing is sent.
    Address,
    /// Asking the environment, without a token, which tenant it belongs to.
    Tenant,
    /// Asking Microsoft Entra ID for a token.
    SignIn,
    /// Asking Dataverse who the token's bearer is.
    WhoAmI,
    /// Asking Dataverse what that user may do.
    Privileges,
    /// Judging when the secret expires.
    SecretExpiry,
}

impl Stage {
    /// Every stage, in the order in which they run.
    pub const ALL: [Stage; 6] =
        [Stage::Address, Stage::Tenant, Stage::SignIn, Stage::WhoAmI, Stage::Privileges, Stage::SecretExpiry];

    /// The public id, as the command line's JSON gives it.
    pub fn id(self) -> &'static str {
        match self {
            Stage::Address => "address",
            Stage::Tenant => "tenant",
            Stage::SignIn => "sign_in",
            Stage::WhoAmI => "who_am_i",
            Stage::Privileges => "privileges",
            Stage::SecretExpiry => "secret_expiry",
        }
    }

    /// The stage's name for people.
    pub fn title(self) -> &'static str {
        match self {
            Stage::Address => "Check the form",
            Stage::Tenant => "Find the tenant",
            Stage::SignIn => "Sign in to Microsoft Entra ID",
            Stage::WhoAmI => "Open the environment",
            Stage::Privileges => "Check the privileges",
            Stage::SecretExpiry => "Check the secret's expiry",
        }
    }
}

/// How a stage ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StageResult {
    /// All is well.
    Passed,
    /// It works, but something should be looked at.
    Warned,
    /// The check ends here.
    Failed,
    /// An earlier stage failed, so this one did not run.
    Skipped,
}

impl StageResult {
    /// The public id, as the command line's JSON gives it.
    pub fn id(self) -> &'static str {
        match self {
            StageResult::Passed => "passed",
            StageResult::Warned => "warned",
            StageResult::Failed => "failed",
            StageResult::Skipped => "skipped",
        }
    }
}

/// What a stage found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageReport {
    /// Which stage.
    pub stage: Stage,
    /// How it ended.
    pub result: StageResult,
    /// How long it took; zero when it was skipped.
    pub elapsed: Duration,
    /// One line for people.
    pub summary: String,
    /// Addresses, ids and the server's own words, for support. Never a secret or a token.
    pub details: Vec<Detail>,
}

/// One labelled fact behind a stage's "Details" fold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detail {
    /// What the value is.
    pub label: String,
    /// The value, on one line.
    pub value: String,
}

impl Detail {
    /// A detail on one line: control characters of a server's text become spaces, and a long text is cut.
    pub(super) fn new(label: &str, value: impl AsRef<str>) -> Detail {
        Detail { label: label.to_owned(), value: one_line(value.as_ref()) }
    }
}

/// The longest server text that is shown, in characters.
const TEXT_LIMIT: usize = 600;

/// A stranger's text made fit to show: one line, no control characters, not endless.
pub(crate) fn one_line(text: &str) -> String {
    let blanked: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(TEXT_LIMIT).collect();
    let line = blanked.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().nth(TEXT_LIMIT).is_some() { format!("{line}…") } else { line }
}

/// What a running check tells its caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// A stage began.
    Started(Stage),
    /// A server asked to wait, so the stage stands still until then. More of them may follow.
    Waiting {
        /// The stage that waits.
        stage: Stage,
        /// When it goes on, by the clock that the check was started with.
        until: DateTime<Utc>,
        /// How long it waits, in seconds, rounded up: where a countdown begins.
        seconds: u64,
        /// Who asked, and why, in a sentence for people.
        why: String,
    },
    /// A stage ended, or was skipped.
    Finished(StageReport),
}

//! What people do on the page of a renewal, and the questions that are asked there.

use chrono::NaiveDate;
use uuid::Uuid;

use super::AppSecretsCommand;
use crate::renewal::{Act, Discard, Proof};

/// What a person does on the page of a renewal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RenewalCommand {
    /// Show the page for this profile, and begin a renewal where there is nothing to go on with.
    Open(Uuid),
    /// Begin a renewal, also where a former secret is kept.
    Begin,
    /// Keep the new secret that is typed.
    Give,
    /// Test the new secret.
    Test,
    /// Stop the test, and do not repeat it.
    CancelTest,
    /// Repeat the test while the new secret is not known.
    RepeatTest,
    /// Take over this expiry date of the new secret.
    UseDate(NaiveDate),
    /// Take the tested secret into use.
    Switch,
    /// The UCC has the new connection string.
    ConfirmUcc,
    /// End the renewal; asked about first when the new secret would be lost.
    Cancel,
    /// Ask this.
    Ask(Question),
    /// Yes to the question in front.
    Confirm,
    /// Copy the connection string with the new secret.
    CopyString,
    /// Something about a secret that is created or deleted at Microsoft Graph.
    AppSecrets(AppSecretsCommand),
}

/// A question that is asked before a step that takes something away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// Drop the new secret, so that another one can be given?
    GiveUp,
    /// Use the new secret without a test?
    SwitchWithoutTest,
    /// End the renewal, and drop the new secret with it?
    Cancel,
    /// Go back to the former secret?
    RollBack,
    /// Drop the former secret now?
    Forget,
    /// The same while the UCC may still use it.
    ForgetBeforeUcc,
}

impl Question {
    /// The step that a yes takes.
    pub(super) fn act(self) -> Act {
        match self {
            Question::GiveUp => Act::GiveUp,
            Question::SwitchWithoutTest => Act::Switch(Proof::WithoutTest),
            Question::Cancel => Act::Cancel(Discard::NewSecret),
            Question::RollBack => Act::RollBack,
            Question::Forget | Question::ForgetBeforeUcc => Act::Forget,
        }
    }
}

//! The way from a profile's form to the renewal of its secret.

use chrono::{DateTime, Utc};
use egui::Ui;

use crate::{
    app::{
        dates::day,
        state::{Command, RenewalCommand},
        widgets::{Enabled, Vocabulary},
    },
    profile::{ExpiryState, Profile},
    renewal::Step,
};

/// The button beside the expiry date; it stands out where the secret expires soon or has expired.
pub(in crate::app::screens) fn entry(ui: &mut Ui, profile: &Profile, now: DateTime<Utc>, commands: &mut Vec<Command>) {
    if !is_complete(profile) {
        return;
    }
    let needs_attention = profile.expiry().is_some_and(|expiry| expiry.state(now) != ExpiryState::Fine);
    let (text, stands_out) = match (&profile.renewal, Step::of(profile)) {
        (Some(_), _) => ("Continue the renewal", true),
        (None, Step::Ucc) => ("Continue the renewal", true),
        (None, Step::Kept) => ("Old secret…", false),
        (None, _) => ("Renew…", needs_attention),
    };
    let button = match stands_out {
        true => ui.primary_button(text, Enabled::Yes),
        false => ui.secondary_button(text, Enabled::Yes),
    };
    if button.on_hover_text("Replace the client secret step by step").clicked() {
        commands.push(Command::Renewal(RenewalCommand::Open(profile.id)));
    }
    // Which secret the UCC uses is said below the date, and matters more than how long the old one is stored.
    let former = profile.former_secret.as_ref().filter(|_| profile.ucc_behind().is_none());
    match (former, &profile.renewal) {
        (Some(former), None) => drop(ui.hint(&format!("The old secret is stored until {}.", day(former.kept_until())))),
        (_, Some(_)) => drop(ui.hint("A renewal is in progress.")),
        (None, None) => {}
    }
}

/// Whether all is there that a new secret is tested with.
fn is_complete(profile: &Profile) -> bool {
    profile.environment_url.is_some() && profile.client_id.is_some() && profile.client_secret.is_some()
}

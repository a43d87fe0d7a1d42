//! A clock that is behind what was recorded before, said beside every answer that counts days.

use serde::Serialize;

use super::session::Session;
use crate::clock_check::ClockBehind;
use crate::rfc3339::to_the_second;
use crate::vault::Vault;

/// What the clock says and what was recorded before, for scripts.
#[derive(Serialize)]
pub(super) struct ClockAnswer {
    clock: String,
    recorded: String,
}

/// Compares the clock with what an open vault holds.
pub(super) fn behind_vault(session: &Session<'_, '_>, vault: &Vault) -> Option<ClockBehind> {
    let contents = vault.contents();
    let saved = contents.believed_save().unwrap_or(vault.info().saved_at);
    ClockBehind::find(session.console.now(), Some(saved), contents.profiles())
}

/// Says that the clock is behind, where it is.
pub(super) fn warn(session: &mut Session<'_, '_>, behind: Option<ClockBehind>) -> Option<ClockAnswer> {
    let behind = behind?;
    session.console.note(&behind.describe(|time| time.date_naive()));
    Some(ClockAnswer { clock: to_the_second(behind.now), recorded: to_the_second(behind.recorded) })
}

//! What comes from outside the window: the desktop session's events, a second start of the program.

use super::{AppState, Command, ProfileCommand, Screen, Tone, locking::Locking};
use crate::platform::session_events::SessionEvent;
use crate::profile::compared_name;

/// When a clipboard that could not be emptied is tried again, in seconds.
const CLIPBOARD_RETRY_SECONDS: f64 = 3.0;

impl AppState {
    /// Locks when the session is locked, sleeps, is left for another user's or ends.
    ///
    /// Nobody is there to be asked, so unsaved changes are kept in the vault first, as when it locks itself.
    pub fn session_event(&mut self, event: SessionEvent) {
        match event {
            SessionEvent::Locked | SessionEvent::Sleeping | SessionEvent::SwitchedAway => {
                if self.settings.lock_with_session {
                    self.leave();
                }
            }
            SessionEvent::Ending => {
                self.ending = true;
                self.leave();
                self.close_if_ending();
            }
        }
    }

    /// The window was minimised.
    pub fn minimised(&mut self) {
        if self.settings.lock_on_minimise {
            self.leave();
        }
    }

    /// Locks whatever is open, or is about to be, and forgets what was typed on the way in.
    fn leave(&mut self) {
        match &mut self.screen {
            Screen::Open(_) => self.lock_now(),
            Screen::Unlock(form) => {
                form.passphrase.wipe();
                form.recovery_key.wipe();
                if form.attempt.is_under_way() {
                    self.locking = Locking::WhenOpened;
                }
            }
            Screen::FirstStart(form) => {
                form.passphrase.wipe();
                form.repeat.wipe();
                form.rating = Default::default();
                if form.attempt.is_under_way() {
                    self.locking = Locking::WhenOpened;
                }
            }
        }
    }

    /// Whether the vault is on its way to being locked.
    pub fn is_locking(&self) -> bool {
        !matches!(self.locking, Locking::No)
    }

    /// Closes the window of a session that ends, once nothing is left to be kept.
    pub(super) fn close_if_ending(&mut self) {
        if self.ending && self.open_vault().is_none() && !self.is_locking() {
            self.close_window = true;
        }
    }

    /// The system refused to keep the window out of screen captures.
    pub fn capture_not_prevented(&mut self) {
        let text = "Windows refused to keep this window out of screen captures. It is visible in screen sharing and \
                    recordings.";
        self.notify(Tone::Warning, text.to_owned());
    }

    /// Another program held the clipboard: it is tried again, also while the vault is locked.
    pub(super) fn clipboard_not_cleared(&mut self, why: &str) {
        self.clear_clipboard_at = Some(self.seconds + CLIPBOARD_RETRY_SECONDS);
        let text = format!("A copied secret may still be in the clipboard. {why}. Retrying automatically.");
        self.notify(Tone::Warning, text);
    }

    /// The program was started again for this vault: the window comes to the front, and shows that profile when one
    /// was named, now or once the vault is unlocked.
    pub fn started_again(&mut self, profile: Option<String>) {
        let Some(name) = profile else { return };
        match &mut self.screen {
            Screen::Unlock(form) => form.show_profile = Some(name),
            Screen::FirstStart(_) => {}
            Screen::Open(vault) => {
                let named = |wanted: &str| compared_name(wanted) == compared_name(&name);
                match vault.profiles.iter().find(|profile| named(&profile.name)).map(|profile| profile.id) {
                    // Asks about unsaved changes first. A question that is open already stays in front.
                    Some(id) if self.dialogs.is_empty() => self.handle(Command::Profiles(ProfileCommand::Select(id))),
                    Some(_) => {}
                    None => self.notify(Tone::Warning, format!("This vault has no profile called “{name}”.")),
                }
            }
        }
    }
}

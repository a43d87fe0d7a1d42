//! How an unlocked vault stands to what this account has seen of it.

use super::Vault;
use crate::vault::error::{VaultError, shown};
use crate::vault::seen::{Seen, Standing};
use crate::vault::state::State;

impl Vault {
    /// How the vault stands to what this account has seen of it.
    pub fn standing(&self) -> &Standing {
        &self.standing
    }

    /// Accepts the vault as it is: what this account saw of it before no longer counts. The next save gets a
    /// number above all that were seen.
    pub fn trust(&mut self) {
        if let Some(seen) = &self.last_seen {
            self.state.header.generation = self.state.header.generation.max(seen.generation());
        }
        let now = Seen::of(&self.state);
        let kept = self.seen.remember(self.state.header.vault_id, &now.to_bytes());
        self.standing = match kept {
            Ok(()) => Standing::Follows,
            Err(error) => Standing::Unreadable(error.to_string()),
        };
        self.last_seen = Some(now);
    }

    /// Finds the standing of what was read.
    pub(super) fn compare_with_seen(&mut self) -> Result<(), VaultError> {
        if let Some(seen) = &self.last_seen {
            let standing = seen.compare(&self.state);
            self.standing = standing.map_err(|why| VaultError::Unproven { path: shown(&self.path), why })?;
        }
        Ok(())
    }

    /// What this account remembers of the vault by now: another window of it may have seen more than this one.
    fn latest_seen(&self) -> Option<Seen> {
        let kept = self.seen.recall(self.state.header.vault_id).ok().flatten();
        kept.and_then(|bytes| Seen::read(&bytes)).or_else(|| self.last_seen.clone())
    }

    /// Refuses a state that is about to be taken over or saved when its members do not come from those that this account has
    /// seen. Out: how it stands to what was seen.
    pub(super) fn check_against_seen(&self, state: &State) -> Result<Option<Standing>, VaultError> {
        let Some(seen) = self.latest_seen() else { return Ok(None) };
        seen.compare(state).map(Some).map_err(|why| VaultError::Unproven { path: shown(&self.path), why })
    }

    /// From now on the vault stands so to what was seen.
    pub(super) fn set_standing(&mut self, standing: Option<Standing>) {
        if let Some(standing) = standing.filter(|_| !matches!(self.standing, Standing::Unreadable(_))) {
            self.standing = standing;
        }
    }

    /// Remembers the vault as it is now, unless it lacks something that was seen.
    pub(super) fn remember(&mut self) {
        if !matches!(self.standing, Standing::First | Standing::Follows) {
            return;
        }
        let now = Seen::of(&self.state);
        if self.last_seen.as_ref() == Some(&now) {
            return;
        }
        let vault_id = self.state.header.vault_id;
        if let Some(seen) = self.latest_seen()
            && seen.compare(&self.state) != Ok(Standing::Follows)
        {
            self.last_seen = Some(seen);
            return;
        }
        if let Err(error) = self.seen.remember(vault_id, &now.to_bytes()) {
            self.standing = Standing::Unreadable(error.to_string());
        }
        self.last_seen = Some(now);
    }
}

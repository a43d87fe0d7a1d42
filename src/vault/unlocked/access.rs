//! What is around a vault while it is opened.

use std::path::PathBuf;
use std::sync::Arc;

use crate::vault::seen::{NothingSeen, SeenFolder, SeenVaults};
use crate::vault::slots::{AccountKeeper, ThisAccount};
use crate::vault::surroundings::{Surroundings, ThisMachine};

/// What a vault is opened with, beside a credential.
#[derive(Clone)]
pub struct Access {
    /// Disk, clock and randomness.
    pub surroundings: Arc<dyn Surroundings>,
    /// The store of this account's own way in.
    pub keeper: Arc<dyn AccountKeeper>,
    /// What this account has seen of vaults.
    pub seen: Arc<dyn SeenVaults>,
}

/// This machine and account, with no memory of what was seen.
impl Default for Access {
    fn default() -> Access {
        Access {
            surroundings: Arc::new(ThisMachine::default()),
            keeper: Arc::new(ThisAccount),
            seen: Arc::new(NothingSeen),
        }
    }
}

impl Access {
    /// This machine and account, which keeps what it has seen of vaults in this folder; without one it remembers nothing.
    pub fn remembering_in(folder: Option<PathBuf>) -> Access {
        let seen: Arc<dyn SeenVaults> = match folder {
            Some(folder) => Arc::new(SeenFolder::new(folder)),
            None => Arc::new(NothingSeen),
        };
        Access { seen, ..Access::default() }
    }
}

/// What to do with a vault that does not prove that it comes from what this account has seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Trust {
    /// It is refused ([`VaultError::Unproven`](crate::vault::VaultError::Unproven)).
    #[default]
    Proven,
    /// It is opened all the same and counts as seen from now on: a person has read what that means and wants it.
    FromNowOn,
}

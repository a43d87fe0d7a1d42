//! Changes of several profiles that are saved in one go, and what undoes them.

use chrono::{DateTime, Utc};

use crate::profile::Profile;

/// What becomes of one profile.
#[derive(Clone, Debug, PartialEq)]
pub enum ProfileEdit {
    /// It is put into the vault. `base` is the saved profile that the change began from; without one it is new.
    Put {
        /// As it is to be.
        profile: Box<Profile>,
        /// As it was.
        base: Option<Box<Profile>>,
    },
    /// It is taken out, unless others changed it since it was as given here.
    Remove(Box<Profile>),
}

impl ProfileEdit {
    /// What takes this back at the time `now`.
    pub fn inverse(&self, now: DateTime<Utc>) -> ProfileEdit {
        match self {
            ProfileEdit::Put { profile, base: None } => ProfileEdit::Remove(profile.clone()),
            ProfileEdit::Put { profile, base: Some(base) } => ProfileEdit::Put {
                profile: Box::new(Profile { modified: now, ..(**base).clone() }),
                base: Some(profile.clone()),
            },
            ProfileEdit::Remove(profile) => ProfileEdit::Put { profile: profile.clone(), base: None },
        }
    }
}

/// Whether something is done or taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edit {
    /// It is done.
    Done,
    /// It is taken back.
    Undone,
}

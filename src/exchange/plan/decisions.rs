//! What a person says about the entries of a file, and what becomes of each by that.

use std::collections::HashMap;

use uuid::Uuid;

use super::{Action, ExpiryRow};

/// What happens to candidates that meet a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// They are left out.
    Skip,
    /// They add what the profile does not have yet; those that would replace something are left out.
    AddMissing,
    /// They change the profile: what they hold replaces what it has.
    Update,
    /// They become profiles of their own.
    Copy,
}

/// An entry of one of several files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// The file, and the candidate by its place in [`crate::exchange::import::Import::candidates`].
    Candidate(usize, usize),
    /// The file, and the profile whose expiry date it has.
    Expiry(usize, Uuid),
}

/// What becomes of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// Nothing.
    LeaveOut,
    /// It becomes a new profile.
    Add,
    /// It changes the profile that it meets.
    Update,
}

/// What a person says: one answer for all that meet a profile, and others for single entries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decisions {
    /// For all of them; without it only new ones come in.
    pub existing: Option<Existing>,
    /// For single entries. [`Existing::Skip`] leaves new ones out as well.
    pub single: HashMap<Place, Existing>,
}

impl Decisions {
    /// The same for all.
    pub fn for_all(existing: Option<Existing>) -> Decisions {
        Decisions { existing, single: HashMap::new() }
    }

    /// What becomes of a candidate that would do `action`.
    pub fn of_candidate(&self, file: usize, candidate: usize, action: Action) -> Resolution {
        let single = self.single.get(&Place::Candidate(file, candidate)).copied();
        match (action, single.or(self.existing)) {
            (Action::Same, _) => Resolution::LeaveOut,
            (Action::Add, _) => {
                if single == Some(Existing::Skip) {
                    Resolution::LeaveOut
                } else {
                    Resolution::Add
                }
            }
            (Action::Update, Some(Existing::AddMissing)) => Resolution::Update,
            (Action::Update | Action::Conflict, None | Some(Existing::Skip | Existing::AddMissing)) => {
                Resolution::LeaveOut
            }
            (Action::Update | Action::Conflict, Some(Existing::Update)) => Resolution::Update,
            (Action::Update | Action::Conflict, Some(Existing::Copy)) => Resolution::Add,
        }
    }

    /// What becomes of an expiry date: one that fills a gap is taken, one that is a guess or replaces another only if somebody
    /// says so.
    pub fn of_expiry(&self, file: usize, row: &ExpiryRow) -> Resolution {
        let single = self.single.get(&Place::Expiry(file, row.profile)).copied();
        let replaces = single.or(self.existing) == Some(Existing::Update);
        let is_taken = match row.action {
            Action::Update => single != Some(Existing::Skip) && (!row.is_guess || replaces),
            Action::Conflict => replaces,
            Action::Same | Action::Add => false,
        };
        if is_taken { Resolution::Update } else { Resolution::LeaveOut }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_for_one_entry_goes_before_the_answer_for_all() {
        let mut decisions = Decisions::for_all(Some(Existing::AddMissing));
        let resolution = |decisions: &Decisions, action| decisions.of_candidate(0, 7, action);
        assert_eq!(resolution(&decisions, Action::Update), Resolution::Update);
        assert_eq!(resolution(&decisions, Action::Conflict), Resolution::LeaveOut);
        for (single, on_new, on_conflict) in [
            (Existing::Skip, Resolution::LeaveOut, Resolution::LeaveOut),
            (Existing::Update, Resolution::Add, Resolution::Update),
            (Existing::Copy, Resolution::Add, Resolution::Add),
        ] {
            decisions.single.insert(Place::Candidate(0, 7), single);
            assert_eq!(
                (resolution(&decisions, Action::Add), resolution(&decisions, Action::Conflict)),
                (on_new, on_conflict)
            );
            assert_eq!(resolution(&decisions, Action::Same), Resolution::LeaveOut);
        }
        assert_eq!(decisions.of_candidate(1, 7, Action::Conflict), Resolution::LeaveOut, "another file");
    }
}

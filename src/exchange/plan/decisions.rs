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
pub enum Deed {
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
    pub fn of_candidate(&self, file: usize, candidate: usize, action: Action) -> Deed {
        let single = self.single.get(&Place::Candidate(file, candidate)).copied();
        match (action, single.or(self.existing)) {
            (Action::Same, _) => Deed::LeaveOut,
            (Action::Add, _) => {
                if single == Some(Existing::Skip) {
                    Deed::LeaveOut
                } else {
                    Deed::Add
                }
            }
            (Action::Update, Some(Existing::AddMissing)) => Deed::Update,
            (Action::Update | Action::Conflict, None | Some(Existing::Skip | Existing::AddMissing)) => Deed::LeaveOut,
            (Action::Update | Action::Conflict, Some(Existing::Update)) => Deed::Update,
            (Action::Update | Action::Conflict, Some(Existing::Copy)) => Deed::Add,
        }
    }

    /// What becomes of an expiry date: one that fills a gap is taken, one that is a guess or replaces another only if somebody
    /// says so.
    pub fn of_expiry(&self, file: usize, row: &ExpiryRow) -> Deed {
        let single = self.single.get(&Place::Expiry(file, row.profile)).copied();
        let replaces = single.or(self.existing) == Some(Existing::Update);
        let is_taken = match row.action {
            Action::Update => single != Some(Existing::Skip) && (!row.is_guess || replaces),
            Action::Conflict => replaces,
            Action::Same | Action::Add => false,
        };
        if is_taken { Deed::Update } else { Deed::LeaveOut }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_for_one_entry_goes_before_the_answer_for_all() {
        let mut decisions = Decisions::for_all(Some(Existing::AddMissing));
        let deed = |decisions: &Decisions, action| decisions.of_candidate(0, 7, action);
        assert_eq!(deed(&decisions, Action::Update), Deed::Update);
        assert_eq!(deed(&decisions, Action::Conflict), Deed::LeaveOut);
        for (single, on_new, on_conflict) in [
            (Existing::Skip, Deed::LeaveOut, Deed::LeaveOut),
            (Existing::Update, Deed::Add, Deed::Update),
            (Existing::Copy, Deed::Add, Deed::Add),
        ] {
            decisions.single.insert(Place::Candidate(0, 7), single);
            assert_eq!((deed(&decisions, Action::Add), deed(&decisions, Action::Conflict)), (on_new, on_conflict));
            assert_eq!(deed(&decisions, Action::Same), Deed::LeaveOut);
        }
        assert_eq!(decisions.of_candidate(1, 7, Action::Conflict), Deed::LeaveOut, "another file");
    }
}

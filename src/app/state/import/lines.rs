//! The entries of an import as the page lists them, and what happens to each.

use std::collections::HashSet;

use super::ImportPage;
use crate::exchange::{
    import::{Candidate, SecretEnd},
    plan::{Action, Existing, Place, Resolution, Row},
};
use crate::profile::ClientId;

/// One entry of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImportLine {
    /// Which entry it is.
    pub place: Place,
    /// What it would do.
    pub action: Action,
    /// What happens to it.
    pub effect: ImportEffect,
}

/// What happens to an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportEffect {
    /// It becomes a profile.
    New,
    /// It changes a profile.
    Update,
    /// It would replace something that a profile has, and nobody has said whether it may.
    Conflict,
    /// A profile holds all of it.
    Same,
    /// Nothing.
    LeftOut,
}

impl ImportEffect {
    /// In a word, for the list.
    pub fn word(self) -> &'static str {
        match self {
            ImportEffect::New => "New",
            ImportEffect::Update => "Update",
            ImportEffect::Conflict => "Conflict",
            ImportEffect::Same => "Unchanged",
            ImportEffect::LeftOut => "Left out",
        }
    }

    /// Whether it is imported.
    pub fn is_saved(self) -> bool {
        matches!(self, ImportEffect::New | ImportEffect::Update)
    }

    fn of(resolution: Resolution, action: Action, said: Option<Existing>) -> ImportEffect {
        match (resolution, action, said) {
            (Resolution::Add, ..) => ImportEffect::New,
            (Resolution::Update, ..) => ImportEffect::Update,
            (Resolution::LeaveOut, Action::Same, _) => ImportEffect::Same,
            (Resolution::LeaveOut, Action::Conflict, Some(Existing::AddMissing)) => ImportEffect::Conflict,
            (Resolution::LeaveOut, ..) => ImportEffect::LeftOut,
        }
    }
}

/// How many entries are what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    new: usize,
    update: usize,
    conflict: usize,
    same: usize,
    left_out: usize,
}

impl Tally {
    fn count(&mut self, effect: ImportEffect) {
        *match effect {
            ImportEffect::New => &mut self.new,
            ImportEffect::Update => &mut self.update,
            ImportEffect::Conflict => &mut self.conflict,
            ImportEffect::Same => &mut self.same,
            ImportEffect::LeftOut => &mut self.left_out,
        } += 1;
    }

    /// As a sentence: “12 new, 3 to update, 1 conflict”.
    pub fn sentence(&self) -> String {
        let conflicts = if self.conflict == 1 { "conflict" } else { "conflicts" };
        let counted = [
            (self.new, "new"),
            (self.update, "to update"),
            (self.conflict, conflicts),
            (self.same, "unchanged"),
            (self.left_out, "left out"),
        ];
        let words: Vec<String> =
            counted.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
        words.join(", ")
    }
}

pub(super) fn file_of(place: &Place) -> usize {
    match place {
        Place::Candidate(file, _) | Place::Expiry(file, _) => *file,
    }
}

impl ImportPage {
    /// What is said about an entry that meets a profile.
    pub fn said(&self, place: Place) -> Option<Existing> {
        self.decisions.single.get(&place).copied().or(self.decisions.existing)
    }

    /// A candidate with its row of the plan.
    pub fn candidate(&self, file: usize, candidate: usize) -> Option<(&Candidate, &Row)> {
        Some((self.file(file)?.import()?.candidates.get(candidate)?, self.meeting(file)?.rows.get(candidate)?))
    }

    /// The expiry dates whose client ID no profile has.
    pub fn without_profile(&self) -> Vec<&SecretEnd> {
        let mut left = Vec::new();
        for (number, meeting) in &self.meetings {
            let Some(import) = self.file(*number).and_then(|file| file.import()) else { continue };
            let met = meeting.expiries.iter().filter_map(|row| import.expiries.get(row.end)).map(|end| end.client_id);
            let apps: HashSet<ClientId> = met.collect();
            left.extend(import.expiries.iter().filter(|end| !apps.contains(&end.client_id)));
        }
        left
    }

    /// How many entries meet a profile, so that somebody may say what happens to them.
    pub fn meeting_profiles(&self) -> usize {
        self.lines.iter().filter(|line| line.action.needs_decision()).count()
    }

    /// Lists the entries as they are planned.
    pub(super) fn list(&mut self) {
        let (mut lines, mut tally) = (Vec::new(), Tally::default());
        let mut add = |place, action, resolution| {
            let effect = ImportEffect::of(resolution, action, self.said(place));
            tally.count(effect);
            lines.push(ImportLine { place, action, effect });
        };
        for (number, meeting) in &self.meetings {
            for (candidate, row) in meeting.rows.iter().enumerate() {
                let resolution = self.decisions.of_candidate(*number, candidate, row.action);
                add(Place::Candidate(*number, candidate), row.action, resolution);
            }
            for row in &meeting.expiries {
                // A guess is somebody's to confirm, as a conflict is.
                let action = if row.is_guess && row.action == Action::Update { Action::Conflict } else { row.action };
                add(Place::Expiry(*number, row.profile), action, self.decisions.of_expiry(*number, row));
            }
        }
        let skipped: usize =
            self.files.iter().filter_map(|file| file.import()).map(|import| import.skipped.len()).sum();
        tally.left_out += skipped + self.without_profile().len();
        (self.lines, self.tally) = (lines, tally);
        if self.unfolded.is_some_and(|place| !self.lines.iter().any(|line| line.place == place)) {
            self.unfolded = None;
        }
    }

    /// One answer for all that meet a profile, whatever was said about single ones.
    pub(super) fn decide_all(&mut self, existing: Existing) {
        let meets: HashSet<Place> =
            self.lines.iter().filter(|line| line.action.needs_decision()).map(|line| line.place).collect();
        self.decisions.single.retain(|place, _| !meets.contains(place));
        self.decisions.existing = Some(existing);
    }

    pub(super) fn tick(&mut self, place: Place, ticked: bool) {
        let Some(line) = self.lines.iter().find(|line| line.place == place).copied() else { return };
        let single = &mut self.decisions.single;
        match (ticked, line.action, self.decisions.existing) {
            (false, ..) => drop(single.insert(place, Existing::Skip)),
            (true, Action::Add, _) | (true, Action::Update, Some(Existing::AddMissing)) => drop(single.remove(&place)),
            (true, _, Some(Existing::Copy)) => drop(single.remove(&place)),
            (true, ..) => drop(single.insert(place, Existing::Update)),
        }
    }

    pub(super) fn tag_groups(&mut self, wanted: bool) {
        self.tags_groups = wanted;
        self.files.iter_mut().for_each(|file| file.set_group_tags(wanted));
    }
}

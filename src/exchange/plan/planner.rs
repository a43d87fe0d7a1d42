//! What several files would do together, one after the other.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Decisions, ExpiryRow, Resolution, Row, meet, meet_expiries, profiles_to_save};
use crate::exchange::import::Import;
use crate::profile::{Profile, distinct_tags};

/// Plans an import of several files.
pub struct Planner<'a> {
    /// What a person says about the entries.
    pub decisions: &'a Decisions,
    /// Tags for all that comes in.
    pub tags: &'a [String],
    /// The time.
    pub now: DateTime<Utc>,
}

/// How one file meets the profiles and the files before it.
#[derive(Clone, Debug, Default)]
pub struct Meeting {
    /// What is proposed for each candidate, in their order.
    pub rows: Vec<Row>,
    /// What is proposed for each profile to which an expiry date of the file belongs.
    pub expiries: Vec<ExpiryRow>,
}

/// What an import would do.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The files, in their order.
    pub files: Vec<Meeting>,
    /// The profiles to save, new and changed.
    pub profiles: Vec<Profile>,
    /// How many of them are which.
    pub counts: Counts,
}

/// How many profiles an import changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// New ones.
    pub added: usize,
    /// Changed ones.
    pub updated: usize,
}

impl Planner<'_> {
    /// What the files would do, one after the other: what the first brings, the second meets. Each has the number by which
    /// decisions name it.
    pub fn plan<'i>(&self, imports: impl IntoIterator<Item = (usize, &'i Import)>, profiles: &[Arc<Profile>]) -> Plan {
        let mut working = ById::of(profiles.to_vec());
        let mut changed = ById::default();
        let mut files = Vec::new();
        for (file, import) in imports {
            let rows = meet(import, &working.profiles);
            let resolution = |place: usize| self.decisions.of_candidate(file, place, rows[place].action);
            let mut to_save = profiles_to_save(import, &rows, &working.profiles, resolution, self.tags, self.now);
            let expiries = meet_expiries(import, &working.profiles, self.now.date_naive());
            to_save.extend(expiries.iter().filter_map(|row| self.with_expiry(file, row, &working)));
            for profile in to_save.into_iter().map(Arc::new) {
                working.put(&profile);
                changed.put(&profile);
            }
            files.push(Meeting { rows, expiries });
        }
        drop(working);
        let here: HashSet<Uuid> = profiles.iter().map(|profile| profile.id).collect();
        let updated = changed.profiles.iter().filter(|profile| here.contains(&profile.id)).count();
        let counts = Counts { added: changed.profiles.len() - updated, updated };
        Plan { files, profiles: changed.profiles.into_iter().map(Arc::unwrap_or_clone).collect(), counts }
    }

    fn with_expiry(&self, file: usize, row: &ExpiryRow, profiles: &ById) -> Option<Profile> {
        let is_wanted = self.decisions.of_expiry(file, row) == Resolution::Update;
        let mut profile = profiles.get(row.profile).filter(|_| is_wanted)?.clone();
        profile.secret_expires = Some(row.expires);
        profile.modified = self.now;
        Some(profile)
    }
}

/// The folder of each entry as a tag of its own.
pub fn tag_groups(import: &mut Import) {
    for candidate in &mut import.candidates {
        if let Some(group) = &candidate.group {
            // A comma would make two tags of it.
            let tag = group.replace(',', " ");
            candidate.tags = distinct_tags(candidate.tags.iter().map(String::as_str).chain([tag.as_str()]));
        }
    }
}

/// Profiles in their order, each once.
#[derive(Default)]
struct ById {
    profiles: Vec<Arc<Profile>>,
    places: HashMap<Uuid, usize>,
}

impl ById {
    fn of(profiles: Vec<Arc<Profile>>) -> ById {
        let places = profiles.iter().enumerate().map(|(place, profile)| (profile.id, place)).collect();
        ById { profiles, places }
    }

    fn get(&self, id: Uuid) -> Option<&Profile> {
        self.places.get(&id).map(|place| &*self.profiles[*place])
    }

    fn put(&mut self, profile: &Arc<Profile>) {
        match self.places.get(&profile.id) {
            Some(place) => self.profiles[*place] = Arc::clone(profile),
            None => {
                self.places.insert(profile.id, self.profiles.len());
                self.profiles.push(Arc::clone(profile));
            }
        }
    }
}

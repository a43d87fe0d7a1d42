//! How the candidates of a file meet the profiles that are there, before anything is saved.
//!
//! In: an [`Import`], the profiles, and what a person says about those that meet ([`Decisions`]). Out: for each candidate what would
//! happen and why, and the profiles to save, all at once. Nothing that a profile has is replaced unless [`Existing::Update`] says
//! so. [`Planner`] does this for several files.

mod decisions;
mod expiries;
mod planner;

use std::borrow::Borrow;
use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use uuid::Uuid;

pub use decisions::{Decisions, Existing, Place, Resolution};
pub use expiries::{ExpiryRow, meet_expiries};
pub use planner::{Counts, Meeting, Plan, Planner, tag_groups};

use crate::exchange::import::{Candidate, Import};
use crate::profile::{ClientId, Profile, compared_name, distinct_tags, free_name, numbers_behind_a_name};
use crate::vault::{Field, changed_fields};

/// What a candidate would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// It becomes a new profile.
    Add,
    /// A profile holds all of it already.
    Same,
    /// It adds what a profile does not have yet.
    Update,
    /// It would replace something that a profile has.
    Conflict,
}

impl Action {
    /// The public id.
    pub fn id(self) -> &'static str {
        match self {
            Action::Add => "add",
            Action::Same => "same",
            Action::Update => "update",
            Action::Conflict => "conflict",
        }
    }

    /// Whether a person has to decide what happens.
    pub fn needs_decision(self) -> bool {
        matches!(self, Action::Update | Action::Conflict)
    }
}

/// What is proposed for one candidate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What it would do.
    pub action: Action,
    /// The profile that it meets.
    pub existing: Option<Uuid>,
    /// That profile's name.
    pub existing_name: Option<String>,
    /// Which fields of that profile it would change.
    pub fields: Vec<Field>,
    /// What a profile of its own would be called: unique among the others.
    pub saved_as: String,
}

/// Proposes what happens to each candidate, in their order. Profiles are found by client ID and host, else by client ID alone
/// where the file has no address, else by name. A profile is met once: a second candidate for it is a conflict.
pub fn meet(import: &Import, profiles: &[impl Borrow<Profile>]) -> Vec<Row> {
    let index = Index::of(profiles);
    let mut names = Names::of(profiles);
    let mut met = HashSet::new();
    let mut rows = Vec::with_capacity(import.candidates.len());
    for candidate in &import.candidates {
        let existing = index.find(candidate);
        let (action, fields) = match existing {
            None => (Action::Add, Vec::new()),
            Some(profile) => {
                let is_first = met.insert(profile.id);
                let fields = changed_fields(profile, &merged(profile, candidate, &[], profile.modified));
                match action_of(profile, &fields) {
                    Action::Update if !is_first => (Action::Conflict, fields),
                    action => (action, fields),
                }
            }
        };
        rows.push(Row {
            action,
            existing: existing.map(|profile| profile.id),
            existing_name: existing.map(|profile| profile.name.clone()),
            fields,
            saved_as: names.free(&candidate.name),
        });
    }
    rows
}

/// The profiles to save: new ones and changed ones. `resolution` says what happens to each candidate, by its place. `tags` go to every
/// one of them.
pub fn profiles_to_save(
    import: &Import,
    rows: &[Row],
    profiles: &[impl Borrow<Profile>],
    resolution: impl Fn(usize) -> Resolution,
    tags: &[String],
    now: DateTime<Utc>,
) -> Vec<Profile> {
    let mut by_id: HashMap<Uuid, Profile> = HashMap::new();
    let here: HashMap<Uuid, &Profile> =
        profiles.iter().map(Borrow::borrow).map(|profile| (profile.id, profile)).collect();
    let mut to_save = Vec::new();
    let mut order = Vec::new();
    for (place, (candidate, row)) in import.candidates.iter().zip(rows).enumerate() {
        match (resolution(place), row.existing) {
            (Resolution::LeaveOut, _) => {}
            (Resolution::Update, Some(id)) => {
                let Some(former) = by_id.get(&id).or_else(|| here.get(&id).copied()) else { continue };
                let changed = merged(former, candidate, tags, now);
                if by_id.insert(id, changed).is_none() {
                    order.push(id);
                }
            }
            (Resolution::Add | Resolution::Update, _) => {
                let new = Profile::new(Uuid::new_v4(), &row.saved_as, now);
                to_save.push(merged(&new, candidate, tags, now));
            }
        }
    }
    to_save.extend(order.iter().filter_map(|id| by_id.remove(id)));
    to_save
}

/// A profile with what a candidate holds put in; its name stays. A secret that cannot be right replaces none.
fn merged(profile: &Profile, candidate: &Candidate, tags: &[String], now: DateTime<Utc>) -> Profile {
    let mut merged = profile.clone();
    let secret = candidate
        .client_secret
        .as_ref()
        .filter(|secret| profile.client_secret.is_none() || secret.advice().is_none_or(|advice| advice.can_be_right()));
    let connection = |profile: &Profile| {
        (profile.environment_url.clone(), profile.client_id, profile.client_secret.clone(), profile.tenant.clone())
    };
    merged.environment_url = candidate.environment_url.clone().or(merged.environment_url);
    merged.client_id = candidate.client_id.or(merged.client_id);
    merged.client_secret = secret.cloned().or(merged.client_secret);
    merged.tenant = candidate.tenant.clone().or(merged.tenant);
    merged.secret_expires = candidate.secret_expires.or(merged.secret_expires);
    merged.vendor_value = candidate.vendor_value.clone().or(merged.vendor_value);
    for (key, value) in &candidate.other_keys {
        match merged.other_keys.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(key)) {
            Some((_, known)) => *known = value.clone(),
            None => merged.other_keys.push((key.clone(), value.clone())),
        }
    }
    merged.tags = distinct_tags(profile.tags.iter().chain(&candidate.tags).chain(tags).map(String::as_str));
    if !candidate.notes.is_empty() && !merged.notes.contains(&candidate.notes) {
        if !merged.notes.is_empty() {
            merged.notes.push('\n');
        }
        merged.notes.push_str(&candidate.notes);
    }
    if connection(&merged) != connection(profile) {
        // What was found about the old values says nothing about the new ones.
        merged.last_check = None;
    }
    merged.modified = now;
    merged
}

/// Whether changing these fields only adds to a profile.
fn action_of(profile: &Profile, fields: &[Field]) -> Action {
    let is_empty = |field: &Field| match field {
        Field::EnvironmentUrl => profile.environment_url.is_none(),
        Field::ClientId => profile.client_id.is_none(),
        Field::ClientSecret => profile.client_secret.is_none(),
        Field::Tenant => profile.tenant.is_none(),
        Field::SecretExpires => profile.secret_expires.is_none(),
        Field::VendorValue => profile.vendor_value.is_none(),
        Field::OtherKeys => profile.other_keys.is_empty(),
        // Both are added to, never replaced.
        Field::Tags | Field::Notes => true,
        _ => false,
    };
    if fields.is_empty() {
        Action::Same
    } else if fields.iter().all(is_empty) {
        Action::Update
    } else {
        Action::Conflict
    }
}

/// The names that are taken, as they are compared.
struct Names {
    taken: HashSet<String>,
    /// The number that comes next behind each name that was asked for again.
    numbers: HashMap<String, u32>,
}

impl Names {
    fn of(profiles: &[impl Borrow<Profile>]) -> Names {
        let taken = profiles.iter().map(|profile| compared_name(&profile.borrow().name)).collect();
        Names { taken, numbers: HashMap::new() }
    }

    /// A name that nobody has, which is then taken: `Contoso`, `Contoso (2)`.
    fn free(&mut self, name: &str) -> String {
        let compared = compared_name(name);
        if self.taken.insert(compared.clone()) {
            return name.to_owned();
        }
        let next = self.numbers.entry(compared).or_insert(2);
        free_name(name, numbers_behind_a_name(*next), |numbered| {
            *next += 1;
            !self.taken.insert(compared_name(numbered))
        })
    }
}

/// The profiles by what they are found by.
struct Index<'p> {
    by_connection: HashMap<(ClientId, String), &'p Profile>,
    by_client_id: HashMap<ClientId, Vec<&'p Profile>>,
    by_name: HashMap<String, &'p Profile>,
}

impl<'p> Index<'p> {
    fn of(profiles: &'p [impl Borrow<Profile>]) -> Index<'p> {
        let mut index = Index { by_connection: HashMap::new(), by_client_id: HashMap::new(), by_name: HashMap::new() };
        for profile in profiles.iter().map(Borrow::borrow) {
            if let Some(id) = profile.client_id {
                index.by_client_id.entry(id).or_default().push(profile);
                if let Some(url) = &profile.environment_url {
                    index.by_connection.entry((id, url.host().to_owned())).or_insert(profile);
                }
            }
            index.by_name.entry(compared_name(&profile.name)).or_insert(profile);
        }
        index
    }

    fn find(&self, candidate: &Candidate) -> Option<&'p Profile> {
        let by_id = candidate.client_id.and_then(|id| match &candidate.environment_url {
            Some(url) => self.by_connection.get(&(id, url.host().to_owned())).copied(),
            None => match self.by_client_id.get(&id).map(Vec::as_slice) {
                Some([only]) => Some(*only),
                _ => None,
            },
        });
        by_id.or_else(|| self.by_name.get(&compared_name(&candidate.name)).copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::import::{Format, Outcome};
    use crate::profile::{ClientSecret, EnvironmentUrl, NAME_LENGTH_LIMIT};

    const ID: &str = "11112222-aaaa-3333-bbbb-4444cccc5555";

    fn candidate(name: &str, host: &str, secret: &str) -> Candidate {
        Candidate {
            name: name.to_owned(),
            environment_url: EnvironmentUrl::parse(&format!("https://{host}.crm4.dynamics.com")).ok(),
            client_id: ClientId::parse(ID).ok(),
            client_secret: ClientSecret::parse(secret).ok(),
            ..Candidate::default()
        }
    }

    fn profile(name: &str, host: &str, secret: &str) -> Profile {
        let new = Profile::new(Uuid::new_v4(), name, DateTime::UNIX_EPOCH);
        merged(&new, &candidate(name, host, secret), &[], DateTime::UNIX_EPOCH)
    }

    fn import(candidates: Vec<Candidate>) -> Import {
        let mut import = Import::of(Format::Csv);
        import.candidates = candidates;
        assert_eq!(import.outcome(), Outcome::Profiles);
        import
    }

    fn save(import: &Import, profiles: &[Profile], existing: Option<Existing>) -> Vec<(String, Option<String>)> {
        let rows = meet(import, profiles);
        let decisions = Decisions::for_all(existing);
        let resolution = |place: usize| decisions.of_candidate(0, place, rows[place].action);
        let saved = profiles_to_save(import, &rows, profiles, resolution, &["new".to_owned()], DateTime::UNIX_EPOCH);
        assert!(saved.iter().all(|profile| profile.tags == ["new"]));
        saved.into_iter().map(|it| (it.name, it.client_secret.map(|secret| secret.expose().to_owned()))).collect()
    }

    #[test]
    fn a_connection_is_found_by_its_id_and_host_and_then_by_its_name() {
        let profiles = [profile("Old name", "contoso", "one"), profile("Wingtip", "wingtip", "two")];
        let import = import(vec![
            candidate("Contoso", "contoso", "one"),
            candidate("wingtip ", "elsewhere", "two"),
            candidate("Fabrikam", "fabrikam", "three"),
        ]);
        let rows = meet(&import, &profiles);
        let summary: Vec<_> = rows.iter().map(|row| (row.action.id(), row.existing_name.as_deref())).collect();
        assert_eq!(summary, [("same", Some("Old name")), ("conflict", Some("Wingtip")), ("add", None)]);
        assert_eq!(rows[1].fields, [Field::EnvironmentUrl]);
    }

    #[test]
    fn nothing_is_replaced_unless_it_is_asked_for() {
        let profiles = [profile("Contoso", "contoso", "one")];
        let import = import(vec![candidate("Contoso", "contoso", "two"), candidate("New", "new", "three")]);
        let new = ("New".to_owned(), Some("three".to_owned()));
        assert_eq!(save(&import, &profiles, None), std::slice::from_ref(&new));
        assert_eq!(save(&import, &profiles, Some(Existing::Skip)), std::slice::from_ref(&new));
        assert_eq!(save(&import, &profiles, Some(Existing::AddMissing)), std::slice::from_ref(&new));
        let updated = ("Contoso".to_owned(), Some("two".to_owned()));
        assert_eq!(save(&import, &profiles, Some(Existing::Update)), [new.clone(), updated]);
        let copied = ("Contoso (2)".to_owned(), Some("two".to_owned()));
        assert_eq!(save(&import, &profiles, Some(Existing::Copy)), [copied, new]);
    }

    #[test]
    fn a_mask_never_replaces_a_secret() {
        let profiles = [profile("Contoso", "contoso", "one")];
        let masked = import(vec![candidate("Contoso", "contoso", "*****")]);
        assert_eq!(meet(&masked, &profiles)[0].action, Action::Same);
    }

    #[test]
    fn what_is_missing_is_filled_in() {
        let mut bare = profile("Contoso", "contoso", "one");
        bare.client_secret = None;
        let import = import(vec![candidate("Contoso", "contoso", "two")]);
        let rows = meet(&import, std::slice::from_ref(&bare));
        assert_eq!((rows[0].action, rows[0].fields.as_slice()), (Action::Update, &[Field::ClientSecret][..]));
        let filled = ("Contoso".to_owned(), Some("two".to_owned()));
        assert_eq!(save(&import, &[bare], Some(Existing::AddMissing)), [filled]);
    }

    #[test]
    fn names_stay_unique_however_long_they_are() {
        let long = "n".repeat(NAME_LENGTH_LIMIT);
        let mut taken = Names::of(&[] as &[Profile]);
        let names: Vec<String> =
            [&*long, &long, "Duplicate", "duplicate"].iter().map(|name| taken.free(name)).collect();
        assert_eq!(names[2..], ["Duplicate", "duplicate (2)"]);
        assert!(names.iter().all(|name| name.chars().count() <= NAME_LENGTH_LIMIT) && names[0] != names[1]);
    }
}

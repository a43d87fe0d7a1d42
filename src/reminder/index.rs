//! The reminder index: names and dates of each vault's profiles, for a check that has no passphrase.
//!
//! Every save of a vault calls [`update`]. A check calls [`Index::read`], which never fails: what cannot be read is
//! an [`IndexTrouble`] beside an empty index. A file with one JSON object, `"format": 1` first.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Places;
pub use super::index_trouble::IndexTrouble;
use super::kept_file::{Found, KeptFileError, PLAIN_LIMIT};
use super::kept_path;
use super::policy::{Key, VaultPlace, Watched};
use super::rule::ReminderRule;
use super::snooze::Snooze;
use crate::profile::Profile;
use crate::rfc3339;
use crate::vault::Vault;

const FORMAT: u32 = 1;
/// How long a removed profile is remembered, in days, and how many: so that its calendar entry can be called off.
const REMOVED_DAYS: i64 = 400;
const REMOVED_LIMIT: usize = 500;

/// All vaults that were saved under this account.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Index {
    /// The vaults, in the order in which they were first saved.
    pub vaults: Vec<IndexedVault>,
}

/// What is known of one vault without its passphrase.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IndexedVault {
    /// Where it was saved last, as an absolute path.
    #[serde(rename = "vault", with = "kept_path")]
    pub path: PathBuf,
    /// Its id.
    pub id: Uuid,
    /// When the save was that this knows of. A later one by somebody else is not in here.
    #[serde(with = "rfc3339")]
    pub saved_at: DateTime<Utc>,
    /// Which save it was, by the vault's own count.
    #[serde(default)]
    pub generation: u64,
    /// Its profiles.
    pub profiles: Vec<IndexedProfile>,
    /// How many profiles it has, when they are more than the index has room for. None of them is watched then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_out: Option<usize>,
    /// Profiles that it had.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed: Vec<RemovedProfile>,
}

/// What is known of one profile.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IndexedProfile {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// The day on which its secret expires, or the former one while the UCC still uses that: [`Profile::expires`].
    pub expires: Option<NaiveDate>,
    /// Whether the UCC still uses the former secret.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ucc_behind: bool,
    /// When it was changed last.
    #[serde(with = "rfc3339")]
    pub modified: DateTime<Utc>,
    /// Its own rule; kept here, because it is this account that is reminded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<ReminderRule>,
    /// Whether its reminders wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snooze: Option<Snooze>,
}

/// A profile that is no longer in its vault.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RemovedProfile {
    /// Its id.
    pub id: Uuid,
    /// Its last name.
    pub name: String,
    /// The day on which its secret expires.
    pub expires: Option<NaiveDate>,
    /// When its absence was seen.
    #[serde(with = "rfc3339")]
    pub removed_at: DateTime<Utc>,
}

/// A vault as it was just saved or read.
#[derive(Clone, Copy, Debug)]
pub struct SavedVault<'a> {
    /// Its path.
    pub path: &'a Path,
    /// Its id.
    pub id: Uuid,
    /// When it was saved.
    pub saved_at: DateTime<Utc>,
    /// Which save that was, by the vault's own count.
    pub generation: u64,
    /// All its profiles.
    pub profiles: &'a [Profile],
}

impl<'v> From<&'v Vault> for SavedVault<'v> {
    fn from(vault: &'v Vault) -> SavedVault<'v> {
        let info = vault.info();
        SavedVault {
            path: vault.path(),
            id: info.vault_id,
            saved_at: info.saved_at,
            generation: info.generation,
            profiles: vault.contents().profiles(),
        }
    }
}

/// Whether the index had to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Updated {
    /// It was.
    Written,
    /// It said all that already.
    Unchanged,
}

#[derive(Serialize)]
struct Stored<'a> {
    format: u32,
    vaults: &'a [IndexedVault],
}

#[derive(Deserialize)]
struct Read {
    format: u32,
    #[serde(default)]
    vaults: Vec<IndexedVault>,
}

/// The index without its profiles: what tells whether a vault's entry is older than its file.
#[derive(Deserialize)]
struct IndexSummary {
    format: u32,
    #[serde(default)]
    vaults: Vec<VaultSummary>,
}

#[derive(Deserialize)]
struct VaultSummary {
    id: Uuid,
    #[serde(with = "rfc3339")]
    saved_at: DateTime<Utc>,
    #[serde(default)]
    generation: u64,
}

#[derive(Deserialize)]
struct FormatOnly {
    format: u32,
}

impl IndexedVault {
    /// Where this state stands among others of the same vault. The clock of one save may have been years ahead, so the time
    /// decides only between equal counts.
    pub(crate) fn order(&self) -> (u64, DateTime<Utc>) {
        (self.generation, self.saved_at)
    }
}

impl Index {
    /// Reads the index. No file is an empty index and no trouble.
    pub fn read(places: &Places) -> (Index, Option<IndexTrouble>) {
        let path = places.index();
        let file = places.file(path.clone());
        let unreadable = |cause| (Index::default(), Some(IndexTrouble::Unreadable { path: path.clone(), cause }));
        let bytes = match file.read() {
            Found::Missing => return (Index::default(), None),
            Found::Unreadable(cause) => return unreadable(cause),
            Found::Plain(bytes) => bytes,
        };
        match serde_json::from_slice::<Read>(&bytes) {
            Ok(Read { format: FORMAT, vaults }) => (Index { vaults }, None),
            // A newer format may well have other fields, so its number alone is looked for.
            _ => match serde_json::from_slice::<FormatOnly>(&bytes) {
                Ok(FormatOnly { format }) if format > FORMAT => {
                    (Index::default(), Some(IndexTrouble::Newer { path: path.clone() }))
                }
                _ => unreadable("it is damaged".to_owned()),
            },
        }
    }

    /// The vault that was saved at `path`.
    pub fn vault_at(&self, path: &Path) -> Option<&IndexedVault> {
        let wanted = absolute(path);
        let same = |vault: &&IndexedVault| vault.path == wanted || is_same_file(&vault.path, &wanted);
        self.vaults.iter().find(|vault| vault.path == wanted).or_else(|| self.vaults.iter().find(same))
    }

    /// The profile with this key, in the vault that was saved last.
    pub fn find(&self, (vault, profile): Key) -> Option<(&IndexedVault, &IndexedProfile)> {
        let vaults = self.vaults.iter().filter(|known| known.id == vault);
        let found = vaults.filter_map(|known| Some((known, known.profiles.iter().find(|it| it.id == profile)?)));
        found.max_by_key(|(known, _)| known.order())
    }

    /// Every secret to watch over, once each: where a vault has copies, the one that was saved last counts.
    pub fn watched(&self, is_there: &dyn Fn(&Path) -> bool) -> Vec<Entry<'_>> {
        let mut entries = Vec::new();
        for vault in self.newest() {
            let place = if is_there(&vault.path) { VaultPlace::There } else { VaultPlace::Missing };
            entries.extend(vault.profiles.iter().map(|profile| Entry { vault, profile, place }));
        }
        entries
    }

    /// Each vault once: where it has copies, the one that was saved last.
    pub fn newest(&self) -> impl Iterator<Item = &IndexedVault> {
        let mut newest: HashMap<Uuid, &IndexedVault> = HashMap::new();
        for vault in &self.vaults {
            let known = newest.entry(vault.id).or_insert(vault);
            if vault.order() > known.order() {
                *known = vault;
            }
        }
        self.vaults.iter().filter(move |vault| newest.get(&vault.id).is_some_and(|it| std::ptr::eq(*it, *vault)))
    }

    /// Takes in what a vault holds now. Rules and snoozes of its profiles stay.
    fn take_in(&mut self, saved: &SavedVault<'_>) -> Updated {
        let path = absolute(saved.path);
        // At the same path is the same vault, moved or not; another path of the same id that is gone was a move.
        let place = self.vaults.iter().position(|vault| vault.id == saved.id && vault.path == path).or_else(|| {
            let moved = |vault: &IndexedVault| {
                vault.id == saved.id && (!vault.path.exists() || is_same_file(&vault.path, &path))
            };
            self.vaults.iter().position(moved)
        });
        let former = place.map(|place| &self.vaults[place]);
        // An older copy of the vault is not what people are to be reminded of, until somebody accepts it: its number is above
        // this one then.
        if former.is_some_and(|former| former.generation > saved.generation) {
            return Updated::Unchanged;
        }
        let known: HashMap<Uuid, &IndexedProfile> =
            former.iter().flat_map(|vault| vault.profiles.iter()).map(|profile| (profile.id, profile)).collect();
        let profiles: Vec<_> =
            saved.profiles.iter().map(|profile| indexed(profile, known.get(&profile.id).copied())).collect();
        let removed = removed(former, &profiles, saved.saved_at);
        let (saved_at, generation) = (saved.saved_at, saved.generation);
        let next =
            IndexedVault { path: path.clone(), id: saved.id, saved_at, generation, profiles, left_out: None, removed };
        if former == Some(&next) {
            return Updated::Unchanged;
        }
        match place {
            Some(place) => self.vaults[place] = next,
            None => self.vaults.push(next),
        }
        // Another vault in the same place replaced what was there.
        self.vaults.retain(|vault| vault.id == saved.id || vault.path != path);
        Updated::Written
    }
}

impl Index {
    /// The index as JSON of at most `limit` bytes, so that the next reader accepts it. Where it does not fit, the
    /// largest vaults are written without their profiles; the others stay watched.
    fn fit(&mut self, limit: usize) -> std::io::Result<Vec<u8>> {
        loop {
            let bytes = serde_json::to_vec(&Stored { format: FORMAT, vaults: &self.vaults })?;
            if bytes.len() <= limit {
                return Ok(bytes);
            }
            let size = |vault: &IndexedVault| vault.profiles.len() + vault.removed.len();
            match self.vaults.iter_mut().max_by_key(|vault| size(vault)) {
                Some(largest) if size(largest) != 0 => {
                    largest.left_out = Some(largest.profiles.len());
                    (largest.profiles, largest.removed) = (Vec::new(), Vec::new());
                }
                _ => return Err(std::io::Error::other("there are too many vaults in it")),
            }
        }
    }
}

impl IndexedVault {
    /// Why none of its secrets is watched, for people.
    pub fn unwatched(&self) -> Option<String> {
        let count = self.left_out?;
        Some(format!(
            "The vault {} is too large for reminders: the reminder index has no room for its {count} profiles, so you \
             will not be reminded about them. Split it into several vaults, or run “a365-password-cli expiring” with its \
             passphrase.",
            self.path.display()
        ))
    }
}

/// A profile in the index, with its vault.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// Its vault.
    pub vault: &'a IndexedVault,
    /// The profile.
    pub profile: &'a IndexedProfile,
    /// Whether the vault's file is there.
    pub place: VaultPlace,
}

impl<'a> Entry<'a> {
    /// As the policy sees it.
    pub fn watched(&self) -> Watched<'a> {
        let Entry { vault, profile, place } = *self;
        Watched {
            key: (vault.id, profile.id),
            expires: profile.expires,
            rule: profile.rule.as_ref(),
            snooze: profile.snooze,
            vault: place,
        }
    }
}

fn indexed(profile: &Profile, known: Option<&IndexedProfile>) -> IndexedProfile {
    IndexedProfile {
        id: profile.id,
        name: profile.name.clone(),
        expires: profile.expires(),
        ucc_behind: profile.ucc_behind().is_some(),
        modified: profile.modified,
        rule: known.and_then(|known| known.rule.clone()),
        // A new date ends the snooze.
        snooze: known.and_then(|known| known.snooze).filter(|snooze| snooze.expires == profile.expires()),
    }
}

fn removed(former: Option<&IndexedVault>, now: &[IndexedProfile], at: DateTime<Utc>) -> Vec<RemovedProfile> {
    let Some(former) = former else { return Vec::new() };
    let there: HashSet<Uuid> = now.iter().map(|profile| profile.id).collect();
    let gone = former.profiles.iter().filter(|profile| !there.contains(&profile.id)).map(|profile| RemovedProfile {
        id: profile.id,
        name: profile.name.clone(),
        expires: profile.expires,
        removed_at: at,
    });
    let kept = former.removed.iter().filter(|old| !there.contains(&old.id)).cloned();
    let mut all: Vec<_> = kept.chain(gone).filter(|old| (at - old.removed_at).num_days() <= REMOVED_DAYS).collect();
    all.drain(..all.len().saturating_sub(REMOVED_LIMIT));
    all
}

/// Takes a vault that was just saved into the index, which is made when there is none.
pub fn update(places: &Places, saved: &SavedVault<'_>) -> Result<Updated, KeptFileError> {
    change(places, |index| index.take_in(saved))
}

/// As [`update`], only for a vault that is in the index already: for one that was read and not saved.
pub fn refresh(places: &Places, saved: &SavedVault<'_>) -> Result<Updated, KeptFileError> {
    let Found::Plain(bytes) = places.file(places.index()).read() else { return Ok(Updated::Unchanged) };
    let is_older = |known: &VaultSummary| {
        known.id == saved.id && (known.generation, known.saved_at) < (saved.generation, saved.saved_at)
    };
    match serde_json::from_slice(&bytes) {
        Ok(IndexSummary { format: FORMAT, vaults }) if vaults.iter().any(is_older) => {
            change(places, |index| index.take_in(saved))
        }
        _ => Ok(Updated::Unchanged),
    }
}

/// Changes profiles, in every copy of their vaults: their rules or snoozes. One write, however many they are.
pub fn change_profiles(
    places: &Places,
    keys: &[Key],
    change_it: impl Fn(&mut IndexedProfile),
) -> Result<Updated, KeptFileError> {
    let keys: HashSet<Key> = keys.iter().copied().collect();
    change(places, |index| {
        let mut updated = Updated::Unchanged;
        for vault in &mut index.vaults {
            let id = vault.id;
            for known in vault.profiles.iter_mut().filter(|known| keys.contains(&(id, known.id))) {
                let before = known.clone();
                change_it(known);
                if *known != before {
                    updated = Updated::Written;
                }
            }
        }
        updated
    })
}

/// Forgets the vault that was saved at `path`, e.g. one that was deleted.
pub fn forget(places: &Places, path: &Path) -> Result<Updated, KeptFileError> {
    let path = absolute(path);
    change(places, |index| {
        let before = index.vaults.len();
        index.vaults.retain(|vault| vault.path != path);
        if index.vaults.len() < before { Updated::Written } else { Updated::Unchanged }
    })
}

/// Forgets all copies of a vault. The next [`update`] takes it in again.
pub fn forget_vault(places: &Places, id: Uuid) -> Result<Updated, KeptFileError> {
    change(places, |index| {
        let before = index.vaults.len();
        index.vaults.retain(|vault| vault.id != id);
        if index.vaults.len() < before { Updated::Written } else { Updated::Unchanged }
    })
}

fn change(places: &Places, change_it: impl FnOnce(&mut Index) -> Updated) -> Result<Updated, KeptFileError> {
    let file = places.file(places.index());
    let held = file.lock()?;
    let (mut index, trouble) = Index::read(places);
    let updated = change_it(&mut index);
    if updated == Updated::Unchanged {
        return Ok(updated);
    }
    match trouble {
        Some(IndexTrouble::Newer { path }) => return Err(KeptFileError::Newer { path }),
        Some(IndexTrouble::Unreadable { .. }) => file.set_aside(&held),
        None => {}
    }
    let bytes = index.fit(PLAIN_LIMIT).map_err(|cause| KeptFileError::Disk {
        path: file.path.clone(),
        what: "saved",
        cause,
    })?;
    file.replace(&held, &bytes)?;
    Ok(Updated::Written)
}

/// The path from the root; links stay as they are, so that a share's own name is what people see.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

fn is_same_file(one: &Path, other: &Path) -> bool {
    let real = |path| std::fs::canonicalize(path).ok();
    real(one).is_some_and(|one| Some(one) == real(other))
}

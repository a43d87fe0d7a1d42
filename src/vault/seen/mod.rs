//! What an account has seen of a vault: kept separately, away from the vault, so that a person who can change the
//! vault's file cannot also change what is known of it.
//!
//! In: the vault as it was read. Out: how it stands to what was seen, or why it is refused. See `docs/vault-format.md`,
//! "What an account has seen".

mod store;

pub use store::{NothingSeen, SeenFolder, SeenVaults};

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::rfc3339;
use crate::vault::contents::{SAVES_LIMIT, SaveId};
use crate::vault::encoding::fixed_base64::decode;
use crate::vault::error::Unproven;
use crate::vault::roster::{ProvenRecords, RecordHash, Roster};
use crate::vault::slots::SlotId;
use crate::vault::state::State;
use crate::written_day::utc_minute;

const FORMAT: u32 = 1;
/// How many names of saves are remembered: enough to tell an older copy from one that went another way.
const SAVES_SEEN: usize = 64;
/// How many earlier records are remembered.
const RECORDS_SEEN: usize = 64;

/// How a vault stands to what this account has seen of it before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// This account has not seen this vault before, so there is nothing to compare it with.
    #[default]
    First,
    /// It comes after what was seen.
    Follows,
    /// It is an older copy: what this account saw later is not in it.
    Older(Behind),
    /// It went another way: the latest save that this account saw is not in it.
    Without(Behind),
    /// What was seen cannot be read, for this reason.
    Unreadable(String),
}

/// A vault that does not hold all that was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Behind {
    /// The generation that was seen.
    pub seen_generation: u64,
    /// When that was saved.
    pub seen_at: DateTime<Utc>,
    /// The generation that is there now.
    pub generation: u64,
    /// When it was saved.
    pub saved_at: DateTime<Utc>,
}

impl Standing {
    /// Whether there is something that people have to know, and to [accept](crate::vault::Vault::trust) before it is taken as right.
    pub fn needs_attention(&self) -> bool {
        !matches!(self, Standing::First | Standing::Follows)
    }
}

/// The notice for people, with times in UTC; empty where there is none.
impl fmt::Display for Standing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.notice(utc_minute))
    }
}

impl Standing {
    /// The notice for people, with times as `written` writes them; empty where there is none.
    pub fn notice(&self, written: impl Fn(DateTime<Utc>) -> String) -> String {
        match self {
            Standing::First | Standing::Follows => String::new(),
            Standing::Older(behind) => format!(
                "This is an older version of the vault: it was saved on {} (save {}), but this account has already \
                 seen save {} of {}. Someone restored an older file, or a file share or sync client did. Later changes \
                 are not in it: look for them in the backups. If this version is right, accept it.",
                written(behind.saved_at),
                behind.generation,
                behind.seen_generation,
                written(behind.seen_at)
            ),
            Standing::Without(behind) => format!(
                "This vault does not contain a save that this account has seen (save {} of {}). The file was replaced \
                 with a copy that has different changes. Check whether changes are missing, and look for them in the \
                 backups. If this version is right, accept it.",
                behind.seen_generation,
                written(behind.seen_at)
            ),
            Standing::Unreadable(why) => format!(
                "The record of what this account has seen of this vault cannot be read ({why}), so an older or changed \
                 copy would not be noticed this time."
            ),
        }
    }
}

/// What was seen of the members.
#[derive(Clone, PartialEq, Eq)]
struct SeenRoster {
    number: u64,
    hash: RecordHash,
    data_key: [u8; 32],
    /// Its members.
    members: Vec<(SlotId, [u8; 32])>,
    /// The records before it, newest first.
    earlier: Vec<RecordHash>,
    /// Of its records with their signatures ([`ProvenRecords`]), which were all checked; `None` in what was remembered by an
    /// earlier version of this program.
    proven: Option<[u8; 32]>,
}

/// What was seen of one vault.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::vault) struct Seen {
    generation: u64,
    saved_at: DateTime<Utc>,
    /// Newest last.
    saves: Vec<SaveId>,
    /// `None` when it was a version-1 file.
    roster: Option<SeenRoster>,
}

#[derive(Serialize, Deserialize)]
struct SeenJson {
    format: u32,
    generation: u64,
    #[serde(with = "rfc3339")]
    saved_at: DateTime<Utc>,
    saves: Vec<String>,
    roster: Option<SeenRosterJson>,
}

#[derive(Serialize, Deserialize)]
struct SeenRosterJson {
    number: u64,
    hash: String,
    data_key: String,
    members: Vec<(String, String)>,
    earlier: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    proven: Option<String>,
}

impl Seen {
    /// What is to be remembered of this state.
    pub(in crate::vault) fn of(state: &State) -> Seen {
        let saves = &state.contents.saves;
        let roster = state.roster.last().map(|last| SeenRoster {
            number: last.number,
            hash: last.hash,
            data_key: last.data_key,
            members: last.keys(),
            earlier: state.roster.records().iter().rev().skip(1).take(RECORDS_SEEN).map(|record| record.hash).collect(),
            proven: state.roster.proven().map(|proven| proven.digest),
        });
        Seen {
            generation: state.header.generation,
            saved_at: state.header.saved_at,
            saves: saves[saves.len().saturating_sub(SAVES_SEEN)..].to_vec(),
            roster,
        }
    }

    /// How `state`, as it was read, stands to this.
    pub(in crate::vault) fn compare(&self, state: &State) -> Result<Standing, Unproven> {
        if let Some(seen) = &self.roster {
            seen.allows(&state.roster)?;
        }
        let saves = &state.contents.saves;
        let generation = state.header.generation;
        let behind = Behind {
            seen_generation: self.generation,
            seen_at: self.saved_at,
            generation,
            saved_at: state.header.saved_at,
        };
        let Some(latest) = self.saves.last() else { return Ok(Standing::Follows) };
        // So many saves may have come since that its name went off the list.
        let long_since = self.generation.saturating_add(SAVES_LIMIT as u64 / 2);
        if saves.contains(latest) || (saves.len() >= SAVES_LIMIT && generation >= long_since) {
            return Ok(Standing::Follows);
        }
        let is_older = saves.last().is_some_and(|last| self.saves.contains(last));
        Ok(if is_older { Standing::Older(behind) } else { Standing::Without(behind) })
    }

    /// As JSON.
    pub(in crate::vault) fn to_bytes(&self) -> Vec<u8> {
        let hash = |hash: &RecordHash| STANDARD.encode(hash);
        let json = SeenJson {
            format: FORMAT,
            generation: self.generation,
            saved_at: self.saved_at,
            saves: self.saves.iter().map(SaveId::to_string).collect(),
            roster: self.roster.as_ref().map(|roster| SeenRosterJson {
                number: roster.number,
                hash: hash(&roster.hash),
                data_key: STANDARD.encode(roster.data_key),
                members: roster.members.iter().map(|(slot, key)| (hash(&slot.0), hash(key))).collect(),
                earlier: roster.earlier.iter().map(hash).collect(),
                proven: roster.proven.as_ref().map(hash),
            }),
        };
        serde_json::to_vec(&json).expect("what was seen is plain JSON")
    }

    /// Reads what [`Seen::to_bytes`] writes.
    pub(in crate::vault) fn read(bytes: &[u8]) -> Option<Seen> {
        let json: SeenJson = serde_json::from_slice(bytes).ok().filter(|json: &SeenJson| json.format == FORMAT)?;
        let roster = match json.roster {
            None => None,
            Some(roster) => Some(SeenRoster {
                number: roster.number,
                hash: decode(&roster.hash)?,
                data_key: decode(&roster.data_key)?,
                members: roster
                    .members
                    .iter()
                    .map(|it| Some((SlotId(decode(&it.0)?), decode(&it.1)?)))
                    .collect::<Option<_>>()?,
                earlier: roster.earlier.iter().map(|hash| decode(hash)).collect::<Option<_>>()?,
                proven: roster.proven.and_then(|digest| decode(&digest)),
            }),
        };
        let saves = json.saves.iter().map(|save| SaveId::parse(save)).collect::<Option<_>>()?;
        Some(Seen { generation: json.generation, saved_at: json.saved_at, saves, roster })
    }

    /// The records of the roster that were checked when they were seen.
    pub(in crate::vault) fn proven(&self) -> Option<ProvenRecords> {
        let roster = self.roster.as_ref()?;
        Some(ProvenRecords { last: roster.hash, digest: roster.proven? })
    }

    /// The generation that was seen.
    pub(in crate::vault) fn generation(&self) -> u64 {
        self.generation
    }
}

impl SeenRoster {
    fn allows(&self, found: &Roster) -> Result<(), Unproven> {
        let last = found.last().ok_or(Unproven::EarlierFormat)?;
        if found.comes_after(&self.hash, &self.members) {
            return Ok(());
        }
        // Under one data key members are only ever added, and nobody was removed who could have done it.
        let known = self.earlier.iter().any(|hash| found.find(hash).is_some());
        match (known, last.data_key == self.data_key) {
            (true, true) => Ok(()),
            (true, false) if self.earlier.contains(&last.hash) => Err(Unproven::EarlierKeys),
            _ => Err(Unproven::UnknownMembers),
        }
    }
}

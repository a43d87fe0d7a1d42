//! The header: what a vault tells without a passphrase, its key slots among it.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize};
use uuid::Uuid;

use super::layout::MAGIC;
use crate::rfc3339;
use crate::vault::crypto::TAG_LENGTH;
use crate::vault::encoding::KeptValue;
use crate::vault::encoding::fixed_base64::decode;
use crate::vault::error::{VaultError, shown};
use crate::vault::format_version::{FORMAT_VERSION, FormatVersion};
use crate::vault::slots::{KdfParameters, KeySlots, SLOT_LIMIT, Slot, SlotId};

const CIPHER: &str = "AES-256-GCM";
const MINIMUM_SEALED: u64 = TAG_LENGTH as u64;
/// The highest generation: as far as every language's numbers count exactly, and further than anybody can save.
pub(in crate::vault) const GENERATION_LIMIT: u64 = 1 << 53;

/// What a vault's header tells without a passphrase. None of it is sealed until the vault is opened: treat it as a hint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VaultInfo {
    /// The format's version.
    pub format_version: u64,
    /// Names this vault for ever.
    pub vault_id: Uuid,
    /// Counts the saves, from 1.
    pub generation: u64,
    /// When it was last saved.
    pub saved_at: DateTime<Utc>,
    /// The ways to open it.
    pub slots: Vec<SlotInfo>,
    /// The file's length in bytes.
    pub file_length: u64,
}

/// One way to open a vault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotInfo {
    /// `passphrase`, `recovery-key`, `os-account`, or a kind that only a newer version knows.
    pub kind: String,
    /// The cost of trying one passphrase, for a passphrase slot.
    pub kdf: Option<KdfParameters>,
}

/// The longest roster accepted, in bytes, its tag included.
const ROSTER_LIMIT: u64 = 1024 * 1024;

/// The header as values.
#[derive(Clone)]
pub(in crate::vault) struct Header {
    /// As it was read; what is written is always the newest.
    pub(in crate::vault) version: FormatVersion,
    pub(in crate::vault) vault_id: Uuid,
    pub(in crate::vault) generation: u64,
    pub(in crate::vault) saved_at: DateTime<Utc>,
    pub(in crate::vault) salt: [u8; 32],
    pub(in crate::vault) commitment: [u8; 32],
    pub(in crate::vault) payload_length: u64,
    /// 0 in version 1, which has no roster.
    pub(in crate::vault) roster_length: u64,
    /// The slot that made and signed the save; `None` in version 1.
    pub(in crate::vault) author: Option<SlotId>,
    pub(in crate::vault) slots: Vec<Slot>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HeaderJson<'a> {
    #[serde(borrow)]
    format: &'a str,
    version: u64,
    vault_id: &'a str,
    generation: u64,
    saved_at: &'a str,
    payload: PayloadJson<'a>,
    #[serde(default, deserialize_with = "never_null")]
    roster_length: Option<u64>,
    #[serde(borrow, default, deserialize_with = "never_null")]
    author: Option<&'a str>,
    slots: Vec<KeptValue>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PayloadJson<'a> {
    #[serde(borrow)]
    cipher: &'a str,
    salt: &'a str,
    commitment: &'a str,
    length: u64,
}

/// A member that may be missing in one version is never `null` in the other.
fn never_null<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

impl Header {
    /// Reads a header line (without its line end). Every bound is checked; nothing is derived.
    pub(in crate::vault) fn parse(line: &[u8], version: FormatVersion, path: &Path) -> Result<Header, VaultError> {
        let refused = |what| VaultError::HeaderRefused { path: shown(path), what };
        let json: HeaderJson<'_> = serde_json::from_slice(line)
            .map_err(|_| refused("a field is missing, unknown, repeated, nested too deep or of the wrong kind"))?;
        if json.format != "a365vault" || json.version != version.number() || json.payload.cipher != CIPHER {
            return Err(refused("it names a format or cipher that does not belong to its version"));
        }
        let (roster_length, author) = match (version, json.roster_length, json.author) {
            (FormatVersion::One, None, None) => (0, None),
            (FormatVersion::Two, Some(length @ MINIMUM_SEALED..=ROSTER_LIMIT), Some(author)) => {
                (length, Some(SlotId(decode(author).ok_or_else(|| refused("its author is not one of its key slots"))?)))
            }
            _ => return Err(refused("its roster or its author is missing or out of bounds")),
        };
        if json.generation == 0 {
            return Err(refused("its generation is 0"));
        }
        if json.generation > GENERATION_LIMIT {
            return Err(refused("its generation is higher than any number of saves could reach"));
        }
        if json.slots.is_empty() || json.slots.len() > SLOT_LIMIT {
            return Err(refused("it has no key slot or more than 32"));
        }
        let mut slots = Vec::with_capacity(json.slots.len());
        for slot in json.slots {
            slots.push(Slot::read(slot, version, path)?);
        }
        if !work_fits(&slots) {
            return Err(refused("its passphrase slots require too much work in total"));
        }
        if (1..slots.len()).any(|place| slots[..place].iter().any(|other| other.id() == slots[place].id())) {
            return Err(refused("two of its key slots have the same salt"));
        }
        if author.is_some_and(|author| slots.iter().all(|slot| slot.id() != author)) {
            return Err(refused("its author is not one of its key slots"));
        }
        Ok(Header {
            version,
            vault_id: read_id(json.vault_id).ok_or_else(|| refused("its vault ID is not a GUID in lower case"))?,
            generation: json.generation,
            saved_at: DateTime::parse_from_rfc3339(json.saved_at)
                .map_err(|_| refused("its save time is not a date and time"))?
                .with_timezone(&Utc),
            salt: decode(json.payload.salt).ok_or_else(|| refused("its payload salt is not 32 bytes"))?,
            commitment: decode(json.payload.commitment).ok_or_else(|| refused("its commitment is not 32 bytes"))?,
            payload_length: json.payload.length,
            roster_length,
            author,
            slots,
        })
    }

    /// The slot with this id.
    pub(in crate::vault) fn slot(&self, id: SlotId) -> Option<&Slot> {
        self.slots.iter().find(|slot| slot.id() == id)
    }

    /// The slots, to be tried.
    pub(in crate::vault) fn key_slots(&self) -> KeySlots<'_> {
        KeySlots { vault_id: self.vault_id, version: self.version, slots: &self.slots }
    }

    /// The header line, its line end included.
    pub(in crate::vault) fn to_line(&self) -> Vec<u8> {
        let json = HeaderJson {
            format: "a365vault",
            version: FORMAT_VERSION,
            vault_id: &self.vault_id.hyphenated().to_string(),
            generation: self.generation,
            saved_at: &rfc3339::text(self.saved_at, SecondsFormat::Secs),
            payload: PayloadJson {
                cipher: CIPHER,
                salt: &STANDARD.encode(self.salt),
                commitment: &STANDARD.encode(self.commitment),
                length: self.payload_length,
            },
            roster_length: Some(self.roster_length),
            author: Some(&STANDARD.encode(self.author.expect("the one who saves has a slot").0)),
            slots: self.slots.iter().map(Slot::to_json).collect(),
        };
        let mut line = serde_json::to_vec(&json).expect("a header is plain JSON");
        debug_assert!(line.starts_with(MAGIC));
        line.push(b'\n');
        line
    }

    /// What people may see of it.
    pub(in crate::vault) fn info(&self, file_length: u64) -> VaultInfo {
        let describe = |slot: &Slot| SlotInfo { kind: slot.kind_name().to_owned(), kdf: slot.kdf() };
        VaultInfo {
            format_version: self.version.number(),
            vault_id: self.vault_id,
            generation: self.generation,
            saved_at: self.saved_at,
            slots: self.slots.iter().map(describe).collect(),
            file_length,
        }
    }
}

/// Whether trying one passphrase on all of these slots stays within the limit.
pub(in crate::vault) fn work_fits(slots: &[Slot]) -> bool {
    slots.iter().filter_map(Slot::kdf).map(KdfParameters::work).sum::<u64>() <= KdfParameters::WORK_LIMIT
}

/// A GUID in its canonical spelling: the slots are bound to this text.
fn read_id(text: &str) -> Option<Uuid> {
    Uuid::try_parse(text).ok().filter(|id| id.hyphenated().to_string() == text)
}

//! The header: what a vault tells without a passphrase, and the key slots that wrap its data key.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::error::{VaultError, shown};
use super::kdf::KdfParameters;
use super::kept_json::KeptValue;
use super::layout::{FORMAT_VERSION, MAGIC};
use super::seal::{self, Key, TAG_LENGTH};
use super::surroundings::Surroundings;
use crate::profile::SecretText;

const CIPHER: &str = "AES-256-GCM";
const PASSPHRASE_KIND: &str = "passphrase";
const KDF_NAME: &str = "argon2id";
/// The most key slots that a vault may have.
const SLOT_LIMIT: usize = 8;
const WRAPPED_LENGTH: usize = Key::LENGTH + TAG_LENGTH;

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
    /// `passphrase`, or a kind that only a newer version knows.
    pub kind: String,
    /// The cost of trying one passphrase, for a passphrase slot.
    pub kdf: Option<KdfParameters>,
}

/// The header as values.
#[derive(Clone)]
pub(super) struct Header {
    pub(super) vault_id: Uuid,
    pub(super) generation: u64,
    pub(super) saved_at: DateTime<Utc>,
    pub(super) salt: [u8; 32],
    pub(super) commitment: [u8; 32],
    pub(super) payload_length: u64,
    pub(super) slots: Vec<Slot>,
}

/// One key slot.
#[derive(Clone)]
pub(super) enum Slot {
    Passphrase(PassphraseSlot),
    /// Of a kind that this version does not know: kept untouched, never tried.
    Other(KeptValue),
}

/// The data key, wrapped under a passphrase.
#[derive(Clone)]
pub(super) struct PassphraseSlot {
    kdf: KdfParameters,
    salt: [u8; 32],
    wrapped_key: [u8; WRAPPED_LENGTH],
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

impl Header {
    /// Reads a header line (without its line end). Every bound is checked; nothing is derived.
    pub(super) fn parse(line: &[u8], path: &Path) -> Result<Header, VaultError> {
        let refused = |what| VaultError::HeaderRefused { path: shown(path), what };
        let json: HeaderJson<'_> = serde_json::from_slice(line)
            .map_err(|_| refused("a field is missing, unknown, repeated, nested too deep or of the wrong kind"))?;
        if json.format != "a365vault" || json.version != FORMAT_VERSION || json.payload.cipher != CIPHER {
            return Err(refused("it names a format or a cipher that version 1 does not have"));
        }
        if json.generation == 0 {
            return Err(refused("its generation is 0"));
        }
        if json.slots.is_empty() || json.slots.len() > SLOT_LIMIT {
            return Err(refused("it has no key slot or more than 8"));
        }
        let mut slots = Vec::with_capacity(json.slots.len());
        for slot in json.slots {
            slots.push(Slot::read(slot, path)?);
        }
        if passphrase_slots(&slots).map(|slot| slot.kdf.work()).sum::<u64>() > KdfParameters::WORK_LIMIT {
            return Err(refused("its passphrase slots together ask for too much work"));
        }
        Ok(Header {
            vault_id: read_id(json.vault_id).ok_or_else(|| refused("its vault id is no GUID in small letters"))?,
            generation: json.generation,
            saved_at: DateTime::parse_from_rfc3339(json.saved_at)
                .map_err(|_| refused("its time of saving is no time"))?
                .with_timezone(&Utc),
            salt: decode(json.payload.salt).ok_or_else(|| refused("its payload salt is not 32 bytes"))?,
            commitment: decode(json.payload.commitment).ok_or_else(|| refused("its commitment is not 32 bytes"))?,
            payload_length: json.payload.length,
            slots,
        })
    }

    /// The header line, its line end included.
    pub(super) fn to_line(&self) -> Vec<u8> {
        let json = HeaderJson {
            format: "a365vault",
            version: FORMAT_VERSION,
            vault_id: &self.vault_id.hyphenated().to_string(),
            generation: self.generation,
            saved_at: &self.saved_at.to_rfc3339_opts(SecondsFormat::Secs, true),
            payload: PayloadJson {
                cipher: CIPHER,
                salt: &STANDARD.encode(self.salt),
                commitment: &STANDARD.encode(self.commitment),
                length: self.payload_length,
            },
            slots: self.slots.iter().map(Slot::to_json).collect(),
        };
        let mut line = serde_json::to_vec(&json).expect("a header is plain JSON");
        debug_assert!(line.starts_with(MAGIC));
        line.push(b'\n');
        line
    }

    /// What people may see of it.
    pub(super) fn info(&self, file_length: u64) -> VaultInfo {
        let describe = |slot: &Slot| match slot {
            Slot::Passphrase(slot) => SlotInfo { kind: PASSPHRASE_KIND.to_owned(), kdf: Some(slot.kdf) },
            Slot::Other(json) => SlotInfo { kind: kind_of(json).unwrap_or_default().to_owned(), kdf: None },
        };
        VaultInfo {
            format_version: FORMAT_VERSION,
            vault_id: self.vault_id,
            generation: self.generation,
            saved_at: self.saved_at,
            slots: self.slots.iter().map(describe).collect(),
            file_length,
        }
    }

    /// The data key and the place of the slot that gave it.
    pub(super) fn unwrap_data_key(&self, passphrase: &SecretText) -> Result<(usize, Key), VaultError> {
        if passphrase.is_empty() {
            return Err(VaultError::PassphraseEmpty);
        }
        for (place, slot) in self.slots.iter().enumerate() {
            if let Slot::Passphrase(slot) = slot
                && let Some(key) = slot.unwrap(self.vault_id, passphrase)?
            {
                return Ok((place, key));
            }
        }
        Err(VaultError::WrongPassphrase)
    }
}

fn passphrase_slots(slots: &[Slot]) -> impl Iterator<Item = &PassphraseSlot> {
    slots.iter().filter_map(|slot| if let Slot::Passphrase(slot) = slot { Some(slot) } else { None })
}

fn kind_of(slot: &KeptValue) -> Option<&str> {
    slot.members()?.iter().find(|(name, _)| name == "kind")?.1.text()
}

/// A GUID in its canonical spelling: the slots are bound to this text.
fn read_id(text: &str) -> Option<Uuid> {
    Uuid::try_parse(text).ok().filter(|id| id.hyphenated().to_string() == text)
}

fn decode<const LENGTH: usize>(base64: &str) -> Option<[u8; LENGTH]> {
    STANDARD.decode(base64).ok()?.try_into().ok()
}

impl Slot {
    fn read(json: KeptValue, path: &Path) -> Result<Slot, VaultError> {
        let refused = |what| VaultError::HeaderRefused { path: shown(path), what };
        match kind_of(&json) {
            Some(PASSPHRASE_KIND) => {}
            Some(_) => return Ok(Slot::Other(json)),
            None => return Err(refused("a key slot has no kind")),
        }
        let what = "a field of its passphrase slot is missing, unknown or of the wrong kind";
        let [_, kdf, wrapped_key] = fields(&json, ["kind", "kdf", "wrapped_key"]).ok_or_else(|| refused(what))?;
        let [name, memory_kib, passes, lanes, salt] =
            fields(kdf, ["name", "memory_kib", "passes", "lanes", "salt"]).ok_or_else(|| refused(what))?;
        if name.text() != Some(KDF_NAME) {
            return Err(refused("its passphrase slot has a key derivation that version 1 does not have"));
        }
        let number = |value: &KeptValue| value.number().ok_or_else(|| refused(what));
        let (memory_kib, passes, lanes) = (number(memory_kib)?, number(passes)?, number(lanes)?);
        Ok(Slot::Passphrase(PassphraseSlot {
            kdf: narrow(memory_kib, passes, lanes).ok_or_else(|| VaultError::KdfOutOfRangeInFile {
                path: shown(path),
                memory_kib,
                passes,
                lanes,
            })?,
            salt: salt.text().and_then(decode).ok_or_else(|| refused("its slot's salt is not 32 bytes"))?,
            wrapped_key: wrapped_key
                .text()
                .and_then(decode)
                .ok_or_else(|| refused("its wrapped key is not 48 bytes"))?,
        }))
    }

    fn to_json(&self) -> KeptValue {
        let slot = match self {
            Slot::Passphrase(slot) => slot,
            Slot::Other(json) => return json.clone(),
        };
        let text = |text: &str| KeptValue::Text(SecretText::from(text));
        let number = |number: u32| KeptValue::Number(number.into());
        let object = |members: Vec<(&str, KeptValue)>| {
            KeptValue::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
        };
        object(vec![
            ("kind", text(PASSPHRASE_KIND)),
            (
                "kdf",
                object(vec![
                    ("name", text(KDF_NAME)),
                    ("memory_kib", number(slot.kdf.memory_kib())),
                    ("passes", number(slot.kdf.passes())),
                    ("lanes", number(slot.kdf.lanes())),
                    ("salt", text(&STANDARD.encode(slot.salt))),
                ]),
            ),
            ("wrapped_key", text(&STANDARD.encode(slot.wrapped_key))),
        ])
    }
}

/// The members with these names, when the object has them all and no other.
fn fields<'a, const COUNT: usize>(object: &'a KeptValue, names: [&str; COUNT]) -> Option<[&'a KeptValue; COUNT]> {
    let members = object.members()?;
    let found = names.map(|name| members.iter().find(|(member, _)| member == name).map(|(_, value)| value));
    if members.len() != COUNT || found.iter().any(Option::is_none) {
        return None;
    }
    Some(found.map(|value| value.expect("just looked at")))
}

fn narrow(memory_kib: u64, passes: u64, lanes: u64) -> Option<KdfParameters> {
    KdfParameters::new(memory_kib.try_into().ok()?, passes.try_into().ok()?, lanes.try_into().ok()?).ok()
}

impl PassphraseSlot {
    /// Wraps `data_key` under a passphrase, with a fresh salt and thus a fresh wrapping key.
    pub(super) fn wrap(
        vault_id: Uuid,
        passphrase: &SecretText,
        kdf: KdfParameters,
        data_key: &Key,
        surroundings: &dyn Surroundings,
    ) -> Result<PassphraseSlot, VaultError> {
        let salt = seal::random_salt(surroundings)?;
        let mut slot = PassphraseSlot { kdf, salt, wrapped_key: [0; WRAPPED_LENGTH] };
        let mut wrapped = data_key.clone();
        let tag = seal::encrypt(&kdf.derive(passphrase, &salt)?, &slot.associated(vault_id), wrapped.bytes_mut());
        slot.wrapped_key[..Key::LENGTH].copy_from_slice(wrapped.bytes());
        slot.wrapped_key[Key::LENGTH..].copy_from_slice(&tag);
        Ok(slot)
    }

    /// The cost of trying one passphrase.
    pub(super) fn kdf(&self) -> KdfParameters {
        self.kdf
    }

    fn unwrap(&self, vault_id: Uuid, passphrase: &SecretText) -> Result<Option<Key>, VaultError> {
        let wrapping_key = self.kdf.derive(passphrase, &self.salt)?;
        let (wrapped, tag) = self.wrapped_key.split_at(Key::LENGTH);
        let mut key = Key::empty();
        key.bytes_mut().copy_from_slice(wrapped);
        let tag = tag.try_into().expect("the rest is the tag");
        Ok(seal::decrypt(&wrapping_key, &self.associated(vault_id), key.bytes_mut(), tag).then_some(key))
    }

    /// What the wrapping is bound to: the vault, the slot's kind and every parameter of the derivation.
    fn associated(&self, vault_id: Uuid) -> Vec<u8> {
        format!(
            "a365vault v1 slot|{}|{PASSPHRASE_KIND}|{KDF_NAME}|{}|{}|{}|{}",
            vault_id.hyphenated(),
            self.kdf.memory_kib(),
            self.kdf.passes(),
            self.kdf.lanes(),
            STANDARD.encode(self.salt)
        )
        .into_bytes()
    }
}

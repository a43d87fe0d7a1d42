//! A slot as the header's JSON has it. Every bound is checked; nothing is derived.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::kdf::KdfParameters;
use super::origin_keys::OriginName;
use super::{BLOB_LIMIT, KeySlot, Opener, Slot};
use crate::profile::SecretText;
use crate::vault::crypto::SEALED_LENGTH;
use crate::vault::encoding::KeptValue;
use crate::vault::encoding::fixed_base64::decode;
use crate::vault::error::{VaultError, shown};
use crate::vault::format_version::FormatVersion;

pub(in crate::vault) const PASSPHRASE: &str = "passphrase";
pub(super) const RECOVERY_KEY: &str = "recovery-key";
pub(super) const OS_ACCOUNT: &str = "os-account";
pub(super) const KDF_NAME: &str = "argon2id";

const SEALED: &str = "sealed_data_key";
const ORIGIN: &str = "origin";

pub(super) fn kind_of(slot: &KeptValue) -> Option<&str> {
    member(slot, "kind")?.text()
}

/// The salt of a slot that has one.
pub(super) fn salt_of(slot: &KeptValue) -> Option<[u8; 32]> {
    decode(member(slot, "salt")?.text()?)
}

/// The public key of a slot of an unknown kind to which a data key can be sealed.
pub(super) fn sealable(slot: &KeptValue) -> Option<[u8; 32]> {
    kind_of(slot).filter(|kind| is_plain_name(kind))?;
    decode::<SEALED_LENGTH>(member(slot, SEALED)?.text()?)?;
    decode(member(slot, "public_key")?.text()?)
}

/// The name of the origin key of a slot of an unknown kind.
pub(super) fn origin_of(slot: &KeptValue) -> Option<OriginName> {
    OriginName::parse(member(slot, ORIGIN)?.text()?)
}

/// The same slot with another sealed data key, every other member as it was.
pub(super) fn with_sealed_data_key(slot: &KeptValue, sealed: &[u8; SEALED_LENGTH]) -> KeptValue {
    let replaced = |(name, value): &(String, KeptValue)| {
        let value = if name == SEALED { text(&STANDARD.encode(sealed)) } else { value.clone() };
        (name.clone(), value)
    };
    KeptValue::Object(slot.members().unwrap_or_default().iter().map(replaced).collect())
}

/// A name that cannot be taken for anything else between the bars of associated data.
pub(in crate::vault) fn is_plain_name(name: &str) -> bool {
    (1..=32).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

fn member<'a>(object: &'a KeptValue, name: &str) -> Option<&'a KeptValue> {
    object.members()?.iter().find(|(member, _)| member == name).map(|(_, value)| value)
}

fn text(text: &str) -> KeptValue {
    KeptValue::Text(SecretText::from(text))
}

fn object(members: Vec<(&str, KeptValue)>) -> KeptValue {
    KeptValue::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

impl Slot {
    pub(in crate::vault) fn read(json: KeptValue, version: FormatVersion, path: &Path) -> Result<Slot, VaultError> {
        let refused = |what| VaultError::HeaderRefused { path: shown(path), what };
        let what = "a field of a key slot is missing, unknown or of the wrong kind";
        let kind = kind_of(&json).ok_or_else(|| refused("a key slot has no kind"))?;
        let own: &[&str] = match kind {
            PASSPHRASE => &["kdf"],
            RECOVERY_KEY => &[],
            OS_ACCOUNT => &["keeper", "blob"],
            _ => {
                let complete = salt_of(&json).is_some() && sealable(&json).is_some() && origin_of(&json).is_some();
                return if version == FormatVersion::One || complete {
                    Ok(Slot::Other(json))
                } else {
                    Err(refused("a key slot of an unknown kind lacks what every key slot has"))
                };
            }
        };
        let shared: &[&str] = match version {
            FormatVersion::One => &["kind", "salt", "public_key", "wrapped_keys", SEALED],
            FormatVersion::Two => &["kind", "salt", "public_key", ORIGIN, "wrapped_keys", SEALED],
        };
        let members = json.members().unwrap_or_default();
        let known = |name: &str| shared.contains(&name) || own.contains(&name);
        if members.len() != shared.len() + own.len() || !members.iter().all(|(name, _)| known(name)) {
            return Err(refused(what));
        }
        let text = |name| member(&json, name).and_then(KeptValue::text).ok_or_else(|| refused(what));
        let opener = match kind {
            PASSPHRASE => Opener::Passphrase(read_kdf(member(&json, "kdf"), path)?),
            RECOVERY_KEY => Opener::RecoveryKey,
            _ => Opener::OsAccount {
                keeper: Some(text("keeper")?)
                    .filter(|keeper| is_plain_name(keeper))
                    .ok_or_else(|| refused("the keeper of an account's slot is not a name"))?
                    .to_owned(),
                blob: STANDARD
                    .decode(text("blob")?)
                    .ok()
                    .filter(|blob| blob.len() <= BLOB_LIMIT)
                    .ok_or_else(|| refused("the blob of an account's slot is not base64 or too long"))?,
            },
        };
        Ok(Slot::Known(KeySlot {
            opener,
            salt: decode(text("salt")?).ok_or_else(|| refused("a slot's salt is not 32 bytes"))?,
            public_key: decode(text("public_key")?).ok_or_else(|| refused("a slot's public key is not 32 bytes"))?,
            origin: match version {
                FormatVersion::One => None,
                FormatVersion::Two => Some(
                    OriginName::parse(text(ORIGIN)?)
                        .ok_or_else(|| refused("the name of a slot's origin key is not 16 hexadecimal digits"))?,
                ),
            },
            wrapped_keys: decode(text("wrapped_keys")?)
                .ok_or_else(|| refused("a slot's wrapped keys are not 80 bytes"))?,
            sealed_data_key: decode(text(SEALED)?).ok_or_else(|| refused("a sealed data key is not 80 bytes"))?,
        }))
    }

    pub(in crate::vault) fn to_json(&self) -> KeptValue {
        let slot = match self {
            Slot::Known(slot) => slot,
            Slot::Other(json) => return json.clone(),
        };
        let mut members = vec![("kind", text(self.kind_name()))];
        match &slot.opener {
            Opener::Passphrase(kdf) => members.push(("kdf", write_kdf(*kdf))),
            Opener::RecoveryKey => {}
            Opener::OsAccount { keeper, blob } => {
                members.extend([("keeper", text(keeper)), ("blob", text(&STANDARD.encode(blob)))]);
            }
        }
        members.extend([
            ("salt", text(&STANDARD.encode(slot.salt))),
            ("public_key", text(&STANDARD.encode(slot.public_key))),
            (ORIGIN, text(&slot.origin.expect("a slot that is written is of version 2").text())),
            ("wrapped_keys", text(&STANDARD.encode(slot.wrapped_keys))),
            (SEALED, text(&STANDARD.encode(slot.sealed_data_key))),
        ]);
        object(members)
    }
}

fn read_kdf(kdf: Option<&KeptValue>, path: &Path) -> Result<KdfParameters, VaultError> {
    let refused = |what| VaultError::HeaderRefused { path: shown(path), what };
    let what = "a field of a passphrase slot's key derivation is missing, unknown or of the wrong kind";
    let kdf = kdf.filter(|kdf| kdf.members().is_some_and(|members| members.len() == 4));
    let field = |name| kdf.and_then(|kdf| member(kdf, name)).ok_or_else(|| refused(what));
    if field("name")?.text() != Some(KDF_NAME) {
        return Err(refused("a passphrase slot has a key derivation that version 1 does not have"));
    }
    let number = |name| field(name)?.number().ok_or_else(|| refused(what));
    let (memory_kib, passes, lanes) = (number("memory_kib")?, number("passes")?, number("lanes")?);
    let narrow =
        || KdfParameters::new(memory_kib.try_into().ok()?, passes.try_into().ok()?, lanes.try_into().ok()?).ok();
    narrow().ok_or_else(|| VaultError::KdfOutOfRangeInFile { path: shown(path), memory_kib, passes, lanes })
}

fn write_kdf(kdf: KdfParameters) -> KeptValue {
    let number = |number: u32| KeptValue::Number(number.into());
    object(vec![
        ("name", text(KDF_NAME)),
        ("memory_kib", number(kdf.memory_kib())),
        ("passes", number(kdf.passes())),
        ("lanes", number(kdf.lanes())),
    ])
}

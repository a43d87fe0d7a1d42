//! The key slots: each is one way to open the vault, and can be given a new data key without its owner.
//!
//! A slot has an X25519 key pair. What its owner has (a passphrase, a recovery key, an account of the operating
//! system) opens the *private* key and the vault's *origin key*. The data key is sealed to the *public* key with HPKE,
//! under the origin key as well: so only somebody who has a slot can hand out data keys, and a stranger who can write
//! the file cannot slip one in.
//!
//! In: a credential, the header's slots. Out: the data key, changed slots. Nothing here reads or writes files.

mod famous_passphrases;
mod kdf;
mod opening;
mod origin_keys;
mod os_account;
mod passphrase;
mod passphrase_strength;
mod recovery_key;
mod recovery_sheet;
mod slot_json;

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::vault::crypto::{Key, SEALED_LENGTH, Shared, TAG_LENGTH, seal};
use crate::vault::encoding::KeptValue;
use crate::vault::error::VaultError;
use crate::vault::format_version::FormatVersion;
use crate::vault::surroundings::Surroundings;

pub use kdf::KdfParameters;
pub use opening::Credential;
pub(in crate::vault) use opening::{Opened, open};
pub(in crate::vault) use origin_keys::{OriginKeys, OriginName};
pub use os_account::{AccountKeeper, ThisAccount};
pub(in crate::vault) use os_account::{account_opens, account_slot, entry_name};
pub(in crate::vault) use passphrase::passphrase_slot;
pub use passphrase_strength::{Strength, passphrase_strength};
pub(in crate::vault) use recovery_key::recovery_slot;
pub use recovery_key::{ReadRecoveryKey, RecoveryKey, RecoveryKeyError};
pub use recovery_sheet::recovery_sheet;
pub(in crate::vault) use slot_json::{PASSPHRASE, is_plain_name};

/// The most key slots that a vault may have.
pub(in crate::vault) const SLOT_LIMIT: usize = 32;
/// The longest blob of an account's keeper, in bytes.
const BLOB_LIMIT: usize = 1024;
const WRAPPED_LENGTH: usize = 2 * Key::LENGTH + TAG_LENGTH;

/// Names a slot as long as it exists. Shown as the first eight digits, which tell slots of one vault apart.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SlotId(pub(in crate::vault) [u8; 32]);

impl fmt::Display for SlotId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0[..4].iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl fmt::Debug for SlotId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SlotId({self})")
    }
}

/// What opens a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SlotKind {
    /// Somebody's passphrase.
    Passphrase,
    /// The printed recovery key.
    RecoveryKey,
    /// One account of one operating system.
    OsAccount,
    /// Something that only a newer version knows.
    Unknown,
}

/// Who added a way to open a vault, as the vault's roster proves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddedBy {
    /// The one that the vault was created with.
    Creation,
    /// Somebody who had opened the vault with this one.
    Slot(SlotId),
    /// Somebody who had opened the vault with one that was removed since.
    Removed,
}

/// One way to open an unlocked vault, for a list that people see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotView {
    /// Names it.
    pub id: SlotId,
    /// What opens it.
    pub kind: SlotKind,
    /// Whose it is, in words: an account and its machine, or what somebody wrote. May be empty.
    pub label: String,
    /// When it was added, where that is known.
    pub added: Option<DateTime<Utc>>,
    /// Who added it, where that is known.
    pub added_by: Option<AddedBy>,
    /// The cost of trying one passphrase, for a passphrase.
    pub kdf: Option<KdfParameters>,
    /// Whether it is for the account that this program runs under.
    pub is_this_account: bool,
    /// Whether the vault was opened with it.
    pub opened_with: bool,
}

impl SlotView {
    /// Whether one of these slots has added it, or one that was removed since, which may have been hidden for this: a
    /// person who removes them has to review it.
    pub fn may_be_let_in_by(&self, removed: &[SlotId]) -> bool {
        match self.added_by {
            Some(AddedBy::Slot(by)) => removed.contains(&by),
            Some(AddedBy::Removed) => true,
            Some(AddedBy::Creation) | None => false,
        }
    }
}

/// One key slot of the header.
#[expect(clippy::large_enum_variant, reason = "a vault has a handful, nearly all of them of the larger kind")]
#[derive(Clone)]
pub(in crate::vault) enum Slot {
    Known(KeySlot),
    /// Of a kind that this version does not know: never tried. It is kept as it is and, when the data key changes,
    /// re-encrypted where it has what that needs.
    Other(KeptValue),
}

/// The key slots of a file, with what they are bound to.
#[derive(Clone, Copy)]
pub(in crate::vault) struct KeySlots<'a> {
    pub(in crate::vault) vault_id: Uuid,
    pub(in crate::vault) version: FormatVersion,
    pub(in crate::vault) slots: &'a [Slot],
}

/// What opens a slot, with the parameters that the header tells.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::vault) enum Opener {
    Passphrase(KdfParameters),
    RecoveryKey,
    OsAccount {
        /// Which of the operating systems' stores keeps the key.
        keeper: String,
        /// What that store wants to see again, often nothing.
        blob: Vec<u8>,
    },
}

/// A slot of a kind that this version knows.
#[derive(Clone)]
pub(in crate::vault) struct KeySlot {
    pub(in crate::vault) opener: Opener,
    pub(in crate::vault) salt: [u8; 32],
    public_key: [u8; 32],
    /// The origin key that it holds; `None` as read from version 1, which had one for all.
    pub(in crate::vault) origin: Option<OriginName>,
    /// Private key and origin key, under the opener's wrapping key.
    wrapped_keys: [u8; WRAPPED_LENGTH],
    sealed_data_key: [u8; SEALED_LENGTH],
}

/// What a slot's owner gets out of it.
#[derive(Clone)]
pub(in crate::vault) struct SlotKeys {
    pub(in crate::vault) private_key: Key,
    pub(in crate::vault) origin_key: Key,
}

impl Opener {
    pub(in crate::vault) fn kind(&self) -> SlotKind {
        match self {
            Opener::Passphrase(_) => SlotKind::Passphrase,
            Opener::RecoveryKey => SlotKind::RecoveryKey,
            Opener::OsAccount { .. } => SlotKind::OsAccount,
        }
    }

    fn kind_name(&self) -> &'static str {
        match self {
            Opener::Passphrase(_) => slot_json::PASSPHRASE,
            Opener::RecoveryKey => slot_json::RECOVERY_KEY,
            Opener::OsAccount { .. } => slot_json::OS_ACCOUNT,
        }
    }

    /// The parameters as the associated data has them, each with a bar behind it.
    fn bound(&self) -> String {
        match self {
            Opener::Passphrase(kdf) => {
                format!("{}|{}|{}|{}|", slot_json::KDF_NAME, kdf.memory_kib(), kdf.passes(), kdf.lanes())
            }
            Opener::RecoveryKey => String::new(),
            Opener::OsAccount { keeper, blob } => format!("{keeper}|{}|", STANDARD.encode(blob)),
        }
    }
}

impl KeySlot {
    /// A slot with a fresh key pair, which holds no data key yet: [`Slot::resealed`] gives it one. `salt` must be fresh
    /// and `wrapping_key` must come from it.
    pub(in crate::vault) fn new(
        vault_id: Uuid,
        opener: Opener,
        salt: [u8; 32],
        wrapping_key: &Key,
        origin_key: &Key,
        surroundings: &dyn Surroundings,
    ) -> Result<(KeySlot, SlotKeys), VaultError> {
        let (private_key, public_key) = seal::key_pair(surroundings)?;
        let mut slot = KeySlot {
            opener,
            salt,
            public_key,
            origin: Some(OriginName::of(origin_key)),
            wrapped_keys: [0; WRAPPED_LENGTH],
            sealed_data_key: [0; SEALED_LENGTH],
        };
        let keys = SlotKeys { private_key, origin_key: origin_key.clone() };
        let mut both = zeroize::Zeroizing::new([0; 2 * Key::LENGTH]);
        both[..Key::LENGTH].copy_from_slice(keys.private_key.bytes());
        both[Key::LENGTH..].copy_from_slice(keys.origin_key.bytes());
        let tag = seal::encrypt(wrapping_key, &slot.associated(vault_id), &mut both[..]);
        slot.wrapped_keys[..2 * Key::LENGTH].copy_from_slice(&both[..]);
        slot.wrapped_keys[2 * Key::LENGTH..].copy_from_slice(&tag);
        Ok((slot, keys))
    }

    pub(in crate::vault) fn id(&self) -> SlotId {
        SlotId(self.salt)
    }

    /// The slot's keys, when the wrapping key is the right one.
    fn unwrap(&self, vault_id: Uuid, wrapping_key: &Key) -> Option<SlotKeys> {
        let (wrapped, tag) = self.wrapped_keys.split_at(2 * Key::LENGTH);
        let mut both = zeroize::Zeroizing::new([0; 2 * Key::LENGTH]);
        both.copy_from_slice(wrapped);
        let tag = tag.try_into().expect("the rest is the tag");
        if !seal::decrypt(wrapping_key, &self.associated(vault_id), &mut both[..], tag) {
            return None;
        }
        let (mut private_key, mut origin_key) = (Key::empty(), Key::empty());
        private_key.bytes_mut().copy_from_slice(&both[..Key::LENGTH]);
        origin_key.bytes_mut().copy_from_slice(&both[Key::LENGTH..]);
        Some(SlotKeys { private_key, origin_key })
    }

    /// The data key, when somebody with the same origin key sealed it.
    pub(in crate::vault) fn data_key(&self, vault_id: Uuid, keys: &SlotKeys, version: FormatVersion) -> Option<Key> {
        let info = seal_info(vault_id, self.opener.kind_name(), &self.public_key, version);
        let name = vault_id.hyphenated().to_string();
        seal::open_sealed(
            &keys.private_key,
            Shared { key: &keys.origin_key, name: &name },
            &info,
            &self.sealed_data_key,
        )
    }

    /// What the wrapping is bound to: the vault, the slot's kind and parameters, its salt and public key.
    fn associated(&self, vault_id: Uuid) -> Vec<u8> {
        format!(
            "a365vault v1 slot|{}|{}|{}{}|{}",
            vault_id.hyphenated(),
            self.opener.kind_name(),
            self.opener.bound(),
            STANDARD.encode(self.salt),
            STANDARD.encode(self.public_key)
        )
        .into_bytes()
    }
}

/// What a sealed data key is bound to: HPKE's `info`.
fn seal_info(vault_id: Uuid, kind: &str, public_key: &[u8; 32], version: FormatVersion) -> Vec<u8> {
    let (id, public_key) = (vault_id.hyphenated(), STANDARD.encode(public_key));
    format!("a365vault v{} data key|{id}|{kind}|{public_key}", version.number()).into_bytes()
}

impl Slot {
    /// Names it: the salt, or for a kind without one a digest of all that it holds.
    pub(in crate::vault) fn id(&self) -> SlotId {
        match self {
            Slot::Known(slot) => slot.id(),
            Slot::Other(json) => SlotId(
                slot_json::salt_of(json)
                    .unwrap_or_else(|| seal::checksum(&serde_json::to_vec(json).expect("kept JSON is plain JSON"))),
            ),
        }
    }

    pub(in crate::vault) fn kind(&self) -> SlotKind {
        match self {
            Slot::Known(slot) => slot.opener.kind(),
            Slot::Other(_) => SlotKind::Unknown,
        }
    }

    /// As the header calls it.
    pub(in crate::vault) fn kind_name(&self) -> &str {
        match self {
            Slot::Known(slot) => slot.opener.kind_name(),
            Slot::Other(json) => slot_json::kind_of(json).unwrap_or_default(),
        }
    }

    pub(in crate::vault) fn kdf(&self) -> Option<KdfParameters> {
        match self {
            Slot::Known(KeySlot { opener: Opener::Passphrase(kdf), .. }) => Some(*kdf),
            _ => None,
        }
    }

    /// Its public key. Every slot of version 2 has one.
    pub(in crate::vault) fn public_key(&self) -> Option<[u8; 32]> {
        match self {
            Slot::Known(slot) => Some(slot.public_key),
            Slot::Other(json) => slot_json::sealable(json),
        }
    }

    /// The name of the origin key that it holds. Every slot of version 2 has one.
    pub(in crate::vault) fn origin(&self) -> Option<OriginName> {
        match self {
            Slot::Known(slot) => slot.origin,
            Slot::Other(json) => slot_json::origin_of(json),
        }
    }

    /// The same slot, read from version 1, as version 2 has it.
    pub(in crate::vault) fn carried_over(self, origin: OriginName) -> Slot {
        match self {
            Slot::Known(slot) => Slot::Known(KeySlot { origin: Some(origin), ..slot }),
            other => other,
        }
    }

    /// The same slot with `data_key` sealed to it, as version 2 does. `None` for a slot to which nothing can be sealed.
    pub(in crate::vault) fn resealed(
        &self,
        vault_id: Uuid,
        origin_keys: &OriginKeys,
        data_key: &Key,
        surroundings: &dyn Surroundings,
    ) -> Result<Option<Slot>, VaultError> {
        let keys = self.public_key().zip(self.origin().and_then(|name| origin_keys.find(name)));
        let Some((public_key, origin_key)) = keys else { return Ok(None) };
        let info = seal_info(vault_id, self.kind_name(), &public_key, FormatVersion::Two);
        let name = vault_id.hyphenated().to_string();
        let shared = Shared { key: origin_key, name: &name };
        let sealed = seal::seal_to(&public_key, shared, &info, data_key, surroundings)?;
        Ok(sealed.map(|sealed| match self {
            Slot::Known(slot) => Slot::Known(KeySlot { sealed_data_key: sealed, ..slot.clone() }),
            Slot::Other(json) => Slot::Other(slot_json::with_sealed_data_key(json, &sealed)),
        }))
    }
}

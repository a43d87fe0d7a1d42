//! The sealed bytes: what tells them apart, the vault's id, a salt, a commitment to the key, the sealed JSON and its tag.

use uuid::Uuid;
use zeroize::Zeroizing;

use super::Unsaved;
use super::unsaved_json;
use crate::cloud::Overrides;
use crate::vault::crypto::{Key, TAG_LENGTH, seal};
use crate::vault::encoding::SecretBuffer;
use crate::vault::error::VaultError;
use crate::vault::surroundings::Surroundings;

const KIND: &[u8] = b"a365draft ";
const FORMAT: &[u8] = b"a365draft 1\n";
const SALT: usize = FORMAT.len() + 16;
const COMMITMENT: usize = SALT + 32;
const TEXT: usize = COMMITMENT + Key::LENGTH;

const KEY_INFO: &str = "a365draft v1 key";
const COMMITMENT_INFO: &str = "a365draft v1 key commitment";

/// Why unsaved changes from before cannot be recovered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnsavedError {
    /// They are sealed under another data key.
    #[error("The unsaved changes from before could not be recovered, because the vault's keys were changed meanwhile.")]
    OtherKeys,
    /// They are not as they were sealed, or were not sealed for this vault.
    #[error("The unsaved changes from before could not be recovered, because their file is damaged.")]
    Damaged,
    /// A newer version of the program sealed them.
    #[error(
        "There are unsaved changes from a newer version of this program. Install the newer version to recover them."
    )]
    Newer,
}

/// The unsaved changes as bytes that only this vault's data key opens. Each time under a key of its own.
pub(in crate::vault) fn seal(
    unsaved: &Unsaved,
    vault: Uuid,
    data_key: &Key,
    surroundings: &dyn Surroundings,
) -> Result<Vec<u8>, VaultError> {
    let salt = seal::random_salt(surroundings)?;
    let (key, commitment) = keys(data_key, &salt);
    let mut buffer = SecretBuffer::with_capacity(4096);
    for part in [FORMAT, vault.as_bytes(), &salt, commitment.bytes()] {
        buffer.push(part);
    }
    unsaved_json::write(unsaved, &mut buffer);
    let (head, text) = buffer.bytes_mut().split_at_mut(TEXT);
    let tag = seal::encrypt(&key, head, text);
    buffer.push(&tag);
    Ok(buffer.into_public())
}

/// Undoes [`seal`].
pub(in crate::vault) fn open(
    sealed: &[u8],
    vault: Uuid,
    data_key: &Key,
    clouds: &Overrides,
) -> Result<Unsaved, UnsavedError> {
    if sealed.starts_with(KIND) && !sealed.starts_with(FORMAT) {
        return Err(UnsavedError::Newer);
    }
    let Some(salt) = salt_of(sealed, vault).filter(|_| sealed.len() >= TEXT + TAG_LENGTH) else {
        return Err(UnsavedError::Damaged);
    };
    let (key, commitment) = keys(data_key, salt);
    if !seal::same(commitment.bytes(), &sealed[COMMITMENT..TEXT]) {
        return Err(UnsavedError::OtherKeys);
    }
    let (head, rest) = sealed.split_at(TEXT);
    let (text, tag) = rest.split_last_chunk::<TAG_LENGTH>().ok_or(UnsavedError::Damaged)?;
    let mut text = Zeroizing::new(text.to_vec());
    if !seal::decrypt(&key, head, &mut text, tag) {
        return Err(UnsavedError::Damaged);
    }
    unsaved_json::read(&text, clouds).ok_or(UnsavedError::Damaged)
}

/// Whether this data key is the one that `sealed` is under.
pub(in crate::vault) fn is_under(sealed: &[u8], vault: Uuid, data_key: &Key) -> bool {
    salt_of(sealed, vault).is_some_and(|salt| seal::same(keys(data_key, salt).1.bytes(), &sealed[COMMITMENT..TEXT]))
}

/// The salt of what was sealed for this vault, in this format and as far as its text.
fn salt_of(sealed: &[u8], vault: Uuid) -> Option<&[u8; 32]> {
    let is_ours = sealed.len() >= TEXT && sealed.starts_with(FORMAT) && sealed[FORMAT.len()..SALT] == *vault.as_bytes();
    if is_ours { sealed[SALT..COMMITMENT].try_into().ok() } else { None }
}

/// The key of one sealing, and the value that commits to it.
fn keys(data_key: &Key, salt: &[u8; 32]) -> (Key, Key) {
    let derived = |info| seal::derived_key(data_key.bytes(), salt, info);
    (derived(KEY_INFO), derived(COMMITMENT_INFO))
}

//! The cryptography in small pieces: keys, AES-256-GCM, HKDF-SHA-256, SHA-256. Everything else composes these.
//!
//! Every key here encrypts exactly one message, so the nonce is always zero (as in age's file format).

use std::io;

use aes_gcm::aead::AeadInOut;
use aes_gcm::{Aes256Gcm, KeyInit, Nonce, Tag};
use hkdf::Hkdf;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::error::VaultError;
use super::surroundings::Surroundings;
use crate::platform::locked_memory::LockedBytes;

/// Length of AES-GCM's tag in bytes.
pub(super) const TAG_LENGTH: usize = 16;
/// Length of SHA-256's output in bytes.
pub(super) const CHECKSUM_LENGTH: usize = 32;

const PAYLOAD_KEY_INFO: &[u8] = b"a365vault v1 payload key";
const COMMITMENT_INFO: &[u8] = b"a365vault v1 key commitment";

/// A 256-bit key. In memory of its own, so that moving it leaves no copies; kept out of swap, wiped when dropped.
#[derive(Clone)]
pub(super) struct Key(LockedBytes);

impl Key {
    /// Its length in bytes.
    pub(super) const LENGTH: usize = 32;

    /// A key of zeros, to be filled.
    pub(super) fn empty() -> Key {
        Key(LockedBytes::zeroed(Key::LENGTH))
    }

    /// A fresh random key.
    pub(super) fn random(surroundings: &dyn Surroundings) -> Result<Key, VaultError> {
        let mut key = Key::empty();
        fill_random(surroundings, key.bytes_mut())?;
        Ok(key)
    }

    /// Its bytes.
    pub(super) fn bytes(&self) -> &[u8] {
        self.0.bytes()
    }

    /// Its bytes, to be filled.
    pub(super) fn bytes_mut(&mut self) -> &mut [u8] {
        self.0.bytes_mut()
    }
}

/// A fresh public value, such as a salt.
pub(super) fn random_salt(surroundings: &dyn Surroundings) -> Result<[u8; 32], VaultError> {
    let mut salt = [0; 32];
    fill_random(surroundings, &mut salt)?;
    Ok(salt)
}

fn fill_random(surroundings: &dyn Surroundings, bytes: &mut [u8]) -> Result<(), VaultError> {
    surroundings.fill_random(bytes).map_err(|error: io::Error| VaultError::NoRandomness(error))
}

/// The key of one save and the value that commits to it:
/// `prk = HKDF-Extract(salt, data_key)`, `HKDF-Expand(prk, "a365vault v1 payload key", 32)` and
/// `HKDF-Expand(prk, "a365vault v1 key commitment", 32)` (RFC 5869).
pub(super) fn payload_key(data_key: &Key, salt: &[u8; 32]) -> (Key, [u8; 32]) {
    let hkdf = Hkdf::<Sha256>::new(Some(salt), data_key.bytes());
    let (mut key, mut commitment) = (Key::empty(), [0; 32]);
    hkdf.expand(PAYLOAD_KEY_INFO, key.bytes_mut()).expect("32 bytes are within HKDF's limit");
    hkdf.expand(COMMITMENT_INFO, &mut commitment).expect("32 bytes are within HKDF's limit");
    (key, commitment)
}

/// Compares in constant time.
pub(super) fn same(one: &[u8], other: &[u8]) -> bool {
    one.ct_eq(other).into()
}

/// AES-256-GCM in place, nonce zero: `buffer` becomes the ciphertext. The tag is returned.
pub(super) fn encrypt(key: &Key, associated: &[u8], buffer: &mut [u8]) -> [u8; TAG_LENGTH] {
    cipher(key)
        .encrypt_inout_detached(&Nonce::default(), associated, buffer.into())
        .expect("a vault is far below AES-GCM's length limit")
        .into()
}

/// Undoes [`encrypt`]; `false` when the seal is broken, and then `buffer` is as it was.
#[must_use]
pub(super) fn decrypt(key: &Key, associated: &[u8], buffer: &mut [u8], tag: &[u8; TAG_LENGTH]) -> bool {
    cipher(key).decrypt_inout_detached(&Nonce::default(), associated, buffer.into(), &Tag::from(*tag)).is_ok()
}

fn cipher(key: &Key) -> Aes256Gcm {
    Aes256Gcm::new_from_slice(key.bytes()).expect("a key has 32 bytes")
}

/// SHA-256: tells accidental damage apart. It has no key and stops no attacker.
pub(super) fn checksum(bytes: &[u8]) -> [u8; CHECKSUM_LENGTH] {
    Sha256::digest(bytes).into()
}

//! The cryptography in small pieces: keys, AES-256-GCM, HKDF-SHA-256, HPKE, SHA-256. Everything else composes these.
//!
//! Every key here encrypts exactly one message, so the nonce is always zero (as in age's file format).

use std::convert::Infallible;
use std::io;

use aes_gcm::aead::AeadInOut;
use aes_gcm::{Aes256Gcm, KeyInit, Nonce, Tag};
use hkdf::Hkdf;
use hpke::aead::{AeadTag, AesGcm256};
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::rand_core::{TryCryptoRng, TryRng};
use hpke::{Deserializable, Kem, OpModeR, OpModeS, PskBundle, Serializable};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::platform::locked_memory::LockedBytes;
use crate::vault::error::VaultError;
use crate::vault::surroundings::Surroundings;

/// Length of AES-GCM's tag in bytes.
pub(in crate::vault) const TAG_LENGTH: usize = 16;
/// Length of SHA-256's output in bytes.
pub(in crate::vault) const CHECKSUM_LENGTH: usize = 32;

const PAYLOAD_KEY_INFO: &[u8] = b"a365vault v1 payload key";
const ROSTER_KEY_INFO: &[u8] = b"a365vault v2 roster key";
const COMMITMENT_INFO: &[u8] = b"a365vault v1 key commitment";

/// A 256-bit key. In memory of its own, so that moving it leaves no copies; kept out of swap, wiped when dropped.
#[derive(Clone)]
pub(in crate::vault) struct Key(LockedBytes);

impl Key {
    /// Its length in bytes.
    pub(in crate::vault) const LENGTH: usize = 32;

    /// A key of zeros, to be filled.
    pub(in crate::vault) fn empty() -> Key {
        Key(LockedBytes::zeroed(Key::LENGTH))
    }

    /// A fresh random key.
    pub(in crate::vault) fn random(surroundings: &dyn Surroundings) -> Result<Key, VaultError> {
        let mut key = Key::empty();
        fill_random(surroundings, key.bytes_mut())?;
        Ok(key)
    }

    /// Its bytes.
    pub(in crate::vault) fn bytes(&self) -> &[u8] {
        self.0.bytes()
    }

    /// Its bytes, to be filled.
    pub(in crate::vault) fn bytes_mut(&mut self) -> &mut [u8] {
        self.0.bytes_mut()
    }
}

/// A fresh public value, such as a salt.
pub(in crate::vault) fn random_salt(surroundings: &dyn Surroundings) -> Result<[u8; 32], VaultError> {
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
pub(in crate::vault) fn payload_key(data_key: &Key, salt: &[u8; 32]) -> (Key, [u8; 32]) {
    let hkdf = Hkdf::<Sha256>::new(Some(salt), data_key.bytes());
    let (mut key, mut commitment) = (Key::empty(), [0; 32]);
    hkdf.expand(PAYLOAD_KEY_INFO, key.bytes_mut()).expect("32 bytes are within HKDF's limit");
    hkdf.expand(COMMITMENT_INFO, &mut commitment).expect("32 bytes are within HKDF's limit");
    (key, commitment)
}

/// The key of one save's roster: `HKDF-Expand(prk, "a365vault v2 roster key", 32)`, `prk` as in [`payload_key`].
pub(in crate::vault) fn roster_key(data_key: &Key, salt: &[u8; 32]) -> Key {
    let mut key = Key::empty();
    Hkdf::<Sha256>::new(Some(salt), data_key.bytes())
        .expand(ROSTER_KEY_INFO, key.bytes_mut())
        .expect("32 bytes are within HKDF's limit");
    key
}

/// A key from another secret: `HKDF-Expand(HKDF-Extract(salt, secret), info, 32)` (RFC 5869).
pub(in crate::vault) fn derived_key(secret: &[u8], salt: &[u8; 32], info: &str) -> Key {
    let mut key = Key::empty();
    Hkdf::<Sha256>::new(Some(salt), secret)
        .expand(info.as_bytes(), key.bytes_mut())
        .expect("32 bytes are within HKDF's limit");
    key
}

/// Compares in constant time.
pub(in crate::vault) fn same(one: &[u8], other: &[u8]) -> bool {
    one.ct_eq(other).into()
}

/// AES-256-GCM in place, nonce zero: `buffer` becomes the ciphertext. The tag is returned.
pub(in crate::vault) fn encrypt(key: &Key, associated: &[u8], buffer: &mut [u8]) -> [u8; TAG_LENGTH] {
    cipher(key)
        .encrypt_inout_detached(&Nonce::default(), associated, buffer.into())
        .expect("a vault is far below AES-GCM's length limit")
        .into()
}

/// Undoes [`encrypt`]; `false` when the seal is broken, and then `buffer` is as it was.
#[must_use]
pub(in crate::vault) fn decrypt(key: &Key, associated: &[u8], buffer: &mut [u8], tag: &[u8; TAG_LENGTH]) -> bool {
    cipher(key).decrypt_inout_detached(&Nonce::default(), associated, buffer.into(), &Tag::from(*tag)).is_ok()
}

fn cipher(key: &Key) -> Aes256Gcm {
    Aes256Gcm::new_from_slice(key.bytes()).expect("a key has 32 bytes")
}

/// SHA-256: tells accidental damage apart. It has no key and stops no attacker.
pub(in crate::vault) fn checksum(bytes: &[u8]) -> [u8; CHECKSUM_LENGTH] {
    Sha256::digest(bytes).into()
}

/// SHA-256 over these pieces, one after the other.
pub(in crate::vault) fn digest(pieces: &[&[u8]]) -> [u8; CHECKSUM_LENGTH] {
    let mut hasher = Sha256::new();
    pieces.iter().for_each(|piece| hasher.update(piece));
    hasher.finalize().into()
}

/// SHA-256 of bytes to which more will be added: read once for what is signed and for the checksum behind it.
#[derive(Clone)]
pub(in crate::vault) struct RunningDigest(Sha256);

impl RunningDigest {
    pub(in crate::vault) fn of(bytes: &[u8]) -> RunningDigest {
        RunningDigest(Sha256::new_with_prefix(bytes))
    }

    /// The digest of what was added so far.
    pub(in crate::vault) fn so_far(&self) -> [u8; CHECKSUM_LENGTH] {
        self.0.clone().finalize().into()
    }

    /// Adds bytes at the end.
    pub(in crate::vault) fn add(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }
}

/// Length of what [`seal_to`] makes in bytes: the encapsulated key, the sealed key, the tag.
pub(in crate::vault) const SEALED_LENGTH: usize = 32 + Key::LENGTH + TAG_LENGTH;

/// A fresh X25519 key pair (RFC 7748): the private key and the public one.
pub(in crate::vault) fn key_pair(surroundings: &dyn Surroundings) -> Result<(Key, [u8; 32]), VaultError> {
    let seed = Key::random(surroundings)?;
    let (private, public) = X25519HkdfSha256::derive_keypair(seed.bytes());
    let mut key = Key::empty();
    private.write_exact(key.bytes_mut());
    Ok((key, public.to_bytes().into()))
}

/// The public key that belongs to a private key (RFC 7748).
pub(in crate::vault) fn public_key(private_key: &Key) -> [u8; 32] {
    let private_key =
        <X25519HkdfSha256 as Kem>::PrivateKey::from_bytes(private_key.bytes()).expect("a key has 32 bytes");
    X25519HkdfSha256::sk_to_pk(&private_key).to_bytes().into()
}

/// Seals `secret` to a public key with HPKE (RFC 9180): DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM, mode
/// "psk". The one who opens it knows that the sealer had `shared` too. `None` when the public key is none.
pub(in crate::vault) fn seal_to(
    public_key: &[u8; 32],
    shared: Shared<'_>,
    info: &[u8],
    secret: &Key,
    surroundings: &dyn Surroundings,
) -> Result<Option<[u8; SEALED_LENGTH]>, VaultError> {
    let mut randomness = DrawnOnce(Some(Key::random(surroundings)?));
    let Ok(public_key) = <X25519HkdfSha256 as Kem>::PublicKey::from_bytes(public_key) else { return Ok(None) };
    let mut key = secret.clone();
    let sealed = hpke::single_shot_seal_inout_detached_with_rng::<AesGcm256, HkdfSha256, X25519HkdfSha256>(
        &OpModeS::Psk(shared.bundle()),
        &public_key,
        info,
        key.bytes_mut().into(),
        &[],
        &mut randomness,
    );
    let Ok((encapsulated, tag)) = sealed else { return Ok(None) };
    let mut out = [0; SEALED_LENGTH];
    encapsulated.write_exact(&mut out[..32]);
    out[32..32 + Key::LENGTH].copy_from_slice(key.bytes());
    tag.write_exact(&mut out[32 + Key::LENGTH..]);
    Ok(Some(out))
}

/// Undoes [`seal_to`]; `None` when the seal is broken or was made without `shared`.
pub(in crate::vault) fn open_sealed(
    private_key: &Key,
    shared: Shared<'_>,
    info: &[u8],
    sealed: &[u8; SEALED_LENGTH],
) -> Option<Key> {
    let private_key = <X25519HkdfSha256 as Kem>::PrivateKey::from_bytes(private_key.bytes()).ok()?;
    let encapsulated = <X25519HkdfSha256 as Kem>::EncappedKey::from_bytes(&sealed[..32]).ok()?;
    let tag = AeadTag::from_bytes(&sealed[32 + Key::LENGTH..]).ok()?;
    let mut key = Key::empty();
    key.bytes_mut().copy_from_slice(&sealed[32..32 + Key::LENGTH]);
    hpke::single_shot_open_inout_detached::<AesGcm256, HkdfSha256, X25519HkdfSha256>(
        &OpModeR::Psk(shared.bundle()),
        &private_key,
        &encapsulated,
        info,
        key.bytes_mut().into(),
        &[],
        &tag,
    )
    .ok()?;
    Some(key)
}

/// What sealer and opener share beforehand: HPKE's `psk` and `psk_id`.
#[derive(Clone, Copy)]
pub(in crate::vault) struct Shared<'a> {
    pub(in crate::vault) key: &'a Key,
    pub(in crate::vault) name: &'a str,
}

impl<'a> Shared<'a> {
    fn bundle(self) -> PskBundle<'a> {
        PskBundle::new(self.key.bytes(), self.name.as_bytes()).expect("neither is empty")
    }
}

/// Hands out 32 random bytes that were drawn before, because [`Surroundings`] may fail and HPKE's generator may not.
struct DrawnOnce(Option<Key>);

impl TryRng for DrawnOnce {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        // RFC 9180, 4.1: one encapsulation makes one ephemeral key pair, from 32 bytes.
        let drawn = self.0.take().expect("an encapsulation draws once");
        bytes.copy_from_slice(&drawn.bytes()[..bytes.len()]);
        Ok(())
    }
}

impl TryCryptoRng for DrawnOnce {}

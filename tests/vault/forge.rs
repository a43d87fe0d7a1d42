//! A second writer and reader of the format, made from `docs/vault-format.md`: it makes the files that the library
//! would never write, and looks into those that it wrote.

use std::convert::Infallible;

use a365_password_tool::profile::SecretText;
use aes_gcm::aead::AeadInOut;
use aes_gcm::{Aes256Gcm, KeyInit, Nonce, Tag};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hkdf::Hkdf;
use hpke::aead::AesGcm256;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::rand_core::{TryCryptoRng, TryRng};
use hpke::{Deserializable, Kem, OpModeR, OpModeS, PskBundle, Serializable};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

#[path = "forge_roster.rs"]
pub mod roster;

pub const VAULT_ID: &str = "0b6f1c9e-6f0e-4d0b-9f62-3c1d2e4f5a6b";

/// The header of a file.
pub fn header(bytes: &[u8]) -> Value {
    serde_json::from_slice(header_line(bytes)).expect("a header")
}

pub fn header_line(bytes: &[u8]) -> &[u8] {
    &bytes[..bytes.iter().position(|byte| *byte == b'\n').expect("a line")]
}

/// Header line and body with a right checksum: what anybody can make without any key.
pub fn with_checksum(line: &[u8], body: &[u8]) -> Vec<u8> {
    let mut file = [line, b"\n", body].concat();
    let checksum = Sha256::digest(&file);
    file.extend_from_slice(&checksum);
    file
}

/// Everything between the header's line and the checksum, the signature of version 2 included.
pub fn body(bytes: &[u8]) -> &[u8] {
    &bytes[header_line(bytes).len() + 1..bytes.len() - 32]
}

pub(crate) fn seal(key: &[u8], associated: &[u8], text: &[u8]) -> Vec<u8> {
    let mut sealed = text.to_vec();
    let cipher = Aes256Gcm::new_from_slice(key).expect("32 bytes");
    let tag = cipher.encrypt_inout_detached(&Nonce::default(), associated, sealed.as_mut_slice().into());
    sealed.extend_from_slice(&tag.expect("short"));
    sealed
}

pub(crate) fn unseal(key: &[u8], associated: &[u8], sealed: &[u8]) -> Vec<u8> {
    try_unseal(key, associated, sealed).expect("the seal is whole")
}

/// Nothing under another key.
pub(crate) fn try_unseal(key: &[u8], associated: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let (text, tag) = sealed.split_at(sealed.len() - 16);
    let mut text = text.to_vec();
    let cipher = Aes256Gcm::new_from_slice(key).expect("32 bytes");
    let tag = Tag::try_from(tag).expect("16 bytes");
    let opened = cipher.decrypt_inout_detached(&Nonce::default(), associated, text.as_mut_slice().into(), &tag);
    opened.is_ok().then_some(text)
}

pub(crate) fn expand(data_key: &[u8], salt: &[u8], info: &str) -> [u8; 32] {
    let mut out = [0; 32];
    Hkdf::<Sha256>::new(Some(salt), data_key).expand(info.as_bytes(), &mut out).expect("32 bytes");
    out
}

fn wrapping_key(passphrase: &SecretText, kdf: &Value, salt: &[u8]) -> [u8; 32] {
    let number = |name: &str| u32::try_from(kdf[name].as_u64().expect("a number")).expect("small");
    let params = argon2::Params::new(number("memory_kib"), number("passes"), number("lanes"), Some(32));
    let mut key = [0; 32];
    argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params.expect("in range"))
        .hash_password_into(passphrase.expose().as_bytes(), salt, &mut key)
        .expect("a key");
    key
}

pub(crate) fn text<'a>(slot: &'a Value, name: &str) -> &'a str {
    slot[name].as_str().unwrap_or_else(|| panic!("a text {name}"))
}

pub(crate) fn bytes(slot: &Value, name: &str) -> Vec<u8> {
    STANDARD.decode(text(slot, name)).expect("base64")
}

pub(crate) fn slot_associated(vault_id: &str, slot: &Value) -> String {
    let bound = match text(slot, "kind") {
        "passphrase" => {
            let kdf = &slot["kdf"];
            format!("argon2id|{}|{}|{}|", kdf["memory_kib"], kdf["passes"], kdf["lanes"])
        }
        "os-account" => format!("{}|{}|", text(slot, "keeper"), text(slot, "blob")),
        _ => String::new(),
    };
    let (kind, salt, public_key) = (text(slot, "kind"), text(slot, "salt"), text(slot, "public_key"));
    format!("a365vault v1 slot|{vault_id}|{kind}|{bound}{salt}|{public_key}")
}

/// Randomness that always is the same.
struct Fixed(u8);

impl TryRng for Fixed {
    type Error = Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from(self.0))
    }
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from(self.0))
    }
    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.fill(self.0);
        Ok(())
    }
}

impl TryCryptoRng for Fixed {}

/// What every member of a forged vault has, and a stranger has not.
pub const ORIGIN_KEY: [u8; 32] = [6; 32];

/// The slot's kind of version, by whether it names its origin key.
fn data_key_info(vault_id: &str, slot: &Value) -> String {
    let version = if slot.get("origin").is_some() { 2 } else { 1 };
    format!("a365vault v{version} data key|{vault_id}|{}|{}", text(slot, "kind"), text(slot, "public_key"))
}

/// Seals a data key to the slot's public key, as a member with this origin key does.
pub fn seal_data_key(slot: &mut Value, data_key: &[u8; 32], origin_key: &[u8; 32]) {
    seal_data_key_in(VAULT_ID, slot, data_key, origin_key);
}

/// The same in a vault with this id.
pub fn seal_data_key_in(vault_id: &str, slot: &mut Value, data_key: &[u8; 32], origin_key: &[u8; 32]) {
    let public_key = <X25519HkdfSha256 as Kem>::PublicKey::from_bytes(&bytes(slot, "public_key")).expect("a key");
    let mode = OpModeS::Psk(PskBundle::new(origin_key, vault_id.as_bytes()).expect("both are there"));
    let (encapsulated, sealed) = hpke::single_shot_seal_with_rng::<AesGcm256, HkdfSha256, X25519HkdfSha256>(
        &mode,
        &public_key,
        data_key_info(vault_id, slot).as_bytes(),
        data_key,
        b"",
        &mut Fixed(8),
    )
    .expect("sealed");
    slot["sealed_data_key"] = STANDARD.encode([&encapsulated.to_bytes()[..], &sealed].concat()).into();
}

/// A slot whose key pair comes from its salt, under a wrapping key.
fn slot(mut slot: Value, salt: u8, wrapping_key: &[u8], data_key: &[u8; 32]) -> Value {
    let (private_key, public_key) = X25519HkdfSha256::derive_keypair(&[salt; 32]);
    slot["salt"] = STANDARD.encode([salt; 32]).into();
    slot["public_key"] = STANDARD.encode(public_key.to_bytes()).into();
    slot["origin"] = roster::origin_name(&ORIGIN_KEY).into();
    let keys = [&private_key.to_bytes()[..], &ORIGIN_KEY].concat();
    let associated = slot_associated(VAULT_ID, &slot);
    slot["wrapped_keys"] = STANDARD.encode(seal(wrapping_key, associated.as_bytes(), &keys)).into();
    seal_data_key(&mut slot, data_key, &ORIGIN_KEY);
    slot
}

/// A passphrase's slot with these costs.
pub fn passphrase_slot_costing(passphrase: &SecretText, data_key: &[u8; 32], costs: [u32; 3]) -> Value {
    let [memory_kib, passes, lanes] = costs;
    let kdf = json!({"name": "argon2id", "memory_kib": memory_kib, "passes": passes, "lanes": lanes});
    let wrapping_key = wrapping_key(passphrase, &kdf, &[7; 32]);
    slot(json!({"kind": "passphrase", "kdf": kdf}), 7, &wrapping_key, data_key)
}

pub fn passphrase_slot(passphrase: &SecretText, data_key: &[u8; 32]) -> Value {
    passphrase_slot_costing(passphrase, data_key, [19456, 2, 1])
}

/// The slot of a recovery key's 16 bytes.
pub fn recovery_slot(key: &[u8; 16], data_key: &[u8; 32]) -> Value {
    let wrapping_key = expand(key, &[17; 32], "a365vault v1 recovery key");
    slot(json!({"kind": "recovery-key"}), 17, &wrapping_key, data_key)
}

/// The slot of an account whose store keeps `key`.
pub fn account_slot(keeper: &str, blob: &[u8], key: &[u8; 32], data_key: &[u8; 32]) -> Value {
    let wrapping_key = expand(key, &[27; 32], "a365vault v1 account key");
    slot(json!({"kind": "os-account", "keeper": keeper, "blob": STANDARD.encode(blob)}), 27, &wrapping_key, data_key)
}

/// The same slot as version 1 has it.
pub fn of_version_1(mut slot: Value, data_key: &[u8; 32]) -> Value {
    slot.as_object_mut().expect("an object").remove("origin");
    seal_data_key(&mut slot, data_key, &ORIGIN_KEY);
    slot
}

/// What to forge. `edit` changes the header's text after it is complete and before the payload is sealed under it.
pub struct Forge<'a> {
    pub data_key: [u8; 32],
    pub slots: String,
    pub payload: &'a str,
    pub edit: fn(String) -> String,
    pub version: u64,
    /// The salt of the slot that signs.
    pub author: u8,
    /// The roster's JSON, in place of one that lists these slots from the beginning.
    pub roster: Option<String>,
}

impl<'a> Forge<'a> {
    /// A right vault with this payload.
    pub fn new(passphrase: &SecretText, payload: &'a str) -> Forge<'a> {
        let data_key = [42; 32];
        let slots = passphrase_slot(passphrase, &data_key).to_string();
        Forge { data_key, slots, payload, edit: |text| text, version: 2, author: 7, roster: None }
    }

    /// As a program of version 1 writes it.
    pub fn version_1(passphrase: &SecretText, payload: &'a str) -> Forge<'a> {
        let forged = Forge::new(passphrase, payload);
        let slot = of_version_1(passphrase_slot(passphrase, &forged.data_key), &forged.data_key);
        Forge { slots: slot.to_string(), version: 1, ..forged }
    }

    pub fn file(&self) -> Vec<u8> {
        let salt = [9; 32];
        let commitment = STANDARD.encode(expand(&self.data_key, &salt, "a365vault v1 key commitment"));
        let of_one_record = || roster::of_one_record(&self.slots, self.author, &self.data_key);
        let roster = self.roster.clone().unwrap_or_else(of_one_record);
        let author = STANDARD.encode([self.author; 32]);
        let of_version_2 = match self.version {
            1 => String::new(),
            _ => format!("\"roster_length\":{},\"author\":\"{author}\",", roster.len() + 16),
        };
        let line = format!(
            "{{\"format\":\"a365vault\",\"version\":{},\"vault_id\":\"{VAULT_ID}\",\"generation\":7,\
             \"saved_at\":\"2026-11-23T08:30:00Z\",\"payload\":{{\"cipher\":\"AES-256-GCM\",\"salt\":\"{}\",\
             \"commitment\":\"{commitment}\",\"length\":{}}},{of_version_2}\"slots\":[{}]}}",
            self.version,
            STANDARD.encode(salt),
            self.payload.len() + 16,
            self.slots
        );
        let line = (self.edit)(line);
        let key = expand(&self.data_key, &salt, "a365vault v1 payload key");
        let mut body = seal(&key, line.as_bytes(), self.payload.as_bytes());
        if self.version == 1 {
            return with_checksum(line.as_bytes(), &body);
        }
        let key = expand(&self.data_key, &salt, "a365vault v2 roster key");
        body.extend_from_slice(&seal(&key, line.as_bytes(), roster.as_bytes()));
        body.extend_from_slice(&roster::signature_of_save(line.as_bytes(), &body, self.author));
        with_checksum(line.as_bytes(), &body)
    }
}

/// The data key, read with the passphrase.
pub fn read_data_key(bytes_of_file: &[u8], passphrase: &SecretText) -> Vec<u8> {
    let header = header(bytes_of_file);
    let slots = header["slots"].as_array().expect("slots");
    let slot = slots.iter().find(|slot| slot["kind"] == "passphrase").expect("a passphrase slot");
    let vault_id = text(&header, "vault_id");
    let wrapping_key = wrapping_key(passphrase, &slot["kdf"], &bytes(slot, "salt"));
    let keys = unseal(&wrapping_key, slot_associated(vault_id, slot).as_bytes(), &bytes(slot, "wrapped_keys"));
    let (private_key, origin_key) = keys.split_at(32);
    open_data_key(vault_id, slot, private_key, origin_key).expect("the data key")
}

/// The data key that is sealed to a slot, as somebody with its private key and an origin key opens it.
pub fn open_data_key(vault_id: &str, slot: &Value, private_key: &[u8], origin_key: &[u8]) -> Option<Vec<u8>> {
    let private_key = <X25519HkdfSha256 as Kem>::PrivateKey::from_bytes(private_key).expect("a key");
    let sealed = bytes(slot, "sealed_data_key");
    let encapsulated = <X25519HkdfSha256 as Kem>::EncappedKey::from_bytes(&sealed[..32]).expect("a key");
    let mode = OpModeR::Psk(PskBundle::new(origin_key, vault_id.as_bytes()).expect("both are there"));
    hpke::single_shot_open::<AesGcm256, HkdfSha256, X25519HkdfSha256>(
        &mode,
        &private_key,
        &encapsulated,
        data_key_info(vault_id, slot).as_bytes(),
        &sealed[32..],
        b"",
    )
    .ok()
}

/// A key pair of somebody's own: private, public.
pub fn key_pair(from: &[u8]) -> ([u8; 32], [u8; 32]) {
    let (private_key, public_key) = X25519HkdfSha256::derive_keypair(from);
    (private_key.to_bytes().into(), public_key.to_bytes().into())
}

/// The payload's text, read with the passphrase.
pub fn read_payload(bytes_of_file: &[u8], passphrase: &SecretText) -> String {
    let data_key = read_data_key(bytes_of_file, passphrase);
    let salt = bytes(&header(bytes_of_file)["payload"], "salt");
    let key = expand(&data_key, &salt, "a365vault v1 payload key");
    let length = header(bytes_of_file)["payload"]["length"].as_u64().and_then(|length| usize::try_from(length).ok());
    let payload = &body(bytes_of_file)[..length.expect("a length")];
    String::from_utf8(unseal(&key, header_line(bytes_of_file), payload)).expect("UTF-8")
}

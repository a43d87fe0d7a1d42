//! A second writer and reader of the format, made from `docs/vault-format.md`: it makes the files that the library
//! would never write, and looks into those that it wrote.

use a365_password_tool::profile::SecretText;
use aes_gcm::aead::AeadInOut;
use aes_gcm::{Aes256Gcm, KeyInit, Nonce, Tag};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hkdf::Hkdf;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

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

/// Everything between the header's line and the checksum.
pub fn body(bytes: &[u8]) -> &[u8] {
    &bytes[header_line(bytes).len() + 1..bytes.len() - 32]
}

fn seal(key: &[u8], associated: &[u8], text: &[u8]) -> Vec<u8> {
    let mut sealed = text.to_vec();
    let cipher = Aes256Gcm::new_from_slice(key).expect("32 bytes");
    let tag = cipher.encrypt_inout_detached(&Nonce::default(), associated, sealed.as_mut_slice().into());
    sealed.extend_from_slice(&tag.expect("short"));
    sealed
}

fn unseal(key: &[u8], associated: &[u8], sealed: &[u8]) -> Vec<u8> {
    let (text, tag) = sealed.split_at(sealed.len() - 16);
    let mut text = text.to_vec();
    let cipher = Aes256Gcm::new_from_slice(key).expect("32 bytes");
    let tag = Tag::try_from(tag).expect("16 bytes");
    cipher
        .decrypt_inout_detached(&Nonce::default(), associated, text.as_mut_slice().into(), &tag)
        .expect("the seal is whole");
    text
}

fn expand(data_key: &[u8], salt: &[u8], info: &str) -> [u8; 32] {
    let mut out = [0; 32];
    Hkdf::<Sha256>::new(Some(salt), data_key).expand(info.as_bytes(), &mut out).expect("32 bytes");
    out
}

fn wrapping_key(passphrase: &SecretText, kdf: &Value) -> [u8; 32] {
    let number = |name: &str| u32::try_from(kdf[name].as_u64().expect("a number")).expect("small");
    let params = argon2::Params::new(number("memory_kib"), number("passes"), number("lanes"), Some(32));
    let salt = STANDARD.decode(kdf["salt"].as_str().expect("text")).expect("base64");
    let mut key = [0; 32];
    argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params.expect("in range"))
        .hash_password_into(passphrase.expose().as_bytes(), &salt, &mut key)
        .expect("a key");
    key
}

fn slot_associated(vault_id: &str, kdf: &Value) -> String {
    let salt = kdf["salt"].as_str().expect("text");
    format!(
        "a365vault v1 slot|{vault_id}|passphrase|argon2id|{}|{}|{}|{salt}",
        kdf["memory_kib"], kdf["passes"], kdf["lanes"]
    )
}

pub fn passphrase_slot(passphrase: &SecretText, data_key: &[u8; 32]) -> Value {
    let kdf =
        json!({"name": "argon2id", "memory_kib": 19456, "passes": 2, "lanes": 1, "salt": STANDARD.encode([7; 32])});
    let wrapped = seal(&wrapping_key(passphrase, &kdf), slot_associated(VAULT_ID, &kdf).as_bytes(), data_key);
    json!({"kind": "passphrase", "kdf": kdf, "wrapped_key": STANDARD.encode(wrapped)})
}

/// What to forge. `edit` changes the header's text after it is complete and before the payload is sealed under it.
pub struct Forge<'a> {
    pub data_key: [u8; 32],
    pub slots: String,
    pub payload: &'a str,
    pub edit: fn(String) -> String,
}

impl<'a> Forge<'a> {
    /// A right vault with this payload.
    pub fn new(passphrase: &SecretText, payload: &'a str) -> Forge<'a> {
        let data_key = [42; 32];
        Forge { data_key, slots: passphrase_slot(passphrase, &data_key).to_string(), payload, edit: |text| text }
    }

    pub fn file(&self) -> Vec<u8> {
        let salt = [9; 32];
        let commitment = STANDARD.encode(expand(&self.data_key, &salt, "a365vault v1 key commitment"));
        let line = format!(
            "{{\"format\":\"a365vault\",\"version\":1,\"vault_id\":\"{VAULT_ID}\",\"generation\":7,\
             \"saved_at\":\"2026-11-23T08:30:00Z\",\"payload\":{{\"cipher\":\"AES-256-GCM\",\"salt\":\"{}\",\
             \"commitment\":\"{commitment}\",\"length\":{}}},\"slots\":[{}]}}",
            STANDARD.encode(salt),
            self.payload.len() + 16,
            self.slots
        );
        let line = (self.edit)(line);
        let key = expand(&self.data_key, &salt, "a365vault v1 payload key");
        with_checksum(line.as_bytes(), &seal(&key, line.as_bytes(), self.payload.as_bytes()))
    }
}

/// The payload's text, read with the passphrase.
pub fn read_payload(bytes: &[u8], passphrase: &SecretText) -> String {
    let header = header(bytes);
    let slots = header["slots"].as_array().expect("slots");
    let slot = slots.iter().find(|slot| slot["kind"] == "passphrase").expect("a passphrase slot");
    let wrapped = STANDARD.decode(slot["wrapped_key"].as_str().expect("text")).expect("base64");
    let vault_id = header["vault_id"].as_str().expect("text");
    let associated = slot_associated(vault_id, &slot["kdf"]);
    let data_key = unseal(&wrapping_key(passphrase, &slot["kdf"]), associated.as_bytes(), &wrapped);
    let salt = STANDARD.decode(header["payload"]["salt"].as_str().expect("text")).expect("base64");
    let key = expand(&data_key, &salt, "a365vault v1 payload key");
    String::from_utf8(unseal(&key, header_line(bytes), body(bytes))).expect("UTF-8")
}

//! What version 2 adds to a forged file: signatures, and a roster of one record.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use curve25519_dalek::edwards::EdwardsPoint;
use curve25519_dalek::scalar::{Scalar, clamp_integer};
use ed25519_dalek::VerifyingKey;
use ed25519_dalek::hazmat::{ExpandedSecretKey, raw_sign};
use hkdf::Hkdf;
use hpke::kem::X25519HkdfSha256;
use hpke::{Kem, Serializable};
use serde_json::{Value, json};
use sha2::{Digest, Sha256, Sha512};

use super::{ORIGIN_KEY, VAULT_ID};

const AT: &str = "2026-11-23T08:00:00Z";

/// The name of an origin key.
pub fn origin_name(key: &[u8; 32]) -> String {
    let digest = Sha256::digest([b"a365vault v2 origin key", &key[..]].concat());
    digest[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The name of a data key.
pub fn data_key_name(key: &[u8]) -> String {
    let mut name = [0; 32];
    Hkdf::<Sha256>::new(Some(&[0; 32]), key).expand(b"a365vault v2 data key name", &mut name).expect("32 bytes");
    STANDARD.encode(name)
}

/// XEdDSA by the key pair that comes from this salt, with a prefix that is always the same.
pub fn sign(salt: u8, statement: &[u8]) -> [u8; 64] {
    let (private_key, _) = X25519HkdfSha256::derive_keypair(&[salt; 32]);
    sign_with(private_key.to_bytes().into(), statement)
}

/// The same with a private key.
pub fn sign_with(bytes: [u8; 32], statement: &[u8]) -> [u8; 64] {
    let mut scalar = Scalar::from_bytes_mod_order(clamp_integer(bytes));
    let mut point = EdwardsPoint::mul_base(&scalar);
    if point.compress().as_bytes()[31] >> 7 == 1 {
        (scalar, point) = (-scalar, -point);
    }
    let secret = ExpandedSecretKey { scalar, hash_prefix: Sha256::digest(bytes).into() };
    raw_sign::<Sha512>(&secret, statement, &VerifyingKey::from(point)).to_bytes()
}

/// The signature of a save by the slot with this salt.
pub fn signature_of_save(line: &[u8], sealed: &[u8], author: u8) -> [u8; 64] {
    sign(author, statement_of_save(VAULT_ID, line, sealed).as_bytes())
}

/// What the author of a save signs.
pub fn statement_of_save(vault_id: &str, line: &[u8], sealed: &[u8]) -> String {
    let digest = Sha256::digest([line, b"\n", sealed].concat());
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("a365vault v2 save|{vault_id}|{digest}")
}

/// The statement of a record, from its JSON.
pub fn statement(record: &Value) -> String {
    statement_in(VAULT_ID, record)
}

/// The same in a vault with this id.
pub fn statement_in(vault_id: &str, record: &Value) -> String {
    let text = |value: &Value, name: &str| value[name].as_str().unwrap_or_default().to_owned();
    let head = ["previous", "merges", "at", "by", "data_key", "origin"].map(|name| text(record, name)).join("|");
    let mut statement = format!("a365vault v2 roster|{vault_id}|{}|{head}\n", record["number"]);
    for member in record["members"].as_array().into_iter().flatten() {
        let fields = ["slot", "kind", "public_key", "origin", "by", "at"].map(|name| text(member, name));
        statement.push_str(&format!("{}\n", fields.join("|")));
    }
    statement
}

/// Signs a record as the slot with this salt.
pub fn signed(mut record: Value, author: u8) -> Value {
    record["by"] = STANDARD.encode([author; 32]).into();
    record["signature"] = STANDARD.encode(sign(author, statement(&record).as_bytes())).into();
    record
}

/// The digest that names a record.
pub fn hash_of(record: &Value) -> String {
    STANDARD.encode(Sha256::digest(statement(record)))
}

/// A member as a record lists it, added by the slot with this salt.
pub fn member(slot: &Value, by: u8) -> Value {
    json!({"slot": slot["salt"], "kind": slot["kind"], "public_key": slot["public_key"], "origin": slot["origin"],
        "by": STANDARD.encode([by; 32]), "at": AT})
}

/// A record of these members, not signed yet.
pub fn record(number: u64, previous: &str, data_key: &[u8; 32], origin: &[u8; 32], members: &[Value]) -> Value {
    json!({"number": number, "previous": previous, "merges": "", "at": AT, "data_key": data_key_name(data_key),
        "origin": origin_name(origin), "members": members})
}

/// The roster's JSON.
pub fn roster(origins: &[[u8; 32]], records: &[Value]) -> String {
    let origin = |key: &[u8; 32]| json!({"name": origin_name(key), "key": STANDARD.encode(key)});
    json!({"origins": origins.iter().map(origin).collect::<Vec<_>>(), "records": records}).to_string()
}

/// The roster of a vault that these slots have had from the beginning, as far as they are slots.
pub fn of_one_record(slots: &str, author: u8, data_key: &[u8; 32]) -> String {
    let slots: Vec<Value> = serde_json::from_str(&format!("[{slots}]")).unwrap_or_default();
    let members: Vec<Value> = slots.iter().map(|slot| member(slot, author)).collect();
    roster(&[ORIGIN_KEY], &[signed(record(1, "", data_key, &ORIGIN_KEY, &members), author)])
}

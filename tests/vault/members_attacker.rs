//! What the attacker of the [model of members](super::members_model) knows, and the files that he writes with a program of
//! his own: he uses every key that any file ever gave him.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::Digest;
use uuid::Uuid;

use super::forge::{self, roster};
use super::members_people::Keys;
use super::members_world::checksum;

const AT: &str = "2026-11-23T08:00:00Z";

/// A file that he has decrypted.
struct Opened {
    data_key: [u8; 32],
    roster: Value,
    payload: Value,
}

/// A file that he has seen, and how much of what he knows he has tried on it.
struct File {
    bytes: Vec<u8>,
    header: Value,
    tried_accounts: usize,
    tried_pairs: (usize, usize),
    tried_keys: usize,
    opened: Option<Rc<Opened>>,
}

/// Everything that he could learn.
#[derive(Default)]
pub struct Learnt {
    data_keys: Vec<[u8; 32]>,
    /// By their names.
    origins: BTreeMap<String, [u8; 32]>,
    /// By the public keys, as a header has them.
    private_keys: BTreeMap<String, [u8; 32]>,
    files: HashMap<[u8; 32], File>,
    written: usize,
}

fn key(bytes: &[u8]) -> [u8; 32] {
    bytes.try_into().expect("32 bytes")
}

fn random() -> [u8; 32] {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).expect("randomness");
    bytes
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// All names in a payload: of profiles, of versions in conflicts, of the history.
fn names_in(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::Array(list) => list.iter().for_each(|it| names_in(it, names)),
        Value::Object(members) => {
            names.extend(members.get("name").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|it| names_in(it, names));
        }
        _ => {}
    }
}

impl Learnt {
    /// Takes note of a file.
    pub fn look_at(&mut self, bytes: &[u8]) {
        self.files.entry(checksum(bytes)).or_insert_with(|| File {
            bytes: bytes.to_vec(),
            header: forge::header(bytes),
            tried_accounts: 0,
            tried_pairs: (0, 0),
            tried_keys: 0,
            opened: None,
        });
    }

    /// Tries all that he knows on all files, until nothing new comes of it.
    pub fn learn(&mut self, accounts: &Keys) {
        let accounts = accounts.lock().expect("keys").clone();
        let mut files = std::mem::take(&mut self.files);
        loop {
            let before = self.size();
            for file in files.values_mut().filter(|file| file.opened.is_none() && file.header["version"] == 2) {
                self.try_all(&accounts, file);
            }
            if self.size() == before {
                break;
            }
        }
        self.files = files;
    }

    fn size(&self) -> (usize, usize, usize) {
        (self.data_keys.len(), self.origins.len(), self.private_keys.len())
    }

    fn knows(&mut self, data_key: [u8; 32]) {
        if !self.data_keys.contains(&data_key) {
            self.data_keys.push(data_key);
        }
    }

    fn knows_origin(&mut self, origin: [u8; 32]) {
        self.origins.insert(roster::origin_name(&origin), origin);
    }

    fn try_all(&mut self, accounts: &BTreeMap<String, [u8; 32]>, file: &mut File) {
        let vault_id = forge::text(&file.header, "vault_id").to_owned();
        if file.tried_accounts != accounts.len() {
            file.tried_accounts = accounts.len();
            for slot in list(&file.header["slots"]).iter().filter(|slot| slot["kind"] == "os-account") {
                let salt = forge::bytes(slot, "salt");
                let entry: String = salt[..16].iter().map(|byte| format!("{byte:02x}")).collect();
                let Some(account) = accounts.get(&format!("{vault_id}/{entry}")) else { continue };
                let wrapping_key = forge::expand(account, &salt, "a365vault v1 account key");
                let associated = forge::slot_associated(&vault_id, slot);
                let wrapped = forge::bytes(slot, "wrapped_keys");
                if let Some(keys) = forge::try_unseal(&wrapping_key, associated.as_bytes(), &wrapped) {
                    self.private_keys.insert(forge::text(slot, "public_key").to_owned(), key(&keys[..32]));
                    self.knows_origin(key(&keys[32..]));
                }
            }
        }
        let pairs = (self.private_keys.len(), self.origins.len());
        if file.tried_pairs != pairs {
            file.tried_pairs = pairs;
            for slot in list(&file.header["slots"]) {
                let Some(private_key) = self.private_keys.get(forge::text(slot, "public_key")).copied() else {
                    continue;
                };
                let origins: Vec<[u8; 32]> = self.origins.values().copied().collect();
                let open = |origin| forge::open_data_key(&vault_id, slot, &private_key, origin);
                if let Some(data_key) = origins.iter().find_map(|origin| open(origin)) {
                    self.knows(key(&data_key));
                }
            }
        }
        let salt = forge::bytes(&file.header["payload"], "salt");
        let commitment = forge::bytes(&file.header["payload"], "commitment");
        let fits =
            |data_key: &&[u8; 32]| forge::expand(*data_key, &salt, "a365vault v1 key commitment") == commitment[..];
        let found = self.data_keys[file.tried_keys..].iter().find(fits).copied();
        file.tried_keys = self.data_keys.len();
        let Some(data_key) = found else { return };
        let (line, body) = (forge::header_line(&file.bytes), forge::body(&file.bytes));
        let length = |value: &Value| value.as_u64().and_then(|it| usize::try_from(it).ok()).expect("a length");
        let (sealed, rest) = body.split_at(length(&file.header["payload"]["length"]));
        let sealed_roster = &rest[..length(&file.header["roster_length"])];
        let decrypted = |info, sealed| {
            let text = forge::try_unseal(&forge::expand(&data_key, &salt, info), line, sealed)?;
            serde_json::from_slice::<Value>(&text).ok()
        };
        let payload = decrypted("a365vault v1 payload key", sealed);
        let roster = decrypted("a365vault v2 roster key", sealed_roster);
        let (Some(payload), Some(roster)) = (payload, roster) else { return };
        for origin in list(&roster["origins"]) {
            self.knows_origin(key(&forge::bytes(origin, "key")));
        }
        file.opened = Some(Rc::new(Opened { data_key, roster, payload }));
    }

    /// Every name in whatever he has decrypted.
    pub fn names(&self) -> impl Iterator<Item = String> {
        let mut names = Vec::new();
        self.files.values().filter_map(|file| file.opened.as_ref()).for_each(|it| names_in(&it.payload, &mut names));
        names.into_iter()
    }

    /// Whether he can open one of the slots in this file.
    pub fn is_listed(&self, bytes: &[u8]) -> bool {
        list(&forge::header(bytes)["slots"]).iter().any(|slot| self.is_his(slot))
    }

    fn is_his(&self, slot: &Value) -> bool {
        self.private_keys.contains_key(slot["public_key"].as_str().unwrap_or_default())
    }

    /// How many files others have saved on top of one of his.
    pub fn taken_over(&self) -> usize {
        let by_another = |file: &&File| {
            let author = list(&file.header["slots"]).iter().find(|slot| slot["salt"] == file.header["author"]);
            author.is_some_and(|slot| !self.is_his(slot))
        };
        let has_his = |file: &&File| {
            let opened = file.opened.as_ref();
            opened.is_some_and(|it| list(&it.payload["profiles"]).iter().any(|profile| is_of_his(&profile["name"])))
        };
        self.files.values().filter(by_another).filter(has_his).count()
    }

    /// A file of his own that goes on from this one, if he can decrypt it and was a member there. It always lists a slot of
    /// his: what somebody saves on it who believes him is no breach.
    pub fn forge(&mut self, from: &[u8], kind: u8) -> Option<Vec<u8>> {
        let file = self.files.get(&checksum(from))?;
        let (known, header) = (Rc::clone(file.opened.as_ref()?), file.header.clone());
        let vault_id = forge::text(&header, "vault_id").to_owned();
        let mut slots = list(&header["slots"]).to_vec();
        let me = slots.iter().find(|slot| self.is_his(slot))?.clone();
        let private_key = *self.private_keys.get(forge::text(&me, "public_key"))?;
        let origins = known.roster["origins"].clone();
        let origin = key(&forge::bytes(list(&origins).last()?, "key"));
        let mut records = list(&known.roster["records"]).to_vec();
        let last = records.last()?.clone();

        // Under the keys of that file, or under one that nobody else has chosen.
        let data_key = if kind < 2 { known.data_key } else { random() };
        self.knows(data_key);
        let mut members = list(&last["members"]).to_vec();
        if kind != 0 {
            let hidden = self.hidden_slot(if kind.is_multiple_of(2) { "x-token" } else { "recovery-key" }, &origin);
            members.push(json!({"slot": hidden["salt"], "kind": hidden["kind"], "public_key": hidden["public_key"],
                "origin": hidden["origin"], "by": me["salt"], "at": AT}));
            slots.push(hidden);
        }
        for slot in &mut slots {
            if kind == 7 {
                let named = slot.as_object_mut()?.remove("origin")?;
                forge::seal_data_key_in(&vault_id, slot, &data_key, self.origins.get(named.as_str()?)?);
            } else if kind != 0 {
                let of_slot = self.origins.get(forge::text(slot, "origin"))?;
                forge::seal_data_key_in(&vault_id, slot, &data_key, of_slot);
            }
        }
        let signed = |before: Option<&Value>, named: &[u8; 32]| {
            let number = before.map_or(1, |before| before["number"].as_u64().unwrap_or(1) + 1);
            let digest = |before| STANDARD.encode(sha2::Sha256::digest(roster::statement_in(&vault_id, before)));
            let previous = before.map_or_else(String::new, digest);
            let mut record = roster::record(number, &previous, named, &origin, &members);
            record["by"] = me["salt"].clone();
            let statement = roster::statement_in(&vault_id, &record);
            record["signature"] = STANDARD.encode(roster::sign_with(private_key, statement.as_bytes())).into();
            record
        };
        match kind {
            0 => {}
            // A beginning of his own, or many records of his own, under the number that comes next.
            3 => records = vec![signed(None, &data_key)],
            5 => {
                for _ in 0..64 {
                    records.push(signed(records.last(), &data_key));
                }
            }
            // The name of a key that others know for one of his own.
            4 => records.push(signed(Some(&last), &known.data_key)),
            _ => records.push(signed(Some(&last), &data_key)),
        }
        let too_many = records.len().saturating_sub(64);
        records.drain(..too_many);

        self.written += 1;
        let mut payload = known.payload.clone();
        payload["profiles"].as_array_mut()?.push(json!({"id": Uuid::new_v4().to_string(),
            "name": format!("{HIS}{}", self.written), "created": AT, "modified": AT}));
        // Nobody hears of a removal from him.
        payload["history"] = json!([]);
        let saves = if kind == 5 { vec![Value::Null; 255] } else { list(&payload["saves"]).to_vec() };
        let fresh = || Value::from(random()[..8].iter().map(|byte| format!("{byte:02x}")).collect::<String>());
        let saves = saves.into_iter().map(|name| if name.is_null() { fresh() } else { name }).chain([fresh()]);
        payload["saves"] = saves.collect();
        let ahead = if kind == 5 { 1000 } else { 1 };
        let generation = header["generation"].as_u64()? + ahead;

        let (payload, roster) = (payload.to_string(), json!({"origins": origins, "records": records}).to_string());
        let salt = random();
        let commitment = forge::expand(&data_key, &salt, "a365vault v1 key commitment");
        let mut written = json!({"vault_id": vault_id, "generation": generation, "saved_at": AT, "slots": slots,
            "payload": {"cipher": "AES-256-GCM", "salt": STANDARD.encode(salt), "commitment": STANDARD.encode(commitment),
                "length": payload.len() + 16}});
        if kind != 7 {
            written["author"] = me["salt"].clone();
            written["roster_length"] = (roster.len() + 16).into();
        }
        let version = if kind == 7 { 1 } else { 2 };
        let line = format!("{{\"format\":\"a365vault\",\"version\":{version},{}", &written.to_string()[1..]);
        let sealed =
            |info, text: &str| forge::seal(&forge::expand(&data_key, &salt, info), line.as_bytes(), text.as_bytes());
        let mut body = sealed("a365vault v1 payload key", &payload);
        if version == 2 {
            body.extend(sealed("a365vault v2 roster key", &roster));
            let statement = roster::statement_of_save(&vault_id, line.as_bytes(), &body);
            body.extend(roster::sign_with(private_key, statement.as_bytes()));
        }
        Some(forge::with_checksum(line.as_bytes(), &body))
    }

    /// A slot of his own that nobody else can open.
    fn hidden_slot(&mut self, kind: &str, origin: &[u8; 32]) -> Value {
        let (private_key, public_key) = forge::key_pair(&random());
        let public_key = STANDARD.encode(public_key);
        self.private_keys.insert(public_key.clone(), private_key);
        let mut slot = json!({"kind": kind, "salt": STANDARD.encode(random()), "public_key": public_key,
            "origin": roster::origin_name(origin)});
        if kind == "recovery-key" {
            slot["wrapped_keys"] = STANDARD.encode([random(), random(), random()].concat().split_at(80).0).into();
        }
        slot
    }
}

/// How the names of the profiles begin that he writes.
const HIS: &str = "his ";

fn is_of_his(name: &Value) -> bool {
    name.as_str().is_some_and(|name| name.starts_with(HIS))
}

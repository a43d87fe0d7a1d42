//! The people of the [model of members](super::members_model): their stores of keys, and what each has seen.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use a365_password_tool::platform::os_account::AccountError;
use a365_password_tool::vault::{AccountKeeper, SeenVaults, SlotId, Vault};
use uuid::Uuid;
use zeroize::Zeroizing;

/// The keys that an account's store keeps, by their names.
pub type Keys = Arc<Mutex<BTreeMap<String, [u8; 32]>>>;

/// The store of one account's keys. It may know another account's as well: to add somebody, a member opens the vault on that
/// person's computer.
pub struct Account {
    pub name: String,
    pub kept: Keys,
    pub helper: Option<Keys>,
}

impl AccountKeeper for Account {
    fn name(&self) -> &'static str {
        "model"
    }
    fn describe(&self) -> String {
        self.name.clone()
    }
    fn keep(&self, entry: &str, key: &[u8; 32]) -> Result<Vec<u8>, AccountError> {
        self.kept.lock().expect("kept").insert(entry.to_owned(), *key);
        Ok(Vec::new())
    }
    fn holds(&self, entry: &str, _: &[u8]) -> bool {
        self.kept.lock().expect("kept").contains_key(entry)
    }
    fn recall(&self, entry: &str, _: &[u8]) -> Result<Option<Zeroizing<[u8; 32]>>, AccountError> {
        let find = |kept: &Keys| kept.lock().expect("kept").get(entry).copied();
        Ok(find(&self.kept).or_else(|| self.helper.as_ref().and_then(find)).map(Zeroizing::new))
    }
    // An attacker forgets nothing.
    fn forget(&self, _: &str) -> Result<(), AccountError> {
        Ok(())
    }
}

#[derive(Default)]
pub struct Memory(Mutex<BTreeMap<Uuid, Vec<u8>>>);

impl SeenVaults for Memory {
    fn recall(&self, vault: Uuid) -> std::io::Result<Option<Vec<u8>>> {
        Ok(self.0.lock().expect("seen").get(&vault).cloned())
    }
    fn remember(&self, vault: Uuid, seen: &[u8]) -> std::io::Result<()> {
        self.0.lock().expect("seen").insert(vault, seen.to_vec());
        Ok(())
    }
}

pub struct Person {
    pub kept: Keys,
    pub seen: Arc<Memory>,
    pub open: Option<Vault>,
}

pub fn ids(vault: &Vault) -> Vec<SlotId> {
    vault.slots().iter().map(|slot| slot.id).collect()
}

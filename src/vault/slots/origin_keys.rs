//! The origin keys: what a slot holds beside its private key, and what a data key is sealed to it under.

use crate::vault::crypto::{Key, seal};

/// Names an origin key without telling it: the first 8 bytes of a digest.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::vault) struct OriginName(pub(in crate::vault) [u8; 8]);

impl OriginName {
    /// `SHA-256("a365vault v2 origin key" ‖ key)`, the first 8 bytes.
    pub(in crate::vault) fn of(key: &Key) -> OriginName {
        let digest = seal::digest(&[b"a365vault v2 origin key", key.bytes()]);
        OriginName(*digest.first_chunk().expect("a digest has 32 bytes"))
    }

    /// Reads what [`OriginName::text`] writes.
    pub(in crate::vault) fn parse(text: &str) -> Option<OriginName> {
        let is_hex = text.len() == 16 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        is_hex.then(|| u64::from_str_radix(text, 16).ok().map(|name| OriginName(name.to_be_bytes()))).flatten()
    }

    /// 16 lower-case hexadecimal digits.
    pub(in crate::vault) fn text(self) -> String {
        format!("{:016x}", u64::from_be_bytes(self.0))
    }
}

/// The origin keys that the slots of a vault hold. There is always one that new slots get.
#[derive(Clone)]
pub(in crate::vault) struct OriginKeys {
    /// The one that new slots get is the last.
    keys: Vec<Key>,
}

impl OriginKeys {
    /// One key, which new slots get.
    pub(in crate::vault) fn beginning_with(key: &Key) -> OriginKeys {
        OriginKeys { keys: vec![key.clone()] }
    }

    /// All of them as a roster has them, the one that new slots get last; `None` when there is none.
    pub(in crate::vault) fn of(keys: Vec<Key>) -> Option<OriginKeys> {
        (!keys.is_empty()).then_some(OriginKeys { keys })
    }

    /// All of them, the one that new slots get last.
    pub(in crate::vault) fn iter(&self) -> impl Iterator<Item = &Key> {
        self.keys.iter()
    }

    /// The key with this name.
    pub(in crate::vault) fn find(&self, name: OriginName) -> Option<&Key> {
        self.keys.iter().find(|key| OriginName::of(key) == name)
    }

    /// The key that new slots get.
    pub(in crate::vault) fn current(&self) -> &Key {
        self.keys.last().expect("there is always one")
    }

    /// Takes a fresh key into use.
    pub(in crate::vault) fn rotate(&mut self, fresh: Key) {
        self.keys.push(fresh);
    }

    /// Adds a key that a slot holds; the one in use stays.
    pub(in crate::vault) fn add(&mut self, key: &Key) {
        if self.find(OriginName::of(key)).is_none() {
            self.keys.insert(0, key.clone());
        }
    }

    /// Forgets all that are not `held`, except the one in use.
    pub(in crate::vault) fn retain(&mut self, held: &[OriginName]) {
        let in_use = self.keys.len() - 1;
        let mut place = 0;
        self.keys.retain(|key| {
            let stays = place == in_use || held.contains(&OriginName::of(key));
            place += 1;
            stays
        });
    }
}

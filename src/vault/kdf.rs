//! From a passphrase to a key: Argon2id (RFC 9106), within bounds that are checked before any work is done.

use argon2::{Algorithm, Argon2, Params, Version};

use super::error::VaultError;
use super::seal::Key;
use crate::profile::SecretText;

/// The cost of turning a passphrase into a key with Argon2id. Always within the bounds below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KdfParameters {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

impl KdfParameters {
    /// The least memory accepted, in KiB (OWASP Password Storage Cheat Sheet: 19 MiB).
    pub const MEMORY_KIB_MINIMUM: u32 = 19 * 1024;
    /// The most memory accepted, in KiB.
    pub const MEMORY_KIB_LIMIT: u32 = 1024 * 1024;
    /// The fewest passes accepted (OWASP: 2 with 19 MiB).
    pub const PASSES_MINIMUM: u32 = 2;
    /// The most passes accepted.
    pub const PASSES_LIMIT: u32 = 32;
    /// The most lanes accepted.
    pub const LANES_LIMIT: u32 = 16;
    /// The most memory times passes accepted, in KiB: 4 GiB, some seconds of one core. It holds for all the
    /// passphrase slots of a file together.
    pub const WORK_LIMIT: u64 = 4 * 1024 * 1024;

    /// Checks the bounds.
    pub fn new(memory_kib: u32, passes: u32, lanes: u32) -> Result<KdfParameters, VaultError> {
        let parameters = KdfParameters { memory_kib, passes, lanes };
        let refuse = |why| Err(VaultError::KdfOutOfRange(why));
        if !(Self::MEMORY_KIB_MINIMUM..=Self::MEMORY_KIB_LIMIT).contains(&memory_kib) {
            refuse("use 19 MiB (19456 KiB) to 1 GiB (1048576 KiB) of memory")
        } else if !(Self::PASSES_MINIMUM..=Self::PASSES_LIMIT).contains(&passes) {
            refuse("use 2 to 32 passes")
        } else if !(1..=Self::LANES_LIMIT).contains(&lanes) {
            refuse("use 1 to 16 lanes")
        } else if parameters.work() > Self::WORK_LIMIT {
            refuse("memory times passes may be 4 GiB at most")
        } else {
            Ok(parameters)
        }
    }

    /// The cheapest parameters that are accepted: 19 MiB, 2 passes, 1 lane (the OWASP minimum).
    pub const fn minimum() -> KdfParameters {
        KdfParameters { memory_kib: Self::MEMORY_KIB_MINIMUM, passes: Self::PASSES_MINIMUM, lanes: 1 }
    }

    /// Memory in KiB.
    pub fn memory_kib(self) -> u32 {
        self.memory_kib
    }

    /// Passes over the memory.
    pub fn passes(self) -> u32 {
        self.passes
    }

    /// Lanes.
    pub fn lanes(self) -> u32 {
        self.lanes
    }

    /// Memory times passes, in KiB.
    pub(super) fn work(self) -> u64 {
        u64::from(self.memory_kib) * u64::from(self.passes)
    }

    /// Argon2id version 0x13 of the passphrase's UTF-8 bytes as typed (no Unicode normalisation), 32 bytes.
    pub(super) fn derive(self, passphrase: &SecretText, salt: &[u8]) -> Result<Key, VaultError> {
        let params = Params::new(self.memory_kib, self.passes, self.lanes, Some(Key::LENGTH))
            .expect("our bounds are narrower than Argon2's");
        let mut key = Key::empty();
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.expose().as_bytes(), salt, key.bytes_mut())
            .map_err(|_| VaultError::OutOfMemory)?;
        Ok(key)
    }
}

impl Default for KdfParameters {
    /// RFC 9106's second recommendation: 64 MiB, 3 passes, 4 lanes.
    fn default() -> KdfParameters {
        KdfParameters { memory_kib: 64 * 1024, passes: 3, lanes: 4 }
    }
}

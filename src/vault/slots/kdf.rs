//! From a passphrase to a key: Argon2id (RFC 9106), within bounds that are checked before any work is done.

use std::sync::OnceLock;
use std::time::Duration;

use argon2::{Algorithm, Argon2, Params, Version};

use crate::platform::thread_time::thread_time;
use crate::profile::SecretText;
use crate::vault::crypto::Key;
use crate::vault::error::VaultError;

/// What trying one passphrase should cost the person who knows it, in processor time.
const AIM: Duration = Duration::from_millis(500);

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

    /// The most passes that [`KdfParameters::calibrated`] chooses: 1 GiB of work, so that four such passphrases fit.
    pub const CALIBRATED_PASSES_LIMIT: u32 = 16;

    /// The parameters for new passphrases on this computer: the default, with so many more passes that one derivation
    /// takes about half a second of processor time. Never less than the default.
    ///
    /// The first call measures (two derivations), later ones know. What is measured is the thread's own processor
    /// time, so other work on the computer makes no vault weaker.
    pub fn calibrated() -> KdfParameters {
        static CALIBRATED: OnceLock<KdfParameters> = OnceLock::new();
        *CALIBRATED.get_or_init(|| {
            let floor = KdfParameters::default();
            let measure = || {
                let begin = thread_time()?;
                floor.derive(&SecretText::from("a measurement"), &[0; 32]).ok()?;
                Some(thread_time()? - begin)
            };
            // The first one also pays for fresh memory; the faster one is closer to what an attacker pays.
            KdfParameters::for_measured([measure(), measure()].into_iter().flatten().min())
        })
    }

    /// From what the default cost: more passes in proportion, within the bounds.
    fn for_measured(floor_cost: Option<Duration>) -> KdfParameters {
        let floor = KdfParameters::default();
        let Some(cost) = floor_cost.filter(|cost| !cost.is_zero()) else { return floor };
        let passes = u128::from(floor.passes) * AIM.as_micros() / cost.as_micros().max(1);
        let passes = u32::try_from(passes).unwrap_or(u32::MAX);
        KdfParameters { passes: passes.clamp(floor.passes, Self::CALIBRATED_PASSES_LIMIT), ..floor }
    }

    /// The dearer of the two: no change of a passphrase makes guessing cheaper.
    pub fn at_least(self, other: KdfParameters) -> KdfParameters {
        if other.work() > self.work() { other } else { self }
    }

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
    pub(in crate::vault) fn work(self) -> u64 {
        u64::from(self.memory_kib) * u64::from(self.passes)
    }

    /// Argon2id version 0x13 of the passphrase's UTF-8 bytes as typed (no Unicode normalisation), 32 bytes.
    pub(in crate::vault) fn derive(self, passphrase: &SecretText, salt: &[u8]) -> Result<Key, VaultError> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn passes_for(milliseconds: u64) -> u32 {
        KdfParameters::for_measured(Some(Duration::from_millis(milliseconds))).passes()
    }

    #[test]
    fn a_fast_computer_gets_more_passes_and_a_slow_one_never_fewer() {
        assert_eq!(passes_for(250), 6);
        assert_eq!(passes_for(100), 15);
        assert_eq!(passes_for(1), KdfParameters::CALIBRATED_PASSES_LIMIT);
        assert_eq!(passes_for(0), 3, "a clock that stands still tells nothing");
        assert_eq!((passes_for(600), passes_for(60_000)), (3, 3));
        assert_eq!(KdfParameters::for_measured(None), KdfParameters::default());
        let most = KdfParameters::for_measured(Some(Duration::from_micros(1)));
        assert!(4 * most.work() <= KdfParameters::WORK_LIMIT, "four such passphrases fit one vault");
    }

    #[test]
    fn calibrated_parameters_are_no_cheaper_than_the_default_and_stay_the_same() {
        let calibrated = KdfParameters::calibrated();
        assert_eq!(calibrated.at_least(KdfParameters::default()), calibrated);
        assert_eq!(KdfParameters::calibrated(), calibrated);
        assert!(KdfParameters::new(calibrated.memory_kib(), calibrated.passes(), calibrated.lanes()).is_ok());
    }

    #[test]
    fn the_dearer_parameters_win() {
        let (cheap, dear) = (KdfParameters::minimum(), KdfParameters::default());
        assert_eq!((cheap.at_least(dear), dear.at_least(cheap)), (dear, dear));
    }
}

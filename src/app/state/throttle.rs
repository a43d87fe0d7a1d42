//! How long somebody who typed a wrong passphrase waits before the next try.
//!
//! Against a person at an open desk, not against somebody with a copy of the file: a person who has that asks nobody. What
//! stops those is the cost of the passphrase's derivation.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Wrong passphrases that cost no waiting: everybody mistypes.
const FREE_TRIES: u32 = 3;
/// The longest wait, in seconds.
const LONGEST_WAIT: f64 = 30.0;

/// The wrong passphrases of this run, by vault.
///
/// It outlives the unlock screen: leaving it for another vault and coming back does not start again.
#[derive(Debug, Default)]
pub struct Throttle {
    vaults: HashMap<PathBuf, Failures>,
}

#[derive(Debug, Default)]
struct Failures {
    count: u32,
    /// Seconds since the window opened.
    wait_until: f64,
}

impl Throttle {
    /// A wrong passphrase for `vault` at `now` (seconds since the window opened): after three of them the next tries
    /// wait 1, 2, 4, 8, 16, then always 30 seconds.
    pub fn failed(&mut self, vault: &Path, now: f64) {
        let failures = self.vaults.entry(vault.to_owned()).or_default();
        failures.count = failures.count.saturating_add(1);
        if let Some(doublings) = failures.count.checked_sub(FREE_TRIES + 1) {
            let wait = 2_f64.powi(doublings.min(16) as i32).min(LONGEST_WAIT);
            failures.wait_until = now + wait;
        }
    }

    /// The right passphrase for `vault`: a person who knows it has not been guessing.
    pub fn succeeded(&mut self, vault: &Path) {
        self.vaults.remove(vault);
    }

    /// The whole seconds, rounded up, until `vault` may be tried again; `None` when that is now.
    pub fn seconds_left(&self, vault: &Path, now: f64) -> Option<u32> {
        let left = self.vaults.get(vault)?.wait_until - now;
        (left > 0.0).then(|| left.ceil() as u32)
    }

    /// Seconds until what [`Throttle::seconds_left`] says of `vault` changes.
    pub fn next_change(&self, vault: &Path, now: f64) -> Option<f64> {
        let left = self.vaults.get(vault)?.wait_until - now;
        (left > 0.0).then(|| left - (left.ceil() - 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(throttle: &mut Throttle, vault: &Path, tries: u32) -> Vec<u32> {
        let mut now = 100.0;
        (0..tries)
            .map(|_| {
                throttle.failed(vault, now);
                let wait = throttle.seconds_left(vault, now).unwrap_or(0);
                now += f64::from(wait);
                wait
            })
            .collect()
    }

    #[test]
    fn three_mistakes_are_free_and_further_ones_wait_longer_each_time() {
        let mut throttle = Throttle::default();
        assert_eq!(waits(&mut throttle, Path::new("a"), 11), [0, 0, 0, 1, 2, 4, 8, 16, 30, 30, 30]);
    }

    #[test]
    fn the_seconds_are_counted_down_to_nothing() {
        let (mut throttle, vault) = (Throttle::default(), Path::new("a"));
        for _ in 0..5 {
            throttle.failed(vault, 10.0);
        }
        let left = |now| throttle.seconds_left(vault, now);
        assert_eq!(
            (left(10.0), left(10.5), left(11.0), left(11.99), left(12.0)),
            (Some(2), Some(2), Some(1), Some(1), None)
        );
        assert_eq!(throttle.next_change(vault, 10.25), Some(0.75));
        assert_eq!(throttle.next_change(vault, 12.0), None);
    }

    #[test]
    fn the_right_passphrase_starts_over_for_its_own_vault_only() {
        let (mut throttle, mine, theirs) = (Throttle::default(), Path::new("mine"), Path::new("theirs"));
        waits(&mut throttle, theirs, 9);
        waits(&mut throttle, mine, 9);
        throttle.succeeded(mine);
        assert_eq!(waits(&mut throttle, mine, 4), [0, 0, 0, 1]);
        // Nobody gets free tries at one vault by opening another.
        assert_eq!(waits(&mut throttle, theirs, 1), [30]);
    }

    #[test]
    fn any_number_of_mistakes_stays_within_the_longest_wait() {
        let mut throttle = Throttle::default();
        assert!(waits(&mut throttle, Path::new("a"), 5_000).into_iter().all(|wait| wait <= 30));
    }
}

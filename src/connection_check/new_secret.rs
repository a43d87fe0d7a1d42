//! A client secret that Microsoft Entra ID does not know yet.
//!
//! The sign-in servers learn of a new secret one after the other. Until all of them have, the answer is the one for a
//! wrong secret, or for the expired one before it; in public reports that lasts from seconds to a few minutes
//! (github.com/microsoftgraph/microsoft-graph-docs-contrib/issues/17966,
//! github.com/Azure-Samples/active-directory-dotnetcore-daemon-v2/issues/87). So such an answer is worth asking for
//! again, at a pace that Microsoft Entra ID accepts. Pure: the caller waits.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::profile::Profile;

/// What is known of the age of the client secret that is checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SecretAge {
    /// Nothing.
    #[default]
    Unknown,
    /// It was created or entered a few minutes ago.
    New,
}

impl SecretAge {
    /// The age at `now` of the client secret that is saved in `profile`. A profile may be saved for its notes alone, but what its
    /// last check says is forgotten with each change of the connection: so the secret is as old as that at least.
    pub fn of_profile(profile: &Profile, now: DateTime<Utc>) -> SecretAge {
        let checked = profile.last_check.as_ref().map(|check| check.at);
        SecretAge::since(checked.map_or(profile.modified, |checked| checked.min(profile.modified)), now)
    }

    /// How long a secret counts as new after it was entered.
    pub const NEW_FOR: TimeDelta = TimeDelta::minutes(10);

    /// The age at `now` of a secret that was entered at `entered`. A time in the future is no age.
    pub fn since(entered: DateTime<Utc>, now: DateTime<Utc>) -> SecretAge {
        let age = now - entered;
        if (TimeDelta::zero()..Self::NEW_FOR).contains(&age) { SecretAge::New } else { SecretAge::Unknown }
    }
}

/// The answers that a new secret can get before it is known everywhere.
const NOT_KNOWN_YET: [&str; 2] = ["AADSTS7000215", "AADSTS7000222"];

/// Whether a check that ended with this code may end differently in a minute, because the secret is new.
pub fn may_become_known(code: &str) -> bool {
    NOT_KNOWN_YET.contains(&code)
}

/// When to check again while a secret may become known.
///
/// The pauses grow from 10 to 30 seconds: more than 15 equal sign-ins within five minutes count as a loop
/// (`AADSTS50196`), and other programs sign in with the same app. Times are since the first check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repetition {
    period: Duration,
    done: u32,
}

impl Repetition {
    /// How long the window repeats a check, and the length that the command line's help names.
    pub const USUAL: Duration = Duration::from_secs(120);
    /// The shortest pause between two checks.
    pub const SHORTEST_PAUSE: Duration = Duration::from_secs(10);
    const LONGEST_PAUSE: Duration = Duration::from_secs(30);

    /// Repetitions for this long.
    pub fn over(period: Duration) -> Repetition {
        Repetition { period, done: 0 }
    }

    /// How long it goes on, all in all.
    pub fn period(&self) -> Duration {
        self.period
    }

    /// How often the check was repeated.
    pub fn done(&self) -> u32 {
        self.done
    }

    /// Counts one more repetition, and says how long to wait before it when `elapsed` has passed. The last one is at
    /// the end of the period. `None` when the time is up.
    pub fn next_pause(&mut self, elapsed: Duration) -> Option<Duration> {
        let left = self.period.checked_sub(elapsed)?;
        let wanted = Self::SHORTEST_PAUSE.saturating_add(Duration::from_secs(5).saturating_mul(self.done));
        let pause = wanted.min(Self::LONGEST_PAUSE).min(left);
        if pause < Self::SHORTEST_PAUSE {
            return None;
        }
        self.done += 1;
        Some(pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::LastCheck;

    #[test]
    fn a_change_of_the_notes_makes_no_secret_new() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).expect("a time");
        let ago = |minutes: i64| now - TimeDelta::minutes(minutes);
        // Minutes since the profile was saved, and since its connection was checked.
        for (saved, checked, age) in [
            (1, None, SecretAge::New),
            (9, None, SecretAge::New),
            (10, None, SecretAge::Unknown),
            (1, Some(1440), SecretAge::Unknown),
            (0, Some(11), SecretAge::Unknown),
            (5, Some(4), SecretAge::New),
            (1, Some(2), SecretAge::New),
            (60, Some(1), SecretAge::Unknown),
            (1, Some(-5), SecretAge::New),
            (-1, None, SecretAge::Unknown),
        ] {
            let mut profile = Profile::new(uuid::Uuid::nil(), "Contoso", ago(saved));
            profile.last_check = checked.map(|checked| LastCheck {
                at: ago(checked),
                passed: false,
                stage: None,
                code: None,
                tenant_id: None,
            });
            assert_eq!(SecretAge::of_profile(&profile, now), age, "{saved} {checked:?}");
        }
    }

    /// The seconds of each check when every check takes `each` seconds.
    fn times(period: u64, each: u64) -> Vec<u64> {
        let mut repetition = Repetition::over(Duration::from_secs(period));
        let mut elapsed = Duration::ZERO;
        let mut times = Vec::new();
        while let Some(pause) = repetition.next_pause(elapsed) {
            elapsed += pause;
            times.push(elapsed.as_secs());
            elapsed += Duration::from_secs(each);
        }
        assert_eq!(repetition.done() as usize, times.len());
        times
    }

    #[test]
    fn two_minutes_hold_a_handful_of_checks() {
        assert_eq!(times(120, 0), [10, 25, 45, 70, 100, 120]);
        assert_eq!(times(120, 3), [10, 28, 51, 79, 112], "one more 5 s later would be too soon");
        assert_eq!(times(120, 90), [10, 115], "checks that take long are not hurried");
        assert!(times(9, 0).is_empty());
        assert_eq!(times(10, 0), [10]);
        assert!(times(0, 0).is_empty());
    }

    #[test]
    fn any_period_stays_below_what_counts_as_a_loop() {
        for period in [60, 120, 300, 600, 3600, 86_400] {
            // The check before the first repetition is at zero.
            let times: Vec<u64> = std::iter::once(0).chain(times(period, 0)).collect();
            for (place, start) in times.iter().enumerate() {
                let in_five_minutes = times[place..].iter().take_while(|time| **time < start + 300).count();
                assert!(in_five_minutes <= 13, "{period}: {in_five_minutes}");
            }
            assert!(times.windows(2).all(|pair| pair[1] - pair[0] >= 10), "{period}");
        }
    }

    #[test]
    fn a_secret_is_new_for_some_minutes() {
        let entered = DateTime::from_timestamp(1_780_000_000, 0).expect("a test's own time");
        let ages = [(-1, SecretAge::Unknown), (0, SecretAge::New), (599, SecretAge::New), (600, SecretAge::Unknown)];
        for (seconds, age) in ages {
            assert_eq!(SecretAge::since(entered, entered + TimeDelta::seconds(seconds)), age, "{seconds}");
        }
    }

    #[test]
    fn only_answers_about_the_secret_itself_are_worth_repeating() {
        for code in ["AADSTS7000215", "AADSTS7000222"] {
            assert!(may_become_known(code));
        }
        for code in
            ["AADSTS7000216", "AADSTS700016", "AADSTS70002", "AADSTS50196", "throttled", "dns", "secret_missing", ""]
        {
            assert!(!may_become_known(code), "{code}");
        }
    }
}

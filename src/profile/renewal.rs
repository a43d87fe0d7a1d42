//! What a profile keeps while its client secret is replaced, and afterwards: the new secret before it is in use, the
//! old one until it expires, and what was renewed when.

use chrono::{DateTime, Days, NaiveDate, Utc};
use uuid::Uuid;

use super::{ClientSecret, ExpiryState, SecretExpiry, SecretText};
use crate::written_day;

/// The replacement of a client secret, begun and not ended.
#[derive(Clone, Debug, PartialEq)]
pub struct RenewalInProgress {
    /// When it was begun.
    pub started: DateTime<Utc>,
    /// The new secret, once somebody gave it. It is not in use yet.
    pub new_secret: Option<ClientSecret>,
    /// The day on which the new secret expires.
    pub new_expires: Option<NaiveDate>,
    /// The new secret's key ID in Entra ID (the portal's Secret ID), where this program made it.
    pub key_id: Option<Uuid>,
    /// When a test with the new secret passed.
    pub tested: Option<DateTime<Utc>>,
    /// Members that only a newer version knows, as one JSON object; empty when there are none.
    pub newer: SecretText,
}

/// The secret that was in use before, kept so that one can go back to it.
#[derive(Clone, Debug, PartialEq)]
pub struct FormerSecret {
    /// The secret.
    pub secret: ClientSecret,
    /// The day on which it expires.
    pub expires: Option<NaiveDate>,
    /// When it was replaced.
    pub replaced_at: DateTime<Utc>,
    /// Its key ID in Entra ID, where this program made it.
    pub key_id: Option<Uuid>,
    /// Members that only a newer version knows, as one JSON object; empty when there are none.
    pub newer: SecretText,
}

/// Whether the UCC has the connection string with the secret that was taken into use last.
#[derive(Clone, Debug, PartialEq)]
pub struct UccUpdate {
    /// When the secret was replaced: which renewal this is about. The former secret has the same time.
    pub replaced_at: DateTime<Utc>,
    /// The day on which the secret expires that the UCC used until then.
    pub former_expires: Option<NaiveDate>,
    /// When somebody confirmed that the UCC has the new connection string.
    pub done: Option<DateTime<Utc>>,
    /// Members that only a newer version knows, as one JSON object; empty when there are none.
    pub newer: SecretText,
}

/// The secret that the UCC still uses although the profile has a newer one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UccBehind {
    /// The day on which that secret expires, when it is known.
    pub expires: Option<NaiveDate>,
}

/// A renewal that was carried out.
#[derive(Clone, Debug, PartialEq)]
pub struct Renewed {
    /// When the new secret was taken into use.
    pub at: DateTime<Utc>,
    /// The day on which the new secret expires.
    pub expires: Option<NaiveDate>,
    /// Who made the new secret.
    pub made_by: MadeBy,
    /// The new secret's key ID in Entra ID, where this program made it.
    pub key_id: Option<Uuid>,
    /// Members that only a newer version knows, as one JSON object; empty when there are none.
    pub newer: SecretText,
}

/// How a new client secret came to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MadeBy {
    /// A person made it in the portal.
    Portal,
    /// This program made it through Microsoft Graph.
    Graph,
    /// In a way that only a newer version knows, by its id.
    Other(String),
}

impl RenewalInProgress {
    /// A renewal that has just been begun.
    pub fn begun(started: DateTime<Utc>) -> RenewalInProgress {
        RenewalInProgress {
            started,
            new_secret: None,
            new_expires: None,
            key_id: None,
            tested: None,
            newer: SecretText::default(),
        }
    }
}

impl FormerSecret {
    /// How many days one without an expiry date is kept.
    pub const DAYS_WITHOUT_DATE: u64 = 30;

    /// The day on which it is deleted: when it expires; without a date 30 days after it was replaced. Not before the day
    /// after that, because a date that was typed wrongly must not take away the way back at once.
    pub fn kept_until(&self) -> NaiveDate {
        let replaced = self.replaced_at.date_naive();
        let after = |days| replaced.checked_add_days(Days::new(days)).unwrap_or(NaiveDate::MAX);
        self.expires.unwrap_or_else(|| after(Self::DAYS_WITHOUT_DATE)).max(after(1))
    }

    /// Whether that day has come, from 00:00 UTC on.
    pub fn is_due(&self, now: DateTime<Utc>) -> bool {
        SecretExpiry::new(self.kept_until()).state(now) == ExpiryState::Expired
    }
}

impl UccUpdate {
    /// The UCC has yet to get the connection string of the secret that replaced another one at this time.
    pub fn pending(replaced_at: DateTime<Utc>, former_expires: Option<NaiveDate>) -> UccUpdate {
        UccUpdate { replaced_at, former_expires, done: None, newer: SecretText::default() }
    }
}

impl UccBehind {
    /// What the UCC still uses, if it does, by what a profile keeps of its last renewal.
    pub(super) fn of(update: Option<&UccUpdate>, former: Option<&FormerSecret>) -> Option<UccBehind> {
        match (update, former) {
            // A version that does not know this step has replaced the secret: that renewal ends with its former secret.
            (update, Some(former)) if update.is_none_or(|update| update.replaced_at != former.replaced_at) => {
                Some(UccBehind { expires: former.expires })
            }
            (Some(update), _) if update.done.is_none() => Some(UccBehind { expires: update.former_expires }),
            _ => None,
        }
    }

    /// What that means, as a sentence.
    pub fn describe(self, now: DateTime<Utc>) -> String {
        let Some(date) = self.expires else {
            return "The UCC still uses the old client secret. Its expiry date is not known.".to_owned();
        };
        let verb = if SecretExpiry::new(date).days_left(now) < 0 { "expired" } else { "expires" };
        format!("The UCC still uses the old client secret, which {verb} on {}.", written_day::long(date))
    }
}

impl Renewed {
    /// The most renewals that a profile remembers; the oldest go first.
    pub const LIMIT: usize = 50;
}

impl MadeBy {
    /// The public id, as the vault's JSON and the command line have it.
    pub fn id(&self) -> &str {
        match self {
            MadeBy::Portal => "portal",
            MadeBy::Graph => "graph",
            MadeBy::Other(id) => id,
        }
    }

    /// The one with this public id.
    pub fn of_id(id: &str) -> MadeBy {
        match id {
            "portal" => MadeBy::Portal,
            "graph" => MadeBy::Graph,
            other => MadeBy::Other(other.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    fn former(expires: Option<&str>) -> FormerSecret {
        FormerSecret {
            secret: ClientSecret::parse("a test's own").expect("a secret"),
            expires: expires.map(|date| date.parse().expect("a test's own date")),
            replaced_at: at(2026, 11, 23, 18),
            key_id: None,
            newer: SecretText::default(),
        }
    }

    fn at(year: i32, month: u32, day: u32, hour: u32) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(year, month, day, hour, 0, 0).single().expect("a real hour")
    }

    #[test]
    fn it_is_due_from_midnight_utc_of_its_expiry_date() {
        let former = former(Some("2026-12-03"));
        assert!(!former.is_due(at(2026, 12, 2, 23)));
        assert!(former.is_due(at(2026, 12, 3, 0)));
    }

    #[test]
    fn what_the_ucc_still_uses_follows_from_the_last_renewal() {
        let date = |text: &str| Some(text.parse().expect("a test's own date"));
        let of_update = date("2026-12-03");
        let kept = former(Some("2026-12-04"));
        let pending = UccUpdate::pending(kept.replaced_at, of_update);
        let of_an_earlier_renewal = UccUpdate::pending(at(2026, 5, 1, 8), of_update);
        let done = |update: &UccUpdate| UccUpdate { done: Some(at(2026, 11, 24, 9)), ..update.clone() };
        for (update, former, expected) in [
            (None, None, None),
            (None, Some(&kept), Some(kept.expires)),
            (Some(pending.clone()), None, Some(of_update)),
            (Some(pending.clone()), Some(&kept), Some(of_update)),
            (Some(done(&pending)), None, None),
            (Some(done(&pending)), Some(&kept), None),
            (Some(of_an_earlier_renewal.clone()), Some(&kept), Some(kept.expires)),
            (Some(done(&of_an_earlier_renewal)), Some(&kept), Some(kept.expires)),
        ] {
            let behind = UccBehind::of(update.as_ref(), former).map(|behind| behind.expires);
            assert_eq!(behind, expected, "{update:?} {former:?}");
        }
    }

    #[test]
    fn it_is_said_what_the_ucc_uses_and_until_when() {
        let said = |expires: Option<&str>| {
            let expires = expires.map(|date| date.parse().expect("a test's own date"));
            UccBehind { expires }.describe(at(2026, 12, 3, 12))
        };
        assert_eq!(said(None), "The UCC still uses the old client secret. Its expiry date is not known.");
        for (date, end) in [
            ("2026-12-02", "expired on 2 December 2026."),
            ("2026-12-03", "expires on 3 December 2026."),
            ("2026-12-04", "expires on 4 December 2026."),
        ] {
            assert_eq!(said(Some(date)), format!("The UCC still uses the old client secret, which {end}"));
        }
    }

    #[test]
    fn who_made_a_secret_is_read_back_from_its_id() {
        for (made_by, id) in
            [(MadeBy::Portal, "portal"), (MadeBy::Graph, "graph"), (MadeBy::Other("cli2".to_owned()), "cli2")]
        {
            assert_eq!((made_by.id(), MadeBy::of_id(id)), (id, made_by.clone()));
        }
    }

    #[test]
    fn without_a_date_it_is_kept_for_thirty_days() {
        assert_eq!(former(None).kept_until().to_string(), "2026-12-23");
    }

    #[test]
    fn one_that_had_expired_already_is_kept_for_the_rest_of_the_day() {
        let former = former(Some("2026-11-20"));
        assert!(!former.is_due(at(2026, 11, 23, 19)));
        assert!(former.is_due(at(2026, 11, 24, 0)));
    }
}

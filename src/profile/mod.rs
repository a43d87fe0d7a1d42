//! What a profile is: one tenant's connection, as values that are right by construction.
//!
//! In: text that people typed or pasted. Out: [`EnvironmentUrl`], [`ClientId`], [`ClientSecret`], [`Tenant`],
//! [`SecretExpiry`], gathered in a [`Profile`]. Each `parse` says in its error what the person should do.
//! Pure: no files, no network, no clock of its own.

#![warn(missing_docs)]

mod client_id;
mod client_secret;
mod entra_shape;
mod environment_url;
mod guid;
mod name;
pub mod pasted;
mod proxy_credentials;
mod renewal;
mod search;
mod secret_expiry;
mod tags;
mod tenant;
mod typed_date;

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

pub use client_id::{ClientId, ClientIdError, ClientIdIsTenantId};
pub use client_secret::{ClientSecret, ClientSecretError, GuidSecret, SecretAdvice};
pub use environment_url::{EnvironmentUrl, EnvironmentUrlError};
pub use name::{NAME_LENGTH_LIMIT, NameError, compared_name, free_name, numbers_behind_a_name, parse_name};
pub use proxy_credentials::{ProxyCredentials, ProxyName};
pub use renewal::{FormerSecret, MadeBy, RenewalInProgress, Renewed, UccBehind, UccUpdate};
pub use search::{Search, SearchedText};
pub use secret_expiry::{ExpiryState, SecretExpiry};
pub use tags::distinct_tags;
pub use tenant::{Tenant, TenantError};
pub use typed_date::{TypedDateError, WrittenDate, Years, parse_date};

pub use crate::platform::secret_text::SecretText;

/// One tenant's connection. Values may be missing while an administrator is still collecting them, but a value
/// that is there is a valid one.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// Names the profile in the vault for ever, whatever its name becomes.
    pub id: Uuid,
    /// What people call it; unique in a vault as [`compared_name`] compares.
    pub name: String,
    /// The Dataverse environment.
    pub environment_url: Option<EnvironmentUrl>,
    /// The app registration's Application (client) ID.
    pub client_id: Option<ClientId>,
    /// The app registration's client secret (its Value).
    pub client_secret: Option<ClientSecret>,
    /// The Directory (tenant), when somebody typed it or a check found it.
    pub tenant: Option<Tenant>,
    /// The day on which the client secret expires.
    pub secret_expires: Option<NaiveDate>,
    /// Words to group and filter by.
    pub tags: Vec<String>,
    /// Free text.
    pub notes: String,
    /// What the vendor's own tool made of this connection (its encrypted form), kept beside it untouched.
    pub vendor_value: Option<SecretText>,
    /// Keys of a pasted connection string that are not ours: written back as they came, in their order.
    pub other_keys: Vec<(String, SecretText)>,
    /// How the last connection check ended.
    pub last_check: Option<LastCheck>,
    /// The replacement of the client secret that is under way.
    pub renewal: Option<Box<RenewalInProgress>>,
    /// The client secret that was in use before, until it is forgotten.
    pub former_secret: Option<Box<FormerSecret>>,
    /// Whether the UCC has the secret that was taken into use last; `None` before the first renewal.
    pub ucc_update: Option<Box<UccUpdate>>,
    /// The renewals so far, oldest first; at most [`Renewed::LIMIT`].
    pub renewals: Vec<Renewed>,
    /// When the profile was made.
    pub created: DateTime<Utc>,
    /// When it was last changed.
    pub modified: DateTime<Utc>,
}

/// How a profile's last connection check ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastCheck {
    /// When it ended.
    pub at: DateTime<Utc>,
    /// Whether the connection worked.
    pub passed: bool,
    /// The stage that failed, by its public id, when one did.
    pub stage: Option<String>,
    /// The diagnosis' public code, when there was one.
    pub code: Option<String>,
    /// The tenant that the environment named, when the check came that far.
    pub tenant_id: Option<Uuid>,
}

impl Profile {
    /// A profile with a name and nothing else.
    pub fn new(id: Uuid, name: &str, now: DateTime<Utc>) -> Profile {
        Profile {
            id,
            name: name.to_owned(),
            environment_url: None,
            client_id: None,
            client_secret: None,
            tenant: None,
            secret_expires: None,
            tags: Vec::new(),
            notes: String::new(),
            vendor_value: None,
            other_keys: Vec::new(),
            last_check: None,
            renewal: None,
            former_secret: None,
            ucc_update: None,
            renewals: Vec::new(),
            created: now,
            modified: now,
        }
    }

    /// The former secret that the UCC still uses, while nobody has confirmed that it has the new one.
    pub fn ucc_behind(&self) -> Option<UccBehind> {
        UccBehind::of(self.ucc_update.as_deref(), self.former_secret.as_deref())
    }

    /// The day that counts: on it the UCC can no longer sign in if nothing is done. While the UCC still uses the former
    /// secret that is the former secret's, or the new one's if that is earlier; an unknown day of the former one stays
    /// unknown.
    pub fn expires(&self) -> Option<NaiveDate> {
        match self.ucc_behind() {
            None => self.secret_expires,
            Some(behind) => behind.expires.map(|day| self.secret_expires.map_or(day, |own| own.min(day))),
        }
    }

    /// The day that counts as a thing that knows how many days are left, when it is known.
    pub fn expiry(&self) -> Option<SecretExpiry> {
        self.expires().map(SecretExpiry::new)
    }

    /// The same of the secret in the profile, whatever the UCC uses.
    pub fn secret_expiry(&self) -> Option<SecretExpiry> {
        self.secret_expires.map(SecretExpiry::new)
    }

    /// How near the day that counts is; `None` without a date. A UCC that still uses the former secret needs attention
    /// however far that day is.
    pub fn expiry_state(&self, now: DateTime<Utc>) -> Option<ExpiryState> {
        let by_date = self.expiry().map(|expiry| expiry.state(now));
        match self.ucc_behind() {
            None => by_date,
            Some(_) => Some(by_date.map_or(ExpiryState::Soon, |state| state.min(ExpiryState::Soon))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_that_counts_is_the_earlier_one_while_the_ucc_uses_the_former_secret() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
        let now: DateTime<Utc> = "2026-05-01T12:00:00Z".parse().expect("a moment");
        let mut profile = Profile::new(Uuid::nil(), "Contoso", now);
        assert_eq!((profile.expires(), profile.expiry_state(now)), (None, None));

        profile.secret_expires = Some(day("2028-01-01"));
        assert_eq!(profile.expiry(), Some(SecretExpiry::new(day("2028-01-01"))));
        assert_eq!((profile.secret_expiry(), profile.ucc_behind()), (profile.expiry(), None));
        assert_eq!(profile.expiry_state(now), Some(ExpiryState::Fine));

        for (former, counts) in
            [(Some("2027-06-01"), Some("2027-06-01")), (Some("2029-06-01"), Some("2028-01-01")), (None, None)]
        {
            let former = former.map(day);
            profile.ucc_update = Some(Box::new(UccUpdate::pending(now, former)));
            assert_eq!(profile.ucc_behind(), Some(UccBehind { expires: former }));
            assert_eq!(profile.expires(), counts.map(day), "{former:?}");
            assert_eq!(profile.expiry().map(|_| ()), counts.map(|_| ()));
            assert_eq!(profile.secret_expiry(), Some(SecretExpiry::new(day("2028-01-01"))), "whatever the UCC uses");
            assert_eq!(profile.expiry_state(now), Some(ExpiryState::Soon), "it needs attention however far the day is");
        }
    }
}

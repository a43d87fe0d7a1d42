//! How expiry dates by client ID meet the profiles.

use std::borrow::Borrow;

use chrono::NaiveDate;
use uuid::Uuid;

use super::Action;
use crate::exchange::import::{Import, SecretEnd};
use crate::profile::Profile;

/// What is proposed for one expiry date of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpiryRow {
    /// The date, by its place in [`Import::expiries`].
    pub end: usize,
    /// What it would do.
    pub action: Action,
    /// The profile whose secret it is.
    pub profile: Uuid,
    /// That profile's name.
    pub name: String,
    /// The date that the profile has.
    pub former: Option<NaiveDate>,
    /// The date that it would get.
    pub expires: NaiveDate,
    /// The app has several secrets and nothing shows which one the profile holds: the earliest that has not expired was taken.
    pub is_guess: bool,
}

/// Finds the profiles to which the expiry dates belong: by client ID, and among several secrets of an app by the hint, which is
/// how the secret begins. `today` is the day in UTC.
pub fn meet_expiries(import: &Import, profiles: &[impl Borrow<Profile>], today: NaiveDate) -> Vec<ExpiryRow> {
    if import.expiries.is_empty() {
        return Vec::new();
    }
    profiles.iter().filter_map(|profile| row(&import.expiries, profile.borrow(), today)).collect()
}

fn row(ends: &[SecretEnd], profile: &Profile, today: NaiveDate) -> Option<ExpiryRow> {
    let id = profile.client_id?;
    let of_app: Vec<(usize, &SecretEnd)> = ends.iter().enumerate().filter(|(_, end)| end.client_id == id).collect();
    let secret = profile.client_secret.as_ref();
    let begins = |end: &SecretEnd| {
        let hint = end.hint.as_ref()?;
        Some(secret?.expose().starts_with(hint.expose()))
    };
    // A hint that does not fit rules a date out; one that fits is better than none.
    let fitting: Vec<_> = of_app.iter().filter(|(_, end)| begins(end) == Some(true)).collect();
    let possible: Vec<_> = match fitting.is_empty() {
        true => of_app.iter().filter(|(_, end)| begins(end).is_none()).collect(),
        false => fitting,
    };
    let mut live: Vec<_> = possible.iter().filter(|(_, end)| end.expires > today).collect();
    live.sort_by_key(|(_, end)| end.expires);
    let chosen = live.first().copied().or_else(|| possible.iter().max_by_key(|(_, end)| end.expires));
    let (place, end) = *chosen?;
    let action = match profile.secret_expires {
        None => Action::Update,
        Some(former) if former == end.expires => Action::Same,
        Some(_) => Action::Conflict,
    };
    Some(ExpiryRow {
        end: *place,
        action,
        profile: profile.id,
        name: profile.name.clone(),
        former: profile.secret_expires,
        expires: end.expires,
        is_guess: possible.len() > 1,
    })
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::exchange::import::Format;
    use crate::profile::{ClientId, ClientSecret, SecretText};

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn chosen(hints: [Option<&str>; 2], secret: &str) -> Option<(NaiveDate, bool)> {
        let id = ClientId::parse("11112222-aaaa-3333-bbbb-4444cccc5555").expect("an ID");
        let mut profile = Profile::new(Uuid::nil(), "Contoso", DateTime::UNIX_EPOCH);
        profile.client_id = Some(id);
        profile.client_secret = ClientSecret::parse(secret).ok();
        let end = |expires: &str, hint: Option<&str>| SecretEnd {
            client_id: id,
            secret_name: None,
            expires: day(expires),
            hint: hint.map(SecretText::from),
        };
        let mut import = Import::of(Format::EntraExpiry);
        import.expiries = vec![end("2026-05-06", hints[0]), end("2028-05-05", hints[1])];
        meet_expiries(&import, &[profile], day("2026-11-29")).first().map(|row| (row.expires, row.is_guess))
    }

    #[test]
    fn the_hint_finds_the_secret_and_without_one_the_earliest_that_is_left_counts() {
        assert_eq!(chosen([Some("Xyz"), Some("Abc")], "Abcdemo"), Some((day("2028-05-05"), false)));
        assert_eq!(chosen([Some("Xyz"), Some("Abc")], "Xyzdemo"), Some((day("2026-05-06"), false)));
        assert_eq!(chosen([Some("Xyz"), Some("Abc")], "other"), None);
        assert_eq!(chosen([None, None], "other"), Some((day("2028-05-05"), true)));
        assert_eq!(chosen([Some("Xyz"), Some("Abc")], ""), Some((day("2028-05-05"), true)));
    }
}

//! Which profiles the list shows, and in which order. Pure.

use chrono::{DateTime, Utc};

use crate::profile::{ExpiryState, Profile, Search, compared_name};

/// Which profiles are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Filter {
    /// All of them.
    #[default]
    All,
    /// Those whose secret has lapsed or lapses soon, and those without a date.
    NeedAttention,
    /// Those whose last check failed.
    Failing,
}

impl Filter {
    /// Every filter.
    pub const ALL: [Filter; 3] = [Filter::All, Filter::NeedAttention, Filter::Failing];

    /// The filter's name on its button.
    pub fn name(self) -> &'static str {
        match self {
            Filter::All => "All",
            Filter::NeedAttention => "Expiring",
            Filter::Failing => "Failing",
        }
    }
}

/// The order of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum SortBy {
    /// By name.
    #[default]
    Name,
    /// The secret that lapses first on top; those without a date last.
    Expiry,
}

/// The indices of the profiles to show, in order.
///
/// `search` is read as a [`Search`].
pub fn listed(profiles: &[Profile], search: &str, filter: Filter, sort: SortBy, now: DateTime<Utc>) -> Vec<usize> {
    let search = Search::new(search);
    let mut shown: Vec<usize> = (0..profiles.len())
        .filter(|&index| passes(&profiles[index], filter, now) && search.finds(&profiles[index]))
        .collect();
    match sort {
        SortBy::Name => shown.sort_by_cached_key(|&index| compared_name(&profiles[index].name)),
        SortBy::Expiry => shown.sort_by_cached_key(|&index| {
            let date = profiles[index].secret_expires;
            (date.is_none(), date, compared_name(&profiles[index].name))
        }),
    }
    shown
}

fn passes(profile: &Profile, filter: Filter, now: DateTime<Utc>) -> bool {
    match filter {
        Filter::All => true,
        Filter::NeedAttention => profile.expiry().is_none_or(|expiry| expiry.state(now) != ExpiryState::Fine),
        Filter::Failing => profile.last_check.as_ref().is_some_and(|check| !check.passed),
    }
}

/// How many secrets have lapsed, and how many lapse soon: the banner's figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Lapsing {
    /// Lapsed already.
    pub lapsed: usize,
    /// Urgent or soon.
    pub soon: usize,
}

/// Counts what lapses among `profiles`.
pub fn lapsing(profiles: &[Profile], now: DateTime<Utc>) -> Lapsing {
    let mut count = Lapsing::default();
    for expiry in profiles.iter().filter_map(Profile::expiry) {
        match expiry.state(now) {
            ExpiryState::Lapsed => count.lapsed += 1,
            ExpiryState::Urgent | ExpiryState::Soon => count.soon += 1,
            ExpiryState::Fine => {}
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::EnvironmentUrl;
    use chrono::TimeZone;
    use uuid::Uuid;

    fn now() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 11, 23, 12, 0, 0).single().expect("a test's own date")
    }

    fn profile(name: &str, expires: Option<&str>) -> Profile {
        let mut profile = Profile::new(Uuid::from_u128(name.len() as u128), name, now());
        profile.secret_expires = expires.map(|date| date.parse().expect("a test's own date"));
        profile.environment_url = EnvironmentUrl::parse(&format!("{}.crm4.dynamics.com", name.to_lowercase())).ok();
        profile
    }

    fn three() -> [Profile; 3] {
        [profile("zeta", Some("2026-12-01")), profile("Alpha", None), profile("beta", Some("2028-01-01"))]
    }

    #[test]
    fn the_list_is_sorted_without_regard_to_case() {
        assert_eq!(listed(&three(), "", Filter::All, SortBy::Name, now()), [1, 2, 0]);
    }

    #[test]
    fn the_secret_that_lapses_first_is_on_top() {
        assert_eq!(listed(&three(), "", Filter::All, SortBy::Expiry, now()), [0, 2, 1]);
    }

    #[test]
    fn a_missing_date_needs_attention_too() {
        assert_eq!(listed(&three(), "", Filter::NeedAttention, SortBy::Name, now()), [1, 0]);
    }

    #[test]
    fn every_word_must_be_found() {
        assert_eq!(listed(&three(), "ZETA crm4", Filter::All, SortBy::Name, now()), [0]);
        assert!(listed(&three(), "zeta alpha", Filter::All, SortBy::Name, now()).is_empty());
    }

    #[test]
    fn what_lapses_is_counted() {
        assert_eq!(lapsing(&three(), now()), Lapsing { lapsed: 0, soon: 1 });
    }
}

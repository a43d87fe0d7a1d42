//! Which profiles the list shows, and in which order. Pure.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::profile::{ExpiryState, Profile, Search, compared_name};

/// Which profiles are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Filter {
    /// All of them.
    #[default]
    All,
    /// Those whose secret has expired or expires soon, and those without a date.
    NeedAttention,
    /// Those whose last check failed.
    Failing,
    /// Those that have never been checked.
    NotTested,
}

impl Filter {
    /// Every filter.
    pub const ALL: [Filter; 4] = [Filter::All, Filter::NeedAttention, Filter::Failing, Filter::NotTested];

    /// The filter's name on its button.
    pub fn name(self) -> &'static str {
        match self {
            Filter::All => "All",
            Filter::NeedAttention => "Expiring",
            Filter::Failing => "Failing",
            Filter::NotTested => "Not tested",
        }
    }
}

/// The order of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum SortBy {
    /// By name.
    #[default]
    Name,
    /// The secret that expires first on top; those without a date last.
    Expiry,
    /// By the environment's organization; those without an address last.
    Environment,
    /// By tags; those without any last.
    Tags,
    /// Failed on top, then never tested, then the test that is longest ago.
    LastTest,
}

/// What the list shows, and what each filter would show.
pub struct Listing {
    /// The indices of the profiles to show, in order.
    pub shown: Vec<usize>,
    counts: [usize; Filter::ALL.len()],
}

impl Listing {
    /// `search` is read as a [`Search`]; the counts are of what it finds.
    pub fn new(profiles: &[Arc<Profile>], search: &str, filter: Filter, sort: SortBy, now: DateTime<Utc>) -> Listing {
        let search = Search::new(search);
        let found: Vec<usize> = (0..profiles.len()).filter(|&index| search.finds(&profiles[index])).collect();
        let passing = |filter| found.iter().copied().filter(move |&index| passes(&profiles[index], filter, now));
        let counts = Filter::ALL.map(|filter| passing(filter).count());
        let mut shown: Vec<usize> = passing(filter).collect();
        sort_by(profiles, &mut shown, sort);
        Listing { shown, counts }
    }

    /// How many profiles the filter would show.
    pub fn count(&self, filter: Filter) -> usize {
        Filter::ALL.iter().zip(self.counts).find(|(it, _)| **it == filter).map_or(0, |(_, count)| count)
    }
}

fn sort_by(profiles: &[Arc<Profile>], shown: &mut [usize], sort: SortBy) {
    let name = |index: usize| compared_name(&profiles[index].name);
    match sort {
        SortBy::Name => shown.sort_by_cached_key(|&index| name(index)),
        SortBy::Expiry => shown.sort_by_cached_key(|&index| {
            let date = profiles[index].expires();
            (date.is_none(), date, name(index))
        }),
        SortBy::Environment => shown.sort_by_cached_key(|&index| {
            let organization = profiles[index].environment_url.as_ref().map(|url| url.organization().to_lowercase());
            (organization.is_none(), organization, name(index))
        }),
        SortBy::Tags => shown.sort_by_cached_key(|&index| {
            let tags = profiles[index].tags.join(", ").to_lowercase();
            (tags.is_empty(), tags, name(index))
        }),
        SortBy::LastTest => shown.sort_by_cached_key(|&index| {
            let check = profiles[index].last_check.as_ref();
            (check.map_or(1, |check| if check.passed { 2 } else { 0 }), check.map(|check| check.at), name(index))
        }),
    }
}

fn passes(profile: &Profile, filter: Filter, now: DateTime<Utc>) -> bool {
    match filter {
        Filter::All => true,
        Filter::NeedAttention => profile.expiry_state(now) != Some(ExpiryState::Fine),
        Filter::Failing => has_failed(profile),
        Filter::NotTested => profile.last_check.is_none(),
    }
}

/// How many secrets have expired, and how many expire soon: the banner's figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Expiring {
    /// Expired already.
    pub expired: usize,
    /// Urgent or soon.
    pub soon: usize,
}

/// Counts what expires among `profiles`.
pub fn expiring(profiles: &[Arc<Profile>], now: DateTime<Utc>) -> Expiring {
    let mut count = Expiring::default();
    for expiry in profiles.iter().filter_map(|profile| profile.expiry()) {
        match expiry.state(now) {
            ExpiryState::Expired => count.expired += 1,
            ExpiryState::Urgent | ExpiryState::Soon => count.soon += 1,
            ExpiryState::Fine => {}
        }
    }
    count
}

/// How many connections failed their last test.
pub fn failing(profiles: &[Arc<Profile>]) -> usize {
    profiles.iter().filter(|profile| has_failed(profile)).count()
}

fn has_failed(profile: &Profile) -> bool {
    profile.last_check.as_ref().is_some_and(|check| !check.passed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{EnvironmentUrl, UccUpdate};
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

    fn three() -> [Arc<Profile>; 3] {
        [profile("zeta", Some("2026-12-01")), profile("Alpha", None), profile("beta", Some("2028-01-01"))].map(Arc::new)
    }

    fn shown(search: &str, filter: Filter, sort: SortBy) -> Vec<usize> {
        Listing::new(&three(), search, filter, sort, now()).shown
    }

    #[test]
    fn each_filter_counts_what_the_search_finds() {
        let listing = Listing::new(&three(), "crm4", Filter::Failing, SortBy::Name, now());
        assert_eq!(Filter::ALL.map(|filter| listing.count(filter)), [3, 2, 0, 3]);
        assert_eq!(Listing::new(&three(), "zeta", Filter::All, SortBy::Name, now()).count(Filter::All), 1);
    }

    #[test]
    fn the_list_is_sorted_without_regard_to_case() {
        assert_eq!(shown("", Filter::All, SortBy::Name), [1, 2, 0]);
    }

    #[test]
    fn the_secret_that_expires_first_is_on_top() {
        assert_eq!(shown("", Filter::All, SortBy::Expiry), [0, 2, 1]);
    }

    #[test]
    fn a_missing_date_needs_attention_too() {
        assert_eq!(shown("", Filter::NeedAttention, SortBy::Name), [1, 0]);
    }

    #[test]
    fn a_ucc_with_the_old_secret_needs_attention_and_its_date_counts() {
        let mut profiles = three();
        let beta = Arc::make_mut(&mut profiles[2]);
        let update = |former: &str| Box::new(UccUpdate::pending(now(), former.parse().ok()));
        beta.ucc_update = Some(update("2026-11-24"));
        let shown = |profiles: &[Arc<Profile>], filter, sort| Listing::new(profiles, "", filter, sort, now()).shown;
        assert_eq!(shown(&profiles, Filter::NeedAttention, SortBy::Expiry), [2, 0, 1]);
        assert_eq!(expiring(&profiles, now()), Expiring { expired: 0, soon: 2 });
        Arc::make_mut(&mut profiles[2]).ucc_update = Some(update("2027-11-24"));
        assert_eq!(shown(&profiles, Filter::NeedAttention, SortBy::Expiry), [0, 2, 1], "however far the day is");
    }

    #[test]
    fn every_word_must_be_found() {
        assert_eq!(shown("ZETA crm4", Filter::All, SortBy::Name), [0]);
        assert!(shown("zeta alpha", Filter::All, SortBy::Name).is_empty());
    }

    #[test]
    fn what_expires_is_counted() {
        assert_eq!(expiring(&three(), now()), Expiring { expired: 0, soon: 1 });
    }
}

//! Which profiles the list shows, in which order and in which groups. Pure.

mod groups;

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::profile::{ExpiryState, Profile, Search, compared_name};
use crate::settings::GroupBy;

pub use groups::{CollapsedGroups, Group, GroupKey};

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
    /// The favorites.
    Favorites,
}

impl Filter {
    /// Every filter.
    pub const ALL: [Filter; 5] =
        [Filter::All, Filter::NeedAttention, Filter::Failing, Filter::NotTested, Filter::Favorites];

    /// The filter's name on its button.
    pub fn name(self) -> &'static str {
        match self {
            Filter::All => "All",
            Filter::NeedAttention => "Expiring",
            Filter::Failing => "Failing",
            Filter::NotTested => "Not tested",
            Filter::Favorites => "Favorites",
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

/// What is asked of the list.
#[derive(Clone, Copy)]
pub struct ListQuery<'a> {
    /// Words, read as a [`Search`].
    pub search: &'a str,
    /// Which profiles.
    pub filter: Filter,
    /// In which order.
    pub sort: SortBy,
    /// The favorites.
    pub favorites: &'a BTreeSet<Uuid>,
    /// Whether they stand before all others, in each group.
    pub favorites_first: bool,
    /// In which groups.
    pub group_by: GroupBy,
    /// Which of the groups are collapsed.
    pub collapsed: &'a CollapsedGroups,
}

/// A row of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    /// The heading of the group with this index.
    Heading(usize),
    /// A profile.
    Profile {
        /// Its index.
        profile: usize,
        /// The index of the group in which it stands here, where there are groups.
        group: Option<usize>,
    },
}

/// What the list shows, and what each filter would show.
pub struct Listing {
    /// The indices of the profiles that were found, in order, also of those in collapsed groups.
    pub found: Vec<usize>,
    /// The groups; none where the list is not grouped.
    pub groups: Vec<Group>,
    /// The rows, from top to bottom.
    pub rows: Vec<Row>,
    /// The row of each group's heading.
    headings: Vec<usize>,
    counts: [usize; Filter::ALL.len()],
}

impl Listing {
    /// The counts are of what the search finds.
    pub fn new(profiles: &[Arc<Profile>], query: &ListQuery<'_>, now: DateTime<Utc>) -> Listing {
        let search = Search::new(query.search);
        let found: Vec<usize> = (0..profiles.len()).filter(|&index| search.finds(&profiles[index])).collect();
        let passing =
            |filter| found.iter().copied().filter(move |&index| passes(&profiles[index], filter, query.favorites, now));
        let counts = Filter::ALL.map(|filter| passing(filter).count());
        let mut found: Vec<usize> = passing(query.filter).collect();
        sort_by(profiles, &mut found, query.sort);
        if query.favorites_first && !query.favorites.is_empty() {
            found.sort_by_cached_key(|&index| !query.favorites.contains(&profiles[index].id));
        }
        let mut groups = groups::grouped(profiles, &found, query.group_by);
        let mut headings = Vec::with_capacity(groups.len());
        let mut rows = Vec::with_capacity(found.len() + groups.len());
        for (place, group) in groups.iter_mut().enumerate() {
            group.is_open = !query.collapsed.holds(&group.key, query.search);
            headings.push(rows.len());
            rows.push(Row::Heading(place));
            if group.is_open {
                rows.extend(group.profiles.iter().map(|&profile| Row::Profile { profile, group: Some(place) }));
            }
        }
        if query.group_by == GroupBy::None {
            rows.extend(found.iter().map(|&profile| Row::Profile { profile, group: None }));
        }
        Listing { found, groups, rows, headings, counts }
    }

    /// The rows of a group, its heading first; empty where there is no such group.
    pub fn rows_of(&self, group: usize) -> Range<usize> {
        let Some(&start) = self.headings.get(group) else { return 0..0 };
        start..self.headings.get(group + 1).copied().unwrap_or(self.rows.len())
    }

    /// The indices of the profiles that have a row; one that stands in several groups comes several times.
    pub fn profiles_in_rows(&self) -> impl Iterator<Item = usize> {
        self.rows.iter().filter_map(|row| match row {
            Row::Profile { profile, .. } => Some(*profile),
            Row::Heading(_) => None,
        })
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

fn passes(profile: &Profile, filter: Filter, favorites: &BTreeSet<Uuid>, now: DateTime<Utc>) -> bool {
    match filter {
        Filter::All => true,
        Filter::NeedAttention => profile.expiry_state(now) != Some(ExpiryState::Fine),
        Filter::Failing => has_failed(profile),
        Filter::NotTested => profile.last_check.is_none(),
        Filter::Favorites => favorites.contains(&profile.id),
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
    use crate::profile::{EnvironmentUrl, LastCheck, Tenant, UccUpdate};
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

    fn all(collapsed: &CollapsedGroups) -> ListQuery<'_> {
        ListQuery {
            search: "",
            filter: Filter::All,
            sort: SortBy::Name,
            favorites: const { &BTreeSet::new() },
            favorites_first: false,
            group_by: GroupBy::None,
            collapsed,
        }
    }

    fn listing(profiles: &[Arc<Profile>], search: &str, filter: Filter, sort: SortBy) -> Listing {
        let collapsed = CollapsedGroups::default();
        let query = ListQuery { search, filter, sort, ..all(&collapsed) };
        Listing::new(profiles, &query, now())
    }

    fn shown(search: &str, filter: Filter, sort: SortBy) -> Vec<usize> {
        listing(&three(), search, filter, sort).found
    }

    fn by(group_by: GroupBy, search: &str, collapsed: &CollapsedGroups, profiles: &[Arc<Profile>]) -> Listing {
        let query = ListQuery { search, group_by, ..all(collapsed) };
        Listing::new(profiles, &query, now())
    }

    /// Titles with the names below them; a collapsed group has a minus.
    fn in_words(listing: &Listing, profiles: &[Arc<Profile>]) -> Vec<String> {
        let row = |row: &Row| match *row {
            Row::Heading(group) => {
                let group = &listing.groups[group];
                format!("{}{} {}", if group.is_open { "" } else { "-" }, group.title, group.profiles.len())
            }
            Row::Profile { profile, .. } => format!(" {}", profiles[profile].name),
        };
        listing.rows.iter().map(row).collect()
    }

    fn tagged() -> [Arc<Profile>; 3] {
        let mut profiles = three();
        for (place, tags) in [(0, ["production", "Berlin"].as_slice()), (2, &["Production", "PRODUCTION"])] {
            Arc::make_mut(&mut profiles[place]).tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
        }
        profiles
    }

    #[test]
    fn a_profile_stands_in_the_group_of_each_of_its_tags() {
        let profiles = tagged();
        let listing = by(GroupBy::Tag, "", &CollapsedGroups::default(), &profiles);
        let expected = ["Berlin 1", " zeta", "PRODUCTION 2", " beta", " zeta", "No tag 1", " Alpha"];
        assert_eq!(in_words(&listing, &profiles), expected);
        assert_eq!(listing.found.len(), 3, "each was found once");
        assert_eq!([0, 1, 2, 3].map(|group| listing.rows_of(group)), [0..2, 2..5, 5..7, 0..0]);
    }

    #[test]
    fn a_collapsed_group_has_a_heading_and_a_count_and_a_search_opens_it() {
        let profiles = tagged();
        let mut collapsed = CollapsedGroups::default();
        let production = GroupKey::Tag("production".to_owned());
        collapsed.collapse([production.clone()], "");
        let words = |search: &str, collapsed: &CollapsedGroups| {
            in_words(&by(GroupBy::Tag, search, collapsed, &profiles), &profiles)
        };
        assert_eq!(words("", &collapsed), ["Berlin 1", " zeta", "-PRODUCTION 2", "No tag 1", " Alpha"]);
        assert_eq!(words("beta", &collapsed), ["PRODUCTION 1", " beta"]);
        collapsed.collapse([production.clone()], "beta");
        assert_eq!(words("beta ", &collapsed), ["-PRODUCTION 1"]);
        assert_eq!(words("bet", &collapsed), ["PRODUCTION 1", " beta"], "another search shows what it finds");
        collapsed.expand([&production], "");
        assert_eq!(words("", &collapsed).len(), 7);
    }

    #[test]
    fn a_tenant_is_one_group_whether_its_domain_or_its_id_is_known() {
        let (contoso, fabrikam) = (Uuid::from_u128(7), Uuid::from_u128(8));
        let found = |id| LastCheck { at: now(), passed: true, stage: None, code: None, tenant_id: Some(id) };
        let domain = || Some(Tenant::Domain("contoso.onmicrosoft.com".to_owned()));
        let profiles = |second_found| {
            let mut all = ["a", "b", "c", "d", "e"].map(|name| profile(name, None));
            (all[0].tenant, all[0].last_check) = (domain(), Some(found(contoso)));
            (all[1].tenant, all[1].last_check) = (domain(), second_found);
            all[2].tenant = Some(Tenant::Id(contoso));
            all[3].last_check = Some(found(fabrikam));
            all.map(Arc::new)
        };
        let words = |second_found| {
            let all = profiles(second_found);
            in_words(&by(GroupBy::Tenant, "", &CollapsedGroups::default(), &all), &all)
        };
        let other = fabrikam.to_string() + " 1";
        let expected = [&*other, " d", "contoso.onmicrosoft.com 3", " a", " b", " c", "No tenant 1", " e"];
        assert_eq!(words(None), expected);
        let by_id = contoso.to_string() + " 1";
        let expected = [&*by_id, " c", &*other, " d", "contoso.onmicrosoft.com 2", " a", " b", "No tenant 1", " e"];
        assert_eq!(words(Some(found(fabrikam))), expected, "tests that disagree join nothing");
    }

    #[test]
    fn each_filter_counts_what_the_search_finds() {
        let found = listing(&three(), "crm4", Filter::Failing, SortBy::Name);
        assert_eq!(Filter::ALL.map(|filter| found.count(filter)), [3, 2, 0, 3, 0]);
        assert_eq!(listing(&three(), "zeta", Filter::All, SortBy::Name).count(Filter::All), 1);
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
    fn favorites_are_counted_and_stand_first_where_somebody_wants_that() {
        let (profiles, collapsed) = (three(), CollapsedGroups::default());
        let favorites = BTreeSet::from([profiles[0].id]);
        let query = ListQuery { favorites: &favorites, ..all(&collapsed) };
        let found = |query| Listing::new(&profiles, &query, now()).found;
        assert_eq!(
            Listing::new(&profiles, &query, now()).count(Filter::Favorites),
            2,
            "ids of names of one length are one"
        );
        assert_eq!(found(query), [1, 2, 0]);
        assert_eq!(found(ListQuery { favorites_first: true, ..query }), [2, 0, 1], "by name among themselves");
        assert_eq!(found(ListQuery { filter: Filter::Favorites, ..query }), [2, 0]);
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
        let shown = |profiles: &[Arc<Profile>], filter, sort| listing(profiles, "", filter, sort).found;
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

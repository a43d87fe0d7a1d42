//! Which profiles the list shows, in which order and in which groups. Pure.

mod groups;
mod index;
mod memory;
mod tags;

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::counted::counted;
use crate::profile::{ExpiryState, Profile, Search};
use crate::settings::{EXPIRING_WITHIN, GroupBy};

pub use crate::settings::ListSort as SortBy;
pub use groups::{CollapsedGroups, Group, GroupKey};
pub use index::ListIndex;
pub use memory::ListMemory;
pub use tags::{TagCount, same_tag};

/// Which profiles the list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Filter {
    /// All of them.
    #[default]
    All,
    /// Those whose secret has expired or expires soon.
    Expiring,
    /// Those whose secret has no expiry date.
    NoDate,
    /// Those whose last test failed.
    Failing,
    /// Those that have never been tested.
    NotTested,
    /// The favorites.
    Favorites,
}

impl Filter {
    /// Every one, in the order in which they are shown.
    pub const ALL: [Filter; 6] =
        [Filter::All, Filter::Expiring, Filter::NoDate, Filter::Failing, Filter::NotTested, Filter::Favorites];
}

/// The name of a filter on its button. `within` is how many days count as expiring soon.
pub fn filter_name(filter: Filter, within: u16) -> String {
    match filter {
        Filter::All => "All".to_owned(),
        Filter::Expiring if within == EXPIRING_WITHIN => "Expiring".to_owned(),
        Filter::Expiring => format!("Expiring in {}", counted(usize::from(within), "day")),
        Filter::NoDate => "No date".to_owned(),
        Filter::Failing => "Failing".to_owned(),
        Filter::NotTested => "Not tested".to_owned(),
        Filter::Favorites => "Favorites".to_owned(),
    }
}

/// What is asked of the list.
#[derive(Clone, Copy)]
pub struct ListQuery<'a> {
    /// Words, read as a [`Search`].
    pub search: &'a str,
    /// Which profiles.
    pub filter: Filter,
    /// How many days count as expiring soon.
    pub expiring_within: u16,
    /// The tags that every profile shown has.
    pub tags: &'a [String],
    /// In which order.
    pub sort: SortBy,
    /// The favorites.
    pub favorites: &'a BTreeSet<Uuid>,
    /// Whether they stand before all others, in each group.
    pub favorites_first: bool,
    /// In which groups.
    pub group_by: GroupBy,
    /// Those that were used last, which are a group of their own where there are groups.
    pub recent: &'a [Uuid],
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
    /// The counts are of what the search finds and has the tags.
    pub fn new(index: &ListIndex, query: &ListQuery<'_>, now: DateTime<Utc>) -> Listing {
        let profiles = index.profiles();
        let mut found = index.found(&Search::new(query.search));
        tags::keep_tagged(profiles, &mut found, query.tags);
        let passing = |filter| found.iter().copied().filter(move |&place| query.passes(&profiles[place], filter, now));
        let counts = Filter::ALL.map(|filter| passing(filter).count());
        let mut found: Vec<usize> = passing(query.filter).collect();
        index.sort(&mut found, query.sort);
        if query.favorites_first && !query.favorites.is_empty() {
            found.sort_by_cached_key(|&index| !query.favorites.contains(&profiles[index].id));
        }
        let mut groups = groups::grouped(profiles, &found, query.group_by);
        if query.group_by != GroupBy::None {
            groups.splice(0..0, groups::recent(profiles, &found, query.recent));
        }
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

    /// The tags of what was found, each with how many profiles have it: the most frequent first.
    pub fn tag_counts(&self, profiles: &[Arc<Profile>]) -> Vec<TagCount> {
        tags::count(profiles, &self.found)
    }

    /// How many profiles the filter would show.
    pub fn count(&self, filter: Filter) -> usize {
        Filter::ALL.iter().zip(self.counts).find(|(it, _)| **it == filter).map_or(0, |(_, count)| count)
    }
}

impl ListQuery<'_> {
    fn passes(&self, profile: &Profile, filter: Filter, now: DateTime<Utc>) -> bool {
        match filter {
            Filter::All => true,
            Filter::Expiring => expires_within(profile, self.expiring_within, now),
            Filter::NoDate => profile.expires().is_none(),
            Filter::Failing => has_failed(profile),
            Filter::NotTested => profile.last_check.is_none(),
            Filter::Favorites => self.favorites.contains(&profile.id),
        }
    }
}

/// How many secrets have expired, and how many expire soon: the figures of the strip above the list. By the rules of the
/// filters, so that the strip and the filter that it leads to agree.
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
    for profile in profiles.iter().filter(|profile| expires_within(profile, EXPIRING_WITHIN, now)) {
        match profile.expiry().map(|expiry| expiry.state(now)) {
            Some(ExpiryState::Expired) => count.expired += 1,
            _ => count.soon += 1,
        }
    }
    count
}

/// How many connections failed their last test.
pub fn failing(profiles: &[Arc<Profile>]) -> usize {
    profiles.iter().filter(|profile| has_failed(profile)).count()
}

/// Whether the secret has expired, or does within so many days.
fn expires_within(profile: &Profile, days: u16, now: DateTime<Utc>) -> bool {
    profile.expiry().is_some_and(|expiry| expiry.days_left(now) <= i64::from(days))
}

fn has_failed(profile: &Profile) -> bool {
    profile.last_check.as_ref().is_some_and(|check| !check.passed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::SharedProfiles;
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
            expiring_within: EXPIRING_WITHIN,
            tags: &[],
            sort: SortBy::Name,
            favorites: const { &BTreeSet::new() },
            favorites_first: false,
            group_by: GroupBy::None,
            recent: &[],
            collapsed,
        }
    }

    fn listing(profiles: &[Arc<Profile>], search: &str, filter: Filter, sort: SortBy) -> Listing {
        let collapsed = CollapsedGroups::default();
        let query = ListQuery { search, filter, sort, ..all(&collapsed) };
        Listing::new(&index(profiles), &query, now())
    }

    fn index(profiles: &[Arc<Profile>]) -> ListIndex {
        ListIndex::of(&SharedProfiles::from_iter(profiles.iter().cloned()))
    }

    fn shown(search: &str, filter: Filter, sort: SortBy) -> Vec<usize> {
        listing(&three(), search, filter, sort).found
    }

    fn by(group_by: GroupBy, search: &str, collapsed: &CollapsedGroups, profiles: &[Arc<Profile>]) -> Listing {
        let query = ListQuery { search, group_by, ..all(collapsed) };
        Listing::new(&index(profiles), &query, now())
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
        assert_eq!(Filter::ALL.map(|filter| found.count(filter)), [3, 1, 1, 0, 3, 0]);
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
        let found = |query| Listing::new(&index(&profiles), &query, now()).found;
        assert_eq!(
            Listing::new(&index(&profiles), &query, now()).count(Filter::Favorites),
            2,
            "ids of names of one length are one"
        );
        assert_eq!(found(query), [1, 2, 0]);
        assert_eq!(found(ListQuery { favorites_first: true, ..query }), [2, 0, 1], "by name among themselves");
        assert_eq!(found(ListQuery { filter: Filter::Favorites, ..query }), [2, 0]);
    }

    #[test]
    fn a_secret_without_a_date_is_not_expiring_and_has_a_filter_of_its_own() {
        assert_eq!(shown("", Filter::Expiring, SortBy::Name), [0]);
        assert_eq!(shown("", Filter::NoDate, SortBy::Name), [1]);
    }

    #[test]
    fn a_ucc_with_the_old_secret_expires_on_its_day() {
        let mut profiles = three();
        let beta = Arc::make_mut(&mut profiles[2]);
        let update = |former: &str| Box::new(UccUpdate::pending(now(), former.parse().ok()));
        beta.ucc_update = Some(update("2026-11-24"));
        let shown = |profiles: &[Arc<Profile>], filter, sort| listing(profiles, "", filter, sort).found;
        assert_eq!(shown(&profiles, Filter::Expiring, SortBy::Expiry), [2, 0]);
        assert_eq!(expiring(&profiles, now()), Expiring { expired: 0, soon: 2 });
    }

    #[test]
    fn days_and_tags_narrow_what_a_filter_shows() {
        let mut profiles = tagged();
        Arc::make_mut(&mut profiles[1]).tags = vec!["BERLIN".to_owned()];
        let collapsed = CollapsedGroups::default();
        let found = |filter, expiring_within, tags: &[&str]| {
            let tags: Vec<String> = tags.iter().map(|tag| (*tag).to_owned()).collect();
            let query = ListQuery { filter, expiring_within, tags: &tags, ..all(&collapsed) };
            let listing = Listing::new(&index(&profiles), &query, now());
            assert_eq!(listing.count(filter), listing.found.len(), "a filter shows as many as it says");
            listing.found
        };
        assert_eq!(found(Filter::Expiring, 8, &[]), [0]);
        assert!(found(Filter::Expiring, 7, &[]).is_empty());
        assert_eq!(found(Filter::Expiring, 730, &[]), [2, 0]);
        assert_eq!(found(Filter::All, 60, &["production"]), [2, 0]);
        assert_eq!(found(Filter::All, 60, &["Production", "berlin"]), [0]);
        assert_eq!(found(Filter::NoDate, 60, &["Berlin"]), [1]);
        let listing = Listing::new(&index(&profiles), &all(&collapsed), now());
        let counts: Vec<_> = listing.tag_counts(&profiles).into_iter().map(|tag| (tag.title, tag.count)).collect();
        assert_eq!(counts, [("BERLIN".to_owned(), 2), ("PRODUCTION".to_owned(), 2)]);
    }

    #[test]
    fn the_strip_and_the_filters_agree_whatever_the_profiles_are() {
        let mut seed = 7_u64;
        let mut random = |below: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % below
        };
        for _ in 0..200 {
            let profiles: Vec<Arc<Profile>> = (0..random(40))
                .map(|number| {
                    let mut profile = profile(&format!("{number}"), None);
                    let day = |days: u64| now().date_naive() + chrono::Days::new(days) - chrono::Days::new(30);
                    profile.secret_expires = (random(4) > 0).then(|| day(random(130)));
                    if random(5) == 0 {
                        let former = (random(2) == 0).then(|| day(random(130)));
                        profile.ucc_update = Some(Box::new(UccUpdate::pending(now(), former)));
                    }
                    let passed = random(2) == 0;
                    let check = LastCheck { at: now(), passed, stage: None, code: None, tenant_id: None };
                    profile.last_check = (random(3) > 0).then_some(check);
                    Arc::new(profile)
                })
                .collect();
            let listing = listing(&profiles, "", Filter::All, SortBy::Name);
            let Expiring { expired, soon } = expiring(&profiles, now());
            assert_eq!(listing.count(Filter::Expiring), expired + soon);
            assert_eq!(listing.count(Filter::Failing), failing(&profiles));
        }
    }

    #[test]
    fn those_used_last_are_a_group_of_their_own() {
        let profiles = tagged();
        let collapsed = CollapsedGroups::default();
        let unknown = Uuid::from_u128(99);
        let recent = [profiles[2].id, unknown];
        let query = ListQuery { recent: &recent, group_by: GroupBy::Tag, ..all(&collapsed) };
        let words = in_words(&Listing::new(&index(&profiles), &query, now()), &profiles);
        assert_eq!(words[..3], ["Recent 2", " beta", " zeta"], "ids of names of one length are one");
        let query = ListQuery { group_by: GroupBy::None, ..query };
        assert_eq!(in_words(&Listing::new(&index(&profiles), &query, now()), &profiles).len(), 3);
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

//! What the list needs of each profile at every letter that is typed into its search, prepared once for all of them.

use uuid::Uuid;

use crate::app::SharedProfiles;
use crate::profile::{Search, SearchedText, compared_name};
use crate::settings::ListSort;

/// What is searched in each profile, and where its name stands among all names. With thousands of profiles, to make these
/// texts in each frame would cost more than to draw the window.
pub struct ListIndex {
    profiles: SharedProfiles,
    texts: Vec<SearchedText>,
    /// As names are compared.
    names: Vec<Box<str>>,
    /// The places of all profiles by name.
    by_name: Vec<usize>,
    /// The place of each profile's name in `by_name`.
    rank: Vec<usize>,
}

impl ListIndex {
    /// Of these profiles.
    pub fn of(profiles: &SharedProfiles) -> ListIndex {
        let names: Vec<Box<str>> = profiles.iter().map(|profile| compared_name(&profile.name).into()).collect();
        let mut by_name: Vec<usize> = (0..profiles.len()).collect();
        by_name.sort_by_key(|&place| &names[place]);
        let mut rank = vec![0; profiles.len()];
        for (at, &place) in by_name.iter().enumerate() {
            rank[place] = at;
        }
        let texts = profiles.iter().map(|profile| SearchedText::of(profile)).collect();
        ListIndex { profiles: profiles.clone(), texts, names, by_name, rank }
    }

    /// Whether it is of these profiles.
    pub(super) fn is_of(&self, profiles: &SharedProfiles) -> bool {
        self.profiles.is_same(profiles)
    }

    /// Whether a profile other than `except` has this name, which is written as names are compared.
    pub fn has_name(&self, name: &str, except: Uuid) -> bool {
        let first = self.by_name.partition_point(|&place| *self.names[place] < *name);
        let same = self.by_name[first..].iter().take_while(|&&place| *self.names[place] == *name);
        same.copied().any(|place| self.profiles[place].id != except)
    }

    /// Those of which it is.
    pub(super) fn profiles(&self) -> &SharedProfiles {
        &self.profiles
    }

    /// The places of what is meant, by name.
    pub(super) fn found(&self, search: &Search) -> Vec<usize> {
        self.by_name.iter().copied().filter(|&place| search.finds_in(&self.texts[place])).collect()
    }

    /// Sorts what was found.
    pub(super) fn sort(&self, found: &mut [usize], sort: ListSort) {
        let profile = |place: usize| &self.profiles[place];
        match sort {
            ListSort::Name => found.sort_unstable_by_key(|&place| self.rank[place]),
            ListSort::State => found.sort_unstable_by_key(|&place| {
                let check = profile(place).last_check.as_ref();
                (check.map_or(1, |check| if check.passed { 2 } else { 0 }), self.rank[place])
            }),
            ListSort::Expiry => found.sort_unstable_by_key(|&place| {
                let date = profile(place).expires();
                (date.is_none(), date, self.rank[place])
            }),
            ListSort::Environment => found.sort_by_cached_key(|&place| {
                let url = profile(place).environment_url.as_ref();
                let organization = url.map(|url| url.organization().to_lowercase());
                (organization.is_none(), organization, self.rank[place])
            }),
            ListSort::Tags => found.sort_by_cached_key(|&place| {
                let tags = profile(place).tags.join(", ").to_lowercase();
                (tags.is_empty(), tags, self.rank[place])
            }),
            ListSort::LastTest => found.sort_unstable_by_key(|&place| {
                let check = profile(place).last_check.as_ref();
                (check.map(|check| check.at), self.rank[place])
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::profile::Profile;

    #[test]
    fn a_name_is_taken_by_another_profile_alone() {
        let profile = |id: u128, name: &str| Profile::new(Uuid::from_u128(id), name, DateTime::UNIX_EPOCH);
        let profiles =
            vec![profile(1, "b"), profile(2, "Alpha"), profile(3, "c"), profile(4, "ALPHA"), profile(5, "É")];
        let index = ListIndex::of(&SharedProfiles::from(profiles));
        let taken = |name: &str, except| index.has_name(&compared_name(name), Uuid::from_u128(except));
        assert!(taken("alpha", 2) && taken("alpha", 4) && taken("B", 9) && taken("e\u{301}", 9));
        assert!(!taken("b", 1) && !taken("a", 9) && !taken("", 9) && !taken("z", 9));
    }
}

//! What the list needs of each profile at every letter that is typed into its search, prepared once for all of them.

use crate::app::SharedProfiles;
use crate::profile::{Search, SearchedText, compared_name};
use crate::settings::ListSort;

/// What is searched in each profile, and where its name stands among all names. With thousands of profiles, to make these
/// texts anew in each frame would cost more than to draw the window.
pub struct ListIndex {
    profiles: SharedProfiles,
    texts: Vec<SearchedText>,
    /// The places of all profiles by name.
    by_name: Vec<usize>,
    /// The place of each profile's name in `by_name`.
    rank: Vec<usize>,
}

impl ListIndex {
    /// Of these profiles.
    pub fn of(profiles: &SharedProfiles) -> ListIndex {
        let mut by_name: Vec<usize> = (0..profiles.len()).collect();
        by_name.sort_by_cached_key(|&place| compared_name(&profiles[place].name));
        let mut rank = vec![0; profiles.len()];
        for (at, &place) in by_name.iter().enumerate() {
            rank[place] = at;
        }
        let texts = profiles.iter().map(|profile| SearchedText::of(profile)).collect();
        ListIndex { profiles: profiles.clone(), texts, by_name, rank }
    }

    /// The one that was kept where it is of these profiles, else a new one, which is kept.
    pub fn kept<'k>(kept: &'k mut Option<ListIndex>, profiles: &SharedProfiles) -> &'k ListIndex {
        let is_current = |index: &ListIndex| index.profiles.is_same(profiles);
        let index = kept.take().filter(is_current).unwrap_or_else(|| ListIndex::of(profiles));
        kept.insert(index)
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
    use uuid::Uuid;

    use super::*;
    use crate::profile::Profile;

    #[test]
    fn it_is_made_again_for_other_profiles_and_for_no_others() {
        let profile = |name: &str| Profile::new(Uuid::nil(), name, DateTime::UNIX_EPOCH);
        let mut profiles = SharedProfiles::from(vec![profile("a"), profile("b")]);
        let mut kept = None;
        let texts = |index: &ListIndex| index.texts.as_ptr();
        let first = texts(ListIndex::kept(&mut kept, &profiles));
        assert_eq!(texts(ListIndex::kept(&mut kept, &profiles.clone())), first);
        profiles.update(&[profile("b"), profile("c")]);
        let found = |search: &str, index: &ListIndex| index.found(&Search::new(search));
        assert_eq!(found("c", ListIndex::kept(&mut kept, &profiles)), [1]);
        assert!(found("a", ListIndex::kept(&mut kept, &profiles)).is_empty());
    }
}

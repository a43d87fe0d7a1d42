//! The list as it was drawn last. Most frames draw it again: the pointer moves, or somebody types into the form beside it.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{CollapsedGroups, Filter, ListIndex, ListQuery, Listing, SortBy};
use crate::app::SharedProfiles;
use crate::settings::GroupBy;

/// What is kept between two frames, for as long as the vault is open.
#[derive(Default)]
pub struct ListMemory {
    index: Option<ListIndex>,
    last: Option<(Asked, Arc<Listing>)>,
}

impl ListMemory {
    /// What the list shows: made again only when something has changed that it depends on.
    pub fn listing(&mut self, profiles: &SharedProfiles, query: &ListQuery<'_>, now: DateTime<Utc>) -> Arc<Listing> {
        let asked = Asked::of(query, now);
        let index = match self.index.take().filter(|index| index.is_of(profiles)) {
            Some(index) => index,
            None => {
                self.last = None;
                ListIndex::of(profiles)
            }
        };
        let index = self.index.insert(index);
        let last = self.last.take().filter(|(before, _)| *before == asked);
        let listing = last.map_or_else(|| Arc::new(Listing::new(index, query, now)), |(_, listing)| listing);
        self.last = Some((asked, Arc::clone(&listing)));
        listing
    }

    /// What is prepared of these profiles, once their list was drawn.
    pub fn index_of(&self, profiles: &SharedProfiles) -> Option<&ListIndex> {
        self.index.as_ref().filter(|index| index.is_of(profiles))
    }
}

/// A [`ListQuery`] and the minute in which it was asked: by then, dates may have come nearer.
#[derive(PartialEq)]
struct Asked {
    search: String,
    filter: Filter,
    expiring_within: u16,
    tags: Vec<String>,
    sort: SortBy,
    favorites: BTreeSet<Uuid>,
    favorites_first: bool,
    group_by: GroupBy,
    recent: Vec<Uuid>,
    collapsed: CollapsedGroups,
    minute: i64,
}

impl Asked {
    fn of(query: &ListQuery<'_>, now: DateTime<Utc>) -> Asked {
        // Named one by one, so that a new one is not forgotten here.
        let ListQuery {
            search,
            filter,
            expiring_within,
            tags,
            sort,
            favorites,
            favorites_first,
            group_by,
            recent,
            collapsed,
        } = *query;
        Asked {
            search: search.to_owned(),
            filter,
            expiring_within,
            tags: tags.to_vec(),
            sort,
            favorites: favorites.clone(),
            favorites_first,
            group_by,
            recent: recent.to_vec(),
            collapsed: collapsed.clone(),
            minute: now.timestamp().div_euclid(60),
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::{Days, TimeDelta};

    use super::*;
    use crate::profile::Profile;
    use crate::settings::EXPIRING_WITHIN;

    #[test]
    fn the_list_is_made_again_when_the_profiles_the_question_or_the_day_change_and_only_then() {
        let now = DateTime::<Utc>::UNIX_EPOCH + Days::new(20_000);
        let profile = |name: &str| {
            let mut profile = Profile::new(Uuid::nil(), name, now);
            profile.secret_expires = Some(now.date_naive() + Days::new(61));
            profile
        };
        let mut profiles = SharedProfiles::from(vec![profile("a"), profile("b")]);
        let (favorites, collapsed) = (BTreeSet::new(), CollapsedGroups::default());
        let all = ListQuery {
            search: "",
            filter: Filter::All,
            expiring_within: EXPIRING_WITHIN,
            tags: &[],
            sort: SortBy::Name,
            favorites: &favorites,
            favorites_first: false,
            group_by: GroupBy::None,
            recent: &[],
            collapsed: &collapsed,
        };
        let mut memory = ListMemory::default();
        let first = memory.listing(&profiles, &all, now);
        assert!(Arc::ptr_eq(&first, &memory.listing(&profiles.clone(), &all, now + TimeDelta::seconds(1))));
        assert_eq!(memory.listing(&profiles, &ListQuery { search: "a", ..all }, now).found, [0]);
        let expiring = ListQuery { filter: Filter::Expiring, ..all };
        assert!(memory.listing(&profiles, &expiring, now).found.is_empty());
        assert_eq!(memory.listing(&profiles, &expiring, now + Days::new(1)).found, [0, 1]);
        profiles.update(&[profile("b"), profile("c")]);
        assert!(memory.index_of(&profiles).is_none());
        assert_eq!(memory.listing(&profiles, &ListQuery { search: "c", ..all }, now).found, [1]);
        assert!(memory.listing(&profiles, &ListQuery { search: "a", ..all }, now).found.is_empty());
    }
}

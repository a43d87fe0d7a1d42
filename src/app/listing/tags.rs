//! The tags of profiles: which profiles have some, and how many have each.

use std::collections::HashMap;
use std::sync::Arc;

use super::groups::{Group, by_tag};
use crate::profile::{Profile, compared_name};

/// A tag, and how many profiles have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagCount {
    /// The tag as it is written.
    pub title: String,
    /// How many profiles have it.
    pub count: usize,
}

/// Whether two tags are one, however they are written.
pub fn same_tag(one: &str, other: &str) -> bool {
    one == other || compared_name(one) == compared_name(other)
}

/// Keeps those of `found`, which are indices of `profiles`, that have all of these tags.
pub(super) fn keep_tagged(profiles: &[Arc<Profile>], found: &mut Vec<usize>, tags: &[String]) {
    for tag in tags {
        // Most tags are written alike, so that few have to be compared letter by letter.
        let mut known: HashMap<&str, bool> = HashMap::new();
        found.retain(|&index| {
            let mut written = profiles[index].tags.iter();
            written.any(|written| *known.entry(written).or_insert_with(|| same_tag(written, tag)))
        });
    }
}

/// Counts the tags of `found`, which are indices of `profiles`: the most frequent first, then by name.
pub(super) fn count(profiles: &[Arc<Profile>], found: &[usize]) -> Vec<TagCount> {
    let (groups, _) = by_tag(profiles, found);
    let count = |group: Group| TagCount { count: group.profiles.len(), title: group.title };
    let mut counts: Vec<TagCount> = groups.into_iter().map(count).collect();
    counts.sort_by_cached_key(|tag| (std::cmp::Reverse(tag.count), compared_name(&tag.title)));
    counts
}

//! The rows as the keyboard and the selection see them.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use egui::Id;
use uuid::Uuid;

use crate::app::{
    listing::{Group, GroupKey, Listing, Row},
    state::Selection,
};
use crate::profile::Profile;
use crate::settings::ListSettings;

/// What is shown.
pub(super) struct Table<'a> {
    pub(super) profiles: &'a [Arc<Profile>],
    pub(super) listing: &'a Listing,
    pub(super) search: &'a str,
    /// The profile in the form.
    pub(super) current: Option<Uuid>,
    /// Those selected for something that is done with several.
    pub(super) selection: &'a Selection,
    /// How the list looks.
    pub(super) list: &'a ListSettings,
    pub(super) now: DateTime<Utc>,
    /// Whether the clock is behind, so that days left are wrong.
    pub(super) clock_is_behind: bool,
}

/// Names a row across frames. A profile may have several: one in each of its groups.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum RowKey {
    /// The heading of a group.
    Heading(GroupKey),
    /// A profile, in a group where there are groups.
    Profile(Uuid, Option<GroupKey>),
}

impl RowKey {
    pub(super) fn id(&self) -> Id {
        Id::unique(("row in the list of profiles", self))
    }
}

/// What stands in a row.
#[derive(Clone, Copy)]
pub(super) enum Content<'a> {
    Heading(&'a Group),
    Profile(&'a Profile, Option<&'a Group>),
}

impl Content<'_> {
    pub(super) fn key(self) -> RowKey {
        match self {
            Content::Heading(group) => RowKey::Heading(group.key.clone()),
            Content::Profile(profile, group) => RowKey::Profile(profile.id, group.map(|group| group.key.clone())),
        }
    }

    /// What it is called, for letters that are typed to find it.
    pub(super) fn name(&self) -> &str {
        match self {
            Content::Heading(group) => &group.title,
            Content::Profile(profile, _) => &profile.name,
        }
    }

    pub(super) fn id(self) -> Id {
        self.key().id()
    }
}

impl<'a> Table<'a> {
    pub(super) fn len(&self) -> usize {
        self.listing.rows.len()
    }

    pub(super) fn is_grouped(&self) -> bool {
        !self.listing.groups.is_empty()
    }

    pub(super) fn content(&self, row: usize) -> Option<Content<'a>> {
        Some(match *self.listing.rows.get(row)? {
            Row::Heading(group) => Content::Heading(self.listing.groups.get(group)?),
            Row::Profile { profile, group } => {
                let group = group.and_then(|group| self.listing.groups.get(group));
                Content::Profile(self.profiles.get(profile)?, group)
            }
        })
    }

    pub(super) fn profile(&self, row: usize) -> Option<&'a Profile> {
        match self.content(row)? {
            Content::Profile(profile, _) => Some(profile),
            Content::Heading(_) => None,
        }
    }

    pub(super) fn is_selected(&self, id: Uuid) -> bool {
        if self.selection.is_of_several() { self.selection.holds(id) } else { self.current == Some(id) }
    }

    pub(super) fn is_favorite(&self, id: Uuid) -> bool {
        self.list.favorites.contains(&id)
    }

    /// The profiles from one row to the other, both included.
    pub(super) fn between(&self, one: usize, other: usize) -> Vec<Uuid> {
        let rows = one.min(other)..=one.max(other);
        rows.filter_map(|row| self.profile(row)).map(|profile| profile.id).collect()
    }

    /// The first row of a profile.
    pub(super) fn row_of(&self, id: Uuid) -> Option<usize> {
        (0..self.len()).find(|row| self.profile(*row).is_some_and(|profile| profile.id == id))
    }

    /// The row of that name. Of a profile whose group is collapsed it is the heading; of one that is no longer in that group it
    /// is the first row of the profile.
    pub(super) fn row_named(&self, key: &RowKey) -> Option<usize> {
        let rows_of = |key: &GroupKey| {
            let group = self.listing.groups.iter().position(|group| group.key == *key)?;
            Some((&self.listing.groups[group], self.listing.rows_of(group)))
        };
        match key {
            RowKey::Heading(group) => rows_of(group).map(|(_, rows)| rows.start),
            RowKey::Profile(id, group) => match group.as_ref().and_then(rows_of) {
                Some((group, rows)) if !group.is_open => Some(rows.start),
                Some((_, mut rows)) => {
                    rows.find(|row| self.profile(*row).is_some_and(|it| it.id == *id)).or_else(|| self.row_of(*id))
                }
                None => self.row_of(*id),
            },
        }
    }

    /// The row of the heading above a row.
    pub(super) fn heading_of(&self, row: usize) -> Option<usize> {
        match *self.listing.rows.get(row)? {
            Row::Profile { group: Some(group), .. } => Some(self.listing.rows_of(group).start),
            _ => None,
        }
    }

    /// Where the keyboard comes into the list: at the first profile, unless its group is collapsed.
    pub(super) fn first(&self) -> usize {
        usize::from(self.profile(0).is_none() && self.profile(1).is_some())
    }
}

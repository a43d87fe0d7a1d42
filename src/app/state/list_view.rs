//! How the list of profiles is looked at.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{AppState, OpenVault};
use crate::app::listing::{Filter, GroupKey, same_tag};
use crate::app::widgets::Tone;
use crate::counted::counted;
use crate::settings::{
    COLUMN_WIDTHS, EXPIRING_WITHIN, FAVORITES_LIMIT, GroupBy, ListColumn, ListSettings, RECENT_PROFILES_LIMIT,
    RowHeight, Settings,
};

/// What a person does with the look of the list.
#[derive(Clone, Debug)]
pub enum ListCommand {
    /// Group the profiles, or not.
    GroupBy(GroupBy),
    /// Show only the headings of these groups.
    Collapse(Vec<GroupKey>),
    /// Show the profiles of these groups.
    Expand(Vec<GroupKey>),
    /// Make these profiles favorites; where all of them are, no longer.
    ToggleFavorites(Vec<Uuid>),
    /// Show favorites before all others, or no longer.
    ToggleFavoritesFirst,
    /// Show a column, or leave it out.
    ToggleColumn(ListColumn),
    /// Make a column this wide, in points, or as wide as it usually is.
    ColumnWidth(ListColumn, Option<u16>),
    /// Make several columns this wide.
    ColumnWidths(BTreeMap<ListColumn, u16>),
    /// Make the rows this high.
    RowHeight(RowHeight),
    /// Show only profiles with this tag as well, or no longer.
    ToggleTag(String),
    /// Let so many days count as expiring soon, and show what expires.
    ExpiringWithin(u16),
    /// Show all profiles that the search finds.
    ClearFilters,
}

impl OpenVault {
    /// Whether anything but a search hides profiles.
    pub fn is_filtered(&self) -> bool {
        self.filter != Filter::All || !self.tags.is_empty()
    }

    /// Hides no profile.
    pub(super) fn show_all(&mut self) {
        self.filter = Filter::All;
        self.expiring_within = EXPIRING_WITHIN;
        self.tags.clear();
    }
}

impl AppState {
    pub(super) fn handle_list(&mut self, command: ListCommand) {
        match command {
            ListCommand::GroupBy(group_by) => {
                self.change_list(|list| list.group_by = group_by);
                self.show_recent();
            }
            ListCommand::Collapse(keys) => self.with_vault(|vault| vault.collapsed.collapse(keys, &vault.search)),
            ListCommand::Expand(keys) => self.with_vault(|vault| vault.collapsed.expand(&keys, &vault.search)),
            ListCommand::ToggleFavorites(ids) => self.toggle_favorites(&ids),
            ListCommand::ToggleFavoritesFirst => {
                self.change_list(|list| list.favorites_first = !list.favorites_first);
            }
            ListCommand::ToggleColumn(column) => self.change_list(|list| {
                if !list.columns.remove(&column) {
                    list.columns.insert(column);
                }
            }),
            ListCommand::ColumnWidth(column, width) => self.change_list(|list| match width {
                Some(width) => drop(list.widths.insert(column, within_limits(width))),
                None => drop(list.widths.remove(&column)),
            }),
            ListCommand::ColumnWidths(widths) => self.change_list(|list| {
                list.widths.extend(widths.into_iter().map(|(column, width)| (column, within_limits(width))));
            }),
            ListCommand::RowHeight(height) => self.change_list(|list| list.rows = height),
            ListCommand::ToggleTag(tag) => self.with_vault(|vault| {
                let before = vault.tags.len();
                vault.tags.retain(|chosen| !same_tag(chosen, &tag));
                if vault.tags.len() == before {
                    vault.tags.push(tag);
                }
            }),
            ListCommand::ExpiringWithin(days) => self.look_at_list(|vault| {
                vault.filter = Filter::Expiring;
                vault.expiring_within = days;
            }),
            ListCommand::ClearFilters => self.look_at_list(OpenVault::show_all),
        }
    }

    /// Changes what the list shows, and keeps its order and days for the next start.
    pub(super) fn look_at_list(&mut self, change: impl FnOnce(&mut OpenVault)) {
        let Some(vault) = self.open_vault_mut() else { return };
        change(vault);
        let (sort, within) = (vault.sort, vault.expiring_within);
        self.change_list(|list| (list.sort, list.expiring_within) = (sort, within));
    }

    /// Somebody opened, copied or tested a profile.
    pub(super) fn note_used(&mut self, id: Uuid) {
        let recent = &mut self.settings.list.recent;
        if recent.first() == Some(&id) {
            return;
        }
        recent.retain(|known| *known != id);
        recent.insert(0, id);
        recent.truncate(RECENT_PROFILES_LIMIT);
        self.recent_changed = true;
    }

    /// Keeps which profiles were used last. Not at every use: that is no reason to write a file.
    pub(super) fn keep_recent(&mut self) {
        if self.recent_changed && self.settings_path.is_some() {
            self.keep_settings();
        }
    }

    /// Shows in the list what was used last by now.
    pub(super) fn show_recent(&mut self) {
        let recent = self.settings.list.recent.clone();
        self.with_vault(|vault| vault.recent = recent);
    }

    /// Whether all of these are favorites.
    pub fn are_favorites(&self, ids: &[Uuid]) -> bool {
        !ids.is_empty() && ids.iter().all(|id| self.settings.list.favorites.contains(id))
    }

    fn toggle_favorites(&mut self, ids: &[Uuid]) {
        let what = match (ids, self.open_vault()) {
            ([], _) | (_, None) => return,
            ([one], Some(vault)) => {
                format!("“{}”", vault.profile(*one).map_or_else(String::new, |profile| profile.name.clone()))
            }
            (several, _) => counted(several.len(), "profile"),
        };
        let remove = self.are_favorites(ids);
        let mut favorites = self.settings.list.favorites.clone();
        match remove {
            true => favorites.retain(|id| !ids.contains(id)),
            false => favorites.extend(ids),
        }
        if favorites.len() > FAVORITES_LIMIT && !remove {
            let text = format!("Not added: you can have at most {FAVORITES_LIMIT} favorites. Remove some first.");
            return self.notify(Tone::Warning, text);
        }
        let text = if remove {
            format!("Removed {what} from your favorites.")
        } else {
            format!("Added {what} to your favorites.")
        };
        // First the news: that the settings cannot be kept is more important.
        self.notify(Tone::Success, text);
        self.change_list(|list| list.favorites = favorites);
    }

    fn change_list(&mut self, change: impl FnOnce(&mut ListSettings)) {
        let mut list = self.settings.list.clone();
        change(&mut list);
        self.change_settings(Settings { list, ..self.settings.clone() });
    }
}

fn within_limits(width: u16) -> u16 {
    width.clamp(*COLUMN_WIDTHS.start(), *COLUMN_WIDTHS.end())
}

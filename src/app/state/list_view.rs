//! How the list of profiles is looked at.

use uuid::Uuid;

use super::AppState;
use crate::app::listing::GroupKey;
use crate::app::widgets::Tone;
use crate::counted::counted;
use crate::settings::{FAVORITES_LIMIT, GroupBy, ListColumn, ListSettings, RowHeight, Settings};

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
    /// Make the rows this high.
    RowHeight(RowHeight),
}

impl AppState {
    pub(super) fn handle_list(&mut self, command: ListCommand) {
        match command {
            ListCommand::GroupBy(group_by) => self.change_list(|list| list.group_by = group_by),
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
            ListCommand::RowHeight(height) => self.change_list(|list| list.rows = height),
        }
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

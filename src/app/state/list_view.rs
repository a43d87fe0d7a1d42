//! How the list of profiles is looked at.

use super::AppState;
use crate::app::listing::GroupKey;
use crate::settings::{GroupBy, ListSettings, Settings};

/// What a person does with the look of the list.
#[derive(Clone, Debug)]
pub enum ListCommand {
    /// Group the profiles, or not.
    GroupBy(GroupBy),
    /// Show only the headings of these groups.
    Collapse(Vec<GroupKey>),
    /// Show the profiles of these groups.
    Expand(Vec<GroupKey>),
}

impl AppState {
    pub(super) fn handle_list(&mut self, command: ListCommand) {
        match command {
            ListCommand::GroupBy(group_by) => self.change_list(|list| list.group_by = group_by),
            ListCommand::Collapse(keys) => self.with_vault(|vault| vault.collapsed.collapse(keys, &vault.search)),
            ListCommand::Expand(keys) => self.with_vault(|vault| vault.collapsed.expand(&keys, &vault.search)),
        }
    }

    fn change_list(&mut self, change: impl FnOnce(&mut ListSettings)) {
        let mut list = self.settings.list.clone();
        change(&mut list);
        self.change_settings(Settings { list, ..self.settings.clone() });
    }
}

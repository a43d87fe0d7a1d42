//! In a narrow window, or with large text, the list of profiles and what stands beside it take turns.

use super::{AppState, OpenVault, Page};

/// Where the window is narrower, the list and the form have no room beside each other, in points.
const NARROW: f32 = 760.0;

/// What the page of profiles shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProfilesPage {
    /// The list, or the setup guide, and beside it the form.
    Both,
    /// The list or the guide alone.
    ListOnly,
    /// The form, or what can be done with several profiles, alone.
    FormOnly,
}

impl AppState {
    /// Takes in how wide the window is, in points.
    pub fn window_is_wide(&mut self, width: f32) {
        self.is_narrow = width < NARROW;
    }

    /// What the page of profiles shows, by the window's width and by what was opened last.
    pub fn profiles_page(&self) -> ProfilesPage {
        match self.open_vault() {
            Some(vault) if self.is_narrow && vault.has_form_in_front() => ProfilesPage::FormOnly,
            Some(_) if self.is_narrow => ProfilesPage::ListOnly,
            _ => ProfilesPage::Both,
        }
    }

    /// Whether there is a list to go back to.
    pub fn can_go_back_to_list(&self) -> bool {
        let is_on_page = self.open_vault().is_some_and(|vault| vault.page == Page::Profiles);
        is_on_page && self.profiles_page() == ProfilesPage::FormOnly
    }
}

impl OpenVault {
    fn has_form_in_front(&self) -> bool {
        match (self.selection.is_of_several(), &self.draft) {
            (true, _) => self.selection.is_in_front,
            (false, Some(draft)) => self.behind_list != Some(draft.id),
            (false, None) => false,
        }
    }

    /// Shows the list, or the guide, where only one of them has room.
    pub(super) fn bring_list_to_front(&mut self) {
        self.behind_list = self.draft.as_ref().map(|draft| draft.id);
        self.selection.is_in_front = false;
    }

    /// Shows the form where only one of them has room.
    pub(super) fn bring_form_to_front(&mut self) {
        self.behind_list = None;
        self.selection.is_in_front = true;
    }
}

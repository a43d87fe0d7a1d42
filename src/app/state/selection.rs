//! Several profiles selected in the list, and what is done with all of them.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::NaiveDate;
use uuid::Uuid;

use super::{AppState, Dialog, OpenVault, Page};
use crate::app::SharedProfiles;
use crate::profile::{Profile, compared_name, distinct_tags};

/// What a person does with several profiles.
#[derive(Clone, Debug)]
pub enum SelectionCommand {
    /// Select one more, or no longer.
    Toggle(Uuid),
    /// Select these and no others.
    Set(Vec<Uuid>),
    /// Select none.
    Clear,
    /// Show what can be done with them where the list is alone.
    ShowActions,
    /// Add tags, separated by commas.
    AddTags(String),
    /// Take a tag away.
    RemoveTag(String),
    /// Set the day on which the client secret expires.
    SetExpiry(NaiveDate),
}

/// The selected profiles, and what is typed for all of them.
#[derive(Default)]
pub struct Selection {
    ids: HashSet<Uuid>,
    /// Tags to add.
    pub tags: String,
    /// An expiry date to set.
    pub expires: String,
    /// Whether what can be done with them is in front of the list where only one of them has room.
    pub(super) is_in_front: bool,
}

impl Selection {
    /// The selected profiles.
    pub fn ids(&self) -> &HashSet<Uuid> {
        &self.ids
    }

    /// Those of `profiles` that are selected, in their order.
    pub fn of<'p>(&self, profiles: &'p SharedProfiles) -> impl Iterator<Item = &'p Arc<Profile>> {
        profiles.iter().filter(|profile| self.holds(profile.id))
    }

    /// Whether a profile is selected.
    pub fn holds(&self, id: Uuid) -> bool {
        self.ids.contains(&id)
    }

    /// Whether several are: the page shows what can be done with all of them, in place of a form.
    pub fn is_of_several(&self) -> bool {
        self.ids.len() > 1
    }
}

impl AppState {
    pub(super) fn handle_selection(&mut self, command: SelectionCommand) {
        let ids = self.open_vault().map(|vault| vault.selection.ids.clone()).unwrap_or_default();
        match command {
            SelectionCommand::Toggle(id) => self.toggle(id),
            SelectionCommand::Set(ids) => self.with_vault(|vault| {
                vault.selection.is_in_front &= vault.selection.is_of_several();
                vault.selection.ids = ids.into_iter().collect();
                vault.page = Page::Profiles;
            }),
            SelectionCommand::Clear => self.with_vault(|vault| vault.selection = Selection::default()),
            SelectionCommand::ShowActions => self.with_vault(OpenVault::bring_form_to_front),
            SelectionCommand::AddTags(typed) => {
                let tags = distinct_tags([typed.as_str()]);
                self.with_vault(|vault| vault.selection.tags.clear());
                let did = match tags.as_slice() {
                    [] => return,
                    [one] => format!("Added the tag “{one}” to"),
                    _ => format!("Added {} tags to", tags.len()),
                };
                self.change_profiles(&ids, &did, |profile| {
                    profile.tags = distinct_tags(profile.tags.iter().chain(&tags).map(String::as_str));
                });
            }
            SelectionCommand::RemoveTag(tag) => {
                let other = |it: &String| compared_name(it) != compared_name(&tag);
                self.change_profiles(&ids, &format!("Removed the tag “{tag}” from"), |profile| {
                    profile.tags.retain(other)
                });
            }
            SelectionCommand::SetExpiry(date) => {
                self.with_vault(|vault| vault.selection.expires.clear());
                let did = format!("Set the expiry date {} for", crate::written_day::long(date));
                self.change_profiles(&ids, &did, |profile| profile.secret_expires = Some(date));
            }
        }
    }

    /// The profile in the form belongs to a selection that begins.
    fn toggle(&mut self, id: Uuid) {
        self.with_vault(|vault| {
            let selection = &mut vault.selection;
            if !selection.is_of_several() {
                let shown = vault.draft.as_ref().filter(|draft| draft.saved.is_some()).map(|draft| draft.id);
                selection.ids = shown.into_iter().collect();
                selection.is_in_front = false;
            }
            if !selection.ids.remove(&id) {
                selection.ids.insert(id);
            }
        });
    }

    /// Asks whether profiles are to be deleted.
    pub(super) fn ask_delete(&mut self, ids: &[Uuid]) {
        let Some(vault) = self.open_vault() else { return };
        let ids: HashSet<&Uuid> = ids.iter().collect();
        let asked = vault.profiles.iter().filter(|profile| ids.contains(&profile.id));
        let named: Vec<_> = asked.map(|profile| (profile.id, profile.name.clone())).collect();
        if !named.is_empty() {
            self.dialogs.push_back(Dialog::Delete(named));
        }
    }
}

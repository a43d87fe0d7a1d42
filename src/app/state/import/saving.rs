//! The one save of an import, and what can be done with what came in.

use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::ImportPage;
use crate::{
    app::{
        state::{AppState, CheckAllCommand, OpenVault, Page, SelectionCommand, Tone},
        tasks::{ImportRequest, ProfileEdit, Request, name_of},
    },
    counted::counted,
    exchange::{
        import::Format,
        plan::{Counts, Planner},
    },
    profile::{Profile, distinct_tags},
};

/// What came in by an import.
#[derive(Debug)]
pub struct ImportOutcome {
    /// The profiles.
    pub profiles: Vec<Uuid>,
    /// The files' names, for a sentence.
    pub files: String,
    /// How many of the profiles are new, and how many are changed.
    pub counts: Counts,
    /// The files with client secrets that anyone can read.
    pub exposed: Vec<ExposedFile>,
}

/// An imported file with client secrets that anyone can read who has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExposedFile {
    /// Where it is, unless it was pasted.
    pub path: Option<PathBuf>,
    /// Its name.
    pub name: String,
    /// Whose file it is.
    pub format: Format,
    /// How many client secrets are in it.
    pub secrets: usize,
}

impl ExposedFile {
    /// Whether a program may still work with it.
    pub fn may_be_in_use(&self) -> bool {
        matches!(self.format, Format::XrmToolBox | Format::AppSettings | Format::Env)
    }
}

impl AppState {
    /// Saves all that is ticked, in one go. What is saved is planned from the profiles as they are now.
    pub(super) fn save_import(&mut self) {
        let now = self.now;
        let Some(OpenVault { import: Some(page), profiles, .. }) = self.open_vault_mut() else { return };
        if page.obstacle().is_some() {
            return;
        }
        let tags = distinct_tags([page.tags.as_str()]);
        let planner = Planner { decisions: &page.decisions, tags: &tags, now };
        let plan = planner.plan(page.planned(), profiles);
        let edit = |profile: Profile| {
            let base = profiles.by_id(profile.id).cloned().map(Box::new);
            ProfileEdit::Put { profile: Box::new(profile), base }
        };
        let edits: Vec<ProfileEdit> = plan.profiles.into_iter().map(edit).collect();
        page.saving = true;
        let all_names: Vec<&str> = page.files.iter().filter(|it| it.import().is_some()).map(|it| &*it.name).collect();
        let (names, all_names) = (page.names(), all_names.join(", "));
        let count = counted(edits.len(), "profile");
        self.import(edits, all_names, format!("Imported {count} from {names}."), format!("Import of {count} undone."));
    }

    /// The vault has what was imported.
    pub(in crate::app::state) fn imported(&mut self, edits: &[ProfileEdit]) {
        self.with_import(|page| {
            let ids = edits.iter().filter_map(|edit| match edit {
                ProfileEdit::Put { profile, .. } => Some(profile.id),
                ProfileEdit::Remove(_) => None,
            });
            let outcome = ImportOutcome {
                profiles: ids.collect(),
                files: page.names(),
                counts: page.counts,
                exposed: page.exposed(),
            };
            // Of what was read nothing is needed any longer.
            *page = ImportPage { outcome: Some(outcome), ..ImportPage::new() };
        });
    }

    /// What was imported is taken back.
    pub(in crate::app::state) fn import_undone(&mut self) {
        self.with_vault(|vault| {
            if vault.import.take_if(|page| page.outcome.is_some()).is_some() && vault.page == Page::Import {
                vault.page = Page::Profiles;
            }
        });
    }

    /// The vault did not take it.
    pub(in crate::app::state) fn not_imported(&mut self) {
        self.with_import(|page| page.saving = false);
    }

    pub(super) fn test_imported(&mut self) {
        let page = self.open_vault().and_then(|vault| vault.import.as_ref());
        let Some(outcome) = page.and_then(|page| page.outcome.as_ref()) else { return };
        let ids = outcome.profiles.clone();
        self.with_vault(|vault| {
            vault.search.clear();
            vault.show_all();
        });
        self.handle_selection(SelectionCommand::Set(ids));
        self.handle_check_all(CheckAllCommand::StartSelected);
    }

    pub(super) fn delete_imported(&mut self, path: PathBuf) {
        self.dialogs.pop_front();
        self.outbox.push(Request::Import(ImportRequest::Delete(path)));
    }

    pub(in crate::app::state) fn imported_file_deleted(&mut self, path: &Path, deleted: Result<(), String>) {
        match deleted {
            Ok(()) => {
                self.with_import(|page| {
                    if let Some(outcome) = &mut page.outcome {
                        outcome.exposed.retain(|file| file.path.as_deref() != Some(path));
                    }
                });
                self.notify(Tone::Success, format!("Deleted {}.", name_of(path)));
            }
            Err(text) => self.notify(Tone::Danger, text),
        }
    }
}

impl ImportPage {
    fn exposed(&self) -> Vec<ExposedFile> {
        let exposed = self.files.iter().filter_map(|file| {
            let import = file.import()?;
            let secrets = import.secrets_in_the_clear();
            let (path, name) = (file.path.clone(), file.name.clone());
            (secrets > 0).then_some(ExposedFile { path, name, format: import.format, secrets })
        });
        exposed.collect()
    }
}

//! Profiles from other programs' files: what was found in them, what a person says about it, and the one save at the end.

mod lines;
mod reading;
mod saving;

use std::path::PathBuf;

use crate::{
    app::tasks::{FileDialogRequest, Request},
    exchange::{
        import::{Column, DateOrder, Import, Outcome},
        plan::{Counts, Decisions, Existing, Meeting, Place, Planner},
    },
    profile::{GuidSecret, SecretText},
    wording::first_few,
};

use super::{AppState, Dialog, OpenVault, Page};

pub use lines::{ImportEffect, ImportLine, Tally};
pub use reading::{ImportFile, ReadState};
pub use saving::{ExposedFile, ImportOutcome};

/// What a person does with an import.
#[derive(Clone, Debug)]
pub enum ImportCommand {
    /// Show the import that is not finished, or choose files for a new one.
    Ask,
    /// Choose files.
    ChooseFiles,
    /// Open these files, beside those that are shown.
    Open(Vec<PathBuf>),
    /// Look whether a pasted text is a list of connections.
    Paste(SecretText),
    /// Leave out the file with this number.
    RemoveFile(usize),
    /// Choose the key file of a database.
    ChooseKeyFile(usize),
    /// Open the database without its key file.
    ForgetKeyFile(usize),
    /// Open the database with the password that is typed.
    OpenDatabase(usize),
    /// Read this sheet of the workbook.
    ChooseSheet(usize, String),
    /// Read the column of this name as that, or none.
    ChooseColumn(usize, Column, Option<String>),
    /// Read dates in this order.
    ChooseDates(usize, DateOrder),
    /// Take secrets in the form of a GUID, or leave them out.
    TakeGuidSecrets(usize, GuidSecret),
    /// Decide what happens to all that meet a profile.
    DecideAll(Existing),
    /// Decide what happens to one entry.
    Decide(Place, Existing),
    /// Import one entry, or leave it out.
    Tick(Place, bool),
    /// Add the folder of each entry as a tag, or do not.
    TagGroups(bool),
    /// Show the details of an entry, or of none.
    Unfold(Option<Place>),
    /// Show the client secret among those details, or hide it.
    Reveal(bool),
    /// Import what is ticked.
    Save,
    /// Drop all of it.
    Cancel,
    /// Test the profiles that came in.
    Test,
    /// Show the profiles again.
    Close,
    /// Ask whether an imported file is to be deleted.
    AskDelete(ExposedFile),
    /// Delete it.
    Delete(PathBuf),
}

/// An import, from the choice of files to what came in. It goes when the vault locks.
#[derive(Default)]
pub struct ImportPage {
    /// The files, each with what was found in it.
    pub files: Vec<ImportFile>,
    /// What is said about the entries.
    pub decisions: Decisions,
    /// Tags for all that comes in, as they are typed.
    pub tags: String,
    /// Whether the folder of each entry becomes a tag.
    pub tags_groups: bool,
    /// The entries, in the order of the files.
    pub lines: Vec<ImportLine>,
    /// How many of them are what.
    pub tally: Tally,
    /// How many profiles would be saved.
    pub counts: Counts,
    /// The entry whose details are shown.
    pub unfolded: Option<Place>,
    /// Whether its client secret is shown.
    pub reveals: bool,
    /// Whether the save is under way.
    pub saving: bool,
    /// What came in, once that is saved; nothing of the files is left then.
    pub outcome: Option<ImportOutcome>,
    /// How each file meets the profiles, in the order of those that can be planned.
    meetings: Vec<(usize, Meeting)>,
    /// The number of the next file.
    next: usize,
}

impl ImportPage {
    fn new() -> ImportPage {
        ImportPage { decisions: Decisions::for_all(Some(Existing::AddMissing)), ..ImportPage::default() }
    }

    /// The files' names, for a sentence.
    pub fn names(&self) -> String {
        match self.files.as_slice() {
            [one, other] => format!("{} and {}", one.name, other.name),
            files => first_few(files.iter().map(|file| &file.name), 2),
        }
    }

    /// The file with this number.
    pub fn file(&self, number: usize) -> Option<&ImportFile> {
        self.files.iter().find(|file| file.number == number)
    }

    fn file_mut(&mut self, number: usize) -> Option<&mut ImportFile> {
        self.files.iter_mut().find(|file| file.number == number)
    }

    /// How the file with this number meets the profiles.
    pub fn meeting(&self, number: usize) -> Option<&Meeting> {
        self.meetings.iter().find(|(of, _)| *of == number).map(|(_, meeting)| meeting)
    }

    /// Why nothing can be saved yet, if so.
    pub fn obstacle(&self) -> Option<&'static str> {
        let is_reading = self.files.iter().any(|file| matches!(file.read, ReadState::Reading));
        let needs_password = self.files.iter().any(ImportFile::needs_password);
        let needs_choice =
            self.files.iter().filter_map(ImportFile::import).any(|it| it.outcome() == Outcome::NeedsChoice);
        if self.saving {
            Some("Importing…")
        } else if is_reading {
            Some("Reading…")
        } else if needs_password {
            Some("Open the database first, or leave it out.")
        } else if needs_choice {
            Some("Answer the question above first.")
        } else if self.counts == Counts::default() {
            Some("Everything selected is already in the vault.")
        } else {
            None
        }
    }

    /// The files that can be planned, with their numbers.
    fn planned(&self) -> impl Iterator<Item = (usize, &Import)> {
        self.files.iter().filter_map(|file| Some((file.number, file.import()?)))
    }
}

impl AppState {
    pub(super) fn handle_import(&mut self, command: ImportCommand) {
        let page = self.open_vault().and_then(|vault| vault.import.as_ref());
        let only_looks = matches!(command, ImportCommand::Ask | ImportCommand::Unfold(_) | ImportCommand::Reveal(_));
        if page.is_some_and(|page| page.saving) && !only_looks {
            // What is being saved stays as it is until the vault has answered.
            return;
        }
        match command {
            ImportCommand::Ask => self.ask_to_import(),
            ImportCommand::ChooseFiles => self.choose_files_to_import(),
            ImportCommand::Open(paths) => self.open_to_import(paths),
            ImportCommand::Paste(text) => self.read_pasted(&text),
            ImportCommand::RemoveFile(number) => self.remove_file(number),
            ImportCommand::ChooseKeyFile(number) => self.choose_key_file(number),
            ImportCommand::ForgetKeyFile(number) => self.with_import(|page| {
                if let Some(file) = page.file_mut(number) {
                    file.answers.key_file = None;
                }
            }),
            ImportCommand::OpenDatabase(number) => self.open_database(number),
            ImportCommand::ChooseSheet(number, sheet) => self.read_again(number, |answers| {
                answers.sheet = Some(sheet);
                answers.columns.clear();
            }),
            ImportCommand::ChooseColumn(number, column, name) => self.read_again(number, |answers| {
                // A column holds one thing.
                answers.columns.retain(|(other, taken)| *other != column && Some(taken) != name.as_ref());
                answers.columns.extend(name.map(|name| (column, name)));
            }),
            ImportCommand::ChooseDates(number, order) => {
                self.read_again(number, |answers| answers.dates = Some(order));
            }
            ImportCommand::TakeGuidSecrets(number, guid_secrets) => {
                self.read_again(number, |answers| answers.guid_secrets = guid_secrets);
            }
            ImportCommand::DecideAll(existing) => self.replan(|page| page.decide_all(existing)),
            ImportCommand::Decide(place, existing) => self.replan(|page| {
                page.decisions.single.insert(place, existing);
            }),
            ImportCommand::Tick(place, ticked) => self.replan(|page| page.tick(place, ticked)),
            ImportCommand::TagGroups(wanted) => self.replan(|page| page.tag_groups(wanted)),
            ImportCommand::Unfold(place) => self.with_import(|page| {
                page.unfolded = place;
                page.reveals = false;
            }),
            ImportCommand::Reveal(shown) => self.with_import(|page| page.reveals = shown),
            ImportCommand::Save => self.save_import(),
            ImportCommand::Cancel | ImportCommand::Close => self.end_import(),
            ImportCommand::Test => self.test_imported(),
            ImportCommand::AskDelete(file) => self.dialogs.push_back(Dialog::DeleteImported(file)),
            ImportCommand::Delete(path) => self.delete_imported(path),
        }
    }

    fn with_import(&mut self, change: impl FnOnce(&mut ImportPage)) {
        if let Some(page) = self.open_vault_mut().and_then(|vault| vault.import.as_mut()) {
            change(page);
        }
    }

    /// Changes what is said about the entries, and what comes of it.
    fn replan(&mut self, change: impl FnOnce(&mut ImportPage)) {
        self.with_import(change);
        self.plan_import();
    }

    /// Works out what the import would do to the profiles as they are.
    pub(super) fn plan_import(&mut self) {
        let now = self.now;
        let Some(vault) = self.open_vault_mut() else { return };
        let OpenVault { import: Some(page), profiles, .. } = vault else { return };
        if page.outcome.is_some() {
            return;
        }
        // Tags are not in it: they make no difference to what happens.
        let planner = Planner { decisions: &page.decisions, tags: &[], now };
        let numbers: Vec<usize> = page.planned().map(|(number, _)| number).collect();
        let plan = planner.plan(page.planned(), profiles);
        page.counts = plan.counts;
        page.meetings = numbers.into_iter().zip(plan.files).collect();
        page.list();
    }

    /// Shows the import that is not finished, or asks for files.
    fn ask_to_import(&mut self) {
        let Some(vault) = self.open_vault_mut() else { return };
        match &vault.import {
            Some(page) if page.outcome.is_none() => vault.page = Page::Import,
            _ => self.choose_files_to_import(),
        }
    }

    fn choose_files_to_import(&mut self) {
        if !self.asking_for_file {
            self.asking_for_file = true;
            self.outbox.push(Request::FileDialog(FileDialogRequest::FilesToImport));
        }
    }

    fn end_import(&mut self) {
        self.with_vault(|vault| {
            vault.import = None;
            vault.page = Page::Profiles;
        });
    }
}

//! From files and pasted texts to what is in them, with the questions that only a person can answer.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::ImportPage;
use crate::{
    app::{
        state::{AppState, Page, Tone},
        tasks::{
            FileDialogRequest, ImportAnswers, ImportRequest, ImportSource, KeyFile, NotRead, Owner, ReadFile, Request,
            Ticket, name_of,
        },
        widgets::Shown,
    },
    exchange::{
        import::{Import, Question, QuestionCode, Refusal, Warning, WarningCode},
        plan::tag_groups,
    },
    profile::SecretText,
};

/// One file of an import.
pub struct ImportFile {
    /// What decisions name it by.
    pub number: usize,
    /// Its name, or what stands for it.
    pub name: String,
    /// Where it is, unless it was pasted.
    pub path: Option<PathBuf>,
    /// The password of a database, as it is typed.
    pub password: SecretText,
    /// Whether that is shown.
    pub shown: Shown,
    /// What is said about how it is read.
    pub answers: ImportAnswers,
    /// What was asked about it so far, so that an answer can be changed.
    pub asked: Vec<Question>,
    /// How far its reading is.
    pub read: ReadState,
    ticket: Ticket,
    source: Option<Arc<ImportSource>>,
    /// The warnings about each candidate, by their places.
    warnings: HashMap<usize, Vec<usize>>,
    /// The tags of each candidate without its folder, while folders are tags.
    own_tags: Vec<Vec<String>>,
}

/// How far the reading of a file is.
pub enum ReadState {
    /// It is under way.
    Reading,
    /// Nothing comes in from it, and why.
    NotRead(NotRead),
    /// This is in it.
    Read(Box<Import>),
}

impl ImportFile {
    fn new(number: usize, name: String, path: Option<PathBuf>, ticket: Ticket) -> ImportFile {
        ImportFile {
            number,
            name,
            path,
            password: SecretText::default(),
            shown: Shown::Hidden,
            answers: ImportAnswers::default(),
            asked: Vec::new(),
            read: ReadState::Reading,
            ticket,
            source: None,
            warnings: HashMap::new(),
            own_tags: Vec::new(),
        }
    }

    /// What is in it, once it is read.
    pub fn import(&self) -> Option<&Import> {
        match &self.read {
            ReadState::Read(import) => Some(import),
            ReadState::Reading | ReadState::NotRead(_) => None,
        }
    }

    /// Why nothing comes in from it, other than for want of its password.
    pub fn refusal(&self) -> Option<&NotRead> {
        match &self.read {
            ReadState::NotRead(why) if !self.needs_password() => Some(why),
            _ => None,
        }
    }

    /// Whether it is a database that has to be opened with a password.
    pub fn needs_password(&self) -> bool {
        use Refusal::{PasswordNeeded, WrongPassword};
        matches!(&self.read, ReadState::NotRead(NotRead::Refused(PasswordNeeded | WrongPassword)))
    }

    /// Whether the password that was tried last is wrong.
    pub fn has_wrong_password(&self) -> bool {
        matches!(&self.read, ReadState::NotRead(NotRead::Refused(Refusal::WrongPassword)))
    }

    /// What there is to know about one candidate.
    pub fn warnings_of(&self, candidate: usize) -> impl Iterator<Item = &Warning> {
        let places = self.warnings.get(&candidate).map_or(&[][..], Vec::as_slice);
        places.iter().filter_map(|place| self.import()?.warnings.get(*place))
    }

    /// What there is to know about the file rather than about one candidate.
    pub fn own_warnings(&self) -> impl Iterator<Item = &Warning> {
        self.import().into_iter().flat_map(|import| &import.warnings).filter(|warning| warning.candidate.is_none())
    }

    /// How many client secrets are left out because they look like Secret IDs.
    pub fn refused_guid_secrets(&self) -> usize {
        let refused = |warning: &&Warning| warning.code == WarningCode::SecretRefused;
        self.import().map_or(0, |import| import.warnings.iter().filter(refused).count())
    }

    fn take_in(&mut self, file: ReadFile) {
        self.source = file.source.or(self.source.take());
        self.warnings.clear();
        self.own_tags.clear();
        self.read = match file.import {
            Err(why) => ReadState::NotRead(why),
            Ok(import) => {
                self.password.wipe();
                for question in &import.questions {
                    self.asked.retain(|asked| asked.code != question.code);
                    self.asked.push(question.clone());
                }
                for (place, warning) in import.warnings.iter().enumerate() {
                    if let Some(candidate) = warning.candidate {
                        self.warnings.entry(candidate).or_default().push(place);
                    }
                }
                ReadState::Read(Box::new(import))
            }
        };
    }

    /// The columns as they seem to be, where they are asked for the first time.
    fn guessed_columns(&self) -> Option<&Question> {
        let asked = self.import()?.questions.iter().find(|question| question.code == QuestionCode::Columns)?;
        (self.answers.columns.is_empty() && !asked.guess.is_empty()).then_some(asked)
    }

    pub(super) fn set_group_tags(&mut self, wanted: bool) {
        let ReadState::Read(import) = &mut self.read else { return };
        let has_them = !self.own_tags.is_empty();
        if wanted && !has_them {
            self.own_tags = import.candidates.iter().map(|candidate| candidate.tags.clone()).collect();
            tag_groups(import);
        } else if !wanted && has_them {
            for (candidate, tags) in import.candidates.iter_mut().zip(self.own_tags.drain(..)) {
                candidate.tags = tags;
            }
        }
    }

    /// Whether any of its entries stood in a folder.
    pub fn has_groups(&self) -> bool {
        self.import().is_some_and(|import| import.candidates.iter().any(|candidate| candidate.group.is_some()))
    }
}

impl AppState {
    pub(in crate::app::state) fn files_to_import(&mut self, paths: Vec<PathBuf>) {
        self.asking_for_file = false;
        self.open_to_import(paths);
    }

    /// Opens files beside those on the page; where another page is shown, in place of them.
    pub(super) fn open_to_import(&mut self, paths: Vec<PathBuf>) {
        if paths.is_empty() {
            return;
        }
        for path in paths {
            let (ticket, clouds) = (self.tickets.issue(Owner::Import), self.clouds.clone());
            let Some(page) = self.import_to_add_to() else { return };
            page.next += 1;
            let number = page.next;
            page.files.push(ImportFile::new(number, name_of(&path), Some(path.clone()), ticket));
            self.outbox.push(Request::Import(ImportRequest::Open(ticket, path, clouds)));
        }
    }

    /// The import on the page, which becomes a new one where none is under way there.
    fn import_to_add_to(&mut self) -> Option<&mut ImportPage> {
        let vault = self.open_vault_mut()?;
        let under_way = vault.import.as_ref().filter(|page| page.outcome.is_none());
        if under_way.is_some_and(|page| page.saving) {
            return None;
        }
        let goes_on = vault.page == Page::Import && under_way.is_some();
        if !goes_on {
            vault.import = Some(ImportPage::new());
            vault.page = Page::Import;
        }
        vault.import.as_mut()
    }

    /// Reads a pasted text, of which nothing is shown unless it is a list of connections.
    pub(super) fn read_pasted(&mut self, text: &SecretText) {
        let (ticket, clouds) = (self.tickets.issue(Owner::Import), self.clouds.clone());
        let source = Arc::new(ImportSource::pasted(text));
        let Some(vault) = self.open_vault_mut() else { return };
        vault.pasted = Some(ImportFile::new(0, source.name.clone(), None, ticket));
        self.outbox.push(Request::Import(ImportRequest::Read(ticket, source, Box::default(), clouds)));
    }

    pub(in crate::app::state) fn import_read(&mut self, ticket: Ticket, file: ReadFile) {
        let Some(vault) = self.open_vault_mut() else { return };
        if let Some(mut pasted) = vault.pasted.take_if(|pasted| pasted.ticket == ticket) {
            pasted.take_in(file);
            return self.pasted_read(pasted);
        }
        let Some(page) = vault.import.as_mut() else { return };
        // Of a file that was left out, or is being read once more, nothing counts.
        let Some(read) = page.files.iter_mut().find(|file| file.ticket == ticket) else { return };
        read.take_in(file);
        let number = read.number;
        self.file_was_read(number);
    }

    fn file_was_read(&mut self, number: usize) {
        let guess = self.open_vault().and_then(|vault| vault.import.as_ref()?.file(number)?.guessed_columns().cloned());
        if let Some(question) = guess {
            return self.read_again(number, |answers| answers.columns = question.guess);
        }
        self.replan(|page| {
            let wanted = page.tags_groups;
            page.decisions.single.retain(|place, _| super::lines::file_of(place) != number);
            if let Some(file) = page.file_mut(number) {
                file.set_group_tags(wanted);
            }
        });
    }

    fn pasted_read(&mut self, mut pasted: ImportFile) {
        let is_list = pasted.import().is_some_and(|import| {
            !import.candidates.is_empty() || !import.expiries.is_empty() || pasted.guessed_columns().is_some()
        });
        if !is_list {
            let text = "Nothing was imported: the pasted text contains no list of connections.";
            return self.notify(Tone::Info, text.to_owned());
        }
        let Some(page) = self.import_to_add_to() else { return };
        page.next += 1;
        pasted.number = page.next;
        let number = pasted.number;
        page.files.push(pasted);
        self.file_was_read(number);
    }

    /// Reads a file once more, with other answers.
    pub(super) fn read_again(&mut self, number: usize, answer: impl FnOnce(&mut ImportAnswers)) {
        let (ticket, clouds) = (self.tickets.issue(Owner::Import), self.clouds.clone());
        let mut request = None;
        self.with_import(|page| {
            let Some(file) = page.file_mut(number) else { return };
            answer(&mut file.answers);
            let Some(source) = file.source.clone() else { return };
            file.ticket = ticket;
            file.read = ReadState::Reading;
            request = Some(ImportRequest::Read(ticket, source, Box::new(file.answers.clone()), clouds));
        });
        self.outbox.extend(request.map(Request::Import));
        self.plan_import();
    }

    pub(super) fn open_database(&mut self, number: usize) {
        let typed =
            self.open_vault().and_then(|vault| vault.import.as_ref()?.file(number)).map(|it| it.password.clone());
        self.read_again(number, |answers| answers.password = typed.filter(|typed| !typed.is_empty()));
    }

    pub(super) fn remove_file(&mut self, number: usize) {
        self.replan(|page| page.files.retain(|file| file.number != number));
        let is_empty = |page: &ImportPage| page.files.is_empty();
        if self.open_vault().and_then(|vault| vault.import.as_ref()).is_some_and(is_empty) {
            self.end_import();
        }
    }

    pub(super) fn choose_key_file(&mut self, number: usize) {
        let file = self.open_vault().and_then(|vault| vault.import.as_ref()?.file(number));
        let Some(ticket) = file.map(|file| file.ticket).filter(|_| !self.asking_for_file) else { return };
        self.asking_for_file = true;
        self.outbox.push(Request::FileDialog(FileDialogRequest::KeyFile(ticket)));
    }

    pub(in crate::app::state) fn key_file_chosen(&mut self, ticket: Ticket, chosen: Result<Option<KeyFile>, String>) {
        self.asking_for_file = false;
        match chosen {
            Ok(None) => {}
            Ok(Some(key_file)) => self.with_import(|page| {
                if let Some(file) = page.files.iter_mut().find(|file| file.ticket == ticket) {
                    file.answers.key_file = Some(Arc::new(key_file));
                }
            }),
            Err(text) => self.notify(Tone::Danger, text),
        }
    }
}

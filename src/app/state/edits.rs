//! Changes of several profiles at once, and the one step by which the last of them is undone.

use std::collections::{HashSet, VecDeque};

use uuid::Uuid;

use super::{AppState, Notice, Tone, Undo};
use crate::{
    app::{
        draft::Draft,
        tasks::{Edit, ProfileEdit, Request, VaultRequest},
    },
    counted::counted,
    profile::Profile,
};

/// What is asked of the vault, what was done by it last, and in which words.
#[derive(Default)]
pub(super) struct Edits {
    asked: VecDeque<Step>,
    last: Option<Step>,
}

struct Step {
    edits: Vec<ProfileEdit>,
    kind: StepKind,
    done: String,
    undone: String,
}

/// Where the changed profiles come from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum StepKind {
    /// This window.
    Typed,
    /// Files.
    Import,
}

impl Edits {
    /// Whether a profile is being taken out.
    fn removes(step: &Step, id: Uuid) -> bool {
        step.edits.iter().any(|edit| matches!(edit, ProfileEdit::Remove(profile) if profile.id == id))
    }
}

impl AppState {
    /// Asks the vault for a change of several profiles; `done` and `undone` are the notices of it and of its undoing.
    fn edit(&mut self, edits: Vec<ProfileEdit>, done: String, undone: String) {
        if edits.is_empty() {
            return;
        }
        self.outbox.push(Request::Vault(VaultRequest::EditProfiles(edits.clone(), Edit::Done)));
        self.edits.asked.push_back(Step { edits, kind: StepKind::Typed, done, undone });
    }

    /// The same for profiles from the files of these names.
    pub(super) fn import(&mut self, edits: Vec<ProfileEdit>, files: String, done: String, undone: String) {
        self.outbox.push(Request::Vault(VaultRequest::ImportProfiles(edits.clone(), files)));
        self.edits.asked.push_back(Step { edits, kind: StepKind::Import, done, undone });
    }

    /// Deletes profiles.
    pub(super) fn delete(&mut self, ids: &HashSet<Uuid>) {
        self.dialogs.pop_front();
        let profiles = self.saved_profiles(ids);
        let what = match profiles.as_slice() {
            [one] => format!("“{}”", one.name),
            several => counted(several.len(), "profile"),
        };
        let edits = profiles.into_iter().map(|profile| ProfileEdit::Remove(Box::new(profile))).collect();
        self.edit(edits, format!("Deleted {what}."), format!("Restored {what}."));
    }

    /// Changes saved profiles by `change`; those that it leaves as they are do not count. `did` says what was done, before
    /// the number of profiles.
    pub(super) fn change_profiles(&mut self, ids: &HashSet<Uuid>, did: &str, change: impl Fn(&mut Profile)) {
        let now = self.now;
        let changed = |before: Profile| {
            let mut after = before.clone();
            change(&mut after);
            (after != before).then(|| {
                after.modified = now;
                ProfileEdit::Put { profile: Box::new(after), base: Some(Box::new(before)) }
            })
        };
        let edits: Vec<ProfileEdit> = self.saved_profiles(ids).into_iter().filter_map(changed).collect();
        if edits.is_empty() {
            return self
                .notify(Tone::Info, "Nothing to change: the selected profiles are already set this way.".to_owned());
        }
        let count = counted(edits.len(), "profile");
        self.edit(edits, format!("{did} {count}."), format!("Change undone for {count}."));
    }

    fn saved_profiles(&self, ids: &HashSet<Uuid>) -> Vec<Profile> {
        let Some(vault) = self.open_vault() else { return Vec::new() };
        vault.profiles.iter().filter(|profile| ids.contains(&profile.id)).map(|profile| (**profile).clone()).collect()
    }

    /// Whether there is a change of profiles to undo.
    pub fn can_undo(&self) -> bool {
        self.edits.last.is_some()
    }

    /// Takes the last change of profiles back.
    pub(super) fn undo_edit(&mut self) {
        let Some(Step { edits, kind, undone, .. }) = self.edits.last.take() else { return };
        self.notice = None;
        let edits: Vec<ProfileEdit> = edits.iter().map(|edit| edit.inverse(self.now)).collect();
        self.outbox.push(Request::Vault(VaultRequest::EditProfiles(edits.clone(), Edit::Undone)));
        self.edits.asked.push_back(Step { edits, kind, done: undone, undone: String::new() });
    }

    /// The vault has changed the profiles.
    pub(super) fn profiles_edited(&mut self, edit: Edit) {
        let Some(step) = self.edits.asked.pop_front() else { return };
        let Some(vault) = self.open_vault_mut() else { return };
        vault.checks.retain(|id, _| !Edits::removes(&step, *id));
        vault.renewal_forms.retain(|id, _| !Edits::removes(&step, *id));
        if vault.draft.as_ref().is_some_and(|draft| Edits::removes(&step, draft.id)) {
            vault.draft = None;
        }
        if let (Edit::Undone, None, [ProfileEdit::Put { profile, .. }]) = (edit, &vault.draft, step.edits.as_slice()) {
            vault.draft = vault.profile(profile.id).map(Draft::of);
        }
        match (edit, step.kind) {
            (Edit::Done, StepKind::Import) => self.imported(&step.edits),
            (Edit::Undone, StepKind::Import) => self.import_undone(),
            (_, StepKind::Typed) => {}
        }
        match edit {
            Edit::Done => {
                self.notice = Some(Notice { tone: Tone::Success, text: step.done.clone(), undo: Undo::LastEdit });
                self.edits.last = Some(step);
            }
            Edit::Undone => self.notify(Tone::Success, step.done),
        }
    }

    /// The vault could not change them.
    pub(super) fn profiles_not_edited(&mut self) {
        if self.edits.asked.pop_front().is_some_and(|step| step.kind == StepKind::Import) {
            self.not_imported();
        }
    }

    /// Forgets what could be undone: the vault locks.
    pub(super) fn forget_edits(&mut self) {
        self.edits = Edits::default();
    }
}

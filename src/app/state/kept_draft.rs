//! Keeping what is typed and not saved for the case of a crash, and offering it after one.
//!
//! What is kept follows what is typed, whatever becomes of that: each change of the form is kept a second later, and once
//! nothing is unsaved, because it was saved, discarded, deleted or kept in the vault, the kept copy is removed.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{AppState, Notice, OpenVault, Page, RenewalForm, Tone, Undo};
use crate::{
    app::{
        draft::Draft,
        tasks::{DraftNews, DraftRequest, Request, VaultRequest},
    },
    vault::{Unsaved, UnsavedForm, UnsavedSecret},
};

/// How long after a change it is kept, in seconds. Half of what is promised: the disk needs some time too.
const KEEP_AFTER: f64 = 1.0;

/// What is known of the copy of unsaved changes that is kept for the case of a crash.
#[derive(Default)]
pub(super) struct KeptDraft {
    copy: Kept,
    /// When what is typed now is to be kept, in seconds since the window opened.
    due: Option<f64>,
    /// Whether the vault's thread is still at it.
    is_being_kept: bool,
    /// Whether somebody read that it cannot be kept: once is enough.
    failure_shown: bool,
}

#[derive(Default)]
enum Kept {
    /// There is none.
    #[default]
    Nothing,
    /// It holds this.
    This(Arc<Unsaved>),
    /// It holds something else than what is unsaved now.
    Outdated,
}

impl AppState {
    /// Keeps what is unsaved, when it is due. Out: when it will be, in seconds since the window opened.
    pub(super) fn keep_draft(&mut self) -> Option<f64> {
        if self.is_locking() {
            return None;
        }
        let (now, seconds) = (self.now, self.seconds);
        let vault = self.open_vault_mut()?;
        if !vault.has_unsaved() {
            self.remove_kept_draft();
            return None;
        }
        if vault.is_kept() {
            vault.kept_draft.due = None;
            return None;
        }
        let due = *vault.kept_draft.due.get_or_insert(seconds + KEEP_AFTER);
        if vault.kept_draft.is_being_kept {
            // Its answer wakes the window.
            return None;
        }
        if seconds < due {
            return Some(due);
        }
        let unsaved = Arc::new(vault.unsaved(now));
        let copy = Kept::This(Arc::clone(&unsaved));
        vault.kept_draft = KeptDraft { copy, due: None, is_being_kept: true, ..vault.kept_draft };
        self.outbox.push(Request::Vault(VaultRequest::Draft(DraftRequest::Keep(unsaved))));
        None
    }

    /// Removes the kept copy, if there is one.
    pub(super) fn remove_kept_draft(&mut self) {
        let Some(vault) = self.open_vault_mut() else { return };
        vault.kept_draft.due = None;
        if !matches!(std::mem::take(&mut vault.kept_draft.copy), Kept::Nothing) {
            self.outbox.push(Request::Vault(VaultRequest::Draft(DraftRequest::Remove)));
        }
    }

    pub(super) fn draft_news(&mut self, news: DraftNews) {
        let Some(vault) = self.open_vault_mut() else { return };
        match news {
            DraftNews::Found(unsaved) => self.recover(*unsaved),
            DraftNews::NotRecovered(text) => self.notify(Tone::Warning, text),
            DraftNews::KeysChanged => vault.kept_draft.copy = Kept::Outdated,
            DraftNews::Done(result) => {
                vault.kept_draft.is_being_kept = false;
                if let Err(text) = result
                    && !std::mem::replace(&mut vault.kept_draft.failure_shown, true)
                {
                    self.notify(Tone::Warning, text);
                }
            }
        }
    }

    /// Shows what was not saved before the program ended. What this window has unsaved itself stays.
    fn recover(&mut self, found: Unsaved) {
        let (new_id, clouds) = ((self.new_id)(), self.clouds.clone());
        let when = self.time_or_date(found.at);
        let Some(vault) = self.open_vault_mut() else { return };
        let had_unsaved = vault.has_unsaved();
        let (mut news, mut undo) = (Vec::new(), Undo::None);
        if let Some(form) = found.form.filter(|_| vault.changed_draft().is_none()) {
            let (was_saved, now) = (form.base.is_some(), vault.profiles.by_id(form.profile));
            let draft = Draft::recovered(form, now, new_id, &clouds);
            if draft.is_changed() {
                news.push(recovered_form(&draft, was_saved, &when));
                undo = Undo::Recovery(draft.id);
                vault.page = Page::Profiles;
                vault.draft = Some(draft);
            }
        }
        for secret in found.new_secrets {
            news.extend(vault.recover_secret(secret, new_id, &when));
        }
        vault.kept_draft.copy = match had_unsaved || news.is_empty() {
            true => Kept::Outdated,
            false => Kept::This(Arc::new(vault.unsaved(found.at))),
        };
        if !news.is_empty() {
            self.notify(Tone::Warning, news.join(" "));
            self.notice = self.notice.take().map(|notice| Notice { undo, ..notice });
        }
    }

    /// `14:05` today, with the date on other days.
    fn time_or_date(&self, at: DateTime<Utc>) -> String {
        match self.local.date(at) == self.local.date(self.now) {
            true => self.local.at(at).format("%H:%M").to_string(),
            false => self.local.describe(at),
        }
    }
}

fn recovered_form(draft: &Draft, was_saved: bool, when: &str) -> String {
    let name = match (draft.fields.name.trim(), &draft.saved) {
        ("", Some(saved)) => format!("“{}”", saved.name),
        ("", None) => "a new profile".to_owned(),
        (name, _) => format!("“{name}”"),
    };
    let what_to_do = match was_saved && draft.saved.is_none() {
        true => "The profile was deleted in the meantime. Saving creates it again.",
        false => "Save or discard them.",
    };
    format!("Unsaved changes to {name} from {when} were recovered. {what_to_do}")
}

impl OpenVault {
    fn changed_draft(&self) -> Option<&Draft> {
        self.draft.as_ref().filter(|draft| draft.is_changed())
    }

    /// Whether something is typed that is not in the vault.
    fn has_unsaved(&self) -> bool {
        self.changed_draft().is_some() || self.renewal_forms.values().any(|form| form.holds_unsaved_secret())
    }

    /// Whether the kept copy holds just what is unsaved now.
    fn is_kept(&self) -> bool {
        let Kept::This(kept) = &self.kept_draft.copy else { return false };
        let same_form = match (&kept.form, self.changed_draft()) {
            (Some(form), Some(draft)) => draft.is_as_in(form),
            (None, None) => true,
            _ => false,
        };
        same_form && kept.new_secrets == self.unsaved_secrets()
    }

    fn unsaved(&self, at: DateTime<Utc>) -> Unsaved {
        Unsaved { at, form: self.changed_draft().map(UnsavedForm::from), new_secrets: self.unsaved_secrets() }
    }

    /// In an order that does not change.
    fn unsaved_secrets(&self) -> Vec<UnsavedSecret> {
        let mut secrets: Vec<UnsavedSecret> =
            self.renewal_forms.iter().filter_map(|(id, form)| form.unsaved_secret(*id)).collect();
        secrets.sort_by_key(|secret| secret.profile);
        secrets
    }

    /// Puts a new secret back onto the page of its renewal, or into the form of a new profile where its own is gone. Out: what
    /// to say of it, unless it is in the vault by now.
    fn recover_secret(&mut self, secret: UnsavedSecret, new_id: Uuid, when: &str) -> Option<String> {
        let id = secret.profile;
        let Some(profile) = self.profiles.by_id(id) else {
            if self.changed_draft().is_none() {
                let mut draft = Draft::new(new_id);
                secret.expires.expose().clone_into(&mut draft.fields.expires);
                (draft.fields.client_secret, draft.guid_secret) = (secret.secret, secret.guid_secret);
                (self.draft, self.page) = (Some(draft), Page::Profiles);
            } else {
                // Nothing shows it, but it is kept when the vault locks, as a profile of its own.
                self.renewal_forms.insert(id, RenewalForm::recovered(secret));
            }
            return Some(format!(
                "An unsaved new client secret from {when} was recovered. Its profile was deleted in the meantime."
            ));
        };
        let mut form = RenewalForm::recovered(secret);
        form.forget_what_is_kept(Some(profile));
        if !form.holds_something() || self.renewal_forms.get(&id).is_some_and(RenewalForm::holds_something) {
            return None;
        }
        let name = &profile.name;
        let text =
            format!("An unsaved new client secret for “{name}” from {when} was recovered. Save it or clear its field.");
        self.renewal_forms.insert(id, form);
        if self.changed_draft().is_none() {
            self.page = Page::Renewal(id);
        }
        Some(text)
    }
}

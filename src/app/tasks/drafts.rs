//! Drafts: what is typed and not saved, kept in a file of the account's own, sealed by the open vault, so that a crash or a
//! power cut does not lose it.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Answer, DraftNews, Postbox};
use crate::platform::file_system;
use crate::reminder::Places;
use crate::vault::{Unsaved, UnsavedError, Vault};

/// The largest file, in bytes.
const SIZE_LIMIT: u64 = 64 << 20;
/// How many names in the folder are looked at.
const LISTED_LIMIT: usize = 10_000;

/// What is asked about the open vault's draft.
pub enum DraftRequest {
    /// Keep this in place of what was kept before.
    Keep(Arc<Unsaved>),
    /// Remove what is kept: it is saved, or nobody wants it any more.
    Remove,
}

/// The draft of the open vault on the disk.
pub(super) struct Drafts {
    /// Its file; none for an account without a folder of its own.
    file: Option<PathBuf>,
    /// What is in it, sealed.
    sealed: Option<Vec<u8>>,
}

impl Drafts {
    /// Looks for what was kept when the program ended out of order.
    pub(super) fn of(vault: &Vault, places: Option<&Places>, postbox: &Postbox) -> Drafts {
        let file = places.map(|places| places.drafts().join(format!("{}.draft", vault.id().hyphenated())));
        let mut drafts = Drafts { file, sealed: None };
        if let Some(news) = drafts.find(vault) {
            postbox.post(Answer::Draft(news));
        }
        drafts
    }

    fn find(&mut self, vault: &Vault) -> Option<DraftNews> {
        let file = self.file.as_ref()?;
        file_system::remove_temporaries_of(file, LISTED_LIMIT);
        let sealed = match file_system::read(file, SIZE_LIMIT) {
            Ok(sealed) => sealed,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
            Err(error) => {
                let text = format!(
                    "Your earlier unsaved changes could not be recovered, because {} could not be read ({error}).",
                    file.display()
                );
                return Some(DraftNews::NotRecovered(text));
            }
        };
        match vault.open_unsaved(&sealed) {
            Ok(unsaved) => {
                self.sealed = Some(sealed);
                Some(DraftNews::Found(Box::new(unsaved)))
            }
            Err(error) => {
                if matches!(error, UnsavedError::OtherKeys | UnsavedError::Damaged) {
                    // Nothing ever opens it: said once. Where it cannot be removed, it is said again.
                    let _ = file_system::remove(file);
                }
                Some(DraftNews::NotRecovered(error.to_string()))
            }
        }
    }

    pub(super) fn handle(&mut self, request: DraftRequest, vault: &Vault, postbox: &Postbox) {
        let result = match request {
            DraftRequest::Keep(unsaved) => self.keep(&unsaved, vault),
            DraftRequest::Remove => self.remove(),
        };
        postbox.post(Answer::Draft(DraftNews::Done(result)));
    }

    /// Says so when the vault's keys are no longer those that the draft is under.
    pub(super) fn look_at_keys(&mut self, vault: &Vault, postbox: &Postbox) {
        if self.sealed.take_if(|sealed| !vault.has_key_of_unsaved(sealed)).is_some() {
            postbox.post(Answer::Draft(DraftNews::KeysChanged));
        }
    }

    fn keep(&mut self, unsaved: &Unsaved, vault: &Vault) -> Result<(), String> {
        let Some(file) = &self.file else { return Ok(()) };
        let sealed = vault.seal_unsaved(unsaved).map_err(|error| error.to_string())?;
        write(file, &sealed).map_err(|error| {
            format!(
                "Unsaved changes would be lost in a crash, because the folder {} cannot be written ({error}). Save your \
                 changes soon.",
                file.parent().unwrap_or(file).display()
            )
        })?;
        self.sealed = Some(sealed);
        Ok(())
    }

    fn remove(&mut self) -> Result<(), String> {
        self.sealed = None;
        let Some(file) = &self.file else { return Ok(()) };
        match file_system::remove(file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(format!(
                "The copy of your unsaved changes, which is no longer needed, could not be removed: {} ({error}). It is \
                 encrypted with the vault's key.",
                file.display()
            )),
            _ => Ok(()),
        }
    }
}

fn write(file: &Path, sealed: &[u8]) -> io::Result<()> {
    if sealed.len() as u64 > SIZE_LIMIT {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    match (file_system::replace_private(file, sealed), file.parent()) {
        (Err(error), Some(folder)) if error.kind() == io::ErrorKind::NotFound => {
            file_system::create_own_folder(folder)?;
            file_system::replace_private(file, sealed)
        }
        (written, _) => written,
    }
}

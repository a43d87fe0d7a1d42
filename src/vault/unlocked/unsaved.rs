//! Unsaved changes, sealed for this vault.

use uuid::Uuid;

use super::Vault;
use crate::vault::error::VaultError;
use crate::vault::unsaved::{self, Unsaved, UnsavedError};

impl Vault {
    /// The vault's id, which names it for ever.
    pub fn id(&self) -> Uuid {
        self.state.header.vault_id
    }

    /// Seals what is typed and not saved, so that only this vault opens it again: for a file of the account's own, away from
    /// the vault's.
    pub fn seal_unsaved(&self, unsaved: &Unsaved) -> Result<Vec<u8>, VaultError> {
        unsaved::seal(unsaved, self.id(), self.data_key(), self.surroundings())
    }

    /// Undoes [`Vault::seal_unsaved`].
    pub fn open_unsaved(&self, sealed: &[u8]) -> Result<Unsaved, UnsavedError> {
        unsaved::open(sealed, self.id(), self.data_key(), self.clouds())
    }

    /// Whether what was sealed is under the vault's data key of now, which changes with the members.
    pub fn has_key_of_unsaved(&self, sealed: &[u8]) -> bool {
        unsaved::is_under(sealed, self.id(), self.data_key())
    }
}

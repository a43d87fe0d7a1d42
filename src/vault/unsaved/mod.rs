//! What is typed and not saved, sealed under the open vault's own key, so that it survives a crash outside the vault's file.
//!
//! In: [`Unsaved`], the data key. Out: sealed bytes, and the way back. Where those bytes are kept is not decided here. See
//! `docs/vault-format.md`, "Drafts".

mod sealed;
mod unsaved_json;

pub use sealed::UnsavedError;
pub(in crate::vault) use sealed::{is_under, open, seal};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::profile::{GuidSecret, Profile, SecretText};
use crate::vault::stored_profile::Field;

/// What is typed and not saved.
#[derive(Clone, PartialEq)]
pub struct Unsaved {
    /// When it was typed.
    pub at: DateTime<Utc>,
    /// The form of a profile, where it has changes.
    pub form: Option<UnsavedForm>,
    /// New client secrets that were entered for a renewal.
    pub new_secrets: Vec<UnsavedSecret>,
}

/// A profile's form: its fields as text, right or wrong.
#[derive(Clone, PartialEq)]
pub struct UnsavedForm {
    /// The profile.
    pub profile: Uuid,
    /// The saved values that the form's began from; none for a new profile.
    pub base: Option<Box<Profile>>,
    /// The text of each field that is one text.
    pub texts: Vec<(Field, SecretText)>,
    /// Further keys of the connection string.
    pub other_keys: Vec<(String, SecretText)>,
    /// Whether somebody said that the secret in the form of a GUID is one.
    pub guid_secret: GuidSecret,
}

/// A new client secret of a profile.
#[derive(Clone, PartialEq)]
pub struct UnsavedSecret {
    /// The profile.
    pub profile: Uuid,
    /// The secret as it was entered.
    pub secret: SecretText,
    /// Its expiry date as it was entered.
    pub expires: SecretText,
    /// Whether somebody said that the secret in the form of a GUID is one.
    pub guid_secret: GuidSecret,
    /// Its key ID, where Microsoft Graph created it.
    pub key_id: Option<Uuid>,
}

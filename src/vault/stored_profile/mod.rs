//! One profile as a vault stores it: its fields one by one, members that only newer versions know, and its JSON.
//!
//! In: a [`Profile`](crate::profile::Profile), JSON. Out: which fields differ, the JSON. Nothing here knows of other profiles.

mod field;
mod profile_json;
mod renewal_json;
mod secret_json;

pub use field::{Field, changed_fields, list_of_fields};
pub(in crate::vault) use field::{Stored, Version, differing, same, same_fields};
pub(in crate::vault) use profile_json::{ProfileIn, ProfileOut, Shown, accept_cloud};
pub(in crate::vault) use secret_json::{SecretIn, SecretOut, decode_secret};

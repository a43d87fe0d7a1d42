//! Which client secrets a tenant has, and which of them the vault's profiles use.
//!
//! In: a person's [`crate::sign_in::Session`], and the profiles. Out: every app registration with client secrets
//! ([`read_registrations`], from Microsoft Graph, page by page), and how they meet the profiles ([`compare`], pure). Reads only:
//! nothing in the tenant is changed.

#![warn(missing_docs)]

mod applications;
mod comparison;

pub use applications::{Progress, Registration, limits, read_registrations};
pub use comparison::{AppRow, Inventory, SecretRow, Stray, StrayReason, compare, known_tenant};

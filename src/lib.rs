//! A365 Password Tool: builds the Dataverse ConnectionString of Anywhere365's CRM Service, tests it for real,
//! keeps every tenant's profile in an encrypted vault, and warns before a client secret lapses.
//!
//! This file is the module map and nothing else; `docs/architecture.md` says which room may call which.

pub mod app;
pub mod cli;
pub mod cloud;
pub mod connection_check;
pub mod connection_string;
mod counted;
pub mod crash_report;
pub mod escape;
pub mod platform;
pub mod profile;
pub mod reminder;
pub mod renewal;
mod rfc3339;
pub mod settings;
pub mod vault;
pub mod window;

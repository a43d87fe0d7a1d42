//! A365 Password Tool: creates and tests Dataverse connection strings for Anywhere365's CRM Service, stores every
//! tenant's profile in an encrypted vault, and reminds you before a client secret expires.
//!
//! This file is the module map and nothing else; `docs/architecture.md` says which room may call which.

pub mod app;
pub mod cli;
mod clock_check;
pub mod cloud;
pub mod connection_check;
pub mod connection_string;
mod counted;
pub mod crash_report;
pub mod escape;
pub mod exchange;
pub mod inventory;
pub mod platform;
pub mod profile;
pub mod reminder;
pub mod renewal;
mod rfc3339;
pub mod settings;
pub mod sign_in;
pub mod vault;
pub mod window;
mod wording;
mod written_day;

pub use a365_raster as raster;

//! The window from outside: through its accessibility tree, and as pictures.

mod accessibility;
mod accessibility_walk;
mod app_secrets;
mod check;
mod diagnoses;
mod drafts;
mod export;
mod faults;
mod fields;
mod first_start;
mod focus;
mod glyphs;
mod harness;
mod import;
mod keyboard;
mod large_text;
mod list_view;
mod locking;
mod looks;
mod merging;
mod narrow;
mod network_test;
mod paste;
mod pictures;
mod profiles;
mod recent_vaults;
mod reminders;
mod renewal;
mod renewal_locking;
mod renewal_pictures;
mod renewal_thread;
mod renewals;
mod reports;
mod screens;
mod selection;
mod session;
mod settings;
#[path = "../support/staged_machine.rs"]
mod staged_machine;
#[path = "../support/mod.rs"]
mod support;
mod targets;
mod test_all;
mod trust;
mod typing;
mod vault_page;

//! The operating system behind small safe functions: the only room with `unsafe`, `cfg(windows)` and OS calls.
//!
//! In: plain values. Out: plain values or a typed error. Nothing here knows the product's own rules.

#![warn(missing_docs)]

pub mod account;
pub mod account_sign_in;
pub mod app_id;
pub mod appearance;
pub mod browser;
pub mod clipboard;
pub mod data_protection;
pub mod dll_search;
#[cfg(windows)]
mod dpapi;
pub mod file_dialog;
pub mod file_system;
pub mod graphics;
pub mod heap;
pub mod locked_memory;
pub mod machine_wide;
pub mod message_box;
pub mod name_lookup;
pub mod notification;
pub mod os_account;
pub mod pages;
#[cfg(not(windows))]
mod portal;
pub mod process_hardening;
pub mod process_mark;
pub mod proxy;
#[cfg(windows)]
mod registry;
pub mod route;
pub mod screen_capture;
pub mod secret_text;
pub mod session_events;
pub mod single_instance;
pub mod system;
pub mod terminal;
pub mod termination;
pub mod thread_time;
pub mod wall_clock;
pub mod wiping_allocator;
pub mod wiping_stack;
pub mod work_area;

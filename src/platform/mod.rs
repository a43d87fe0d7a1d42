//! The operating system behind small safe functions: the only room with `unsafe`, `cfg(windows)` and OS calls.
//!
//! In: plain values. Out: plain values or a typed error. Nothing here knows the product's own rules.

pub mod clipboard;
pub mod data_protection;
pub mod file_system;
pub mod machine_wide;
pub mod message_box;
pub mod notification;
#[cfg(target_os = "linux")]
mod notification_linux;
#[cfg(windows)]
mod notification_windows;
pub mod process_hardening;
pub mod proxy;
#[cfg(windows)]
mod registry;
pub mod wiping_allocator;

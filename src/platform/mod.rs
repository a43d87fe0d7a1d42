//! The operating system behind small safe functions: the only room with `unsafe`, `cfg(windows)` and OS calls.
//!
//! In: plain values. Out: what the system says. Nothing here knows about profiles, vaults or windows of ours.

pub mod file_system;
pub mod proxy;

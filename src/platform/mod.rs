//! What differs between operating systems, behind small safe functions; the only room with `unsafe`.
//!
//! In: plain values. Out: plain values or a typed error. Nothing here knows the product's own rules.

pub mod clipboard;
pub mod message_box;
pub mod process_hardening;

//! The reminders from outside: when they come, what they know, and how they reach a person.

mod calendar;
mod check;
mod handover;
mod index;
mod policy;
#[cfg(unix)]
mod program;
mod schedule;
mod settings;
mod years;

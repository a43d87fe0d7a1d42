//! The reminders from outside: when they come, what they know, and how they reach a person.

mod index;
mod policy;
mod settings;
mod years;

//! A person's sign-in from outside, with a scripted browser, against a simulator of Entra ID and Graph over real TLS; and the
//! inventory of a tenant's client secrets.

#[path = "../support/mod.rs"]
mod support;

mod browser;
mod device;
mod hostile;
mod inventory;
mod world;

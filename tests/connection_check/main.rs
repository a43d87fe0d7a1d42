//! The connection check from outside, against a simulator of Entra ID, Dataverse and Graph over real TLS.

#[path = "../support/mod.rs"]
mod support;

mod app_secrets;
mod cases;
mod clouds;
mod dataverse;
mod devices;
mod expiry;
mod flood;
mod form;
mod hostile;
mod known_tenant;
mod many;
mod network;
mod passes;
mod proxy;
mod proxy_faults;
mod sign_in;
mod socks;
mod steps;
mod system;
mod tenant;

//! Fixtures for the tests from outside: a simulator of Microsoft Entra ID, Dataverse and Microsoft Graph, and what
//! runs a connection check against it.

// Each test program uses its own part of the fixtures.
#![allow(dead_code, unused_imports, clippy::unwrap_used, clippy::expect_used)]

pub mod answer_cases;
pub mod browser;
pub mod cases;
pub mod checking;
pub mod device;
pub mod form_cases;
pub mod recording_proxy;
pub mod simulator;
pub mod socks_proxy;
pub mod step_cases;

//! The staged test of a connection against the real services: the form itself, the environment's tenant, the
//! sign-in, who the app is in Dataverse, what it may do there, and when its secret expires.
//!
//! In: a [`CheckRequest`] (what people typed), a [`Network`] and the time. Out: a [`CheckReport`] whose failure is
//! a [`Diagnosis`]: what is wrong, why, and which click fixes it. All HTTP of the product happens in here (a
//! reminder's webhook and a person's sign-in take the same way out); the
//! client secret leaves only towards the sign-in host that [`crate::cloud`] names, and nothing follows a redirect.
//! Stages, codes and warnings are public: see `docs/connection-check.md`.

#![warn(missing_docs)]

mod account_conversation;
mod address_stage;
mod anchors;
mod app_secrets;
mod certificate_fault;
mod certificates;
mod challenge;
mod client;
mod connector;
mod dataverse;
pub mod diagnosis;
mod digest;
mod exchange;
mod failure;
#[cfg(test)]
mod fuzz_tests;
mod limits;
pub mod many;
mod metered;
mod names;
mod network;
mod network_failure;
mod network_settings;
mod new_secret;
mod no_proxy;
mod of_profile;
mod offline;
mod organization;
mod post;
mod privileges;
mod privileges_stage;
mod proxy_address;
mod proxy_failure;
mod proxy_sign_in;
pub mod reachability;
mod recorded_stream;
mod redaction;
mod report;
mod route;
mod run;
mod script_address;
mod secret_expiry;
mod side_task;
mod sign_in;
mod socks;
mod stage;
mod tcp;
mod tenant_stage;
mod title;
mod tls_trouble;
mod tokens;
mod tunnel;
mod user_api;
mod warning;

use chrono::NaiveDate;
use uuid::Uuid;

use crate::profile::{GuidSecret, SecretText};

pub(crate) use app_secrets::CredentialRow;
pub use app_secrets::{
    AppSecretsError, ListedSecret, MadeSecret, Removed, list_app_secrets, listed_as, make_app_secret, remove_app_secret,
};
pub use diagnosis::{Diagnosis, PortalLink};
pub(crate) use diagnosis::{PERSON, Subject, explain};
pub(crate) use exchange::{Answer, Request, Wait, Wire};
pub(crate) use failure::Failure;
pub use limits::Limits;
pub use network::{Network, proxy_in_use, read_proxy_name};
pub use network_settings::{NetworkError, NetworkSettings, ProxyChoice};
pub use new_secret::{Repetition, SecretAge, may_become_known};
pub use post::{PostAnswer, PostError};
pub use privileges::{Depth, Need, PrivilegeReport, PrivilegeState};
pub use proxy_address::{ProxyFault, ProxyPlace};
pub(crate) use redaction::Redaction;
pub use report::CheckReport;
pub use run::check;
pub use script_address::{ScriptFault, check_script_address};
pub use secret_expiry::ExpiryNotRead;
pub(crate) use sign_in::{EntraError, form_body, tenant_of_domain};
pub(crate) use stage::one_line;
pub use stage::{Detail, Progress, Stage, StageReport, StageResult};
pub(crate) use tenant_stage::tenant_of_environment;
pub use warning::Warning;

/// What is to be checked, as it was typed or pasted: reading it is the check's first stage.
#[derive(Clone, Debug)]
pub struct CheckRequest {
    /// The Environment URL.
    pub environment_url: String,
    /// The Application (client) ID.
    pub client_id: String,
    /// The client secret's Value.
    pub client_secret: SecretText,
    /// Whether a secret in the form of a GUID is one: somebody said so, or it is a profile's own.
    pub guid_secret: GuidSecret,
    /// The Directory (tenant), as its GUID or a domain; empty to let the environment tell it.
    pub tenant: String,
    /// The tenant that an earlier check found for the same environment host, never the typed one. It saves a round
    /// trip: the token is asked for beside the environment's own answer, and used only when that answer agrees.
    pub known_tenant: Option<Uuid>,
    /// The day on which the secret expires, when it is known.
    pub secret_expires: Option<NaiveDate>,
    /// Whether to ask Microsoft Graph for that day.
    pub read_expiry: ReadExpiry,
    /// Whether the secret may be too new to be known everywhere.
    pub secret_age: SecretAge,
}

/// Where the secret's expiry date comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReadExpiry {
    /// From the request alone; Microsoft Graph is not called.
    #[default]
    No,
    /// From Microsoft Graph, when the app may read its own registration there; else from the request.
    FromGraph,
}

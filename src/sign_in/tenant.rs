//! Which tenant to sign in to: as an environment names it, or as a person does.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::error::{SignInError, nothing};
use crate::cloud::Cloud;
use crate::connection_check::{self, Failure, Network, Subject, Wire};
use crate::profile::{EnvironmentUrl, Tenant};

/// The tenant that the environment's own challenge names.
///
/// # Errors
///
/// The environment does not answer, or its answer may not be followed.
pub async fn tenant_of_environment(
    network: &Network,
    environment: &EnvironmentUrl,
    now: DateTime<Utc>,
) -> Result<Uuid, SignInError> {
    let (wire, _waits) = Wire::open(network, now);
    let found = connection_check::tenant_of_environment(&wire, environment).await;
    found.map_err(|failure| SignInError::about(&failure, &Subject { environment: Some(environment), ..nothing() }, &[]))
}

/// The tenant's ID; that of a domain is asked for at the cloud's sign-in host.
///
/// # Errors
///
/// The cloud has no such tenant, or its sign-in host does not answer.
pub async fn tenant_of_name(
    network: &Network,
    cloud: Cloud,
    tenant: &Tenant,
    now: DateTime<Utc>,
) -> Result<Uuid, SignInError> {
    let domain = match tenant {
        Tenant::Id(id) => return Ok(*id),
        Tenant::Domain(domain) => domain,
    };
    let (wire, _waits) = Wire::open(network, now);
    let about = Subject { cloud: Some(cloud), tenant: Some(domain), ..nothing() };
    let refused = |failure: &Failure| SignInError::about(failure, &about, &[]);
    match connection_check::tenant_of_domain(&wire, cloud, domain).await {
        Ok(Some(id)) => Ok(id),
        Ok(None) => Err(refused(&Failure::new("AADSTS90002", cloud.sign_in_host()))),
        Err(failure) => Err(refused(&failure)),
    }
}

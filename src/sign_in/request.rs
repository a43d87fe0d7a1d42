//! What a person signs in to, and as which client.

use uuid::Uuid;

use super::resource::Resource;
use crate::cloud::Cloud;
use crate::profile::ClientId;

/// A sign-in that is to be made.
#[derive(Clone, Debug)]
pub struct SignInRequest {
    /// The cloud, which names the one host that signs in.
    pub cloud: Cloud,
    /// The tenant. Never `common` or `organizations`: a guest must name the tenant that they want to work in, and a client
    /// of one tenant is refused without it.
    pub tenant: Uuid,
    /// The sign-in client: a public client that a person chose.
    pub client: ClientId,
    /// The service that the first token is for.
    pub first: Resource,
}

impl SignInRequest {
    /// The path of an endpoint of the tenant, e.g. `token`.
    pub(super) fn path(&self, endpoint: &str) -> String {
        format!("/{}/oauth2/v2.0/{endpoint}", self.tenant)
    }
}

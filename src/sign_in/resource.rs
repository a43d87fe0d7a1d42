//! The services that a person's token may be for.

use uuid::Uuid;

use crate::cloud::Cloud;
use crate::profile::EnvironmentUrl;

/// Microsoft Graph's application ID, the same in every cloud.
const GRAPH: Uuid = Uuid::from_u128(0x0000_0003_0000_0000_c000_0000_0000_0000);
/// Dataverse's.
const DATAVERSE: Uuid = Uuid::from_u128(0x0000_0007_0000_0000_c000_0000_0000_0000);

/// A service: the one host that its token is sent to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    host: String,
    app_id: Uuid,
}

impl Resource {
    /// Microsoft Graph in `cloud`.
    pub fn graph(cloud: Cloud) -> Resource {
        Resource { host: cloud.graph_host().to_owned(), app_id: GRAPH }
    }

    /// A Dataverse environment.
    pub fn environment(environment: &EnvironmentUrl) -> Resource {
        Resource { host: environment.host().to_owned(), app_id: DATAVERSE }
    }

    /// The host.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// What is asked for: all that the client has been given for this service. Named permissions would have to be named
    /// differently for each client: Microsoft's own have a fixed list and refuse every other name (AADSTS65002).
    pub(super) fn scope(&self) -> String {
        format!("https://{}/.default openid profile offline_access", self.host)
    }

    /// Whether a token's audience is this service, by its host or its application ID.
    pub(super) fn is_audience(&self, audience: &str) -> bool {
        if Uuid::try_parse(audience).is_ok_and(|id| id == self.app_id) {
            return true;
        }
        let origin = audience.strip_prefix("https://").map(|rest| rest.strip_suffix('/').unwrap_or(rest));
        origin.is_some_and(|host| host.eq_ignore_ascii_case(&self.host))
    }

    /// Whether a permission in a token's list is this service's. `openid`, `User.Read` and the like name no service.
    pub(super) fn may_have_scope(&self, scope: &str) -> bool {
        let Some(rest) = scope.strip_prefix("https://") else { return !scope.contains("://") };
        rest.split('/').next().is_some_and(|host| host.eq_ignore_ascii_case(&self.host))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_for_somebody_else_is_told_apart() {
        let graph = Resource::graph(Cloud::Commercial);
        for own in
            ["https://graph.microsoft.com", "https://graph.microsoft.com/", "00000003-0000-0000-c000-000000000000"]
        {
            assert!(graph.is_audience(own), "{own}");
        }
        for other in [
            "https://graph.microsoft.us",
            "https://graph.microsoft.com.evil.example",
            "https://graph.microsoft.com@evil.example",
            "http://graph.microsoft.com",
            "00000007-0000-0000-c000-000000000000",
            "",
        ] {
            assert!(!graph.is_audience(other), "{other}");
        }
        assert!(
            graph.may_have_scope("https://graph.microsoft.com/Application.Read.All") && graph.may_have_scope("openid")
        );
        assert!(!graph.may_have_scope("https://contoso.crm4.dynamics.com/user_impersonation"));
        assert!(!graph.may_have_scope("api://something/else"));
    }
}

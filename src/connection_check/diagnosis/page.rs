//! The portal pages where a failure is fixed, in each cloud.

use super::{PortalLink, Subject};

/// A page of one of Microsoft's portals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Page {
    /// None helps.
    Nowhere,
    /// The app registration's Overview.
    AppOverview,
    /// The app registration's Authentication.
    AppAuthentication,
    /// The app registration's Certificates & secrets.
    AppSecrets,
    /// The list of app registrations.
    AppRegistrations,
    /// The list of enterprise applications (service principals).
    EnterpriseApps,
    /// Where an administrator allows the sign-in client for the whole tenant.
    AdminConsent,
    /// The tenant's Sign-in logs.
    SignInLogs,
    /// What Microsoft Entra ID itself says about the code.
    SignInError,
    /// The tenant's Overview.
    TenantOverview,
    /// The list of Conditional Access policies.
    ConditionalAccess,
    /// The list of environments in the Power Platform admin center.
    Environments,
    /// The environment itself.
    Environment,
}

impl Page {
    /// The page's link for the subject's own cloud.
    pub(super) fn link(self, subject: &Subject<'_>) -> Option<PortalLink> {
        let portal = subject.cloud().azure_portal();
        let list = format!("{portal}/#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade");
        let of_app = |blade: &str| match subject.client_id {
            Some(id) => subject.cloud().app_registration_page(blade, id),
            None => list.clone(),
        };
        let (text, url) = match self {
            Page::Nowhere => return None,
            Page::AppOverview => ("App registration: Overview", of_app("Overview")),
            Page::AppAuthentication => ("App registration: Authentication", of_app("Authentication")),
            Page::AppSecrets => ("App registration: Certificates & secrets", of_app("Credentials")),
            Page::AppRegistrations => ("App registrations", list),
            Page::EnterpriseApps => (
                "Enterprise applications",
                format!("{portal}/#view/Microsoft_AAD_IAM/StartboardApplicationsMenuBlade/~/AppAppsPreview"),
            ),
            Page::AdminConsent => ("Admin consent for the sign-in client", subject.consent_page()?),
            Page::SignInLogs => {
                ("Sign-in logs", format!("{portal}/#view/Microsoft_AAD_IAM/ActiveDirectoryMenuBlade/~/SignIns"))
            }
            Page::SignInError => ("Microsoft's page about this code", subject.error_page()),
            Page::TenantOverview => {
                ("Microsoft Entra ID: Overview", format!("{portal}/#view/Microsoft_AAD_IAM/ActiveDirectoryMenuBlade"))
            }
            Page::ConditionalAccess => (
                "Conditional Access: Policies",
                format!("{portal}/#view/Microsoft_AAD_ConditionalAccess/ConditionalAccessBlade/~/Policies"),
            ),
            Page::Environments => (
                "Power Platform admin center: Environments",
                format!("{}/environments", subject.cloud().power_platform_admin()),
            ),
            Page::Environment => ("Open the environment in a browser", subject.environment?.to_string()),
        };
        Some(PortalLink { text: text.to_owned(), url })
    }
}

//! Texts for a tenant that may not be signed in to: restricted by the network, blocked, or gone.
//! Source of codes: "Microsoft Entra authentication error codes" (learn.microsoft.com/entra/identity-platform), and
//! beside each entry what that page does not say.

use super::{Entry, Page};

/// A proxy that names the tenants which people may reach (tenant restrictions v1).
/// Source: "Use tenant restrictions to manage access to SaaS cloud applications"
/// (learn.microsoft.com/entra/identity/enterprise-apps/tenant-restrictions). Both codes have the same description.
const fn restricted_by_proxy(code: &'static str) -> Entry {
    Entry {
        code,
        what: "This network does not allow sign-in to the tenant {tenant}.",
        why: "A proxy or firewall of your organization restricts sign-in to a list of tenants, and this one is not on \
              it. The client secret was not checked. Microsoft Entra ID says: {detail}",
        fix: &[
            "Ask the network or security team that runs the proxy to allow the tenant {tenant}: they add it to the \
             Restrict-Access-To-Tenants header that the proxy sends to {sign_in_host}. An administrator of the tenant \
             cannot change this.",
            "If this is not the tenant you expect, compare the Environment URL with the one in the Power Platform \
             admin center ({admin}) > Environments > your environment > Details.",
            "If the UCC runs on another network, test there: the restriction applies only to requests through this \
             proxy.",
        ],
        page: Page::SignInError,
    }
}

/// What to do about a tenant that Microsoft has closed.
/// Source: "Tenant inaccessible due to inactivity" (learn.microsoft.com/entra/fundamentals/inaccessible-tenant).
const CLOSED_TENANT: &[&str] = &[
    "Ask an administrator of the tenant {tenant} to call Microsoft support and request its reactivation. That is \
     possible within 20 days; after that the tenant is deleted for good. One request is enough.",
    "If this is not the tenant you expect, compare the Environment URL with the one in the Power Platform admin center \
     ({admin}) > Environments > your environment > Details, and clear the Tenant field.",
    "Until the tenant is active again, stop programs that sign in to it. A new client secret does not help.",
];

pub(super) const ENTRIES: &[Entry] = &[
    restricted_by_proxy("AADSTS500021"),
    restricted_by_proxy("AADSTS500022"),
    // "Set up tenant restrictions v2" (learn.microsoft.com/entra/external-id/tenant-restrictions-v2): a policy of the
    // network's own tenant, added by a proxy, by Windows, or by Global Secure Access.
    Entry {
        code: "AADSTS5000211",
        what: "A tenant restrictions policy of this network or computer does not allow the tenant {tenant}.",
        why: "Your organization adds its policy to every sign-in, and the policy does not allow this app in this \
              tenant. The client secret was not checked. Microsoft Entra ID says: {detail}",
        fix: &[
            "Ask a Security Administrator of your own organization (not of the tenant {tenant}) to allow the tenant and \
             the app {client_id}: Microsoft Entra admin center > External Identities > Cross-tenant access settings > \
             Organizational settings > Tenant restrictions.",
            "If the UCC runs on a computer without this policy, test there.",
        ],
        page: Page::SignInError,
    },
    // The words of this code are only "We are sorry, this resource is not available"; that the tenant was made
    // inaccessible is from Microsoft Q&A (learn.microsoft.com/answers/questions/5836853).
    Entry {
        code: "AADSTS5000224",
        what: "The tenant {tenant} is blocked or no longer exists.",
        why: "Microsoft does not allow sign-in to it, usually because it was unused for a long time or its \
              subscriptions have ended. Microsoft Entra ID says: {detail}",
        fix: CLOSED_TENANT,
        page: Page::SignInError,
    },
    Entry {
        code: "AADSTS5000225",
        what: "Microsoft has blocked the tenant {tenant} because of inactivity.",
        why: "It was unused for a long time. Microsoft deletes a tenant that stays blocked for 20 days. Microsoft \
              Entra ID says: {detail}",
        fix: CLOSED_TENANT,
        page: Page::SignInError,
    },
    Entry {
        code: "AADSTS650052",
        what: "The tenant {tenant} has no access to Dataverse.",
        why: "The app asks for a service that the organization has not subscribed to or enabled. Microsoft Entra ID says: {detail}",
        fix: &[
            "Compare the Environment URL with the one in the Power Platform admin center ({admin}) > Environments > \
             your environment > Details, and clear the Tenant field.",
            "Open the Microsoft 365 admin center > Billing > Your products, and make sure that a Dynamics 365 or Power \
             Apps subscription is active.",
            "Open the Azure portal ({portal}) > Microsoft Entra ID > Enterprise applications > All applications, and \
             search for 00000007-0000-0000-c000-000000000000 (Dataverse). If it is missing, ask an administrator to \
             add it with “az ad sp create --id 00000007-0000-0000-c000-000000000000”.",
        ],
        page: Page::EnterpriseApps,
    },
];

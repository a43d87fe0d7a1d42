//! Texts for what Microsoft Entra ID says about the app, its secret and its tenant.
//! Source of codes: "Microsoft Entra authentication error codes" (learn.microsoft.com/entra/identity-platform).

use super::{Entry, Page};

/// Source: "Configure restrictions on how applications can be configured"
/// (learn.microsoft.com/entra/identity/enterprise-apps/configure-app-management-policies): the restrictions
/// passwordAddition and passwordLifetime, under these names in the Microsoft Entra admin center.
const POLICY: &str = "If “New client secret” is not available, or the portal allows only a short lifetime, an app \
                      management policy of the tenant blocks or limits client secrets. Ask a Security Administrator to \
                      exclude this app: Microsoft Entra admin center > Enterprise apps > Application policies > Block \
                      password addition, or Restrict max password lifetime.";

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        code: "AADSTS7000215",
        what: "The client secret is wrong.",
        why: "Microsoft Entra ID knows the app {client_id}, but this is not one of its secrets. Usual causes: the \
              Secret ID was copied instead of the Value, the secret was deleted, it belongs to another app, characters \
              were lost while copying, or it was created moments ago and is not active everywhere yet.",
        fix: &[
            "If the secret was created in the last few minutes, wait a minute and test again before you create another \
             one.",
            "Otherwise open the Azure portal ({portal}) > Microsoft Entra ID > App registrations > All applications > the app \
             with ID {client_id} > Certificates & secrets > Client secrets > New client secret.",
            "Copy the Value column (not Secret ID) immediately and paste it into the Client secret field.",
            "Test again, then put the new connection string everywhere the old one is used.",
        ],
        page: Page::AppSecrets,
    },
    Entry {
        code: "AADSTS7000222",
        what: "The client secret has expired.",
        why: "The client secrets of the app {client_id} are past their expiry date. They cannot be extended: create a \
              new one.",
        fix: &[
            "If a new secret was created in the last few minutes, wait a minute and test again before you create \
             another one.",
            "Otherwise open the Azure portal ({portal}) > Microsoft Entra ID > App registrations > All applications > the app \
             with ID {client_id} > Certificates & secrets > Client secrets > New client secret, and choose when it \
             expires.",
            "Copy the Value column immediately, paste it into the Client secret field, and enter the new expiry date. \
             Test again, then put the new connection string everywhere the old one is used.",
            POLICY,
        ],
        page: Page::AppSecrets,
    },
    Entry {
        code: "AADSTS7000216",
        what: "Microsoft Entra ID received no client secret.",
        why: "The secret is empty, or a network device removed it from the request. {trace}",
        fix: &[
            "Paste the secret's Value into the Client secret field and test again.",
            "If the problem persists, ask the network team whether a proxy changes requests to {host}.",
        ],
        page: Page::AppSecrets,
    },
    Entry {
        code: "AADSTS7000218",
        what: "Microsoft Entra ID received no client secret.",
        why: "The secret is empty, or a network device removed it from the request. {trace}",
        fix: &[
            "Paste the secret's Value into the Client secret field and test again.",
            "If the problem persists, ask the network team whether a proxy changes requests to {host}.",
        ],
        page: Page::AppSecrets,
    },
    Entry {
        code: "AADSTS700016",
        what: "There is no app with the client ID {client_id} in the environment's tenant.",
        why: "Either the client ID is wrong, or the app is registered in another tenant than the environment's \
              ({tenant}).",
        fix: &[
            "Open the Azure portal ({portal}), and check at the top right that you are in the directory {tenant}.",
            "Go to Microsoft Entra ID > App registrations > All applications > your app > Overview, and copy \
             “Application (client) ID”.",
            "If the app is not listed, register it in this tenant: choose New registration, create a client secret, \
             and add the app as an application user of the environment.",
        ],
        page: Page::AppRegistrations,
    },
    Entry {
        code: "AADSTS7000229",
        what: "The app {client_id} has no enterprise application in the tenant {tenant}.",
        // "Create a service principal": go.microsoft.com/fwlink/?linkid=2225119, which the answer itself names.
        why: "The registration exists, but its service principal in this tenant is missing or was deleted. Without it \
              the app cannot sign in with any secret.",
        fix: &[
            "Open the Azure portal ({portal}) > Microsoft Entra ID > App registrations > All applications > the app \
             with ID {client_id} > Overview, and under “Managed application in local directory” click “Create Service \
             Principal”.",
            "If the app is registered in another tenant, ask an administrator of the tenant {tenant} to add it with \
             “az ad sp create --id {client_id}”.",
            "Wait a minute and test again.",
        ],
        page: Page::AppOverview,
    },
    Entry {
        code: "AADSTS7000112",
        what: "The app {client_id} is disabled.",
        why: "Its enterprise application does not allow sign-in.",
        fix: &[
            "Open the Azure portal ({portal}) > Microsoft Entra ID > Enterprise applications > All applications > the \
             app with ID {client_id} > Properties.",
            "Set “Enabled for users to sign-in?” to Yes, save, and test again after a few minutes.",
        ],
        page: Page::EnterpriseApps,
    },
    // "Client is public so neither 'client_assertion' nor 'client_secret' should be presented."
    Entry {
        code: "AADSTS700025",
        what: "The app {client_id} is a public client, which cannot sign in with a client secret.",
        why: "Public client flows are allowed in its registration, so Microsoft Entra ID accepts no secret from it.",
        fix: &[
            "Open the Azure portal ({portal}) > Microsoft Entra ID > App registrations > All applications > the app \
             with ID {client_id} > Authentication.",
            "Set “Allow public client flows” to No and save. If an unused “Mobile and desktop applications” platform \
             is listed, remove it.",
            "If users sign in to another program with this app, leave it unchanged and register a separate app for \
             this connection.",
            "Wait a minute and test again.",
        ],
        page: Page::AppAuthentication,
    },
    Entry {
        code: "AADSTS700027",
        what: "The app's certificate was not accepted.",
        why: "This happens only to apps that sign in with a certificate; a connection string needs a client secret.",
        fix: &[
            "Open the Azure portal ({portal}) > Microsoft Entra ID > App registrations > All applications > the app \
             with ID {client_id} > Certificates & secrets > Client secrets > New client secret.",
            "Copy the Value column and paste it into the Client secret field.",
        ],
        page: Page::AppSecrets,
    },
    Entry {
        code: "AADSTS90002",
        what: "The tenant {tenant} does not exist in the cloud “{cloud}”.",
        why: "The tenant may be mistyped, belong to a different Microsoft cloud, or no longer have an active \
              subscription.",
        fix: &[
            "Clear the Tenant field and test again: the environment then reports its own tenant.",
            "If the field was empty, compare the Environment URL with the one in the Power Platform admin center \
             ({admin}) > Environments > your environment > Details.",
        ],
        page: Page::TenantOverview,
    },
    Entry {
        code: "AADSTS900023",
        what: "“{tenant}” is not a valid tenant.",
        why: "It is neither a Directory (tenant) ID nor a domain name of a tenant.",
        fix: &[
            "Clear the Tenant field and test again: the environment then reports its own tenant.",
            "Or copy the Tenant ID from the Azure portal ({portal}) > Microsoft Entra ID > Overview.",
        ],
        page: Page::TenantOverview,
    },
    Entry {
        code: "AADSTS50059",
        what: "The sign-in request did not name a tenant.",
        why: "“common” and “organizations” cannot be used with a client secret.",
        fix: &[
            "Clear the Tenant field and test again: the environment then reports its own tenant.",
            "Or copy the Tenant ID from the Azure portal ({portal}) > Microsoft Entra ID > Overview.",
        ],
        page: Page::TenantOverview,
    },
    Entry {
        code: "AADSTS9001023",
        what: "The sign-in request did not name a tenant.",
        why: "“common” and “consumers” cannot be used with a client secret.",
        fix: &[
            "Clear the Tenant field and test again: the environment then reports its own tenant.",
            "Or copy the Tenant ID from the Azure portal ({portal}) > Microsoft Entra ID > Overview.",
        ],
        page: Page::TenantOverview,
    },
    Entry {
        code: "AADSTS500011",
        what: "The tenant {tenant} has no environment {environment}.",
        why: "The Environment URL has a typing error, the environment belongs to another tenant, or Dataverse is not \
              set up in this tenant.",
        fix: &[
            "Compare the Environment URL letter by letter with the one in the Power Platform admin center ({admin}) > \
             Environments > your environment > Details.",
            "Clear the Tenant field, so that the environment's own tenant is used, and test again.",
        ],
        page: Page::Environments,
    },
    Entry {
        code: "AADSTS500014",
        what: "Dataverse is disabled in the tenant {tenant}.",
        why: "Its service principal (Dataverse, application ID 00000007-0000-0000-c000-000000000000) is disabled, or \
              the subscription behind it has expired.",
        fix: &[
            "Open the Microsoft 365 admin center > Billing > Your products, and check whether a Dynamics 365 or Power \
             Apps subscription has expired.",
            "Open the Azure portal ({portal}) > Microsoft Entra ID > Enterprise applications > All applications > \
             search for 00000007-0000-0000-c000-000000000000 > Properties.",
            "Set “Enabled for users to sign-in?” to Yes and save.",
        ],
        page: Page::EnterpriseApps,
    },
    Entry {
        code: "AADSTS501051",
        what: "The app {client_id} is not assigned to Dataverse.",
        why: "In this tenant, Dataverse's enterprise application allows only apps that are assigned to it.",
        fix: &[
            "Open the Azure portal ({portal}) > Microsoft Entra ID > Enterprise applications > All applications > \
             search for 00000007-0000-0000-c000-000000000000 (Dataverse) > Properties.",
            "Set “Assignment required?” to No and save, or assign the app {client_id} there.",
        ],
        page: Page::EnterpriseApps,
    },
    Entry {
        code: "AADSTS65001",
        what: "The app {client_id} has no admin consent in the tenant {tenant}.",
        why: "An administrator must allow this app first. {detail}",
        fix: &[
            "Open the Azure portal ({portal}) > Microsoft Entra ID > App registrations > All applications > the app \
             with ID {client_id} > API permissions.",
            "Click “Grant admin consent”, wait a minute, and test again.",
        ],
        page: Page::AppOverview,
    },
    Entry {
        code: "AADSTS53003",
        what: "A Conditional Access policy blocks the app {client_id}.",
        why: "A policy for workload identities does not allow this sign-in, usually because of the IP address it comes \
              from.",
        fix: &[
            "Open the Azure portal ({portal}) > Microsoft Entra ID > Sign-in logs > Service principal sign-ins, find \
             the failed sign-in, and open its Conditional Access tab to see which policy blocked it.",
            "Add this computer's public IP address to the policy's named location, or exclude the app from the policy.",
        ],
        page: Page::ConditionalAccess,
    },
];

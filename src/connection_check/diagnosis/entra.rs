//! Texts for what Microsoft Entra ID says about the app, its secret and its tenant.
//! Source of codes: "Microsoft Entra authentication error codes" (learn.microsoft.com/entra/identity-platform).

use super::{Entry, Page};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        code: "AADSTS7000215",
        what: "The client secret is wrong.",
        why: "Microsoft Entra ID knows the app {client_id}, but this is not one of its secrets. Usual causes: the \
              Secret ID was copied in place of the Value, the secret was deleted, it belongs to another app, or \
              characters got lost while copying.",
        fix: &[
            "Open the Azure portal ({portal}) > Microsoft Entra ID > App registrations > All applications > the app \
             with ID {client_id} > Certificates & secrets > Client secrets > New client secret.",
            "Copy the column Value (not Secret ID) at once and paste it into the field Client secret.",
            "Test again, then write the new connection string.",
        ],
        page: Page::AppSecrets,
    },
    Entry {
        code: "AADSTS7000222",
        what: "The client secret has expired.",
        why: "The secrets of the app {client_id} are past their end date. A new one is needed; the old one cannot be \
              made longer.",
        fix: &[
            "Open the Azure portal ({portal}) > Microsoft Entra ID > App registrations > All applications > the app \
             with ID {client_id} > Certificates & secrets > Client secrets > New client secret, and choose when it \
             expires.",
            "Copy the column Value at once, paste it into the field Client secret, and enter the new expiry date.",
            "Test again, then put the new connection string everywhere the old one is used.",
        ],
        page: Page::AppSecrets,
    },
    Entry {
        code: "AADSTS7000216",
        what: "Microsoft Entra ID received no client secret.",
        why: "The secret is empty, or a device in between removed it from the request. {trace}",
        fix: &[
            "Paste the secret's Value into the field Client secret and test again.",
            "If it stays, ask the network team whether a proxy changes requests to {host}.",
        ],
        page: Page::AppSecrets,
    },
    Entry {
        code: "AADSTS7000218",
        what: "Microsoft Entra ID received no client secret.",
        why: "The secret is empty, or a device in between removed it from the request. {trace}",
        fix: &[
            "Paste the secret's Value into the field Client secret and test again.",
            "If it stays, ask the network team whether a proxy changes requests to {host}.",
        ],
        page: Page::AppSecrets,
    },
    Entry {
        code: "AADSTS700016",
        what: "There is no app with the client ID {client_id} in the environment's tenant.",
        why: "Either the client ID is wrong, or the app is registered in another tenant than the environment's \
              ({tenant}).",
        fix: &[
            "Open the Azure portal ({portal}), and make sure at the top right that you are in the directory {tenant}.",
            "Go to Microsoft Entra ID > App registrations > All applications > your app > Overview, and copy \
             “Application (client) ID”.",
            "If the app is not in the list, register it in this tenant: New registration, then make a client secret \
             and add it as an application user of the environment.",
        ],
        page: Page::AppRegistrations,
    },
    Entry {
        code: "AADSTS7000229",
        what: "The app {client_id} has no enterprise application in the tenant {tenant}.",
        why: "The registration exists, but its service principal in this tenant is missing or was deleted.",
        fix: &[
            "Open the Azure portal ({portal}) > Microsoft Entra ID > App registrations > All applications > the app \
             with ID {client_id} > Overview.",
            "Under “Managed application in local directory”, click “Create Service Principal”.",
            "Wait a minute and test again.",
        ],
        page: Page::AppOverview,
    },
    Entry {
        code: "AADSTS7000112",
        what: "The app {client_id} is switched off.",
        why: "Its enterprise application does not allow signing in.",
        fix: &[
            "Open the Azure portal ({portal}) > Microsoft Entra ID > Enterprise applications > All applications > the \
             app with ID {client_id} > Properties.",
            "Set “Enabled for users to sign-in?” to Yes, save, and test again after a few minutes.",
        ],
        page: Page::EnterpriseApps,
    },
    Entry {
        code: "AADSTS700027",
        what: "The app's certificate was not accepted.",
        why: "This happens only to apps that sign in with a certificate; a connection string needs a client secret.",
        fix: &[
            "Open the Azure portal ({portal}) > Microsoft Entra ID > App registrations > All applications > the app \
             with ID {client_id} > Certificates & secrets > Client secrets > New client secret.",
            "Copy the column Value and paste it into the field Client secret.",
        ],
        page: Page::AppSecrets,
    },
    Entry {
        code: "AADSTS90002",
        what: "The tenant {tenant} does not exist in the cloud “{cloud}”.",
        why: "The tenant was typed wrongly, belongs to another of Microsoft's clouds, or has no active subscription \
              any more.",
        fix: &[
            "Clear the field Tenant and test again: the environment then tells its tenant by itself.",
            "If the field was empty, compare the Environment URL with the one in the Power Platform admin center \
             ({admin}) > Environments > your environment > Details.",
        ],
        page: Page::TenantOverview,
    },
    Entry {
        code: "AADSTS900023",
        what: "“{tenant}” cannot be a tenant.",
        why: "It is neither a Directory (tenant) ID nor a domain of a tenant.",
        fix: &[
            "Clear the field Tenant and test again: the environment then tells its tenant by itself.",
            "Or copy the Tenant ID from the Azure portal ({portal}) > Microsoft Entra ID > Overview.",
        ],
        page: Page::TenantOverview,
    },
    Entry {
        code: "AADSTS50059",
        what: "The sign-in named no tenant.",
        why: "“common” and “organizations” cannot be used with a client secret.",
        fix: &[
            "Clear the field Tenant and test again: the environment then tells its tenant by itself.",
            "Or copy the Tenant ID from the Azure portal ({portal}) > Microsoft Entra ID > Overview.",
        ],
        page: Page::TenantOverview,
    },
    Entry {
        code: "AADSTS9001023",
        what: "The sign-in named no tenant.",
        why: "“common” and “consumers” cannot be used with a client secret.",
        fix: &[
            "Clear the field Tenant and test again: the environment then tells its tenant by itself.",
            "Or copy the Tenant ID from the Azure portal ({portal}) > Microsoft Entra ID > Overview.",
        ],
        page: Page::TenantOverview,
    },
    Entry {
        code: "AADSTS500011",
        what: "The tenant {tenant} knows no environment {environment}.",
        why: "The Environment URL has a typing error, the environment belongs to another tenant, or Dataverse is not \
              set up in this tenant.",
        fix: &[
            "Compare the Environment URL letter by letter with the one in the Power Platform admin center ({admin}) > \
             Environments > your environment > Details.",
            "Clear the field Tenant, so that the environment's own tenant is used, and test again.",
        ],
        page: Page::Environments,
    },
    Entry {
        code: "AADSTS500014",
        what: "Dataverse is switched off in the tenant {tenant}.",
        why: "Its service principal (Dataverse, application ID 00000007-0000-0000-c000-000000000000) is disabled, or \
              the subscription behind it has lapsed.",
        fix: &[
            "Open the Microsoft 365 admin center > Billing > Your products, and look whether a Dynamics 365 or Power \
             Apps subscription has lapsed.",
            "Open the Azure portal ({portal}) > Microsoft Entra ID > Enterprise applications > All applications > \
             search 00000007-0000-0000-c000-000000000000 > Properties.",
            "Set “Enabled for users to sign-in?” to Yes and save.",
        ],
        page: Page::EnterpriseApps,
    },
    Entry {
        code: "AADSTS501051",
        what: "The app {client_id} is not assigned to Dataverse.",
        why: "In this tenant, Dataverse's enterprise application lets in only apps that are assigned to it.",
        fix: &[
            "Open the Azure portal ({portal}) > Microsoft Entra ID > Enterprise applications > All applications > \
             search 00000007-0000-0000-c000-000000000000 (Dataverse) > Properties.",
            "Set “Assignment required?” to No and save, or assign the app {client_id} there.",
        ],
        page: Page::EnterpriseApps,
    },
    Entry {
        code: "AADSTS65001",
        what: "The app {client_id} is not consented to in the tenant {tenant}.",
        why: "Microsoft Entra ID wants an administrator to allow this app first. {detail}",
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
        why: "A policy for workload identities does not allow this sign-in, most often because of the address from \
              which it comes.",
        fix: &[
            "Open the Azure portal ({portal}) > Microsoft Entra ID > Sign-in logs > Service principal sign-ins, find \
             the failed sign-in, and open its tab Conditional Access to see which policy it was.",
            "Add this computer's public address to the policy's named location, or exclude the app from the policy.",
        ],
        page: Page::ConditionalAccess,
    },
];

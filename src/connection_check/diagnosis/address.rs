//! Texts for what is wrong with the form itself; nothing was sent.

use super::{Entry, Page};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        code: "url_invalid",
        what: "The Environment URL is not valid.",
        why: "{detail}",
        fix: &[
            "Open the Power Platform admin center ({admin}) > Environments > your environment > Details.",
            "Copy the Environment URL and paste it here. It looks like https://contoso.crm4.dynamics.com, without a \
             user name or port.",
        ],
        page: Page::Environments,
    },
    Entry {
        code: "url_not_https",
        what: "The Environment URL does not begin with https://.",
        why: "{detail}",
        fix: &["Change the start of the Environment URL to https:// and test again."],
        page: Page::Nowhere,
    },
    Entry {
        code: "url_not_dataverse",
        what: "The Environment URL is not the address of a Dataverse environment.",
        why: "{detail}",
        fix: &[
            "Open the Power Platform admin center ({admin}) > Environments > your environment > Details.",
            "Copy the Environment URL. It looks like https://contoso.crm4.dynamics.com; the address of the maker \
             portal, the admin center or the Azure portal does not work.",
        ],
        page: Page::Environments,
    },
    Entry {
        code: "url_not_dataverse/address_known",
        what: "The Environment URL is not the environment's own address.",
        why: "{detail}",
        fix: &["Put the address named above in the Environment URL field and test again."],
        page: Page::Nowhere,
    },
    Entry {
        code: "url_invalid/address_known",
        what: "The Environment URL is not valid.",
        why: "{detail}",
        fix: &["Put the address named above in the Environment URL field and test again."],
        page: Page::Nowhere,
    },
    Entry {
        code: "client_id_not_guid",
        what: "The client ID is not valid.",
        why: "{detail}",
        fix: &[
            "Open the Azure portal ({portal}) > Microsoft Entra ID > App registrations > All applications > your app > \
             Overview.",
            "Copy “Application (client) ID”. Do not copy the Object ID, the Directory (tenant) ID or the app's name.",
        ],
        page: Page::AppRegistrations,
    },
    Entry {
        code: "secret_is_guid",
        what: "The client secret is a Secret ID, not the secret itself.",
        why: "The portal lists both in one table. A GUID is the Secret ID; the secret itself is in the Value column, \
              which is visible only right after the secret is created.",
        fix: &[
            "Open the Azure portal ({portal}) > Microsoft Entra ID > App registrations > All applications > your app > \
             Certificates & secrets > Client secrets.",
            "If the Value is masked, click “New client secret”, choose when it expires, and click Add.",
            "Copy the Value column immediately and paste it here.",
        ],
        page: Page::AppSecrets,
    },
    Entry {
        code: "secret_missing",
        what: "The client secret is empty.",
        why: "Signing in as an app requires the secret's Value.",
        fix: &[
            "Open the Azure portal ({portal}) > Microsoft Entra ID > App registrations > All applications > your app > \
             Certificates & secrets > Client secrets > New client secret.",
            "Copy the Value column and paste it here.",
        ],
        page: Page::AppSecrets,
    },
    Entry {
        code: "secret_is_connection_string",
        what: "The client secret is a whole connection string. Nothing was sent.",
        why: "The field takes only the value behind “ClientSecret=”. The rest of the string belongs into the other fields.",
        fix: &[
            "In the app, click Paste… and paste the whole connection string: it fills in all the fields.",
            "Otherwise copy only the value behind “ClientSecret=”, without the quotes around it.",
        ],
        page: Page::AppSecrets,
    },
    Entry {
        code: "secret_unusable",
        what: "The client secret is not valid.",
        why: "{detail}",
        fix: &[
            "Copy only the Value again, from where you stored it.",
            "If it is lost, create a new one: Azure portal ({portal}) > Microsoft Entra ID > App registrations > All \
             applications > your app > Certificates & secrets > New client secret.",
        ],
        page: Page::AppSecrets,
    },
    Entry {
        code: "secret_masked",
        what: "The client secret is the masked text from the portal. Nothing was sent.",
        why: "The portal shows only the first characters of a secret, followed by asterisks. The full Value can be \
              copied only right after the secret is created.",
        fix: &[
            "Copy the Value from where you stored it.",
            "If it is lost, create a new one: Azure portal ({portal}) > Microsoft Entra ID > App registrations > All \
             applications > your app > Certificates & secrets > New client secret.",
        ],
        page: Page::AppSecrets,
    },
    Entry {
        code: "secret_placeholder",
        what: "The client secret is a placeholder from a template. Nothing was sent.",
        why: "Text such as $(ClientSecret) or [YOUR_SECRET] marks where the real secret must go.",
        fix: &[
            "Replace it with the secret's Value: Azure portal ({portal}) > Microsoft Entra ID > App registrations > \
             All applications > your app > Certificates & secrets, Value column. It is visible only right after the \
             secret is created.",
        ],
        page: Page::AppSecrets,
    },
    Entry {
        code: "client_id_is_tenant_id",
        what: "The client ID is the Directory (tenant) ID. No client secret was sent.",
        why: "The Overview page of the app registration shows three IDs, and the tenant's ID was copied instead of the \
              client ID.",
        fix: &[
            "Open the Azure portal ({portal}) > Microsoft Entra ID > App registrations > All applications > your app > \
             Overview.",
            "Copy “Application (client) ID” and paste it into the Client ID field.",
        ],
        page: Page::AppRegistrations,
    },
];

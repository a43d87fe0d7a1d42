//! Texts for what is wrong with the form itself; nothing was sent.

use super::{Entry, Page};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        code: "url_invalid",
        what: "The Environment URL cannot be used.",
        why: "{detail}",
        fix: &[
            "Open the Power Platform admin center ({admin}) > Environments > your environment > Details.",
            "Copy the Environment URL and paste it here. It looks like https://contoso.crm4.dynamics.com, \
             without a user name and without a port.",
        ],
        page: Page::Environments,
    },
    Entry {
        code: "url_not_https",
        what: "The Environment URL does not begin with https://.",
        why: "{detail}",
        fix: &["Change the beginning of the Environment URL to https:// and test again."],
        page: Page::Nowhere,
    },
    Entry {
        code: "url_not_dataverse",
        what: "The Environment URL does not lead to a Dataverse environment.",
        why: "{detail}",
        fix: &[
            "Open the Power Platform admin center ({admin}) > Environments > your environment > Details.",
            "Copy the Environment URL. It looks like https://contoso.crm4.dynamics.com; the address of the maker \
             portal, the admin center or the Azure portal does not work.",
        ],
        page: Page::Environments,
    },
    Entry {
        code: "client_id_not_guid",
        what: "The client ID cannot be used.",
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
        why: "The portal's list has two columns. A GUID is the Secret ID; the secret is in the column Value, which is \
              readable only right after the secret was made.",
        fix: &[
            "Open the Azure portal ({portal}) > Microsoft Entra ID > App registrations > All applications > your app > \
             Certificates & secrets > Client secrets.",
            "If the Value is masked, click “New client secret”, choose when it expires, and click Add.",
            "Copy the column Value at once and paste it here.",
        ],
        page: Page::AppSecrets,
    },
    Entry {
        code: "secret_missing",
        what: "The client secret is empty.",
        why: "Signing in as an app needs the secret's Value.",
        fix: &[
            "Open the Azure portal ({portal}) > Microsoft Entra ID > App registrations > All applications > your app > \
             Certificates & secrets > Client secrets > New client secret.",
            "Copy the column Value and paste it here.",
        ],
        page: Page::AppSecrets,
    },
    Entry {
        code: "secret_unusable",
        what: "The client secret cannot be used.",
        why: "{detail}",
        fix: &[
            "Copy the Value alone again, from where you keep it.",
            "If it is lost, make a new one: Azure portal ({portal}) > Microsoft Entra ID > App registrations > All \
             applications > your app > Certificates & secrets > New client secret.",
        ],
        page: Page::AppSecrets,
    },
];

//! Texts for Dataverse's own error codes.
//! Source: "Web service error codes" and "Service protection API limits" (learn.microsoft.com/power-apps/developer).

use super::{Entry, Page};

/// What to do when Dataverse's limits are reached.
const LIMITS: &[&str] = &[
    "Wait five minutes, then test once.",
    "Look for other programs that use the same application user. Give each program its own app registration and \
     application user.",
];

const fn limit(code: &'static str, what: &'static str, why: &'static str) -> Entry {
    Entry { code, what, why, fix: LIMITS, page: Page::Nowhere }
}

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        code: "0x80072560",
        what: "The sign-in worked, but the app is not a user of this environment.",
        why: "An app can access an environment only as an application user, and there is none for the client ID \
              {client_id} in {environment}. Adding API permissions does not help.",
        fix: &[
            "Open the Power Platform admin center ({admin}) > Environments > your environment > Settings > Users + \
             permissions > Application users.",
            "Click “New app user” > “Add an app”, select the app with ID {client_id}, and choose the business unit.",
            "Under Security roles, give it a role with the privileges that Anywhere365 needs. Click Create.",
            "Wait a minute and test again.",
        ],
        page: Page::Environments,
    },
    Entry {
        code: "0x80040220",
        what: "The application user is missing a privilege.",
        why: "Dataverse says: {detail}",
        fix: &[
            "Open the Power Platform admin center ({admin}) > Environments > your environment > Settings > Users + \
             permissions > Security roles, and open the role that the application user has.",
            "Grant it the privilege named in the message, at the Organization level. Save and test again.",
        ],
        page: Page::Environments,
    },
    Entry {
        code: "0x80042f09",
        what: "The application user has no security role.",
        why: "Without a role it cannot do anything in {environment}.",
        fix: &[
            "Open the Power Platform admin center ({admin}) > Environments > your environment > Settings > Users + \
             permissions > Application users, and select the app {client_id}.",
            "Click “Edit security roles”, choose a role that can read accounts, contacts and cases (such as Basic User \
             with these privileges added), and save.",
            "Wait a minute and test again.",
        ],
        page: Page::Environments,
    },
    Entry {
        code: "0x80040225",
        what: "The application user is deactivated.",
        why: "It exists in {environment}, but someone deactivated it.",
        fix: &[
            "Open the Power Platform admin center ({admin}) > Environments > your environment > Settings > Users + \
             permissions > Application users.",
            "Switch to the view of inactive application users, select the app {client_id}, and click Activate.",
        ],
        page: Page::Environments,
    },
    Entry {
        code: "0x8004a104",
        what: "The environment is disabled.",
        why: "An administrator disabled it, or a trial or subscription ended.",
        fix: &[
            "Open the Power Platform admin center ({admin}) > Environments, select the environment, and check its \
             State.",
            "Click “Enable” (or “Turn on environment”), or renew the subscription. Then test again.",
        ],
        page: Page::Environments,
    },
    Entry {
        code: "0x80095ffe",
        what: "The environment's IP firewall blocks this computer's address.",
        why: "The environment allows only the addresses on its list, and checks them even before sign-in.",
        fix: &[
            "Find this computer's public IP address (ask the network team).",
            "Open the Power Platform admin center ({admin}) > Environments > your environment > Settings > Product > \
             Privacy + Security > IP address settings.",
            "Add the address to the allowed ranges, or turn on “Allow access for all application users”. Save.",
        ],
        page: Page::Environments,
    },
    Entry {
        code: "0x80095ffc",
        what: "The environment does not allow the app {client_id}.",
        why: "The environment's app access control allows only the apps on its list.",
        fix: &[
            "Open the Power Platform admin center ({admin}) > Environments > your environment > Settings > Product > \
             Privacy + Security > App access control.",
            "Add the client ID {client_id} to the allowed apps. Save and test again.",
        ],
        page: Page::Environments,
    },
    limit(
        "0x80072322",
        "Dataverse is throttling requests: one user has sent too many.",
        "This application user sent more than 6,000 requests within five minutes. {detail}",
    ),
    limit(
        "0x80072321",
        "Dataverse is throttling requests: one user has used too much processing time.",
        "Requests from this application user used too much processing time within five minutes. {detail}",
    ),
    limit(
        "0x80072326",
        "Dataverse is throttling requests: one user has too many running at the same time.",
        "Too many requests from this application user are running at the same time. {detail}",
    ),
    Entry {
        code: "0x80060888",
        what: "The environment does not have a table or function that was requested.",
        why: "Dataverse says: {detail}",
        fix: &[
            "Compare the Environment URL with the environment that your users work in.",
            "In the Power Platform admin center ({admin}) > Environments > your environment > Resources > Dynamics 365 \
             apps, check which apps are installed.",
        ],
        page: Page::Environments,
    },
    Entry {
        code: "0x80040217",
        what: "Dataverse cannot find a record that it returned a moment ago.",
        why: "Dataverse says: {detail}",
        fix: &[
            "Test again in a minute: the application user may have just been changed.",
            "If the problem persists, open a support request in the Power Platform admin center ({admin}). {trace}",
        ],
        page: Page::Environments,
    },
    Entry {
        code: "0x*",
        what: "Dataverse refused the request ({code}): {detail}",
        why: "This program has no specific explanation for this code. {trace}",
        fix: &[
            "Read Dataverse's message above: it often names the setting to change in the Power Platform admin center \
             ({admin}).",
            "If it does not help, open a support request there and attach this report.",
        ],
        page: Page::Environments,
    },
];

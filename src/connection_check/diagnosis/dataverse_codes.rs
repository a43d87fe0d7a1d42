//! Texts for Dataverse's own error codes.
//! Source: "Web service error codes" and "Service protection API limits" (learn.microsoft.com/power-apps/developer).

use super::{Entry, Page};

/// What to do when Dataverse's limits are reached.
const LIMITS: &[&str] = &[
    "Wait five minutes, then test once.",
    "Look for other programs that work as the same application user. Give each program an app registration and an \
     application user of its own.",
];

const fn limit(code: &'static str, what: &'static str, why: &'static str) -> Entry {
    Entry { code, what, why, fix: LIMITS, page: Page::Nowhere }
}

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        code: "0x80072560",
        what: "The sign-in worked, but the app is not a user of this environment.",
        why: "An app may enter an environment only as an application user, and there is none for the client ID \
              {client_id} in {environment}. More API permissions do not help.",
        fix: &[
            "Open the Power Platform admin center ({admin}) > Environments > your environment > Settings > Users + \
             permissions > Application users.",
            "Click “New app user” > “Add an app”, choose the app with ID {client_id}, and choose the business unit.",
            "Under Security roles, give it a role with the privileges that Anywhere365 needs. Click Create.",
            "Wait a minute and test again.",
        ],
        page: Page::Environments,
    },
    Entry {
        code: "0x80040220",
        what: "The application user lacks a privilege.",
        why: "Dataverse says: {detail}",
        fix: &[
            "Open the Power Platform admin center ({admin}) > Environments > your environment > Settings > Users + \
             permissions > Security roles, and open the role that the application user has.",
            "Give it the privilege that the message names, at the level Organization. Save and test again.",
        ],
        page: Page::Environments,
    },
    Entry {
        code: "0x80042f09",
        what: "The application user has no security role.",
        why: "Without a role it may do nothing at all in {environment}.",
        fix: &[
            "Open the Power Platform admin center ({admin}) > Environments > your environment > Settings > Users + \
             permissions > Application users, and choose the app {client_id}.",
            "Click “Edit security roles”, choose a role that reads accounts, contacts and cases (Basic User with \
             these rights added), and save.",
            "Wait a minute and test again.",
        ],
        page: Page::Environments,
    },
    Entry {
        code: "0x80040225",
        what: "The application user is deactivated.",
        why: "It exists in {environment}, but somebody switched it off.",
        fix: &[
            "Open the Power Platform admin center ({admin}) > Environments > your environment > Settings > Users + \
             permissions > Application users.",
            "Choose the view of inactive application users, choose the app {client_id}, and click Activate.",
        ],
        page: Page::Environments,
    },
    Entry {
        code: "0x8004a104",
        what: "The environment is disabled.",
        why: "An administrator switched it off, or it was disabled because a trial or subscription ended.",
        fix: &[
            "Open the Power Platform admin center ({admin}) > Environments, choose the environment, and look at its \
             State.",
            "Click “Enable” (or “Turn on environment”), or renew the subscription. Then test again.",
        ],
        page: Page::Environments,
    },
    Entry {
        code: "0x80095ffe",
        what: "The environment's IP firewall blocks this computer's address.",
        why: "The environment lets in only the addresses on its list, and looks at them even before the sign-in.",
        fix: &[
            "Find the public address that this computer has on the internet (ask the network team).",
            "Open the Power Platform admin center ({admin}) > Environments > your environment > Settings > Product > \
             Privacy + Security > IP address settings.",
            "Add the address to the allowed ranges, or switch on “Allow access for all application users”. Save.",
        ],
        page: Page::Environments,
    },
    Entry {
        code: "0x80095ffc",
        what: "The environment does not let in the app {client_id}.",
        why: "App access control of the environment allows only the apps on its list.",
        fix: &[
            "Open the Power Platform admin center ({admin}) > Environments > your environment > Settings > Product > \
             Privacy + Security > App access control.",
            "Add the client ID {client_id} to the allowed apps. Save and test again.",
        ],
        page: Page::Environments,
    },
    limit(
        "0x80072322",
        "Dataverse asks to wait: one user has sent too many requests.",
        "More than 6,000 requests came within five minutes from this application user. {detail}",
    ),
    limit(
        "0x80072321",
        "Dataverse asks to wait: one user has taken too much computing time.",
        "Requests of this application user took too much computing time in five minutes. {detail}",
    ),
    limit(
        "0x80072326",
        "Dataverse asks to wait: one user has too many requests open at the same time.",
        "Too many requests of this application user run at the same time. {detail}",
    ),
    Entry {
        code: "0x80060888",
        what: "The environment does not have a table or function that was asked for.",
        why: "Dataverse says: {detail}",
        fix: &[
            "Compare the Environment URL with the environment that your people work in.",
            "Look in the Power Platform admin center ({admin}) > Environments > your environment > Resources > \
             Dynamics 365 apps which apps are installed.",
        ],
        page: Page::Environments,
    },
    Entry {
        code: "0x80040217",
        what: "Dataverse does not find a record that it named itself a moment ago.",
        why: "Dataverse says: {detail}",
        fix: &[
            "Test again in a minute: the application user may just have been changed.",
            "If it stays, open a support request in the Power Platform admin center ({admin}). {trace}",
        ],
        page: Page::Environments,
    },
    Entry {
        code: "0x*",
        what: "Dataverse refused the request ({code}): {detail}",
        why: "This program has no explanation of its own for this code. {trace}",
        fix: &[
            "Read Dataverse's own sentence above: it often names the setting to change in the Power Platform admin \
             center ({admin}).",
            "If it does not help, open a support request there and add this report.",
        ],
        page: Page::Environments,
    },
];

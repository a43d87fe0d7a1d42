//! Texts for what the application user may not do, and for the modes of an environment.

use super::{Entry, Page};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        code: "admin_mode",
        what: "The environment is in administration mode.",
        why: "Until it is turned off, only users with the System Administrator or System Customizer role can sign in.",
        fix: &[
            "Ask the administrator who turned it on whether maintenance is finished.",
            "Open the Power Platform admin center ({admin}) > Environments > your environment > Details > Edit.",
            "Turn off “Administration mode” and save.",
        ],
        page: Page::Environments,
    },
    Entry {
        code: "missing_privileges",
        what: "The application user is missing privileges: {list}.",
        why: "None of its security roles grants them, so Anywhere365 cannot read these tables.",
        fix: &[
            "Open the Power Platform admin center ({admin}) > Environments > your environment > Settings > Users + \
             permissions > Security roles, and open the role that the application user has (preferably a copy of Basic \
             User).",
            "Grant these privileges at the Organization level: {list}. Save.",
            "Under Settings > Users + permissions > Application users, check that the app {client_id} has this role. \
             Then test again.",
        ],
        page: Page::Environments,
    },
    Entry {
        code: "table_missing",
        what: "These tables are missing from the environment: {list}.",
        why: "The Case and Lead tables come with Dynamics 365 Customer Service and Dynamics 365 Sales. Either these \
              apps are not installed here, or this is the wrong environment.",
        fix: &[
            "Compare the Environment URL with the environment that your users work in.",
            "If it is the correct one, open the Power Platform admin center ({admin}) > Environments > your \
             environment > Resources > Dynamics 365 apps > Install app, and install Customer Service (for Case) or \
             Sales (for Lead).",
        ],
        page: Page::Environments,
    },
];

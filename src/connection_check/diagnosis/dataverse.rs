//! Texts for what the application user may not do, and for the modes of an environment.

use super::{Entry, Page};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        code: "admin_mode",
        what: "The environment is in administration mode.",
        why: "Only people with the role System Administrator or System Customizer are let in until it is switched off.",
        fix: &[
            "Ask whoever switched it on whether maintenance is over.",
            "Open the Power Platform admin center ({admin}) > Environments > your environment > Details > Edit.",
            "Switch “Administration mode” off and save.",
        ],
        page: Page::Environments,
    },
    Entry {
        code: "missing_privileges",
        what: "The application user lacks privileges: {list}.",
        why: "None of its security roles holds them, so Anywhere365 could not read these tables.",
        fix: &[
            "Open the Power Platform admin center ({admin}) > Environments > your environment > Settings > Users + \
             permissions > Security roles, and open the role that the application user has (better a copy of Basic \
             User than an own one).",
            "Give these privileges at the level Organization: {list}. Save.",
            "Look under Settings > Users + permissions > Application users that the app {client_id} has this role, \
             then test again.",
        ],
        page: Page::Environments,
    },
    Entry {
        code: "table_missing",
        what: "The environment has no table for: {list}.",
        why: "The tables Case and Lead come with the apps Dynamics 365 Customer Service and Dynamics 365 Sales, which \
              are not installed here; or this is the wrong environment.",
        fix: &[
            "Compare the Environment URL with the environment that your people work in.",
            "If it is the right one, open the Power Platform admin center ({admin}) > Environments > your environment \
             > Resources > Dynamics 365 apps > Install app, and install Customer Service (for Case) or Sales (for \
             Lead).",
        ],
        page: Page::Environments,
    },
];

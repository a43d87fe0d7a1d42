//! Texts for what Microsoft Entra ID says about the request, the cloud and itself.

use super::{Entry, Page};

/// What to do when the program itself asked wrongly.
const PROGRAM_FAULT: &[&str] = &[
    "Look whether the Environment URL is the one in the Power Platform admin center ({admin}) > Environments > your \
     environment > Details, and test again.",
    "If it stays, send this report to the people who support this program. {trace}",
];

/// What to do when the service is in trouble.
const TRANSIENT: &[&str] = &[
    "Wait some minutes and test again.",
    "If it stays, look at Microsoft 365 admin center > Health > Service health. {trace}",
];

/// What to do when app and environment live in different clouds.
const OTHER_CLOUD: &[&str] = &[
    "Open the Azure portal of the environment's cloud ({portal}) > Microsoft Entra ID > App registrations > New \
     registration, and register an app there.",
    "Make a client secret for it, and use its Application (client) ID and the secret's Value here.",
    "Add the new app as an application user: Power Platform admin center ({admin}) > Environments > your environment \
     > Settings > Users + permissions > Application users.",
];

/// What to do about a code that belongs to people's sign-ins.
const NOT_FOR_APPS: &[&str] = &["Test again.", "If it stays, send this report to Microsoft support. {trace}"];

const TRANSIENT_WHAT: &str = "Microsoft Entra ID cannot answer at the moment.";
const TRANSIENT_WHY: &str = "It reports a passing trouble of its own. {detail}";

const fn program_fault(code: &'static str, what: &'static str) -> Entry {
    Entry {
        code,
        what,
        why: "The address may hold a character that does not belong there, or this program has a fault. {detail}",
        fix: PROGRAM_FAULT,
        page: Page::Environments,
    }
}

const fn transient(code: &'static str) -> Entry {
    Entry { code, what: TRANSIENT_WHAT, why: TRANSIENT_WHY, fix: TRANSIENT, page: Page::Nowhere }
}

const fn other_cloud(code: &'static str, why: &'static str) -> Entry {
    Entry {
        code,
        what: "The app and the environment live in different clouds of Microsoft's.",
        why,
        fix: OTHER_CLOUD,
        page: Page::AppRegistrations,
    }
}

const fn not_for_apps(code: &'static str) -> Entry {
    Entry {
        code,
        what: "Microsoft Entra ID answered as if a person had signed in.",
        why: "This code belongs to people's sign-ins and is not expected for an app with a client secret. {detail}",
        fix: NOT_FOR_APPS,
        page: Page::Nowhere,
    }
}

pub(super) const ENTRIES: &[Entry] = &[
    program_fault("AADSTS1002012", "Microsoft Entra ID does not accept the name of the environment in the request."),
    program_fault("AADSTS70011", "Microsoft Entra ID does not accept the name of the environment in the request."),
    program_fault("AADSTS900144", "A part of the sign-in request did not arrive."),
    program_fault("AADSTS9002313", "Microsoft Entra ID could not read the sign-in request."),
    program_fault("AADSTS900561", "Microsoft Entra ID received the sign-in request in the wrong way."),
    program_fault("AADSTS70003", "Microsoft Entra ID does not support this kind of sign-in request."),
    Entry {
        code: "AADSTS50196",
        what: "Microsoft Entra ID stopped answering, because the same sign-in came too often.",
        why: "More than 15 equal requests within five minutes count as a loop: another program signs in with this app \
              again and again, or the test was repeated too quickly.",
        fix: &[
            "Wait five minutes, then test once.",
            "Look for scripts or services that sign in with {client_id} and let them keep their token for its whole \
             hour.",
        ],
        page: Page::Nowhere,
    },
    transient("AADSTS90033"),
    transient("AADSTS90006"),
    transient("AADSTS90024"),
    transient("AADSTS50033"),
    Entry {
        code: "AADSTS90055",
        what: "Microsoft Entra ID asks the tenant {tenant} to wait: too many requests came in a short time.",
        why: "Another program of the tenant may be signing in again and again. {detail}",
        fix: &["Wait some minutes, then test once.", "Look for scripts that sign in in a loop."],
        page: Page::Nowhere,
    },
    other_cloud("AADSTS900382", "An app of one cloud cannot sign in to an environment of another one. {detail}"),
    other_cloud("AADSTS90038", "The tenant {tenant} belongs to another cloud than {sign_in_host}. {detail}"),
    other_cloud(
        "AADSTS900439",
        "An app of a US Government tenant has to sign in at login.microsoftonline.us. {detail}",
    ),
    Entry {
        code: "AADSTS1002016",
        what: "The connection to Microsoft Entra ID is encrypted in a way that is no longer accepted.",
        why: "This program uses TLS 1.2 or newer, so a proxy in between must be using TLS 1.0, TLS 1.1 or 3DES.",
        fix: &["Ask the network team to let the proxy use TLS 1.2 or newer towards {host}, or to exempt {host}."],
        page: Page::Nowhere,
    },
    not_for_apps("AADSTS50034"),
    not_for_apps("AADSTS130507"),
    Entry {
        code: "AADSTS*",
        what: "Microsoft Entra ID refused the sign-in ({code}): {detail}",
        why: "This program has no explanation of its own for this code. {trace}",
        fix: &[
            "Look the code up at https://login.microsoftonline.com/error, and follow what it says.",
            "Open the Azure portal ({portal}) > Microsoft Entra ID > Sign-in logs > Service principal sign-ins, and \
             read the reason of the failed sign-in of {client_id}.",
            "If neither helps, send this report to Microsoft support.",
        ],
        page: Page::TenantOverview,
    },
];

//! Texts for what Microsoft Entra ID says about the request, the cloud and itself.

use super::{Entry, Page};

/// What to do when the program itself asked wrongly.
const PROGRAM_FAULT: &[&str] = &[
    "Check that the Environment URL matches the one in the Power Platform admin center ({admin}) > Environments > your \
     environment > Details, then test again.",
    "If the problem persists, send this report to the people who support this program. {trace}",
];

/// What to do when the service is in trouble.
const TRANSIENT: &[&str] = &[
    "Wait a few minutes and test again.",
    "If the problem persists, check Microsoft 365 admin center > Health > Service health. {trace}",
];

/// What to do when app and environment are in different clouds.
const OTHER_CLOUD: &[&str] = &[
    "Open the Azure portal of the environment's cloud ({portal}) > Microsoft Entra ID > App registrations > New \
     registration, and register an app there.",
    "Create a client secret for it, and use its Application (client) ID and the secret's Value here.",
    "Add the new app as an application user: Power Platform admin center ({admin}) > Environments > your environment \
     > Settings > Users + permissions > Application users.",
];

/// What to do about a code that belongs to people's sign-ins.
const NOT_FOR_APPS: &[&str] =
    &["Test again.", "If the problem persists, send this report to Microsoft support. {trace}"];

const TRANSIENT_WHAT: &str = "Microsoft Entra ID is temporarily unavailable.";
const TRANSIENT_WHY: &str = "It reports a temporary problem. {detail}";

const fn program_fault(code: &'static str, what: &'static str) -> Entry {
    Entry {
        code,
        what,
        why: "The address may contain an invalid character, or this program sent a wrong request. {detail}",
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
        what: "The app and the environment are in different Microsoft clouds.",
        why,
        fix: OTHER_CLOUD,
        page: Page::AppRegistrations,
    }
}

const fn not_for_apps(code: &'static str) -> Entry {
    Entry {
        code,
        what: "Microsoft Entra ID responded as if a user had signed in.",
        why: "This code is for user sign-ins and is not expected for an app with a client secret. {detail}",
        fix: NOT_FOR_APPS,
        page: Page::Nowhere,
    }
}

pub(super) const ENTRIES: &[Entry] = &[
    program_fault("AADSTS1002012", "Microsoft Entra ID does not accept the name of the environment in the request."),
    program_fault("AADSTS70011", "Microsoft Entra ID does not accept the name of the environment in the request."),
    program_fault("AADSTS900144", "Part of the sign-in request is missing."),
    program_fault("AADSTS9002313", "Microsoft Entra ID could not read the sign-in request."),
    program_fault("AADSTS900561", "Microsoft Entra ID received the sign-in request with the wrong HTTP method."),
    program_fault("AADSTS70003", "Microsoft Entra ID does not support this kind of sign-in request."),
    Entry {
        code: "AADSTS50196",
        what: "Microsoft Entra ID blocked the sign-in because it was repeated too often.",
        why: "More than 15 identical requests within five minutes count as a loop: another program keeps signing in \
              with this app, or the test was repeated too quickly.",
        fix: &[
            "Wait five minutes, then test once.",
            "Look for scripts or services that sign in with {client_id} and make them reuse their token for its full \
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
        what: "Microsoft Entra ID is throttling the tenant {tenant}: it received too many requests in a short time.",
        why: "Another program in the tenant may be signing in repeatedly. {detail}",
        fix: &["Wait a few minutes, then test once.", "Look for scripts that keep signing in."],
        page: Page::Nowhere,
    },
    other_cloud("AADSTS900382", "An app in one cloud cannot sign in to an environment in another. {detail}"),
    other_cloud("AADSTS90038", "The tenant {tenant} belongs to a different cloud than {sign_in_host}. {detail}"),
    other_cloud("AADSTS900439", "An app in a US Government tenant must sign in at login.microsoftonline.us. {detail}"),
    Entry {
        code: "AADSTS1002016",
        what: "The connection to Microsoft Entra ID uses encryption that is no longer accepted.",
        why: "This program uses TLS 1.2 or newer, so a proxy in between must be using TLS 1.0, TLS 1.1 or 3DES.",
        fix: &["Ask the network team to have the proxy use TLS 1.2 or newer for {host}, or to exempt {host} from \
                inspection."],
        page: Page::Nowhere,
    },
    not_for_apps("AADSTS50034"),
    not_for_apps("AADSTS130507"),
    Entry {
        code: "AADSTS*",
        what: "Microsoft Entra ID refused the sign-in ({code}): {detail}",
        why: "This program has no specific explanation for this code. {trace}",
        fix: &[
            "Read what Microsoft says about this code at {error_page}.",
            "Open the Azure portal ({portal}) > Microsoft Entra ID > Sign-in logs > Service principal sign-ins, and \
             read why the sign-in of {client_id} failed.",
            "If neither helps, send this report to Microsoft support.",
        ],
        page: Page::SignInError,
    },
];

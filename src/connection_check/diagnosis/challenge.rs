//! Texts for what the environment answers when it is asked for its tenant. No secret has been sent at this point.

use super::{Entry, Page};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        code: "challenge_missing",
        what: "{host} did not say where to sign in.",
        why: "A Dataverse environment names its tenant when it receives a request without a token. This server did \
              not: it may be an on-premises server, or a network device may be answering in its place. {detail}",
        fix: &[
            "Compare the Environment URL with the one in the Power Platform admin center ({admin}) > Environments > \
             your environment > Details.",
            "If it is correct, enter the Directory (tenant) ID in the Tenant field and test again: Azure portal \
             ({portal}) > Microsoft Entra ID > Overview > Tenant ID.",
        ],
        page: Page::Environments,
    },
    Entry {
        code: "challenge_malformed",
        what: "The sign-in address that {host} gave cannot be read.",
        why: "A network device may have changed the response. {detail}",
        fix: &[
            "Enter the Directory (tenant) ID in the Tenant field and test again: Azure portal ({portal}) > Microsoft \
             Entra ID > Overview > Tenant ID.",
            "If that fails too, ask the network team to let HTTPS traffic to {host} through unmodified.",
        ],
        page: Page::TenantOverview,
    },
    Entry {
        code: "html_instead_of_401",
        what: "{host} returned a web page instead of asking for a token.",
        why: "A network sign-in page, a proxy or a firewall is answering instead of Dataverse. No secret was sent to \
              it. {detail}",
        fix: &[
            "Open {environment} in a browser on this computer. If your network's sign-in page appears, sign in there \
             and test again.",
            "Otherwise ask the network team to let HTTPS traffic to {host} through unmodified.",
        ],
        page: Page::Environment,
    },
    Entry {
        code: "authority_untrusted",
        what: "{host} asked for the secret to be sent to a server that is not a Microsoft sign-in service.",
        why: "The test stopped, and no secret was sent there. The address may be a phishing attempt, a network device \
              may have changed the response, or this may be an on-premises server. {detail}",
        fix: &[
            "Compare the Environment URL letter by letter with the one in the Power Platform admin center ({admin}) > \
             Environments > your environment > Details.",
            "If it is correct, inform your security team: something between this computer and {host} is changing \
             responses.",
            "An on-premises server (AD FS) cannot be used with a client secret.",
        ],
        page: Page::Environments,
    },
    Entry {
        code: "cloud_mismatch",
        what: "{host} asked for sign-in at a different Microsoft cloud than its address belongs to.",
        why: "The address belongs to the cloud “{cloud}”, which signs in at {sign_in_host}. The test stopped, and no \
              secret was sent there. {detail}",
        fix: &[
            "Compare the Environment URL with the one in the Power Platform admin center of your cloud ({admin}) > \
             Environments > your environment > Details.",
            "If it is correct, inform your security team: something between this computer and {host} is changing \
             responses.",
        ],
        page: Page::Environments,
    },
    Entry {
        code: "resource_mismatch",
        what: "{host} asked for a token for a different organization.",
        why: "With such a token, this server could act elsewhere on your behalf. The test stopped, and no secret was \
              sent. {detail}",
        fix: &[
            "Compare the Environment URL with the one in the Power Platform admin center ({admin}) > Environments > \
             your environment > Details. If the environment was renamed, use its new address.",
            "If it is correct, inform your security team: something between this computer and {host} is changing \
             responses.",
        ],
        page: Page::Environments,
    },
];

//! Texts for what the environment answers when it is asked for its tenant. No secret has been sent at this point.

use super::{Entry, Page};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        code: "challenge_missing",
        what: "{host} did not say where to sign in.",
        why: "A Dataverse environment in the cloud names its tenant when it is asked without a token. This server \
              does not: an on-premises server or a device in between may be answering. {detail}",
        fix: &[
            "Compare the Environment URL with the one in the Power Platform admin center ({admin}) > Environments > \
             your environment > Details.",
            "If it is right, type the Directory (tenant) ID into the field Tenant and test again: Azure portal \
             ({portal}) > Microsoft Entra ID > Overview > Tenant ID.",
        ],
        page: Page::Environments,
    },
    Entry {
        code: "challenge_malformed",
        what: "{host} says where to sign in, but not in a way that can be read.",
        why: "A device in between may have changed the answer. {detail}",
        fix: &[
            "Type the Directory (tenant) ID into the field Tenant and test again: Azure portal ({portal}) > Microsoft \
             Entra ID > Overview > Tenant ID.",
            "If that fails too, ask the network team to let HTTPS to {host} pass untouched.",
        ],
        page: Page::TenantOverview,
    },
    Entry {
        code: "html_instead_of_401",
        what: "A web page came back where {host} should have asked for a token.",
        why: "A sign-in page of the network, a proxy or a firewall answers in place of Dataverse. No secret was sent to \
              it. {detail}",
        fix: &[
            "Open {environment} in a browser on this computer. If a sign-in page of your network appears, sign in \
             there and test again.",
            "Otherwise ask the network team to let HTTPS to {host} pass untouched.",
        ],
        page: Page::Environment,
    },
    Entry {
        code: "authority_untrusted",
        what: "{host} wants the secret to be sent to a server that is not Microsoft's sign-in service.",
        why: "The check stopped, and no secret was sent there. The address may be a trap, a device in between may have \
              changed the answer, or the server is an on-premises one. {detail}",
        fix: &[
            "Compare the Environment URL letter by letter with the one in the Power Platform admin center ({admin}) > \
             Environments > your environment > Details.",
            "If it is right, tell your security team: something between this computer and {host} changes answers.",
            "An on-premises server (AD FS) cannot be used with a client secret.",
        ],
        page: Page::Environments,
    },
    Entry {
        code: "cloud_mismatch",
        what: "{host} wants a sign-in at another of Microsoft's clouds than its address belongs to.",
        why: "The address belongs to the cloud “{cloud}”, which signs in at {sign_in_host}. The check stopped, and no \
              secret was sent there. {detail}",
        fix: &[
            "Compare the Environment URL with the one in the Power Platform admin center of your cloud ({admin}) > \
             Environments > your environment > Details.",
            "If it is right, tell your security team: something between this computer and {host} changes answers.",
        ],
        page: Page::Environments,
    },
    Entry {
        code: "resource_mismatch",
        what: "{host} asks for a token that is meant for another organization.",
        why: "Such a token would let this server act elsewhere in your name. The check stopped, and no secret was \
              sent. {detail}",
        fix: &[
            "Compare the Environment URL with the one in the Power Platform admin center ({admin}) > Environments > \
             your environment > Details. If the environment was renamed, use its new address.",
            "If it is right, tell your security team: something between this computer and {host} changes answers.",
        ],
        page: Page::Environments,
    },
];

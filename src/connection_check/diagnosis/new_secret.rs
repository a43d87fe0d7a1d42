//! Texts for a client secret that was created or entered a few minutes ago: the same codes as for an older one, with
//! waiting as the first step. See `connection_check::new_secret` for the source.

use super::{Entry, Page};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        code: "AADSTS7000215",
        what: "The client secret is wrong, or not active yet.",
        why: "A new secret can take a few minutes to become active on every Microsoft Entra ID server. Until then the \
              response is the same as for a wrong one.",
        fix: &[
            "Wait a minute and test again. Do not create another secret yet: it would be refused in the same way.",
            "If the result stays the same, check that the Value column was copied (not Secret ID), in full, and from \
             the app {client_id}.",
            "Only then create another one: Azure portal ({portal}) > Microsoft Entra ID > App registrations > All \
             applications > the app with ID {client_id} > Certificates & secrets > Client secrets > New client secret.",
        ],
        page: Page::AppSecrets,
    },
    Entry {
        code: "AADSTS7000222",
        what: "The client secret has expired, or a new one is not active yet.",
        why: "The older secrets of the app {client_id} have expired. A new secret can give this result for a few \
              minutes, until it is active on every Microsoft Entra ID server.",
        fix: &[
            "Wait a minute and test again. Do not create another secret yet: it would be refused in the same way.",
            "If the result stays the same, check that the Client secret field contains the Value of the new secret, \
             not the old one.",
            "Check the Expires column: Azure portal ({portal}) > Microsoft Entra ID > App registrations > All \
             applications > the app with ID {client_id} > Certificates & secrets. If the new secret has expired too, \
             an app management policy of the tenant has shortened it: create another one with a later date.",
        ],
        page: Page::AppSecrets,
    },
];

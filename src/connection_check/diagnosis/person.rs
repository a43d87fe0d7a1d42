//! Texts for the sign-in of a person: what Microsoft Entra ID says, on its page or to the program, and what the program
//! itself finds wrong with the answer. Where a code also belongs to apps, the text here is the variant [`PERSON`].
//! Sources: "Microsoft Entra authentication error codes" (learn.microsoft.com/entra/identity-platform/reference-error-codes),
//! "OAuth 2.0 authorization code flow" and "OAuth 2.0 device authorization grant" in the same place, and beside single
//! entries what these do not say.

use super::{Entry, Page};

/// The variant of a text for a person's sign-in, where the general one is about an app with its client secret.
pub(crate) const PERSON: &str = "person";

/// The text for a person's sign-in; of Microsoft Entra ID's codes each has one.
pub(super) fn find(code: &str) -> Option<&'static Entry> {
    let of = |wanted: &str| {
        ENTRIES.iter().find(|entry| match entry.code.split_once('/') {
            Some((own, _)) => own == wanted,
            None => entry.code == wanted,
        })
    };
    of(code).or_else(|| if code.starts_with("AADSTS") { of("AADSTS*") } else { None })
}

const SIGN_IN_AGAIN: &[&str] = &["Start the sign-in again."];

const READ_THE_LOG: &str = "Open the Azure portal ({portal}) > Microsoft Entra ID > Sign-in logs > User sign-ins, open the \
                            failed sign-in, and read its Conditional Access tab to see which policy decided.";

const NOT_BY_DEVICE_CODE: &str = "If you used a device code, sign in through the browser on this computer instead: a device \
                                  code cannot show that the computer is managed.";

/// The account belongs to another tenant.
const fn other_tenant(code: &'static str) -> Entry {
    Entry {
        code,
        what: "This account is not in the tenant {tenant}.",
        why: "Somebody signed in with an account of another organization, or the tenant is the wrong one. {detail}",
        fix: &[
            "Start the sign-in again and choose an account of the tenant {tenant}.",
            "If the account is right, compare the tenant with the Azure portal ({portal}) > Microsoft Entra ID > Overview > \
             Tenant ID.",
            "If you look after this tenant with an account of your own organization, ask one of its administrators to invite \
             the account as a guest.",
        ],
        page: Page::TenantOverview,
    }
}

/// Only an administrator may consent.
const fn needs_an_administrator(code: &'static str) -> Entry {
    Entry {
        code,
        what: "Only an administrator can allow the sign-in client {client_id} in the tenant {tenant}.",
        why: "The client asks for permissions that need admin consent, and nobody has given it yet. {detail}",
        fix: &[
            "Ask a Cloud Application Administrator or a Privileged Role Administrator of the tenant to open {consent_link} \
             and to accept.",
            "Then start the sign-in again.",
        ],
        page: Page::AdminConsent,
    }
}

const fn managed_device(code: &'static str) -> Entry {
    Entry {
        code,
        what: "The tenant {tenant} allows this sign-in only from a managed computer.",
        why: "A Conditional Access policy requires a computer that is joined to the organization or marked as compliant. \
              {detail}",
        fix: &[
            "Sign in through the browser on a computer that the organization manages.",
            NOT_BY_DEVICE_CODE,
            READ_THE_LOG,
        ],
        page: Page::SignInLogs,
    }
}

const fn blocked_by_policy(code: &'static str) -> Entry {
    Entry {
        code,
        what: "A policy of the tenant {tenant} blocks this sign-in.",
        why: "Conditional Access or the tenant's security defaults do not allow it with this account, computer, place or \
              kind of sign-in. {detail}",
        fix: &[
            READ_THE_LOG,
            "If you used a device code, sign in through the browser instead: many tenants block device codes, also later in \
             the same session.",
            "Otherwise ask an administrator of the tenant to adjust the policy, or sign in as the policy requires.",
        ],
        page: Page::SignInLogs,
    }
}

const fn more_proof(code: &'static str) -> Entry {
    Entry {
        code,
        what: "Microsoft Entra ID wants a further proof of identity, such as multifactor authentication.",
        why: "The tenant or the service requires it for this sign-in. The browser asks for it. {detail}",
        fix: &[
            "Start the sign-in again and complete the step that the browser shows.",
            "If no method is set up for the account, set one up at https://aka.ms/mfasetup first.",
        ],
        page: Page::SignInError,
    }
}

const fn other_organization(code: &'static str) -> Entry {
    Entry {
        code,
        what: "A cross-tenant policy does not allow this account in the tenant {tenant}.",
        why: "The access settings of the account's organization or of this tenant block guests of the other one. {detail}",
        fix: &[
            "Ask an administrator of the tenant that blocks it to allow the access: Microsoft Entra admin center > External \
             Identities > Cross-tenant access settings.",
            "Or sign in with an account of the tenant {tenant} itself.",
        ],
        page: Page::SignInError,
    }
}

const fn session_ended(code: &'static str, why: &'static str) -> Entry {
    Entry {
        code,
        what: "The sign-in has ended and is no longer accepted.",
        why,
        fix: SIGN_IN_AGAIN,
        page: Page::SignInError,
    }
}

const fn device_code_expired(code: &'static str) -> Entry {
    Entry {
        code,
        what: "The device code has expired.",
        why: "It was not entered, or the sign-in was not completed, within the time that Microsoft gives (15 minutes). Where a \
              policy blocks device codes, the browser says so and this program cannot see it.",
        fix: &[
            "Start again and enter the new code soon.",
            "If the browser showed an error code (AADSTS…), sign in through the browser on this computer instead.",
        ],
        page: Page::SignInError,
    }
}

const fn program_fault(code: &'static str, what: &'static str) -> Entry {
    Entry {
        code,
        what,
        why: "The request of this program was wrong, or something in between changed it. {detail}",
        fix: &[
            "Start the sign-in again.",
            "If it happens again, send this message to the people who support this program. {trace}",
        ],
        page: Page::SignInError,
    }
}

const fn transient(code: &'static str) -> Entry {
    Entry {
        code,
        what: "Microsoft Entra ID is temporarily unavailable.",
        why: "It reports a temporary problem. {detail}",
        fix: &[
            "Wait a few minutes and sign in again.",
            "If the problem persists, check Microsoft 365 admin center > Health > Service health. {trace}",
        ],
        page: Page::Nowhere,
    }
}

const fn unknown_tenant(code: &'static str) -> Entry {
    Entry {
        code,
        what: "There is no tenant {tenant} in the cloud “{cloud}”.",
        why: "The tenant is mistyped, or it belongs to another of Microsoft's clouds. {detail}",
        fix: &[
            "Copy the Tenant ID from the Azure portal ({portal}) > Microsoft Entra ID > Overview.",
            "If the tenant is in another cloud, choose that cloud.",
        ],
        page: Page::TenantOverview,
    }
}

const fn declined(code: &'static str) -> Entry {
    Entry {
        code,
        what: "The sign-in was canceled, or the permissions were declined.",
        why: "Somebody chose Cancel on Microsoft's page. Nothing was read and nothing was changed.",
        fix: &[
            "Start the sign-in again and accept the permissions.",
            "If you may not accept them, ask a Cloud Application Administrator or a Privileged Role Administrator of the \
             tenant to open {consent_link} and to accept for the organization.",
        ],
        page: Page::AdminConsent,
    }
}

pub(super) const ENTRIES: &[Entry] = &[
    declined("AADSTS65004"),
    declined("access_denied"),
    declined("authorization_declined"),
    Entry {
        code: "AADSTS65001/person",
        what: "The sign-in client {client_id} may not access this service in the tenant {tenant}.",
        why: "Neither the account nor an administrator has consented to it. {detail}",
        fix: &[
            "Open the Azure portal ({portal}) > Microsoft Entra ID > App registrations > All applications > the app with ID \
             {client_id} > API permissions, and check that the permission is listed.",
            "Click “Grant admin consent” there, or ask an administrator to open {consent_link}.",
            "Then start the sign-in again.",
        ],
        page: Page::AdminConsent,
    },
    needs_an_administrator("AADSTS90094"),
    needs_an_administrator("AADSTS90095"),
    // "Application 'x' asked for scope 'y' that isn't preauthorized": Microsoft's own clients have a fixed list.
    Entry {
        code: "AADSTS65002",
        what: "The sign-in client {client_id} is an app of Microsoft's that may not be used for this.",
        why: "Microsoft fixes what each of its own apps may access, and consent cannot add to it. {detail}",
        fix: &[
            "Use a client of your own: docs/set-up.md, “Register the sign-in client”, says how to register one in a few \
             minutes.",
            "Put its Application (client) ID into the settings as “sign_in_client”, or give it with --sign-in-client.",
        ],
        page: Page::AppRegistrations,
    },
    Entry {
        code: "AADSTS650052/person",
        what: "The tenant {tenant} does not have the service that was asked for.",
        why: "Its service principal is missing: the organization never had a subscription for it, or this is the wrong \
              tenant. {detail}",
        fix: &[
            "Compare the tenant with the Azure portal ({portal}) > Microsoft Entra ID > Overview > Tenant ID.",
            "Open the Microsoft 365 admin center > Billing > Your products, and check that a Dynamics 365 or Power Apps \
             subscription is active.",
        ],
        page: Page::TenantOverview,
    },
    other_tenant("AADSTS50020"),
    other_tenant("AADSTS50034/person"),
    other_tenant("AADSTS16000"),
    other_tenant("AADSTS90072"),
    Entry {
        code: "AADSTS50105",
        what: "This account is not assigned to the sign-in client {client_id}.",
        why: "The client's enterprise application allows only accounts that are assigned to it. {detail}",
        fix: &[
            "Open the Azure portal ({portal}) > Microsoft Entra ID > Enterprise applications > All applications > the app with \
             ID {client_id} > Users and groups, and add the account.",
            "Then start the sign-in again.",
        ],
        page: Page::EnterpriseApps,
    },
    managed_device("AADSTS53000"),
    managed_device("AADSTS53001"),
    managed_device("AADSTS530033"),
    blocked_by_policy("AADSTS53003/person"),
    blocked_by_policy("AADSTS530032"),
    blocked_by_policy("AADSTS530035"),
    more_proof("AADSTS50072"),
    more_proof("AADSTS50074"),
    more_proof("AADSTS50076"),
    more_proof("AADSTS50079"),
    more_proof("AADSTS50158"),
    other_organization("AADSTS500212"),
    other_organization("AADSTS500213"),
    Entry {
        code: "AADSTS50199",
        what: "Microsoft asks to confirm which program you are signing in to.",
        why: "The page “Are you trying to sign in to …?” was not answered. {detail}",
        fix: &["Start the sign-in again and click Continue on that page, if it names the app that you chose."],
        page: Page::SignInError,
    },
    program_fault(
        "AADSTS50194",
        "The sign-in client {client_id} is for one tenant only and was used without naming it.",
    ),
    Entry {
        code: "AADSTS700016/person",
        what: "The tenant {tenant} does not know the sign-in client {client_id}.",
        why: "The client is registered in another tenant and for that tenant only, or its ID is mistyped. {detail}",
        fix: &[
            "Use a client that is registered in the tenant {tenant}: docs/set-up.md, “Register the sign-in client”, says how.",
            "Give its Application (client) ID with --sign-in-client, or put it into the settings as “sign_in_client”.",
        ],
        page: Page::AppRegistrations,
    },
    Entry {
        code: "AADSTS7000112/person",
        what: "The sign-in client {client_id} is disabled in the tenant {tenant}.",
        why: "Its enterprise application does not allow sign-in. Somebody may have had a reason. {detail}",
        fix: &[
            "Ask who disabled it. To enable it: Azure portal ({portal}) > Microsoft Entra ID > Enterprise applications > All \
             applications > the app with ID {client_id} > Properties > “Enabled for users to sign-in?”.",
            "Or use another sign-in client.",
        ],
        page: Page::EnterpriseApps,
    },
    Entry {
        code: "AADSTS50011",
        what: "The sign-in client {client_id} has no redirect URI for programs on this computer.",
        why: "Microsoft sends the answer only to an address that is registered. {detail}",
        fix: &[
            "Open the Azure portal ({portal}) > Microsoft Entra ID > App registrations > All applications > the app with ID \
             {client_id} > Authentication > Add a platform > Mobile and desktop applications.",
            "Enter http://localhost as a custom redirect URI, without a port and without a slash at the end, and save.",
            "Then start the sign-in again.",
        ],
        page: Page::AppAuthentication,
    },
    Entry {
        code: "AADSTS650057",
        what: "The sign-in client {client_id} does not list the permission that was asked for.",
        why: "Its registration has no permission for this service. {detail}",
        fix: &[
            "Open the Azure portal ({portal}) > Microsoft Entra ID > App registrations > All applications > the app with ID \
             {client_id} > API permissions > Add a permission, and add what docs/set-up.md lists.",
            "Click “Grant admin consent”, and start the sign-in again.",
        ],
        page: Page::AppRegistrations,
    },
    Entry {
        code: "AADSTS7000218/person",
        what: "The sign-in client {client_id} does not allow public client flows.",
        why: "A program on a computer cannot keep a secret of its own, so its client must be a public one. {detail}",
        fix: &[
            "Open the Azure portal ({portal}) > Microsoft Entra ID > App registrations > All applications > the app with ID \
             {client_id} > Authentication.",
            "Check that http://localhost is under “Mobile and desktop applications” and not under “Web”. For device codes \
             also set “Allow public client flows” to Yes. Save.",
            "Then start the sign-in again.",
        ],
        page: Page::AppAuthentication,
    },
    unknown_tenant("AADSTS90002/person"),
    unknown_tenant("AADSTS900023/person"),
    Entry {
        code: "AADSTS50057",
        what: "This account is disabled.",
        why: "An administrator has blocked its sign-in. {detail}",
        fix: &["Sign in with another account, or ask an administrator of the tenant {tenant} to enable this one."],
        page: Page::SignInError,
    },
    program_fault("AADSTS54005", "The code from the browser was used twice."),
    program_fault("AADSTS501481", "The code from the browser does not belong to this sign-in."),
    session_ended("AADSTS50173", "The account's sessions were revoked or its password was changed. {detail}"),
    session_ended("AADSTS70043", "A policy of the tenant asks people to sign in again after some time. {detail}"),
    session_ended("AADSTS70008", "It was not used in time, or it was revoked. {detail}"),
    session_ended("AADSTS700082", "It was not used for a long time. {detail}"),
    device_code_expired("expired_token"),
    device_code_expired("AADSTS70019"),
    device_code_expired("AADSTS70020"),
    program_fault("bad_verification_code", "Microsoft Entra ID does not know the device code."),
    program_fault("AADSTS70018", "Microsoft Entra ID does not know the device code."),
    transient("AADSTS90033/person"),
    transient("AADSTS90006/person"),
    transient("AADSTS90024/person"),
    transient("AADSTS50033/person"),
    transient("AADSTS90055/person"),
    Entry {
        code: "AADSTS*/person",
        what: "Microsoft Entra ID refused the sign-in ({code}): {detail}",
        why: "This program has no specific explanation for this code. {trace}",
        fix: &[
            "Read what Microsoft says about this code at {error_page}.",
            "Open the Azure portal ({portal}) > Microsoft Entra ID > Sign-in logs > User sign-ins, and read why the sign-in \
             failed.",
        ],
        page: Page::SignInError,
    },
    // What the program itself finds.
    Entry {
        code: "no_answer",
        what: "The browser did not come back from Microsoft's sign-in page.",
        why: "The page was closed, it shows an error, or the sign-in took longer than five minutes. Microsoft shows most errors \
              only in the browser.",
        fix: &[
            "If the page shows a code that begins with AADSTS, run “a365-password-cli diagnose sign-in-code CODE” to read \
             what it means.",
            "Otherwise start the sign-in again and complete it within five minutes.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "loopback_unavailable",
        what: "This computer does not let the program wait for the browser's answer.",
        why: "The program listens on a free port of this computer (127.0.0.1) for a moment, and that was refused. {detail}",
        fix: &[
            "Allow the program to listen on 127.0.0.1 in the computer's security software, and start the sign-in again.",
            "If that is not possible, sign in with a device code (--device-code) where the tenant allows it.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "sign_in_mismatch",
        what: "The answer does not belong to this sign-in, so it was not used.",
        why: "{detail}",
        fix: &[
            "Start the sign-in again, and choose an account of the tenant {tenant} on Microsoft's page.",
            "If it happens again, somebody may be trying to sign you in with another account. Tell your security team.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "token_mismatch",
        what: "Microsoft Entra ID's answer holds a token for another service, so it was not used.",
        why: "{detail}",
        fix: &[
            "Start the sign-in again.",
            "If it happens again, ask the network team whether a device changes the traffic to {host}, and send this message to \
             the people who support this program.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "foreign_next_link",
        what: "Microsoft Graph's answer continues at another address, which was not followed.",
        why: "The token is sent to {host} only. {detail}",
        fix: &[
            "Run the command again.",
            "If it happens again, ask the network team whether a device changes the traffic to {host}.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "next_link_repeats",
        what: "Microsoft Graph's list of app registrations does not end.",
        why: "It continues at a page that was read before, or has far more pages than a tenant can fill.",
        fix: &[
            "Run the command again.",
            "If it happens again, check Microsoft 365 admin center > Health > Service health.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "graph_not_allowed",
        what: "Microsoft Graph does not let this account read the app registrations of the tenant {tenant}.",
        why: "The sign-in client {client_id} lacks the delegated permission Application.Read.All, or the tenant does not let \
              this account read its directory. {detail}",
        fix: &[
            "Open the Azure portal ({portal}) > Microsoft Entra ID > App registrations > All applications > the app with ID \
             {client_id} > API permissions, add Microsoft Graph > Delegated permissions > Application.Read.All, and click \
             “Grant admin consent”.",
            "If the permission is there, sign in with an account that has the role Directory Readers or higher.",
        ],
        page: Page::AppRegistrations,
    },
    Entry {
        code: "graph_refused",
        what: "Microsoft Graph refused to list the app registrations.",
        why: "{detail}",
        fix: &[
            "Wait a minute and run the command again.",
            "If the problem persists, send this message to Microsoft support.",
        ],
        page: Page::Nowhere,
    },
];

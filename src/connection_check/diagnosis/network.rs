//! Texts for servers that cannot be reached or answer with a bare status.

use super::{Entry, Page};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        code: "dns",
        what: "The name {host} does not exist on the network.",
        why: "Either the address has a typing error, the environment was deleted or renamed, or this computer cannot \
              look up names on the internet.",
        fix: &[
            "Compare the Environment URL letter by letter with the one in the Power Platform admin center ({admin}) > \
             Environments > your environment > Details.",
            "Open {environment} in a browser on this computer. If no website opens at all, mend the DNS or internet \
             connection first.",
            "If browsers here need a proxy, choose it in this program's settings under Proxy.",
        ],
        page: Page::Environments,
    },
    Entry {
        code: "dropped",
        what: "The connection to {host} broke before an answer came.",
        why: "A firewall or proxy closes it, or the server is not reachable from here. {detail}",
        fix: &[
            "Open https://{host} in a browser on this computer to see whether it is reachable at all.",
            "Ask the network team to allow outgoing HTTPS (port 443) from this computer to {host}.",
            "If browsers here need a proxy, choose it in this program's settings under Proxy and look whether its \
             address is right.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "timeout",
        what: "{host} did not answer in time.",
        why: "The connection is very slow, or a firewall silently throws packets away.",
        fix: &[
            "Test again. If it works now, the network or the service was only slow.",
            "Ask the network team to allow outgoing HTTPS (port 443) from this computer to {host}.",
            "If browsers here need a proxy, choose it in this program's settings under Proxy.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "proxy_auth_required",
        what: "The proxy requires a sign-in.",
        why: "It answered 407, so Microsoft was not reached. {detail}",
        fix: &[
            "Ask the network team for a rule that lets this computer reach {host} without signing in to the proxy. \
             This program cannot sign in with your Windows account (Negotiate, NTLM).",
            "If the proxy offers Basic, give this program the user name and password for it: they are kept encrypted \
             in the vault (in the window: Settings, Proxy sign-in; command line: a365-password-cli vault proxy --user \
             NAME).",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "proxy_not_found",
        what: "The name of the proxy {host} does not exist on the network.",
        why: "Microsoft was not reached. {detail}",
        fix: &[
            "Correct the proxy's address where it is set.",
            "If it is right, connect to the company network (VPN) and test again, or show this to the network team.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "proxy_tls",
        what: "The certificate of the proxy {host} cannot be trusted.",
        why: "No secure connection to the proxy itself came about, so nothing was sent. {detail}",
        fix: &[
            "Compare the proxy's address with the one that the network team gives. If the proxy does not itself use \
             HTTPS, the address begins with http://.",
            "If it is right, show this report to the network team.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "proxy_refused",
        what: "The proxy does not let this computer connect to {host}.",
        why: "The proxy itself refused, so Microsoft was not reached and nothing was sent to it. {detail}",
        fix: &[
            "Ask the network team to allow HTTPS (CONNECT, port 443) through the proxy to {host}. The test also needs \
             {sign_in_host}.",
            "If the proxy cannot find the name, compare the Environment URL letter by letter with the one in the Power \
             Platform admin center ({admin}) > Environments > your environment > Details.",
            "If this computer has another way to the internet, choose it in this program's settings under Proxy.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "redirected",
        what: "{host} sent the request on to another address.",
        why: "These services never do that. A proxy, a sign-in page of the network, or a moved environment is in \
              between. The redirect was not followed, so no secret went anywhere else. {detail}",
        fix: &[
            "Open {environment} in a browser on this computer. If a sign-in page of your network appears, sign in \
             there and test again.",
            "If the browser ends at another dynamics.com address, the environment was renamed: put that address \
             into the Environment URL.",
            "Otherwise ask the network team which device answers for {host}, and to let it pass untouched.",
        ],
        page: Page::Environment,
    },
    Entry {
        code: "http_401",
        what: "{host} does not accept the token that Microsoft Entra ID has just issued.",
        why: "The clock of a server or a proxy that changes the request is the usual cause. {detail}",
        fix: &[
            "Test again in a minute.",
            "If it stays, ask the network team whether a proxy removes the header “Authorization” on the way to {host}.",
            "Then open a support request in the Power Platform admin center ({admin}) with this report. {trace}",
        ],
        page: Page::Environments,
    },
    Entry {
        code: "http_404",
        what: "{host} answers, but has no Web API at this address (404).",
        why: "The environment may be deleted, still being created or restored, or a device on the network answers in \
              its place.",
        fix: &[
            "Look up the environment in the Power Platform admin center ({admin}) > Environments: its State has to \
             be Ready.",
            "Compare the Environment URL there (Details) with yours.",
        ],
        page: Page::Environments,
    },
    Entry {
        code: "http_503",
        what: "{host} is not available at the moment (503).",
        why: "The service is being updated or overloaded, or the environment is in maintenance. {detail}",
        fix: &[
            "Wait some minutes and test again.",
            "If it stays, look at Microsoft 365 admin center > Health > Service health, and at the environment's \
             State in the Power Platform admin center ({admin}) > Environments.",
        ],
        page: Page::Environments,
    },
    Entry {
        code: "http_*",
        what: "{host} answered with an unexpected status: {status}.",
        why: "Neither Dataverse nor Microsoft Entra ID normally answers so at this point. {detail}",
        fix: &[
            "Test again in a minute.",
            "If it stays, ask the network team whether a proxy or firewall answers in place of {host}.",
            "Otherwise send this report to Microsoft support. {trace}",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "throttled",
        what: "{host} asks to wait: too many requests came in a short time.",
        why: "Another program may be signing in with the same app again and again, or this check was repeated too \
              quickly. {detail}",
        fix: &[
            "Wait some minutes, then test once.",
            "Look for scripts or services that sign in with {client_id} and let them keep their token for its whole \
             hour.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "html_instead_of_json",
        what: "{host} answered with a web page where data was expected.",
        why: "A proxy, a firewall or a sign-in page of the network answers in place of Microsoft. {detail}",
        fix: &[
            "Open https://{host} in a browser on this computer and read what the page says.",
            "Ask the network team to let HTTPS to {host} pass untouched.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "bad_json",
        what: "{host} answered with something that cannot be read.",
        why: "The answer is damaged or comes from a device in between. {detail}",
        fix: &["Test again.", "If it stays, ask the network team whether a proxy changes the answers of {host}."],
        page: Page::Nowhere,
    },
    Entry {
        code: "too_large",
        what: "{host} sent far more data than such an answer can have.",
        why: "Reading stopped at the limit. A device in between answers in place of Microsoft.",
        fix: &[
            "Open https://{host} in a browser on this computer and read what the page says.",
            "Ask the network team to let HTTPS to {host} pass untouched.",
        ],
        page: Page::Nowhere,
    },
];

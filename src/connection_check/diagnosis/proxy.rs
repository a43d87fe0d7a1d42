//! Texts for proxies.

use super::{Entry, Page};

/// For a proxy that is not reached.
pub(super) const CHECK_PROXY_ADDRESS: &[&str] = &[
    "Check the proxy's address and port where it is set.",
    "If they are correct, connect to the company network (VPN) and test again, or send this report to the network team.",
];

/// For a proxy to which no secure connection is made.
pub(super) const CHECK_PROXY_TLS: &[&str] = &[
    "Check the proxy's address with the network team. If the proxy itself does not use HTTPS, the address must begin with \
     http://.",
    "If it is correct, send this report to the network team.",
];

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        code: "proxy_setting",
        what: "It is not known which proxy to use for {host}.",
        why: "A proxy is configured, but the setting cannot be applied. Nothing was sent, not even directly. \
              {detail}",
        fix: &[
            "Open https://{host} in a browser on this computer. If that fails too, the network team has to repair the \
             setting.",
            "Until then, choose the proxy in this program's settings under Proxy.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "proxy_auth_required",
        what: "The proxy requires a sign-in.",
        why: "It responded with 407, so Microsoft was not reached. {detail}",
        fix: &[
            "If the proxy offers Basic or Digest, give this program the user name and password for it: they are stored encrypted \
             in the vault (in the window: Settings > Proxy sign-in; on the command line: a365-password-cli vault proxy \
             --user NAME).",
            "Otherwise ask the network team for a rule that lets this computer reach {host} without signing in to the proxy.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "proxy_auth_required/account",
        what: "The proxy did not let this account pass.",
        why: "It responded with 407, so Microsoft was not reached. {detail}",
        fix: &[
            "Open https://{host} in a browser on this computer. If the browser asks for a user name or fails too, ask the network \
             team to let this account use the proxy.",
            "If the account cannot be proven, connect to the company network (VPN), sign out and in again (on Linux: kinit), \
             and test again.",
            "Or ask the network team for a rule that lets this computer reach {host} without signing in to the proxy.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "proxy_auth_required/not_offered",
        what: "The proxy requires a sign-in that this program does not support.",
        why: "It responded with 407, so Microsoft was not reached. {detail}",
        fix: &[
            "Ask the network team for a rule that lets this computer reach {host} without signing in to the proxy.",
            "If the network has another proxy that takes a user name and password, or needs none, choose it in this \
             program's settings under Proxy.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "proxy_auth_required/rejected",
        what: "The proxy rejected the user name and password.",
        why: "It responded with 407 again, so Microsoft was not reached. {detail}",
        fix: &[
            "Correct the user name and password where they are stored. In the vault: in the window, Settings > Proxy \
             sign-in; on the command line, a365-password-cli vault proxy --user NAME.",
            "If they are right, the account may be locked, expired or not allowed to use the proxy: ask the network \
             team.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "proxy_not_found",
        what: "The host name of the proxy {host} was not found.",
        why: "Microsoft was not reached. {detail}",
        fix: &[
            "Correct the proxy's address where it is set.",
            "If it is correct, connect to the company network (VPN) and test again, or send this report to the network \
             team.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "proxy_tls",
        what: "The certificate of the proxy {host} cannot be trusted.",
        why: "No secure connection to the proxy itself could be established, so nothing was sent. {detail}",
        fix: CHECK_PROXY_TLS,
        page: Page::Nowhere,
    },
    Entry {
        code: "proxy_refused",
        what: "The proxy does not allow this computer to connect to {host}.",
        why: "The proxy itself refused, so Microsoft was not reached and nothing was sent to it. {detail}",
        fix: &[
            "Ask the network team to allow HTTPS (CONNECT, port 443) through the proxy to {host}. The test also needs \
             {sign_in_host}.",
            "If the proxy cannot resolve the name, compare the Environment URL letter by letter with the one in the \
             Power Platform admin center ({admin}) > Environments > your environment > Details.",
            "If this computer has another route to the internet, choose it in this program's settings under Proxy.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "proxy_refused/portal",
        what: "The proxy sends this computer to a sign-in page instead of {host}.",
        why: "Microsoft was not reached and nothing was sent to it. {detail}",
        fix: &[
            "Open https://{host} in a browser on this computer. If your network's sign-in page appears, sign in there \
             and test again.",
            "Ask the network team for a rule that lets this computer reach {host} and {sign_in_host} without that page.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "proxy_refused/page",
        what: "The proxy answers with its own page instead of connecting to {host}.",
        why: "Microsoft was not reached and nothing was sent to it. {detail}",
        fix: &[
            "Open https://{host} in a browser on this computer and read what the page says.",
            "Ask the network team to allow HTTPS (CONNECT, port 443) through the proxy to {host} and {sign_in_host}.",
        ],
        page: Page::Nowhere,
    },
];

//! Texts for proxies.

use super::{Entry, Page};

/// For a proxy that is not reached.
pub(super) const CHECK_PROXY_ADDRESS: &[&str] = &[
    "Check the address {proxy}, which is set in {place}. {correct_proxy}",
    "If it is correct, connect to the company network (VPN) and test again, or send this report to the network team.",
];

/// For a proxy to which no secure connection is made.
pub(super) const CHECK_PROXY_TLS: &[&str] = &[
    "Ask the network team whether {proxy}, which is set in {place}, is right. For a proxy that does not use TLS itself, the \
     address must begin with http://. {correct_proxy}",
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
        why: "Microsoft was not reached. {detail}",
        fix: &[
            "If the proxy offers Basic or Digest, give this program the user name and password for it: they are stored encrypted \
             in the vault (in the window: Settings > Proxy sign-in; on the command line: a365-password-cli vault proxy \
             --user NAME; check --url and diagnose network use them with --proxy-sign-in).",
            "Otherwise ask the network team for a rule that lets this computer reach {host} without signing in to the proxy.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "proxy_auth_required/socks",
        what: "The SOCKS proxy requires a sign-in.",
        why: "Microsoft was not reached. {detail}",
        fix: &[
            "Give this program the user name and password for this proxy: they are stored encrypted in the vault (in the \
             window: Settings > Proxy sign-in; on the command line: a365-password-cli vault proxy --user NAME; check --url and \
             diagnose network use them with --proxy-sign-in).",
            "Otherwise ask the network team for a rule that lets this computer reach {host} without signing in to the proxy.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "proxy_auth_required/account",
        what: "The proxy did not let this account pass.",
        why: "Microsoft was not reached. {detail}",
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
        code: "proxy_auth_required/account_by_address",
        what: "The proxy did not let this account pass.",
        why: "Microsoft was not reached. Kerberos needs the proxy's host name, and the proxy is set by its IP address. {detail}",
        fix: &[
            "Set the proxy by its host name in place of its IP address. {correct_proxy}",
            "If that does not help, connect to the company network (VPN), sign out and in again (on Linux: kinit), and test \
             again.",
            "Or ask the network team for a rule that lets this computer reach {host} without signing in to the proxy.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "proxy_auth_required/inside",
        what: "A device between this computer and {host} demands a sign-in inside the secure connection.",
        why: "It responded with 407 in place of Microsoft. It gets no user name and password from this program, because it is not \
              the proxy that they are for. {detail}",
        fix: &[
            "Ask the network team which device answers for {host}, and to exempt {host} from its sign-in.",
            "If this computer has another route to the internet, choose it in this program's settings under Proxy.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "proxy_auth_required/not_offered",
        what: "The proxy requires a sign-in that this program does not support.",
        why: "Microsoft was not reached. {detail}",
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
        why: "Microsoft was not reached. {detail}",
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
        what: "The host name of the proxy {proxy} was not found.",
        why: "Microsoft was not reached. The proxy is set in {place}. {detail}",
        fix: CHECK_PROXY_ADDRESS,
        page: Page::Nowhere,
    },
    Entry {
        code: "proxy_tls",
        what: "The certificate of the proxy {proxy} cannot be trusted.",
        why: "No secure connection to the proxy itself could be established, so nothing was sent. The proxy is set in \
              {place}. {detail}",
        fix: CHECK_PROXY_TLS,
        page: Page::Nowhere,
    },
    Entry {
        code: "proxy_tls/not_tls",
        what: "The proxy {proxy} does not speak TLS.",
        why: "Its address begins with https://, so this program speaks TLS to it. Nothing was sent. {detail}",
        fix: &[
            "Write http:// in place of https:// at the beginning of the proxy's address. {correct_proxy}",
            "If that does not help, ask the network team for the proxy's address and port.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "proxy_tls/failed",
        what: "No secure connection to the proxy {proxy} could be established (TLS).",
        why: "Microsoft was not reached and nothing was sent. The proxy is set in {place}. {detail}",
        fix: CHECK_PROXY_TLS,
        page: Page::Nowhere,
    },
    Entry {
        code: "proxy_refused",
        what: "The proxy does not allow this computer to connect to {host}.",
        why: "The proxy itself refused, so Microsoft was not reached and nothing was sent to it. {detail}",
        fix: &[
            "Ask the network team to allow HTTPS (CONNECT, port 443) through the proxy to {hosts}.",
            "If this computer has another route to the internet, choose it in this program's settings under Proxy.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "proxy_refused/socks",
        what: "The SOCKS proxy does not allow this computer to connect to {host}.",
        why: "The proxy itself refused, so Microsoft was not reached and nothing was sent to it. {detail}",
        fix: &[
            "Ask the network team to allow port 443 through the SOCKS proxy to {hosts}.",
            "If this computer has another route to the internet, choose it in this program's settings under Proxy.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "proxy_refused/unreachable",
        what: "The proxy could not connect to {host}.",
        why: "It cannot resolve this name, cannot reach the server, or is overloaded. Microsoft was not reached and nothing \
              was sent to it. {detail}",
        fix: &[
            "Compare the Environment URL letter by letter with the one in the Power Platform admin center ({admin}) > \
             Environments > your environment > Details.",
            "If it is correct, ask the network team whether the proxy can resolve and reach {hosts}.",
        ],
        page: Page::Environments,
    },
    Entry {
        code: "proxy_refused/unreachable/fixed",
        what: "The proxy could not connect to {host}.",
        why: "It cannot resolve this name, cannot reach the server, or is overloaded. Microsoft was not reached and nothing \
              was sent to it. {detail}",
        fix: &[
            "Test again in a minute.",
            "If the problem persists, ask the network team whether the proxy can resolve and reach {host}.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "proxy_refused/trouble",
        what: "The proxy did not open a connection to {host}.",
        why: "Its response says nothing about this server: the proxy has a fault or too much to do, or what answers is no \
              proxy. Microsoft was not reached and nothing was sent to it. {detail}",
        fix: &[
            "Wait a minute and test again.",
            "If the problem persists, send this report to the network team and ask what the proxy logs for {host}, port 443.",
            "Check the address {proxy}, which is set in {place}. {correct_proxy}",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "proxy_refused/not_http",
        what: "What answers at {proxy} is not an HTTP proxy.",
        why: "Microsoft was not reached and nothing was sent to it. {detail}",
        fix: &[
            "Check the address and port, which are set in {place}: for a proxy that expects TLS itself the address must begin \
             with https://, for a SOCKS 5 proxy with socks5h://. {correct_proxy}",
            "If they are correct, send this report to the network team.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "proxy_refused/not_socks",
        what: "What answers at {proxy} is not a SOCKS 5 proxy.",
        why: "Microsoft was not reached and nothing was sent to it. {detail}",
        fix: &[
            "Check the address and port, which are set in {place}: for an HTTP proxy the address must begin with http://. \
             {correct_proxy}",
            "If they are correct, send this report to the network team. SOCKS 4 is not supported.",
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
            "Ask the network team for a rule that lets this computer reach {hosts} without that page.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "proxy_refused/page",
        what: "The proxy answers with its own page instead of connecting to {host}.",
        why: "Microsoft was not reached and nothing was sent to it. {detail}",
        fix: &[
            "Open https://{host} in a browser on this computer and read what the page says.",
            "Ask the network team to allow HTTPS (CONNECT, port 443) through the proxy to {hosts}.",
        ],
        page: Page::Nowhere,
    },
];

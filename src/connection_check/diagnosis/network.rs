//! Texts for servers that cannot be reached or answer with a bare status.

use super::{Entry, Page};

/// A gateway that got no answer from the server.
const fn gateway(code: &'static str) -> Entry {
    Entry {
        code,
        what: "A proxy or gateway on the way to {host} could not get an answer from it ({status}).",
        why: "The service itself is not available at this moment, or a device of the network cannot reach it. {detail}",
        fix: &[
            "Wait a few minutes and test again.",
            "If the problem persists, ask the network team whether a proxy answers instead of {host}, and what it logs.",
            "Otherwise check Microsoft 365 admin center > Health > Service health.",
        ],
        page: Page::Nowhere,
    }
}

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        code: "dns",
        what: "The host name {host} was not found.",
        why: "The address has a typing error, the environment was deleted or renamed, or this computer cannot resolve \
              names on the internet.",
        fix: &[
            "Compare the Environment URL letter by letter with the one in the Power Platform admin center ({admin}) > \
             Environments > your environment > Details.",
            "Open {environment} in a browser on this computer. If no website opens at all, fix the DNS or internet \
             connection first.",
            "If browsers on this computer need a proxy, choose it in this program's settings under Proxy.",
        ],
        page: Page::Environments,
    },
    Entry {
        code: "dns/fixed",
        what: "The host name {host} was not found.",
        why: "This is one of Microsoft's own hosts, and it exists. The DNS server of this computer does not know names on \
              the internet, or blocks this one. {detail}",
        fix: &[
            "Ask the network team to let this computer resolve {host}, or to tell you which proxy does.",
            "If browsers on this computer need a proxy, choose it in this program's settings under Proxy: the proxy \
             then resolves the name.",
            "On the command line, a365-password-cli diagnose network tests every host that is needed.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "dns_failed",
        what: "The DNS server could not look up {host}.",
        why: "It reported a failure or cannot be reached. This does not say whether the name exists. {detail}",
        fix: &[
            "Test again in a minute.",
            "If the problem persists, check this computer's network and VPN connection, and ask the network team why \
             its DNS server fails for {host}.",
            "If browsers on this computer need a proxy, choose it in this program's settings under Proxy: the proxy \
             then resolves the name.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "dns_failed/proxy",
        what: "The DNS server could not look up the proxy {proxy}.",
        why: "Microsoft was not reached. The proxy is set in {place}. {detail}",
        fix: &[
            "Check the address {proxy}. {correct_proxy}",
            "Connect to the company network (VPN) if the proxy belongs to it, and test again.",
            "If the problem persists, ask the network team why the DNS server fails for this name.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "dns_timeout",
        what: "No DNS server responded when this computer looked up {host}.",
        why: "The DNS servers of this computer cannot be reached, or drop its queries. This does not say whether the \
              name exists.",
        fix: &[
            "Check this computer's network and VPN connection, and test again.",
            "If the problem persists, ask the network team about the DNS servers of this computer (UDP and TCP port \
             53).",
            "If browsers on this computer need a proxy, choose it in this program's settings under Proxy: the proxy \
             then resolves the name.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "dns_timeout/proxy",
        what: "No DNS server responded when this computer looked up the proxy {proxy}.",
        why: "Microsoft was not reached. The proxy is set in {place}.",
        fix: &[
            "Connect to the company network (VPN) if the proxy belongs to it, and test again.",
            "If the problem persists, ask the network team about the DNS servers of this computer (UDP and TCP port \
             53).",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "dropped",
        what: "The connection to {host} was closed before a response arrived.",
        why: "A firewall or proxy is closing it, or the server cannot be reached from here. {detail}",
        fix: &[
            "Open https://{host} in a browser on this computer to see whether it is reachable at all.",
            "Ask the network team to allow outgoing HTTPS (port 443) from this computer to {host}.",
            "If browsers on this computer need a proxy, choose it in this program's settings under Proxy and check \
             that its address is correct.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "timeout",
        what: "{host} did not respond in time.",
        why: "The connection is very slow, or a firewall silently drops packets.",
        fix: &[
            "Test again. If it works now, the network or the service was only slow.",
            "Ask the network team to allow outgoing HTTPS (port 443) from this computer to {host}.",
            "If browsers on this computer need a proxy, choose it in this program's settings under Proxy.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "redirected",
        what: "{host} redirected the request to another address.",
        why: "These services never redirect. A proxy or a network sign-in page is answering, or the environment has \
              moved. The redirect was not followed, so no secret was sent anywhere else. {detail}",
        fix: &[
            "Open {environment} in a browser on this computer. If your network's sign-in page appears, sign in there \
             and test again.",
            "If the browser ends up at another dynamics.com address, the environment was renamed: use that address as \
             the Environment URL.",
            "Otherwise ask the network team which device answers for {host}, and to let the traffic through \
             unmodified.",
        ],
        page: Page::Environment,
    },
    Entry {
        code: "redirected/fixed",
        what: "{host} redirected the request to another address.",
        why: "This service never redirects here. A proxy or a network sign-in page is answering instead of Microsoft. The \
              redirect was not followed, so no secret was sent anywhere else. {detail}",
        fix: &[
            "Open https://{host} in a browser on this computer. If your network's sign-in page appears, sign in there \
             and test again.",
            "Otherwise ask the network team which device answers for {host}, and to let the traffic through \
             unmodified.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "http_401",
        what: "{host} does not accept the token that Microsoft Entra ID just issued.",
        why: "The usual cause is a wrong server clock, or a proxy that changes the request. {detail}",
        fix: &[
            "Test again in a minute.",
            "If the problem persists, ask the network team whether a proxy removes the “Authorization” header on the \
             way to {host}.",
            "Otherwise open a support request in the Power Platform admin center ({admin}) with this report. {trace}",
        ],
        page: Page::Environments,
    },
    Entry {
        code: "http_404",
        what: "{host} answers, but has no Web API at this address (404).",
        why: "The environment may be deleted, or still being created or restored, or a network device may be answering \
              in its place. {detail}",
        fix: &[
            "Look up the environment in the Power Platform admin center ({admin}) > Environments: its State must be \
             Ready.",
            "Compare the Environment URL there (Details) with yours.",
        ],
        page: Page::Environments,
    },
    Entry {
        code: "http_404/fixed",
        what: "{host} answers, but does not have the expected page (404).",
        why: "This service has it everywhere. A network device is probably answering instead of Microsoft. {detail}",
        fix: &[
            "Test again in a minute.",
            "If the problem persists, ask the network team whether a proxy or firewall answers instead of {host}.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "http_503/fixed",
        what: "{host} is currently unavailable (503).",
        why: "The service is overloaded, or a proxy reports that it cannot reach it. {detail}",
        fix: &[
            "Wait a few minutes and test again.",
            "If the problem persists, check Microsoft 365 admin center > Health > Service health, and ask the network \
             team whether a proxy answers instead of {host}.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "http_503",
        what: "{host} is currently unavailable (503).",
        why: "The service is being updated or overloaded, or the environment is in maintenance. {detail}",
        fix: &[
            "Wait a few minutes and test again.",
            "If the problem persists, check Microsoft 365 admin center > Health > Service health, and the \
             environment's State in the Power Platform admin center ({admin}) > Environments.",
        ],
        page: Page::Environments,
    },
    gateway("http_502"),
    gateway("http_504"),
    Entry {
        code: "http_431",
        what: "{host} or a device in between refuses the request because its headers are too long (431).",
        why: "A token of Microsoft Entra ID makes headers of 2 KB and more. Microsoft's servers accept them. {detail}",
        fix: &[
            "Ask the network team to raise the limit for request headers to at least 16 KB on the device that inspects HTTPS to \
             {host}, or to exempt {host} from inspection.",
            "If no device is in between, send this report to Microsoft support. {trace}",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "http_*",
        what: "{host} responded with an unexpected status: {status}.",
        why: "Neither Dataverse nor Microsoft Entra ID normally responds like this at this point. {detail}",
        fix: &[
            "Test again in a minute.",
            "If the problem persists, ask the network team whether a proxy or firewall answers instead of {host}.",
            "Otherwise send this report to Microsoft support. {trace}",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "throttled",
        what: "{host} is throttling requests: it received too many in a short time.",
        why: "Another program may keep signing in with the same app, or this test was repeated too quickly. {detail}",
        fix: &[
            "Wait a few minutes, then test once.",
            "Look for scripts or services that sign in with {client_id} and make them reuse their token for its full \
             hour.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "html_instead_of_json",
        what: "{host} returned a web page instead of data.",
        why: "A proxy, a firewall or a network sign-in page is answering instead of Microsoft. {detail}",
        fix: &[
            "Open https://{host} in a browser on this computer and read what the page says.",
            "Ask the network team to let HTTPS traffic to {host} through unmodified.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "bad_json",
        what: "{host} returned a response that cannot be read.",
        why: "The response is damaged or comes from a network device in between. {detail}",
        fix: &[
            "Test again.",
            "If the problem persists, ask the network team whether a proxy changes the responses from {host}.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "too_large",
        what: "{host} sent far more data than expected.",
        why: "Reading stopped at the limit. A network device may be answering instead of Microsoft.",
        fix: &[
            "Open https://{host} in a browser on this computer and read what the page says.",
            "Ask the network team to let HTTPS traffic to {host} through unmodified.",
        ],
        page: Page::Nowhere,
    },
];

//! Texts for connections that are lost or too slow, by the step in which that happens.

use super::proxy::{CHECK_PROXY_ADDRESS, CHECK_PROXY_TLS};
use super::{Entry, Page};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        code: "dropped/connect",
        what: "No connection to {host} could be opened.",
        why: "A firewall rejects it, or the server cannot be reached from here. {detail}",
        fix: &[
            "Ask the network team to allow outgoing HTTPS (port 443) from this computer to {host}.",
            "If browsers on this computer need a proxy, choose it in this program's settings under Proxy.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "dropped/proxy",
        what: "The proxy cannot be reached, so {host} was not reached either.",
        why: "{detail}",
        fix: CHECK_PROXY_ADDRESS,
        page: Page::Nowhere,
    },
    Entry {
        code: "dropped/tunnel",
        what: "The proxy closed the connection instead of connecting to {host}.",
        why: "Microsoft was not reached. {detail}",
        fix: &[
            "Check the address {proxy}, which is set in {place}: for a proxy that expects TLS itself it must begin with \
             https://, for a SOCKS 5 proxy with socks5h://, for any other with http://. {correct_proxy}",
            "If it is correct, send this report to the network team.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "dropped/tls",
        what: "The connection to {host} was closed while it was being secured (TLS).",
        why: "A firewall or proxy that looks at the server's name often does this. Nothing was sent. {detail}",
        fix: &[
            "Ask the network team whether a device blocks or inspects TLS connections to {host}, and to allow them.",
            "Open https://{host} in a browser on this computer to see whether it is reachable at all.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "dropped/not_tls",
        what: "The server or device that answers for {host} does not use TLS.",
        why: "A network device or a sign-in page is answering instead of the server. Nothing was sent.",
        fix: &[
            "Open http://{host} in a browser on this computer. If your network's sign-in page appears, sign in there \
             and test again.",
            "Otherwise ask the network team which device answers for {host} on port 443.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "dropped/response",
        what: "The connection to {host} was closed before a response arrived.",
        why: "A secure connection was opened, and then a device in between or the server closed it. {detail}",
        fix: &[
            "Test again.",
            "If the problem persists, ask the network team whether a proxy or firewall closes connections to {host}.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "dropped/body",
        what: "The response of {host} was cut off.",
        why: "It began, and the connection was closed before its end. {detail}",
        fix: &[
            "Test again.",
            "If the problem persists, ask the network team whether a proxy or virus scanner cuts off responses from \
             {host}.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "timeout/connect",
        what: "{host} did not accept the connection in time.",
        why: "Most often a firewall silently drops packets. {detail}",
        fix: &[
            "Ask the network team to allow outgoing HTTPS (port 443) from this computer to {host}.",
            "If browsers on this computer need a proxy, choose it in this program's settings under Proxy.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "timeout/proxy",
        what: "The proxy {proxy} did not accept the connection in time.",
        why: "Microsoft was not reached. There was no response from the proxy, which is set in {place}: its address or port is \
              wrong, or a firewall silently drops packets.",
        fix: CHECK_PROXY_ADDRESS,
        page: Page::Nowhere,
    },
    Entry {
        code: "timeout/proxy_tls",
        what: "The proxy {proxy} did not open a secure connection in time.",
        why: "Microsoft was not reached. The proxy, which is set in {place}, accepted the connection, but did not answer in \
              TLS.",
        fix: CHECK_PROXY_TLS,
        page: Page::Nowhere,
    },
    Entry {
        code: "timeout/proxy_sign_in",
        what: "Signing in to the proxy with this account took too long.",
        why: "The proxy was reached, but this computer did not get from the company network in time what proves the account \
              to the proxy {proxy}.",
        fix: &[
            "Connect to the company network (VPN) and test again.",
            "If that does not help, send this report to the network team: the domain controllers or their DNS may not be \
             reachable from this computer.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "timeout/tunnel",
        what: "The proxy did not connect to {host} in time.",
        why: "The proxy accepted the request and then did not answer it: it cannot reach the server, or is waiting for \
              something. The proxy is {proxy}, which is set in {place}.",
        fix: &[
            "Test again. If it works now, the proxy was only slow.",
            "Otherwise ask the network team what the proxy logs for CONNECT {host}:443.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "timeout/socks",
        what: "The SOCKS proxy did not connect to {host} in time.",
        why: "The proxy {proxy} (set in {place}) accepted the connection and then did not answer: it cannot reach the \
              server, or it does not speak SOCKS 5.",
        fix: &[
            "Test again. If it works now, the proxy was only slow.",
            "Check the address: for an HTTP proxy it must begin with http:// in place of socks5h://. {correct_proxy}",
            "Otherwise ask the network team what the proxy logs for {host}, port 443.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "timeout/tls",
        what: "{host} did not open a secure connection in time (TLS).",
        why: "The connection itself was opened, but the answer to the first TLS message did not arrive. A device that \
              inspects TLS or a wrong packet size (MTU, often with a VPN) can cause this.",
        fix: &[
            "Test again without the VPN, or from another network, to see whether it makes a difference.",
            "Ask the network team whether a device inspects TLS to {host}, and about the MTU on the way.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "timeout/response",
        what: "{host} accepted the request and did not respond in time.",
        why: "The service is slow, or a device in between holds back the request or the response. With a VPN, larger \
              packets may not get through.",
        fix: &[
            "Test again. If it works now, the service was only slow.",
            "If the problem persists, ask the network team whether a proxy or virus scanner holds back traffic to \
             {host}.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "timeout/body",
        what: "The response of {host} began and did not end in time.",
        why: "The connection is very slow, or a device in between holds back the rest.",
        fix: &[
            "Test again. If it works now, the network was only slow.",
            "If the problem persists, ask the network team whether a proxy or virus scanner holds back responses from \
             {host}.",
        ],
        page: Page::Nowhere,
    },
];

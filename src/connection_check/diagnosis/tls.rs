//! Texts for certificates that cannot be trusted.

use super::{Entry, Page};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        code: "tls_untrusted",
        what: "The certificate of {host} is not signed by an authority that this computer trusts.",
        why: "Often a company firewall inspects HTTPS with its own certificate authority, which is not installed here. \
              It may also be someone trying to intercept your secret. Nothing was sent. {detail}",
        fix: &[
            "Open https://{host} in a browser on this computer, click the lock, and check who issued the certificate.",
            "If it is your company's firewall, ask the network team to install its root certificate on this computer \
             (Windows: certlm.msc > Trusted Root Certification Authorities), or to exempt {host} from inspection.",
            "If the issuer is unknown, stop and report it to your security team.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "tls_expired",
        what: "The certificate of {host} is not valid today.",
        why: "Either this computer's clock is wrong, or a network device presents an expired certificate. {detail}",
        fix: &[
            "Check the date, time and time zone of this computer, and correct them if needed.",
            "If they are correct, open https://{host} in a browser, click the lock, and send the certificate's dates \
             to the network team.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "tls_wrong_host",
        what: "The certificate presented for {host} was issued for another name.",
        why: "A proxy, a network sign-in page or a wrong DNS entry is answering instead of the server. Nothing was \
              sent to it. {detail}",
        fix: &[
            "Open https://{host} in a browser on this computer. If your network's sign-in page appears, sign in there \
             and test again.",
            "Otherwise ask the network team which device answers for {host}.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "tls_revocation_unknown",
        what: "Windows could not check whether the certificate of {host} has been revoked.",
        why: "The certificate names no list of revoked certificates, or that list cannot be reached from here. \
              Certificates from company firewalls that inspect HTTPS often have this problem. {detail}",
        fix: &[
            "Ask the network team to allow outgoing HTTP (port 80) to the certificate authorities' revocation servers.",
            "If a firewall inspects HTTPS, ask to exempt {host} from inspection, or to give its certificates a \
             reachable revocation list.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "tls_client_certificate",
        what: "The server or device that answers for {host} demands a certificate from this computer.",
        why: "Microsoft's servers do not demand one here, so a device of the network is answering. Nothing was sent. \
              {detail}",
        fix: &[
            "Ask the network team to exempt {host} from the device that demands client certificates.",
            "If this computer has another route to the internet, choose it in this program's settings under Proxy.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "tls_version",
        what: "The server or device that answers for {host} supports only outdated versions of TLS.",
        why: "This program needs TLS 1.2 or 1.3, as Microsoft's servers do, so a device of the network is answering. \
              Nothing was sent. {detail}",
        fix: &["Ask the network team to update the device that inspects TLS to {host}, or to exempt {host} from \
             inspection."],
        page: Page::Nowhere,
    },
    Entry {
        code: "tls_cipher",
        what: "The server or device that answers for {host} has no encryption method in common with this program.",
        why: "Microsoft's servers do, so a device of the network is answering, or it refuses this program. Nothing was \
              sent. {detail}",
        fix: &[
            "Ask the network team to update the device that inspects TLS to {host} (ECDHE with AES-GCM or ChaCha20), or \
             to exempt {host} from inspection.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "tls_alert",
        what: "The server or device that answers for {host} refused the secure connection (TLS).",
        why: "A device of the network is probably answering instead of the server, or does not allow the connection. \
              {detail}",
        fix: &[
            "Ask the network team which device answers for {host}, and what it logs about this computer.",
            "Open https://{host} in a browser on this computer to see whether it is reachable at all.",
        ],
        page: Page::Nowhere,
    },
];

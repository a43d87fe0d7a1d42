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
             (Windows: certlm.msc > Trusted Root Certification Authorities; Linux: update-ca-certificates), or to exempt \
             {host} from inspection.",
            "If the issuer is unknown, stop and report it to your security team.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "tls_untrusted/intermediate",
        what: "The certificate of {host} does not lead to an authority that this computer trusts.",
        why: "Often a company firewall inspects HTTPS with its own certificate authority. It may also be someone trying to \
              intercept your secret. Nothing was sent. {detail}",
        fix: &[
            "Open https://{host} in a browser on this computer, click the lock, and check who issued the certificate.",
            "If it is your company's firewall, ask the network team whether it sends its intermediate certificates, and whether \
             its root certificate is installed on this computer (Windows: certlm.msc > Trusted Root Certification \
             Authorities; Linux: update-ca-certificates). Or ask them to exempt {host} from inspection.",
            "If the issuer is unknown, stop and report it to your security team.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "tls_untrusted/refused_authority",
        what: "The authority that issued the certificate of {host} is installed on this computer, but cannot be trusted.",
        why: "Nothing was sent. {detail}",
        fix: &[
            "If this authority belongs to your company's firewall, ask the network team for its renewed or corrected root \
             certificate, and to install it in place of the present one.",
            "Or ask them to exempt {host} from inspection.",
            "If the issuer is unknown, stop and report it to your security team.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "tls_untrusted/rule",
        what: "The certificate of {host} breaks a rule for certificates, so it is not accepted.",
        why: "Microsoft's own certificates keep these rules, so a device of the network probably issued it. Nothing was sent. \
              {detail}",
        fix: &[
            "Send this report to the network team. A device that inspects HTTPS must issue certificates with the extended key \
             usage for servers, signed with SHA-256 or better, with RSA keys of 2048 bits or more or EC keys on P-256 or P-384, \
             and its authority must be allowed to issue them for {host}.",
            "Or ask them to exempt {host} from inspection.",
            "If the issuer is unknown, stop and report it to your security team.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "tls_untrusted/revoked",
        what: "The certificate of {host} has been revoked by its authority.",
        why: "It may be in wrong hands, so it is not accepted. Nothing was sent. {detail}",
        fix: &[
            "Ask the network team which device answers for {host}: its certificate has to be replaced.",
            "If no device of the network does, stop and report it to your security team.",
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
        code: "tls_client_certificate/sent",
        what: "The server or device that answers for {host} demands a certificate from this computer.",
        why: "Microsoft's servers do not demand one here, so a device of the network is answering. The demand came when a request \
              was already on its way: the device, whose certificate this computer trusts, may have read it. {detail}",
        fix: &[
            "Ask the network team to exempt {host} from the device that demands client certificates.",
            "If this computer has another route to the internet, choose it in this program's settings under Proxy.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "tls_client_certificate/sent/fixed",
        what: "The server or device that answers for {host} demands a certificate from this computer.",
        why: "Microsoft's servers do not demand one here, so a device of the network is answering. The demand came when a request \
              was already on its way: the device, whose certificate this computer trusts, may have read it. When a connection \
              is tested, the request contains the client secret or a token. {detail}",
        fix: &[
            "Ask the network team to exempt {host} from the device that demands client certificates.",
            "If you do not know this device, create a new client secret and report it to your security team.",
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
            "Ask the network team to update the device that inspects TLS to {host} (ECDHE with AES-GCM or ChaCha20, and \
             certificates with an RSA key or an EC key on P-256 or P-384), or to exempt {host} from inspection.",
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

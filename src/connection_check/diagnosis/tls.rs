//! Texts for certificates that cannot be trusted.

use super::{Entry, Page};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        code: "tls_untrusted",
        what: "The certificate of {host} is not signed by an authority that this computer trusts.",
        why: "Often a company's firewall inspects HTTPS with a certificate authority of its own that is not installed \
              here. It may also be somebody who wants to read your secret: nothing was sent. {detail}",
        fix: &[
            "Open https://{host} in a browser on this computer, click the lock, and look who issued the certificate.",
            "If it is your company's firewall, let the network team install its root certificate on this computer \
             (Windows: certlm.msc > Trusted Root Certification Authorities), or exempt {host} from inspection.",
            "If nobody knows the issuer, do not go on: report it to your security team.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "tls_expired",
        what: "The certificate of {host} is not valid today.",
        why: "Either this computer's clock is wrong, or a device in between shows an expired certificate. {detail}",
        fix: &[
            "Look at the date, time and time zone of this computer and correct them.",
            "If they are right, open https://{host} in a browser, click the lock, and show the certificate's dates to \
             the network team.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "tls_wrong_host",
        what: "The certificate that was shown for {host} belongs to another name.",
        why: "A proxy, a sign-in page of the network or a wrong DNS entry answers in place of the server. Nothing was \
              sent to it. {detail}",
        fix: &[
            "Open https://{host} in a browser on this computer. If a sign-in page of your network appears, sign in \
             there and test again.",
            "Otherwise ask the network team which device answers for {host}.",
        ],
        page: Page::Nowhere,
    },
    Entry {
        code: "tls_revocation_unknown",
        what: "Windows could not find out whether the certificate of {host} has been revoked.",
        why: "The certificate names no list of revoked certificates, or that list cannot be reached from here. \
              Certificates of company firewalls that inspect HTTPS are often like that. {detail}",
        fix: &[
            "Ask the network team to allow outgoing HTTP (port 80) to the certificate authorities' revocation servers.",
            "If a firewall inspects HTTPS, ask to exempt {host} from inspection, or to give its certificates a \
             reachable revocation list.",
        ],
        page: Page::Nowhere,
    },
];

//! The text for a computer without a network, whatever the test was waiting for.

use super::{Entry, Page};

/// The variant of every code of the network that stands for a computer that is offline.
pub(in crate::connection_check) const OFFLINE: &str = "offline";

pub(super) const ENTRY: Entry = Entry {
    code: "*/offline",
    what: "This computer seems to be offline.",
    why: "{detail} Nothing was sent, so this says nothing about the connection.",
    fix: &[
        "Connect this computer to the network or VPN. Open any website in a browser to see whether it is online, then \
         test again.",
        "If browsers on this computer need a proxy, choose it in this program's settings under Proxy.",
        "If other programs are online, ask the network team about the DNS servers of this computer (UDP and TCP port \
         53).",
    ],
    page: Page::Nowhere,
};

//! `NO_PROXY`: the servers that are reached directly although a proxy is set. There is no standard; what curl, Python,
//! Go and .NET understand is understood here.

use std::net::IpAddr;

/// The list, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct NoProxy(Vec<Entry>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    rule: Rule,
    /// For requests to this port alone.
    port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Rule {
    /// `*`
    Everything,
    /// A domain and all names below it: `contoso.com`, `.contoso.com`, `*.contoso.com`.
    Domain(String),
    /// An address, or all that begin with the same bits: `10.7.0.1`, `10.0.0.0/8`, `[2001:db8::]/32`.
    Addresses(IpAddr, u32),
    /// `<local>`: names without a dot.
    WithoutDot,
}

impl NoProxy {
    /// Reads a list with commas, semicolons or spaces. An entry that cannot be read is none: then the proxy is used.
    pub(super) fn parse(text: &str) -> NoProxy {
        let pieces = text.split(|c: char| c == ',' || c == ';' || c.is_whitespace());
        NoProxy(pieces.filter_map(read_entry).collect())
    }

    /// Whether `host` (a name or an address) is reached directly at `port`.
    pub(super) fn holds(&self, host: &str, port: u16) -> bool {
        let host = host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.').to_ascii_lowercase();
        self.0.iter().any(|entry| entry.port.is_none_or(|own| own == port) && entry.rule.holds(&host))
    }
}

impl Rule {
    fn holds(&self, host: &str) -> bool {
        let address = host.parse::<IpAddr>().ok();
        match self {
            Rule::Everything => true,
            Rule::WithoutDot => address.is_none() && !host.contains('.'),
            Rule::Domain(domain) => {
                let before = host.strip_suffix(domain.as_str());
                address.is_none() && before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
            }
            Rule::Addresses(network, bits) => address.is_some_and(|address| same_start(*network, address, *bits)),
        }
    }
}

fn same_start(one: IpAddr, other: IpAddr, bits: u32) -> bool {
    let differing = match (one, other) {
        (IpAddr::V4(one), IpAddr::V4(other)) => (one.to_bits() ^ other.to_bits()).leading_zeros(),
        (IpAddr::V6(one), IpAddr::V6(other)) => (one.to_bits() ^ other.to_bits()).leading_zeros(),
        _ => return false,
    };
    differing >= bits
}

fn read_entry(text: &str) -> Option<Entry> {
    let lower = text.to_ascii_lowercase();
    // A whole address is meant for its host.
    let plain = lower.split_once("://").map_or(lower.as_str(), |(_, rest)| rest).trim_end_matches('/');
    match plain {
        "" => return None,
        "*" => return Some(Entry { rule: Rule::Everything, port: None }),
        "<local>" => return Some(Entry { rule: Rule::WithoutDot, port: None }),
        _ => {}
    }
    if let Some(rule) = read_addresses(plain) {
        return Some(Entry { rule, port: None });
    }
    let (host, port) = match plain.rsplit_once(':') {
        Some((host, port)) => (host, Some(port.parse().ok()?)),
        None => (plain, None),
    };
    if let Some(rule) = read_addresses(host) {
        return Some(Entry { rule, port });
    }
    let domain = host.strip_prefix("*.").or_else(|| host.strip_prefix('.')).unwrap_or(host).trim_end_matches('.');
    let is_name = domain.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'));
    (is_name && !domain.is_empty()).then(|| Entry { rule: Rule::Domain(domain.to_owned()), port })
}

fn read_addresses(text: &str) -> Option<Rule> {
    let (address, bits) = match text.split_once('/') {
        Some((address, bits)) => (address, Some(bits.parse::<u32>().ok()?)),
        None => (text, None),
    };
    let address: IpAddr = address.trim_start_matches('[').trim_end_matches(']').parse().ok()?;
    let whole = if address.is_ipv4() { 32 } else { 128 };
    let bits = bits.unwrap_or(whole);
    (bits <= whole).then_some(Rule::Addresses(address, bits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_usual_form_is_understood() {
        for (list, direct, through) in [
            ("contoso.com", &["contoso.com", "a.b.contoso.com", "CONTOSO.com."][..], &["evilcontoso.com", "com"][..]),
            (".contoso.com", &["a.contoso.com", "contoso.com"], &["acontoso.com"]),
            ("*.contoso.com", &["a.contoso.com"], &["contoso.com.example"]),
            ("a.example, b.example", &["a.example", "b.example"], &["c.example"]),
            ("a.example b.example;c.example", &["a.example", "b.example", "c.example"], &["d.example"]),
            ("*", &["any.example", "10.0.0.1"], &[]),
            ("10.7.0.1", &["10.7.0.1"], &["10.7.0.11", "10.7.0.1.example"]),
            ("10.0.0.0/8,192.168.1.0/24", &["10.255.0.1", "192.168.1.9"], &["11.0.0.1", "192.168.2.1"]),
            ("0.0.0.0/0", &["8.8.8.8"], &["2001:db8::1", "a.example"]),
            ("2001:db8::/32,[::1]", &["[2001:db8:1::2]", "::1"], &["2001:db9::1"]),
            ("a.example:443,b.example:8443,[::1]:443", &["a.example", "::1"], &["b.example"]),
            ("https://a.example/", &["a.example"], &["b.example"]),
            ("<local>", &["intranet"], &["a.example", "::1"]),
            ("", &[], &["a.example"]),
            (",, ,", &[], &["a.example"]),
            ("10.0.0.0/33,a.example:x,a b/c,**,.", &["a"], &["10.0.0.1", "a.example", "x.example"]),
        ] {
            let read = NoProxy::parse(list);
            for host in direct {
                assert!(read.holds(host, 443), "{list}: {host}");
            }
            for host in through {
                assert!(!read.holds(host, 443), "{list}: {host}");
            }
        }
    }
}

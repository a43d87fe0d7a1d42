//! One host within the domain of another: matched at the dots between labels, so that no stranger's host passes.

/// What stands before `.domain` in `host`; `None` where `host` does not lie within it.
pub(crate) fn before<'h>(host: &'h str, domain: &str) -> Option<&'h str> {
    host.strip_suffix(domain)?.strip_suffix('.')
}

/// Whether `host` is `domain` or lies within it.
pub(crate) fn is_at(host: &str, domain: &str) -> bool {
    host == domain || before(host, domain).is_some()
}

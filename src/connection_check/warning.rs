//! What should be looked at although the check goes on.

/// A finding that does not fail the check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The public code, e.g. `secret_trimmed` or `basic_depth:prvReadAccount`.
    pub code: String,
    /// A sentence or two for people.
    pub text: String,
}

impl Warning {
    pub(super) fn new(code: impl Into<String>, text: impl Into<String>) -> Warning {
        Warning { code: code.into(), text: text.into() }
    }
}

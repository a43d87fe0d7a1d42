//! How a stage ends badly, and what it brings back when it ends well.

use super::proxy_address::NamedProxy;
use super::stage::one_line;
use super::{Detail, Warning};

/// Why a stage failed: a public code and what its diagnosis needs to speak about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub code: String,
    /// Where the same code has several texts: which one, e.g. the step in which a connection was lost.
    pub variant: &'static str,
    /// The server it is about.
    pub host: Box<str>,
    /// The proxy in which or on the way to which it happened.
    pub proxy: Option<Box<NamedProxy>>,
    /// Whether nothing beyond this computer answered, so that it may be offline.
    pub is_unanswered: bool,
    /// The server's own words or a list of names, on one line.
    pub detail: Box<str>,
    /// Trace or request ID and time, on one line.
    pub trace: Box<str>,
    pub details: Box<[Detail]>,
}

impl Failure {
    pub(crate) fn new(code: impl Into<String>, host: &str) -> Failure {
        Failure {
            code: code.into(),
            variant: "",
            host: host.into(),
            proxy: None,
            is_unanswered: false,
            detail: Box::default(),
            trace: Box::default(),
            details: Box::default(),
        }
    }

    /// With the text for this step or circumstance.
    pub(crate) fn variant(mut self, variant: &'static str) -> Failure {
        self.variant = variant;
        self
    }

    /// With the server's words.
    pub(crate) fn saying(mut self, detail: impl AsRef<str>) -> Failure {
        self.detail = one_line(detail.as_ref()).into();
        self
    }

    /// With one more sentence behind the server's words.
    pub(super) fn saying_more(self, sentence: &str) -> Failure {
        let detail = match self.detail.trim_end_matches('.') {
            "" => sentence.to_owned(),
            words => format!("{words}. {sentence}"),
        };
        self.saying(detail)
    }

    /// At this proxy, which the details name too.
    pub(super) fn at_proxy(mut self, proxy: &NamedProxy) -> Failure {
        self.proxy = Some(Box::new(proxy.clone()));
        self.with("Proxy", proxy.to_string())
    }

    /// Nothing beyond this computer answered.
    pub(crate) fn unanswered(mut self) -> Failure {
        self.is_unanswered = true;
        self
    }

    /// With one more detail, unless it is empty.
    pub(crate) fn with(mut self, label: &str, value: impl AsRef<str>) -> Failure {
        if !value.as_ref().is_empty() {
            let mut details = std::mem::take(&mut self.details).into_vec();
            details.push(Detail::new(label, value));
            self.details = details.into();
        }
        self
    }
}

/// What a stage found.
#[derive(Clone, Debug)]
pub(crate) struct Found<T> {
    pub value: T,
    pub summary: String,
    pub details: Vec<Detail>,
    pub warnings: Vec<Warning>,
}

impl<T> Found<T> {
    pub(crate) fn new(value: T, summary: impl Into<String>) -> Found<T> {
        Found { value, summary: summary.into(), details: Vec::new(), warnings: Vec::new() }
    }

    /// With one more detail, unless it is empty.
    pub(crate) fn with(mut self, label: &str, value: impl AsRef<str>) -> Found<T> {
        if !value.as_ref().is_empty() {
            self.details.push(Detail::new(label, value));
        }
        self
    }

    /// With more warnings.
    pub(crate) fn warning(mut self, warnings: impl IntoIterator<Item = Warning>) -> Found<T> {
        self.warnings.extend(warnings);
        self
    }
}

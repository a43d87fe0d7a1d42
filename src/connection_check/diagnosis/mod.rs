//! What is wrong, why, and how to mend it: the text of every known failure, written once.
/// What failed and what to do about it, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    /// The public code: the server's (`AADSTS7000215`, `0x80072560`) or the product's own (`dns`).
    pub code: String,
    /// One sentence: what is wrong.
    pub what: String,
    /// One or two sentences: why that happens.
    pub why: String,
    /// The steps that mend it, in their order.
    pub fix: Vec<String>,
    /// The portal page where the mending begins, for the environment's own cloud.
    pub link: Option<PortalLink>,
}

/// A page to open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortalLink {
    /// The page's name.
    pub text: String,
    /// Its https address.
    pub url: String,
}

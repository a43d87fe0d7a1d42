//! The news at the bottom of the window.

use uuid::Uuid;

use super::Tone;

/// What just happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Good or bad news.
    pub tone: Tone,
    /// The news.
    pub text: String,
    /// Whether it can be undone.
    pub undo: Undo,
}

/// Whether what just happened can be undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undo {
    /// No.
    None,
    /// Yes: it was the last change of profiles.
    LastEdit,
    /// The unsaved changes of this profile's form were recovered: they can be discarded while it is shown.
    Recovery(Uuid),
}

//! Something that a person tries and the background does: it has not begun, it is under way, or it has ended.

/// Something that is tried; `Why` says why it failed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Attempt<Why = String> {
    /// It was not tried, or what came of it no longer matters.
    #[default]
    NotYet,
    /// It is under way.
    UnderWay,
    /// It worked, or it did not, and why.
    Ended(Result<(), Why>),
}

impl<Why> Attempt<Why> {
    /// One that has failed.
    pub(super) fn failed(why: Why) -> Attempt<Why> {
        Attempt::Ended(Err(why))
    }

    /// Whether it is under way.
    pub fn is_under_way(&self) -> bool {
        matches!(self, Attempt::UnderWay)
    }

    /// Why it failed, if it did.
    pub fn trouble(&self) -> Option<&Why> {
        match self {
            Attempt::Ended(Err(why)) => Some(why),
            Attempt::NotYet | Attempt::UnderWay | Attempt::Ended(Ok(())) => None,
        }
    }

    /// Forgets how it ended; one that is under way goes on.
    pub(super) fn forget_end(&mut self) {
        if !self.is_under_way() {
            *self = Attempt::NotYet;
        }
    }
}

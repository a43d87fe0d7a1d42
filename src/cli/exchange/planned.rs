//! What an import is going to do.

use crate::exchange::import::Import;
use crate::exchange::plan::{ExpiryRow, Row};

/// A file with what a reader found in it, and what that would do.
pub(super) struct Planned<'i> {
    pub file: &'i str,
    pub import: &'i Import,
    pub rows: Vec<Row>,
    pub expiries: Vec<ExpiryRow>,
}

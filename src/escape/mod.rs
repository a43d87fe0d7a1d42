//! Other people's text on its way out. Names, notes, server texts and files come from anybody, and a terminal, a
//! browser, a spreadsheet or a chat would read commands in them.
//!
//! In: any text. Out: the same text, written so that its reader takes it for text and nothing else: one way for each
//! kind of reader, used wherever such a reader is written for. Pure: no files, no network.

#![warn(missing_docs)]

mod chat;
mod csv;
mod json;
mod markup;
mod visible;

pub use chat::{code_span, slack};
pub use csv::{Cell, CsvWriter, LineEnd, unguarded};
pub use json::json_line;
pub use markup::{markup, visible_markup};
pub(crate) use visible::is_unseen;
pub use visible::{visible, visible_line, visible_start};

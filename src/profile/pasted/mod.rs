//! What people paste into one field is more than its value: quotes, a label, characters that nobody sees.
//!
//! In: the text of one value. Out: the value, and what was taken off, to be said each time. One rule for every field and
//! every way in: form, connection string, command line, import. Pure.

pub mod labels;
mod peel;
mod placeholder;
mod secret;

use std::fmt;

pub(super) use peel::{Peeled, extra_around, holds_only_guids, only_guid, peel, without_blanks};
pub(crate) use placeholder::JOINED_VALUE;
pub use placeholder::is_placeholder;
pub(super) use secret::{is_connection_string, peel_secret};

use crate::escape::is_unseen;

/// A value, and what stood around it in the text that was pasted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pasted<T> {
    /// The value.
    pub value: T,
    /// What was left out.
    pub removed: Removed,
}

impl<T> Pasted<T> {
    pub(super) fn map<U>(self, turn: impl FnOnce(T) -> U) -> Pasted<U> {
        Pasted { value: turn(self.value), removed: self.removed }
    }
}

/// A kind of text around or in a value that is no part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Extra {
    /// Blanks or line breaks at the ends.
    Blanks,
    /// Blanks or line breaks inside.
    BlanksInside,
    /// Characters without a picture: zero width, byte order mark, soft hyphen, direction marks, control characters.
    Invisible,
    /// Straight or typographic quotes, or backticks.
    Quotes,
    /// `<…>`, `(…)` or `[…]`.
    Brackets,
    /// What stands before a value in a list: `Client ID: `, `clientSecret=`.
    Label,
    /// `;`, `,`, `.`, `!`, `:` or `…` at the end.
    Punctuation,
    /// Marks of a list, a table or bold text: `-`, `•`, `|`, `**`.
    Marks,
    /// Word's dashes in place of hyphens.
    Dashes,
    /// `api://`, the Application ID URI.
    ApplicationIdUri,
    /// The address of the portal's page or of a sign-in that holds the value.
    Address,
    /// A scheme that is there twice or has too few or too many slashes.
    Slashes,
    /// The other columns of the portal's list.
    Row,
    /// Words before or behind it.
    OtherText,
}

impl Extra {
    fn words(self) -> &'static str {
        match self {
            Extra::Blanks => "spaces or line breaks around it",
            Extra::BlanksInside => "spaces or line breaks inside it",
            Extra::Invisible => "invisible characters",
            Extra::Quotes => "quotes around it",
            Extra::Brackets => "brackets around it",
            Extra::Label => "the label before it",
            Extra::Punctuation => "punctuation at its end",
            Extra::Marks => "list or formatting marks around it",
            Extra::Dashes => "dashes in place of hyphens",
            Extra::ApplicationIdUri => "“api://”",
            Extra::Address => "the web address around it",
            Extra::Slashes => "a malformed “https://”",
            Extra::Row => "the other columns of the portal's list",
            Extra::OtherText => "the other text around it",
        }
    }
}

/// All that was left out of a pasted text, each kind once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Removed(Vec<Extra>);

impl Removed {
    pub(super) fn note(&mut self, extra: Extra) {
        if let Err(place) = self.0.binary_search(&extra) {
            self.0.insert(place, extra);
        }
    }

    /// The kinds, in a fixed order.
    pub fn kinds(&self) -> &[Extra] {
        &self.0
    }

    /// Whether nothing but spaces at the ends went, of which nobody needs to hear where spaces mean nothing.
    pub fn is_minor(&self) -> bool {
        self.0.iter().all(|extra| *extra == Extra::Blanks)
    }

    /// What was left out, as a sentence; `None` when that is nothing, or nothing but spaces.
    pub fn notice(&self) -> Option<String> {
        (!self.is_minor()).then(|| self.to_string())
    }
}

/// A sentence: `Removed: invisible characters, quotes around it.`
impl fmt::Display for Removed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<_> = self.0.iter().map(|extra| extra.words()).collect();
        write!(formatter, "Removed: {}.", words.join(", "))
    }
}

/// Whether `c` shows nothing at all and is no space either: no identifier, address or secret of Microsoft's holds one.
pub(crate) fn is_invisible(c: char) -> bool {
    let fills_no_room = matches!(c, '\u{2800}' | '\u{fe00}'..='\u{fe0f}');
    (is_unseen(c) && !c.is_whitespace()) || fills_no_room
}

/// Typographic quotes of every language, which no secret of Microsoft Entra ID holds.
pub(crate) fn is_typographic_quote(c: char) -> bool {
    matches!(
        c,
        '“' | '”'
            | '„'
            | '‟'
            | '‘'
            | '’'
            | '‚'
            | '‛'
            | '«'
            | '»'
            | '‹'
            | '›'
            | '″'
            | '′'
            | '＂'
            | '＇'
            | '「'
            | '」'
    )
}

/// What Word, Outlook and web pages make of a hyphen.
pub(super) fn is_typographic_dash(c: char) -> bool {
    matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_left_out_is_said_in_one_sentence_and_spaces_are_not() {
        use Extra as E;
        for (extras, notice) in [
            (&[][..], None),
            (&[E::Blanks], None),
            (&[E::Quotes, E::Invisible, E::Quotes], Some("Removed: invisible characters, quotes around it.")),
            (&[E::Blanks, E::Label], Some("Removed: spaces or line breaks around it, the label before it.")),
            (&[E::ApplicationIdUri], Some("Removed: “api://”.")),
        ] {
            let mut removed = Removed::default();
            extras.iter().for_each(|extra| removed.note(*extra));
            assert_eq!(removed.notice().as_deref(), notice);
        }
    }
}

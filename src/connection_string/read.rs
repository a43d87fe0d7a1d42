//! Reading as `System.Data.Common.DbConnectionStringBuilder` does it (its rules without ODBC).
//!
//! Source: dotnet/runtime, `DbConnectionOptions.Common.cs`, `GetKeyValuePair`. Surprises that are kept because the
//! client has them: a key may hold `;` and, doubled, `=`; a value without quotes may hold quotes and `=` but not end
//! in a quote; NUL characters at the very end are passed over.

use zeroize::Zeroizing;

use super::ConnectionStringError;
use crate::profile::SecretText;

/// One `Key=Value` as it stands in the text.
pub(super) struct Pair {
    /// In the text's own spelling. A part of a cut secret may end up here, so it is wiped as well.
    pub key: Zeroizing<String>,
    /// `None` when nothing stands after the `=`.
    pub value: Option<SecretText>,
    pub quotes: Quotes,
    /// Where its key begins, in characters from 1.
    pub position: usize,
}

/// Whether quotes stood around a value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Quotes {
    Around,
    Absent,
}

/// Takes `text` apart into its pairs, duplicates included, in order.
pub(super) fn read_pairs(text: &str) -> Result<Vec<Pair>, ConnectionStringError> {
    let mut reader = Reader { text, at: 0, counted: (0, 1) };
    reader.pairs().map_err(|error| if_wrapped(text, error))
}

/// Where a text that stands wholly in quotes is refused is chance; what is wrong with it is not.
fn if_wrapped(text: &str, error: ConnectionStringError) -> ConnectionStringError {
    let starts = text.find(|c: char| !c.is_whitespace() && c != ';');
    let Some((at, quote)) = starts.and_then(|at| Some((at, text[at..].chars().next()?))) else {
        return error;
    };
    let body = text[at..].trim_end().trim_end_matches(['\0', ';']);
    if matches!(quote, '"' | '\'') && body.len() > 1 && body.ends_with(quote) {
        ConnectionStringError::WrappedInQuotes { position: position(text, at) }
    } else {
        error
    }
}

/// Byte `at` of `text` as a count of characters from 1.
fn position(text: &str, at: usize) -> usize {
    text[..at].chars().count() + 1
}

/// `text` with each doubled `mark` as one. The buffer never grows, so no copy is left in freed memory.
fn undoubled(text: &str, mark: char) -> Zeroizing<String> {
    let mut single = Zeroizing::new(String::with_capacity(text.len()));
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        single.push(c);
        if c == mark {
            rest.next();
        }
    }
    single
}

struct Reader<'a> {
    text: &'a str,
    /// The next byte to read; always on a character boundary.
    at: usize,
    /// A byte and its position: counted on from there, or a text of many pairs would be counted as often.
    counted: (usize, usize),
}

impl<'a> Reader<'a> {
    fn pairs(&mut self) -> Result<Vec<Pair>, ConnectionStringError> {
        let mut pairs = Vec::new();
        loop {
            self.skip(|c| c == ';' || c.is_whitespace());
            match self.peek() {
                None => return Ok(pairs),
                Some('\0') => {
                    self.only_nul_is_left()?;
                    return Ok(pairs);
                }
                Some(_) => {}
            }
            let position = self.position_here();
            let key = self.key()?;
            let (value, quotes) = self.value()?;
            pairs.push(Pair { key, value, quotes, position });
        }
    }

    /// The next byte to read as a count of characters from 1.
    fn position_here(&mut self) -> usize {
        let (byte, position) = self.counted;
        self.counted = (self.at, position + self.text[byte..self.at].chars().count());
        self.counted.1
    }

    /// A key up to its single `=`, which is read too. `==` stands for an `=` in the key.
    fn key(&mut self) -> Result<Zeroizing<String>, ConnectionStringError> {
        let start = self.at;
        loop {
            let here = self.at;
            match self.next() {
                None => return Err(ConnectionStringError::KeyWithoutEquals { position: position(self.text, start) }),
                Some('=') if self.peek() == Some('=') => {
                    self.next();
                }
                Some('=') => break,
                Some(c) if c.is_control() && !c.is_whitespace() => return Err(self.control_at(here)),
                Some(_) => {}
            }
        }
        let key = self.text[start..self.at - 1].trim_end();
        if key.is_empty() {
            return Err(ConnectionStringError::EmptyKey { position: position(self.text, start) });
        }
        Ok(undoubled(key, '='))
    }

    /// A value and the `;` after it. `None` when there is none.
    fn value(&mut self) -> Result<(Option<SecretText>, Quotes), ConnectionStringError> {
        self.skip(char::is_whitespace);
        match self.peek() {
            None => Ok((None, Quotes::Absent)),
            Some(quote @ ('"' | '\'')) => Ok((Some(self.quoted(quote)?), Quotes::Around)),
            Some(';') => {
                self.next();
                Ok((None, Quotes::Absent))
            }
            // Left for `pairs`, which knows whether the text may end with it.
            Some(c) if c.is_control() => Ok((None, Quotes::Absent)),
            Some(_) => Ok((Some(self.unquoted()?), Quotes::Absent)),
        }
    }

    fn unquoted(&mut self) -> Result<SecretText, ConnectionStringError> {
        let start = self.at;
        self.skip(|c| c != ';' && (c.is_whitespace() || !c.is_control()));
        let value = self.text[start..self.at].trim();
        if value.ends_with(['"', '\'']) {
            let quote = start + self.text[start..self.at].trim_end().len() - 1;
            return Err(ConnectionStringError::EndsInQuote { position: position(self.text, quote) });
        }
        if self.peek() == Some(';') {
            self.next();
        }
        Ok(SecretText::from(value))
    }

    fn quoted(&mut self, quote: char) -> Result<SecretText, ConnectionStringError> {
        let opened = self.at;
        self.next();
        let start = self.at;
        loop {
            let here = self.at;
            match self.next() {
                None => {
                    return Err(ConnectionStringError::UnclosedQuote { position: position(self.text, opened) });
                }
                Some('\0') => return Err(self.control_at(here)),
                Some(c) if c == quote && self.peek() == Some(quote) => {
                    self.next();
                }
                Some(c) if c == quote => break,
                Some(_) => {}
            }
        }
        let value = undoubled(&self.text[start..self.at - 1], quote);
        self.skip(char::is_whitespace);
        match self.peek() {
            None | Some('\0') => {}
            Some(';') => {
                self.next();
            }
            Some(_) => {
                return Err(ConnectionStringError::TextAfterQuote { position: position(self.text, self.at) });
            }
        }
        Ok(SecretText::from(value.as_str()))
    }

    fn only_nul_is_left(&self) -> Result<(), ConnectionStringError> {
        let rest = &self.text[self.at..];
        if rest.chars().all(|c| c == '\0' || c.is_whitespace()) { Ok(()) } else { Err(self.control_at(self.at)) }
    }

    fn control_at(&self, at: usize) -> ConnectionStringError {
        let position = position(self.text, at);
        if self.text[at..].starts_with('\0') {
            ConnectionStringError::Nul { position }
        } else {
            ConnectionStringError::ControlCharacter { position }
        }
    }

    fn skip(&mut self, passes: impl Fn(char) -> bool) {
        let rest = &self.text[self.at..];
        self.at += rest.find(|c| !passes(c)).unwrap_or(rest.len());
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }
}

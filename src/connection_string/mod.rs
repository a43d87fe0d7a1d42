//! Writes and reads a Dataverse `ConnectionString` as Microsoft's own client does.
//!
//! In: the four values of a client-secret connection, or any text. Out: the text that .NET's
//! `DbConnectionStringBuilder` reads back to the same values, or the values that Microsoft's client would see in the
//! text, with a warning for everything that it would pass over silently. Pure: no files, no network.

#![warn(missing_docs)]

mod error;
mod field;
mod line;
mod literal;
mod names;
mod read;
mod values;
mod warning;
mod write;

use std::fmt;

use zeroize::Zeroizing;

pub use error::ConnectionStringError;
pub use field::{AuthType, Field};
pub use warning::{ReadWarning, shown_key};

use crate::cloud::Overrides;
use crate::profile::pasted::is_invisible;
use crate::profile::{ClientId, ClientSecret, EnvironmentUrl, SecretText};
use field::{FoldedKey, is_known_key, same_key};
use warning::Note;

/// A connection string taken apart: its keys in their own order and spelling, its values wiped when dropped.
///
/// Each key is there once. Of a repeated key the last value counts, at the place of the first.
#[derive(Clone, Default)]
pub struct ConnectionString {
    entries: Vec<Entry>,
    notes: Vec<Note>,
}

#[derive(Clone)]
struct Entry {
    key: Zeroizing<String>,
    /// `None` for `Key=`, which the client takes as not being there; it is kept for writing.
    value: Option<SecretText>,
    /// Where the key stood, when it may be a piece of a secret and so must not be shown.
    piece: Option<Piece>,
}

/// A key that is likely the rest of a secret that was cut at its `;`, as people may see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Piece {
    /// Its first character in the text, from 1.
    position: usize,
    characters: usize,
}

impl fmt::Display for Piece {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let s = if self.characters == 1 { "" } else { "s" };
        write!(formatter, "a piece of {} character{s} at character {}", self.characters, self.position)
    }
}

impl ConnectionString {
    /// One without any key.
    pub fn new() -> ConnectionString {
        ConnectionString::default()
    }

    /// The connection string of an app registration with a client secret.
    pub fn client_secret(url: &EnvironmentUrl, id: &ClientId, secret: &ClientSecret) -> ConnectionString {
        let mut string = ConnectionString::new();
        string.set(Field::AuthType, "ClientSecret");
        string.set(Field::Url, &url.to_string());
        string.set(Field::ClientId, &id.to_string());
        string.set(Field::ClientSecret, secret.expose());
        string
    }

    /// Reads `text` exactly as `DbConnectionStringBuilder` does; what that refuses is refused here, with the place
    /// and the way out.
    pub fn parse(text: &str) -> Result<ConnectionString, ConnectionStringError> {
        let pairs = read::read_pairs(text)?;
        let pieces = warning::pieces_of_secrets(&pairs);
        let mut string =
            ConnectionString { entries: Vec::with_capacity(pairs.len()), notes: warning::notes_of(&pairs) };
        let mut places = std::collections::HashMap::<FoldedKey, usize>::new();
        for (pair, piece) in pairs.into_iter().zip(pieces) {
            let folded = FoldedKey::of(&pair.key);
            match places.get(&folded).copied() {
                Some(place) => {
                    let entry = &mut string.entries[place];
                    entry.value = pair.value;
                    // One that is hidden anywhere is hidden.
                    entry.piece = entry.piece.or(piece);
                }
                None => {
                    places.insert(folded, string.entries.len());
                    string.entries.push(Entry { key: pair.key, value: pair.value, piece });
                }
            }
        }
        Ok(string)
    }

    /// As [`ConnectionString::parse`], of what stands inside when `text` is a whole line of a file: C#, PowerShell, XML, JSON,
    /// settings. Its warnings say what was taken off. Quotes alone around the text are refused, as by .NET.
    pub fn parse_line(text: &str) -> Result<ConnectionString, ConnectionStringError> {
        match line::extract(text) {
            Some(extracted) if !extracted.is_only_quoted() => ConnectionString::parse_extracted(&extracted),
            _ => ConnectionString::parse(text),
        }
    }

    /// As [`ConnectionString::parse_line`] for what a person pastes: quotes alone around the text and characters at its ends
    /// that nobody sees go as well.
    pub fn parse_pasted(text: &str) -> Result<ConnectionString, ConnectionStringError> {
        let bare = text.trim_matches(|c: char| c.is_whitespace() || (is_invisible(c) && c != '\0'));
        let mut string = match line::extract(bare) {
            Some(extracted) => ConnectionString::parse_extracted(&extracted)?,
            None => ConnectionString::parse(bare)?,
        };
        if text.trim_start().starts_with(is_invisible) {
            string.notes.push(Note::ByteOrderMark);
        }
        Ok(string)
    }

    fn parse_extracted(extracted: &line::Extracted) -> Result<ConnectionString, ConnectionStringError> {
        let mut string = ConnectionString::parse(&extracted.text)?;
        string.notes.extend(extracted.lines.iter().map(|line| Note::TakenFrom(*line)));
        if extracted.left_out_joined_text {
            string.notes.push(Note::JoinedText);
        }
        Ok(string)
    }

    /// What its text does to it rather than its values: what was taken off, and what may be cut, lost or repeated.
    pub fn warnings_of_its_text(&self) -> Vec<ReadWarning> {
        warning::of_the_text(self)
    }

    /// Sets one of the four values at the place and under the key where the client finds it now, or at the end.
    ///
    /// Other keys for the same field go, so that no old value stays behind. An empty `value` removes the field.
    pub fn set(&mut self, field: Field, value: &str) {
        let place = self.place_of(field);
        let value = SecretText::from(value);
        let key = match place {
            Some(place) => self.entries[place].key.clone(),
            None => Zeroizing::new(field.key().to_owned()),
        };
        if value.is_empty() {
            self.entries.retain(|entry| Field::of_key(&entry.key) != Some(field));
            return;
        }
        match place {
            Some(place) => self.entries[place].value = Some(value),
            None => self.entries.push(Entry { key: key.clone(), value: Some(value), piece: None }),
        }
        self.entries.retain(|entry| Field::of_key(&entry.key) != Some(field) || entry.key == key);
    }

    /// Adds a key that is not one of the four fields', or replaces its value where it stands.
    pub fn push_other(&mut self, key: &str, value: &SecretText) {
        match self.entries.iter_mut().find(|entry| same_key(&entry.key, key)) {
            Some(entry) => entry.value = Some(value.clone()),
            None => {
                let key = Zeroizing::new(key.to_owned());
                self.entries.push(Entry { key, value: Some(value.clone()), piece: None });
            }
        }
    }

    /// The text, in the order of the keys, with quotes where .NET puts them. A NUL character is refused.
    pub fn write(&self) -> Result<SecretText, ConnectionStringError> {
        write::write_pairs(self.entries.iter().map(|entry| (entry.key.as_str(), entry.value.as_ref())))
    }

    /// How the client would sign in.
    pub fn auth_type(&self) -> AuthType {
        self.effective(Field::AuthType).map_or(AuthType::InvalidConnection, |text| AuthType::parse(text.expose()))
    }

    /// The environment's address as it stands there.
    pub fn url(&self) -> Option<&str> {
        self.effective(Field::Url).map(SecretText::expose)
    }

    /// The client id as it stands there. Where this is `None` the client takes its own sample application's.
    pub fn client_id(&self) -> Option<&str> {
        self.effective(Field::ClientId).map(SecretText::expose)
    }

    /// The client secret.
    pub fn client_secret_value(&self) -> Option<&SecretText> {
        self.effective(Field::ClientSecret)
    }

    /// All keys that have a value, as they are spelt, in their order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.present().map(|(key, _)| key)
    }

    /// The keys that Microsoft's client does not know and so ignores, with their values, in their order.
    pub fn unknown(&self) -> impl Iterator<Item = (&str, &SecretText)> {
        self.present().filter(|(key, _)| !is_known_key(key))
    }

    /// The keys that Microsoft's client does not know, those without a value included.
    fn unknown_keys(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| entry.key.as_str()).filter(|key| !is_known_key(key))
    }

    /// The keys of [`ConnectionString::unknown`] as people may see them: one that may be the rest of a secret is described by
    /// its length and its place only, `(a piece of 29 characters at character 122)`.
    pub fn unknown_keys_shown(&self) -> impl Iterator<Item = String> {
        let unknown = self.entries.iter().filter(|entry| entry.value.is_some() && !is_known_key(&entry.key));
        unknown.map(|entry| match entry.piece {
            Some(piece) => format!("({piece})"),
            None => entry.key.to_string(),
        })
    }

    /// All keys but those of the four fields, with their values, in their order: what a profile keeps beside them.
    pub fn others(&self) -> impl Iterator<Item = (&str, &SecretText)> {
        self.present().filter(|(key, _)| Field::of_key(key).is_none())
    }

    /// What is likely not meant, worst first.
    pub fn warnings(&self) -> Vec<ReadWarning> {
        self.warnings_with(&Overrides::none())
    }

    /// As [`ConnectionString::warnings`], with the hosts of an administrator's list as good addresses.
    pub fn warnings_with(&self, clouds: &Overrides) -> Vec<ReadWarning> {
        warning::warnings(self, clouds)
    }

    /// The value that the client takes for `field`: the first of its aliases that is not empty.
    fn effective(&self, field: Field) -> Option<&SecretText> {
        field.aliases().iter().find_map(|alias| self.value_of(alias).filter(|value| !value.is_empty()))
    }

    /// Where `set` writes `field`: the effective key, else any key of the field.
    fn place_of(&self, field: Field) -> Option<usize> {
        let holding = |alias: &&str| {
            let place = self.entries.iter().position(|entry| same_key(&entry.key, alias))?;
            self.entries[place].value.as_ref().is_some_and(|value| !value.is_empty()).then_some(place)
        };
        field
            .aliases()
            .iter()
            .find_map(holding)
            .or_else(|| self.entries.iter().position(|entry| Field::of_key(&entry.key) == Some(field)))
    }

    fn value_of(&self, key: &str) -> Option<&SecretText> {
        self.entries.iter().find(|entry| same_key(&entry.key, key))?.value.as_ref()
    }

    /// A key within a sentence: in quotes, or where it stands when it may be a piece of a secret.
    fn in_words(&self, key: &str) -> String {
        match self.piece_of(key) {
            Some(piece) => piece.to_string(),
            None => format!("“{key}”"),
        }
    }

    fn piece_of(&self, key: &str) -> Option<Piece> {
        self.entries.iter().find(|entry| same_key(&entry.key, key))?.piece
    }

    fn present(&self) -> impl Iterator<Item = (&str, &SecretText)> {
        self.entries.iter().filter_map(|entry| Some((entry.key.as_str(), entry.value.as_ref()?)))
    }
}

/// Shows the keys but those that may be pieces of a secret, and no value.
impl fmt::Debug for ConnectionString {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = |entry: &Entry| entry.piece.map_or_else(|| entry.key.to_string(), |piece| piece.to_string());
        formatter.debug_map().entries(self.entries.iter().map(|entry| (key(entry), &entry.value))).finish()
    }
}

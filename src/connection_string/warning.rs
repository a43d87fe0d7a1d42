//! What a connection string that reads well may still do to somebody: said in plain words.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use zeroize::Zeroizing;

use super::field::{FoldedKey, is_known_key, same_key};
use super::line::Line;
use super::names::{is_name_of_a_setting, reads_as_a_name};
use super::read::{Pair, Quotes};
use super::values::{self, TENANT_KEYS};
use super::{AuthType, ConnectionString, Field, Piece};
use crate::cloud::Overrides;
use crate::profile::pasted::{is_invisible, is_typographic_quote};
use crate::profile::{ClientSecret, SecretText};
use crate::wording::capitalized;

/// Something about a readable connection string that is likely not meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadWarning {
    /// Stable id, for scripts.
    pub code: &'static str,
    /// What happens and what to do. Holds keys, but none that may be the rest of a secret, and never values.
    pub text: String,
}

impl ReadWarning {
    /// Whether a value may be another than the one that was meant.
    pub fn changes_a_value(&self) -> bool {
        matches!(
            self.code,
            "secret_cut" | "missing_equals" | "duplicate_key" | "empty_duplicate" | "alias_ignored" | "joined_text"
        )
    }
}

/// What only the text itself shows, kept from reading.
#[derive(Clone)]
pub(super) enum Note {
    /// The key stands there more than once; its last value counts.
    Repeated(Zeroizing<String>),
    /// The key stands there more than once and is empty at last, which removes it.
    Removed(Zeroizing<String>),
    /// An unknown key right after a secret without quotes: likely the secret's own end.
    CutSecret(Zeroizing<String>),
    /// It stood in a line of a file.
    TakenFrom(Line),
    /// A line of code joins text to its end whose value is not known here.
    JoinedText,
    /// A byte order mark stood before it.
    ByteOrderMark,
}

/// Sign-ins of the older CrmServiceClient that the current client does not know.
const RETIRED_AUTH_TYPES: [&str; 4] = ["Office365", "IFD", "Live", "Claims"];

/// The notes that `pairs`, as they stand in the text, are worth.
pub(super) fn notes_of(pairs: &[Pair]) -> Vec<Note> {
    let mut notes = Vec::new();
    let mut seen = HashMap::new();
    for (place, pair) in pairs.iter().enumerate() {
        seen.entry(FoldedKey::of(&pair.key)).or_insert_with(Vec::new).push(place);
    }
    for (place, pair) in pairs.iter().enumerate() {
        let places = &seen[&FoldedKey::of(&pair.key)];
        if places.len() > 1 && places.last() == Some(&place) {
            let key = pair.key.clone();
            notes.push(if pair.value.is_none() { Note::Removed(key) } else { Note::Repeated(key) });
        }
    }
    let strays = pairs_of_a_cut_secret(pairs, |key| Field::of_key(key) == Some(Field::ClientSecret));
    let cut = pairs.iter().zip(strays).filter(|(pair, is_stray)| *is_stray && !reads_as_a_name(&pair.key));
    notes.extend(cut.map(|(pair, _)| Note::CutSecret(pair.key.clone())));
    notes
}

/// For each of `pairs`, whether its key may be a piece of a secret: it follows a secret or a password without quotes,
/// or it swallowed a piece of text before it.
pub(super) fn pieces_of_secrets(pairs: &[Pair]) -> Vec<Option<Piece>> {
    let is_secret = |key: &str| Field::of_key(key) == Some(Field::ClientSecret) || same_key(key, "Password");
    let strays = pairs_of_a_cut_secret(pairs, is_secret);
    let piece = |pair: &Pair| Piece { position: pair.position, characters: pair.key.chars().count() };
    let hidden = |(pair, is_stray): (&Pair, bool)| (is_stray || pair.key.contains(';')).then(|| piece(pair));
    pairs.iter().zip(strays).map(hidden).collect()
}

/// For each of `pairs`, whether it has a key that is no setting's right behind a secret without quotes that may be cut.
fn pairs_of_a_cut_secret(pairs: &[Pair], is_secret: impl Fn(&str) -> bool) -> Vec<bool> {
    let mut behind_secret = false;
    let is_stray = |pair: &Pair| {
        let is_name = is_name_of_a_setting(&pair.key) || well_known_but_ignored(&pair.key).is_some();
        let is_stray = behind_secret && !is_name;
        let may_be_cut = || pair.quotes == Quotes::Absent && pair.value.as_ref().is_some_and(|value| !is_whole(value));
        behind_secret = is_stray || (is_secret(&pair.key) && may_be_cut());
        is_stray
    };
    pairs.iter().map(is_stray).collect()
}

/// Whether a secret has the whole shape of those made today, which hold no “;”.
fn is_whole(secret: &SecretText) -> bool {
    ClientSecret::parse_exact(secret.expose()).is_ok_and(|secret| secret.advice().is_none())
}

/// The warnings of `string`, worst first.
pub(super) fn warnings(string: &ConnectionString, clouds: &Overrides) -> Vec<ReadWarning> {
    let mut found = Vec::new();
    let mut warn = |code, text: String| found.push(ReadWarning { code, text });
    let cut = cut_keys(string);
    cut_secrets(string, &cut, &mut warn);
    auth_type(string, &mut warn);
    values::judge(string, clouds, &mut warn);
    repetitions(string, &mut warn);
    // A key without a value does nothing, unless it may be a piece of a secret.
    let is_said = |key: &&str| string.value_of(key).is_some() || string.piece_of(key).is_some();
    for key in string.unknown_keys().filter(is_said).filter(|key| !cut.contains(&FoldedKey::of(key))) {
        unknown_key(string, key, &mut warn);
    }
    surroundings(string, &mut warn);
    found
}

/// Those of [`warnings`] that only the text shows, for who judges the values himself.
pub(super) fn of_the_text(string: &ConnectionString) -> Vec<ReadWarning> {
    let mut found = Vec::new();
    let mut warn = |code, text: String| found.push(ReadWarning { code, text });
    cut_secrets(string, &cut_keys(string), &mut warn);
    repetitions(string, &mut warn);
    surroundings(string, &mut warn);
    found
}

fn cut_keys(string: &ConnectionString) -> HashSet<FoldedKey> {
    let cut = |note: &Note| if let Note::CutSecret(key) = note { Some(FoldedKey::of(key)) } else { None };
    string.notes.iter().filter_map(cut).collect()
}

/// A field or a key that is there more than once.
fn repetitions(string: &ConnectionString, warn: &mut impl FnMut(&'static str, String)) {
    for field in Field::ALL {
        several_spellings(string, field, warn);
    }
    for note in &string.notes {
        match note {
            Note::Repeated(key) => warn(
                "duplicate_key",
                format!("{} appears more than once. Only the last one is used.", capitalized(&string.in_words(key))),
            ),
            Note::Removed(key) => warn(
                "empty_duplicate",
                format!(
                    "{} appears more than once, and the last one is empty, so none is used. Delete the empty one.",
                    capitalized(&string.in_words(key))
                ),
            ),
            Note::CutSecret(_) | Note::TakenFrom(_) | Note::JoinedText | Note::ByteOrderMark => {}
        }
    }
}

/// What was taken off around the string.
fn surroundings(string: &ConnectionString, warn: &mut impl FnMut(&'static str, String)) {
    for note in &string.notes {
        match note {
            Note::ByteOrderMark => warn(
                "byte_order_mark",
                "The text begins with an invisible byte order mark, which hides the first key from Microsoft's client. \
                 It was ignored here; save the file as UTF-8 without BOM, or delete the first character."
                    .to_owned(),
            ),
            Note::JoinedText => warn(
                "joined_text",
                "The line of code joins more text to the end of the connection string. What that text is cannot be seen \
                 here, so it was left out: check that nothing is missing."
                    .to_owned(),
            ),
            Note::TakenFrom(Line::WrittenBreaks) => warn(
                "written_line_breaks",
                "“\\n” was written in place of line breaks. It was read as a line break, but Microsoft's client does not \
                 read it so: remove it."
                    .to_owned(),
            ),
            Note::TakenFrom(Line::Quotes) => warn(
                "wrapped_in_quotes",
                "The whole text was in quotes. They were ignored here, but Microsoft's client does not accept them: \
                 remove them."
                    .to_owned(),
            ),
            Note::TakenFrom(Line::XmlEntities) => warn(
                "xml_entities",
                "The text was written for XML. “&amp;” was read as “&”, and “&quot;”, “&apos;”, “&lt;” and “&gt;” as \
                 the characters they stand for."
                    .to_owned(),
            ),
            Note::TakenFrom(line) => warn(
                "taken_from_line",
                format!(
                    "This is {}. Only the connection string in it was read; the text before and after it was ignored.",
                    line.name()
                ),
            ),
            _ => {}
        }
    }
}

fn cut_secrets(string: &ConnectionString, cut: &HashSet<FoldedKey>, warn: &mut impl FnMut(&'static str, String)) {
    // One whose piece ends in “=” has no value.
    let strays: Vec<_> = string.unknown_keys().filter(|key| cut.contains(&FoldedKey::of(key))).collect();
    if !strays.is_empty() {
        let keys: Vec<_> = strays.iter().map(|key| string.in_words(key)).collect();
        warn(
            "secret_cut",
            format!(
                "The client secret may be cut off: after its “;” comes {}, which was read as a key that Microsoft does \
                 not know. If it is part of the secret, put the whole secret in quotes: ClientSecret=\"…\"",
                keys.join(", ")
            ),
        );
    }
    for key in string.unknown_keys().filter(|key| key.contains(';')) {
        let lost = key.rsplit(';').next().unwrap_or_default().trim();
        let lost = if is_known_key(lost) { format!(" “{lost}” is lost as a result.") } else { String::new() };
        warn(
            "missing_equals",
            format!(
                "Text without “=” was read as part of the key that follows it.{lost} If the text is part of a secret \
                 that contains “;”, put the whole secret in quotes."
            ),
        );
    }
}

fn auth_type(string: &ConnectionString, warn: &mut impl FnMut(&'static str, String)) {
    let Some(text) = string.effective(Field::AuthType).map(SecretText::expose) else {
        warn("auth_type_missing", "AuthType is missing. Add AuthType=ClientSecret.".to_owned());
        return;
    };
    match string.auth_type() {
        AuthType::ClientSecret if text.trim() != "ClientSecret" => warn(
            "auth_type_number",
            "AuthType is not written as its name. Microsoft's current client accepts it, older ones may not: write \
             AuthType=ClientSecret."
                .to_owned(),
        ),
        AuthType::ClientSecret => {}
        AuthType::InvalidConnection => match AuthType::ignoring_case(text) {
            Some(name) if name != text.trim() => warn(
                "auth_type_case",
                format!("AuthType has the wrong upper and lower case and is not accepted. Write AuthType={name}."),
            ),
            None if RETIRED_AUTH_TYPES.iter().any(|name| name.eq_ignore_ascii_case(text.trim())) => warn(
                "auth_type_retired",
                format!(
                    "AuthType={} belongs to Microsoft's older client and no longer works with Dataverse. Create an app \
                     registration and write AuthType=ClientSecret.",
                    text.trim()
                ),
            ),
            _ => warn(
                "auth_type_unknown",
                "AuthType is not one that Microsoft's client knows. Write AuthType=ClientSecret.".to_owned(),
            ),
        },
        other => warn(
            "not_client_secret",
            format!("AuthType is {other}. This tool builds and tests AuthType=ClientSecret only."),
        ),
    }
}

/// Two keys for one field, of which one is passed over.
fn several_spellings(string: &ConnectionString, field: Field, warn: &mut impl FnMut(&'static str, String)) {
    let mut present = field.aliases().iter().filter_map(|alias| string.value_of(alias).map(|value| (alias, value)));
    let Some((winner, value)) = present.find(|(_, value)| !value.is_empty()) else { return };
    let ignored: Vec<_> = present.filter(|(_, other)| *other != value).map(|(alias, _)| format!("“{alias}”")).collect();
    if !ignored.is_empty() {
        warn("alias_ignored", format!("“{winner}” is used; {} means the same and is ignored.", ignored.join(", ")));
    }
}

/// The warning for a key that many people expect to work.
fn well_known_but_ignored(key: &str) -> Option<(&'static str, &'static str)> {
    if TENANT_KEYS.iter().any(|known| same_key(known, key)) {
        Some((
            "tenant_ignored",
            "Microsoft's client ignores it and asks the environment for its tenant. It does no harm.",
        ))
    } else if key.get(..9).is_some_and(|start| start.eq_ignore_ascii_case("Encrypted")) {
        Some((
            "encrypted_password",
            "This value is encrypted by Anywhere365. Only the UCC can read it; Microsoft's client ignores it, so this \
             tool keeps it but cannot test it.",
        ))
    } else {
        None
    }
}

/// A key that a profile keeps, as people may see it: its name when somebody gave it one, else its length, because it may
/// be the rest of a secret that was cut at a “;”.
pub fn shown_key(key: &str) -> Cow<'_, str> {
    // What the app itself keeps of a form that it could not read.
    const OURS: &str = "UnreadClientSecret";
    match is_name_of_a_setting(key) || well_known_but_ignored(key).is_some() || key == OURS {
        true => Cow::Borrowed(key),
        false => Cow::Owned(match key.chars().count() {
            1 => "(a key of 1 character)".to_owned(),
            characters => format!("(a key of {characters} characters)"),
        }),
    }
}

fn unknown_key(string: &ConnectionString, key: &str, warn: &mut impl FnMut(&'static str, String)) {
    if let Some((code, text)) = well_known_but_ignored(key) {
        warn(code, format!("“{key}”: {text}"));
        return;
    }
    let visible: String = key.chars().filter(|c| !is_invisible(*c)).collect();
    let bare = visible.trim_matches(|c| matches!(c, '"' | '\'' | '`') || is_typographic_quote(c));
    if key.contains(';') {
        // Said by `missing_equals`.
    } else if key.starts_with('\u{feff}') && is_known_key(bare) {
        warn(
            "byte_order_mark",
            format!(
                "The text begins with an invisible byte order mark, which hides the key “{bare}”. Save the file as \
                 UTF-8 without BOM, or delete the first character."
            ),
        );
    } else if is_known_key(bare) && visible != bare {
        warn(
            "wrapped_in_quotes",
            format!("A quote before the key “{bare}” hides it. Remove the quotes around the whole text."),
        );
    } else if is_known_key(bare) {
        warn(
            "invisible_character",
            format!("An invisible character hides the key “{bare}”. Delete the key and type it again."),
        );
    } else {
        warn(
            "unknown_key",
            format!(
                "{} is not a key that Microsoft's client knows. It is ignored; this tool keeps it.{}",
                capitalized(&string.in_words(key)),
                match string.piece_of(key) {
                    Some(_) =>
                        " If it is part of the secret before it, put the whole secret in quotes: ClientSecret=\"…\"",
                    None => "",
                }
            ),
        );
    }
}

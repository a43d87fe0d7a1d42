//! Reads other people's files: one file of this folder for each format.
//!
//! In: the bytes of a file and [`Options`]. Out: an [`Import`] with candidates, what was left out, warnings and
//! questions, or the [`Refusal`] of the whole file. What a file is, is known from its content. Sizes, depths and the
//! cost of opening are bounded before anything is unpacked or derived.

mod appsettings;
mod azure;
mod bitwarden;
mod column;
mod connection_strings;
mod dates;
mod decode;
mod delimited;
mod dotenv;
mod draft;
mod entra_expiry;
mod entry;
mod format;
mod found;
mod heading;
mod json;
mod json_members;
mod kdbx;
mod keepass;
mod keepass_xml;
mod old_workbook;
mod onepassword;
mod opendocument;
mod own_json;
mod refusal;
mod table;
mod toolbox;
mod web_config;
mod workbook;
mod xml;
mod xml_elements;
mod xrmtoolbox;
mod zipped;

use chrono::{DateTime, NaiveDate, Utc};
use zeroize::Zeroizing;

pub use column::Column;
pub(in crate::exchange) use column::column_of;
pub(in crate::exchange) use connection_strings::looks_like_it as is_list_of_strings;
pub use format::Format;
pub use found::{
    Candidate, Import, Outcome, Question, QuestionCode, SecretEnd, SkipReason, Skipped, Warning, WarningCode,
};
pub(in crate::exchange) use own_json::MARK as OWN_JSON_MARK;
pub use refusal::Refusal;

use crate::cloud::Overrides;
use crate::profile::{GuidSecret, SecretText};
use format::Signature;

/// The largest file that is read at all, in bytes: a database or a workbook.
pub const FILE_LIMIT: usize = 64 << 20;
/// The largest text, in bytes.
const TEXT_LIMIT: usize = 16 << 20;
/// The most candidates of one file.
const ENTRY_LIMIT: usize = 10_000;

/// What a person said about a file, and what a reader takes from its surroundings.
pub struct Options<'a> {
    /// The format, where it was named; else it is known from the content.
    pub format: Option<Format>,
    /// The file's name. It never decides what is read, only how a refusal is worded.
    pub file_name: &'a str,
    /// The password of a database.
    pub password: Option<&'a SecretText>,
    /// The bytes of a database's key file.
    pub key_file: Option<&'a Zeroizing<Vec<u8>>>,
    /// The sheet of a workbook.
    pub sheet: Option<&'a str>,
    /// Which column holds what, by its heading or as `#3`.
    pub columns: &'a [(Column, String)],
    /// Which number of a date comes first, where that is unclear.
    pub dates: Option<DateOrder>,
    /// Whether secrets in the form of a GUID are taken.
    pub guid_secrets: GuidSecret,
    /// Hosts of the administrator's list, beside the built-in ones.
    pub clouds: &'a Overrides,
    /// The day at an instant where this computer is: KeePass keeps the day that was typed as its midnight in UTC.
    pub local_day: &'a dyn Fn(DateTime<Utc>) -> NaiveDate,
}

impl<'a> Options<'a> {
    /// Without any choice; `local_day` as in the field of that name.
    pub fn new(clouds: &'a Overrides, local_day: &'a dyn Fn(DateTime<Utc>) -> NaiveDate) -> Options<'a> {
        Options {
            format: None,
            file_name: "",
            password: None,
            key_file: None,
            sheet: None,
            columns: &[],
            dates: None,
            guid_secrets: GuidSecret::Refused,
            clouds,
            local_day,
        }
    }
}

/// Which number of `5/6/2027` is the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateOrder {
    /// The 5th of June.
    DayFirst,
    /// The 6th of May.
    MonthFirst,
}

/// Whether a file is protected with a password of its own, so that one is needed to read it.
pub fn needs_password(bytes: &[u8]) -> bool {
    Signature::of(bytes) == Signature::Kdbx
}

/// Reads a file whole, or refuses it whole.
pub fn read(bytes: &[u8], options: &Options<'_>) -> Result<Import, Refusal> {
    if bytes.is_empty() {
        return Err(Refusal::EmptyFile);
    }
    if bytes.len() > FILE_LIMIT {
        return Err(Refusal::TooBig { limit: FILE_LIMIT >> 20 });
    }
    let import = match Signature::of(bytes) {
        Signature::Kdbx => kdbx::read(bytes, options),
        Signature::KeePass1 => Err(Refusal::KeePass1),
        Signature::Zip => zipped::read(bytes, options),
        Signature::Ole => old_workbook::read(bytes, options),
        Signature::Text => read_text(bytes, options),
    }?;
    match options.format {
        Some(wanted) if !is_as_wanted(wanted, import.format) => Err(Refusal::OtherFormat { wanted: wanted.id() }),
        _ => Ok(import),
    }
}

/// Whether a file of the format `found` is what the person called it. All tables are tables.
fn is_as_wanted(wanted: Format, found: Format) -> bool {
    wanted == found || (wanted == Format::Csv && found != Format::Kdbx)
}

fn read_text(bytes: &[u8], options: &Options<'_>) -> Result<Import, Refusal> {
    if bytes.len() > TEXT_LIMIT {
        return Err(Refusal::TooBig { limit: TEXT_LIMIT >> 20 });
    }
    let is_named_kdbx =
        options.file_name.to_ascii_lowercase().ends_with(".kdbx") || options.format == Some(Format::Kdbx);
    if is_named_kdbx {
        return Err(Refusal::NotKdbx);
    }
    let text = decode::text(bytes)?;
    let start = text.trim_start();
    if start.is_empty() {
        return Err(Refusal::EmptyFile);
    }
    match (options.format, start.as_bytes()[0]) {
        (Some(Format::Csv), _) => delimited::read(&text, options),
        (Some(Format::ConnectionStrings), _) => connection_strings::read(&text, options),
        (Some(Format::Env), _) => dotenv::read(&text, options),
        (_, b'<') => xml::read(start, options),
        (_, b'{' | b'[') => json::read(start, options),
        (_, b'/') if start.starts_with("//") || start.starts_with("/*") => {
            // Remarks stand before appsettings.json as well as before lists of connection strings.
            match json::read(start, options) {
                Err(Refusal::JsonMalformed { .. }) => plain(&text, options),
                read => read,
            }
        }
        _ => plain(&text, options),
    }
}

/// Text that is neither XML nor JSON: a table, variables or connection strings.
fn plain(text: &str, options: &Options<'_>) -> Result<Import, Refusal> {
    if delimited::has_a_known_heading(text, options) {
        return delimited::read(text, options);
    }
    if dotenv::looks_like_it(text) {
        return dotenv::read(text, options);
    }
    if connection_strings::looks_like_it(text) {
        return connection_strings::read(text, options);
    }
    delimited::read(text, options)
}

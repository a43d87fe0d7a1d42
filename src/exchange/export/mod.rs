//! Writes profiles into files for other programs: one file of this folder for each format.
//!
//! In: profiles and [`Options`]. Out: the bytes of a file with what it holds and what had to be left out ([`Export`]). Whether
//! client secrets are in it, the caller decides: [`Secrets::Included`] is the one door through which they leave, and the
//! place to hold against a policy. Nothing is written to a disk here, so there are no copies in between.

mod appsettings;
mod connection_strings;
mod dotenv;
mod kdbx;
mod keepass_xml;
mod list;
mod secret_management;
mod toolbox;
mod xrmtoolbox;

use std::path::Path;

use chrono::{DateTime, NaiveDate, Utc};
use zeroize::Zeroizing;

use crate::connection_string::{ConnectionString, Field};
use crate::profile::{ClientSecret, Profile, SecretText};

/// A kind of file that can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// A table for spreadsheets, without secrets.
    Csv,
    /// A list for scripts, without secrets.
    Json,
    /// XrmToolBox's connection file. Its encryption protects nothing.
    XrmToolBox,
    /// Power Platform ToolBox's import.
    ToolBox,
    /// A KeePass database with a password of its own.
    Kdbx,
    /// KeePass's XML (2.x), in the clear.
    KeePassXml,
    /// One connection string a line.
    ConnectionStrings,
    /// Environment variables.
    Env,
    /// `ConnectionStrings` of .NET's settings.
    AppSettings,
    /// A script for PowerShell's SecretManagement.
    PowerShell,
}

impl Target {
    /// Every target.
    pub const ALL: [Target; 10] = [
        Target::Csv,
        Target::Json,
        Target::XrmToolBox,
        Target::ToolBox,
        Target::Kdbx,
        Target::KeePassXml,
        Target::ConnectionStrings,
        Target::Env,
        Target::AppSettings,
        Target::PowerShell,
    ];

    /// The public id, as the command line has it.
    pub fn id(self) -> &'static str {
        match self {
            Target::Csv => "csv",
            Target::Json => "json",
            Target::XrmToolBox => "xrmtoolbox",
            Target::ToolBox => "toolbox",
            Target::Kdbx => "kdbx",
            Target::KeePassXml => "keepass-xml",
            Target::ConnectionStrings => "connection-strings",
            Target::Env => "env",
            Target::AppSettings => "appsettings",
            Target::PowerShell => "powershell",
        }
    }

    /// What people call it.
    pub fn label(self) -> &'static str {
        match self {
            Target::Csv => "Table (CSV)",
            Target::Json => "List (JSON)",
            Target::XrmToolBox => "XrmToolBox connection file",
            Target::ToolBox => "Power Platform ToolBox",
            Target::Kdbx => "KeePass database (KDBX)",
            Target::KeePassXml => "KeePass XML",
            Target::ConnectionStrings => "Connection strings",
            Target::Env => "Environment variables (.env)",
            Target::AppSettings => "appsettings.json",
            Target::PowerShell => "PowerShell SecretManagement",
        }
    }

    /// What it contains and for whom it is, as sentences.
    pub fn purpose(self) -> &'static str {
        match self {
            Target::Csv => {
                "For Excel and other spreadsheets. Contains everything except secrets, and can be imported again."
            }
            Target::Json => "For scripts. Contains everything except secrets, and can be imported again.",
            Target::XrmToolBox => {
                "For XrmToolBox: Connections > Open or add an existing connection file. Contains name, URL, client ID and tenant."
            }
            Target::ToolBox => {
                "For Power Platform ToolBox: Connections > Import. Contains name, URL, client ID and tenant; the environment type \
                 comes from a tag such as “test”."
            }
            Target::Kdbx => {
                "For KeePass and KeePassXC, and the way to hand client secrets over: the file is encrypted with a \
                 password that you choose. Contains everything, with tags, notes and expiry date."
            }
            Target::KeePassXml => {
                "For KeePass: File > Import > KeePass XML (2.x). Contains everything, with tags, notes and expiry date. Not encrypted."
            }
            Target::ConnectionStrings => "One connection string per line, with the names as comments. Not encrypted.",
            Target::Env => "For scripts and containers: AZURE_CLIENT_ID and so on. Not encrypted.",
            Target::AppSettings => "For .NET: the section ConnectionStrings. Not encrypted.",
            Target::PowerShell => {
                "A script with Set-Secret for a vault of SecretManagement. Contains the client secrets: run it once, then delete it."
            }
        }
    }

    /// The ending of its files' names.
    pub fn extension(self) -> &'static str {
        match self {
            Target::Csv => "csv",
            Target::Json | Target::ToolBox | Target::AppSettings => "json",
            Target::XrmToolBox | Target::KeePassXml => "xml",
            Target::Kdbx => "kdbx",
            Target::ConnectionStrings => "txt",
            Target::Env => "env",
            Target::PowerShell => "ps1",
        }
    }

    /// The target with this public id.
    pub fn of_id(id: &str) -> Option<Target> {
        Target::ALL.into_iter().find(|target| target.id() == id)
    }

    /// The target of a file with this name, where the name fits one target only.
    pub fn of_file(path: &Path) -> Option<Target> {
        let name = path.file_name()?.to_str()?.to_ascii_lowercase();
        match (name.as_str(), name.rsplit_once('.').map_or("", |(_, ending)| ending)) {
            ("appsettings.json", _) => Some(Target::AppSettings),
            (_, "csv") => Some(Target::Csv),
            (_, "json") => Some(Target::Json),
            (_, "kdbx") => Some(Target::Kdbx),
            (_, "env") => Some(Target::Env),
            (_, "ps1") => Some(Target::PowerShell),
            _ => None,
        }
    }

    /// Whether it can hold client secrets at all.
    pub fn can_hold_secrets(self) -> bool {
        !matches!(self, Target::Csv | Target::Json)
    }

    /// Whether it says nothing without them.
    pub fn needs_secrets(self) -> bool {
        self == Target::PowerShell
    }

    /// Whether the file is protected with a password of its own.
    pub fn is_encrypted(self) -> bool {
        self == Target::Kdbx
    }
}

/// Whether client secrets go into a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secrets {
    /// They stay here.
    LeftOut,
    /// They go into the file, because a person has said so.
    Included,
}

/// What a writer takes from its surroundings.
pub struct Options<'a> {
    /// Whether client secrets go into the file.
    pub secrets: Secrets,
    /// The password of a database.
    pub password: Option<&'a SecretText>,
    /// The time.
    pub now: DateTime<Utc>,
    /// When a day begins where this computer is, which KeePass shows as that day.
    pub local_midnight: &'a dyn Fn(NaiveDate) -> DateTime<Utc>,
}

impl Options<'_> {
    /// A profile's client secret, where it may leave.
    fn secret_of<'p>(&self, profile: &'p Profile) -> Option<&'p ClientSecret> {
        match self.secrets {
            Secrets::LeftOut => None,
            Secrets::Included => profile.client_secret.as_ref().filter(|secret| is_writable(secret)),
        }
    }
}

/// Whether every target can hold a secret: XML has no way to write control characters, and no secret of Microsoft Entra ID has any.
fn is_writable(secret: &ClientSecret) -> bool {
    !secret.expose().contains(|c: char| c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}'))
}

/// A file that is ready to be written.
pub struct Export {
    /// Its bytes.
    pub bytes: Zeroizing<Vec<u8>>,
    /// How many profiles are in it.
    pub profiles: usize,
    /// How many client secrets are in it.
    pub secrets: usize,
    /// What could not be written: a profile's name and why.
    pub left_out: Vec<(String, LeftOut)>,
}

/// Why a profile or its secret is not in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeftOut {
    /// The target needs an Environment URL and a client ID.
    Incomplete,
    /// The target needs a client secret, and there is none.
    NoSecret,
    /// The target has no way to write the client secret's characters.
    SecretNotWritable,
}

impl LeftOut {
    /// The public id.
    pub fn id(self) -> &'static str {
        match self {
            LeftOut::Incomplete => "incomplete",
            LeftOut::NoSecret => "secret_missing",
            LeftOut::SecretNotWritable => "secret_not_writable",
        }
    }

    /// In words, behind the profile's name.
    pub fn words(self) -> &'static str {
        match self {
            LeftOut::Incomplete => "has no Environment URL or no client ID, and was left out",
            LeftOut::NoSecret => "has no client secret, and was left out",
            LeftOut::SecretNotWritable => {
                "has a client secret with characters that this format cannot hold; the secret was left out"
            }
        }
    }
}

/// Why no file can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExportError {
    /// Lists never hold secrets.
    #[error("CSV and JSON lists never contain client secrets. To hand secrets over, export a KeePass database (kdbx).")]
    HoldsNoSecrets,
    /// The target says nothing without secrets.
    #[error("A script for SecretManagement needs the client secrets. Confirm that they are exported.")]
    NeedsSecrets,
    /// A database needs a password.
    #[error(
        "A KeePass database needs its own password. Choose one, and send it to the recipient separately from the file."
    )]
    PasswordNeeded,
    /// The database could not be made.
    #[error("The KeePass database could not be created, so nothing was written. Try again, or choose another format.")]
    NotMade,
}

impl ExportError {
    /// The public id.
    pub fn code(self) -> &'static str {
        match self {
            ExportError::HoldsNoSecrets => "holds_no_secrets",
            ExportError::NeedsSecrets => "needs_secrets",
            ExportError::PasswordNeeded => "password_needed",
            ExportError::NotMade => "not_made",
        }
    }
}

/// Writes profiles for a target.
pub fn write(target: Target, profiles: &[&Profile], options: &Options<'_>) -> Result<Export, ExportError> {
    if options.secrets == Secrets::Included && !target.can_hold_secrets() {
        return Err(ExportError::HoldsNoSecrets);
    }
    if options.secrets == Secrets::LeftOut && target.needs_secrets() {
        return Err(ExportError::NeedsSecrets);
    }
    let mut export = match target {
        Target::Csv => list::csv(profiles, options),
        Target::Json => list::json(profiles, options),
        Target::XrmToolBox => xrmtoolbox::write(profiles, options),
        Target::ToolBox => toolbox::write(profiles, options),
        Target::Kdbx => kdbx::write(profiles, options)?,
        Target::KeePassXml => keepass_xml::write(profiles, options),
        Target::ConnectionStrings => connection_strings::write(profiles, options),
        Target::Env => dotenv::write(profiles, options),
        Target::AppSettings => appsettings::write(profiles, options),
        Target::PowerShell => secret_management::write(profiles, options),
    };
    if options.secrets == Secrets::Included {
        let is_unwritable =
            |profile: &&&Profile| profile.client_secret.as_ref().is_some_and(|secret| !is_writable(secret));
        let unwritable = profiles.iter().filter(is_unwritable);
        export.left_out.extend(unwritable.map(|profile| (profile.name.clone(), LeftOut::SecretNotWritable)));
    }
    Ok(export)
}

/// Text that is put together for a file, with what it holds.
struct Text {
    text: Zeroizing<String>,
    profiles: usize,
    secrets: usize,
    left_out: Vec<(String, LeftOut)>,
}

impl Text {
    /// With room for so many profiles: what grows would leave its former place behind.
    fn for_profiles(count: usize) -> Text {
        let text = Zeroizing::new(String::with_capacity(1024 + count * 2048));
        Text { text, profiles: 0, secrets: 0, left_out: Vec::new() }
    }

    fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn leave_out(&mut self, profile: &Profile, why: LeftOut) {
        self.left_out.push((profile.name.clone(), why));
    }

    fn into_export(mut self) -> Export {
        let bytes = Zeroizing::new(std::mem::take(&mut *self.text).into_bytes());
        Export { bytes, profiles: self.profiles, secrets: self.secrets, left_out: self.left_out }
    }
}

/// A profile's connection string, with its further keys. The secret is in it when it may leave.
fn connection_string(profile: &Profile, options: &Options<'_>) -> Option<SecretText> {
    let (url, id) = (profile.environment_url.as_ref()?, profile.client_id?);
    let mut string = ConnectionString::new();
    string.set(Field::AuthType, "ClientSecret");
    string.set(Field::Url, &url.to_string());
    string.set(Field::ClientId, &id.to_string());
    if let Some(secret) = options.secret_of(profile) {
        string.set(Field::ClientSecret, secret.expose());
    }
    // What is behind these keys may be the rest of a secret, or the vendor's form of it.
    if options.secrets == Secrets::Included {
        for (key, value) in &profile.other_keys {
            string.push_other(key, value);
        }
    }
    string.write().ok()
}

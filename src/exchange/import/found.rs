//! What a reader found in a file: candidates for profiles, what was left out, and what the person has to hear.

use chrono::NaiveDate;

use super::column::Column;
use super::format::Format;
use crate::profile::{ClientId, ClientSecret, EnvironmentUrl, SecretText, Tenant};

/// All that one file offers.
#[derive(Clone, Debug)]
pub struct Import {
    /// Whose file it is.
    pub format: Format,
    /// The connections in it, in their order.
    pub candidates: Vec<Candidate>,
    /// Entries that are no connections of ours.
    pub skipped: Vec<Skipped>,
    /// What the person has to know.
    pub warnings: Vec<Warning>,
    /// What only a person can say.
    pub questions: Vec<Question>,
    /// Expiry dates by client ID, where the file holds those instead of connections.
    pub expiries: Vec<SecretEnd>,
}

/// What a file turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Connections.
    Profiles,
    /// Nothing can be read before a question is answered.
    NeedsChoice,
    /// Expiry dates by client ID.
    Expiries,
}

impl Outcome {
    /// The public id.
    pub fn id(self) -> &'static str {
        match self {
            Outcome::Profiles => "profiles",
            Outcome::NeedsChoice => "needs_choice",
            Outcome::Expiries => "expiries",
        }
    }
}

/// A connection as the file has it, its values valid. Names may be taken and repeated: see [`crate::exchange::plan`].
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Candidate {
    /// Where it stood: `row 7`, `line 5`, `entry 2`; a name alone may be there twice.
    pub place: String,
    /// What the file calls it, or a name made of its address.
    pub name: String,
    /// The Dataverse environment.
    pub environment_url: Option<EnvironmentUrl>,
    /// The Application (client) ID.
    pub client_id: Option<ClientId>,
    /// The client secret.
    pub client_secret: Option<ClientSecret>,
    /// The Directory (tenant).
    pub tenant: Option<Tenant>,
    /// The day on which the client secret expires.
    pub secret_expires: Option<NaiveDate>,
    /// Words to group by.
    pub tags: Vec<String>,
    /// The folder or group in which it stood, with `/` between its parts.
    pub group: Option<String>,
    /// Free text.
    pub notes: String,
    /// The vendor's encrypted connection string.
    pub vendor_value: Option<SecretText>,
    /// Further keys of a connection string.
    pub other_keys: Vec<(String, SecretText)>,
}

/// An entry that was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Its name, or where it stood.
    pub name: String,
    /// Why.
    pub reason: SkipReason,
    /// How it signs in instead, where the file says so.
    pub sign_in: Option<String>,
}

/// Why an entry was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SkipReason {
    /// It signs in without a client secret.
    OtherSignIn,
    /// Its secret is in Azure Key Vault.
    SecretInKeyVault,
    /// It is something else: a web site's password, a note, a row of sums.
    NotAConnection,
    /// It is in the recycle bin.
    Recycled,
    /// It has not the shape of an entry.
    NotAnEntry,
    /// It cannot be read.
    Unreadable,
    /// The same stands before it in the file.
    SameAsBefore,
}

impl SkipReason {
    /// The public id.
    pub fn id(self) -> &'static str {
        match self {
            SkipReason::OtherSignIn => "other_sign_in",
            SkipReason::SecretInKeyVault => "secret_in_key_vault",
            SkipReason::NotAConnection => "not_a_connection",
            SkipReason::Recycled => "recycled",
            SkipReason::NotAnEntry => "not_an_entry",
            SkipReason::Unreadable => "unreadable",
            SkipReason::SameAsBefore => "same_as_before",
        }
    }

    /// In words, for a table.
    pub fn words(self) -> &'static str {
        match self {
            SkipReason::OtherSignIn => "signs in without a client secret",
            SkipReason::SecretInKeyVault => "its secret is in Azure Key Vault",
            SkipReason::NotAConnection => "is not a Dataverse connection",
            SkipReason::Recycled => "is in the recycle bin",
            SkipReason::NotAnEntry => "is not an entry",
            SkipReason::Unreadable => "cannot be read",
            SkipReason::SameAsBefore => "repeats an earlier entry",
        }
    }
}

/// Something that the person has to know about one candidate or about the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// What it is about.
    pub code: WarningCode,
    /// The candidate's name, or the place in the file.
    pub at: String,
    /// The candidate, by its place in [`Import::candidates`].
    pub candidate: Option<usize>,
    /// What happened and what to do; never a secret.
    pub message: String,
}

/// What a warning is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WarningCode {
    /// There is no client secret.
    SecretMissing,
    /// The client secret is masked text.
    SecretMasked,
    /// The client secret's encryption could not be undone.
    SecretUnreadable,
    /// The client secret is a GUID: the Secret ID.
    SecretRefused,
    /// The client secret cannot be one.
    SecretUnusable,
    /// The spreadsheet has made a number of the client secret.
    SecretWasANumber,
    /// The client secret is encrypted by the vendor.
    SecretEncryptedByVendor,
    /// Two places in the file hold different secrets.
    SecretsDiffer,
    /// Something around a value was taken off.
    ValueCleaned,
    /// A value may have been changed by the program that exported it.
    ValueAmbiguous,
    /// There is no address.
    UrlMissing,
    /// The address is none of an environment.
    UrlRefused,
    /// There is no client ID.
    ClientIdMissing,
    /// The client ID is none.
    ClientIdRefused,
    /// The client ID is the tenant's ID.
    ClientIdIsTenantId,
    /// Two connections have one client ID.
    ClientIdShared,
    /// The tenant is none.
    TenantRefused,
    /// Two connections have one name.
    NameInUse,
    /// The file has no name for it.
    NameMadeUp,
    /// The name was changed to fit.
    NameChanged,
    /// The name holds characters that nobody sees.
    NameHasHiddenCharacters,
    /// The date cannot be read.
    DateUnreadable,
    /// The date can be read in two ways.
    DateAmbiguous,
    /// A cell holds an error of the spreadsheet.
    CellError,
    /// A row has more cells than the heading.
    CellsTooMany,
    /// A one-time password was left out.
    TotpLeftOut,
    /// The entry is archived.
    Archived,
    /// Values for which a profile has no field were left out.
    FieldsLeftOut,
}

impl WarningCode {
    /// The public id.
    pub fn id(self) -> &'static str {
        match self {
            WarningCode::SecretMissing => "secret_missing",
            WarningCode::SecretMasked => "secret_masked",
            WarningCode::SecretUnreadable => "secret_unreadable",
            WarningCode::SecretRefused => "secret_refused",
            WarningCode::SecretUnusable => "secret_unusable",
            WarningCode::SecretWasANumber => "secret_was_a_number",
            WarningCode::SecretEncryptedByVendor => "secret_encrypted_by_vendor",
            WarningCode::SecretsDiffer => "secrets_differ",
            WarningCode::ValueCleaned => "value_cleaned",
            WarningCode::ValueAmbiguous => "value_ambiguous",
            WarningCode::UrlMissing => "url_missing",
            WarningCode::UrlRefused => "url_refused",
            WarningCode::ClientIdMissing => "client_id_missing",
            WarningCode::ClientIdRefused => "client_id_refused",
            WarningCode::ClientIdIsTenantId => "client_id_is_tenant_id",
            WarningCode::ClientIdShared => "client_id_shared",
            WarningCode::TenantRefused => "tenant_refused",
            WarningCode::NameInUse => "name_in_use",
            WarningCode::NameMadeUp => "name_made_up",
            WarningCode::NameChanged => "name_changed",
            WarningCode::NameHasHiddenCharacters => "name_has_hidden_characters",
            WarningCode::DateUnreadable => "date_unreadable",
            WarningCode::DateAmbiguous => "date_ambiguous",
            WarningCode::CellError => "cell_error",
            WarningCode::CellsTooMany => "cells_too_many",
            WarningCode::TotpLeftOut => "totp_left_out",
            WarningCode::Archived => "archived",
            WarningCode::FieldsLeftOut => "fields_left_out",
        }
    }
}

/// What only a person can say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// What is asked.
    pub code: QuestionCode,
    /// The answers there are.
    pub choices: Vec<String>,
    /// Where columns are asked for: which of the choices each seems to be, by what its cells hold.
    pub guess: Vec<(Column, String)>,
}

impl Question {
    pub(super) fn new(code: QuestionCode, choices: Vec<String>) -> Question {
        Question { code, choices, guess: Vec::new() }
    }
}

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuestionCode {
    /// Which sheet of a workbook.
    Sheet,
    /// Which column holds what.
    Columns,
    /// Whether the day or the month comes first.
    Dates,
}

impl QuestionCode {
    /// The public id.
    pub fn id(self) -> &'static str {
        match self {
            QuestionCode::Sheet => "sheet",
            QuestionCode::Columns => "columns",
            QuestionCode::Dates => "dates",
        }
    }

    /// The command line's option that answers it.
    pub fn option(self) -> &'static str {
        match self {
            QuestionCode::Sheet => "--sheet",
            QuestionCode::Columns => "--column",
            QuestionCode::Dates => "--dates",
        }
    }

    /// As a sentence.
    pub fn text(self) -> &'static str {
        match self {
            QuestionCode::Sheet => "Several sheets hold connections. Choose one.",
            QuestionCode::Columns => "The heading is unknown. Choose which column holds what.",
            QuestionCode::Dates => "Some dates can be read day first or month first. Choose which.",
        }
    }
}

/// The end of one client secret, as Microsoft Entra ID knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretEnd {
    /// The app registration's client ID.
    pub client_id: ClientId,
    /// The secret's name there.
    pub secret_name: Option<String>,
    /// The day on which it expires, in UTC.
    pub expires: NaiveDate,
    /// The secret's first three characters, where the file has them.
    pub hint: Option<SecretText>,
}

impl Import {
    /// Expiry dates alone, as Microsoft Graph tells them.
    pub fn of_expiries(expiries: Vec<SecretEnd>) -> Import {
        Import { expiries, ..Import::of(Format::EntraExpiry) }
    }

    pub(in crate::exchange) fn of(format: Format) -> Import {
        Import {
            format,
            candidates: Vec::new(),
            skipped: Vec::new(),
            warnings: Vec::new(),
            questions: Vec::new(),
            expiries: Vec::new(),
        }
    }

    /// What the file turned out to be.
    pub fn outcome(&self) -> Outcome {
        if self.questions.iter().any(|question| question.code != QuestionCode::Dates) {
            Outcome::NeedsChoice
        } else if self.format == Format::EntraExpiry {
            Outcome::Expiries
        } else {
            Outcome::Profiles
        }
    }

    /// How many client secrets anybody can read who has the file.
    pub fn secrets_in_the_clear(&self) -> usize {
        match self.format.is_readable_by_anybody() {
            true => self.candidates.iter().filter(|candidate| candidate.client_secret.is_some()).count(),
            false => 0,
        }
    }

    /// The codes of the warnings about one candidate, each once.
    pub fn codes_of(&self, candidate: usize) -> Vec<WarningCode> {
        let mut codes = Vec::new();
        for warning in self.warnings.iter().filter(|warning| warning.candidate == Some(candidate)) {
            if !codes.contains(&warning.code) {
                codes.push(warning.code);
            }
        }
        codes
    }
}

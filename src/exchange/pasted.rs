//! One connection in a pasted text: a connection string, a row or a page of a portal, lines with labels, or a single value.
//!
//! In: any text. Out: the values that it holds, as a form takes them, and remarks about what was left out. Pure.

use std::convert::Infallible;
use std::fmt;

use chrono::NaiveDate;
use uuid::Uuid;

use super::import::{Column, column_of, is_list_of_strings};
use crate::cloud::Overrides;
use crate::connection_string::ConnectionString;
use crate::profile::pasted::Removed;
use crate::profile::pasted::labels::Label;
use crate::profile::{
    ClientId, ClientSecret, EnvironmentUrl, GuidSecret, SecretAdvice, SecretText, Tenant, TypedDateError, parse_date,
};
use crate::wording::capitalized;

/// What a pasted text says about a connection. A value that cannot be used stays as it was written, so that the form can say why.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct PastedConnection {
    /// What it is called.
    pub name: Option<String>,
    /// The Environment URL.
    pub environment_url: Option<String>,
    /// The Application (client) ID.
    pub client_id: Option<String>,
    /// The client secret.
    pub client_secret: Option<SecretText>,
    /// The tenant.
    pub tenant: Option<String>,
    /// The day on which the secret expires.
    pub expires: Option<NaiveDate>,
    /// The keys of a connection string that are not ours; `None` where the text is none.
    pub other_keys: Option<Vec<(String, SecretText)>>,
    /// Whether a value is there more than once, as in a list of connections.
    pub is_of_several: bool,
    /// What to know about it, as sentences.
    pub remarks: Vec<String>,
}

impl PastedConnection {
    /// Reads `text`, with the hosts of an administrator's list as good addresses. The error says what could be pasted instead.
    pub fn read(text: &str, clouds: &Overrides) -> Result<PastedConnection, String> {
        let string = ConnectionString::parse_pasted(text);
        match string {
            Ok(string) if is_connection(&string) => return Ok(PastedConnection::of_string(&string, clouds)),
            Err(error) if is_list_of_strings(text) => return Err(error.to_string()),
            _ => {}
        }
        let mut reader = Reader { found: PastedConnection::default(), clouds, ids: Vec::new(), secret_ids: 0 };
        reader.lines(text);
        reader.finish()
    }

    /// The values of a connection string.
    fn of_string(string: &ConnectionString, clouds: &Overrides) -> PastedConnection {
        let read_url = |url: &str| EnvironmentUrl::parse_with(url, clouds).map(|url| url.to_string());
        let read_secret = |secret: &SecretText| {
            let read = ClientSecret::parse_pasted(secret.expose(), GuidSecret::Accepted);
            read.map_or_else(|_| secret.clone(), |read| SecretText::from(read.value.expose()))
        };
        let read_id = |id: &str| ClientId::parse(id).map_or_else(|_| id.to_owned(), |id| id.to_string());
        PastedConnection {
            environment_url: string.url().map(|url| read_url(url).unwrap_or_else(|_| url.to_owned())),
            client_id: string.client_id().map(read_id),
            client_secret: string.client_secret_value().map(read_secret),
            other_keys: Some(string.others().map(|(key, value)| (key.to_owned(), value.clone())).collect()),
            remarks: string.warnings_with(clouds).into_iter().map(|warning| warning.text).collect(),
            ..PastedConnection::default()
        }
    }

    fn is_empty(&self) -> bool {
        let PastedConnection { name, environment_url, client_id, client_secret, tenant, expires, .. } = self;
        let texts = [name, environment_url, client_id, tenant];
        client_secret.is_none() && expires.is_none() && texts.iter().all(|text| text.is_none())
    }
}

/// Shows which values there are, and none of them: what stands in the wrong place may be a secret.
impl fmt::Debug for PastedConnection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("PastedConnection")
            .field("environment_url", &self.environment_url.is_some())
            .field("client_id", &self.client_id.is_some())
            .field("client_secret", &self.client_secret)
            .field("tenant", &self.tenant.is_some())
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

/// Whether a pasted text holds a client secret of today's shape, alone or among other words.
pub fn holds_a_client_secret(text: &str) -> bool {
    whole_secret_in(text).is_some()
}

fn whole_secret_in(text: &str) -> Option<&str> {
    let is_between = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '~' | '.' | '_' | '-'));
    text.split(is_between).map(|word| word.trim_end_matches('.')).find(|word| is_whole_secret(word))
}

/// Whether it has a value of ours, on one line: lines such as `CLIENT_ID=…` read as the single value of the first of them.
fn is_connection(string: &ConnectionString) -> bool {
    let secret = string.client_secret_value().map(SecretText::expose);
    let values = [string.url(), string.client_id(), secret];
    values.iter().any(Option::is_some) && !values.iter().flatten().any(|value| value.trim().contains(['\r', '\n']))
}

fn is_whole_secret(text: &str) -> bool {
    ClientSecret::parse_exact(text).is_ok_and(|secret| secret.advice().is_none())
}

/// What stands behind a label.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Labelled {
    As(Column),
    /// A value of the portal's that no connection has.
    Elsewhere,
}

fn labelled(label: &str) -> Option<Labelled> {
    if let Some(Label::SecretId | Label::ObjectId | Label::Elsewhere) = Label::of(label) {
        return Some(Labelled::Elsewhere);
    }
    use Column as C;
    column_of(label)
        .filter(|column| matches!(column, C::Name | C::Url | C::ClientId | C::Secret | C::Tenant | C::Expires))
        .map(Labelled::As)
        .or_else(|| (Label::of(label) == Some(Label::Tenant)).then_some(Labelled::As(C::Tenant)))
}

struct Reader<'c> {
    found: PastedConnection,
    clouds: &'c Overrides,
    /// IDs without a label.
    ids: Vec<Uuid>,
    secret_ids: usize,
}

impl Reader<'_> {
    fn lines(&mut self, text: &str) {
        let mut headings: Option<Vec<Option<Labelled>>> = None;
        let mut pending = None;
        for line in text.lines() {
            let cells: Vec<&str> = line.split('\t').map(str::trim).filter(|cell| !matches!(*cell, "" | ":")).collect();
            let kinds: Vec<Option<Labelled>> = cells.iter().map(|cell| labelled(cell)).collect();
            match cells.as_slice() {
                [] => {}
                [cell] => pending = self.single(cell, pending),
                _ if kinds.iter().all(Option::is_some) => headings = Some(kinds),
                [_, value] if kinds[0].is_some() => self.take(kinds[0], value),
                row => match headings.take().filter(|headings| headings.len() == row.len()) {
                    Some(headings) => headings.into_iter().zip(row).for_each(|(kind, cell)| self.take(kind, cell)),
                    None => self.row(row),
                },
            }
        }
    }

    /// A line without columns: a label for the next one, a label with its value, or a value.
    fn single(&mut self, cell: &str, pending: Option<Labelled>) -> Option<Labelled> {
        let pair =
            cell.split_once([':', '=']).filter(|(_, value)| !value.starts_with("//") && !value.trim().is_empty());
        if let Some((label, value)) = pair
            && let Some(kind) = labelled(label)
        {
            self.take(Some(kind), value.trim());
        } else if let Some(kind) = labelled(cell.trim_end_matches([':', '='])) {
            return Some(kind);
        } else {
            self.take(pending, cell);
        }
        None
    }

    /// A row of the portal's list of secrets, or of any other list: in the first, the ID is the secret's own.
    fn row(&mut self, cells: &[&str]) {
        let has_secret = cells.iter().any(|cell| is_whole_secret(cell));
        for cell in cells {
            if has_secret && Uuid::try_parse(cell).is_ok() {
                self.secret_ids += 1;
            } else {
                self.unlabelled(cell);
            }
        }
    }

    fn take(&mut self, kind: Option<Labelled>, text: &str) {
        use Column as C;
        let clouds = self.clouds;
        match kind {
            None => self.unlabelled(text),
            // Whatever its label says, it belongs where nobody sees it.
            Some(Labelled::As(column)) if column != C::Secret && holds_a_client_secret(text) => self.unlabelled(text),
            Some(Labelled::As(C::Url)) => {
                let read = EnvironmentUrl::parse_pasted(text, clouds);
                let read = read.map(|read| (read.value.to_string(), read.removed));
                self.keep("Environment URL", text, read, |found| &mut found.environment_url);
            }
            Some(Labelled::As(C::ClientId)) => {
                let read = ClientId::parse_pasted(text).map(|read| (read.value.to_string(), read.removed));
                self.keep("client ID", text, read, |found| &mut found.client_id);
            }
            Some(Labelled::As(C::Tenant)) => {
                let read = Tenant::parse_pasted(text).map(|read| (read.value.to_string(), read.removed));
                self.keep("tenant", text, read, |found| &mut found.tenant);
            }
            Some(Labelled::As(C::Name)) => {
                let read: Result<_, Infallible> = Ok((text.to_owned(), Removed::default()));
                self.keep("name", text, read, |found| &mut found.name);
            }
            Some(Labelled::As(C::Secret)) => self.secret(text),
            Some(Labelled::As(C::Expires)) => self.date(text),
            Some(Labelled::As(_) | Labelled::Elsewhere) => {}
        }
    }

    /// Puts a value, or its text where it is none, into its place.
    fn keep<E: fmt::Display>(
        &mut self,
        name: &str,
        text: &str,
        read: Result<(String, Removed), E>,
        place: fn(&mut PastedConnection) -> &mut Option<String>,
    ) {
        let (value, removed) = read.unwrap_or_else(|error| {
            // The refusal may repeat the server's name, which must not be a piece of a secret.
            if !text.contains("Q~") {
                self.say(format!("{}: {error}", capitalized(name)));
            }
            (text.to_owned(), Removed::default())
        });
        self.remark(name, &removed);
        let place = place(&mut self.found);
        if place.get_or_insert_with(|| value.clone()) != &value {
            self.more_than_one(name);
        }
    }

    fn secret(&mut self, text: &str) {
        let read = ClientSecret::parse_pasted(text, GuidSecret::Accepted);
        let (value, removed) = match read {
            Ok(read) => {
                if let Some(advice) = read.value.advice().filter(|advice| *advice != SecretAdvice::UnusualShape) {
                    self.say(format!("Client secret: {}", advice.text()));
                }
                (SecretText::from(read.value.expose()), read.removed)
            }
            Err(error) => {
                self.say(format!("Client secret: {error}"));
                (SecretText::from(text), Removed::default())
            }
        };
        self.remark("client secret", &removed);
        if self.found.client_secret.get_or_insert_with(|| value.clone()) != &value {
            self.more_than_one("client secret");
        }
    }

    fn date(&mut self, text: &str) {
        match parse_date(text) {
            Ok(day) if self.found.expires.is_none() => self.found.expires = Some(day),
            Ok(_) => {}
            Err(error) => self.say(format!("The expiry date was left out. {error}")),
        }
    }

    /// A value that says by its own form what it is.
    fn unlabelled(&mut self, text: &str) {
        use Column as C;
        if let Some(secret) = whole_secret_in(text) {
            self.secret(secret);
            if secret != text.trim() {
                self.say("The text around the client secret was left out.".to_owned());
            }
        } else if let Ok(id) = Uuid::try_parse(text) {
            self.ids.push(id);
        } else if ClientId::parse(text).is_ok() {
            self.take(Some(Labelled::As(C::ClientId)), text);
        } else if EnvironmentUrl::parse_with(text, self.clouds).is_ok() {
            self.take(Some(Labelled::As(C::Url)), text);
        } else if text.contains('.') && Tenant::parse(text).is_ok() {
            if text.contains("://") || text.to_ascii_lowercase().contains(".onmicrosoft.") {
                self.take(Some(Labelled::As(C::Tenant)), text);
            }
        } else if text.contains("://")
            // The refusal may repeat the server's name, which must not be a piece of a secret.
            && !text.contains("Q~")
            && let Err(error) = EnvironmentUrl::parse_with(text, self.clouds)
        {
            self.say(error.to_string());
        } else if matches!(parse_date(text), Ok(_) | Err(TypedDateError::Ambiguous { .. })) {
            self.date(text);
        }
    }

    fn remark(&mut self, name: &str, removed: &Removed) {
        if let Some(notice) = removed.notice() {
            self.say(format!("{}: {notice}", capitalized(name)));
        }
    }

    fn more_than_one(&mut self, name: &str) {
        self.found.is_of_several = true;
        self.say(format!("There is more than one {name}. Only the first one is used."));
    }

    fn say(&mut self, remark: String) {
        if !self.found.remarks.contains(&remark) {
            self.found.remarks.push(remark);
        }
    }

    fn finish(mut self) -> Result<PastedConnection, String> {
        match self.ids.as_slice() {
            [] => {}
            [id] if self.found.client_id.is_none() => {
                self.found.client_id = Some(id.to_string());
                self.say(
                    "The ID has no label. Check that it is the Application (client) ID, and not the Object ID or the \
                     Directory (tenant) ID."
                        .to_owned(),
                );
            }
            _ => self.say(
                "There are IDs without a label, which were left out. Copy the client ID alone, or with its label."
                    .to_owned(),
            ),
        }
        if self.secret_ids > 0 {
            self.say("The Secret ID was left out: a connection does not need it.".to_owned());
        }
        match self.found.is_empty() {
            false => Ok(self.found),
            true => Err(self.found.remarks.pop().unwrap_or_else(|| {
                "This contains no connection string, Environment URL, client ID, client secret or expiry date."
                    .to_owned()
            })),
        }
    }
}

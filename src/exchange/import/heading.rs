//! The heading of a table: which column holds what, and whose table it is.

use super::Format;
use super::column::{Column, column_of};

/// A row that may be the heading of a table.
#[derive(Clone, Debug, Default)]
pub(super) struct Heading {
    /// The cells as they are.
    pub cells: Vec<String>,
    /// What each column holds.
    pub columns: Vec<Option<Column>>,
}

impl Heading {
    pub(super) fn of(cells: Vec<String>) -> Heading {
        let mut columns: Vec<Option<Column>> = cells.iter().map(|cell| column_of(cell)).collect();
        // A kind of column counts once: the first of them.
        for place in 0..columns.len() {
            if columns[..place].contains(&columns[place]) {
                columns[place] = None;
            }
        }
        Heading { cells, columns }
    }

    /// The place of a column.
    pub(super) fn place(&self, column: Column) -> Option<usize> {
        self.columns.iter().position(|it| *it == Some(column))
    }

    /// How many of its columns are known.
    pub(super) fn known(&self) -> usize {
        self.columns.iter().flatten().count()
    }

    /// Whether a table below it can be read: something that identifies a connection, and more than one known column.
    pub(super) fn is_usable(&self) -> bool {
        let has = |column| self.place(column).is_some();
        let is_connection =
            has(Column::Url) || has(Column::ClientId) || has(Column::UserName) || has(Column::ConnectionString);
        is_connection && (self.known() >= 2 || has(Column::ConnectionString))
    }

    /// Whether it is one of a list of expiry dates by client ID.
    pub(super) fn is_of_expiries(&self) -> bool {
        let has = |column| self.place(column).is_some();
        has(Column::ClientId) && has(Column::Expires) && !has(Column::Secret) && !has(Column::Url)
    }

    /// Whose table it is.
    pub(super) fn format(&self) -> Format {
        let cells: Vec<String> = self.cells.iter().map(|cell| cell.trim().to_lowercase()).collect();
        let has = |names: &[&str]| names.iter().all(|name| cells.iter().any(|cell| cell == name));
        if self.is_keepass() {
            Format::KeePassCsv
        } else if has(&["group", "title", "username", "password", "url", "notes"]) {
            Format::KeePassXcCsv
        } else if has(&["login_uri", "login_username", "login_password"]) {
            Format::BitwardenCsv
        } else if has(&["title", "url", "username", "password", "otpauth"]) {
            Format::OnePasswordCsv
        } else if has(&["url", "username", "password", "extra", "grouping"]) {
            Format::LastPassCsv
        } else if has(&["url", "username", "password", "httprealm"])
            || cells == ["name", "url", "username", "password", "note"]
        {
            Format::BrowserCsv
        } else if self.is_of_expiries() {
            Format::EntraExpiry
        } else {
            Format::Csv
        }
    }

    /// KeePass's CSV (1.x) has quotes of its own.
    pub(super) fn is_keepass(&self) -> bool {
        self.cells == ["Account", "Login Name", "Password", "Web Site", "Comments"]
    }
}

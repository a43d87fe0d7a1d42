//! A table of cells, from a text or a workbook, to candidates: the heading, the columns, the rows.

mod guess;

use chrono::NaiveDate;
use zeroize::Zeroizing;

use super::column::Column;
use super::dates::{self, DateRead};
use super::draft::{Collector, Draft};
use super::entry::{self, Entry};
use super::found::{Import, Question, QuestionCode, SecretEnd, SkipReason, WarningCode};
use super::heading::Heading;
use super::{DateOrder, Format, Options, Refusal};
use crate::escape::unguarded;
use crate::profile::pasted::labels::plain_label;
use crate::profile::{ClientId, SecretText};

/// The heading is looked for in so many rows: above it stand titles and dates.
const HEADING_ROWS: usize = 30;
/// The most columns of a table that are looked at.
pub(super) const COLUMN_LIMIT: usize = 200;

/// One cell.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    Empty,
    Text(Zeroizing<String>),
    /// A number of a spreadsheet.
    Number(f64),
    /// A date of a spreadsheet.
    Day(NaiveDate),
    Truth(bool),
    /// An error of a spreadsheet, such as `#N/A`.
    Error(String),
}

impl Cell {
    pub(super) fn text(text: &str) -> Cell {
        if text.is_empty() { Cell::Empty } else { Cell::Text(Zeroizing::new(text.to_owned())) }
    }

    /// Whether nothing can be seen in it.
    pub(super) fn is_blank(&self) -> bool {
        match self {
            Cell::Empty => true,
            Cell::Text(text) => text.trim().is_empty(),
            _ => false,
        }
    }

    pub(super) fn shown(&self) -> Zeroizing<String> {
        Zeroizing::new(match self {
            Cell::Empty | Cell::Error(_) => String::new(),
            Cell::Text(text) => return text.clone(),
            Cell::Number(number) => number.to_string(),
            Cell::Day(day) => day.to_string(),
            Cell::Truth(truth) => if *truth { "TRUE" } else { "FALSE" }.to_owned(),
        })
    }
}

/// Rows of cells, with the number of each as its program shows it.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub rows: Vec<(usize, Vec<Cell>)>,
}

impl Table {
    /// Whether it has a heading that is understood.
    pub(super) fn has_heading(&self) -> bool {
        self.best_heading().is_some()
    }

    /// The row among the first that is understood best, by its place.
    fn best_heading(&self) -> Option<(usize, Heading)> {
        let headings = self.rows.iter().take(HEADING_ROWS).map(|(_, cells)| heading_of(cells)).enumerate();
        let usable = headings.filter(|(_, heading)| heading.is_usable());
        // The first of equals: a repeated heading further below is a row.
        usable.reduce(|best, next| if next.1.known() > best.1.known() { next } else { best })
    }

    /// The heading that the person's choice leads to, else the one that is understood.
    fn heading(&self, options: &Options<'_>) -> Result<Option<(usize, Heading)>, Refusal> {
        let understood = self.best_heading();
        if options.columns.is_empty() {
            return Ok(understood);
        }
        let named: Vec<String> = options
            .columns
            .iter()
            .filter(|(_, name)| number_of(name).is_none())
            .map(|(_, name)| plain_label(name))
            .collect();
        let has_named = |cells: &[Cell]| {
            let cells: Vec<String> = cells.iter().map(|cell| plain_label(&cell.shown())).collect();
            named.iter().all(|name| cells.contains(name))
        };
        let named_row = || self.rows.iter().take(HEADING_ROWS).position(|(_, cells)| has_named(cells));
        let place = match &understood {
            Some((place, _)) if has_named(&self.rows[*place].1) => Some(*place),
            _ if named.is_empty() => None,
            _ => Some(named_row().ok_or_else(|| self.no_such_column(&named, options))?),
        };
        // Columns by number alone, and no heading: all rows are data.
        let mut heading = match place {
            Some(place) => heading_of(&self.rows[place].1),
            None => {
                let width = self.rows.iter().take(HEADING_ROWS).map(|(_, cells)| cells.len()).max().unwrap_or(0);
                Heading { cells: vec![String::new(); width], columns: vec![None; width] }
            }
        };
        for (column, name) in options.columns {
            let wanted = number_of(name);
            let place = match wanted {
                Some(number) => Some(number - 1).filter(|place| *place < heading.columns.len()),
                None => heading.cells.iter().position(|cell| plain_label(cell) == plain_label(name)),
            };
            let Some(place) = place else { return Err(self.no_such_column(std::slice::from_ref(name), options)) };
            for known in &mut heading.columns {
                if *known == Some(*column) || (*column == Column::ClientId && *known == Some(Column::UserName)) {
                    *known = None;
                }
            }
            heading.columns[place] = Some(*column);
        }
        Ok(Some((place.map_or(usize::MAX, |place| place), heading)))
    }

    fn no_such_column(&self, names: &[String], options: &Options<'_>) -> Refusal {
        let shown = options.columns.iter().find(|(_, name)| names.contains(&plain_label(name)) || names.contains(name));
        let header = shown.map(|(_, name)| name.clone()).unwrap_or_default();
        Refusal::NoSuchColumn { header, columns: self.columns() }
    }

    /// The columns to choose from: what stands in the first row that is not blank, or numbers.
    fn columns(&self) -> Vec<String> {
        let row = match self.best_heading() {
            Some((place, _)) => Some(&self.rows[place].1),
            None => self
                .rows
                .iter()
                .map(|(_, cells)| cells)
                .find(|cells| cells.iter().filter(|cell| !cell.is_blank()).count() > 1),
        };
        let cells = row.map_or(&[][..], Vec::as_slice);
        // A row with values has no words for its columns, and one of its cells may be a secret.
        let is_data = cells.iter().any(|cell| holds_a_value(&cell.shown()));
        cells
            .iter()
            .enumerate()
            .map(|(place, cell)| {
                let text = cell.shown();
                let is_word = !is_data && !text.trim().is_empty() && text.chars().count() <= 40;
                if is_word { text.trim().to_owned() } else { format!("#{}", place + 1) }
            })
            .collect()
    }

    /// Whether anything in it looks like a connection.
    fn holds_connections(&self) -> bool {
        self.rows
            .iter()
            .flat_map(|(_, cells)| cells)
            .any(|cell| matches!(cell, Cell::Text(text) if holds_a_value(text)))
    }
}

/// Whether a text is a value of ours rather than a word: a GUID, an address, something long without a space.
fn holds_a_value(text: &str) -> bool {
    uuid::Uuid::try_parse(text.trim()).is_ok()
        || text.contains(".dynamics.")
        || text.contains("://")
        || text.contains('=')
}

/// `#3` is the third column.
fn number_of(name: &str) -> Option<usize> {
    name.trim().strip_prefix('#')?.parse().ok().filter(|number| *number > 0)
}

fn heading_of(cells: &[Cell]) -> Heading {
    let texts = cells.iter().take(COLUMN_LIMIT);
    Heading::of(texts.map(|cell| if let Cell::Text(text) = cell { text.to_string() } else { String::new() }).collect())
}

/// Reads the rows below the heading. `format` is the file's own where its table has no maker of its own.
pub(super) fn read(table: &Table, format: Format, options: &Options<'_>) -> Result<Import, Refusal> {
    let Some((place, heading)) = table.heading(options)? else {
        if !table.holds_connections() {
            return Err(Refusal::NoConnectionsFound);
        }
        let mut collector = Collector::new(format, options);
        let choices = table.columns();
        let guess = guess::columns(table, &choices);
        collector.import().questions.push(Question { guess, ..Question::new(QuestionCode::Columns, choices) });
        return collector.finish();
    };
    let format = match heading.format() {
        Format::Csv => format,
        Format::EntraExpiry if !options.columns.is_empty() => format,
        known => known,
    };
    let first = place.checked_add(1).unwrap_or(0);
    let mut reading = Reading {
        rows: &table.rows[first..],
        heading,
        collector: Collector::new(format, options),
        order: None,
        is_asked: false,
    };
    reading.order = reading.date_order();
    match format {
        Format::EntraExpiry => reading.expiries(),
        _ => reading.connections()?,
    }
    reading.collector.finish()
}

struct Reading<'t> {
    rows: &'t [(usize, Vec<Cell>)],
    heading: Heading,
    collector: Collector<'t>,
    order: Option<DateOrder>,
    /// Whether the order of dates has been asked for.
    is_asked: bool,
}

impl Reading<'_> {
    fn date_order(&self) -> Option<DateOrder> {
        let is_date = |place: &usize| {
            self.heading.columns[*place] == Some(Column::Expires)
                || plain_label(&self.heading.cells[*place]).contains("date")
        };
        let places: Vec<usize> = (0..self.heading.columns.len()).filter(is_date).collect();
        let texts = self.rows.iter().flat_map(|(_, cells)| places.iter().filter_map(|place| cells.get(*place)));
        let texts = texts.filter_map(|cell| if let Cell::Text(text) = cell { Some(text.as_str()) } else { None });
        dates::order_of(texts, self.collector.options().dates)
    }

    fn cell<'c>(&self, cells: &'c [Cell], column: Column) -> &'c Cell {
        self.heading.place(column).and_then(|place| cells.get(place)).unwrap_or(&Cell::Empty)
    }

    /// The text of a column. A spreadsheet's apostrophe before a formula is taken off again.
    fn text(&self, cells: &[Cell], column: Column) -> Zeroizing<String> {
        let text = self.cell(cells, column).shown();
        let is_ours = matches!(self.collector.import_format(), Format::Csv | Format::Workbook);
        match column {
            Column::Secret | Column::ConnectionString => text,
            // A column of ticks is none of words.
            Column::Tags if matches!(self.cell(cells, column), Cell::Truth(_)) => Zeroizing::default(),
            // Chrome's name is the host, with a slash where the address has one.
            Column::Name if self.collector.import_format() == Format::BrowserCsv => {
                Zeroizing::new(text.trim_end_matches('/').to_owned())
            }
            _ if is_ours => Zeroizing::new(unguarded(&text).into_owned()),
            _ => text,
        }
    }

    fn connections(&mut self) -> Result<(), Refusal> {
        let is_entries =
            self.heading.place(Column::UserName).is_some() && self.heading.place(Column::ClientId).is_none();
        for (number, cells) in self.rows {
            if cells.iter().all(Cell::is_blank) {
                continue;
            }
            let place = format!("row {number}");
            if is_entries {
                let entry = self.entry(place, cells);
                entry::take(&mut self.collector, entry)?;
            } else {
                self.connection(place, cells)?;
            }
        }
        Ok(())
    }

    fn connection(&mut self, place: String, cells: &[Cell]) -> Result<(), Refusal> {
        let name = self.text(cells, Column::Name).to_string();
        let is_named = !name.trim().is_empty();
        let columns = [Column::Url, Column::ClientId, Column::Secret, Column::ConnectionString];
        let values: Vec<bool> = columns.iter().map(|column| !self.cell(cells, *column).is_blank()).collect();
        if !values[0] && !values[1] && !values[3] {
            let name = if is_named { name } else { place };
            self.collector.skip(name, SkipReason::NotAConnection);
            return Ok(());
        }
        let mut draft = Draft::at(place);
        draft.name = Some(name);
        draft.urls = vec![self.text(cells, Column::Url).to_string()];
        draft.client_id = Some(self.text(cells, Column::ClientId).to_string());
        self.secret(&mut draft, cells);
        draft.tenant = Some(self.text(cells, Column::Tenant).to_string());
        draft.tags = vec![self.text(cells, Column::Tags).replace([';', '|'], ",")];
        draft.group = Some(self.text(cells, Column::Group).to_string());
        draft.notes = self.text(cells, Column::Notes).to_string();
        if values[3] {
            let text = SecretText::from(self.text(cells, Column::ConnectionString).as_str());
            entry::fill_from_connection_string(&mut draft, &text);
        }
        draft.expires = self.expires(&mut draft, cells);
        self.warn_of_cells(&mut draft, cells);
        self.collector.take(draft)
    }

    fn secret(&self, draft: &mut Draft, cells: &[Cell]) {
        match self.cell(cells, Column::Secret) {
            Cell::Number(_) | Cell::Day(_) | Cell::Truth(_) => was_a_number(draft),
            // What a spreadsheet makes of long digits when it writes a table as text.
            Cell::Text(text) if is_in_powers_of_ten(text) => was_a_number(draft),
            Cell::Text(text) => draft.secret = Some(SecretText::from(text.as_str())),
            Cell::Empty | Cell::Error(_) => {}
        }
        if self.collector.import_format() == Format::LastPassCsv
            && draft.secret.as_ref().is_some_and(|secret| has_an_entity(secret.expose()))
        {
            draft.warn(
                WarningCode::ValueAmbiguous,
                "The client secret contains “&amp;”, “&lt;” or “&gt;”. LastPass's browser extension writes these in place of \
                 “&”, “<” and “>”; its web site does not. Test the connection, and correct the secret if the test fails.",
            );
        }
    }

    fn entry(&mut self, place: String, cells: &[Cell]) -> Entry {
        let mut draft = Draft::at(String::new());
        self.secret(&mut draft, cells);
        let expires = self.expires(&mut draft, cells);
        let text = |column| self.text(cells, column).to_string();
        let kind = text(Column::Kind);
        let archived = matches!(text(Column::Archived).to_lowercase().as_str(), "true" | "1" | "yes");
        let group = text(Column::Group).replace('\\', "/");
        Entry {
            is_recycled: entry::is_recycle_bin(&group),
            is_login: kind.is_empty() || kind.eq_ignore_ascii_case("login"),
            archived,
            place,
            title: text(Column::Name),
            user_name: text(Column::UserName),
            secret: draft.secret.take().unwrap_or_default(),
            urls: entry::urls_of(&text(Column::Url)),
            notes: text(Column::Notes),
            tags: vec![text(Column::Tags).replace([';', '|'], ",")],
            group: Some(group),
            expires,
            fields: entry::fields_of_lines(&text(Column::Fields)),
            has_totp: !self.cell(cells, Column::Totp).is_blank(),
            left_out: 0,
            warnings: draft.warnings,
        }
    }

    /// The day of the expiry column; what cannot be read becomes a warning.
    fn expires(&mut self, draft: &mut Draft, cells: &[Cell]) -> Option<NaiveDate> {
        let text = match self.cell(cells, Column::Expires) {
            Cell::Day(day) => return Some(*day),
            Cell::Empty | Cell::Error(_) => return None,
            cell => cell.shown(),
        };
        if text.trim().is_empty() {
            return None;
        }
        match dates::read(&text, self.order) {
            DateRead::Day(day) => Some(day),
            DateRead::Either(one, other) => {
                draft.warn(
                    WarningCode::DateAmbiguous,
                    format!("The expiry date may mean {one} or {other}, so it was left empty. Say which comes first, the day or the month."),
                );
                self.ask_for_order();
                None
            }
            DateRead::Unreadable => {
                draft.warn(
                    WarningCode::DateUnreadable,
                    "The expiry date cannot be read, so it was left empty. Enter it as YYYY-MM-DD.",
                );
                None
            }
        }
    }

    fn ask_for_order(&mut self) {
        if !std::mem::replace(&mut self.is_asked, true) {
            let choices = vec!["day-first".to_owned(), "month-first".to_owned()];
            self.collector.import().questions.push(Question::new(QuestionCode::Dates, choices));
        }
    }

    fn warn_of_cells(&self, draft: &mut Draft, cells: &[Cell]) {
        for (place, cell) in cells.iter().enumerate() {
            let heading = self.heading.columns.get(place).copied().flatten();
            if let (Cell::Error(error), Some(column)) = (cell, heading) {
                let text = format!("The cell for “{}” contains the error {error}, so it was left empty.", column.id());
                draft.warn(WarningCode::CellError, text);
            }
        }
        let surplus = cells.iter().skip(self.heading.cells.len()).filter(|cell| !cell.is_blank()).count();
        if surplus > 0 {
            draft.warn(
                WarningCode::CellsTooMany,
                "The row has more cells than the heading. A value that contains a separator may be missing its quotes: check the values.",
            );
        }
    }

    fn expiries(&mut self) {
        for (number, cells) in self.rows {
            let id = self.text(cells, Column::ClientId);
            if id.trim().is_empty() || self.cell(cells, Column::Expires).is_blank() {
                continue;
            }
            let place = format!("row {number}");
            let Ok(client_id) = ClientId::parse(&id) else {
                self.collector.skip(place, SkipReason::NotAnEntry);
                continue;
            };
            let mut draft = Draft::at(String::new());
            let expires = self.expires(&mut draft, cells);
            for (code, message) in draft.warnings {
                self.collector.warn(code, &*place, message);
            }
            let Some(expires) = expires else { continue };
            let secret_name = Some(self.text(cells, Column::SecretName).to_string()).filter(|name| !name.is_empty());
            let hint = Some(self.text(cells, Column::Hint)).filter(|hint| !hint.is_empty());
            let hint = hint.map(|hint| SecretText::from(hint.as_str()));
            self.collector.import().expiries.push(SecretEnd { client_id, secret_name, expires, hint });
        }
    }
}

fn was_a_number(draft: &mut Draft) {
    draft.warn(
        WarningCode::SecretWasANumber,
        "The client secret is a number in the spreadsheet, which keeps 15 digits at most and drops zeros. It was not \
         imported. Format the cell as text and enter the secret again.",
    );
}

/// `1.23E+15`.
fn is_in_powers_of_ten(text: &str) -> bool {
    let text = text.trim();
    text.contains("E+") && text.len() <= 24 && text.replace(',', ".").parse::<f64>().is_ok()
}

fn has_an_entity(text: &str) -> bool {
    ["&amp;", "&lt;", "&gt;"].iter().any(|entity| text.contains(entity))
}

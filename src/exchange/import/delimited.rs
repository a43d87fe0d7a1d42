//! Tables as text: what spreadsheets and password managers write, whatever stands between the cells.
//!
//! Quotes as RFC 4180 has them; KeePass (1.x) writes `\"` and `\\` instead. A quote that is never closed would make one cell of
//! the rest of the file without an error, so the quotes are followed before anything is read.

use csv::{ByteRecord, ReaderBuilder};
use zeroize::Zeroize;

use super::found::Import;
use super::heading::Heading;
use super::table::{self, Cell, Table};
use super::{ENTRY_LIMIT, Format, Options, Refusal};

/// What may stand between cells, the likelier first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Rows in which the heading is looked for.
const HEADING_ROWS: usize = 30;
/// More rows than this are no list of connections, whatever is in them.
const ROW_LIMIT: usize = 100_000;

/// How the cells of a table are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Dialect {
    delimiter: u8,
    /// A quote inside quotes is `\"` instead of `""`.
    backslash: bool,
}

/// Whether one of the first rows is a heading that is understood.
pub(super) fn has_a_known_heading(text: &str, options: &Options<'_>) -> bool {
    if !options.columns.is_empty() {
        return true;
    }
    let body = without_hint(text).1;
    DELIMITERS.iter().any(|delimiter| {
        let dialect = Dialect { delimiter: *delimiter, backslash: false };
        rows(body, dialect, HEADING_ROWS).is_ok_and(|table| table.has_heading())
    })
}

pub(super) fn read(text: &str, options: &Options<'_>) -> Result<Import, Refusal> {
    let (hint, body) = without_hint(text);
    let dialect = dialect(body, hint);
    check_quotes(text, body, dialect)?;
    let mut table = rows(body, dialect, ROW_LIMIT)?;
    if table.rows.len() >= ROW_LIMIT {
        return Err(Refusal::TooMany { limit: ENTRY_LIMIT });
    }
    let above = usize::from(body.len() < text.len());
    for (number, _) in &mut table.rows {
        *number += above;
    }
    table::read(&table, Format::Csv, options)
}

/// Excel's own first line `sep=;`, and the text below it.
fn without_hint(text: &str) -> (Option<u8>, &str) {
    let (line, rest) = text.split_at(text.find(['\n', '\r']).unwrap_or(text.len()));
    let hint = line.trim().trim_matches('"').to_ascii_lowercase();
    match hint.strip_prefix("sep=").map(str::as_bytes) {
        Some([delimiter]) => {
            let rest = rest.strip_prefix('\r').unwrap_or(rest);
            (Some(*delimiter), rest.strip_prefix('\n').unwrap_or(rest))
        }
        _ => (None, text),
    }
}

/// The dialect in which a heading is understood best; without one, that in which the first rows have the most cells.
fn dialect(text: &str, hint: Option<u8>) -> Dialect {
    let is_keepass = |dialect| {
        rows(text, dialect, 1).is_ok_and(|table| table.rows.first().is_some_and(|row| is_keepass_heading(&row.1)))
    };
    let comma = Dialect { delimiter: b',', backslash: false };
    if is_keepass(comma) {
        return Dialect { backslash: true, ..comma };
    }
    if let Some(delimiter) = hint {
        return Dialect { delimiter, backslash: false };
    }
    let score = |dialect: &Dialect| {
        let table = rows(text, *dialect, HEADING_ROWS).unwrap_or_default();
        let known = table.rows.iter().map(|(_, cells)| texts_of(cells).known()).max().unwrap_or(0);
        let width: usize = table.rows.iter().map(|(_, cells)| cells.len()).sum();
        (known, width)
    };
    let dialects = DELIMITERS.map(|delimiter| Dialect { delimiter, backslash: false });
    // The first of equals.
    dialects.into_iter().rev().max_by_key(score).unwrap_or(comma)
}

fn texts_of(cells: &[Cell]) -> Heading {
    let text = |cell: &Cell| if let Cell::Text(text) = cell { text.to_string() } else { String::new() };
    Heading::of(cells.iter().take(table::COLUMN_LIMIT).map(text).collect())
}

fn is_keepass_heading(cells: &[Cell]) -> bool {
    texts_of(cells).is_keepass()
}

fn rows(text: &str, dialect: Dialect, limit: usize) -> Result<Table, Refusal> {
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(dialect.delimiter)
        .escape(dialect.backslash.then_some(b'\\'))
        .double_quote(!dialect.backslash)
        .from_reader(text.as_bytes());
    let mut table = Table::default();
    let mut record = ByteRecord::new();
    // Neither reading from memory nor rows of any length can fail.
    while table.rows.len() < limit && reader.read_byte_record(&mut record).map_err(|_| Refusal::DamagedFile)? {
        let cells = record.iter().take(table::COLUMN_LIMIT * 2).map(|cell| Cell::text(&String::from_utf8_lossy(cell)));
        table.rows.push((0, cells.collect()));
    }
    // Blank lines are passed over by the reader, so rows are numbered as people count them: by what is there.
    for (place, row) in table.rows.iter_mut().enumerate() {
        row.0 = place + 1;
    }
    // The reader's own buffers go with it; this one is ours.
    let mut last: Vec<u8> = record.as_slice().to_vec();
    last.zeroize();
    Ok(table)
}

/// Refuses a table in which a quote does not end, or ends in the middle of a cell.
fn check_quotes(whole: &str, body: &str, dialect: Dialect) -> Result<(), Refusal> {
    let lines_above = whole[..whole.len() - body.len()].matches('\n').count();
    let bytes = body.as_bytes();
    let (mut at, mut line, mut opened) = (0, 1 + lines_above, None::<usize>);
    let mut is_cell_start = true;
    while at < bytes.len() {
        let byte = bytes[at];
        let next = bytes.get(at + 1).copied();
        match opened {
            Some(_) if dialect.backslash && byte == b'\\' => {
                line += usize::from(next == Some(b'\n'));
                at += 1;
            }
            Some(_) if byte == b'"' && !dialect.backslash && next == Some(b'"') => at += 1,
            Some(from) if byte == b'"' => {
                opened = None;
                let rest = &bytes[at + 1..];
                let blanks = rest.iter().take_while(|byte| **byte == b' ').count();
                let is_end =
                    rest.get(blanks).is_none_or(|byte| *byte == dialect.delimiter || matches!(byte, b'\n' | b'\r'));
                if !is_end {
                    return Err(Refusal::CsvMalformed { line: from });
                }
            }
            None if byte == b'"' && is_cell_start => opened = Some(line),
            _ => {}
        }
        if opened.is_none() {
            is_cell_start = byte == dialect.delimiter || matches!(byte, b'\n' | b'\r');
        }
        let is_line_end = byte == b'\n' || (byte == b'\r' && next != Some(b'\n'));
        line += usize::from(is_line_end && bytes.get(at) == Some(&byte));
        at += 1;
    }
    match opened {
        Some(line) => Err(Refusal::CsvMalformed { line }),
        None => Ok(()),
    }
}

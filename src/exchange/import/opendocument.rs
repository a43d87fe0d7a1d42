//! OpenDocument spreadsheets (.ods): `content.xml`, read here and not by `calamine`, which would lay out every repeated blank.
//!
//! Source: OpenDocument 1.3, part 3, `table:table`, `table:number-columns-repeated`, `office:value-type`.

use chrono::NaiveDate;
use roxmltree::{Document, Node, ParsingOptions};

use super::found::Import;
use super::table::{COLUMN_LIMIT, Cell, Table};
use super::workbook::{self, Sheets};
use super::{Options, Refusal};

/// A text of more than this has more in it than a list of connections.
const CONTENT_LIMIT: usize = 32 << 20;
const NODE_LIMIT: u32 = 2_000_000;
/// More rows than any list has.
const ROW_LIMIT: usize = 100_000;

pub(super) fn read(content: &[u8], options: &Options<'_>) -> Result<Import, Refusal> {
    if content.len() > CONTENT_LIMIT {
        return Err(Refusal::TooBigInside { limit: CONTENT_LIMIT >> 20 });
    }
    let text = std::str::from_utf8(content).map_err(|_| Refusal::DamagedFile)?;
    let parsing = ParsingOptions { nodes_limit: NODE_LIMIT, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, parsing).map_err(|_| Refusal::DamagedFile)?;
    let sheets: Result<Sheets, Refusal> = document
        .descendants()
        .filter(|node| node.is_element() && node.tag_name().name() == "table")
        .map(|node| Ok((attribute(node, "name").unwrap_or_default().to_owned(), table(node)?)))
        .collect();
    workbook::choose(&sheets?, options)
}

/// An attribute by its local name: the prefixes are a program's own.
fn attribute<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.attributes().find(|attribute| attribute.name() == name).map(|attribute| attribute.value())
}

fn repeated(node: Node<'_, '_>, name: &str) -> usize {
    attribute(node, name).and_then(|count| count.parse().ok()).unwrap_or(1)
}

fn table(node: Node<'_, '_>) -> Result<Table, Refusal> {
    let mut table = Table::default();
    let mut number = 0_usize;
    // Rows may stand in groups and in headings.
    let rows = node.descendants().filter(|node| node.is_element() && node.tag_name().name() == "table-row");
    for row in rows {
        number = number.saturating_add(1);
        let cells = cells(row);
        let count = repeated(row, "number-rows-repeated");
        if !cells.is_empty() {
            // A row that is repeated is one row many times over; nobody lists a connection twice.
            table.rows.push((number, cells));
            if table.rows.len() > ROW_LIMIT {
                return Err(Refusal::TooMany { limit: super::ENTRY_LIMIT });
            }
        }
        number = number.saturating_add(count.saturating_sub(1));
    }
    Ok(table)
}

fn cells(row: Node<'_, '_>) -> Vec<Cell> {
    let mut cells = Vec::new();
    for node in row.children().filter(|node| matches!(node.tag_name().name(), "table-cell" | "covered-table-cell")) {
        let count = repeated(node, "number-columns-repeated").min(COLUMN_LIMIT.saturating_sub(cells.len()));
        let cell = cell(node);
        cells.extend(std::iter::repeat_n(cell, count));
    }
    while cells.last() == Some(&Cell::Empty) {
        cells.pop();
    }
    cells
}

fn cell(node: Node<'_, '_>) -> Cell {
    let number = || attribute(node, "value").and_then(|value| value.parse().ok());
    match attribute(node, "value-type") {
        Some("float" | "percentage" | "currency") => number().map_or(Cell::Empty, Cell::Number),
        Some("date") => {
            let day = attribute(node, "date-value").and_then(|value| value.get(..10)?.parse::<NaiveDate>().ok());
            day.map_or_else(|| paragraphs(node), Cell::Day)
        }
        Some("boolean") => Cell::Truth(attribute(node, "boolean-value") == Some("true")),
        _ => paragraphs(node),
    }
}

/// The text of a cell: one line for each paragraph. A note on the cell is not its text.
fn paragraphs(node: Node<'_, '_>) -> Cell {
    let mut text = zeroize::Zeroizing::new(String::new());
    for paragraph in node.children().filter(|child| child.tag_name().name() == "p") {
        if !text.is_empty() {
            text.push('\n');
        }
        for piece in paragraph.descendants() {
            match piece.tag_name().name() {
                "s" => text.extend(std::iter::repeat_n(' ', repeated(piece, "c").min(100))),
                "tab" => text.push('\t'),
                "line-break" => text.push('\n'),
                _ if piece.is_text() => text.push_str(piece.text().unwrap_or_default()),
                _ => {}
            }
        }
    }
    let is_error = text.starts_with('#') && attribute(node, "formula").is_some();
    if is_error { Cell::Error(text.to_string()) } else { Cell::text(&text) }
}

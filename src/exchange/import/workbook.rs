//! Excel workbooks (.xlsx), read cell by cell by the crate `calamine`.
//!
//! The crate would lay out every cell between the first and the last one that is used, so two cells could take gigabytes:
//! the rows are put together here. The kept result of a formula counts; hidden rows and columns count too.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{DataRef, Reader as _, Xlsx};
use chrono::NaiveDate;

use super::draft::Collector;
use super::found::{Import, Question, QuestionCode};
use super::table::{self, COLUMN_LIMIT, Cell, Table};
use super::{Format, Options, Refusal};

/// More cells than any list of connections has.
pub(super) const CELL_LIMIT: usize = 1_000_000;
/// The most sheets that are looked at.
pub(super) const SHEET_LIMIT: usize = 100;

/// A workbook's sheets, by name.
pub(super) type Sheets = Vec<(String, Table)>;

pub(super) fn read(bytes: &[u8], options: &Options<'_>) -> Result<Import, Refusal> {
    // A fault of the crate in a hostile file must not end the program.
    let sheets = catch_unwind(AssertUnwindSafe(|| sheets(bytes))).map_err(|_| Refusal::DamagedFile)??;
    choose(&sheets, options)
}

/// Reads the sheet that was named, or the only one with a heading that is understood.
pub(super) fn choose(sheets: &Sheets, options: &Options<'_>) -> Result<Import, Refusal> {
    let names = || sheets.iter().map(|(name, _)| name.clone()).collect();
    if let Some(wanted) = options.sheet {
        let found = sheets.iter().find(|(name, _)| name.trim() == wanted.trim());
        let (_, table) = found.ok_or_else(|| Refusal::NoSuchSheet { sheets: names() })?;
        return table::read(table, Format::Workbook, options);
    }
    let understood: Vec<&(String, Table)> = sheets.iter().filter(|(_, table)| table.has_heading()).collect();
    match (understood.as_slice(), sheets.as_slice()) {
        ([(_, table)], _) | ([], [(_, table)]) => table::read(table, Format::Workbook, options),
        ([], []) => Err(Refusal::NoConnectionsFound),
        ([], _) => {
            // Of several sheets without a heading, those that hold anything of ours.
            let readable: Vec<Result<Import, Refusal>> =
                sheets.iter().map(|(_, table)| table::read(table, Format::Workbook, options)).collect();
            let mut good = readable.into_iter().filter_map(Result::ok);
            match (good.next(), good.next()) {
                (Some(import), None) => Ok(import),
                (None, _) => Err(Refusal::NoConnectionsFound),
                _ => which_sheet(names(), options),
            }
        }
        (several, _) => which_sheet(several.iter().map(|(name, _)| name.clone()).collect(), options),
    }
}

fn which_sheet(choices: Vec<String>, options: &Options<'_>) -> Result<Import, Refusal> {
    let mut collector = Collector::new(Format::Workbook, options);
    collector.import().questions.push(Question::new(QuestionCode::Sheet, choices));
    collector.finish()
}

fn sheets(bytes: &[u8]) -> Result<Sheets, Refusal> {
    let mut workbook: Xlsx<Cursor<&[u8]>> = Xlsx::new(Cursor::new(bytes)).map_err(|_| Refusal::DamagedFile)?;
    let names: Vec<String> = workbook.sheet_names().into_iter().take(SHEET_LIMIT).collect();
    let mut sheets = Vec::with_capacity(names.len());
    let mut cells = 0;
    for name in names {
        // A chart's sheet has no cells.
        let Ok(mut reader) = workbook.worksheet_cells_reader(&name) else { continue };
        let mut rows: BTreeMap<u32, Vec<Cell>> = BTreeMap::new();
        while let Some(cell) = reader.next_cell().map_err(|_| Refusal::DamagedFile)? {
            let (row, column) = cell.get_position();
            let value = cell_of(cell.get_value());
            if value == Cell::Empty || column as usize >= COLUMN_LIMIT {
                continue;
            }
            cells += 1;
            if cells > CELL_LIMIT {
                return Err(Refusal::TooMany { limit: super::ENTRY_LIMIT });
            }
            let row = rows.entry(row).or_default();
            if row.len() <= column as usize {
                row.resize(column as usize + 1, Cell::Empty);
            }
            row[column as usize] = value;
        }
        let rows = rows.into_iter().map(|(row, cells)| (row as usize + 1, cells)).collect();
        sheets.push((name, Table { rows }));
    }
    Ok(sheets)
}

pub(super) fn cell_of(value: &DataRef<'_>) -> Cell {
    match value {
        DataRef::Empty => Cell::Empty,
        DataRef::String(text) => Cell::text(text),
        DataRef::SharedString(text) => Cell::text(text),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Cell::text(text),
        DataRef::Int(number) => Cell::Number(*number as f64),
        DataRef::Float(number) => Cell::Number(*number),
        DataRef::Bool(truth) => Cell::Truth(*truth),
        DataRef::Error(error) => Cell::Error(error.to_string()),
        DataRef::DateTime(at) => {
            let (year, month, day, ..) = at.to_ymd_hms_milli();
            NaiveDate::from_ymd_opt(i32::from(year), u32::from(month), u32::from(day))
                .map_or(Cell::Number(at.as_f64()), Cell::Day)
        }
    }
}

//! Workbooks of Excel 97-2003 (.xls), read by the crate `calamine`.
//!
//! The crate reserves room for as many cells as a sheet claims to have, which can end the process, and then lays out every cell
//! between the first and the last one. So the file is looked through before it gets it: claims are taken out, and a sheet that is laid out
//! too widely is refused. Sources: MS-CFB (the container), MS-XLS 2.1.4 (records), 2.4.90 (`Dimensions`).

use std::collections::HashSet;
use std::io::{Cursor, Read as _, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Data, DataRef, Reader as _, Xls};

use super::found::Import;
use super::table::{COLUMN_LIMIT, Cell, Table};
use super::workbook::{self, CELL_LIMIT, SHEET_LIMIT, Sheets};
use super::{Options, Refusal};

/// The streams that hold a workbook: of Excel 97 and later, and of Excel 5 and 95.
const STREAMS: [&str; 2] = ["/Workbook", "/Book"];
/// The kinds of records that matter here.
const BEGIN_OF_FILE: u16 = 0x0809;
const FILE_PASS: u16 = 0x002F;
/// Where a sheet begins in the stream, in its first four bytes.
const BOUND_SHEET: u16 = 0x0085;
const DIMENSIONS: u16 = 0x0200;
/// Records of one cell, or of several in one row: they begin with row and first column, 16 bits each (MS-XLS 2.5.13).
const CELLS: [u16; 10] = [0x0006, 0x0201, 0x0203, 0x0204, 0x0205, 0x027E, 0x00BD, 0x00BE, 0x00D6, 0x00FD];
/// Those of several cells end with the last column.
const SEVERAL_CELLS: [u16; 2] = [0x00BD, 0x00BE];

/// Reads what is in such a container: a workbook of Excel 97 to 2003. A newer one is in it only with a password.
pub(super) fn read(bytes: &[u8], options: &Options<'_>) -> Result<Import, Refusal> {
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    if bytes.windows(name.len()).any(|window| window == name) {
        return Err(Refusal::EncryptedWorkbook);
    }
    // A fault of a crate in a hostile file must not end the program.
    let sheets = catch_unwind(AssertUnwindSafe(|| sheets(bytes))).map_err(|_| Refusal::DamagedFile)??;
    workbook::choose(&sheets, options)
}

fn sheets(bytes: &[u8]) -> Result<Sheets, Refusal> {
    let unclaimed = without_claims(bytes)?;
    let mut workbook: Xls<_> = Xls::new(Cursor::new(unclaimed)).map_err(|_| Refusal::DamagedFile)?;
    let names: Vec<String> = workbook.sheet_names().into_iter().take(SHEET_LIMIT).collect();
    let mut sheets = Vec::with_capacity(names.len());
    for name in names {
        // A chart's sheet has no cells.
        let Ok(range) = workbook.worksheet_range(&name) else { continue };
        let first = range.start().map_or(0, |(row, _)| row as usize);
        let indent = range.start().map_or(0, |(_, column)| column as usize);
        let mut rows = Vec::new();
        for (place, row) in range.rows().enumerate() {
            let cells = std::iter::repeat_n(Cell::Empty, indent).chain(row.iter().map(cell_of));
            let cells: Vec<Cell> = cells.take(COLUMN_LIMIT).collect();
            if cells.iter().any(|cell| *cell != Cell::Empty) {
                rows.push((first + place + 1, cells));
            }
        }
        sheets.push((name, Table { rows }));
    }
    Ok(sheets)
}

fn cell_of(value: &Data) -> Cell {
    workbook::cell_of(&match value {
        Data::Empty => DataRef::Empty,
        Data::Int(number) => DataRef::Int(*number),
        Data::Float(number) => DataRef::Float(*number),
        Data::Bool(truth) => DataRef::Bool(*truth),
        Data::DateTime(at) => DataRef::DateTime(*at),
        Data::Error(error) => DataRef::Error(error.clone()),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => DataRef::SharedString(text),
    })
}

/// The workbook alone, without what its sheets claim about their size. It gets a container of its own: in the file's there may be others
/// of its name.
///
/// # Errors
///
/// When it is no workbook, has a password, or would be laid out over more cells than any list of connections has.
fn without_claims(bytes: &[u8]) -> Result<Vec<u8>, Refusal> {
    let damaged = |_| Refusal::DamagedFile;
    let mut file = cfb::CompoundFile::open(Cursor::new(bytes)).map_err(damaged)?;
    let name = STREAMS.into_iter().find(|name| file.is_stream(name)).ok_or(Refusal::NoConnectionsFound)?;
    let mut records = Vec::new();
    file.open_stream(name).and_then(|mut stream| stream.read_to_end(&mut records)).map_err(damaged)?;
    take_claims_out(&mut records)?;
    let mut alone = cfb::CompoundFile::create(Cursor::new(Vec::with_capacity(records.len()))).map_err(damaged)?;
    alone.create_stream(name).and_then(|mut stream| stream.write_all(&records)).map_err(damaged)?;
    alone.flush().map_err(damaged)?;
    Ok(alone.into_inner().into_inner())
}

/// Goes through all records: two bytes of kind, two of length, the data. A sheet that does not begin at one of them could hide some.
fn take_claims_out(records: &mut [u8]) -> Result<(), Refusal> {
    let number = |bytes: &[u8], at: usize| bytes.get(at..at + 2).map_or(0, |two| u16::from_le_bytes([two[0], two[1]]));
    // The furthest row and column of the sheet so far, and how many cells all sheets come to.
    let (mut furthest, mut cells) = ((0_usize, 0_usize), 0_usize);
    let (mut begins, mut sheets) = (HashSet::new(), Vec::new());
    let mut at = 0;
    while at + 4 <= records.len() {
        let (kind, length) = (number(records, at), usize::from(number(records, at + 2)));
        let end = (at + 4 + length).min(records.len());
        let data = &mut records[at + 4..end];
        match kind {
            FILE_PASS if number(data, 0) != 0 => return Err(Refusal::EncryptedWorkbook),
            BEGIN_OF_FILE => {
                begins.insert(at);
                furthest = (0, 0);
            }
            BOUND_SHEET => sheets.push(usize::from(number(data, 0)) | usize::from(number(data, 2)) << 16),
            DIMENSIONS => data.fill(0),
            kind if CELLS.contains(&kind) => {
                let last = if SEVERAL_CELLS.contains(&kind) { number(data, data.len().saturating_sub(2)) } else { 0 };
                let before = furthest.0 * furthest.1;
                furthest.0 = furthest.0.max(usize::from(number(data, 0)) + 1);
                furthest.1 = furthest.1.max(usize::from(number(data, 2).max(last)) + 1);
                cells += furthest.0 * furthest.1 - before;
                if cells > CELL_LIMIT {
                    return Err(Refusal::TooMany { limit: super::ENTRY_LIMIT });
                }
            }
            _ => {}
        }
        at = end.max(at + 4);
    }
    if sheets.iter().all(|sheet| begins.contains(sheet)) { Ok(()) } else { Err(Refusal::DamagedFile) }
}

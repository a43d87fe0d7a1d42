//! Workbooks of Excel 97-2003. `tests/data/excel97.xls` was saved by LibreOffice 7.4.

use std::io::{Cursor, Read as _, Seek as _, SeekFrom, Write as _};

use chrono::NaiveDate;

use super::made_zips::read_with;

const SAVED: &[u8] = include_bytes!("../data/excel97.xls");
const BOUND_SHEET: u16 = 0x0085;
const DIMENSIONS: u16 = 0x0200;
const NUMBER: u16 = 0x0203;
const END_OF_FILE: u16 = 0x000A;
const FILE_PASS: u16 = 0x002F;

/// The file with other records in its workbook: `change` is given each record's kind and data, and says what stands there.
fn changed(mut change: impl FnMut(u16, Vec<u8>) -> Vec<(u16, Vec<u8>)>) -> Vec<u8> {
    let mut file = cfb::CompoundFile::open(Cursor::new(SAVED.to_vec())).expect("the container");
    let mut records = Vec::new();
    file.open_stream("/Workbook").expect("the workbook").read_to_end(&mut records).expect("read");
    let (mut at, mut written) = (0, Vec::new());
    while at + 4 <= records.len() {
        let two = |place: usize| u16::from_le_bytes([records[place], records[place + 1]]);
        let end = at + 4 + usize::from(two(at + 2));
        for (kind, data) in change(two(at), records[at + 4..end].to_vec()) {
            written.extend(kind.to_le_bytes());
            written.extend(u16::try_from(data.len()).expect("a short record").to_le_bytes());
            written.extend(data);
        }
        at = end;
    }
    let mut stream = file.open_stream("/Workbook").expect("the workbook");
    stream.seek(SeekFrom::Start(0)).expect("the beginning");
    stream.write_all(&written).expect("written");
    stream.flush().expect("written");
    drop(stream);
    file.into_inner().into_inner()
}

fn code(bytes: &[u8]) -> Option<&'static str> {
    read_with(bytes, |_| {}).err().map(|refusal| refusal.code())
}

#[test]
fn a_list_is_read_with_its_dates() {
    let import = read_with(SAVED, |_| {}).expect("profiles");
    let names: Vec<&str> = import.candidates.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["Contoso", "Müller & Söhne", "日本商事"]);
    let last = &import.candidates[2];
    assert_eq!(last.secret_expires, NaiveDate::from_ymd_opt(2028, 3, 31));
    assert_eq!(last.notes, "Ticket 4713");
    assert!(last.environment_url.as_ref().is_some_and(|url| url.to_string() == "https://customer2.crm4.dynamics.com"));
}

#[test]
fn what_a_sheet_claims_to_hold_costs_nothing() {
    let boasting = changed(|kind, data| {
        let claim = if kind == DIMENSIONS {
            [&[0, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 1][..], &data[12..]].concat()
        } else {
            data
        };
        vec![(kind, claim)]
    });
    assert_eq!(read_with(&boasting, |_| {}).expect("profiles").candidates.len(), 3);
}

#[test]
fn cells_far_apart_are_refused_before_they_are_laid_out() {
    let number = |row: u16, column: u16| [&row.to_le_bytes()[..], &column.to_le_bytes(), &[0; 10]].concat();
    let wide = changed(|kind, data| match kind {
        NUMBER | 0x00FD | 0x027E => vec![(NUMBER, number(65_535, 255)), (kind, data)],
        _ => vec![(kind, data)],
    });
    assert_eq!(code(&wide), Some("too_many_entries"));
}

#[test]
fn a_sheet_that_begins_inside_a_record_is_refused() {
    let hidden = changed(|kind, mut data| {
        if kind == BOUND_SHEET {
            data[0] = data[0].wrapping_add(2);
        }
        vec![(kind, data)]
    });
    assert_eq!(code(&hidden), Some("damaged_file"));
}

#[test]
fn a_password_and_a_cut_file_are_named() {
    let mut begun = false;
    let locked = changed(|kind, data| {
        let first = !std::mem::replace(&mut begun, true);
        let lock = first.then(|| (FILE_PASS, vec![1, 0, 1, 0, 1, 0])).into_iter();
        std::iter::once((kind, data)).chain(lock).collect()
    });
    assert_eq!(code(&locked), Some("encrypted_workbook"));
    for length in [600, 2_000, SAVED.len() / 2] {
        assert!(code(&SAVED[..length]).is_some(), "{length} bytes");
    }
    let empty = changed(|kind, data| if kind == END_OF_FILE { vec![(kind, data)] } else { Vec::new() });
    assert!(code(&empty).is_some());
}

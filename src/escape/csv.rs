//! Tables as comma-separated values (RFC 4180), for spreadsheets.
//!
//! Spreadsheets run a cell that begins like a formula, so such a cell gets an apostrophe in front ("CSV injection",
//! owasp.org/www-community/attacks/CSV_Injection).

use std::borrow::Cow;

use csv::{QuoteStyle, Terminator, WriterBuilder};

/// One cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell<'a> {
    /// Anybody's text.
    Text(&'a str),
    /// A number of ours, which may begin with a minus.
    Number(i64),
}

/// How lines end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineEnd {
    /// As RFC 4180 has it: files for spreadsheets.
    CrLf,
    /// As scripts on Unix read it.
    Lf,
}

/// A table's text, line by line.
#[derive(Debug)]
pub struct CsvWriter {
    text: String,
    line_end: LineEnd,
}

impl CsvWriter {
    /// An empty table.
    pub fn new(line_end: LineEnd) -> CsvWriter {
        CsvWriter { text: String::new(), line_end }
    }

    /// Adds a line.
    pub fn line(&mut self, cells: &[Cell<'_>]) {
        let cells: Vec<Cow<'_, str>> = cells
            .iter()
            .map(|cell| match cell {
                Cell::Text(text) => guarded(text),
                Cell::Number(number) => Cow::Owned(number.to_string()),
            })
            .collect();
        // Where a list's separator is “;” a spreadsheet would cut a bare cell there.
        let quotes = match cells.iter().any(|cell| cell.contains([';', '\t']) || cell.trim() != &**cell) {
            true => QuoteStyle::Always,
            false => QuoteStyle::Necessary,
        };
        let terminator = match self.line_end {
            LineEnd::CrLf => Terminator::CRLF,
            LineEnd::Lf => Terminator::Any(b'\n'),
        };
        let mut writer = WriterBuilder::new().quote_style(quotes).terminator(terminator).from_writer(Vec::new());
        // Neither writing into memory nor a first line of any length can fail.
        let written = writer.write_record(cells.iter().map(|cell| cell.as_bytes()));
        if let (Ok(()), Ok(bytes)) = (written, writer.into_inner()) {
            self.text.push_str(&String::from_utf8_lossy(&bytes));
        }
    }

    /// The whole table.
    pub fn into_text(self) -> String {
        self.text
    }
}

/// With an apostrophe in front of each piece that a spreadsheet would take for a formula: the cell itself, and what is
/// behind a separator in it, where a program cuts it there whatever the quotes say.
fn guarded(cell: &str) -> Cow<'_, str> {
    if !cell.split(is_cut).any(is_guarded) && !begins_with_control(cell) {
        return Cow::Borrowed(cell);
    }
    let mut guarded = String::with_capacity(cell.len() + 8);
    if begins_with_control(cell) {
        guarded.push('\'');
    }
    for piece in cell.split_inclusive(is_cut) {
        if is_guarded(piece.trim_end_matches(is_cut)) {
            guarded.push('\'');
        }
        guarded.push_str(piece);
    }
    Cow::Owned(guarded)
}

/// A cell as it was before [`CsvWriter`] put apostrophes into it, and a spreadsheet's own mark of a text taken off.
pub fn unguarded(cell: &str) -> Cow<'_, str> {
    let is_mark = |piece: &str| piece.strip_prefix('\'').is_some_and(is_guarded);
    let after_mark = cell.strip_prefix('\'').filter(|rest| begins_with_control(rest));
    if after_mark.is_none() && !cell.split(is_cut).any(is_mark) {
        return Cow::Borrowed(cell);
    }
    let mut bare = String::with_capacity(cell.len());
    for piece in after_mark.unwrap_or(cell).split_inclusive(is_cut) {
        bare.push_str(if is_mark(piece.trim_end_matches(is_cut)) { &piece[1..] } else { piece });
    }
    Cow::Owned(bare)
}

fn is_cut(c: char) -> bool {
    matches!(c, ';' | '\t' | '\r' | '\n')
}

/// Apostrophes before it count as well: what was there already can be distinguished from what was put there.
fn begins_with_control(cell: &str) -> bool {
    cell.trim_start_matches('\'').starts_with(['\t', '\r', '\n'])
}

/// As [`is_formula`], behind any number of apostrophes.
fn is_guarded(piece: &str) -> bool {
    is_formula(piece.trim_start_matches('\''))
}

/// Some programs skip white space and quotes before they look.
fn is_formula(piece: &str) -> bool {
    let seen = piece.trim_start_matches(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '"' | '\u{feff}'));
    seen.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(cell: &str) -> String {
        let mut writer = CsvWriter::new(LineEnd::Lf);
        writer.line(&[Cell::Text(cell), Cell::Number(-3)]);
        writer.into_text()
    }

    #[test]
    fn cells_that_begin_like_a_formula_are_guarded() {
        for cell in
            ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\r=1", "\n=1", "\"=1", "\" =1", "＝1", "\u{feff}=1"]
        {
            assert!(guarded(cell).starts_with('\''), "{cell:?}");
        }
        assert_eq!(guarded("\tx"), "'\tx");
        assert_eq!(guarded("a;=1;\"+2\n-3"), "a;'=1;'\"+2\n'-3");
        for cell in ["", "a=1", "1-2", "https://contoso.crm4.dynamics.com", "O'Brien", "a, -b", "a\nb"] {
            assert_eq!(guarded(cell), cell);
        }
    }

    #[test]
    fn a_guard_comes_off_and_nothing_else() {
        for (written, cell) in
            [("'=1", "=1"), ("''=1", "'=1"), ("'\tx", "\tx"), ("a;'=1", "a;=1"), ("'x", "'x"), ("it's", "it's")]
        {
            assert_eq!((guarded(cell).as_ref(), unguarded(written).as_ref()), (written, cell));
        }
    }

    proptest::proptest! {
        #[test]
        fn any_cell_comes_back(cell in "['=+\"; \t\r\na＝\u{feff}-]{0,12}") {
            let written = guarded(&cell).into_owned();
            proptest::prop_assert_eq!(unguarded(&written).into_owned(), cell);
        }
    }

    #[test]
    fn quotes_commas_and_line_ends_are_quoted() {
        assert_eq!(one("plain"), "plain,-3\n");
        assert_eq!(one("a \"b\", c"), "\"a \"\"b\"\", c\",-3\n");
        assert_eq!(one("a\r\nb"), "\"a\r\nb\",-3\n");
        assert_eq!(one("a;b"), "\"a;b\",\"-3\"\n");
        assert_eq!(one(" a"), "\" a\",\"-3\"\n");
    }

    #[test]
    fn lines_may_end_as_the_standard_has_it() {
        let mut writer = CsvWriter::new(LineEnd::CrLf);
        writer.line(&[Cell::Text("a"), Cell::Text("")]);
        writer.line(&[Cell::Text("b\nc"), Cell::Text("")]);
        assert_eq!(writer.into_text(), "a,\r\n\"b\nc\",\r\n");
    }
}

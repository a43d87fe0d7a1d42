//! Shapes that the answers of several commands share, for people and for scripts.

use serde::Serialize;

/// Every JSON answer: its schema first, then the answer's own fields.
#[derive(Serialize)]
pub(super) struct Answer<T> {
    schema: u32,
    #[serde(flatten)]
    answer: T,
}

impl<T> Answer<T> {
    pub(super) fn new(answer: T) -> Answer<T> {
        Answer { schema: 1, answer }
    }
}

/// The JSON answer when there is none.
#[derive(Serialize)]
pub(super) struct ErrorAnswer<'a> {
    pub error: ErrorBody<'a>,
}

#[derive(Serialize)]
pub(super) struct ErrorBody<'a> {
    pub code: &'a str,
    pub message: &'a str,
}

/// A warning with its words, beside the list of codes.
#[derive(Serialize)]
pub(super) struct WarningDetail {
    pub code: String,
    pub text: String,
}

/// A text of somebody else's on one line, without characters that would steer a terminal.
pub(super) fn plain(text: &str) -> String {
    text.replace(char::is_control, " ")
}

/// Lines of `label  value` with the values under each other; a value of several lines is indented.
pub(super) fn labelled(rows: &[(&str, String)]) -> Vec<String> {
    let width = rows.iter().map(|(label, _)| label.chars().count()).max().unwrap_or(0);
    let mut lines = Vec::new();
    for (label, value) in rows {
        let mut label = *label;
        for line in value.split('\n') {
            lines.push(format!("{label:width$}  {}", plain(line)).trim_end().to_owned());
            label = "";
        }
    }
    lines
}

/// A table with a heading, each column as wide as its widest cell.
pub(super) fn table(heading: &[&str], rows: &[Vec<String>]) -> Vec<String> {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([heading[column].chars().count()]).max().unwrap_or(0)
    };
    let widths: Vec<_> = (0..heading.len()).map(width).collect();
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let mut line = String::new();
        let mut blanks = 0;
        for (cell, width) in cells.zip(&widths) {
            if !cell.is_empty() {
                // Only what stands before something: no line ends in blanks.
                line.extend(std::iter::repeat_n(' ', blanks));
                line.push_str(cell);
                blanks = 0;
            }
            blanks += width - cell.chars().count() + 2;
        }
        line
    };
    let mut lines = vec![line(&mut heading.iter().copied())];
    lines.extend(rows.iter().map(|row| line(&mut row.iter().map(String::as_str))));
    lines
}

//! Shapes that the answers of several commands share, for people and for scripts.

use std::borrow::Cow;

use serde::Serialize;
use unicode_width::UnicodeWidthStr;
use zeroize::Zeroizing;

use crate::connection_check::Diagnosis;
use crate::escape::visible_line;
use crate::profile::SecretText;

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

/// What is wrong and what to do, as every answer has it.
#[derive(Serialize)]
pub(super) struct DiagnosisAnswer<'a> {
    what: &'a str,
    why: &'a str,
    fix: &'a [String],
    link: Option<&'a str>,
    link_text: Option<&'a str>,
}

impl<'a> DiagnosisAnswer<'a> {
    pub(super) fn of(diagnosis: &'a Diagnosis) -> DiagnosisAnswer<'a> {
        let link = diagnosis.link.as_ref();
        DiagnosisAnswer {
            what: &diagnosis.what,
            why: &diagnosis.why,
            fix: &diagnosis.fix,
            link: link.map(|link| link.url.as_str()),
            link_text: link.map(|link| link.text.as_str()),
        }
    }
}

/// The same for people.
pub(super) fn diagnosis_lines(diagnosis: &Diagnosis) -> Vec<Line> {
    let mut texts = vec![
        format!("  What is wrong: {}", diagnosis.what),
        format!("  Why:           {}", diagnosis.why),
        "  What to do:".to_owned(),
    ];
    texts.extend((1..).zip(&diagnosis.fix).map(|(number, step)| format!("    {number}. {step}")));
    texts.extend(diagnosis.link.iter().map(|link| format!("  {}: {}", link.text, link.url)));
    Line::all(&texts)
}

/// A text of somebody else's on one line, without characters that would steer a terminal.
pub(super) fn plain(text: &str) -> String {
    visible_line(text).into_owned()
}

/// A line of an answer that may be written: other people's text in it is visible, and what is exact is meant to be.
pub(super) struct Line(Zeroizing<String>);

impl Line {
    /// One text on one line.
    pub(super) fn one(text: &str) -> Vec<Line> {
        vec![Line(Zeroizing::new(plain(text)))]
    }

    /// Each text on a line of its own.
    pub(super) fn all(texts: &[String]) -> Vec<Line> {
        texts.iter().flat_map(|text| Line::one(text)).collect()
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// A value as an answer shows it.
pub(super) enum Value {
    /// Anybody's text.
    Text(String),
    /// A secret that was asked for: changed by nothing but a terminal.
    Exact(SecretText),
}

/// What has a place in a [`table`] or in [`labelled`] lines.
pub(super) trait Shown {
    /// Its lines, each of which may be written.
    fn lines(&self) -> Vec<Cow<'_, str>>;
    /// The same on one line.
    fn line(&self) -> Cow<'_, str>;
}

impl Shown for String {
    fn lines(&self) -> Vec<Cow<'_, str>> {
        self.split('\n').map(|line| visible_line(line.strip_suffix('\r').unwrap_or(line))).collect()
    }

    fn line(&self) -> Cow<'_, str> {
        visible_line(self)
    }
}

impl Shown for Value {
    fn lines(&self) -> Vec<Cow<'_, str>> {
        match self {
            Value::Text(text) => text.lines(),
            Value::Exact(secret) => vec![Cow::Borrowed(secret.expose())],
        }
    }

    fn line(&self) -> Cow<'_, str> {
        match self {
            Value::Text(text) => text.line(),
            Value::Exact(secret) => Cow::Borrowed(secret.expose()),
        }
    }
}

/// The widest column, in columns of a terminal: a longer cell pushes the rest of its own line only. A name in a vault may be as
/// long as the vault, and every line filled up to it would be endless.
const WIDEST: usize = 120;

/// Lines of `label  value` with the values under each other; a value of several lines is indented.
pub(super) fn labelled(rows: &[(&str, impl Shown)]) -> Vec<Line> {
    let width = rows.iter().map(|(label, _)| label.chars().count()).max().unwrap_or(0);
    let mut lines = Vec::new();
    for (label, value) in rows {
        let mut label = *label;
        for line in value.lines() {
            let written = Zeroizing::new(format!("{label:width$}  {line}"));
            // Blanks at the end of a label that stands alone; a value's own are its own.
            let end = if line.is_empty() { written.trim_end().len() } else { written.len() };
            lines.push(Line(Zeroizing::new(written[..end].to_owned())));
            label = "";
        }
    }
    lines
}

/// A table with a heading, each column as wide as its widest cell, but no wider than [`WIDEST`].
pub(super) fn table(heading: &[&str], rows: &[Vec<impl Shown>]) -> Vec<Line> {
    let rows: Vec<Vec<Cow<'_, str>>> = rows.iter().map(|row| row.iter().map(Shown::line).collect()).collect();
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].width());
        cells.chain([heading[column].width()]).max().unwrap_or(0).min(WIDEST)
    };
    let widths: Vec<_> = (0..heading.len()).map(width).collect();
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let mut line = Zeroizing::new(String::new());
        let mut blanks = 0;
        for (cell, width) in cells.zip(&widths) {
            if !cell.is_empty() {
                // Only what stands before something: no line ends in spaces.
                line.extend(std::iter::repeat_n(' ', blanks));
                line.push_str(cell);
                blanks = 0;
            }
            blanks += width.saturating_sub(cell.width()) + 2;
        }
        Line(line)
    };
    let mut lines = vec![line(&mut heading.iter().copied())];
    lines.extend(rows.iter().map(|row| line(&mut row.iter().map(|cell| &**cell))));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_steers_a_terminal_or_begins_a_line_of_its_own() {
        let rows = [vec!["E\x1b[2J\nOK - all fine".to_owned(), "\u{202e}x".to_owned()]];
        let lines = table(&["NAME", "TAGS"], &rows);
        assert_eq!(lines[1].as_str(), "E\\u{1b}[2J OK - all fine  \\u{202e}x");
        let lines = labelled(&[("Notes", "one\x07\r\ntwo\n".to_owned())]);
        let lines: Vec<_> = lines.iter().map(Line::as_str).collect();
        assert_eq!(lines, ["Notes  one\\u{7}", "       two", ""]);
    }

    #[test]
    fn a_revealed_secret_stays_as_it_is() {
        let secret = || Value::Exact(SecretText::from("s\x1b[2J "));
        assert_eq!(labelled(&[("Secret", secret())])[0].as_str(), "Secret  s\x1b[2J ");
        assert_eq!(table(&["SECRET"], &[vec![secret()]])[1].as_str(), "s\x1b[2J ");
    }

    #[test]
    fn one_endless_name_does_not_fill_every_line() {
        let rows: Vec<Vec<String>> =
            [1_000_000, 1].map(|length| vec!["n".repeat(length), "x".to_owned()]).into_iter().collect();
        let lines = table(&["NAME", "X"], &rows);
        assert_eq!(lines[1].as_str().len(), 1_000_003);
        assert_eq!(lines[2].as_str().len(), WIDEST + 3);
    }

    /// Columns of a terminal (Unicode Standard Annex #11), not characters: with each name, the columns it takes.
    #[test]
    fn columns_align_whatever_the_names_are_written_in() {
        let names = [
            ("Contoso", 7),
            ("株式会社", 8),
            ("한국어", 6),
            ("ｆｕｌｌ", 8),
            ("ﾊﾝｶｸ", 4),
            ("Zu\u{308}rich", 6),
            ("Zürich", 6),
            ("e\u{301}\u{323}", 1),
            ("नमस्ते", 4),
            ("שלום", 4),
            ("العربية", 7),
            ("👍🏽", 2),
            ("東京 A", 6),
        ];
        let rows: Vec<_> = names.iter().map(|(name, _)| vec![(*name).to_owned(), "x".to_owned()]).collect();
        let lines = table(&["NAME", "X"], &rows);
        assert_eq!(lines[0].as_str(), "NAME      X");
        for (line, (name, columns)) in lines[1..].iter().zip(names) {
            assert_eq!(line.as_str(), format!("{name}{}x", " ".repeat(8 - columns + 2)), "{name}");
        }
    }
}

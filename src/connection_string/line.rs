//! A connection string that was copied with the line of the file it stands in: what is inside, and what that line is.
//!
//! In: any text. Out: the connection string as the file's own language has it, or nothing where the text is one by itself.
//! The string begins at the first key that Microsoft's client knows; what stands before it says which language it is.

use zeroize::Zeroizing;

use super::field::is_known_key;
use super::literal::{Escapes, read_literal};
use crate::profile::pasted::{is_invisible, is_typographic_quote};

/// What a connection string stood in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    Quotes,
    CSharp,
    PowerShell,
    Cmd,
    Shell,
    XmlAttribute,
    XmlElement,
    /// The text of an element as it is: nothing in it is spelt for XML.
    Cdata,
    Json,
    Settings,
    Call,
    Dockerfile,
    /// Words before it and perhaps behind it.
    Words,
    Brackets,
    /// `\n` in place of line breaks.
    WrittenBreaks,
    /// `\;` in place of `;`.
    Backslashes,
    Label,
    /// Backticks, `**`, a bullet, a number, a cell of a table.
    Markdown,
    /// `&amp;` and the like, read as what they stand for.
    XmlEntities,
}

impl Line {
    /// What it is, with its article.
    pub fn name(self) -> &'static str {
        match self {
            Line::Quotes => "text in quotes",
            Line::CSharp => "a line of C# or a similar language",
            Line::PowerShell => "a line of PowerShell",
            Line::Cmd => "a “set” line for the Windows command prompt",
            Line::Shell => "a line of a shell script",
            Line::XmlAttribute => "an attribute of an XML file",
            Line::XmlElement | Line::Cdata => "an element of an XML file",
            Line::Json => "a property of a JSON file",
            Line::Settings => "a “NAME=value” line of a settings file",
            Line::Call => "an argument of a function call",
            Line::Dockerfile => "a line of a Dockerfile",
            Line::Words => "text with other words around it",
            Line::Brackets => "text in brackets",
            Line::WrittenBreaks => "text with “\\n” in place of line breaks",
            Line::Backslashes => "text with a backslash before each “;”",
            Line::Label => "text with a label before it",
            Line::Markdown => "text with list or formatting marks around it",
            Line::XmlEntities => "text with XML entities",
        }
    }

    /// What joins two literals in such a line. In a shell `&` begins the next command, and in a file of data nothing joins.
    fn joints(self) -> &'static [char] {
        match self {
            // Visual Basic joins by `&`; quotes alone may be a piece of either.
            Line::Quotes | Line::CSharp | Line::Call => &['+', '&'],
            Line::PowerShell => &['+'],
            _ => &[],
        }
    }
}

/// A connection string without its line.
pub(super) struct Extracted {
    pub text: Zeroizing<String>,
    /// From the outside in.
    pub lines: Vec<Line>,
    /// Whether a line of code joined more to its end than can be read.
    pub left_out_joined_text: bool,
}

impl Extracted {
    /// Whether nothing but quotes stood around it.
    pub fn is_only_quoted(&self) -> bool {
        self.lines == [Line::Quotes]
    }
}

/// What one layer holds.
struct Layer {
    line: Line,
    text: Zeroizing<String>,
    left_out_joined_text: bool,
}

impl Layer {
    fn of(line: Line, text: Zeroizing<String>) -> Layer {
        Layer { line, text, left_out_joined_text: false }
    }
}

/// More layers than any file has.
const LAYERS: usize = 6;

/// The connection string within `text`; `None` when it stands alone or there is none.
pub(super) fn extract(text: &str) -> Option<Extracted> {
    let mut inside = Zeroizing::new(text.to_owned());
    let mut lines = Vec::new();
    let mut left_out_joined_text = false;
    for _ in 0..LAYERS {
        let is_read_already = lines.iter().any(|line| matches!(line, Line::XmlEntities | Line::Cdata));
        let is_spelt_for_xml = holds_entities(&inside) && !is_read_already;
        // Within a tag they belong to the attribute's value, and are read once that is taken out.
        let is_markup = inside.trim_start().starts_with('<');
        match unwrap(&inside).filter(|_| is_markup || !is_spelt_for_xml) {
            Some(layer) => {
                lines.push(layer.line);
                left_out_joined_text |= layer.left_out_joined_text;
                inside = layer.text;
            }
            None if is_spelt_for_xml => {
                inside = without_entities(&inside);
                lines.push(Line::XmlEntities);
            }
            None => break,
        }
    }
    if let Some(plain) = without_backslashes(&inside) {
        inside = plain;
        lines.push(Line::Backslashes);
    }
    if let Some(plain) = without_written_line_breaks(&inside, !lines.is_empty()) {
        inside = plain;
        lines.push(Line::WrittenBreaks);
    }
    (!lines.is_empty()).then_some(Extracted { text: inside, lines, left_out_joined_text })
}

/// Takes off one layer.
fn unwrap(text: &str) -> Option<Layer> {
    let at = first_key(text)?;
    let before = &text[..at];
    // `\n` before the first key is read later.
    let is_alone = |c: char| c.is_whitespace() || c == ';' || is_invisible(c);
    if before.trim_start_matches("\\n").chars().all(is_alone) {
        return None;
    }
    match open_quote(before) {
        Some((at, quote)) => {
            let (line, escapes) = language(&before[..at], quote);
            let literal = read_literal(text, at, escapes, line.joints());
            // Only a line of code joins anything.
            let line = if line == Line::Quotes && literal.is_joined { Line::CSharp } else { line };
            Some(Layer { line, text: literal.text, left_out_joined_text: literal.left_out_joined_text })
        }
        None => unquoted(before, &text[at..]).map(|(line, text)| Layer::of(line, text)),
    }
}

/// `text` without the backslash that a shell wants before each `;`; `None` where not each has one.
fn without_backslashes(text: &str) -> Option<Zeroizing<String>> {
    let body = text.trim_end().trim_end_matches(';');
    let separators = || body.match_indices(';');
    if separators().count() < 2 || !separators().all(|(at, _)| body[..at].ends_with('\\')) || body.contains("\\\\") {
        return None;
    }
    let mut plain = Zeroizing::new(String::with_capacity(text.len()));
    let mut rest = body.trim_end_matches('\\').chars().peekable();
    while let Some(c) = rest.next() {
        let escapes = c == '\\' && rest.peek().is_some_and(char::is_ascii_punctuation);
        plain.push(if escapes { rest.next().unwrap_or(c) } else { c });
    }
    Some(plain)
}

/// `text` with a `;` for each `\n` or `\r\n` that is written as two characters before a key, and without one at its end where
/// `is_of_a_line` says that a line of a file was taken off already; `None` where there is none.
fn without_written_line_breaks(text: &str, is_of_a_line: bool) -> Option<Zeroizing<String>> {
    if !text.contains("\\n") {
        return None;
    }
    let mut plain = Zeroizing::new(String::with_capacity(text.len() + 16));
    let mut rest = text;
    while let Some(at) = rest.find("\\n") {
        let behind = rest[at + 2..].trim_start();
        let is_before_a_key = behind
            .find('=')
            .is_some_and(|equals| key_before(behind, equals) == Some(0) && open_quote(&rest[..at]).is_none());
        let is_end = is_of_a_line && behind.trim_start_matches("\\n").is_empty();
        if is_before_a_key || is_end {
            plain.push_str(rest[..at].strip_suffix("\\r").unwrap_or(&rest[..at]));
            if is_before_a_key {
                // One more than there need be does no harm.
                plain.push(';');
            }
            rest = behind;
        } else {
            plain.push_str(&rest[..at + 2]);
            rest = &rest[at + 2..];
        }
    }
    plain.push_str(rest);
    (*plain != text).then_some(plain)
}

/// Where the first key begins that Microsoft's client knows and that has a value of its own.
fn first_key(text: &str) -> Option<usize> {
    text.match_indices('=').find_map(|(equals, _)| {
        let start = key_before(text, equals)?;
        // `$secret = "AuthType=…"`: a variable's name, not a key.
        let value = text[equals + 1..].trim_start().trim_start_matches(['$', '@', '"', '\'', '`', 'f', 'r']);
        let of_value = value.find('=').and_then(|equals| key_before(value, equals));
        (of_value != Some(0)).then_some(start)
    })
}

/// Where a known key begins that ends at `equals`.
fn key_before(text: &str, equals: usize) -> Option<usize> {
    if text[equals + 1..].starts_with('=') {
        return None;
    }
    let head = text[..equals].trim_end();
    let run = head
        .rfind(|c: char| !(c.is_ascii_alphabetic() || c == ' '))
        .map_or(0, |at| at + head[at..].chars().next().map_or(1, char::len_utf8));
    let follows_a_name = head[..run].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '$'));
    let starts = head[run..].char_indices().map(|(at, _)| run + at).filter(|at| {
        let is_first = *at == run;
        (is_first && !follows_a_name) || (!is_first && head[..*at].ends_with(' '))
    });
    starts.into_iter().find(|at| is_known_key(&head[*at..]))
}

/// The quote in `before` that is still open at its end.
fn open_quote(before: &str) -> Option<(usize, char)> {
    let mut open = None;
    for (at, c) in before.char_indices() {
        let is_quote = matches!(c, '"' | '\'' | '`') || is_typographic_quote(c);
        open = match open {
            None if is_quote => Some((at, c)),
            Some((_, quote))
                if is_quote && (c == quote || (is_typographic_quote(c) && is_typographic_quote(quote))) =>
            {
                None
            }
            kept => kept,
        };
    }
    open
}

/// Which language a literal is of, by what stands before its quote.
fn language(head: &str, quote: char) -> (Line, Escapes) {
    let trimmed = head.trim();
    let lowered = trimmed.to_ascii_lowercase();
    let without_marks = trimmed.trim_end_matches(is_mark);
    if quote == '`' && (without_marks.is_empty() || without_marks.ends_with([':', '.']) || trimmed.ends_with('|')) {
        return (Line::Markdown, Escapes::None);
    }
    let is_name = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "_-.:[]".contains(c));
    if trimmed.starts_with('<') || (trimmed.contains('<') && trimmed.ends_with('=')) {
        return (Line::XmlAttribute, Escapes::None);
    }
    if lowered == "set" || lowered.starts_with("set ") || lowered.starts_with("setx ") {
        return (Line::Cmd, Escapes::None);
    }
    if is_of_a_dockerfile(&lowered) {
        return (Line::Dockerfile, Escapes::Backslash);
    }
    if lowered.starts_with("export ") || lowered.starts_with("declare ") {
        return (Line::Shell, if quote == '"' { Escapes::Backslash } else { Escapes::None });
    }
    if head.ends_with("$@") || head.ends_with("@$") {
        return (Line::CSharp, Escapes::Doubled { braces: true });
    }
    if let Some(rest) = trimmed.strip_suffix('@') {
        // A here-string of PowerShell looks the same.
        let line = if rest.trim_start().starts_with('$') { Line::PowerShell } else { Line::CSharp };
        return (line, Escapes::Doubled { braces: false });
    }
    if head.ends_with('$') && !trimmed.starts_with('-') {
        return (Line::CSharp, Escapes::BackslashAndBraces);
    }
    let is_variable = trimmed.starts_with('$') || lowered.contains("[environment]");
    if is_variable
        || (trimmed.starts_with(|c: char| c.is_alphabetic()) && lowered.contains(" -"))
        || trimmed.starts_with('-')
    {
        return (Line::PowerShell, Escapes::PowerShell);
    }
    if trimmed.ends_with(':') {
        return (Line::Json, Escapes::Backslash);
    }
    if trimmed.is_empty() {
        return (Line::Quotes, Escapes::BackslashOrDoubled);
    }
    if let Some(name) = trimmed.strip_suffix('=') {
        return match is_name(name.trim()) && !head.ends_with("= ") {
            true => (Line::Settings, Escapes::BackslashedQuotes),
            false => (Line::CSharp, Escapes::Backslash),
        };
    }
    if trimmed.ends_with(['(', ',']) {
        return (Line::Call, Escapes::Backslash);
    }
    (Line::CSharp, Escapes::Backslash)
}

/// A string without quotes behind `NAME=`, a label, or a tag.
fn unquoted(before: &str, rest: &str) -> Option<(Line, Zeroizing<String>)> {
    let head = before.trim();
    let lowered = head.to_ascii_lowercase();
    let label = head.trim_end_matches(is_mark).trim_end();
    let line = if head.contains(';') && !head.contains('<') {
        return None;
    } else if head.ends_with("<![CDATA[") {
        Line::Cdata
    } else if is_row_of_marks(head) || (label.len() < head.len() && label.ends_with(':')) || head.ends_with('|') {
        Line::Markdown
    } else if head.ends_with('>') {
        Line::XmlElement
    } else if lowered.starts_with("set ") || lowered.starts_with("setx ") {
        Line::Cmd
    } else if lowered.starts_with("export ") {
        Line::Shell
    } else if is_of_a_dockerfile(&lowered) {
        Line::Dockerfile
    } else if head.ends_with('=') {
        Line::Settings
    } else if head.ends_with(':') {
        Line::Label
    } else if closing_bracket(head).is_some() {
        Line::Brackets
    } else if are_words(head, rest) {
        Line::Words
    } else {
        return None;
    };
    let inside = match line {
        Line::XmlElement => rest.split("</").next().unwrap_or(rest),
        Line::Cdata => rest.split("]]>").next().unwrap_or(rest),
        Line::Markdown => without_closing_marks(head, first_line(rest)),
        Line::Words if head.starts_with('(') => paragraph(rest).trim_end().trim_end_matches(')'),
        Line::Label | Line::Words => paragraph(rest),
        Line::Brackets => {
            // `[…](https://…)`, a link of Markdown.
            let body = rest.split("](").next().unwrap_or(rest).trim_end();
            closing_bracket(head).and_then(|close| body.strip_suffix(close)).unwrap_or(body)
        }
        _ => without_what_is_run(first_line(rest)),
    };
    Some((line, Zeroizing::new(inside.trim().to_owned())))
}

/// `ENV CONN`, `ARG CONN=`.
fn is_of_a_dockerfile(lowered: &str) -> bool {
    let name =
        lowered.strip_prefix("env ").or_else(|| lowered.strip_prefix("arg ")).map(|name| name.trim_end_matches('='));
    name.is_some_and(|name| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
}

/// What closes `head`, where that is nothing but an opening bracket.
fn closing_bracket(head: &str) -> Option<char> {
    match head {
        "[" => Some(']'),
        "(" => Some(')'),
        "{" => Some('}'),
        "<" => Some('>'),
        _ => None,
    }
}

/// Whether `head` is words of a mail before a connection string that begins with how it signs in: `The string is `, `Hi,`.
fn are_words(head: &str, rest: &str) -> bool {
    let key = rest.split('=').next().unwrap_or_default().trim();
    let begins = ["authtype", "authenticationtype"].iter().any(|name| key.eq_ignore_ascii_case(name));
    let is_sentence = head.starts_with('(')
        || head.ends_with([',', '.', '!', ')', '?'])
        || head.contains('\n')
        || head.split_whitespace().count() >= 2;
    begins && is_sentence && !head.contains(['=', ';']) && head.contains(char::is_alphabetic)
}

/// `text` up to an empty line, unless the string goes on behind it.
fn paragraph(text: &str) -> &str {
    let lines = text.match_indices('\n').map(|(at, _)| at);
    let end = lines.into_iter().find(|at| {
        let behind = &text[at + 1..];
        let line = behind.split('\n').next().unwrap_or_default();
        line.trim().is_empty() && behind.contains('\n') && first_key(behind).is_none()
    });
    end.map_or(text, |at| &text[..at])
}

/// What comes after the line's end is another line of the file, unless the string goes on there.
fn first_line(text: &str) -> &str {
    match text.split_once(['\r', '\n']) {
        Some((first, others)) if first_key(others).is_none() => first,
        _ => text,
    }
}

/// A variable's value up to a remark or to the command that is run with it: `X=… && app.exe`, `X=… ./app`, `X=… # test`.
/// No client secret of Microsoft Entra ID holds a space.
fn without_what_is_run(text: &str) -> &str {
    const STARTS: [&str; 9] = [" && ", " & ", " || ", " | ", " ./", " .\\", " /", " # ", " :: "];
    let last = text.rfind(';').unwrap_or(0);
    let end = STARTS.iter().filter_map(|start| text[last..].find(start)).min();
    end.map_or(text, |end| &text[..last + end])
}

/// Marks of Markdown, of a mail that is quoted, or of a table.
fn is_mark(c: char) -> bool {
    matches!(c, '*' | '_' | '`' | '|' | '>' | '#' | '-' | '+' | '•' | '·') || c.is_whitespace()
}

/// `- `, `> `, `**`, `1. `, `2) `: nothing but marks.
fn is_row_of_marks(head: &str) -> bool {
    let marks = head.trim_start_matches(|c: char| c.is_ascii_digit());
    let numbered = marks.len() < head.len() && matches!(marks, "." | ")");
    numbered || (!head.is_empty() && head.chars().all(is_mark))
}

/// `text` without the marks at its end that close those at the end of `head`.
fn without_closing_marks<'t>(head: &str, text: &'t str) -> &'t str {
    let text = text.trim_end();
    let opened = head.trim_start().trim_start_matches(['>', '-', '+', ' ']);
    match opened.chars().next_back().filter(|c| matches!(c, '*' | '_' | '`' | '|')) {
        Some(mark) => text.trim_end_matches(mark),
        None => text,
    }
}

/// XML's and HTML's names of the characters that they keep for themselves.
const ENTITIES: [(&str, char); 6] =
    [("&amp;", '&'), ("&quot;", '"'), ("&apos;", '\''), ("&lt;", '<'), ("&gt;", '>'), ("&nbsp;", ' ')];

fn holds_entities(text: &str) -> bool {
    text.match_indices('&').any(|(at, _)| entity_at(&text[at..]).is_some())
}

/// The character that `text` begins with in XML's spelling, and how long that spelling is.
fn entity_at(text: &str) -> Option<(char, usize)> {
    if let Some((name, c)) = ENTITIES.iter().find(|(name, _)| text.starts_with(name)) {
        return Some((*c, name.len()));
    }
    let digits = text.strip_prefix("&#")?;
    let end = digits.find(';').filter(|end| (1..=7).contains(end))?;
    let number = match digits[..end].strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => digits[..end].parse(),
    };
    Some((char::from_u32(number.ok()?)?, 2 + end + 1))
}

fn without_entities(text: &str) -> Zeroizing<String> {
    let mut plain = Zeroizing::new(String::with_capacity(text.len()));
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        plain.push_str(&rest[..at]);
        let (c, length) = entity_at(&rest[at..]).unwrap_or(('&', 1));
        plain.push(c);
        rest = &rest[at + length..];
    }
    plain.push_str(rest);
    plain
}

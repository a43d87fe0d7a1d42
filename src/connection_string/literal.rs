//! The text that a literal of a programming language stands for, up to its closing quote.

use zeroize::Zeroizing;

use crate::profile::pasted::{JOINED_VALUE, is_typographic_quote};

/// How a language writes what it could not write plainly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Escapes {
    /// XML, cmd, single quotes of a shell.
    None,
    /// C#, JSON, JavaScript, Python, a shell's double quotes.
    Backslash,
    /// C#'s `$"…"`: braces are doubled too.
    BackslashAndBraces,
    /// Only `\"`: settings files differ in the rest.
    BackslashedQuotes,
    /// C#'s `@"…"` and Visual Basic, with `braces` for `$@"…"`.
    Doubled { braces: bool },
    /// Not known: both ways of writing a quote.
    BackslashOrDoubled,
    /// A backtick before it, or a doubled quote.
    PowerShell,
}

impl Escapes {
    fn has_braces(self) -> bool {
        matches!(self, Escapes::BackslashAndBraces | Escapes::Doubled { braces: true })
    }

    fn has_doubled_quotes(self) -> bool {
        matches!(self, Escapes::Doubled { .. } | Escapes::BackslashOrDoubled | Escapes::PowerShell)
    }

    fn has_backslashes(self) -> bool {
        matches!(self, Escapes::Backslash | Escapes::BackslashAndBraces | Escapes::BackslashOrDoubled)
    }
}

/// The text of a literal and of what is joined to it.
pub(super) struct Literal {
    pub text: Zeroizing<String>,
    /// Whether anything is joined to the first literal.
    pub is_joined: bool,
    /// Whether a variable's value or a call's was joined to the end, behind a whole value, and left out.
    pub left_out_joined_text: bool,
}

/// The text of the literal whose quote stands at byte `at`, with the literals that are joined to it by one of `joints`. Where it
/// is never closed, it goes to the end.
pub(super) fn read_literal(text: &str, at: usize, escapes: Escapes, joints: &[char]) -> Literal {
    let mut reader = Reader { text, at, out: Zeroizing::new(String::with_capacity(text.len() + 16)) };
    reader.literal(escapes);
    let mut is_joined = false;
    // Where the text ends that was read before the last variable.
    let mut before_unknown = None;
    while reader.skip_joint(joints) {
        is_joined = true;
        match reader.prefix_and_quote(escapes) {
            Some(next) => {
                let length = reader.out.len();
                reader.literal(next);
                // A line break alone completes no value.
                if !reader.out[length..].trim().is_empty() {
                    before_unknown = None;
                }
            }
            None => {
                let length = reader.out.len();
                let is_unknown = reader.expression();
                // The value of a key that has none yet is what the variable holds.
                let has_value = !reader.out[..length].trim_end().ends_with('=');
                if is_unknown && has_value {
                    before_unknown = before_unknown.or(Some(length));
                }
            }
        }
    }
    if let Some(length) = before_unknown {
        reader.out.truncate(length);
    }
    let text = Zeroizing::new(reader.out.trim().to_owned());
    Literal { text, is_joined, left_out_joined_text: before_unknown.is_some() }
}

/// Whether an expression stands for a line break or for nothing: `vbCrLf`, `Environment.NewLine`, `Chr(13)`, `string.Empty`.
fn is_line_break(expression: &str) -> bool {
    const NAMES: [&str; 24] = [
        "vbcrlf",
        "vbnewline",
        "vblf",
        "vbcr",
        "vbtab",
        "vbnullstring",
        "constants.vbcrlf",
        "constants.vbnewline",
        "controlchars.crlf",
        "controlchars.newline",
        "controlchars.lf",
        "controlchars.cr",
        "controlchars.tab",
        "environment.newline",
        "system.environment.newline",
        "[environment]::newline",
        "[system.environment]::newline",
        "$nl",
        "os.linesep",
        "os.eol",
        "php_eol",
        "string.empty",
        "system.lineseparator()",
        "std::endl",
    ];
    let plain: String = expression.chars().filter(|c| !c.is_whitespace()).take(40).collect();
    let plain = plain.to_ascii_lowercase();
    let of_code = [
        "chr(13)", "chr(10)", "chrw(13)", "chrw(10)", "chr$(13)", "chr$(10)", "(char)13", "(char)10", "[char]13",
        "[char]10",
    ];
    NAMES.contains(&plain.as_str()) || of_code.contains(&plain.as_str())
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    out: Zeroizing<String>,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn literal(&mut self, escapes: Escapes) {
        let Some(quote) = self.rest().chars().next() else { return };
        let triple: String = std::iter::repeat_n(quote, 3).collect();
        let behind_two = self.text[..self.at].ends_with(&triple[quote.len_utf8()..]);
        self.at += quote.len_utf8();
        if behind_two && let Some(end) = self.rest().find(&triple) {
            let start = self.at;
            self.out.push_str(&self.text[start..start + end]);
            self.at = start + end + triple.len();
            return;
        }
        let closes = |c: char| c == quote || (is_typographic_quote(quote) && is_typographic_quote(c));
        // A value of the string itself may stand in the same quotes where nobody has escaped them.
        let mut in_value = false;
        while let Some(c) = self.rest().chars().next() {
            let next = self.rest().chars().nth(1);
            self.at += c.len_utf8();
            if c == '\\' && quote != '\'' && escapes.has_backslashes() && self.escaped(next, escapes) {
                continue;
            }
            if c == '\\'
                && next == Some(quote)
                && escapes != Escapes::None
                && !matches!(escapes, Escapes::Doubled { .. })
            {
                self.take(quote);
            } else if c == '`' && escapes == Escapes::PowerShell && quote == '"' && next.is_some() {
                match next {
                    Some(letter @ ('r' | 'n' | 't')) => {
                        self.out.push('\n');
                        self.at += letter.len_utf8();
                    }
                    other => self.take(other.unwrap_or_default()),
                }
            } else if escapes.has_braces() && matches!(c, '{' | '}') && next == Some(c) {
                self.take(c);
            } else if c == '{' && escapes.has_braces() && self.hole() {
                // Read.
            } else if !closes(c) {
                self.out.push(c);
            } else if next == Some(c) && (escapes.has_doubled_quotes() || quote == '\'') {
                self.take(c);
            } else if in_value {
                in_value = false;
                self.out.push(c);
            } else if self.out.trim_end().ends_with('=') && self.value_begins(quote) {
                in_value = true;
                self.out.push(c);
            } else {
                return;
            }
        }
    }

    /// Passes over the rest of `{…}` in an interpolated literal where it is a line break, or a piece of a value. What stands for a
    /// whole value stays as it is.
    fn hole(&mut self) -> bool {
        let Some(length) = self.rest().find('}') else { return false };
        let hole = &self.rest()[..length];
        let is_break = is_line_break(hole);
        let is_piece = !self.out.trim_end().ends_with(['=', ';']) && !hole.contains(['"', '{', ';', '=']);
        if !is_break && !is_piece {
            return false;
        }
        self.out.push_str(if is_break { "\n" } else { JOINED_VALUE });
        self.at += length + 1;
        true
    }

    /// Whether a quoted value of the connection string itself begins here.
    fn value_begins(&self, quote: char) -> bool {
        self.rest().contains(quote) && !self.rest().trim_start().starts_with(['+', '&', ';', ')', ','])
    }

    /// The character after the one that was read, in place of both.
    fn take(&mut self, c: char) {
        self.out.push(c);
        self.at += c.len_utf8();
    }

    /// What `\` and `next` stand for; `false` when that is no escape.
    fn escaped(&mut self, next: Option<char>, escapes: Escapes) -> bool {
        match next {
            Some(letter @ ('r' | 'n' | 't')) if escapes != Escapes::BackslashOrDoubled => {
                self.out.push('\n');
                self.at += letter.len_utf8();
            }
            Some(c @ ('"' | '\\' | '\'' | '/' | '$' | '`')) => self.take(c),
            Some('u') => {
                let code = self.rest().get(1..5).and_then(|digits| u32::from_str_radix(digits, 16).ok());
                let Some(c) = code.and_then(char::from_u32) else { return false };
                self.out.push(c);
                self.at += 5;
            }
            _ => return false,
        }
        true
    }

    /// Passes over one of `joints` between two pieces.
    fn skip_joint(&mut self, joints: &[char]) -> bool {
        let rest = self.rest().trim_start();
        let joint =
            rest.strip_prefix(joints).map(|rest| rest.trim_start_matches(|c: char| c == '_' || c.is_whitespace()));
        if let Some(rest) = joint.filter(|rest| !rest.is_empty()) {
            self.at = self.text.len() - rest.len();
            return true;
        }
        false
    }

    /// Stands on a further literal's quote, when there is one; says how it is written.
    fn prefix_and_quote(&mut self, before: Escapes) -> Option<Escapes> {
        let prefix = self.rest().len() - self.rest().trim_start_matches(['$', '@', 'f', 'r']).len();
        let quote = self.rest()[prefix..].chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let escapes = match &self.rest()[..prefix] {
            "$@" | "@$" => Escapes::Doubled { braces: true },
            "@" => Escapes::Doubled { braces: false },
            "$" => Escapes::BackslashAndBraces,
            _ if quote == '\'' && before == Escapes::PowerShell => Escapes::None,
            // The language is the same.
            "" if matches!(before, Escapes::PowerShell | Escapes::BackslashOrDoubled) => before,
            _ => Escapes::Backslash,
        };
        self.at += prefix;
        Some(escapes)
    }

    /// A variable or a call that is joined to a literal: its value is not known here, except of a line break. Says whether it
    /// is unknown.
    fn expression(&mut self) -> bool {
        let mut depth = 0;
        let end = self.rest().char_indices().find(|(_, c)| {
            match c {
                '(' | '[' => depth += 1,
                ')' | ']' if depth == 0 => return true,
                ')' | ']' => depth -= 1,
                _ => {}
            }
            depth == 0 && matches!(c, '+' | '&' | ';' | '\n' | ',')
        });
        let length = end.map_or(self.rest().len(), |(at, _)| at);
        let is_known = is_line_break(&self.rest()[..length]);
        self.at += length;
        self.out.push_str(if is_known { "\n" } else { JOINED_VALUE });
        !is_known
    }
}

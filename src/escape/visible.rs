//! Text for a terminal, a list or a title: what cannot be seen is written out.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Text of several lines without anything that steers a terminal or hides in a line: such a character is shown as
/// `\u{1b}`. Line breaks and tabs stay; a carriage return before a line break goes.
pub fn visible(text: &str) -> Cow<'_, str> {
    shown(text, Lines::Kept)
}

/// As [`visible`], on one line: line breaks and tabs become spaces, so that no text can pass for a line of ours.
pub fn visible_line(text: &str) -> Cow<'_, str> {
    shown(text, Lines::Joined)
}

/// As [`visible_line`], and no longer than `characters` of the text, with “…” where it is cut: for a row that is laid out
/// again and again.
pub fn visible_start(text: &str, characters: usize) -> Cow<'_, str> {
    match text.char_indices().nth(characters) {
        None => visible_line(text),
        Some((end, _)) => Cow::Owned(format!("{}…", visible_line(&text[..end]))),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Lines {
    Kept,
    Joined,
}

fn shown(text: &str, lines: Lines) -> Cow<'_, str> {
    let stays = |c: char| match c {
        '\n' | '\t' => lines == Lines::Kept,
        c => !is_unseen(c),
    };
    let Some(first) = text.find(|c| !stays(c)) else { return Cow::Borrowed(text) };
    // Without the room for all of it the buffer would have to grow more than once; it may hold a secret.
    let unseen = text[first..].chars().filter(|c| !stays(*c)).count();
    let mut shown = String::with_capacity(text.len() + unseen * LONGEST);
    shown.push_str(&text[..first]);
    let mut rest = text[first..].chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\r' if rest.peek() == Some(&'\n') => {}
            '\n' | '\t' if lines == Lines::Joined => shown.push(' '),
            c if stays(c) => shown.push(c),
            c => {
                // Writing into a String cannot fail.
                let _ = write!(shown, "\\u{{{:x}}}", u32::from(c));
            }
        }
    }
    Cow::Owned(shown)
}

/// The longest written-out character, `\u{10ffff}`, in bytes.
const LONGEST: usize = 10;

/// Whether a character does something instead of being seen: control characters (C0, DEL, C1), what turns the
/// direction of writing, line and paragraph separators, spaces without width, fillers, tags.
///
/// Emoji joined by U+200D are shown in their parts: telling good joiners from hiding ones is not worth a hole.
pub(crate) fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'
                | '\u{1160}'
                | '\u{17b4}'
                | '\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffb}'
                | '\u{fffe}'
                | '\u{ffff}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_written_out() {
        for (text, shown) in [
            ("\x1b]52;c;eA==\x07", "\\u{1b}]52;c;eA==\\u{7}"),
            ("\u{9b}31m", "\\u{9b}31m"),
            ("\x7f\0\x08", "\\u{7f}\\u{0}\\u{8}"),
            ("\u{202e}gnp.exe\u{2066}\u{200f}\u{61c}", "\\u{202e}gnp.exe\\u{2066}\\u{200f}\\u{61c}"),
            ("a\u{200b}b\u{feff}", "a\\u{200b}b\\u{feff}"),
            ("\u{e0041}\u{2028}\u{2029}", "\\u{e0041}\\u{2028}\\u{2029}"),
            ("over\rwritten", "over\\u{d}written"),
        ] {
            assert_eq!(visible(text), shown);
            assert_eq!(visible_line(text), shown);
        }
    }

    #[test]
    fn lines_stay_lines_or_become_one() {
        assert_eq!(visible("a\r\nb\tc\n"), "a\nb\tc\n");
        assert_eq!(visible_line("a\r\nb\tc\n"), "a b c ");
    }

    #[test]
    fn an_endless_text_is_cut() {
        assert_eq!(visible_start(&"ü\n".repeat(1_000_000), 3), "ü ü…");
        assert_eq!(visible_start("ü\n", 2), "ü ");
    }

    #[test]
    fn ordinary_text_of_all_the_world_stays_and_is_not_copied() {
        for text in ["Contoso Zürich", "株式会社", "العربية", "שלום", "👍🏽 ✔️", "e\u{301}", "\\u{1b}", "a|b&<c>"]
        {
            assert!(matches!(visible_line(text), Cow::Borrowed(_)), "{text}");
        }
    }

    #[test]
    fn what_is_shown_stays_as_it_is() {
        let shown = visible("x\x1b\u{202e}\r\n\ty").into_owned();
        assert_eq!(visible(&shown), shown);
    }
}

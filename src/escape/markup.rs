//! Text inside HTML and XML, between tags or in a quoted attribute.

use std::fmt::Write as _;

use super::visible::visible_line;

/// The text as it is, readable as no markup. What XML 1.0 has no way to write (most control characters) is written out
/// as `\u{1b}`.
pub fn markup(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            // By its name: some notification services know no numbers.
            '\'' => escaped.push_str("&apos;"),
            // Read back as a line break otherwise.
            '\r' => escaped.push_str("&#13;"),
            '\n' | '\t' => escaped.push(c),
            c if c.is_ascii_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {
                // Writing into a String cannot fail.
                let _ = write!(escaped, "\\u{{{:x}}}", u32::from(c));
            }
            c => escaped.push(c),
        }
    }
    escaped
}

/// As [`markup`] for a page that people read: on one line, and nothing hides in it, see [`visible_line`].
pub fn visible_markup(text: &str) -> String {
    markup(&visible_line(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_no_markup() {
        let hostile = r#"<img src=x onerror='a("1")'>&amp;"#;
        let escaped = "&lt;img src=x onerror=&apos;a(&quot;1&quot;)&apos;&gt;&amp;amp;";
        assert_eq!(markup(hostile), escaped);
        assert_eq!(visible_markup(hostile), escaped);
    }

    #[test]
    fn what_xml_cannot_hold_is_written_out() {
        assert_eq!(markup("a\0\x1b\u{ffff}\r\n\tü\u{202e}"), "a\\u{0}\\u{1b}\\u{ffff}&#13;\n\tü\u{202e}");
        assert_eq!(visible_markup("a\n\u{202e}"), "a \\u{202e}");
    }
}

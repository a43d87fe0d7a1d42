//! JSON that may be shown on a terminal.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, Serializer};
use zeroize::Zeroizing;

use super::visible::is_unseen;

/// A value as JSON on one line, in which every character that cannot be seen is a `\u` escape: also those that JSON
/// would let through (DEL, C1, bidirectional controls). Parsed it is the same value.
///
/// Fails only for a value that JSON cannot hold, such as a map whose keys are no texts.
pub fn json_line(value: &impl Serialize) -> serde_json::Result<Zeroizing<String>> {
    let mut bytes = Zeroizing::new(Vec::new());
    value.serialize(&mut Serializer::with_formatter(&mut *bytes, Visible(CompactFormatter)))?;
    let text = String::from_utf8(std::mem::take(&mut *bytes));
    Ok(Zeroizing::new(text.map_err(|error| serde::ser::Error::custom(error.utf8_error()))?))
}

struct Visible(CompactFormatter);

impl Formatter for Visible {
    /// Called with what needs no escape by JSON's own rules.
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((at, c)) = rest.char_indices().find(|(_, c)| is_unseen(*c)) {
            self.0.write_string_fragment(writer, &rest[..at])?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = &rest[at + c.len_utf8()..];
        }
        self.0.write_string_fragment(writer, rest)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn nothing_unseen_is_in_it_and_it_is_the_same_value() {
        let value = json!({ "k\u{9b}\x7f": ["\x1b]0;x\x07\u{85}\u{202e}\u{e0041}\u{2028}\n\"\\ü"], "n": [1, -2.5, null, true] });
        let line = json_line(&value).expect("JSON");
        assert!(!line.chars().any(is_unseen), "{}", *line);
        assert!(line.contains("\\u009b\\u007f") && line.contains("\\u202e\\udb40\\udc41\\u2028"), "{}", *line);
        assert_eq!(serde_json::from_str::<Value>(&line).expect("JSON"), value);
    }

    #[test]
    fn ordinary_values_are_written_as_ever() {
        let value = json!({ "schema": 1, "name": "Zürich \"x\"", "list": [] });
        assert_eq!(*json_line(&value).expect("JSON"), value.to_string());
    }

    proptest! {
        #[test]
        fn any_text_comes_back(text in any::<String>()) {
            let line = json_line(&text).expect("JSON");
            prop_assert!(!line.chars().any(is_unseen));
            prop_assert_eq!(serde_json::from_str::<String>(&line).expect("JSON"), text);
        }
    }
}

//! Writing as `DbConnectionStringBuilder.AppendKeyValuePair` does it, without its two losses: a value that ends in
//! one line feed is quoted here (.NET writes it bare and loses it when reading), and an empty value is written as
//! `""` (.NET writes nothing, which removes the key when reading).

use super::ConnectionStringError;
use crate::profile::SecretText;

/// Writes `pairs`; a pair without a value is written as `Key=`.
pub(super) fn write_pairs<'a>(
    pairs: impl Iterator<Item = (&'a str, Option<&'a SecretText>)> + Clone,
) -> Result<SecretText, ConnectionStringError> {
    // At most every character doubles, and `="";` comes on top. Nothing grows, so no copy is left in freed memory.
    let mut capacity = 0;
    for (key, value) in pairs.clone() {
        let value = value.map_or("", SecretText::expose);
        if !is_readable_key(key) {
            return Err(ConnectionStringError::BadKey);
        }
        if value.contains('\0') {
            return Err(ConnectionStringError::ValueHoldsNul);
        }
        capacity += 2 * (key.len() + value.len()) + 4;
    }
    let mut text = String::with_capacity(capacity);
    for (key, value) in pairs {
        if !text.is_empty() {
            text.push(';');
        }
        for c in key.chars() {
            text.extend(std::iter::repeat_n(c, if c == '=' { 2 } else { 1 }));
        }
        text.push('=');
        if let Some(value) = value {
            append_value(&mut text, value.expose());
        }
    }
    debug_assert!(text.len() <= capacity, "the text grew");
    Ok(SecretText::new(text))
}

fn append_value(text: &mut String, value: &str) {
    if !value.is_empty() && !value.contains(needs_quotes) {
        text.push_str(value);
    } else if value.contains('"') && !value.contains('\'') {
        text.push('\'');
        text.push_str(value);
        text.push('\'');
    } else {
        text.push('"');
        for c in value.chars() {
            text.extend(std::iter::repeat_n(c, if c == '"' { 2 } else { 1 }));
        }
        text.push('"');
    }
}

fn needs_quotes(c: char) -> bool {
    matches!(c, '"' | '\'' | '=' | ';') || c.is_whitespace() || c.is_control()
}

/// Whether a key is read back as it was written.
fn is_readable_key(key: &str) -> bool {
    !key.is_empty()
        && key.trim() == key
        && !key.starts_with(';')
        && !key.chars().any(|c| c.is_control() && !c.is_whitespace())
}

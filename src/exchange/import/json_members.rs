//! Members of a JSON object as text.

use serde_json::{Map, Value};

/// A member that is a text, else an empty one.
pub(super) fn text<'v>(object: &'v Map<String, Value>, name: &str) -> &'v str {
    object.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A member in any case that is a text.
pub(super) fn text_ignoring_case<'v>(object: &'v Map<String, Value>, names: &[&str]) -> Option<&'v str> {
    let is_named = |key: &str| names.iter().any(|name| key.eq_ignore_ascii_case(name));
    object.iter().find(|(key, _)| is_named(key)).and_then(|(_, value)| value.as_str())
}

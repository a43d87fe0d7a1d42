//! JSON: which program's it is, by its members.
//!
//! `serde_json` refuses more than 128 levels. Remarks and commas at ends, which .NET's settings have, are tried without when
//! a text is not JSON as it stands. The values lie in ordinary memory until they are taken; the programs' allocator wipes
//! what is given back.

use serde_json::Value;
use zeroize::Zeroizing;

use super::found::Import;
use super::{Options, Refusal, appsettings, azure, bitwarden, entra_expiry, own_json, toolbox};

pub(super) fn read(text: &str, options: &Options<'_>) -> Result<Import, Refusal> {
    let value = parse(text)?;
    let object = match &value {
        Value::Object(object) => object,
        Value::Array(list) if entra_expiry::is_list(list) => return entra_expiry::read(list, options),
        Value::Array(list) if azure::is_endpoints(list) => return azure::read_endpoints(list, options),
        _ => return Err(Refusal::UnknownJson),
    };
    let list = |name: &str| object.get(name).and_then(Value::as_array);
    if object.get("encrypted").is_some_and(Value::is_boolean) {
        return bitwarden::read(object, options);
    }
    if own_json::is_it(object) {
        return own_json::read(object, options);
    }
    if let Some(connections) = list("connections") {
        return toolbox::read(object, connections, options);
    }
    if let Some(values) = list("value") {
        return match values {
            _ if entra_expiry::is_list(values) => entra_expiry::read(values, options),
            _ if azure::is_endpoints(values) => azure::read_endpoints(values, options),
            _ => Err(Refusal::UnknownJson),
        };
    }
    if let Some(results) = list("Results") {
        return azure::read_pac(results, options);
    }
    if azure::is_credential(object) {
        return azure::read_credential(object, options);
    }
    appsettings::read(object, options)
}

fn parse(text: &str) -> Result<Value, Refusal> {
    let strict = serde_json::from_str(text);
    let error = match strict {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    let line = u32::try_from(error.line()).ok().filter(|line| *line > 0);
    serde_json::from_str(&without_remarks(text)).map_err(|_| Refusal::JsonMalformed { line })
}

/// The text without `//` and `/* */` remarks and without commas before a closing bracket.
fn without_remarks(text: &str) -> Zeroizing<String> {
    let mut bare = Zeroizing::new(String::with_capacity(text.len()));
    let mut rest = text.chars().peekable();
    // Where the last comma stands, while nothing but white space has followed it.
    let mut comma = None;
    while let Some(c) = rest.next() {
        match (c, rest.peek()) {
            ('"', _) => {
                comma = None;
                bare.push(c);
                while let Some(c) = rest.next() {
                    bare.push(c);
                    match c {
                        '\\' => bare.extend(rest.next()),
                        '"' => break,
                        _ => {}
                    }
                }
            }
            ('/', Some('/')) => {
                while rest.peek().is_some_and(|c| *c != '\n') {
                    rest.next();
                }
            }
            ('/', Some('*')) => {
                rest.next();
                let mut before = ' ';
                for c in rest.by_ref() {
                    if before == '*' && c == '/' {
                        break;
                    }
                    before = c;
                }
            }
            (']' | '}', _) => {
                if let Some(place) = comma.take() {
                    bare.replace_range(place..=place, " ");
                }
                bare.push(c);
            }
            _ => {
                if c == ',' {
                    comma = Some(bare.len());
                } else if !c.is_whitespace() {
                    comma = None;
                }
                bare.push(c);
            }
        }
    }
    bare
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remarks_and_commas_at_ends_go_and_texts_stay() {
        let text = "{ // one\n \"a\": \"//x,]\\\"/*\", /* two\n **/ \"b\": [1, 2, ], }";
        let value: Value = serde_json::from_str(&without_remarks(text)).expect("JSON");
        assert_eq!(value, serde_json::json!({ "a": "//x,]\"/*", "b": [1, 2] }));
        for text in ["/*", "//", "\"", "\"\\", ",", "{,}", "/"] {
            let _ = without_remarks(text);
        }
    }
}

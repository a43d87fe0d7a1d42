//! Secrets as JSON: base64. Such text has no escapes, so the JSON reader never copies it through a buffer of its own, and
//! it is decoded straight into wiped memory.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::de::{Error, Visitor};
use serde::ser::Serializer;
use serde::{Deserialize, Deserializer, Serialize};
use zeroize::Zeroizing;

use crate::profile::SecretText;

/// A secret as base64 of its UTF-8 bytes.
pub(in crate::vault) struct SecretOut<'a>(pub(in crate::vault) &'a str);

impl Serialize for SecretOut<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut base64 = Zeroizing::new(vec![0; self.0.len().div_ceil(3) * 4]);
        let length = STANDARD.encode_slice(self.0, &mut base64).expect("base64 makes 4 bytes of 3");
        serializer.serialize_str(std::str::from_utf8(&base64[..length]).expect("base64 is ASCII"))
    }
}

/// JSON text, borrowed from the wiped buffer that it is read from wherever it holds no escape.
pub(in crate::vault) enum Text<'de> {
    Borrowed(&'de str),
    Owned(SecretText),
}

impl Text<'_> {
    /// The text.
    pub(in crate::vault) fn expose(&self) -> &str {
        match self {
            Text::Borrowed(text) => text,
            Text::Owned(text) => text.expose(),
        }
    }
}

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Text<'de>, D::Error> {
        struct TextVisitor;
        impl<'de> Visitor<'de> for TextVisitor {
            type Value = Text<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a text")
            }

            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text::Borrowed(text))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text::Owned(SecretText::from(text)))
            }
        }
        deserializer.deserialize_str(TextVisitor)
    }
}

/// A secret read from base64.
pub(in crate::vault) struct SecretIn(pub(in crate::vault) SecretText);

impl<'de> Deserialize<'de> for SecretIn {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<SecretIn, D::Error> {
        let text = Text::deserialize(deserializer)?;
        decode_secret(text.expose()).map(SecretIn).ok_or_else(|| D::Error::custom("a secret is not base64 of UTF-8"))
    }
}

/// The text whose UTF-8 bytes this is the base64 of; `None` when it is no such.
pub(in crate::vault) fn decode_secret(base64: &str) -> Option<SecretText> {
    let mut bytes = Zeroizing::new(vec![0; base64.len().div_ceil(4) * 3]);
    let length = STANDARD.decode_slice(base64, &mut bytes).ok()?;
    std::str::from_utf8(&bytes[..length]).ok().map(SecretText::from)
}

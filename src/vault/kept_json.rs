//! JSON that a newer version wrote and this one keeps as it is: unknown key slots and unknown fields.

use std::fmt;

use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Deserializer, Serialize};

use crate::profile::SecretText;

/// How deep kept JSON may be nested.
const DEPTH_LIMIT: u8 = 16;

/// Any JSON value, members in their order. Repeated members and deep nesting are refused. Texts may be secrets that
/// only a newer version knows, so they are wiped like secrets.
#[derive(Clone, PartialEq)]
pub(super) enum KeptValue {
    Null,
    Bool(bool),
    Number(serde_json::Number),
    Text(SecretText),
    List(Vec<KeptValue>),
    Object(Vec<(String, KeptValue)>),
}

/// May be a secret that only a newer version knows.
impl fmt::Debug for KeptValue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[kept]")
    }
}

impl KeptValue {
    /// The members, when this is an object.
    pub(super) fn members(&self) -> Option<&[(String, KeptValue)]> {
        if let KeptValue::Object(members) = self { Some(members) } else { None }
    }

    /// The values, when this is a list.
    pub(super) fn list(&self) -> Option<&[KeptValue]> {
        if let KeptValue::List(values) = self { Some(values) } else { None }
    }

    /// The text, when this is one.
    pub(super) fn text(&self) -> Option<&str> {
        if let KeptValue::Text(text) = self { Some(text.expose()) } else { None }
    }

    /// The number, when this is a whole one from 0 up.
    pub(super) fn number(&self) -> Option<u64> {
        if let KeptValue::Number(number) = self { number.as_u64() } else { None }
    }
}

impl Serialize for KeptValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            KeptValue::Null => serializer.serialize_unit(),
            KeptValue::Bool(value) => serializer.serialize_bool(*value),
            KeptValue::Number(number) => number.serialize(serializer),
            KeptValue::Text(text) => serializer.serialize_str(text.expose()),
            KeptValue::List(values) => serializer.collect_seq(values),
            KeptValue::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (name, value) in members {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for KeptValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<KeptValue, D::Error> {
        AtDepth(0).deserialize(deserializer)
    }
}

/// Reads a value that lies this many lists and objects deep.
#[derive(Clone, Copy)]
struct AtDepth(u8);

impl AtDepth {
    fn deeper<E: Error>(self) -> Result<AtDepth, E> {
        if self.0 < DEPTH_LIMIT { Ok(AtDepth(self.0 + 1)) } else { Err(E::custom("nested too deep")) }
    }
}

impl<'de> DeserializeSeed<'de> for AtDepth {
    type Value = KeptValue;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<KeptValue, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for AtDepth {
    type Value = KeptValue;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON without repeated members")
    }

    fn visit_unit<E: Error>(self) -> Result<KeptValue, E> {
        Ok(KeptValue::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<KeptValue, E> {
        Ok(KeptValue::Bool(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<KeptValue, E> {
        Ok(KeptValue::Number(value.into()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<KeptValue, E> {
        Ok(KeptValue::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<KeptValue, E> {
        serde_json::Number::from_f64(value).map(KeptValue::Number).ok_or_else(|| E::custom("not a number"))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<KeptValue, E> {
        Ok(KeptValue::Text(SecretText::from(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<KeptValue, A::Error> {
        let seed = self.deeper()?;
        let mut values = Vec::new();
        while let Some(value) = list.next_element_seed(seed)? {
            values.push(value);
        }
        Ok(KeptValue::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<KeptValue, A::Error> {
        let seed = self.deeper()?;
        let mut members: Vec<(String, KeptValue)> = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            let value = map.next_value_seed(seed)?;
            keep(&mut members, name, value)?;
        }
        Ok(KeptValue::Object(members))
    }
}

/// Adds a member; refuses a repeated one.
pub(super) fn keep<E: Error>(members: &mut Vec<(String, KeptValue)>, name: String, value: KeptValue) -> Result<(), E> {
    if members.iter().any(|(taken, _)| *taken == name) {
        return Err(E::custom("a member is repeated"));
    }
    members.push((name, value));
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_number_is_the_same_after_any_number_of_saves(number in prop::num::f64::NORMAL) {
            let first = serde_json::to_string(&number).expect("JSON");
            let read: KeptValue = serde_json::from_str(&first).expect("a number");
            let second = serde_json::to_string(&read).expect("JSON");
            prop_assert_eq!(second, first);
        }
    }
}

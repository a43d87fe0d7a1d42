//! JSON that a newer version wrote and this one keeps as it is: unknown key slots and unknown fields.

use std::collections::{HashMap, HashSet, VecDeque};
use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Deserializer, Serialize};

use crate::profile::SecretText;

/// How deep kept JSON may be nested.
const DEPTH_LIMIT: u8 = 16;

/// Any JSON value, members in their order. Repeated members, deep nesting, and numbers other than integers of 64 bits are
/// refused: they could not be written back exactly. Texts may be secrets that only a newer version knows, so they are
/// wiped like secrets.
#[derive(Clone, PartialEq)]
pub(in crate::vault) enum KeptValue {
    Null,
    Bool(bool),
    Number(Integer),
    Text(SecretText),
    List(Vec<KeptValue>),
    Object(Vec<(String, KeptValue)>),
}

/// A number that is written back as it was read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::vault) enum Integer {
    Positive(u64),
    Negative(i64),
}

impl From<u32> for Integer {
    fn from(number: u32) -> Integer {
        Integer::Positive(number.into())
    }
}

/// May be a secret that only a newer version knows.
impl fmt::Debug for KeptValue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[kept]")
    }
}

impl KeptValue {
    /// The members, when this is an object.
    pub(in crate::vault) fn members(&self) -> Option<&[(String, KeptValue)]> {
        if let KeptValue::Object(members) = self { Some(members) } else { None }
    }

    /// The values, when this is a list.
    pub(in crate::vault) fn list(&self) -> Option<&[KeptValue]> {
        if let KeptValue::List(values) = self { Some(values) } else { None }
    }

    /// The text, when this is one.
    pub(in crate::vault) fn text(&self) -> Option<&str> {
        if let KeptValue::Text(text) = self { Some(text.expose()) } else { None }
    }

    /// The number, when this is a whole one from 0 up.
    pub(in crate::vault) fn number(&self) -> Option<u64> {
        if let KeptValue::Number(Integer::Positive(number)) = self { Some(*number) } else { None }
    }
}

impl Serialize for KeptValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            KeptValue::Null => serializer.serialize_unit(),
            KeptValue::Bool(value) => serializer.serialize_bool(*value),
            KeptValue::Number(Integer::Positive(number)) => serializer.serialize_u64(*number),
            KeptValue::Number(Integer::Negative(number)) => serializer.serialize_i64(*number),
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
        formatter.write_str("JSON without repeated members, and with integers only")
    }

    fn visit_unit<E: Error>(self) -> Result<KeptValue, E> {
        Ok(KeptValue::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<KeptValue, E> {
        Ok(KeptValue::Bool(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<KeptValue, E> {
        Ok(KeptValue::Number(Integer::Positive(value)))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<KeptValue, E> {
        let positive = u64::try_from(value).map(Integer::Positive);
        Ok(KeptValue::Number(positive.unwrap_or(Integer::Negative(value))))
    }

    // Integers beyond 64 bits come here as well, already rounded.
    fn visit_f64<E: Error>(self, _: f64) -> Result<KeptValue, E> {
        Err(E::custom("a number is no integer of 64 bits"))
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
        let mut names = Names::default();
        while let Some(name) = map.next_key::<String>()? {
            names.once(&name)?;
            members.push((name, map.next_value_seed(seed)?));
        }
        Ok(KeptValue::Object(members))
    }
}

/// The names of an object's members so far. A file may be made to have a hundred thousand of them in one object.
#[derive(Default)]
pub(in crate::vault) struct Names(HashSet<String>);

impl Names {
    /// Refuses a name that was there.
    pub(in crate::vault) fn once<E: Error>(&mut self, name: &str) -> Result<(), E> {
        if self.0.insert(name.to_owned()) { Ok(()) } else { Err(E::custom("a member is repeated")) }
    }
}

/// Members by their names.
pub(in crate::vault) fn by_name(members: &[(String, KeptValue)]) -> HashMap<&str, &KeptValue> {
    members.iter().map(|(name, value)| (name.as_str(), value)).collect()
}

/// A list of which only the last `limit` values are kept while it is read, so that a longer one costs no memory.
pub(in crate::vault) struct Last<T> {
    limit: usize,
    of: PhantomData<T>,
}

impl<T> Last<T> {
    pub(in crate::vault) fn of(limit: usize) -> Last<T> {
        Last { limit, of: PhantomData }
    }
}

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for Last<T> {
    type Value = VecDeque<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<VecDeque<T>, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Last<T> {
    type Value = VecDeque<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<VecDeque<T>, A::Error> {
        let mut values = VecDeque::new();
        while let Some(value) = list.next_element()? {
            if values.len() == self.limit {
                values.pop_front();
            }
            values.push_back(value);
        }
        Ok(values)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written_back(json: &str) -> Option<String> {
        let read: KeptValue = serde_json::from_str(json).ok()?;
        serde_json::to_string(&read).ok()
    }

    #[test]
    fn a_number_that_could_not_be_written_back_exactly_is_refused() {
        for number in ["18446744073709551616", "-9223372036854775809", "1.0", "0.1", "1e3", "-0", "1E400"] {
            assert_eq!(written_back(&format!("[{number}]")), None, "{number}");
        }
        for number in ["0", "18446744073709551615", "-9223372036854775808", "-1"] {
            assert_eq!(written_back(number).as_deref(), Some(number));
        }
    }

    #[test]
    fn a_list_keeps_its_last_values() {
        let last = |limit, json| Last::<u8>::of(limit).deserialize(&mut serde_json::Deserializer::from_str(json));
        assert_eq!(last(2, "[1,2,3]").expect("a list"), [2, 3]);
        assert_eq!(last(2, "[1]").expect("a list"), [1]);
        assert!(last(2, "[\"x\",1,2]").is_err(), "what is cut off is read all the same");
    }

    proptest! {
        #[test]
        fn an_integer_is_the_same_after_any_number_of_saves(number in any::<i64>(), positive in any::<u64>()) {
            prop_assert_eq!(written_back(&number.to_string()), Some(number.to_string()));
            prop_assert_eq!(written_back(&positive.to_string()), Some(positive.to_string()));
        }
    }
}

//! Moments in time as JSON text (RFC 3339, in UTC), for serde's `with`.
//!
//! The same text as chrono's own serde implementation, which goes through its general parser and formatter: with two
//! moments in each of 10,000 profiles that is a good part of opening a vault.

use std::fmt;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Writes e.g. `2026-12-01T09:30:00Z`, with as many digits after the seconds as needed.
pub(crate) fn serialize<S: Serializer>(moment: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&moment.to_rfc3339_opts(SecondsFormat::AutoSi, true))
}

/// Reads what [`serialize`] writes, and what else chrono takes for a moment with an offset.
pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DateTime<Utc>, D::Error> {
    struct MomentVisitor;
    impl Visitor<'_> for MomentVisitor {
        type Value = DateTime<Utc>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("a date and time as in RFC 3339")
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<DateTime<Utc>, E> {
            match DateTime::parse_from_rfc3339(text) {
                Ok(moment) => Ok(moment.to_utc()),
                Err(_) => text.parse().map_err(E::custom),
            }
        }
    }
    deserializer.deserialize_str(MomentVisitor)
}

/// A moment where there is no field for a `with`.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Rfc3339(#[serde(with = "crate::rfc3339")] pub(crate) DateTime<Utc>);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_moment_is_written_and_read_as_by_chrono(seconds in -70_000_000_000_i64..300_000_000_000, nanos in 0_u32..1_000_000_000, digits in 0_u32..10) {
            let nanos = nanos - nanos % 10_u32.pow(9 - digits);
            let moment = DateTime::from_timestamp(seconds, nanos).expect("a moment of these years");
            let text = serde_json::to_string(&Rfc3339(moment)).expect("JSON");
            prop_assert_eq!(&text, &serde_json::to_string(&moment).expect("JSON"));
            let read: Rfc3339 = serde_json::from_str(&text).expect("a moment");
            prop_assert_eq!(read.0, moment);
        }

        #[test]
        fn whatever_chrono_takes_is_taken(text in "[0-9]{4}-[01][0-9]-[0-3][0-9][Tt ][0-2][0-9]:[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?(Z|z| UTC|[+-][0-2][0-9]:?[0-5][0-9])") {
            let json = format!("\"{text}\"");
            let chronos = serde_json::from_str::<DateTime<Utc>>(&json).ok();
            let ours = serde_json::from_str::<Rfc3339>(&json).ok().map(|read| read.0);
            if chronos.is_some() {
                prop_assert_eq!(ours, chronos);
            }
        }
    }
}

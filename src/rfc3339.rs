//! Moments in time as JSON text (RFC 3339, in UTC), for serde's `with`.
//!
//! The same text as chrono's own serde implementation, which goes through its general parser and formatter: with two
//! moments in each of 10,000 profiles that is a good part of opening a vault.

use std::fmt;

use chrono::{DateTime, NaiveDate, NaiveTime, SecondsFormat, Utc};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Writes e.g. `2026-12-01T09:30:00Z`, with as many digits after the seconds as needed.
pub(crate) fn serialize<S: Serializer>(moment: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&text(*moment, SecondsFormat::AutoSi))
}

/// As text that [`DateTime::parse_from_rfc3339`] reads, whatever the year.
pub(crate) fn text(moment: DateTime<Utc>, seconds: SecondsFormat) -> String {
    within_its_years(moment).to_rfc3339_opts(seconds, true)
}

/// As an answer, a report or a file of ours names it: to the second, e.g. `2026-12-01T09:30:00Z`.
pub(crate) fn to_the_second(moment: DateTime<Utc>) -> String {
    text(moment, SecondsFormat::Secs)
}

/// The nearest moment that RFC 3339 can express: its years have four digits. chrono would write others with a sign, and
/// a vault with such a time in its header could not be opened again.
pub(crate) fn within_its_years(moment: DateTime<Utc>) -> DateTime<Utc> {
    let first =
        NaiveDate::from_ymd_opt(0, 1, 1).map_or(DateTime::UNIX_EPOCH, |day| day.and_time(NaiveTime::MIN).and_utc());
    moment.clamp(first, latest())
}

/// The last moment that RFC 3339 can express.
pub(crate) fn latest() -> DateTime<Utc> {
    DateTime::from_timestamp(253_402_300_799, 999_999_999).unwrap_or(DateTime::UNIX_EPOCH)
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

    #[test]
    fn a_moment_outside_the_years_of_rfc_3339_is_brought_to_the_nearest_one() {
        for (moment, expected) in [
            (DateTime::<Utc>::MAX_UTC, "9999-12-31T23:59:59.999999999Z"),
            (DateTime::<Utc>::MIN_UTC, "0000-01-01T00:00:00Z"),
        ] {
            let json = serde_json::to_string(&Rfc3339(moment)).expect("JSON");
            assert_eq!(json, format!("\"{expected}\""));
            assert!(serde_json::from_str::<Rfc3339>(&json).is_ok());
            assert!(DateTime::parse_from_rfc3339(expected).is_ok());
        }
    }

    proptest! {
        #[test]
        fn a_moment_is_written_and_read_as_by_chrono(seconds in -62_167_219_200_i64..253_402_300_800, nanos in 0_u32..1_000_000_000, digits in 0_u32..10) {
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

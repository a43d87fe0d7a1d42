//! The computer's clock, as far as a date can be written down.
//!
//! A computer whose clock battery is empty starts in 1970 or before, and a virtual machine can wake up far in the future.
//! chrono's own `Utc::now` panics in the one case, and its times of the other cannot be read back as RFC 3339.

use std::time::{SystemTime, UNIX_EPOCH};

use chrono::{DateTime, Utc};

use crate::rfc3339;

/// The time now, in UTC. A clock before 1970 counts as 1970, one after the year 9999 as the end of that year.
pub fn now() -> DateTime<Utc> {
    of(SystemTime::now())
}

fn of(time: SystemTime) -> DateTime<Utc> {
    let Ok(since) = time.duration_since(UNIX_EPOCH) else { return DateTime::UNIX_EPOCH };
    let seconds = i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
    DateTime::from_timestamp(seconds, since.subsec_nanos()).map_or_else(rfc3339::latest, rfc3339::within_its_years)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn any_clock_gives_a_time_that_can_be_written_and_read() {
        let years = |years: u64| Duration::from_secs(years * 31_556_952);
        for (time, expected) in [
            (UNIX_EPOCH - years(60), "1970-01-01T00:00:00+00:00"),
            (UNIX_EPOCH + Duration::from_secs(1), "1970-01-01T00:00:01+00:00"),
            (UNIX_EPOCH + years(9000), "9999-12-31T23:59:59.999999999+00:00"),
            (UNIX_EPOCH + years(290_000_000), "9999-12-31T23:59:59.999999999+00:00"),
        ] {
            assert_eq!(of(time).to_rfc3339(), expected);
        }
    }
}

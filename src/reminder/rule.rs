//! What decides when to tell: the days before the expiry, hours of peace, and a profile's own rule.

use chrono::{NaiveDateTime, NaiveTime};
use serde::{Deserialize, Serialize};

use crate::settings::{ReminderSettings, tidy_days};

/// The rules for all profiles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Days before the expiry on which to remind, 1 to 730. After the expiry there is one daily.
    pub days: Vec<u32>,
    /// When nobody is disturbed.
    pub quiet: Option<QuietHours>,
    /// Whether a secret without a known date gets reminders.
    pub without_date: WithoutDate,
}

impl Default for Rules {
    fn default() -> Rules {
        Rules::from(&ReminderSettings::default())
    }
}

impl From<&ReminderSettings> for Rules {
    fn from(settings: &ReminderSettings) -> Rules {
        Rules {
            days: settings.days.clone(),
            quiet: settings.quiet_hours.map(|(from, to)| QuietHours { from, to }),
            without_date: if settings.without_date { WithoutDate::Monthly } else { WithoutDate::Never },
        }
    }
}

/// What a secret without a known expiry date means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WithoutDate {
    /// Nobody can be warned in time: a gentle word every month.
    #[default]
    Monthly,
    /// Nothing is said.
    Never,
}

/// Local hours without reminders, by the clock on the wall: `from` included, `to` not. They may go over midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuietHours {
    /// When they begin.
    pub from: NaiveTime,
    /// When they end.
    pub to: NaiveTime,
}

impl QuietHours {
    /// Whether it is quiet at `local`. The same time twice means never.
    pub fn cover(&self, local: NaiveDateTime) -> bool {
        let time = local.time();
        if self.from <= self.to { (self.from..self.to).contains(&time) } else { time >= self.from || time < self.to }
    }
}

/// A profile's own rule, in place of the days for all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReminderRule {
    /// Days before the expiry on which to tell.
    Days(Vec<u32>),
    /// No reminders.
    Off,
}

/// Why days are no rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Enter the days before expiry as whole numbers from 1 to 730, at most 20 of them, for example 60,30,14,7,3,1.")]
pub struct DaysError;

/// Reads `60,30,7`.
pub fn parse_days(text: &str) -> Result<Vec<u32>, DaysError> {
    let days: Result<Vec<u32>, _> = text.split(',').map(|piece| piece.trim().parse()).collect();
    days.ok().and_then(tidy_days).ok_or(DaysError)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(from: &str, to: &str) -> QuietHours {
        let read = |text| NaiveTime::parse_from_str(text, "%H:%M").expect("a time");
        QuietHours { from: read(from), to: read(to) }
    }

    #[test]
    fn quiet_hours_may_go_over_midnight() {
        let at = |text: &str| {
            NaiveDateTime::parse_from_str(&format!("2026-03-01 {text}"), "%Y-%m-%d %H:%M").expect("a time")
        };
        let night = hours("22:00", "07:00");
        assert_eq!(
            ["21:59", "22:00", "00:00", "06:59", "07:00"].map(|t| night.cover(at(t))),
            [false, true, true, true, false]
        );
        let noon = hours("12:00", "13:00");
        assert_eq!(["11:59", "12:00", "12:59", "13:00"].map(|t| noon.cover(at(t))), [false, true, true, false]);
        assert!(!hours("08:00", "08:00").cover(at("08:00")));
    }

    #[test]
    fn days_are_read_in_any_order_and_nonsense_is_refused() {
        assert_eq!(parse_days(" 7, 30,7 ,1"), Ok(vec![30, 7, 1]));
        for text in ["", "0", "731", "-1", "x", "1;2", "1.5"] {
            assert_eq!(parse_days(text), Err(DaysError), "{text}");
        }
        assert_eq!(tidy_days(1..=21), None);
    }
}

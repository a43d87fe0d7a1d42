//! Dates as people and spreadsheets write them. One column is read at once, because one value can show how all are meant.

use chrono::{DateTime, Days, NaiveDate};

use super::DateOrder;
use crate::profile::{WrittenDate, Years};

/// What a text says about a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DateRead {
    /// This day.
    Day(NaiveDate),
    /// One of two, the earlier first; nothing shows which.
    Either(NaiveDate, NaiveDate),
    /// No day.
    Unreadable,
}

/// The order that the texts of one column give away, or the one that a person has chosen.
///
/// `31/12/2026` in one row shows that `5/6/2027` in another is the 5th of June. Contradicting rows show nothing.
pub(super) fn order_of<'t>(texts: impl IntoIterator<Item = &'t str>, chosen: Option<DateOrder>) -> Option<DateOrder> {
    if chosen.is_some() {
        return chosen;
    }
    let (mut day_first, mut month_first) = (false, false);
    for text in texts {
        if let Some(WrittenDate::Numbers { first, second, .. }) = parse(text) {
            day_first |= first > 12 && second <= 12;
            month_first |= second > 12 && first <= 12;
        }
    }
    match (day_first, month_first) {
        (true, false) => Some(DateOrder::DayFirst),
        (false, true) => Some(DateOrder::MonthFirst),
        _ => None,
    }
}

/// The day that a text of a column with this order means.
pub(super) fn read(text: &str, order: Option<DateOrder>) -> DateRead {
    let Some(written) = parse(text) else { return DateRead::Unreadable };
    match (order, written.day_first(), written.month_first()) {
        (Some(DateOrder::DayFirst), Some(day), _) | (Some(DateOrder::MonthFirst), _, Some(day)) => DateRead::Day(day),
        (_, Some(day), None) | (_, None, Some(day)) => DateRead::Day(day),
        (_, Some(one), Some(other)) if one == other => DateRead::Day(one),
        (_, Some(one), Some(other)) => DateRead::Either(one.min(other), one.max(other)),
        (_, None, None) => DateRead::Unreadable,
    }
}

/// A spreadsheet's day number: 25569 is 1970-01-01. Only days from 2020 to 2099, for other numbers are likely none.
pub(super) fn of_day_number(number: f64) -> Option<NaiveDate> {
    const FIRST: f64 = 43_831.0;
    const LAST: f64 = 73_050.0;
    if !(FIRST..=LAST).contains(&number) {
        return None;
    }
    NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_days(Days::new(number as u64))
}

/// Beside what a person types: an instant and a spreadsheet's day number.
fn parse(text: &str) -> Option<WrittenDate> {
    let text = text.trim();
    // An offset moves the day: the day in UTC counts, as the portal has it.
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return Some(WrittenDate::Day(instant.to_utc().date_naive())).filter(WrittenDate::is_likely);
    }
    let day_number = text.parse::<f64>().ok().and_then(of_day_number);
    day_number.map(WrittenDate::Day).or_else(|| WrittenDate::read(text, Years::TwoDigitsToo))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> DateRead {
        DateRead::Day(text.parse().expect("a day"))
    }

    #[test]
    fn days_are_read_in_every_form_that_tells_its_order() {
        for (text, iso) in [
            ("2027-03-31", "2027-03-31"),
            ("2027-03-31T00:00:00Z", "2027-03-31"),
            ("2028-05-05T23:30:00.1234567Z", "2028-05-05"),
            ("2027-03-31T00:30:00+02:00", "2027-03-30"),
            ("2027/3/31", "2027-03-31"),
            ("31.12.2026", "2026-12-31"),
            ("1.2.27", "2027-02-01"),
            ("31.03.2027 10:12:01", "2027-03-31"),
            ("12/31/2026", "2026-12-31"),
            ("31/12/2026", "2026-12-31"),
            ("3/31/2027 10:12:01 AM", "2027-03-31"),
            ("5/5/2027", "2027-05-05"),
            ("31-Dec-26", "2026-12-31"),
            ("31. Dezember 2026", "2026-12-31"),
            ("December 31, 2026", "2026-12-31"),
            ("46477", "2027-03-31"),
            ("20270331", "2027-03-31"),
            ("31 maja 2027", "2027-05-31"),
            ("31 maggio 27", "2027-05-31"),
            ("Monday, May 31, 2027", "2027-05-31"),
            ("31. 5. 2027", "2027-05-31"),
        ] {
            assert_eq!(read(text, None), day(iso), "{text}");
        }
    }

    #[test]
    fn what_is_no_day_is_none() {
        for text in [
            "",
            "never",
            "32.1.2027",
            "13.13.2027",
            "2027-02-30",
            "1",
            "1e9",
            "NaN",
            "99999999999",
            "1/2",
            "a/b/c",
            "1/2/345",
            "31/12",
            "12 27",
            "....",
            "T",
            "1027-05-31",
            "9999-12-31T23:59:59Z",
        ] {
            assert_eq!(read(text, None), DateRead::Unreadable, "{text}");
        }
    }

    #[test]
    fn one_row_tells_how_the_others_are_meant() {
        let either = DateRead::Either("2027-05-06".parse().expect("a day"), "2027-06-05".parse().expect("a day"));
        assert_eq!(read("5/6/2027", order_of(["5/6/2027"], None)), either);
        assert_eq!(read("5/6/2027", order_of(["5/6/2027", "31/12/2026"], None)), day("2027-06-05"));
        assert_eq!(read("5/6/2027", order_of(["12/31/2026", ""], None)), day("2027-05-06"));
        assert_eq!(read("5/6/2027", order_of(["12/31/2026", "31/12/2026"], None)), either);
        assert_eq!(read("5/6/2027", order_of([], Some(DateOrder::DayFirst))), day("2027-06-05"));
        assert_eq!(read("12/31/2026", Some(DateOrder::DayFirst)), day("2026-12-31"));
    }
}

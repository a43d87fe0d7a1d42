//! Dates as people and spreadsheets write them. One column is read at once, because one value can show how all are meant.

use chrono::{DateTime, Days, NaiveDate};

use super::DateOrder;

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

#[derive(Clone, Copy)]
enum Parsed {
    Day(NaiveDate),
    /// Two numbers of which one is the day, and the year.
    Numbers(u32, u32, i32),
    None,
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
        if let Parsed::Numbers(first, second, _) = parse(text) {
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
    match parse(text) {
        Parsed::Day(day) => DateRead::Day(day),
        Parsed::None => DateRead::Unreadable,
        Parsed::Numbers(first, second, year) => {
            let day_first = NaiveDate::from_ymd_opt(year, second, first);
            let month_first = NaiveDate::from_ymd_opt(year, first, second);
            match (order, day_first, month_first) {
                (Some(DateOrder::DayFirst), Some(day), _) | (Some(DateOrder::MonthFirst), _, Some(day)) => {
                    DateRead::Day(day)
                }
                (_, Some(day), None) | (_, None, Some(day)) => DateRead::Day(day),
                (_, Some(one), Some(other)) if one == other => DateRead::Day(one),
                (_, Some(one), Some(other)) => DateRead::Either(one.min(other), one.max(other)),
                (_, None, None) => DateRead::Unreadable,
            }
        }
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

fn parse(text: &str) -> Parsed {
    let text = text.trim();
    // An offset moves the day: the day in UTC counts, as the portal has it.
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return Parsed::Day(instant.to_utc().date_naive());
    }
    if let Ok(number) = text.parse::<f64>() {
        return of_day_number(number).map_or(Parsed::None, Parsed::Day);
    }
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | '-' | '/' | '.'))
        .filter(|word| !word.is_empty())
        .collect();
    if let Some(day) = with_month_name(&words) {
        return Parsed::Day(day);
    }
    let date = text.split([' ', 'T', '\u{a0}']).next().unwrap_or_default();
    let separator = date.chars().find(|c| !c.is_ascii_digit());
    let Some(separator @ ('-' | '/' | '.')) = separator else { return Parsed::None };
    let numbers: Option<Vec<u32>> = date
        .trim_end_matches('.')
        .split(separator)
        .map(|number| (!number.is_empty() && number.len() <= 4).then(|| number.parse().ok())?)
        .collect();
    let Some([first, second, third]) = numbers.as_deref().and_then(|numbers| <&[u32; 3]>::try_from(numbers).ok())
    else {
        return Parsed::None;
    };
    let day =
        |year: i32, month: u32, day: u32| NaiveDate::from_ymd_opt(year, month, day).map_or(Parsed::None, Parsed::Day);
    if date.split(separator).next().is_some_and(|year| year.len() == 4) {
        return day(*first as i32, *second, *third);
    }
    let Some(year) = year_of(*third) else { return Parsed::None };
    if separator == '.' { day(year, *second, *first) } else { Parsed::Numbers(*first, *second, year) }
}

fn year_of(number: u32) -> Option<i32> {
    match number {
        0..=99 => Some(2000 + number as i32),
        1900..=2999 => Some(number as i32),
        _ => None,
    }
}

/// `31-Dec-26`, `31. Dezember 2026`, `Dec 31, 2026`.
fn with_month_name(words: &[&str]) -> Option<NaiveDate> {
    let (first, second, third) = (words.first()?, words.get(1)?, words.get(2)?);
    let (day, month) = match (month_of(first), month_of(second)) {
        (None, Some(month)) => (first, month),
        (Some(month), None) => (second, month),
        _ => return None,
    };
    let day = day.trim_end_matches(|c: char| c.is_ascii_alphabetic()).parse().ok()?;
    NaiveDate::from_ymd_opt(year_of(third.parse().ok()?)?, month, day)
}

fn month_of(word: &str) -> Option<u32> {
    const MONTHS: [&[&str]; 12] = [
        &["jan", "jän"],
        &["feb", "fév"],
        &["mar", "mär", "mrz", "maa", "mrt"],
        &["apr", "avr", "abr"],
        &["may", "mai", "mei"],
        &["jun", "juin"],
        &["jul", "juil"],
        &["aug", "aoû", "ago"],
        &["sep"],
        &["oct", "okt"],
        &["nov"],
        &["dec", "dez", "déc", "dic"],
    ];
    let word = word.to_lowercase();
    if word.chars().count() < 3 || !word.chars().all(char::is_alphabetic) {
        return None;
    }
    let is_month = |names: &&[&str]| names.iter().any(|name| word.starts_with(name));
    MONTHS.iter().position(is_month).and_then(|place| u32::try_from(place + 1).ok())
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
            "....",
            "T",
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

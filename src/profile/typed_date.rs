//! A date as it is typed or pasted: the forms of the Azure portal, of Excel and of people.

use std::ops::RangeInclusive;

use chrono::{Datelike, NaiveDate};

use crate::written_day;

/// Why a text is not taken for a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TypedDateError {
    /// No date, or one that no calendar has.
    #[error("Enter the date as YYYY-MM-DD, for example 2027-05-31.")]
    Unreadable,
    /// `03/04/2027` means another day on each side of the Atlantic. Nobody guesses.
    #[error(
        "This is either {} or {}. Enter the date as YYYY-MM-DD: {day_first} or {month_first}.",
        written_day::long(*day_first),
        written_day::long(*month_first)
    )]
    Ambiguous {
        /// As it is read where the day comes first.
        day_first: NaiveDate,
        /// As it is read where the month comes first.
        month_first: NaiveDate,
    },
    /// A day of a year in which no client secret expires: a slip of the finger.
    #[error("{} is not a likely expiry date. Check the year.", written_day::long(*.0))]
    UnlikelyYear(NaiveDate),
}

/// The years in which a client secret can expire. Those far away stand for “never”: Azure AD wrote 2299, scripts write 2999.
const LIKELY_YEARS: RangeInclusive<i32> = 2000..=2999;

/// Reads `2027-05-31`, `20270531`, `31.05.2027`, `5/31/2027`, `31 May 2027`, `May 31, 2027` and their like, with names of
/// months in nine languages. A time and a day of the week beside the date are left out, as Microsoft
/// Graph, the Azure portal and Excel write them.
///
/// Dots put the day first wherever they are used. With slashes or hyphens a date that could be two days is
/// [`TypedDateError::Ambiguous`]. Years have four digits and are those in which a client secret can expire.
pub fn parse_date(text: &str) -> Result<NaiveDate, TypedDateError> {
    let written = WrittenDate::read_any_year(text, Years::FourDigits).ok_or(TypedDateError::Unreadable)?;
    match written.day_first().or(written.month_first()) {
        Some(day) if !written.is_likely() => return Err(TypedDateError::UnlikelyYear(day)),
        _ => {}
    }
    match written {
        WrittenDate::Day(day) => Ok(day),
        written => match (written.day_first(), written.month_first()) {
            (Some(day_first), Some(month_first)) if day_first != month_first => {
                Err(TypedDateError::Ambiguous { day_first, month_first })
            }
            (Some(day), _) | (None, Some(day)) => Ok(day),
            (None, None) => Err(TypedDateError::Unreadable),
        },
    }
}

/// Which years a reader takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Years {
    /// `2027`.
    FourDigits,
    /// Also `27` at the end, as spreadsheets write it, for 2027.
    TwoDigitsToo,
}

/// A date as it is written, before anybody decides what `5/6/2027` means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrittenDate {
    /// A day that its own form tells.
    Day(NaiveDate),
    /// Two numbers of which one is the day and one the month, with slashes or hyphens between, and the year.
    Numbers {
        /// The first number.
        first: u32,
        /// The second one.
        second: u32,
        /// The year.
        year: i32,
    },
}

impl WrittenDate {
    /// Reads the forms of [`parse_date`]; `None` where the text is no date in any of them, or one of an unlikely year.
    pub fn read(text: &str, years: Years) -> Option<WrittenDate> {
        Self::read_any_year(text, years).filter(WrittenDate::is_likely)
    }

    /// Whether a client secret can expire in this year.
    pub fn is_likely(&self) -> bool {
        let year = match self {
            WrittenDate::Day(day) => day.year(),
            WrittenDate::Numbers { year, .. } => *year,
        };
        LIKELY_YEARS.contains(&year)
    }

    fn read_any_year(text: &str, years: Years) -> Option<WrittenDate> {
        let mut numbers = Vec::new();
        let mut month = None;
        for word in words(text) {
            if let Some(number) = number(word) {
                numbers.push(number);
            } else if let Some(found) = month_named(word) {
                if month.replace(found).is_some() {
                    return None;
                }
            } else if !is_weekday(word) {
                return None;
            }
        }
        let has_a_year = numbers.iter().any(Number::is_year);
        if let Some(year) =
            numbers.last_mut().filter(|it| years == Years::TwoDigitsToo && !has_a_year && it.digits == 2)
        {
            year.extend_to_year();
        }
        let day = match (month, numbers.as_slice()) {
            (Some(month), [day, year] | [year, day]) if year.is_year() && !day.is_year() => {
                NaiveDate::from_ymd_opt(year.signed(), month, day.value)
            }
            (None, [year, month, day]) if year.is_year() => {
                NaiveDate::from_ymd_opt(year.signed(), month.value, day.value)
            }
            (None, [first, second, year]) if year.is_year() && first.digits <= 2 && second.digits <= 2 => {
                if !has_dots(text) {
                    let (first, second, year) = (first.value, second.value, year.signed());
                    return Some(WrittenDate::Numbers { first, second, year });
                }
                NaiveDate::from_ymd_opt(year.signed(), second.value, first.value)
            }
            (None, [Number { value, digits: 8 }]) => {
                let year = i32::try_from(value / 10_000).unwrap_or_default();
                NaiveDate::from_ymd_opt(year, value / 100 % 100, value % 100)
            }
            _ => None,
        };
        day.map(WrittenDate::Day)
    }

    /// The day where the day comes first.
    pub fn day_first(self) -> Option<NaiveDate> {
        match self {
            WrittenDate::Day(day) => Some(day),
            WrittenDate::Numbers { first, second, year } => NaiveDate::from_ymd_opt(year, second, first),
        }
    }

    /// The day where the month comes first.
    pub fn month_first(self) -> Option<NaiveDate> {
        match self {
            WrittenDate::Day(day) => Some(day),
            WrittenDate::Numbers { first, second, year } => NaiveDate::from_ymd_opt(year, first, second),
        }
    }
}

/// Whether dots stand between the numbers: those put the day first in every language that uses them.
fn has_dots(text: &str) -> bool {
    text.trim_start().trim_start_matches(|c: char| c.is_ascii_digit()).starts_with('.')
}

/// Digits of a date.
#[derive(Clone, Copy)]
struct Number {
    value: u32,
    digits: usize,
}

impl Number {
    fn is_year(&self) -> bool {
        self.digits == 4
    }

    fn extend_to_year(&mut self) {
        *self = Number { value: 2000 + self.value, digits: 4 };
    }

    fn signed(&self) -> i32 {
        i32::try_from(self.value).unwrap_or_default()
    }
}

fn number(word: &str) -> Option<Number> {
    // “28th”, and the circle of a Spanish or Portuguese first.
    let digits = word.trim_end_matches(['º', '°', 'ª']);
    let digits = ["st", "nd", "rd", "th", "er"].iter().find_map(|it| digits.strip_suffix(it)).unwrap_or(digits);
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    let value = is_number.then(|| digits.parse().ok()).flatten()?;
    Some(Number { value, digits: digits.len() })
}

/// What stands between separators, without the time of day.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let text = text.trim();
    // “2027-05-31T10:20:30Z”: the T of ISO 8601 stands between digits.
    let iso_time = text.bytes().enumerate().find(|(at, byte)| {
        let digit = |at: Option<usize>| at.and_then(|at| text.as_bytes().get(at)).is_some_and(u8::is_ascii_digit);
        *byte == b'T' && digit(at.checked_sub(1)) && digit(Some(at + 1))
    });
    let text = iso_time.map_or(text, |(at, _)| &text[..at]);
    text.split(|c: char| c.is_whitespace() || c == ',')
        .filter(|word| !word.contains(':') && !is_beside_a_time(word))
        .flat_map(|word| word.split(['-', '/', '.', '\u{2010}', '\u{2011}', '\u{2012}', '\u{2013}']))
        .filter(|word| !word.is_empty())
}

fn is_beside_a_time(word: &str) -> bool {
    ["am", "pm", "a.m.", "p.m.", "utc", "gmt", "z", "uhr"].iter().any(|it| word.eq_ignore_ascii_case(it))
}

/// The beginnings of the names of each month: English, German, French, Dutch, Spanish, Italian, Portuguese, Polish and the
/// languages of Scandinavia. Source: the CLDR's `dates/months` of these languages.
const MONTH_NAMES: [&[&str]; 12] = [
    &["jan", "jän", "ene", "gen", "sty"],
    &["feb", "fév", "fev", "lut"],
    &["mar", "mär", "maa", "mrt"],
    &["apr", "avr", "abr", "kwi"],
    &["may", "mai", "mei", "maj", "mag"],
    &["jun", "juin", "giu", "cze"],
    &["jul", "juil", "lug", "lip"],
    &["aug", "août", "aoû", "ago", "sie"],
    &["sep", "set", "wrz"],
    &["oct", "okt", "ott", "out", "paź"],
    &["nov", "lis"],
    &["dec", "dez", "déc", "dic", "gru"],
];

fn month_named(word: &str) -> Option<u32> {
    let word = word.to_lowercase();
    if !word.chars().all(char::is_alphabetic) {
        return None;
    }
    let at = MONTH_NAMES.iter().position(|names| names.iter().any(|name| word.starts_with(name)))?;
    u32::try_from(at + 1).ok()
}

/// The days of the week in English, which Excel's long form puts first, and the words that some languages put between.
fn is_weekday(word: &str) -> bool {
    const WORDS: [&str; 17] = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "mon",
        "tue",
        "tues",
        "wed",
        "thu",
        "fri",
        "sat",
        "sun",
        "of",
        "de",
    ];
    WORDS.iter().any(|it| word.eq_ignore_ascii_case(it))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn a_date_is_read_in_every_form_that_can_mean_one_day_only() {
        for text in [
            "2027-05-31",
            " 2027/5/31 ",
            "2027.05.31",
            "20270531",
            "2027-05-31T10:20:30Z",
            "2027-05-31 10:20",
            "2027-05-31T00:00:00.0000000+02:00",
            "31.05.2027",
            "31.5.2027",
            "31. 5. 2027",
            "31.05.2027 10:20:30",
            "31/05/2027",
            "5/31/2027",
            "05-31-2027",
            "31-05-2027",
            "5/31/2027, 2:03:04 AM",
            "5/31/2027 2:03:04 p.m. UTC",
            "31 May 2027",
            "31-May-2027",
            "2027 May 31",
            "31th May 2027",
            "May 31, 2027",
            "Monday, May 31, 2027",
            "Mon May 31 2027",
            "31. Mai 2027",
            "31 mai 2027",
            "31 mei 2027",
            "31 de mayo de 2027",
            "31 maggio 2027",
            "31 maja 2027",
            "31\u{2011}05\u{2011}2027",
        ] {
            assert_eq!(parse_date(text), Ok(day("2027-05-31")), "{text}");
        }
        assert_eq!(parse_date("7/7/2027"), Ok(day("2027-07-07")), "both ways are one day");
        assert_eq!(parse_date("04.03.2027"), Ok(day("2027-03-04")), "dots put the day first");
        assert_eq!(parse_date("1er mars 2027"), Ok(day("2027-03-01")));
    }

    #[test]
    fn a_date_that_could_be_two_days_is_asked_about() {
        let error = parse_date("03/04/2027").expect_err("it could be two days");
        let (day_first, month_first) = (day("2027-04-03"), day("2027-03-04"));
        assert_eq!(error, TypedDateError::Ambiguous { day_first, month_first });
        assert_eq!(
            error.to_string(),
            "This is either 3 April 2027 or 4 March 2027. Enter the date as YYYY-MM-DD: 2027-04-03 or 2027-03-04."
        );
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "2027",
            "2027-13-01",
            "31.02.2027",
            "31/31/2027",
            "31.5.27",
            "31 May 27",
            "31 May 2027 or later",
            "th/5/2027",
            "1/5/99999999999",
            "27-05-31",
            "２０２７-05-31",
            "May 2027",
            "31 May June 2027",
            "31 Foo 2027",
            "1-2-3-2027",
            "tomorrow",
            "00000000",
            "99999999",
            "2027-05-31-01",
            "123/05/2027",
        ] {
            assert_eq!(parse_date(text), Err(TypedDateError::Unreadable), "{text}");
        }
    }

    #[test]
    fn a_spreadsheets_year_of_two_digits_is_of_this_century() {
        let read = |text| WrittenDate::read(text, Years::TwoDigitsToo);
        let (first, second, year) = (5, 31, 2027);
        assert_eq!(read("5/31/27"), Some(WrittenDate::Numbers { first, second, year }));
        for text in ["31.05.27", "31 May 27", "2027-05-31", "31 May 2027"] {
            assert_eq!(read(text), Some(WrittenDate::Day(day("2027-05-31"))), "{text}");
        }
        for text in ["5/31/27", "31.05.27", "31 May 27", "th/5/2027"] {
            assert_eq!(WrittenDate::read(text, Years::FourDigits), None, "{text}");
        }
    }

    #[test]
    fn a_year_in_which_no_secret_expires_is_named() {
        for (text, iso) in [
            ("1027-05-31", "1027-05-31"),
            ("31.05.0227", "0227-05-31"),
            ("9999-12-31", "9999-12-31"),
            ("12/31/1999", "1999-12-31"),
            ("03/04/3000", "3000-04-03"),
            ("20991231", "2099-12-31"),
        ] {
            let expected = if iso == "2099-12-31" { Ok(day(iso)) } else { Err(TypedDateError::UnlikelyYear(day(iso))) };
            assert_eq!(parse_date(text), expected, "{text}");
            assert_eq!(WrittenDate::read(text, Years::TwoDigitsToo).is_some(), expected.is_ok(), "{text}");
        }
        assert_eq!(parse_date("12/31/2299"), Ok(day("2299-12-31")), "the portal's former “never”");
        let error = parse_date("1027-05-31").expect_err("nobody has such a secret");
        assert_eq!(error.to_string(), "31 May 1027 is not a likely expiry date. Check the year.");
    }

    proptest! {
        #[test]
        fn nothing_that_is_typed_panics(text in "\\PC{0,40}") {
            let _ = parse_date(&text);
        }

        #[test]
        fn every_day_is_read_from_every_form(days in 0..73_000_i64, form in 0..6_usize) {
            let date = day("2000-01-01") + chrono::TimeDelta::days(days);
            let form = ["%Y-%m-%d", "%Y%m%d", "%d.%m.%Y", "%-d %B %Y", "%b %-d, %Y", "%A, %B %-d, %Y %-I:%M:%S %p"][form];
            let text = date.and_hms_opt(14, 3, 4).expect("a time").format(form).to_string();
            prop_assert_eq!(parse_date(&text), Ok(date), "{}", text);
        }

        #[test]
        fn slashes_never_mean_another_day_unasked(days in 0..73_000_i64, day_comes_first: bool) {
            let date = day("2000-01-01") + chrono::TimeDelta::days(days);
            let text = date.format(if day_comes_first { "%d/%m/%Y" } else { "%-m/%-d/%Y" }).to_string();
            match parse_date(&text) {
                Ok(read) => prop_assert_eq!(read, date),
                Err(TypedDateError::Ambiguous { day_first, month_first }) => {
                    prop_assert_eq!(if day_comes_first { day_first } else { month_first }, date);
                }
                Err(error) => return Err(TestCaseError::fail(format!("{text}: {error}"))),
            }
        }
    }
}

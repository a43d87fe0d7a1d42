//! How many secrets expire how soon: the line above the renewals, and the count in the window's title. Pure.

use chrono::NaiveDate;

use crate::profile::SecretExpiry;
use crate::wording::capitalized;

/// How many secrets expire how soon. What expires within 30 days expires within 90 days as well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Overview {
    /// Expired already.
    pub expired: usize,
    /// Expire within 30 days.
    pub within_30: usize,
    /// Expire within 90 days.
    pub within_90: usize,
    /// Expire on an unknown day.
    pub without_date: usize,
}

impl Overview {
    /// Counts secrets by their dates, as they are on `today`, the day of UTC.
    pub fn of(dates: impl IntoIterator<Item = Option<NaiveDate>>, today: NaiveDate) -> Overview {
        let mut overview = Overview::default();
        for date in dates {
            match date.map(|date| (date - today).num_days()) {
                None => overview.without_date += 1,
                Some(..=0) => overview.expired += 1,
                Some(days) => {
                    overview.within_30 += usize::from(days <= 30);
                    overview.within_90 += usize::from(days <= 90);
                }
            }
        }
        overview
    }

    /// The counts on one line.
    pub fn describe(&self) -> String {
        let mut words = Vec::new();
        if self.expired > 0 {
            words.push(format!("{} expired", self.expired));
        }
        match (self.within_30, self.within_90) {
            (_, 0) => words.push("nothing expires within 90 days".to_owned()),
            (0, within_90) => words.push(format!("none within 30 days, {within_90} within 90")),
            (within_30, within_90) => words.push(format!("{within_30} within 30 days, {within_90} within 90")),
        }
        if self.without_date > 0 {
            words.push(format!("{} without a date", self.without_date));
        }
        capitalized(&words.join(", "))
    }
}

/// The dates of a vault's secrets, and nothing else of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dates(Vec<NaiveDate>);

impl FromIterator<NaiveDate> for Dates {
    fn from_iter<T: IntoIterator<Item = NaiveDate>>(dates: T) -> Dates {
        let mut dates: Vec<NaiveDate> = dates.into_iter().collect();
        dates.sort_unstable();
        Dates(dates)
    }
}

impl Dates {
    /// Whether no secret has a date.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many secrets have expired, or expire within [`SecretExpiry::SOON_DAYS`] days.
    pub fn need_attention(&self, today: NaiveDate) -> usize {
        self.0.partition_point(|date| (*date - today).num_days() <= SecretExpiry::SOON_DAYS)
    }
}

/// The window's title: the vault's name, the program's, and how many secrets need attention.
pub fn title(vault: Option<&str>, attention: usize) -> String {
    let program = match attention {
        0 => "A365 Password Tool".to_owned(),
        1 => "A365 Password Tool: 1 secret needs attention".to_owned(),
        count => format!("A365 Password Tool: {count} secrets need attention"),
    };
    match vault {
        Some(vault) => format!("{vault} - {program}"),
        None => program,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Days;

    fn today() -> NaiveDate {
        "2026-11-23".parse().expect("a test's own date")
    }

    fn overview(days: &[Option<i64>]) -> String {
        let date = |days: &Option<i64>| days.map(|days| today() + chrono::TimeDelta::days(days));
        Overview::of(days.iter().map(date), today()).describe()
    }

    #[test]
    fn the_line_counts_what_lapses_how_soon() {
        let all = [Some(-3), Some(0), Some(1), Some(30), Some(31), Some(90), Some(91), None];
        assert_eq!(overview(&all), "2 expired, 2 within 30 days, 4 within 90, 1 without a date");
        assert_eq!(overview(&[Some(40)]), "None within 30 days, 1 within 90");
        assert_eq!(overview(&[Some(91)]), "Nothing expires within 90 days");
        assert_eq!(overview(&[Some(-1)]), "1 expired, nothing expires within 90 days");
    }

    #[test]
    fn the_title_counts_what_the_lists_mark() {
        let dates: Dates = [200, 60, 0].iter().map(|days| today() + Days::new(*days)).collect();
        assert_eq!(dates.need_attention(today()), 2);
        assert_eq!(dates.need_attention(today() - Days::new(1)), 1, "in 61 days is not soon yet");
        assert_eq!(title(Some("contoso"), 1), "contoso - A365 Password Tool: 1 secret needs attention");
        assert_eq!(title(None, 0), "A365 Password Tool");
    }
}

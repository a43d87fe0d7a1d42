//! Every secret on a line of 24 months: what has expired, what expires in which month, what expires later or on an unknown
//! day. Pure.
//!
//! Days are those of UTC, as [`crate::profile::SecretExpiry`] reads them: a secret has expired on its day.

use std::ops::Range;

use chrono::{Datelike, Months, NaiveDate};

use crate::profile::compared_name;

/// How many months have a group of their own, the present one first.
pub const MONTHS: u32 = 24;

/// A secret to be put on the line.
#[derive(Clone, Copy, Debug)]
pub struct Item<'a> {
    /// Which one it is, in the caller's own count.
    pub place: usize,
    /// The day on which it expires, when it is known.
    pub expires: Option<NaiveDate>,
    /// Its profile's name; orders what expires on the same day.
    pub name: &'a str,
}

/// What a group has in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heading {
    /// The day has come or gone.
    Expired,
    /// The day lies in the month that begins with this day.
    Month(NaiveDate),
    /// The day lies beyond the last month of the line.
    Later,
    /// Nobody knows the day.
    WithoutDate,
}

/// The secrets under one heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// What they have in common.
    pub heading: Heading,
    range: Range<usize>,
}

/// All secrets in groups. Every month has a group, also one without secrets; the other groups are there when they
/// have some.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TimeLine {
    groups: Vec<Group>,
    order: Vec<usize>,
}

impl Heading {
    /// The heading in words.
    pub fn name(self) -> String {
        match self {
            Heading::Expired => "Expired".to_owned(),
            Heading::Month(first) => first.format("%B %Y").to_string(),
            Heading::Later => "Later".to_owned(),
            Heading::WithoutDate => "No expiry date".to_owned(),
        }
    }
}

impl Group {
    /// How many secrets are in it.
    pub fn count(&self) -> usize {
        self.range.len()
    }
}

impl TimeLine {
    /// Puts the secrets into groups, as they are on `today`, the day of UTC.
    pub fn new<'a>(items: impl IntoIterator<Item = Item<'a>>, today: NaiveDate) -> TimeLine {
        let mut items: Vec<Item<'a>> = items.into_iter().collect();
        items.sort_by_cached_key(|item| (item.expires.is_none(), item.expires, compared_name(item.name), item.place));
        let before = |day: NaiveDate| items.partition_point(|item| item.expires.is_some_and(|expires| expires < day));
        let dated = items.partition_point(|item| item.expires.is_some());
        let expired = items.partition_point(|item| item.expires.is_some_and(|expires| expires <= today));
        let mut groups = vec![Group { heading: Heading::Expired, range: 0..expired }];
        let mut end = expired;
        for first in months(today) {
            // The calendar itself ends with its last month.
            let next = first.checked_add_months(Months::new(1)).map_or(dated, before).max(end);
            groups.push(Group { heading: Heading::Month(first), range: end..next });
            end = next;
        }
        groups.push(Group { heading: Heading::Later, range: end..dated });
        groups.push(Group { heading: Heading::WithoutDate, range: dated..items.len() });
        groups.retain(|group| matches!(group.heading, Heading::Month(_)) || group.count() > 0);
        TimeLine { groups, order: items.iter().map(|item| item.place).collect() }
    }

    /// The groups, in the order of time.
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// The places of a group's secrets, what expires first on top.
    pub fn places(&self, group: &Group) -> &[usize] {
        self.order.get(group.range.clone()).unwrap_or_default()
    }

    /// The places of all secrets, in the order of the line.
    pub fn order(&self) -> &[usize] {
        &self.order
    }

    /// Each month by its first day, and how many secrets expire in it from now on.
    pub fn months(&self) -> impl Iterator<Item = (NaiveDate, usize)> {
        self.groups.iter().filter_map(|group| match group.heading {
            Heading::Month(first) => Some((first, group.count())),
            _ => None,
        })
    }
}

/// The first days of the line's months.
fn months(today: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    let first = today.with_day(1).unwrap_or(today);
    (0..MONTHS).filter_map(move |month| first.checked_add_months(Months::new(month)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{ExpiryState, SecretExpiry};
    use chrono::{DateTime, Days, Utc};
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a test's own date")
    }

    fn line(dates: &[Option<NaiveDate>], today: NaiveDate) -> TimeLine {
        let item = |(place, expires): (usize, &Option<NaiveDate>)| Item { place, expires: *expires, name: "x" };
        TimeLine::new(dates.iter().enumerate().map(item), today)
    }

    /// Under which heading a single secret stands.
    fn heading(expires: &str, today: &str) -> Heading {
        let line = line(&[Some(day(expires))], day(today));
        line.groups().iter().find(|group| group.count() == 1).expect("it is in a group").heading
    }

    #[test]
    fn a_month_goes_from_its_first_to_its_last_day() {
        let today = "2027-11-10";
        assert_eq!(heading("2027-11-09", today), Heading::Expired);
        assert_eq!(heading("2027-11-10", today), Heading::Expired, "from 00:00 UTC of its day");
        assert_eq!(heading("2027-11-11", today), Heading::Month(day("2027-11-01")));
        assert_eq!(heading("2028-02-29", today), Heading::Month(day("2028-02-01")), "a leap day");
        assert_eq!(heading("2028-03-01", today), Heading::Month(day("2028-03-01")));
        assert_eq!(heading("2029-10-31", today), Heading::Month(day("2029-10-01")));
        assert_eq!(heading("2029-11-01", today), Heading::Later);
        assert_eq!(heading("2028-02-29", "2028-02-29"), Heading::Expired);
        assert_eq!(heading("2028-03-01", "2028-02-29"), Heading::Month(day("2028-03-01")));
    }

    #[test]
    fn empty_months_are_there_and_other_empty_groups_are_not() {
        let line = line(&[], day("2026-11-23"));
        assert_eq!(line.groups().len(), 24);
        assert!(line.groups().iter().all(|group| matches!(group.heading, Heading::Month(_)) && group.count() == 0));
        assert_eq!(line.months().last(), Some((day("2028-10-01"), 0)));
    }

    #[test]
    fn what_lapses_on_the_same_day_is_sorted_by_name() {
        let names = ["beta", "Alpha", "gamma"];
        let items =
            names.iter().enumerate().map(|(place, name)| Item { place, expires: Some(day("2026-12-01")), name });
        assert_eq!(TimeLine::new(items, day("2026-11-23")).order(), [1, 0, 2]);
    }

    #[test]
    fn the_calendars_end_is_no_end_of_the_program() {
        let line = line(&[Some(NaiveDate::MAX), Some(NaiveDate::MIN), None], NaiveDate::MAX);
        assert_eq!(line.order(), [1, 0, 2]);
    }

    fn any_day() -> impl Strategy<Value = NaiveDate> {
        (0_u64..1_600).prop_map(|days| day("2026-01-01") + Days::new(days))
    }

    proptest! {
        #[test]
        fn every_secret_is_once_in_the_group_of_its_day(
            dates in prop::collection::vec(prop::option::of(any_day()), 0..60),
            today in any_day(),
        ) {
            let line = line(&dates, today);
            let mut seen = Vec::new();
            let mut last = None;
            for group in line.groups() {
                for place in line.places(group) {
                    let expires = dates[*place];
                    let state = expires.map(|day| SecretExpiry::new(day).state(noon(today)));
                    let fits = match group.heading {
                        Heading::Expired => state == Some(ExpiryState::Expired),
                        Heading::Month(first) => {
                            state != Some(ExpiryState::Expired) && expires.and_then(|day| day.with_day(1)) == Some(first)
                        }
                        Heading::Later => {
                            let end = today.with_day(1).expect("a first") + Months::new(MONTHS);
                            expires.is_some_and(|day| day >= end)
                        }
                        Heading::WithoutDate => expires.is_none(),
                    };
                    prop_assert!(fits, "{expires:?} under {:?} on {today}", group.heading);
                    let rank = (expires.is_none(), expires);
                    prop_assert!(last <= Some(rank), "the line goes forward in time");
                    last = Some(rank);
                    seen.push(*place);
                }
            }
            seen.sort_unstable();
            prop_assert_eq!(seen, (0..dates.len()).collect::<Vec<_>>());
            let months: Vec<NaiveDate> = line.months().map(|(first, _)| first).collect();
            prop_assert_eq!(months.len(), 24);
            prop_assert!(months.windows(2).all(|pair| pair[0] + Months::new(1) == pair[1]));
        }
    }

    fn noon(day: NaiveDate) -> DateTime<Utc> {
        day.and_hms_opt(12, 0, 0).expect("noon").and_utc()
    }
}

//! The page that shows when every secret expires: what is searched for, and its rows, laid out once per change.

use std::sync::Arc;

use chrono::NaiveDate;

use crate::{
    profile::{Profile, Search},
    reminder::{
        overview::Overview,
        time_line::{Heading, Item, TimeLine},
    },
};

/// The page's state.
#[derive(Default)]
pub struct RenewalsPage {
    /// What is searched for.
    pub search: String,
    /// The part that is to be scrolled to when the page is drawn next.
    pub go_to: Option<Heading>,
    layout: Option<Layout>,
}

/// The rows of the page, as they are while nothing changes.
pub struct Layout {
    day: NaiveDate,
    search: String,
    /// The secrets that are found, in groups.
    pub line: TimeLine,
    /// How many of all secrets expire how soon, found or not.
    pub overview: Overview,
    /// The rows from the top.
    pub rows: Vec<Row>,
    /// Where each row begins and, behind the last one, where it ends; points from the top.
    tops: Vec<f32>,
}

/// A row of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    /// A heading, and how many secrets are under it.
    Heading(Heading, usize),
    /// A month without secrets.
    Empty(Heading),
    /// The secret of the profile in this place.
    Secret(usize),
}

impl Row {
    /// How high it is, in points.
    pub fn height(self) -> f32 {
        match self {
            Row::Heading(..) => 38.0,
            Row::Empty(_) => 20.0,
            Row::Secret(_) => 32.0,
        }
    }
}

impl RenewalsPage {
    /// Has the rows laid out again: the profiles have changed.
    pub(super) fn forget_layout(&mut self) {
        self.layout = None;
    }

    /// The rows for these profiles on `today`, the day of UTC; laid out when something changed.
    pub fn layout(&mut self, profiles: &[Arc<Profile>], today: NaiveDate) -> &Layout {
        let search = &self.search;
        if self.layout.as_ref().is_some_and(|layout| layout.day != today || layout.search != *search) {
            self.layout = None;
        }
        self.layout.get_or_insert_with(|| Layout::new(profiles, search, today))
    }

    /// The places of the profiles that the page shows.
    pub(super) fn shown(&mut self, profiles: &[Arc<Profile>], today: NaiveDate) -> Vec<usize> {
        self.layout(profiles, today).line.order().to_vec()
    }
}

impl Layout {
    fn new(profiles: &[Arc<Profile>], search: &str, today: NaiveDate) -> Layout {
        let wanted = Search::new(search);
        let found = profiles.iter().enumerate().filter(|(_, profile)| wanted.finds(profile));
        let items = found.map(|(place, profile)| Item { place, expires: profile.expires(), name: &profile.name });
        let line = TimeLine::new(items, today);
        let mut rows = Vec::with_capacity(profiles.len() + line.groups().len());
        for group in line.groups() {
            match group.count() {
                0 => rows.push(Row::Empty(group.heading)),
                count => {
                    rows.push(Row::Heading(group.heading, count));
                    rows.extend(line.places(group).iter().map(|place| Row::Secret(*place)));
                }
            }
        }
        let mut tops = Vec::with_capacity(rows.len() + 1);
        let mut top = 0.0;
        tops.push(top);
        for row in &rows {
            top += row.height();
            tops.push(top);
        }
        let overview = Overview::of(profiles.iter().map(|profile| profile.expires()), today);
        Layout { day: today, search: search.to_owned(), line, overview, rows, tops }
    }

    /// The height of all rows, in points.
    pub fn height(&self) -> f32 {
        self.tops.last().copied().unwrap_or_default()
    }

    /// Where a row begins, in points from the top.
    pub fn top(&self, row: usize) -> f32 {
        self.tops.get(row).copied().unwrap_or_else(|| self.height())
    }

    /// The rows between two heights, in points from the top.
    pub fn rows_between(&self, from: f32, to: f32) -> std::ops::Range<usize> {
        let first = self.tops.partition_point(|top| *top <= from).saturating_sub(1);
        let last = self.tops.partition_point(|top| *top < to).min(self.rows.len());
        first.min(last)..last
    }

    /// The row of a heading.
    pub fn row_of(&self, heading: Heading) -> Option<usize> {
        self.rows.iter().position(|row| match row {
            Row::Heading(of, _) | Row::Empty(of) => *of == heading,
            Row::Secret(_) => false,
        })
    }

    /// The row of a secret `steps` secrets below this row, or above it when negative; the last or first one when there
    /// are not so many.
    pub fn secret_from(&self, row: usize, steps: isize) -> Option<usize> {
        let is_secret = |row: &usize| matches!(self.rows.get(*row), Some(Row::Secret(_)));
        let wanted = steps.unsigned_abs();
        match steps {
            0.. => (row + 1..self.rows.len()).filter(is_secret).take(wanted).last(),
            _ => (0..row).rev().filter(is_secret).take(wanted).last(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, Utc};
    use uuid::Uuid;

    fn profile(name: &str, expires: &str) -> Arc<Profile> {
        let mut profile = Profile::new(Uuid::nil(), name, DateTime::<Utc>::UNIX_EPOCH);
        profile.secret_expires = expires.parse().ok();
        Arc::new(profile)
    }

    fn today() -> NaiveDate {
        "2026-11-23".parse().expect("a test's own date")
    }

    #[test]
    fn rows_are_found_by_height_and_steps() {
        let profiles = [profile("b", "2026-12-03"), profile("a", "2026-11-20"), profile("c", "2026-12-04")];
        let mut page = RenewalsPage::default();
        let layout = page.layout(&profiles, today());
        let months = |from: &str| Heading::Month(from.parse().expect("a test's own date"));
        let first = [
            Row::Heading(Heading::Expired, 1),
            Row::Secret(1),
            Row::Empty(months("2026-11-01")),
            Row::Heading(months("2026-12-01"), 2),
            Row::Secret(0),
            Row::Secret(2),
            Row::Empty(months("2027-01-01")),
        ];
        assert_eq!(layout.rows[..7], first);
        assert_eq!(layout.rows_between(0.0, 38.0), 0..1);
        assert_eq!(layout.rows_between(38.5, 71.0), 1..3);
        assert_eq!(layout.rows_between(-10.0, layout.height() + 10.0), 0..layout.rows.len());
        assert_eq!(
            (layout.secret_from(1, 1), layout.secret_from(5, -1), layout.secret_from(1, 10)),
            (Some(4), Some(4), Some(5))
        );
        assert_eq!((layout.secret_from(5, 1), layout.secret_from(1, -1)), (None, None));
        assert_eq!(layout.row_of(months("2026-12-01")), Some(3));
    }

    #[test]
    fn rows_are_laid_out_again_when_the_search_or_the_day_changes() {
        let profiles = [profile("beta", "2026-12-03"), profile("alpha", "2026-12-03")];
        let mut page = RenewalsPage::default();
        assert_eq!(page.shown(&profiles, today()), [1, 0]);
        page.search = "bet".to_owned();
        assert_eq!(page.shown(&profiles, today()), [0]);
        let later = page.layout(&profiles, "2026-12-03".parse().expect("a test's own date"));
        assert_eq!(later.rows[0], Row::Heading(Heading::Expired, 1));
        page.search.clear();
        page.forget_layout();
        assert_eq!(page.shown(&profiles[..1], today()), [0]);
    }
}

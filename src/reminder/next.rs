//! When a secret's next reminder comes. Pure: the policy itself is asked, day by day where its answer may change.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};

use super::policy::{Here, LocalTime, NotifiedOnce, Step, UNDATED_DAYS, Watched, step};
use super::rule::{ReminderRule, Rules};
use crate::written_day;

/// A reminder to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NextReminder {
    /// The day on which it comes, if the check runs.
    pub on: NaiveDate,
    /// How near the expiry is then.
    pub step: Step,
}

/// The next reminder about `secret` on a day after `now`'s, taking what is due now as notified. Quiet hours, which move
/// a reminder within its day, are left out. `None` when none comes.
pub fn next_reminder(
    now: DateTime<Utc>,
    local: LocalTime<'_>,
    rules: &Rules,
    secret: &Watched<'_>,
) -> Option<NextReminder> {
    let notified = notified_now(now, local, rules, secret);
    let days = match secret.rule {
        Some(ReminderRule::Off) => return None,
        Some(ReminderRule::Days(days)) => days,
        None => &rules.days,
    };
    let today = now.date_naive();
    let after = |day: NaiveDate, days: u64| day.checked_add_days(Days::new(days));
    let mut candidates: Vec<NaiveDate> = Vec::with_capacity(days.len() + 4);
    // What was notified on one day is notified again on the next, or after a month.
    candidates.extend([after(today, 1), after(today, UNDATED_DAYS.unsigned_abs())].into_iter().flatten());
    candidates.extend(secret.expires);
    candidates.extend(secret.snooze.map(|snooze| snooze.until));
    let before = |days: &u32| secret.expires?.checked_sub_days(Days::new(u64::from(*days)));
    candidates.extend(days.iter().filter_map(before));
    candidates.sort_unstable();
    candidates.into_iter().filter(|day| *day > today).find_map(|on| {
        let at = noon(on);
        let here = Here { now: at, local, today: local(at).date(), rules };
        here.due(secret, notified.as_ref()).map(|step| NextReminder { on, step })
    })
}

/// What has been notified by now: what is due now, or what was due when it was snoozed.
fn notified_now(now: DateTime<Utc>, local: LocalTime<'_>, rules: &Rules, secret: &Watched<'_>) -> Option<NotifiedOnce> {
    let here = Here { now, local, today: local(now).date(), rules };
    let at = match (here.due(secret, None), secret.snooze) {
        (None, Some(snooze)) if snooze.expires == secret.expires => noon(snooze.since).min(now),
        _ => now,
    };
    let step = step(at, rules, secret)?;
    Some(NotifiedOnce { expires: secret.expires, step, at })
}

fn noon(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc() + TimeDelta::hours(12)
}

/// The next reminder as a sentence without its full stop.
pub fn describe(next: Option<NextReminder>, now: DateTime<Utc>, secret: &Watched<'_>) -> String {
    let Some(NextReminder { on, step }) = next else {
        return match (secret.rule, secret.expires) {
            (Some(ReminderRule::Off), _) => "No reminders".to_owned(),
            (_, None) => "No reminders because the expiry date is not known".to_owned(),
            _ => "No further reminders".to_owned(),
        };
    };
    let day = match (on - now.date_naive()).num_days() {
        1 => "tomorrow".to_owned(),
        _ => written_day::short(on),
    };
    let why = match (step, secret.expires.map(|expires| (expires - on).num_days())) {
        (Step::WithoutDate, _) | (_, None) => "the expiry date is not known".to_owned(),
        (_, Some(1)) => "the day before expiry".to_owned(),
        (Step::Before(_), Some(left)) => format!("{left} days before expiry"),
        (Step::Expired, Some(0)) => "the expiry date".to_owned(),
        (Step::Expired, _) => "daily, because it has expired".to_owned(),
    };
    format!("Next reminder: {day} ({why})")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reminder::policy::{Decision, Notified, VaultPlace, decide};
    use crate::reminder::rule::WithoutDate;
    use crate::reminder::snooze::Snooze;
    use chrono::NaiveDateTime;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a test's own date")
    }

    fn utc(now: DateTime<Utc>) -> NaiveDateTime {
        now.naive_utc()
    }

    fn watched<'a>(expires: Option<NaiveDate>, rule: Option<&'a ReminderRule>, snooze: Option<Snooze>) -> Watched<'a> {
        Watched { key: (Uuid::nil(), Uuid::nil()), expires, rule, snooze, vault: VaultPlace::There }
    }

    fn words(expires: Option<&str>, rule: Option<&ReminderRule>, snooze: Option<Snooze>) -> String {
        let now = noon(day("2026-11-23"));
        let secret = watched(expires.map(day), rule, snooze);
        describe(next_reminder(now, &utc, &Rules::default(), &secret), now, &secret)
    }

    #[test]
    fn the_next_reminder_is_shown_in_words() {
        assert_eq!(words(Some("2026-12-26"), None, None), "Next reminder: 26 Nov 2026 (30 days before expiry)");
        assert_eq!(words(Some("2026-12-01"), None, None), "Next reminder: tomorrow (7 days before expiry)");
        assert_eq!(words(Some("2026-11-25"), None, None), "Next reminder: tomorrow (the day before expiry)");
        assert_eq!(words(Some("2026-11-24"), None, None), "Next reminder: tomorrow (the expiry date)");
        assert_eq!(words(Some("2026-11-20"), None, None), "Next reminder: tomorrow (daily, because it has expired)");
        assert_eq!(words(None, None, None), "Next reminder: 23 Dec 2026 (the expiry date is not known)");
        assert_eq!(words(Some("2028-01-01"), Some(&ReminderRule::Off), None), "No reminders");
        let own = ReminderRule::Days(vec![10]);
        assert_eq!(words(Some("2026-12-26"), Some(&own), None), "Next reminder: 16 Dec 2026 (10 days before expiry)");
    }

    #[test]
    fn a_snooze_delays_it_and_expiry_ends_that() {
        let until = |until: &str, expires: &str| {
            let snooze = Snooze { until: day(until), since: day("2026-11-22"), expires: Some(day(expires)) };
            words(Some(expires), None, Some(snooze))
        };
        assert_eq!(until("2026-11-30", "2026-12-03"), "Next reminder: 30 Nov 2026 (3 days before expiry)");
        assert_eq!(until("2026-12-30", "2026-12-03"), "Next reminder: 3 Dec 2026 (the expiry date)");
    }

    fn any_day() -> impl Strategy<Value = NaiveDate> {
        (0_u64..200).prop_map(|days| day("2026-11-01") + Days::new(days))
    }

    proptest! {
        #[test]
        fn it_is_the_day_on_which_the_daily_check_tells_next(
            expires in prop::option::of(any_day()),
            today in any_day(),
            days in prop::collection::vec(1_u32..100, 1..4),
            snoozed in prop::option::of((0_u64..20, 1_u64..60)),
        ) {
            let now = noon(today);
            let rules = Rules { days, quiet: None, without_date: WithoutDate::Monthly };
            let snooze = snoozed.map(|(ago, long)| {
                let since = today - Days::new(ago);
                Snooze { until: since + Days::new(long), since, expires }
            });
            let secret = watched(expires, None, snooze);
            let mut notified = Notified::default();
            notified.0.extend(notified_now(now, &utc, &rules, &secret).map(|notified| (secret.key, notified)));
            let simulated = (1..300).map(|after| today + Days::new(after)).find_map(|on| {
                match decide(noon(on), &utc, &rules, std::slice::from_ref(&secret), &notified) {
                    Decision::Remind(due) => Some(NextReminder { on, step: due[0].step }),
                    _ => None,
                }
            });
            prop_assert_eq!(next_reminder(now, &utc, &rules, &secret), simulated);
        }
    }
}

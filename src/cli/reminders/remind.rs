//! `remind`: the check with the app closed, its schedule, and when single profiles are notified about.

use std::time::Duration;

use chrono::NaiveDate;
use clap::Args;
use serde::Serialize;

use super::index;
use crate::cli::clock::{self, ClockAnswer};
use crate::cli::failure::{Exit, Failure};
use crate::cli::output::{Answer, Line, labelled};
use crate::cli::session::{Session, Style};
use crate::clock_check::ClockBehind;
use crate::counted::counted;
use crate::profile::{compared_name, parse_date};
use crate::reminder::background_check::{Channel, Next, follow};
use crate::reminder::index::{change_profiles, forget};
use crate::reminder::rule::{self, ReminderRule, Rules};
use crate::reminder::schedule::{self, ScheduleError, State};
use crate::reminder::snooze::Snooze;
use crate::reminder::this_account::{self, ThisSchedule};
use crate::reminder::{KeptFileError, Places};
use crate::rfc3339::to_the_second;

#[derive(Debug, Args)]
pub(in crate::cli) struct RemindArguments {
    /// Schedule reminders at sign-in and daily, even when the app is closed
    #[arg(long, group = "what")]
    pub install: bool,
    /// Turn off scheduled reminders
    #[arg(long, group = "what")]
    pub uninstall: bool,
    /// Show whether reminders are scheduled, and for which vaults
    #[arg(long, group = "what")]
    pub status: bool,
    /// Turn off reminders for the vault that --vault names, for example one that was deleted
    #[arg(long, group = "what")]
    pub forget: bool,
    /// Change the reminder days of this profile on this computer
    #[arg(long, value_name = "NAME", group = "what")]
    pub profile: Option<String>,
    /// Days before expiry, for example 90,30,7; “usual” for the default days, “off” for never
    #[arg(long, value_name = "DAYS", requires = "profile", value_parser = parse_rule)]
    pub days: Option<ChosenRule>,
    /// Snooze reminders until this day; “no” ends the snooze
    #[arg(long, value_name = "YYYY-MM-DD", requires = "profile", value_parser = parse_snooze)]
    pub snooze: Option<ChosenSnooze>,
    /// How many seconds to wait for a click on the notification (Linux)
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(0..=86400))]
    pub wait: u64,
}

/// A profile's own days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) enum ChosenRule {
    Usual,
    Own(ReminderRule),
}

/// Until when a profile is not notified about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum ChosenSnooze {
    No,
    Until(NaiveDate),
}

pub(in crate::cli) fn run(session: &mut Session<'_, '_>, arguments: RemindArguments) -> Result<Exit, Failure> {
    let places = session.console.reminders().ok_or_else(index::no_home)?;
    if let Some(name) = &arguments.profile {
        return change(session, &places, name, &arguments);
    }
    if arguments.forget {
        return forget_vault(session, &places);
    }
    if arguments.install || arguments.uninstall {
        return switch(session, arguments.install.into());
    }
    if arguments.status {
        return status(session);
    }
    check(session, &places, Duration::from_secs(arguments.wait))
}

#[derive(Serialize)]
struct CheckAnswer {
    watched: usize,
    notification: ChannelAnswer,
    webhook: ChannelAnswer,
    index_trouble: Option<String>,
    /// Vaults whose secrets are not watched, each with the reason in words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unwatched: Vec<String>,
    /// Where the clock is behind, so that days left are wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    clock_behind: Option<ClockAnswer>,
}

#[derive(Serialize)]
struct ChannelAnswer {
    /// `off`, `nothing_due`, `quiet`, `told` or `failed`.
    result: &'static str,
    /// How many secrets were notified about, or wait.
    count: usize,
    message: Option<String>,
}

fn check(session: &mut Session<'_, '_>, places: &Places, patience: Duration) -> Result<Exit, Failure> {
    let checked = this_account::check(places, &session.settings, session.console.now())?;
    let trouble = checked.trouble.as_ref().map(ToString::to_string);
    let behind = ClockBehind::find(session.console.now(), checked.saved_last, []);
    let clock_behind = clock::warn(session, behind);
    session.reply(
        || CheckAnswer {
            watched: checked.watched,
            notification: channel(&checked.desktop),
            webhook: channel(&checked.webhook),
            index_trouble: trouble.clone(),
            unwatched: checked.unwatched.clone(),
            clock_behind,
        },
        || {
            labelled(&[
                ("Watched secrets", checked.watched.to_string()),
                ("Notification", words(&checked.desktop)),
                ("Webhook", words(&checked.webhook)),
            ])
        },
    );
    for words in trouble.iter().chain(&checked.unwatched) {
        session.console.note(words);
    }
    let failed = [&checked.desktop, &checked.webhook].into_iter().any(|it| matches!(it, Channel::Failed(_)));
    if let Some(shown) = checked.shown.filter(|_| !patience.is_zero()) {
        let next = follow(places, (shown.answer)(patience), &shown.about, this_account::today());
        if let Ok(Next::PutOff(count)) = &next {
            session.console.note(&format!("Snoozed for a week: {count}."));
        }
        this_account::carry_out(next).map_err(|error| Failure::failed("app_not_started", error))?;
    }
    Ok(if failed || trouble.is_some() || !checked.unwatched.is_empty() { Exit::Failed } else { Exit::Success })
}

fn channel(channel: &Channel) -> ChannelAnswer {
    let (result, count, message) = match channel {
        Channel::Off => ("off", 0, None),
        Channel::NothingDue => ("nothing_due", 0, None),
        Channel::Quiet { until, waiting } => ("quiet", *waiting, Some(until.format("%H:%M").to_string())),
        Channel::Notified(count) => ("told", *count, None),
        Channel::Failed(why) => ("failed", 0, Some(why.clone())),
    };
    ChannelAnswer { result, count, message }
}

fn words(channel: &Channel) -> String {
    match channel {
        Channel::Off => "turned off".to_owned(),
        Channel::NothingDue => "nothing is due".to_owned(),
        Channel::Quiet { until, waiting } => format!("{waiting} due, quiet until {}", until.format("%H:%M")),
        Channel::Notified(count) => format!("sent {count}"),
        Channel::Failed(why) => format!("failed: {why}"),
    }
}

#[derive(Serialize)]
struct ScheduleAnswer {
    /// `on`, `off` or `on_for_another`.
    schedule: &'static str,
    /// `windows_task`, `systemd_timer`, `autostart`, or null.
    by: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vaults: Option<Vec<VaultAnswer>>,
}

#[derive(Serialize)]
struct VaultAnswer {
    vault: String,
    profiles: usize,
    saved_at: String,
    there: bool,
    /// Why its profiles are not watched, when they are not.
    #[serde(skip_serializing_if = "Option::is_none")]
    unwatched: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Switch {
    On,
    Off,
}

impl From<bool> for Switch {
    fn from(install: bool) -> Switch {
        if install { Switch::On } else { Switch::Off }
    }
}

fn switch(session: &mut Session<'_, '_>, to: Switch) -> Result<Exit, Failure> {
    let this = ThisSchedule::find()?;
    match to {
        Switch::On => {
            let quiet = Rules::from(&session.settings.reminders).quiet;
            this.turn_on(schedule::daily_time(quiet))?;
        }
        Switch::Off => this.turn_off()?,
    }
    let state = this.state()?;
    tell_state(session, &state, None);
    Ok(Exit::Success)
}

fn status(session: &mut Session<'_, '_>) -> Result<Exit, Failure> {
    let state = ThisSchedule::find()?.state()?;
    let index = index::read(session)?;
    let vault = |it: &crate::reminder::index::IndexedVault| VaultAnswer {
        vault: it.path.display().to_string(),
        profiles: it.profiles.len(),
        unwatched: it.unwatched(),
        saved_at: to_the_second(it.saved_at),
        there: it.path.exists(),
    };
    tell_state(session, &state, Some(index.vaults.iter().map(vault).collect()));
    Ok(Exit::Success)
}

fn tell_state(session: &mut Session<'_, '_>, state: &State, vaults: Option<Vec<VaultAnswer>>) {
    let (schedule, by) = match state {
        State::Off => ("off", None),
        State::On(by) => ("on", Some(*by)),
        State::OnForAnother(by) => ("on_for_another", Some(*by)),
    };
    if session.style == Style::Json {
        let by = by.map(schedule::Scheduler::id);
        return session.console.answer_json(&Answer::new(ScheduleAnswer { schedule, by, vaults }));
    }
    session.console.answer(&match (state, by) {
        (State::On(_), Some(by)) => format!("The check runs {}.", by.describe()),
        (State::OnForAnother(_), _) => {
            "The scheduled task starts another program, or an older copy of this one. “remind --install” repairs it."
                .to_owned()
        }
        _ => "The check is not scheduled. “remind --install” schedules it.".to_owned(),
    });
    for VaultAnswer { vault, profiles, there, unwatched, .. } in vaults.unwrap_or_default() {
        if let Some(words) = unwatched {
            session.console.answer(&words);
            continue;
        }
        let gone = if there { "" } else { " (file not found)" };
        session.console.answer(&format!("Watching {} in {vault}{gone}", counted(profiles, "profile")));
    }
}

#[derive(Serialize)]
struct ProfileAnswer {
    profile: String,
    /// Days of its own; null as for all; empty for never.
    days: Option<Vec<u32>>,
    snoozed_until: Option<chrono::NaiveDate>,
}

/// Changes when a profile is notified about. That is this account's own matter, so it is kept in the index.
fn change(
    session: &mut Session<'_, '_>,
    places: &Places,
    name: &str,
    arguments: &RemindArguments,
) -> Result<Exit, Failure> {
    let known = index::known(session)?;
    let same = compared_name;
    let mut profile =
        known.vault.profiles.iter().find(|it| same(&it.name) == same(name)).cloned().ok_or_else(|| {
            Failure::usage(
                "profile_unknown",
                format!(
                    "The profile “{name}” is not in the reminder index for this vault. “expiring” shows the names."
                ),
            )
        })?;
    if let Some(rule) = &arguments.days {
        profile.rule = match rule {
            ChosenRule::Usual => None,
            ChosenRule::Own(rule) => Some(rule.clone()),
        };
    }
    match arguments.snooze {
        None => {}
        Some(ChosenSnooze::No) => profile.snooze = None,
        Some(ChosenSnooze::Until(until)) => {
            let since = this_account::local(session.console.now()).date();
            profile.snooze = Some(Snooze { until, since, expires: profile.expires });
        }
    }
    change_profiles(places, &[(known.vault.id, profile.id)], |it| {
        it.rule.clone_from(&profile.rule);
        it.snooze = profile.snooze;
    })?;
    let days = profile.rule.as_ref().map(|rule| match rule {
        ReminderRule::Days(days) => days.clone(),
        ReminderRule::Off => Vec::new(),
    });
    let snoozed_until = profile.snooze.map(|snooze| snooze.until);
    let line = format!("Reminders for “{}”: {}.", profile.name, when_in_words(days.as_deref(), snoozed_until));
    session.reply(|| ProfileAnswer { profile: profile.name, days, snoozed_until }, || Line::one(&line));
    Ok(Exit::Success)
}

/// When a profile is notified about: on days of its own or on the usual ones, and from which day.
fn when_in_words(days: Option<&[u32]>, snoozed_until: Option<NaiveDate>) -> String {
    let days = match days {
        None => "as usual".to_owned(),
        Some([]) => "never".to_owned(),
        Some(days) => format!("{} days before", days.iter().map(u32::to_string).collect::<Vec<_>>().join(", ")),
    };
    snoozed_until.map_or_else(|| days.clone(), |day| format!("{days}, snoozed until {day}"))
}

#[derive(Serialize)]
struct ForgetAnswer {
    forgotten: String,
}

fn forget_vault(session: &mut Session<'_, '_>, places: &Places) -> Result<Exit, Failure> {
    let known = index::known(session)?;
    forget(places, &known.vault.path)?;
    let forgotten = known.vault.path.display().to_string();
    let line = format!("Reminders for {forgotten} are off until the vault is saved again.");
    session.reply(|| ForgetAnswer { forgotten }, || Line::one(&line));
    Ok(Exit::Success)
}

impl From<KeptFileError> for Failure {
    fn from(error: KeptFileError) -> Failure {
        let code = match error {
            KeptFileError::Busy { .. } => "index_busy",
            KeptFileError::Newer { .. } => "index_newer",
            KeptFileError::Disk { .. } => "index_unwritable",
        };
        Failure::failed(code, error.to_string())
    }
}

impl From<ScheduleError> for Failure {
    fn from(error: ScheduleError) -> Failure {
        Failure::failed("schedule", error.to_string())
    }
}

fn parse_rule(text: &str) -> Result<ChosenRule, String> {
    match text.trim() {
        "usual" => Ok(ChosenRule::Usual),
        "off" => Ok(ChosenRule::Own(ReminderRule::Off)),
        days => rule::parse_days(days)
            .map(|days| ChosenRule::Own(ReminderRule::Days(days)))
            .map_err(|error| format!("{error} Or use “usual” or “off”.")),
    }
}

fn parse_snooze(text: &str) -> Result<ChosenSnooze, String> {
    match text.trim() {
        "no" => Ok(ChosenSnooze::No),
        day => parse_date(day).map(ChosenSnooze::Until).map_err(|error| format!("{error} Or use “no”.")),
    }
}

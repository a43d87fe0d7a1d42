//! `remind`: the check with the app closed, its schedule, and when single profiles are told about.

use std::time::Duration;

use serde::Serialize;

use super::failure::{Exit, Failure};
use super::index;
use super::output::{Answer, labelled};
use super::reminder_arguments::{ChosenRule, ChosenSnooze, RemindArguments};
use super::session::{Session, Style};
use crate::profile::compared_name;
use crate::reminder::background_check::{Channel, Next, follow};
use crate::reminder::index::{change_profiles, forget};
use crate::reminder::rule::Rules;
use crate::reminder::schedule::{self, ScheduleError, State};
use crate::reminder::snooze::Snooze;
use crate::reminder::this_account::{self, ThisSchedule};
use crate::reminder::{KeptFileError, Places};

pub(super) fn run(session: &mut Session<'_, '_>, arguments: RemindArguments) -> Result<Exit, Failure> {
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
}

#[derive(Serialize)]
struct ChannelAnswer {
    /// `off`, `nothing_due`, `quiet`, `told` or `failed`.
    result: &'static str,
    /// How many secrets were told about, or wait.
    count: usize,
    message: Option<String>,
}

fn check(session: &mut Session<'_, '_>, places: &Places, patience: Duration) -> Result<Exit, Failure> {
    let checked = this_account::check(places, &session.settings, session.console.now())?;
    let trouble = checked.trouble.as_ref().map(ToString::to_string);
    match session.style {
        Style::Json => session.console.answer_json(&Answer::new(CheckAnswer {
            watched: checked.watched,
            notification: channel(&checked.desktop),
            webhook: channel(&checked.webhook),
            index_trouble: trouble.clone(),
            unwatched: checked.unwatched.clone(),
        })),
        Style::People => {
            let rows = [
                ("Watched secrets", checked.watched.to_string()),
                ("Notification", words(&checked.desktop)),
                ("Webhook", words(&checked.webhook)),
            ];
            session.console.answer_lines(&labelled(&rows));
        }
    }
    for words in trouble.iter().chain(&checked.unwatched) {
        session.console.tell(words);
    }
    let failed = [&checked.desktop, &checked.webhook].into_iter().any(|it| matches!(it, Channel::Failed(_)));
    if let Some(shown) = checked.shown.filter(|_| !patience.is_zero()) {
        let next = follow(places, (shown.answer)(patience), &shown.about, this_account::today());
        if let Ok(Next::PutOff(count)) = &next {
            session.console.tell(&format!("Put off for a week: {count}."));
        }
        this_account::carry_out(next).map_err(|error| Failure::broken("app_not_started", error))?;
    }
    Ok(if failed || trouble.is_some() || !checked.unwatched.is_empty() { Exit::Broken } else { Exit::Good })
}

fn channel(channel: &Channel) -> ChannelAnswer {
    let (result, count, message) = match channel {
        Channel::Off => ("off", 0, None),
        Channel::NothingDue => ("nothing_due", 0, None),
        Channel::Quiet { until, waiting } => ("quiet", *waiting, Some(until.format("%H:%M").to_string())),
        Channel::Told(count) => ("told", *count, None),
        Channel::Failed(why) => ("failed", 0, Some(why.clone())),
    };
    ChannelAnswer { result, count, message }
}

fn words(channel: &Channel) -> String {
    match channel {
        Channel::Off => "turned off".to_owned(),
        Channel::NothingDue => "nothing is due".to_owned(),
        Channel::Quiet { until, waiting } => format!("{waiting} due, quiet until {}", until.format("%H:%M")),
        Channel::Told(count) => format!("told about {count}"),
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
    Ok(Exit::Good)
}

fn status(session: &mut Session<'_, '_>) -> Result<Exit, Failure> {
    let state = ThisSchedule::find()?.state()?;
    let index = index::read(session)?;
    let vault = |it: &crate::reminder::index::IndexedVault| VaultAnswer {
        vault: it.path.display().to_string(),
        profiles: it.profiles.len(),
        unwatched: it.unwatched(),
        saved_at: it.saved_at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        there: it.path.exists(),
    };
    tell_state(session, &state, Some(index.vaults.iter().map(vault).collect()));
    Ok(Exit::Good)
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
            "The check is set to start another program, or this one at an old place. “remind --install” mends that."
                .to_owned()
        }
        _ => "The check does not run by itself. “remind --install” turns it on.".to_owned(),
    });
    for VaultAnswer { vault, profiles, there, unwatched, .. } in vaults.unwrap_or_default() {
        if let Some(words) = unwatched {
            session.console.answer(&words);
            continue;
        }
        let gone = if there { "" } else { " (not where it was saved)" };
        session.console.answer(&format!("Watches {profiles} profiles of {vault}{gone}"));
    }
}

#[derive(Serialize)]
struct ProfileAnswer {
    profile: String,
    /// Days of its own; null as for all; empty for never.
    days: Option<Vec<u32>>,
    snoozed_until: Option<chrono::NaiveDate>,
}

/// Changes when a profile is told about. That is this account's own matter, so it is kept in the index.
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
            Failure::wrong_use(
                "profile_unknown",
                format!("The reminder index knows no profile “{name}” in this vault. “expiring” shows what it knows."),
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
        crate::reminder::rule::ReminderRule::Days(days) => days.clone(),
        crate::reminder::rule::ReminderRule::Off => Vec::new(),
    });
    let snoozed_until = profile.snooze.map(|snooze| snooze.until);
    match session.style {
        Style::Json => {
            let answer = ProfileAnswer { profile: profile.name, days, snoozed_until };
            session.console.answer_json(&Answer::new(answer));
        }
        Style::People => {
            let when = match days {
                None => "as usual".to_owned(),
                Some(days) if days.is_empty() => "never".to_owned(),
                Some(days) => {
                    let days: Vec<_> = days.iter().map(u32::to_string).collect();
                    format!("{} days before", days.join(", "))
                }
            };
            let until = snoozed_until.map_or_else(String::new, |day| format!(", and nothing before {day}"));
            session.console.answer(&format!("“{}” is told about {when}{until}.", profile.name));
        }
    }
    Ok(Exit::Good)
}

#[derive(Serialize)]
struct ForgetAnswer {
    forgotten: String,
}

fn forget_vault(session: &mut Session<'_, '_>, places: &Places) -> Result<Exit, Failure> {
    let known = index::known(session)?;
    forget(places, &known.vault.path)?;
    let forgotten = known.vault.path.display().to_string();
    match session.style {
        Style::Json => session.console.answer_json(&Answer::new(ForgetAnswer { forgotten })),
        Style::People => session.console.answer(&format!("The reminders forgot {forgotten} until it is saved again.")),
    }
    Ok(Exit::Good)
}

impl From<KeptFileError> for Failure {
    fn from(error: KeptFileError) -> Failure {
        let code = match error {
            KeptFileError::Busy { .. } => "index_busy",
            KeptFileError::Newer { .. } => "index_newer",
            KeptFileError::Disk { .. } => "index_unwritable",
        };
        Failure::broken(code, error.to_string())
    }
}

impl From<ScheduleError> for Failure {
    fn from(error: ScheduleError) -> Failure {
        Failure::broken("schedule", error.to_string())
    }
}

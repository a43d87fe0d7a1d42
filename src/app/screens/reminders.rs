//! The reminders on a profile's form, and the offer to have them with the app closed.

use chrono::{DateTime, NaiveDate, Utc};
use egui::Ui;

use crate::app::{
    dates::{LocalTime, day},
    draft::Draft,
    state::{AppState, Command, Dated, Page, ReminderCommand, Schedule, VaultReminders, in_words, watched},
    widgets::{self, AtFirst, Enabled, FieldNote, Vocabulary, day_editor, labelled_row, text_field},
};
use crate::profile::{Profile, parse_date};
use crate::reminder::{
    next::{describe, next_reminder},
    own::Own,
    rule::{ReminderRule, Rules, parse_days},
    schedule::State,
    snooze::WEEK,
};

const OFF: &str = "Reminders are off while the app is closed";

/// When reminders come, as far as the form needs it.
pub(super) struct Watch {
    now: DateTime<Utc>,
    local: LocalTime,
    rules: Rules,
    schedule: Background,
    with_app_closed: WithAppClosed,
}

/// Whether reminders come at all: it is the check with the app closed that sends them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Background {
    Off,
    /// They come, or nobody knows.
    NotOff,
}

/// Whether the form has to say something about reminders with the app closed.
#[derive(PartialEq, Eq)]
enum WithAppClosed {
    /// They are off, and nothing else on the screen says so.
    Off,
    /// No.
    NothingToSay,
}

impl Watch {
    pub(super) fn of(state: &AppState) -> Watch {
        Watch {
            now: state.now,
            local: state.local,
            rules: Rules::from(&state.settings.reminders),
            schedule: match state.reminders.schedule {
                Schedule::Known(Ok(State::Off)) => Background::Off,
                _ => Background::NotOff,
            },
            with_app_closed: match state.reminders.schedule {
                Schedule::Known(Ok(State::Off)) if !state.offers_schedule() => WithAppClosed::Off,
                _ => WithAppClosed::NothingToSay,
            },
        }
    }
}

/// The fold on the form of a saved profile. Open at first where something is set for it.
pub(super) fn fold(
    ui: &mut Ui,
    draft: &Draft,
    reminders: &mut VaultReminders,
    watch: &Watch,
    commands: &mut Vec<Command>,
) {
    let Some(profile) = &draft.saved else { return };
    let own = reminders.of(profile.id);
    reminders.form.show(profile.id, &own);
    let next = {
        let secret = watched(profile, &own);
        let local = |time| watch.local.at(time);
        let next = next_reminder(watch.now, &local, &watch.rules, &secret);
        match (next, watch.schedule) {
            (Some(_), Background::Off) => OFF.to_owned(),
            (next, _) => describe(next, watch.now, &secret),
        }
    };
    let is_set = own != Own::default();
    let at_first = if is_set { AtFirst::Open } else { AtFirst::Closed };
    widgets::fold(ui, ("reminders", profile.id), next, at_first, |ui| {
        ui.add_space(4.0);
        app_closed(ui, watch, commands);
        days(ui, profile, &own, reminders, &watch.rules, commands);
        snooze(ui, profile, reminders, watch, commands);
        ui.horizontal_wrapped(|ui| {
            let dated = match profile.expires() {
                Some(_) => Enabled::Yes,
                None => Enabled::No("Enter the expiry date and save first."),
            };
            if ui.secondary_button("Calendar entry…", dated).clicked() {
                let command = ReminderCommand::ExportCalendar(Dated::One(profile.id));
                commands.push(Command::Reminders(command));
            }
            if ui.secondary_button("E-mail for the owner…", Enabled::Yes).clicked() {
                commands.push(Command::Reminders(ReminderCommand::OpenMail(profile.id)));
            }
        });
        ui.add_space(4.0);
    });
}

/// Says so where no reminders come while the app is closed.
fn app_closed(ui: &mut Ui, watch: &Watch, commands: &mut Vec<Command>) {
    if watch.with_app_closed == WithAppClosed::Off {
        ui.horizontal_wrapped(|ui| {
            ui.hint("Turn on reminders in");
            if ui.link_button("Settings").clicked() {
                commands.push(Command::Show(Page::Settings));
            }
        });
    }
}

fn days(
    ui: &mut Ui,
    profile: &Profile,
    own: &Own,
    reminders: &mut VaultReminders,
    rules: &Rules,
    commands: &mut Vec<Command>,
) {
    let mut off = own.rule == Some(ReminderRule::Off);
    if ui.checkbox(&mut off, "No reminders for this profile").changed() {
        let rule = off.then_some(ReminderRule::Off);
        commands.push(Command::Reminders(ReminderCommand::SetRule(profile.id, rule)));
    }
    if off {
        return;
    }
    let typed = match reminders.form.days.trim() {
        "" => Ok(None),
        text => parse_days(text).map(|days| Some(ReminderRule::Days(days))),
    };
    let note = match &typed {
        Err(error) => FieldNote::Refused(error.to_string()),
        Ok(_) => FieldNote::None,
    };
    let usual = format!("{} (as in Settings)", in_words(&rules.days));
    let field = text_field(ui, "Days before expiry", &mut reminders.form.days, &usual, &note);
    if let (true, Ok(rule)) = (field.lost_focus(), typed)
        && rule != own.rule
    {
        commands.push(Command::Reminders(ReminderCommand::SetRule(profile.id, rule)));
    }
}

fn snooze(ui: &mut Ui, profile: &Profile, reminders: &mut VaultReminders, watch: &Watch, commands: &mut Vec<Command>) {
    let today = watch.local.date(watch.now);
    let mut until = |until| commands.push(Command::Reminders(ReminderCommand::Snooze(profile.id, until)));
    if let Some(until_day) = reminders.snoozed_until(profile, watch.now, watch.local) {
        labelled_row(ui, "Snooze", &FieldNote::None, |ui, _| {
            ui.horizontal_wrapped(|ui| {
                ui.label(format!("until {}", day(until_day)));
                if ui.secondary_button("Remind me again", Enabled::Yes).clicked() {
                    until(None);
                }
            });
        });
        return;
    }
    let text = &mut reminders.form.until;
    let (day, note) = read_day(text, today);
    labelled_row(ui, "Snooze", &note, |ui, label| {
        ui.horizontal_wrapped(|ui| {
            if ui.secondary_button("For a week", Enabled::Yes).clicked() {
                until(today.checked_add_days(chrono::Days::new(WEEK)));
            }
            ui.label("or until");
            day_editor(ui, text, today, "Choose a day").labelled_by(label);
            let enabled = if day.is_some() { Enabled::Yes } else { Enabled::No("Enter a day after today first.") };
            if ui.secondary_button("Snooze until this day", enabled).clicked() {
                until(day);
            }
        });
    });
}

/// A day after today, or what is wrong with it.
fn read_day(text: &str, today: NaiveDate) -> (Option<NaiveDate>, FieldNote) {
    let text = text.trim();
    if text.len() < 8 {
        // No error while somebody is typing.
        return (None, FieldNote::None);
    }
    match parse_date(text) {
        Ok(day) if day > today => (Some(day), FieldNote::None),
        Ok(_) => (None, FieldNote::Refused("Choose a day after today.".to_owned())),
        Err(error) => (None, FieldNote::Refused(error.to_string())),
    }
}

//! The settings of the reminders: whether they come with the app closed, when, and by which way.

use egui::{Label, RichText, Role, Ui, WidgetInfo};
use url::Url;

use crate::app::{
    state::{AppState, Attempt, Command, ReminderCommand, ReminderSettingsForm, Reminders, Schedule, Screen},
    tasks::WatchedVault,
    theme::tokens,
    widgets::{
        Enabled, FieldNote, Vocabulary, choice_with_note, describe, labelled_row, note_line, row_with_end,
        secret_field, shown_line, text_field, tooltip_in_full,
    },
};
use crate::counted::counted;
use crate::reminder::{rule::parse_days, schedule::State};
use crate::settings::{AddressRemark, ReminderSettings, WebhookForm, read_quiet_hours, read_webhook};
use crate::vault::vault_name;

pub(super) fn show(ui: &mut Ui, settings: &mut ReminderSettings, state: &mut AppState, commands: &mut Vec<Command>) {
    with_app_closed(ui, &state.reminders.schedule, commands);
    let Screen::Open(vault) = &mut state.screen else { return };
    let form = &mut vault.reminders.settings;
    form.show(settings);
    when(ui, settings, form);
    labelled_row(ui, "Missing expiry date", &FieldNote::None, |ui, _| {
        ui.checkbox(&mut settings.without_date, "Remind me monthly");
    });
    notification(ui, settings, &state.reminders, commands);
    webhook(ui, settings, form, &state.reminders, commands);
    watched(ui, &state.reminders.watched, commands);
}

fn with_app_closed(ui: &mut Ui, schedule: &Schedule, commands: &mut Vec<Command>) {
    let (note, way_out) = match schedule {
        Schedule::Unknown | Schedule::Looking | Schedule::Changing => (FieldNote::None, None),
        Schedule::Known(Ok(State::Off)) => {
            (FieldNote::Advice("Off: no reminders while the app is closed.".to_owned()), None)
        }
        Schedule::Known(Ok(State::On(by))) => (FieldNote::Good(format!("The check runs {}.", by.describe())), None),
        Schedule::Known(Ok(State::OnForAnother(_))) => {
            let text = "The scheduled task starts another program, or an older copy of this one.";
            (FieldNote::Advice(text.to_owned()), Some(("Repair", ReminderCommand::TurnOn)))
        }
        Schedule::Known(Err(why)) => {
            (FieldNote::Refused(why.clone()), Some(("Check again", ReminderCommand::LookAtSchedule)))
        }
    };
    labelled_row(ui, "Background reminders", &note, |ui, _| {
        let is_on = matches!(schedule, Schedule::Known(Ok(State::On(_) | State::OnForAnother(_))));
        let can_change = matches!(schedule, Schedule::Known(Ok(_)));
        let mut wanted = is_on;
        ui.add_enabled(can_change, egui::Checkbox::new(&mut wanted, "Remind me when the app is closed"));
        match (is_on, wanted) {
            (false, true) => commands.push(Command::Reminders(ReminderCommand::TurnOn)),
            (true, false) => commands.push(Command::Reminders(ReminderCommand::TurnOff)),
            _ => {}
        }
        match schedule {
            Schedule::Changing => drop(ui.hint("Updating…")),
            Schedule::Unknown | Schedule::Looking => drop(ui.hint("Checking…")),
            Schedule::Known(_) => {}
        }
    });
    if let Some((text, command)) = way_out {
        labelled_row(ui, "", &FieldNote::None, |ui, _| {
            if ui.secondary_button(text, Enabled::Yes).clicked() {
                commands.push(Command::Reminders(command));
            }
        });
    }
}

/// Texts are taken over when their field is left, so that half a number is nobody's setting.
fn when(ui: &mut Ui, settings: &mut ReminderSettings, form: &mut ReminderSettingsForm) {
    let days = parse_days(&form.days);
    let note = days.as_ref().map_or_else(|error| FieldNote::Refused(error.to_string()), |_| FieldNote::None);
    let left = narrow_field(ui, "Days before expiry", &mut form.days, "60, 30, 14, 7, 3, 1", &note);
    if let (Left::Yes, Ok(days)) = (left, days) {
        settings.days = days;
    }
    ui.hint("How many days before expiry to remind you, and daily afterwards. Each profile can have its own days.");
    let quiet = match form.quiet_hours.trim() {
        "" => Some(None),
        text => read_quiet_hours(text),
    };
    let note = match quiet {
        Some(_) => FieldNote::None,
        None => FieldNote::Refused("Enter a time range such as 18:00-08:00, or leave the field empty.".to_owned()),
    };
    let left =
        narrow_field(ui, "Quiet hours", &mut form.quiet_hours, "None, or a time range such as 18:00-08:00", &note);
    if let (Left::Yes, Some(quiet)) = (left, quiet) {
        settings.quiet_hours = quiet;
    }
}

/// Whether a field was left in this frame.
#[derive(PartialEq, Eq)]
enum Left {
    Yes,
    No,
}

/// A field as wide as the lists of choices.
fn narrow_field(ui: &mut Ui, label: &str, text: &mut String, example: &str, note: &FieldNote) -> Left {
    let field = ui.scope(|ui| {
        ui.set_max_width(ui.available_width().min(456.0));
        text_field(ui, label, text, example, note)
    });
    if field.inner.lost_focus() { Left::Yes } else { Left::No }
}

fn notification(ui: &mut Ui, settings: &mut ReminderSettings, known: &Reminders, commands: &mut Vec<Command>) {
    labelled_row(ui, "Notification", &FieldNote::None, |ui, _| {
        ui.horizontal_wrapped(|ui| {
            ui.checkbox(&mut settings.notify, "Show a notification on this computer");
            if ui.secondary_button("Send a test notification", under_way(&known.sample)).clicked() {
                commands.push(Command::Reminders(ReminderCommand::ShowSample));
            }
        });
        note_line(
            ui,
            &ended(
                &known.sample,
                "Notification sent. If it does not appear, check the notification settings for this app.",
            ),
        );
    });
}

fn webhook(
    ui: &mut Ui,
    settings: &mut ReminderSettings,
    form: &mut ReminderSettingsForm,
    known: &Reminders,
    commands: &mut Vec<Command>,
) {
    let mut command = |command| commands.push(Command::Reminders(command));
    if let Some(address) = &mut form.webhook {
        let read = read_webhook(address.expose());
        let note = match &read {
            None if address.is_empty() => FieldNote::None,
            None => {
                FieldNote::Refused("A webhook address must begin with https:// and contain no user name.".to_owned())
            }
            Some(address) => address_note(address),
        };
        secret_field(ui, "Webhook address", address, &mut form.webhook_shown, "https://…", &note);
        labelled_row(ui, "", &FieldNote::None, |ui, _| {
            ui.horizontal_wrapped(|ui| {
                let enabled =
                    if read.is_some() { Enabled::Yes } else { Enabled::No("Paste the webhook address first.") };
                if ui.primary_button("Save address", enabled).clicked() {
                    command(ReminderCommand::KeepWebhook);
                }
                if ui.secondary_button("Cancel", Enabled::Yes).clicked() {
                    command(ReminderCommand::LeaveWebhook);
                }
            });
        });
        return;
    }
    let host = settings.webhook.as_ref().map(|address| address.host_str().unwrap_or_default().to_owned());
    let note = match (&known.webhook_test, settings.webhook.as_ref().and_then(AddressRemark::of)) {
        (Attempt::NotYet, Some(remark)) => FieldNote::Advice(remark.words().to_owned()),
        (attempt, _) => ended(attempt, "Test message sent. Check that it arrived."),
    };
    labelled_row(ui, "Webhook", &note, |ui, _| {
        ui.horizontal_wrapped(|ui| match &host {
            None => {
                if ui.secondary_button("Set an address…", Enabled::Yes).clicked() {
                    command(ReminderCommand::EditWebhook);
                }
                ui.hint("Teams, Slack or any service that accepts JSON");
            }
            Some(host) => {
                ui.label(format!("Reminders are posted to {host}"));
                if ui.secondary_button("Replace…", Enabled::Yes).clicked() {
                    command(ReminderCommand::EditWebhook);
                }
                if ui.secondary_button("Remove", Enabled::Yes).clicked() {
                    command(ReminderCommand::RemoveWebhook);
                }
                if ui.secondary_button("Send a test message", under_way(&known.webhook_test)).clicked() {
                    command(ReminderCommand::TestWebhook);
                }
            }
        });
    });
    if host.is_some() {
        let forms = [
            (WebhookForm::Json, "Generic JSON"),
            (WebhookForm::Teams, "Microsoft Teams"),
            (WebhookForm::Slack, "Slack"),
        ];
        let address = settings.webhook.as_ref();
        choice_with_note(ui, "Message format", &mut settings.webhook_form, &forms, |form| {
            let mismatch = address.and_then(|address| form.mismatch(address));
            mismatch.map_or(FieldNote::None, |words| FieldNote::Advice(words.to_owned()))
        });
        ui.hint("Anyone who has this address can post to it. It is saved in your settings and not shown again.");
    }
}

/// The vaults of whose secrets there are reminders, each with a way to end that.
fn watched(ui: &mut Ui, watched: &[WatchedVault], commands: &mut Vec<Command>) {
    if watched.is_empty() {
        return;
    }
    labelled_row(ui, "Vaults", &FieldNote::None, |ui, _| {
        for vault in watched {
            let name = vault_name(&vault.path);
            let facts = format!("{}, {}", counted(vault.profiles, "profile"), vault.path.display());
            let stop = row_with_end(
                ui,
                ("watched vault", vault.id),
                |ui| {
                    tooltip_in_full(ui.label(shown_line(&name)), &vault.path.display().to_string());
                    let facts = RichText::new(shown_line(&facts)).small().color(tokens(ui).text_quiet);
                    tooltip_in_full(ui.add(Label::new(facts).truncate()), &vault.path.display().to_string());
                },
                |ui| {
                    let stop = ui.secondary_button("Stop reminding", Enabled::Yes);
                    let spoken = format!("Stop reminding about {name}");
                    stop.widget_info(|| WidgetInfo::labeled(Role::Button, true, &spoken));
                    describe(&stop, &facts);
                    stop.clicked()
                },
            );
            if stop {
                commands.push(Command::Reminders(ReminderCommand::StopReminding(vault.id)));
            }
        }
        ui.hint("Reminders cover the secrets in these vaults. To turn a vault's reminders back on, open it again.");
    });
}

/// What is known of an address while it is typed.
fn address_note(address: &Url) -> FieldNote {
    if let Some(remark) = AddressRemark::of(address) {
        return FieldNote::Advice(remark.words().to_owned());
    }
    match WebhookForm::of_address(address) {
        Some(WebhookForm::Teams) => {
            FieldNote::Good("Teams workflow: messages are sent in the Teams format.".to_owned())
        }
        Some(WebhookForm::Slack) => FieldNote::Good("Messages are sent in the Slack format.".to_owned()),
        Some(WebhookForm::Json) | None => FieldNote::None,
    }
}

fn under_way(attempt: &Attempt) -> Enabled<'static> {
    match attempt {
        Attempt::UnderWay => Enabled::No("In progress."),
        Attempt::NotYet | Attempt::Ended(_) => Enabled::Yes,
    }
}

fn ended(attempt: &Attempt, good: &str) -> FieldNote {
    match attempt {
        Attempt::NotYet | Attempt::UnderWay => FieldNote::None,
        Attempt::Ended(Ok(())) => FieldNote::Good(good.to_owned()),
        Attempt::Ended(Err(why)) => FieldNote::Refused(why.clone()),
    }
}

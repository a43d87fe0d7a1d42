//! The steps until the new secret is in use.

use egui::Ui;

use super::{Progress, Shown, UCC_CONFIRMED, ask, check_panel, forget_question, step};
use crate::{
    app::{
        dates::day,
        state::{AppSecretsCommand, Command, Question, RenewalCommand, RenewalForm},
        widgets::{Enabled, FieldNote, Tone, Vocabulary, banner, date_field, guid_secret_box, note_line, secret_field},
    },
    cloud::Cloud,
    profile::{EnvironmentUrl, Profile},
    renewal::Step,
};

pub(super) fn show(ui: &mut Ui, shown: &Shown<'_>, form: &mut RenewalForm, commands: &mut Vec<Command>) {
    if let Some(behind) = shown.profile.ucc_behind() {
        banner(ui, Tone::Warning, &behind.describe(shown.now), |ui| {
            if !form.attempt.is_under_way() && ui.link_button(UCC_CONFIRMED).clicked() {
                commands.push(Command::Renewal(RenewalCommand::ConfirmUcc));
            }
        });
    }
    let reached = |at: Step| match order(shown.step).cmp(&order(at)) {
        std::cmp::Ordering::Less => Progress::Open,
        std::cmp::Ordering::Equal => Progress::Active,
        std::cmp::Ordering::Greater => Progress::Done,
    };
    step(ui, 1, "Create a new client secret in the Azure portal", reached(Step::NewSecret), |ui| {
        if shown.step == Step::NewSecret {
            in_the_portal(ui, shown.profile);
        }
    });
    step(ui, 2, "Paste its Value and enter its expiry date", reached(Step::NewSecret), |ui| {
        if shown.step == Step::NewSecret || !form.secret.is_empty() {
            new_secret(ui, shown, form, commands);
        } else if let Some(date) = shown.profile.renewal.as_ref().and_then(|renewal| renewal.new_expires) {
            ui.hint(&format!("Saved in the vault. It expires on {}.", day(date)));
        } else if order(shown.step) > order(Step::NewSecret) {
            ui.hint("Saved in the vault. Its expiry date is not known.");
        }
    });
    step(ui, 3, "Test it while the old one still works", reached(Step::Test), |ui| test(ui, shown, form, commands));
    // What went wrong is read at once; what went well must not push the next step out of sight.
    if shown.step == Step::Test {
        outcome(ui, shown, form, commands);
    }
    step(ui, 4, "Switch to the new secret", reached(Step::Switch), |ui| {
        if shown.step == Step::Switch {
            switch(ui, shown.profile, form, commands);
        }
    });
    step(ui, 5, "Give the new connection string to the UCC", Progress::Open, |_| {});
    step(ui, 6, "Keep the old secret until nothing uses it", Progress::Open, |_| {});
    if shown.step == Step::Switch {
        outcome(ui, shown, form, commands);
    }
}

/// The test of the new secret, if there was one since the page was opened.
fn outcome(ui: &mut Ui, shown: &Shown<'_>, form: &RenewalForm, commands: &mut Vec<Command>) {
    if let Some(check) = &form.check {
        check_panel::show(ui, check, check_panel::Of::NewSecret, shown.seconds, commands);
    }
}

/// The steps in their order.
fn order(step: Step) -> u8 {
    match step {
        Step::NotBegun => 0,
        Step::NewSecret => 1,
        Step::Test => 2,
        Step::Switch => 3,
        Step::Ucc => 4,
        Step::Kept => 5,
    }
}

fn in_the_portal(ui: &mut Ui, profile: &Profile) {
    let cloud = profile.environment_url.as_ref().map_or(Cloud::Commercial, EnvironmentUrl::cloud);
    let app = profile.client_id.map(|id| id.to_string()).unwrap_or_default();
    ui.portal_link("Open the app's Certificates & secrets", &cloud.app_registration_page("Credentials", &app));
    for line in [
        "Select New client secret, enter a description and choose when it expires. Select Add.",
        "Copy the Value column immediately: the portal shows it only once. The Secret ID cannot be used.",
        "Do not delete the old secret.",
    ] {
        ui.add(egui::Label::new(line).wrap());
    }
}

fn new_secret(ui: &mut Ui, shown: &Shown<'_>, form: &mut RenewalForm, commands: &mut Vec<Command>) {
    let notes = form.notes(shown.profile, shown.now, form.strictness);
    let example = "The Value column, not the Secret ID";
    secret_field(ui, "New client secret", &mut form.secret, &mut form.shown, example, &notes.secret);
    if form.asks_about_guid() {
        guid_secret_box(ui, &mut form.guid_secret);
    }
    date_field(ui, "Expires on", &mut form.expires, shown.now.date_naive(), &notes.expires, |_| ());
    if form.is_creating() {
        ui.hint("Creating a secret in Entra ID…");
        return;
    }
    let offers_to_make = shown.step == Step::NewSecret && !form.holds_something();
    ui.horizontal_wrapped(|ui| {
        let (text, enabled) = match form.attempt.is_under_way() {
            true => ("Saving…", Enabled::No("Saving…")),
            false => ("Save and continue", Enabled::Yes),
        };
        if ui.primary_button(text, enabled).clicked() {
            commands.push(Command::Renewal(RenewalCommand::Give));
        }
        if offers_to_make && ui.secondary_button("Create the secret for me…", Enabled::Yes).clicked() {
            commands.push(Command::Renewal(RenewalCommand::AppSecrets(AppSecretsCommand::AskToCreate)));
        }
    });
    if offers_to_make {
        ui.hint(
            "This works if the app has the Microsoft Graph permission Application.ReadWrite.OwnedBy. Most apps do \
             not have it and do not need it.",
        );
    }
}

fn test(ui: &mut Ui, shown: &Shown<'_>, form: &RenewalForm, commands: &mut Vec<Command>) {
    match shown.step {
        Step::Test => {}
        Step::Switch => {
            let at = shown.profile.renewal.as_ref().and_then(|renewal| renewal.tested);
            let at = at.map_or_else(String::new, |at| format!(" on {}", shown.local.describe(at)));
            ui.hint(&format!("It passed{at}."));
            offer_date(ui, shown.profile, form, commands);
            ui.horizontal_wrapped(|ui| test_button(ui, "Test again", form, commands));
            return;
        }
        _ => return,
    }
    let failed = form.check.as_ref().and_then(|check| check.report()).filter(|report| !report.passed);
    match failed {
        None => {
            drop(ui.hint("The normal connection test, with the new secret. The profile and the UCC are not changed."))
        }
        Some(_) => {
            note_line(ui, &FieldNote::Advice("The test failed. See below.".to_owned()));
        }
    }
    ui.horizontal_wrapped(|ui| {
        let text = if failed.is_some() { "Test again" } else { "Test the new secret" };
        test_button(ui, text, form, commands);
        if form.is_testing() {
            return;
        }
        ask(ui, "Paste another Value…", Question::GiveUp, commands);
        ask(ui, "Switch without a test…", Question::SwitchWithoutTest, commands);
    });
}

/// The new secret's date from Microsoft Graph, to be used with one click.
fn offer_date(ui: &mut Ui, profile: &Profile, form: &RenewalForm, commands: &mut Vec<Command>) {
    let report = form.check.as_ref().and_then(|check| check.report()).filter(|report| report.passed);
    let known = profile.renewal.as_ref().and_then(|renewal| renewal.new_expires);
    let Some(date) = report.and_then(|report| report.secret_expires).filter(|date| Some(*date) != known) else {
        return;
    };
    ui.horizontal_wrapped(|ui| {
        ui.label(format!("According to Microsoft Entra ID it expires on {}.", day(date)));
        if ui.secondary_button("Use this date", Enabled::Yes).clicked() {
            commands.push(Command::Renewal(RenewalCommand::UseDate(date)));
        }
    });
}

fn test_button(ui: &mut Ui, text: &str, form: &RenewalForm, commands: &mut Vec<Command>) {
    if form.is_testing() {
        if ui.secondary_button("Cancel test", Enabled::Yes).clicked() {
            commands.push(Command::Renewal(RenewalCommand::CancelTest));
        }
        return;
    }
    let button = match text {
        "Test again" => ui.secondary_button(text, Enabled::Yes),
        _ => ui.primary_button(text, Enabled::Yes),
    };
    if button.clicked() {
        commands.push(Command::Renewal(RenewalCommand::Test));
    }
}

fn switch(ui: &mut Ui, profile: &Profile, form: &RenewalForm, commands: &mut Vec<Command>) {
    if let Some(former) = &profile.former_secret {
        let text = format!(
            "The secret from the previous renewal is still stored, until {}. Delete it first to make room for the \
             current one.",
            day(former.kept_until())
        );
        banner(ui, Tone::Warning, &text, |_| {});
        ui.horizontal_wrapped(|ui| ask(ui, "Delete the previous secret…", forget_question(profile), commands));
        return;
    }
    ui.add(
        egui::Label::new(
            "The profile switches to the new secret and its expiry date. Next, you give the new connection string to \
             the UCC. The old secret stays in the vault, so you can go back.",
        )
        .wrap(),
    );
    let enabled = match form.attempt.is_under_way() {
        true => Enabled::No("Saving…"),
        false => Enabled::Yes,
    };
    if ui.primary_button("Switch to the new secret", enabled).clicked() {
        commands.push(Command::Renewal(RenewalCommand::Switch));
    }
}

//! After the switch: the new connection string for the UCC, and what becomes of the old secret.

use egui::Ui;

use super::{Progress, Shown, UCC_CONFIRMED, ask, forget_question, step};
use crate::{
    app::{
        dates::day,
        draft::Draft,
        screens::hand_over,
        state::{AppSecretsCommand, Command, Question, RenewalCommand, RenewalForm},
        widgets::{Enabled, FieldNote, Tone, Vocabulary, banner, note_line, take_first_focus},
    },
    cloud::Overrides,
    profile::FormerSecret,
};

pub(super) fn show(
    ui: &mut Ui,
    shown: &Shown<'_>,
    form: &mut RenewalForm,
    clouds: &Overrides,
    commands: &mut Vec<Command>,
) {
    for (number, name) in [
        (1, "Create a new client secret in the Azure portal"),
        (2, "Paste its Value and enter its expiry date"),
        (3, "Test it while the old one still works"),
    ] {
        step(ui, number, name, Progress::Done, |_| {});
    }
    step(ui, 4, "Switch to the new secret", Progress::Done, |_| {});
    let behind = shown.profile.ucc_behind();
    let updating = if behind.is_some() { Progress::Active } else { Progress::Done };
    step(ui, 5, "Give the new connection string to the UCC", updating, |ui| {
        if let Some(behind) = behind {
            note_line(ui, &FieldNote::Advice(behind.describe(shown.now)));
            ui.hint(&format!(
                "{} In UCC Config on SharePoint, open the Plugin Settings list and replace the Value of this setting.",
                hand_over::UCC
            ));
        } else if let Some(at) = shown.profile.ucc_update.as_ref().and_then(|update| update.done) {
            ui.hint(&format!("Confirmed on {}.", shown.local.describe(at)));
        }
        let string = Draft::of(shown.profile).connection_string(clouds);
        let copy = Command::Renewal(RenewalCommand::CopyString);
        hand_over::columns(ui, string.as_ref(), &mut form.string_shown, &copy, commands);
        if shown.profile.vendor_value.is_some() {
            let text = "The encrypted connection string in this profile still contains the old secret. If your UCC \
                        uses it, create it again with A365.PWTool.exe from this connection string and store it in \
                        the profile.";
            banner(ui, Tone::Warning, text, |_| {});
        }
        ui.horizontal_wrapped(|ui| {
            let button = ui.secondary_button("Copy connection string", Enabled::Yes);
            take_first_focus(&button);
            if button.clicked() {
                commands.push(copy);
            }
            let enabled = match form.attempt.is_under_way() {
                true => Enabled::No("Saving…"),
                false => Enabled::Yes,
            };
            if behind.is_some() && ui.primary_button(UCC_CONFIRMED, enabled).clicked() {
                commands.push(Command::Renewal(RenewalCommand::ConfirmUcc));
            }
        });
    });
    let former = shown.profile.former_secret.as_ref();
    let end = match (former, behind) {
        (None, _) => Progress::Done,
        (Some(_), None) => Progress::Active,
        (Some(_), Some(_)) => Progress::Open,
    };
    step(ui, 6, "Keep the old secret until nothing uses it", end, |ui| match former {
        Some(former) => old_secret(ui, shown, former, commands),
        None => {
            ui.hint("The old secret has been deleted.");
            if ui.secondary_button("Start another renewal", Enabled::Yes).clicked() {
                commands.push(Command::Renewal(RenewalCommand::Begin));
            }
        }
    });
}

fn old_secret(ui: &mut Ui, shown: &Shown<'_>, former: &FormerSecret, commands: &mut Vec<Command>) {
    let why = match former.expires {
        Some(date) if date == former.kept_until() => "its expiry date",
        _ => "to be safe",
    };
    let until = day(former.kept_until());
    ui.add(
        egui::Label::new(format!(
            "The old secret is stored in this profile until {until}, {why}. It is then deleted automatically. Until \
             then you can go back to it, as long as it is not deleted from Entra ID.",
        ))
        .wrap(),
    );
    ui.horizontal_wrapped(|ui| {
        ask(ui, "Delete from the vault now…", forget_question(shown.profile), commands);
        ask(ui, "Go back to the old secret…", Question::RollBack, commands);
        let tested = shown.profile.last_check.as_ref().is_some_and(|check| check.passed);
        let enabled = match tested {
            true => Enabled::Yes,
            false => Enabled::No("Available after a test with the new secret has passed."),
        };
        if ui.secondary_button("Delete from Entra ID…", enabled).clicked() {
            commands.push(Command::Renewal(RenewalCommand::AppSecrets(AppSecretsCommand::AskToRemove)));
        }
    });
    ui.horizontal_wrapped(|ui| {
        if ui.quiet_button("Start another renewal").clicked() {
            commands.push(Command::Renewal(RenewalCommand::Begin));
        }
    });
}

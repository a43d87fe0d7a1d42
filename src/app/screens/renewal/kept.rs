//! After the switch: the new connection string for the UCC, and what becomes of the old secret.

use egui::Ui;

use super::{Progress, Shown, ask, step};
use crate::{
    app::{
        command::Command,
        draft::Draft,
        screens::hand_over,
        state::{Question, RenewalCommand, RenewalForm},
        widgets::{Enabled, Tone, Vocabulary, banner},
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
        (1, "Make a new client secret in the Azure portal"),
        (2, "Paste its Value and enter its expiry date"),
        (3, "Test it while the old one still works"),
    ] {
        step(ui, number, name, Progress::Done, |_| {});
    }
    let former = shown.profile.former_secret.as_ref();
    let told = if former.is_some() { Progress::Active } else { Progress::Done };
    step(ui, 4, "Switch to the new secret, and tell the UCC", told, |ui| {
        ui.hint(
            "The profile uses the new secret. Now the UCC: in UCC Config on SharePoint, open the Plugin Settings list and \
             replace the Value of this setting.",
        );
        let string = Draft::of(shown.profile).connection_string(clouds);
        let copy = Command::Renewal(RenewalCommand::CopyString);
        hand_over::columns(ui, string.as_ref(), &mut form.string_shown, &copy, commands);
        if shown.profile.vendor_value.is_some() {
            let text = "The encrypted value that is stored with this profile is of the old secret. If your UCC uses that \
                        form, make it anew with A365.PWTool.exe from this connection string and store it in the profile.";
            banner(ui, Tone::Warning, text, |_| {});
        }
    });
    let end = if former.is_some() { Progress::Active } else { Progress::Done };
    step(ui, 5, "Keep the old secret until nothing uses it", end, |ui| match former {
        Some(former) => old_secret(ui, shown, former, commands),
        None => {
            ui.hint("The old secret is not kept any more.");
            if ui.secondary_button("Begin another renewal", Enabled::Yes).clicked() {
                commands.push(Command::Renewal(RenewalCommand::Begin));
            }
        }
    });
}

fn old_secret(ui: &mut Ui, shown: &Shown<'_>, former: &FormerSecret, commands: &mut Vec<Command>) {
    let until = former.kept_until();
    let why = match former.expires {
        Some(date) if date == until => "the day on which it lapses",
        _ => "so that nobody has to think of it",
    };
    ui.add(
        egui::Label::new(format!(
            "The old secret is kept in this profile until {until}, {why}. Then it is forgotten by itself. Until then you can \
             go back to it, as long as it is not removed from Entra ID.",
        ))
        .wrap(),
    );
    ui.horizontal_wrapped(|ui| {
        ask(ui, "Forget it now…", Question::Forget, commands);
        ask(ui, "Go back to it…", Question::RollBack, commands);
        let tested = shown.profile.last_check.as_ref().is_some_and(|check| check.passed);
        let enabled = match tested {
            true => Enabled::Yes,
            false => Enabled::No("Only after a test with the new secret has passed."),
        };
        if ui.secondary_button("Remove it from Entra ID…", enabled).clicked() {
            commands.push(Command::Renewal(RenewalCommand::AskToRemove));
        }
    });
    ui.horizontal(|ui| {
        if ui.quiet_button("Begin another renewal").clicked() {
            commands.push(Command::Renewal(RenewalCommand::Begin));
        }
    });
}

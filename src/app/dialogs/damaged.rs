//! A backup in the place of a damaged or missing vault.

use chrono::{DateTime, Utc};
use egui::Ui;

use super::{cancel, heading};
use crate::app::{
    command::Command,
    screens::backup_in_words,
    state::DamagedForm,
    widgets::{Enabled, Tone, Vocabulary, banner},
};
use crate::vault::BackupState;

pub(super) fn show(ui: &mut Ui, form: &DamagedForm, now: DateTime<Utc>, commands: &mut Vec<Command>) {
    heading(ui, "Put a backup in the vault's place");
    ui.hint(
        "The damaged file is not thrown away: it is renamed and stays beside the vault. What was saved after the backup is \
         not in it.",
    );
    match &form.backups {
        None => drop(ui.hint("Looking for backups…")),
        Some(Err(text)) => banner(ui, Tone::Danger, text, |_| {}),
        Some(Ok(list)) => {
            let mut whole = list.iter().filter(|backup| backup.state == BackupState::Whole);
            let first = whole.next();
            match first {
                None => banner(
                    ui,
                    Tone::Danger,
                    "There is no backup that is whole beside the vault. Take the file from your own backup of this computer or share.",
                    |_| {},
                ),
                Some(newest) => {
                    for (place, backup) in std::iter::once(newest).chain(whole).enumerate() {
                        ui.horizontal(|ui| {
                            let text = if place == 0 { "Use this newest one" } else { "Use this one" };
                            let enabled =
                                if form.working { Enabled::No("It is being put in place.") } else { Enabled::Yes };
                            let pressed = match place {
                                0 => ui.primary_button(text, enabled).clicked(),
                                _ => ui.secondary_button(text, enabled).clicked(),
                            };
                            if pressed {
                                commands.push(Command::RestoreOverDamaged(backup.clone()));
                            }
                            ui.label(backup_in_words(backup, now));
                        });
                    }
                }
            }
        }
    }
    if let Some(trouble) = &form.trouble {
        banner(ui, Tone::Danger, trouble, |_| {});
    }
    cancel(ui, commands);
}

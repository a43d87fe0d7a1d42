//! A backup in the place of a damaged or missing vault.

use chrono::{DateTime, Utc};
use egui::Ui;

use super::{cancel, heading};
use crate::app::{
    dates::LocalTime,
    screens::backup_in_words,
    state::{Command, DamagedForm, UnlockCommand},
    widgets::{Enabled, Tone, Vocabulary, banner, describe, keep_silent},
};
use crate::vault::BackupState;

pub(super) fn show(ui: &mut Ui, form: &DamagedForm, now: DateTime<Utc>, local: LocalTime, commands: &mut Vec<Command>) {
    heading(ui, "Restore the vault from a backup");
    ui.hint(
        "The damaged file is not deleted: it is renamed and stays next to the vault. Changes saved after the backup \
         are not in it.",
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
                    "No intact backup was found next to the vault. Restore the file from your own backup of this \
                     computer or share.",
                    |_| {},
                ),
                Some(newest) => {
                    for (place, backup) in std::iter::once(newest).chain(whole).enumerate() {
                        ui.horizontal_wrapped(|ui| {
                            let text = if place == 0 { "Use the latest backup" } else { "Use this backup" };
                            let enabled =
                                if form.attempt.is_under_way() { Enabled::No("Restoring…") } else { Enabled::Yes };
                            let button = match place {
                                0 => ui.primary_button(text, enabled),
                                _ => ui.secondary_button(text, enabled),
                            };
                            let words = backup_in_words(backup, now, local);
                            describe(&button, &words.replace("  ·  ", ", "));
                            if button.clicked() {
                                commands.push(Command::Unlock(UnlockCommand::Restore(backup.clone())));
                            }
                            keep_silent(&ui.label(words));
                        });
                    }
                }
            }
        }
    }
    if let Some(trouble) = form.attempt.trouble() {
        banner(ui, Tone::Danger, trouble, |_| {});
    }
    cancel(ui, commands);
}

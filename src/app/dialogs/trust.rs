//! A vault that does not prove that it comes from what this account has seen.

use egui::Ui;

use super::{cancel, heading};
use crate::app::{
    state::{Command, TrustCommand},
    widgets::{Enabled, Tone, Vocabulary, banner},
};

/// On the unlock screen: is it to be trusted?
pub(super) fn ask(ui: &mut Ui, why: &str, commands: &mut Vec<Command>) {
    heading(ui, "Trust this vault file?");
    banner(ui, Tone::Danger, why, |_| {});
    ui.hint(
        "Trust it only if you know why it is different: for example, you restored an old copy yourself, or an \
         authorized colleague created the vault again. Otherwise ask first, or use a backup.",
    );
    ui.hint(
        "If you trust it, this account no longer compares it with earlier versions of this vault. Then check “Unlock \
         methods”, remove any that you do not recognize, and renew the client secrets if someone else could have \
         read them.",
    );
    ui.horizontal_wrapped(|ui| {
        // The safe answer comes first.
        cancel(ui, commands);
        if ui.danger_button("Trust this file and open it").clicked() {
            commands.push(Command::Trust(TrustCommand::Open));
        }
    });
}

/// In an open vault: is the file to be replaced?
pub(super) fn put_back(ui: &mut Ui, why: &str, commands: &mut Vec<Command>) {
    heading(ui, "Somebody replaced the vault file");
    banner(ui, Tone::Danger, why, |_| {});
    ui.hint(
        "Your vault is still open here with everything that you saved, and nothing was read from that file. “Save my \
         version” puts your vault back in its place. The other file stays next to it, so that it can be \
         investigated.",
    );
    ui.horizontal_wrapped(|ui| {
        if ui.primary_button("Save my version", Enabled::Yes).clicked() {
            commands.push(Command::Trust(TrustCommand::PutBack));
        }
        if ui.secondary_button("Leave the file as it is", Enabled::Yes).clicked() {
            commands.push(Command::CloseDialog);
        }
    });
}

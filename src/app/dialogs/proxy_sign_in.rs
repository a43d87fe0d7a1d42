//! What a proxy that asks for it is told.

use egui::Ui;

use super::{cancel, heading};
use crate::app::{
    command::Command,
    state::ProxyForm,
    widgets::{Enabled, FieldNote, Vocabulary, secret_field, text_field},
};

pub(super) fn show(ui: &mut Ui, form: &mut ProxyForm, commands: &mut Vec<Command>) {
    heading(ui, "Sign in to the proxy");
    ui.hint(
        "Your company's proxy asks for a user name and a password. They are kept in the vault and sent to the proxy only \
         (Basic sign-in).",
    );
    let first = text_field(ui, "User name", &mut form.user, "", &FieldNote::None);
    if ui.memory(|memory| memory.focused().is_none()) {
        first.request_focus();
    }
    secret_field(ui, "Password", &mut form.password, &mut form.shown, "", &FieldNote::None);
    ui.horizontal(|ui| {
        let enabled = match form.read() {
            Ok(_) => Enabled::Yes,
            Err(fault) => Enabled::No(fault),
        };
        if ui.primary_button("Keep in the vault", enabled).clicked() {
            commands.push(Command::KeepProxySignIn);
        }
        cancel(ui, commands);
    });
}

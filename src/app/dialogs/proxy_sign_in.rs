//! What a proxy gets that asks for a sign-in.

use egui::Ui;

use super::{cancel, heading};
use crate::app::{
    state::{Command, ProxyCommand, ProxyForm},
    widgets::{Enabled, FieldNote, Vocabulary, secret_field, text_field},
};

pub(super) fn show(ui: &mut Ui, form: &mut ProxyForm, commands: &mut Vec<Command>) {
    heading(ui, "Sign in to the proxy");
    ui.hint(
        "The user name and password are stored in the vault. They are sent to this proxy only, and only when it asks for \
         them (Basic sign-in).",
    );
    if form.confirms_stored() {
        ui.hint(
            "The stored password was saved by an earlier version, which did not record the proxy. It is not sent \
             until you confirm the proxy here. To keep it, leave the password field empty.",
        );
    }
    text_field(ui, "Proxy host and port", &mut form.proxy, "proxy.example.com:8080", &FieldNote::None);
    text_field(ui, "User name", &mut form.user, "", &FieldNote::None);
    secret_field(ui, "Password", &mut form.password, &mut form.shown, "", &FieldNote::None);
    ui.horizontal_wrapped(|ui| {
        let enabled = match form.read() {
            Ok(_) => Enabled::Yes,
            Err(fault) => Enabled::No(fault),
        };
        if ui.primary_button("Save", enabled).clicked() {
            commands.push(Command::Proxy(ProxyCommand::Save));
        }
        cancel(ui, commands);
    });
}

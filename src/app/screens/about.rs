//! What this program is, what it does not do, and whose work is in it.

use egui::Ui;

use super::{lead, title};
use crate::app::{
    command::Command,
    state::AppState,
    widgets::{Enabled, Vocabulary, fact_row, section},
};
use crate::window::Renderer;

const LIMITS: [&str; 4] = [
    "The encrypted form of a connection string (EncryptedPassword=…) can only be made by the vendor's A365.PWTool.exe. \
     This app writes and tests Microsoft's plain form and keeps the vendor's value beside it.",
    "Nobody can recover a forgotten passphrase.",
    "The expiry date is what you enter, unless you let the test read it from Microsoft Graph.",
    "Whoever controls this computer while the vault is open can read what is in it.",
];

pub(super) fn show(ui: &mut Ui, state: &AppState, commands: &mut Vec<Command>) {
    ui.set_max_width(760.0);
    title(ui, "About A365 Password Tool");
    lead(
        ui,
        "Connections from Anywhere365's CRM Service to Microsoft Dataverse that are known to work, and known when they stop.",
    );
    section(ui, "This program", |ui| {
        let version = env!("CARGO_PKG_VERSION");
        fact_row(ui, "Version", |ui| {
            ui.label(version);
        });
        fact_row(ui, "Drawing", |ui| {
            let by = match state.drawing.by {
                Renderer::Cpu => "By the processor, without a graphics driver.",
                Renderer::Gpu => "By the graphics card (OpenGL).",
            };
            ui.add(egui::Label::new(state.drawing.instead.as_deref().unwrap_or(by)).wrap());
        });
        if let Some(folder) = &state.portable_folder {
            fact_row(ui, "Portable", |ui| {
                let text = format!(
                    "Everything is kept in {}. Reminders with the app closed need the installed program; opening a vault by \
                     account works on this computer only.",
                    folder.display()
                );
                ui.add(egui::Label::new(text).wrap());
            });
        }
        fact_row(ui, "Command line", |ui| {
            ui.label("a365-password-cli does the same for scripts and monitoring.");
        });
        fact_row(ui, "Licence", |ui| {
            ui.label("MIT or Apache 2.0. Fonts: Inter and JetBrains Mono, SIL Open Font License.");
        });
        if ui.secondary_button("Copy version", Enabled::Yes).clicked() {
            let system = std::env::consts::OS;
            commands.push(Command::CopyText(format!("A365 Password Tool {version} on {system}"), "The version"));
        }
    });
    section(ui, "What it cannot do", |ui| {
        for limit in LIMITS {
            ui.horizontal_top(|ui| {
                ui.label("–");
                ui.add(egui::Label::new(limit).wrap());
            });
        }
    });
    section(ui, "Where your secrets go", |ui| {
        ui.hint(
            "Client secrets are kept in the vault (AES-256-GCM, the key guarded by your passphrase through Argon2id). They leave \
             this computer only when you test a connection, and then only to Microsoft's sign-in host of that cloud. Nothing \
             else is sent anywhere: no telemetry, no update check.",
        );
    });
}

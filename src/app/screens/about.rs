//! What this program is, what it does not do, and whose work is in it.

use egui::Ui;

use super::{lead, title};
use crate::app::{
    state::{AppState, Command},
    widgets::{Enabled, Vocabulary, at_most, fact_row, section},
};
use crate::window::Renderer;

const LIMITS: [&str; 4] = [
    "Only the vendor's A365.PWTool.exe can create an encrypted connection string (EncryptedPassword=…). This app \
     writes and tests Microsoft's plain form, and can store the encrypted connection string with it.",
    "Nobody can recover a forgotten passphrase.",
    "The expiry date is what you enter, unless you let the test read it from Microsoft Graph.",
    "Anyone who controls this computer while the vault is open can read its contents.",
];

pub(super) fn show(ui: &mut Ui, state: &AppState, commands: &mut Vec<Command>) {
    at_most(ui, 760.0, |ui| sections(ui, state, commands));
}

fn sections(ui: &mut Ui, state: &AppState, commands: &mut Vec<Command>) {
    title(ui, "About A365 Password Tool");
    lead(ui, "Tests and monitors the connections from Anywhere365's CRM Service to Microsoft Dataverse.");
    section(ui, "This program", |ui| {
        let version = env!("CARGO_PKG_VERSION");
        fact_row(ui, "Version", |ui| {
            ui.label(version);
        });
        fact_row(ui, "Rendering", |ui| {
            let by = match state.drawing.by {
                Renderer::Cpu => "Software rendering",
                Renderer::Gpu => "Graphics card (OpenGL)",
            };
            ui.add(egui::Label::new(state.drawing.instead.as_deref().unwrap_or(by)).wrap());
        });
        if let Some(folder) = &state.portable_folder {
            fact_row(ui, "Portable", |ui| {
                let text = format!(
                    "All data is stored in {}. Background reminders need the installed program. Unlocking a vault \
                     with an account works on this computer only.",
                    folder.display()
                );
                ui.add(egui::Label::new(text).wrap());
            });
        }
        fact_row(ui, "Command line", |ui| {
            ui.label("a365-password-cli does the same for scripts and monitoring.");
        });
        fact_row(ui, "License", |ui| {
            ui.label("MIT or Apache 2.0. Fonts: Inter and JetBrains Mono, SIL Open Font License.");
        });
        if ui.secondary_button("Copy version", Enabled::Yes).clicked() {
            let system = std::env::consts::OS;
            commands.push(Command::CopyText(format!("A365 Password Tool {version} on {system}"), "version"));
        }
    });
    section(ui, "Limitations", |ui| {
        for limit in LIMITS {
            ui.horizontal_top(|ui| {
                ui.label("–");
                ui.add(egui::Label::new(limit).wrap());
            });
        }
    });
    section(ui, "Where your secrets go", |ui| {
        ui.hint(
            "Client secrets are stored in the vault (AES-256-GCM, the key protected by your passphrase with \
             Argon2id). They leave this computer only when you test a connection, and only to the Microsoft sign-in \
             host of that cloud. There is no telemetry and no update check.",
        );
    });
}

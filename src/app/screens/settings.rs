//! The settings. Each takes effect at once.

use egui::{ComboBox, TextEdit, Ui};

use super::{lead, reminder_settings, title};
use crate::app::{
    command::{Command, Page, VaultTab},
    state::AppState,
    widgets::{Enabled, FieldNote, Tone, Vocabulary, banner, labelled_row, section},
};
use crate::platform::screen_capture;
use crate::settings::{ProxySetting, RendererChoice, Settings, ThemeChoice};

pub(super) fn show(ui: &mut Ui, state: &mut AppState, commands: &mut Vec<Command>) {
    let before = state.settings.clone();
    let mut settings = before.clone();
    ui.set_max_width(760.0);
    title(ui, "Settings");
    match &state.portable_folder {
        None => lead(ui, "Changes take effect at once and are kept for your account on this computer."),
        Some(folder) => {
            let folder = folder.display();
            lead(ui, &format!("Changes take effect at once and are kept beside the portable program, in {folder}."));
        }
    }
    section(ui, "Window", |ui| window(ui, &mut settings, state));
    section(ui, "Security", |ui| security(ui, &mut settings, state, commands));
    section(ui, "Network", |ui| network(ui, &mut settings, state, commands));
    section(ui, "Reminders", |ui| reminder_settings::show(ui, &mut settings.reminders, state, commands));
    if settings != before {
        commands.push(Command::ChangeSettings(settings));
    }
}

fn window(ui: &mut Ui, settings: &mut Settings, state: &AppState) {
    choice(
        ui,
        "Theme",
        &mut settings.theme,
        &[(ThemeChoice::System, "As the system"), (ThemeChoice::Light, "Light"), (ThemeChoice::Dark, "Dark")],
    );
    let scales: [(u16, &str); 7] =
        [(75, "75 %"), (90, "90 %"), (100, "100 %"), (125, "125 %"), (150, "150 %"), (175, "175 %"), (200, "200 %")];
    choice(ui, "Size of text", &mut settings.zoom_percent, &scales);
    choice(
        ui,
        "Drawing",
        &mut settings.renderer,
        &[
            (RendererChoice::Cpu, "On the processor (works everywhere)"),
            (RendererChoice::Gpu, "On the graphics card (from the next start)"),
        ],
    );
    if let Some(why) = state.drawing.instead.as_ref().filter(|_| settings.renderer == RendererChoice::Gpu) {
        banner(ui, Tone::Warning, why, |_| {});
    }
}

fn security(ui: &mut Ui, settings: &mut Settings, state: &AppState, commands: &mut Vec<Command>) {
    choice(
        ui,
        "Lock when idle",
        &mut settings.auto_lock_minutes,
        &[
            (Some(2), "After 2 minutes"),
            (Some(5), "After 5 minutes"),
            (Some(10), "After 10 minutes"),
            (Some(30), "After 30 minutes"),
            (Some(60), "After an hour"),
            (None, "Never"),
        ],
    );
    labelled_row(ui, "Lock as well", &FieldNote::None, |ui, _| {
        ui.vertical(|ui| {
            ui.checkbox(
                &mut settings.lock_with_session,
                "When the screen is locked, the computer sleeps or another user comes",
            );
            ui.checkbox(&mut settings.lock_on_minimise, "When the window is minimised");
        });
    });
    if screen_capture::IS_SUPPORTED {
        labelled_row(ui, "Screen capture", &FieldNote::None, |ui, _| {
            ui.checkbox(&mut settings.hide_from_screen_capture, "Keep the window out of screen sharing and recordings");
        });
        ui.hint("Some remote control tools then show a black box in place of the window.");
    }
    choice(
        ui,
        "Empty clipboard",
        &mut settings.clipboard_seconds,
        &[
            (Some(10), "10 seconds after a secret was copied"),
            (Some(30), "30 seconds after a secret was copied"),
            (Some(60), "60 seconds after a secret was copied"),
            (Some(180), "3 minutes after a secret was copied"),
            (None, "Never"),
        ],
    );
    choice(
        ui,
        "Backups kept",
        &mut settings.backups_kept,
        &[(3, "3 earlier saves"), (10, "10 earlier saves"), (20, "20 earlier saves"), (50, "50 earlier saves")],
    );
    labelled_row(ui, "Opening it", &FieldNote::None, |ui, _| {
        if ui.secondary_button("Passphrase, recovery key, accounts…", Enabled::Yes).clicked() {
            commands.push(Command::Show(Page::Vault(VaultTab::WaysToOpen)));
        }
    });
    if let Some(vault) = state.open_vault() {
        labelled_row(ui, "Vault file", &FieldNote::None, |ui, _| {
            ui.add_space(6.0);
            ui.add(egui::Label::new(vault.path.display().to_string()).wrap().selectable(true));
        });
    }
}

fn network(ui: &mut Ui, settings: &mut Settings, state: &AppState, commands: &mut Vec<Command>) {
    let mut kind = match &settings.proxy {
        ProxySetting::System => 0_u8,
        ProxySetting::None => 1,
        ProxySetting::Manual(_) => 2,
    };
    let before = kind;
    choice(ui, "Proxy", &mut kind, &[(0, "As the system"), (1, "None"), (2, "This one")]);
    if kind != before {
        settings.proxy = match kind {
            0 => ProxySetting::System,
            1 => ProxySetting::None,
            _ => ProxySetting::Manual("http://".to_owned()),
        };
    }
    if let ProxySetting::Manual(address) = &mut settings.proxy {
        labelled_row(ui, "Proxy address", &FieldNote::None, |ui, label| {
            ui.add(TextEdit::singleline(address).hint_text("http://proxy.example:8080")).labelled_by(label);
        });
    }
    if let Some(active) = state.clouds.describe() {
        banner(ui, Tone::Warning, &format!("Extra clouds {active}"), |_| {});
    }
    labelled_row(ui, "Proxy sign-in", &FieldNote::None, |ui, _| {
        ui.horizontal(|ui| {
            if ui.secondary_button("Sign in…", Enabled::Yes).clicked() {
                commands.push(Command::OpenProxySignIn);
            }
            match state.open_vault().and_then(|vault| vault.proxy_credentials.as_ref()) {
                Some(credentials) => {
                    if ui.quiet_button("Forget").clicked() {
                        commands.push(Command::ForgetProxySignIn);
                    }
                    ui.hint(&format!("As {}", credentials.user));
                    match &credentials.proxy {
                        Some(proxy) => drop(ui.hint(&format!("at {proxy}"))),
                        None => drop(ui.hint("Not sent until you confirm the proxy: choose Sign in…")),
                    }
                }
                None => drop(ui.hint("Only for a proxy that asks for it")),
            }
        });
    });
    labelled_row(ui, "Expiry date", &FieldNote::None, |ui, _| {
        ui.checkbox(&mut settings.read_expiry, "Read it from Microsoft Graph during the test");
    });
    ui.hint(
        "Reading the date needs the application permission Application.Read.All on the app registration. Without it the \
         test works all the same, and you enter the date by hand.",
    );
}

/// A list of choices in a row; a value that is none of them is shown as it is.
pub(super) fn choice<T: PartialEq + Clone + std::fmt::Debug>(
    ui: &mut Ui,
    label: &str,
    value: &mut T,
    choices: &[(T, &str)],
) {
    let current = choices.iter().find(|(choice, _)| choice == value);
    let shown = current.map_or_else(|| format!("{value:?}"), |(_, text)| (*text).to_owned());
    labelled_row(ui, label, &FieldNote::None, |ui, label_id| {
        let combo = ComboBox::from_id_salt(label).selected_text(shown).width(320.0).height(400.0).show_ui(ui, |ui| {
            for (choice, text) in choices {
                ui.selectable_value(value, choice.clone(), *text);
            }
        });
        combo.response.labelled_by(label_id);
    });
}

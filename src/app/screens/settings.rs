//! The settings. Each takes effect at once.

use egui::Ui;

use super::{lead, network_test, reminder_settings, title};
use crate::app::{
    state::{AppState, Command, Page, ProxyCommand, VaultTab},
    widgets::{Enabled, FieldNote, Tone, Vocabulary, at_most, banner, choice, labelled_row, section, text_field},
};
use crate::connection_check::check_script_address;
use crate::platform::screen_capture;
use crate::settings::{ProxySetting, RendererChoice, Settings, ThemeChoice};

pub(super) fn show(ui: &mut Ui, state: &mut AppState, commands: &mut Vec<Command>) {
    let before = state.settings.clone();
    let mut settings = before.clone();
    at_most(ui, 760.0, |ui| sections(ui, &mut settings, state, commands));
    if settings != before {
        commands.push(Command::ChangeSettings(Box::new(settings)));
    }
}

fn sections(ui: &mut Ui, settings: &mut Settings, state: &mut AppState, commands: &mut Vec<Command>) {
    title(ui, "Settings");
    match &state.portable_folder {
        None => lead(ui, "Changes apply immediately and are saved for your account on this computer."),
        Some(folder) => {
            let folder = folder.display();
            lead(ui, &format!("Changes apply immediately and are saved next to the portable program, in {folder}."));
        }
    }
    section(ui, "Window", |ui| window(ui, settings, state));
    section(ui, "Security", |ui| security(ui, settings, state, commands));
    section(ui, "Network", |ui| {
        network(ui, settings, state, commands);
        network_test::show(ui, state, commands);
    });
    section(ui, "Reminders", |ui| reminder_settings::show(ui, &mut settings.reminders, state, commands));
}

fn window(ui: &mut Ui, settings: &mut Settings, state: &AppState) {
    choice(
        ui,
        "Theme",
        &mut settings.theme,
        &[(ThemeChoice::System, "Use system setting"), (ThemeChoice::Light, "Light"), (ThemeChoice::Dark, "Dark")],
    );
    let scales: [(u16, &str); 7] =
        [(75, "75%"), (90, "90%"), (100, "100%"), (125, "125%"), (150, "150%"), (175, "175%"), (200, "200%")];
    choice(ui, "Text size", &mut settings.zoom_percent, &scales);
    choice(
        ui,
        "Rendering",
        &mut settings.renderer,
        &[
            (RendererChoice::Cpu, "Software (works everywhere)"),
            (RendererChoice::Gpu, "Graphics card (after a restart of the app)"),
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
    labelled_row(ui, "Also lock", &FieldNote::None, |ui, _| {
        ui.vertical(|ui| {
            ui.checkbox(
                &mut settings.lock_with_session,
                "When the screen locks, the computer sleeps or another user signs in",
            );
            ui.checkbox(&mut settings.lock_on_minimise, "When the window is minimized");
        });
    });
    if screen_capture::IS_SUPPORTED {
        labelled_row(ui, "Screen capture", &FieldNote::None, |ui, _| {
            ui.checkbox(&mut settings.hide_from_screen_capture, "Keep the window out of screen sharing and recordings");
        });
        ui.hint("Some remote control tools then show a black box instead of the window.");
    }
    choice(
        ui,
        "Clear clipboard",
        &mut settings.clipboard_seconds,
        &[
            (Some(10), "10 seconds after copying a secret"),
            (Some(30), "30 seconds after copying a secret"),
            (Some(60), "60 seconds after copying a secret"),
            (Some(180), "3 minutes after copying a secret"),
            (None, "Never"),
        ],
    );
    choice(ui, "Backups to keep", &mut settings.backups_kept, &[(3, "3"), (10, "10"), (20, "20"), (50, "50")]);
    labelled_row(ui, "Unlock methods", &FieldNote::None, |ui, _| {
        if ui.secondary_button("Passphrase, recovery key, accounts…", Enabled::Yes).clicked() {
            commands.push(Command::Show(Page::Vault(VaultTab::UnlockMethods)));
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
        ProxySetting::Script(_) => 3,
    };
    let before = kind;
    choice(ui, "Proxy", &mut kind, &[(0, "Use system setting"), (1, "None"), (2, "Manual"), (3, "Script address")]);
    if kind != before {
        settings.proxy = match kind {
            0 => ProxySetting::System,
            1 => ProxySetting::None,
            2 => ProxySetting::Manual("http://".to_owned()),
            _ => ProxySetting::Script("http://".to_owned()),
        };
    }
    if let ProxySetting::Manual(address) = &mut settings.proxy {
        text_field(ui, "Proxy address", address, "http://proxy.example:8080", &FieldNote::None);
    }
    if let ProxySetting::Script(address) = &mut settings.proxy {
        let note = check_script_address(address)
            .err()
            .map_or(FieldNote::None, |fault| FieldNote::Refused(format!("This address cannot be used: {fault}")));
        text_field(ui, "Script address", address, "http://wpad.example.com/proxy.pac", &note);
    }
    if let Some(active) = state.clouds.describe() {
        banner(ui, Tone::Warning, &format!("Custom cloud list in use: {active}"), |_| {});
    }
    labelled_row(ui, "Proxy sign-in", &FieldNote::None, |ui, _| {
        ui.horizontal_wrapped(|ui| {
            if ui.secondary_button("Sign in…", Enabled::Yes).clicked() {
                commands.push(Command::Proxy(ProxyCommand::Ask));
            }
            match state.open_vault().and_then(|vault| vault.proxy_credentials.as_ref()) {
                Some(credentials) => {
                    if ui.quiet_button("Remove").clicked() {
                        commands.push(Command::Proxy(ProxyCommand::Remove));
                    }
                    ui.hint(&format!("Signed in as {}", credentials.user));
                    match &credentials.proxy {
                        Some(proxy) => drop(ui.hint(&format!("at {proxy}"))),
                        None => drop(ui.hint("Not sent until you confirm the proxy: select Sign in…")),
                    }
                }
                None => drop(ui.hint("Only if your proxy requires a sign-in")),
            }
        });
    });
    labelled_row(ui, "Expiry date", &FieldNote::None, |ui, _| {
        ui.checkbox(&mut settings.read_expiry, "Read it from Microsoft Graph during the test");
    });
    ui.hint(
        "Reading the date needs the application permission Application.Read.All on the app registration. Without it \
         the test still works; enter the date manually.",
    );
}

//! The chosen profile: its form, what can be done with it, and what the test said.

use chrono::{DateTime, Utc};
use egui::{RichText, Ui};

use super::{check_panel, hand_over, reminders, renewal};
use crate::app::{
    command::Command,
    draft::{Draft, Notes},
    state::{AppState, CheckView, Screen},
    theme::tokens,
    widgets::{
        Enabled, FieldNote, Tone, Vocabulary, banner, card, date_field, labelled_row, secret_field, shown_line,
        text_area, text_field,
    },
};
use crate::connection_string::shown_key;

pub(super) fn show(ui: &mut Ui, state: &mut AppState, commands: &mut Vec<Command>) {
    let now = state.now;
    let Some(notes) = notes(state) else { return nothing_chosen(ui, state, commands) };
    let (seconds, read_expiry) = (state.seconds, state.read_expiry());
    let clouds = state.clouds.clone();
    let told = reminders::Telling::of(state);
    let Screen::Open(vault) = &mut state.screen else { return };
    let (saving, check) = (vault.saving, vault.draft.as_ref().and_then(|draft| vault.checks.get(&draft.id)));
    let (Some(draft), own) = (&mut vault.draft, &mut vault.reminders) else { return };
    header(ui, draft, commands);
    card(ui, |ui| {
        fields(ui, draft, &notes, now, commands);
        reminders::fold(ui, draft, own, &told, commands);
        ui.add_space(2.0);
        actions(ui, draft, check, saving, commands);
    });
    if let Some(check) = check {
        check_panel::show(ui, check, check_panel::Of::Form(draft, read_expiry), seconds, commands);
    }
    hand_over::show(ui, draft, &clouds, commands);
    more(ui, draft, &notes);
}

fn notes(state: &AppState) -> Option<Notes> {
    let draft = state.open_vault()?.draft.as_ref()?;
    Some(draft.notes(state.now, &state.clouds, |name| state.is_name_taken(name, draft.id)))
}

fn nothing_chosen(ui: &mut Ui, state: &AppState, commands: &mut Vec<Command>) {
    let Some(vault) = state.open_vault() else { return };
    let heading = match (vault.profiles.is_empty(), vault.guide_open) {
        (true, _) => "Make your first profile",
        (false, true) => "Make a profile",
        (false, false) => "Choose a profile on the left, or make one",
    };
    card(ui, |ui| {
        ui.heading(heading);
        ui.hint(
            "A profile holds one connection: the Environment URL, the client ID, the client secret and the day on \
             which the secret lapses. You can save it before all of them are known.",
        );
        ui.add_space(4.0);
        ui.horizontal_wrapped(|ui| {
            if ui.primary_button("New profile", Enabled::Yes).clicked() {
                commands.push(Command::NewProfile);
            }
            if ui.secondary_button("Paste a connection string…", Enabled::Yes).clicked() {
                commands.push(Command::OpenPaste);
            }
            if !vault.guide_open && ui.secondary_button("Open the setup guide", Enabled::Yes).clicked() {
                commands.push(Command::ToggleGuide);
            }
        });
    });
}

fn header(ui: &mut Ui, draft: &Draft, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        let name = match (&draft.saved, draft.fields.name.trim()) {
            (None, "") => "New profile",
            (Some(saved), "") => &saved.name,
            (_, typed) => typed,
        };
        let buttons = 240.0;
        let width = ui.available_width() - buttons;
        ui.allocate_ui(egui::vec2(width, 32.0), |ui| {
            ui.add(egui::Label::new(RichText::new(shown_line(name)).heading()).truncate());
        });
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if draft.saved.is_some() && ui.danger_button("Delete…").clicked() {
                commands.push(Command::AskDelete);
            }
            if ui
                .secondary_button("Paste string…", Enabled::Yes)
                .on_hover_text("Fill the form from a connection string that you have")
                .clicked()
            {
                commands.push(Command::OpenPaste);
            }
        });
    });
}

fn fields(ui: &mut Ui, draft: &mut Draft, notes: &Notes, now: DateTime<Utc>, commands: &mut Vec<Command>) {
    let fields = &mut draft.fields;
    text_field(ui, "Profile name", &mut fields.name, "Customer and environment", &notes.name);
    text_field(
        ui,
        "Environment URL",
        &mut fields.environment_url,
        "https://contoso.crm4.dynamics.com",
        &notes.environment_url,
    );
    if let Some(url) = &notes.environment_url_instead {
        labelled_row(ui, "", &FieldNote::None, |ui, _| {
            if ui.secondary_button(&format!("Use {url}"), Enabled::Yes).clicked() {
                commands.push(Command::UseEnvironmentUrl(url.clone()));
            }
        });
    }
    text_field(
        ui,
        "Client ID",
        &mut fields.client_id,
        "Application (client) ID of the app registration",
        &notes.client_id,
    );
    secret_field(
        ui,
        "Client secret",
        &mut fields.client_secret,
        &mut draft.secret_shown,
        "The Value column, not the Secret ID",
        &notes.client_secret,
    );
    let saved = draft.saved.as_ref();
    date_field(ui, "Secret expires", &mut fields.expires, now.date_naive(), &notes.expires, |ui| {
        if let Some(profile) = saved {
            renewal::entry(ui, profile, now, commands);
        }
    });
}

fn actions(ui: &mut Ui, draft: &Draft, check: Option<&CheckView>, saving: bool, commands: &mut Vec<Command>) {
    ui.horizontal_wrapped(|ui| {
        if check.is_some_and(CheckView::is_running) {
            if ui.secondary_button("Cancel test", Enabled::Yes).on_hover_text("Esc").clicked() {
                commands.push(Command::CancelTest);
            }
        } else if ui.primary_button("Test connection", Enabled::Yes).on_hover_text("F5").clicked() {
            commands.push(Command::Test);
        }
        let (text, enabled) = match (saving, draft.is_changed()) {
            (true, _) => ("Saving…", Enabled::No("The vault is being written.")),
            (false, true) => ("Save", Enabled::Yes),
            (false, false) if draft.saved.is_some() => ("Save", Enabled::No("Everything is saved.")),
            (false, false) => ("Save", Enabled::No("Fill in the form first.")),
        };
        if ui.secondary_button(text, enabled).on_hover_text("Ctrl+S").clicked() {
            commands.push(Command::Save);
        }
        if ui.secondary_button("Copy connection string", Enabled::Yes).clicked() {
            commands.push(Command::CopyConnectionString);
        }
        if !draft.fields.client_secret.is_empty() && ui.secondary_button("Copy secret", Enabled::Yes).clicked() {
            commands.push(Command::CopyClientSecret);
        }
        if draft.is_changed() && draft.saved.is_some() && ui.quiet_button("Undo changes").clicked() {
            commands.push(Command::Revert);
        }
        if draft.is_changed() {
            let text = RichText::new("Not saved yet").small().color(tokens(ui).warning);
            ui.add(egui::Label::new(text).extend());
        }
    });
}

/// What most people never need.
fn more(ui: &mut Ui, draft: &mut Draft, notes: &Notes) {
    card(ui, |ui| {
        let heading = RichText::new("Tenant, tags and notes").text_style(crate::app::theme::section_heading());
        egui::CollapsingHeader::new(heading).id_salt("more").show_unindented(ui, |ui| {
            ui.add_space(4.0);
            let fields = &mut draft.fields;
            text_field(ui, "Tenant", &mut fields.tenant, "Leave empty: the test finds it", &notes.tenant);
            text_field(ui, "Tags", &mut fields.tags, "production, Germany", &FieldNote::None);
            text_area(ui, "Notes", &mut fields.notes, 3);
            secret_field(
                ui,
                "Vendor's value",
                &mut fields.vendor_value,
                &mut draft.vendor_shown,
                "What A365.PWTool.exe made of this connection, if you use it",
                &FieldNote::None,
            );
            if !fields.other_keys.is_empty() {
                let keys: Vec<_> = fields.other_keys.iter().map(|(key, _)| shown_key(key)).collect();
                banner(
                    ui,
                    Tone::Warning,
                    &format!(
                        "The pasted connection string also held: {}. These stay in the string as they came.",
                        keys.join(", ")
                    ),
                    |_| {},
                );
                if ui.quiet_button("Remove them").clicked() {
                    fields.other_keys.clear();
                }
            }
        });
    });
}

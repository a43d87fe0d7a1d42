//! The chosen profile: its form, what can be done with it, and what the test said.

use chrono::{DateTime, Utc};
use egui::accesskit::Role;
use egui::{Frame, Margin, Panel, RichText, Stroke, Ui};

use super::{check_panel, hand_over, reminders, renewal};
use crate::app::{
    draft::{Draft, Notes},
    state::{AppState, CheckCommand, CheckView, Command, ImportCommand, PasteCommand, ProfileCommand, Screen},
    theme::{icons::Icon, tokens},
    widgets::{
        self, AtFirst, Enabled, FieldNote, Tone, Vocabulary, at_most, banner, card, date_field, guid_secret_box,
        labelled_row, own_scope, row_with_end, secret_field, shown_line, text_area, text_field,
    },
};
use crate::connection_string::shown_key;

pub(super) fn show(ui: &mut Ui, state: &mut AppState, commands: &mut Vec<Command>) {
    let now = state.now;
    let Some(notes) = notes(state) else { return nothing_chosen(ui, state, commands) };
    let (seconds, read_expiry) = (state.seconds, state.read_expiry());
    let clouds = state.clouds.clone();
    let watch = reminders::Watch::of(state);
    let Screen::Open(vault) = &mut state.screen else { return };
    let check = vault.draft.as_ref().and_then(|draft| vault.checks.get(&draft.id));
    let focus_name = std::mem::take(&mut vault.focus_name);
    let (Some(draft), own) = (&mut vault.draft, &mut vault.reminders) else { return };
    let mut draw = |ui: &mut Ui, part: Part| match part {
        Part::Fields => card(ui, |ui| {
            fields(ui, draft, &notes, focus_name, now, commands);
            reminders::fold(ui, draft, own, &watch, commands);
        }),
        Part::Result => {
            if let Some(check) = check {
                check_panel::show(ui, check, check_panel::Of::Form(draft, read_expiry), seconds, commands);
            }
        }
        Part::HandOver => hand_over::show(ui, draft, &clouds, commands),
        Part::More => more(ui, draft, &notes),
    };
    widgets::name_part(ui, "Form");
    let room = ui.available_width();
    // The same widgets in one column and in two, so that the keyboard stays in its field.
    let mut part = |ui: &mut Ui, part: Part| own_scope(ui, ("part of the form", part), |ui| draw(ui, part));
    if room < TWO_COLUMNS {
        let parts = [Part::Fields, Part::Result, Part::HandOver, Part::More];
        return at_most(ui, WIDEST, |ui| parts.into_iter().for_each(|it| part(ui, it)));
    }
    ui.horizontal_top(|ui| {
        let width = ((room - ui.spacing().item_spacing.x) / 2.0).min(WIDEST);
        for parts in [[Part::Fields, Part::More], [Part::Result, Part::HandOver]] {
            ui.vertical(|ui| {
                ui.set_width(width);
                parts.into_iter().for_each(|it| part(ui, it));
            });
        }
    });
}

/// Where there is so much room, the result of the test stands beside the form, in points.
const TWO_COLUMNS: f32 = 1100.0;
/// No part is wider: a line of text has to be read, and an ID is no longer than this.
const WIDEST: f32 = 900.0;

/// The parts of a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Part {
    Fields,
    Result,
    HandOver,
    More,
}

fn notes(state: &AppState) -> Option<Notes> {
    let draft = state.open_vault()?.draft.as_ref()?;
    Some(draft.notes(state.now, &state.clouds, |name| state.is_name_taken(name, draft.id)))
}

fn nothing_chosen(ui: &mut Ui, state: &AppState, commands: &mut Vec<Command>) {
    let Some(vault) = state.open_vault() else { return };
    let heading = match (vault.profiles.is_empty(), vault.guide_open) {
        (true, _) => "Create your first profile",
        (false, true) => "Create a profile",
        (false, false) => "Choose a profile on the left, or create one",
    };
    let content = |ui: &mut Ui| {
        widgets::heading(ui, RichText::new(heading).heading(), 1);
        ui.hint(
            "A profile holds one connection: the Environment URL, the client ID, the client secret and the date when \
             the secret expires. You can save an incomplete profile.",
        );
        ui.add_space(4.0);
        ui.horizontal_wrapped(|ui| {
            if ui.primary_button("New profile", Enabled::Yes).clicked() {
                commands.push(Command::Profiles(ProfileCommand::New));
            }
            if ui.secondary_button("Paste a connection…", Enabled::Yes).clicked() {
                commands.push(Command::Paste(PasteCommand::Ask));
            }
            if vault.profiles.is_empty() && ui.secondary_button("Import from a file…", Enabled::Yes).clicked() {
                commands.push(Command::Import(ImportCommand::Ask));
            }
            if !vault.guide_open && ui.secondary_button("Open the setup guide", Enabled::Yes).clicked() {
                commands.push(Command::ToggleGuide);
            }
        });
    };
    at_most(ui, WIDEST, |ui| card(ui, content));
}

/// The profile's name and what is done with all of it, above what scrolls: it stays in sight beside the result of a test.
pub(super) fn header_bar(ui: &mut Ui, state: &AppState, commands: &mut Vec<Command>) {
    let Some(draft) = state.open_vault().and_then(|vault| vault.draft.as_ref()) else { return };
    let is_alone = state.can_go_back_to_list();
    let margin = Margin { left: 12, right: 12, top: 12, bottom: 0 };
    let frame = Frame::new().fill(tokens(ui).background).inner_margin(margin);
    Panel::top("name of the profile").show_separator_line(false).frame(frame).show(ui, |ui| {
        own_scope(ui, "name of the profile", |ui| {
            widgets::name_part(ui, "Profile");
            header(ui, draft, is_alone, commands);
        });
    });
}

fn header(ui: &mut Ui, draft: &Draft, is_alone: bool, commands: &mut Vec<Command>) {
    let name = match (&draft.saved, draft.fields.name.trim()) {
        (None, "") => "New profile",
        (Some(saved), "") => &saved.name,
        (_, typed) => typed,
    };
    ui.horizontal(|ui| {
        if is_alone {
            back_to_list(ui, commands);
        }
        row_with_end(
            ui,
            "profile",
            |ui| {
                let shown = ui.add(egui::Label::new(RichText::new(shown_line(name)).heading()).truncate());
                widgets::mark_heading(&shown, 1);
            },
            |ui| {
                if ui
                    .secondary_button("Paste…", Enabled::Yes)
                    .on_hover_text("Fill in the form from a connection string, or from what you copied in the portal")
                    .clicked()
                {
                    commands.push(Command::Paste(PasteCommand::Ask));
                }
                if draft.saved.is_some() && ui.danger_button("Delete…").clicked() {
                    commands.push(Command::Profiles(ProfileCommand::AskDelete(vec![draft.id])));
                }
            },
        );
    });
}

/// Where the form is alone: the way to the list.
pub(super) fn back_to_list(ui: &mut Ui, commands: &mut Vec<Command>) {
    if ui.icon_button(Icon::Left, "Back to the list").on_hover_text("Alt+Left").clicked() {
        commands.push(Command::Profiles(ProfileCommand::BackToList));
    }
}

fn fields(
    ui: &mut Ui,
    draft: &mut Draft,
    notes: &Notes,
    focus_name: bool,
    now: DateTime<Utc>,
    commands: &mut Vec<Command>,
) {
    let fields = &mut draft.fields;
    let name = text_field(ui, "Profile name", &mut fields.name, "Customer and environment", &notes.name);
    if focus_name {
        name.request_focus();
    }
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
                commands.push(Command::Profiles(ProfileCommand::UseEnvironmentUrl(url.clone())));
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
    if draft.asks_about_guid() {
        guid_secret_box(ui, &mut draft.guid_secret);
    }
    let fields = &mut draft.fields;
    let saved = draft.saved.as_ref();
    date_field(ui, "Secret expires", &mut fields.expires, now.date_naive(), &notes.expires, |ui| {
        if let Some(profile) = saved {
            renewal::entry(ui, profile, now, commands);
        }
    });
}

/// What can be done with the profile, at the foot of its page: it stays where it is, whatever the form and the test say.
pub(super) fn action_bar(ui: &mut Ui, state: &AppState, commands: &mut Vec<Command>) {
    let Some((vault, draft)) = state.open_vault().and_then(|vault| Some((vault, vault.draft.as_ref()?))) else {
        return;
    };
    let colors = tokens(ui);
    let frame = Frame::new().fill(colors.surface).inner_margin(Margin::symmetric(12, 8));
    let shown = frame.show(ui, |ui| {
        widgets::mark_group(ui, Role::Toolbar, "What to do with the profile");
        ui.set_width(ui.available_width());
        actions(ui, draft, vault.checks.get(&draft.id), vault.saving, commands);
    });
    let rect = shown.response.rect;
    ui.painter().hline(rect.x_range(), rect.top(), Stroke::new(1.0, colors.divider));
}

/// The one step that comes next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum NextStep {
    Test,
    Save,
    Copy,
}

fn next_step(draft: &Draft, check: Option<&CheckView>) -> NextStep {
    let passed = check.and_then(CheckView::report).is_some_and(|report| report.passed);
    match (passed, draft.is_changed()) {
        (false, _) => NextStep::Test,
        (true, true) => NextStep::Save,
        (true, false) => NextStep::Copy,
    }
}

fn actions(ui: &mut Ui, draft: &Draft, check: Option<&CheckView>, saving: bool, commands: &mut Vec<Command>) {
    let next = next_step(draft, check);
    let button = |ui: &mut Ui, step: NextStep, text: &str, enabled: Enabled<'_>| match next == step {
        true => ui.primary_button(text, enabled),
        false => ui.secondary_button(text, enabled),
    };
    ui.horizontal_wrapped(|ui| {
        if ui.available_width() < 520.0 {
            // One line, also with large text: the form has the rest.
            ui.spacing_mut().button_padding.x = 8.0;
        }
        if check.is_some_and(CheckView::is_running) {
            if ui.secondary_button("Cancel test", Enabled::Yes).on_hover_text("Esc").clicked() {
                commands.push(Command::Check(CheckCommand::Cancel));
            }
        } else if button(ui, NextStep::Test, "Test connection", Enabled::Yes).on_hover_text("F5").clicked() {
            commands.push(Command::Check(CheckCommand::Start));
        }
        let (text, enabled) = match (saving, draft.is_changed()) {
            (true, _) => ("Saving…", Enabled::No("Saving…")),
            (false, true) => ("Save", Enabled::Yes),
            (false, false) if draft.saved.is_some() => ("Save", Enabled::No("All changes are saved.")),
            (false, false) => ("Save", Enabled::No("Fill in the form first.")),
        };
        if button(ui, NextStep::Save, text, enabled).on_hover_text("Ctrl+S").clicked() {
            commands.push(Command::Profiles(ProfileCommand::Save));
        }
        if button(ui, NextStep::Copy, "Copy connection string", Enabled::Yes).clicked() {
            commands.push(Command::Profiles(ProfileCommand::CopyConnectionString));
        }
        if !draft.fields.client_secret.is_empty() && ui.secondary_button("Copy secret", Enabled::Yes).clicked() {
            commands.push(Command::Profiles(ProfileCommand::CopyClientSecret));
        }
        if draft.is_changed() && draft.saved.is_some() && ui.quiet_button("Discard changes").clicked() {
            commands.push(Command::Profiles(ProfileCommand::Revert));
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
        widgets::fold(ui, "more", heading, AtFirst::Closed, |ui| {
            ui.add_space(4.0);
            let fields = &mut draft.fields;
            text_field(ui, "Tenant", &mut fields.tenant, "Leave empty: the test finds it", &notes.tenant);
            text_field(ui, "Tags", &mut fields.tags, "production, Germany", &FieldNote::None);
            text_area(ui, "Notes", &mut fields.notes, 3);
            secret_field(
                ui,
                "Encrypted connection string",
                &mut fields.vendor_value,
                &mut draft.vendor_shown,
                "From A365.PWTool.exe, if your UCC requires it",
                &FieldNote::None,
            );
            if !fields.other_keys.is_empty() {
                let keys: Vec<_> = fields.other_keys.iter().map(|(key, _)| shown_key(key)).collect();
                banner(
                    ui,
                    Tone::Warning,
                    &format!(
                        "The pasted connection string also contained: {}. They are kept unchanged.",
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

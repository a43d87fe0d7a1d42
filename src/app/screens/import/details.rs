//! The details of one entry: what the file has, beside what the vault has, and what happens to it.

use egui::accesskit::Role;
use egui::{Grid, RichText, Ui, vec2};

use crate::app::{
    SharedProfiles,
    dates::day,
    state::{Command, ImportCommand, ImportLine, ImportPage},
    theme::tokens,
    widgets::{FieldNote, Vocabulary, card, mark_group, note_line, shown_line},
};
use crate::exchange::import::Candidate;
use crate::exchange::plan::{Action, Existing, Place};
use crate::profile::Profile;
use crate::vault::Field;
use crate::wording::capitalized;

pub(super) fn show(
    ui: &mut Ui,
    page: &ImportPage,
    line: &ImportLine,
    profiles: &SharedProfiles,
    commands: &mut Vec<Command>,
) {
    card(ui, |ui| match line.place {
        Place::Candidate(file, number) => {
            let Some((candidate, row)) = page.candidate(file, number) else { return };
            let existing = row.existing.and_then(|id| profiles.by_id(id));
            ui.hint(&format!("{} in the file: “{}”", capitalized(&candidate.place), shown_line(&candidate.name)));
            sides(ui, candidate, existing, &row.fields, page.reveals, commands);
            let warnings = page.file(file).into_iter().flat_map(|file| file.warnings_of(number));
            for warning in warnings {
                note_line(ui, &FieldNote::Advice(warning.message.clone()));
            }
            let ways = [
                (Existing::Skip, "Leave out"),
                (Existing::Update, "Update the profile"),
                (Existing::Copy, "Import as a copy"),
            ];
            decision(ui, page, line, &ways, commands);
        }
        Place::Expiry(file, profile) => {
            let row = page.meeting(file).and_then(|meeting| meeting.expiries.iter().find(|row| row.profile == profile));
            let Some(row) = row else { return };
            let former = row.former.map_or_else(|| "no date".to_owned(), day);
            ui.label(format!("In the vault: {former}. In the file: {}.", day(row.expires)));
            let ways = [(Existing::Skip, "Leave out"), (Existing::Update, "Take the date from the file")];
            decision(ui, page, line, &ways, commands);
        }
    });
}

/// What the file has, and beside it what the vault has. Of secrets only whether they are the same.
fn sides(
    ui: &mut Ui,
    candidate: &Candidate,
    existing: Option<&Profile>,
    changed: &[Field],
    reveals: bool,
    commands: &mut Vec<Command>,
) {
    let quiet = tokens(ui).text_quiet;
    let column = ((ui.available_width() - 150.0) / 2.0 - 20.0).max(120.0);
    Grid::new("old and new").num_columns(3).min_row_height(20.0).spacing([16.0, 6.0]).show(ui, |ui| {
        ui.spacing_mut().interact_size.y = 20.0;
        if existing.is_some() {
            ui.allocate_space(vec2(1.0, 1.0));
            ui.label(RichText::new("In the vault").color(quiet));
            ui.label(RichText::new("In the file").color(quiet));
            ui.end_row();
        }
        for field in &Field::KNOWN {
            let Some(new) = of_file(field, candidate) else { continue };
            let differs = changed.contains(field);
            ui.label(capitalized(field.label()));
            if let Some(profile) = existing {
                wrapped(ui, column, of_profile(field, profile));
            }
            ui.horizontal_top(|ui| {
                let text = match (field.is_secret(), existing, differs) {
                    (true, Some(profile), true) if has(field, profile) => "different".to_owned(),
                    (true, Some(_), false) => "the same".to_owned(),
                    _ => new,
                };
                let text =
                    if differs && existing.is_some() { RichText::new(text).strong() } else { RichText::new(text) };
                ui.set_max_width(column);
                ui.add(egui::Label::new(text).wrap());
                if *field == Field::ClientSecret {
                    let verb = if reveals { "Hide" } else { "Show" };
                    if ui.link_button(verb).on_hover_text(format!("{verb} the client secret from the file")).clicked() {
                        commands.push(Command::Import(ImportCommand::Reveal(!reveals)));
                    }
                }
            });
            ui.end_row();
        }
    });
    if let (true, Some(secret)) = (reveals, &candidate.client_secret) {
        ui.add(egui::Label::new(RichText::new(secret.expose()).monospace()).wrap());
    }
}

fn wrapped(ui: &mut Ui, width: f32, text: String) {
    ui.horizontal_top(|ui| {
        ui.set_max_width(width);
        ui.add(egui::Label::new(text).wrap());
    });
}

fn has(field: &Field, profile: &Profile) -> bool {
    match field {
        Field::ClientSecret => profile.client_secret.is_some(),
        Field::VendorValue => profile.vendor_value.is_some(),
        Field::OtherKeys => !profile.other_keys.is_empty(),
        _ => true,
    }
}

/// A value of the file, where it has one.
fn of_file(field: &Field, candidate: &Candidate) -> Option<String> {
    match field {
        Field::EnvironmentUrl => candidate.environment_url.as_ref().map(ToString::to_string),
        Field::ClientId => candidate.client_id.map(|id| id.to_string()),
        Field::ClientSecret => {
            candidate.client_secret.as_ref().map(|secret| format!("{} characters", secret.expose().chars().count()))
        }
        Field::Tenant => candidate.tenant.as_ref().map(ToString::to_string),
        Field::SecretExpires => candidate.secret_expires.map(day),
        Field::Tags => Some(candidate.tags.join(", ")).filter(|tags| !tags.is_empty()),
        Field::Notes => Some(shown_line(&candidate.notes).into_owned()).filter(|notes| !notes.is_empty()),
        Field::VendorValue => candidate.vendor_value.as_ref().map(|value| format!("{} characters", value.char_count())),
        Field::OtherKeys => Some(candidate.other_keys.len()).filter(|count| *count > 0).map(|count| format!("{count}")),
        _ => None,
    }
}

fn of_profile(field: &Field, profile: &Profile) -> String {
    let value = match field {
        Field::EnvironmentUrl => profile.environment_url.as_ref().map(ToString::to_string),
        Field::ClientId => profile.client_id.map(|id| id.to_string()),
        Field::Tenant => profile.tenant.as_ref().map(ToString::to_string),
        Field::SecretExpires => profile.secret_expires.map(day),
        Field::Tags => Some(profile.tags.join(", ")).filter(|tags| !tags.is_empty()),
        Field::Notes => Some(shown_line(&profile.notes).into_owned()).filter(|notes| !notes.is_empty()),
        secret => has(secret, profile).then(|| "present".to_owned()),
    };
    value.unwrap_or_else(|| "nothing".to_owned())
}

/// What happens to an entry that meets a profile.
fn decision(ui: &mut Ui, page: &ImportPage, line: &ImportLine, ways: &[(Existing, &str)], commands: &mut Vec<Command>) {
    if !line.action.needs_decision() {
        return;
    }
    let said = match (page.said(line.place), line.action) {
        (Some(Existing::AddMissing), Action::Update) => Some(Existing::Update),
        (Some(Existing::AddMissing), _) => None,
        (said, _) => said,
    };
    ui.horizontal_wrapped(|ui| {
        mark_group(ui, Role::RadioGroup, "What happens to this entry");
        ui.spacing_mut().item_spacing.x = 16.0;
        for (way, text) in ways {
            if ui.radio(said == Some(*way), *text).clicked() {
                commands.push(Command::Import(ImportCommand::Decide(line.place, *way)));
            }
        }
    });
}

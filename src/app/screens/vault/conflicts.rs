//! What two people changed differently at the same time: both versions side by side, and a choice for each field.

use egui::{RichText, Ui};

use crate::app::{
    command::Command,
    state::{AppState, OpenVault},
    theme::tokens,
    widgets::{Enabled, Tone, Vocabulary, banner, section, shown_line},
};
use crate::connection_string::shown_key;
use crate::escape::visible;
use crate::profile::{Profile, RenewalInProgress};
use crate::vault::{Conflict, Field, Take};

pub(super) fn show(ui: &mut Ui, state: &AppState, commands: &mut Vec<Command>) {
    let Some(vault) = state.open_vault() else { return };
    if vault.conflicts.is_empty() {
        banner(ui, Tone::Success, "There are no conflicts.", |_| {});
        ui.hint(
            "When two people change the same field of a profile at the same time, both versions are kept here until somebody \
             chooses.",
        );
        return;
    }
    ui.hint("Two people changed these fields at the same time. Nothing is lost: choose what stays in the vault.");
    for conflict in &vault.conflicts {
        one(ui, vault, conflict, commands);
    }
}

fn one(ui: &mut Ui, vault: &OpenVault, conflict: &Conflict, commands: &mut Vec<Command>) {
    let Some(profile) = vault.profiles.iter().find(|profile| profile.id == conflict.profile) else { return };
    ui.push_id(conflict.id, |ui| {
        section(ui, &profile.name, |ui| {
            let when = conflict.found.format("%Y-%m-%d %H:%M");
            ui.hint(&format!("The other version is by {}, found {when} UTC.", conflict.who.describe()));
            let column = ((ui.available_width() - 130.0) / 2.0 - 20.0).max(120.0);
            egui::Grid::new("sides").num_columns(3).spacing([16.0, 10.0]).show(ui, |ui| {
                let quiet = tokens(ui).text_quiet;
                ui.label("");
                ui.label(RichText::new("In the vault now").color(quiet));
                ui.label(RichText::new("The other version").color(quiet));
                ui.end_row();
                for field in &conflict.fields {
                    ui.label(capitalised(field.label()));
                    let taken = vault.choice(conflict.id, field);
                    for (take, version) in [(Take::InPlace, profile), (Take::Other, &conflict.other)] {
                        let text = shown(field, version);
                        let label = egui::Label::new(text.clone()).wrap();
                        ui.horizontal_top(|ui| {
                            ui.set_max_width(column);
                            let name = format!("{}: {}", capitalised(field.label()), side(take));
                            let response = ui.radio(taken == take, "");
                            response.widget_info(|| {
                                let kind = egui::WidgetType::RadioButton;
                                egui::WidgetInfo::selected(kind, true, taken == take, &name)
                            });
                            let pressed = response.clicked() | ui.add(label.sense(egui::Sense::click())).clicked();
                            if pressed && taken != take {
                                commands.push(Command::ChooseSide(conflict.id, field.clone(), take));
                            }
                        });
                    }
                    ui.end_row();
                }
            });
            if ui.primary_button("Keep what is chosen", Enabled::Yes).clicked() {
                commands.push(Command::ResolveConflict(conflict.id));
            }
        });
    });
}

fn begun_renewal(renewal: &RenewalInProgress) -> String {
    let begun = renewal.started.format("%Y-%m-%d");
    match &renewal.new_secret {
        Some(secret) => {
            let begins: String = secret.expose().chars().take(3).collect();
            format!("begun {begun}, new secret begins with {begins}…")
        }
        None => format!("begun {begun}, no new secret yet"),
    }
}

fn side(take: Take) -> &'static str {
    match take {
        Take::InPlace => "as it is in the vault now",
        Take::Other => "as in the other version",
    }
}

fn capitalised(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A field's value as people may see it. Of a secret no more than the portal's own list shows: its first three letters.
fn shown(field: &Field, version: &Profile) -> String {
    let none = || "nothing".to_owned();
    match field {
        Field::Name => shown_line(&version.name).into_owned(),
        Field::EnvironmentUrl => version.environment_url.as_ref().map_or_else(none, ToString::to_string),
        Field::ClientId => version.client_id.map_or_else(none, |id| id.to_string()),
        Field::ClientSecret => match &version.client_secret {
            Some(secret) => {
                let begins: String = secret.expose().chars().take(3).collect();
                let expires = version.secret_expires.map_or_else(String::new, |date| format!(", expires {date}"));
                format!("begins with {begins}…, {} characters{expires}", secret.expose().chars().count())
            }
            None => none(),
        },
        Field::Tenant => version.tenant.as_ref().map_or_else(none, ToString::to_string),
        Field::SecretExpires => version.secret_expires.map_or_else(none, |date| date.to_string()),
        Field::Tags => shown_line(&version.tags.join(", ")).into_owned(),
        Field::Notes if version.notes.is_empty() => none(),
        Field::Notes => visible(&version.notes).into_owned(),
        Field::VendorValue => match &version.vendor_value {
            Some(value) => format!("{} characters", value.char_count()),
            None => none(),
        },
        Field::OtherKeys => match version.other_keys.len() {
            0 => none(),
            _ => version.other_keys.iter().map(|(key, _)| shown_key(key)).collect::<Vec<_>>().join(", "),
        },
        Field::Renewal => match &version.renewal {
            Some(renewal) => begun_renewal(renewal),
            None => none(),
        },
        Field::FormerSecret => match &version.former_secret {
            Some(former) => {
                let begins: String = former.secret.expose().chars().take(3).collect();
                format!("begins with {begins}…, kept until {}", former.kept_until())
            }
            None => none(),
        },
        Field::Renewals => format!("{} renewals", version.renewals.len()),
        Field::Other(_) => "a value of a newer version".to_owned(),
    }
}

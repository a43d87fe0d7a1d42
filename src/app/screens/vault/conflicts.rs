//! What two people changed differently at the same time: both versions side by side, and a choice for each field.

use egui::{RichText, Ui, vec2};

use crate::app::{
    dates::{LocalTime, day},
    state::{AppState, Command, OpenVault, VaultPageCommand},
    theme::tokens,
    widgets::{Enabled, Tone, Vocabulary, banner, describe, keep_silent, section, shown_line},
};
use crate::connection_string::shown_key;
use crate::escape::visible;
use crate::profile::{Profile, RenewalInProgress};
use crate::vault::{Conflict, ConflictSide, Field};
use crate::wording::capitalized;

pub(super) fn show(ui: &mut Ui, state: &AppState, commands: &mut Vec<Command>) {
    let local = state.local;
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
        one(ui, vault, conflict, local, commands);
    }
}

fn one(ui: &mut Ui, vault: &OpenVault, conflict: &Conflict, local: LocalTime, commands: &mut Vec<Command>) {
    let Some(profile) = vault.profile(conflict.profile) else { return };
    ui.push_id(conflict.id, |ui| {
        section(ui, &profile.name, |ui| {
            let when = local.describe(conflict.found);
            ui.hint(&format!("The other version was saved by {}, found on {when}.", conflict.who.describe()));
            let column = ((ui.available_width() - 130.0) / 2.0 - 20.0).max(120.0);
            egui::Grid::new("sides").num_columns(3).spacing([16.0, 10.0]).show(ui, |ui| {
                let quiet = tokens(ui).text_quiet;
                ui.allocate_space(vec2(1.0, 1.0));
                ui.label(RichText::new("In the vault now").color(quiet));
                ui.label(RichText::new("The other version").color(quiet));
                ui.end_row();
                for field in &conflict.fields {
                    ui.label(capitalized(field.label()));
                    let taken = vault.choice(conflict.id, field);
                    for (side, version) in [(ConflictSide::InPlace, profile), (ConflictSide::Other, &conflict.other)] {
                        let text = shown(field, version, local);
                        let label = egui::Label::new(text.clone()).wrap();
                        ui.horizontal_top(|ui| {
                            ui.set_max_width(column);
                            let name = format!("{}: {}", capitalized(field.label()), described(side));
                            let response = ui.radio(taken == side, "");
                            response.widget_info(|| {
                                let kind = egui::Role::RadioButton;
                                egui::WidgetInfo::selected(kind, true, taken == side, &name)
                            });
                            describe(&response, &text);
                            let value = ui.add(label.sense(egui::Sense::click()));
                            keep_silent(&value);
                            let pressed = response.clicked() | value.clicked();
                            if pressed && taken != side {
                                commands.push(Command::VaultPage(VaultPageCommand::ChooseSide(
                                    conflict.id,
                                    field.clone(),
                                    side,
                                )));
                            }
                        });
                    }
                    ui.end_row();
                }
            });
            if ui.primary_button("Keep selected", Enabled::Yes).clicked() {
                commands.push(Command::VaultPage(VaultPageCommand::ResolveConflict(conflict.id)));
            }
        });
    });
}

fn started_renewal(renewal: &RenewalInProgress, local: LocalTime) -> String {
    let started = day(local.date(renewal.started));
    match &renewal.new_secret {
        Some(secret) => {
            let begins: String = secret.expose().chars().take(3).collect();
            format!("started {started}, new secret begins with {begins}…")
        }
        None => format!("started {started}, no new secret yet"),
    }
}

fn described(side: ConflictSide) -> &'static str {
    match side {
        ConflictSide::InPlace => "as it is in the vault now",
        ConflictSide::Other => "as in the other version",
    }
}

/// A field's value as people may see it. Of a secret only what the portal's own list shows: its first three letters.
fn shown(field: &Field, version: &Profile, local: LocalTime) -> String {
    let none = || "nothing".to_owned();
    match field {
        Field::Name => shown_line(&version.name).into_owned(),
        Field::EnvironmentUrl => version.environment_url.as_ref().map_or_else(none, ToString::to_string),
        Field::ClientId => version.client_id.map_or_else(none, |id| id.to_string()),
        Field::ClientSecret => match &version.client_secret {
            Some(secret) => {
                let begins: String = secret.expose().chars().take(3).collect();
                let expires =
                    version.secret_expires.map_or_else(String::new, |date| format!(", expires {}", day(date)));
                format!("begins with {begins}…, {} characters{expires}", secret.expose().chars().count())
            }
            None => none(),
        },
        Field::Tenant => version.tenant.as_ref().map_or_else(none, ToString::to_string),
        Field::SecretExpires => version.secret_expires.map_or_else(none, day),
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
            Some(renewal) => started_renewal(renewal, local),
            None => none(),
        },
        Field::FormerSecret => match &version.former_secret {
            Some(former) => {
                let begins: String = former.secret.expose().chars().take(3).collect();
                format!("begins with {begins}…, stored until {}", day(former.kept_until()))
            }
            None => none(),
        },
        Field::UccUpdate => match &version.ucc_update {
            Some(update) => match update.done {
                Some(at) => format!("the UCC has had the new connection string since {}", local.describe(at)),
                None => "the UCC does not have the new connection string yet".to_owned(),
            },
            None => none(),
        },
        Field::Renewals => format!("{} renewals", version.renewals.len()),
        Field::Other(_) => "a value from a newer version".to_owned(),
    }
}

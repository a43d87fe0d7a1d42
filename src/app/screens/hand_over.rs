//! What goes into the UCC: the plugin setting's three columns, each ready to copy.

use egui::{RichText, Ui};

use crate::app::{
    draft::Draft,
    state::{Command, ProfileCommand},
    theme::{icons::Icon, small_monospace},
    widgets::{FieldNote, Shown, Vocabulary, labelled_row, section},
};
use crate::cloud::Overrides;
use crate::profile::SecretText;

/// The setting's name and scope, as Anywhere365's documentation writes them.
const SETTING: &str = "ConnectionString";
const SCOPE: &str = "CrmService";
/// What the three letters mean, said where a person first has to do something about it.
pub(super) const UCC: &str =
    "The UCC is Anywhere365's Unified Contact Center; its settings hold the connection string.";

pub(super) fn show(ui: &mut Ui, draft: &mut Draft, clouds: &Overrides, commands: &mut Vec<Command>) {
    section(ui, "For the UCC: Plugin Settings", |ui| {
        ui.hint(&format!(
            "{UCC} In UCC Config on SharePoint, open the Plugin Settings list and enter these three columns."
        ));
        let string = draft.connection_string(clouds);
        columns(
            ui,
            string.as_ref(),
            &mut draft.string_shown,
            &Command::Profiles(ProfileCommand::CopyConnectionString),
            commands,
        );
        if !draft.fields.vendor_value.is_empty() {
            labelled_row(ui, "Encrypted connection string", &FieldNote::None, |ui, _| {
                ui.horizontal(|ui| {
                    if ui.icon_button(Icon::Copy, "Copy encrypted connection string").clicked() {
                        commands.push(Command::Profiles(ProfileCommand::CopyVendorValue));
                    }
                    ui.add(egui::Label::new("From A365.PWTool.exe, as stored in this profile.").wrap());
                });
            });
        }
        ui.hint(
            "This is Microsoft's plain form. If your UCC requires an encrypted connection string, create it with \
             A365.PWTool.exe from the UCC package: only that tool has the key.",
        );
    });
}

/// The three columns, with `copy` to copy the value.
pub(super) fn columns(
    ui: &mut Ui,
    string: Option<&SecretText>,
    shown: &mut Shown,
    copy: &Command,
    commands: &mut Vec<Command>,
) {
    plain_row(ui, "Setting", SETTING, "setting name", commands);
    value_row(ui, string, shown, copy, commands);
    plain_row(ui, "Scope", SCOPE, "scope", commands);
}

fn plain_row(ui: &mut Ui, label: &str, value: &'static str, what: &'static str, commands: &mut Vec<Command>) {
    labelled_row(ui, label, &FieldNote::None, |ui, _| {
        ui.horizontal(|ui| {
            if ui.icon_button(Icon::Copy, &format!("Copy {}", label.to_lowercase())).clicked() {
                commands.push(Command::CopyText(value.to_owned(), what));
            }
            ui.add(egui::Label::new(RichText::new(value).monospace()).selectable(true));
        });
    });
}

fn value_row(ui: &mut Ui, string: Option<&SecretText>, shown: &mut Shown, copy: &Command, commands: &mut Vec<Command>) {
    labelled_row(ui, "Value", &FieldNote::None, |ui, _| {
        ui.horizontal(|ui| {
            if ui.icon_button(Icon::Copy, "Copy value").clicked() {
                commands.push(copy.clone());
            }
            let Some(string) = string else {
                ui.hint("Available once the Environment URL, the client ID and the client secret are filled in.");
                return;
            };
            let (icon, name, next) = match *shown {
                Shown::Hidden => (Icon::Eye, "Show value", Shown::Revealed),
                Shown::Revealed => (Icon::EyeClosed, "Hide value", Shown::Hidden),
            };
            if ui.icon_button(icon, name).clicked() {
                *shown = next;
            }
            match *shown {
                Shown::Revealed => {
                    ui.add(egui::Label::new(RichText::new(string.expose()).text_style(small_monospace())).wrap());
                }
                Shown::Hidden => {
                    let form = "AuthType=ClientSecret;Url=…;ClientId=…;ClientSecret=…";
                    ui.add(egui::Label::new(RichText::new(form).text_style(small_monospace())).wrap());
                }
            }
        });
    });
}

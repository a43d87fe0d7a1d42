//! What only a person can say about a file: its password, the sheet, the columns, the order of dates.

use egui::{ComboBox, Key, Ui};

use crate::app::{
    state::{Command, ImportCommand, ImportFile, ReadState},
    widgets::{
        Enabled, FieldNote, Vocabulary, card, choice, drop_down, entry, labelled_row, secret_field, section, shown_line,
    },
};
use crate::exchange::import::{Column, DateOrder, Question, QuestionCode};
use crate::profile::GuidSecret;

/// The password of a database, and its key file.
pub(super) fn password(ui: &mut Ui, file: &mut ImportFile, commands: &mut Vec<Command>) {
    let number = file.number;
    let is_reading = matches!(file.read, ReadState::Reading);
    let note = match file.has_wrong_password() {
        true => FieldNote::Refused(
            "The database could not be opened. The password may be wrong, a key file may be missing or wrong, or the file may be \
             damaged; KeePass files do not show which."
                .to_owned(),
        ),
        false => FieldNote::None,
    };
    section(ui, &format!("{} is protected with a password", file.name), |ui| {
        let field = secret_field(ui, "Password", &mut file.password, &mut file.shown, "", &note);
        let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        if !is_reading && (entered || ui.memory(|memory| memory.focused().is_none())) {
            field.request_focus();
        }
        labelled_row(ui, "Key file", &FieldNote::None, |ui, _| {
            ui.horizontal_wrapped(|ui| {
                match &file.answers.key_file {
                    Some(key_file) => {
                        ui.label(shown_line(&key_file.name));
                        if ui.link_button("Remove").clicked() {
                            commands.push(Command::Import(ImportCommand::ForgetKeyFile(number)));
                        }
                    }
                    None => drop(ui.hint("none")),
                }
                if ui.secondary_button("Choose…", Enabled::Yes).clicked() {
                    commands.push(Command::Import(ImportCommand::ChooseKeyFile(number)));
                }
            });
        });
        ui.horizontal_wrapped(|ui| {
            let is_empty = file.password.is_empty() && file.answers.key_file.is_none();
            let enabled = match (is_reading, is_empty) {
                (true, _) => Enabled::No("Opening…"),
                (false, true) => Enabled::No("Enter the password or choose the key file first."),
                (false, false) => Enabled::Yes,
            };
            let text = if is_reading { "Opening…" } else { "Open database" };
            if ui.primary_button(text, enabled).clicked() || (entered && matches!(enabled, Enabled::Yes)) {
                commands.push(Command::Import(ImportCommand::OpenDatabase(number)));
            }
            if ui.quiet_button("Leave out").clicked() {
                commands.push(Command::Import(ImportCommand::RemoveFile(number)));
            }
        });
    });
}

/// The questions of a file, each with its answer so far.
pub(super) fn show(ui: &mut Ui, file: &ImportFile, is_one: bool, commands: &mut Vec<Command>) {
    let takes_guid_secrets = file.answers.guid_secrets == GuidSecret::Accepted;
    let asks_about_guid_secrets = takes_guid_secrets || file.refused_guid_secrets() > 0;
    if file.asked.is_empty() && !asks_about_guid_secrets {
        return;
    }
    card(ui, |ui| {
        if !is_one {
            ui.hint(&file.name);
        }
        for question in &file.asked {
            match question.code {
                QuestionCode::Sheet => sheet(ui, file, question, commands),
                QuestionCode::Columns => columns(ui, file, question, commands),
                QuestionCode::Dates => dates(ui, file, commands),
            }
        }
        if asks_about_guid_secrets {
            guid_secrets(ui, file, commands);
        }
    });
}

fn sheet(ui: &mut Ui, file: &ImportFile, question: &Question, commands: &mut Vec<Command>) {
    ui.hint(question.code.text());
    let before = file.answers.sheet.clone().unwrap_or_default();
    let mut chosen = before.clone();
    let mut choices: Vec<(String, &str)> = question.choices.iter().map(|name| (name.clone(), name.as_str())).collect();
    choices.insert(0, (String::new(), "Choose…"));
    choice(ui, "Sheet", &mut chosen, &choices);
    if chosen != before && !chosen.is_empty() {
        commands.push(Command::Import(ImportCommand::ChooseSheet(file.number, chosen)));
    }
}

/// For each kind of value a list of the columns; what it seems to be is chosen at first.
fn columns(ui: &mut Ui, file: &ImportFile, question: &Question, commands: &mut Vec<Command>) {
    ui.hint("The heading is unknown. Check which column holds what.");
    for column in Column::CHOICES {
        let before = file.answers.columns.iter().find(|(of, _)| *of == column).map(|(_, name)| name.clone());
        let mut chosen = before.clone();
        labelled_row(ui, label(column), &FieldNote::None, |ui, label_id| {
            let text =
                |name: &Option<String>| name.as_deref().map_or_else(|| "Not in the file".to_owned(), column_name);
            let list = ComboBox::from_id_salt(column.id()).selected_text(text(&chosen)).width(320.0);
            let entries = std::iter::once(None).chain(question.choices.iter().cloned().map(Some));
            let shown = drop_down(ui, list, |ui| {
                for name in entries {
                    if entry(ui, chosen == name, &text(&name)) {
                        chosen = name;
                    }
                }
            });
            shown.labelled_by(label_id);
        });
        if chosen != before {
            commands.push(Command::Import(ImportCommand::ChooseColumn(file.number, column, chosen)));
        }
    }
}

fn column_name(name: &str) -> String {
    name.strip_prefix('#').map_or_else(|| shown_line(name).into_owned(), |number| format!("Column {number}"))
}

fn label(column: Column) -> &'static str {
    match column {
        Column::Name => "Name",
        Column::Url => "Environment URL",
        Column::ClientId => "Client ID",
        Column::Secret => "Client secret",
        Column::Tenant => "Tenant",
        Column::Expires => "Expires",
        Column::Tags => "Tags",
        Column::Notes => "Notes",
        other => other.id(),
    }
}

fn guid_secrets(ui: &mut Ui, file: &ImportFile, commands: &mut Vec<Command>) {
    let mut taken = file.answers.guid_secrets == GuidSecret::Accepted;
    match file.refused_guid_secrets() {
        0 => ui
            .hint("Client secrets that look like Secret IDs are imported. Microsoft Entra ID rejects real Secret IDs."),
        1 => ui.hint("1 client secret looks like a Secret ID and is left out."),
        count => ui.hint(&format!("{count} client secrets look like Secret IDs and are left out.")),
    };
    let text = "Import anyway (HashiCorp Vault and old versions of the Azure CLI create such secrets)";
    if ui.checkbox(&mut taken, text).changed() {
        let taken = if taken { GuidSecret::Accepted } else { GuidSecret::Refused };
        commands.push(Command::Import(ImportCommand::TakeGuidSecrets(file.number, taken)));
    }
}

fn dates(ui: &mut Ui, file: &ImportFile, commands: &mut Vec<Command>) {
    ui.hint("Some dates can be read in two ways. Which comes first in 5/6/2027?");
    ui.horizontal_wrapped(|ui| {
        for (order, text) in
            [(DateOrder::DayFirst, "The day (5 June 2027)"), (DateOrder::MonthFirst, "The month (6 May 2027)")]
        {
            let is_chosen = file.answers.dates == Some(order);
            if ui.radio(is_chosen, text).clicked() && !is_chosen {
                commands.push(Command::Import(ImportCommand::ChooseDates(file.number, order)));
            }
        }
    });
}

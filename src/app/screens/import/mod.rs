//! The page of an import: what is in the files, what has to be asked, and what happens to each entry. Nothing is saved before the
//! button at its foot.

mod details;
mod outcome;
mod questions;
mod table;

use egui::{Align2, Area, CentralPanel, Frame, Id, Margin, Order, RichText, ScrollArea, Stroke, Ui};

use super::{lead, title};
use crate::app::{
    state::{AppState, Command, ImportCommand, ImportFile, ImportPage, ReadState, Screen},
    theme::tokens,
    widgets::{
        AtFirst, Enabled, FieldNote, Tone, Vocabulary, banner, card, choice, fold, own_scope, scroll_to_focus,
        text_field, with_bar_below,
    },
};
use crate::counted::counted;
use crate::exchange::{
    import::{Format, Outcome, SkipReason, Skipped},
    plan::Existing,
};

/// So many warnings about files, and entries that were left out, are shown.
const SHOWN: usize = 200;

pub(super) fn show(ui: &mut Ui, state: &mut AppState, commands: &mut Vec<Command>) {
    let Screen::Open(vault) = &mut state.screen else { return };
    let Some(page) = &mut vault.import else { return };
    if let Some(outcome) = &page.outcome {
        return super::page(ui, "imported", |ui| outcome::show(ui, outcome, commands));
    }
    with_bar_below(
        ui,
        "import",
        &mut (page, commands),
        |ui, (page, commands)| ground(ui, |ui| preview(ui, page, &vault.profiles, commands)),
        |ui, (page, commands)| bar(ui, page, commands),
    );
}

/// As the ground of other pages, but for rows that are drawn only where they are in sight.
fn ground(ui: &mut Ui, content: impl FnOnce(&mut Ui)) {
    let frame =
        Frame::new().fill(tokens(ui).background).inner_margin(Margin { left: 12, right: 4, top: 12, bottom: 0 });
    CentralPanel::no_frame().frame(frame).show(ui, |ui| {
        own_scope(ui, "import", |ui| {
            ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                ui.set_width(ui.available_width() - 8.0);
                ui.spacing_mut().item_spacing.y = 8.0;
                content(ui);
                scroll_to_focus(ui);
                ui.add_space(12.0);
            });
        });
    });
}

fn preview(ui: &mut Ui, page: &mut ImportPage, profiles: &crate::app::SharedProfiles, commands: &mut Vec<Command>) {
    title(ui, &heading(page));
    if !page.lines.is_empty() || page.files.iter().any(|file| file.import().is_some()) {
        lead(ui, &sentence(page));
    }
    let is_one = page.files.len() == 1;
    for file in &mut page.files {
        own_scope(ui, ("import", file.number), |ui| of_file(ui, file, is_one, commands));
    }
    if !page.lines.is_empty() {
        own_scope(ui, "choices for all", |ui| for_all(ui, page, commands));
        table::show(ui, page, profiles, commands);
    }
    left_out(ui, page);
}

/// “Import from contoso.csv (CSV)”.
fn heading(page: &ImportPage) -> String {
    let format = match page.files.as_slice() {
        [one] => match one.import().map(|import| import.format) {
            Some(Format::Csv) if one.path.is_some() => " (CSV)".to_owned(),
            Some(format) => format!(" ({})", format.label()),
            None => String::new(),
        },
        _ => String::new(),
    };
    format!("Import from {}{format}", page.names())
}

fn sentence(page: &ImportPage) -> String {
    match page.tally.sentence() {
        sentence if sentence.is_empty() => "Nothing was found so far.".to_owned(),
        sentence => format!("{sentence}. Nothing is saved before you select Import."),
    }
}

/// What there is to say about one file, and to ask.
fn of_file(ui: &mut Ui, file: &mut ImportFile, is_one: bool, commands: &mut Vec<Command>) {
    let number = file.number;
    if file.needs_password() || (matches!(file.read, ReadState::Reading) && !file.password.is_empty()) {
        questions::password(ui, file, commands);
    } else if let Some(why) = file.refusal() {
        let text = if is_one { why.to_string() } else { format!("{}: {why}", file.name) };
        banner(ui, Tone::Danger, &text, |ui| {
            if !is_one && ui.link_button("Leave out").clicked() {
                commands.push(Command::Import(ImportCommand::RemoveFile(number)));
            }
            if is_one && ui.link_button("Choose another file…").clicked() {
                commands.push(Command::Import(ImportCommand::ChooseFiles));
            }
        });
    } else if matches!(file.read, ReadState::Reading) {
        ui.horizontal(|ui| {
            ui.label(format!("Reading {}…", file.name));
            if ui.link_button("Cancel").clicked() {
                commands.push(Command::Import(ImportCommand::RemoveFile(number)));
            }
        });
    }
    questions::show(ui, file, is_one, commands);
    for warning in file.own_warnings().take(3) {
        banner(ui, Tone::Warning, &format!("{}: {}", warning.at, warning.message), |_| {});
    }
}

/// What is said about all entries at once.
fn for_all(ui: &mut Ui, page: &mut ImportPage, commands: &mut Vec<Command>) {
    let meeting = page.meeting_profiles();
    let has_groups = page.files.iter().any(ImportFile::has_groups);
    card(ui, |ui| {
        if meeting > 0 {
            let choices = [
                (Existing::AddMissing, "Add what is missing, replace nothing"),
                (Existing::Skip, "Skip"),
                (Existing::Update, "Update with the values from the file"),
                (Existing::Copy, "Import as a copy"),
            ];
            let before = page.decisions.existing.unwrap_or(Existing::Skip);
            let mut chosen = before;
            choice(ui, "Already in the vault", &mut chosen, &choices);
            if chosen != before {
                commands.push(Command::Import(ImportCommand::DecideAll(chosen)));
            }
        }
        text_field(ui, "Tags for all", &mut page.tags, "optional, for example: from Contoso", &FieldNote::None);
        if has_groups {
            let mut wanted = page.tags_groups;
            if ui.checkbox(&mut wanted, "Use folders and groups as tags").changed() {
                commands.push(Command::Import(ImportCommand::TagGroups(wanted)));
            }
        }
    });
}

/// What was left out of the files, and why.
fn left_out(ui: &mut Ui, page: &ImportPage) {
    let imports = page.files.iter().filter_map(|file| file.import()).filter(|it| it.outcome() != Outcome::NeedsChoice);
    let skipped: Vec<&Skipped> = imports.flat_map(|import| &import.skipped).collect();
    let dates = page.without_profile();
    let count = skipped.len() + dates.len();
    if count == 0 {
        return;
    }
    let entries = if count == 1 { "1 entry was left out".to_owned() } else { format!("{count} entries were left out") };
    // Where nothing else is on the page, this is what there is to read.
    let at_first = if page.lines.is_empty() { AtFirst::Open } else { AtFirst::Closed };
    fold(ui, "left out", entries, at_first, |ui| {
        for entry in skipped.iter().take(SHOWN) {
            let sign_in = match (&entry.sign_in, entry.reason) {
                (Some(way), SkipReason::OtherSignIn) => format!(" ({way})"),
                _ => String::new(),
            };
            ui.hint(&format!("{}: {}{sign_in}.", entry.name, entry.reason.words()));
        }
        for end in dates.iter().take(SHOWN.saturating_sub(skipped.len())) {
            ui.hint(&format!("{}: no profile has this client ID.", end.client_id));
        }
        if count > SHOWN {
            ui.hint(&format!("and {} more", count - SHOWN));
        }
    });
}

/// The bar at the foot of the page.
fn bar(ui: &mut Ui, page: &ImportPage, commands: &mut Vec<Command>) {
    let colors = tokens(ui);
    let frame = Frame::new().fill(colors.surface).inner_margin(Margin::symmetric(16, 8));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.painter().hline(ui.clip_rect().x_range(), ui.max_rect().top() - 8.0, Stroke::new(1.0, colors.divider));
        ui.horizontal_wrapped(|ui| {
            let count = page.counts.added + page.counts.updated;
            let text = match (page.saving, count) {
                (true, _) => "Importing…".to_owned(),
                (false, 0) => "Import".to_owned(),
                (false, count) => format!("Import {}", counted(count, "profile")),
            };
            let enabled = page.obstacle().map_or(Enabled::Yes, Enabled::No);
            if ui.primary_button(&text, enabled).clicked() {
                commands.push(Command::Import(ImportCommand::Save));
            }
            if ui.secondary_button("Add a file…", Enabled::Yes).clicked() {
                commands.push(Command::Import(ImportCommand::ChooseFiles));
            }
            if ui.quiet_button("Cancel").clicked() {
                commands.push(Command::Import(ImportCommand::Cancel));
            }
            if let Some(obstacle) = page.obstacle().filter(|_| !page.saving) {
                ui.hint(obstacle);
            }
        });
    });
}

/// While files are held over the window: what happens when they are dropped.
pub(super) fn drop_hint(ui: &Ui, state: &AppState) {
    let hovers = ui.input(|input| !input.raw.hovered_files.is_empty());
    if !hovers || state.open_vault().is_none() || !state.dialogs.is_empty() {
        return;
    }
    let colors = tokens(ui);
    let area = Area::new(Id::unique("drop to import")).order(Order::Foreground).interactable(false);
    area.anchor(Align2::CENTER_CENTER, egui::Vec2::ZERO).show(ui.ctx(), |ui| {
        let frame = Frame::popup(ui.style()).stroke(Stroke::new(2.0, colors.accent)).inner_margin(28);
        frame.show(ui, |ui| ui.label(RichText::new("Drop to import").heading()));
    });
}

//! When every secret expires: a count of each of the next 24 months, and below it every secret on a time line.

mod chart;
mod rows;

use egui::{CentralPanel, Frame, Margin, Panel, RichText, Role, TextEdit, Ui, WidgetInfo, vec2};

use super::{is_short, title};
use crate::app::{
    state::{AppState, Command, Dated, ReminderCommand, Screen},
    theme::{CONTROL_HEIGHT, icons::Icon, tokens},
    widgets::{Content, Enabled, Vocabulary, equip},
};
use crate::profile::Profile;

pub(super) fn show(ui: &mut Ui, state: &mut AppState, commands: &mut Vec<Command>) {
    let (now, local) = (state.now, state.local);
    let Screen::Open(vault) = &mut state.screen else { return };
    let ground =
        Frame::new().fill(tokens(ui).background).inner_margin(Margin { left: 12, right: 12, top: 12, bottom: 4 });
    Panel::top("renewals").show_separator_line(false).frame(ground).show(ui, |ui| {
        title(ui, "Renewals");
        let layout = vault.renewals.layout(&vault.profiles, now.date_naive());
        ui.hint(&layout.overview.describe());
        let found = layout.line.order().len();
        tools(ui, &mut vault.renewals.search, found, commands);
        let layout = vault.renewals.layout(&vault.profiles, now.date_naive());
        if !is_short(ui) {
            chart::show(ui, &layout.line, commands);
        }
    });
    let ground =
        Frame::new().fill(tokens(ui).background).inner_margin(Margin { left: 12, right: 4, top: 0, bottom: 8 });
    CentralPanel::no_frame().frame(ground).show(ui, |ui| {
        if vault.profiles.is_empty() {
            ui.hint("No profiles yet. The secret of each saved profile appears here.");
            return;
        }
        let go_to = vault.renewals.go_to.take();
        let layout = vault.renewals.layout(&vault.profiles, now.date_naive());
        if layout.line.order().is_empty() {
            ui.hint("No matching profiles. Clear the search.");
            return;
        }
        let reminders = &vault.reminders;
        let snoozed_until = |profile: &Profile| reminders.snoozed_until(profile, now, local);
        rows::show(ui, layout, &vault.profiles, snoozed_until, go_to, now, commands);
    });
}

/// The search field and what can be done with what it finds.
fn tools(ui: &mut Ui, search: &mut String, found: usize, commands: &mut Vec<Command>) {
    ui.horizontal_wrapped(|ui| {
        let quiet = tokens(ui).text_quiet;
        let field = TextEdit::singleline(search)
            .id_salt("search")
            .hint_text(RichText::new("Search").color(quiet))
            .margin(Margin { left: 28, right: 8, top: 7, bottom: 7 })
            .desired_width(240.0)
            .min_size(vec2(0.0, CONTROL_HEIGHT));
        let response = ui.add(field);
        response.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Search renewals"));
        equip(ui, &response, search.chars().count(), Content::Plain);
        let place = egui::Rect::from_min_size(response.rect.left_top() + vec2(8.0, 9.0), vec2(14.0, 14.0));
        Icon::Search.paint(ui.painter(), place, quiet);
        let text =
            if search.trim().is_empty() { "Export to calendar…" } else { "Export filtered list to calendar…" };
        let enabled = if found > 0 { Enabled::Yes } else { Enabled::No("There is nothing to export.") };
        if ui.secondary_button(text, enabled).clicked() {
            commands.push(Command::Reminders(ReminderCommand::ExportCalendar(Dated::Shown)));
        }
    });
}

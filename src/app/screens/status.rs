//! The line at the foot of the window: how many profiles there are, the offer of reminders, and for a while what just happened.
//!
//! Its place is kept free, so that nothing moves when news comes or goes; news that needs more than one line lies over the page.

use egui::{Align2, Area, Frame, Id, Margin, Order, Panel, RichText, Ui, vec2};

use crate::app::{
    state::{AppState, Command, ProfileCommand, ReminderCommand, Undo},
    theme::{icons::Icon, tokens},
    widgets::{Vocabulary, announced_banner, name_part, own_scope},
};
use crate::counted::counted;

/// The height of the line, in points: that of a message on one line, and of the margin below it.
const HEIGHT: f32 = 38.0;
/// The room left and right of a message and below it, in points.
const MARGIN: f32 = 6.0;

/// The line of an open vault.
pub(super) fn line(ui: &mut Ui, state: &AppState, commands: &mut Vec<Command>) {
    let Some(vault) = state.open_vault() else { return };
    let frame = Frame::new().fill(tokens(ui).background).inner_margin(Margin::symmetric(16, 0));
    Panel::bottom("status").exact_size(HEIGHT).show_separator_line(false).frame(frame).show(ui, |ui| {
        own_scope(ui, "status", |ui| {
            name_part(ui, "Status");
            ui.horizontal_centered(|ui| {
                if state.notice.is_none() {
                    // Where there is little room the offer has it; the list counts its profiles too.
                    let has_room = ui.available_width() > 600.0 || !state.offers_schedule();
                    if has_room {
                        ui.hint(&counted(vault.profiles.len(), "profile"));
                        ui.add_space(16.0);
                    }
                    offer(ui, state, commands);
                }
            });
        });
    });
}

/// Where no reminders come while the app is closed, until somebody turns them on or dismisses it.
fn offer(ui: &mut Ui, state: &AppState, commands: &mut Vec<Command>) {
    if !state.offers_schedule() {
        return;
    }
    let quiet = tokens(ui).text_quiet;
    let (rect, _) = ui.allocate_exact_size(vec2(18.0, 18.0), egui::Sense::hover());
    Icon::Info.paint(ui.painter(), rect.shrink(1.0), quiet);
    ui.label(RichText::new("Reminders are off while the app is closed.").color(quiet));
    if ui.link_button("Turn on").clicked() {
        commands.push(Command::Reminders(ReminderCommand::TurnOn));
    }
    if ui.link_button("Dismiss").clicked() {
        commands.push(Command::Reminders(ReminderCommand::DismissOffer));
    }
}

/// What just happened.
pub(super) fn notice(ui: &Ui, state: &AppState, commands: &mut Vec<Command>) {
    let Some(notice) = &state.notice else { return };
    let width = ui.max_rect().width() - 2.0 * MARGIN;
    let area = Area::new(Id::unique("notice")).order(Order::Middle).movable(false);
    area.anchor(Align2::LEFT_BOTTOM, vec2(MARGIN, -MARGIN)).show(ui.ctx(), |ui| {
        ui.set_width(width);
        // As high as the line whose place it takes; a bar above it stays free.
        ui.spacing_mut().interact_size.y = HEIGHT - 2.0 * MARGIN - 5.0;
        announced_banner(ui, notice.tone, &notice.text, |ui| {
            let shown = state.open_vault().and_then(|vault| vault.draft.as_ref()).map(|draft| draft.id);
            if matches!(notice.undo, Undo::Recovery(id) if shown == Some(id))
                && ui.link_button("Discard changes").clicked()
            {
                commands.push(Command::Profiles(ProfileCommand::Revert));
                commands.push(Command::DismissNotice);
            }
            if notice.undo == Undo::LastEdit && ui.link_button("Undo").clicked() {
                commands.push(Command::Profiles(ProfileCommand::Undo));
            }
            if ui.link_button("Dismiss").clicked() {
                commands.push(Command::DismissNotice);
            }
        });
    });
}

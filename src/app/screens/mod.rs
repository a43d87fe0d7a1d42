//! The screens. Each is a function from the state to what is drawn, and to the [`Command`]s that people give.
//!
//! Drawing changes nothing but the text in text fields; everything else is a command.

mod about;
mod check_all;
mod check_panel;
mod first_start;
mod hand_over;
mod profile_form;
mod profile_list;
mod reminder_settings;
mod reminders;
mod renewal;
mod renewals;
mod settings;
mod setup_guide;
mod top_bar;
mod unlock;
mod vault;

pub(in crate::app) use vault::{added, backup_in_words, described};

use egui::{CentralPanel, Frame, Margin, Panel, ScrollArea, Ui};

use super::{
    command::{Command, Page, VaultTab},
    listing,
    state::{AppState, RenewalCommand, Screen, Undo},
    theme::tokens,
    widgets::{Tone, Vocabulary, banner, shown_line},
};
use crate::counted::counted;

/// Draws the whole window.
pub fn window(ui: &mut Ui, state: &mut AppState, commands: &mut Vec<Command>) {
    ui.painter().rect_filled(ui.max_rect(), 0.0, tokens(ui).background);
    notice_bar(ui, state, commands);
    match &state.screen {
        Screen::FirstStart(_) => page(ui, "first start", |ui| first_start::show(ui, state, commands)),
        Screen::Unlock(_) => page(ui, "unlock", |ui| unlock::show(ui, state, commands)),
        Screen::Open(_) => open_vault(ui, state, commands),
    }
}

fn open_vault(ui: &mut Ui, state: &mut AppState, commands: &mut Vec<Command>) {
    top_bar::show(ui, state, commands);
    let Some(vault) = state.open_vault() else { return };
    let (shown, guide_open) = (vault.page, vault.guide_open);
    match shown {
        Page::Profiles => {
            standing_banner(ui, state, commands);
            conflict_banner(ui, state, commands);
            lapsing_banner(ui, state, commands);
            renewal_banner(ui, state, commands);
            reminders::offer(ui, state, commands);
            side_panel(ui, guide_open, |ui| match guide_open {
                true => setup_guide::show(ui, state, commands),
                false => profile_list::show(ui, state, commands),
            });
            let shown = state.open_vault().and_then(|vault| vault.draft.as_ref()).map(|draft| draft.id);
            page(ui, shown, |ui| profile_form::show(ui, state, commands));
        }
        Page::Renewal(id) => page(ui, ("renewal", id), |ui| renewal::show(ui, state, commands)),
        Page::Renewals => renewals::show(ui, state, commands),
        Page::TestAll => check_all::show(ui, state, commands),
        Page::Settings => page(ui, "settings", |ui| settings::show(ui, state, commands)),
        Page::Vault(tab) => page(ui, ("vault", tab.name()), |ui| vault::show(ui, state, tab, commands)),
        Page::About => page(ui, "about", |ui| about::show(ui, state, commands)),
    }
}

/// What lapses soon, above everything else.
fn lapsing_banner(ui: &mut Ui, state: &AppState, commands: &mut Vec<Command>) {
    let Some(vault) = state.open_vault() else { return };
    let count = listing::lapsing(&vault.profiles, state.now);
    let secrets = |count: usize| counted(count, "client secret");
    let (tone, text) = match (count.lapsed, count.soon) {
        (0, 0) => return,
        (0, soon) => (Tone::Warning, format!("{} will lapse within 60 days.", secrets(soon))),
        (lapsed, 0) => (Tone::Danger, format!("{} lapsed: these connections do not work.", secrets(lapsed))),
        (lapsed, soon) => (
            Tone::Danger,
            format!(
                "{} lapsed: these connections do not work. {} more will lapse within 60 days.",
                secrets(lapsed),
                soon
            ),
        ),
    };
    let margin = Margin { left: 12, right: 12, top: 8, bottom: 0 };
    Panel::top("lapsing").show_separator_line(false).frame(Frame::new().inner_margin(margin)).show_inside(ui, |ui| {
        banner(ui, tone, &text, |ui| {
            if vault.filter != listing::Filter::NeedAttention && ui.link("Show them").clicked() {
                commands.push(Command::Filter(listing::Filter::NeedAttention));
                commands.push(Command::Sort(listing::SortBy::Expiry));
            }
        });
    });
}

/// The vault is not what this account has seen of it.
fn standing_banner(ui: &mut Ui, state: &AppState, commands: &mut Vec<Command>) {
    let Some(standing) = state.open_vault().and_then(|vault| vault.standing.as_ref()) else { return };
    top_banner(ui, "standing", standing, |ui| {
        if ui.link("Look at the backups").clicked() {
            commands.push(Command::Show(Page::Vault(VaultTab::Backups)));
        }
        if ui.link("Accept this vault").clicked() {
            commands.push(Command::AcceptStanding);
        }
    });
}

/// What two people changed at once waits for a choice, and what a synchronising program left waits to be merged.
fn conflict_banner(ui: &mut Ui, state: &AppState, commands: &mut Vec<Command>) {
    let Some(vault) = state.open_vault() else { return };
    if let Some(copy) = vault.copies.first() {
        let name = copy.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let text = format!("A synchronising program left the copy {name}, with changes that are not in this vault.");
        top_banner(ui, "copies", &text, |ui| {
            if ui.link("Merge it").clicked() {
                commands.push(Command::MergeCopy(copy.clone()));
            }
        });
    }
    let text = match vault.conflicts.len() {
        0 => return,
        1 => "Two people changed a profile at the same time. Both versions are kept.".to_owned(),
        count => format!("Two people changed {count} profiles at the same time. Both versions are kept."),
    };
    top_banner(ui, "conflicts", &text, |ui| {
        if ui.link("Choose").clicked() {
            commands.push(Command::Show(Page::Vault(VaultTab::Conflicts)));
        }
    });
}

/// A renewal that somebody began and has not ended.
fn renewal_banner(ui: &mut Ui, state: &AppState, commands: &mut Vec<Command>) {
    let Some(vault) = state.open_vault() else { return };
    let mut begun = vault.profiles.iter().filter(|profile| profile.renewal.is_some());
    let Some(first) = begun.next() else { return };
    let text = match begun.count() {
        0 => format!("The renewal of the client secret of “{}” is not finished.", first.name),
        more => format!("The renewals of “{}” and of {more} more client secrets are not finished.", first.name),
    };
    top_banner(ui, "renewal", &text, |ui| {
        if ui.link("Continue").clicked() {
            commands.push(Command::Renewal(RenewalCommand::Open(first.id)));
        }
    });
}

fn top_banner(ui: &mut Ui, id: &'static str, text: &str, links: impl FnOnce(&mut Ui)) {
    let margin = Margin { left: 12, right: 12, top: 8, bottom: 0 };
    Panel::top(id).show_separator_line(false).frame(Frame::new().inner_margin(margin)).show_inside(ui, |ui| {
        banner(ui, Tone::Warning, text, links);
    });
}

fn notice_bar(ui: &mut Ui, state: &AppState, commands: &mut Vec<Command>) {
    let Some(notice) = &state.notice else { return };
    let margin = Margin::symmetric(12, 8);
    Panel::bottom("notice").show_separator_line(false).frame(Frame::new().inner_margin(margin)).show_inside(ui, |ui| {
        banner(ui, notice.tone, &notice.text, |ui| {
            if notice.undo == Undo::Deletion && ui.link("Undo").clicked() {
                commands.push(Command::UndoDelete);
            }
            if ui.link("Dismiss").clicked() {
                commands.push(Command::DismissNotice);
            }
        });
    });
}

fn side_panel(ui: &mut Ui, guide_open: bool, content: impl FnOnce(&mut Ui)) {
    let narrow = ui.available_width() < 820.0;
    let (id, width) = match (guide_open, narrow) {
        (true, false) => ("guide", 380.0),
        (true, true) => ("guide", 300.0),
        (false, false) => ("profiles", 288.0),
        (false, true) => ("profiles", 230.0),
    };
    let frame = Frame::new().inner_margin(Margin { left: 12, right: 4, top: 12, bottom: 12 });
    Panel::left(id).resizable(false).exact_size(width).show_separator_line(false).frame(frame).show_inside(ui, content);
}

/// The ground of a page, which scrolls when it is higher than the window. Each `name` has a place of its own to scroll
/// to: what was not shown before begins at its top.
fn page(ui: &mut Ui, name: impl std::hash::Hash, content: impl FnOnce(&mut Ui)) {
    let frame =
        Frame::new().fill(tokens(ui).background).inner_margin(Margin { left: 12, right: 4, top: 12, bottom: 0 });
    CentralPanel::no_frame().frame(frame).show_inside(ui, |ui| {
        ScrollArea::vertical().id_salt(name).auto_shrink(false).show(ui, |ui| {
            Frame::new().inner_margin(Margin { left: 0, right: 8, top: 0, bottom: 12 }).show(ui, |ui| {
                ui.set_width(ui.available_width());
                ui.spacing_mut().item_spacing.y = 8.0;
                content(ui);
            });
        });
    });
}

/// A page's title.
fn title(ui: &mut Ui, text: &str) {
    ui.add_space(4.0);
    ui.heading(text);
    ui.add_space(4.0);
}

/// A sentence under a title.
fn lead(ui: &mut Ui, text: &str) {
    ui.hint(text);
    ui.add_space(4.0);
}

/// A text on one line, cut with an ellipsis where it is wider than `width` points.
fn elided(
    ui: &Ui,
    text: &str,
    style: egui::TextStyle,
    color: egui::Color32,
    width: f32,
) -> std::sync::Arc<egui::Galley> {
    let mut job =
        egui::text::LayoutJob::simple_singleline(shown_line(text).into_owned(), style.resolve(ui.style()), color);
    job.wrap = egui::text::TextWrapping::truncate_at_width(width.max(10.0));
    ui.fonts_mut(|fonts| fonts.layout_job(job))
}

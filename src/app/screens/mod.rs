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
mod row_keys;
mod settings;
mod setup_guide;
mod top_bar;
mod unlock;
mod vault;

pub(in crate::app) use vault::{added, backup_in_words, described};

use egui::{CentralPanel, Frame, Margin, Panel, ScrollArea, Ui};

use super::{
    listing,
    state::{
        AppState, Command, Page, ProfileCommand, RenewalCommand, Screen, TrustCommand, Undo, VaultPageCommand, VaultTab,
    },
    theme::tokens,
    widgets::{Tone, Vocabulary, banner, own_scope, shown_line, with_bar_below},
};
use crate::counted::counted;
use crate::settings::Settings;

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
            expiry_banner(ui, state, commands);
            renewal_banner(ui, state, commands);
            reminders::offer(ui, state, commands);
            match guide_open {
                true => guide_panel(ui, |ui| own_scope(ui, "guide", |ui| setup_guide::show(ui, state, commands))),
                false => list_panel(ui, state, commands),
            }
            let shown = state.open_vault().and_then(|vault| vault.draft.as_ref()).map(|draft| draft.id);
            with_bar_below(
                ui,
                "profile",
                &mut (state, commands),
                |ui, (state, commands)| page(ui, shown, |ui| profile_form::show(ui, state, commands)),
                |ui, (state, commands)| profile_form::action_bar(ui, state, commands),
            );
        }
        Page::Renewal(id) => page(ui, ("renewal", id), |ui| renewal::show(ui, state, commands)),
        Page::Renewals => own_scope(ui, "renewals", |ui| renewals::show(ui, state, commands)),
        Page::TestAll => own_scope(ui, "test all", |ui| check_all::show(ui, state, commands)),
        Page::Settings => page(ui, "settings", |ui| settings::show(ui, state, commands)),
        Page::Vault(tab) => page(ui, ("vault", tab.name()), |ui| vault::show(ui, state, tab, commands)),
        Page::About => page(ui, "about", |ui| about::show(ui, state, commands)),
    }
}

/// What expires soon, above everything else.
fn expiry_banner(ui: &mut Ui, state: &AppState, commands: &mut Vec<Command>) {
    let Some(vault) = state.open_vault() else { return };
    let count = listing::expiring(&vault.profiles, state.now);
    let soon = |count: usize| {
        let expire = if count == 1 { "expires" } else { "expire" };
        format!("{} {expire} within 60 days.", counted(count, "client secret"))
    };
    let expired = |count: usize| match count {
        1 => "1 client secret has expired: this connection no longer works.".to_owned(),
        count => format!("{count} client secrets have expired: these connections no longer work."),
    };
    let (tone, text) = match (count.expired, count.soon) {
        (0, 0) => return,
        (0, more) => (Tone::Warning, soon(more)),
        (gone, 0) => (Tone::Danger, expired(gone)),
        (gone, more) => (Tone::Danger, format!("{} {}", expired(gone), soon(more))),
    };
    let margin = Margin { left: 12, right: 12, top: 8, bottom: 0 };
    Panel::top("expiry").show_separator_line(false).frame(Frame::new().inner_margin(margin)).show(ui, |ui| {
        banner(ui, tone, &text, |ui| {
            if vault.filter != listing::Filter::NeedAttention && ui.link("Show them").clicked() {
                commands.push(Command::Profiles(ProfileCommand::Filter(listing::Filter::NeedAttention)));
                commands.push(Command::Profiles(ProfileCommand::Sort(listing::SortBy::Expiry)));
            }
        });
    });
}

/// The vault is not what this account has seen of it.
fn standing_banner(ui: &mut Ui, state: &AppState, commands: &mut Vec<Command>) {
    let Some(standing) = state.open_vault().and_then(|vault| vault.standing.as_ref()) else { return };
    top_banner(ui, "standing", &standing.notice(|at| state.local.describe(at)), |ui| {
        if ui.link("View backups").clicked() {
            commands.push(Command::Show(Page::Vault(VaultTab::Backups)));
        }
        if ui.link("Accept this vault").clicked() {
            commands.push(Command::Trust(TrustCommand::Accept));
        }
    });
}

/// What two people changed at once waits for a choice, and what a synchronising program left waits to be merged.
fn conflict_banner(ui: &mut Ui, state: &AppState, commands: &mut Vec<Command>) {
    let Some(vault) = state.open_vault() else { return };
    if let Some(copy) = vault.copies.first() {
        let name = copy.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let text = format!("A sync client left a conflicting copy, {name}, with changes that are not in this vault.");
        top_banner(ui, "copies", &text, |ui| {
            if ui.link("Merge it").clicked() {
                commands.push(Command::VaultPage(VaultPageCommand::MergeCopy(copy.clone())));
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

/// A renewal that somebody began and has not ended; it ends when the UCC has the new connection string.
fn renewal_banner(ui: &mut Ui, state: &AppState, commands: &mut Vec<Command>) {
    let Some(vault) = state.open_vault() else { return };
    let open = vault.profiles.iter();
    let mut begun = open.filter(|profile| profile.renewal.is_some() || profile.ucc_behind().is_some());
    let Some(first) = begun.next() else { return };
    let text = match begun.count() {
        0 if first.renewal.is_none() => {
            let behind = first.ucc_behind().map(|behind| behind.describe(state.now)).unwrap_or_default();
            format!("“{}”: {behind}", first.name)
        }
        0 => format!("The renewal of the client secret of “{}” is not finished.", first.name),
        more => {
            let others = counted(more, "other client secret");
            format!("The renewals of “{}” and {others} are not finished.", first.name)
        }
    };
    top_banner(ui, "renewal", &text, |ui| {
        if ui.link("Continue").clicked() {
            commands.push(Command::Renewal(RenewalCommand::Open(first.id)));
        }
    });
}

fn top_banner(ui: &mut Ui, id: &'static str, text: &str, links: impl FnOnce(&mut Ui)) {
    let margin = Margin { left: 12, right: 12, top: 8, bottom: 0 };
    Panel::top(id).show_separator_line(false).frame(Frame::new().inner_margin(margin)).show(ui, |ui| {
        banner(ui, Tone::Warning, text, links);
    });
}

fn notice_bar(ui: &mut Ui, state: &AppState, commands: &mut Vec<Command>) {
    let Some(notice) = &state.notice else { return };
    let margin = Margin::symmetric(12, 8);
    Panel::bottom("notice").show_separator_line(false).frame(Frame::new().inner_margin(margin)).show(ui, |ui| {
        banner(ui, notice.tone, &notice.text, |ui| {
            if notice.undo == Undo::Deletion && ui.link("Undo").clicked() {
                commands.push(Command::Profiles(ProfileCommand::UndoDelete));
            }
            if ui.link("Dismiss").clicked() {
                commands.push(Command::DismissNotice);
            }
        });
    });
}

const SIDE_MARGIN: Margin = Margin { left: 12, right: 4, top: 12, bottom: 12 };

fn guide_panel(ui: &mut Ui, content: impl FnOnce(&mut Ui)) {
    let width = if ui.available_width() < 820.0 { 300.0 } else { 380.0 };
    let frame = Frame::new().inner_margin(SIDE_MARGIN);
    Panel::left("guide").resizable(false).exact_size(width).show_separator_line(false).frame(frame).show(ui, content);
}

/// The list of profiles, as wide as somebody made it: its edge is drawn with the pointer, and its width kept.
fn list_panel(ui: &mut Ui, state: &mut AppState, commands: &mut Vec<Command>) {
    /// The least room for the list and for the form beside it, in points.
    const LEAST: (f32, f32) = (230.0, 460.0);
    let most = (ui.available_width() - LEAST.1).max(LEAST.0);
    let kept = f32::from(state.settings.list_width);
    let frame = Frame::new().inner_margin(SIDE_MARGIN);
    let panel = Panel::left("profiles").resizable(true).default_size(kept.min(most)).size_range(LEAST.0..=most);
    let shown = panel.frame(frame).show(ui, |ui| own_scope(ui, "list", |ui| profile_list::show(ui, state, commands)));
    let width = shown.response.rect.width().round();
    // Where the window is too narrow for the width that was chosen, that stays chosen.
    let was_chosen = width + 0.5 < most && (width - kept).abs() >= 1.0;
    if was_chosen && !ui.input(|input| input.pointer.any_down()) {
        let settings = Settings { list_width: width as u16, ..state.settings.clone() };
        commands.push(Command::ChangeSettings(settings));
    }
}

/// The ground of a page, which scrolls when it is higher than the window. Each `name` has a place of its own to scroll
/// to: what was not shown before begins at its top.
fn page(ui: &mut Ui, name: impl egui::AsIdSalt, content: impl FnOnce(&mut Ui)) {
    let frame =
        Frame::new().fill(tokens(ui).background).inner_margin(Margin { left: 12, right: 4, top: 12, bottom: 0 });
    let scrolled = |ui: &mut Ui| {
        Frame::new().inner_margin(Margin { left: 0, right: 8, top: 0, bottom: 12 }).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = 8.0;
            content(ui);
        });
    };
    CentralPanel::no_frame().frame(frame).show(ui, |ui| {
        own_scope(ui, ("page", name), |ui| ScrollArea::vertical().auto_shrink(false).show(ui, scrolled));
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

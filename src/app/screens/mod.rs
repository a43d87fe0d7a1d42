//! The screens. Each is a function from the state to what is drawn, and to the [`Command`]s that people give.
//!
//! Drawing changes nothing but the text in text fields; everything else is a command.

mod about;
mod attention;
mod check_all;
mod check_panel;
mod first_start;
mod hand_over;
mod import;
mod network_test;
mod outcome_line;
mod profile_form;
mod profile_list;
mod reminder_settings;
mod reminders;
mod renewal;
mod renewals;
mod row_keys;
mod selection;
mod settings;
mod setup_guide;
mod status;
mod top_bar;
mod unlock;
mod vault;
mod visible_rows;

pub(in crate::app) use profile_list::focused_profile;
pub(in crate::app) use vault::{added, backup_in_words, described};

use egui::{CentralPanel, Frame, Id, Margin, Panel, PanelState, RichText, ScrollArea, Ui};

use super::{
    state::{AppState, Command, Page, ProfilesPage, Screen},
    theme::tokens,
    widgets::{
        Lost, Vocabulary, arriving, focus_ring, heading, lost_focus, own_scope, scroll_to_focus, scroll_with_page_keys,
        shown_line, with_bar_below,
    },
};
use crate::settings::Settings;

/// Names what the window shows: the page, and on the page of profiles the one in the form.
pub fn shown(state: &AppState) -> Id {
    match &state.screen {
        Screen::FirstStart(_) => Id::unique("first start is shown"),
        Screen::Unlock(_) => Id::unique("the locked vault is shown"),
        Screen::Open(vault) => {
            let profile = vault.draft.as_ref().filter(|_| vault.page == Page::Profiles).map(|draft| draft.id);
            let parts = Some(state.profiles_page()).filter(|_| vault.page == Page::Profiles);
            Id::unique(("shown", vault.page, vault.guide_open, profile, parts))
        }
    }
}

/// Draws the whole window.
pub fn window(ui: &mut Ui, state: &mut AppState, commands: &mut Vec<Command>) {
    ui.painter().rect_filled(ui.max_rect(), 0.0, tokens(ui).background);
    match &state.screen {
        Screen::FirstStart(_) => page(ui, "first start", |ui| first_start::show(ui, state, commands)),
        Screen::Unlock(_) => page(ui, "unlock", |ui| unlock::show(ui, state, commands)),
        Screen::Open(_) => open_vault(ui, state, commands),
    }
    status::notice(ui, state, commands);
    import::drop_hint(ui, state);
}

fn open_vault(ui: &mut Ui, state: &mut AppState, commands: &mut Vec<Command>) {
    top_bar::show(ui, state, commands);
    status::line(ui, state, commands);
    let Some(vault) = state.open_vault() else { return };
    match vault.page {
        Page::Profiles => profiles(ui, state, commands),
        Page::Renewal(id) => page(ui, ("renewal", id), |ui| renewal::show(ui, state, commands)),
        Page::Import => arriving(ui, |ui| import::show(ui, state, commands)),
        Page::Renewals => own_scope(ui, "renewals", |ui| arriving(ui, |ui| renewals::show(ui, state, commands))),
        Page::TestAll => own_scope(ui, "test all", |ui| arriving(ui, |ui| check_all::show(ui, state, commands))),
        Page::Settings => page(ui, "settings", |ui| settings::show(ui, state, commands)),
        Page::Vault(tab) => page(ui, ("vault", tab.name()), |ui| vault::show(ui, state, tab, commands)),
        Page::About => page(ui, "about", |ui| about::show(ui, state, commands)),
    }
}

/// The list or the guide, and the form beside it; in a narrow window one of them.
fn profiles(ui: &mut Ui, state: &mut AppState, commands: &mut Vec<Command>) {
    let Some(vault) = state.open_vault() else { return };
    let (guide_open, is_of_several) = (vault.guide_open, vault.selection.is_of_several());
    match (state.profiles_page(), guide_open) {
        (ProfilesPage::Both, guide_open) => {
            attention::strip(ui, state, commands);
            match guide_open {
                true => guide_panel(ui, |ui| own_scope(ui, "guide", |ui| setup_guide::show(ui, state, commands))),
                false => list_panel(ui, state, commands),
            }
        }
        (ProfilesPage::ListOnly, true) => {
            let guide = |ui: &mut Ui| own_scope(ui, "guide", |ui| setup_guide::show(ui, state, commands));
            CentralPanel::no_frame().frame(Frame::new().inner_margin(SIDE_MARGIN)).show(ui, guide);
            return;
        }
        (ProfilesPage::ListOnly, false) => {
            attention::strip(ui, state, commands);
            return list_alone(ui, state, commands);
        }
        (ProfilesPage::FormOnly, _) => {}
    }
    if is_of_several {
        return page(ui, "selection", |ui| selection::show(ui, state, commands));
    }
    form(ui, state, commands);
}

/// The form: its head and its bar of buttons stay where they are, and what is between them scrolls.
fn form(ui: &mut Ui, state: &mut AppState, commands: &mut Vec<Command>) {
    let shown = state.open_vault().and_then(|vault| vault.draft.as_ref()).map(|draft| draft.id);
    profile_form::header_bar(ui, state, commands);
    with_bar_below(
        ui,
        "profile",
        &mut (state, commands),
        |ui, (state, commands)| match lost_focus(ui.ctx()) {
            // After a step the next one is at the foot of the page.
            Lost::Here if shown.is_some() => scrolled(ui, shown, |ui| profile_form::show(ui, state, commands)),
            _ => page(ui, shown, |ui| profile_form::show(ui, state, commands)),
        },
        |ui, (state, commands)| arriving(ui, |ui| profile_form::action_bar(ui, state, commands)),
    );
}

/// The list across the whole window, and below it the way to what can be done with several profiles.
fn list_alone(ui: &mut Ui, state: &mut AppState, commands: &mut Vec<Command>) {
    with_bar_below(
        ui,
        "list alone",
        &mut (state, commands),
        |ui, (state, commands)| {
            let frame = Frame::new().inner_margin(SIDE_MARGIN);
            CentralPanel::no_frame().frame(frame).show(ui, |ui| {
                own_scope(ui, "list", |ui| profile_list::show(ui, state, commands));
            });
        },
        |ui, (state, commands)| selection::bar(ui, state, commands),
    );
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
    /// Where the window is wide, in points.
    const WIDE: f32 = 1500.0;
    let most = (ui.available_width() - LEAST.1).max(LEAST.0);
    // Until somebody chooses a width, a wide window has room for whole names.
    let kept = match state.settings.list_width {
        width if width == Settings::default().list_width && ui.available_width() > WIDE => 420.0,
        width => f32::from(width),
    };
    let panel_id = ui.scope_id().with("profiles");
    let follows_window = follow_window(ui, panel_id, kept);
    let frame = Frame::new().inner_margin(SIDE_MARGIN);
    let panel = Panel::left("profiles").resizable(true).default_size(kept.min(most)).size_range(LEAST.0..=most);
    let shown = panel.frame(frame).show(ui, |ui| {
        // Whatever is in it: what leaves room beside itself would move its edge.
        ui.set_min_width(ui.available_width());
        own_scope(ui, "list", |ui| profile_list::show(ui, state, commands));
    });
    let splitter = panel_id.with("__resize");
    if ui.ctx().has_accesskit_node(splitter) {
        ui.ctx().accesskit_node_builder(splitter, |node| node.set_label("Width of the list"));
    }
    // The edge can be reached by the Tab key, and looks like nothing else that can.
    let focused = ui.memory(|memory| memory.focused()).and_then(|id| ui.ctx().read_response(id));
    let edge = shown.response.rect.right();
    if let Some(handle) = focused.filter(|it| it.rect.width() < 16.0 && it.rect.x_range().expand(4.0).contains(edge)) {
        focus_ring(ui, &handle);
    }
    let width = shown.response.rect.width().round();
    // Where the window is too narrow for the width that was chosen, that stays chosen.
    let is_new = (width - kept).abs() >= 1.0 && width as u16 != state.settings.list_width;
    let was_chosen = width + 0.5 < most && is_new && !follows_window;
    if was_chosen && !ui.input(|input| input.pointer.any_down()) {
        let settings = Settings { list_width: width as u16, ..state.settings.clone() };
        commands.push(Command::ChangeSettings(Box::new(settings)));
    }
}

/// Makes a panel forget the width that it has where that is to be another one: a list whose width nobody chose is wider in
/// a wide window, also when the window grows. True in the frame in which it does.
fn follow_window(ui: &Ui, panel: Id, width: f32) -> bool {
    ui.data_mut(|data| {
        let before = std::mem::replace(data.get_temp_mut_or(panel.with("width"), width), width);
        let follows = (before - width).abs() >= 1.0;
        if follows {
            data.remove::<PanelState>(panel);
        }
        follows
    })
}

/// The ground of a page, which scrolls when it is higher than the window, and to which the keyboard goes where it has lost
/// its place.
fn page(ui: &mut Ui, name: impl egui::AsIdSalt, content: impl FnOnce(&mut Ui)) {
    scrolled(ui, name, |ui| arriving(ui, content));
}

/// What scrolls when it is higher than the window. Each `name` has a place of its own to scroll to: what was not shown before
/// begins at its top.
fn scrolled(ui: &mut Ui, name: impl egui::AsIdSalt, content: impl FnOnce(&mut Ui)) {
    let frame =
        Frame::new().fill(tokens(ui).background).inner_margin(Margin { left: 12, right: 4, top: 12, bottom: 0 });
    let whole = |ui: &mut Ui| {
        Frame::new().inner_margin(Margin { left: 0, right: 8, top: 0, bottom: 12 }).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = 8.0;
            content(ui);
            scroll_to_focus(ui);
            scroll_with_page_keys(ui);
        });
    };
    CentralPanel::no_frame().frame(frame).show(ui, |ui| {
        own_scope(ui, ("page", name), |ui| ScrollArea::vertical().auto_shrink(false).show(ui, whole));
    });
}

/// Whether the window is so low, or its text so large, that only what matters most has room.
fn is_short(ui: &Ui) -> bool {
    ui.ctx().content_rect().height() < 480.0
}

/// A page's title.
fn title(ui: &mut Ui, text: &str) {
    ui.add_space(4.0);
    heading(ui, RichText::new(text).heading(), 1);
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

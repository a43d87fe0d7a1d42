//! The profiles on the left: search, filter, and how each one stands.

use egui::{
    Align2, Button, CornerRadius, RichText, ScrollArea, Sense, Stroke, StrokeKind, TextEdit, TextStyle, Ui, WidgetInfo,
    WidgetType, vec2,
};

use crate::app::{
    command::Command,
    listing::{Filter, SortBy, listed},
    state::AppState,
    theme::{CONTROL_HEIGHT, icons::Icon, tokens},
    widgets::{Enabled, Vocabulary, shown_line},
};
use crate::profile::{ExpiryState, Profile};

const ROW_HEIGHT: f32 = 54.0;

pub(super) fn show(ui: &mut Ui, state: &mut AppState, commands: &mut Vec<Command>) {
    let now = state.now;
    let crate::app::state::Screen::Open(vault) = &mut state.screen else { return };
    if ui.primary_button("New profile", Enabled::Yes).on_hover_text("Ctrl+N").clicked() {
        commands.push(Command::NewProfile);
    }
    search(ui, &mut vault.search, &mut vault.focus_search);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        ui.spacing_mut().button_padding.x = 8.0;
        for filter in Filter::ALL {
            let button = Button::selectable(vault.filter == filter, filter.name()).min_size(vec2(0.0, 26.0));
            if ui.add(button).clicked() {
                commands.push(Command::Filter(filter));
            }
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let (text, next, name) = match vault.sort {
                SortBy::Name => ("by name", SortBy::Expiry, "Sorted by name; press to sort by expiry"),
                SortBy::Expiry => ("by expiry", SortBy::Name, "Sorted by expiry; press to sort by name"),
            };
            let response = ui.add(Button::new(RichText::new(text).small()).frame(false));
            response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, name));
            if response.on_hover_text(name).clicked() {
                commands.push(Command::Sort(next));
            }
        });
    });
    let shown = listed(&vault.profiles, &vault.search, vault.filter, vault.sort, now);
    if shown.is_empty() {
        ui.add_space(12.0);
        let text = match vault.profiles.is_empty() {
            true => {
                "No profiles yet. Press “New profile”, or open the setup guide if you are still in the Azure portal."
            }
            false => "No profile matches. Empty the search field or choose “All”.",
        };
        ui.hint(text);
        return;
    }
    let selected = vault.draft.as_ref().map(|draft| draft.id);
    ui.spacing_mut().item_spacing.y = 2.0;
    ScrollArea::vertical().auto_shrink(false).show_rows(ui, ROW_HEIGHT, shown.len(), |ui, rows| {
        for index in rows {
            let profile = &vault.profiles[shown[index]];
            if row(ui, profile, selected == Some(profile.id), now) {
                commands.push(Command::Select(profile.id));
            }
        }
    });
}

fn search(ui: &mut Ui, text: &mut String, take_focus: &mut bool) {
    let quiet = tokens(ui).text_quiet;
    let field = TextEdit::singleline(text)
        .hint_text(RichText::new("Search profiles").color(quiet))
        .margin(egui::Margin { left: 28, right: 8, top: 7, bottom: 7 })
        .desired_width(f32::INFINITY)
        .min_size(vec2(0.0, CONTROL_HEIGHT));
    let response = ui.add(field).on_hover_text("Ctrl+F");
    response.widget_info(|| WidgetInfo::labeled(WidgetType::TextEdit, true, "Search profiles"));
    if std::mem::take(take_focus) {
        response.request_focus();
    }
    let place = egui::Rect::from_min_size(response.rect.left_top() + vec2(8.0, 9.0), vec2(14.0, 14.0));
    Icon::Search.paint(ui.painter(), place, quiet);
}

/// One profile; `true` when it was pressed.
fn row(ui: &mut Ui, profile: &Profile, selected: bool, now: chrono::DateTime<chrono::Utc>) -> bool {
    let colors = tokens(ui);
    let width = ui.available_width() - 6.0;
    let (rect, response) = ui.allocate_exact_size(vec2(width, ROW_HEIGHT), Sense::click());
    let expiry = expiry_text(profile, now);
    let check = check_text(profile);
    response.widget_info(|| {
        let name = format!("{}, {}, {}", shown_line(&profile.name), expiry.0, check);
        WidgetInfo::selected(WidgetType::SelectableLabel, true, selected, name)
    });
    if !ui.is_rect_visible(rect) {
        return response.clicked();
    }
    let fill = match (selected, response.hovered()) {
        (true, _) => colors.selection,
        (false, true) => colors.hover,
        (false, false) => egui::Color32::TRANSPARENT,
    };
    ui.painter().rect_filled(rect, CornerRadius::same(6), fill);
    if response.has_focus() {
        ui.painter().rect_stroke(rect, CornerRadius::same(6), Stroke::new(2.0, colors.accent), StrokeKind::Inside);
    }
    let inner = rect.shrink2(vec2(10.0, 8.0));
    let icon = egui::Rect::from_min_size(inner.left_top() + vec2(0.0, 2.0), vec2(14.0, 14.0));
    let (picture, color) = match profile.last_check.as_ref().map(|check| check.passed) {
        Some(true) => (Icon::Check, colors.success),
        Some(false) => (Icon::Cross, colors.danger),
        None => (Icon::Ring, colors.text_quiet),
    };
    picture.paint(ui.painter(), icon, color);
    let text_left = inner.left() + 22.0;
    let name = super::elided(ui, &profile.name, TextStyle::Body, colors.text, inner.right() - text_left);
    ui.painter().galley(egui::pos2(text_left, inner.top()), name, colors.text);
    let days_color = match expiry.1 {
        Some(ExpiryState::Lapsed) => colors.danger,
        Some(ExpiryState::Urgent | ExpiryState::Soon) => colors.warning,
        Some(ExpiryState::Fine) | None => colors.text_quiet,
    };
    let bottom = inner.right_bottom();
    let small = TextStyle::Small.resolve(ui.style());
    let days = ui.painter().text(bottom, Align2::RIGHT_BOTTOM, &expiry.0, small, days_color);
    if matches!(expiry.1, Some(ExpiryState::Lapsed | ExpiryState::Urgent | ExpiryState::Soon)) {
        let place = egui::Rect::from_center_size(days.left_center() - vec2(9.0, 0.0), vec2(12.0, 12.0));
        Icon::Warning.paint(ui.painter(), place, days_color);
    }
    let host = profile.environment_url.as_ref().map_or("no address yet", |url| url.organization());
    let room = days.left() - 22.0 - text_left;
    let host = super::elided(ui, host, TextStyle::Small, colors.text_quiet, room);
    ui.painter().galley(egui::pos2(text_left, bottom.y - host.size().y), host, colors.text_quiet);
    response.clicked()
}

fn expiry_text(profile: &Profile, now: chrono::DateTime<chrono::Utc>) -> (String, Option<ExpiryState>) {
    match profile.expiry() {
        Some(expiry) => (expiry.describe(now), Some(expiry.state(now))),
        None => ("no expiry date".to_owned(), None),
    }
}

fn check_text(profile: &Profile) -> &'static str {
    match profile.last_check.as_ref().map(|check| check.passed) {
        Some(true) => "last test passed",
        Some(false) => "last test failed",
        None => "not tested yet",
    }
}

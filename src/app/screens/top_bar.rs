//! The bar at the top of an open vault.

use std::path::Path;

use egui::accesskit::Role as AccessKitRole;
use egui::{Frame, Margin, Panel, RichText, Role, Stroke, Ui, WidgetInfo};

use crate::app::{
    state::{AppState, Command, OpenVault, Page, VaultTab},
    theme::{section_heading, tokens},
    widgets::{Enabled, Vocabulary, bar_with_end, mark_group, mark_selected, name_part, own_scope},
};
use crate::vault::vault_name;

pub(super) fn show(ui: &mut Ui, state: &AppState, commands: &mut Vec<Command>) {
    let Some(vault) = state.open_vault() else { return };
    let colors = tokens(ui);
    let frame = Frame::new().fill(colors.surface).inner_margin(Margin::symmetric(12, 6));
    Panel::top("bar").show_separator_line(false).frame(frame).show(ui, |ui| {
        // In a narrow window, or with large text, the tabs move together before one of them is cut off.
        let (padding, spacing) = match ui.available_width() {
            690.0.. => (12.0, 8.0),
            600.0.. => (8.0, 5.0),
            _ => (3.0, 2.0),
        };
        let end = |ui: &mut Ui| {
            ui.spacing_mut().button_padding.x = padding;
            ui.spacing_mut().item_spacing.x = spacing;
            ui.horizontal(|ui| tabs(ui, vault, commands));
            if ui.secondary_button("Lock", Enabled::Yes).on_hover_text("Ctrl+L").clicked() {
                commands.push(Command::Lock);
            }
        };
        name_part(ui, "Vault and pages");
        own_scope(ui, "top bar", |ui| bar_with_end(ui, "top bar", |ui| title(ui, &vault.path), end));
        let bottom = ui.max_rect().bottom() + 6.0;
        ui.painter().hline(ui.clip_rect().x_range(), bottom, Stroke::new(1.0, colors.divider));
    });
}

/// The program and the vault, as far as there is room.
fn title(ui: &mut Ui, vault: &Path) {
    if ui.available_width() > 170.0 {
        ui.label(RichText::new("A365 Password Tool").text_style(section_heading()));
    }
    if ui.available_width() > 40.0 {
        let name = egui::Label::new(RichText::new(vault_name(vault)).color(tokens(ui).text_quiet)).truncate();
        ui.add(name).on_hover_text(vault.display().to_string());
    }
}

fn tabs(ui: &mut Ui, vault: &OpenVault, commands: &mut Vec<Command>) {
    let is_list = vault.page == Page::Profiles;
    let to_list = match is_list && vault.guide_open {
        true => Command::ToggleGuide,
        false => Command::Show(Page::Profiles),
    };
    let to_vault = Command::Show(Page::Vault(VaultTab::UnlockMethods));
    let shows = |page: Page| (vault.page == page, Command::Show(page));
    mark_group(ui, AccessKitRole::TabList, "Pages");
    for (text, (selected, command)) in [
        ("Profiles", (is_list && !vault.guide_open, to_list)),
        ("Setup guide", (is_list && vault.guide_open, Command::ToggleGuide)),
        ("Renewals", shows(Page::Renewals)),
        ("Test all", shows(Page::TestAll)),
        ("Settings", shows(Page::Settings)),
        ("Vault", (matches!(vault.page, Page::Vault(_)), to_vault)),
        ("About", shows(Page::About)),
    ] {
        tab(ui, text, selected, command, commands);
    }
}

fn tab(ui: &mut Ui, text: &str, selected: bool, command: Command, commands: &mut Vec<Command>) {
    let response = ui.quiet_button(text);
    response.widget_info(|| WidgetInfo::selected(Role::Tab, true, selected, text));
    mark_selected(&response, selected);
    if selected {
        let line = response.rect.x_range().shrink((ui.spacing().button_padding.x - 2.0).max(0.0));
        ui.painter().hline(line, response.rect.bottom() - 2.0, Stroke::new(2.0, tokens(ui).accent));
    }
    if response.clicked() {
        commands.push(command);
    }
}

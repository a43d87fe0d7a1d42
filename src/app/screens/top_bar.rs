//! The bar at the top of an open vault.

use egui::{Align, Frame, Layout, Margin, Panel, RichText, Stroke, Ui};

use crate::app::{
    command::{Command, Page, VaultTab},
    state::AppState,
    theme::{section_heading, tokens},
    widgets::Vocabulary,
};

pub(super) fn show(ui: &mut Ui, state: &AppState, commands: &mut Vec<Command>) {
    let Some(vault) = state.open_vault() else { return };
    let colors = tokens(ui);
    let frame = Frame::new().fill(colors.surface).inner_margin(Margin::symmetric(12, 6));
    Panel::top("bar").show_separator_line(false).frame(frame).show_inside(ui, |ui| {
        ui.horizontal(|ui| {
            let tabs_width = 690.0;
            if ui.available_width() > tabs_width + 170.0 {
                ui.label(RichText::new("A365 Password Tool").text_style(section_heading()));
            }
            // In a narrow window, or with large text, the tabs move together before one of them is cut off.
            let (padding, spacing) = match ui.available_width() {
                690.0.. => (12.0, 8.0),
                600.0.. => (8.0, 5.0),
                _ => (3.0, 2.0),
            };
            let file = vault.path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let width = ui.available_width() - tabs_width;
            if width > 40.0 {
                ui.allocate_ui(egui::vec2(width, 20.0), |ui| {
                    let name = egui::Label::new(RichText::new(file).color(colors.text_quiet)).truncate();
                    ui.add(name).on_hover_text(vault.path.display().to_string());
                });
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().button_padding.x = padding;
                ui.spacing_mut().item_spacing.x = spacing;
                if ui.secondary_button("Lock", crate::app::widgets::Enabled::Yes).on_hover_text("Ctrl+L").clicked() {
                    commands.push(Command::Lock);
                }
                tab(ui, "About", vault.page == Page::About, Command::Show(Page::About), commands);
                let about_vault = matches!(vault.page, Page::Vault(_));
                let command = Command::Show(Page::Vault(VaultTab::WaysToOpen));
                tab(ui, "Vault", about_vault, command, commands);
                tab(ui, "Settings", vault.page == Page::Settings, Command::Show(Page::Settings), commands);
                tab(ui, "Test all", vault.page == Page::TestAll, Command::Show(Page::TestAll), commands);
                let renewals = vault.page == Page::Renewals;
                tab(ui, "Renewals", renewals, Command::Show(Page::Renewals), commands);
                let guide = vault.guide_open && vault.page == Page::Profiles;
                tab(ui, "Setup guide", guide, Command::ToggleGuide, commands);
                let list = !vault.guide_open && vault.page == Page::Profiles;
                let command = if vault.guide_open { Command::ToggleGuide } else { Command::Show(Page::Profiles) };
                let to_list = if vault.page == Page::Profiles { command } else { Command::Show(Page::Profiles) };
                tab(ui, "Profiles", list, to_list, commands);
            });
        });
        let bottom = ui.max_rect().bottom() + 6.0;
        ui.painter().hline(ui.clip_rect().x_range(), bottom, Stroke::new(1.0, colors.divider));
    });
}

fn tab(ui: &mut Ui, text: &str, selected: bool, command: Command, commands: &mut Vec<Command>) {
    let response = ui.quiet_button(text);
    if selected {
        let line = response.rect.x_range().shrink((ui.spacing().button_padding.x - 2.0).max(0.0));
        ui.painter().hline(line, response.rect.bottom() - 2.0, Stroke::new(2.0, tokens(ui).accent));
    }
    if response.clicked() {
        commands.push(command);
    }
}

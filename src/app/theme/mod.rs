//! How the app looks: colours, sizes, fonts and icons, in one place.
//!
//! In: whether the window is light or dark, and what colours the desktop asks for. Out: egui's style, and [`Tokens`] for what egui's style has no
//! name for. No other room names a colour.

pub mod fonts;
pub mod icons;
mod system_colours;
mod tokens;

use egui::{Color32, CornerRadius, FontFamily, FontId, Margin, Stroke, TextStyle, Theme, vec2};

pub use system_colours::{SystemColours, tokens};
pub use tokens::Tokens;

/// How much is left of the colours of what cannot be used.
const DISABLED_OPACITY: f32 = 0.6;

/// The height of a button or a one-line field, in points.
pub const CONTROL_HEIGHT: f32 = 32.0;

/// Gives `ctx` the app's fonts and both of its styles.
pub fn install(ctx: &egui::Context) {
    ctx.set_fonts(fonts::definitions());
    // For systems that do not say whether they are light or dark.
    ctx.options_mut(|options| options.fallback_theme = Theme::Light);
    set_styles(ctx);
}

/// Takes the colours that the desktop asks for, from the next frame on.
pub fn follow_system(ctx: &egui::Context, colours: &SystemColours) {
    system_colours::take(colours);
    set_styles(ctx);
}

fn set_styles(ctx: &egui::Context) {
    for theme in [Theme::Light, Theme::Dark] {
        ctx.set_style_of(theme, style(theme));
    }
}

/// A text style for connection strings and raw answers.
pub fn small_monospace() -> TextStyle {
    TextStyle::Name("small monospace".into())
}

/// A text style for headings inside a page.
pub fn section_heading() -> TextStyle {
    TextStyle::Name("section heading".into())
}

fn style(theme: Theme) -> egui::Style {
    let tokens = system_colours::in_use(theme);
    let mut style = egui::Style { visuals: visuals(theme, tokens), animation_time: 0.0, ..Default::default() };
    let semi_bold = FontFamily::Name(fonts::SEMI_BOLD.into());
    style.text_styles = [
        (TextStyle::Small, FontId::new(12.0, FontFamily::Proportional)),
        (TextStyle::Body, FontId::new(14.0, FontFamily::Proportional)),
        (TextStyle::Button, FontId::new(14.0, FontFamily::Proportional)),
        (TextStyle::Monospace, FontId::new(13.0, FontFamily::Monospace)),
        (TextStyle::Heading, FontId::new(20.0, semi_bold.clone())),
        (small_monospace(), FontId::new(12.0, FontFamily::Monospace)),
        (section_heading(), FontId::new(15.0, semi_bold)),
    ]
    .into();
    let spacing = &mut style.spacing;
    spacing.item_spacing = vec2(8.0, 6.0);
    spacing.button_padding = vec2(12.0, 6.0);
    spacing.interact_size = vec2(40.0, CONTROL_HEIGHT);
    spacing.icon_width = 18.0;
    spacing.icon_spacing = 8.0;
    spacing.menu_margin = Margin::same(8);
    spacing.window_margin = Margin::same(20);
    // Always there and always of one width; only a bar that egui calls floating has a colour that can be seen.
    let scroll = &mut spacing.scroll;
    *scroll = egui::style::ScrollStyle::floating();
    (scroll.bar_width, scroll.floating_width, scroll.floating_allocated_width) = (10.0, 10.0, 10.0);
    (scroll.dormant_background_opacity, scroll.active_background_opacity) = (0.0, 0.0);
    scroll.interact_background_opacity = 0.0;
    let opacity = tokens.scroll_handle_opacity();
    (scroll.dormant_handle_opacity, scroll.active_handle_opacity) = (opacity, opacity);
    scroll.interact_handle_opacity = 0.9;
    // A list that springs back is animated too, and moves under the pointer.
    spacing.scroll.kinetic.rubber_band = false;
    // Every animated frame is drawn on the CPU, often across a Remote Desktop line.
    style.scroll_animation = egui::style::ScrollAnimation::none();
    style.interaction.selectable_labels = false;
    style.interaction.tooltip_delay = 0.4;
    style.url_in_tooltip = true;
    style
}

fn visuals(theme: Theme, tokens: &Tokens) -> egui::Visuals {
    let mut visuals = match theme {
        Theme::Light => egui::Visuals::light(),
        Theme::Dark => egui::Visuals::dark(),
    };
    let radius = CornerRadius::same(5);
    visuals.override_text_color = None;
    visuals.weak_text_color = Some(tokens.text_quiet);
    visuals.hyperlink_color = tokens.link;
    visuals.panel_fill = tokens.background;
    visuals.window_fill = tokens.surface;
    visuals.window_stroke = Stroke::new(1.0, tokens.border);
    visuals.window_corner_radius = CornerRadius::same(8);
    visuals.window_shadow = egui::Shadow { offset: [0, 6], blur: 16, spread: 0, color: Color32::from_black_alpha(70) };
    visuals.popup_shadow = egui::Shadow { offset: [0, 3], blur: 8, spread: 0, color: Color32::from_black_alpha(50) };
    visuals.menu_corner_radius = CornerRadius::same(6);
    visuals.extreme_bg_color = tokens.field;
    visuals.text_edit_bg_color = Some(tokens.field);
    visuals.faint_bg_color = tokens.background;
    visuals.code_bg_color = tokens.background;
    visuals.warn_fg_color = tokens.warning;
    visuals.error_fg_color = tokens.danger;
    visuals.selection.bg_fill = tokens.selection;
    visuals.selection.stroke = Stroke::new(2.0, tokens.accent);
    visuals.disabled_alpha = DISABLED_OPACITY;
    visuals.text_cursor.blink = false;
    visuals.text_cursor.stroke = Stroke::new(2.0, tokens.text);
    let widgets = &mut visuals.widgets;
    for (visual, fill, border, text) in [
        (&mut widgets.noninteractive, tokens.surface, tokens.divider, tokens.text),
        (&mut widgets.inactive, tokens.surface, tokens.border, tokens.text),
        (&mut widgets.hovered, tokens.hover, tokens.border_strong, tokens.text),
        (&mut widgets.active, tokens.pressed, tokens.accent, tokens.text),
        (&mut widgets.open, tokens.hover, tokens.border_strong, tokens.text),
    ] {
        visual.bg_fill = fill;
        visual.weak_bg_fill = fill;
        visual.bg_stroke = Stroke::new(1.0, border);
        visual.fg_stroke = Stroke::new(1.0, text);
        visual.corner_radius = radius;
        visual.expansion = 0.0;
    }
    // A focused control is outlined: people who use the keyboard must see where they are.
    widgets.active.bg_stroke = Stroke::new(2.0, tokens.accent);
    visuals
}

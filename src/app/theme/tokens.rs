//! The colours of both themes, named by what they are for.

use egui::{Color32, Theme};

/// The colours of one theme. Text on its own ground has a contrast of at least 4.5 to 1; a test measures it.
#[derive(Clone, Copy, Debug)]
pub struct Tokens {
    /// Behind everything.
    pub background: Color32,
    /// Cards, dialogs, the bar at the top.
    pub surface: Color32,
    /// Inside a text field.
    pub field: Color32,
    /// Between parts of a card.
    pub divider: Color32,
    /// Around fields and buttons.
    pub border: Color32,
    /// Around what the pointer is over.
    pub border_strong: Color32,
    /// Under the pointer.
    pub hover: Color32,
    /// Being pressed.
    pub pressed: Color32,
    /// Selected text and rows.
    pub selection: Color32,
    /// Text.
    pub text: Color32,
    /// Text that explains.
    pub text_quiet: Color32,
    /// The one action that matters most, and the focus.
    pub accent: Color32,
    /// The same under the pointer.
    pub accent_hover: Color32,
    /// Text on the accent colour.
    pub on_accent: Color32,
    /// Links.
    pub link: Color32,
    /// Good news.
    pub success: Color32,
    /// The ground of good news.
    pub success_ground: Color32,
    /// To be looked at soon.
    pub warning: Color32,
    /// The ground of a warning.
    pub warning_ground: Color32,
    /// Broken, expired, or about to be deleted.
    pub danger: Color32,
    /// The ground of bad news.
    pub danger_ground: Color32,
}

const fn rgb(hex: u32) -> Color32 {
    Color32::from_rgb((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

static LIGHT: Tokens = Tokens {
    background: rgb(0xf3f4f6),
    surface: rgb(0xffffff),
    field: rgb(0xffffff),
    divider: rgb(0xe2e5ea),
    border: rgb(0x808897),
    border_strong: rgb(0x5b6472),
    hover: rgb(0xeceff3),
    pressed: rgb(0xdfe4ea),
    selection: rgb(0xcfe2fb),
    text: rgb(0x1a1f27),
    text_quiet: rgb(0x525b69),
    accent: rgb(0x0b5cad),
    accent_hover: rgb(0x094c90),
    on_accent: rgb(0xffffff),
    link: rgb(0x0b5cad),
    success: rgb(0x0f6b35),
    success_ground: rgb(0xe3f4e8),
    warning: rgb(0x8a4b00),
    warning_ground: rgb(0xfff1d6),
    danger: rgb(0xb3261e),
    danger_ground: rgb(0xfdeaea),
};

static DARK: Tokens = Tokens {
    background: rgb(0x16191e),
    surface: rgb(0x1f242b),
    field: rgb(0x14171b),
    divider: rgb(0x323943),
    border: rgb(0x667080),
    border_strong: rgb(0x97a1b1),
    hover: rgb(0x2b323b),
    pressed: rgb(0x37404b),
    selection: rgb(0x1c3f68),
    text: rgb(0xe8ebef),
    text_quiet: rgb(0xaab3c0),
    accent: rgb(0x6db3ff),
    accent_hover: rgb(0x93c7ff),
    on_accent: rgb(0x08182b),
    link: rgb(0x82bdff),
    success: rgb(0x6fd694),
    success_ground: rgb(0x17301f),
    warning: rgb(0xffc266),
    warning_ground: rgb(0x38290f),
    danger: rgb(0xff9a92),
    danger_ground: rgb(0x3d1d1c),
};

impl Tokens {
    /// The ground and the text of a main button that cannot be pressed.
    pub fn disabled(&self) -> (Color32, Color32) {
        (self.hover, self.text_quiet)
    }

    /// The app's own colours for `theme`.
    pub(super) fn built_in(theme: Theme) -> &'static Tokens {
        match theme {
            Theme::Light => &LIGHT,
            Theme::Dark => &DARK,
        }
    }
}

/// How well one colour differs from another, 1 to 21, as WCAG 2.2 defines it.
pub(super) fn contrast(a: Color32, b: Color32) -> f64 {
    let luminance = |color: Color32| {
        let channel = |value: u8| {
            let value = f64::from(value) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(color.r()) + 0.7152 * channel(color.g()) + 0.0722 * channel(color.b())
    };
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Every text of the app can be read on the grounds that it stands on.
    pub(in super::super) fn assert_readable(tokens: &Tokens) {
        let grounds = [
            (tokens.text, tokens.background),
            (tokens.text, tokens.surface),
            (tokens.text, tokens.selection),
            (tokens.text, tokens.hover),
            (tokens.text_quiet, tokens.background),
            (tokens.text_quiet, tokens.surface),
            (tokens.on_accent, tokens.accent),
            (tokens.on_accent, tokens.accent_hover),
            (tokens.link, tokens.surface),
            (tokens.link, tokens.background),
            (tokens.success, tokens.success_ground),
            (tokens.success, tokens.surface),
            (tokens.warning, tokens.warning_ground),
            (tokens.warning, tokens.surface),
            (tokens.danger, tokens.danger_ground),
            (tokens.danger, tokens.surface),
            (tokens.text, tokens.danger_ground),
            (tokens.text, tokens.warning_ground),
            (tokens.disabled().1, tokens.disabled().0),
        ];
        for (text, ground) in grounds {
            assert!(contrast(text, ground) >= 4.5, "{text:?} on {ground:?}: {:.2}", contrast(text, ground));
        }
    }

    #[test]
    fn text_can_be_read_on_its_ground() {
        for tokens in [&LIGHT, &DARK] {
            assert_readable(tokens);
            // What is chosen in a list of choices.
            assert!(contrast(tokens.accent, tokens.selection) >= 4.5);
        }
    }

    #[test]
    fn the_borders_of_fields_can_be_seen() {
        for tokens in [&LIGHT, &DARK] {
            assert!(contrast(tokens.border, tokens.surface) >= 3.0);
            assert!(contrast(tokens.border, tokens.field) >= 3.0);
            assert!(contrast(tokens.border, tokens.background) >= 3.0);
        }
    }

    #[test]
    fn the_handle_of_a_scroll_bar_can_be_seen() {
        for tokens in [&LIGHT, &DARK] {
            for ground in [tokens.background, tokens.surface] {
                let handle = ground.lerp_to_gamma(tokens.text, super::super::SCROLL_HANDLE_OPACITY);
                assert!(contrast(handle, ground) >= 3.0, "{:.2}", contrast(handle, ground));
            }
        }
    }
}

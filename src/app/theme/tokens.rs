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
    /// The ground, the text and the border of a main button that cannot be pressed. In a contrast theme, whose quiet text is not
    /// quieter, the text is as faded as can be read.
    pub fn disabled(&self) -> (Color32, Color32, Color32) {
        if self.text_quiet != self.text {
            return (self.hover, self.text_quiet, self.divider);
        }
        let faded = [0.6, 0.7, 0.8, 0.9].map(|opacity| self.hover.lerp_to_gamma(self.text, opacity));
        let text = faded.into_iter().find(|text| contrast(*text, self.hover) >= 4.5).unwrap_or(self.text);
        (self.hover, text, text)
    }

    /// How much of the text's colour the handle of a scroll bar has: it can be seen on every ground.
    pub(super) fn scroll_handle_opacity(&self) -> f32 {
        let is_seen = |opacity: f32| {
            let mut grounds = [self.background, self.surface].into_iter();
            grounds.all(|ground| contrast(ground.lerp_to_gamma(self.text, opacity), ground) >= 3.0)
        };
        [0.55, 0.7, 0.85].into_iter().find(|opacity| is_seen(*opacity)).unwrap_or(1.0)
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
        let rows = [tokens.background, tokens.selection, tokens.hover];
        let news = [tokens.success_ground, tokens.warning_ground, tokens.danger_ground];
        let mut pairs = vec![
            (tokens.on_accent, tokens.accent),
            (tokens.on_accent, tokens.accent_hover),
            (tokens.success, tokens.success_ground),
            (tokens.warning, tokens.warning_ground),
            (tokens.danger, tokens.danger_ground),
            (tokens.danger, tokens.pressed),
            (tokens.text, tokens.field),
            (tokens.text, tokens.pressed),
            // Examples in empty fields.
            (tokens.text_quiet, tokens.field),
            (tokens.disabled().1, tokens.disabled().0),
        ];
        // What stands in rows, on cards and below fields, and on hovered buttons.
        for text in [tokens.text, tokens.text_quiet, tokens.success, tokens.warning, tokens.danger] {
            pairs.extend(rows.into_iter().chain([tokens.surface]).map(|ground| (text, ground)));
        }
        for text in [tokens.text, tokens.text_quiet, tokens.link] {
            pairs.extend(news.map(|ground| (text, ground)));
        }
        pairs.extend([(tokens.link, tokens.surface), (tokens.link, tokens.background)]);
        for (text, ground) in pairs {
            assert!(contrast(text, ground) >= 4.5, "{text:?} on {ground:?}: {:.2}", contrast(text, ground));
        }
    }

    /// What is no text and has to be seen: rings, borders, bars, marks (WCAG 2.2, 1.4.11).
    pub(in super::super) fn assert_visible(tokens: &Tokens) {
        let grounds = [tokens.background, tokens.surface, tokens.field];
        let mut pairs = Vec::new();
        for ground in grounds {
            // The ring of what has the focus, and the line below the chosen tab.
            pairs.push(("accent", tokens.accent, ground));
            pairs.push(("border", tokens.border, ground));
            pairs.push(("strong border", tokens.border_strong, ground));
            let handle = ground.lerp_to_gamma(tokens.text, tokens.scroll_handle_opacity());
            pairs.push(("handle of a scroll bar", handle, ground));
            // What cannot be pressed is faded, and can be seen all the same.
            pairs.push(("disabled text", ground.lerp_to_gamma(tokens.text, super::super::DISABLED_OPACITY), ground));
        }
        // The ring of a row that is chosen, and of a main button.
        pairs.push(("ring of a chosen row", tokens.text, tokens.selection));
        pairs.push(("ring of a main button", tokens.text, tokens.background));
        // A tick in its box.
        pairs.push(("tick", tokens.on_accent, tokens.accent));
        for (what, color, ground) in pairs {
            assert!(contrast(color, ground) >= 3.0, "{what}: {color:?} on {ground:?}: {:.2}", contrast(color, ground));
        }
        // A chosen row or chip shows it by its ground, or by the accent's bar or border.
        let by_ground = contrast(tokens.selection, tokens.background);
        let by_mark = contrast(tokens.accent, tokens.selection).min(contrast(tokens.accent, tokens.background));
        assert!(by_ground.max(by_mark) >= 3.0, "chosen: {by_ground:.2}, {by_mark:.2}");
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
    fn rings_borders_and_bars_can_be_seen() {
        for tokens in [&LIGHT, &DARK] {
            assert_visible(tokens);
        }
    }
}

//! The app's colours made from those that a person chose for the whole desktop: an accent, or a contrast theme.
//!
//! Whatever the desktop's colours are, text keeps a contrast of 4.5 to 1 on its ground: a colour that cannot is made
//! darker or lighter, or text's own is taken in its place.

use std::cell::Cell;

use egui::{Color32, Theme};

use super::tokens::{Tokens, contrast};
use crate::platform::appearance::{self, ContrastColours, Rgb};

/// What text needs on its ground (WCAG 2.2, AA).
const READABLE: f64 = 4.5;

/// What the desktop says about colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SystemColours {
    /// The contrast theme, if one is on: then nothing else counts.
    pub contrast: Option<ContrastColours>,
    /// The accent.
    pub accent: Option<Rgb>,
}

impl SystemColours {
    /// As the desktop is set now.
    pub fn now() -> SystemColours {
        SystemColours { contrast: appearance::contrast_colours(), accent: appearance::accent() }
    }

    /// The tokens for light and for dark. A contrast theme is neither: both are the same.
    fn tokens(&self) -> [Tokens; 2] {
        match (self.contrast, self.accent) {
            (Some(colours), _) => [of_contrast(&colours); 2],
            (None, Some(accent)) => {
                [Theme::Light, Theme::Dark].map(|theme| with_accent(Tokens::built_in(theme), accent))
            }
            (None, None) => [Theme::Light, Theme::Dark].map(|theme| *Tokens::built_in(theme)),
        }
    }
}

thread_local! {
    /// The tokens of this thread's window, for light and for dark; none are the built-in ones.
    static IN_USE: Cell<Option<&'static [Tokens; 2]>> = const { Cell::new(None) };
}

/// The colours that `ui` is drawn in: the app's own, or what the desktop asks for.
pub fn tokens(ui: &egui::Ui) -> &'static Tokens {
    in_use(if ui.visuals().dark_mode { Theme::Dark } else { Theme::Light })
}

/// The tokens of `theme` in this thread's window.
pub(super) fn in_use(theme: Theme) -> &'static Tokens {
    match (IN_USE.get(), theme) {
        (None, theme) => Tokens::built_in(theme),
        (Some([light, _]), Theme::Light) => light,
        (Some([_, dark]), Theme::Dark) => dark,
    }
}

/// Takes these colours for this thread's window.
pub(super) fn take(colours: &SystemColours) {
    let built_in = *colours == SystemColours::default();
    // Kept for ever: a person changes the desktop's colours a few times in a program's life, and a few hundred bytes stay.
    IN_USE.set((!built_in).then(|| &*Box::leak(Box::new(colours.tokens()))));
}

fn of_contrast(colours: &ContrastColours) -> Tokens {
    let colour = |[red, green, blue]: Rgb| Color32::from_rgb(red, green, blue);
    let ground = colour(colours.window);
    let text = match colour(colours.window_text) {
        text if contrast(text, ground) >= READABLE => text,
        _ => black_or_white_on(ground),
    };
    let readable = |chosen: Rgb| Some(colour(chosen)).filter(|it| contrast(*it, ground) >= READABLE).unwrap_or(text);
    let (highlight, on_highlight) = (colour(colours.highlight), colour(colours.highlight_text));
    let pair_is_good = contrast(highlight, on_highlight) >= READABLE && contrast(highlight, ground) >= READABLE;
    let (accent, on_accent) = if pair_is_good { (highlight, on_highlight) } else { (text, ground) };
    // Selected rows keep the colour of their text, so their ground may have to stay the window's; they are outlined.
    let selection = if contrast(text, highlight) >= READABLE { highlight } else { ground };
    Tokens {
        background: ground,
        surface: ground,
        field: ground,
        divider: text,
        border: text,
        border_strong: accent,
        hover: ground,
        pressed: ground,
        selection,
        text,
        text_quiet: text,
        accent,
        accent_hover: accent,
        on_accent,
        link: readable(colours.link),
        // Good and bad news have their own icons and words.
        success: text,
        success_ground: ground,
        warning: text,
        warning_ground: ground,
        danger: text,
        danger_ground: ground,
    }
}

fn with_accent(base: &Tokens, accent: Rgb) -> Tokens {
    let [red, green, blue] = accent;
    let is_readable = |colour: Color32| {
        let grounds = [base.surface, base.background, base.field, base.selection];
        let news = [base.success_ground, base.warning_ground, base.danger_ground];
        grounds.iter().chain(&news).all(|ground| contrast(colour, *ground) >= READABLE)
    };
    // Towards the text's colour, which can be read on all of them.
    let step = |colour: Color32, part: f32| colour.lerp_to_gamma(base.text, part);
    let chosen = Color32::from_rgb(red, green, blue);
    let accent =
        (0..=20).map(|tenth| step(chosen, tenth as f32 / 20.0)).find(|it| is_readable(*it)).unwrap_or(base.text);
    let accent_hover = step(accent, 0.2);
    let on_accent = [base.surface, base.text, black_or_white_on(accent)]
        .into_iter()
        .find(|it| contrast(*it, accent) >= READABLE && contrast(*it, accent_hover) >= READABLE);
    match on_accent {
        Some(on_accent) => Tokens { accent, accent_hover, on_accent, link: accent, ..*base },
        None => *base,
    }
}

fn black_or_white_on(ground: Color32) -> Color32 {
    if contrast(Color32::WHITE, ground) > contrast(Color32::BLACK, ground) { Color32::WHITE } else { Color32::BLACK }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tokens::tests::{assert_readable, assert_visible};
    use super::*;

    /// Windows' own four contrast themes.
    fn of_windows() -> [ContrastColours; 4] {
        let rgb = |hex: u32| [(hex >> 16) as u8, (hex >> 8) as u8, hex as u8];
        let theme = |window, window_text, link, highlight, highlight_text| ContrastColours {
            window: rgb(window),
            window_text: rgb(window_text),
            link: rgb(link),
            highlight: rgb(highlight),
            highlight_text: rgb(highlight_text),
        };
        [
            theme(0x202020, 0xffffff, 0x75e9fc, 0x8ee3f0, 0x263b50),
            theme(0x2d3236, 0xffffff, 0x70ebde, 0xa1bfde, 0x212d3b),
            theme(0xfffaef, 0x3d3d3d, 0x1c5e75, 0x903909, 0xfff5e3),
            theme(0x000000, 0xffffff, 0x8080ff, 0xd6b4fd, 0x2b2b2b),
        ]
    }

    #[test]
    fn windows_own_contrast_themes_keep_their_colours() {
        for colours in of_windows() {
            let tokens = of_contrast(&colours);
            let colour = |[red, green, blue]: Rgb| Color32::from_rgb(red, green, blue);
            assert_eq!((tokens.background, tokens.text), (colour(colours.window), colour(colours.window_text)));
            assert_eq!((tokens.accent, tokens.on_accent), (colour(colours.highlight), colour(colours.highlight_text)));
            assert_eq!(tokens.link, colour(colours.link));
            assert_readable(&tokens);
            assert_visible(&tokens);
        }
    }

    #[test]
    fn the_window_takes_the_desktops_colours_and_gives_them_back() {
        let colours = SystemColours { contrast: Some(of_windows()[3]), accent: Some([255, 0, 0]) };
        take(&colours);
        assert_eq!(in_use(Theme::Light).background, Color32::BLACK);
        assert_eq!(in_use(Theme::Dark).background, Color32::BLACK);
        take(&SystemColours::default());
        assert_eq!(in_use(Theme::Light).background, Tokens::built_in(Theme::Light).background);
    }

    #[test]
    fn an_accent_that_can_be_read_is_taken_as_it_is() {
        let blue = [0x00, 0x5f, 0xb8];
        let tokens = with_accent(Tokens::built_in(Theme::Light), blue);
        assert_eq!((tokens.accent, tokens.link), (Color32::from_rgb(0, 0x5f, 0xb8), Color32::from_rgb(0, 0x5f, 0xb8)));
    }

    proptest! {
        #[test]
        fn whatever_the_accent_text_can_be_read(accent: Rgb) {
            for theme in [Theme::Light, Theme::Dark] {
                let tokens = with_accent(Tokens::built_in(theme), accent);
                assert_readable(&tokens);
                assert_visible(&tokens);
            }
        }

        #[test]
        fn whatever_the_contrast_theme_text_can_be_read(
            window: Rgb, window_text: Rgb, link: Rgb, highlight: Rgb, highlight_text: Rgb
        ) {
            assert_readable(&of_contrast(&ContrastColours { window, window_text, link, highlight, highlight_text }));
        }
    }
}

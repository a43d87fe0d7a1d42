//! The fonts that come with the app, so that text looks the same on every machine.

use std::sync::Arc;

use egui::{FontData, FontDefinitions, FontFamily};

/// The family of headings and emphasised words.
pub const SEMI_BOLD: &str = "semi-bold";

/// Inter for text, JetBrains Mono for what is copied letter by letter (ids, addresses, secrets).
///
/// Each family falls back to the others, so that a glyph that one of them has is never a box.
pub fn definitions() -> FontDefinitions {
    let mut fonts = FontDefinitions::empty();
    let files: [(&str, &'static [u8]); 3] = [
        ("Inter", include_bytes!("../../../resources/fonts/Inter-Regular.otf")),
        ("Inter SemiBold", include_bytes!("../../../resources/fonts/Inter-SemiBold.otf")),
        ("JetBrains Mono", include_bytes!("../../../resources/fonts/JetBrainsMono-Regular.ttf")),
    ];
    for (name, bytes) in files {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    }
    let family = |names: [&str; 2]| names.map(str::to_owned).to_vec();
    fonts.families.insert(FontFamily::Proportional, family(["Inter", "JetBrains Mono"]));
    fonts.families.insert(FontFamily::Monospace, family(["JetBrains Mono", "Inter"]));
    fonts.families.insert(FontFamily::Name(SEMI_BOLD.into()), family(["Inter SemiBold", "JetBrains Mono"]));
    fonts
}

/// Makes egui drop, at its next frame, all that it has made of the fonts: the glyphs and the laid-out texts of every page
/// that was ever shown.
pub fn make_anew(ctx: &egui::Context) {
    let mut fonts = definitions();
    // Equal fonts would be left as they are. Nobody asks for this family.
    let unlike_before = FontFamily::Name(format!("as of frame {}", ctx.cumulative_frame_nr()).into());
    fonts.families.insert(unlike_before, Vec::new());
    ctx.set_fonts(fonts);
}

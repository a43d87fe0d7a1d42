//! The fonts that come with the app, so that text looks the same on every machine, and the system's for all other scripts.

mod code_point_box;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use egui::epaint::text::{FallbackRequest, FontInsert, FontProvider};
use egui::{FontData, FontDefinitions, FontFamily};
use egui_system_font_provider::SystemFontProvider;

use crate::crash_report;
use code_point_box::CodePointBoxes;

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

/// The system's own fonts, for characters that no font of the app has: names in Chinese, Arabic, Thai, emoji.
///
/// To list them takes time and memory, so that waits for the first text that needs it.
struct SystemFonts {
    list: fn() -> Box<dyn FontProvider>,
    listed: OnceLock<Box<dyn FontProvider>>,
    /// Listing them has failed; on a machine without any font it panics.
    unusable: AtomicBool,
}

impl SystemFonts {
    fn new(list: fn() -> Box<dyn FontProvider>) -> SystemFonts {
        SystemFonts { list, listed: OnceLock::new(), unusable: AtomicBool::new(false) }
    }
}

impl FontProvider for SystemFonts {
    fn font_for(&self, request: &FallbackRequest<'_>) -> Option<FontInsert> {
        // No font shows control characters, and no name needs them.
        if self.unusable.load(Ordering::Relaxed) || request.cluster.chars().next().is_none_or(char::is_control) {
            return None;
        }
        let found = crash_report::expecting(|| self.listed.get_or_init(self.list).font_for(request));
        found.unwrap_or_else(|| {
            self.unusable.store(true, Ordering::Relaxed);
            None
        })
    }
}

/// Lets `ctx` show what the app's own fonts lack: with the system's fonts, and what these lack as boxes with code points.
pub fn add_system_fonts(ctx: &egui::Context) {
    ctx.add_font_provider(Arc::new(SystemFonts::new(|| Box::new(SystemFontProvider::new()))));
    ctx.add_font_provider(Arc::new(CodePointBoxes));
}

/// Makes egui drop, at its next frame, all that it has made of the fonts: the glyphs and the laid-out texts of every page
/// that was ever shown.
pub fn rebuild(ctx: &egui::Context) {
    let mut fonts = definitions();
    // Equal fonts would be left as they are. Nobody asks for this family.
    let unlike_before = FontFamily::Name(format!("as of frame {}", ctx.cumulative_frame_nr()).into());
    fonts.families.insert(unlike_before, Vec::new());
    ctx.set_fonts(fonts);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lays `text` out in every family, as a window does.
    fn show(ctx: &egui::Context, text: &str) {
        ctx.run_ui(egui::RawInput::default(), |ui| {
            ui.label(text);
            ui.monospace(text);
            ui.heading(text);
        })
        .drop_without_applying_deltas();
    }

    #[test]
    fn the_fonts_of_the_system_are_listed_for_the_first_text_that_needs_them_and_for_no_other() {
        let ctx = egui::Context::default();
        crate::app::theme::install(&ctx);
        let system = Arc::new(SystemFonts::new(|| Box::new(SystemFontProvider::new())));
        ctx.add_font_provider(Arc::<SystemFonts>::clone(&system));
        for text in ["Größe Ørsted Łódź Čapek Ő İstanbul Ђ Ελλάς €", "tab\tand\u{7f}", "•••… “quoted” – ✓"]
        {
            show(&ctx, text);
            assert!(system.listed.get().is_none(), "{text}");
        }
        // Whether this machine has a font for it or not: it is a picture or a box.
        show(&ctx, "日本 สวัสดี नमस्ते שלום مرحبا 😀");
        assert!(system.listed.get().is_some());
    }

    #[test]
    fn on_a_machine_without_fonts_boxes_are_drawn() {
        let ctx = egui::Context::default();
        crate::app::theme::install(&ctx);
        let system = Arc::new(SystemFonts::new(|| panic!("no fonts")));
        ctx.add_font_provider(Arc::<SystemFonts>::clone(&system));
        for _ in 0..2 {
            show(&ctx, "日本");
        }
        assert!(system.unusable.load(Ordering::Relaxed));
    }
}

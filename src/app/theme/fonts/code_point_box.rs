//! A box with a character's code point in it, for characters that no font has: two names in a script without a font still
//! differ, and who helps can read which characters they are. Browsers do the same.

use egui::FontData;
use egui::epaint::text::{FallbackRequest, FontInsert, FontProvider};
use kurbo::{BezPath, Rect, Shape};
use write_fonts::FontBuilder;
use write_fonts::tables::cmap::Cmap;
use write_fonts::tables::glyf::{GlyfLocaBuilder, Glyph, SimpleGlyph};
use write_fonts::tables::{head::Head, hhea::Hhea, hmtx::Hmtx, maxp::Maxp, vmtx::LongMetric};
use write_fonts::types::{FWord, GlyphId, UfWord};

/// The digits 0 to F on 3 by 5 dots: five rows from the top, in each the left dot as the highest of three bits.
const DIGITS: [[u8; 5]; 16] = [
    [0b111, 0b101, 0b101, 0b101, 0b111],
    [0b010, 0b110, 0b010, 0b010, 0b111],
    [0b111, 0b001, 0b111, 0b100, 0b111],
    [0b111, 0b001, 0b111, 0b001, 0b111],
    [0b101, 0b101, 0b111, 0b001, 0b001],
    [0b111, 0b100, 0b111, 0b001, 0b111],
    [0b111, 0b100, 0b111, 0b101, 0b111],
    [0b111, 0b001, 0b001, 0b010, 0b010],
    [0b111, 0b101, 0b111, 0b101, 0b111],
    [0b111, 0b101, 0b111, 0b001, 0b111],
    [0b111, 0b101, 0b111, 0b101, 0b101],
    [0b110, 0b101, 0b110, 0b101, 0b110],
    [0b111, 0b100, 0b100, 0b100, 0b111],
    [0b110, 0b101, 0b101, 0b101, 0b110],
    [0b111, 0b100, 0b111, 0b100, 0b111],
    [0b111, 0b100, 0b111, 0b100, 0b100],
];
/// A dot in font units: with text of 14 points about one point.
const DOT: f64 = 75.0;
const UNITS_PER_EM: u16 = 1000;
/// How high a box is, in dots: its frame, a gap, a row of digits, a gap, a row of digits, a gap, its frame.
const HEIGHT: f64 = 15.0;
/// How far it reaches below the line of the letters, in dots.
const BELOW: f64 = 3.0;

/// Draws a box for every character that is asked for. The last of the providers: those before it know real glyphs.
pub(super) struct CodePointBoxes;

impl FontProvider for CodePointBoxes {
    fn font_for(&self, request: &FallbackRequest<'_>) -> Option<FontInsert> {
        let character = request.cluster.chars().next()?;
        // A font for each character alone: one for several would hide glyphs that the system's fonts have.
        let font = FontData::from_owned(font(character)?);
        Some(FontInsert::new(&format!("U+{:04X}", u32::from(character)), font, Vec::new()))
    }
}

/// A TrueType font with one character; nothing where it cannot be made.
fn font(character: char) -> Option<Vec<u8>> {
    let (outline, width) = outline(character);
    let glyph = SimpleGlyph::from_bezpath(&outline).ok()?;
    let mut glyphs = GlyfLocaBuilder::new();
    glyphs.add_glyph(&Glyph::Empty).ok()?.add_glyph(&glyph).ok()?;
    let (glyphs, locations, format) = glyphs.build();
    let bounds = outline.bounding_box();
    // All of it is far within 16 bits.
    let units = |dots: f64| (dots * DOT) as i16;
    let advance = units(width + 2.0) as u16;
    let head = Head {
        units_per_em: UNITS_PER_EM,
        x_min: bounds.x0 as i16,
        y_min: bounds.y0 as i16,
        x_max: bounds.x1 as i16,
        y_max: bounds.y1 as i16,
        index_to_loc_format: format as i16,
        ..Head::default()
    };
    let metrics = Hhea {
        ascender: FWord::new(units(HEIGHT - BELOW)),
        descender: FWord::new(units(-BELOW)),
        advance_width_max: UfWord::new(advance),
        number_of_h_metrics: 1,
        ..Hhea::default()
    };
    let widths = Hmtx::new(vec![LongMetric::new(advance, units(1.0))], vec![units(1.0)]);
    let mut font = FontBuilder::new();
    font.add_table(&head).ok()?.add_table(&metrics).ok()?.add_table(&Maxp::new(2)).ok()?.add_table(&widths).ok()?;
    font.add_table(&Cmap::from_mappings([(character, GlyphId::new(1))]).ok()?).ok()?;
    font.add_table(&glyphs).ok()?.add_table(&locations).ok()?;
    Some(font.build())
}

/// The frame with the digits in two rows, and its width in dots: four digits, or six beyond the first 65,536 characters.
fn outline(character: char) -> (BezPath, f64) {
    let code = u32::from(character);
    let columns: u32 = if code > 0xFFFF { 3 } else { 2 };
    let width = f64::from(columns) * 4.0 + 3.0;
    let mut path = BezPath::new();
    // From the left and from below, in dots.
    let dots = |x: f64, y: f64, width: f64, height: f64| {
        Rect::new((x + 1.0) * DOT, (y - BELOW) * DOT, (x + 1.0 + width) * DOT, (y - BELOW + height) * DOT)
    };
    for (x, y, width, height) in [
        (0.0, 0.0, width, 1.0),
        (0.0, HEIGHT - 1.0, width, 1.0),
        (0.0, 1.0, 1.0, HEIGHT - 2.0),
        (width - 1.0, 1.0, 1.0, HEIGHT - 2.0),
    ] {
        path.extend(dots(x, y, width, height).path_elements(0.1));
    }
    for place in 0..columns * 2 {
        let digit = DIGITS[(code >> (4 * (columns * 2 - 1 - place)) & 0xF) as usize];
        let left = 2.0 + f64::from(place % columns) * 4.0;
        let top = if place < columns { HEIGHT - 2.0 } else { HEIGHT - 8.0 };
        for (row, bits) in (1_u8..).zip(digit) {
            for (column, bit) in (0_u8..).zip([0b100, 0b010, 0b001]) {
                if bits & bit != 0 {
                    path.extend(dots(left + f64::from(column), top - f64::from(row), 1.0, 1.0).path_elements(0.1));
                }
            }
        }
    }
    (path, width)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use egui::FontId;
    use write_fonts::read::{FontRef, TableProvider};

    use super::*;

    #[test]
    fn a_font_has_its_character_and_hides_no_other() {
        let bytes = font('日').expect("a font");
        let names = FontRef::new(&bytes).expect("a font that can be read").cmap().expect("a table of characters");
        assert_eq!(names.map_codepoint('日'), Some(GlyphId::new(1)));
        assert_eq!(['本', 'A', '\u{65E6}'].map(|other| names.map_codepoint(other)), [None; 3]);
    }

    #[test]
    fn characters_without_a_font_differ_to_the_eye_and_longer_code_points_are_wider() {
        let ctx = egui::Context::default();
        crate::app::theme::install(&ctx);
        ctx.add_font_provider(Arc::new(CodePointBoxes));
        let mut glyphs = Vec::new();
        ctx.run_ui(egui::RawInput::default(), |ui| {
            let galley = ui.fonts_mut(|fonts| {
                fonts.layout_no_wrap("日本日\u{1F600}".to_owned(), FontId::proportional(14.0), egui::Color32::WHITE)
            });
            glyphs = galley.rows[0].glyphs.iter().map(|glyph| (glyph.uv_rect.min, glyph.advance_width)).collect();
        })
        .drop_without_applying_deltas();
        let [first, second, again, long] = glyphs[..] else { panic!("{glyphs:?}") };
        assert_eq!(first, again);
        assert_ne!(first.0, second.0);
        assert!(long.1 > first.1 && first.1 > 8.0, "{glyphs:?}");
    }

    #[test]
    fn the_digits_are_those_of_the_code_point() {
        let (path, width) = outline('\u{A}');
        let contains = |x: f64, y: f64| path.contains(kurbo::Point::new((x + 1.5) * DOT, (y - BELOW + 0.5) * DOT));
        let picture: Vec<String> = (0..15)
            .rev()
            .map(|y| (0..width as u32).map(|x| if contains(x.into(), y.into()) { '#' } else { ' ' }).collect())
            .collect();
        let expected = [
            "###########",
            "#         #",
            "# ### ### #",
            "# # # # # #",
            "# # # # # #",
            "# # # # # #",
            "# ### ### #",
            "#         #",
            "# ### ### #",
            "# # # # # #",
            "# # # ### #",
            "# # # # # #",
            "# ### # # #",
            "#         #",
            "###########",
        ];
        assert_eq!(picture, expected);
    }
}

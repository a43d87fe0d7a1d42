//! Draws shapes into a picture in memory, all of it or some parts. No window, no screen.

use a365_password_tool::raster::{Canvas, PixelRect, Rasterizer};
use egui::Color32;
use egui::epaint::{ClippedPrimitive, ClippedShape};

use super::damage::{in_points, place};

/// Shapes this near to a part (in points) may reach into it with their soft edges.
const NEARBY: f32 = 4.0;

/// What a frame looks like.
pub(super) struct Frame<'a> {
    /// In the order in which they are painted, in points.
    pub(super) shapes: &'a [ClippedShape],
    pub(super) pixels_per_point: f32,
    /// Shows where no shape is.
    pub(super) background: Color32,
}

/// Draws the given parts of `frame`. The rest of `canvas` stays as it is, so it must show the frame before.
pub(super) fn draw(
    rasterizer: &Rasterizer,
    ctx: &egui::Context,
    frame: &Frame<'_>,
    parts: &[PixelRect],
    canvas: &mut Canvas<'_>,
) {
    for part in parts {
        canvas.clear(*part, frame.background);
        rasterizer.draw(canvas, &primitives_of(ctx, frame, *part), frame.pixels_per_point, *part);
    }
}

fn primitives_of(ctx: &egui::Context, frame: &Frame<'_>, part: PixelRect) -> Vec<ClippedPrimitive> {
    let near = in_points(part, frame.pixels_per_point).expand(NEARBY);
    let shapes = frame.shapes.iter().filter(|shape| place(shape).expand(NEARBY).intersects(near)).cloned();
    // Spares lines of text that are far away. The part itself is cut out in whole pixels, while it is drawn.
    let shapes = shapes.map(|mut shape| {
        shape.clip_rect = shape.clip_rect.intersect(near);
        shape
    });
    ctx.tessellate(shapes.collect(), frame.pixels_per_point)
}

#[cfg(test)]
mod tests {
    use a365_password_tool::raster::unpack;
    use egui::{RawInput, Rect, Stroke, StrokeKind, TexturesDelta, pos2, vec2};

    use super::super::damage::changed_parts;
    use super::*;

    const WIDTH: u32 = 640;
    const HEIGHT: u32 = 480;

    /// A context, a rasterizer and the picture that they draw.
    struct Studio {
        ctx: egui::Context,
        rasterizer: Rasterizer,
        pixels: Vec<u32>,
        shown: Vec<ClippedShape>,
    }

    impl Studio {
        fn new(pixels_per_point: f32) -> Studio {
            let ctx = egui::Context::default();
            let mut fonts = egui::FontDefinitions::empty();
            let inter = include_bytes!("../../resources/fonts/Inter-Regular.otf");
            fonts.font_data.insert("Inter".to_owned(), egui::FontData::from_static(inter).into());
            for family in [egui::FontFamily::Proportional, egui::FontFamily::Monospace] {
                fonts.families.insert(family, vec!["Inter".to_owned()]);
            }
            ctx.set_fonts(fonts);
            ctx.set_zoom_factor(pixels_per_point);
            let pixels = vec![0; (WIDTH * HEIGHT) as usize];
            Studio { ctx, rasterizer: Rasterizer::default(), pixels, shown: Vec::new() }
        }

        fn look(&mut self, events: Vec<egui::Event>, ui: impl FnMut(&mut egui::Ui)) -> egui::FullOutput {
            let size = vec2(WIDTH as f32, HEIGHT as f32) / self.ctx.zoom_factor();
            let screen_rect = Some(Rect::from_min_size(pos2(0.0, 0.0), size));
            self.ctx.clone().run_ui(RawInput { screen_rect, events, ..Default::default() }, ui)
        }

        /// Draws what changed, and says how many pixels that was.
        fn show(&mut self, mut output: egui::FullOutput) -> u32 {
            let window = PixelRect::whole(WIDTH, HEIGHT);
            let parts = if self.shown.is_empty() {
                vec![window]
            } else {
                changed_parts(&self.shown, &output.shapes, output.pixels_per_point, window)
            };
            self.shown = output.shapes;
            self.draw(&mut output.textures_delta, &parts, output.pixels_per_point);
            parts.iter().map(|part| (part.right - part.left) * (part.bottom - part.top)).sum()
        }

        fn draw(&mut self, textures: &mut TexturesDelta, parts: &[PixelRect], pixels_per_point: f32) {
            let background = Color32::from_gray(27);
            let frame = Frame { shapes: &self.shown, pixels_per_point, background };
            self.rasterizer.set_textures(textures);
            draw(&self.rasterizer, &self.ctx, &frame, parts, &mut Canvas::new(&mut self.pixels, WIDTH as usize));
            self.rasterizer.free_textures(textures);
        }

        /// How far any pixel is from what drawing all of it gives.
        fn largest_error(&mut self, pixels_per_point: f32) -> u8 {
            let partly = self.pixels.clone();
            self.draw(&mut TexturesDelta::default(), &[PixelRect::whole(WIDTH, HEIGHT)], pixels_per_point);
            let channels = |pixels: &[u32]| pixels.iter().flat_map(|pixel| pixel.to_le_bytes()).collect::<Vec<_>>();
            let (partly, wholly) = (channels(&partly), channels(&self.pixels));
            partly.iter().zip(&wholly).map(|(a, b)| a.abs_diff(*b)).max().unwrap_or_default()
        }
    }

    fn form(ui: &mut egui::Ui, text: &mut String, ticks: usize) {
        egui::CentralPanel::default().show(ui, |ui| {
            ui.heading("Heading");
            ui.text_edit_singleline(text).request_focus();
            if ui.button("A button").hovered() {
                ui.label("Hovered");
            }
            ui.label(format!("{ticks} ticks"));
            egui::ScrollArea::vertical().show(ui, |ui| {
                for row in 0..40 {
                    ui.label(format!("Row {row}"));
                }
            });
        });
    }

    #[test]
    fn drawing_only_what_changed_gives_the_same_picture() {
        for pixels_per_point in [1.0, 1.25, 2.0] {
            let mut studio = Studio::new(pixels_per_point);
            let mut text = String::new();
            for step in 0..15 {
                let events = match step % 3 {
                    0 => vec![egui::Event::Text("äg".to_owned())],
                    1 => vec![egui::Event::PointerMoved(pos2(20.0 + step as f32, 20.0 * step as f32))],
                    _ => Vec::new(),
                };
                let output = studio.look(events, |ui| form(ui, &mut text, step / 3));
                studio.show(output);
                let error = studio.largest_error(pixels_per_point);
                assert!(error == 0, "step {step} at {pixels_per_point}: off by {error}");
            }
        }
    }

    #[test]
    fn a_typed_letter_costs_its_field_only() {
        let mut studio = Studio::new(1.0);
        let mut text = String::from("some text");
        for _ in 0..4 {
            let output = studio.look(Vec::new(), |ui| form(ui, &mut text, 0));
            studio.show(output);
        }
        let output = studio.look(vec![egui::Event::Text("x".to_owned())], |ui| form(ui, &mut text, 0));
        let drawn = studio.show(output);
        assert!(drawn > 0 && drawn < WIDTH * HEIGHT / 10, "{drawn} pixels");
    }

    #[test]
    fn a_frame_much_taller_than_the_window_is_drawn() {
        let mut studio = Studio::new(1.0);
        let output = studio.look(Vec::new(), |ui| {
            let tall = Rect::from_min_size(pos2(100.0, -50_000.0), vec2(200.0, 240_000.0));
            ui.painter().rect(tall, 0.0, Color32::RED, Stroke::new(4.0, Color32::WHITE), StrokeKind::Inside);
        });
        studio.show(output);
        let pixel = |x: u32, y: u32| unpack(studio.pixels[(y * WIDTH + x) as usize]);
        assert_eq!(pixel(200, 240), Color32::RED);
        assert_eq!(pixel(102, 240), Color32::WHITE);
        assert_eq!(pixel(400, 240), Color32::from_gray(27));
    }
}

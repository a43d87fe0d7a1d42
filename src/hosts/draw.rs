//! Draws shapes into a picture in memory, all of it or some parts. No window, no screen.

use egui::epaint::{ClippedPrimitive, ClippedShape, Mesh, Primitive, Vertex};
use egui::{Color32, Rect, TexturesDelta};
use egui_software_backend::{BufferMutRef, EguiSoftwareRender};

use super::damage::{Part, place};

/// The rasteriser loses precision above this many pixels and drops what is larger than twice that.
const LARGEST_MESH: f32 = 4000.0;
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

/// Draws the given parts of `frame` into `pixels` (rows of `width`, four bytes each: blue, green, red, unused).
///
/// The rest of the picture stays as it is, so it must show the frame before.
pub(super) fn draw(
    raster: &mut EguiSoftwareRender,
    ctx: &egui::Context,
    frame: &Frame<'_>,
    textures: &TexturesDelta,
    parts: &[Part],
    pixels: &mut [[u8; 4]],
    width: usize,
) {
    let [red, green, blue, _] = frame.background.to_array();
    let mut primitives = Vec::new();
    for part in parts {
        for row in pixels.chunks_exact_mut(width).take(part.bottom as usize).skip(part.top as usize) {
            row[part.left as usize..part.right as usize].fill([blue, green, red, 255]);
        }
        primitives.append(&mut primitives_of(ctx, frame, *part));
    }
    let height = pixels.len() / width;
    raster.render(&mut BufferMutRef::new(pixels, width, height), &primitives, textures, frame.pixels_per_point);
}

fn primitives_of(ctx: &egui::Context, frame: &Frame<'_>, part: Part) -> Vec<ClippedPrimitive> {
    let exact = part.in_points(frame.pixels_per_point);
    let near = exact.expand(NEARBY);
    let shapes = frame.shapes.iter().filter(|shape| place(shape).expand(NEARBY).intersects(near)).cloned();
    let shapes = shapes.map(|mut shape| {
        shape.clip_rect = shape.clip_rect.intersect(near);
        shape
    });
    let mut primitives = ctx.tessellate(shapes.collect(), frame.pixels_per_point);
    // The rasteriser rounds clip rectangles outwards; a quarter of a pixel keeps rounding errors from making it one
    // pixel more, which would lay half-transparent edges over each other twice.
    let clip = exact.shrink(0.25 / frame.pixels_per_point);
    for primitive in &mut primitives {
        primitive.clip_rect = primitive.clip_rect.intersect(clip);
        if let Primitive::Mesh(mesh) = &mut primitive.primitive
            && mesh.calc_bounds().size().max_elem() * frame.pixels_per_point > LARGEST_MESH
        {
            *mesh = cut(mesh, near);
        }
    }
    primitives
}

/// The part of `mesh` inside of `bounds`: such as the frame around ten thousand rows, of which twenty show.
fn cut(mesh: &Mesh, bounds: Rect) -> Mesh {
    let mut inside = Mesh::with_texture(mesh.texture_id);
    for triangle in mesh.triangles() {
        let mut corners = triangle.map(|index| mesh.vertices[index as usize]).to_vec();
        // Each border as the distance of a vertex to its inner side.
        for distance in [
            |vertex: &Vertex, bounds: &Rect| vertex.pos.x - bounds.min.x,
            |vertex: &Vertex, bounds: &Rect| bounds.max.x - vertex.pos.x,
            |vertex: &Vertex, bounds: &Rect| vertex.pos.y - bounds.min.y,
            |vertex: &Vertex, bounds: &Rect| bounds.max.y - vertex.pos.y,
        ] {
            corners = cut_at(&corners, |vertex| distance(vertex, &bounds));
        }
        let first = inside.vertices.len() as u32;
        inside.vertices.extend_from_slice(&corners);
        for corner in 2..corners.len() as u32 {
            inside.add_triangle(first, first + corner - 1, first + corner);
        }
    }
    inside
}

/// The part of a convex polygon where `distance` is positive.
fn cut_at(corners: &[Vertex], distance: impl Fn(&Vertex) -> f32) -> Vec<Vertex> {
    let mut kept = Vec::with_capacity(corners.len() + 1);
    for (index, corner) in corners.iter().enumerate() {
        let next = &corners[(index + 1) % corners.len()];
        let (here, there) = (distance(corner), distance(next));
        if here >= 0.0 {
            kept.push(*corner);
        }
        if (here >= 0.0) != (there >= 0.0) {
            let t = here / (here - there);
            kept.push(Vertex {
                pos: corner.pos.lerp(next.pos, t),
                uv: corner.uv.lerp(next.uv, t),
                color: corner.color.lerp_to_gamma(next.color, t),
            });
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use egui::{RawInput, Stroke, StrokeKind, pos2, vec2};
    use egui_software_backend::ColorFieldOrder;

    use super::super::damage::changed_parts;
    use super::*;

    const WIDTH: u32 = 640;
    const HEIGHT: u32 = 480;

    /// A context, a rasteriser and the picture that they draw.
    struct Studio {
        ctx: egui::Context,
        raster: EguiSoftwareRender,
        pixels: Vec<[u8; 4]>,
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
            let raster = EguiSoftwareRender::new(ColorFieldOrder::Bgra).with_caching(false);
            Studio { ctx, raster, pixels: vec![[0; 4]; (WIDTH * HEIGHT) as usize], shown: Vec::new() }
        }

        fn look(&mut self, events: Vec<egui::Event>, ui: impl FnMut(&mut egui::Ui)) -> egui::FullOutput {
            let size = vec2(WIDTH as f32, HEIGHT as f32) / self.ctx.zoom_factor();
            let screen_rect = Some(Rect::from_min_size(pos2(0.0, 0.0), size));
            self.ctx.clone().run_ui(RawInput { screen_rect, events, ..Default::default() }, ui)
        }

        /// Draws what changed, and says how many pixels that was.
        fn show(&mut self, output: egui::FullOutput) -> u32 {
            let window = Part::whole(WIDTH, HEIGHT);
            let parts = if self.shown.is_empty() {
                vec![window]
            } else {
                changed_parts(&self.shown, &output.shapes, output.pixels_per_point, window)
            };
            self.shown = output.shapes;
            self.draw(&output.textures_delta, &parts, output.pixels_per_point);
            parts.iter().map(|part| (part.right - part.left) * (part.bottom - part.top)).sum()
        }

        fn draw(&mut self, textures: &TexturesDelta, parts: &[Part], pixels_per_point: f32) {
            let background = Color32::from_gray(27);
            let frame = Frame { shapes: &self.shown, pixels_per_point, background };
            draw(&mut self.raster, &self.ctx, &frame, textures, parts, &mut self.pixels, WIDTH as usize);
        }

        /// How far any pixel is from what drawing all of it gives.
        fn largest_error(&mut self, pixels_per_point: f32) -> u8 {
            let partly = self.pixels.clone();
            self.draw(&TexturesDelta::default(), &[Part::whole(WIDTH, HEIGHT)], pixels_per_point);
            let differences = partly.iter().zip(&self.pixels).flat_map(|(a, b)| (0..3).map(|i| a[i].abs_diff(b[i])));
            differences.max().unwrap_or_default()
        }
    }

    fn form(ui: &mut egui::Ui, text: &mut String, ticks: usize) {
        egui::CentralPanel::default().show_inside(ui, |ui| {
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
                assert!(error <= 2, "step {step} at {pixels_per_point}: off by {error}");
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
        let pixel = |x: u32, y: u32| studio.pixels[(y * WIDTH + x) as usize];
        assert_eq!(pixel(200, 240), [0, 0, 255, 255]);
        assert_eq!(pixel(102, 240), [255; 4]);
        assert_eq!(pixel(400, 240), [27, 27, 27, 255]);
    }
}

//! Turns egui's meshes into pixels on the processor. Pure: no window, no screen, no `unsafe`.
//!
//! In: the tessellated primitives of a frame and the changes of its textures. Out: pixels in the caller's memory. Nearly all
//! that this app shows are axis-aligned rectangles (panels, and one quad for each glyph), which take a fast path (`rectangle`);
//! rounded corners, icons and soft edges are triangles (`triangle`). Both cover the same pixels: those whose centre lies
//! inside, the left and upper edges included, so that shapes that share an edge neither overlap nor leave a gap.
//! Colours are premultiplied and blended in gamma space, as egui expects.

mod pixel;
mod rectangle;
mod texture;
mod triangle;

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use egui::epaint::{ClippedPrimitive, Primitive, Vertex};
use egui::{Color32, Mesh, Rect, TextureId, TexturesDelta};

pub use pixel::{pack, unpack};

use pixel::tint;
use texture::Texture;

/// A rectangle of whole pixels; `right` and `bottom` are outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PixelRect {
    /// The first column.
    pub left: u32,
    /// The first row.
    pub top: u32,
    /// The column behind the last one.
    pub right: u32,
    /// The row below the last one.
    pub bottom: u32,
}

impl PixelRect {
    /// All of a picture.
    pub const fn whole(width: u32, height: u32) -> PixelRect {
        PixelRect { left: 0, top: 0, right: width, bottom: height }
    }

    /// Whether it has no pixel.
    pub const fn is_empty(self) -> bool {
        self.left >= self.right || self.top >= self.bottom
    }

    /// The pixels that both have.
    pub fn intersect(self, other: PixelRect) -> PixelRect {
        PixelRect {
            left: self.left.max(other.left),
            top: self.top.max(other.top),
            right: self.right.min(other.right),
            bottom: self.bottom.min(other.bottom),
        }
    }

    /// A clip rectangle (in points) in pixels: its borders are rounded, as egui's OpenGL painter rounds them.
    fn of_clip_rect(clip: Rect, pixels_per_point: f32) -> PixelRect {
        // Casts from float saturate, and NaN becomes 0.
        let round = |points: f32| (points * pixels_per_point).round() as u32;
        PixelRect {
            left: round(clip.min.x),
            top: round(clip.min.y),
            right: round(clip.max.x),
            bottom: round(clip.max.y),
        }
    }
}

/// The picture that is drawn into.
pub struct Canvas<'p> {
    pixels: &'p mut [u32],
    width: usize,
    height: usize,
}

impl<'p> Canvas<'p> {
    /// `pixels` in rows of `width`, each pixel as `0xAARRGGBB`. What is left behind the last whole row is not drawn into.
    pub fn new(pixels: &'p mut [u32], width: usize) -> Canvas<'p> {
        let height = pixels.len().checked_div(width).unwrap_or_default();
        Canvas { pixels, width, height }
    }

    /// All of it.
    pub fn bounds(&self) -> PixelRect {
        PixelRect::whole(self.width as u32, self.height as u32)
    }

    /// Makes `place` one colour, whatever was there.
    pub fn clear(&mut self, place: PixelRect, color: Color32) {
        let place = place.intersect(self.bounds());
        for y in place.top..place.bottom {
            self.row(y, place.left, place.right).fill(pack(color));
        }
    }

    /// The pixels of row `y` from `left` up to `right`. All three must be inside, as whatever was intersected with
    /// [`Canvas::bounds`] is.
    fn row(&mut self, y: u32, left: u32, right: u32) -> &mut [u32] {
        let start = y as usize * self.width;
        &mut self.pixels[start + left as usize..start + right as usize]
    }
}

/// Draws meshes with the textures that it was given.
#[derive(Default)]
pub struct Rasterizer {
    textures: HashMap<TextureId, Texture>,
}

impl Rasterizer {
    /// Takes new textures and changes of old ones out of `textures`. Before the frame that shows them is drawn.
    pub fn set_textures(&mut self, textures: &mut TexturesDelta) {
        for (id, deltas) in textures.set.drain() {
            for delta in deltas {
                match (delta.pos, self.textures.get_mut(&id)) {
                    (Some(corner), Some(texture)) => texture.replace(corner, &delta),
                    (Some(_), None) => {}
                    (None, _) => drop(self.textures.insert(id, Texture::new(&delta))),
                }
            }
        }
    }

    /// Drops textures that are no longer needed. After the frame was drawn.
    pub fn free_textures(&mut self, textures: &mut TexturesDelta) {
        for id in textures.free.drain() {
            self.textures.remove(&id);
        }
    }

    /// Draws `primitives`, the first one lowest, over what `canvas` shows; nothing outside of `place` changes.
    pub fn draw(
        &self,
        canvas: &mut Canvas<'_>,
        primitives: &[ClippedPrimitive],
        pixels_per_point: f32,
        place: PixelRect,
    ) {
        let place = place.intersect(canvas.bounds());
        for ClippedPrimitive { clip_rect, primitive } in primitives {
            let clip = PixelRect::of_clip_rect(*clip_rect, pixels_per_point).intersect(place);
            if let Primitive::Mesh(mesh) = primitive
                && !clip.is_empty()
                && let Some(texture) = self.textures.get(&mesh.texture_id)
            {
                draw_mesh(canvas, clip, texture, mesh, pixels_per_point);
            }
        }
    }
}

/// A vertex in pixels.
#[derive(Clone, Copy, Debug)]
struct Corner {
    x: f32,
    y: f32,
    /// Where its colour is in the texture, in texels.
    texel: [f32; 2],
    /// As `0xAARRGGBB`.
    color: u32,
}

/// The first pixel whose centre is not left of (or above) `edge`.
fn first_pixel(edge: f64) -> i32 {
    // `ceil` is a call of a library where the processor's own may not be taken for granted. Casts saturate.
    let edge = edge - 0.5;
    let whole = edge as i32;
    whole.saturating_add(i32::from(edge > f64::from(whole)))
}

fn draw_mesh(canvas: &mut Canvas<'_>, clip: PixelRect, texture: &Texture, mesh: &Mesh, pixels_per_point: f32) {
    let size = texture.size();
    let corner = |index: u32| {
        let Vertex { pos, uv, color } = *mesh.vertices.get(index as usize)?;
        let (x, y) = (pos.x * pixels_per_point, pos.y * pixels_per_point);
        Some(Corner { x, y, texel: [uv.x * size[0], uv.y * size[1]], color: pack(color) })
    };
    let triangle = |indices: &[u32]| Some([corner(indices[0])?, corner(indices[1])?, corner(indices[2])?]);
    let mut indices = mesh.indices.as_slice();
    while indices.len() >= 3 {
        let Some(first) = triangle(&indices[..3]) else { return };
        if let Some(second) = indices.get(3..6).and_then(triangle)
            && let Some(quad) = rectangle::Quad::of(&first, &second)
        {
            quad.draw(canvas, clip, texture);
            indices = &indices[6..];
        } else {
            triangle::draw(canvas, clip, texture, &first);
            indices = &indices[3..];
        }
    }
}

/// The one colour of a shape whose corners all have this one and take theirs from the same texel.
fn solid(corner: &Corner, texture: &Texture) -> u32 {
    tint(texture.sample(corner.texel), corner.color)
}

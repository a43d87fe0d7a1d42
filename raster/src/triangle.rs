//! The general path: any triangle, with a colour and a place in the texture at each corner.
//!
//! Each row of pixels is one span between two edges. An edge's crossing is computed from its upper and its lower end alone,
//! so two triangles that share it agree on it to the last bit.

use super::pixel::{self, over, tint};
use super::texture::Texture;
use super::{Canvas, Corner, PixelRect, first_pixel, solid};

/// Added to a number below 2^22, it leaves the nearest whole number in the lowest bits.
const TO_WHOLE: f32 = 8_388_608.0;

/// Where an edge is, row by row.
struct Edge {
    x: f64,
    y: f64,
    /// Pixels to the right for each row down.
    slope: f64,
}

impl Edge {
    fn between(upper: &Corner, lower: &Corner) -> Edge {
        let (x, y) = (f64::from(upper.x), f64::from(upper.y));
        Edge { x, y, slope: (f64::from(lower.x) - x) / (f64::from(lower.y) - y) }
    }

    fn at(&self, y: f64) -> f64 {
        self.x + (y - self.y) * self.slope
    }
}

/// A value that grows evenly over the triangle.
#[derive(Clone, Copy)]
struct Plane {
    at_corner: f64,
    across: f64,
    down: f64,
}

/// Draws `triangle`, whichever way round its corners go; one with a corner that is nowhere is not drawn.
pub(super) fn draw(canvas: &mut Canvas<'_>, clip: PixelRect, texture: &Texture, triangle: &[Corner; 3]) {
    if triangle.iter().any(|corner| !corner.x.is_finite() || !corner.y.is_finite()) {
        return;
    }
    let mut sorted = [&triangle[0], &triangle[1], &triangle[2]];
    sorted.sort_by(|a, b| a.y.total_cmp(&b.y));
    let [upper, middle, lower] = sorted;
    let clipped = |edge: f32, low: u32, high: u32| first_pixel(edge.into()).clamp(low as i32, high as i32) as u32;
    let (top, bottom) = (clipped(upper.y, clip.top, clip.bottom), clipped(lower.y, clip.top, clip.bottom));
    let left = upper.x.min(middle.x).min(lower.x);
    let right = upper.x.max(middle.x).max(lower.x);
    if top >= bottom || clipped(left, clip.left, clip.right) >= clipped(right, clip.left, clip.right) {
        return;
    }
    let shade = Shade::of(triangle, texture);
    let (long, first, second) =
        (Edge::between(upper, lower), Edge::between(upper, middle), Edge::between(middle, lower));
    for y in top..bottom {
        let centre = f64::from(y) + 0.5;
        let short = if centre < f64::from(middle.y) { &first } else { &second };
        let (a, b) = (long.at(centre), short.at(centre));
        let pixel = |edge: f64| first_pixel(edge).clamp(clip.left as i32, clip.right as i32) as u32;
        let (start, end) = (pixel(a.min(b)), pixel(a.max(b)));
        if start < end {
            shade.draw(canvas.row(y, start, end), texture, f64::from(start) + 0.5, centre);
        }
    }
}

/// How a triangle is coloured.
enum Shade {
    Solid(u32),
    Varying(Box<Varying>),
}

struct Varying {
    origin: [f64; 2],
    /// Blue, green, red, alpha.
    channels: [Plane; 4],
    /// The texel that all corners have, or where the texels are.
    texels: Result<u32, [Plane; 2]>,
}

impl Shade {
    fn of(triangle: &[Corner; 3], texture: &Texture) -> Shade {
        let [a, b, c] = triangle;
        let one_texel = a.texel == b.texel && a.texel == c.texel;
        if one_texel && a.color == b.color && a.color == c.color {
            return Shade::Solid(solid(a, texture));
        }
        let difference = |from: f32, to: f32| f64::from(to) - f64::from(from);
        let (bx, by) = (difference(a.x, b.x), difference(a.y, b.y));
        let (cx, cy) = (difference(a.x, c.x), difference(a.y, c.y));
        let scale = 1.0 / (bx * cy - cx * by);
        let plane = |values: [f32; 3]| {
            let (b, c) = (difference(values[0], values[1]), difference(values[0], values[2]));
            Plane { at_corner: values[0].into(), across: (b * cy - c * by) * scale, down: (c * bx - b * cx) * scale }
        };
        let colors = triangle.map(|corner| corner.color.to_le_bytes());
        let channels = std::array::from_fn(|channel| plane(colors.map(|color| color[channel].into())));
        let texels = match one_texel {
            true => Ok(texture.sample(a.texel)),
            false => Err([0, 1].map(|axis| plane(triangle.map(|corner| corner.texel[axis])))),
        };
        Shade::Varying(Box::new(Varying { origin: [a.x.into(), a.y.into()], channels, texels }))
    }

    /// Draws a row whose first pixel has its centre at `x`, `y`.
    fn draw(&self, row: &mut [u32], texture: &Texture, x: f64, y: f64) {
        match self {
            Shade::Solid(color) => pixel::fill(row, *color),
            Shade::Varying(varying) => varying.draw(row, texture, x, y),
        }
    }
}

impl Varying {
    fn draw(&self, row: &mut [u32], texture: &Texture, x: f64, y: f64) {
        let (across, down) = (x - self.origin[0], y - self.origin[1]);
        let start = |plane: &Plane| (plane.at_corner + across * plane.across + down * plane.down) as f32;
        let mut color = self.channels.each_ref().map(start);
        let step = self.channels.each_ref().map(|plane| plane.across as f32);
        let channels = |color: &[f32; 4]| {
            u32::from_le_bytes(color.map(|channel| (channel.clamp(0.0, 255.0) + TO_WHOLE).to_bits() as u8))
        };
        match &self.texels {
            Ok(texel) if step == [0.0; 4] => pixel::fill(row, tint(*texel, channels(&color))),
            Ok(texel) => {
                for pixel in row {
                    *pixel = over(tint(*texel, channels(&color)), *pixel);
                    color = std::array::from_fn(|channel| color[channel] + step[channel]);
                }
            }
            Err(planes) => {
                let [x, y] = planes.each_ref().map(start);
                let [x_step, y_step] = planes.each_ref().map(|plane| plane.across as f32);
                for (column, pixel) in row.iter_mut().enumerate() {
                    let texel = texture.sample([x + column as f32 * x_step, y + column as f32 * y_step]);
                    *pixel = over(tint(texel, channels(&color)), *pixel);
                    color = std::array::from_fn(|channel| color[channel] + step[channel]);
                }
            }
        }
    }
}

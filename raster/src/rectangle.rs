//! The fast path: two triangles that are an axis-aligned rectangle of one colour.

use super::pixel::{self, blend, over, tint};
use super::texture::Texture;
use super::{Canvas, Corner, PixelRect, first_pixel, solid};

/// How far texels and pixels may be from lying on each other, in texels, to be copied one to one.
const ONE_TO_ONE: f32 = 1.0 / 64.0;

/// An axis-aligned rectangle of one colour.
#[derive(Debug)]
pub(super) struct Quad {
    upper_left: Corner,
    lower_right: Corner,
}

/// A triangle in a rectangle: its corners are three of the rectangle's. A corner's place is 1 for right plus 2 for low.
struct Half {
    at: [Corner; 3],
    places: [usize; 3],
    missing: usize,
}

impl Half {
    fn of(triangle: &[Corner; 3]) -> Option<Half> {
        let [a, b, c] = triangle;
        let (left, right) = (a.x.min(b.x).min(c.x), a.x.max(b.x).max(c.x));
        let (top, bottom) = (a.y.min(b.y).min(c.y), a.y.max(b.y).max(c.y));
        let place = |corner: &Corner| {
            let side = |at: f32, low: f32, high: f32| match at {
                _ if at == low => Some(0),
                _ if at == high => Some(1),
                _ => None,
            };
            Some(side(corner.x, left, right)? + 2 * side(corner.y, top, bottom)?)
        };
        let places = [place(a)?, place(b)?, place(c)?];
        let taken = places.iter().fold(0_u32, |taken, place| taken | 1 << place);
        // Three different ones; then the missing one is what the sum of all lacks.
        (taken.count_ones() == 3).then(|| Half { at: *triangle, places, missing: 6 - places.iter().sum::<usize>() })
    }

    fn corner(&self, place: usize) -> Option<&Corner> {
        self.places.iter().position(|other| *other == place).map(|index| &self.at[index])
    }
}

impl Quad {
    /// The rectangle that two triangles are, if they are one.
    pub(super) fn of(first: &[Corner; 3], second: &[Corner; 3]) -> Option<Quad> {
        let color = first[0].color;
        if first.iter().chain(second).any(|corner| corner.color != color) {
            return None;
        }
        let (first, second) = (Half::of(first)?, Half::of(second)?);
        // The halves lack opposite corners, and have those on the diagonal in common.
        if first.missing + second.missing != 3 {
            return None;
        }
        let mut corners = [None; 4];
        for (place, corner) in corners.iter_mut().enumerate() {
            let (one, other) = (first.corner(place), second.corner(place));
            if let (Some(one), Some(other)) = (one, other)
                && (one.x != other.x || one.y != other.y || one.texel != other.texel)
            {
                return None;
            }
            *corner = one.or(other);
        }
        let [Some(upper_left), Some(upper_right), Some(lower_left), Some(lower_right)] = corners else { return None };
        let in_line = upper_left.x == lower_left.x
            && upper_right.x == lower_right.x
            && upper_left.y == upper_right.y
            && lower_left.y == lower_right.y
            && upper_left.texel[0] == lower_left.texel[0]
            && upper_right.texel[0] == lower_right.texel[0]
            && upper_left.texel[1] == upper_right.texel[1]
            && lower_left.texel[1] == lower_right.texel[1];
        in_line.then_some(Quad { upper_left: *upper_left, lower_right: *lower_right })
    }

    pub(super) fn draw(&self, canvas: &mut Canvas<'_>, clip: PixelRect, texture: &Texture) {
        let Quad { upper_left, lower_right } = self;
        // Negative numbers are left of any clip rectangle.
        let pixel = |edge: f32| first_pixel(edge.into()).max(0) as u32;
        let place = PixelRect {
            left: pixel(upper_left.x),
            top: pixel(upper_left.y),
            right: pixel(lower_right.x),
            bottom: pixel(lower_right.y),
        };
        let place = place.intersect(clip);
        if place.is_empty() {
            return;
        }
        if upper_left.texel == lower_right.texel {
            let color = solid(upper_left, texture);
            for y in place.top..place.bottom {
                pixel::fill(canvas.row(y, place.left, place.right), color);
            }
            return;
        }
        // The texel at the centre of the first pixel, and how far it is to the next one.
        let axis = |axis: usize, start: f32, end: f32, first: u32| {
            let step = (lower_right.texel[axis] - upper_left.texel[axis]) / (end - start);
            (upper_left.texel[axis] + (first as f32 + 0.5 - start) * step, step)
        };
        let (x, x_step) = axis(0, upper_left.x, lower_right.x, place.left);
        let (y, y_step) = axis(1, upper_left.y, lower_right.y, place.top);
        let color = upper_left.color;
        let on_centre = |at: f32, step: f32| {
            at >= 0.0 && (at.fract() - 0.5).abs() < ONE_TO_ONE && (step - 1.0).abs() < ONE_TO_ONE / 16.0
        };
        let columns = (place.right - place.left) as usize;
        let last_row = (y as usize).saturating_add((place.bottom - place.top) as usize - 1);
        if on_centre(x, x_step) && on_centre(y, y_step) && texture.row(x as usize, last_row, columns).is_some() {
            for (row, pixel_y) in (place.top..place.bottom).enumerate() {
                if let Some(texels) = texture.row(x as usize, y as usize + row, columns) {
                    blend(canvas.row(pixel_y, place.left, place.right), texels, color);
                }
            }
            return;
        }
        for (row, pixel_y) in (place.top..place.bottom).enumerate() {
            let y = y + row as f32 * y_step;
            for (column, pixel) in canvas.row(pixel_y, place.left, place.right).iter_mut().enumerate() {
                *pixel = over(tint(texture.sample([x + column as f32 * x_step, y]), color), *pixel);
            }
        }
    }
}

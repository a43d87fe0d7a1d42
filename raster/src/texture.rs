//! The pictures that shapes take their colours from: the font's atlas, mostly.

use egui::epaint::{ImageData, ImageDelta};
use egui::{Color32, TextureFilter};

use super::pixel::{pack, scale};

pub(super) struct Texture {
    texels: Vec<u32>,
    width: usize,
    height: usize,
    filter: TextureFilter,
}

impl Texture {
    /// The whole picture of `delta`.
    pub(super) fn new(delta: &ImageDelta) -> Texture {
        let ImageData::Color(image) = &delta.image;
        let [width, height] = image.size;
        let mut texels: Vec<u32> = image.pixels.iter().copied().map(pack).collect();
        texels.resize(width * height, pack(Color32::TRANSPARENT));
        Texture { texels, width, height, filter: delta.options.magnification }
    }

    /// Lays the picture of `delta` over a part that begins at `corner`; what would lie outside is left out.
    pub(super) fn replace(&mut self, corner: [usize; 2], delta: &ImageDelta) {
        let ImageData::Color(image) = &delta.image;
        self.filter = delta.options.magnification;
        let [left, top] = corner;
        let columns = image.width().min(self.width.saturating_sub(left));
        if columns == 0 {
            return;
        }
        let rows = self.texels.chunks_exact_mut(self.width).skip(top);
        for (row, new) in rows.zip(image.pixels.chunks_exact(image.width())) {
            for (texel, color) in row[left..left + columns].iter_mut().zip(new) {
                *texel = pack(*color);
            }
        }
    }

    /// Width and height in texels.
    pub(super) fn size(&self) -> [f32; 2] {
        [self.width as f32, self.height as f32]
    }

    /// `count` texels of a row, or nothing where it has not as many.
    pub(super) fn row(&self, x: usize, y: usize, count: usize) -> Option<&[u32]> {
        let end = x.checked_add(count).filter(|end| *end <= self.width)?;
        let start = y.checked_mul(self.width)?;
        self.texels.get(start + x..start + end)
    }

    /// The colour at a place in texels, whose centres are at halves; the border's beyond the border.
    pub(super) fn sample(&self, [x, y]: [f32; 2]) -> u32 {
        if x <= 0.5 && y <= 0.5 {
            // Shapes without a picture take the white texel in the corner.
            return self.texels.first().copied().unwrap_or_default();
        }
        if self.filter == TextureFilter::Nearest {
            return self.texel(x as usize, y as usize);
        }
        let (x, y) = ((x - 0.5).max(0.0), (y - 0.5).max(0.0));
        let (left, top) = (x as usize, y as usize);
        // How much of the next texel shows, in parts of 255.
        let part = |place: f32| (place.fract() * 255.0).round() as u32;
        let (across, down) = (part(x), part(y));
        let row = |y: usize| mix(self.texel(left, y), self.texel(left.saturating_add(1), y), across);
        if down == 0 { row(top) } else { mix(row(top), row(top.saturating_add(1)), down) }
    }

    fn texel(&self, x: usize, y: usize) -> u32 {
        let (x, y) = (x.min(self.width.saturating_sub(1)), y.min(self.height.saturating_sub(1)));
        self.texels.get(y * self.width + x).copied().unwrap_or_default()
    }
}

/// From `a` to `b`, `part` / 255 of the way.
fn mix(a: u32, b: u32, part: u32) -> u32 {
    match part {
        0 => a,
        _ if a == b => a,
        _ => {
            // Each is rounded; together they can be one more than 255, which would carry into the next channel.
            let (a, b) = (scale(a, 255 - part).to_be_bytes(), scale(b, part).to_be_bytes());
            u32::from_be_bytes(std::array::from_fn(|channel| a[channel].saturating_add(b[channel])))
        }
    }
}

#[cfg(test)]
mod tests {
    use egui::epaint::ColorImage;
    use egui::{TextureOptions, pos2};

    use super::super::pixel::alpha;
    use super::*;

    fn gray(size: [usize; 2], shades: &[u8]) -> ColorImage {
        let pixels = shades.iter().copied().map(Color32::from_gray).collect();
        ColorImage::new(size, pixels)
    }

    fn shade(texture: &Texture, x: f32, y: f32) -> u8 {
        let place = pos2(x, y);
        texture.sample([place.x, place.y]) as u8
    }

    #[test]
    fn between_two_texels_their_colours_are_mixed_and_beyond_the_border_is_the_border() {
        let texture = Texture::new(&ImageDelta::full(gray([2, 2], &[0, 100, 200, 100]), TextureOptions::LINEAR));
        assert_eq!(shade(&texture, 0.5, 0.5), 0);
        assert_eq!(shade(&texture, 1.0, 0.5), 50);
        assert_eq!(shade(&texture, 0.5, 1.0), 100);
        for place in [9.0, f32::INFINITY] {
            assert_eq!(shade(&texture, place, place), 100);
        }
        assert_eq!(alpha(texture.sample([1.2, 1.1])), 255);
    }

    #[test]
    fn a_part_replaces_what_was_there_and_nothing_beyond_the_border() {
        let mut texture = Texture::new(&ImageDelta::full(gray([3, 2], &[0; 6]), TextureOptions::NEAREST));
        let delta =
            |corner, size, shades: &[u8]| ImageDelta::partial(corner, gray(size, shades), TextureOptions::NEAREST);
        texture.replace([1, 1], &delta([1, 1], [3, 2], &[1, 2, 3, 4, 5, 6]));
        texture.replace([5, 0], &delta([5, 0], [1, 1], &[9]));
        let shades: Vec<u8> = texture.texels.iter().map(|texel| *texel as u8).collect();
        assert_eq!(shades, [0, 0, 0, 0, 1, 2]);
    }
}

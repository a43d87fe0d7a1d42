//! Arithmetic on pixels: four channels of eight bits in one number, two of them at a time.

use egui::Color32;

/// Two channels with room for a product above each.
const TWO_CHANNELS: u32 = 0x00ff_00ff;
const ROUNDING: u32 = 0x0080_0080;
const OPAQUE: u32 = 255;

/// A colour as `0xAARRGGBB`.
pub const fn pack(color: Color32) -> u32 {
    let [red, green, blue, alpha] = color.to_array();
    u32::from_be_bytes([alpha, red, green, blue])
}

/// The colour of `0xAARRGGBB`.
pub fn unpack(pixel: u32) -> Color32 {
    let [alpha, red, green, blue] = pixel.to_be_bytes();
    Color32::from_rgba_premultiplied(red, green, blue, alpha)
}

pub(super) const fn alpha(pixel: u32) -> u32 {
    pixel >> 24
}

/// Two channels times `factor` / 255, rounded. The sum with a 256th of itself makes the division by 255 exact.
#[inline]
const fn scale_two(channels: u32, factor: u32) -> u32 {
    let product = channels * factor + ROUNDING;
    ((product + ((product >> 8) & TWO_CHANNELS)) >> 8) & TWO_CHANNELS
}

/// All channels times `factor` / 255; `factor` is at most 255.
#[inline]
pub(super) const fn scale(pixel: u32, factor: u32) -> u32 {
    scale_two(pixel & TWO_CHANNELS, factor) | (scale_two((pixel >> 8) & TWO_CHANNELS, factor) << 8)
}

/// Each channel times the same one of the other, as parts of 255.
#[inline]
pub(super) fn tint(texel: u32, color: u32) -> u32 {
    if texel == texel.rotate_left(8) {
        // White with a coverage, as all that is no picture.
        return scale(color, alpha(texel));
    }
    let (texel, color) = (texel.to_be_bytes(), color.to_be_bytes());
    u32::from_be_bytes(std::array::from_fn(|channel| {
        scale_two(u32::from(texel[channel]), u32::from(color[channel])) as u8
    }))
}

/// Adds two channels; what is more than 255 is 255.
#[inline]
const fn add_two(a: u32, b: u32) -> u32 {
    let sum = a + b;
    let overflow = (sum >> 8) & 0x0001_0001;
    (sum | (overflow * OPAQUE)) & TWO_CHANNELS
}

/// `above` over `below`, both premultiplied: `above + below * (1 - above's alpha)`.
#[inline]
pub(super) const fn over(above: u32, below: u32) -> u32 {
    let rest = OPAQUE - alpha(above);
    let low = add_two(scale_two(below & TWO_CHANNELS, rest), above & TWO_CHANNELS);
    let high = add_two(scale_two((below >> 8) & TWO_CHANNELS, rest), (above >> 8) & TWO_CHANNELS);
    low | (high << 8)
}

/// One colour over a row.
pub(super) fn fill(row: &mut [u32], color: u32) {
    match alpha(color) {
        OPAQUE => row.fill(color),
        _ if color == 0 => {}
        _ => row.iter_mut().for_each(|pixel| *pixel = over(color, *pixel)),
    }
}

/// A row of texels, each times `color`, over a row of as many pixels.
pub(super) fn blend(row: &mut [u32], texels: &[u32], color: u32) {
    if alpha(color) != OPAQUE {
        for (pixel, texel) in row.iter_mut().zip(texels).filter(|(_, texel)| **texel != 0) {
            *pixel = over(tint(*texel, color), *pixel);
        }
        return;
    }
    // Text, nearly always: glyphs are white with a coverage, and both products can be rounded as one.
    let (low, high) = (color & TWO_CHANNELS, (color >> 8) & TWO_CHANNELS);
    let mix = |above: u32, below: u32, coverage: u32| {
        let sum = above * coverage + below * (OPAQUE - coverage) + ROUNDING;
        ((sum + ((sum >> 8) & TWO_CHANNELS)) >> 8) & TWO_CHANNELS
    };
    for (pixel, texel) in row.iter_mut().zip(texels) {
        let (texel, below) = (*texel, *pixel);
        if texel == 0 {
            continue;
        }
        *pixel = if texel == texel.rotate_left(8) {
            let coverage = alpha(texel);
            mix(low, below & TWO_CHANNELS, coverage) | (mix(high, (below >> 8) & TWO_CHANNELS, coverage) << 8)
        } else {
            over(tint(texel, color), below)
        };
    }
}

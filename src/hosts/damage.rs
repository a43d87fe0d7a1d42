//! Which parts of the window changed between two frames, so that only these are drawn again. Pure.

use a365_password_tool::raster::PixelRect;
use egui::epaint::ClippedShape;
use egui::{Rect, Shape};

/// Shapes reach beyond their stated bounds by their soft edges and the mitres of their strokes, in points.
const SOFT_EDGE: f32 = 3.0;
/// More parts than this cost more to handle than the pixels between them.
const MOST_PARTS: usize = 8;

/// Pixels that `place` (in points) touches inside of `window`; none when it lies outside.
fn covering(place: Rect, pixels_per_point: f32, window: PixelRect) -> Option<PixelRect> {
    // Casts from float saturate, so anything far outside ends at the window's border.
    let part = PixelRect {
        left: (place.min.x * pixels_per_point).floor() as u32,
        top: (place.min.y * pixels_per_point).floor() as u32,
        right: ((place.max.x * pixels_per_point).ceil() as u32).min(window.right),
        bottom: ((place.max.y * pixels_per_point).ceil() as u32).min(window.bottom),
    };
    (!part.is_empty()).then_some(part)
}

fn touches(one: PixelRect, other: PixelRect) -> bool {
    one.left <= other.right && other.left <= one.right && one.top <= other.bottom && other.top <= one.bottom
}

fn union(one: PixelRect, other: PixelRect) -> PixelRect {
    PixelRect {
        left: one.left.min(other.left),
        top: one.top.min(other.top),
        right: one.right.max(other.right),
        bottom: one.bottom.max(other.bottom),
    }
}

/// The same place in points.
pub(super) fn in_points(part: PixelRect, pixels_per_point: f32) -> Rect {
    let point = |x: u32, y: u32| egui::pos2(x as f32, y as f32) / pixels_per_point;
    Rect::from_min_max(point(part.left, part.top), point(part.right, part.bottom))
}

/// Where the window looks different when it shows `new` instead of `old`. The parts do not overlap.
pub(super) fn changed_parts(
    old: &[ClippedShape],
    new: &[ClippedShape],
    pixels_per_point: f32,
    window: PixelRect,
) -> Vec<PixelRect> {
    // Shapes are mostly the same from frame to frame; one that comes or goes shifts all those behind it.
    let start = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    let (old, new) = (&old[start..], &new[start..]);
    let end = old.iter().rev().zip(new.iter().rev()).take_while(|(old, new)| old == new).count();
    let (old, new) = (&old[..old.len() - end], &new[..new.len() - end]);
    let mut parts = Vec::new();
    let mut add = |shape: &ClippedShape| {
        let part = covering(place(shape).expand(SOFT_EDGE), pixels_per_point, window);
        if let Some(part) = part {
            include(&mut parts, part);
        }
    };
    if old.len() == new.len() {
        for (old, new) in old.iter().zip(new).filter(|(old, new)| old != new) {
            add(old);
            add(new);
        }
    } else {
        old.iter().chain(new).for_each(add);
    }
    parts
}

/// Adds `part`, joining it with those that it touches.
fn include(parts: &mut Vec<PixelRect>, mut part: PixelRect) {
    while let Some(index) = parts.iter().position(|other| touches(*other, part)) {
        part = union(part, parts.swap_remove(index));
    }
    parts.push(part);
    if parts.len() > MOST_PARTS {
        let all = parts.drain(..).reduce(union);
        parts.extend(all);
    }
}

/// Where a shape shows at all, in points.
pub(super) fn place(shape: &ClippedShape) -> Rect {
    let mut place = shape.shape.visual_bounding_rect();
    if let Shape::Text(text) = &shape.shape
        && text.angle == 0.0
    {
        // Underlines lie outside of the glyphs.
        place |= text.galley.rect.translate(text.pos.to_vec2());
    }
    (shape.transform_after_tessellation * place).intersect(shape.clip_rect)
}

#[cfg(test)]
mod tests {
    use egui::{Color32, pos2, vec2};

    use super::*;

    const WINDOW: PixelRect = PixelRect { left: 0, top: 0, right: 400, bottom: 300 };

    fn square(x: f32, y: f32, color: Color32) -> ClippedShape {
        let clip_rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(400.0, 300.0));
        let place = Rect::from_min_size(pos2(x, y), vec2(10.0, 10.0));
        ClippedShape::new(clip_rect, Shape::rect_filled(place, 0.0, color))
    }

    #[test]
    fn equal_frames_have_no_changed_part() {
        let frame = [square(10.0, 10.0, Color32::RED), square(50.0, 50.0, Color32::BLUE)];
        assert_eq!(changed_parts(&frame, &frame.clone(), 1.0, WINDOW), []);
    }

    #[test]
    fn a_shape_that_comes_in_between_changes_its_own_place_only() {
        let old = [square(10.0, 10.0, Color32::RED), square(50.0, 50.0, Color32::BLUE)];
        let new = [old[0].clone(), square(200.0, 100.0, Color32::RED), old[1].clone()];
        let part = PixelRect { left: 197, top: 97, right: 213, bottom: 113 };
        assert_eq!(changed_parts(&old, &new, 1.0, WINDOW), [part]);
        assert_eq!(changed_parts(&new, &old, 1.0, WINDOW), [part]);
    }

    #[test]
    fn a_shape_that_moves_changes_both_places() {
        let old = [square(10.0, 10.0, Color32::RED)];
        let new = [square(300.0, 200.0, Color32::RED)];
        assert_eq!(changed_parts(&old, &new, 1.0, WINDOW).len(), 2);
    }

    #[test]
    fn a_shape_changes_where_its_transform_puts_it() {
        let mut moved = square(10.0, 10.0, Color32::RED);
        moved.transform_after_tessellation = egui::emath::TSTransform::from_translation(vec2(190.0, 90.0));
        let part = PixelRect { left: 197, top: 97, right: 213, bottom: 113 };
        assert_eq!(changed_parts(&[], &[moved], 1.0, WINDOW), [part]);
    }

    #[test]
    fn many_changes_become_one_part() {
        let frame =
            |color| -> Vec<ClippedShape> { (0..12).map(|n| square(30.0 * n as f32, 20.0 * n as f32, color)).collect() };
        let parts = changed_parts(&frame(Color32::RED), &frame(Color32::BLUE), 1.0, WINDOW);
        assert!(parts.len() <= MOST_PARTS);
        assert!(parts.iter().any(|part| part.left == 0) && parts.iter().any(|part| part.right == 343));
    }

    #[test]
    fn what_happens_outside_of_the_window_is_no_change() {
        let old = [square(500.0, 10.0, Color32::RED), square(-50.0, 10.0, Color32::RED)];
        let new = [square(500.0, 10.0, Color32::BLUE), square(-50.0, 10.0, Color32::BLUE)];
        assert_eq!(changed_parts(&old, &new, 1.0, WINDOW), []);
    }
}

//! Which parts of the window changed between two frames, so that only these are drawn again. Pure.

use egui::epaint::ClippedShape;
use egui::{Rect, Shape};

/// Shapes reach beyond their stated bounds by their soft edges and the mitres of their strokes, in points.
const SOFT_EDGE: f32 = 3.0;
/// More parts than this cost more to handle than the pixels between them.
const MOST_PARTS: usize = 8;

/// A rectangle of whole pixels; `right` and `bottom` are outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) left: u32,
    pub(super) top: u32,
    pub(super) right: u32,
    pub(super) bottom: u32,
}

impl Part {
    /// All of a window.
    pub(super) fn whole(width: u32, height: u32) -> Part {
        Part { left: 0, top: 0, right: width, bottom: height }
    }

    /// Pixels that `place` (in points) touches inside of `window`; none when it lies outside.
    fn covering(place: Rect, pixels_per_point: f32, window: Part) -> Option<Part> {
        // Casts from float saturate, so anything far outside ends at the window's border.
        let part = Part {
            left: (place.min.x * pixels_per_point).floor() as u32,
            top: (place.min.y * pixels_per_point).floor() as u32,
            right: ((place.max.x * pixels_per_point).ceil() as u32).min(window.right),
            bottom: ((place.max.y * pixels_per_point).ceil() as u32).min(window.bottom),
        };
        (part.left < part.right && part.top < part.bottom).then_some(part)
    }

    fn touches(self, other: Part) -> bool {
        self.left <= other.right && other.left <= self.right && self.top <= other.bottom && other.top <= self.bottom
    }

    fn with(self, other: Part) -> Part {
        Part {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    /// The same place in points.
    pub(super) fn in_points(self, pixels_per_point: f32) -> Rect {
        let point = |x: u32, y: u32| egui::pos2(x as f32, y as f32) / pixels_per_point;
        Rect::from_min_max(point(self.left, self.top), point(self.right, self.bottom))
    }
}

/// Where the window looks different when it shows `new` instead of `old`. The parts do not overlap.
pub(super) fn changed_parts(
    old: &[ClippedShape],
    new: &[ClippedShape],
    pixels_per_point: f32,
    window: Part,
) -> Vec<Part> {
    // Shapes are mostly the same from frame to frame; one that comes or goes shifts all those behind it.
    let start = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    let (old, new) = (&old[start..], &new[start..]);
    let end = old.iter().rev().zip(new.iter().rev()).take_while(|(old, new)| old == new).count();
    let (old, new) = (&old[..old.len() - end], &new[..new.len() - end]);
    let mut parts = Vec::new();
    let mut add = |shape: &ClippedShape| {
        let part = Part::covering(place(shape).expand(SOFT_EDGE), pixels_per_point, window);
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
fn include(parts: &mut Vec<Part>, mut part: Part) {
    while let Some(index) = parts.iter().position(|other| other.touches(part)) {
        part = part.with(parts.swap_remove(index));
    }
    parts.push(part);
    if parts.len() > MOST_PARTS {
        let all = parts.drain(..).reduce(Part::with);
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
    place.intersect(shape.clip_rect)
}

#[cfg(test)]
mod tests {
    use egui::{Color32, pos2, vec2};

    use super::*;

    const WINDOW: Part = Part { left: 0, top: 0, right: 400, bottom: 300 };

    fn square(x: f32, y: f32, color: Color32) -> ClippedShape {
        let clip_rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(400.0, 300.0));
        let place = Rect::from_min_size(pos2(x, y), vec2(10.0, 10.0));
        ClippedShape { clip_rect, shape: Shape::rect_filled(place, 0.0, color) }
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
        let part = Part { left: 197, top: 97, right: 213, bottom: 113 };
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

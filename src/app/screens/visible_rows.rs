//! Which of many equally high rows are in sight, and where each stands.

use std::ops::Range;

use egui::{Rect, Ui, vec2};

/// The part of a list that is drawn.
pub(super) struct VisibleRows {
    /// All rows, those out of sight included.
    pub(super) ground: Rect,
    row_height: f32,
    /// Those in sight.
    pub(super) in_sight: Range<usize>,
    /// How many rows Page Up and Page Down go.
    pub(super) page: isize,
    /// The row at which the Tab key stops, where it is out of sight: it is there for the keyboard all the same.
    pub(super) stop_out_of_sight: Option<usize>,
}

impl VisibleRows {
    /// Makes room for `count` rows in what scrolls, `margin` narrower than it, of which `viewport` is in sight.
    pub(super) fn in_viewport(
        ui: &mut Ui,
        viewport: Rect,
        count: usize,
        row_height: f32,
        margin: f32,
        stop: usize,
    ) -> VisibleRows {
        let height = row_height * count as f32;
        ui.set_height(height);
        let ground = Rect::from_min_size(ui.max_rect().left_top(), vec2(ui.available_width() - margin, height));
        let first = (viewport.top() / row_height).floor().max(0.0) as usize;
        let last = ((viewport.bottom() / row_height).ceil().max(0.0) as usize).min(count);
        let in_sight = first.min(last)..last;
        let stop_out_of_sight = Some(stop).filter(|row| !in_sight.contains(row) && *row < count);
        let page = ((viewport.height() / row_height) as isize - 1).max(1);
        VisibleRows { ground, row_height, in_sight, page, stop_out_of_sight }
    }

    /// The rows to draw.
    pub(super) fn drawn(&self) -> impl Iterator<Item = usize> + use<> {
        self.in_sight.clone().chain(self.stop_out_of_sight)
    }

    /// Whether a row is among [`Self::drawn`].
    pub(super) fn is_drawn(&self, row: usize) -> bool {
        self.in_sight.contains(&row) || self.stop_out_of_sight == Some(row)
    }

    /// Where a row stands.
    pub(super) fn rect_of(&self, row: usize) -> Rect {
        let top = self.ground.top() + self.row_height * row as f32;
        Rect::from_x_y_ranges(self.ground.x_range(), top..=top + self.row_height)
    }
}

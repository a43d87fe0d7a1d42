//! What keeps its place at an end: of a row, of a page. Drawn in the order in which it is read, so that the Tab key goes the
//! same way.

use egui::{Align, AsIdSalt, Id, Layout, Rect, Ui, UiBuilder, vec2};

use crate::app::theme::CONTROL_HEIGHT;

/// Where the end leaves less, it stands below the start, in points.
const LEAST_START: f32 = 200.0;

/// A row whose `start` takes what its `end`, which stands at the right, leaves. Where that is too little, as with large text,
/// the end stands below.
///
/// The width of the end is the one it had in the frame before; `name` is what that is remembered by.
pub fn row_with_end<R>(
    ui: &mut Ui,
    name: impl AsIdSalt,
    start: impl FnOnce(&mut Ui),
    end: impl FnOnce(&mut Ui) -> R,
) -> R {
    let id = Id::unique("row with end").with(name);
    let room = ui.available_width() - remembered(ui, id) - ui.spacing().item_spacing.x;
    if room < LEAST_START {
        return ui
            .vertical(|ui| {
                ui.horizontal(start);
                let shown = ui.horizontal_wrapped(end);
                if shown.response.rect.height() < 2.0 * CONTROL_HEIGHT {
                    remember(ui, id, shown.response.rect.width());
                }
                shown.inner
            })
            .inner;
    }
    bar(ui, id, start, end)
}

/// The same for a bar of one line: its start is what can be left out.
pub fn bar_with_end<R>(
    ui: &mut Ui,
    name: impl AsIdSalt,
    start: impl FnOnce(&mut Ui),
    end: impl FnOnce(&mut Ui) -> R,
) -> R {
    bar(ui, Id::unique("row with end").with(name), start, end)
}

fn bar<R>(ui: &mut Ui, id: Id, start: impl FnOnce(&mut Ui), end: impl FnOnce(&mut Ui) -> R) -> R {
    ui.horizontal(|ui| {
        let width = remembered(ui, id);
        let room = (ui.available_width() - width - ui.spacing().item_spacing.x).max(0.0);
        ui.allocate_ui_with_layout(vec2(room, CONTROL_HEIGHT), Layout::left_to_right(Align::Center), |ui| {
            ui.set_min_size(vec2(room, CONTROL_HEIGHT));
            start(ui);
        });
        let shown = ui.horizontal(end);
        remember(ui, id, shown.response.rect.width());
        shown.inner
    })
    .inner
}

/// A page with a bar at its foot, which does not scroll with it. Both are drawn from `shown`.
pub fn with_bar_below<T>(
    ui: &mut Ui,
    name: impl AsIdSalt,
    shown: &mut T,
    page: impl FnOnce(&mut Ui, &mut T),
    bar: impl FnOnce(&mut Ui, &mut T),
) {
    let id = Id::unique("bar below").with(name);
    let area = ui.available_rect_before_wrap();
    let line = (area.bottom() - remembered(ui, id)).max(area.top());
    let above = Rect::from_min_max(area.min, egui::pos2(area.right(), line));
    ui.scope_builder(UiBuilder::new().scope_id(id.with("page")).max_rect(above), |ui| {
        ui.set_clip_rect(ui.clip_rect().intersect(above));
        page(ui, shown);
    });
    let below = Rect::from_min_max(egui::pos2(area.left(), line), area.max);
    let below = UiBuilder::new().scope_id(id.with("bar")).max_rect(below);
    let drawn = ui.scope_builder(below, |ui| bar(ui, shown));
    remember(ui, id, drawn.response.rect.height());
}

fn remembered(ui: &Ui, id: Id) -> f32 {
    ui.data(|data| data.get_temp(id)).unwrap_or_default()
}

/// Where it is another size than was thought, the frame is drawn again before anybody sees it.
fn remember(ui: &Ui, id: Id, size: f32) {
    if (remembered(ui, id) - size).abs() > 0.5 {
        ui.data_mut(|data| data.insert_temp(id, size));
        ui.ctx().request_discard("the size of an end is known now");
    }
}

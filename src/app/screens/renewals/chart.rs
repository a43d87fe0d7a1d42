//! How many secrets expire in each month, as a row of columns. Pressing one goes to its month.

use chrono::{Datelike, NaiveDate};
use egui::{Align2, CornerRadius, Rect, Role, Sense, Stroke, StrokeKind, TextStyle, Ui, WidgetInfo, pos2, vec2};

use crate::app::{
    state::{Command, ReminderCommand},
    theme::tokens,
    widgets::{keep_silent, tooltip_in_full},
};
use crate::reminder::time_line::{Heading, TimeLine};

/// The height of the highest column, in points.
const COLUMN: f32 = 34.0;
/// Room for a count above it, and for two lines of names below.
const COUNT: f32 = 16.0;
const NAMES: f32 = 30.0;

pub(super) fn show(ui: &mut Ui, line: &TimeLine, commands: &mut Vec<Command>) {
    let most = line.months().map(|(_, count)| count).max().unwrap_or_default();
    let months = line.months().count().max(1);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), COUNT + COLUMN + NAMES), Sense::hover());
    let colors = tokens(ui);
    let ground = rect.top() + COUNT + COLUMN;
    ui.painter().hline(rect.x_range(), ground, Stroke::new(1.0, colors.border));
    let width = rect.width() / months as f32;
    for (place, (first, count)) in line.months().enumerate() {
        let left = rect.left() + place as f32 * width;
        let cell = Rect::from_min_size(pos2(left, rect.top()), vec2(width, rect.height()));
        let share = count as f32 / most.max(1) as f32;
        if column(ui, cell, ground, share, first, count) {
            commands.push(Command::Reminders(ReminderCommand::GoTo(Heading::Month(first))));
        }
        names(ui, cell, ground, first, place);
    }
}

/// One month; `true` when it was pressed.
fn column(ui: &Ui, cell: Rect, ground: f32, share: f32, first: NaiveDate, count: usize) -> bool {
    let colors = tokens(ui);
    // Months without secrets are no stops of the Tab key.
    let sense = if count > 0 { Sense::click() } else { Sense::CLICK };
    let response = ui.interact(cell, ui.scope_id().with(("month", first)), sense);
    let name = match count {
        1 => format!("{}: 1 secret", first.format("%B %Y")),
        count => format!("{}: {count} secrets", first.format("%B %Y")),
    };
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    if response.hovered() {
        ui.painter().rect_filled(cell, CornerRadius::same(4), colors.hover);
        ui.painter().hline(cell.x_range(), ground, Stroke::new(1.0, colors.border));
    }
    if count > 0 {
        let height = (share * COLUMN).max(3.0);
        let bar = Rect::from_min_max(
            pos2(cell.center().x - cell.width() * 0.3, ground - height),
            pos2(cell.center().x + cell.width() * 0.3, ground),
        );
        ui.painter().rect_filled(bar, CornerRadius { nw: 2, ne: 2, sw: 0, se: 0 }, colors.accent);
        let small = TextStyle::Small.resolve(ui.style());
        ui.painter().text(bar.center_top(), Align2::CENTER_BOTTOM, count, small, colors.text);
    }
    if response.has_focus() {
        let stroke = Stroke::new(2.0, colors.accent);
        ui.painter().rect_stroke(cell, CornerRadius::same(4), stroke, StrokeKind::Inside);
    }
    let pressed = response.clicked();
    let response = tooltip_in_full(response, &name);
    if count == 0 {
        keep_silent(&response);
    }
    pressed
}

/// The month's name under its column, and a new year's below.
fn names(ui: &Ui, cell: Rect, ground: f32, first: NaiveDate, place: usize) {
    let colors = tokens(ui);
    let small = TextStyle::Small.resolve(ui.style());
    let form = if cell.width() > 26.0 { "%b" } else { "%-m" };
    let month = first.format(form).to_string();
    let top = pos2(cell.center().x, ground + 1.0);
    ui.painter().text(top, Align2::CENTER_TOP, month, small.clone(), colors.text_quiet);
    if place == 0 || first.month() == 1 {
        let year = first.year().to_string();
        ui.painter().text(top + vec2(0.0, 14.0), Align2::CENTER_TOP, year, small, colors.text);
    }
}

//! The heading of a group of profiles.

use egui::{Rect, Response, Role, TextStyle, Ui, WidgetInfo, pos2, vec2};

use super::super::elided;
use super::columns::{END, MARK};
use super::ground::{Ground, paint_ground};
use crate::app::{
    listing::Group,
    state::{Command, ListCommand},
    theme::{icons::Icon, tokens},
    widgets::{mark_tree_item, shown_line},
};
use crate::counted::counted;

/// Draws a heading: whether the group is open, its title, and how many profiles it has.
pub(super) fn draw(ui: &Ui, response: Response, rect: Rect, group: &Group) -> Response {
    let colors = tokens(ui);
    let count = counted(group.profiles.len(), "profile");
    response
        .widget_info(|| WidgetInfo::labeled(Role::TreeItem, true, format!("{}, {count}", shown_line(&group.title))));
    mark_tree_item(&response, 1, Some(group.is_open));
    if !ui.is_rect_visible(rect) {
        return response;
    }
    paint_ground(ui, &response, rect.shrink2(vec2(0.0, 1.0)), Ground::Heading);
    let middle = rect.center().y;
    let fold = if group.is_open { Icon::Down } else { Icon::Right };
    let place = Rect::from_center_size(pos2(rect.left() + 14.0, middle), vec2(12.0, 12.0));
    fold.paint(ui.painter(), place, colors.text_quiet);
    let number = elided(ui, &group.profiles.len().to_string(), TextStyle::Small, colors.text_quiet, 60.0);
    let right = rect.right() - END - number.size().x;
    let title = elided(ui, &group.title, TextStyle::Button, colors.text, right - rect.left() - MARK - 8.0);
    ui.painter().galley(pos2(right, middle - number.size().y / 2.0), number, colors.text_quiet);
    ui.painter().galley(pos2(rect.left() + MARK, middle - title.size().y / 2.0), title, colors.text);
    response
}

/// What a group is asked for to become the other way.
pub(super) fn toggled(group: &Group) -> Command {
    let keys = vec![group.key.clone()];
    Command::List(if group.is_open { ListCommand::Collapse(keys) } else { ListCommand::Expand(keys) })
}

//! The columns of the list of profiles: which of them the width has room for, and their heads, which sort.

use egui::{Align, Button, Layout, RichText, Role, Ui, WidgetInfo, vec2};

use crate::app::{
    listing::SortBy,
    state::{Command, ProfileCommand},
    theme::tokens,
};

/// A column beside the state's mark.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Column {
    Name,
    Environment,
    Tags,
    LastTest,
    Expires,
}

impl Column {
    fn head(self) -> &'static str {
        match self {
            Column::Name => "Name",
            Column::Environment => "Environment",
            Column::Tags => "Tags",
            Column::LastTest => "Last test",
            Column::Expires => "Expires",
        }
    }

    fn sort(self) -> SortBy {
        match self {
            Column::Name => SortBy::Name,
            Column::Environment => SortBy::Environment,
            Column::Tags => SortBy::Tags,
            Column::LastTest => SortBy::LastTest,
            Column::Expires => SortBy::Expiry,
        }
    }
}

/// The room for the mark before the name, in points.
pub(super) const MARK: f32 = 26.0;
/// The room right of the last column, in points.
pub(super) const END: f32 = 10.0;

/// The columns that a list of this width has, each with its own width in points. The name takes what is left.
pub(super) fn fitting(width: f32) -> Vec<(Column, f32)> {
    let mut columns = vec![(Column::Expires, 84.0)];
    for (from, column, wide) in
        [(400.0, Column::Environment, 130.0), (540.0, Column::LastTest, 100.0), (680.0, Column::Tags, 150.0)]
    {
        if width >= from {
            columns.push((column, wide));
        }
    }
    let taken: f32 = columns.iter().map(|(_, wide)| wide).sum();
    columns.push((Column::Name, (width - taken - MARK - END).max(40.0)));
    let order = [Column::Name, Column::Environment, Column::Tags, Column::LastTest, Column::Expires];
    columns.sort_by_key(|(column, _)| order.iter().position(|it| it == column));
    columns
}

pub(super) fn heads(ui: &mut Ui, sort: SortBy, commands: &mut Vec<Command>) {
    let columns = fitting(ui.available_width());
    ui.spacing_mut().interact_size.y = 24.0;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        ui.spacing_mut().button_padding = vec2(0.0, 3.0);
        ui.add_space(MARK);
        for (column, width) in columns {
            // The last column stands at the right, as its values do.
            let layout = match column {
                Column::Expires => Layout::right_to_left(Align::Center),
                _ => Layout::left_to_right(Align::Center),
            };
            ui.allocate_ui_with_layout(vec2(width, 24.0), layout, |ui| {
                ui.set_min_size(vec2(width, 24.0));
                let chosen = column.sort() == sort;
                let text = RichText::new(column.head()).small().color(tokens(ui).text_quiet);
                let text = if chosen { text.strong().underline() } else { text };
                let head = ui.add(Button::new(text).frame(false).min_size(vec2(24.0, 24.0)));
                head.widget_info(|| {
                    WidgetInfo::selected(
                        Role::Button,
                        true,
                        chosen,
                        format!("Sort by {}", column.head().to_lowercase()),
                    )
                });
                if head.on_hover_text("Sort by this").clicked() {
                    commands.push(Command::Profiles(ProfileCommand::Sort(column.sort())));
                }
            });
        }
    });
}

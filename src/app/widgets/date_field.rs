//! A date in any form that people use, with a month to choose from and the choices of the portal's “Expires” list.

use chrono::{Datelike, Days, Months, NaiveDate};
use egui::{Button, Popup, PopupCloseBehavior, Response, RichText, Role, Stroke, Ui, WidgetInfo, vec2};

use super::edit_menu::{self, Content};
use super::roles::{Urgency, announce, keep_silent, mark_selected};
use super::text_field::{describe_field, hint, outline_refused, single_line};
use super::{Enabled, FieldNote, Vocabulary, focus::return_focus, focus::scrolled_menu, labelled_row};
use crate::app::dates::day;
use crate::app::theme::{CONTROL_HEIGHT, icons::Icon, section_heading, tokens};
use crate::profile::{SecretExpiry, TypedDateError, parse_date};
use crate::written_day;

const WEEKDAYS: [&str; 7] = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// What the opened month remembers between frames; dates only.
#[derive(Clone, Copy)]
struct OpenMonth {
    /// The first day of the month shown.
    first: NaiveDate,
    /// The day on which the secret was made, for the portal's choices.
    made_on: NaiveDate,
}

/// What stands above the month.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shortcuts {
    /// The choices of the portal's “Expires” list.
    PortalChoices,
    /// Nothing.
    None,
}

/// A labelled date field. `today` is the day that the portal's choices count from, until another is chosen; `beside` draws
/// what belongs in the same row.
pub fn date_field(
    ui: &mut Ui,
    label: &str,
    text: &mut String,
    today: NaiveDate,
    note: &FieldNote,
    trailing: impl FnOnce(&mut Ui),
) -> Response {
    labelled_row(ui, label, note, |ui, label_id| {
        let field = ui.horizontal_wrapped(|ui| {
            let field = field_and_month(ui, label, text, today, Shortcuts::PortalChoices, "Choose a date");
            outline_refused(ui, &field, note);
            describe_field(&field, note);
            let field = field.labelled_by(label_id);
            trailing(ui);
            field
        });
        if let Err(TypedDateError::Ambiguous { day_first, month_first }) = parse_date(text) {
            which_day(ui, text, [day_first, month_first]);
        }
        field.inner
    })
}

/// The days that the text can mean, each a button.
fn which_day(ui: &mut Ui, text: &mut String, days: [NaiveDate; 2]) {
    ui.horizontal_wrapped(|ui| {
        for date in days {
            if ui.secondary_button(&written_day::long(date), Enabled::Yes).clicked() {
                *text = date.to_string();
            }
        }
    });
}

/// A field for a day that is no expiry; `opener` is what the button beside it is called.
pub fn day_editor(ui: &mut Ui, text: &mut String, today: NaiveDate, opener: &str) -> Response {
    field_and_month(ui, opener, text, today, Shortcuts::None, opener)
}

fn field_and_month(
    ui: &mut Ui,
    label: &str,
    text: &mut String,
    today: NaiveDate,
    above: Shortcuts,
    opener: &str,
) -> Response {
    let field = ui.add(single_line(ui, label, text, 140.0).hint_text(hint(ui, "YYYY-MM-DD")));
    edit_menu::equip(ui, &field, text.chars().count(), Content::Plain);
    let opener = ui.icon_button(Icon::Calendar, opener);
    let chosen = Popup::menu(&opener)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .show(|ui| scrolled_menu(ui, |ui| month(ui, text, today, above)))
        .and_then(|shown| shown.inner);
    if let Some(date) = chosen {
        *text = date.to_string();
        Popup::close_id(ui.ctx(), Popup::default_response_id(&opener));
    }
    return_focus(&opener, Popup::default_response_id(&opener));
    field
}

fn month(ui: &mut Ui, text: &str, today: NaiveDate, above: Shortcuts) -> Option<NaiveDate> {
    let current = parse_date(text).ok();
    let memory = ui.scope_id().with("open month");
    let start = OpenMonth { first: first_of_month(current.unwrap_or(today)), made_on: today };
    let mut open = ui.data(|data| data.get_temp(memory)).unwrap_or(start);
    ui.set_width(7.0 * 36.0 + 6.0 * 4.0);
    // What is pressed here are buttons and not the lines of a menu, which have no frames.
    let visuals = ui.ctx().global_style().visuals.clone();
    ui.style_mut().visuals = visuals;
    let by_choice = match above {
        Shortcuts::PortalChoices => {
            let chosen = portal_choices(ui, &mut open);
            ui.separator();
            chosen
        }
        Shortcuts::None => None,
    };
    turn_pages(ui, &mut open);
    let by_day = days(ui, open.first, current, today);
    let chosen = by_choice.or(by_day);
    ui.data_mut(|data| {
        if chosen.is_some() {
            data.remove::<OpenMonth>(memory);
        } else {
            data.insert_temp(memory, open);
        }
    });
    chosen
}

/// “Created on … , expires after 3, 6, 12, 18 or 24 months”.
fn portal_choices(ui: &mut Ui, open: &mut OpenMonth) -> Option<NaiveDate> {
    let mut chosen = None;
    ui.horizontal(|ui| {
        ui.label("Created on");
        if ui.icon_button(Icon::Left, "Created a day earlier").clicked() {
            open.made_on = open.made_on.checked_sub_days(Days::new(1)).unwrap_or(open.made_on);
        }
        ui.label(day(open.made_on));
        if ui.icon_button(Icon::Right, "Created a day later").clicked() {
            open.made_on = open.made_on.checked_add_days(Days::new(1)).unwrap_or(open.made_on);
        }
    });
    ui.hint("Expires after");
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        ui.spacing_mut().button_padding.x = 6.0;
        for choice in SecretExpiry::PORTAL_CHOICES {
            let button = ui.add(Button::new(format!("{} mo", choice.0)).min_size(vec2(0.0, CONTROL_HEIGHT)));
            button.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("{} months", choice.0)));
            if button.clicked() {
                chosen = SecretExpiry::after_portal_choice(open.made_on, choice).map(SecretExpiry::date);
            }
        }
    });
    chosen
}

fn turn_pages(ui: &mut Ui, open: &mut OpenMonth) {
    ui.horizontal(|ui| {
        if ui.icon_button(Icon::Left, "Previous month").clicked() {
            open.first = open.first.checked_sub_months(Months::new(1)).unwrap_or(open.first);
        }
        if ui.icon_button(Icon::Right, "Next month").clicked() {
            open.first = open.first.checked_add_months(Months::new(1)).unwrap_or(open.first);
        }
        let name = MONTHS[open.first.month0() as usize];
        let shown = ui.label(RichText::new(format!("{name} {}", open.first.year())).text_style(section_heading()));
        announce(&shown, Urgency::Polite);
    });
}

fn days(ui: &mut Ui, first: NaiveDate, current: Option<NaiveDate>, today: NaiveDate) -> Option<NaiveDate> {
    let colors = tokens(ui);
    let cell = vec2(36.0, 28.0);
    let mut chosen = None;
    ui.spacing_mut().item_spacing = vec2(4.0, 2.0);
    ui.spacing_mut().button_padding = vec2(0.0, 0.0);
    ui.horizontal(|ui| {
        for name in WEEKDAYS {
            let weekday = RichText::new(name).small().color(colors.text_quiet);
            keep_silent(&ui.add_sized(cell, egui::Label::new(weekday)));
        }
    });
    let lead = u64::from(first.weekday().num_days_from_monday());
    let start = first.checked_sub_days(Days::new(lead))?;
    for week in 0..6 {
        ui.horizontal(|ui| {
            for place in 0..7 {
                let Some(date) = start.checked_add_days(Days::new(week * 7 + place)) else { continue };
                if date.month() != first.month() {
                    ui.allocate_space(cell);
                    continue;
                }
                let is_current = current == Some(date);
                let color = if is_current { colors.on_accent } else { colors.text };
                let mut button = Button::new(RichText::new(date.day().to_string()).color(color)).min_size(cell);
                if is_current {
                    button = button.fill(colors.accent);
                }
                let widgets = &mut ui.visuals_mut().widgets;
                widgets.inactive.bg_stroke = match date == today {
                    true => Stroke::new(1.5, colors.border_strong),
                    false => Stroke::NONE,
                };
                // On its own colour a ring in that colour would not be seen.
                widgets.active.bg_stroke.color = if is_current { colors.text } else { colors.accent };
                let response = ui.add(button);
                let name = if date == today { format!("{}, today", day(date)) } else { day(date) };
                response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
                mark_selected(&response, is_current);
                if response.clicked() {
                    chosen = Some(date);
                }
            }
        });
    }
    chosen
}

fn first_of_month(date: NaiveDate) -> NaiveDate {
    date.with_day(1).unwrap_or(date)
}

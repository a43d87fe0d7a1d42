//! The entries of an import as a table. Only the rows in sight are drawn, however many there are, and one of them is a stop of the
//! Tab key: from there the arrows go on, the space bar ticks, and the right arrow shows the details.

use egui::accesskit::Action;
use egui::{
    Color32, CornerRadius, EventFilter, Id, Key, Rect, Response, Role, Sense, Stroke, StrokeKind, TextStyle, Ui,
    WidgetInfo, pos2, vec2,
};

use super::super::elided;
use super::super::row_keys::steps_pressed;
use super::details;
use crate::app::{
    SharedProfiles,
    dates::day,
    state::{Command, ImportCommand, ImportEffect, ImportLine, ImportPage},
    theme::{Tokens, icons::Icon, tokens},
    widgets::{mark_expanded, mark_place, shown_line},
};
use crate::exchange::plan::Place;
use crate::profile::{ClientSecret, SecretAdvice};

const ROW_HEIGHT: f32 = 30.0;
/// How many rows the keys Page up and Page down go.
const PAGE: isize = 10;
/// The widths of what stands at both ends of a row and of the columns of one width, in points.
const TICK: f32 = 34.0;
const FOLD: f32 = 26.0;
const EFFECT: f32 = 96.0;
const SECRET: f32 = 70.0;
const EXPIRES: f32 = 92.0;

/// The columns with their places from left to right, for a table of some width.
struct Columns {
    effect: (f32, f32),
    name: (f32, f32),
    environment: (f32, f32),
    client_id: (f32, f32),
    secret: (f32, f32),
    expires: (f32, f32),
    note: (f32, f32),
}

impl Columns {
    fn of(width: f32) -> Columns {
        // Where there is little room the name has it; the details have the rest.
        let secret_width = if width > 600.0 { SECRET } else { 0.0 };
        let rest = (width - TICK - FOLD - EFFECT - secret_width - EXPIRES).max(120.0);
        // All of it or nothing: the beginning of an ID tells nobody anything.
        let client_id_width = if rest > 900.0 { 250.0 } else { 0.0 };
        let rest = rest - client_id_width;
        let shares = match rest {
            400.0.. => [0.34, 0.34, 0.32],
            270.0.. => [0.55, 0.45, 0.0],
            _ => [1.0, 0.0, 0.0],
        };
        let mut left = TICK;
        let mut next = |width: f32| {
            left += width;
            (left - width, width)
        };
        Columns {
            effect: next(EFFECT),
            name: next(rest * shares[0]),
            environment: next(rest * shares[1]),
            client_id: next(client_id_width),
            secret: next(secret_width),
            expires: next(EXPIRES),
            note: next(rest * shares[2]),
        }
    }
}

/// What a row shows.
struct Cells {
    name: String,
    environment: String,
    client_id: String,
    secret: &'static str,
    expires: String,
    /// The first of the warnings.
    note: String,
}

impl Cells {
    fn of(page: &ImportPage, line: &ImportLine) -> Option<Cells> {
        match line.place {
            Place::Candidate(file, number) => {
                let (candidate, row) = page.candidate(file, number)?;
                let kept = row.existing_name.as_ref().filter(|_| line.effect != ImportEffect::New);
                let mut warnings = page.file(file)?.warnings_of(number);
                let note = warnings.next().map(|warning| warning.message.clone()).unwrap_or_default();
                Some(Cells {
                    name: kept.unwrap_or(&row.saved_as).clone(),
                    environment: candidate
                        .environment_url
                        .as_ref()
                        .map(|url| url.host().to_owned())
                        .unwrap_or_default(),
                    client_id: candidate.client_id.map(|id| id.to_string()).unwrap_or_default(),
                    secret: secret_word(candidate.client_secret.as_ref()),
                    expires: candidate.secret_expires.map(day).unwrap_or_default(),
                    note,
                })
            }
            Place::Expiry(file, profile) => {
                let row = page.meeting(file)?.expiries.iter().find(|row| row.profile == profile)?;
                let end = page.file(file)?.import()?.expiries.get(row.end)?;
                let note = match (row.is_guess, row.former) {
                    (true, _) => "The app has several client secrets, and this may be another one.".to_owned(),
                    (false, Some(former)) if former != row.expires => format!("Currently {}", day(former)),
                    (false, _) => String::new(),
                };
                Some(Cells {
                    name: row.name.clone(),
                    environment: "expiry date only".to_owned(),
                    client_id: end.client_id.to_string(),
                    secret: "–",
                    expires: day(row.expires),
                    note,
                })
            }
        }
    }
}

fn secret_word(secret: Option<&ClientSecret>) -> &'static str {
    match secret.map(|secret| secret.advice()) {
        None => "none",
        Some(Some(SecretAdvice::Masked | SecretAdvice::Placeholder)) => "masked",
        Some(_) => "present",
    }
}

pub(super) fn show(ui: &mut Ui, page: &ImportPage, profiles: &SharedProfiles, commands: &mut Vec<Command>) {
    let memory = Id::unique("row of the import with the focus");
    let width = ui.available_width();
    let columns = Columns::of(width);
    ui.spacing_mut().item_spacing.y = 0.0;
    heads(ui, &columns);
    let count = page.lines.len();
    let stop: usize = ui.data(|data| data.get_temp(memory)).unwrap_or(0).min(count.saturating_sub(1));
    let unfolded = page.unfolded.and_then(|place| page.lines.iter().position(|line| line.place == place));
    let mut rows = Rows { page, columns, stop, next: None, commands };
    match unfolded {
        None => rows.draw(ui, 0..count),
        Some(row) => {
            rows.draw(ui, 0..row + 1);
            let shown = ui.scope(|ui| {
                ui.spacing_mut().item_spacing.y = 6.0;
                details::show(ui, page, &page.lines[row], profiles, rows.commands);
            });
            let seen = Id::unique("entry whose details were shown last");
            if ui.data(|data| data.get_temp(seen)) != Some(page.unfolded) {
                ui.data_mut(|data| data.insert_temp(seen, page.unfolded));
                ui.scroll_to_rect(shown.response.rect, None);
            }
            rows.draw(ui, row + 1..count);
        }
    }
    if let Some(row) = rows.next {
        ui.data_mut(|data| data.insert_temp(memory, row));
        ui.memory_mut(|memory| memory.request_focus(id_of(&page.lines[row])));
        ui.ctx().request_repaint();
    }
}

fn id_of(line: &ImportLine) -> Id {
    Id::unique(("entry to import", line.place))
}

fn heads(ui: &mut Ui, columns: &Columns) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 22.0), Sense::hover());
    let quiet = tokens(ui).text_quiet;
    for ((left, width), text) in [
        (columns.effect, "Action"),
        (columns.name, "Name"),
        (columns.environment, "Environment"),
        (columns.client_id, "Client ID"),
        (columns.secret, "Secret"),
        (columns.expires, "Expires"),
        (columns.note, "Note"),
    ] {
        if width > 0.0 {
            let galley = elided(ui, text, TextStyle::Small, quiet, width - 8.0);
            ui.painter().galley(pos2(rect.left() + left, rect.top() + 3.0), galley, quiet);
        }
    }
    ui.painter().hline(rect.x_range(), rect.bottom(), Stroke::new(1.0, tokens(ui).border));
}

struct Rows<'a> {
    page: &'a ImportPage,
    columns: Columns,
    /// The row at which the Tab key stops.
    stop: usize,
    /// The row that gets the focus by the keys of this frame.
    next: Option<usize>,
    commands: &'a mut Vec<Command>,
}

impl Rows<'_> {
    /// Takes the room of these rows, and draws those in sight and the one with the focus.
    fn draw(&mut self, ui: &mut Ui, rows: std::ops::Range<usize>) {
        let height = ROW_HEIGHT * rows.len() as f32;
        let (ground, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
        let sight = ui.clip_rect();
        let row_at = |y: f32| ((y - ground.top()) / ROW_HEIGHT).max(0.0) as usize;
        // One row beyond both edges is there for the keyboard to go on to.
        let first = rows.start + row_at(sight.top()).saturating_sub(1).min(rows.len());
        let last = (rows.start + row_at(sight.bottom()) + 2).min(rows.end);
        let in_sight = first..last.max(first);
        let beside = Some(self.stop).filter(|row| rows.contains(row) && !in_sight.contains(row));
        for row in in_sight.chain(beside) {
            let top = ground.top() + ROW_HEIGHT * (row - rows.start) as f32;
            self.one(ui, row, Rect::from_x_y_ranges(ground.x_range(), top..=top + ROW_HEIGHT));
        }
    }

    fn one(&mut self, ui: &Ui, row: usize, rect: Rect) {
        let line = &self.page.lines[row];
        let Some(cells) = Cells::of(self.page, line) else { return };
        let unfolded = self.page.unfolded == Some(line.place);
        let response = draw(ui, rect, line, &cells, &self.columns, row == self.stop, unfolded);
        mark_place(&response, row);
        let fold = fold_button(ui, rect, line, &cells.name, unfolded);
        let tick = Command::Import(ImportCommand::Tick(line.place, !line.effect.is_saved()));
        let unfold = Command::Import(ImportCommand::Unfold((!unfolded).then_some(line.place)));
        let can_be_ticked = line.effect != ImportEffect::Same;
        if fold.clicked() {
            self.commands.push(unfold);
        } else if response.clicked() {
            // A click beside the box shows the details; a key or a screen reader ticks.
            let beside_box = response.interact_pointer_pos().is_some_and(|place| place.x > rect.left() + TICK);
            if beside_box {
                self.commands.push(unfold);
            } else if can_be_ticked {
                self.commands.push(tick);
            }
        }
        if response.gained_focus() {
            self.next.get_or_insert(row);
            ui.scroll_to_rect(rect.expand2(vec2(0.0, ROW_HEIGHT)), None);
        }
        if response.has_focus() {
            let last = self.page.lines.len() - 1;
            if let Some(steps) = steps_pressed(ui, &response, PAGE) {
                let to = row.saturating_add_signed(steps).min(last);
                self.next = Some(to);
                let offset = (to as f32 - row as f32) * ROW_HEIGHT;
                ui.scroll_to_rect(rect.translate(vec2(0.0, offset)).expand2(vec2(0.0, ROW_HEIGHT)), None);
            }
            let arrows = EventFilter { vertical_arrows: true, horizontal_arrows: true, ..EventFilter::default() };
            ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
            let wanted =
                ui.input(|input| match (input.key_pressed(Key::ArrowRight), input.key_pressed(Key::ArrowLeft)) {
                    (true, _) => Some(true),
                    (_, true) => Some(false),
                    _ => None,
                });
            if let Some(wanted) = wanted.filter(|wanted| *wanted != unfolded) {
                self.commands.push(Command::Import(ImportCommand::Unfold(wanted.then_some(line.place))));
            }
        }
    }
}

/// What happens to an entry: a word and a colour, each of which says it alone.
fn color_of(effect: ImportEffect, colors: &Tokens) -> Color32 {
    match effect {
        ImportEffect::New => colors.success,
        ImportEffect::Update => colors.accent,
        ImportEffect::Conflict => colors.warning,
        ImportEffect::Same | ImportEffect::LeftOut => colors.text_quiet,
    }
}

fn draw(
    ui: &Ui,
    rect: Rect,
    line: &ImportLine,
    cells: &Cells,
    columns: &Columns,
    is_tab_stop: bool,
    unfolded: bool,
) -> Response {
    let colors = tokens(ui);
    let id = id_of(line);
    // A screen reader may give any row the focus.
    if ui.input(|input| input.has_accesskit_action_request(id, Action::Focus)) {
        ui.memory_mut(|memory| memory.request_focus(id));
    }
    let can_have_focus = is_tab_stop || ui.memory(|memory| memory.has_focus(id));
    let place = rect.with_max_x(rect.right() - FOLD);
    let response = ui.interact(place, id, if can_have_focus { Sense::click() } else { Sense::CLICK });
    ui.ctx().accesskit_node_builder(id, |node| node.add_action(Action::Focus));
    let ticked = line.effect.is_saved();
    response.widget_info(|| {
        let expires = match cells.expires.as_str() {
            "" => String::new(),
            date => format!("expires {date}"),
        };
        let secret = format!("client secret {}", cells.secret);
        let name = shown_line(&cells.name);
        let words = [&*name, line.effect.word(), &cells.environment, &secret, &expires, &cells.note];
        let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
        WidgetInfo::selected(Role::CheckBox, line.effect != ImportEffect::Same, ticked, words.join(", "))
    });
    if !ui.is_rect_visible(rect) {
        return response;
    }
    if unfolded || response.hovered() {
        let fill = if unfolded { colors.selection } else { colors.hover };
        ui.painter().rect_filled(rect, CornerRadius::same(4), fill);
    }
    if response.has_focus() {
        let stroke = Stroke::new(2.0, colors.accent);
        ui.painter().rect_stroke(rect, CornerRadius::same(4), stroke, StrokeKind::Inside);
    }
    ui.painter().hline(rect.x_range(), rect.bottom(), Stroke::new(1.0, colors.divider));
    if line.effect != ImportEffect::Same {
        tick_box(ui, rect, ticked);
    }
    let text = if ticked || line.effect == ImportEffect::Conflict { colors.text } else { colors.text_quiet };
    for ((left, width), value, style, color) in [
        (columns.effect, line.effect.word(), TextStyle::Body, color_of(line.effect, colors)),
        (columns.name, &cells.name, TextStyle::Body, text),
        (columns.environment, &cells.environment, TextStyle::Small, colors.text_quiet),
        (columns.client_id, &cells.client_id, TextStyle::Small, colors.text_quiet),
        (columns.secret, cells.secret, TextStyle::Small, colors.text_quiet),
        (columns.expires, &cells.expires, TextStyle::Small, colors.text_quiet),
    ] {
        if width > 0.0 {
            let galley = elided(ui, value, style, color, width - 8.0);
            ui.painter().galley(pos2(rect.left() + left, rect.center().y - galley.size().y / 2.0), galley, color);
        }
    }
    let (left, width) = columns.note;
    if width > 0.0 && !cells.note.is_empty() {
        let icon = Rect::from_center_size(pos2(rect.left() + left + 7.0, rect.center().y), vec2(12.0, 12.0));
        Icon::Warning.paint(ui.painter(), icon, colors.warning);
        let galley = elided(ui, &cells.note, TextStyle::Small, colors.text_quiet, width - 28.0);
        let place = pos2(rect.left() + left + 18.0, rect.center().y - galley.size().y / 2.0);
        ui.painter().galley(place, galley, colors.text_quiet);
    }
    if response.hovered() {
        let more = [&*shown_line(&cells.name), &cells.environment, &cells.client_id, &cells.note];
        let more: Vec<&str> = more.into_iter().filter(|text| !text.is_empty()).collect();
        return response.on_hover_text(more.join("\n"));
    }
    response
}

fn tick_box(ui: &Ui, row: Rect, ticked: bool) {
    let colors = tokens(ui);
    let place = Rect::from_center_size(pos2(row.left() + 16.0, row.center().y), vec2(16.0, 16.0));
    let fill = if ticked { colors.accent } else { Color32::TRANSPARENT };
    let stroke = Stroke::new(1.0, if ticked { colors.accent } else { colors.border });
    ui.painter().rect(place, CornerRadius::same(3), fill, stroke, StrokeKind::Inside);
    if ticked {
        Icon::Check.paint(ui.painter(), place.shrink(2.0), colors.on_accent);
    }
}

/// The triangle at the end of a row. The Tab key does not stop there: the right arrow does the same.
fn fold_button(ui: &Ui, row: Rect, line: &ImportLine, name: &str, unfolded: bool) -> Response {
    let place = row.with_min_x(row.right() - FOLD);
    let response = ui.interact(place, id_of(line).with("details"), Sense::CLICK);
    response.widget_info(|| {
        let name = format!("Details of {}", shown_line(name));
        WidgetInfo::labeled(Role::DisclosureTriangle, true, name)
    });
    mark_expanded(&response, unfolded);
    let icon = if unfolded { Icon::Down } else { Icon::Right };
    let square = Rect::from_center_size(place.center(), vec2(12.0, 12.0));
    icon.paint(ui.painter(), square, tokens(ui).text_quiet);
    response
}

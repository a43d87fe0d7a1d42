//! All profiles tested in one run: how far it is, and what came of each as a table.

use egui::{
    CentralPanel, CornerRadius, Frame, Id, Margin, Panel, ProgressBar, Rect, Response, RichText, Role, ScrollArea,
    Stroke, StrokeKind, TextStyle, Ui, WidgetInfo, pos2, vec2,
};
use uuid::Uuid;

use super::row_keys::{place_row, steps_pressed};
use super::visible_rows::VisibleRows;
use super::{is_short, lead, title};
use crate::app::{
    state::{AppState, CheckAllCommand, CheckRun, Command, RunPhase, RunRow, RunSort},
    tasks::ExportFormat,
    theme::{icons::Icon, tokens},
    widgets::{
        Enabled, TARGET, Tone, Urgency, Vocabulary, announce, announced_banner, banner, describe, mark_place,
        mark_rows, mark_selected, shown_line, tooltip_in_full,
    },
};

const ROW_HEIGHT: f32 = 32.0;
/// The room for the mark in front of a name, in points.
const MARK: f32 = 26.0;
/// The widths of the columns in front of the last one, in points.
const NAME_WIDTH: f32 = 240.0;
const RESULT_WIDTH: f32 = 224.0;
const TIME_WIDTH: f32 = 70.0;
/// Where the table is narrower, what is wrong stands below, in points.
const TWO_LINES: f32 = NAME_WIDTH + RESULT_WIDTH + TIME_WIDTH + 200.0;

/// How the rows are laid out, by the width of the table.
#[derive(Clone, Copy)]
struct Columns {
    name: f32,
    result: f32,
    /// What is wrong stands below.
    has_two_lines: bool,
}

impl Columns {
    fn of(width: f32) -> Columns {
        if width >= TWO_LINES {
            return Columns { name: NAME_WIDTH, result: RESULT_WIDTH, has_two_lines: false };
        }
        let rest = width - MARK - TIME_WIDTH - 8.0;
        Columns { name: rest * 0.5, result: rest * 0.5, has_two_lines: true }
    }

    fn row_height(self) -> f32 {
        if self.has_two_lines { ROW_HEIGHT + 20.0 } else { ROW_HEIGHT }
    }
}

pub(super) fn show(ui: &mut Ui, state: &AppState, commands: &mut Vec<Command>) {
    let Some(vault) = state.open_vault() else { return };
    let ground = Frame::new().fill(tokens(ui).background).inner_margin(Margin::symmetric(12, 12));
    Panel::top("run").show_separator_line(false).frame(ground).show(ui, |ui| {
        title(ui, "Test all profiles");
        if !is_short(ui) {
            lead(ui, "Tests all connections in the vault in parallel. Results are saved with the profiles.");
        }
        buttons(ui, vault.run.as_ref(), vault.profiles.len(), commands);
        if let Some(run) = &vault.run {
            progress(ui, run, state.seconds);
        }
    });
    let Some(run) = &vault.run else { return };
    let ground =
        Frame::new().fill(tokens(ui).background).inner_margin(Margin { left: 12, right: 4, top: 0, bottom: 8 });
    CentralPanel::no_frame().frame(ground).show(ui, |ui| {
        let columns = Columns::of(ui.available_width());
        heads(ui, columns, run.sort, commands);
        ui.spacing_mut().item_spacing.y = 0.0;
        rows(ui, columns, run, commands);
    });
}

/// The results. Only those in sight are drawn, however many there are; one of them is a stop of the Tab key, and from there the
/// arrows go on.
fn rows(ui: &mut Ui, columns: Columns, run: &CheckRun, commands: &mut Vec<Command>) {
    let memory = Id::unique("profile whose result has the focus");
    let shown = run.shown();
    let place_of = |profile: Uuid| shown.iter().position(|row| run.rows[*row].profile == profile);
    let stop = ui.data(|data| data.get_temp(memory)).and_then(place_of).unwrap_or_default();
    ScrollArea::vertical().auto_shrink(false).show_viewport(ui, |ui, viewport| {
        let visible = VisibleRows::in_viewport(ui, viewport, shown.len(), columns.row_height(), 8.0, stop);
        mark_rows(ui, "Results", shown.len());
        let mut next = None;
        for place in visible.drawn() {
            let row = &run.rows[shown[place]];
            let response = draw_row(ui, visible.rect_of(place), columns, row, run, place == stop);
            mark_place(&response, place);
            if response.clicked() && row.report.is_some() {
                commands.push(Command::CheckAll(CheckAllCommand::ShowResult(row.profile)));
            }
            if response.gained_focus() {
                ui.data_mut(|data| data.insert_temp(memory, row.profile));
                ui.scroll_to_rect(visible.rect_of(place), None);
            }
            if response.has_focus() {
                let to = |steps| place.saturating_add_signed(steps).min(shown.len() - 1);
                next = next.or(steps_pressed(ui, &response, visible.page).map(to));
            }
        }
        if let Some(place) = next {
            let row = &run.rows[shown[place]];
            ui.data_mut(|data| data.insert_temp(memory, row.profile));
            ui.memory_mut(|memory| memory.request_focus(id_of(row)));
            if !visible.is_drawn(place) {
                // What has the focus has to be in the tree that screen readers get of this frame.
                draw_row(ui, visible.rect_of(place), columns, row, run, true);
            }
            ui.scroll_to_rect(visible.rect_of(place), None);
        }
    });
}

fn id_of(row: &RunRow) -> Id {
    Id::unique(("result of a profile", row.profile))
}

fn buttons(ui: &mut Ui, run: Option<&CheckRun>, profiles: usize, commands: &mut Vec<Command>) {
    ui.horizontal_wrapped(|ui| {
        if run.is_some_and(|run| run.phase == RunPhase::Running) {
            if ui.secondary_button("Stop", Enabled::Yes).clicked() {
                commands.push(Command::CheckAll(CheckAllCommand::Cancel));
            }
            return;
        }
        let (text, enabled) = match profiles {
            0 => ("Test all".to_owned(), Enabled::No("There are no profiles yet.")),
            1 => ("Test 1 profile".to_owned(), Enabled::Yes),
            count => (format!("Test {count} profiles"), Enabled::Yes),
        };
        if ui.primary_button(&text, enabled).clicked() {
            commands.push(Command::CheckAll(CheckAllCommand::Start));
        }
        let failed = run.map_or(0, CheckRun::failed);
        if failed > 0 {
            let text = if failed == 1 { "Test the failed one again" } else { "Test the failed ones again" };
            if ui.secondary_button(text, Enabled::Yes).clicked() {
                commands.push(Command::CheckAll(CheckAllCommand::StartFailed));
            }
        }
        if run.is_some_and(|run| run.done() > 0) {
            for (text, format) in [("Export as HTML…", ExportFormat::Html), ("Export as CSV…", ExportFormat::Csv)] {
                if ui.secondary_button(text, Enabled::Yes).clicked() {
                    commands.push(Command::CheckAll(CheckAllCommand::Export(format)));
                }
            }
        }
    });
}

fn progress(ui: &mut Ui, run: &CheckRun, seconds: f64) {
    let (done, total, failed) = (run.done(), run.rows.len(), run.failed());
    let counted = match failed {
        0 => format!("{done} of {total} tested, none failed"),
        failed => format!("{done} of {total} tested, {failed} failed"),
    };
    if let Some(diagnosis) = &run.offline {
        let advice = diagnosis.fix.first().map(String::as_str).unwrap_or_default();
        let text = format!("{} The test stopped: {counted}. {advice}", diagnosis.what);
        return announced_banner(ui, Tone::Warning, &text, |_| {});
    }
    match &run.phase {
        RunPhase::Running => {
            let share = done as f32 / total.max(1) as f32;
            let colors = tokens(ui);
            let response = ui.add(ProgressBar::new(share).desired_height(8.0).corner_radius(4).fill(colors.accent));
            response.widget_info(|| WidgetInfo::labeled(Role::ProgressIndicator, true, &counted));
            ui.hint(&format!("{counted}, {:.0} s", (seconds - run.started).max(0.0)));
        }
        RunPhase::Stopped => announce(&ui.hint(&format!("Stopped: {counted}.")), Urgency::Polite),
        RunPhase::Ended => {
            let said = ui.hint(&format!("{counted}. Select a row to see what is wrong and how to fix it."));
            announce(&said, Urgency::Polite);
        }
        RunPhase::Unavailable(text) => banner(ui, Tone::Danger, text, |_| {}),
    }
}

/// The columns' heads, which sort.
fn heads(ui: &mut Ui, columns: Columns, sort: RunSort, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        ui.add_space(MARK);
        ui.spacing_mut().item_spacing.x = 0.0;
        ui.spacing_mut().interact_size.y = 24.0;
        ui.spacing_mut().button_padding = vec2(0.0, 0.0);
        let wrong = if columns.has_two_lines { 0.0 } else { 120.0 };
        for (name, width, by) in [
            ("Profile", columns.name, Some(RunSort::Name)),
            ("Result", columns.result, Some(RunSort::Result)),
            ("Time", TIME_WIDTH, Some(RunSort::Time)),
            ("What is wrong", wrong, None),
        ]
        .into_iter()
        .filter(|(_, width, _)| *width > 0.0)
        {
            let text = RichText::new(name).small().color(tokens(ui).text_quiet);
            ui.allocate_ui_with_layout(vec2(width, 24.0), egui::Layout::left_to_right(egui::Align::Center), |ui| {
                ui.set_min_width(width);
                let Some(by) = by else { return drop(ui.label(text)) };
                let text = if by == sort { text.strong().underline() } else { text };
                let head = ui.bare_button(text, TARGET).on_hover_text("Sort by this");
                mark_selected(&head, by == sort);
                if head.clicked() {
                    commands.push(Command::CheckAll(CheckAllCommand::Sort(by)));
                }
            });
        }
    });
}

/// One profile.
fn draw_row(ui: &Ui, rect: Rect, columns: Columns, row: &RunRow, run: &CheckRun, is_tab_stop: bool) -> Response {
    let colors = tokens(ui);
    let (icon, color, result, wrong) = match &row.report {
        None => {
            let why = match run.phase {
                RunPhase::Running => "waiting",
                _ if run.offline.is_some() => "not tested: offline",
                RunPhase::Stopped | RunPhase::Ended | RunPhase::Unavailable(_) => "not tested",
            };
            (Icon::Ring, colors.text_quiet, why.to_owned(), String::new())
        }
        Some(report) => match (&report.diagnosis, report.warnings.first()) {
            (Some(diagnosis), _) => {
                // Where it failed; the code is for support, and in the tooltip.
                let stage = report.failed_stage.map_or_else(|| "does not work".to_owned(), |it| it.title().to_owned());
                (Icon::Cross, colors.danger, stage, diagnosis.what.clone())
            }
            (None, Some(warning)) => {
                (Icon::Warning, colors.warning, "works, with warnings".to_owned(), warning.text.clone())
            }
            (None, None) => (Icon::Check, colors.success, "works".to_owned(), String::new()),
        },
    };
    let time = row.report.as_ref().map_or_else(String::new, |report| format!("{:.1} s", report.elapsed.as_secs_f64()));
    let response = place_row(ui, rect, id_of(row), is_tab_stop);
    response.widget_info(|| {
        let name = shown_line(&row.name);
        let name = if wrong.is_empty() { format!("{name}, {result}") } else { format!("{name}, {result}. {wrong}") };
        WidgetInfo::labeled(Role::Button, row.report.is_some(), name)
    });
    if ui.is_rect_visible(rect) {
        if response.hovered() {
            ui.painter().rect_filled(rect, CornerRadius::same(4), colors.hover);
        }
        if response.has_focus() {
            let stroke = Stroke::new(2.0, colors.accent);
            ui.painter().rect_stroke(rect, CornerRadius::same(4), stroke, StrokeKind::Inside);
        }
        ui.painter().hline(rect.x_range(), rect.bottom(), Stroke::new(1.0, colors.divider));
        icon.paint(
            ui.painter(),
            Rect::from_center_size(pos2(rect.left() + 13.0, rect.top() + ROW_HEIGHT / 2.0), vec2(14.0, 14.0)),
            color,
        );
        let write = |text: &str, left: f32, middle: f32, width: f32, color| {
            let galley = super::elided(ui, text, TextStyle::Body, color, width - 12.0);
            ui.painter().galley(pos2(left, middle - galley.size().y / 2.0), galley, color);
        };
        let (mut left, middle) = (rect.left() + MARK, rect.top() + ROW_HEIGHT / 2.0);
        for (text, width, color) in [
            (&row.name, columns.name, colors.text),
            (&result, columns.result, color),
            (&time, TIME_WIDTH, colors.text_quiet),
        ] {
            write(text, left, middle, width, color);
            left += width;
        }
        match columns.has_two_lines {
            true => write(&wrong, rect.left() + MARK, middle + 21.0, rect.width() - MARK, colors.text_quiet),
            false => write(&wrong, left, middle, rect.right() - left, colors.text_quiet),
        }
    }
    if wrong.is_empty() {
        return response;
    }
    let code = row.report.as_ref().and_then(|report| report.diagnosis.as_ref()).map(|it| it.code.as_str());
    let tooltip = code.map_or_else(|| wrong.clone(), |code| format!("{wrong}\nCode {code}"));
    let response = tooltip_in_full(response, &tooltip);
    if let Some(code) = code {
        describe(&response, &format!("Code {code}"));
    }
    response
}

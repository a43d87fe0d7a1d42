//! The staged check: what runs, what passed, and for a failure what is wrong, why, and how to mend it.

use egui::{Align, Frame, Layout, Margin, RichText, Ui, WidgetInfo, WidgetType};

use crate::app::{
    command::Command,
    draft::Draft,
    state::{CheckView, Outcome, StageView},
    theme::{icons::Icon, section_heading, small_monospace, tokens},
    widgets::{Enabled, FieldNote, Tone, Vocabulary, banner, card, fact_row, note_line},
};
use crate::connection_check::{
    CheckReport, Diagnosis, Need, PrivilegeReport, PrivilegeState, ReadExpiry, StageReport, StageResult,
};

/// The width of the stages' names, in points.
const STAGE_WIDTH: f32 = 200.0;

/// Whose values a check is about.
#[derive(Clone, Copy)]
pub(super) enum Of<'a> {
    /// Those of the form, which may have been changed since.
    Form(&'a Draft, ReadExpiry),
    /// Those of a renewal, with the new secret.
    NewSecret,
}

pub(super) fn show(ui: &mut Ui, check: &CheckView, of: Of<'_>, seconds: f64, commands: &mut Vec<Command>) {
    let top = ui.cursor().top();
    card(ui, |ui| {
        heading(ui, check, seconds, commands);
        if let Of::Form(draft, _) = of
            && !check.is_of(draft)
            && !check.is_running()
        {
            banner(ui, Tone::Warning, "The form was changed since this test. Test again.", |_| {});
        }
        if let Some(diagnosis) = check.report().and_then(|report| report.diagnosis.as_ref()) {
            show_diagnosis(ui, diagnosis);
            let wants_sign_in = diagnosis.code == "proxy_auth_required";
            if wants_sign_in && ui.secondary_button("Sign in to the proxy…", Enabled::Yes).clicked() {
                commands.push(Command::OpenProxySignIn);
            }
        }
        if let Outcome::Unavailable(text) = &check.outcome {
            banner(ui, Tone::Danger, text, |_| {});
        }
        for (stage, view) in &check.stages {
            stage_row(ui, stage.title(), view, check, seconds);
        }
        if let Some(report) = check.report() {
            show_warnings(ui, report);
            show_rights(ui, report);
            if let Of::Form(draft, ReadExpiry::FromGraph) = of {
                offer_expiry(ui, report, draft, commands);
            }
        }
    });
    scroll_into_view(ui, check, top);
}

/// What a person waits for is scrolled into view: the test when it begins, its end when it comes.
fn scroll_into_view(ui: &Ui, check: &CheckView, top: f32) {
    let seen = ui.id().with("check seen");
    let now = (check.number, check.is_running());
    if ui.data(|data| data.get_temp::<(u64, bool)>(seen)) != Some(now) {
        let bottom = ui.min_rect().bottom();
        let visible = bottom.min(top + ui.clip_rect().height() - 12.0);
        ui.scroll_to_rect(egui::Rect::from_x_y_ranges(ui.max_rect().x_range(), top..=visible), None);
        ui.data_mut(|data| data.insert_temp(seen, now));
    }
}

fn heading(ui: &mut Ui, check: &CheckView, seconds: f64, commands: &mut Vec<Command>) {
    let colors = tokens(ui);
    let (text, color) = match &check.outcome {
        Outcome::Running => (format!("Testing… {:.0} s", (seconds - check.started).max(0.0)), colors.text),
        Outcome::Cancelled(after) => (format!("Test stopped after {:.1} s", after.as_secs_f64()), colors.text),
        Outcome::Unavailable(_) => ("The test could not start".to_owned(), colors.danger),
        Outcome::Finished(report) => {
            let took = report.elapsed.as_secs_f64();
            match (report.passed, report.warnings.len()) {
                (true, 0) => (format!("The connection works ({took:.1} s)"), colors.success),
                (true, _) => (format!("The connection works, with remarks ({took:.1} s)"), colors.success),
                (false, _) => ("The connection does not work".to_owned(), colors.danger),
            }
        }
    };
    ui.horizontal(|ui| {
        ui.label(RichText::new(text).text_style(section_heading()).color(color));
        if check.report().is_some() {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if ui
                    .secondary_button("Copy report", Enabled::Yes)
                    .on_hover_text("For support. It holds no secret.")
                    .clicked()
                {
                    commands.push(Command::CopyReport);
                }
            });
        }
    });
}

fn show_diagnosis(ui: &mut Ui, diagnosis: &Diagnosis) {
    let colors = tokens(ui);
    let ground = Frame::new().fill(colors.danger_ground).corner_radius(6).inner_margin(Margin::symmetric(12, 10));
    ground.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.add(egui::Label::new(RichText::new(&diagnosis.what).text_style(section_heading())).wrap());
        ui.add(egui::Label::new(&diagnosis.why).wrap());
        ui.add_space(2.0);
        for (number, step) in diagnosis.fix.iter().enumerate() {
            ui.horizontal_top(|ui| {
                ui.label(RichText::new(format!("{}.", number + 1)).strong());
                ui.add(egui::Label::new(step).wrap());
            });
        }
        ui.horizontal_wrapped(|ui| {
            if let Some(link) = &diagnosis.link {
                ui.portal_link(&link.text, &link.url);
            }
            ui.label(RichText::new(format!("Code {}", diagnosis.code)).small().color(colors.text_quiet));
        });
    });
}

fn stage_row(ui: &mut Ui, title: &str, view: &StageView, check: &CheckView, seconds: f64) {
    let colors = tokens(ui);
    let (icon, color, state, text) = match view {
        StageView::Waiting if check.is_running() => (Icon::Ring, colors.text_quiet, "waiting", String::new()),
        StageView::Waiting => (Icon::Dash, colors.text_quiet, "not run", String::new()),
        StageView::Running(since) if check.is_running() => {
            (Icon::Dot, colors.accent, "running", format!("{:.0} s", (seconds - since).max(0.0)))
        }
        StageView::Waited { until, why } if check.is_running() => {
            (Icon::Dot, colors.warning, "waiting", format!("{why} Going on in {:.0} s.", (until - seconds).max(0.0)))
        }
        StageView::Running(_) | StageView::Waited { .. } => {
            (Icon::Dash, colors.text_quiet, "stopped", "stopped".to_owned())
        }
        StageView::Done(report) => {
            let (icon, color) = match report.result {
                StageResult::Passed => (Icon::Check, colors.success),
                StageResult::Warned => (Icon::Warning, colors.warning),
                StageResult::Failed => (Icon::Cross, colors.danger),
                StageResult::Skipped => (Icon::Dash, colors.text_quiet),
            };
            (icon, color, report.result.id(), report.summary.clone())
        }
    };
    let report = match view {
        StageView::Done(report) if !report.details.is_empty() => Some(report),
        _ => None,
    };
    let unfolded = ui.id().with(("details", title));
    let mut is_unfolded = ui.data(|data| data.get_temp::<bool>(unfolded)).unwrap_or(false);
    ui.horizontal_top(|ui| {
        ui.state_icon(icon, color, &format!("{title}: {state}"));
        ui.allocate_ui_with_layout(egui::vec2(STAGE_WIDTH, 18.0), Layout::left_to_right(Align::TOP), |ui| {
            ui.set_min_width(STAGE_WIDTH);
            ui.label(title);
        });
        let fold_width = 60.0;
        let width = (ui.available_width() - fold_width).max(40.0);
        ui.allocate_ui_with_layout(egui::vec2(width, 18.0), Layout::top_down(Align::LEFT), |ui| {
            ui.set_min_width(width);
            ui.add(egui::Label::new(RichText::new(text).color(colors.text_quiet)).wrap());
        });
        if report.is_some() {
            let link = ui.link(RichText::new(if is_unfolded { "Hide" } else { "Details" }).small());
            link.widget_info(|| {
                WidgetInfo::selected(WidgetType::CollapsingHeader, true, is_unfolded, format!("Details of {title}"))
            });
            if link.clicked() {
                is_unfolded = !is_unfolded;
                ui.data_mut(|data| data.insert_temp(unfolded, is_unfolded));
            }
        }
    });
    if let Some(report) = report.filter(|_| is_unfolded) {
        ui.indent(unfolded, |ui| details(ui, report));
    }
}

/// The raw answers behind a stage.
fn details(ui: &mut Ui, report: &StageReport) {
    fact_row(ui, "Took", |ui| {
        ui.label(format!("{} ms", report.elapsed.as_millis()));
    });
    for detail in &report.details {
        fact_row(ui, &detail.label, |ui| {
            ui.add(
                egui::Label::new(RichText::new(&detail.value).text_style(small_monospace())).wrap().selectable(true),
            );
        });
    }
}

fn show_warnings(ui: &mut Ui, report: &CheckReport) {
    for warning in &report.warnings {
        note_line(ui, &FieldNote::Advice(warning.text.clone()));
    }
}

/// The rights that the seed document asks for, as a checklist.
fn show_rights(ui: &mut Ui, report: &CheckReport) {
    if report.privileges.is_empty() {
        return;
    }
    ui.add_space(4.0);
    ui.label(RichText::new("Rights of the application user").text_style(section_heading()));
    ui.spacing_mut().interact_size.y = 18.0;
    let columns = ((ui.available_width() / 230.0) as usize).max(1);
    egui::Grid::new("rights").num_columns(columns).min_row_height(20.0).spacing(egui::vec2(16.0, 4.0)).show(ui, |ui| {
        for (index, right) in report.privileges.iter().enumerate() {
            one_right(ui, right);
            if index % columns == columns - 1 {
                ui.end_row();
            }
        }
    });
}

fn one_right(ui: &mut Ui, right: &PrivilegeReport) {
    let colors = tokens(ui);
    let (icon, color, state) = match (&right.state, right.need) {
        (PrivilegeState::Held(_), _) => (Icon::Check, colors.success, "held"),
        (PrivilegeState::Missing, Need::Required) => (Icon::Cross, colors.danger, "missing"),
        (PrivilegeState::Missing, Need::Optional) => (Icon::Warning, colors.warning, "missing, optional"),
        (PrivilegeState::TableMissing, _) => (Icon::Dash, colors.text_quiet, "table not installed"),
        (PrivilegeState::Unknown, _) => (Icon::Info, colors.text_quiet, "not known"),
    };
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        ui.state_icon(icon, color, &format!("{}: {state}", right.name));
        ui.label(format!("{} ({state})", right.label)).on_hover_text(right.name);
    });
}

/// The date that Microsoft Graph told, to be taken over by one click.
fn offer_expiry(ui: &mut Ui, report: &CheckReport, draft: &Draft, commands: &mut Vec<Command>) {
    let Some(date) = report.secret_expires else { return };
    if draft.expiry() == Some(Ok(date)) {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        ui.label(format!("Microsoft Entra ID says that this secret expires on {date}."));
        if ui.secondary_button("Use this date", Enabled::Yes).clicked() {
            commands.push(Command::UseExpiry(date));
        }
    });
}

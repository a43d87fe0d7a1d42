//! The staged check: what runs, what passed, and for a failure what is wrong, why, and how to mend it.

use egui::{Align, Frame, Layout, Margin, RichText, Ui};

use crate::app::{
    command::Command,
    draft::Draft,
    state::{CheckView, Outcome, StageView},
    theme::{icons::Icon, section_heading, small_monospace, tokens},
    widgets::{Enabled, FieldNote, Tone, Vocabulary, banner, card, fact_row, note_line},
};
use crate::connection_check::{
    CheckReport, Diagnosis, Need, PrivilegeReport, PrivilegeState, StageReport, StageResult,
};

pub(super) fn show(
    ui: &mut Ui,
    check: &CheckView,
    draft: &Draft,
    seconds: f64,
    read_expiry: bool,
    commands: &mut Vec<Command>,
) {
    card(ui, |ui| {
        heading(ui, check, seconds, commands);
        if !check.is_of(draft) && !check.is_running() {
            banner(ui, Tone::Warning, "The form was changed since this test. Test again.", |_| {});
        }
        if let Some(diagnosis) = check.report().and_then(|report| report.diagnosis.as_ref()) {
            show_diagnosis(ui, diagnosis);
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
            offer_expiry(ui, report, draft, read_expiry, commands);
        }
    });
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
    let shown = ground.show(ui, |ui| {
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
    // A failure is what the person came for: it is scrolled into view when it appears.
    let seen = ui.id().with(("diagnosis seen", &diagnosis.code));
    if ui.data(|data| data.get_temp::<bool>(seen)).is_none() {
        shown.response.scroll_to_me(Some(Align::Center));
        ui.data_mut(|data| data.insert_temp(seen, true));
    }
}

fn stage_row(ui: &mut Ui, title: &str, view: &StageView, check: &CheckView, seconds: f64) {
    let colors = tokens(ui);
    let (icon, color, state, text) = match view {
        StageView::Waiting if check.is_running() => (Icon::Ring, colors.text_quiet, "waiting", String::new()),
        StageView::Waiting => (Icon::Dash, colors.text_quiet, "not run", String::new()),
        StageView::Running(since) if check.is_running() => {
            (Icon::Dot, colors.accent, "running", format!("{:.0} s", (seconds - since).max(0.0)))
        }
        StageView::Running(_) => (Icon::Dash, colors.text_quiet, "stopped", "stopped".to_owned()),
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
    ui.horizontal_top(|ui| {
        ui.state_icon(icon, color, &format!("{title}: {state}"));
        ui.allocate_ui_with_layout(egui::vec2(150.0, 18.0), Layout::left_to_right(Align::TOP), |ui| {
            ui.set_min_width(150.0);
            ui.label(title);
        });
        ui.vertical(|ui| {
            ui.add(egui::Label::new(RichText::new(text).color(colors.text_quiet)).wrap());
            if let StageView::Done(report) = view {
                details(ui, title, report);
            }
        });
    });
}

/// The raw answers behind a stage, folded away.
fn details(ui: &mut Ui, title: &str, report: &StageReport) {
    if report.details.is_empty() {
        return;
    }
    let heading = RichText::new(format!("Details, {} ms", report.elapsed.as_millis())).small();
    egui::CollapsingHeader::new(heading).id_salt(("details", title)).show_unindented(ui, |ui| {
        for detail in &report.details {
            fact_row(ui, &detail.label, |ui| {
                ui.add(
                    egui::Label::new(RichText::new(&detail.value).text_style(small_monospace()))
                        .wrap()
                        .selectable(true),
                );
            });
        }
    });
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
    ui.horizontal_wrapped(|ui| {
        for right in &report.privileges {
            one_right(ui, right);
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
        ui.add_space(8.0);
    });
}

/// The date that Microsoft Graph told, to be taken over by one click.
fn offer_expiry(ui: &mut Ui, report: &CheckReport, draft: &Draft, read_expiry: bool, commands: &mut Vec<Command>) {
    let Some(date) = report.secret_expires.filter(|_| read_expiry) else { return };
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

//! The staged check: what runs, what passed, and for a failure what is wrong, why, and how to fix it.

use egui::{Frame, Id, Margin, RichText, Ui};

use super::outcome_line::OutcomeLine;

use crate::app::{
    dates::day,
    draft::Draft,
    state::{CheckCommand, CheckView, Command, Outcome, ProfileCommand, ProxyCommand, RenewalCommand, StageView},
    tasks::Ticket,
    theme::{icons::Icon, section_heading, small_monospace, tokens},
    widgets::{
        self, Enabled, FieldNote, Tone, Urgency, Vocabulary, announce, announce_steps, banner, card, fact_row,
        icon_beside_text, keep_silent, mark_heading, note_line, read_as, row_with_end,
    },
};
use crate::connection_check::{
    CheckReport, Diagnosis, Need, PrivilegeReport, PrivilegeState, ReadExpiry, Stage, StageReport, StageResult,
};
use crate::counted::counted;

/// The width of the stages' names, in points.
const STAGE_WIDTH: f32 = 200.0;
const REPEAT: &str = "Test again for two minutes";
const REPEAT_HOW: &str =
    "Every 10 to 30 seconds, until Microsoft Entra ID knows the secret. You can stop it at any time.";

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
    let is_stale = match of {
        Of::Form(draft, _) => !check.is_of(draft) && !check.is_running() && !check.is_being_repeated(),
        Of::NewSecret => false,
    };
    let memory = ui.scope_id().with("a result for earlier values is shown");
    let mut is_stale_shown = ui.data(|data| data.get_temp::<Ticket>(memory)) == Some(check.series);
    card(ui, |ui| {
        if is_stale {
            stale(ui, check, memory, &mut is_stale_shown);
            if !is_stale_shown {
                return;
            }
        }
        heading(ui, check, seconds, commands);
        // While a test is repeated, what the last one said stays in its place.
        let of_last = check.repeating.as_ref().map(|repeating| &repeating.last);
        let own = check.report().and_then(|report| report.diagnosis.as_ref());
        if let Some(diagnosis) = own.or(of_last.filter(|_| check.is_running())) {
            let is_offline = own.is_some() && check.report().is_some_and(|report| report.offline);
            let tone = if is_offline { Tone::Warning } else { Tone::Danger };
            show_diagnosis(ui, tone, diagnosis, |ui| repetition(ui, check, of, seconds, commands));
            let wants_sign_in = diagnosis.code == "proxy_auth_required";
            if wants_sign_in && ui.secondary_button("Sign in to the proxy…", Enabled::Yes).clicked() {
                commands.push(Command::Proxy(ProxyCommand::Ask));
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

/// One line in place of a result that is for earlier values; what it is shown by is kept in `memory`.
fn stale(ui: &mut Ui, check: &CheckView, memory: Id, is_shown: &mut bool) {
    let quiet = tokens(ui).text_quiet;
    ui.horizontal_wrapped(|ui| {
        let text = format!("The form has changed since this test. Test again. Result before: {}.", result_words(check));
        ui.add(egui::Label::new(RichText::new(text).color(quiet)).wrap());
        if ui.link_button(if *is_shown { "Hide the result" } else { "Show the result" }).clicked() {
            *is_shown = !*is_shown;
            ui.data_mut(|data| match *is_shown {
                true => drop(data.insert_temp(memory, check.series)),
                false => data.remove::<Ticket>(memory),
            });
        }
    });
}

fn result_words(check: &CheckView) -> &'static str {
    match &check.outcome {
        Outcome::Finished(report) if report.passed => "the connection works",
        Outcome::Finished(report) if report.offline => "not tested, because this computer seems to be offline",
        Outcome::Finished(_) => "the connection does not work",
        Outcome::Unavailable(_) => "the test could not start",
        Outcome::Cancelled(_) | Outcome::Running => "stopped",
    }
}

/// What a person waits for is scrolled into view: the test when it begins, its end when it comes.
fn scroll_into_view(ui: &Ui, check: &CheckView, top: f32) {
    let seen = ui.scope_id().with("check seen");
    // A repetition goes on where its reader is.
    let now = (check.series, check.is_running() && check.repeating.is_none());
    if ui.data(|data| data.get_temp::<(Ticket, bool)>(seen)) != Some(now) {
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
                (true, _) => (format!("The connection works, with warnings ({took:.1} s)"), colors.warning),
                (false, _) if report.offline => ("The connection was not tested".to_owned(), colors.warning),
                (false, _) => ("The connection does not work".to_owned(), colors.danger),
            }
        }
    };
    let start = |ui: &mut Ui| {
        let said = ui.add(egui::Label::new(RichText::new(text).text_style(section_heading()).color(color)).wrap());
        mark_heading(&said, 2);
        match (&check.outcome, running_stage(check)) {
            (Outcome::Running, Some(stage)) => announce_steps(&said, format!("Testing: {}", stage.title())),
            (Outcome::Running, None) => {}
            // What is wrong is said below.
            (Outcome::Finished(report), _) if report.diagnosis.is_some() => {}
            (Outcome::Unavailable(_) | Outcome::Finished(_), _) if color == colors.danger => {
                announce(&said, Urgency::Assertive);
            }
            _ => announce(&said, Urgency::Polite),
        }
    };
    row_with_end(ui, "result of the test", start, |ui| {
        let copy = |ui: &mut Ui| {
            let button = ui.secondary_button("Copy report", Enabled::Yes);
            button.on_hover_text("For support. Contains no secrets.").clicked()
        };
        if check.report().is_some() && copy(ui) {
            commands.push(Command::Check(CheckCommand::CopyReport));
        }
    });
}

/// What is tested at this moment.
fn running_stage(check: &CheckView) -> Option<Stage> {
    let running = check.stages.iter().find(|(_, view)| matches!(view, StageView::Running(_)));
    running.map(|(stage, _)| *stage)
}

/// Testing again automatically, where that may help: the offer, or how it goes.
fn repetition(ui: &mut Ui, check: &CheckView, of: Of<'_>, seconds: f64, commands: &mut Vec<Command>) {
    let command = |of_form, of_renewal| match of {
        Of::Form(..) => of_form,
        Of::NewSecret => Command::Renewal(of_renewal),
    };
    let repeat = || command(Command::Check(CheckCommand::Repeat), RenewalCommand::RepeatTest);
    let Some(repeating) = &check.repeating else {
        if check.is_worth_repeating() && ui.secondary_button(REPEAT, Enabled::Yes).on_hover_text(REPEAT_HOW).clicked() {
            commands.push(repeat());
        }
        return;
    };
    let text = match (check.is_running(), repeating.until_next(seconds)) {
        (true, _) => format!("Testing again now (attempt {}).", repeating.count()),
        (false, Some(next)) => {
            let left = repeating.left(seconds).ceil() as u64;
            format!(
                "Testing again in {:.0} s (attempt {}). This ends in {}:{:02}.",
                next.ceil(),
                repeating.count(),
                left / 60,
                left % 60
            )
        }
        (false, None) => {
            let text = format!(
                "Tested again {}, with the same result. A new secret would be active by now: continue with step 2.",
                counted(repeating.count() as usize, "time")
            );
            ui.add(egui::Label::new(RichText::new(text).strong()).wrap());
            return;
        }
    };
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new(text).strong());
        if ui.secondary_button("Stop testing", Enabled::Yes).on_hover_text("Esc").clicked() {
            commands.push(command(Command::Check(CheckCommand::Cancel), RenewalCommand::CancelTest));
        }
    });
}

pub(super) fn show_diagnosis(ui: &mut Ui, tone: Tone, diagnosis: &Diagnosis, more: impl FnOnce(&mut Ui)) {
    let colors = tokens(ui);
    let fill = if tone == Tone::Danger { colors.danger_ground } else { colors.warning_ground };
    let ground = Frame::new().fill(fill).corner_radius(6).inner_margin(Margin::symmetric(12, 10));
    ground.show(ui, |ui| {
        ui.set_width(ui.available_width());
        let what = widgets::heading(ui, RichText::new(&diagnosis.what).text_style(section_heading()), 3);
        announce(&what, Urgency::Assertive);
        ui.add(egui::Label::new(&diagnosis.why).wrap().selectable(true));
        ui.add_space(2.0);
        for (number, step) in diagnosis.fix.iter().enumerate() {
            ui.horizontal_top(|ui| {
                keep_silent(&ui.label(RichText::new(format!("{}.", number + 1)).strong()));
                let said = ui.add(egui::Label::new(step).wrap().selectable(true));
                read_as(&said, format!("{}. {step}", number + 1));
            });
        }
        more(ui);
        ui.horizontal_wrapped(|ui| {
            if let Some(link) = &diagnosis.link {
                ui.portal_link(&link.text, &link.url);
            }
            let code = RichText::new(format!("Code {}", diagnosis.code)).small().color(colors.text_quiet);
            ui.add(egui::Label::new(code).selectable(true));
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
            (Icon::Dot, colors.warning, "waiting", format!("{why} Retrying in {:.0} s.", (until - seconds).max(0.0)))
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
    let line =
        OutcomeLine { icon, color, state: &format!("{title}: {state}"), title, title_width: STAGE_WIDTH, text: &text };
    line.show(ui, report.map(|report| |ui: &mut Ui| details(ui, report)));
}

/// The raw answers behind a stage.
fn details(ui: &mut Ui, report: &StageReport) {
    fact_row(ui, "Duration", |ui| {
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
    widgets::heading(ui, RichText::new("Permissions of the application user").text_style(section_heading()), 3);
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
        (PrivilegeState::Unknown, _) => (Icon::Info, colors.text_quiet, "unknown"),
    };
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        icon_beside_text(ui, icon, color);
        ui.label(format!("{} ({state})", right.label)).on_hover_text(right.name);
    });
}

/// The date from Microsoft Graph, to be used with one click.
fn offer_expiry(ui: &mut Ui, report: &CheckReport, draft: &Draft, commands: &mut Vec<Command>) {
    let Some(date) = report.secret_expires else { return };
    if draft.expiry() == Some(Ok(date)) {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        ui.label(format!("According to Microsoft Entra ID, this secret expires on {}.", day(date)));
        if ui.secondary_button("Use this date", Enabled::Yes).clicked() {
            commands.push(Command::Profiles(ProfileCommand::UseExpiry(date)));
        }
    });
}

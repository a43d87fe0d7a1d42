//! The test of the network in the settings: what cannot be reached on top, what works on one line each.

use egui::{Label, RichText, Ui};

use super::{check_panel::show_diagnosis, outcome_line::OutcomeLine};
use crate::app::{
    state::{AppState, Command, NetworkRun, NetworkTestCommand, ProxyCommand, ProxySignIn, RunPhase, Screen},
    tasks::Ticket,
    theme::{icons::Icon, section_heading, tokens},
    widgets::{
        Enabled, FieldNote, Tone, Urgency, Vocabulary, announce, banner, choice, fact_row, heading, labelled_row,
        mark_heading, row_with_end, shown_line, text_field,
    },
};
use crate::cloud::Cloud;
use crate::connection_check::reachability::{HostReport, Verdict, known_clouds, problems, warnings};
use crate::counted::counted;

/// The width of the hosts' names, in points; the longest one fits.
const HOST_WIDTH: f32 = 240.0;

pub(super) fn show(ui: &mut Ui, state: &mut AppState, commands: &mut Vec<Command>) {
    ui.add_space(6.0);
    heading(ui, RichText::new("Network test").text_style(section_heading()), 3);
    ui.hint(
        "Tests the way to Microsoft's hosts with the settings above: proxy, DNS, TCP, TLS, certificate and clock. No \
         profile or client secret is used.",
    );
    choices(ui, state, commands);
    let (is_running, environment) = match state.open_vault() {
        Some(vault) => (vault.network_test.is_running(), state.environment_to_test().is_ok()),
        None => return,
    };
    labelled_row(ui, "", &FieldNote::None, |ui, _| {
        if is_running {
            if ui.secondary_button("Stop", Enabled::Yes).on_hover_text("Esc").clicked() {
                commands.push(Command::NetworkTest(NetworkTestCommand::Cancel));
            }
            return;
        }
        let enabled = if environment { Enabled::Yes } else { Enabled::No("Correct the environment URL first.") };
        if ui.secondary_button("Test the network", enabled).clicked() {
            commands.push(Command::NetworkTest(NetworkTestCommand::Start));
        }
    });
    let Some(run) = state.open_vault().and_then(|vault| vault.network_test.run.as_ref()) else { return };
    let top = ui.cursor().top();
    outcome(ui, state, run, commands);
    scroll_into_view(ui, run, top);
}

/// Which hosts, and how to sign in to a proxy.
fn choices(ui: &mut Ui, state: &mut AppState, commands: &mut Vec<Command>) {
    let clouds = known_clouds(&state.clouds);
    let note = match state.environment_to_test() {
        Err(error) => FieldNote::Refused(error.to_string()),
        Ok(_) => FieldNote::None,
    };
    let Screen::Open(vault) = &mut state.screen else { return };
    let test = &mut vault.network_test;
    let mut names: Vec<(Option<Cloud>, &str)> = vec![(None, "All clouds")];
    names.extend(clouds.into_iter().map(|cloud| (Some(cloud), cloud.name())));
    let mut cloud = test.cloud;
    choice(ui, "Hosts of", &mut cloud, &names);
    if cloud != test.cloud {
        commands.push(Command::NetworkTest(NetworkTestCommand::ChooseCloud(cloud)));
    }
    text_field(ui, "Environment URL", &mut test.environment, "optional: https://contoso.crm4.dynamics.com", &note);
    let Some(credentials) = &vault.proxy_credentials else { return };
    let mut signs_in = test.proxy_sign_in == ProxySignIn::IfAsked;
    labelled_row(ui, "", &FieldNote::None, |ui, _| {
        let text = format!("Sign in to the proxy as {} if it requires it", shown_line(&credentials.user));
        if ui.checkbox(&mut signs_in, text).changed() {
            let sign_in = if signs_in { ProxySignIn::IfAsked } else { ProxySignIn::Never };
            commands.push(Command::NetworkTest(NetworkTestCommand::SetProxySignIn(sign_in)));
        }
    });
}

fn outcome(ui: &mut Ui, state: &AppState, run: &NetworkRun, commands: &mut Vec<Command>) {
    ui.add_space(4.0);
    head(ui, run, state.seconds, commands);
    if let RunPhase::Unavailable(text) = &run.phase {
        banner(ui, Tone::Danger, text, |_| {});
    }
    if let Some(why) = state.settings_not_saved() {
        let text = format!("The settings shown here are tested, but they are not saved: {why}");
        banner(ui, Tone::Warning, &text, |_| {});
    }
    if run.phase != RunPhase::Running && state.network_test_is_outdated() {
        banner(ui, Tone::Warning, "The settings or hosts have changed since this test. Test again.", |_| {});
    }
    let way = run.way_of_all();
    if let Some(way) = way {
        fact_row(ui, "Way to all hosts", |ui| drop(ui.add(Label::new(&*shown_line(way)).wrap().selectable(true))));
    }
    for problem in problems(&run.reports) {
        let [first, ..] = problem.hosts.as_slice() else { continue };
        let Some(diagnosis) = &first.diagnosis else { continue };
        let others: Vec<&str> = problem.hosts.iter().skip(1).map(|report| report.tested.host.as_str()).collect();
        show_diagnosis(ui, Tone::Danger, diagnosis, |ui| {
            if !others.is_empty() {
                let text = format!("The same for {}.", others.join(", "));
                ui.add(Label::new(RichText::new(text).strong()).wrap());
            }
        });
        if diagnosis.code == "proxy_auth_required"
            && ui.secondary_button("Sign in to the proxy…", Enabled::Yes).clicked()
        {
            commands.push(Command::Proxy(ProxyCommand::Ask));
        }
        for report in &problem.hosts {
            host_row(ui, report, way);
        }
    }
    for warning in warnings(&run.reports) {
        banner(ui, Tone::Warning, &warning, |_| {});
    }
    for wanted in [Verdict::Warned, Verdict::Reached] {
        for report in run.reports.iter().filter(|report| report.verdict() == wanted) {
            host_row(ui, report, way);
        }
    }
}

/// How far it is or how it ended, which a screen reader says.
fn head(ui: &mut Ui, run: &NetworkRun, seconds: f64, commands: &mut Vec<Command>) {
    let colors = tokens(ui);
    let (tested, planned, failed) = (run.reports.len(), run.planned(), run.failed());
    let failures = match failed {
        0 => "all can be reached".to_owned(),
        failed => format!("{failed} cannot be reached"),
    };
    let (text, color) = match (&run.phase, failed) {
        (RunPhase::Running, _) => {
            let elapsed = (seconds - run.started).max(0.0);
            (format!("Testing… {tested} of {} tested, {elapsed:.0} s", counted(planned, "host")), colors.text)
        }
        (RunPhase::Unavailable(_), _) => ("The test could not start".to_owned(), colors.danger),
        (RunPhase::Stopped, _) if tested == 0 => ("Test stopped: no host tested".to_owned(), colors.text),
        (RunPhase::Stopped, failed) => {
            let color = if failed > 0 { colors.danger } else { colors.text };
            (format!("Test stopped: {tested} of {planned} tested, {failures}"), color)
        }
        (RunPhase::Ended, 0) => {
            let is_warned = run.reports.iter().any(|report| report.verdict() == Verdict::Warned);
            let warned = if is_warned { ", with warnings" } else { "" };
            (format!("All {planned} hosts can be reached{warned}"), colors.success)
        }
        (RunPhase::Ended, failed) => (format!("{failed} of {planned} hosts cannot be reached"), colors.danger),
    };
    let start = |ui: &mut Ui| {
        let said = ui.add(Label::new(RichText::new(text).text_style(section_heading()).color(color)).wrap());
        mark_heading(&said, 3);
        if run.phase != RunPhase::Running {
            announce(&said, if color == colors.danger { Urgency::Assertive } else { Urgency::Polite });
        }
    };
    row_with_end(ui, "result of the network test", start, |ui| {
        if tested == 0 || run.phase == RunPhase::Running {
            return;
        }
        let copy = ui.secondary_button("Copy report", Enabled::Yes);
        if copy.on_hover_text("For your network team. Contains no secrets.").clicked() {
            commands.push(Command::NetworkTest(NetworkTestCommand::CopyReport));
        }
    });
}

/// One host on a line, with its facts below where somebody unfolds them.
fn host_row(ui: &mut Ui, report: &HostReport, way_of_all: Option<&str>) {
    let colors = tokens(ui);
    let host = report.tested.host.as_str();
    let (icon, color, state) = match report.verdict() {
        Verdict::Failed => (Icon::Cross, colors.danger, "cannot be reached"),
        Verdict::Warned => (Icon::Warning, colors.warning, "can be reached, with a warning"),
        Verdict::Reached => (Icon::Check, colors.success, "can be reached"),
    };
    let mut summary = format!("{}, {}", report.tested.cloud.name(), report.tested.purpose.short_title());
    if let Some(response) = report.response.filter(|_| report.is_reached()) {
        summary += &format!(", {} ms", response.as_millis());
    }
    if way_of_all.is_none() && !report.way.is_empty() {
        summary += &format!(" - {}", report.way);
    }
    let line = OutcomeLine {
        icon,
        color,
        state: &format!("{host}: {state}"),
        title: host,
        title_width: HOST_WIDTH,
        text: &summary,
    };
    line.show(ui, Some(|ui: &mut Ui| details(ui, report)));
}

fn details(ui: &mut Ui, report: &HostReport) {
    let facts = [
        ("For", Some(format!("{}, {}", report.tested.purpose.title(), report.tested.cloud.name()))),
        ("Way", Some(report.way.clone())),
        ("Steps", Some(report.steps_in_words())),
        ("TLS", report.tls_in_words()),
        ("Certificate", report.certificate_in_words()),
        ("Clock", report.clock_in_words().or_else(|| report.clock_ahead.map(|_| "correct".to_owned()))),
        ("Response", report.status.map(|status| format!("HTTP {status}"))),
    ];
    for (name, text) in facts {
        let Some(text) = text.filter(|text| !text.is_empty()) else { continue };
        fact_row(ui, name, |ui| drop(ui.add(Label::new(&*shown_line(&text)).wrap().selectable(true))));
    }
}

/// What a person waits for is scrolled into view: the test when it begins, its end when it comes.
fn scroll_into_view(ui: &Ui, run: &NetworkRun, top: f32) {
    let seen = ui.scope_id().with("network test seen");
    let now = (run.ticket, run.phase == RunPhase::Running);
    if ui.data(|data| data.get_temp::<(Ticket, bool)>(seen)) != Some(now) {
        let bottom = ui.min_rect().bottom();
        let visible = bottom.min(top + ui.clip_rect().height() - 12.0);
        ui.scroll_to_rect(egui::Rect::from_x_y_ranges(ui.max_rect().x_range(), top..=visible), None);
        ui.data_mut(|data| data.insert_temp(seen, now));
    }
}

//! Every way in which a check ends against the simulator, as a person reads it in the smallest window.

use std::time::Duration;

use a365_password_tool::app::{
    state::{CheckCommand, Command, ProfileCommand},
    tasks::{Answer, Owner, Ticket},
};
use a365_password_tool::connection_check::{CheckReport, Limits, ReadExpiry, SecretAge};
use egui_kittest::kittest::{NodeT, Queryable};

use crate::harness::{Window, opened, profile, small};
use crate::support::answer_cases::{AnswerCase, answer_cases};
use crate::support::cases::CASES;
use crate::support::checking::{request, run_with, settings};
use crate::support::form_cases::{CARELESS_FORMS, WRONG_FORMS};
use crate::support::simulator::Simulator;
use crate::support::step_cases::step_cases;

fn window_after(report: CheckReport) -> Window {
    let profiles = vec![profile(1, "Contoso", "2028-01-01", None)];
    let mut state = opened(profiles.clone());
    state.handle(Command::Profiles(ProfileCommand::Select(profiles[0].id)));
    state.handle(Command::Check(CheckCommand::Start));
    state.receive(Answer::CheckFinished(Ticket::new(1, Owner::Check(profiles[0].id)), Box::new(report)));
    small(state)
}

/// With `DIAGNOSIS_PICTURES=FOLDER` each is also drawn there, to be looked at.
#[test]
fn each_diagnosis_can_be_read_in_the_smallest_window() {
    let pictures = std::env::var_os("DIAGNOSIS_PICTURES").map(std::path::PathBuf::from);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let reports: Vec<_> = runtime.block_on(async {
        let simulator = Simulator::start().await;
        let mut reports = Vec::new();
        for (name, _, _, prepare) in CASES {
            let it = simulator.environment(&format!("{name}.crm4.dynamics.com"));
            let mut form = request(&it);
            form.read_expiry = ReadExpiry::FromGraph;
            prepare(&simulator, &it);
            let mut settings = settings(&simulator);
            settings.limits = Limits { stage: Duration::from_secs(2), ..settings.limits };
            reports.push(((*name).to_owned(), run_with(&settings, &form).await));
        }
        for (name, spoil) in WRONG_FORMS
            .iter()
            .map(|(name, _, spoil)| (name, spoil))
            .chain(CARELESS_FORMS.iter().map(|(name, _, spoil)| (name, spoil)))
        {
            let it = simulator.environment(&format!("{name}.crm4.dynamics.com"));
            let mut form = request(&it);
            spoil(&mut form);
            reports.push((format!("form-{name}"), run_with(&settings(&simulator), &form).await));
        }
        for (name, _, _, prepare) in CASES.iter().filter(|(name, ..)| ["wrong-secret", "expired-secret"].contains(name))
        {
            let it = simulator.environment(&format!("new-{name}.crm4.dynamics.com"));
            let mut form = request(&it);
            form.secret_age = SecretAge::New;
            prepare(&simulator, &it);
            reports.push((format!("new-{name}"), run_with(&settings(&simulator), &form).await));
        }
        for AnswerCase { name, at, trouble, .. } in answer_cases() {
            let it = simulator.environment(&format!("{name}.crm4.dynamics.com"));
            it.trouble(at, trouble);
            let mut settings = settings(&simulator);
            settings.limits = Limits { stage: Duration::from_secs(1), ..settings.limits };
            reports.push((name, run_with(&settings, &request(&it)).await));
        }
        reports.extend(step_cases().await.into_iter().map(|(name, _, report)| (name.to_owned(), report)));
        reports
    });
    for (name, report) in reports {
        let diagnosis = report.diagnosis.clone();
        let warnings = report.warnings.clone();
        let mut window = window_after(report);
        if let Some(folder) = &pictures {
            window.render().expect("a picture").save(folder.join(format!("{name}.png"))).expect("it is written");
        }
        let width = window.ctx.content_rect().width();
        let of_diagnosis = diagnosis.iter().flat_map(|it| [&it.what, &it.why].into_iter().chain(&it.fix));
        for text in of_diagnosis.chain(warnings.iter().map(|warning| &warning.text)) {
            let mut found = window.query_all_by_label_contains(text.trim_end_matches('.')).peekable();
            assert!(found.peek().is_some(), "{name}: nobody can read “{text}”");
            for node in found {
                let right = node.accesskit_node().raw_bounds().map_or(0.0, |bounds| bounds.x1);
                assert!(right <= f64::from(width), "{name}: “{text}” ends at {right} of {width}");
            }
        }
    }
}

//! Every case that the simulator offers from a shell ends as it says, and its diagnosis helps.

use std::time::Duration;

use crate::support::answer_cases::{AnswerCase, answer_cases};
use crate::support::cases::CASES;
use crate::support::checking::{request, run_by, settings, verdict, warning_codes};
use crate::support::simulator::Simulator;
use crate::support::step_cases::step_cases;
use a365_password_tool::connection_check::{Limits, ReadExpiry};

#[tokio::test]
async fn every_case_ends_as_it_says() {
    let simulator = Simulator::start().await;
    for (name, expect, warnings, prepare) in CASES {
        let it = simulator.environment(&format!("{name}.crm4.dynamics.com"));
        let mut form = request(&it);
        form.read_expiry = ReadExpiry::FromGraph;
        prepare(&simulator, &it);
        // Whoever typed the date typed the right one.
        form.secret_expires = it.secret_ends().or(form.secret_expires);
        let mut settings = settings(&simulator);
        settings.limits = Limits { stage: Duration::from_secs(2), ..settings.limits };
        simulator.forget();
        let report = run_by(&simulator, &settings, &form).await;
        assert_eq!(verdict(&report), *expect, "{name}: {}", report.to_text());
        assert_eq!(warning_codes(&report), *warnings, "{name}");
        if let Some(diagnosis) = &report.diagnosis {
            let text = report.to_text();
            assert!(text.contains(&diagnosis.what) && text.contains(&diagnosis.fix[0]), "{name}: {text}");
        }
    }
}

#[tokio::test]
async fn every_answer_ends_as_it_says() {
    let simulator = Simulator::start().await;
    for AnswerCase { name, expect, at, trouble } in answer_cases() {
        let it = simulator.environment(&format!("{name}.crm4.dynamics.com"));
        it.trouble(at, trouble);
        let mut settings = settings(&simulator);
        settings.limits = Limits { stage: Duration::from_secs(1), ..settings.limits };
        simulator.forget();
        let report = run_by(&simulator, &settings, &request(&it)).await;
        assert_eq!(verdict(&report), expect, "{name}: {}", report.to_text());
    }
}

#[tokio::test]
async fn every_step_that_fails_ends_as_it_says() {
    for (name, expect, report) in step_cases().await {
        assert_eq!(verdict(&report), expect, "{name}: {}", report.to_text());
    }
}

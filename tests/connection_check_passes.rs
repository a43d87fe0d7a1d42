//! Connection checks that pass: what is sent, what is reported, and what is only warned about.

mod support;

use support::checking::{request, run, verdict, warning_codes};
use support::simulator::Simulator;

#[tokio::test]
async fn a_good_connection_passes_in_four_round_trips() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment("contoso.crm4.dynamics.com");
    let report = run(&simulator, &request(&contoso)).await;
    assert_eq!(verdict(&report), "passed", "{}", report.to_text());
    assert_eq!(warning_codes(&report), Vec::<&str>::new());
    for sent in simulator.requests() {
        println!("{sent:?}");
    }
    println!("{}", report.to_text());
}

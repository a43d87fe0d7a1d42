//! `diagnose network` by the real program against the simulator.

use std::process::Command;

use serde_json::{Value, json};

use super::program::{Answer, PASSPHRASE, Program, finish};
use super::support::recording_proxy::{RecordingProxy, Reply, has_credentials, wants};
use super::support::simulator::Simulator;

/// The program where its way to Microsoft leads through `proxy` to the simulator.
fn command(program: &Program, simulator: &Simulator, proxy: &str, args: &[&str]) -> Command {
    let authority = program.vault().with_extension("pem");
    std::fs::write(&authority, simulator.authority_pem()).expect("the authority");
    let mut command = program.command(args);
    command.env("HTTPS_PROXY", proxy).env("SSL_CERT_FILE", authority).env_remove("SSL_CERT_DIR");
    command
}

fn run(program: &Program, simulator: &Simulator, proxy: &str, args: &[&str], stdin: &str) -> Answer {
    let command = command(program, simulator, proxy, args);
    tokio::task::block_in_place(|| finish(command, stdin))
}

fn hosts(answer: &Value) -> Vec<&Value> {
    answer["hosts"].as_array().expect("a list").iter().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_host_of_every_cloud_is_tried_and_the_way_to_it_is_told() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment("contoso.crm4.dynamics.com");
    let program = Program::with_vault();
    let proxy = simulator.proxy_url();
    let all = run(&program, &simulator, &proxy, &["diagnose", "network", "--json"], "").expect(0).json();
    assert_eq!(all["reached"], json!(true));
    let names: Vec<&str> = hosts(&all).iter().filter_map(|host| host["host"].as_str()).collect();
    for name in ["login.microsoftonline.com", "login.microsoftonline.us", "login.partner.microsoftonline.cn"] {
        assert!(names.contains(&name), "{names:?}");
    }
    let args = ["diagnose", "network", "--environment", &contoso.url(), "--json"];
    let found = run(&program, &simulator, &proxy, &args, "").expect(0).json();
    let found = hosts(&found);
    let names: Vec<&str> = found.iter().filter_map(|host| host["host"].as_str()).collect();
    assert_eq!(names, ["login.microsoftonline.com", "graph.microsoft.com", "contoso.crm4.dynamics.com"]);
    for host in found {
        assert_eq!(host["reached"], json!(true), "{host}");
        assert_eq!(host["way"], json!(format!("proxy {proxy} (environment variable)")));
        assert_eq!((&host["trust"], &host["issuer"]), (&json!("this_computer"), &json!("CN=Simulator Test Authority")));
        let steps: Vec<&str> =
            host["steps"].as_array().expect("steps").iter().filter_map(|step| step["step"].as_str()).collect();
        assert_eq!(steps, ["proxy_dns", "proxy_tcp", "proxy_connect", "tls"]);
        assert!(host["clock_ahead_seconds"].as_i64().expect("a date").abs() < 10, "{host}");
        assert!(host["response_milliseconds"].is_u64() && host["tls_version"] == json!("TLSv1_3"), "{host}");
    }
    for sent in simulator.requests() {
        assert!(!sent.carries_secret && !sent.carries_token);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_the_proxy_blocks_is_named_with_what_to_do() {
    let simulator = Simulator::start().await;
    simulator.block_at_proxy("graph.microsoft.com");
    let program = Program::with_vault();
    let args = ["diagnose", "network", "--cloud", "commercial"];
    let text = run(&program, &simulator, &simulator.proxy_url(), &args, "").expect(1).stdout;
    for words in [
        "[FAIL] graph.microsoft.com",
        "403 Blocked by policy",
        "What to do:  1. ",
        "[warn] login.microsoftonline.com",
        "trusted by this computer only",
        "1 of 2 hosts can be reached.",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let json = run(&program, &simulator, &simulator.proxy_url(), &[&args[..], &["--json"]].concat(), "").expect(1);
    let json = json.json();
    let graph =
        hosts(&json).into_iter().find(|host| host["host"] == json!("graph.microsoft.com")).expect("it is there");
    assert_eq!((&json["reached"], &graph["code"]), (&json!(false), &json!("proxy_refused")));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_vaults_proxy_password_opens_the_proxy_for_diagnosis_and_for_a_typed_connection() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment("contoso.crm4.dynamics.com");
    let program = Program::with_vault();
    let https = simulator.https_address();
    let proxy = RecordingProxy::start(move |head| match has_credentials(head) {
        true => Reply::Open(https),
        false => wants(&["Basic realm=\"x\""]),
    })
    .await;
    let address = proxy.url("");
    let name = proxy.name().to_string();
    let saving = ["vault", "proxy", "--user", "ada", "--for", &name, "--secret-stdin", "--passphrase-stdin"];
    run(&program, &simulator, &address, &saving, &format!("{PASSPHRASE}\nhunter2\n")).expect(0);

    let plain = ["diagnose", "network", "--cloud", "commercial", "--json"];
    let refused = run(&program, &simulator, &address, &plain, "").expect(1).json();
    assert_eq!(hosts(&refused)[0]["code"], json!("proxy_auth_required"));
    assert_eq!(proxy.told(), 0);
    let args = [&plain[..], &["--proxy-sign-in", "--passphrase-stdin"]].concat();
    let answer = run(&program, &simulator, &address, &args, &format!("{PASSPHRASE}\n")).expect(0);
    assert!(proxy.told() > 0 && !answer.stdout.contains("hunter2"));

    let (url, id, secret) = (contoso.url(), contoso.client_id.to_string(), contoso.secret());
    let typed = ["check", "--url", &url, "--client-id", &id, "--secret-stdin", "--expires", "2999-12-31"];
    let args = [&typed[..], &["--proxy-sign-in", "--passphrase-stdin", "--json"]].concat();
    let answer = run(&program, &simulator, &address, &args, &format!("{PASSPHRASE}\n{secret}\n")).expect(0).json();
    assert_eq!(answer["passed"], json!(true));
    assert_eq!(answer["warnings"], json!(["tls_inspected"]));
    assert!(answer["network"].as_str().is_some_and(|way| way.contains(&address)), "{answer}");
    assert_eq!(answer["certificates"][0]["issuer"], json!("CN=Simulator Test Authority"));
}

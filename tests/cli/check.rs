//! `check` by the real program against the simulator, through its proxy and with its authority trusted.

use std::process::Command;
use std::sync::Arc;

use serde_json::{Value, json};
use tokio::sync::Barrier;

use super::program::{Answer, PASSPHRASE, Program, finish};
use super::support::simulator::{At, Canned, EnvironmentHandle, Simulator, Trouble};

/// The program where its way to Microsoft leads to `simulator`.
fn command(program: &Program, simulator: &Simulator, args: &[&str]) -> Command {
    let authority = program.vault().with_extension("pem");
    std::fs::write(&authority, simulator.authority_pem()).expect("the authority");
    let mut command = program.command(args);
    command.env("HTTPS_PROXY", simulator.proxy_url()).env("SSL_CERT_FILE", authority).env_remove("SSL_CERT_DIR");
    command
}

fn run(program: &Program, simulator: &Simulator, args: &[&str], stdin: &str) -> Answer {
    let command = command(program, simulator, args);
    tokio::task::block_in_place(|| finish(command, stdin))
}

/// Runs a command that opens the vault.
fn open(program: &Program, simulator: &Simulator, args: &[&str]) -> Answer {
    run(program, simulator, &[args, &["--passphrase-stdin"]].concat(), &format!("{PASSPHRASE}\n"))
}

/// Adds a profile for `environment` with `secret`.
fn add(program: &Program, simulator: &Simulator, name: &str, environment: &EnvironmentHandle, secret: &str) {
    let (url, id) = (environment.url(), environment.client_id.to_string());
    let args = ["profile", "add", name, "--url", &url, "--client-id", &id, "--secret-stdin", "--passphrase-stdin"];
    let expiry = ["--expires", "2999-12-31"];
    run(program, simulator, &[&args[..], &expiry].concat(), &format!("{PASSPHRASE}\n{secret}\n")).expect(0);
}

/// A file beside the vault.
fn file(program: &Program, name: &str) -> String {
    program.vault().with_file_name(name).to_str().expect("a name").to_owned()
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().expect("a list").clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_good_connection_passes_with_everything_that_was_found() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment("contoso.crm4.dynamics.com");
    let program = Program::with_vault();
    let (url, id, secret) = (contoso.url(), contoso.client_id.to_string(), contoso.secret());
    let args = ["check", "--url", &url, "--client-id", &id, "--secret-stdin", "--expires", "2999-12-31"];
    let stdin = format!("  {secret}\r\n");
    let answer = run(&program, &simulator, &[&args[..], &["--json"]].concat(), &stdin).expect(0);
    assert!(!answer.stdout.contains(&secret));
    let found = answer.json();
    let expected = [
        ("passed", json!(true)),
        ("stage", json!(null)),
        ("code", json!(null)),
        ("diagnosis", json!(null)),
        // The simulator's authority is one that only this computer trusts, as a company's is.
        ("warnings", json!(["tls_inspected"])),
        ("environment_url", json!(url)),
        ("tenant_id", json!(contoso.tenant.to_string())),
        ("user_id", json!(contoso.user.to_string())),
        ("organization_id", json!(contoso.organization.to_string())),
        ("secret_expires", json!("2999-12-31")),
    ];
    for (key, value) in expected {
        assert_eq!(found[key], value, "{key}");
    }
    let stages: Vec<_> = list(&found["stages"]).iter().map(|one| one["stage"].clone()).collect();
    assert_eq!(stages, ["address", "tenant", "sign_in", "who_am_i", "privileges", "secret_expiry"]);
    assert!(list(&found["stages"]).iter().all(|one| one["result"] == "passed" && one["milliseconds"].is_u64()));

    let people = run(&program, &simulator, &args, &stdin).expect(0);
    assert_eq!(people.stdout.matches("[ ok ]").count(), 6, "{}", people.stdout);
    assert!(people.stdout.ends_with("The connection works.\n") && !people.stdout.contains(&secret));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_secret_is_explained_and_remembered() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment("contoso.crm4.dynamics.com");
    let program = Program::with_vault();
    add(&program, &simulator, "Contoso", &contoso, "not-the-secret");
    let found = open(&program, &simulator, &["check", "contoso", "--json"]).expect(1).json();
    assert_eq!((&found["stage"], &found["code"]), (&json!("sign_in"), &json!("AADSTS7000215")));
    for part in ["what", "why", "link"] {
        assert!(found["diagnosis"][part].as_str().is_some_and(|text| !text.is_empty()), "{part}");
    }
    assert!(!list(&found["diagnosis"]["fix"]).is_empty());
    assert_eq!(list(&found["stages"])[3]["result"], "skipped");
    let shown = open(&program, &simulator, &["profile", "show", "Contoso", "--json"]).expect(0).json();
    assert_eq!(shown["last_check"]["stage"], "sign_in");
    assert_eq!(shown["last_check"]["code"], "AADSTS7000215");

    let people = open(&program, &simulator, &["check", "contoso"]).expect(1).stdout;
    for text in ["[FAIL] Sign in", "AADSTS7000215", "What is wrong:", "Why:", "    1. ", "https://", "add --wait 120"] {
        assert!(people.contains(text), "{text}: {people}");
    }
    let all = open(&program, &simulator, &["check", "--all"]).expect(1).stdout;
    assert_eq!(all.matches("add --wait 120").count(), 1, "{all}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_profile_is_checked_side_by_side_and_a_bad_one_stops_nobody() {
    let simulator = Simulator::start().await;
    let program = Program::with_vault();
    // Each waits at the barrier until all eight are there: one after the other, this would never end.
    let all = Arc::new(Barrier::new(8));
    for number in 0..8 {
        let environment = simulator.environment(&format!("org{number}.crm4.dynamics.com"));
        environment.trouble(At::Challenge, Trouble::Meet(Arc::clone(&all)));
        let secret = if number == 3 { "not-the-secret".to_owned() } else { environment.secret() };
        add(&program, &simulator, &format!("P{number}"), &environment, &secret);
    }
    let found = open(&program, &simulator, &["check", "--all", "--json"]).expect(1).json();
    let results: Vec<_> =
        list(&found["results"]).iter().map(|one| (one["profile"].clone(), one["passed"].clone())).collect();
    let expected: Vec<_> = (0..8).map(|number| (json!(format!("P{number}")), json!(number != 3))).collect();
    assert_eq!(results, expected);
    let profiles = list(&open(&program, &simulator, &["profile", "list", "--json"]).expect(0).json()["profiles"]);
    let kept: Vec<_> = profiles.iter().map(|one| one["last_check"]["passed"].clone()).collect();
    assert_eq!(kept, expected.into_iter().map(|(_, passed)| passed).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_proxy_of_the_settings_is_used() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment("contoso.crm4.dynamics.com");
    let program = Program::with_vault();
    let settings = program.settings();
    std::fs::create_dir_all(settings.parent().expect("a folder")).expect("the folder");
    std::fs::write(&settings, format!("proxy = '{}'\n", simulator.proxy_url())).expect("the settings");
    let (url, id) = (contoso.url(), contoso.client_id.to_string());
    let mut command =
        command(&program, &simulator, &["check", "--url", &url, "--client-id", &id, "--secret-stdin", "--json"]);
    command.env("HTTPS_PROXY", "http://127.0.0.1:9");
    let secret = contoso.secret();
    let answer = tokio::task::block_in_place(|| finish(command, &secret)).expect(0);
    assert_eq!(answer.json()["passed"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_results_of_all_checks_go_into_a_file_without_secrets() {
    let simulator = Simulator::start().await;
    let program = Program::with_vault();
    let contoso = simulator.environment("contoso.crm4.dynamics.com");
    let fabrikam = simulator.environment("fabrikam.crm4.dynamics.com");
    add(&program, &simulator, "Contoso", &contoso, &contoso.secret());
    add(&program, &simulator, "=Fabrikam", &fabrikam, "not-the-secret");
    let place = |name: &str| file(&program, name);
    for (name, parts) in [
        ("all.csv", ["\r\nContoso,passed,", "\r\n'=Fabrikam,failed,sign_in,AADSTS7000215,"]),
        ("all.html", ["1 of 2 connections work", "<h2>=Fabrikam: AADSTS7000215</h2>"]),
    ] {
        let file = place(name);
        open(&program, &simulator, &["check", "--all", "--export", &file]).expect(1);
        let text = std::fs::read_to_string(&file).expect("the file");
        assert!(parts.iter().all(|part| text.contains(part)), "{text}");
        assert!(!text.contains(&contoso.secret()) && !text.contains("not-the-secret"));
    }
    let nowhere = place("nowhere/all.csv");
    let answer = open(&program, &simulator, &["check", "--all", "--json", "--export", &nowhere]).expect(3);
    assert!(answer.stdout.contains("export_failed"), "{}", answer.stdout);
    open(&program, &simulator, &["check", "--all", "--export", "all.txt"]).expect(2);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_vault_keeps_what_the_proxy_is_told() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment("contoso.crm4.dynamics.com");
    let program = Program::with_vault();
    add(&program, &simulator, "Contoso", &contoso, &contoso.secret());
    let check = || {
        let mut command = command(&program, &simulator, &["check", "Contoso", "--json", "--passphrase-stdin"]);
        command.env("HTTPS_PROXY", simulator.locked_proxy_url());
        tokio::task::block_in_place(|| finish(command, &format!("{PASSPHRASE}\n")))
    };
    assert_eq!(check().expect(1).json()["code"], "proxy_auth_required");
    let locked = simulator.locked_proxy_name().to_string();
    let set = |more: &[&str], proxy: &str, stdin: &str| {
        let args = [&["vault", "proxy", "--passphrase-stdin", "--json"], more].concat();
        let mut command = command(&program, &simulator, &args);
        command.env("HTTPS_PROXY", proxy);
        tokio::task::block_in_place(|| finish(command, &format!("{PASSPHRASE}\n{stdin}")))
    };
    let user = ["--user", "user", "--secret-stdin"];
    // Without --for they are for the proxy that is in use.
    for (more, proxy) in [(&[][..], simulator.locked_proxy_url()), (&["--for", &locked], simulator.proxy_url())] {
        let kept = set(&[&user, more].concat(), &proxy, "hunter2\n").expect(0);
        assert_eq!((kept.json()["proxy_user"].as_str(), kept.json()["proxy"].as_str()), (Some("user"), Some(&*locked)));
        assert!(!kept.stdout.contains("hunter2"));
        assert_eq!(check().expect(0).json()["passed"], true);
        let file = std::fs::read(program.vault()).expect("the vault");
        assert!(!file.windows(7).any(|bytes| bytes == b"hunter2"));
        open(&program, &simulator, &["vault", "proxy", "--forget"]).expect(0);
        assert_eq!(check().expect(1).json()["code"], "proxy_auth_required");
    }
    // For another proxy they are not sent to this one, until it is said that they are for this one.
    set(&[&user, &["--for", "http://elsewhere.example:1"][..]].concat(), &simulator.proxy_url(), "hunter2\n").expect(0);
    let refused = check().expect(1).json();
    assert!(refused["diagnosis"]["why"].as_str().is_some_and(|why| why.contains("elsewhere.example:1")), "{refused}");
    assert_eq!(set(&["--for", &locked], &simulator.proxy_url(), "").expect(0).json()["proxy"], *locked);
    assert_eq!(check().expect(0).json()["passed"], true);
    open(&program, &simulator, &["vault", "proxy", "--forget"]).expect(0);
    for (more, code) in [
        (&["--for", &locked][..], "proxy_credentials_missing"),
        (&["--user", "user", "--for", "x:port"], "proxy_invalid"),
    ] {
        assert!(set(more, &simulator.proxy_url(), "").expect(2).stdout.contains(code), "{code}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_variable_that_cannot_be_read_is_named_without_its_password() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment("contoso.crm4.dynamics.com");
    let program = Program::with_vault();
    add(&program, &simulator, "Contoso", &contoso, &contoso.secret());
    let mut command = command(&program, &simulator, &["check", "Contoso", "--passphrase-stdin"]);
    command.env("HTTPS_PROXY", "\"http://ada:hunter2@proxy.example:3128\"");
    let said = tokio::task::block_in_place(|| finish(command, &format!("{PASSPHRASE}\n"))).expect(3);
    assert!(said.stderr.contains("HTTPS_PROXY") && said.stderr.contains("quotation marks"), "{}", said.stderr);
    assert!(!said.stderr.contains("hunter2"));
    assert_eq!(simulator.connections(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_is_not_known_yet_is_waited_for() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment("contoso.crm4.dynamics.com");
    let fabrikam = simulator.environment("fabrikam.crm4.dynamics.com");
    let program = Program::with_vault();
    add(&program, &simulator, "Contoso", &contoso, &contoso.secret());
    add(&program, &simulator, "Fabrikam", &fabrikam, &fabrikam.secret());
    let sentence = "Invalid client secret provided.";
    let not_yet = || Trouble::Answer(Canned::entra_error(401, "invalid_client", 7_000_215, sentence));
    contoso.trouble_times(At::Token, not_yet(), 1);
    fabrikam.trouble_times(At::Token, not_yet(), 1);
    let waiting = |args: &[&str]| open(&program, &simulator, &[&["check", "--wait", "20"], args].concat());
    // Side by side, because each of them waits for ten seconds.
    std::thread::scope(|scope| {
        let one = scope.spawn(|| waiting(&["Contoso"]).expect(0));
        let many = scope.spawn(|| waiting(&["Fabrikam", "--json", "--export", &file(&program, "all.csv")]).expect(0));
        let one = one.join().expect("it ends");
        assert!(one.stdout.contains("Contoso works."), "{}", one.stdout);
        assert!(one.stderr.contains("not yet. Testing again in 10 s."), "{}", one.stderr);
        let many = many.join().expect("it ends").json();
        assert_eq!((&many["repeated"], &many["results"][0]["passed"]), (&json!(1), &json!(true)), "{many}");
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_secret_that_may_become_known_is_waited_for() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment("contoso.crm4.dynamics.com");
    let program = Program::with_vault();
    add(&program, &simulator, "Contoso", &contoso, &contoso.secret());
    contoso.app(|app| app.enabled = false);
    let found = open(&program, &simulator, &["check", "Contoso", "--wait", "3600", "--json"]).expect(1).json();
    assert_eq!((&found["code"], &found["repeated"]), (&json!("AADSTS7000112"), &json!(0)));
    for wrong in ["0", "9", "3601", "-1", "soon", ""] {
        open(&program, &simulator, &["check", "Contoso", "--wait", wrong]).expect(2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_saved_just_now_is_told_to_wait() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment("contoso.crm4.dynamics.com");
    let program = Program::with_vault();
    add(&program, &simulator, "Contoso", &contoso, "not-the-secret");
    let said = open(&program, &simulator, &["check", "Contoso"]).expect(1);
    assert!(said.stdout.contains("1. Wait a minute and test again."), "{}", said.stdout);
    let (url, id) = (contoso.url(), contoso.client_id.to_string());
    let args = ["check", "--url", &url, "--client-id", &id, "--secret-stdin"];
    let said = run(&program, &simulator, &args, "not-the-secret\n").expect(1);
    assert!(said.stdout.contains("created moments ago"), "{}", said.stdout);
    assert!(said.stdout.contains("wait a minute and test again before you create another"), "{}", said.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn why_an_expiry_date_was_not_read_is_said_in_every_form() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment("contoso.crm4.dynamics.com");
    let program = Program::with_vault();
    add(&program, &simulator, "Dated", &contoso, &contoso.secret());
    let (url, id) = (contoso.url(), contoso.client_id.to_string());
    let args = ["check", "--url", &url, "--client-id", &id, "--secret-stdin", "--read-expiry"];
    let permission = "permission Application.Read.All";
    let undated = run(&program, &simulator, &args, &contoso.secret()).expect(0);
    assert!(undated.stdout.contains(permission), "{}", undated.stdout);
    let found = run(&program, &simulator, &[&args[..], &["--json"]].concat(), &contoso.secret()).expect(0).json();
    assert_eq!(found["expiry_not_read"]["code"], "graph_permission_missing");
    assert!(found["warning_details"][0]["text"].as_str().is_some_and(|text| text.contains(permission)), "{found}");
    // A date that somebody typed is no reason to keep quiet where it was to be read.
    let dated = open(&program, &simulator, &["check", "Dated", "--read-expiry"]).expect(0);
    assert!(dated.stdout.contains("The expiry date was not read from Microsoft Graph"), "{}", dated.stdout);
    let file = file(&program, "all.csv");
    let many = open(&program, &simulator, &["check", "--all", "--read-expiry", "--export", &file]).expect(0);
    assert!(many.stdout.contains(permission) && many.stdout.contains("(Dated)"), "{}", many.stdout);
    assert!(std::fs::read_to_string(&file).expect("the file").contains(permission));
}

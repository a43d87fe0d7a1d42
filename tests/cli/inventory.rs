//! `inventory` by the real program against the simulator, with a scripted browser; and the words about a code of Microsoft's
//! sign-in page.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::Command;

use chrono::{Duration, Utc};
use serde_json::{Value, json};

use super::program::{Answer, PASSPHRASE, Program, finish};
use super::support::browser::{Act, Browser, Seen};
use super::support::simulator::{App, AppSecret, EnvironmentHandle, Lie, Simulator};

struct Tenant {
    simulator: Simulator,
    program: Program,
    contoso: EnvironmentHandle,
    admin: String,
    client: String,
}

impl Tenant {
    async fn new() -> Tenant {
        let simulator = Simulator::start().await;
        let contoso = simulator.environment("contoso.crm4.dynamics.com");
        let (admin, client) = (contoso.person("admin"), contoso.sign_in_client().to_string());
        Tenant { simulator, program: Program::with_vault(), contoso, admin, client }
    }

    fn command(&self, args: &[&str]) -> Command {
        let authority = self.program.vault().with_extension("pem");
        std::fs::write(&authority, self.simulator.authority_pem()).expect("the authority");
        let mut command = self.program.command(args);
        command
            .env("HTTPS_PROXY", self.simulator.proxy_url())
            .env("SSL_CERT_FILE", authority)
            .env_remove("SSL_CERT_DIR");
        // A browser that shows nothing: the test has one of its own.
        command.env("BROWSER", "true");
        command
    }

    /// Runs a command that opens the vault and signs nobody in.
    fn run(&self, args: &[&str]) -> Answer {
        let args = [args, &["--passphrase-stdin"]].concat();
        tokio::task::block_in_place(|| finish(self.command(&args), &format!("{PASSPHRASE}\n")))
    }

    fn add(&self, name: &str, secret: &str, expires: &[&str]) {
        self.add_to(&self.contoso, name, secret, expires);
    }

    fn add_to(&self, environment: &EnvironmentHandle, name: &str, secret: &str, expires: &[&str]) {
        let (url, id) = (environment.url(), environment.client_id.to_string());
        let args = ["profile", "add", name, "--url", &url, "--client-id", &id, "--secret-stdin", "--passphrase-stdin"];
        let stdin = format!("{PASSPHRASE}\n{secret}\n");
        let command = self.command(&[&args[..], expires].concat());
        tokio::task::block_in_place(|| finish(command, &stdin)).expect(0);
    }

    /// Runs `inventory` while the administrator does `act` in the browser.
    async fn inventory(&self, args: &[&str], act: Act) -> Answer {
        let args = [&["inventory", "--passphrase-stdin", "--sign-in-client", &self.client], args].concat();
        self.sign_in(&args, &format!("{PASSPHRASE}\n"), act).await
    }

    async fn sign_in(&self, args: &[&str], stdin: &str, act: Act) -> Answer {
        let mut child = self.command(args).spawn().expect("the program");
        child.stdin.take().expect("a pipe").write_all(stdin.as_bytes()).expect("read by the program");
        let mut errors = BufReader::new(child.stderr.take().expect("a pipe"));
        let mut stderr = String::new();
        let address = tokio::task::block_in_place(|| {
            let mut line = String::new();
            while errors.read_line(&mut line).expect("text") > 0 {
                stderr.push_str(&line);
                if line.starts_with("https://login.") {
                    return Some(line.trim().to_owned());
                }
                line.clear();
            }
            None
        });
        if let Some(address) = address {
            let seen = Browser::new(&self.simulator).sign_in(&address, &self.admin, act).await;
            assert!(matches!(seen, Seen::Program(200, _)), "{seen:?}");
        }
        tokio::task::block_in_place(|| {
            let reading = std::thread::spawn(move || {
                let mut rest = String::new();
                errors.read_to_string(&mut rest).expect("text");
                rest
            });
            let output = child.wait_with_output().expect("an end");
            stderr.push_str(&reading.join().expect("read"));
            let stdout = String::from_utf8(output.stdout).expect("text");
            for secret in self.simulator.given_to_people() {
                assert!(!stdout.contains(&secret) && !stderr.contains(&secret), "a token is shown");
            }
            Answer { code: output.status.code(), stdout, stderr }
        })
    }
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().expect("a list").clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_secret_of_the_tenant_is_listed_with_the_profile_that_holds_it() {
    let tenant = Tenant::new().await;
    let (secret, mut stale) = (tenant.contoso.secret(), App::new("Forgotten, since 2024"));
    stale.secrets = vec![AppSecret::ending_in(-Duration::days(3)), AppSecret::ending_in(Duration::days(20))];
    let stale_id = stale.id.to_string();
    tenant.contoso.tenant(|it| it.apps.push(stale));
    tenant.add("Contoso", &secret, &[]);
    tenant.add("Replaced", "xyzwas-the-former-one", &[]);
    let answer = tenant.inventory(&["--json"], Act::Accept).await.expect(0);
    assert!(!answer.stdout.contains(&secret) && !answer.stderr.contains(&secret));
    assert!(answer.stderr.contains(&format!("Signed in as {}.", tenant.admin)), "{}", answer.stderr);
    let found = answer.json();
    assert_eq!(found["tenant_id"], json!(tenant.contoso.tenant.to_string()));
    assert_eq!(
        (&found["account"], &found["registrations"], &found["saved"]),
        (&json!(tenant.admin), &json!(3), &json!(null))
    );
    let apps = list(&found["apps"]);
    assert_eq!(apps.len(), 2, "the client that people sign in with has no secret");
    assert_eq!((&apps[0]["name"], &apps[0]["client_id"]), (&json!("Forgotten, since 2024"), &json!(stale_id)));
    let states: Vec<_> = list(&apps[0]["secrets"]).iter().map(|one| one["state"].clone()).collect();
    assert_eq!(states, ["lapsed", "soon"]);
    let own = &list(&apps[1]["secrets"])[0];
    assert_eq!(
        (&own["profile"], &own["hint"], &own["state"]),
        (&json!("Contoso"), &json!(secret[..3]), &json!("fine"))
    );
    assert_eq!(own["expires"], json!(tenant.contoso.secret_ends().expect("a date").to_string()));
    let strays: Vec<_> =
        list(&found["strays"]).iter().map(|one| (one["profile"].clone(), one["reason"].clone())).collect();
    assert_eq!(strays, [(json!("Replaced"), json!("secret_missing"))]);

    let text = tenant.inventory(&[], Act::Accept).await.expect(0).stdout;
    for words in
        ["Forgotten, since 2024", "expired 3 days ago", "Contoso", "1 expired, 1 within 60 days", "Replaced: None of"]
    {
        assert!(text.contains(words), "{words}: {text}");
    }
    tenant.contoso.tenant(|it| it.apps[2].name = "E\u{1b}[2J\nOK\u{202e} \u{9b}31m,=1".to_owned());
    for args in [&[][..], &["--json"], &["--format", "csv"]] {
        let answer = tenant.inventory(args, Act::Accept).await.expect(0);
        let steers = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!answer.stdout.contains(steers) && !answer.stdout.contains("\nOK"), "{args:?}: {}", answer.stdout);
    }
    tenant.contoso.tenant(|it| it.apps[2].name = "Forgotten, since 2024".to_owned());
    let csv = tenant.inventory(&["--format", "csv", "--expiring", "10d"], Act::Accept).await.expect(0).stdout;
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), 2, "{csv}");
    assert!(lines[1].starts_with("\"Forgotten, since 2024\",") && lines[1].contains(",-3,lapsed,"), "{csv}");
}

#[tokio::test(flavor = "multi_thread")]
async fn dates_are_shown_and_saved_at_once_and_guesses_are_not() {
    let tenant = Tenant::new().await;
    let (secret, ends) = (tenant.contoso.secret(), tenant.contoso.secret_ends().expect("a date").to_string());
    tenant.add("Contoso", &secret, &["--expires", "2027-01-01"]);
    tenant.add("New", &secret, &[]);
    let answer = tenant.inventory(&["--save-dates", "--json"], Act::Accept).await.expect(0);
    for words in [format!("Contoso: 2027-01-01 becomes {ends}"), format!("New: no date becomes {ends}")] {
        assert!(answer.stderr.contains(&words), "{words}: {}", answer.stderr);
    }
    let saved = list(&answer.json()["saved"]);
    assert_eq!(saved.len(), 2);
    assert_eq!(saved[0], json!({ "profile": "Contoso", "former": "2027-01-01", "expires": ends }));
    for name in ["Contoso", "New"] {
        assert_eq!(tenant.run(&["profile", "show", name, "--json"]).expect(0).json()["expires"], json!(ends));
    }
    let history = tenant.run(&["vault", "history", "--json"]).expect(0).stdout;
    assert!(history.contains("Microsoft Graph"), "{history}");

    // A second secret that begins alike: nothing tells them apart.
    tenant.contoso.app(|app| {
        let mut twin = AppSecret::ending_in(Duration::days(900));
        twin.value.replace_range(..3, &secret[..3]);
        app.secrets.push(twin);
        app.secrets[0].ends = Utc::now() + Duration::days(500);
    });
    let answer = tenant.inventory(&["--save-dates", "--json"], Act::Accept).await.expect(0);
    assert_eq!(answer.json()["saved"], json!([]));
    assert!(answer.stderr.contains("its date stays as it is"), "{}", answer.stderr);
    assert_eq!(tenant.run(&["profile", "show", "Contoso", "--json"]).expect(0).json()["expires"], json!(ends));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_fails_is_an_error_with_microsofts_code() {
    let tenant = Tenant::new().await;
    tenant.add("Contoso", &tenant.contoso.secret(), &[]);
    let answer = tenant.inventory(&["--json"], Act::Cancel).await.expect(1);
    assert_eq!(answer.json()["error"]["code"], json!("AADSTS65004"));
    tenant.simulator.lie(Lie::NextLink("https://graph.evil.example/v1.0/applications?x".to_owned()));
    let answer = tenant.inventory(&["--json"], Act::Accept).await.expect(1);
    assert_eq!(answer.json()["error"]["code"], json!("foreign_next_link"));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_client_or_a_tenant_nobody_is_sent_to_a_browser() {
    let tenant = Tenant::new().await;
    let answer = tenant.run(&["inventory", "--json"]).expect(2);
    assert_eq!(answer.json()["error"]["code"], json!("sign_in_client_needed"));
    for words in ["docs/set-up.md", "--sign-in-client", "9cee029c-6210-4654-90bb-17e6e9d36617", "Microsoft's"] {
        assert!(answer.stderr.contains(words), "{words}: {}", answer.stderr);
    }
    let answer = tenant.run(&["inventory", "--json", "--sign-in-client", &tenant.client]).expect(2);
    assert_eq!(answer.json()["error"]["code"], json!("tenant_needed"));
    assert!(tenant.simulator.requests().is_empty(), "nothing is asked before it is known what for");

    tenant.add("Contoso", &tenant.contoso.secret(), &[]);
    let fabrikam = tenant.simulator.environment("fabrikam.crm4.dynamics.com");
    tenant.add_to(&fabrikam, "Fabrikam", &fabrikam.secret(), &[]);
    let answer = tenant.run(&["inventory", "--json", "--sign-in-client", &tenant.client]).expect(2);
    assert_eq!(answer.json()["error"]["code"], json!("tenant_needed"));
    for tenant in [&tenant.contoso.tenant, &fabrikam.tenant] {
        assert!(answer.stderr.contains(&tenant.to_string()), "{}", answer.stderr);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_client_may_be_a_setting_and_the_vault_may_stay_closed() {
    let tenant = Tenant::new().await;
    let settings = tenant.program.settings();
    std::fs::create_dir_all(settings.parent().expect("a folder")).expect("made");
    std::fs::write(&settings, format!("sign_in_client = '{}'\n", tenant.client)).expect("written");
    let answer = tenant
        .sign_in(&["inventory", "--json", "--without-vault", "--tenant", &tenant.contoso.domain], "", Act::Accept)
        .await
        .expect(0);
    assert_eq!(list(&answer.json()["apps"]).len(), 1);
}

#[test]
fn a_code_of_microsofts_page_is_explained() {
    let program = Program::with_vault();
    let answer = program.run(&["diagnose", "sign-in-code", "aadsts50011: The redirect URI …", "--json"], "").expect(0);
    assert_eq!(answer.json()["code"], json!("AADSTS50011"));
    assert!(answer.json()["diagnosis"]["fix"].to_string().contains("http://localhost"));
    let text = program.run(&["diagnose", "sign-in-code", "53003", "--cloud", "gcc-high"], "").expect(0).stdout;
    assert!(text.contains("What to do:") && text.contains("portal.azure.us"), "{text}");
    let answer = program.run(&["diagnose", "sign-in-code", "hello", "--json"], "").expect(2);
    assert_eq!(answer.json()["error"]["code"], json!("sign_in_code_unknown"));
}

//! The command line inside the test: with a clock, a person at the terminal and streams that break.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use a365_password_tool::cli::{self, Io, StdinIs, StdoutIs};
use a365_password_tool::profile::{Profile, SecretText};
use a365_password_tool::vault::{KdfParameters, Vault, VaultError};
use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

const PASSPHRASE: &str = "four random words here";

/// What a run did, and what it was asked with.
struct Ran {
    code: ExitCode,
    stdout: String,
    stderr: String,
    questions: Vec<String>,
}

/// A run at 10:00 UTC of `day`, with a person who gives `answers`.
fn run_at(day: &str, args: &[&str], answers: &[&str], settings: Option<&Path>) -> Ran {
    let now: DateTime<Utc> = format!("{day}T10:00:00Z").parse().expect("a time");
    let mut answers = answers.iter();
    let mut questions = Vec::new();
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let mut ask = |question: &str| {
        questions.push(question.to_owned());
        answers.next().map(|answer| SecretText::from(*answer)).ok_or_else(|| io::Error::other("nobody answers"))
    };
    let code = cli::run(
        std::iter::once("a365-password-cli").chain(args.iter().copied()).map(Into::into),
        Io {
            stdin: &mut io::empty(),
            stdout: &mut stdout,
            stderr: &mut stderr,
            ask: Some(&mut ask),
            stdin_is: StdinIs::Terminal,
            stdout_is: StdoutIs::Elsewhere,
            open_page: &mut |_| Ok(()),
            now: &|| now,
            settings_path: settings.map(Path::to_owned),
            reminders: None,
        },
    );
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Ran { code, stdout: text(stdout), stderr: text(stderr), questions }
}

/// A vault whose profiles expire on the given days.
fn vault_with(path: &Path, lapsing: &[(&str, Option<&str>)]) {
    let passphrase = SecretText::from(PASSPHRASE);
    let mut vault = Vault::create(path, &passphrase, KdfParameters::minimum()).expect("a vault");
    let filled = vault.update(|contents| {
        for (number, (name, day)) in (1..).zip(lapsing) {
            let mut profile = Profile::new(Uuid::from_u128(number), name, DateTime::UNIX_EPOCH);
            profile.secret_expires = day.map(|day| day.parse().expect("a day"));
            contents.put(profile)?;
        }
        Ok::<_, VaultError>(())
    });
    filled.expect("filled");
}

#[test]
fn expiring_tells_ok_warning_and_critical_apart() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("v.a365vault");
    vault_with(&path, &[("Later", Some("2026-06-30")), ("Soon", Some("2026-06-01")), ("Undated", None)]);
    let vault = path.to_str().expect("a name");
    let at = |day, more: &[&str]| {
        let ran = run_at(day, &[&["--vault", vault, "expiring"], more].concat(), &[PASSPHRASE], None);
        assert_eq!(ran.questions.len(), 1);
        (ran.code, ran.stdout)
    };
    let names = |text: String| {
        let answer: Value = serde_json::from_str(&text).expect("one object");
        let profiles = answer["profiles"].as_array().expect("a list").clone();
        profiles.iter().map(|one| format!("{} {} {}", one["name"], one["days_left"], one["state"])).collect::<Vec<_>>()
    };
    let code = |number: u8| ExitCode::from(number);

    assert_eq!(at("2026-05-01", &[]).0, code(0), "31 days are left");
    let (exit, text) = at("2026-05-02", &["--json"]);
    assert_eq!((exit, names(text)), (code(1), vec!["\"Soon\" 30 \"soon\"".to_owned()]));
    let (exit, text) = at("2026-06-01", &["--format", "json"]);
    let both = vec!["\"Soon\" 0 \"lapsed\"".to_owned(), "\"Later\" 29 \"soon\"".to_owned()];
    assert_eq!((exit, names(text)), (code(2), both), "worst first");
    assert_eq!(at("2026-05-02", &["--within", "29d"]).0, code(0));
    assert_eq!(at("2026-05-02", &["--critical", "5w"]).0, code(2));
    let (_, csv) = at("2026-06-01", &["--format", "csv"]);
    assert_eq!(csv, "name,expires,days_left,state\nSoon,2026-06-01,0,lapsed\nLater,2026-06-30,29,soon\n");
    let (exit, nagios) = at("2026-05-01", &["--format", "nagios"]);
    let line = "CLIENT SECRETS OK - none of 3 expires within 30 days | lapsed=0 soon=0 undated=1 total=3\n";
    assert_eq!((exit, nagios.as_str()), (code(0), line));
}

#[test]
fn expiring_is_unknown_whenever_it_cannot_look() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("v.a365vault");
    vault_with(&path, &[]);
    let vault = path.to_str().expect("a name");
    for (args, answers) in [
        (vec!["--vault", vault, "expiring"], vec!["wrong passphrase"]),
        (vec!["--vault", vault, "expiring", "--nonsense"], vec![]),
        (vec!["expiring", "--vault"], vec![]),
        (vec!["--vault", "nowhere", "expiring"], vec![]),
    ] {
        assert_eq!(run_at("2026-06-01", &args, &answers, None).code, ExitCode::from(3), "{args:?}");
    }
}

#[test]
fn a_clock_that_is_behind_the_last_save_is_named_beside_every_count_of_days() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("v.a365vault");
    vault_with(&path, &[("Contoso", Some("2030-06-30"))]);
    let vault = path.to_str().expect("a name");
    for args in [&["profile", "list"][..], &["expiring"]] {
        let args = [&["--vault", vault, "--json"], args].concat();
        let behind = run_at("2020-10-26", &args, &[PASSPHRASE], None);
        assert!(behind.stderr.contains("This computer's clock says 26 October 2020, but the vault was saved on"));
        assert!(behind.stderr.contains("Days left are wrong until the clock is right."), "{}", behind.stderr);
        let answer: Value = serde_json::from_str(&behind.stdout).expect("one object");
        assert_eq!(answer["clock_behind"]["clock"], "2020-10-26T10:00:00Z");
        let right = run_at(&Utc::now().format("%Y-%m-%d").to_string(), &args, &[PASSPHRASE], None);
        assert!(!right.stderr.contains("clock"), "{}", right.stderr);
        let answer: Value = serde_json::from_str(&right.stdout).expect("one object");
        assert!(answer.get("clock_behind").is_none());
    }
}

#[test]
fn a_new_passphrase_is_typed_twice() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("v.a365vault");
    let args =
        ["--vault", path.to_str().expect("a name"), "vault", "create", "--memory-mib", "19", "--passes", "2", "--json"];
    let differs = run_at("2026-06-01", &args, &[PASSPHRASE, "four random words there"], None);
    assert_eq!(differs.code, ExitCode::from(2));
    assert!(differs.stdout.contains("passphrase_differs") && !path.exists());
    let same = run_at("2026-06-01", &args, &[PASSPHRASE, PASSPHRASE], None);
    assert_eq!((same.code, same.questions.len()), (ExitCode::SUCCESS, 2));
    assert!(path.exists(), "{}", same.stderr);
}

#[test]
fn a_person_is_asked_even_where_a_flag_speaks_of_standard_input() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("v.a365vault");
    vault_with(&path, &[]);
    let args = [
        "--vault",
        path.to_str().expect("a name"),
        "profile",
        "add",
        "A",
        "--url",
        "contoso.crm4.dynamics.com",
        "--client-id",
        "11112222-aaaa-3333-bbbb-4444cccc5555",
        "--passphrase-stdin",
        "--secret-stdin",
    ];
    let ran = run_at("2026-06-01", &args, &[PASSPHRASE, " s3cret "], None);
    assert_eq!(ran.code, ExitCode::SUCCESS, "{}", ran.stderr);
    assert_eq!(ran.questions, ["Passphrase of the vault: ", "Client secret (the Value): "]);
    let taken = run_at("2026-06-01", &args, &[PASSPHRASE], None);
    assert_eq!((taken.code, taken.questions.len()), (ExitCode::from(2), 1), "nobody types a secret for nothing");
    let gone = run_at("2026-06-01", &args, &[], None);
    assert_eq!(gone.code, ExitCode::from(3), "a terminal that cannot be read");
}

#[test]
fn the_settings_name_the_vault_and_the_argument_wins() {
    let folder = tempfile::tempdir().expect("a folder");
    let (first, second) = (folder.path().join("first.a365vault"), folder.path().join("second.a365vault"));
    vault_with(&first, &[("First", None)]);
    vault_with(&second, &[("Second", None)]);
    let settings = folder.path().join("settings.toml");
    std::fs::write(&settings, format!("zoom_percent = 1\nvault_path = '{}'\n", first.display())).expect("settings");
    let from_settings = run_at("2026-06-01", &["profile", "list"], &[PASSPHRASE], Some(&settings));
    assert!(from_settings.stdout.contains("First"), "{}", from_settings.stderr);
    assert!(from_settings.stderr.contains("zoom_percent"), "a wrong setting is told and stops nothing");
    let second = second.to_str().expect("a name");
    let from_argument = run_at("2026-06-01", &["profile", "list", "--vault", second], &[PASSPHRASE], Some(&settings));
    assert!(from_argument.stdout.contains("Second"), "{}", from_argument.stderr);
}

/// A standard output that fails in one way.
struct Broken(io::ErrorKind);

impl Write for Broken {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(self.0.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_disk_under_the_answer_is_told_and_a_closed_pipe_is_not() {
    for (kind, code) in [(io::ErrorKind::StorageFull, 3), (io::ErrorKind::BrokenPipe, 0)] {
        let mut stderr = Vec::new();
        let exit = cli::run(
            ["a365-password-cli", "--help"].map(Into::into),
            Io {
                stdin: &mut io::empty(),
                stdout: &mut Broken(kind),
                stderr: &mut stderr,
                ask: None,
                stdin_is: StdinIs::Piped,
                stdout_is: StdoutIs::Elsewhere,
                open_page: &mut |_| Ok(()),
                now: &Utc::now,
                settings_path: None,
                reminders: None,
            },
        );
        assert_eq!(exit, ExitCode::from(code), "{kind:?}");
        assert_eq!(stderr.is_empty(), code == 0, "{kind:?}");
    }
}

#[test]
fn a_connection_string_is_pasted_unseen_at_a_terminal() {
    let pasted = "AuthType=ClientSecret;Url=https://x.example;ClientId=i;ClientSecret=s3cret";
    let ran = run_at("2026-06-01", &["connection-string", "read", "--json"], &[pasted], None);
    assert_eq!((ran.code, ran.questions.len()), (ExitCode::SUCCESS, 1));
    assert!(ran.stdout.contains("\"has_client_secret\":true") && !ran.stdout.contains("s3cret"));
}

#[test]
fn connection_strings_are_read_as_dotnet_reads_them() {
    let vectors: Vec<Value> =
        serde_json::from_str(include_str!("../data/connection_string_read.json")).expect("a list of vectors");
    for vector in vectors {
        let text = vector["connection_string"].as_str().expect("a text");
        let mut stdout = Vec::new();
        let code = cli::run(
            ["a365-password-cli", "connection-string", "read", "--json", "--reveal"].map(Into::into),
            Io {
                // Pipes put a line end behind what they carry.
                stdin: &mut format!("{text}\r\n").as_bytes(),
                stdout: &mut stdout,
                stderr: &mut io::sink(),
                ask: None,
                stdin_is: StdinIs::Piped,
                stdout_is: StdoutIs::Elsewhere,
                open_page: &mut |_| Ok(()),
                now: &Utc::now,
                settings_path: None,
                reminders: None,
            },
        );
        let answer: Value = serde_json::from_slice(&stdout).expect("one object");
        let is_refused = vector["error"] == Value::Bool(true);
        assert_eq!(code, ExitCode::from(u8::from(is_refused)), "{text}");
        assert_eq!((&answer["ok"], answer["error"].is_null()), (&Value::Bool(!is_refused), !is_refused), "{text}");
        for key in ["auth_type", "url", "client_id", "client_secret"] {
            // A refused vector names no values, and indexing what is not there gives null as well.
            assert_eq!(answer[key], vector[key], "{key} of {text}");
        }
    }
}

#[cfg(not(windows))]
#[test]
fn a_script_address_in_the_settings_is_refused_where_nothing_runs_it_and_nothing_goes_directly() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = folder.path().join("settings.toml");
    std::fs::write(&settings, "proxy = 'pac+http://wpad.contoso.com/proxy.pac'\n").expect("written");
    let ran = run_at("2026-01-01", &["diagnose", "network"], &[], Some(&settings));
    assert_ne!(ran.code, ExitCode::SUCCESS);
    assert_eq!(ran.stdout, "", "no host was tried");
    for words in ["The script address in this program's settings cannot be used", "desktop's settings", "Manual"] {
        assert!(ran.stderr.contains(words), "{}", ran.stderr);
    }
}

//! A vault by somebody who means to steer the terminal, with every text of it full of control characters: no command
//! passes them on.

use std::collections::BTreeSet;
use std::fs;

use a365_password_tool::profile::SecretText;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::forge;
use super::program::{Answer, CLIENT_ID, PASSPHRASE, Program, URL};

/// A clipboard that is set (OSC), a screen that is cleared (CSI, also as C1), a bell, other directions of writing, nothing
/// with a width, DEL, and a line of its own.
const HOSTILE: &str = "\u{1b}]52;c;ZXZpbA==\u{7}\u{1b}[2J\u{9b}31m\u{202e}\u{2066}\u{200b}\u{7f}\rOK";
const AT: &str = "2026-11-20T08:00:00Z";
const ID: &str = "0d2a3b4c-1111-4222-8333-000000000001";

fn hostile(text: &str) -> String {
    format!("{text}{HOSTILE}")
}

fn name() -> String {
    hostile("E")
}

/// As Entra ID makes them today, made at run time.
fn secret() -> String {
    format!("k7F8{}{}", "Q~", "w".repeat(34))
}

fn profile(id: &str, name: &str) -> Value {
    json!({
        "id": id, "name": name, "created": AT, "modified": AT, "environment_url": URL, "client_id": CLIENT_ID,
        "client_secret": STANDARD.encode(secret()), "secret_expires": "2001-02-03",
        "tags": [hostile("tag")], "notes": hostile("note\nline"), "tenant": "contoso.onmicrosoft.com",
        "vendor_value": STANDARD.encode(hostile("vendor")),
        "other_keys": [[hostile("key"), STANDARD.encode(hostile("value"))]],
        "last_check": {"at": AT, "passed": false, "stage": hostile("stage"), "code": hostile("code")},
        "renewals": [{"at": AT, "made_by": hostile("maker")}],
        (hostile("member")): hostile("unknown"),
    })
}

fn payload() -> String {
    let conflict = json!({
        "id": "0d2a3b4c-1111-4222-8333-000000000009", "profile": ID, "found": AT, "account": hostile("account"),
        "machine": hostile("machine"), "fields": ["notes", hostile("field")], "other": profile(ID, &hostile("Other")),
    });
    let entry = |kind: &str| {
        json!({"at": AT, "kind": kind, "account": hostile("account"), "machine": hostile("machine"), "profile": ID,
            "name": hostile("Then"), "count": 3, "fields": [hostile("field")], "slot": hostile("slot"),
            "file": hostile("file")})
    };
    let kinds = ["profile_added", "profile_changed", "slot_added", "slot_removed", "imported", "exported", "checked"];
    let history: Vec<Value> = kinds.into_iter().map(entry).chain([entry(&hostile("kind"))]).collect();
    json!({
        "profiles": [profile(ID, &name()), profile("0d2a3b4c-1111-4222-8333-000000000002", "Formula\r\n=1|x=2")],
        "history": history, "conflicts": [conflict], "saves": ["0123456789abcdef"],
        "slots": [{"slot": STANDARD.encode([7; 32]), "label": hostile("owner"), "added": AT},
            {"slot": STANDARD.encode([17; 32]), "label": hostile("frank"), "added": AT}],
        (hostile("more")): hostile("unknown"),
    })
    .to_string()
}

/// A home in which somebody else's vault has just arrived.
fn arrived() -> Program {
    let program = Program::with_vault();
    let (passphrase, payload) = (SecretText::from(PASSPHRASE), payload());
    let forged = forge::Forge::new(&passphrase, &payload);
    let mut recovery = forge::recovery_slot(&[1; 16], &forged.data_key);
    recovery["kind"] = "smart-card".into();
    let slots = format!("{},{recovery}", forged.slots);
    fs::write(program.vault(), forge::Forge { slots, ..forged }.file()).expect("a forged file");
    program
}

fn steers(c: char) -> bool {
    let is_bidi = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}');
    let is_invisible = matches!(c, '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}');
    (c.is_control() && c != '\n' && c != '\t') || is_bidi || is_invisible
}

#[track_caller]
fn says_nothing_hidden(text: &str, of: &str) {
    let found: BTreeSet<char> = text.chars().filter(|c| steers(*c)).collect();
    assert!(found.is_empty(), "{of} passes on {found:?}: {text:?}");
}

/// A command, what is typed into it, and whether its answer is meant for another program and so is exact.
struct Played {
    args: Vec<String>,
    typed: String,
    is_exact: bool,
}

fn played(args: &[&str]) -> Played {
    let args = args.iter().map(|arg| (*arg).to_owned()).collect();
    Played { args, typed: format!("{PASSPHRASE}\n"), is_exact: false }
}

fn exact(args: &[&str]) -> Played {
    Played { is_exact: true, ..played(args) }
}

fn typing(args: &[&str], second_line: &str) -> Played {
    Played { typed: format!("{PASSPHRASE}\n{second_line}\n"), ..played(args) }
}

/// Every command with everything that it shows of the vault, of its arguments and of a file.
fn commands(folder: &str) -> Vec<Played> {
    let (name, nobody) = (&*name(), &*hostile("nobody"));
    let open = "--passphrase-stdin";
    let list = format!("{folder}/{}.csv", hostile("list"));
    let table = format!("Name,Environment URL,Client ID,Notes\n{},{URL},{CLIENT_ID},{HOSTILE}\n", hostile("New"));
    fs::write(&list, table).expect("a list");
    let new = "other words of somebody";
    let file = |ending: &str| format!("{folder}/written.{ending}");
    let sheet = format!("{folder}/{}.html", hostile("sheet"));
    vec![
        played(&["profile", "list", open]),
        played(&["diagnose", "sign-in-code", &hostile("AADSTS50011: x")]),
        played(&["diagnose", "sign-in-code", &hostile("no code")]),
        played(&["inventory", "--sign-in-client", &hostile("no ID"), open]),
        played(&["inventory", "--sign-in-client", CLIENT_ID, "--tenant", &hostile("no tenant"), open]),
        played(&["inventory", "--sign-in-client", CLIENT_ID, open]),
        played(&["profile", "show", name, open]),
        played(&["profile", "show", nobody, open]),
        played(&["profile", "set", name, "--notes", "x", open]),
        played(&["profile", "set", nobody, "--notes", "x", open]),
        played(&["profile", "remove", name, open]),
        typing(&["profile", "add", name, "--url", URL, "--client-id", CLIENT_ID, "--secret-stdin", open], "s3cret"),
        typing(&["profile", "add", "N", "--url", nobody, "--client-id", nobody, "--secret-stdin", open], HOSTILE),
        exact(&["connection-string", "write", name, open]),
        Played {
            typed: format!("AuthType={HOSTILE};Url={HOSTILE};{HOSTILE}={HOSTILE};ClientSecret=a;{HOSTILE}\n"),
            ..played(&["connection-string", "read"])
        },
        played(&["check", name, open]),
        played(&["check", "--all", open]),
        played(&["check", "--all", "--export", &file("check.csv"), open]),
        played(&["diagnose", "network", "--cloud", "china", "--environment", nobody]),
        played(&["expiring", "--within", "9999d", open]),
        played(&["expiring", "--within", "9999d", "--format", "csv", open]),
        played(&["expiring", "--within", "9999d", "--format", "nagios", open]),
        played(&["remind"]),
        exact(&["calendar", "--all", open]),
        exact(&["handover", name, open]),
        played(&["import", &list, "--preview", open]),
        played(&["import", &list, "--existing", "copy", open]),
        played(&["export", name, "--to", &file("csv"), open]),
        played(&["export", "--all", "--with-secrets", "--to", &file("json"), open]),
        typing(&["vault", "create", open], ""),
        played(&["vault", "info", open]),
        played(&["vault", "slots", open]),
        played(&["vault", "history", open]),
        played(&["vault", "conflicts", open]),
        played(&["vault", "conflicts", "--reveal", open]),
        played(&["vault", "resolve", name, "--take-other", "notes", open]),
        played(&["vault", "resolve", name, "--take-other", nobody, open]),
        typing(&["vault", "proxy", "--user", nobody, "--for", nobody, "--secret-stdin", open], HOSTILE),
        played(&["vault", "add-account", open]),
        typing(&["vault", "add-passphrase", "--label", nobody, "--new-passphrase-stdin", open], new),
        played(&["vault", "add-recovery-key", open]),
        played(&["vault", "add-recovery-key", "--sheet", &sheet, open]),
        played(&["vault", "remove-slot", "2", "--reviewed", open]),
        played(&["vault", "remove-slot", nobody, open]),
        typing(&["vault", "set-passphrase", "--new-passphrase-stdin", open], new),
        typing(&["vault", "set-passphrase", "--reviewed", "--new-passphrase-stdin", open], new),
        played(&["vault", "trust", open]),
        played(&["vault", "backups"]),
        played(&["vault", "restore", "--backup", nobody, open]),
        played(&["vault", "repair"]),
    ]
}

fn run(program: &Program, played: &Played, more: &[&str]) -> Answer {
    let args: Vec<&str> = played.args.iter().map(String::as_str).chain(more.iter().copied()).collect();
    program.run(&args, &played.typed)
}

#[test]
fn no_command_passes_on_what_steers_a_terminal() {
    let folder = tempfile::tempdir().expect("a folder");
    for played in commands(folder.path().to_str().expect("a name")) {
        let answer = run(&arrived(), &played, &[]);
        let of = format!("{:?}", played.args);
        assert!(answer.code.is_some(), "{of} breaks");
        says_nothing_hidden(&answer.stderr, &of);
        if !played.is_exact {
            says_nothing_hidden(&answer.stdout, &of);
        }
    }
}

#[test]
fn json_escapes_what_steers_a_terminal() {
    let folder = tempfile::tempdir().expect("a folder");
    for played in commands(folder.path().to_str().expect("a name")) {
        if played.args.iter().any(|arg| arg == "--format") {
            continue;
        }
        let answer = run(&arrived(), &played, &["--json"]);
        let of = format!("{:?} --json", played.args);
        says_nothing_hidden(&answer.stderr, &of);
        says_nothing_hidden(&answer.stdout, &of);
        assert!(serde_json::from_str::<Value>(&answer.stdout).is_ok(), "{of}: {}", answer.stdout);
    }
}

/// The tests above would pass over a vault that nobody could open, or whose texts nobody showed.
#[test]
fn the_hostile_texts_are_there_and_shown_as_text() {
    let folder = tempfile::tempdir().expect("a folder");
    let commands = commands(folder.path().to_str().expect("a name"));
    let found = |args: &[&str]| {
        let played = commands
            .iter()
            .find(|played| played.args.starts_with(&args.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>()));
        let played = played.expect("it is played");
        (run(&arrived(), played, &[]), run(&arrived(), played, &["--json"]))
    };
    for args in [
        &["profile", "list"][..],
        &["profile", "show"],
        &["vault", "slots"],
        &["vault", "history"],
        &["vault", "conflicts"],
        &["expiring"],
        &["import"],
    ] {
        let (shown, json) = found(args);
        assert!(shown.stdout.contains("\\u{1b}]52;c;"), "{args:?}: {}{}", shown.stdout, shown.stderr);
        let value: Value = serde_json::from_str(&json.stdout).expect("an object");
        assert!(holds(&value), "{args:?}: {}", json.stdout);
    }
}

/// Whether the value is the hostile text itself, somewhere.
fn holds(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains("\u{1b}]52;c;ZXZpbA==\u{7}"),
        Value::Array(list) => list.iter().any(holds),
        Value::Object(members) => members.values().any(holds),
        _ => false,
    }
}

/// A command that is added later is played as well.
#[test]
fn every_command_is_played() {
    let program = Program::with_vault();
    let of = |parent: &[&str]| -> Vec<String> {
        let help = program.run(&[parent, &["--help"]].concat(), "").expect(0).stdout;
        let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
        let is_name = |line: &&str| line.starts_with("  ") && !line.starts_with("   ");
        let names = listed.filter(is_name).filter_map(|line| line.split_whitespace().next());
        names.filter(|name| *name != "help").map(str::to_owned).collect()
    };
    let folder = tempfile::tempdir().expect("a folder");
    let played = commands(folder.path().to_str().expect("a name"));
    let commands = of(&[]);
    assert!(commands.len() > 9, "{commands:?}");
    for command in commands {
        let inner = of(&[&command]);
        let is_played = |path: &[&str]| played.iter().any(|it| it.args.iter().zip(path).all(|(arg, part)| arg == part));
        if inner.is_empty() {
            assert!(is_played(&[&command]), "{command}");
        }
        for name in inner {
            assert!(is_played(&[&command, &name]), "{command} {name}");
        }
    }
}

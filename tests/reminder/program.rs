//! The real programs in a home of their own.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use a365_password_tool::profile::{Profile, SecretText};
use a365_password_tool::vault::{KdfParameters, Vault};
use serde_json::Value;
use tempfile::TempDir;
use uuid::Uuid;

use crate::policy::{at, day};

const PASSPHRASE: &str = "four random words here";

struct Home {
    folder: TempDir,
}

struct Answer {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Answer {
    #[track_caller]
    fn expect(self, code: i32) -> Answer {
        assert_eq!(self.code, Some(code), "stdout: {}\nstderr: {}", self.stdout, self.stderr);
        self
    }

    fn json(&self) -> Value {
        assert!(self.stdout.starts_with("{\"schema\":1,"), "{}", self.stdout);
        serde_json::from_str(&self.stdout).expect("one object")
    }
}

fn home() -> Home {
    let home = Home { folder: tempfile::tempdir().expect("a folder") };
    Vault::create(&home.vault(), &SecretText::from(PASSPHRASE), KdfParameters::minimum()).expect("a vault");
    fs::create_dir(home.folder.path().join("bin")).expect("a folder");
    home
}

impl Home {
    fn vault(&self) -> PathBuf {
        self.folder.path().join("team.a365vault")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The program, with programs of the test's own first, without a desktop and without a terminal.
    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        for name in ["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "APPDATA", "LOCALAPPDATA", "XDG_RUNTIME_DIR"] {
            command.env(name, self.folder.path());
        }
        for name in ["DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY"] {
            command.env_remove(name);
        }
        command.env("PATH", format!("{}:/usr/bin:/bin", self.path("bin").display()));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn cli(&self, args: &[&str], stdin: &str) -> Answer {
        let mut command = self.command(assert_cmd::cargo::cargo_bin!("a365-password-cli"));
        command.arg("--vault").arg(self.vault()).args(args);
        finish(command, stdin)
    }

    fn open(&self, args: &[&str]) -> Answer {
        self.cli(&[args, &["--passphrase-stdin"]].concat(), &format!("{PASSPHRASE}\n"))
    }

    fn add(&self, name: &str, expires: &str) {
        let url = "https://contoso.crm4.dynamics.com";
        let id = "11112222-aaaa-3333-bbbb-4444cccc5555";
        let fixed = ["profile", "add", name, "--url", url, "--client-id", id, "--secret-stdin", "--passphrase-stdin"];
        let date: &[&str] = if expires.is_empty() { &[] } else { &["--expires", expires] };
        self.cli(&[&fixed, date].concat(), &format!("{PASSPHRASE}\nshort;lived\n")).expect(0);
    }
}

fn finish(mut command: Command, stdin: &str) -> Answer {
    let mut child = command.spawn().expect("the program starts");
    let _ = child.stdin.take().expect("a pipe").write_all(stdin.as_bytes());
    let output = child.wait_with_output().expect("the program ends");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Answer { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

#[test]
fn expiring_needs_no_passphrase_once_the_vault_was_saved() {
    let home = home();
    let answer = home.cli(&["expiring"], "").expect(3);
    assert!(answer.stderr.contains("is not in the reminder index"), "{}", answer.stderr);
    home.add("Old", "2001-02-03");
    home.add("Far", "2999-12-31");
    home.add("Undated", "");
    let answer = home.cli(&["expiring", "--json"], "").expect(2).json();
    assert_eq!(answer["profiles"][0]["name"], "Old");
    assert_eq!((&answer["checked"], &answer["source"]), (&Value::from(3), &Value::from("index")));
    assert_eq!(answer["without_date"], serde_json::json!(["Undated"]));
    assert_eq!(answer["vault_state"], "unchanged");
    home.cli(&["expiring", "--format", "nagios"], "").expect(2);
    home.open(&["profile", "set", "Old", "--expires", "2999-01-01"]).expect(0);
    let answer = home.cli(&["expiring"], "").expect(0);
    assert_eq!((answer.stdout.trim(), answer.stderr.lines().count()), ("No client secret expires within 30 days.", 1));
    home.open(&["profile", "remove", "Undated"]).expect(0);
    assert_eq!(home.cli(&["expiring", "--format", "csv"], "").expect(0).stdout, "name,expires,days_left,state\n");
    let same = home.open(&["expiring", "--json"]).expect(0).json();
    assert_eq!(same.get("source"), None, "the vault's own answer is as ever");
}

#[test]
fn a_vault_that_is_gone_changed_or_unreadable_is_said() {
    let home = home();
    home.add("Far", "2999-12-31");
    let saved = fs::read(home.vault()).expect("the vault");
    // Somebody else saves it, on another computer.
    let mut vault = Vault::open(&home.vault(), &SecretText::from(PASSPHRASE)).expect("opened");
    let fill = vault.update(|contents| {
        let mut profile = Profile::new(Uuid::from_u128(9), "New", at("2026-01-01T00:00"));
        profile.secret_expires = Some(day("2001-02-03"));
        contents.put(profile)
    });
    fill.expect("saved");
    let answer = home.cli(&["expiring", "--json"], "").expect(3);
    assert_eq!(answer.json()["vault_state"], "newer");
    assert!(answer.stderr.contains("saved elsewhere after"), "{}", answer.stderr);
    home.open(&["profile", "list"]).expect(0);
    assert_eq!(home.cli(&["expiring", "--json"], "").expect(2).json()["vault_state"], "unchanged", "opened once");
    // Somebody puts the copy of before back.
    fs::write(home.vault(), &saved).expect("an older copy");
    let answer = home.cli(&["expiring", "--json"], "").expect(2);
    assert_eq!(answer.json()["vault_state"], "older");
    assert_eq!(answer.json()["profiles"][0]["name"], "New", "the index does not go back");
    assert!(answer.stderr.contains("is an older copy of the vault"), "{}", answer.stderr);
    assert!(!answer.stderr.contains("saved elsewhere"), "{}", answer.stderr);
    fs::write(home.vault(), &saved[..100]).expect("cut");
    assert_eq!(home.cli(&["expiring", "--json"], "").expect(2).json()["vault_state"], "unreadable");
    fs::remove_file(home.vault()).expect("removed");
    let answer = home.cli(&["expiring", "--json"], "").expect(2);
    assert_eq!(answer.json()["vault_state"], "missing");
    home.cli(&["remind", "--forget"], "").expect(0);
    home.cli(&["expiring"], "").expect(3);
}

#[test]
fn a_damaged_index_is_unknown_to_a_monitoring_system() {
    let home = home();
    home.add("Far", "2999-12-31");
    fs::write(home.path("a365passwordtool/reminders.index"), "{").expect("damaged");
    let answer = home.cli(&["expiring", "--format", "nagios"], "").expect(3);
    assert!(answer.stdout.starts_with("CLIENT SECRETS UNKNOWN - The reminder index "), "{}", answer.stdout);
}

#[test]
fn a_profiles_own_days_and_snooze_are_kept() {
    let home = home();
    home.add("Contoso", "2999-12-31");
    let set =
        |more: &[&str]| home.cli(&[&["remind", "--profile", "contoso", "--json"], more].concat(), "").expect(0).json();
    assert_eq!(set(&["--days", "7,90"])["days"], serde_json::json!([90, 7]));
    assert_eq!(set(&["--snooze", "2998-01-02"])["snoozed_until"], "2998-01-02");
    let both = set(&[]);
    assert_eq!((&both["days"][0], &both["snoozed_until"]), (&Value::from(90), &Value::from("2998-01-02")));
    assert_eq!(set(&["--days", "off"])["days"], serde_json::json!([]));
    assert_eq!(set(&["--days", "usual", "--snooze", "no"])["days"], Value::Null);
    home.cli(&["remind", "--profile", "Nobody"], "").expect(2);
    home.cli(&["remind", "--profile", "Contoso", "--days", "0"], "").expect(2);
    home.cli(&["remind", "--profile", "Contoso", "--install"], "").expect(2);
}

#[test]
fn a_calendar_holds_the_chosen_profiles_and_calls_off_the_removed_ones() {
    let home = home();
    home.add("Contoso, \"live\"", "2030-01-02");
    home.add("Fabrikam", "2030-02-03");
    home.add("Undated", "");
    let all = home.cli(&["calendar", "--all"], "").expect(0);
    assert_eq!(all.stdout.matches("BEGIN:VEVENT\r\n").count(), 12, "an event for each reminder");
    assert_eq!(all.stdout.matches("BEGIN:VALARM\r\n").count(), 12);
    assert!(all.stdout.ends_with("END:VCALENDAR\r\n") && all.stderr.contains("Undated"), "{}", all.stderr);
    let vaults = home.open(&["calendar", "--all"]).expect(0).stdout;
    let of = |text: &str, kinds: &[&str]| -> Vec<String> {
        let unfolded = text.replace("\r\n ", "");
        let lines = unfolded.split("\r\n").filter(|line| kinds.iter().any(|kind| line.starts_with(kind)));
        lines.map(str::to_owned).collect()
    };
    let facts = ["UID", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY", "TRIGGER"];
    assert_eq!(of(&vaults, &facts), of(&all.stdout, &facts), "the index and the vault say the same");
    assert!(
        of(&vaults, &["DESCRIPTION:The client secret of"])
            .iter()
            .all(|text| text.contains("https://portal.azure.com/"))
    );
    assert!(!all.stdout.contains("portal.azure.com") && all.stderr.contains("--passphrase-stdin"), "{}", all.stderr);
    let file = home.path("one.ics");
    let args = ["calendar", "fabrikam", "--json", "--output", file.to_str().expect("a name")];
    let answer = home.cli(&args, "").expect(0).json();
    assert_eq!((&answer["events"], &answer["reminders"]), (&Value::from(1), &Value::from(5)));
    assert!(fs::read_to_string(&file).expect("a file").contains("SUMMARY:Client secret expires: Fabrikam\r\n"));
    home.open(&["profile", "remove", "Fabrikam"]).expect(0);
    let off = home.cli(&["calendar", "--cancel"], "").expect(0).stdout;
    assert!(
        off.contains("METHOD:CANCEL\r\n") && off.matches("SUMMARY:Client secret expires: Fabrikam\r\n").count() == 20,
        "{off}"
    );
    home.cli(&["calendar"], "").expect(2);
    home.cli(&["calendar", "Nobody"], "").expect(2);
}

#[test]
fn a_handover_names_no_secret() {
    let home = home();
    home.add("Contoso", "2030-01-02");
    let mail = home.open(&["handover", "contoso"]).expect(0).stdout;
    assert!(mail.starts_with("Subject: Client secret expires on 2 January 2030: Contoso\n\nHello,\n"), "{mail}");
    assert!(!mail.contains("short;lived"));
    let sent = home.open(&["handover", "contoso", "--send", "--json"]).expect(2).json();
    assert_eq!(sent["error"]["code"], "webhook_missing");
}

#[test]
fn a_check_without_a_desktop_says_so_and_tells_later() {
    let home = home();
    let tool = assert_cmd::cargo::cargo_bin!("a365-password-tool");
    let remind = || {
        let mut command = home.command(tool);
        command.arg("--remind");
        finish(command, "")
    };
    assert_eq!(remind().expect(0).stderr, "", "nothing is known, nothing is due");
    home.add("Old", "2001-02-03");
    if cfg!(target_os = "linux") {
        let answer = remind().expect(3);
        assert!(answer.stderr.contains("This desktop cannot show notifications"), "{}", answer.stderr);
        let answer = home.cli(&["remind", "--json"], "").expect(3).json();
        assert_eq!(answer["notification"]["result"], "failed");
        assert_eq!((&answer["watched"], &answer["webhook"]["result"]), (&Value::from(1), &Value::from("off")));
    }
    fs::create_dir_all(home.path("a365passwordtool")).expect("a folder");
    fs::write(home.path("a365passwordtool/settings.toml"), "[reminders]\nnotify = false\n").expect("settings");
    remind().expect(0);
}

/// Writes a program that notes its arguments and ends with this code.
#[cfg(target_os = "linux")]
fn stub(home: &Home, name: &str, code: i32) {
    use std::os::unix::fs::PermissionsExt;
    let (path, log) = (home.path("bin").join(name), home.path("asked"));
    let text = format!("#!/bin/sh\necho \"{name} $*\" >> '{}'\nexit {code}\n", log.display());
    fs::write(&path, text).expect("a program");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("a program");
}

#[cfg(target_os = "linux")]
#[test]
fn the_switch_turns_the_check_on_and_off() {
    let home = home();
    home.add("Contoso", "2030-01-02");
    stub(&home, "systemctl", 0);
    assert_eq!(home.cli(&["remind", "--status", "--json"], "").expect(0).json()["schedule"], "off");
    let on = home.cli(&["remind", "--install", "--json"], "").expect(0).json();
    assert_eq!((&on["schedule"], &on["by"]), (&Value::from("on"), &Value::from("systemd_timer")));
    let asked = fs::read_to_string(home.path("asked")).expect("asked");
    assert!(asked.contains("systemctl --user reenable a365-password-tool-reminders.timer\n"), "{asked}");
    let status = home.cli(&["remind", "--status"], "").expect(0).stdout;
    assert!(status.starts_with("The check runs at sign-in and daily, by a systemd user timer.\n"), "{status}");
    assert!(status.contains("Watching 1 profile in "), "{status}");
    assert_eq!(home.cli(&["remind", "--uninstall", "--json"], "").expect(0).json()["schedule"], "off");
    stub(&home, "systemctl", 1);
    let on = home.cli(&["remind", "--install", "--json"], "").expect(0).json();
    assert_eq!((&on["schedule"], &on["by"]), (&Value::from("on"), &Value::from("autostart")));
    assert!(home.path("autostart/a365-password-tool-reminders.desktop").is_file());
}

#[test]
fn a_vault_too_large_for_the_index_is_named_by_everything_that_watches() {
    let home = home();
    home.add("Far", "2999-12-31");
    let index = home.path("a365passwordtool/reminders.index");
    let mut read: Value = serde_json::from_slice(&fs::read(&index).expect("the index")).expect("JSON");
    read["vaults"][0]["profiles"] = Value::Array(Vec::new());
    read["vaults"][0]["left_out"] = Value::from(500_000);
    fs::write(&index, read.to_string()).expect("written");
    let words = "is too large for reminders: the reminder index has no room for its 500000 profiles";
    let said = home.cli(&["expiring"], "").expect(3);
    assert!(said.stderr.contains(words), "{}", said.stderr);
    let said = home.cli(&["expiring", "--format", "nagios"], "").expect(3);
    assert!(said.stdout.starts_with("CLIENT SECRETS UNKNOWN"), "{}", said.stdout);
    let said = home.cli(&["remind", "--json"], "").expect(3);
    assert!(said.json()["unwatched"][0].as_str().is_some_and(|it| it.contains(words)), "{}", said.stdout);
    let said = home.cli(&["remind", "--status", "--json"], "").expect(0);
    assert!(said.json()["vaults"][0]["unwatched"].as_str().is_some_and(|it| it.contains(words)), "{}", said.stdout);
    // With the passphrase nothing is missing.
    assert_eq!(home.open(&["expiring", "--json"]).expect(0).json()["checked"], 1);
}

//! Backups and going back to them, by the command line.

use std::fs;

use serde_json::{Value, json};

use super::program::{PASSPHRASE, Program};

fn profile_names(program: &Program) -> Vec<Value> {
    let list = program.open(&["profile", "list", "--json"]).expect(0).json();
    list["profiles"].as_array().expect("a list").iter().map(|profile| profile["name"].clone()).collect()
}

fn listed(program: &Program) -> Vec<Value> {
    let answer = program.run(&["vault", "backups", "--json"], "").expect(0).json();
    answer["backups"].as_array().expect("a list").clone()
}

/// Save 2 adds A, save 3 adds B, save 4 changes A, save 5 removes B.
fn lived_with() -> Program {
    let program = Program::with_vault();
    program.add("A", "s3cret", &[]).expect(0);
    program.add("B", "s3cret", &[]).expect(0);
    program.open(&["profile", "set", "A", "--notes", "other", "--tenant", "contoso.com"]).expect(0);
    program.open(&["profile", "remove", "B"]).expect(0);
    program
}

#[test]
fn backups_are_listed_without_a_passphrase() {
    let program = Program::with_vault();
    assert_eq!(listed(&program), Vec::<Value>::new());
    let nothing = program.run(&["vault", "backups"], "").expect(0);
    assert!(nothing.stdout.contains("no backups"), "{}", nothing.stdout);
    program.add("A", "s3cret", &[]).expect(0);
    program.add("B", "s3cret", &[]).expect(0);
    let found = listed(&program);
    let numbers: Vec<_> = found.iter().map(|backup| backup["generation"].clone()).collect();
    assert_eq!(numbers, [json!(2), json!(1)], "newest first");
    for backup in &found {
        assert_eq!(backup["state"], "whole");
        let length = fs::metadata(backup["path"].as_str().expect("a path")).expect("the file").len();
        assert_eq!(backup["bytes"], length);
    }
    let table = program.run(&["vault", "backups"], "").expect(0).stdout;
    assert!(table.starts_with("SAVED") && table.contains(found[0]["name"].as_str().expect("a name")), "{table}");
}

#[test]
fn a_dry_run_tells_what_differs_and_changes_nothing() {
    let program = lived_with();
    let before = fs::read(program.vault()).expect("the vault");
    let answer = program.open(&["vault", "restore", "--backup", "3", "--dry-run", "--json"]).expect(0).json();
    assert_eq!((&answer["restored"], &answer["damaged_kept_at"]), (&json!(false), &json!(null)));
    let changed = json!([{"name": "A", "name_then": "A", "fields": ["tenant", "notes"]}]);
    let expected = json!({"added": [], "removed": ["B"], "changed": changed, "proxy_credentials_differ": false});
    assert_eq!(answer["difference"], expected);
    let text = program.open(&["vault", "restore", "--backup", "3", "--dry-run"]).expect(0).stdout;
    assert!(text.contains("restores B") && text.contains("changes A: tenant, notes"), "{text}");
    assert_eq!(fs::read(program.vault()).expect("the vault"), before);
}

#[test]
fn restore_goes_back_wholly_or_for_one_profile() {
    let program = lived_with();
    assert_eq!(profile_names(&program), [json!("A")]);
    let one = ["vault", "restore", "--backup", "3", "--profile", "b", "--json"];
    assert_eq!(program.open(&one).expect(0).json()["profile"], "B");
    assert_eq!(profile_names(&program), [json!("A"), json!("B")]);
    let a = program.open(&["profile", "show", "A", "--json"]).expect(0).json();
    assert_eq!(a["notes"], "other", "the others stay as they are");
    let name = listed(&program).last().expect("the oldest")["name"].as_str().expect("a name").to_owned();
    program.open(&["vault", "restore", "--backup", &name]).expect(0);
    assert_eq!(profile_names(&program), Vec::<Value>::new());
    program.open(&["vault", "restore"]).expect(0);
    assert_eq!(profile_names(&program), [json!("A"), json!("B")], "the newest backup takes it back");
}

#[test]
fn a_backup_that_is_not_there_and_a_profile_not_in_it_are_wrong_use() {
    let program = lived_with();
    for (more, code) in [
        (&["--backup", "99"][..], "backup_unknown"),
        (&["--backup", "2"], "no error"),
        (&["--backup", ""], "backup_unknown"),
        (&["--profile", "nobody"], "profile_unknown"),
    ] {
        let answer = program.open(&[&["vault", "restore", "--dry-run", "--json"], more].concat());
        let found = answer.json()["error"]["code"].as_str().unwrap_or("no error").to_owned();
        assert_eq!(found, code, "{more:?}");
        assert_eq!(answer.code, Some(if code == "no error" { 0 } else { 2 }));
    }
    let year = listed(&program)[0]["name"].as_str().expect("a name")[..4].to_owned();
    let many = program.open(&["vault", "restore", "--backup", &format!("{year}1"), "--json"]);
    // A year and the first digit of the month fit all four.
    assert!(many.code == Some(2), "{}", many.stdout);
}

#[test]
fn a_damaged_vault_is_restored_with_its_passphrase_and_kept_beside() {
    let program = lived_with();
    let whole = fs::read(program.vault()).expect("the vault");
    let cut = &whole[..whole.len() / 2];
    fs::write(program.vault(), cut).expect("damaged");
    let refused = program.open(&["profile", "list"]).expect(3);
    assert!(refused.stderr.contains("vault restore"), "{}", refused.stderr);
    let wrong = program.run(&["vault", "restore", "--passphrase-stdin", "--json"], "not the passphrase\n").expect(1);
    assert_eq!(wrong.json()["error"]["code"], "wrong_passphrase");
    assert_eq!(fs::read(program.vault()).expect("the vault"), cut, "untouched");
    let one = program.open(&["vault", "restore", "--profile", "A", "--json"]).expect(2);
    assert_eq!(one.json()["error"]["code"], "vault_damaged");
    let dry = program.open(&["vault", "restore", "--dry-run", "--json"]).expect(0).json();
    assert_eq!((&dry["restored"], &dry["difference"]), (&json!(false), &json!(null)));
    assert_eq!(fs::read(program.vault()).expect("the vault"), cut, "untouched");
    let answer = program.open(&["vault", "restore", "--json"]).expect(0).json();
    let kept = answer["damaged_kept_at"].as_str().expect("a path");
    assert_eq!(fs::read(kept).expect("the damaged file"), cut);
    assert_eq!(profile_names(&program), [json!("A"), json!("B")]);
    fs::remove_file(program.vault()).expect("gone");
    program.run(&["vault", "restore", "--passphrase-stdin"], &format!("{PASSPHRASE}\n")).expect(0);
    assert_eq!(profile_names(&program), [json!("A"), json!("B")]);
}

#[test]
fn a_backup_that_cannot_be_kept_is_told_and_stops_nothing() {
    let program = Program::with_vault();
    let folder = a365_password_tool::vault::backups_folder(&program.vault());
    fs::write(&folder, "a file where the folder belongs").expect("in the way");
    let answer = program.add("A", "s3cret", &["--json"]).expect(0);
    assert!(answer.stderr.contains("could not be stored as a backup"), "{}", answer.stderr);
    assert_eq!(profile_names(&program), [json!("A")]);
}

#[test]
fn a_vault_that_git_took_for_text_is_named_and_repaired() {
    let program = lived_with();
    let whole = fs::read(program.vault()).expect("the vault");
    let refused = program.run(&["vault", "repair", "--json"], "").expect(2).json();
    assert_eq!(refused["error"]["code"], "vault_not_damaged");
    let crlf: Vec<u8> =
        whole.iter().flat_map(|byte| if *byte == b'\n' { vec![b'\r', b'\n'] } else { vec![*byte] }).collect();
    fs::write(program.vault(), &crlf).expect("written");
    let error = program.open(&["profile", "list", "--json"]).expect(3).json();
    assert_eq!(error["error"]["code"], "vault_damaged");
    let message = error["error"]["message"].as_str().expect("a message");
    for part in ["LF to CRLF", "git (core.autocrlf)", "“vault repair”", ".gitattributes"] {
        assert!(message.contains(part), "{part}: {message}");
    }
    let answer = program.run(&["vault", "repair", "--json"], "").expect(0).json();
    assert_eq!(answer["schema"], 1);
    let kept = answer["damaged_kept_at"].as_str().expect("a path");
    assert_eq!(fs::read(kept).expect("the damaged file"), crlf);
    assert_eq!(fs::read(program.vault()).expect("the vault"), whole);
    assert_eq!(profile_names(&program), ["A"]);
    fs::write(program.vault(), [b"\xef\xbb\xbf", &whole[..]].concat()).expect("written");
    let text = program.run(&["vault", "repair"], "").expect(0).stdout;
    assert!(text.contains("Repaired the vault") && text.contains("The damaged file was saved as"), "{text}");
    fs::write(program.vault(), String::from_utf8_lossy(&whole).as_bytes()).expect("written");
    let lost = program.run(&["vault", "repair", "--json"], "").expect(3).json();
    let message = lost["error"]["message"].as_str().expect("a message");
    assert!(message.contains("Some of its bytes are lost") && message.contains("“vault restore”"), "{message}");
}

//! The ways to open a vault, from the command line.

use std::fs;

use super::forge;
use super::program::{PASSPHRASE, Program};
use a365_password_tool::profile::SecretText;
use serde_json::{Value, json};

const NEW: &str = "five other random words here";

fn kinds(answer: &Value) -> Vec<String> {
    let slots = answer["slots"].as_array().expect("a list");
    slots.iter().map(|slot| slot["kind"].as_str().expect("a kind").to_owned()).collect()
}

#[test]
fn a_recovery_key_is_made_and_sets_a_new_passphrase() {
    let program = Program::with_vault();
    program.add("A", "s3cret", &[]).expect(0);
    let made = program.open(&["vault", "add-recovery-key", "--json"]).expect(0).json();
    let key = made["recovery_key"].as_str().expect("a key").to_owned();
    assert_eq!((key.len(), &made["sheet"]), (39, &Value::Null));

    let mut mistyped = key.to_lowercase().replace('-', " ");
    mistyped.replace_range(0..1, if key.starts_with('Q') { "p" } else { "q" });
    let args = ["vault", "set-passphrase", "--recovery-key-stdin", "--new-passphrase-stdin", "--json"];
    let set = program.run(&args, &format!("{mistyped}\n{NEW}\n")).expect(0);
    assert!(set.stderr.contains("group 1 was corrected"), "{}", set.stderr);
    let slots = set.json();
    assert_eq!(kinds(&slots), ["passphrase", "recovery-key"]);
    assert_eq!(slots["slots"][1]["opened_with"], true);
    let memory = slots["slots"][0]["kdf"]["memory_kib"].as_u64().expect("a number");
    assert_eq!(memory, 65536, "a new passphrase costs what this computer bears, whatever the old one did");

    assert_eq!(program.open(&["profile", "list", "--json"]).expect(1).json()["error"]["code"], "wrong_passphrase");
    let listed = program.run(&["profile", "list", "--passphrase-stdin", "--json"], &format!("{NEW}\n")).expect(0);
    assert_eq!(listed.json()["profiles"][0]["name"], "A");
    let by_key = program.run(&["profile", "list", "--recovery-key-stdin", "--json"], &format!("{key}\n")).expect(0);
    assert_eq!(by_key.json(), listed.json());
}

#[test]
fn the_reminder_index_follows_a_change_of_the_slots() {
    let program = Program::with_vault();
    program.add("A", "s3cret", &["--expires", "2099-12-31"]).expect(0);
    let state = || {
        let known = program.run(&["expiring", "--from-index", "--json"], "").expect(0).json();
        known["vault_state"].as_str().expect("a state").to_owned()
    };
    assert_eq!(state(), "unchanged");
    program.open(&["vault", "add-recovery-key"]).expect(0);
    assert_eq!(state(), "unchanged");
    let args = ["vault", "add-passphrase", "--passphrase-stdin", "--new-passphrase-stdin"];
    program.run(&args, &format!("{PASSPHRASE}\n{NEW}\n")).expect(0);
    assert_eq!(state(), "unchanged");
}

#[test]
fn a_wrong_or_mistyped_recovery_key_is_bad_news() {
    let program = Program::with_vault();
    let read = |key: &str| {
        let answer = program.run(&["profile", "list", "--recovery-key-stdin", "--json"], &format!("{key}\n")).expect(1);
        (answer.json()["error"]["code"].as_str().expect("a code").to_owned(), answer.stderr)
    };
    assert_eq!(read("QQQQ-QQQQ-QQQQ-QQQQ-QQQQ-QQQQ-QQCZ-X8VR").0, "wrong_recovery_key");
    let (code, told) = read("QQQQ-QQQQ-QQQQ-QQQQ-QQQQ-QQQQ-QQCZ-X8V");
    assert!(code == "recovery_key_mistyped" && told.contains("one is missing"), "{told}");
    let (code, told) = read("QPQQ-QQQQ-QPQQ-QQQQ-QQQQ-QQQQ-QQCZ-X8VR");
    assert!(code == "recovery_key_mistyped" && told.contains("groups 1 and 3"), "{told}");
}

#[test]
fn the_sheet_is_private_new_and_in_place_of_the_answer() {
    let program = Program::with_vault();
    let sheet = program.vault().with_file_name("sheet.html");
    let path = sheet.to_str().expect("a name");
    let args = ["vault", "add-recovery-key", "--sheet", path, "--json"];
    let answer = program.open(&args).expect(0);
    assert_eq!(answer.json(), json!({"schema": 1, "recovery_key": null, "sheet": path}));
    let page = fs::read_to_string(&sheet).expect("the sheet");
    assert!(page.contains("test.a365vault") && page.contains("<pre>"));
    let start = page.find("<pre>\n").expect("the key") + 6;
    let key = page[start..start + 40].replace('\n', " ");
    assert!(!answer.stdout.contains(&key[..4]));
    let by_key = program.run(&["vault", "info", "--recovery-key-stdin", "--json"], &format!("{key}\n")).expect(0);
    assert_eq!(by_key.json()["profile_count"], 0);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(sheet.metadata().expect("the sheet").permissions().mode() & 0o777, 0o600);
    }
    let vault = fs::read(program.vault()).expect("the vault");
    assert_eq!(program.open(&args).expect(3).json()["error"]["code"], "sheet");
    assert_eq!(fs::read_to_string(&sheet).expect("the sheet"), page, "a file is never overwritten");
    assert_eq!(fs::read(program.vault()).expect("the vault"), vault, "and the key in it still opens the vault");
}

#[test]
fn passphrases_are_added_listed_changed_and_removed() {
    let program = Program::with_vault();
    let args = ["vault", "add-passphrase", "--label", "night shift", "--new-passphrase-stdin", "--passphrase-stdin"];
    program.run(&args, &format!("{PASSPHRASE}\n{NEW}\n")).expect(0);
    let shown = program.open(&["vault", "slots"]).expect(0);
    assert!(shown.stdout.contains("night shift") && shown.stdout.contains("used for this session"), "{}", shown.stdout);
    let list = program.open(&["vault", "slots", "--json"]).expect(0).json();
    let labels: Vec<_> = list["slots"].as_array().expect("a list").iter().map(|slot| slot["label"].clone()).collect();
    assert_eq!(labels, ["", "night shift"]);

    let third = "a third passphrase of words";
    let args = ["vault", "set-passphrase", "--passphrase-stdin", "--new-passphrase-stdin", "--json"];
    let changed = program.run(&args, &format!("{NEW}\n{third}\n")).expect(0).json();
    assert_eq!(changed["slots"][1]["label"], "night shift");
    let short = program.run(&args, &format!("{third}\nshort\n")).expect(2).json();
    assert_eq!(short["error"]["code"], "passphrase_too_short");

    let id = changed["slots"][1]["id"].as_str().expect("an id").to_owned();
    assert_eq!(
        program.open(&["vault", "remove-slot", "3", "--json"]).expect(2).json()["error"]["code"],
        "slot_unknown"
    );
    let left = program.open(&["vault", "remove-slot", &id, "--json"]).expect(0).json();
    assert_eq!(left["slots"].as_array().map(Vec::len), Some(1));
    program.run(&["profile", "list", "--passphrase-stdin"], &format!("{third}\n")).expect(1);
    assert_eq!(program.open(&["vault", "remove-slot", "1", "--json"]).expect(2).json()["error"]["code"], "own_way_in");
}

#[test]
fn this_account_is_not_asked_for_what_it_does_not_have() {
    let program = Program::with_vault();
    let mut command = program.command(&["profile", "list", "--this-account", "--json"]);
    command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
    let answer = super::program::finish(command, "").expect(1);
    assert_eq!(answer.json()["error"]["code"], "account_unknown");
    let both = program.run(&["profile", "list", "--this-account", "--passphrase-stdin"], "").expect(2);
    assert!(both.stderr.contains("cannot be used with"), "{}", both.stderr);
}

#[cfg(target_os = "linux")]
#[test]
fn without_a_keyring_an_account_cannot_be_added_and_the_vault_stays_as_it_was() {
    let program = Program::with_vault();
    let before = fs::read(program.vault()).expect("the vault");
    let mut command = program.command(&["vault", "add-account", "--passphrase-stdin", "--json"]);
    command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
    let answer = super::program::finish(command, &format!("{PASSPHRASE}\n")).expect(3);
    assert_eq!(answer.json()["error"]["code"], "account_store");
    assert!(answer.stderr.contains("Secret Service"), "{}", answer.stderr);
    assert_eq!(fs::read(program.vault()).expect("the vault"), before);
}

#[test]
fn a_recovery_key_as_an_argument_is_refused() {
    let program = Program::with_vault();
    let answer = program.run(&["vault", "info", "--recovery-key=QQQQ", "--json"], "").expect(2);
    assert_eq!(answer.json()["error"]["code"], "secret_argument");
}

/// A vault to which Frank, with `NEW`, has added the night shift's passphrase.
fn with_what_frank_added() -> Program {
    let program = Program::with_vault();
    let add = |label: &str, typed: &str, new: &str| {
        let args = ["vault", "add-passphrase", "--label", label, "--passphrase-stdin", "--new-passphrase-stdin"];
        program.run(&args, &format!("{typed}\n{new}\n")).expect(0);
    };
    add("Frank", PASSPHRASE, NEW);
    add("night shift", NEW, NIGHT);
    program
}

const NIGHT: &str = "the words of the night shift";

fn opens(program: &Program, passphrase: &str) -> bool {
    program.run(&["vault", "slots", "--passphrase-stdin"], &format!("{passphrase}\n")).code == Some(0)
}

/// The command is refused until somebody has reviewed what it names, and changes nothing.
#[track_caller]
fn review_needed(program: &Program, args: &[&str], stdin: &str) -> String {
    let before = fs::read(program.vault()).expect("the vault");
    let answer = program.run(&[args, &["--json"]].concat(), stdin).expect(2);
    assert_eq!(answer.json()["error"]["code"], "review_needed");
    assert_eq!(fs::read(program.vault()).expect("the vault"), before, "nothing was changed");
    answer.json()["error"]["message"].as_str().expect("a message").to_owned()
}

#[test]
fn who_removes_an_unlock_method_reviews_what_it_has_added() {
    let program = with_what_frank_added();
    let (remove, typed) = (["vault", "remove-slot", "2", "--passphrase-stdin"], format!("{PASSPHRASE}\n"));
    let said = review_needed(&program, &remove, &typed);
    assert!(
        said.contains("passphrase of night shift, added by Frank") && !said.contains("passphrase of Frank"),
        "{said}"
    );
    let shown = program.run(&[&remove[..], &["--reviewed"]].concat(), &typed).expect(0).stdout;
    assert!(shown.contains("These unlock methods remain.") && shown.contains("night shift"), "{shown}");
    assert!(opens(&program, NIGHT) && !opens(&program, NEW));

    let program = with_what_frank_added();
    program.run(&[&remove[..], &["--also", "3"]].concat(), &typed).expect(0);
    assert!(opens(&program, PASSPHRASE) && !opens(&program, NIGHT) && !opens(&program, NEW));
}

#[test]
fn who_replaces_a_passphrase_reviews_what_was_added_with_it() {
    let program = with_what_frank_added();
    let change = ["vault", "set-passphrase", "--passphrase-stdin", "--new-passphrase-stdin"];
    let other = "quite another set of words";
    let typed = format!("{NEW}\n{other}\n");
    let said = review_needed(&program, &change, &typed);
    assert!(said.contains("passphrase of night shift, added by Frank"), "{said}");
    let shown = program.run(&[&change[..], &["--reviewed"]].concat(), &typed).expect(0).stdout;
    assert!(shown.contains("These unlock methods remain.") && shown.contains("night shift"), "{shown}");
    assert!(opens(&program, NIGHT) && opens(&program, other) && !opens(&program, NEW));

    // Who added it is not known any longer, which is doubtful as well.
    let typed = format!("{other}\n{NEW}\n");
    let said = review_needed(&program, &change, &typed);
    assert!(said.contains("night shift, added by an unlock method that has since been removed"), "{said}");
    program.run(&[&change[..], &["--also", "3"]].concat(), &typed).expect(0);
    assert!(opens(&program, PASSPHRASE) && opens(&program, NEW) && !opens(&program, NIGHT));
}

#[test]
fn who_replaces_the_recovery_key_reviews_what_was_added_with_it() {
    let program = Program::with_vault();
    let create = ["vault", "add-recovery-key", "--passphrase-stdin"];
    let typed = format!("{PASSPHRASE}\n");
    let first = program.run(&create, &typed).expect(0);
    assert!(!first.stderr.contains("remain"), "nothing was replaced: {}", first.stderr);
    let former = first.stdout.trim().to_owned();
    let args = ["vault", "add-passphrase", "--label", "night shift", "--recovery-key-stdin", "--new-passphrase-stdin"];
    program.run(&args, &format!("{former}\n{NIGHT}\n")).expect(0);

    let said = review_needed(&program, &create, &typed);
    assert!(said.contains("passphrase of night shift, added by"), "{said}");
    let sheet = program.vault().with_file_name("sheet.html");
    let with_sheet = [&create[..], &["--sheet", sheet.to_str().expect("a name")]].concat();
    review_needed(&program, &with_sheet, &typed);
    assert!(!sheet.exists(), "there is no new key to write down");
    let with_key =
        |key: &str| program.run(&["vault", "slots", "--recovery-key-stdin"], &format!("{key}\n")).code == Some(0);
    assert!(with_key(&former));

    let second = program.run(&[&create[..], &["--reviewed"]].concat(), &typed).expect(0);
    assert!(second.stderr.contains("These unlock methods remain.") && second.stderr.contains("night shift"));
    let key = second.stdout.trim().to_owned();
    assert_eq!(key.len(), 39, "the answer is the key and nothing else: {}", second.stdout);
    assert!(with_key(&key) && !with_key(&former) && opens(&program, NIGHT));
    program.run(&[&create[..], &["--also", "2"]].concat(), &typed).expect(0);
    assert!(!opens(&program, NIGHT) && !with_key(&key));
}

#[test]
fn a_method_of_an_unknown_kind_goes_only_after_somebody_has_reviewed_it() {
    let passphrase = SecretText::from(PASSPHRASE);
    let with_unknown = || {
        let program = Program::with_vault();
        let data_key = [42; 32];
        let mut unknown = forge::recovery_slot(&[1; 16], &data_key);
        unknown["kind"] = "smart-card".into();
        let slots = format!("{},{unknown}", forge::passphrase_slot(&passphrase, &data_key));
        let forged = forge::Forge { slots, ..forge::Forge::new(&passphrase, "{\"profiles\":[]}") };
        fs::write(program.vault(), forged.file()).expect("a forged file");
        program
    };
    let change = ["vault", "set-passphrase", "--passphrase-stdin", "--new-passphrase-stdin"];
    let typed = format!("{PASSPHRASE}\n{NEW}\n");
    let program = with_unknown();
    // What creates no new keys needs no review.
    let added = program.open(&["vault", "add-recovery-key"]).expect(0);
    assert!(!added.stderr.contains("remain"), "{}", added.stderr);
    for args in [&change[..], &["vault", "remove-slot", "3", "--passphrase-stdin"]] {
        let said = review_needed(&program, args, &typed);
        assert!(said.contains("would be removed as well") && said.contains("unknown (newer version)"), "{said}");
    }
    let keep = [&change[..], &["--keep", "2"]].concat();
    let said = review_needed(&program, &keep, &typed);
    assert!(said.contains("would remain") && !said.contains("would be removed"), "{said}");
    let kept = program.run(&[&keep[..], &["--reviewed", "--json"]].concat(), &typed).expect(0).json();
    assert_eq!(kinds(&kept), ["passphrase", "unknown", "recovery-key"]);

    let program = with_unknown();
    let dropped = program.run(&[&change[..], &["--reviewed", "--json"]].concat(), &typed).expect(0).json();
    assert_eq!(kinds(&dropped), ["passphrase"]);
}

//! What commands do to a vault, and what they never do.

use std::fs;
use std::io::Read;

use super::program::{PASSPHRASE, Program, finish};
use serde_json::json;

#[test]
fn a_new_vault_never_replaces_a_file() {
    let program = Program::with_vault();
    let before = fs::read(program.vault()).expect("the vault");
    let answer =
        program.run(&["vault", "create", "--passphrase-stdin", "--json"], "another good passphrase\n").expect(2);
    assert_eq!(answer.json()["error"]["code"], "vault_exists");
    assert_eq!(fs::read(program.vault()).expect("the vault"), before);
}

#[test]
fn a_created_vault_has_the_asked_for_cost_and_opens() {
    let program = Program::with_vault();
    fs::remove_file(program.vault()).expect("removed");
    let args =
        ["vault", "create", "--passphrase-stdin", "--memory-mib", "20", "--passes", "3", "--lanes", "2", "--json"];
    program.run(&args, &format!("{PASSPHRASE}\n")).expect(0);
    let info = program.open(&["vault", "info", "--json"]).expect(0).json();
    let kdf = json!({"algorithm": "argon2id", "memory_kib": 20480, "passes": 3, "lanes": 2});
    assert_eq!(info["slots"], json!([{"kind": "passphrase", "kdf": kdf}]));
    assert_eq!(info["profile_count"], 0);
    fs::remove_file(program.vault()).expect("removed");
    let weak = ["vault", "create", "--passphrase-stdin", "--memory-mib", "1", "--json"];
    assert_eq!(program.run(&weak, &format!("{PASSPHRASE}\n")).expect(2).json()["error"]["code"], "kdf_out_of_range");
}

#[test]
fn a_wrong_passphrase_is_bad_news_and_a_damaged_vault_is_broken() {
    let program = Program::with_vault();
    program.add("A", "s3cret", &[]).expect(0);
    let wrong = program.run(&["profile", "list", "--passphrase-stdin", "--json"], "not the passphrase\n").expect(1);
    assert_eq!(wrong.json()["error"]["code"], "wrong_passphrase");
    let whole = fs::read(program.vault()).expect("the vault");
    let mut flipped = whole.clone();
    flipped[whole.len() - 40] ^= 1;
    for (what, bytes) in [("flipped", flipped), ("cut", whole[..whole.len() / 2].to_vec()), ("empty", Vec::new())] {
        fs::write(program.vault(), &bytes).expect("written");
        for args in [&["profile", "list", "--json"][..], &["check", "--all", "--json"], &["expiring", "--json"]] {
            let answer = program.open(args).expect(3);
            let code = answer.json()["error"]["code"].as_str().unwrap_or_default().to_owned();
            assert!(code.contains("vault"), "{what}: {code}");
        }
        let kept = fs::read(program.vault()).expect("the vault");
        assert_eq!(kept, bytes, "a {what} vault stays as it is");
    }
}

#[test]
fn a_taken_name_is_refused_whatever_its_case() {
    let program = Program::with_vault();
    program.add("Contoso", "s3cret", &[]).expect(0);
    let answer = program.add("CONTOSO", "0ther", &["--json"]).expect(2);
    assert_eq!(answer.json()["error"]["code"], "name_taken");
    program.add("Fabrikam", "s3cret", &[]).expect(0);
    let rename = program.open(&["profile", "set", "Fabrikam", "--rename", "contoso", "--json"]).expect(2);
    assert_eq!(rename.json()["error"]["code"], "name_taken");
    let list = program.open(&["profile", "list", "--json"]).expect(0).json();
    assert_eq!(list["profiles"].as_array().map(Vec::len), Some(2));
}

#[test]
fn set_changes_what_is_named_and_nothing_else() {
    let program = Program::with_vault();
    program
        .add("A", "s3cret", &["--tenant", "contoso.com", "--expires", "2030-01-02", "--tag", "x", "--tag", "y"])
        .expect(0);
    let before = program.open(&["profile", "show", "A", "--reveal", "--json"]).expect(0).json();
    let slip = program.open(&["profile", "set", "a", "--expires", "1027-05-31"]);
    assert!(slip.expect(2).stderr.contains("31 May 1027 is not a likely expiry date. Check the year."));
    program.open(&["profile", "set", "a", "--rename", "B", "--expires", "2031-01-02", "--tag", ""]).expect(0);
    let after = program.open(&["profile", "show", "B", "--reveal", "--json"]).expect(0).json();
    let mut expected = before.clone();
    for (key, value) in [("name", json!("B")), ("expires", json!("2031-01-02")), ("tags", json!([]))] {
        expected[key] = value;
    }
    for key in ["days_left", "modified"] {
        expected[key] = after[key].clone();
    }
    assert_eq!(after, expected);
    let new_secret = ["profile", "set", "B", "--secret-stdin", "--tenant", "", "--passphrase-stdin"];
    let answer = program.run(&new_secret, &format!("{PASSPHRASE}\nn3w\n")).expect(0);
    assert!(answer.stderr.contains("--expires"), "a new secret has a new date: {}", answer.stderr);
    let after = program.open(&["profile", "show", "B", "--reveal", "--json"]).expect(0).json();
    assert_eq!((&after["client_secret"], &after["tenant"]), (&json!("n3w"), &json!(null)));
    let bad_date = program.open(&["profile", "set", "B", "--expires", "31.12.30", "--json"]).expect(2);
    assert_eq!(bad_date.json()["error"]["code"], "date_invalid");
}

#[test]
fn tags_and_dates_are_read_as_the_window_reads_them() {
    let program = Program::with_vault();
    let tags = ["--tag", " Production", "--tag", "production,Zürich", "--tag", "ZÜRICH"];
    program.add("A", "s3cret", &[&["--expires", "2030/1/2"][..], &tags].concat()).expect(0);
    let shown = program.open(&["profile", "show", "A", "--json"]).expect(0).json();
    assert_eq!((&shown["tags"], &shown["expires"]), (&json!(["Production", "Zürich"]), &json!("2030-01-02")));
    program.open(&["profile", "set", "A", "--expires", "2031.01.02", "--tag", "x", "--tag", "X"]).expect(0);
    let shown = program.open(&["profile", "show", "A", "--json"]).expect(0).json();
    assert_eq!((&shown["tags"], &shown["expires"]), (&json!(["x"]), &json!("2031-01-02")));
    for wrong in ["01/02/2030", "2030-13-01", "31.12.30"] {
        let refused = program.add("B", "s3cret", &["--expires", wrong, "--json"]).expect(2);
        assert!(refused.stdout.contains("Enter the date as YYYY-MM-DD"), "{wrong}: {}", refused.stdout);
    }
}

#[test]
fn remove_takes_one_profile_out() {
    let program = Program::with_vault();
    for name in ["A", "B"] {
        program.add(name, "s3cret", &[]).expect(0);
    }
    assert_eq!(program.open(&["profile", "remove", "a", "--json"]).expect(0).json()["name"], "A");
    assert_eq!(
        program.open(&["profile", "remove", "A", "--json"]).expect(2).json()["error"]["code"],
        "profile_unknown"
    );
    let list = program.open(&["profile", "list", "--json"]).expect(0).json();
    assert_eq!(list["profiles"][0]["name"], "B");
}

#[test]
fn one_bad_profile_never_stops_the_others_and_each_result_is_kept() {
    let program = Program::with_vault();
    for name in ["B", "A", "C"] {
        program.add(name, "s3cret", &[]).expect(0);
    }
    let answer = program.open(&["check", "C", "A", "c", "--json"]).expect(1).json();
    let names: Vec<_> =
        answer["results"].as_array().expect("results").iter().map(|one| one["profile"].clone()).collect();
    assert_eq!(names, [json!("C"), json!("A")], "in the order asked for, each once");
    assert_eq!(answer["results"][0]["stage"], "tenant", "nobody answers at the proxy");
    let last_check = |name| program.open(&["profile", "show", name, "--json"]).expect(0).json()["last_check"].clone();
    assert_eq!(last_check("A")["passed"], false);
    assert_eq!(last_check("A")["code"], answer["results"][1]["code"]);
    assert_eq!(last_check("B"), json!(null), "B was not checked");
    let all = program.open(&["check", "--all", "--json"]).expect(1).json();
    assert_eq!(all["results"].as_array().map(Vec::len), Some(3));
    let single = program.open(&["check", "B", "--json"]).expect(1).json();
    assert_eq!((&single["profile"], &single["passed"]), (&json!("B"), &json!(false)));
    assert_eq!(single["stages"].as_array().map(Vec::len), Some(6));
    program.open(&["profile", "set", "B", "--url", "https://fabrikam.crm.dynamics.com"]).expect(0);
    assert_eq!(last_check("B"), json!(null), "what was found about the old address is forgotten");
}

#[test]
fn a_check_of_nothing_passes() {
    let program = Program::with_vault();
    assert_eq!(program.open(&["check", "--all", "--json"]).expect(0).json()["results"], json!([]));
}

#[test]
fn a_reader_who_goes_away_is_no_crash() {
    let program = Program::with_vault();
    let mut command = program.command(&["profile", "list", "--json", "--passphrase-stdin"]);
    let (reader, writer) = std::io::pipe().expect("a pipe");
    command.stdout(writer);
    drop(reader);
    let answer = finish(command, &format!("{PASSPHRASE}\n"));
    assert_eq!((answer.code, answer.stderr.as_str()), (Some(0), ""));
}

#[test]
fn the_passphrase_is_answered_while_the_input_stays_open() {
    use std::io::Write;
    let program = Program::with_vault();
    let mut child = program.command(&["profile", "list", "--json", "--passphrase-stdin"]).spawn().expect("it starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(format!("{PASSPHRASE}\n").as_bytes()).expect("written");
    stdin.flush().expect("sent");
    let mut stdout = String::new();
    child.stdout.take().expect("a pipe").read_to_string(&mut stdout).expect("the answer");
    assert_eq!(stdout, "{\"schema\":1,\"profiles\":[]}\n");
    drop(stdin);
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
}

//! `import` and `export` with a vault: what is added, what is never replaced unasked, what is written and for whom.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::program::{PASSPHRASE, Program};

const ID: &str = "11112222-aaaa-3333-bbbb-4444cccc5555";

/// A table of one connection, in a file beside the vault.
fn table(program: &Program, name: &str, secret: &str) -> PathBuf {
    let path = program.vault().with_file_name(name);
    let text = format!(
        "Name,URL,Client ID,Secret,Expires\nContoso,https://contoso.crm4.dynamics.com,{ID},{secret},2027-03-31\n"
    );
    fs::write(&path, text).expect("the file");
    path
}

fn import(program: &Program, file: &Path, more: &[&str], code: i32) -> Value {
    let args = [&["import", file.to_str().expect("a name"), "--json"], more].concat();
    program.open(&args).expect(code).json()
}

fn secret_of(program: &Program, name: &str) -> Value {
    program.open(&["profile", "show", name, "--reveal", "--json"]).expect(0).json()["client_secret"].clone()
}

#[test]
fn an_import_adds_and_replaces_nothing_unasked() {
    let program = Program::with_vault();
    let first = table(&program, "first.csv", "one");
    let answer = import(&program, &first, &["--tag", "new"], 0);
    assert_eq!((&answer["outcome"], &answer["saved"]), (&json!("profiles"), &json!({"added": 1, "updated": 0})));
    assert_eq!(
        (&answer["profiles"][0]["action"], &answer["profiles"][0]["client_secret"]),
        (&json!("add"), &Value::Null)
    );
    assert_eq!(secret_of(&program, "Contoso"), "one");
    let again = import(&program, &first, &[], 0);
    assert_eq!((&again["profiles"][0]["action"], &again["saved"]["added"]), (&json!("same"), &json!(0)));

    let second = table(&program, "second.csv", "two");
    let before = fs::read(program.vault()).expect("the vault");
    assert_eq!(import(&program, &second, &[], 2)["error"]["code"], "existing_needed");
    let preview = import(&program, &second, &["--preview"], 0);
    assert_eq!(preview["profiles"][0]["action"], "conflict");
    assert_eq!(
        (&preview["profiles"][0]["existing"], &preview["profiles"][0]["fields"]),
        (&json!("Contoso"), &json!(["client_secret"]))
    );
    assert_eq!(preview["saved"], Value::Null);
    assert_eq!(import(&program, &second, &["--existing", "skip"], 0)["saved"], json!({"added": 0, "updated": 0}));
    assert_eq!(fs::read(program.vault()).expect("the vault"), before, "nothing was saved so far");
    assert_eq!(import(&program, &second, &["--existing", "copy"], 0)["saved"]["added"], 1);
    assert_eq!((secret_of(&program, "Contoso"), secret_of(&program, "Contoso (2)")), (json!("one"), json!("two")));
    assert_eq!(
        import(&program, &table(&program, "third.csv", "three"), &["--existing", "update"], 0)["saved"]["updated"],
        1
    );
    assert_eq!(secret_of(&program, "Contoso"), "three");
    let history = program.open(&["vault", "history", "--json"]).expect(0).stdout;
    assert!(history.contains("imported") && history.contains("third.csv"), "{history}");
}

#[test]
fn two_files_are_one_save_and_the_second_meets_the_first() {
    let program = Program::with_vault();
    let (one, two) = (table(&program, "one.csv", "one"), table(&program, "two.csv", "one"));
    let args = ["import", one.to_str().expect("a name"), two.to_str().expect("a name"), "--json"];
    let answer = program.open(&args).expect(0).json();
    assert_eq!(answer["saved"], json!({"added": 1, "updated": 0}));
    assert_eq!(answer["profiles"][1]["action"], "same");
}

#[test]
fn a_refused_file_holds_back_the_others() {
    let program = Program::with_vault();
    let good = table(&program, "good.csv", "one");
    let bad = program.vault().with_file_name("bad.xml");
    fs::write(&bad, "<CrmConnections><").expect("the file");
    let args = ["import", good.to_str().expect("a name"), bad.to_str().expect("a name"), "--json"];
    let answer = program.open(&args).expect(1).json();
    assert_eq!((&answer["outcome"], &answer["refusal"]["code"]), (&json!("refused"), &json!("xml_malformed")));
    assert_eq!(program.open(&["profile", "list", "--json"]).expect(0).json()["profiles"], json!([]));
}

#[test]
fn dates_by_client_id_find_their_profile() {
    let program = Program::with_vault();
    import(&program, &table(&program, "one.csv", "Abc-made-up"), &[], 0);
    let path = program.vault().with_file_name("apps.json");
    let credential = |hint, end| json!({"displayName": hint, "hint": hint, "endDateTime": end});
    let apps = json!({"value": [{"appId": ID, "passwordCredentials": [credential("Xyz", "2026-05-06T00:00:00Z"), credential("Abc", "2028-05-05T23:30:00Z")]}]});
    fs::write(&path, apps.to_string()).expect("the file");
    assert_eq!(
        import(&program, &path, &[], 2)["error"]["code"],
        "existing_needed",
        "a date is replaced only when asked"
    );
    let answer = import(&program, &path, &["--existing", "update"], 0);
    assert_eq!((&answer["outcome"], &answer["expiries"][1]["profile"]), (&json!("expiries"), &json!("Contoso")));
    assert_eq!(
        (&answer["expiries"][0]["profile"], &answer["expiries"][1]["former"]),
        (&Value::Null, &json!("2027-03-31"))
    );
    let shown = program.open(&["profile", "show", "Contoso", "--json"]).expect(0).json();
    assert_eq!(shown["expires"], "2028-05-05");
}

#[test]
fn a_database_of_its_own_password_comes_and_goes() {
    let program = Program::with_vault();
    import(&program, &table(&program, "one.csv", "made;\"up"), &[], 0);
    let file = program.vault().with_file_name("out.kdbx");
    let path = file.to_str().expect("a name");
    let input = format!("{PASSPHRASE}\nanother one\n");
    let export =
        ["export", "Contoso", "--to", path, "--with-secrets", "--passphrase-stdin", "--new-passphrase-stdin", "--json"];
    let answer = program.run(&export, &input).expect(0).json();
    assert_eq!((&answer["secrets"], &answer["format"]), (&json!(1), &json!("kdbx")));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(&file).expect("the file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "for the owner alone");
    }
    assert_eq!(program.run(&export, &input).expect(2).json()["error"]["code"], "file_exists");
    program.open(&["profile", "remove", "Contoso"]).expect(0);
    let args = ["import", path, "--passphrase-stdin", "--password-stdin", "--json"];
    let wrong = program.run(&args, &format!("{PASSPHRASE}\nwrong\n")).expect(1).json();
    assert_eq!(wrong["refusal"]["code"], "wrong_password");
    assert_eq!(program.run(&args, &input).expect(0).json()["saved"]["added"], 1);
    assert_eq!(secret_of(&program, "Contoso"), "made;\"up");
    let shown = program.open(&["profile", "show", "Contoso", "--json"]).expect(0).json();
    assert_eq!(shown["expires"], "2027-03-31", "the day that was typed, wherever this runs");
    let history = program.open(&["vault", "history", "--json"]).expect(0).stdout;
    assert!(history.contains("exported") && history.contains("out.kdbx"), "{history}");
}

#[test]
fn an_export_never_overwrites_the_vault() {
    let program = Program::with_vault();
    import(&program, &table(&program, "one.csv", "one"), &[], 0);
    let before = fs::read(program.vault()).expect("the vault");
    let vault = program.vault();
    let args = ["export", "--all", "--format", "csv", "--force", "--to", vault.to_str().expect("a name"), "--json"];
    assert_eq!(program.open(&args).expect(2).json()["error"]["code"], "file_is_the_vault");
    assert_eq!(fs::read(program.vault()).expect("the vault"), before);
}

#[test]
fn a_list_holds_no_secret_and_is_read_again() {
    let program = Program::with_vault();
    import(&program, &table(&program, "one.csv", "made-up-value"), &["--tag", "crm"], 0);
    for name in ["list.csv", "list.json"] {
        let file = program.vault().with_file_name(name);
        let path = file.to_str().expect("a name");
        let answer = program.open(&["export", "--tag", "CRM", "--to", path, "--json"]).expect(0).json();
        assert_eq!((&answer["profiles"], &answer["secrets"]), (&json!(1), &json!(0)), "{name}");
        assert!(!fs::read_to_string(&file).expect("the list").contains("made-up-value"));
        let preview = import(&program, &file, &["--preview"], 0);
        assert_eq!(preview["profiles"][0]["action"], "same", "{name}");
    }
    let vault = program.vault().with_file_name("x.xml");
    let args = ["export", "--all", "--format", "xrmtoolbox", "--with-secrets", "--to", vault.to_str().expect("a name")];
    let answer = program.open(&args).expect(0);
    assert!(answer.stderr.contains("public"), "{}", answer.stderr);
}

//! Where secrets come from, and that they do not come out.

use super::program::{CLIENT_ID, PASSPHRASE, Program, URL};

/// Shaped like a secret of today, made at run time, with characters that JSON and the grammar escape.
fn generated_secret() -> String {
    let id = uuid::Uuid::new_v4().simple().to_string();
    format!("Zx{}8{}~{};=\"'", &id[..1], "Q", id)
}

#[test]
fn no_answer_shows_a_secret_unless_asked_to() {
    let program = Program::with_vault();
    let secret = generated_secret();
    let core = &secret[6..38];
    let connection_string = format!("AuthType=ClientSecret;Url={URL};ClientId=i;ClientSecret={core};EncryptedX={core}");
    let with_both = format!("{PASSPHRASE}\n{secret}\n");
    let commands: [(&[&str], &str); 12] = [
        (&["profile", "add", "A", "--url", URL, "--client-id", CLIENT_ID, "--secret-stdin"], &with_both),
        (&["profile", "add", "A", "--url", URL, "--client-id", CLIENT_ID, "--secret-stdin"], &with_both),
        (&["profile", "set", "A", "--secret-stdin"], &with_both),
        (&["profile", "list"], &with_both),
        (&["profile", "show", "A"], &with_both),
        (&["profile", "show", core], &with_both[..with_both.len() - 4]),
        (&["vault", "info"], &with_both),
        (&["check", "A"], &with_both),
        (&["check", "--all"], &with_both),
        (&["expiring"], &with_both),
        (&["check", "--url", URL, "--client-id", CLIENT_ID, "--secret-stdin"], &secret),
        (&["profile", "remove", "A"], &with_both),
    ];
    for (args, stdin) in commands {
        if args.contains(&core) {
            // An argument is shown back, so it is no place for a secret; here it proves that the search finds one.
            assert!(program.open(args).stderr.contains(core));
            continue;
        }
        for style in [&[][..], &["--json"]] {
            let passphrase: &[&str] =
                if args.contains(&"--url") && args[0] == "check" { &[] } else { &["--passphrase-stdin"] };
            let answer = program.run(&[args, passphrase, style].concat(), stdin);
            let shown = format!("{}{}", answer.stdout, answer.stderr);
            assert!(!shown.contains(core) && !shown.contains(PASSPHRASE), "{args:?} {style:?}: {shown}");
        }
    }
    for style in [&[][..], &["--json"]] {
        for text in [&connection_string, &format!("{connection_string};'{core}")] {
            let answer = program.run(&[&["connection-string", "read"], style].concat(), text);
            assert!(!answer.stdout.contains(core) && !answer.stderr.contains(core), "{}", answer.stdout);
        }
    }
}

#[test]
fn reveal_shows_the_secret_as_it_was_given() {
    let program = Program::with_vault();
    let secret = generated_secret();
    program.add("A", &secret, &[]).expect(0);
    let shown = program.open(&["profile", "show", "A", "--reveal", "--json"]).expect(0).json();
    assert_eq!(shown["client_secret"], secret.as_str());
    let listed = program.open(&["profile", "list", "--reveal", "--json"]).expect(0).json();
    assert_eq!(listed["profiles"][0]["client_secret"], secret.as_str());
    let written = program.open(&["connection-string", "write", "A"]).expect(0).stdout;
    let read = program.run(&["connection-string", "read", "--reveal", "--json"], &written).expect(0).json();
    assert_eq!(read["client_secret"], secret.as_str());
    assert_eq!(read["url"], URL);
    assert_eq!(read["warnings"], serde_json::json!([]));
}

#[test]
fn a_renewal_and_a_former_secret_are_told_and_shown_only_when_asked_for() {
    use a365_password_tool::renewal::{Act, Proof};
    let program = Program::with_vault();
    let secrets = [generated_secret(), generated_secret(), generated_secret()];
    program.add("A", &secrets[0], &["--expires", "2999-12-31"]).expect(0);
    let passphrase = a365_password_tool::profile::SecretText::from(PASSPHRASE);
    let mut vault = a365_password_tool::vault::Vault::open(&program.vault(), &passphrase).expect("opened");
    let id = vault.contents().profiles()[0].id;
    let give = |text: &str| {
        let secret = a365_password_tool::profile::ClientSecret::parse(text).expect("a secret");
        Act::Give { secret, expires: "2999-12-30".parse().ok(), key_id: None }
    };
    for act in [Act::Begin, give(&secrets[1]), Act::Switch(Proof::WithoutTest), Act::Begin, give(&secrets[2])] {
        vault.update(|contents| contents.renew(id, act, chrono::Utc::now())).expect("allowed");
    }
    let hidden = program.open(&["profile", "show", "A"]).expect(0).stdout;
    assert!(hidden.contains("the new secret is not tested yet"), "{hidden}");
    assert!(hidden.contains("2999-12-31, then deleted automatically"), "{hidden}");
    let json = program.open(&["profile", "show", "A", "--json"]).expect(0).stdout;
    assert!(secrets.iter().all(|secret| !hidden.contains(&secret[6..38]) && !json.contains(&secret[6..38])));
    let shown = program.open(&["profile", "show", "A", "--reveal", "--json"]).expect(0).json();
    assert_eq!(shown["former_secret"]["secret"], secrets[0].as_str());
    assert_eq!(shown["former_secret"]["kept_until"], "2999-12-31");
    assert_eq!(shown["client_secret"], secrets[1].as_str());
    assert_eq!(shown["renewal"]["new_secret"], secrets[2].as_str());
    assert_eq!(shown["renewal"]["tested"], serde_json::json!(null));
}

#[test]
fn while_the_ucc_uses_the_old_secret_its_date_counts() {
    use a365_password_tool::renewal::{Act, Proof};
    let program = Program::with_vault();
    let in_days = |days| (chrono::Utc::now() + chrono::TimeDelta::days(days)).date_naive();
    let (old, new) = (in_days(10).to_string(), in_days(700).to_string());
    program.add("A", &generated_secret(), &["--expires", &old]).expect(0);
    let passphrase = a365_password_tool::profile::SecretText::from(PASSPHRASE);
    let step = |act| {
        let mut vault = a365_password_tool::vault::Vault::open(&program.vault(), &passphrase).expect("opened");
        let id = vault.contents().profiles()[0].id;
        vault.update(|contents| contents.renew(id, act, chrono::Utc::now())).expect("allowed");
    };
    let secret = a365_password_tool::profile::ClientSecret::parse(&generated_secret()).expect("a secret");
    step(Act::Begin);
    step(Act::Give { secret, expires: Some(in_days(700)), key_id: None });
    step(Act::Switch(Proof::WithoutTest));
    let shown = program.open(&["profile", "show", "A"]).expect(0).stdout;
    assert!(shown.contains(&format!("Secret expires   {new} (")), "{shown}");
    assert!(
        shown.contains(&format!("UCC              still uses the old secret, which expires {old} (10 days left)")),
        "{shown}"
    );
    let listed = program.open(&["profile", "list"]).expect(0).stdout;
    assert!(listed.contains(&format!("{old}  10 days left, UCC not updated")), "{listed}");
    let json = program.open(&["profile", "show", "A", "--json"]).expect(0).json();
    assert_eq!(
        (&json["expires"], &json["days_left"], &json["state"]),
        (&new.as_str().into(), &10.into(), &"urgent".into())
    );
    let waits = serde_json::json!({"done": false, "confirmed": null, "former_expires": old});
    assert_eq!(json["ucc_update"], waits);
    let expiring = program.open(&["expiring"]).expect(1).stdout;
    assert!(expiring.contains(&format!("{old}  10 days left, UCC not updated")), "{expiring}");
    let json = program.open(&["expiring", "--json"]).expect(1).json();
    let found = &json["profiles"][0];
    assert_eq!((&found["expires"], &found["ucc_updated"]), (&old.as_str().into(), &false.into()));

    step(Act::ConfirmUcc);
    program.open(&["expiring"]).expect(0);
    let json = program.open(&["profile", "show", "A", "--json"]).expect(0).json();
    assert_eq!((&json["state"], &json["ucc_update"]["done"]), (&"fine".into(), &true.into()));
    assert!(json["ucc_update"]["confirmed"].is_string());
    assert!(!program.open(&["profile", "show", "A"]).expect(0).stdout.contains("UCC"));
    let history = program.open(&["vault", "history"]).expect(0).stdout;
    assert!(history.contains("Confirmed that the UCC has the new connection string of “A”."), "{history}");
}

#[test]
fn the_passphrase_is_the_first_line_and_the_secret_the_rest() {
    for (name, before, end) in [("unix", "", "\n"), ("windows", "", "\r\n"), ("powershell", "\u{feff}", "\r\n")] {
        let program = Program::with_vault();
        let stdin = format!("{before}{PASSPHRASE}{end}{end} \t se cret;= {end}{end}");
        let args =
            ["profile", "add", name, "--url", URL, "--client-id", CLIENT_ID, "--secret-stdin", "--passphrase-stdin"];
        program.run(&args, &stdin).expect(0);
        let shown = program.open(&["profile", "show", name, "--reveal", "--json"]).expect(0).json();
        assert_eq!(shown["client_secret"], "se cret;=", "{name}");
    }
}

#[test]
fn a_secret_alone_takes_all_of_the_input() {
    let program = Program::with_vault();
    let args = ["connection-string", "write", "--url", URL, "--client-id", CLIENT_ID, "--secret-stdin"];
    let answer = program.run(&args, "\r\n  s;1 \r\n").expect(0);
    assert_eq!(answer.stdout, format!("AuthType=ClientSecret;Url={URL};ClientId={CLIENT_ID};ClientSecret=\"s;1\"\n"));
    let two_lines = program.run(&args, "one\ntwo\n").expect(2);
    assert!(two_lines.stderr.contains("contains a line break") && !two_lines.stderr.contains("two\n"));
}

#[test]
fn nobody_is_asked_where_nobody_sits() {
    let program = Program::with_vault();
    let answer = program.run(&["profile", "list", "--json"], "").expect(2);
    assert_eq!(answer.json()["error"]["code"], "passphrase_needed");
    let args = ["check", "--url", URL, "--client-id", CLIENT_ID, "--json"];
    assert_eq!(program.run(&args, "").expect(2).json()["error"]["code"], "secret_needed");
}

#[test]
fn a_secret_is_no_argument_and_is_not_shown_back() {
    let program = Program::with_vault();
    for args in [
        ["profile", "set", "A", "--secret", "hunter2"],
        ["profile", "set", "A", "--client-secret=hunter2", "--json"],
        ["profile", "list", "--passphrase", "hunter2", "--json"],
    ] {
        let answer = program.run(&args, "").expect(2);
        assert!(!format!("{}{}", answer.stdout, answer.stderr).contains("hunter2"), "{args:?}");
    }
}

#[test]
fn input_that_is_no_text_is_refused_in_words() {
    use std::io::Write;
    let program = Program::with_vault();
    let mut child = program.command(&["connection-string", "read", "--json"]).spawn().expect("the program starts");
    child.stdin.take().expect("a pipe").write_all(b"\xff\xfeA\0").expect("written");
    let output = child.wait_with_output().expect("the program ends");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stdout).contains("input_not_utf8"));
}

//! Values as people paste them into arguments and standard input: taken without what stands around them, and told.

use super::program::{CLIENT_ID, PASSPHRASE, Program, URL};

const GUID: &str = "a1b2c3d4-0000-4000-8000-000000000009";

/// Shaped like a secret of today, made at run time.
fn secret() -> String {
    format!("abc8{}{}", "Q~", "y".repeat(34))
}

#[test]
fn what_stands_around_the_values_of_a_profile_is_left_out_and_told() {
    let program = Program::with_vault();
    let (url, id) = (format!("Environment URL: {URL};"), format!("api://{CLIENT_ID}"));
    let tenant = format!("https://login.microsoftonline.com/{GUID}/oauth2/v2.0/token");
    let stdin = format!("{PASSPHRASE}\n\"{}\"\u{200b}\n", secret());
    let args = ["--url", &url, "--client-id", &id, "--tenant", &tenant, "--secret-stdin", "--passphrase-stdin"];
    let answer = program.run(&[&["profile", "add", "A"], &args[..]].concat(), &stdin).expect(0);
    for told in [
        "Environment URL: Removed: the label before it, punctuation at its end.",
        "Client ID: Removed: “api://”.",
        "Tenant: Removed: the web address around it.",
        "Client secret: Removed: invisible characters, quotes around it.",
    ] {
        assert!(answer.stderr.contains(told), "{told}: {}", answer.stderr);
    }
    let shown = program.open(&["profile", "show", "A", "--reveal", "--json"]).expect(0).json();
    assert_eq!((&shown["environment_url"], &shown["client_id"]), (&URL.into(), &CLIENT_ID.into()));
    assert_eq!((&shown["tenant"], &shown["client_secret"]), (&GUID.into(), &secret().into()));
    let set = ["profile", "set", "A", "--client-id", &format!("“{CLIENT_ID}”")];
    assert!(program.open(&set).expect(0).stderr.contains("Client ID: Removed: quotes around it."));
}

#[test]
fn a_guid_is_a_secret_for_who_says_so_and_stays_one() {
    let program = Program::with_vault();
    let add = ["profile", "add", "A", "--url", URL, "--client-id", CLIENT_ID, "--secret-stdin", "--passphrase-stdin"];
    let stdin = format!("{PASSPHRASE}\n{GUID}\n");
    let refused = program.run(&[&add[..], &["--json"]].concat(), &stdin).expect(2);
    assert_eq!(refused.json()["error"]["code"], "secret_is_guid");
    assert!(refused.stderr.contains("--secret-is-a-guid"), "{}", refused.stderr);
    let taken = program.run(&[&add[..], &["--secret-is-a-guid"]].concat(), &stdin).expect(0);
    assert!(taken.stderr.contains("looks like a Secret ID"), "{}", taken.stderr);
    let shown = program.open(&["profile", "show", "A", "--reveal", "--json"]).expect(0).json();
    assert_eq!(shown["client_secret"], GUID);
    program.open(&["profile", "set", "A", "--notes", "it can still be changed"]).expect(0);
    let written = program.open(&["connection-string", "write", "A"]).expect(0).stdout;
    assert!(written.ends_with(&format!("ClientSecret={GUID}\n")), "{written}");
    let set = ["profile", "set", "A", "--secret-stdin", "--passphrase-stdin"];
    program.run(&set, &stdin).expect(2);
    program.run(&[&set[..], &["--secret-is-a-guid"]].concat(), &stdin).expect(0);
    let write = ["connection-string", "write", "--url", URL, "--client-id", CLIENT_ID, "--secret-stdin"];
    program.run(&write, GUID).expect(2);
    program.run(&[&write[..], &["--secret-is-a-guid"]].concat(), GUID).expect(0);
}

#[test]
fn the_tenants_id_is_refused_as_a_client_id() {
    let program = Program::with_vault();
    let add = ["profile", "add", "A", "--url", URL, "--client-id", CLIENT_ID, "--secret-stdin", "--passphrase-stdin"];
    let stdin = format!("{PASSPHRASE}\n{}\n", secret());
    let same = program.run(&[&add[..], &["--tenant", CLIENT_ID, "--json"]].concat(), &stdin).expect(2);
    assert_eq!(same.json()["error"]["code"], "client_id_is_tenant_id");
    program.run(&add, &stdin).expect(0);
    let same = program.open(&["profile", "set", "A", "--tenant", CLIENT_ID, "--json"]).expect(2);
    assert_eq!(same.json()["error"]["code"], "client_id_is_tenant_id");
    let check = ["check", "--url", URL, "--client-id", CLIENT_ID, "--tenant", CLIENT_ID, "--secret-stdin", "--json"];
    let answer = program.run(&check, &secret()).expect(1).json();
    assert_eq!((&answer["stage"], &answer["code"]), (&"address".into(), &"client_id_is_tenant_id".into()));
}

#[test]
fn a_whole_line_is_read_and_said() {
    let program = Program::with_vault();
    let string = format!("AuthType=ClientSecret;Url={URL};ClientId={CLIENT_ID};ClientSecret={}", secret());
    let line = format!("<add name=\"Dev\" connectionString=\"{string}\"/>");
    let read = program.run(&["connection-string", "read", "--reveal", "--json"], &line).expect(0).json();
    assert_eq!((&read["client_secret"], &read["url"]), (&secret().into(), &URL.into()));
    assert_eq!(read["warnings"], serde_json::json!(["taken_from_line"]));
    assert!(read["warning_details"][0]["text"].as_str().is_some_and(|text| text.contains("XML")));
    let wrapped = program.run(&["connection-string", "read", "--json"], &format!("\"{string}\"")).expect(1).json();
    assert_eq!(wrapped["error"]["code"], "wrapped_in_quotes", "as Microsoft's parser has it");
}

#[test]
fn the_ids_of_other_things_and_a_whole_string_are_refused() {
    let program = Program::with_vault();
    let write = |id: &str, secret: &str| {
        let args = ["connection-string", "write", "--url", URL, "--client-id", id, "--secret-stdin", "--json"];
        program.run(&args, secret)
    };
    for label in
        ["Secret ID", "Object ID", "Objekt-ID", "Mandanten-ID", "Verzeichnis-ID (Mandant)", "Directory (tenant) ID"]
    {
        write(&format!("{label}: {GUID}"), &secret()).expect(2);
    }
    write(&format!("Anwendungs-ID (Client): {GUID}"), &secret()).expect(0);
    for guid in [format!("\"{GUID}\""), format!("{GUID};"), format!("({GUID})"), format!("{GUID} {GUID}")] {
        assert_eq!(write(CLIENT_ID, &guid).expect(2).json()["error"]["code"], "secret_is_guid", "{guid}");
    }
    let string = format!("AuthType=ClientSecret;Url={URL};ClientId={CLIENT_ID};ClientSecret={}", secret());
    assert_eq!(write(CLIENT_ID, &string).expect(2).json()["error"]["code"], "secret_is_connection_string");
}

//! Connection strings from outside: against .NET's own answers, and for every input.

use a365_password_tool::connection_string::{ConnectionString, ConnectionStringError, Field, shown_key};
use a365_password_tool::profile::{ClientId, ClientSecret, EnvironmentUrl, SecretText};
use proptest::prelude::*;
use serde_json::Value;

/// Answers of the real `System.Data.Common.DbConnectionStringBuilder` (mono 6.8 and .NET Core 3.1).
const WRITTEN: &str = include_str!("data/connection_string_written.json");
const READ: &str = include_str!("data/connection_string_read.json");

fn vectors(json: &str) -> Vec<Value> {
    serde_json::from_str(json).expect("a list of vectors")
}

fn build(values: [&str; 4]) -> ConnectionString {
    let mut string = ConnectionString::new();
    for (field, value) in Field::ALL.into_iter().zip(values) {
        string.set(field, value);
    }
    string
}

fn written(string: &ConnectionString) -> String {
    string.write().expect("these values can be written").expose().to_owned()
}

fn parse(text: &str) -> ConnectionString {
    ConnectionString::parse(text).expect("this text can be read")
}

fn codes(text: &str) -> Vec<&'static str> {
    parse(text).warnings().into_iter().map(|warning| warning.code).collect()
}

fn secret(string: &ConnectionString) -> Option<&str> {
    string.client_secret_value().map(SecretText::expose)
}

const GOOD: &str = "AuthType=ClientSecret;Url=https://contoso.crm4.dynamics.com;\
                    ClientId=11112222-aaaa-3333-bbbb-4444cccc5555;ClientSecret=s";
const ID: &str = "ClientId=11112222-aaaa-3333-bbbb-4444cccc5555";

/// The good one with another secret and what comes after it.
fn with_secret(secret: &str) -> String {
    GOOD.replace("ClientSecret=s", &format!("ClientSecret={secret}"))
}

#[test]
fn writing_agrees_with_dotnet_on_every_vector() {
    for vector in vectors(WRITTEN) {
        let text = |name: &str| vector[name].as_str().expect("a text");
        let string = build(["ClientSecret", text("url"), text("client_id"), text("client_secret")]);
        assert_eq!(written(&string), text("connection_string"), "{}", text("name"));
    }
}

#[test]
fn reading_agrees_with_dotnet_on_every_vector() {
    for vector in vectors(READ).into_iter().chain(vectors(WRITTEN)) {
        let name = vector["name"].as_str();
        let read = ConnectionString::parse(vector["connection_string"].as_str().expect("a text"));
        if vector["error"] == Value::Bool(true) {
            assert!(read.is_err(), "{name:?} has to be refused");
            continue;
        }
        let read = read.unwrap_or_else(|error| panic!("{name:?}: {error}"));
        if let Some(auth_type) = vector["auth_type"].as_str() {
            assert_eq!(read.auth_type().to_string(), auth_type, "{name:?}");
        }
        assert_eq!(read.url(), vector["url"].as_str(), "{name:?}");
        assert_eq!(read.client_id(), vector["client_id"].as_str(), "{name:?}");
        assert_eq!(secret(&read), vector["client_secret"].as_str(), "{name:?}");
    }
}

#[test]
fn a_profiles_values_become_the_string_that_microsoft_shows() {
    let url = EnvironmentUrl::parse("Contoso.crm4.dynamics.com/main.aspx").expect("an environment");
    let id = ClientId::parse("11112222-AAAA-3333-bbbb-4444cccc5555").expect("an id");
    let pasted = ClientSecret::parse(" a;b=\"c'd ").expect("a secret");
    assert_eq!(
        written(&ConnectionString::client_secret(&url, &id, &pasted)),
        "AuthType=ClientSecret;Url=https://contoso.crm4.dynamics.com;ClientId=11112222-aaaa-3333-bbbb-4444cccc5555;\
         ClientSecret=\"a;b=\"\"c'd\""
    );
}

#[test]
fn what_dotnet_loses_when_reading_its_own_text_is_kept() {
    let string = build(["ClientSecret", "https://x.example", "i", "abc\n"]);
    assert!(written(&string).ends_with("ClientSecret=\"abc\n\""));
    let mut string = ConnectionString::new();
    string.push_other("Empty", &SecretText::default());
    assert_eq!(written(&string), "Empty=\"\"");
    assert_eq!(parse("Empty=\"\"").unknown().count(), 1);
    for nothing in ["Empty=", "Empty= ", "Empty=\0"] {
        assert_eq!(parse(nothing).unknown().count(), 0, "{nothing:?}");
    }
}

#[test]
fn nul_is_refused_in_words() {
    let error = build(["ClientSecret", "u", "i", "a\0b"]).write().expect_err("NUL");
    assert_eq!(error, ConnectionStringError::ValueHoldsNul);
    assert!(error.to_string().contains("NUL"));
    assert!(matches!(ConnectionString::parse("ClientSecret='a\0b'"), Err(ConnectionStringError::Nul { position: 16 })));
    assert!(ConnectionString::parse(&format!("{GOOD}\0 \0")).is_ok(), ".NET passes over NUL at the very end");
    assert!(ConnectionString::parse(&format!("{GOOD}\0;")).is_err());
}

#[test]
fn a_key_that_could_not_be_read_back_is_refused() {
    for key in ["", " a", "a ", ";a", "a\0", "a\u{1}b"] {
        let mut string = ConnectionString::new();
        string.push_other(key, &SecretText::from("x"));
        assert_eq!(string.write().err(), Some(ConnectionStringError::BadKey), "{key:?}");
    }
}

#[test]
fn errors_say_where_and_never_what() {
    use ConnectionStringError as E;
    let cases = [
        ("ClientSecret=hunter;two", E::KeyWithoutEquals { position: 21 }),
        ("ü=1; =two", E::EmptyKey { position: 6 }),
        ("ClientSecret='hunter2", E::UnclosedQuote { position: 14 }),
        ("ClientSecret='hunter2'two", E::TextAfterQuote { position: 23 }),
        ("ClientSecret=hunter2\" ;", E::EndsInQuote { position: 21 }),
        ("ClientSecret=hunter2\u{1}two", E::ControlCharacter { position: 21 }),
        (" \"ClientSecret=hunter2\"", E::WrappedInQuotes { position: 2 }),
        ("'AuthType=ClientSecret;';", E::WrappedInQuotes { position: 1 }),
        ("area", E::KeyWithoutEquals { position: 1 }),
        ("\"", E::KeyWithoutEquals { position: 1 }),
    ];
    for (text, expected) in cases {
        let error = ConnectionString::parse(text).expect_err(text);
        assert_eq!(error, expected, "{text}");
        let position = error.position().expect("reading has a place");
        assert!(error.to_string().contains(&format!("character {position}")), "{error}");
        assert!(!error.to_string().contains("two") && !error.to_string().contains("hunter"), "{error}");
    }
}

#[test]
fn a_cut_secret_is_warned_of() {
    let string = parse(&with_secret("abc;d=ef"));
    assert_eq!((secret(&string), string.warnings()[0].code), (Some("abc"), "secret_cut"));
    assert!(!string.warnings()[0].text.contains("ef"), "no value in a warning");
    let quoted = codes(&with_secret("'abc';d=ef"));
    assert_eq!(quoted, ["unknown_key"], "a secret in quotes is whole");
    assert_eq!(codes(&with_secret("abc;TenantId=t;x=y")), ["tenant_ignored", "unknown_key"]);
    let swallowed = codes(&format!("AuthType=ClientSecret;{ID};ClientSecret=ab;cd;Url=https://x.example"));
    assert_eq!(swallowed, ["secret_cut", "missing_equals", "url_missing"]);
}

/// Made at run time, and long enough to be found wherever it would be shown.
fn tail() -> String {
    format!("TOP{}TAIL", "x7".repeat(9))
}

#[test]
fn the_rest_of_a_cut_secret_is_told_by_its_length_and_place_only() {
    let (start, tail) = ("AuthType=ClientSecret;Url=https://x.example;ClientId=i;ClientSecret=Zq1;", tail());
    for (rest, hidden) in [
        (format!("{tail}=x"), vec![(25, 73)]),
        (format!("{tail};More=x"), vec![(30, 73)]),
        (format!("{tail}=x;{tail}=y"), vec![(25, 73)]),
        (format!("{tail}=x;{tail}="), vec![]),
        (format!("{tail}=x;2{tail}=y"), vec![(25, 73), (26, 101)]),
        (format!("Password=a;{tail}=x"), vec![(25, 84)]),
        (format!("Url=https://x.example;{tail};Domain=x"), vec![(32, 95)]),
    ] {
        let string = parse(&format!("{start}{rest}"));
        let shown: Vec<String> = string.unknown_keys_shown().collect();
        let expected: Vec<String> =
            hidden.iter().map(|(long, at)| format!("(a piece of {long} characters at character {at})")).collect();
        assert_eq!(shown, expected, "{}", rest.len());
        let said = format!("{shown:?} {:?} {string:?}", string.warnings());
        assert!(!said.contains("TOP") && !said.contains("TAIL"), "{said}");
    }
    let good = parse(&format!("{start}TenantId=t;Mine=1"));
    assert_eq!(good.unknown_keys_shown().collect::<Vec<_>>(), ["TenantId", "Mine"]);
}

#[test]
fn everything_the_client_passes_over_is_warned_of() {
    assert_eq!(codes(GOOD), Vec::<&str>::new());
    let cases = [
        (GOOD.replace("AuthType=ClientSecret", "AuthType=clientsecret"), "auth_type_case"),
        (GOOD.replace("AuthType=ClientSecret", "AuthType=7"), "auth_type_number"),
        (GOOD.replace("AuthType=ClientSecret", "AuthType=Office365"), "auth_type_retired"),
        (GOOD.replace("AuthType=ClientSecret", "AuthType=Secret"), "auth_type_unknown"),
        (GOOD.replace("AuthType=ClientSecret", "AuthType=InvalidConnection"), "auth_type_unknown"),
        (GOOD.replace("AuthType=ClientSecret", "AuthType=OAuth"), "not_client_secret"),
        (GOOD.replace("AuthType=ClientSecret;", ""), "auth_type_missing"),
        (GOOD.replace(ID, ""), "sample_client_id"),
        (GOOD.replace("https://contoso.crm4.dynamics.com", "contoso"), "url_unusable"),
        (GOOD.replace("ClientSecret=s", "ClientSecret=11112222-aaaa-3333-bbbb-4444cccc5555"), "secret_is_guid"),
        (GOOD.replace("ClientSecret=s", "ClientSecret=' s'"), "secret_blanks"),
        (GOOD.replace(";ClientSecret=s", ""), "secret_missing"),
        (format!("{GOOD};Secret=other"), "alias_ignored"),
        (format!("{GOOD};CLIENTID=66667777-dddd-8888-eeee-9999ffff0000"), "duplicate_key"),
        (format!("{GOOD};url=;Server=https://contoso.crm4.dynamics.com"), "empty_duplicate"),
        (format!("TenantId=t;{GOOD}"), "tenant_ignored"),
        (format!("EncryptedPassword=zzz;{GOOD}"), "encrypted_password"),
        (format!("Nonsense=1;{GOOD}"), "unknown_key"),
        (format!("RequireNewInstance=true;Ünknown=1;{GOOD}"), "unknown_key"),
        (format!("Client\u{200b}Id=x;{GOOD}"), "invisible_character"),
    ];
    for (text, code) in cases {
        assert_eq!(codes(&text), [code], "{text}");
    }
    assert_eq!(codes(&format!("\u{feff}{GOOD}")), ["auth_type_missing", "byte_order_mark"]);
    assert_eq!(codes(&format!("“{GOOD}”")), ["auth_type_missing", "secret_trimmed", "wrapped_in_quotes"]);
}

#[test]
fn what_may_be_another_value_than_the_one_that_was_meant_is_told_from_what_is_only_said() {
    let changed = |text: &str| {
        let warnings = ConnectionString::parse_line(text).expect("this text can be read").warnings();
        warnings.into_iter().filter(|warning| warning.changes_a_value()).map(|warning| warning.code).collect::<Vec<_>>()
    };
    for (text, expected) in [
        (with_secret("abc;d=ef"), &["secret_cut"][..]),
        (
            format!("AuthType=ClientSecret;{ID};ClientSecret=ab;cd;Url=https://x.example"),
            &["secret_cut", "missing_equals"],
        ),
        (format!("{GOOD};CLIENTID=66667777-dddd-8888-eeee-9999ffff0000"), &["duplicate_key"]),
        (format!("{GOOD};url=;Server=https://contoso.crm4.dynamics.com"), &["empty_duplicate"]),
        (format!("{GOOD};Secret=other"), &["alias_ignored"]),
        (format!("var cs = \"{GOOD}\" + suffix;"), &["joined_text"]),
        (format!("var cs = \"{GOOD}\";"), &[]),
        (format!("TenantId=t;Nonsense=1;{GOOD}"), &[]),
        (GOOD.replace("ClientSecret=s", "ClientSecret=' s'"), &[]),
    ] {
        assert_eq!(changed(&text), expected, "{text}");
    }
}

#[test]
fn a_key_that_a_profile_keeps_is_shown_when_it_is_a_name_and_else_by_its_length() {
    for (key, shown) in [
        ("MaxRetryCount", "MaxRetryCount"),
        ("EncryptedPassword", "EncryptedPassword"),
        ("UnreadClientSecret", "UnreadClientSecret"),
        ("kQzVb", "(a key of 5 characters)"),
        ("Kunde", "(a key of 5 characters)"),
        ("ä", "(a key of 1 character)"),
    ] {
        assert_eq!(shown_key(key), shown);
    }
}

#[test]
fn the_last_of_equal_keys_counts_and_an_empty_one_removes() {
    assert_eq!(parse("ClientId=a;clientid=b").client_id(), Some("b"));
    assert_eq!(parse("ClientId=a;clientid=;AppId=c").client_id(), Some("c"));
    assert_eq!(parse("ClientId=a;clientid=").client_id(), None);
    assert_eq!(parse("a==b=1").unknown().map(|(key, _)| key).collect::<Vec<_>>(), ["a=b"]);
}

#[test]
fn setting_a_value_leaves_its_place_its_spelling_and_everything_else() {
    let mut string = parse("tenantid=t;APPID=a;x='1;2';Secret=old;ClientSecret=older;RequireNewInstance=;auTHtype=AD");
    string.set(Field::ClientSecret, "new;er");
    string.set(Field::AuthType, "ClientSecret");
    string.set(Field::ClientId, "b");
    string.set(Field::Url, "https://x.example");
    let text = "tenantid=t;APPID=b;x=\"1;2\";ClientSecret=\"new;er\";RequireNewInstance=;auTHtype=ClientSecret;\
                Url=https://x.example";
    assert_eq!(written(&string), text);
    string.set(Field::ClientSecret, "");
    assert_eq!(secret(&string), None, "no older value comes back");
}

#[test]
fn debug_output_has_no_values() {
    let shown = format!("{:?}", parse("ClientSecret=hunter2;EncryptedPassword=zzz"));
    assert!(shown.contains("EncryptedPassword") && !shown.contains("hunter2") && !shown.contains("zzz"), "{shown}");
}

/// Text over all of Unicode, with the grammar's own characters far more often than chance has them.
fn any_text() -> impl Strategy<Value = String> {
    let c = prop_oneof![
        3 => any::<char>(),
        3 => prop::sample::select("=;'\" \t\n\r\0\u{1}\u{85}\u{a0}\u{feff}{}".chars().collect::<Vec<_>>()),
        2 => prop::sample::select("abcXYZ012".chars().collect::<Vec<_>>()),
    ];
    prop::collection::vec(c, 0..24).prop_map(String::from_iter)
}

/// Text that looks like a connection string, broken in places.
fn near_connection_string() -> impl Strategy<Value = String> {
    let key = prop_oneof![
        4 => prop::sample::select(vec!["AuthType", "url", "ClientId", "CLIENTSECRET", "Secret", "AppId", "x", "y==z"])
            .prop_map(str::to_owned),
        1 => any_text(),
    ];
    let pair = (key, prop::sample::select(vec!["=", " = ", "", "=="]), any_text(), "[;\0 ]?")
        .prop_map(|(key, equals, value, end)| format!("{key}{equals}{value}{end}"));
    prop::collection::vec(pair, 0..6).prop_map(|pairs| pairs.concat())
}

fn writable() -> impl Strategy<Value = String> {
    any_text().prop_map(|text| text.replace('\0', ""))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_back(url in writable(), id in writable(), value in writable()) {
        let read = parse(&written(&build(["ClientSecret", &url, &id, &value])));
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        prop_assert_eq!(read.auth_type().to_string(), "ClientSecret");
        prop_assert_eq!(read.url().map(str::to_owned), some(&url));
        prop_assert_eq!(read.client_id().map(str::to_owned), some(&id));
        prop_assert_eq!(secret(&read).map(str::to_owned), some(&value));
        prop_assert_eq!(read.unknown().count(), 0);
    }

    #[test]
    fn an_unknown_key_survives_a_rewrite_in_its_place(
        key in "[A-Za-z\u{e4}=;. ]{1,12}",
        value in writable(),
        place in 0usize..=4,
        new_secret in "[a-z;='\"]{1,8}",
    ) {
        let key = format!("k{}k", key);
        let mut pairs: Vec<String> = GOOD.split(';').map(str::to_owned).collect();
        let mut other = ConnectionString::new();
        other.push_other(&key, &SecretText::from(value.as_str()));
        pairs.insert(place, written(&other));
        let mut string = parse(&pairs.join(";"));
        string.set(Field::ClientSecret, &new_secret);
        let rewritten = written(&string);
        let read = parse(&rewritten);
        prop_assert_eq!(secret(&read), Some(new_secret.as_str()));
        let found: Vec<_> = read.unknown().map(|(key, value)| (key.to_owned(), value.expose().to_owned())).collect();
        prop_assert_eq!(found, vec![(key, value)]);
        let mut expected = ConnectionString::new();
        expected.push_other("ClientSecret", &SecretText::from(new_secret.as_str()));
        let secret_place = pairs.iter().position(|pair| pair == "ClientSecret=s").expect("it is there");
        pairs[secret_place] = written(&expected);
        prop_assert_eq!(rewritten, pairs.join(";"));
    }

    #[test]
    fn reading_never_panics_and_agrees_with_dotnets_states(text in prop_oneof![any_text(), near_connection_string()]) {
        match (ConnectionString::parse(&text), dotnet::keys_and_values(&text)) {
            (Err(error), None) => prop_assert!(error.position().is_some_and(|at| at <= text.chars().count() + 1)),
            (Ok(string), Some(mut expected)) => {
                string.warnings();
                let all = ["AuthType", "Url", "ClientId", "ClientSecret", "Secret", "AppId"];
                let mut found: Vec<_> = string.others()
                    .map(|(key, value)| (key.to_lowercase(), value.expose().to_owned())).collect();
                let ours = |key: &str| all.iter().any(|field| field.eq_ignore_ascii_case(key));
                let value = |alias: &str| expected.iter().find(|(key, _)| key == alias)
                    .map(|(_, value)| value.clone()).filter(|value| !value.is_empty());
                prop_assert_eq!(string.url().map(str::to_owned), value("url"));
                prop_assert_eq!(string.client_id().map(str::to_owned), value("clientid").or(value("appid")));
                prop_assert_eq!(secret(&string).map(str::to_owned), value("clientsecret").or(value("secret")));
                expected.retain(|(key, _)| !ours(key));
                found.sort();
                expected.sort();
                prop_assert_eq!(found, expected);
            }
            (ours, theirs) => prop_assert!(false, "ours {:?}, .NET's {:?}", ours, theirs),
        }
    }
}

/// A second reader, written state by state after .NET's `DbConnectionOptions.GetKeyValuePair`, to hold ours against.
mod dotnet {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        Nothing,
        Key,
        KeyEqual,
        KeyEnd,
        Unquoted,
        Quoted(char),
        QuotedQuote(char),
        QuotedEnd,
        Nul,
    }

    /// The keys (lower-case) and values that the builder holds afterwards; `None` where it throws.
    pub(super) fn keys_and_values(text: &str) -> Option<Vec<(String, String)>> {
        let text: Vec<char> = text.chars().collect();
        let mut held: Vec<(String, String)> = Vec::new();
        let mut at = 0;
        while at < text.len() {
            let (next, key, value) = pair(&text, at)?;
            at = next;
            let Some(key) = key else { break };
            held.retain(|(known, _)| value.is_some() || *known != key);
            match (held.iter_mut().find(|(known, _)| *known == key), value) {
                (Some(entry), Some(value)) => entry.1 = value,
                (None, Some(value)) => held.push((key, value)),
                (_, None) => {}
            }
        }
        Some(held)
    }

    type Pair = (usize, Option<String>, Option<String>);

    fn pair(text: &[char], mut at: usize) -> Option<Pair> {
        let (mut key, mut value, mut state) = (None, None, State::Nothing);
        let mut buffer = String::new();
        let mut current = '\0';
        while at < text.len() {
            current = text[at];
            if state == State::KeyEqual && current != '=' {
                key = Some(key_name(&buffer)?);
                buffer.clear();
                state = State::KeyEnd;
            }
            if let State::QuotedQuote(quote) = state
                && current != quote
            {
                value = Some(std::mem::take(&mut buffer));
                state = State::QuotedEnd;
            }
            match state {
                State::Nothing if current == ';' || current.is_whitespace() => {}
                State::Nothing if current == '\0' => state = State::Nul,
                State::Nothing if current.is_control() => return None,
                State::Nothing if current == '=' => state = State::KeyEqual,
                State::Nothing => {
                    state = State::Key;
                    buffer.push(current);
                }
                State::Key if current == '=' => state = State::KeyEqual,
                State::Key if current.is_control() && !current.is_whitespace() => return None,
                State::Key => buffer.push(current),
                State::KeyEqual => {
                    state = State::Key;
                    buffer.push('=');
                }
                State::KeyEnd if current.is_whitespace() => {}
                State::KeyEnd if current == '\'' || current == '"' => state = State::Quoted(current),
                State::KeyEnd if current == ';' || current == '\0' => break,
                State::KeyEnd if current.is_control() => return None,
                State::KeyEnd => {
                    state = State::Unquoted;
                    buffer.push(current);
                }
                State::Unquoted if current.is_whitespace() => buffer.push(current),
                State::Unquoted if current.is_control() || current == ';' => break,
                State::Unquoted => buffer.push(current),
                State::Quoted(quote) if current == quote => state = State::QuotedQuote(quote),
                State::Quoted(_) if current == '\0' => return None,
                State::Quoted(_) => buffer.push(current),
                State::QuotedQuote(quote) => {
                    state = State::Quoted(quote);
                    buffer.push(quote);
                }
                State::QuotedEnd if current.is_whitespace() => {}
                State::QuotedEnd if current == ';' => break,
                State::QuotedEnd if current == '\0' => state = State::Nul,
                State::QuotedEnd => return None,
                State::Nul if current == '\0' || current.is_whitespace() => {}
                State::Nul => return None,
            }
            at += 1;
        }
        match state {
            State::Key | State::Quoted(_) => return None,
            State::KeyEqual => key = Some(key_name(&buffer)?),
            State::Unquoted => {
                let trimmed = buffer.trim();
                if trimmed.ends_with(['\'', '"']) {
                    return None;
                }
                value = Some(trimmed.to_owned());
            }
            State::QuotedQuote(_) => value = Some(buffer),
            State::Nothing | State::KeyEnd | State::QuotedEnd | State::Nul => {}
        }
        if current == ';' && at < text.len() {
            at += 1;
        }
        Some((at, key, value))
    }

    fn key_name(buffer: &str) -> Option<String> {
        let name = buffer.trim_end().to_lowercase();
        (!name.is_empty()).then_some(name)
    }
}

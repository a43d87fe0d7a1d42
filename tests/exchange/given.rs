//! Files that other programs have written, with what a correct reader makes of each. They lie outside of this folder; where
//! `A365_EXCHANGE_SAMPLES` names theirs, each is read and every value compared.
//!
//! A folder `FORMAT/CASE/` holds a file and `expected.json`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use a365_password_tool::cloud::Overrides;
use a365_password_tool::exchange::import::{Import, Options, Refusal, read};
use a365_password_tool::profile::SecretText;
use serde_json::{Value, json};
use zeroize::Zeroizing;

/// Warnings beside those that a case names, and why they are right: `(case, code)`.
const FURTHER_WARNINGS: [(&str, &str); 1] = [
    // A name made of the address is a warning each time; the case lists it in its first file only.
    ("connection-strings/02-awkward", "name_made_up"),
];

/// Where a case's note allows another answer than the one that it lists, which one is ours: `(case, from, to)`.
const ALLOWED: [(&str, &str, &str); 4] = [
    // The apostrophe that this tool's own tables put before a formula is taken off again.
    ("csv/06-formulas-and-duplicates", "\"'=SUM(1;2)\"", "\"=SUM(1;2)\""),
    // XML's line ends are line feeds, whatever stood in the database's memory.
    ("kdbx/01-keepass-argon2d", "\\r\\n", "\\n"),
    ("kdbx/04-keepass-kdbx31", "\\r\\n", "\\n"),
    ("kdbx/06-key-file", "\\r\\n", "\\n"),
];

#[test]
fn every_given_file_is_read_as_expected() {
    let Some(folder) = std::env::var_os("A365_EXCHANGE_SAMPLES").map(PathBuf::from) else {
        eprintln!("A365_EXCHANGE_SAMPLES is not set: no given files are read.");
        return;
    };
    let mut cases = Vec::new();
    for format in fs::read_dir(&folder).expect("the folder of the samples").flatten() {
        cases.extend(fs::read_dir(format.path()).expect("a folder of cases").flatten().map(|case| case.path()));
    }
    cases.sort();
    assert!(cases.len() >= 66, "{} cases", cases.len());
    let wrong: Vec<String> = cases.iter().flat_map(|case| differences(&folder, case)).collect();
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}

fn differences(folder: &Path, case: &Path) -> Vec<String> {
    let name = case.strip_prefix(folder).expect("a case").to_str().expect("a name").to_owned();
    let expected: Value =
        serde_json::from_slice(&fs::read(case.join("expected.json")).expect("expected.json")).expect("JSON");
    let mut wrong = Vec::new();
    let mut differ = |what: &str, ours: &Value, theirs: &Value| {
        if ours != theirs {
            wrong.push(format!("{name}: {what}\n    expected {theirs}\n    found    {ours}"));
        }
    };
    let result = read_case(case, &expected, true);
    if let Some(without) = expected.get("without_key_file") {
        let refusal = read_case(case, &expected, false).err().map(|refusal| refusal.code());
        differ("without the key file", &json!(refusal), &without["refusal"]);
    }
    let import = match result {
        Ok(import) => import,
        Err(refusal) => {
            differ("refusal", &json!(refusal.code()), &expected["refusal"]);
            if let Some(line) = expected.get("line") {
                assert!(refusal.to_string().contains(&format!("line {line}")), "{name}: {refusal}");
            }
            return wrong;
        }
    };
    differ("outcome", &json!(import.outcome().id()), &expected["outcome"]);
    differ("format", &json!(import.format.id()), &expected["format"]);
    let empty = Vec::new();
    let mut expected = expected;
    for (case, from, to) in ALLOWED {
        if case == name {
            expected = serde_json::from_str(&expected.to_string().replace(from, to)).expect("JSON");
        }
    }
    let list = |what: &str| expected[what].as_array().unwrap_or(&empty).clone();
    let ours: BTreeMap<String, Value> = profiles(&import).into_iter().map(|one| (key(&one), one)).collect();
    let theirs: BTreeMap<String, Value> = list("profiles").into_iter().map(|one| (key(&one), one)).collect();
    differ("which profiles", &json!(ours.keys().collect::<Vec<_>>()), &json!(theirs.keys().collect::<Vec<_>>()));
    for (key, theirs) in &theirs {
        let Some(ours) = ours.get(key) else { continue };
        for field in
            ["name", "environment_url", "client_id", "client_secret", "tenant", "secret_expires", "tags", "other_keys"]
        {
            let absent = json!(if field == "other_keys" { json!({}) } else { Value::Null });
            differ(&format!("{key}: {field}"), &ours[field], theirs.get(field).unwrap_or(&absent));
        }
        for piece in theirs["notes_contain"].as_array().unwrap_or(&empty) {
            let has = ours["notes"].as_str().unwrap_or_default().contains(piece.as_str().expect("a text"));
            differ(&format!("{key}: notes hold {piece} in {}", ours["notes"]), &json!(has), &json!(true));
        }
    }
    let mut skipped: Vec<Value> = import.skipped.iter().map(|it| json!([it.name, it.reason.id()])).collect();
    let mut expected_skipped: Vec<Value> = list("skipped").iter().map(|it| json!([it["at"], it["reason"]])).collect();
    skipped.sort_by_key(Value::to_string);
    expected_skipped.sort_by_key(Value::to_string);
    differ("skipped", &json!(skipped), &json!(expected_skipped));
    let given: Vec<(String, &str)> = import.warnings.iter().map(|it| (it.at.clone(), it.code.id())).collect();
    for warning in list("warnings") {
        let (at, code) = (warning["at"].as_str().expect("a place"), warning["code"].as_str().expect("a code"));
        // A place such as “line 9” is that of a candidate with a name of its own.
        let named = import.candidates.iter().find(|it| it.place == at).map_or(at, |it| it.name.as_str());
        differ(&format!("warning {code} at {at}"), &json!(given.contains(&(named.to_owned(), code))), &json!(true));
    }
    for (at, code) in &given {
        let is_listed = list("warnings").iter().any(|it| {
            let place = it["at"].as_str().unwrap_or_default();
            let named = import.candidates.iter().find(|it| it.place == place).map_or(place, |it| it.name.as_str());
            it["code"] == *code && named == at
        });
        let is_allowed = FURTHER_WARNINGS.iter().any(|(of, further)| *of == name && further == code);
        differ(&format!("further warning {code} at {at}"), &json!(is_listed || is_allowed), &json!(true));
    }
    let expiries: Vec<Value> = import
        .expiries
        .iter()
        .map(|end| {
            let mut one = json!({ "client_id": end.client_id.to_string(), "secret_name": end.secret_name, "secret_expires": end.expires });
            if let Some(hint) = &end.hint {
                one["hint"] = json!(hint.expose());
            }
            one
        })
        .collect();
    differ("expiries", &json!(expiries), &json!(list("expiries")));
    let all = format!("{:?} {}", import, json!(profiles(&import)));
    for never in list("never_imported") {
        let text = never.as_str().expect("a text");
        differ(&format!("never imported: {text}"), &json!(all.contains(text)), &json!(false));
    }
    wrong
}

fn read_case(case: &Path, expected: &Value, with_key_file: bool) -> Result<Import, Refusal> {
    let file = expected["file"].as_str().expect("a file name");
    let bytes = fs::read(case.join(file)).expect("the file");
    let unlock = &expected["unlock"];
    let password = unlock["password"].as_str().map(SecretText::from);
    let key_file = unlock["key_file"].as_str().filter(|_| with_key_file);
    let key_file = key_file.map(|name| Zeroizing::new(fs::read(case.join(name)).expect("the key file")));
    let clouds = Overrides::none();
    let options = Options {
        file_name: file,
        password: password.as_ref(),
        key_file: key_file.as_ref(),
        ..Options::new(&clouds, &|at| at.date_naive())
    };
    read(&bytes, &options)
}

fn key(profile: &Value) -> String {
    format!("{} at {}", profile["name"], profile["environment_url"])
}

fn profiles(import: &Import) -> Vec<Value> {
    let profile = import.candidates.iter().map(|it| {
        let other_keys: BTreeMap<&str, &str> =
            it.other_keys.iter().map(|(key, value)| (key.as_str(), value.expose())).collect();
        json!({
            "name": it.name,
            "environment_url": it.environment_url.as_ref().map(ToString::to_string),
            "client_id": it.client_id.map(|id| id.to_string()),
            "client_secret": it.client_secret.as_ref().map(|secret| secret.expose()),
            "tenant": it.tenant.as_ref().map(ToString::to_string),
            "secret_expires": it.secret_expires,
            "tags": it.tags,
            "notes": it.notes,
            "other_keys": other_keys,
        })
    });
    profile.collect()
}

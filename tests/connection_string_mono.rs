//! 244 spellings of connection strings from public code, documentation and issues, their values replaced, held against Mono's
//! `DbConnectionStringBuilder`.

use std::path::Path;
use std::process::Command;

use a365_password_tool::connection_string::{AuthType, ConnectionString};
use a365_password_tool::profile::SecretText;
use serde_json::{Value, json};

/// Each spelling with what Mono reads in it; made by [`mono_still_reads_them_so`]'s program.
const SPELLINGS: &str = include_str!("data/connection_string_spellings.json");

fn spellings() -> Vec<Value> {
    serde_json::from_str(SPELLINGS).expect("a list of spellings")
}

fn text_of(spelling: &Value) -> &str {
    spelling["connection_string"].as_str().expect("a text")
}

#[test]
fn every_spelling_is_read_as_mono_reads_it() {
    let spellings = spellings();
    assert!(spellings.len() >= 200);
    for spelling in &spellings {
        let text = text_of(spelling);
        for read in [ConnectionString::parse(text), ConnectionString::parse_line(text)] {
            assert_eq!(read.is_err(), spelling["error"] == json!(true), "{text:?}: {:?}", read.err());
            let Ok(read) = read else { continue };
            let auth_type = spelling["auth_type"].as_str().map_or(AuthType::InvalidConnection, AuthType::parse);
            assert_eq!(read.auth_type(), auth_type, "{text:?}");
            assert_eq!(read.url(), spelling["url"].as_str(), "{text:?}");
            assert_eq!(read.client_id(), spelling["client_id"].as_str(), "{text:?}");
            let secret = read.client_secret_value().map(SecretText::expose);
            assert_eq!(secret, spelling["client_secret"].as_str(), "{text:?}");
            let mut keys: Vec<String> = read.keys().map(str::to_lowercase).collect();
            keys.sort();
            assert_eq!(json!(keys), spelling["keys"], "{text:?}");
        }
    }
}

/// Runs Mono itself where it is at hand (Debian: mono-mcs, mono-runtime, libmono-system-data4.0-cil).
#[test]
fn mono_still_reads_them_so() {
    let has =
        |program: &str| Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success());
    if !has("mcs") || !has("mono") {
        eprintln!("Mono is not installed; the kept results were used.");
        return;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (program, input) = (folder.join("MonoReads.exe"), folder.join("spellings"));
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/connection_string/MonoReads.cs");
    let output = format!("-out:{}", program.display());
    let compiled = Command::new("mcs").args(["-r:System.Data.dll", &output]).arg(source).output().expect("mcs starts");
    let said = String::from_utf8_lossy(&compiled.stderr);
    if said.contains("CS0006") {
        eprintln!("Mono's System.Data is not installed; the kept results were used.");
        return;
    }
    assert!(compiled.status.success(), "{said}");
    let spellings = spellings();
    let texts: Vec<&str> = spellings.iter().map(text_of).collect();
    std::fs::write(&input, texts.join("\u{1}")).expect("a folder for tests");
    let answers = Command::new("mono").arg(&program).arg(&input).output().expect("mono starts");
    let answers = String::from_utf8(answers.stdout).expect("ASCII");
    let answers: Vec<Value> = answers.lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
    assert_eq!(answers.len(), spellings.len());
    for (mut spelling, answer) in spellings.into_iter().zip(answers) {
        let text = spelling.as_object_mut().and_then(|members| members.remove("connection_string"));
        assert_eq!(answer, spelling, "{text:?}");
    }
}

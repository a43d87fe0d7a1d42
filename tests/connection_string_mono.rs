//! Spellings of connection strings from public pages, issues and code, their values replaced, and variations of them, held against
//! Mono's `DbConnectionStringBuilder`.

use std::collections::HashSet;
use std::path::Path;
use std::process::Command;

use a365_password_tool::connection_string::{AuthType, ConnectionString, ConnectionStringError};
use a365_password_tool::profile::SecretText;
use serde_json::{Value, json};

/// Each spelling with its source and with what Mono reads in it; the latter made by [`mono_still_reads_them_so`]'s program. A source is
/// the address of a page or an issue, or [`NOT_NAMED`]: code whose place was not written down, and variations. `inside` is the
/// connection string within a whole line of a file, which is another of the spellings.
const SPELLINGS: &str = include_str!("data/connection_string_spellings.json");

const NOT_NAMED: &str = "not named";

fn spellings() -> Vec<Value> {
    serde_json::from_str(SPELLINGS).expect("a list of spellings")
}

fn text_of(spelling: &Value) -> &str {
    spelling["connection_string"].as_str().expect("a text")
}

#[test]
fn each_spelling_is_there_once_and_has_a_source() {
    let spellings = spellings();
    let texts: HashSet<&str> = spellings.iter().map(text_of).collect();
    assert_eq!(texts.len(), spellings.len(), "two spellings are the same");
    for spelling in &spellings {
        let source = spelling["source"].as_str().unwrap_or_default();
        let is_address = source.starts_with("https://") || source.starts_with("http://");
        assert!(is_address || source == NOT_NAMED, "{:?}: {source:?} is no source", text_of(spelling));
    }
    assert!(spellings.len() >= 300);
}

/// That `read` is what Mono read in `spelling`.
fn assert_read_as(read: Result<ConnectionString, ConnectionStringError>, spelling: &Value, text: &str) {
    assert_eq!(read.is_err(), spelling["error"] == json!(true), "{text:?}: {:?}", read.err());
    let Ok(read) = read else { return };
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

#[test]
fn every_spelling_is_read_as_mono_reads_it() {
    for spelling in &spellings() {
        let text = text_of(spelling);
        assert_read_as(ConnectionString::parse(text), spelling, text);
        if spelling["inside"].is_null() {
            assert_read_as(ConnectionString::parse_line(text), spelling, text);
        }
    }
}

#[test]
fn a_whole_line_is_read_as_mono_reads_what_stands_inside() {
    let spellings = spellings();
    let lines: Vec<&Value> = spellings.iter().filter(|spelling| !spelling["inside"].is_null()).collect();
    assert!(!lines.is_empty());
    for line in lines {
        let inside = spellings.iter().find(|spelling| spelling["connection_string"] == line["inside"]);
        let text = text_of(line);
        assert_read_as(ConnectionString::parse_line(text), inside.expect("a spelling of its own"), text);
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
        let members = spelling.as_object_mut().expect("an object");
        members.remove("source");
        members.remove("inside");
        let text = members.remove("connection_string");
        assert_eq!(answer, spelling, "{text:?}");
    }
}

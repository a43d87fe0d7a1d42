//! Readers of what strangers send, under answers that are nearly right: recorded ones with random edits. A handful
//! of cases in every test run; `fuzz/run.sh` runs a million of each.

use proptest::prelude::*;
use serde_json::Value;
use uuid::Uuid;

use super::challenge::tenant_of;
use super::dataverse::DataverseError;
use super::privileges::{PrivilegeState, WANTED};
use super::privileges_stage::{read_held, state_of};
use super::sign_in::EntraError;
use crate::profile::EnvironmentUrl;

/// One change to a text.
#[derive(Clone, Debug)]
enum Edit {
    Replace(u16, u8),
    Remove(u16, u8),
    Insert(u16, usize),
    Copy(u16, u16, u8),
}

fn any_edits() -> impl Strategy<Value = Vec<Edit>> {
    let edit = prop_oneof![
        (any::<u16>(), any::<u8>()).prop_map(|(at, byte)| Edit::Replace(at, byte)),
        (any::<u16>(), 1u8..40).prop_map(|(at, length)| Edit::Remove(at, length)),
        (any::<u16>(), any::<usize>()).prop_map(|(at, piece)| Edit::Insert(at, piece)),
        (any::<u16>(), any::<u16>(), 1u8..60).prop_map(|(from, to, length)| Edit::Copy(from, to, length)),
    ];
    prop::collection::vec(edit, 0..8)
}

/// `text` with `edits`, the insertions taken from `pieces`.
fn edited(text: &str, edits: &[Edit], pieces: &[&str]) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for edit in edits {
        let place = |at: u16| usize::from(at) % (bytes.len() + 1);
        match edit {
            Edit::Replace(at, byte) => {
                let at = place(*at);
                if let Some(old) = bytes.get_mut(at) {
                    *old = *byte;
                }
            }
            Edit::Remove(at, length) => {
                let at = place(*at);
                let end = (at + usize::from(*length)).min(bytes.len());
                bytes.drain(at..end);
            }
            Edit::Insert(at, piece) => {
                let at = place(*at);
                bytes.splice(at..at, pieces[piece % pieces.len()].bytes());
            }
            Edit::Copy(from, to, length) => {
                let (from, to) = (place(*from), place(*to));
                let end = (from + usize::from(*length)).min(bytes.len());
                let copied = bytes[from..end].to_vec();
                bytes.splice(to..to, copied);
            }
        }
    }
    bytes
}

const TENANT: &str = "66667777-dddd-8888-eeee-9999ffff0000";
const CHALLENGES: [&str; 5] = [
    "Bearer authorization_uri=https://login.microsoftonline.com/66667777-dddd-8888-eeee-9999ffff0000/oauth2/authorize, resource_id=https://contoso.crm4.dynamics.com/",
    "bearer AUTHORIZATION_URI=\"https://login.windows.net/66667777-dddd-8888-eeee-9999ffff0000/oauth2/authorize\" resource_id=\"https://contoso.api.crm4.dynamics.com/\"",
    "Negotiate, NTLM, Bearer error=\"invalid_token\", authorization_uri=https://login.microsoftonline.com/66667777-dddd-8888-eeee-9999ffff0000/x",
    "Bearer authorization_uri=https://login.evil.example/66667777-dddd-8888-eeee-9999ffff0000/oauth2/authorize, resource_id=https://fabrikam.crm4.dynamics.com/",
    "Basic realm=\"a, b\", Bearer",
];
const CHALLENGE_PIECES: [&str; 22] = [
    "Bearer ",
    "authorization_uri=",
    "resource_id=",
    "authorization=",
    "=",
    ",",
    "\"",
    "'",
    "\\",
    " ",
    "\t",
    "@",
    "https://login.evil.example/",
    "http://",
    "https://login.microsoftonline.us/",
    ":8443",
    ".evil.example",
    "?x",
    "#",
    "https://login.microsoftonline.com/",
    "%2e",
    "\u{43e}",
];

/// The sign-in hosts that a commercial environment may name.
const HOSTS: [&str; 4] = ["login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"];

const ENTRA: [&str; 4] = [
    r#"{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided. Ensure the secret being sent is the value.\r\nTrace ID: 5c1f0b2a-0000\r\nCorrelation ID: c1\r\nTimestamp: 2021-01-15 08:38:00Z","error_codes":[7000215],"timestamp":"2021-01-15 08:38:00Z","trace_id":"t1","correlation_id":"c1","error_uri":"https://login.microsoftonline.com/error?code=7000215"}"#,
    r#"{"error":"invalid_tenant","error_description":"AADSTS90002: Tenant 'x' not found. Trace ID: t2 Correlation ID: c2 Timestamp: 2026-01-01 00:00:00Z","error_codes":["90002"]}"#,
    r#"{"error":"temporarily_unavailable"}"#,
    r#"{"error_description":"AADSTS","error_codes":[],"trace_id":5}"#,
];
const DATAVERSE: [&str; 4] = [
    r#"{"error":{"code":"0x80072560","message":"The user is not a member of the organization."}}"#,
    r#"{"error":{"code":"-2147015328","message":"Principal user (Id=x, type=8), is missing prvReadAccount privilege"}}"#,
    r#"{"error":{"code":-2147015328,"message":null,"innererror":{"message":"x","type":"y","stacktrace":"z"}}}"#,
    r#"{"error":{"code":"","message":"User does not have required privileges to access the org when it is in Admin Only mode."}}"#,
];
const PRIVILEGES: [&str; 3] = [
    r#"{"@odata.context":"x","RolePrivileges":[{"Depth":"Global","PrivilegeId":"a","BusinessUnitId":"b","PrivilegeName":"prvReadAccount"},{"Depth":"Basic","PrivilegeName":"prvReadincident","RecordFilterId":"0"}]}"#,
    r#"{"RolePrivileges":[]}"#,
    r#"{"RolePrivileges":[{"Depth":3,"PrivilegeName":null},null,5,"x",[{"PrivilegeName":"prvReadContact","Depth":"Deep"}]]}"#,
];
const JSON_PIECES: [&str; 24] = [
    "\"",
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "null",
    "-1",
    "1e999",
    "99999999999999999999",
    "\\u0000",
    "\\ud800",
    "\\r\\n",
    "\"code\":",
    "\"error\":",
    "\"0x\"",
    "\"0xFFFFFFFFF\"",
    "AADSTS",
    "Trace ID:",
    "\u{202e}",
    "\u{1f600}",
    "\"Depth\":\"Local\"",
    "\"PrivilegeName\":\"PRVREADCONTACT\"",
];

/// Fit to show: one line without control characters, and no longer than the limit and its ellipsis.
fn is_one_line(text: &str) -> bool {
    !text.chars().any(char::is_control) && text.chars().count() <= 601
}

proptest! {
    #[test]
    fn fuzz_challenge(
        first in 0..CHALLENGES.len(),
        second in prop::option::of(0..CHALLENGES.len()),
        edits in any_edits(),
        noise in prop::collection::vec(any::<u8>(), 0..8),
    ) {
        let environment = EnvironmentUrl::parse("contoso.crm4.dynamics.com").expect("an environment");
        let mut lines = vec![edited(CHALLENGES[first], &edits, &CHALLENGE_PIECES)];
        lines.extend(second.map(|second| [CHALLENGES[second].as_bytes(), &noise].concat()));
        let found = tenant_of(lines.iter().map(Vec::as_slice), &environment);
        if let Ok(tenant) = found {
            let text = lines.iter().map(|line| String::from_utf8_lossy(line).to_lowercase()).collect::<String>();
            // A backslash in quotes stands for the character behind it (RFC 9110, quoted-pair).
            let names_a_known_host = HOSTS.iter().any(|host| text.replace('\\', "").contains(host));
            prop_assert!(names_a_known_host, "{text}");
            prop_assert_ne!(tenant, Uuid::nil());
            if edits.is_empty() {
                prop_assert_eq!(tenant.to_string(), TENANT);
                prop_assert_ne!(first, 3, "a foreign authority");
                prop_assert_ne!(second, Some(3), "a foreign authority in a second line");
            }
        }
    }

    #[test]
    fn fuzz_entra_error(which in 0..ENTRA.len(), edits in any_edits()) {
        let bytes = edited(ENTRA[which], &edits, &JSON_PIECES);
        if let Some(error) = serde_json::from_slice::<Value>(&bytes).ok().as_ref().and_then(EntraError::read) {
            for text in error.texts() {
                prop_assert!(is_one_line(text), "{text:?}");
            }
        }
    }

    #[test]
    fn fuzz_dataverse_error(which in 0..DATAVERSE.len(), edits in any_edits()) {
        let bytes = edited(DATAVERSE[which], &edits, &JSON_PIECES);
        if let Some(error) = serde_json::from_slice::<Value>(&bytes).ok().as_ref().and_then(DataverseError::read) {
            for text in error.texts() {
                prop_assert!(is_one_line(text), "{text:?}");
            }
        }
    }

    #[test]
    fn fuzz_privileges(which in 0..PRIVILEGES.len(), edits in any_edits()) {
        let bytes = edited(PRIVILEGES[which], &edits, &JSON_PIECES);
        let lower = String::from_utf8_lossy(&bytes).to_lowercase();
        if let Some(held) = serde_json::from_slice::<Value>(&bytes).ok().as_ref().and_then(read_held) {
            for wanted in &WANTED {
                let is_held = matches!(state_of(wanted, &held), PrivilegeState::Held(_));
                // A name spelled with escapes would be right as well, but no edit makes one.
                prop_assert!(!is_held || lower.contains(&wanted.name.to_lowercase()) || lower.contains("\\u"));
            }
        }
    }

    #[test]
    fn fuzz_bytes(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let environment = EnvironmentUrl::parse("contoso.crm4.dynamics.com").expect("an environment");
        prop_assert!(tenant_of([bytes.as_slice()], &environment).is_err());
        if let Ok(json) = serde_json::from_slice::<Value>(&bytes) {
            let _ = (EntraError::read(&json), DataverseError::read(&json), read_held(&json));
        }
    }
}

//! The command line as transcripts, in `tests/cli`: each file is a command, its input, and its whole answer.
//!
//! trycmd shows a backslash as a slash. After a wanted change, `TRYCMD=overwrite cargo test --test cli` writes the answers anew; read what it changed.

/// Elsewhere than on Linux a program cannot be told by its environment to trust the simulator.
#[cfg(target_os = "linux")]
#[path = "cli/check.rs"]
mod check;
#[path = "cli/csv.rs"]
mod csv;
#[cfg(target_os = "linux")]
#[path = "cli/diagnose.rs"]
mod diagnose;
#[path = "cli/exchange.rs"]
mod exchange;
#[path = "vault/forge.rs"]
#[expect(dead_code, reason = "the tests of the vault need more of it")]
mod forge;
#[path = "cli/history.rs"]
mod history;
/// Elsewhere a file's name cannot hold such characters.
#[cfg(unix)]
#[path = "cli/hostile_texts.rs"]
mod hostile_texts;
#[path = "cli/in_process.rs"]
mod in_process;
#[cfg(target_os = "linux")]
#[path = "cli/inventory.rs"]
mod inventory;
#[path = "cli/pasted.rs"]
mod pasted;
#[path = "cli/program.rs"]
mod program;
#[path = "cli/secrets.rs"]
mod secrets;
#[path = "cli/slots.rs"]
mod slots;
#[cfg(target_os = "linux")]
mod support;
#[cfg(target_os = "linux")]
#[path = "cli/terminal.rs"]
mod terminal;
#[path = "cli/vault_backups.rs"]
mod vault_backups;
#[path = "cli/vault_use.rs"]
mod vault_use;

#[test]
fn answers_about_files_without_a_vault() {
    let home = tempfile::tempdir().expect("a folder");
    transcripts(home.path()).case("tests/cli/exchange/*.toml").run();
}

#[test]
fn answers_without_a_vault() {
    let home = tempfile::tempdir().expect("a folder");
    transcripts(home.path()).case("tests/cli/plain/*.trycmd").case("tests/cli/plain/*.toml").run();
}

/// Windows asks the system for the default vault's folder, so there is no place of the test's own to put a vault.
#[cfg(not(windows))]
#[test]
fn answers_about_the_default_vault() {
    let home = tempfile::tempdir().expect("a folder");
    sample::make_default_vault(home.path());
    transcripts(home.path()).case("tests/cli/vault/*.toml").run();
}

/// Transcripts run side by side: one that changes the vault has a vault of its own.
#[cfg(not(windows))]
#[test]
fn a_check_changes_the_default_vault() {
    let home = tempfile::tempdir().expect("a folder");
    sample::make_default_vault(home.path());
    transcripts(home.path()).case("tests/cli/vault_change/check_incomplete.toml").run();
}

#[cfg(not(windows))]
#[test]
fn the_default_vault_is_made_with_its_folder() {
    let home = tempfile::tempdir().expect("a folder");
    transcripts(home.path()).case("tests/cli/new_vault/create.toml").run();
    assert!(home.path().join("a365passwordtool/profiles.a365vault").is_file());
}

/// Transcripts in which no settings and no vault of this computer's user can appear.
fn transcripts(home: &std::path::Path) -> trycmd::TestCases {
    let cases = trycmd::TestCases::new();
    let home_text = home.to_str().expect("a temporary folder has a readable name").to_owned();
    for name in ["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "APPDATA", "LOCALAPPDATA"] {
        cases.env(name, home_text.clone());
    }
    cases.insert_var("[HOME]", home_text).expect("a name in brackets");
    cases
}

#[cfg(not(windows))]
mod sample {
    use std::path::Path;

    use a365_password_tool::profile::{ClientId, ClientSecret, EnvironmentUrl, Profile, SecretText};
    use a365_password_tool::vault::{KdfParameters, Vault, VaultError};
    use chrono::{DateTime, NaiveDate, Utc};
    use uuid::Uuid;

    pub(super) fn make_default_vault(home: &Path) {
        let folder = home.join("a365passwordtool");
        std::fs::create_dir_all(&folder).expect("the data folder");
        let passphrase = SecretText::from("four random words here");
        let path = folder.join("profiles.a365vault");
        let mut vault = Vault::create(&path, &passphrase, KdfParameters::minimum()).expect("a vault");
        let fill = vault.update(|contents| {
            contents.put(contoso())?;
            contents.put(profile(2, "Fabrikam, \"live\"", Some("2001-02-03")))?;
            contents.put(profile(3, "Wingtip", None))?;
            Ok::<_, VaultError>(())
        });
        fill.expect("three profiles");
    }

    fn profile(number: u128, name: &str, expires: Option<&str>) -> Profile {
        let made: DateTime<Utc> = "2026-01-02T03:04:05Z".parse().expect("a time");
        let mut profile = Profile::new(Uuid::from_u128(number), name, made);
        profile.secret_expires = expires.map(|day| day.parse::<NaiveDate>().expect("a day"));
        profile
    }

    fn contoso() -> Profile {
        let mut profile = profile(1, "Contoso Test", Some("2999-12-31"));
        profile.environment_url = EnvironmentUrl::parse("https://contoso.crm4.dynamics.com").ok();
        profile.client_id = ClientId::parse("11112222-aaaa-3333-bbbb-4444cccc5555").ok();
        profile.client_secret = ClientSecret::parse("my;secret=\"one\"").ok();
        profile.tags = vec!["test".to_owned(), "europe".to_owned()];
        profile.notes = "Ask Ada before changing.\nSecond line.".to_owned();
        profile.vendor_value = Some(SecretText::from("vendor-form"));
        profile.other_keys = vec![("RequireNewInstance".to_owned(), SecretText::from("true"))];
        profile
    }
}

//! This account's slot for real: GNOME Keyring in a D-Bus session of its own, and sessions without a keyring.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use a365_password_tool::platform::os_account::{self, AccountError};
use a365_password_tool::profile::SecretText;
use a365_password_tool::vault::{Credential, SlotKind, Vault, VaultError, can_open_with_this_account};

use super::{Place, add, made, names};

/// Names the vault for the tests that run inside a session. Without it they do nothing.
const VAULT_VARIABLE: &str = "A365_TEST_KEYRING_VAULT";

/// The vault and its passphrase, inside a session.
fn inside() -> Option<(PathBuf, SecretText)> {
    let path = PathBuf::from(std::env::var_os(VAULT_VARIABLE)?);
    let passphrase = std::io::stdin().lines().next().expect("a line").expect("a text");
    Some((path, SecretText::new(passphrase)))
}

/// Runs one of the tests below in a D-Bus session of its own, after `preparation`.
fn in_a_session(place: &Place, services: Services, preparation: &str, test: &str) -> Output {
    let script = format!("{preparation} exec \"$0\" --exact keyring::{test} --nocapture");
    let home = place.folder.path().join("home");
    std::fs::create_dir_all(&home).expect("a home");
    let mut session = Command::new("dbus-run-session");
    if services == Services::None {
        let config = home.join("session.conf");
        std::fs::write(&config, NO_SERVICES).expect("a configuration");
        session.arg("--config-file").arg(config);
    }
    session
        .args(["--", "sh", "-c", &script])
        .arg(std::env::current_exe().expect("this test program"))
        .env_clear()
        .envs(
            ["HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"].map(|name| (name, &home)),
        )
        .env("PATH", std::env::var_os("PATH").expect("a path"))
        .env(VAULT_VARIABLE, &place.path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut session = session.spawn().expect("dbus-run-session: see .ci/setup");
    let mut input = session.stdin.take().expect("its input");
    writeln!(input, "{}", place.passphrase.expose()).expect("its passphrase");
    drop(input);
    session.wait_with_output().expect("its end")
}

#[track_caller]
fn passed(output: &Output) {
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && text.contains("1 passed"), "{text}\n{errors}");
}

/// What a session can start by itself.
#[derive(Clone, Copy, PartialEq)]
enum Services {
    Installed,
    None,
}

const NO_SERVICES: &str = r#"<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen>
<policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy></busconfig>"#;

/// Makes a keyring whose passphrase is known, unlocked.
const UNLOCKED: &str = "printf keyring | gnome-keyring-daemon --unlock --components=secrets >/dev/null;";

#[test]
fn a_vault_opens_with_the_keyring_of_the_account() {
    let (place, vault) = made();
    drop(vault);
    passed(&in_a_session(&place, Services::Installed, UNLOCKED, "with_an_unlocked_keyring"));
    // The keyring's file holds the slot's key, under the keyring's own passphrase.
    let keyrings = place.folder.path().join("home/keyrings");
    assert!(std::fs::read_dir(keyrings).is_ok_and(|files| files.count() > 0), "it was a keyring of this test");
    let other = tempfile::tempdir().expect("another home");
    let elsewhere = Place { folder: other, path: place.path.clone(), passphrase: place.passphrase.clone() };
    passed(&in_a_session(&elsewhere, Services::Installed, UNLOCKED, "with_somebody_elses_keyring"));
    // In a new session the keyring is there again, as after the next sign-in.
    passed(&in_a_session(&place, Services::Installed, UNLOCKED, "with_the_keyring_of_before"));
}

#[test]
fn with_an_unlocked_keyring() {
    let Some((path, passphrase)) = inside() else { return };
    assert!(!can_open_with_this_account(&path));
    let mut vault = Vault::open(&path, &passphrase).expect("opened");
    add(&mut vault, "Contoso").expect("a save");
    vault.add_this_account().expect("the keyring takes the key");
    assert!(can_open_with_this_account(&path));
    let by_account = Vault::open_with(&path, &Credential::ThisAccount).expect("opened without typing");
    assert_eq!(names(by_account.contents()), ["Contoso"]);
    let slot = by_account.slots().into_iter().find(|slot| slot.kind == SlotKind::OsAccount).expect("a slot");
    assert!(slot.opened_with && slot.is_this_account, "{slot:?}");
    vault.remove_slot(slot.id).expect("removed");
    assert!(!can_open_with_this_account(&path), "the keyring forgot it too");
    assert!(Vault::open_with(&path, &Credential::ThisAccount).is_err());
    vault.add_this_account().expect("added again");
}

#[test]
fn with_the_keyring_of_before() {
    let Some((path, _)) = inside() else { return };
    assert!(can_open_with_this_account(&path));
    let vault = Vault::open_with(&path, &Credential::ThisAccount).expect("opened without typing");
    assert_eq!(names(vault.contents()), ["Contoso"]);
}

#[test]
fn with_somebody_elses_keyring() {
    let Some((path, _)) = inside() else { return };
    assert!(!can_open_with_this_account(&path));
    let error = Vault::open_with(&path, &Credential::ThisAccount).expect_err("somebody else's");
    assert!(matches!(error, VaultError::AccountUnknown { .. }), "{error}");
}

#[test]
fn without_a_keyring_it_is_told_at_once() {
    let (place, _) = made();
    // Nothing answers and nothing can be started.
    passed(&in_a_session(&place, Services::None, "", "with_no_keyring"));
}

#[test]
fn with_no_keyring() {
    let Some((path, passphrase)) = inside() else { return };
    let begin = Instant::now();
    let mut vault = Vault::open(&path, &passphrase).expect("opened");
    let error = vault.add_this_account().expect_err("there is no keyring");
    assert!(matches!(error, VaultError::Account(AccountError::Unavailable(_))), "{error:?}");
    assert!(error.to_string().contains("Secret Service") && error.to_string().contains("passphrase"), "{error}");
    assert!(!can_open_with_this_account(&path));
    assert_eq!(vault.slots().len(), 1);
    assert!(begin.elapsed() < Duration::from_secs(10), "{:?}", begin.elapsed());
}

#[test]
fn a_keyring_that_nobody_unlocks_is_told() {
    let (place, _) = made();
    // The session starts the keyring by itself. It has to ask for a new passphrase, and there is no screen to ask on.
    passed(&in_a_session(&place, Services::Installed, "", "with_a_locked_keyring"));
}

#[test]
fn with_a_locked_keyring() {
    let Some((path, passphrase)) = inside() else { return };
    let mut vault = Vault::open(&path, &passphrase).expect("opened");
    let error = vault.add_this_account().expect_err("nobody unlocks it");
    assert!(matches!(error, VaultError::Account(AccountError::Locked)), "{error:?}");
}

#[test]
fn without_a_session_it_is_told_at_once() {
    let (place, _) = made();
    let no_session = "export DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent;";
    passed(&in_a_session(&place, Services::Installed, no_session, "with_no_keyring"));
}

#[test]
fn a_store_that_never_answers_is_given_up() {
    let (place, _) = made();
    passed(&in_a_session(&place, Services::None, "", "with_a_silent_keyring"));
}

/// A program that has the Secret Service's name and says nothing.
#[test]
fn with_a_silent_keyring() {
    if inside().is_none() {
        return;
    }
    let silent = zbus::blocking::connection::Builder::session().and_then(|builder| {
        builder.name("org.freedesktop.secrets")?.serve_at("/org/freedesktop/secrets", Silent)?.build()
    });
    let _silent = silent.expect("a service");
    let begin = Instant::now();
    assert!(!os_account::holds("entry", b""));
    let error = os_account::recall("entry", b"").expect_err("nobody answers");
    assert!(matches!(error, AccountError::TimedOut), "{error}");
    assert!(begin.elapsed() < Duration::from_secs(15), "{:?}", begin.elapsed());
}

struct Silent;

#[zbus::interface(name = "org.freedesktop.Secret.Service")]
impl Silent {
    async fn open_session(&self, _algorithm: &str, _input: zbus::zvariant::Value<'_>) {
        std::future::pending::<()>().await;
    }
    async fn search_items(&self, _attributes: std::collections::HashMap<String, String>) {
        std::future::pending::<()>().await;
    }
}

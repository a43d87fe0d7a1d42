//! Several windows, programs and people on one vault, some of them killed while saving.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use a365_password_tool::profile::SecretText;
use a365_password_tool::vault::{KdfParameters, Refreshed, ThisMachine, Vault, VaultError, backups, lock_path};

use super::{Place, add, fresh_secret, made, names};

/// Names the vault for [`as_another_program`]. Without it that test does nothing.
const VAULT_VARIABLE: &str = "A365_TEST_VAULT";
/// How many kills to try, for a longer run than every day's 40.
const KILLS_VARIABLE: &str = "A365_TEST_KILLS";

#[test]
fn two_handles_in_turn_lose_nothing() {
    let (place, mut one) = made();
    let mut other = place.open().expect("a second handle");
    for round in 0..5 {
        add(&mut one, &format!("one {round}")).expect("a save");
        add(&mut other, &format!("other {round}")).expect("a save");
    }
    assert_eq!(other.contents().profiles().len(), 10);
    assert_eq!(one.contents().profiles().len(), 9);
    assert_eq!(one.refresh().expect("reads again"), Refreshed::Read);
    assert_eq!(one.refresh().expect("nothing new"), Refreshed::Unchanged);
    assert_eq!(one.contents().profiles(), other.contents().profiles());
}

#[test]
fn a_name_taken_by_somebody_else_meanwhile_is_refused() {
    let (place, mut one) = made();
    let mut other = place.open().expect("a second handle");
    add(&mut one, "Contoso").expect("the first");
    assert!(matches!(add(&mut other, "contoso"), Err(VaultError::NameTaken { .. })));
    add(&mut other, "Fabrikam").expect("another name");
    assert_eq!(names(place.open().expect("opened").contents()), ["Contoso", "Fabrikam"]);
}

/// Waits for its turn however slow the machine is.
fn patient() -> Arc<ThisMachine> {
    Arc::new(ThisMachine { lock_patience: Duration::from_secs(600) })
}

#[test]
fn threads_with_fifty_saves_each_lose_nothing() {
    let (place, vault) = made();
    drop(vault);
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let mut vault = Vault::open_in(patient(), &place.path, &place.passphrase).expect("a handle each");
            scope.spawn(move || {
                for save in 0..50 {
                    add(&mut vault, &format!("{thread}-{save}")).expect("every save");
                }
            });
        }
    });
    let vault = place.open().expect("opened");
    assert_eq!(vault.contents().profiles().len(), 200);
    assert_eq!(vault.info().generation, 201);
}

#[test]
fn a_held_lock_is_waited_for_and_then_named() {
    let (place, mut vault) = made();
    let file = std::fs::File::create(lock_path(&place.path)).expect("the lock file");
    file.lock().expect("held");
    let hasty = Arc::new(ThisMachine { lock_patience: Duration::from_millis(30) });
    let mut other = Vault::open_in(hasty.clone(), &place.path, &place.passphrase).expect("reading needs no lock");
    assert!(matches!(add(&mut other, "Contoso"), Err(VaultError::Locked { .. })));
    assert!(matches!(other.change_passphrase(&place.passphrase, &fresh_secret()), Err(VaultError::Locked { .. })));
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| add(&mut vault, "Fabrikam"));
        drop(file);
        waiting.join().expect("no panic").expect("the lock came free");
    });
}

#[test]
fn a_handle_under_the_former_passphrase_says_so_and_saves_nothing() {
    let (place, mut one) = made();
    let mut other = place.open().expect("a second handle");
    let new = fresh_secret();
    one.change_passphrase(&place.passphrase, &new).expect("a change");
    let before = place.bytes();
    assert!(matches!(add(&mut other, "Contoso"), Err(VaultError::PassphraseChanged { .. })));
    assert!(matches!(other.refresh(), Err(VaultError::PassphraseChanged { .. })));
    assert_eq!(place.bytes(), before);
}

#[test]
fn another_vault_in_the_same_place_is_not_overwritten() {
    let (place, mut vault) = made();
    std::fs::remove_file(&place.path).expect("gone");
    Vault::create(&place.path, &place.passphrase, KdfParameters::minimum()).expect("a new vault there");
    let before = place.bytes();
    assert!(matches!(add(&mut vault, "Contoso"), Err(VaultError::Replaced { .. })));
    assert_eq!(place.bytes(), before);
}

#[test]
fn a_restored_backup_is_taken_over() {
    let (place, mut vault) = made();
    add(&mut vault, "Contoso").expect("a save");
    add(&mut vault, "Fabrikam").expect("a save");
    std::fs::copy(&backups(&place.path).expect("the backups")[0].path, &place.path).expect("restored by hand");
    assert_eq!(vault.refresh().expect("reads again"), Refreshed::SetBack);
    assert_eq!(names(vault.contents()), ["Contoso"]);
}

/// Not a test by itself: the program that the tests below start and kill. It reads the passphrase and a prefix from
/// its input, saves profiles in a loop, and prints each name once the save is done.
#[test]
fn as_another_program() -> Result<(), Box<dyn std::error::Error>> {
    let Some(path) = std::env::var_os(VAULT_VARIABLE) else { return Ok(()) };
    let mut lines = std::io::stdin().lines();
    let mut line = || lines.next().unwrap_or_else(|| Ok(String::new()));
    let (passphrase, prefix, count) = (SecretText::new(line()?), line()?, line()?.parse::<usize>()?);
    let mut vault = Vault::open_in(patient(), path.as_ref(), &passphrase)?;
    for save in 0..count {
        let name = format!("{prefix}-{save}");
        // What this program knows of the shared profile is older than what the others have saved by now.
        let known = vault.contents().by_name("Shared").cloned();
        add(&mut vault, &name)?;
        if let Some(base) = known.filter(|_| save % 5 == 0) {
            let mut mine = base.clone();
            mine.tags.push(name.clone());
            mine.modified = chrono::Utc::now();
            vault.update(|contents| contents.put_based_on(Some(&base), mine))?;
        }
        writeln!(std::io::stdout(), "saved {name}")?;
        std::io::stdout().flush()?;
    }
    Ok(())
}

fn start(place: &Place, prefix: &str, count: usize) -> Child {
    let mut child = Command::new(std::env::current_exe().expect("this test program"))
        .args(["--exact", "sharing::as_another_program", "--nocapture"])
        .env(VAULT_VARIABLE, &place.path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("another program");
    let mut input = child.stdin.take().expect("its input");
    writeln!(input, "{}\n{prefix}\n{count}", place.passphrase.expose()).expect("its orders");
    child
}

#[test]
fn programs_with_fifty_saves_each_lose_nothing() {
    let (place, mut vault) = made();
    add(&mut vault, "Shared").expect("a save");
    drop(vault);
    let children = ["a", "b", "c"].map(|prefix| start(&place, prefix, 50));
    for child in children {
        let output = child.wait_with_output().expect("its end");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
    let vault = place.open().expect("opened");
    let contents = vault.contents();
    assert_eq!(contents.profiles().len(), 151);
    let mut tags = contents.by_name("Shared").expect("it stays").tags.clone();
    tags.sort();
    let each = |prefix: &'static str| (0..50).step_by(5).map(move |save| format!("{prefix}-{save}"));
    let mut edits: Vec<_> = ["a", "b", "c"].into_iter().flat_map(each).collect();
    edits.sort();
    assert_eq!(tags, edits, "every edit of the shared profile is in it");
    assert!(contents.conflicts().is_empty());
    assert_eq!(contents.history().len(), 2 + 150 + 30, "and every change is in the history");
}

/// The next name that the program says it saved.
fn next_saved(lines: &mut impl Iterator<Item = std::io::Result<String>>) -> Option<String> {
    lines.map_while(Result::ok).find_map(|line| line.split_once("saved ").map(|(_, name)| name.to_owned()))
}

#[test]
fn a_kill_while_saving_loses_no_save_that_was_acknowledged() {
    let (place, vault) = made();
    drop(vault);
    let mut acknowledged: Vec<String> = Vec::new();
    let rounds: u64 = std::env::var(KILLS_VARIABLE).ok().and_then(|text| text.parse().ok()).unwrap_or(40);
    for round in 0..rounds {
        let mut child = start(&place, &format!("round {round}"), 10_000);
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        for _ in 0..=round % 4 {
            acknowledged.push(next_saved(&mut lines).expect("the program ended by itself"));
        }
        // Spread over a save's duration: no instant is right or wrong, so nothing depends on how long this takes.
        std::thread::sleep(Duration::from_micros(round * 7919 % 4000));
        child.kill().expect("killed (SIGKILL)");
        acknowledged.extend(std::iter::from_fn(|| next_saved(&mut lines)));
        child.wait().expect("its end");
        let vault = place.open().expect("whole after the kill");
        let missing: Vec<_> = acknowledged.iter().filter(|name| vault.contents().by_name(name).is_none()).collect();
        assert!(missing.is_empty(), "round {round}: {missing:?}");
    }
    assert!(acknowledged.len() as u64 >= rounds);
    add(&mut place.open().expect("opened"), "after all").expect("no left-over stands in the way");
    assert!(!place.files().iter().any(|path| path.to_string_lossy().ends_with(".new")));
}

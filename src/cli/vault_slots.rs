//! The ways to open a vault: `vault slots`, `add-account`, `add-passphrase`, `add-recovery-key`, `remove-slot` and
//! `set-passphrase`.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use chrono::SecondsFormat;
use serde::Serialize;

use super::arguments::{
    AddPassphraseArguments, Passphrase, RecoveryKeyArguments, RemoveSlotArguments, SetPassphraseArguments,
};
use super::failure::{Exit, Failure};
use super::output::{Answer, plain, table};
use super::session::{Session, Style};
use super::vault::{KdfAnswer, describe_kdf};
use crate::platform::file_system::create_private;
use crate::vault::{Credential, KdfParameters, SlotKind, SlotView, Vault, VaultError, recovery_sheet};

#[derive(Serialize)]
struct SlotsAnswer {
    slots: Vec<SlotAnswer>,
}

#[derive(Serialize)]
struct SlotAnswer {
    number: usize,
    id: String,
    kind: &'static str,
    label: String,
    added: Option<String>,
    kdf: Option<KdfAnswer>,
    this_account: bool,
    opened_with: bool,
}

pub(super) fn list(session: &mut Session<'_, '_>, passphrase: Passphrase) -> Result<Exit, Failure> {
    let vault = session.open_vault(passphrase)?;
    match session.style {
        Style::Json => answer_slots(session, &vault),
        Style::People => {
            let heading = ["No.", "Id", "Opens with", "Whose", "Added", ""];
            let rows: Vec<Vec<String>> = (1..).zip(vault.slots()).map(|(number, slot)| row(number, &slot)).collect();
            session.console.answer_lines(&table(&heading, &rows));
        }
    }
    Ok(Exit::Good)
}

fn row(number: usize, slot: &SlotView) -> Vec<String> {
    let remark = match (slot.is_this_account, slot.opened_with) {
        (true, true) => "this account; opened with it now",
        (true, false) => "this account",
        (false, true) => "opened with it now",
        (false, false) => "",
    };
    let opens_with = match slot.kdf {
        Some(kdf) => format!("{} ({})", kind_in_words(slot.kind), describe_kdf(kdf)),
        None => kind_in_words(slot.kind).to_owned(),
    };
    let added = slot.added.map_or_else(String::new, |added| added.format("%Y-%m-%d").to_string());
    vec![number.to_string(), slot.id.to_string(), opens_with, plain(&slot.label), added, remark.to_owned()]
}

fn kind_in_words(kind: SlotKind) -> &'static str {
    match kind {
        SlotKind::Passphrase => "passphrase",
        SlotKind::RecoveryKey => "recovery key",
        SlotKind::OsAccount => "account",
        SlotKind::Unknown => "something of a newer version",
    }
}

fn answer_slots(session: &mut Session<'_, '_>, vault: &Vault) {
    let slot = |(number, slot): (usize, SlotView)| SlotAnswer {
        number,
        id: slot.id.to_string(),
        kind: match slot.kind {
            SlotKind::Passphrase => "passphrase",
            SlotKind::RecoveryKey => "recovery-key",
            SlotKind::OsAccount => "os-account",
            SlotKind::Unknown => "unknown",
        },
        label: slot.label,
        added: slot.added.map(|added| added.to_rfc3339_opts(SecondsFormat::Secs, true)),
        kdf: slot.kdf.map(KdfAnswer::from),
        this_account: slot.is_this_account,
        opened_with: slot.opened_with,
    };
    let slots = (1..).zip(vault.slots()).map(slot).collect();
    session.console.answer_json(&Answer::new(SlotsAnswer { slots }));
}

/// After a change: the list for scripts, one sentence for people.
fn changed(session: &mut Session<'_, '_>, vault: &mut Vault, sentence: &str) -> Exit {
    session.saved(vault);
    match session.style {
        Style::Json => answer_slots(session, vault),
        Style::People => session.console.answer(sentence),
    }
    Exit::Good
}

pub(super) fn add_account(session: &mut Session<'_, '_>, passphrase: Passphrase) -> Result<Exit, Failure> {
    let mut vault = session.open_vault_to_change(passphrase)?;
    let id = vault.add_this_account()?;
    let label = vault.slots().into_iter().find(|slot| slot.id == id).map_or_else(String::new, |slot| slot.label);
    let sentence = format!("{} can open the vault now; use --this-account.", plain(&label));
    Ok(changed(session, &mut vault, &sentence))
}

pub(super) fn add_passphrase(
    session: &mut Session<'_, '_>,
    arguments: &AddPassphraseArguments,
) -> Result<Exit, Failure> {
    let mut vault = session.open_vault_to_change(arguments.passphrase)?;
    let new = session.console.next_passphrase(arguments.new.new_passphrase_stdin.into())?;
    vault.add_passphrase(&new, &arguments.label, KdfParameters::calibrated())?;
    Ok(changed(session, &mut vault, "Added the passphrase."))
}

#[derive(Serialize)]
struct RecoveryKeyAnswer<'a> {
    /// `null` when it went into the sheet.
    recovery_key: Option<&'a str>,
    sheet: Option<String>,
}

pub(super) fn add_recovery_key(
    session: &mut Session<'_, '_>,
    arguments: &RecoveryKeyArguments,
) -> Result<Exit, Failure> {
    let mut vault = session.open_vault_to_change(arguments.passphrase)?;
    // The file comes first: a key that cannot be written anywhere would replace one that somebody has.
    let sheet = match &arguments.sheet {
        Some(path) => Some((path, create_private(path).map_err(|error| sheet_failure(path, &error))?)),
        None => None,
    };
    let key = vault.add_recovery_key().inspect_err(|_| {
        if let Some((path, _)) = &sheet {
            let _ = std::fs::remove_file(path);
        }
    })?;
    session.saved(&mut vault);
    let text = key.text();
    if let Some((path, file)) = sheet {
        let name = vault.path().file_name().unwrap_or_default().to_string_lossy().into_owned();
        let page = recovery_sheet(&key, &name, vault.info().vault_id, session.console.now().date_naive());
        match write_sheet(file, page.expose()) {
            Ok(()) => {
                let shown = path.display().to_string();
                match session.style {
                    Style::Json => session
                        .console
                        .answer_json(&Answer::new(RecoveryKeyAnswer { recovery_key: None, sheet: Some(shown) })),
                    Style::People => {
                        session.console.answer(&format!("Wrote the recovery key's sheet to {shown}"));
                        session
                            .console
                            .tell("Print it, lock it away, and delete the file: whoever has it can open the vault.");
                    }
                }
                return Ok(Exit::Good);
            }
            Err(error) => {
                let _ = std::fs::remove_file(path);
                session.console.tell(&sheet_failure(path, &error).message);
                session.console.tell("The vault has the new recovery key all the same; here it is.");
            }
        }
    }
    match session.style {
        Style::Json => {
            let answer = RecoveryKeyAnswer { recovery_key: Some(text.expose()), sheet: None };
            session.console.answer_json(&Answer::new(answer));
        }
        Style::People => {
            session.console.answer_exact(text.expose());
            session.console.tell("Write it down and lock it away, apart from the vault. It is not shown again.");
        }
    }
    Ok(Exit::Good)
}

fn write_sheet(mut file: File, page: &str) -> io::Result<()> {
    file.write_all(page.as_bytes())?;
    file.sync_all()
}

fn sheet_failure(path: &Path, error: &io::Error) -> Failure {
    let why = match error.kind() {
        io::ErrorKind::AlreadyExists => "there is a file already. Choose another name".to_owned(),
        _ => error.to_string(),
    };
    Failure::broken("sheet", format!("The sheet {} could not be written: {why}.", path.display()))
}

pub(super) fn remove_slot(session: &mut Session<'_, '_>, arguments: &RemoveSlotArguments) -> Result<Exit, Failure> {
    let mut vault = session.open_vault_to_change(arguments.passphrase)?;
    let wanted = arguments.slot.trim();
    let found = (1..).zip(vault.slots()).find(|(number, slot): &(usize, SlotView)| {
        // An id has eight digits, and a vault at most 32 slots.
        slot.id.to_string().eq_ignore_ascii_case(wanted) || number.to_string() == wanted
    });
    let Some((_, slot)) = found else { return Err(VaultError::SlotMissing.into()) };
    vault.remove_slot(slot.id)?;
    let whose = if slot.label.is_empty() { String::new() } else { format!(" of {}", plain(&slot.label)) };
    let sentence =
        format!("Removed the {}{whose}. Copies of the file made before still open with it.", kind_in_words(slot.kind));
    Ok(changed(session, &mut vault, &sentence))
}

pub(super) fn set_passphrase(
    session: &mut Session<'_, '_>,
    arguments: &SetPassphraseArguments,
) -> Result<Exit, Failure> {
    let (mut vault, credential) = session.open_vault_and_tell(arguments.passphrase)?;
    let new = session.console.next_passphrase(arguments.new.new_passphrase_stdin.into())?;
    let cost = KdfParameters::calibrated();
    match credential {
        Credential::Passphrase(old) => vault.change_passphrase_costing(&old, &new, cost)?,
        Credential::RecoveryKey(_) | Credential::ThisAccount => vault.set_passphrase(&new, cost)?,
    }
    let sentence = "Changed the passphrase. Copies of the file made before still open with the old one.";
    Ok(changed(session, &mut vault, sentence))
}

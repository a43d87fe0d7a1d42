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
use crate::vault::{AddedBy, Credential, KdfParameters, SlotKind, SlotView, Vault, VaultError, recovery_sheet};

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
    /// The id of the slot that added it; its own where the vault was created with it, `removed` where that slot is gone,
    /// `null` where it is not known.
    added_by: Option<String>,
    kdf: Option<KdfAnswer>,
    this_account: bool,
    opened_with: bool,
}

pub(super) fn list(session: &mut Session<'_, '_>, passphrase: Passphrase) -> Result<Exit, Failure> {
    let vault = session.open_vault(passphrase)?;
    match session.style {
        Style::Json => answer_slots(session, &vault),
        Style::People => list_for_people(session, &vault),
    }
    Ok(Exit::Good)
}

fn list_for_people(session: &mut Session<'_, '_>, vault: &Vault) {
    let heading = ["No.", "Id", "Opens with", "Whose", "Added", "By", ""];
    let slots = vault.slots();
    let rows: Vec<Vec<String>> = (1..).zip(&slots).map(|(number, slot)| row(number, slot, &slots)).collect();
    session.console.answer_lines(&table(&heading, &rows));
}

fn row(number: usize, slot: &SlotView, slots: &[SlotView]) -> Vec<String> {
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
    let by = added_in_words(slot, slots);
    let by = by.strip_prefix("added by ").unwrap_or(&by).to_owned();
    vec![number.to_string(), slot.id.to_string(), opens_with, plain(&slot.label), added, by, remark.to_owned()]
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
        added_by: match slot.added_by {
            Some(AddedBy::Creation) => Some(slot.id.to_string()),
            Some(AddedBy::Slot(by)) => Some(by.to_string()),
            Some(AddedBy::Removed) => Some("removed".to_owned()),
            None => None,
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

/// Removes ways to open the vault, after a look at those that stay: whoever could open the vault could also have let somebody
/// else in.
pub(super) fn remove_slot(session: &mut Session<'_, '_>, arguments: &RemoveSlotArguments) -> Result<Exit, Failure> {
    let mut vault = session.open_vault_to_change(arguments.passphrase)?;
    vault.refresh()?;
    let slots = vault.slots();
    let find = |wanted: &String| find_slot(&slots, wanted).map(|slot| slot.id);
    let wanted = std::iter::once(&arguments.slot).chain(&arguments.also);
    let removed = wanted.map(find).collect::<Result<Vec<_>, _>>()?;
    let kept = arguments.keep.iter().map(find).collect::<Result<Vec<_>, _>>()?;
    let stays =
        |slot: &&SlotView| !removed.contains(&slot.id) && (slot.kind != SlotKind::Unknown || kept.contains(&slot.id));
    let doubtful: Vec<String> = slots
        .iter()
        .filter(stays)
        .filter(|slot| !slot.opened_with && (slot.may_be_let_in_by(&removed) || slot.kind == SlotKind::Unknown))
        .map(|slot| format!("{} ({}, {})", slot.id, name_of(slot), added_in_words(slot, &slots)))
        .collect();
    if !doubtful.is_empty() && !arguments.reviewed {
        return Err(Failure::wrong_use(
            "review_needed",
            format!(
                "Nothing was removed yet. These ways to open the vault would stay, and were added by what you remove, or by what was removed before: {}. \
                 If they are right, run the command again with --reviewed; remove those that are not with --also.",
                doubtful.join("; ")
            ),
        ));
    }
    let first = find_slot(&slots, &arguments.slot)?;
    let sentence = format!("Removed the {}. Copies of the file made before still open with it.", name_of(first));
    vault.remove_slots(&removed, &kept)?;
    let exit = changed(session, &mut vault, &sentence);
    ask_to_review(session, &vault);
    Ok(exit)
}

/// Shows a person who can still open the vault.
fn ask_to_review(session: &mut Session<'_, '_>, vault: &Vault) {
    if session.style == Style::People {
        session.console.answer("These ways to open the vault stay. Is this still right?");
        list_for_people(session, vault);
    }
}

/// By its number in the list or its id; an id has eight digits, and a vault at most 32 slots.
fn find_slot<'s>(slots: &'s [SlotView], wanted: &str) -> Result<&'s SlotView, VaultError> {
    let wanted = wanted.trim();
    let is_it = |(number, slot): &(usize, &SlotView)| {
        slot.id.to_string().eq_ignore_ascii_case(wanted) || number.to_string() == wanted
    };
    (1..).zip(slots).find(is_it).map(|(_, slot)| slot).ok_or(VaultError::SlotMissing)
}

fn name_of(slot: &SlotView) -> String {
    let whose = if slot.label.is_empty() { String::new() } else { format!(" of {}", plain(&slot.label)) };
    format!("{}{whose}", kind_in_words(slot.kind))
}

/// Who added a way to open the vault.
fn added_in_words(slot: &SlotView, slots: &[SlotView]) -> String {
    match &slot.added_by {
        None => "added by an earlier version of this program".to_owned(),
        Some(AddedBy::Creation) => "created the vault".to_owned(),
        Some(AddedBy::Removed) => "added by a way that was removed since".to_owned(),
        Some(AddedBy::Slot(by)) => match slots.iter().find(|other| other.id == *by) {
            Some(other) if !other.label.is_empty() => format!("added by {}", plain(&other.label)),
            _ => format!("added by {by}"),
        },
    }
}

/// Accepts the vault as it is, and shows who can open it: the person has to know whom that trusts.
pub(super) fn trust(session: &mut Session<'_, '_>, passphrase: Passphrase) -> Result<Exit, Failure> {
    let mut vault = session.open_and_trust(passphrase)?;
    let exit =
        changed(session, &mut vault, "This account takes the vault as it is now for the right one. It opens with:");
    if session.style == Style::People {
        list_for_people(session, &vault);
    }
    Ok(exit)
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
    let exit = changed(session, &mut vault, sentence);
    if vault.slots().len() > 1 {
        ask_to_review(session, &vault);
    }
    Ok(exit)
}

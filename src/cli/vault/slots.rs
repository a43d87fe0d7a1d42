//! The ways to open a vault: `vault slots`, `add-account`, `add-passphrase`, `add-recovery-key`, `remove-slot` and
//! `set-passphrase`.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use super::info::{KdfAnswer, describe_kdf};
use crate::cli::failure::{Exit, Failure};
use crate::cli::flags::{NewPassphrase, Passphrase};
use crate::cli::output::{Line, plain, table};
use crate::cli::session::{Session, Style};
use crate::platform::file_system::create_private;
use crate::rfc3339::to_the_second;
use crate::vault::{
    AddedBy, Credential, KdfParameters, SlotId, SlotKind, SlotReview, SlotView, Vault, VaultError, recovery_sheet,
};

#[derive(Debug, Args)]
pub(in crate::cli) struct AddPassphraseArguments {
    /// Who uses it, in your own words
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub label: String,
    #[command(flatten)]
    pub new: NewPassphrase,
    #[command(flatten)]
    pub passphrase: Passphrase,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct RecoveryKeyArguments {
    /// Save a printable sheet to this file instead of showing the key; the file is as secret as the key
    #[arg(long, value_name = "FILE.html")]
    pub sheet: Option<PathBuf>,
    #[command(flatten)]
    pub review: ReviewArguments,
    #[command(flatten)]
    pub passphrase: Passphrase,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct AddAccountArguments {
    #[command(flatten)]
    pub review: ReviewArguments,
    #[command(flatten)]
    pub passphrase: Passphrase,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct RemoveSlotArguments {
    /// Its number or ID in the list of “vault slots”
    #[arg(value_name = "SLOT")]
    pub slot: String,
    #[command(flatten)]
    pub review: ReviewArguments,
    #[command(flatten)]
    pub passphrase: Passphrase,
}

/// What happens to the other unlock methods when one is removed or replaced.
#[derive(Debug, Args)]
pub(in crate::cli) struct ReviewArguments {
    /// Also remove this unlock method, by its number or ID
    #[arg(long, value_name = "SLOT")]
    pub also: Vec<String>,
    /// Keep this one, even though this version does not recognize its kind
    #[arg(long, value_name = "SLOT")]
    pub keep: Vec<String>,
    /// Confirm that you have reviewed the remaining unlock methods
    #[arg(long)]
    pub reviewed: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct SetPassphraseArguments {
    #[command(flatten)]
    pub new: NewPassphrase,
    #[command(flatten)]
    pub review: ReviewArguments,
    #[command(flatten)]
    pub passphrase: Passphrase,
}

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
    /// The id of the slot that added it; its own where the vault was created with it, `removed` where that slot is
    /// gone, `null` where it is not known.
    added_by: Option<String>,
    kdf: Option<KdfAnswer>,
    this_account: bool,
    opened_with: bool,
}

pub(super) fn list(session: &mut Session<'_, '_>, passphrase: Passphrase) -> Result<Exit, Failure> {
    let vault = session.open_vault(passphrase)?;
    session.reply(|| slots_answer(&vault), || slot_lines(&vault));
    Ok(Exit::Success)
}

fn slot_lines(vault: &Vault) -> Vec<Line> {
    let heading = ["No.", "ID", "Unlock method", "User", "Added", "By", ""];
    let slots = vault.slots();
    let rows: Vec<Vec<String>> = (1..).zip(&slots).map(|(number, slot)| row(number, slot, &slots)).collect();
    table(&heading, &rows)
}

fn row(number: usize, slot: &SlotView, slots: &[SlotView]) -> Vec<String> {
    let remark = match (slot.is_this_account, slot.opened_with) {
        (true, true) => "this account; used for this session",
        (true, false) => "this account",
        (false, true) => "used for this session",
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
        SlotKind::Unknown => "unknown (newer version)",
    }
}

fn slots_answer(vault: &Vault) -> SlotsAnswer {
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
        added: slot.added.map(to_the_second),
        kdf: slot.kdf.map(KdfAnswer::from),
        this_account: slot.is_this_account,
        opened_with: slot.opened_with,
    };
    SlotsAnswer { slots: (1..).zip(vault.slots()).map(slot).collect() }
}

/// After a change: the list for scripts, one sentence for people.
fn changed(session: &mut Session<'_, '_>, vault: &mut Vault, sentence: &str) -> Exit {
    session.saved(vault);
    session.reply(|| slots_answer(vault), || Line::one(sentence));
    Exit::Success
}

pub(super) fn add_account(session: &mut Session<'_, '_>, arguments: &AddAccountArguments) -> Result<Exit, Failure> {
    let mut vault = session.open_vault_to_change(arguments.passphrase)?;
    let review = review(&mut vault, &arguments.review, |slot, _| slot.is_this_account)?;
    let id = vault.replace_this_account(&review.decided)?;
    let label = vault.slots().into_iter().find(|slot| slot.id == id).map_or_else(String::new, |slot| slot.label);
    let sentence = format!("{} can now unlock the vault; use --this-account.", plain(&label));
    let exit = changed(session, &mut vault, &sentence);
    review.show_what_remains(session, &vault);
    Ok(exit)
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
    let review = review(&mut vault, &arguments.review, |slot, _| slot.kind == SlotKind::RecoveryKey)?;
    // The file comes first: a key that cannot be written anywhere would replace one that somebody has.
    let sheet = match &arguments.sheet {
        Some(path) => Some((path, create_private(path).map_err(|error| sheet_failure(path, &error))?)),
        None => None,
    };
    let key = vault.replace_recovery_key(&review.decided).inspect_err(|_| {
        if let Some((path, _)) = &sheet {
            let _ = std::fs::remove_file(path);
        }
    })?;
    session.saved(&mut vault);
    review.note_what_remains(session, &vault);
    let text = key.text();
    if let Some((path, file)) = sheet {
        let name = vault.path().file_name().unwrap_or_default().to_string_lossy().into_owned();
        let page = recovery_sheet(&key, &name, vault.info().vault_id, session.console.now().date_naive());
        match write_sheet(file, page.expose()) {
            Ok(()) => {
                let shown = path.display().to_string();
                let line = format!("Saved the recovery sheet as {shown}");
                session.reply(|| RecoveryKeyAnswer { recovery_key: None, sheet: Some(shown) }, || Line::one(&line));
                session.note_for_people(
                    "Print it, lock it away, and delete the file: anyone who has it can unlock the vault.",
                );
                return Ok(Exit::Success);
            }
            Err(error) => {
                let _ = std::fs::remove_file(path);
                session.console.note(&sheet_failure(path, &error).message);
                session.console.note("The recovery key was added anyway; here it is.");
            }
        }
    }
    session.reply(|| RecoveryKeyAnswer { recovery_key: Some(text.expose()), sheet: None }, || Line::one(text.expose()));
    session.note_for_people("Write it down and lock it away, separate from the vault. It will not be shown again.");
    Ok(Exit::Success)
}

fn write_sheet(mut file: File, page: &str) -> io::Result<()> {
    file.write_all(page.as_bytes())?;
    file.sync_all()
}

fn sheet_failure(path: &Path, error: &io::Error) -> Failure {
    let why = match error.kind() {
        io::ErrorKind::AlreadyExists => "the file already exists. Choose another name".to_owned(),
        _ => error.to_string(),
    };
    Failure::failed("sheet", format!("The recovery sheet {} could not be saved: {why}.", path.display()))
}

/// Removes unlock methods, after a review of those that remain.
pub(super) fn remove_slot(session: &mut Session<'_, '_>, arguments: &RemoveSlotArguments) -> Result<Exit, Failure> {
    let mut vault = session.open_vault_to_change(arguments.passphrase)?;
    vault.refresh()?;
    let slots = vault.slots();
    let first = find_slot(&slots, &arguments.slot)?;
    let review = review(&mut vault, &arguments.review, |slot, _| slot.id == first.id)?;
    let sentence =
        format!("Removed the {}. Copies of the file made before can still be unlocked with it.", name_of(first));
    let SlotReview { remove, keep } = &review.decided;
    let removed: Vec<SlotId> = std::iter::once(first.id).chain(remove.iter().copied()).collect();
    vault.remove_slots(&removed, keep)?;
    let exit = changed(session, &mut vault, &sentence);
    review.show_what_remains(session, &vault);
    Ok(exit)
}

/// What was decided about the other unlock methods.
struct Review {
    decided: SlotReview,
    /// Whether one goes at all, so that the others get new keys.
    is_needed: bool,
}

/// Decides as the arguments say about the unlock methods beside those that go, and refuses what a person has not reviewed:
/// somebody who could unlock the vault may have added one for somebody else.
fn review(
    vault: &mut Vault,
    arguments: &ReviewArguments,
    goes: impl Fn(&SlotView, &[SlotView]) -> bool,
) -> Result<Review, Failure> {
    vault.refresh()?;
    let slots = vault.slots();
    let ids = |wanted: &[String]| {
        wanted.iter().map(|wanted| find_slot(&slots, wanted).map(|slot| slot.id)).collect::<Result<Vec<_>, _>>()
    };
    let decided = SlotReview { remove: ids(&arguments.also)?, keep: ids(&arguments.keep)? };
    let named = |slot: &SlotView| format!("{} ({}, {})", slot.id, name_of(slot), added_in_words(slot, &slots));
    let gone: Vec<SlotId> = slots
        .iter()
        .filter(|slot| goes(slot, &slots) || decided.remove.contains(&slot.id))
        .map(|slot| slot.id)
        .collect();
    let review = Review { decided, is_needed: !gone.is_empty() };
    if !review.is_needed || arguments.reviewed {
        return Ok(review);
    }
    let others = || slots.iter().filter(|slot| !gone.contains(&slot.id) && !slot.opened_with);
    let is_dropped = |slot: &SlotView| slot.kind == SlotKind::Unknown && !review.decided.keep.contains(&slot.id);
    let is_doubtful = |slot: &SlotView| slot.may_be_let_in_by(&gone) || slot.kind == SlotKind::Unknown;
    let stays: Vec<String> = others().filter(|slot| !is_dropped(slot) && is_doubtful(slot)).map(named).collect();
    let dropped: Vec<String> = others().filter(|slot| is_dropped(slot)).map(named).collect();
    if stays.is_empty() && dropped.is_empty() {
        return Ok(review);
    }
    let mut message = "Nothing was changed yet.".to_owned();
    if !stays.is_empty() {
        message += &format!(
            " These unlock methods would remain, but were added by one that you remove or replace now or that was \
             removed before, or this version does not know their kind: {}. If they are all legitimate, run the \
             command again with --reviewed; remove the others with --also.",
            stays.join("; ")
        );
    }
    if !dropped.is_empty() {
        message += &format!(
            " These would be removed as well, because this version does not know their kind: {}. Keep one with \
             --keep, or confirm with --reviewed.",
            dropped.join("; ")
        );
    }
    Err(Failure::usage("review_needed", message))
}

impl Review {
    /// Shows a person who can still open the vault, after one method went.
    fn show_what_remains(&self, session: &mut Session<'_, '_>, vault: &Vault) {
        if self.is_needed && session.style == Style::People {
            session.console.answer(REMAINING);
            session.console.answer_lines(&slot_lines(vault));
        }
    }

    /// The same beside an answer that is a secret.
    fn note_what_remains(&self, session: &mut Session<'_, '_>, vault: &Vault) {
        if self.is_needed {
            session.note_for_people(REMAINING);
            for line in slot_lines(vault) {
                session.note_for_people(line.as_str());
            }
        }
    }
}

const REMAINING: &str = "These unlock methods remain. Check that they are all legitimate.";

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
        Some(AddedBy::Removed) => "added by an unlock method that has since been removed".to_owned(),
        Some(AddedBy::Slot(by)) => match slots.iter().find(|other| other.id == *by) {
            Some(other) if !other.label.is_empty() => format!("added by {}", plain(&other.label)),
            _ => format!("added by {by}"),
        },
    }
}

/// Accepts the vault as it is, and shows who can open it: the person has to know whom that trusts.
pub(super) fn trust(session: &mut Session<'_, '_>, passphrase: Passphrase) -> Result<Exit, Failure> {
    let mut vault = session.open_and_trust(passphrase)?;
    let exit = changed(session, &mut vault, "This account now trusts the vault as it is. Unlock methods:");
    if session.style == Style::People {
        session.console.answer_lines(&slot_lines(&vault));
    }
    Ok(exit)
}

pub(super) fn set_passphrase(
    session: &mut Session<'_, '_>,
    arguments: &SetPassphraseArguments,
) -> Result<Exit, Failure> {
    let (mut vault, credential) = session.open_vault_with_credential(arguments.passphrase)?;
    let review = review(&mut vault, &arguments.review, |slot, slots| {
        let is_only_one = slots.iter().filter(|slot| slot.kind == SlotKind::Passphrase).count() == 1;
        slot.kind == SlotKind::Passphrase && (slot.opened_with || is_only_one)
    })?;
    let new = session.console.next_passphrase(arguments.new.new_passphrase_stdin.into())?;
    let cost = KdfParameters::calibrated();
    match credential {
        Credential::Passphrase(old) => vault.change_passphrase_costing(&old, &new, cost, &review.decided)?,
        Credential::RecoveryKey(_) | Credential::ThisAccount => vault.set_passphrase(&new, cost, &review.decided)?,
    }
    let sentence = "Changed the passphrase. Copies of the file made before can still be unlocked with the old one.";
    let exit = changed(session, &mut vault, sentence);
    if vault.slots().len() > 1 {
        review.show_what_remains(session, &vault);
    }
    Ok(exit)
}

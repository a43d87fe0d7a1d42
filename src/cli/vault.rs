//! `vault create` and `vault info`. What opens a vault is in `vault_slots`.

use chrono::SecondsFormat;
use serde::Serialize;

use super::arguments::{CreateArguments, Passphrase, VaultCommand};
use super::failure::{Exit, Failure};
use super::output::{Answer, labelled};
use super::session::{Session, Style};
use super::vault_backups;
use super::vault_history;
use super::vault_proxy;
use super::vault_slots;
use crate::vault::{KdfParameters, SlotInfo, Vault, VaultError, VaultInfo, read_info};

pub(super) fn run(session: &mut Session<'_, '_>, command: VaultCommand) -> Result<Exit, Failure> {
    match command {
        VaultCommand::Create(arguments) => create(session, &arguments),
        VaultCommand::Info(passphrase) => info(session, passphrase),
        VaultCommand::Proxy(arguments) => vault_proxy::run(session, arguments),
        VaultCommand::Slots(passphrase) => vault_slots::list(session, passphrase),
        VaultCommand::AddAccount(passphrase) => vault_slots::add_account(session, passphrase),
        VaultCommand::AddPassphrase(arguments) => vault_slots::add_passphrase(session, &arguments),
        VaultCommand::AddRecoveryKey(arguments) => vault_slots::add_recovery_key(session, &arguments),
        VaultCommand::RemoveSlot(arguments) => vault_slots::remove_slot(session, &arguments),
        VaultCommand::Trust(passphrase) => vault_slots::trust(session, passphrase),
        VaultCommand::SetPassphrase(arguments) => vault_slots::set_passphrase(session, &arguments),
        VaultCommand::History(arguments) => vault_history::history(session, arguments),
        VaultCommand::Conflicts(arguments) => vault_history::conflicts(session, arguments),
        VaultCommand::Resolve(arguments) => vault_history::resolve(session, arguments),
        VaultCommand::Backups => vault_backups::list(session),
        VaultCommand::Restore(arguments) => vault_backups::restore(session, arguments),
    }
}

#[derive(Serialize)]
struct CreateAnswer {
    vault: String,
}

fn create(session: &mut Session<'_, '_>, arguments: &CreateArguments) -> Result<Exit, Failure> {
    let path = session.vault_path()?;
    if path.try_exists().unwrap_or(false) {
        return Err(VaultError::AlreadyExists { path: path.display().to_string() }.into());
    }
    let usual = KdfParameters::default();
    let chosen = match (arguments.memory_mib, arguments.passes, arguments.lanes) {
        (None, None, None) => None,
        (memory_mib, passes, lanes) => Some(KdfParameters::new(
            memory_mib.map_or(usual.memory_kib(), |mib| mib.saturating_mul(1024)),
            passes.unwrap_or(usual.passes()),
            lanes.unwrap_or(usual.lanes()),
        )?),
    };
    let passphrase = session.console.new_passphrase(arguments.passphrase_stdin.into())?;
    if session.vault_is_default()
        && let Some(folder) = path.parent()
    {
        crate::platform::file_system::create_own_folder(folder).map_err(|error| {
            Failure::broken("folder", format!("The folder {} could not be made: {error}.", folder.display()))
        })?;
    }
    let kdf = chosen.unwrap_or_else(KdfParameters::calibrated);
    let mut vault = Vault::create_as(&session.access(), &path, &passphrase, kdf)?;
    session.saved(&mut vault);
    let shown = vault.path().display().to_string();
    match session.style {
        Style::Json => session.console.answer_json(&Answer::new(CreateAnswer { vault: shown })),
        Style::People => {
            session.console.answer(&format!("Made the vault {shown}"));
            session.console.tell("Keep the passphrase safe: without it nobody can open this vault.");
            if chosen.is_some_and(|chosen| chosen.at_least(usual) != chosen) {
                session.console.tell(
                    "The chosen key derivation is cheaper than usual: a weak passphrase is guessed sooner. Without \
                     --memory-mib, --passes and --lanes the program measures what this computer bears.",
                );
            }
        }
    }
    Ok(Exit::Good)
}

#[derive(Serialize)]
struct InfoAnswer {
    vault: String,
    format_version: u64,
    vault_id: String,
    generation: u64,
    last_saved: String,
    file_bytes: u64,
    slots: Vec<SlotAnswer>,
    /// `null` without the passphrase.
    profile_count: Option<usize>,
}

#[derive(Serialize)]
struct SlotAnswer {
    kind: String,
    kdf: Option<KdfAnswer>,
}

#[derive(Serialize)]
pub(super) struct KdfAnswer {
    algorithm: &'static str,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

impl From<KdfParameters> for KdfAnswer {
    fn from(kdf: KdfParameters) -> KdfAnswer {
        KdfAnswer { algorithm: "argon2id", memory_kib: kdf.memory_kib(), passes: kdf.passes(), lanes: kdf.lanes() }
    }
}

fn info(session: &mut Session<'_, '_>, passphrase: Passphrase) -> Result<Exit, Failure> {
    let path = session.vault_path()?;
    let info = read_info(&path)?;
    let profile_count =
        if passphrase.is_given() { Some(session.open_vault(passphrase)?.contents().profiles().len()) } else { None };
    let shown = path.display().to_string();
    match session.style {
        Style::Json => session.console.answer_json(&Answer::new(info_answer(shown, &info, profile_count))),
        Style::People => {
            let slots: Vec<_> = info.slots.iter().map(describe_slot).collect();
            let rows = [
                ("Vault", shown),
                ("Format", info.format_version.to_string()),
                ("Vault ID", info.vault_id.to_string()),
                (
                    "Last saved",
                    format!("{} (save number {})", info.saved_at.format("%Y-%m-%d %H:%M UTC"), info.generation),
                ),
                ("Size", format!("{} bytes", info.file_length)),
                ("Opens with", slots.join("\n")),
                (
                    "Profiles",
                    profile_count
                        .map_or_else(|| "add --passphrase-stdin to count them".to_owned(), |count| count.to_string()),
                ),
            ];
            session.console.answer_lines(&labelled(&rows));
        }
    }
    Ok(Exit::Good)
}

fn info_answer(vault: String, info: &VaultInfo, profile_count: Option<usize>) -> InfoAnswer {
    let slot = |slot: &SlotInfo| SlotAnswer { kind: slot.kind.clone(), kdf: slot.kdf.map(KdfAnswer::from) };
    InfoAnswer {
        vault,
        format_version: info.format_version,
        vault_id: info.vault_id.to_string(),
        generation: info.generation,
        last_saved: info.saved_at.to_rfc3339_opts(SecondsFormat::Secs, true),
        file_bytes: info.file_length,
        slots: info.slots.iter().map(slot).collect(),
        profile_count,
    }
}

fn describe_slot(slot: &SlotInfo) -> String {
    match slot.kdf {
        Some(kdf) => format!("{} ({})", slot.kind, describe_kdf(kdf)),
        None => slot.kind.clone(),
    }
}

pub(super) fn describe_kdf(kdf: KdfParameters) -> String {
    format!("Argon2id, {} MiB, passes {}, lanes {}", kdf.memory_kib() / 1024, kdf.passes(), kdf.lanes())
}

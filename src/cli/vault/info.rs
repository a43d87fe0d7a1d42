//! `vault info`.

use std::path::Path;

use serde::Serialize;

use crate::cli::failure::{Exit, Failure};
use crate::cli::flags::Passphrase;
use crate::cli::output::{Line, labelled};
use crate::cli::session::Session;
use crate::rfc3339::to_the_second;
use crate::vault::{KdfParameters, SlotInfo, VaultInfo, read_info};
use crate::written_day;

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

pub(super) fn run(session: &mut Session<'_, '_>, passphrase: Passphrase) -> Result<Exit, Failure> {
    let path = session.vault_path()?;
    let info = read_info(&path)?;
    let profile_count =
        if passphrase.is_given() { Some(session.open_vault(passphrase)?.contents().profiles().len()) } else { None };
    session.reply(|| info_answer(&path, &info, profile_count), || info_lines(&path, &info, profile_count));
    Ok(Exit::Success)
}

fn info_lines(path: &Path, info: &VaultInfo, profile_count: Option<usize>) -> Vec<Line> {
    let slots: Vec<_> = info.slots.iter().map(describe_slot).collect();
    let rows = [
        ("Vault", path.display().to_string()),
        ("Format", info.format_version.to_string()),
        ("Vault ID", info.vault_id.to_string()),
        ("Last saved", format!("{} (save number {})", written_day::utc_minute(info.saved_at), info.generation)),
        ("Size", format!("{} bytes", info.file_length)),
        ("Unlock methods", slots.join("\n")),
        (
            "Profiles",
            profile_count
                .map_or_else(|| "(add --passphrase-stdin to count them)".to_owned(), |count| count.to_string()),
        ),
    ];
    labelled(&rows)
}

fn info_answer(path: &Path, info: &VaultInfo, profile_count: Option<usize>) -> InfoAnswer {
    let slot = |slot: &SlotInfo| SlotAnswer { kind: slot.kind.clone(), kdf: slot.kdf.map(KdfAnswer::from) };
    InfoAnswer {
        vault: path.display().to_string(),
        format_version: info.format_version,
        vault_id: info.vault_id.to_string(),
        generation: info.generation,
        last_saved: to_the_second(info.saved_at),
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

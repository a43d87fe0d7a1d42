//! `vault create`.

use clap::Args;
use serde::Serialize;

use crate::cli::failure::{Exit, Failure};
use crate::cli::output::Line;
use crate::cli::session::Session;
use crate::vault::{KdfParameters, Vault, VaultError};

#[derive(Debug, Args)]
pub(in crate::cli) struct CreateArguments {
    /// Memory for each passphrase guess, in MiB
    #[arg(long, value_name = "MIB", help_heading = "Key derivation (Argon2id)")]
    pub memory_mib: Option<u32>,
    /// Number of passes over the memory
    #[arg(long, value_name = "N", help_heading = "Key derivation (Argon2id)")]
    pub passes: Option<u32>,
    /// Number of parallel lanes
    #[arg(long, value_name = "N", help_heading = "Key derivation (Argon2id)")]
    pub lanes: Option<u32>,
    /// Read the vault's passphrase from the first line of standard input
    #[arg(long)]
    pub passphrase_stdin: bool,
}

#[derive(Serialize)]
struct CreateAnswer {
    vault: String,
}

pub(super) fn run(session: &mut Session<'_, '_>, arguments: &CreateArguments) -> Result<Exit, Failure> {
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
            Failure::failed("folder", format!("The folder {} could not be created: {error}.", folder.display()))
        })?;
    }
    let kdf = chosen.unwrap_or_else(KdfParameters::calibrated);
    let mut vault = Vault::create_as(&session.access(), &path, &passphrase, kdf)?;
    session.saved(&mut vault);
    let shown = vault.path().display().to_string();
    let line = format!("Created the vault {shown}");
    session.reply(|| CreateAnswer { vault: shown }, || Line::one(&line));
    session.note_for_people("Store the passphrase safely: without it nobody can unlock this vault.");
    if chosen.is_some_and(|chosen| chosen.at_least(usual) != chosen) {
        session.note_for_people(
            "The chosen key derivation is weaker than usual: a weak passphrase can be guessed sooner. Without \
             --memory-mib, --passes and --lanes the program chooses values for this computer.",
        );
    }
    Ok(Exit::Success)
}

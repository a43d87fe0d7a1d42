//! Profiles into a file for another program, written from the open vault and noted in its history.

use std::collections::HashSet;
use std::path::PathBuf;

use uuid::Uuid;

use super::name_of;
use crate::exchange::export::{LeftOut, Options, Secrets, Target, write};
use crate::exchange::export_file::{self, Overwrite, SaveError, local_midnight};
use crate::platform::wall_clock;
use crate::profile::{Profile, SecretText};
use crate::vault::{Contents, Vault, VaultError};

/// What is written, and where.
pub struct ExportOrder {
    /// The profiles.
    pub profiles: HashSet<Uuid>,
    /// For which program.
    pub target: Target,
    /// Whether client secrets go into the file.
    pub secrets: Secrets,
    /// The password of a database.
    pub password: Option<SecretText>,
    /// The file. A person has said that it may be replaced.
    pub path: PathBuf,
}

/// A file that was written.
#[derive(Debug)]
pub struct ExportedFile {
    /// Where it is.
    pub path: PathBuf,
    /// For which program.
    pub target: Target,
    /// How many profiles are in it.
    pub profiles: usize,
    /// How many client secrets are in it.
    pub secrets: usize,
    /// What could not be written: a profile's name and why.
    pub left_out: Vec<(String, LeftOut)>,
}

/// Writes the file and notes it in the history; a file that the history does not know is not left behind.
pub(super) fn export(vault: &mut Vault, order: ExportOrder) -> Result<ExportedFile, String> {
    let ExportOrder { profiles: ids, target, secrets, password, path } = order;
    if export_file::is_same_file(&path, vault.path()) {
        return Err("This is the vault itself. Choose another file.".to_owned());
    }
    let profiles: Vec<&Profile> = vault.contents().profiles().iter().filter(|it| ids.contains(&it.id)).collect();
    let options =
        Options { secrets, password: password.as_ref(), now: wall_clock::now(), local_midnight: &local_midnight };
    let export = write(target, &profiles, &options).map_err(|error| error.to_string())?;
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let record = || {
        vault.update(|contents: &mut Contents| {
            contents.record_export(&name_of(&path), count(export.profiles), count(export.secrets));
            Ok::<_, VaultError>(())
        })
    };
    export_file::save(&path, target, &export, Overwrite::Allowed, record).map_err(|error| match error {
        SaveError::File(error) => format!("{} could not be written: {error}. Choose another folder.", path.display()),
        SaveError::Record(error) => {
            format!("Nothing was exported, because the export could not be recorded in the vault's history. {error}")
        }
    })?;
    Ok(ExportedFile { path, target, profiles: export.profiles, secrets: export.secrets, left_out: export.left_out })
}

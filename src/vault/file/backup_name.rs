//! The file name of a backup: it tells which save of which vault the file is.

use std::fmt;

use chrono::{DateTime, NaiveDateTime, Utc};
use uuid::Uuid;

use crate::platform::file_system;
use crate::rfc3339;
use crate::vault::crypto::CHECKSUM_LENGTH;
use crate::vault::format::Header;

/// The ending of a backup's file name: a backup is a whole vault, and opens like one.
const ENDING: &str = ".a365vault";
/// How times look in names: no system refuses it.
const TIME_FORM: &str = "%Y%m%dT%H%M%SZ";

/// A backup's file name: `<time>-<generation>-<vault>-<contents>.a365vault`, for example
/// `20261125T223819Z-0000000042-0b6f1c9e-5d41402a.a365vault`. The last two are the beginnings of the vault's id and of
/// the file's checksum, so that one name always means one content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::vault) struct BackupName {
    pub(super) saved_at: DateTime<Utc>,
    pub(super) generation: u64,
    pub(super) vault: u32,
    contents: u32,
}

impl BackupName {
    /// The name for the file with this header and checksum.
    pub(in crate::vault) fn of(header: &Header, checksum: &[u8; CHECKSUM_LENGTH]) -> BackupName {
        let contents = u32::from_be_bytes([checksum[0], checksum[1], checksum[2], checksum[3]]);
        let saved_at = rfc3339::within_its_years(header.saved_at);
        BackupName { saved_at, generation: header.generation, vault: short(header.vault_id), contents }
    }

    /// Reads what `Display` writes.
    pub(super) fn parse(text: &str) -> Option<BackupName> {
        let mut parts = text.strip_suffix(ENDING)?.split('-');
        let mut next = || parts.next();
        let saved_at = NaiveDateTime::parse_from_str(next()?, TIME_FORM).ok()?.and_utc();
        let generation = next()?.parse().ok()?;
        let (vault, contents) = (u32::from_str_radix(next()?, 16).ok()?, u32::from_str_radix(next()?, 16).ok()?);
        let name = BackupName { saved_at, generation, vault, contents };
        (name.to_string() == text).then_some(name)
    }

    /// Whether it names a save of this vault.
    pub(in crate::vault) fn is_of(&self, vault: Uuid) -> bool {
        self.vault == short(vault)
    }
}

impl fmt::Display for BackupName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = self.saved_at.format(TIME_FORM);
        write!(formatter, "{time}-{:010}-{:08x}-{:08x}{ENDING}", self.generation, self.vault, self.contents)
    }
}

/// The beginning of a vault's id.
pub(super) fn short(id: Uuid) -> u32 {
    id.as_fields().0
}

/// Whether a name is that of a backup that was being written, by this version or an earlier one.
pub(super) fn is_half_written(name: &str) -> bool {
    let Some((backup, rest)) = name.split_once(ENDING) else { return false };
    let backup = format!("{backup}{ENDING}");
    let temporary = rest == ".new" || file_system::is_temporary_of(name.as_ref(), backup.as_ref());
    temporary && BackupName::parse(&backup).is_some()
}

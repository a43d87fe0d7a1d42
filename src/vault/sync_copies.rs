//! Copies of a vault that a synchronising program made because two machines had changed it at once.

use std::path::{Path, PathBuf};

use super::FILE_EXTENSION;
use super::backups::real_or_given;
use super::sealed_file::ReadVault;
use super::surroundings::{Surroundings, ThisMachine};

/// How many files with such names are looked into.
const LOOKED_AT_LIMIT: usize = 100;

/// The files beside the vault at `path` that are named as synchronising programs name their copies and hold the same
/// vault (by its id, checksum right). Needs no passphrase; finds nothing where the vault itself cannot be read.
///
/// Known names: OneDrive `name-MACHINE`, Dropbox `name (Jan's conflicted copy 2026-11-25)`, Nextcloud
/// `name (conflicted copy 2026-11-25 101010)`, Syncthing `name.sync-conflict-20261125-101010-ABCDEFG`, and the
/// `name (1)` of Google Drive and of browsers.
pub fn copies_made_by_sync_clients(path: &Path) -> Vec<PathBuf> {
    copies_made_by_sync_clients_in(&ThisMachine::default(), path)
}

/// As [`copies_made_by_sync_clients`], with a disk of the caller's.
pub fn copies_made_by_sync_clients_in(surroundings: &dyn Surroundings, path: &Path) -> Vec<PathBuf> {
    let find = || {
        let real = real_or_given(surroundings, path).ok()?;
        let own = ReadVault::read(surroundings, &real).ok()?.header.vault_id;
        let stem = real.file_stem()?.to_str()?;
        let folder = real.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut names = surroundings.list(folder).ok()?;
        names.retain(|name| name.to_str().is_some_and(|name| is_copy_of(stem, name)));
        names.sort();
        let paths = names.into_iter().take(LOOKED_AT_LIMIT).map(|name| folder.join(name));
        let of_it = |path: &PathBuf| ReadVault::read(surroundings, path).is_ok_and(|read| read.header.vault_id == own);
        Some(paths.filter(of_it).collect())
    };
    find().unwrap_or_default()
}

/// Whether `name` is what a synchronising program makes of `<stem>.a365vault`.
fn is_copy_of(stem: &str, name: &str) -> bool {
    let ending = Path::new(name).extension().and_then(|ending| ending.to_str());
    if !ending.is_some_and(|ending| ending.eq_ignore_ascii_case(FILE_EXTENSION)) {
        return false;
    }
    let base = &name[..name.len() - FILE_EXTENSION.len() - 1];
    let Some(added) = base.strip_prefix(stem) else { return false };
    let machine = |text: &str| {
        let characters = text.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
        !text.is_empty() && text.len() <= 63 && characters
    };
    let bracketed = |text: &str| {
        let inner = text.trim_start().strip_prefix('(').and_then(|text| text.strip_suffix(')'));
        inner.is_some_and(|inner| {
            let numbered = !inner.is_empty() && inner.len() <= 4 && inner.bytes().all(|byte| byte.is_ascii_digit());
            numbered || inner.to_lowercase().contains("conflict")
        })
    };
    added.starts_with(".sync-conflict-") || bracketed(added) || added.strip_prefix('-').is_some_and(machine)
}

#[cfg(test)]
mod tests {
    use super::is_copy_of;

    #[test]
    fn the_names_of_known_programs_are_known() {
        for name in [
            "customers-JUMP01.a365vault",
            "customers-Jan-Laptop.a365vault",
            "customers (Jan's conflicted copy 2026-11-25).a365vault",
            "customers (conflicted copy 2026-11-25 101010).a365vault",
            "customers (Case Conflict).a365vault",
            "customers.sync-conflict-20261125-101010-ABCDEFG.a365vault",
            "customers (1).A365VAULT",
        ] {
            assert!(is_copy_of("customers", name), "{name}");
        }
        for name in [
            "customers.a365vault",
            "customers.a365vault.new",
            "customers2.a365vault",
            "customers-.a365vault",
            "customers - other.a365vault",
            "customers (old).a365vault",
            "others-JUMP01.a365vault",
            "customers-JUMP01.txt",
            ".a365vault",
            "",
        ] {
            assert!(!is_copy_of("customers", name), "{name}");
        }
    }
}

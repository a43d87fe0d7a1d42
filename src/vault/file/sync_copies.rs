//! Copies of a vault that a synchronising program made because two machines had changed it at once.

use std::path::{Path, PathBuf};

use super::names::real_or_given;
use super::read::read_vault;
use crate::profile::compared_name;
use crate::vault::FILE_EXTENSION;
use crate::vault::surroundings::{Surroundings, ThisMachine};

/// How many files with such names are looked into.
const LOOKED_AT_LIMIT: usize = 100;

/// The files beside the vault at `path` whose names begin as its own does and that hold the same vault (by its id, checksum
/// right). Needs no passphrase; finds nothing where the vault itself cannot be read.
///
/// Synchronising programs add to the name what differs by program, language and version: `name-MACHINE` (OneDrive), `name
/// (Jan's conflicted copy 2026-11-25)` (Dropbox), `name.sync-conflict-20261125-101010-ABCDEFG` (Syncthing) and so on. So
/// what is added proves nothing, and the file's own id does.
pub fn copies_made_by_sync_clients(path: &Path) -> Vec<PathBuf> {
    copies_made_by_sync_clients_in(&ThisMachine::default(), path)
}

/// As [`copies_made_by_sync_clients`], with a disk of the caller's.
pub fn copies_made_by_sync_clients_in(surroundings: &dyn Surroundings, path: &Path) -> Vec<PathBuf> {
    let find = || {
        let real = real_or_given(surroundings, path).ok()?;
        let own = read_vault(surroundings, &real).ok()?.header.vault_id;
        let stem = real.file_stem()?.to_str()?;
        let folder = real.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut names = surroundings.list(folder).ok()?;
        names.retain(|name| name.to_str().is_some_and(|name| is_copy_of(stem, name)));
        names.sort();
        let paths = names.into_iter().take(LOOKED_AT_LIMIT).map(|name| folder.join(name));
        let of_it = |path: &PathBuf| read_vault(surroundings, path).is_ok_and(|read| read.header.vault_id == own);
        Some(paths.filter(of_it).collect())
    };
    find().unwrap_or_default()
}

/// Whether `name` may be what a synchronising program makes of `<stem>.a365vault`: that with something added. Some of them
/// change case, and a Mac the Unicode form of letters.
fn is_copy_of(stem: &str, name: &str) -> bool {
    let name = Path::new(name);
    let ending = name.extension().and_then(|ending| ending.to_str());
    let base = name.file_stem().and_then(|base| base.to_str()).map(compared_name);
    ending.is_some_and(|ending| ending.eq_ignore_ascii_case(FILE_EXTENSION))
        && base.is_some_and(|base| base.strip_prefix(&compared_name(stem)).is_some_and(|added| !added.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::is_copy_of;

    #[test]
    fn the_names_of_synchronising_programs_are_known_in_any_language() {
        for added in [
            "-JUMP01",                                               // OneDrive
            "-Jan-Laptop",                                           // OneDrive
            "-Büro PC",                                              // OneDrive
            " (Jan's conflicted copy 2026-11-25)",                   // Dropbox
            " (In Konflikt stehende Kopie von Jan 2026-11-20)",      // Dropbox, German
            " (Copie en conflit de Jan 2026-11-20)",                 // Dropbox, French
            " (copia en conflicto de Jan 2026-11-20)",               // Dropbox, Spanish
            " (conflicterende kopie van Jan 2026-11-20)",            // Dropbox, Dutch
            " (Копия с конфликтом 2026-11-20)",                      // Dropbox, Russian
            " (JUMP01 の競合コピー 2026-11-20)",                     // Dropbox, Japanese
            " (Case Conflict)",                                      // Dropbox
            " (Unicode Encoding Conflict)",                          // Dropbox
            " (conflicted copy 2026-11-25 101010)",                  // Nextcloud
            "_conflict-20261120-101010",                             // ownCloud
            " [conflicted]",                                         // pCloud
            " [conflicted 2]",                                       // pCloud
            ".sync-conflict-20261125-101010-ABCDEFG",                // Syncthing
            " (1)",                                                  // Google Drive, Box, browsers
            "(1)",                                                   // others
            " 2",                                                    // iCloud
            " (Jan Jansen)",                                         // Box
            ".Conflict",                                             // Resilio
            " (SFConflict jan@contoso.example 2026-11-20-10-10-10)", // Seafile
            "_DiskStation_Nov-20-101010-2026_Conflict",              // Synology Drive
            " - Kopie",                                              // Windows
        ] {
            for stem in ["customers", "Kunden Müller", "team.prod"] {
                let name = format!("{stem}{added}.a365vault");
                assert!(is_copy_of(stem, &name), "{name}");
            }
        }
        assert!(is_copy_of("customers", "Customers (1).A365VAULT"));
        assert!(is_copy_of("Kunden Mu\u{308}ller", "Kunden Müller-JUMP01.a365vault"), "from a Mac");
    }

    #[test]
    fn other_files_are_no_copies() {
        for name in [
            "customers.a365vault",
            "Customers.A365Vault",
            "customers.a365vault.new",
            "customers.a365vault.damaged-20261125T101010Z",
            "customers.a365vault.lock",
            "others-JUMP01.a365vault",
            "custom (1).a365vault",
            "customers-JUMP01.txt",
            "customers-JUMP01",
            ".a365vault",
            "",
        ] {
            assert!(!is_copy_of("customers", name), "{name}");
        }
    }
}

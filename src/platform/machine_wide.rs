//! What only an administrator can change on this computer.

use std::io;
use std::path::{Path, PathBuf};

/// The file with the administrator's list of extra clouds; `None` where none is set up.
#[cfg(not(windows))]
pub fn clouds_file() -> Option<PathBuf> {
    Some(PathBuf::from("/etc/a365-password-tool/clouds.toml"))
}

/// The file with the administrator's list of extra clouds; `None` where none is set up. The registry names it, at a
/// place that only administrators can write to.
#[cfg(windows)]
pub fn clouds_file() -> Option<PathBuf> {
    let path = PathBuf::from(super::registry::machine_text("SOFTWARE\\A365 Password Tool", "CloudsFile")?);
    path.is_absolute().then_some(path)
}

/// Whether `path` belongs to root and nobody else may write to it.
#[cfg(unix)]
pub fn only_administrators_can_change(path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let metadata = std::fs::metadata(path)?;
    Ok(metadata.uid() == 0 && metadata.mode() & 0o022 == 0)
}

/// On Windows the administrator who names the file in the registry chooses a folder that fits.
#[cfg(not(unix))]
pub fn only_administrators_can_change(_: &Path) -> io::Result<bool> {
    Ok(true)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn what_others_can_write_to_is_not_the_administrators() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o777)).expect("open to all");
        assert_eq!(only_administrators_can_change(folder.path()).ok(), Some(false));
        assert_eq!(only_administrators_can_change(Path::new("/usr")).ok(), Some(true));
        assert!(only_administrators_can_change(Path::new("/no/such/place")).is_err());
    }
}

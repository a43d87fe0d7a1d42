//! Whether the desktop has a file dialog to show. Windows has; a Linux desktop may lack both programs that show one.

/// Whether a file dialog can be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileDialogs {
    /// One can.
    Shown,
    /// None can: there is neither a portal nor zenity.
    Missing,
}

/// Looks for what shows file dialogs. May wait for the desktop's bus.
pub fn look() -> FileDialogs {
    #[cfg(windows)]
    return FileDialogs::Shown;
    #[cfg(not(windows))]
    look_in(std::env::var_os("PATH").as_deref(), linux::has_portal)
}

#[cfg(not(windows))]
fn look_in(path: Option<&std::ffi::OsStr>, has_portal: impl FnOnce() -> bool) -> FileDialogs {
    let folders = path.map(|path| std::env::split_paths(path).collect::<Vec<_>>()).unwrap_or_default();
    let has_zenity = folders.iter().any(|folder| folder.join("zenity").is_file());
    if has_zenity || has_portal() { FileDialogs::Shown } else { FileDialogs::Missing }
}

#[cfg(not(windows))]
mod linux {
    use std::time::Duration;

    use zbus::blocking::connection;
    use zbus::zvariant::OwnedValue;

    use crate::platform::portal;

    /// The portal that shows file dialogs:
    /// <https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.FileChooser.html>.
    const FILE_CHOOSER: &str = "org.freedesktop.portal.FileChooser";
    /// How long the bus may take to start the portal.
    const PATIENCE: Duration = Duration::from_secs(10);

    pub(super) fn has_portal() -> bool {
        let ask = || -> zbus::Result<OwnedValue> {
            let connection = connection::Builder::session()?.method_timeout(PATIENCE).build()?;
            let properties = Some("org.freedesktop.DBus.Properties");
            let answer = connection.call_method(
                Some(portal::SERVICE),
                portal::PATH,
                properties,
                "Get",
                &(FILE_CHOOSER, "version"),
            )?;
            answer.body().deserialize()
        };
        ask().is_ok()
    }
}

#[cfg(all(test, not(windows)))]
mod tests {
    use super::*;

    #[test]
    fn zenity_or_a_portal_shows_file_dialogs() {
        let with = tempfile::tempdir().expect("a folder");
        let without = tempfile::tempdir().expect("a folder");
        std::fs::write(with.path().join("zenity"), "").expect("a file");
        let both = std::env::join_paths([without.path(), with.path()]).expect("a path");
        assert_eq!(look_in(Some(&both), || false), FileDialogs::Shown);
        assert_eq!(look_in(Some(without.path().as_os_str()), || true), FileDialogs::Shown);
        assert_eq!(look_in(Some(without.path().as_os_str()), || false), FileDialogs::Missing);
        assert_eq!(look_in(None, || false), FileDialogs::Missing);
    }
}

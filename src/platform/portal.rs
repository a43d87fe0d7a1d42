//! Where a Linux desktop's portals are on the session's bus: <https://flatpak.github.io/xdg-desktop-portal/docs/api-reference.html>.

/// The service that offers them.
pub(super) const SERVICE: &str = "org.freedesktop.portal.Desktop";

/// Its object.
pub(super) const PATH: &str = "/org/freedesktop/portal/desktop";

//! The Linux desktop's own answer, scripts (PAC) included: the portal `org.freedesktop.portal.ProxyResolver`.
//! Source: flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.ProxyResolver.html

use std::sync::OnceLock;

use zbus::Error;
use zbus::blocking::Connection;

use super::{FindError, FinderKind, ProxyFinder};
use crate::platform::portal;

/// Errors of D-Bus that mean that there is no such service.
const ABSENT: [&str; 7] = [
    "org.freedesktop.DBus.Error.ServiceUnknown",
    "org.freedesktop.DBus.Error.NameHasNoOwner",
    "org.freedesktop.DBus.Error.UnknownMethod",
    "org.freedesktop.DBus.Error.UnknownInterface",
    "org.freedesktop.DBus.Error.UnknownObject",
    "org.freedesktop.DBus.Error.NotSupported",
    "org.freedesktop.DBus.Error.Spawn",
];

/// The settings of the session's desktop.
#[derive(Debug, Default)]
pub(super) struct DesktopSettings {
    /// The session's bus, from the first question on; `None` where there is none.
    session: OnceLock<Option<Connection>>,
}

impl ProxyFinder for DesktopSettings {
    fn kind(&self) -> FinderKind {
        FinderKind::Desktop
    }

    fn find(&self, host: &str) -> Result<Vec<String>, FindError> {
        let session = self.session.get_or_init(|| Connection::session().ok()).as_ref().ok_or(FindError::Absent)?;
        let answer = session.call_method(
            Some(portal::SERVICE),
            portal::PATH,
            Some("org.freedesktop.portal.ProxyResolver"),
            "Lookup",
            &(format!("https://{host}/"),),
        );
        let answer = answer.map_err(|error| match &error {
            Error::MethodError(name, ..) if ABSENT.iter().any(|absent| name.as_str().starts_with(absent)) => {
                FindError::Absent
            }
            other => FindError::Failed(other.to_string()),
        })?;
        answer.body().deserialize().map_err(|error: Error| FindError::Failed(error.to_string()))
    }
}

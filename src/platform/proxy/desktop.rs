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
            Error::MethodError(_, Some(words), _) => FindError::Failed(last_part(words)),
            other => FindError::Failed(other.to_string()),
        })?;
        answer.body().deserialize().map_err(|error: Error| FindError::Failed(error.to_string()))
    }
}

/// What an error of the portal means for people: it names every part of the desktop that passed it on, and the cause last.
fn last_part(words: &str) -> String {
    let last = words.rsplit(": ").next().unwrap_or_default().trim().trim_end_matches('.');
    format!("{last} (most often a script (PAC) that contains an error)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_that_was_passed_on_keeps_its_cause_alone() {
        let words = "GDBus.Error:org.gtk.GDBus.UnmappedGError.Quark._g_2dio_2derror_2dquark.Code0: Proxy resolver internal error..";
        assert_eq!(
            last_part(words),
            "Proxy resolver internal error (most often a script (PAC) that contains an error)"
        );
    }
}

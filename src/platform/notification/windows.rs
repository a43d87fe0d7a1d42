//! Notifications as Windows 10 and 11 show them (toasts), for a program without a package.
//!
//! Sources: learn.microsoft.com, "Send a local toast notification from other types of unpackaged apps" (the
//! AppUserModelId key), "Toast content schema" (`activationType="protocol"`), "Registering an Application to a URI
//! Scheme".
#![allow(unsafe_code)]

use std::io;
use std::path::Path;
use std::time::Duration;

use windows::Data::Xml::Dom::XmlDocument;
use windows::UI::Notifications::{ToastNotification, ToastNotificationManager};
use windows::Win32::System::WinRT::{RO_INIT_MULTITHREADED, RoInitialize};
use windows::core::HSTRING;

use super::{Answer, LINK_SCHEME, Notification, NotificationDuration, NotificationError};
use crate::escape::markup;
use crate::platform::app_id::APP_USER_MODEL_ID;
use crate::platform::{file_system, registry};

const APP_KEY: &str = r"Software\Classes\AppUserModelId\A365PasswordTool.Reminders";

/// A toast that is on the screen.
pub(super) struct Shown;

impl Shown {
    pub(super) fn wait(self, _at_most: Duration) -> Answer {
        Answer::Nothing
    }
}

pub(super) fn show(notification: &Notification) -> Result<Shown, NotificationError> {
    // SAFETY: no arguments beside the kind. A thread that has one already is no harm, so the answer is not needed.
    let _ = unsafe { RoInitialize(RO_INIT_MULTITHREADED) };
    let text = toast_xml(notification);
    let toast = || -> windows::core::Result<ToastNotification> {
        let document = XmlDocument::new()?;
        document.LoadXml(&HSTRING::from(text))?;
        ToastNotification::CreateToastNotification(&document)
    };
    let notifier = ToastNotificationManager::CreateToastNotifierWithId(&HSTRING::from(APP_USER_MODEL_ID))
        .map_err(|error| NotificationError::NoService(in_words(&error)))?;
    let shown = toast().and_then(|toast| notifier.Show(&toast));
    shown.map(|()| Shown).map_err(|error| NotificationError::Refused(in_words(&error)))
}

fn in_words(error: &windows::core::Error) -> String {
    // Windows has no words for some of them.
    format!("{} (0x{:08X})", error.message(), error.code().0).trim_start().to_owned()
}

/// Tells Windows what the program is called and what its links start.
pub(super) fn register(program: &Path, picture: &Path, png: &[u8]) -> io::Result<()> {
    let path = program.to_str().filter(|path| !path.contains('"'));
    let path =
        path.ok_or_else(|| io::Error::other("the program's path contains characters that Windows cannot store"))?;
    registry::set_user_text(APP_KEY, "DisplayName", "A365 Password Tool")?;
    if std::fs::read(picture).ok().as_deref() != Some(png) {
        file_system::create_own_folder(picture.parent().unwrap_or(Path::new(".")))?;
        file_system::replace_private(picture, png)?;
    }
    if let Some(picture) = picture.to_str() {
        registry::set_user_text(APP_KEY, "IconUri", picture)?;
    }
    let scheme = format!(r"Software\Classes\{LINK_SCHEME}");
    registry::set_user_text(&scheme, "", "URL:A365 Password Tool")?;
    registry::set_user_text(&scheme, "URL Protocol", "")?;
    registry::set_user_text(&format!(r"{scheme}\DefaultIcon"), "", &format!("\"{path}\",0"))?;
    registry::set_user_text(&format!(r"{scheme}\shell\open\command"), "", &format!("\"{path}\" --link=\"%1\""))
}

pub(super) fn unregister() -> io::Result<()> {
    registry::remove_user_key(&format!(r"Software\Classes\{LINK_SCHEME}"))?;
    registry::remove_user_key(APP_KEY)
}

fn toast_xml(notification: &Notification) -> String {
    let Notification { title, body, open, later, open_link, later_link, stays, picture: _ } = notification;
    let scenario = if *stays == NotificationDuration::UntilSeen { r#" scenario="reminder""# } else { "" };
    let [title, body, open, later, open_link, later_link] =
        [title, body, open, later, open_link, later_link].map(|text| markup(text));
    format!(
        r#"<toast activationType="protocol" launch="{open_link}"{scenario}><visual><binding template="ToastGeneric"><text>{title}</text><text>{body}</text></binding></visual><actions><action content="{open}" activationType="protocol" arguments="{open_link}"/><action content="{later}" activationType="protocol" arguments="{later_link}"/></actions></toast>"#
    )
}

#[cfg(test)]
mod tests {
    use super::super::Picture;
    use super::*;

    #[test]
    fn a_name_cannot_leave_its_place_in_the_toast() {
        let notification = Notification {
            title: "R&D <\"x\"/>\u{1}".to_owned(),
            body: "a\nb".to_owned(),
            stays: NotificationDuration::UntilSeen,
            open: "Open".to_owned(),
            later: "Later".to_owned(),
            open_link: "a365-password-tool:open/1".to_owned(),
            later_link: "a365-password-tool:later/1".to_owned(),
            picture: Picture { width: 0, height: 0, rgba: &[] },
        };
        let xml = toast_xml(&notification);
        assert!(xml.contains("<text>R&amp;D &lt;&quot;x&quot;/&gt;\\u{1}</text><text>a\nb</text>"), "{xml}");
        assert!(xml.starts_with(
            r#"<toast activationType="protocol" launch="a365-password-tool:open/1" scenario="reminder">"#
        ));
    }
}

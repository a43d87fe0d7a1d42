//! A notification of the desktop, shown by a program that has no window: freedesktop's over D-Bus, Windows' toast.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(windows)]
mod windows;

use std::path::Path;
use std::time::Duration;

#[cfg(target_os = "linux")]
use self::linux as system;
#[cfg(windows)]
use self::windows as system;

/// What is shown. Plain text throughout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// One line.
    pub title: String,
    /// A few lines.
    pub body: String,
    /// Whether it stays until somebody sees it, where the desktop has such a thing.
    pub stays: NotificationDuration,
    /// The words of the button that opens the program; a click on the notification does the same.
    pub open: String,
    /// The words of the button for later.
    pub later: String,
    /// What Windows calls for the first button, see [`register`]. Linux tells this program instead.
    pub open_link: String,
    /// What Windows calls for the second.
    pub later_link: String,
    /// The program's picture, where the notification brings it along (Linux); on Windows [`register`] names it.
    pub picture: Picture,
}

/// A picture as its pixels: red, green, blue and alpha, one byte each, from the top left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Pixels in a row.
    pub width: u16,
    /// Rows.
    pub height: u16,
    /// All bytes.
    pub rgba: &'static [u8],
}

/// How long a notification is on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotificationDuration {
    /// As long as the desktop sees fit.
    Default,
    /// Until somebody sees it.
    UntilSeen,
}

/// What a person did with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Pressed the notification or the button that opens.
    Open,
    /// Pressed the button for later.
    Later,
    /// Closed it, or let it pass; or the desktop tells nobody.
    Nothing,
}

/// Why it could not be shown.
#[derive(Debug, thiserror::Error)]
pub enum NotificationError {
    /// Nobody on this desktop shows notifications.
    #[error("This desktop cannot show notifications: {0}.")]
    NoService(String),
    /// The service refused it.
    #[error("The desktop did not show the notification: {0}.")]
    Refused(String),
}

/// Shows it, and returns as soon as it is shown.
pub fn show(notification: &Notification) -> Result<Shown, NotificationError> {
    #[cfg(any(target_os = "linux", windows))]
    return system::show(notification).map(Shown);
    #[cfg(not(any(target_os = "linux", windows)))]
    {
        let _ = notification;
        Err(NotificationError::NoService("this system is not supported".to_owned()))
    }
}

/// A notification that is on the screen.
pub struct Shown(#[cfg(any(target_os = "linux", windows))] system::Shown);

impl Shown {
    /// Waits until somebody does something with it, `at_most` so long. On Windows this returns at once: a click comes
    /// back by its link, also when this program has long ended.
    pub fn wait(self, at_most: Duration) -> Answer {
        #[cfg(any(target_os = "linux", windows))]
        return self.0.wait(at_most);
        #[cfg(not(any(target_os = "linux", windows)))]
        {
            let _ = at_most;
            Answer::Nothing
        }
    }
}

/// Tells Windows what the program is called, its picture (a PNG file, which is made there), and which program its
/// links call; elsewhere there is nothing to tell. Links begin with [`LINK_SCHEME`] and a colon.
pub fn register(program: &Path, picture: &Path, png: &[u8]) -> std::io::Result<()> {
    #[cfg(windows)]
    return system::register(program, picture, png);
    #[cfg(not(windows))]
    {
        let _ = (program, picture, png);
        Ok(())
    }
}

/// Removes what [`register`] registered.
pub fn unregister() -> std::io::Result<()> {
    #[cfg(windows)]
    return system::unregister();
    #[cfg(not(windows))]
    Ok(())
}

/// How the links of notifications begin, before the colon.
pub const LINK_SCHEME: &str = "a365-password-tool";

//! The clipboard's thread: it waits for the system's clipboard, which may be slow, in place of the window.

use std::sync::mpsc::Receiver;

use super::{Answer, Part, Postbox};
use crate::crash_report;
use crate::platform::clipboard::{Cleared, SecretClipboard};
use crate::profile::SecretText;

/// What is asked of the clipboard.
pub enum ClipboardRequest {
    /// Copy a secret to the clipboard, kept out of its history.
    Copy(SecretText),
    /// Empty the clipboard if the secret copied last is still in it.
    Clear,
}

/// Serves until the window is gone.
pub(super) fn serve(requests: &Receiver<ClipboardRequest>, postbox: &Postbox) {
    let clipboard = SecretClipboard::new();
    while let Ok(request) = requests.recv() {
        let outcome = crash_report::catch(|| match request {
            ClipboardRequest::Copy(text) => {
                postbox.post(Answer::SecretCopied(clipboard.copy(&text).map_err(|error| error.to_string())));
            }
            ClipboardRequest::Clear => {
                postbox.post(match clipboard.clear_if_ours() {
                    Ok(cleared) => Answer::ClipboardCleared(cleared == Cleared::Removed),
                    Err(error) => Answer::ClipboardNotCleared(error.to_string()),
                });
            }
        });
        if let Err(fault) = outcome {
            postbox.post(Answer::Fault(Part::Other, fault.where_report_is()));
        }
    }
}

//! The clipboard's thread: it waits for the system's clipboard, which may be slow, in place of the window.

use std::sync::mpsc::Receiver;

use super::{Answer, Part, Postbox, Request};
use crate::crash_report;
use crate::platform::clipboard::{Cleared, SecretClipboard};

/// Serves until the window is gone.
pub(super) fn serve(requests: &Receiver<Request>, postbox: &Postbox) {
    let clipboard = SecretClipboard::new();
    while let Ok(request) = requests.recv() {
        let outcome = crash_report::catch(|| match request {
            Request::CopySecret(text) => {
                postbox.post(Answer::SecretCopied(clipboard.copy(&text).map_err(|error| error.to_string())));
            }
            Request::ClearClipboard => {
                postbox.post(match clipboard.clear_if_ours() {
                    Ok(cleared) => Answer::ClipboardCleared(cleared == Cleared::Removed),
                    Err(error) => Answer::ClipboardNotCleared(error.to_string()),
                });
            }
            _ => {}
        });
        if let Err(fault) = outcome {
            postbox.post(Answer::Fault(Part::Other, fault.where_report_is()));
        }
    }
}

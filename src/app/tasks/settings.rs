//! What is kept beside the vault: the settings, and the mark of the graphics card.

use std::path::PathBuf;
use std::thread;

use super::{Answer, Postbox};
use crate::platform::file_system;
use crate::settings::{Places, Settings};

/// What is asked about it.
pub enum SettingsRequest {
    /// Keep the settings.
    Save(PathBuf, Box<Settings>),
    /// Try the graphics card again at the next start, even if it failed last time.
    TryGpuAgain,
}

/// Carries it out. Settings are saved on a thread of their own.
pub(super) fn begin(request: SettingsRequest, postbox: Postbox) {
    match request {
        SettingsRequest::Save(path, settings) => {
            thread::spawn(move || {
                if let Err(error) = settings.save(&path) {
                    postbox.post(Answer::SettingsNotSaved(error.to_string()));
                }
            });
        }
        SettingsRequest::TryGpuAgain => {
            // Where there is no mark, or it cannot be removed, nothing is different from before.
            if let Some(places) = Places::of_this_program() {
                let _ = file_system::remove(&places.gpu_mark());
            }
        }
    }
}

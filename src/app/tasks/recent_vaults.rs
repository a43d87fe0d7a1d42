//! Whether the vaults that were opened last are where they were.

use std::path::PathBuf;
use std::thread;

use super::{Answer, Postbox};
use crate::reminder::policy::VaultPlace;

/// What is asked about them.
pub enum RecentVaultsRequest {
    /// Tell whether these files are there.
    LookFor(Vec<PathBuf>),
}

/// Carries it out. Each file on a thread of its own: a share that is gone can take a minute to say so.
pub(super) fn begin(request: RecentVaultsRequest, postbox: &Postbox) {
    match request {
        RecentVaultsRequest::LookFor(paths) => {
            for path in paths {
                let postbox = postbox.clone();
                thread::spawn(move || {
                    let place = if path.is_file() { VaultPlace::There } else { VaultPlace::Missing };
                    postbox.post(Answer::RecentVaultLookedFor(path, place));
                });
            }
        }
    }
}

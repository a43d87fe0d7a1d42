//! The vaults that this account opened last, which the unlock screen offers.

use std::path::{Path, PathBuf};

use super::{AppState, Screen, Unlock};
use crate::{
    app::tasks::{RecentVaultsRequest, Request},
    reminder::policy::VaultPlace,
    settings::RECENT_VAULTS_LIMIT,
    vault::vault_name,
};

/// A vault that the unlock screen offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecentVault {
    /// Its file.
    pub path: PathBuf,
    /// What it is called.
    pub name: String,
    /// Whether its file is there, as far as that is known.
    pub place: VaultPlace,
}

impl AppState {
    /// The vaults that were opened last, newest first, without the one that the unlock screen shows.
    pub fn recent_vaults(&self) -> Vec<RecentVault> {
        let Screen::Unlock(form) = &self.screen else { return Vec::new() };
        let others = self.settings.recent_vaults.iter().filter(|path| **path != form.path);
        let offered = |path: &PathBuf| RecentVault {
            path: path.clone(),
            name: vault_name(path),
            place: if self.missing_vaults.contains(path) { VaultPlace::Missing } else { VaultPlace::There },
        };
        others.map(offered).collect()
    }

    /// Asks which of them are where they were.
    pub(super) fn look_for_recent_vaults(&mut self) {
        let paths: Vec<PathBuf> = self.recent_vaults().into_iter().map(|vault| vault.path).collect();
        if !paths.is_empty() {
            self.outbox.push(Request::RecentVaults(RecentVaultsRequest::LookFor(paths)));
        }
    }

    pub(super) fn recent_vault_looked_for(&mut self, path: PathBuf, place: VaultPlace) {
        self.missing_vaults.retain(|missing| *missing != path);
        if place == VaultPlace::Missing {
            self.missing_vaults.push(path);
        }
    }

    /// A vault was opened: it is the newest one from now on, and the one to open at the next start.
    pub(super) fn remember_vault(&mut self, path: &Path) {
        let mut recent = self.settings.recent_vaults.clone();
        recent.retain(|known| known != path);
        recent.insert(0, path.to_owned());
        recent.truncate(RECENT_VAULTS_LIMIT);
        if self.settings.recent_vaults != recent || self.settings.vault_path.as_deref() != Some(path) {
            self.settings.recent_vaults = recent;
            self.settings.vault_path = Some(path.to_owned());
            self.keep_settings();
        }
    }

    pub(super) fn show_recent_vault(&mut self, path: PathBuf) {
        let form = match self.missing_vaults.contains(&path) {
            true => Unlock::gone(path),
            false => Unlock::of(path),
        };
        self.go_to_unlock(form);
    }

    pub(super) fn forget_recent_vault(&mut self, path: &Path) {
        let before = self.settings.recent_vaults.len();
        self.settings.recent_vaults.retain(|known| known != path);
        if self.settings.recent_vaults.len() != before {
            self.keep_settings();
        }
    }
}

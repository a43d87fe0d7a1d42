//! Which page of an open vault is shown.

use uuid::Uuid;

/// A page of an open vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Page {
    /// The profiles and the chosen one's form.
    Profiles,
    /// When every secret expires.
    Renewals,
    /// The run over all profiles.
    TestAll,
    /// The renewal of this profile's client secret.
    Renewal(Uuid),
    /// What is imported.
    Import,
    /// The vault itself.
    Vault(VaultTab),
    /// The settings.
    Settings,
    /// What this program is.
    About,
}

/// A part of the page about the vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum VaultTab {
    /// What opens it.
    UnlockMethods,
    /// Its earlier saves.
    Backups,
    /// Who changed what.
    History,
    /// What two people changed differently.
    Conflicts,
}

impl VaultTab {
    /// Every part, in the order of the page.
    pub const ALL: [VaultTab; 4] = [VaultTab::UnlockMethods, VaultTab::Backups, VaultTab::History, VaultTab::Conflicts];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            VaultTab::UnlockMethods => "Unlock methods",
            VaultTab::Backups => "Backups",
            VaultTab::History => "History",
            VaultTab::Conflicts => "Conflicts",
        }
    }
}

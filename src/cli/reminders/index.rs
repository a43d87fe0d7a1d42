//! Where names and dates come from: the vault with its passphrase, or the reminder index without.

use std::cmp::Ordering;

use chrono::NaiveDate;
use uuid::Uuid;

use crate::cli::clock;
use crate::cli::failure::Failure;
use crate::cli::flags::Passphrase;
use crate::cli::session::Session;
use crate::clock_check::ClockBehind;
use crate::reminder::index::{Index, IndexedVault};
use crate::vault::{Vault, read_info};
use crate::written_day::utc_minute;

/// Whether the index was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    Index,
    /// The vault where its passphrase can be had, else the index.
    Best,
}

impl From<bool> for Wanted {
    fn from(from_index: bool) -> Wanted {
        if from_index { Wanted::Index } else { Wanted::Best }
    }
}

/// What is known, and from where.
pub(super) enum Source {
    Vault(Box<Vault>),
    Index(Known),
}

/// What the index knows of the vault.
pub(super) struct Known {
    pub vault: IndexedVault,
    pub state: VaultState,
}

/// How the vault's file is, compared with what the index knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum VaultState {
    Unchanged,
    /// Saved since, by somebody else or on another computer.
    Newer,
    /// A copy from before the save that the index knows: somebody put it in the place.
    Older,
    Missing,
    /// It is there and cannot be read, or is another vault.
    Unreadable,
}

impl VaultState {
    pub(super) fn id(self) -> &'static str {
        match self {
            VaultState::Unchanged => "unchanged",
            VaultState::Newer => "newer",
            VaultState::Older => "older",
            VaultState::Missing => "missing",
            VaultState::Unreadable => "unreadable",
        }
    }
}

/// When a profile's secret expires.
pub(super) struct KnownExpiry<'a> {
    /// The profile's name.
    pub(super) name: &'a str,
    /// The day that counts.
    pub(super) expires: Option<NaiveDate>,
    /// Whether the UCC still uses the former secret, whose day this is.
    pub(super) ucc_behind: bool,
}

impl Source {
    /// What each secret is called and when it expires, in the vault's order.
    pub(super) fn expiries(&self) -> Box<dyn Iterator<Item = KnownExpiry<'_>> + '_> {
        match self {
            Source::Vault(vault) => Box::new(vault.contents().profiles().iter().map(|it| KnownExpiry {
                name: &it.name,
                expires: it.expires(),
                ucc_behind: it.ucc_behind().is_some(),
            })),
            Source::Index(known) => Box::new(known.vault.profiles.iter().map(|it| KnownExpiry {
                name: &it.name,
                expires: it.expires,
                ucc_behind: it.ucc_behind,
            })),
        }
    }

    /// How far the clock is behind what is known, where it is.
    pub(super) fn clock_behind(&self, session: &Session<'_, '_>) -> Option<ClockBehind> {
        match self {
            Source::Vault(vault) => clock::behind_vault(session, vault),
            Source::Index(known) => ClockBehind::find(session.console.now(), Some(known.vault.saved_at), []),
        }
    }

    /// The vault's id.
    pub(super) fn vault_id(&self) -> Uuid {
        match self {
            Source::Vault(vault) => vault.info().vault_id,
            Source::Index(known) => known.vault.id,
        }
    }
}

impl Known {
    /// What people should know about where this comes from.
    pub(super) fn words(&self) -> Option<String> {
        let path = self.vault.path.display();
        let at = utc_minute(self.vault.saved_at);
        match self.state {
            VaultState::Unchanged => None,
            VaultState::Newer => Some(format!(
                "The vault {path} was saved elsewhere after {at}; this shows its state at that time. Open it once on \
                 this computer to update the reminders."
            )),
            VaultState::Older => Some(format!(
                "The file {path} is an older copy of the vault than the one that was saved at {at}; this shows the \
                 vault's state at that time. Find out who replaced it. “vault info” tells when the copy was saved, and \
                 “vault backups” lists newer ones; to accept the copy, run “vault trust”."
            )),
            VaultState::Missing => Some(format!(
                "The vault {path} was moved or deleted; this shows its state at {at}. Open it from its new location, \
                 or turn off its reminders with “remind --forget --vault {path}”."
            )),
            VaultState::Unreadable => Some(format!(
                "The file {path} cannot be read as the vault that was saved there; this shows the vault's state at \
                 {at}. “vault info” shows details."
            )),
        }
    }
}

/// The vault when its passphrase is given or can be asked for, else what the index knows of it.
pub(super) fn source(session: &mut Session<'_, '_>, passphrase: Passphrase, wanted: Wanted) -> Result<Source, Failure> {
    let ask = passphrase.passphrase_stdin || session.console.somebody_is_there();
    if wanted == Wanted::Best && ask {
        return session.open_vault(passphrase).map(|vault| Source::Vault(Box::new(vault)));
    }
    known(session).map(Source::Index)
}

/// What the index knows of the session's vault.
pub(super) fn known(session: &mut Session<'_, '_>) -> Result<Known, Failure> {
    let path = session.vault_path()?;
    let index = read(session)?;
    let Some(vault) = index.vault_at(&path).cloned() else {
        // A file that is not there, or no vault, is the better answer.
        read_info(&path)?;
        let path = path.display();
        return Err(Failure::failed(
            "index_unknown_vault",
            format!(
                "The vault {path} is not in the reminder index of this account. Save the vault once on this computer, \
                 or pass its passphrase with --passphrase-stdin."
            ),
        ));
    };
    let state = match read_info(&vault.path) {
        Ok(info) if info.vault_id != vault.id => VaultState::Unreadable,
        Ok(info) => match (info.generation, info.saved_at).cmp(&vault.order()) {
            Ordering::Less => VaultState::Older,
            Ordering::Equal => VaultState::Unchanged,
            Ordering::Greater => VaultState::Newer,
        },
        Err(crate::vault::VaultError::Missing { .. }) => VaultState::Missing,
        Err(_) => VaultState::Unreadable,
    };
    Ok(Known { vault, state })
}

/// The whole index; what is wrong with it is why there is no answer.
pub(super) fn read(session: &Session<'_, '_>) -> Result<Index, Failure> {
    let places = session.console.reminders().ok_or_else(no_home)?;
    match Index::read(&places) {
        (index, None) => Ok(index),
        (_, Some(trouble)) => Err(Failure::failed("index_unreadable", trouble.to_string())),
    }
}

/// For an account without a home.
pub(super) fn no_home() -> Failure {
    Failure::failed(
        "no_home",
        "This account has no folder for app data, so there is no reminder index. Use --passphrase-stdin.",
    )
}

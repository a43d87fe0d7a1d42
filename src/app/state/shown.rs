//! What fills the window: a screen, the questions in front of it, the news beneath it.

use std::{collections::HashMap, path::PathBuf};

use chrono::NaiveDate;
use uuid::Uuid;

use super::{
    Backups, CheckRun, CheckView, Comparison, DamagedForm, FirstStart, MailForm, MakeSecretForm, PassphraseForm,
    PasteForm, ProxyForm, Question, RecoveryForm, RemoveSecretForm, RemoveSlotForm, RenewalForm, RenewalsPage, Tone,
    Unlock, VaultReminders,
};
use crate::{
    app::{
        command::Page,
        draft::Draft,
        listing::{Filter, SortBy},
    },
    profile::{Profile, ProxyCredentials},
    vault::{Backup, Conflict, Field, HistoryEntry, SlotView, Take},
};

/// What fills the window.
pub enum Screen {
    /// There is no vault yet.
    FirstStart(FirstStart),
    /// A vault is locked.
    Unlock(Unlock),
    /// A vault is open.
    Open(Box<OpenVault>),
}

/// An open vault.
pub struct OpenVault {
    /// The vault's file.
    pub path: PathBuf,
    /// The profiles as they are in the vault.
    pub profiles: Vec<Profile>,
    /// The page shown.
    pub page: Page,
    /// Whether the setup guide stands beside the form.
    pub guide_open: bool,
    /// Whether the search field is to get the focus when it is drawn next.
    pub focus_search: bool,
    /// The text in the search field.
    pub search: String,
    /// Which profiles are shown.
    pub filter: Filter,
    /// In which order.
    pub sort: SortBy,
    /// The form.
    pub draft: Option<Draft>,
    /// The checks that run or ran, by profile.
    pub checks: HashMap<Uuid, CheckView>,
    /// What is typed on the pages of renewals, by profile.
    pub renewal_forms: HashMap<Uuid, RenewalForm>,
    /// The day on which former secrets were last looked at.
    pub(super) looked_at_former: Option<NaiveDate>,
    /// What a proxy that asks for it is told.
    pub proxy_credentials: Option<ProxyCredentials>,
    /// The run over all profiles, if there was one.
    pub run: Option<CheckRun>,
    /// When every secret lapses.
    pub renewals: RenewalsPage,
    /// What is set for single profiles' reminders, and what is typed about them.
    pub reminders: VaultReminders,
    /// Whether a save is under way.
    pub saving: bool,
    /// The ways to open it.
    pub slots: Vec<SlotView>,
    /// What is to be known of it beside what this account has seen of it before.
    pub standing: Option<String>,
    /// Who changed what, oldest first, as read last.
    pub history: Vec<HistoryEntry>,
    /// What two people changed differently, until somebody chooses.
    pub conflicts: Vec<Conflict>,
    /// Copies that synchronising programs left beside it, with something that is not in it yet.
    pub copies: Vec<PathBuf>,
    /// What is chosen so far, for the fields where it is not what is in place.
    pub choices: HashMap<(Uuid, Field), Take>,
    /// The earlier saves.
    pub backups: Backups,
    /// The one that is looked at.
    pub comparison: Option<Comparison>,
}

/// A question that needs an answer.
pub enum Dialog {
    /// The form has unsaved changes, and this is to happen next.
    Unsaved(AfterUnsaved),
    /// Is this profile to be deleted?
    Delete(Uuid, String),
    /// A connection string is pasted.
    Paste(PasteForm),
    /// The passphrase is changed.
    ChangePassphrase(PassphraseForm),
    /// A proxy asks who this is.
    ProxySignIn(ProxyForm),
    /// The mail about a profile for the owner of its app registration.
    Mail(MailForm),
    /// A recovery key is made and shown.
    RecoveryKey(RecoveryForm),
    /// Is this way to open the vault to be taken away?
    RemoveSlot(RemoveSlotForm),
    /// Is a vault that was refused, for this reason, to be trusted from now on?
    TrustVault(String),
    /// A file in the open vault's place was refused, for this reason: is it to be replaced by what is in memory?
    PutBack(String),
    /// Is this backup to be restored?
    Restore(Backup),
    /// A step of a renewal takes something away.
    Renewal(Question),
    /// A new client secret is made at Microsoft Graph.
    MakeSecret(MakeSecretForm),
    /// The former client secret is removed from Entra ID.
    RemoveSecret(RemoveSecretForm),
    /// Which backup takes the place of a damaged vault?
    Damaged(DamagedForm),
}

/// What happens once the unsaved changes are dealt with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterUnsaved {
    /// Another profile is shown.
    Select(Uuid),
    /// A new profile is started.
    NewProfile,
    /// The renewal of a profile's client secret is shown.
    Renew(Uuid),
    /// The vault is locked.
    Lock,
    /// The window is closed.
    Close,
}

impl AfterUnsaved {
    /// Whether the vault is closed then, and all that is typed anywhere would be gone.
    pub(super) fn ends_the_vault(self) -> bool {
        matches!(self, AfterUnsaved::Lock | AfterUnsaved::Close)
    }
}

/// What just happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Good or bad news.
    pub tone: Tone,
    /// The news.
    pub text: String,
    /// Whether it can be undone.
    pub undo: Undo,
}

/// Whether what just happened can be undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undo {
    /// No.
    None,
    /// A deletion; yes.
    Deletion,
}

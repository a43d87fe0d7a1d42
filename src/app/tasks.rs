//! Work that must not hold up a frame: files, key derivation, network, dialogs of the system.
//!
//! In: a [`Request`]. Out: an [`Answer`] through a channel, and a repaint of the window. The vault and its keys
//! live on a thread of their own, which handles one request after the other; the network has another, started at
//! the first check. Nothing here draws.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::mpsc::{Receiver, Sender, channel},
    thread,
};

use chrono::Utc;
use uuid::Uuid;

use crate::connection_check::{self, CheckReport, CheckRequest, Network, NetworkSettings, Progress};
use crate::platform::clipboard::{Cleared, SecretClipboard};
use crate::profile::{LastCheck, Profile, SecretText};
use crate::settings::{self, Settings};
use crate::vault::{Contents, KdfParameters, Vault, VaultError};

/// Work to be done in the background.
pub enum Request {
    /// Make a vault and open it.
    CreateVault(PathBuf, SecretText),
    /// Open a vault.
    OpenVault(PathBuf, SecretText),
    /// Put a profile into the vault and save it.
    PutProfile(Box<Profile>, Because),
    /// Take a profile out of the vault and save it.
    RemoveProfile(Uuid),
    /// Keep how a profile's check ended.
    RecordCheck(Uuid, LastCheck),
    /// Read the vault again if somebody else changed it.
    RefreshVault,
    /// Change the vault's passphrase: the old one, the new one.
    ChangePassphrase(SecretText, SecretText),
    /// Forget the vault's keys.
    LockVault,
    /// Run a connection check under a number.
    Check(u64, Box<CheckRequest>, NetworkSettings),
    /// Stop the check of that number.
    CancelCheck(u64),
    /// Copy a secret to the clipboard, kept out of its history.
    CopySecret(SecretText),
    /// Empty the clipboard if the secret copied last is still in it.
    ClearClipboard,
    /// Keep the settings.
    SaveSettings(PathBuf, Box<Settings>),
    /// Ask where a new vault is to be kept, beginning at this path.
    PickNewVaultPlace(PathBuf),
    /// Ask which vault to open.
    PickExistingVault,
}

/// Why a profile is put into the vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Because {
    /// Somebody pressed Save.
    Saved,
    /// A deletion is undone.
    Restored,
    /// The vault locks itself while the form has unsaved changes.
    Rescued,
}

/// What came of the work.
pub enum Answer {
    /// A vault is open.
    VaultOpened(PathBuf, Vec<Profile>),
    /// A vault could not be made or opened.
    VaultNotOpened(Refusal),
    /// The vault holds these profiles now.
    Profiles(Vec<Profile>, Change),
    /// A change could not be saved; the vault is as it was.
    NotSaved(Refusal, Change),
    /// The passphrase is changed, or why it is not.
    PassphraseChanged(Result<(), Refusal>),
    /// A check went on.
    CheckProgress(u64, Progress),
    /// A check ended.
    CheckFinished(u64, Box<CheckReport>),
    /// A check could not even begin, and why.
    CheckUnavailable(u64, String),
    /// A secret is in the clipboard, or why it is not.
    SecretCopied(Result<(), String>),
    /// The clipboard was emptied; `false` when something else was in it by then.
    ClipboardCleared(bool),
    /// Settings could not be kept, and why.
    SettingsNotSaved(String),
    /// A new vault's place was chosen, or nothing was.
    NewVaultPlace(Option<PathBuf>),
    /// An existing vault was chosen, or none was.
    ExistingVault(Option<PathBuf>),
}

/// What happened to the vault's profiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// A profile was put.
    Put(Uuid, Because),
    /// A profile was removed.
    Removed(Uuid),
    /// A check's end was recorded.
    CheckRecorded(Uuid),
    /// Somebody else changed the file.
    Refreshed,
}

/// Why the vault refused, in words for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What happened, why, and what to do.
    pub text: String,
    /// Whether the passphrase was the reason.
    pub wrong_passphrase: bool,
}

impl From<VaultError> for Refusal {
    fn from(error: VaultError) -> Refusal {
        Refusal { wrong_passphrase: matches!(error, VaultError::WrongPassphrase), text: error.to_string() }
    }
}

/// Sends answers and wakes the window.
#[derive(Clone)]
struct Postbox {
    answers: Sender<Answer>,
    wake: egui::Context,
}

impl Postbox {
    fn post(&self, answer: Answer) {
        // The window is gone when nobody listens: then there is nothing left to tell.
        if self.answers.send(answer).is_ok() {
            self.wake.request_repaint();
        }
    }
}

/// The background work of one window.
pub struct Tasks {
    postbox: Postbox,
    answers: Receiver<Answer>,
    vault: Sender<Request>,
    network: Option<NetworkThread>,
    clipboard: Option<Sender<Request>>,
}

struct NetworkThread {
    runtime: tokio::runtime::Runtime,
    running: HashMap<u64, tokio::task::AbortHandle>,
}

impl Tasks {
    /// Starts the vault's thread; answers wake `ctx`.
    pub fn start(ctx: &egui::Context) -> Tasks {
        let (sender, answers) = channel();
        let postbox = Postbox { answers: sender, wake: ctx.clone() };
        let (vault, requests) = channel();
        let vault_postbox = postbox.clone();
        thread::spawn(move || vault_thread(&requests, &vault_postbox));
        Tasks { postbox, answers, vault, network: None, clipboard: None }
    }

    /// The next answer, if one has come.
    pub fn next_answer(&self) -> Option<Answer> {
        self.answers.try_recv().ok()
    }

    /// Begins the work that `request` names and returns at once.
    pub fn begin(&mut self, request: Request) {
        match request {
            Request::Check(number, check, network) => self.begin_check(number, *check, network),
            Request::CancelCheck(number) => {
                if let Some(task) = self.network.as_mut().and_then(|network| network.running.remove(&number)) {
                    task.abort();
                }
            }
            Request::CopySecret(_) | Request::ClearClipboard => self.hand_to_clipboard(request),
            Request::SaveSettings(path, settings) => {
                let postbox = self.postbox.clone();
                thread::spawn(move || {
                    if let Err(error) = settings.save(&path) {
                        postbox.post(Answer::SettingsNotSaved(error.to_string()));
                    }
                });
            }
            Request::PickNewVaultPlace(_) | Request::PickExistingVault => self.ask_for_file(request),
            vault_request => {
                // The vault's thread ends only with the window.
                let _ = self.vault.send(vault_request);
            }
        }
    }

    fn begin_check(&mut self, number: u64, request: CheckRequest, settings: NetworkSettings) {
        let postbox = self.postbox.clone();
        if self.network.is_none() {
            match tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build() {
                Ok(runtime) => self.network = Some(NetworkThread { runtime, running: HashMap::new() }),
                Err(error) => {
                    postbox.post(Answer::CheckUnavailable(
                        number,
                        format!("The test could not start, because Windows gave the app no thread for it: {error}. Close other programs and test again."),
                    ));
                    return;
                }
            }
        }
        let Some(network) = &mut self.network else { return };
        let task = network.runtime.spawn(async move {
            match Network::new(&settings) {
                Ok(network) => {
                    let progress_postbox = postbox.clone();
                    let mut progress =
                        move |progress: Progress| progress_postbox.post(Answer::CheckProgress(number, progress));
                    let report = connection_check::check(&network, &request, Utc::now(), &mut progress).await;
                    postbox.post(Answer::CheckFinished(number, Box::new(report)));
                }
                Err(error) => postbox.post(Answer::CheckUnavailable(number, error.to_string())),
            }
        });
        network.running.retain(|_, task| !task.is_finished());
        network.running.insert(number, task.abort_handle());
    }

    fn hand_to_clipboard(&mut self, request: Request) {
        let postbox = self.postbox.clone();
        let sender = self.clipboard.get_or_insert_with(|| {
            let (sender, requests) = channel();
            thread::spawn(move || clipboard_thread(&requests, &postbox));
            sender
        });
        let _ = sender.send(request);
    }

    fn ask_for_file(&self, request: Request) {
        let postbox = self.postbox.clone();
        thread::spawn(move || {
            let dialog = rfd::FileDialog::new().add_filter("A365 vault", &[crate::vault::FILE_EXTENSION]);
            postbox.post(match request {
                Request::PickNewVaultPlace(path) => {
                    let mut dialog = dialog.set_title("Where to keep the new vault");
                    if let Some(folder) = path.parent().filter(|folder| folder.is_dir()) {
                        dialog = dialog.set_directory(folder);
                    }
                    if let Some(name) = path.file_name() {
                        dialog = dialog.set_file_name(name.to_string_lossy());
                    }
                    Answer::NewVaultPlace(dialog.save_file())
                }
                _ => Answer::ExistingVault(dialog.set_title("Open a vault").pick_file()),
            });
        });
    }

    /// Empties the clipboard if a secret of ours is still in it, and waits for that: the last thing before the end.
    pub fn finish(&mut self) {
        if let Some(clipboard) = self.clipboard.take() {
            let _ = clipboard.send(Request::ClearClipboard);
            while let Ok(answer) = self.answers.recv_timeout(std::time::Duration::from_secs(1)) {
                if matches!(answer, Answer::ClipboardCleared(_)) {
                    break;
                }
            }
        }
    }
}

/// Owns the open vault; ends when the window does.
fn vault_thread(requests: &Receiver<Request>, postbox: &Postbox) {
    let mut open: Option<Vault> = None;
    while let Ok(request) = requests.recv() {
        match request {
            Request::CreateVault(path, passphrase) => {
                // The app's own folder is not there before its first vault. Any other folder is the person's to make: a
                // missing one may be a share that is not connected.
                if settings::default_vault_path().as_ref() == Some(&path)
                    && let Some(folder) = path.parent()
                {
                    // Where this fails, making the vault says why.
                    let _ = std::fs::create_dir_all(folder);
                }
                let made = Vault::create(&path, &passphrase, KdfParameters::default());
                post_opened(made, &mut open, postbox);
            }
            Request::OpenVault(path, passphrase) => post_opened(Vault::open(&path, &passphrase), &mut open, postbox),
            Request::LockVault => open = None,
            other => {
                if let Some(vault) = &mut open {
                    change_vault(vault, other, postbox);
                }
            }
        }
    }
}

fn post_opened(result: Result<Vault, VaultError>, open: &mut Option<Vault>, postbox: &Postbox) {
    match result {
        Ok(vault) => {
            postbox.post(Answer::VaultOpened(vault.path().to_owned(), vault.contents().profiles().to_vec()));
            *open = Some(vault);
        }
        Err(error) => postbox.post(Answer::VaultNotOpened(error.into())),
    }
}

fn change_vault(vault: &mut Vault, request: Request, postbox: &Postbox) {
    let change = match &request {
        Request::PutProfile(profile, because) => Change::Put(profile.id, *because),
        Request::RemoveProfile(id) => Change::Removed(*id),
        Request::RecordCheck(id, ..) => Change::CheckRecorded(*id),
        _ => Change::Refreshed,
    };
    let result = match request {
        Request::ChangePassphrase(old, new) => {
            let result = vault.change_passphrase(&old, &new).map_err(Refusal::from);
            return postbox.post(Answer::PassphraseChanged(result));
        }
        Request::RefreshVault => match vault.refresh() {
            Ok(false) => return,
            other => other.map(|_| ()),
        },
        Request::PutProfile(profile, _) => vault.update(|contents: &mut Contents| contents.put(*profile)),
        Request::RemoveProfile(id) => vault.update(|contents: &mut Contents| {
            contents.remove(id);
            Ok::<(), VaultError>(())
        }),
        Request::RecordCheck(id, check) => vault.update(|contents: &mut Contents| {
            let Some(mut profile) = contents.get(id).cloned() else { return Ok(()) };
            profile.last_check = Some(check);
            contents.put(profile)
        }),
        _ => return,
    };
    postbox.post(match result {
        Ok(()) => Answer::Profiles(vault.contents().profiles().to_vec(), change),
        Err(error) => Answer::NotSaved(error.into(), change),
    });
}

/// Waits for the system's clipboard, which may be slow, in place of the window.
fn clipboard_thread(requests: &Receiver<Request>, postbox: &Postbox) {
    let clipboard = SecretClipboard::new();
    while let Ok(request) = requests.recv() {
        match request {
            Request::CopySecret(text) => {
                postbox.post(Answer::SecretCopied(clipboard.copy(&text).map_err(|error| error.to_string())));
            }
            Request::ClearClipboard => {
                postbox.post(Answer::ClipboardCleared(clipboard.clear_if_ours() == Ok(Cleared::Removed)));
            }
            _ => {}
        }
    }
}

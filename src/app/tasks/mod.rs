//! Work that must not hold up a frame: files, key derivation, network, dialogs of the system.
//!
//! In: a [`Request`]. Out: an [`Answer`] through a channel, and a repaint of the window. The vault and its keys
//! live on a thread of their own, which handles one request after the other; the network has another, started at
//! the first check. Nothing here draws.

mod network;
mod vault;

use std::{
    path::PathBuf,
    sync::mpsc::{Receiver, Sender, channel},
    thread,
};

use chrono::Utc;
use uuid::Uuid;

use self::network::NetworkThread;
use crate::cloud::Overrides;
use crate::connection_check::many::{NamedRequest, ProfileResult, report_csv, report_html};
use crate::connection_check::{CheckReport, CheckRequest, NetworkSettings, Progress};
use crate::platform::clipboard::{Cleared, SecretClipboard};
use crate::profile::{LastCheck, Profile, ProxyCredentials, SecretText};
use crate::settings::Settings;
use crate::vault::VaultError;

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
    /// Keep what a proxy that asks for it is told, or forget it.
    SetProxyCredentials(Option<ProxyCredentials>),
    /// Keep how a profile's check ended.
    RecordCheck(Uuid, LastCheck),
    /// Read the vault again if somebody else changed it.
    RefreshVault,
    /// Change the vault's passphrase: the old one, the new one.
    ChangePassphrase(SecretText, SecretText),
    /// Forget the vault's keys.
    LockVault,
    /// Drop this when all that was asked of the vault before is done: whoever listens at the other end waits for that.
    Report(Sender<()>),
    /// Keep how the checks of many profiles ended.
    RecordChecks(Vec<(Uuid, LastCheck)>),
    /// Check many connections under a number; each is the profile that its place in the list says.
    CheckMany(u64, Vec<NamedRequest>, NetworkSettings),
    /// Ask for a file and write the results of many checks into it.
    ExportChecks(Vec<ProfileResult>, ExportFormat),
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

/// The kind of file that results are exported to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// A table for spreadsheets.
    Csv,
    /// A page to read and print.
    Html,
}

impl ExportFormat {
    /// The ending of its files' names.
    fn extension(self) -> &'static str {
        match self {
            ExportFormat::Csv => "csv",
            ExportFormat::Html => "html",
        }
    }

    fn write(self, results: &[ProfileResult]) -> String {
        match self {
            ExportFormat::Csv => report_csv(results),
            ExportFormat::Html => report_html(results, Utc::now()),
        }
    }
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
    VaultOpened(PathBuf, Vec<Profile>, Option<ProxyCredentials>),
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
    /// One of many checks ended: the run's number, the place in its list, the report.
    OneOfManyFinished(u64, usize, Box<CheckReport>),
    /// All of many checks ended.
    ManyFinished(u64),
    /// Results were written to this file, or to none because nobody chose one, or why they were not.
    Exported(Result<Option<PathBuf>, String>),
    /// A secret is in the clipboard, or why it is not.
    SecretCopied(Result<(), String>),
    /// The clipboard was emptied; `false` when something else was in it by then.
    ClipboardCleared(bool),
    /// The clipboard could not be emptied, and why: a secret may still be in it.
    ClipboardNotCleared(String),
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
    /// What a proxy is told was kept or forgotten.
    ProxyCredentialsSet,
    /// The ends of many checks were recorded.
    ChecksRecorded,
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
    network: NetworkThread,
    clipboard: Option<Sender<Request>>,
}

impl Tasks {
    /// Starts the vault's thread; answers wake `ctx`.
    pub fn start(ctx: &egui::Context, clouds: Overrides) -> Tasks {
        let (sender, answers) = channel();
        let postbox = Postbox { answers: sender, wake: ctx.clone() };
        let (vault, requests) = channel();
        let vault_postbox = postbox.clone();
        thread::spawn(move || vault::serve(&requests, &vault_postbox, &clouds));
        Tasks { postbox, answers, vault, network: NetworkThread::default(), clipboard: None }
    }

    /// The next answer, if one has come.
    pub fn next_answer(&self) -> Option<Answer> {
        self.answers.try_recv().ok()
    }

    /// Begins the work that `request` names and returns at once.
    pub fn begin(&mut self, request: Request) {
        match request {
            Request::Check(number, check, settings) => {
                self.network.begin_check(number, *check, settings, &self.postbox);
            }
            Request::CheckMany(number, checks, settings) => {
                self.network.begin_many(number, checks, settings, &self.postbox);
            }
            Request::ExportChecks(results, format) => self.export(results, format),
            Request::CancelCheck(number) => self.network.cancel(number),
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
            Request::LockVault => {
                self.network.forget();
                let _ = self.vault.send(Request::LockVault);
            }
            vault_request => {
                // The vault's thread ends only with the window.
                let _ = self.vault.send(vault_request);
            }
        }
    }

    /// Asks for a file beside the window and writes the results into it.
    fn export(&self, results: Vec<ProfileResult>, format: ExportFormat) {
        let postbox = self.postbox.clone();
        thread::spawn(move || {
            let extension = format.extension();
            let dialog = rfd::FileDialog::new()
                .set_title("Where to keep the results")
                .add_filter(extension.to_uppercase(), &[extension])
                .set_file_name(format!("connection-checks-{}.{extension}", Utc::now().date_naive()));
            let written = match dialog.save_file() {
                None => Ok(None),
                Some(path) => match std::fs::write(&path, format.write(&results)) {
                    Ok(()) => Ok(Some(path)),
                    Err(error) => Err(format!(
                        "The results could not be written to {}: {error}. Choose another folder.",
                        path.display()
                    )),
                },
            };
            postbox.post(Answer::Exported(written));
        });
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

    /// Waits until what was asked of the vault is done, then empties the clipboard if a secret of ours is still in it:
    /// the last thing before the end.
    pub fn finish(&mut self) {
        let (waiting, done) = channel::<()>();
        let _ = self.vault.send(Request::Report(waiting));
        // Ends when the other side is dropped. A disk that does not answer holds up no session's end for long.
        let _ = done.recv_timeout(std::time::Duration::from_secs(3));
        if let Some(clipboard) = self.clipboard.take() {
            let _ = clipboard.send(Request::ClearClipboard);
            while let Ok(answer) = self.answers.recv_timeout(std::time::Duration::from_secs(1)) {
                if matches!(answer, Answer::ClipboardCleared(_) | Answer::ClipboardNotCleared(_)) {
                    break;
                }
            }
        }
    }
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
                postbox.post(match clipboard.clear_if_ours() {
                    Ok(cleared) => Answer::ClipboardCleared(cleared == Cleared::Removed),
                    Err(error) => Answer::ClipboardNotCleared(error.to_string()),
                });
            }
            _ => {}
        }
    }
}

//! What is typed and not saved survives a crash: it is kept within two seconds, offered at the next unlock, and removed once
//! nobody needs it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use a365_password_tool::app::state::{
    AppState, Command, Input, Page, ProfileCommand, RenewalForm, Screen, UnsavedAnswer,
};
use a365_password_tool::app::tasks::{
    Answer, Change, DraftNews, DraftRequest, Edit, Part, Refusal, RefusalCause, RenewalChange, Request, SaveReason,
    Tasks, VaultFileRequest, VaultRequest,
};
use a365_password_tool::cloud::Overrides;
use a365_password_tool::profile::{GuidSecret, Profile, SecretText};
use a365_password_tool::reminder::Places;
use a365_password_tool::renewal::Act;
use a365_password_tool::vault::{
    Credential, Field, KdfParameters, SlotKind, SlotReview, Trust, Unsaved, UnsavedForm, UnsavedSecret, Vault,
};
use chrono::TimeDelta;
use egui_kittest::kittest::Queryable;
use uuid::Uuid;

use crate::harness::{entra_secret, fill, opened, press, profile, requests, says, several, small, today};
use crate::renewal::{ID, after, give, new_secret, on_page};

/// What the state asked for about its draft since the last look; anything else is dropped.
fn asked(state: &mut AppState) -> Vec<DraftRequest> {
    let of_draft = |request| match request {
        Request::Vault(VaultRequest::Draft(request)) => Some(request),
        _ => None,
    };
    state.outbox.drain(..).filter_map(of_draft).collect()
}

fn pass(state: &mut AppState, seconds: f64) -> Vec<DraftRequest> {
    state.tick(today(), seconds, Input::None);
    asked(state)
}

fn kept(requests: &[DraftRequest]) -> Arc<Unsaved> {
    let [DraftRequest::Keep(unsaved)] = requests else { panic!("kept once") };
    Arc::clone(unsaved)
}

fn text(unsaved: &Unsaved, field: &Field) -> String {
    let texts = &unsaved.form.as_ref().expect("a form").texts;
    texts.iter().find(|(its, _)| its == field).map(|(_, text)| text.expose().to_owned()).expect("every field")
}

fn edit(state: &mut AppState, change: impl FnOnce(&mut a365_password_tool::app::draft::Fields)) {
    let Screen::Open(vault) = &mut state.screen else { panic!("open") };
    change(&mut vault.draft.as_mut().expect("a form").fields);
}

fn done(state: &mut AppState) {
    state.receive(Answer::Draft(DraftNews::Done(Ok(()))));
}

/// A vault of several profiles, with changes to the first that were kept after ten seconds.
fn with_kept_changes() -> AppState {
    let mut state = opened(several());
    state.handle(Command::Profiles(ProfileCommand::Select(several()[0].id)));
    assert!(pass(&mut state, 8.0).is_empty(), "nothing is typed");
    edit(&mut state, |fields| fields.notes = "typed".to_owned());
    pass(&mut state, 9.0);
    assert_eq!(text(&kept(&pass(&mut state, 10.0)), &Field::Notes), "typed");
    done(&mut state);
    state
}

fn reopen(state: &mut AppState, profiles: Vec<Profile>) {
    let path = state.open_vault().map_or_else(|| "x.a365vault".into(), |vault| vault.path.clone());
    state.receive(Answer::VaultOpened(path, profiles.into(), None));
}

fn found(form: Option<UnsavedForm>, new_secrets: Vec<UnsavedSecret>) -> Answer {
    // 13:05 in Berlin on the day before.
    let at = today() - TimeDelta::hours(21) - TimeDelta::minutes(25);
    Answer::Draft(DraftNews::Found(Box::new(Unsaved { at, form, new_secrets })))
}

/// The form of the first of several, with another name and notes.
fn renamed() -> UnsavedForm {
    let base = several().remove(0);
    let texts = [(Field::Name, "Adventure Works 2"), (Field::Notes, "typed before the crash")];
    let as_saved = [
        (Field::EnvironmentUrl, "https://adventure-works.crm4.dynamics.com"),
        (Field::ClientId, "11112222-aaaa-3333-bbbb-4444cccc5555"),
        (Field::SecretExpires, "2027-10-31"),
    ];
    let secret = base.client_secret.as_ref().map(|secret| SecretText::from(secret.expose())).expect("complete");
    let texts = texts.into_iter().chain(as_saved).map(|(field, text)| (field, SecretText::from(text)));
    UnsavedForm {
        profile: base.id,
        texts: texts.chain([(Field::ClientSecret, secret)]).collect(),
        base: Some(Box::new(base)),
        other_keys: Vec::new(),
        guid_secret: GuidSecret::Refused,
    }
}

fn typed_secret(secret: &str) -> UnsavedSecret {
    UnsavedSecret {
        profile: ID,
        secret: SecretText::from(secret),
        expires: SecretText::from("2028-11-22"),
        guid_secret: GuidSecret::Refused,
        key_id: None,
    }
}

fn notice(state: &AppState) -> &str {
    state.notice.as_ref().map_or("", |notice| notice.text.as_str())
}

// Keeping

#[test]
fn what_is_typed_is_kept_within_two_seconds_of_the_last_key_and_also_while_somebody_goes_on_typing() {
    let mut state = opened(several());
    state.handle(Command::Profiles(ProfileCommand::New));
    assert!(pass(&mut state, 10.0).is_empty());
    let (mut last_kept, mut seconds) = (10.0, 10.0);
    for _ in 0..100 {
        edit(&mut state, |fields| fields.name.push('x'));
        seconds += 0.1;
        for unsaved in pass(&mut state, seconds) {
            assert_eq!(text(&kept(&[unsaved]), &Field::Name).len() as f64, ((seconds - 10.0) * 10.0_f64).round());
            last_kept = seconds;
            done(&mut state);
        }
        assert!(seconds - last_kept < 2.0, "{seconds}");
    }
    // It asks to be called again in time, and not any more once everything is kept.
    let again = state.tick(today(), seconds, Input::None).expect("something is due");
    assert!(again <= 2.0);
    assert_eq!(text(&kept(&pass(&mut state, seconds + again)), &Field::Name), "x".repeat(100));
    done(&mut state);
    assert!(pass(&mut state, seconds + 60.0).is_empty(), "the same is not kept twice");
}

#[test]
fn what_is_kept_is_the_whole_form_with_what_it_began_from() {
    let mut state = opened(several());
    state.handle(Command::Profiles(ProfileCommand::Select(several()[1].id)));
    let secret = entra_secret();
    edit(&mut state, |fields| {
        fields.client_secret = secret.as_str().into();
        fields.environment_url = "not an address yet".to_owned();
    });
    pass(&mut state, 1.0);
    let unsaved = kept(&pass(&mut state, 3.0));
    assert_eq!(text(&unsaved, &Field::ClientSecret), secret);
    assert_eq!(text(&unsaved, &Field::EnvironmentUrl), "not an address yet");
    let form = unsaved.form.as_ref().expect("a form");
    assert_eq!((form.profile, form.base.as_deref()), (several()[1].id, Some(&several()[1])));
    assert_eq!(unsaved.at, today());
}

#[test]
fn a_thread_that_is_slow_is_not_given_one_copy_after_the_other() {
    let mut state = opened(several());
    state.handle(Command::Profiles(ProfileCommand::New));
    let mut copies = 0;
    for second in 1..20 {
        edit(&mut state, |fields| fields.name.push('x'));
        copies += pass(&mut state, f64::from(second)).len();
    }
    assert_eq!(copies, 1);
    done(&mut state);
    assert_eq!(text(&kept(&pass(&mut state, 20.0)), &Field::Name), "x".repeat(19));
}

#[test]
fn a_new_secret_on_the_page_of_a_renewal_is_kept_as_well() {
    let mut state = on_page(after([Act::Begin]));
    assert!(pass(&mut state, 1.0).is_empty());
    crate::renewal::form(&mut state).secret = SecretText::from(new_secret().as_str());
    crate::renewal::form(&mut state).expires = "2028-11-22".to_owned();
    pass(&mut state, 2.0);
    let unsaved = kept(&pass(&mut state, 4.0));
    assert!(unsaved.form.is_none() && unsaved.new_secrets == [typed_secret(&new_secret())]);
    done(&mut state);
    // Saved: the vault has it.
    let profile = after([Act::Begin, give()]);
    state.receive(Answer::Profiles(vec![profile].into(), Change::Renewed(ID, RenewalChange::Given)));
    assert!(matches!(pass(&mut state, 5.0).as_slice(), [DraftRequest::Remove]));
}

// Removing

#[test]
fn the_copy_is_removed_when_the_form_is_saved() {
    let mut state = with_kept_changes();
    state.handle(Command::Profiles(ProfileCommand::Save));
    assert!(pass(&mut state, 20.0).is_empty(), "it is not saved yet");
    let mut profiles = several();
    profiles[0].notes = "typed".to_owned();
    let change = Change::Put(profiles[0].id, SaveReason::Requested);
    state.receive(Answer::Profiles(profiles.into(), change));
    assert!(matches!(pass(&mut state, 21.0).as_slice(), [DraftRequest::Remove]));
    assert!(pass(&mut state, 30.0).is_empty(), "once");
}

#[test]
fn the_copy_stays_when_the_save_fails() {
    let mut state = with_kept_changes();
    state.handle(Command::Profiles(ProfileCommand::Save));
    let refusal = Refusal { text: "No space.".to_owned(), cause: RefusalCause::Other };
    state.receive(Answer::NotSaved(refusal, Change::Put(several()[0].id, SaveReason::Requested)));
    assert!(pass(&mut state, 30.0).is_empty());
}

#[test]
fn the_copy_is_removed_when_the_changes_are_discarded_typed_away_or_deleted_with_their_profile() {
    let by: [fn(&mut AppState); 4] = [
        |state| state.handle(Command::Profiles(ProfileCommand::Revert)),
        |state| edit(state, |fields| fields.notes.clear()),
        |state| {
            state.handle(Command::Profiles(ProfileCommand::Delete(vec![several()[0].id])));
            state.receive(Answer::Profiles(several().split_off(1).into(), Change::Edited(Edit::Done)));
        },
        |state| {
            state.handle(Command::Profiles(ProfileCommand::Select(several()[1].id)));
            state.handle(Command::Unsaved(UnsavedAnswer::Discard));
        },
    ];
    for (number, by) in by.into_iter().enumerate() {
        let mut state = with_kept_changes();
        by(&mut state);
        assert!(matches!(pass(&mut state, 20.0).as_slice(), [DraftRequest::Remove]), "{number}");
    }
}

#[test]
fn the_copy_is_removed_before_the_vault_locks_once_the_vault_has_the_changes() {
    let mut state = with_kept_changes();
    state.lock_now();
    assert!(asked(&mut state).is_empty(), "not before they are in the vault");
    let id = Uuid::from_u128(77);
    state.receive(Answer::Profiles(several().into(), Change::Put(id, SaveReason::BeforeLock)));
    assert!(matches!(
        state.outbox[..2],
        [Request::Vault(VaultRequest::Draft(DraftRequest::Remove)), Request::VaultFile(VaultFileRequest::Lock)]
    ));
}

#[test]
fn the_copy_stays_when_the_vault_could_not_take_the_changes_or_its_thread_failed() {
    let mut state = with_kept_changes();
    state.lock_now();
    let refusal = Refusal { text: "No space.".to_owned(), cause: RefusalCause::Other };
    state.receive(Answer::NotSaved(refusal, Change::Put(Uuid::from_u128(77), SaveReason::BeforeLock)));
    assert!(state.open_vault().is_none() && asked(&mut state).is_empty());

    let mut state = with_kept_changes();
    state.receive(Answer::Fault(Part::Vault, String::new()));
    assert!(state.open_vault().is_none() && asked(&mut state).is_empty());
    // The form of this window is the newer one; the copy follows it.
    reopen(&mut state, several());
    state.receive(found(Some(renamed()), Vec::new()));
    let draft = state.open_vault().and_then(|vault| vault.draft.as_ref()).expect("the form is back");
    assert_eq!((&*draft.fields.name, &*draft.fields.notes), ("Adventure Works", "typed"));
    pass(&mut state, 20.0);
    assert_eq!(text(&kept(&pass(&mut state, 21.5)), &Field::Notes), "typed");
}

#[test]
fn the_copy_is_removed_before_the_window_closes() {
    let mut state = with_kept_changes();
    state.handle(Command::CloseWindow);
    assert!(asked(&mut state).is_empty() && !state.close_window);
    state.handle(Command::Unsaved(UnsavedAnswer::Discard));
    assert!(matches!(asked(&mut state).as_slice(), [DraftRequest::Remove]));
    assert!(state.close_window);
}

#[test]
fn without_a_copy_nothing_is_removed() {
    let mut state = opened(several());
    state.handle(Command::CloseWindow);
    assert!(state.close_window && asked(&mut state).is_empty());
    let mut state = opened(several());
    state.handle(Command::Lock);
    assert!(asked(&mut state).is_empty());
}

#[test]
fn that_it_cannot_be_kept_is_said_once() {
    let mut state = opened(several());
    state.handle(Command::Profiles(ProfileCommand::New));
    let mut times_said = 0;
    for second in 1..10 {
        edit(&mut state, |fields| fields.name.push('x'));
        pass(&mut state, f64::from(second));
        state.receive(Answer::Draft(DraftNews::Done(Err("The disk is full.".to_owned()))));
        times_said += usize::from(notice(&state) == "The disk is full.");
        state.handle(Command::DismissNotice);
    }
    assert_eq!(times_said, 1);
}

#[test]
fn after_new_keys_the_same_form_is_kept_again() {
    let mut state = with_kept_changes();
    assert!(pass(&mut state, 20.0).is_empty());
    state.receive(Answer::Draft(DraftNews::KeysChanged));
    pass(&mut state, 21.0);
    assert_eq!(text(&kept(&pass(&mut state, 22.5)), &Field::Notes), "typed");
}

// Offering

#[test]
fn after_a_crash_the_form_is_offered_as_it_was_and_can_be_saved() {
    let mut state = opened(several());
    state.receive(found(Some(renamed()), Vec::new()));
    let mut window = small(state);
    assert!(says(&window, "Unsaved changes to “Adventure Works 2” from 22 Nov 2026, 13:05 were recovered."));
    let state = &window.state().state;
    let draft = state.open_vault().and_then(|vault| vault.draft.as_ref()).expect("the form");
    assert!(draft.is_changed());
    assert_eq!((&*draft.fields.name, &*draft.fields.notes), ("Adventure Works 2", "typed before the crash"));
    assert!(window.state().drafts.is_empty(), "what the copy holds is not kept again");
    press(&mut window, "Save");
    let asked = requests(&mut window);
    let Some(Request::Vault(VaultRequest::PutProfile(put, Some(base), SaveReason::Requested))) = asked.first() else {
        panic!("saved")
    };
    assert_eq!((&*put.name, &**base), ("Adventure Works 2", &several()[0]));
}

#[test]
fn of_today_the_notice_names_the_time_alone() {
    let mut state = opened(several());
    let at = today() - TimeDelta::minutes(25);
    let unsaved = Unsaved { at, form: Some(renamed()), new_secrets: Vec::new() };
    state.receive(Answer::Draft(DraftNews::Found(Box::new(unsaved))));
    assert_eq!(
        notice(&state),
        "Unsaved changes to “Adventure Works 2” from 10:05 were recovered. Save or discard them."
    );
}

#[test]
fn once_the_recovered_changes_are_discarded_the_copy_is_removed() {
    let mut state = opened(several());
    state.receive(found(Some(renamed()), Vec::new()));
    assert!(pass(&mut state, 30.0).is_empty());
    state.handle(Command::Profiles(ProfileCommand::Revert));
    assert!(matches!(pass(&mut state, 31.0).as_slice(), [DraftRequest::Remove]));
}

#[test]
fn the_notice_discards_them_also_in_the_form_of_a_new_profile_and_never_those_of_another() {
    for profiles in [several(), several().split_off(1)] {
        let mut state = opened(profiles);
        state.receive(found(Some(renamed()), Vec::new()));
        let mut window = small(state);
        window.get_by_role_and_label(egui::accesskit::Role::Link, "Discard changes").click();
        window.run();
        assert!(window.state().state.notice.is_none() && !window.state().state.has_unsaved_changes());
        assert!(matches!(window.state().drafts.as_slice(), [DraftRequest::Remove]));
    }
    let mut state = opened(several());
    state.receive(found(Some(renamed()), Vec::new()));
    state.handle(Command::Profiles(ProfileCommand::Select(several()[1].id)));
    state.handle(Command::Unsaved(UnsavedAnswer::Discard));
    let window = small(state);
    assert!(says(&window, "were recovered") && window.query_by_label("Discard changes").is_none());
}

#[test]
fn what_others_saved_meanwhile_is_taken_in_where_nothing_was_typed() {
    let mut profiles = several();
    profiles[0].tags = vec!["theirs".to_owned()];
    let mut state = opened(profiles);
    state.receive(found(Some(renamed()), Vec::new()));
    let draft = state.open_vault().and_then(|vault| vault.draft.as_ref()).expect("the form");
    assert_eq!((&*draft.fields.tags, &*draft.fields.name), ("theirs", "Adventure Works 2"));
}

#[test]
fn changes_that_are_in_the_vault_by_now_are_not_offered() {
    let mut profiles = several();
    profiles[0].name = "Adventure Works 2".to_owned();
    profiles[0].notes = "typed before the crash".to_owned();
    let mut state = opened(profiles);
    state.receive(found(Some(renamed()), Vec::new()));
    assert_eq!(notice(&state), "");
    assert!(state.open_vault().is_some_and(|vault| vault.draft.is_none()));
    assert!(matches!(pass(&mut state, 1.0).as_slice(), [DraftRequest::Remove]));
}

#[test]
fn the_changes_of_a_profile_that_was_deleted_meanwhile_are_those_of_a_new_one() {
    let mut state = opened(several().split_off(1));
    state.receive(found(Some(renamed()), Vec::new()));
    let draft = state.open_vault().and_then(|vault| vault.draft.as_ref()).expect("the form");
    assert!(draft.saved.is_none() && draft.id != several()[0].id);
    assert_eq!(draft.fields.name, "Adventure Works 2");
    assert!(notice(&state).ends_with("The profile was deleted in the meantime. Saving creates it again."));
    state.handle(Command::Profiles(ProfileCommand::Save));
    assert!(matches!(
        state.outbox.as_slice(),
        [Request::Vault(VaultRequest::PutProfile(_, None, SaveReason::Requested))]
    ));
}

#[test]
fn a_new_secret_is_offered_on_the_page_of_its_renewal() {
    let mut state = opened(vec![after([Act::Begin])]);
    state.receive(found(None, vec![typed_secret(&new_secret())]));
    let vault = state.open_vault().expect("open");
    assert_eq!(vault.page, Page::Renewal(ID));
    let form = &vault.renewal_forms[&ID];
    assert_eq!((form.secret.expose(), &*form.expires), (&*new_secret(), "2028-11-22"));
    assert!(notice(&state).starts_with("An unsaved new client secret for “Contoso” from 22 Nov 2026"));
    assert!(pass(&mut state, 30.0).is_empty());
    let Screen::Open(vault) = &mut state.screen else { panic!("open") };
    vault.renewal_forms.insert(ID, RenewalForm::default());
    assert!(matches!(pass(&mut state, 31.0).as_slice(), [DraftRequest::Remove]));
}

#[test]
fn a_secret_that_graph_created_comes_back_as_such() {
    let mut state = opened(vec![after([Act::Begin])]);
    let key_id = Some(Uuid::from_u128(99));
    state.receive(found(None, vec![UnsavedSecret { key_id, ..typed_secret(&new_secret()) }]));
    let made = state.open_vault().and_then(|vault| vault.renewal_forms[&ID].made.clone()).expect("created");
    assert_eq!((made.secret.expose(), Some(made.key_id)), (&*new_secret(), key_id));
    assert_eq!(made.expires.to_string(), "2028-11-22");
}

#[test]
fn a_new_secret_that_the_vault_has_by_now_is_not_offered() {
    let mut state = opened(vec![after([Act::Begin, give()])]);
    state.receive(found(None, vec![typed_secret(&new_secret())]));
    assert_eq!(notice(&state), "");
    assert!(matches!(pass(&mut state, 1.0).as_slice(), [DraftRequest::Remove]));
}

#[test]
fn a_new_secret_whose_profile_was_deleted_is_offered_in_the_form_of_a_new_one() {
    let mut state = opened(several().split_off(1));
    state.receive(found(None, vec![typed_secret(&new_secret())]));
    let draft = state.open_vault().and_then(|vault| vault.draft.as_ref()).expect("a form");
    assert_eq!((draft.fields.client_secret.expose(), draft.saved.is_none()), (&*new_secret(), true));
    assert!(notice(&state).contains("Its profile was deleted in the meantime."));
}

#[test]
fn a_draft_that_comes_when_the_vault_is_locked_again_stays_where_it_is() {
    let mut state = opened(several());
    state.lock_now();
    asked(&mut state);
    state.receive(found(Some(renamed()), Vec::new()));
    assert!(state.open_vault().is_none() && asked(&mut state).is_empty());
}

#[test]
fn keys_typed_into_the_window_are_kept_without_any_further_event() {
    let mut window = small(opened(several()));
    window.state_mut().state.handle(Command::Profiles(ProfileCommand::New));
    window.state_mut().seconds = Some(5.0);
    window.run();
    fill(&mut window, "Profile name", "Fabrikam");
    window.state_mut().drafts.clear();
    window.state_mut().seconds = Some(7.0);
    window.run();
    assert_eq!(text(&kept(&window.state().drafts), &Field::Name), "Fabrikam");
}

// With the vault's own thread

struct Thread {
    tasks: Tasks,
    path: PathBuf,
    own: PathBuf,
    passphrase: SecretText,
    folder: tempfile::TempDir,
}

fn thread() -> Thread {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("team").join("v.a365vault");
    std::fs::create_dir(folder.path().join("team")).expect("a folder");
    let passphrase = SecretText::new(format!("made-{}", Uuid::new_v4()));
    let mut vault = Vault::create(&path, &passphrase, KdfParameters::minimum()).expect("a vault");
    vault.update(|contents| contents.put(profile(1, "Contoso", "", None))).expect("saved");
    let own = folder.path().join("own");
    Thread { tasks: start(&own), path, own, passphrase, folder }
}

fn start(own: &Path) -> Tasks {
    Tasks::start(&egui::Context::default(), Overrides::none(), Some(Places::in_folder(own)))
}

impl Thread {
    /// Opens the vault. Out: what was said of a draft.
    fn open(&mut self) -> Vec<DraftNews> {
        let credential = Credential::Passphrase(self.passphrase.clone());
        self.tasks.begin(Request::VaultFile(VaultFileRequest::Open(self.path.clone(), credential, Trust::Proven)));
        self.news()
    }

    fn ask(&mut self, request: DraftRequest) -> Vec<DraftNews> {
        self.tasks.begin(Request::Vault(VaultRequest::Draft(request)));
        self.news()
    }

    fn keep(&mut self, unsaved: &Arc<Unsaved>) {
        let news = self.ask(DraftRequest::Keep(Arc::clone(unsaved)));
        assert!(matches!(news.as_slice(), [DraftNews::Done(Ok(()))]));
    }

    /// What was said of drafts until all that was asked for is done.
    fn news(&mut self) -> Vec<DraftNews> {
        let (sender, done) = std::sync::mpsc::channel();
        self.tasks.begin(Request::VaultFile(VaultFileRequest::SignalWhenDone(sender)));
        let end = Instant::now() + Duration::from_secs(60);
        let ended = done.recv_timeout(Duration::from_secs(60));
        assert_eq!(ended, Err(std::sync::mpsc::RecvTimeoutError::Disconnected));
        let mut news = Vec::new();
        while let Some(answer) = self.tasks.next_answer() {
            match answer {
                Answer::Draft(one) => news.push(one),
                Answer::VaultNotOpened(refusal) => panic!("{}", refusal.text),
                _ => {}
            }
            assert!(Instant::now() < end);
        }
        news
    }

    /// As after a kill: another program with the same folders.
    fn start_again(&mut self) {
        self.tasks = start(&self.own);
    }

    fn drafts(&self) -> Vec<PathBuf> {
        let found =
            std::fs::read_dir(self.own.join("drafts")).map(|entries| entries.map(|entry| entry.expect("").path()));
        found.map(Iterator::collect).unwrap_or_default()
    }

    fn vault_id(&self) -> Uuid {
        Vault::open(&self.path, &self.passphrase).expect("opened").id()
    }
}

fn unsaved() -> Arc<Unsaved> {
    Arc::new(Unsaved { at: today(), form: Some(renamed()), new_secrets: vec![typed_secret("typed once")] })
}

/// Every file below `folder`.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn the_file_is_private_sealed_away_from_the_vault_and_found_after_the_next_start() {
    let mut thread = thread();
    assert!(thread.open().is_empty());
    let beside: Vec<_> = files(&thread.folder.path().join("team"));
    thread.keep(&unsaved());
    assert_eq!(thread.drafts(), [thread.own.join("drafts").join(format!("{}.draft", thread.vault_id()))]);
    assert_eq!(files(&thread.folder.path().join("team")), beside, "nothing beside the vault");
    for file in files(thread.folder.path()) {
        let bytes = std::fs::read(&file).expect("read");
        let holds = |text: &str| bytes.windows(text.len()).any(|piece| piece == text.as_bytes());
        assert!(!holds("typed once") && !holds("typed before") && !holds("dHlwZWQgb25jZQ"), "{}", file.display());
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| path.metadata().expect("there").permissions().mode() & 0o777;
        assert_eq!((mode(&thread.own.join("drafts")), mode(&thread.drafts()[0])), (0o700, 0o600));
    }
    thread.start_again();
    let news = thread.open();
    let [DraftNews::Found(found)] = news.as_slice() else { panic!("found") };
    assert!(**found == *unsaved());
}

#[test]
fn once_removed_it_is_not_found_again_and_removing_nothing_is_no_error() {
    let mut thread = thread();
    thread.open();
    assert!(matches!(thread.ask(DraftRequest::Remove).as_slice(), [DraftNews::Done(Ok(()))]));
    thread.keep(&unsaved());
    assert!(matches!(thread.ask(DraftRequest::Remove).as_slice(), [DraftNews::Done(Ok(()))]));
    assert!(thread.drafts().is_empty());
    thread.start_again();
    assert!(thread.open().is_empty());
}

#[test]
fn a_half_written_file_of_a_killed_program_is_cleared_away() {
    let mut thread = thread();
    thread.open();
    thread.keep(&unsaved());
    let half = thread.own.join("drafts").join(format!("{}.draft.0123456789abcdef.new", thread.vault_id()));
    std::fs::write(half, "half").expect("written");
    thread.start_again();
    assert!(matches!(thread.open().as_slice(), [DraftNews::Found(_)]));
    assert_eq!(thread.drafts().len(), 1);
}

#[test]
fn a_file_that_cannot_be_opened_is_said_once_and_removed() {
    let mut thread = thread();
    thread.open();
    thread.keep(&unsaved());
    // Somebody else changes the keys while this program does not run.
    let (former, new) = (thread.passphrase.clone(), SecretText::new(format!("made-{}", Uuid::new_v4())));
    let mut vault = Vault::open(&thread.path, &former).expect("opened");
    vault.change_passphrase_costing(&former, &new, KdfParameters::minimum(), &SlotReview::default()).expect("changed");
    drop(vault);
    thread.passphrase = new;
    thread.start_again();
    let news = thread.open();
    let [DraftNews::NotRecovered(text)] = news.as_slice() else { panic!("said") };
    assert!(text.contains("because the vault's keys have changed since then"), "{text}");
    thread.start_again();
    assert!(thread.open().is_empty() && thread.drafts().is_empty());
    for spoilt in [&b""[..], b"a365draft 1\n", b"not a draft"] {
        let file = thread.own.join("drafts").join(format!("{}.draft", thread.vault_id()));
        std::fs::write(&file, spoilt).expect("written");
        thread.start_again();
        let news = thread.open();
        assert!(matches!(news.as_slice(), [DraftNews::NotRecovered(text)] if text.contains("damaged")));
        assert!(!file.exists());
    }
}

#[test]
fn what_a_newer_version_kept_stays_for_it() {
    let mut thread = thread();
    thread.open();
    thread.keep(&unsaved());
    let file = thread.drafts().remove(0);
    std::fs::write(&file, "a365draft 2\nand more").expect("written");
    thread.start_again();
    let news = thread.open();
    assert!(matches!(news.as_slice(), [DraftNews::NotRecovered(text)] if text.contains("newer version")));
    assert!(file.exists());
}

#[test]
fn when_the_vault_gets_new_keys_in_this_window_the_draft_is_asked_for_again() {
    let mut thread = thread();
    thread.open();
    thread.keep(&unsaved());
    let (former, new) = (thread.passphrase.clone(), SecretText::new(format!("made-{}", Uuid::new_v4())));
    thread.tasks.begin(Request::Vault(VaultRequest::ChangePassphrase(former, new.clone(), SlotReview::default())));
    assert!(matches!(thread.news().as_slice(), [DraftNews::KeysChanged]));
    thread.keep(&unsaved());
    thread.passphrase = new;
    thread.start_again();
    assert!(matches!(thread.open().as_slice(), [DraftNews::Found(_)]));
}

#[test]
fn when_somebody_else_changes_the_keys_the_draft_is_asked_for_again() {
    let mut thread = thread();
    thread.open();
    thread.keep(&unsaved());
    let mut other = Vault::open(&thread.path, &thread.passphrase).expect("opened");
    other.add_recovery_key().expect("a second way in");
    thread.tasks.begin(Request::Vault(VaultRequest::Refresh));
    assert!(thread.news().is_empty(), "a way in that is only added leaves the data key as it was");
    let key = other.slots().into_iter().find(|slot| slot.kind == SlotKind::RecoveryKey).expect("it is there");
    other.remove_slot(key.id).expect("removed");
    thread.tasks.begin(Request::Vault(VaultRequest::Refresh));
    assert!(matches!(thread.news().as_slice(), [DraftNews::KeysChanged]));
}

#[test]
fn a_folder_that_cannot_be_made_is_named_and_stops_nothing() {
    let mut thread = thread();
    thread.open();
    // A file is in the way: refused for administrators too, unlike missing rights.
    std::fs::create_dir_all(&thread.own).expect("a folder");
    std::fs::write(thread.own.join("drafts"), "").expect("a file");
    let news = thread.ask(DraftRequest::Keep(unsaved()));
    let [DraftNews::Done(Err(text))] = news.as_slice() else { panic!("refused") };
    assert!(text.starts_with("Unsaved changes would be lost in a crash, because "), "{text}");
    assert!(!text.contains("typed once"));
}

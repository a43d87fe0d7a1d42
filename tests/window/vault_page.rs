//! The page about the vault: ways to open it, recovery key, backups, history, conflicts.

use a365_password_tool::{
    app::{
        state::{AppState, Command, Dialog, Page, Screen, VaultFile, VaultPageCommand, VaultTab},
        tasks::{
            Answer, Change, FileDialogRequest, KeysChange, Refusal, RefusalCause, Request, VaultFileRequest,
            VaultRequest,
        },
    },
    profile::{Profile, SecretText},
    vault::{
        Conflict, ConflictSide, Credential, KdfParameters, RecoveryKey, SlotKind, Trust, UnlockMethods, Vault,
        VaultError,
    },
};
use egui_kittest::kittest::{NodeT, Queryable};

use crate::harness::{answer, fill, opened, press, profile, requests, says, several, small, start};

/// A real vault: the page shows what the vault itself says.
pub struct RealVault {
    _folder: tempfile::TempDir,
    pub vault: Vault,
    pub recovery_key: RecoveryKey,
}

/// A vault with a passphrase, a recovery key and several saves.
pub fn real_vault() -> RealVault {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("contact-centre.a365vault");
    let passphrase = SecretText::new(format!("four words {}", uuid::Uuid::new_v4()));
    let mut vault = Vault::create(&path, &passphrase, KdfParameters::minimum()).expect("a vault");
    for profile in several().into_iter().take(3) {
        vault.update(|contents| contents.put(profile)).expect("saved");
    }
    let recovery_key = vault.add_recovery_key().expect("a recovery key");
    RealVault { _folder: folder, vault, recovery_key }
}

fn shown(tab: VaultTab) -> AppState {
    let mut state = opened(several());
    state.handle(Command::Show(Page::Vault(tab)));
    state
}

#[test]
fn a_vault_without_a_recovery_key_says_so_and_makes_one_that_is_shown_once() {
    let mut real = real_vault();
    let slots = real.vault.slots();
    let mut window = small(shown(VaultTab::UnlockMethods));
    let only_passphrase = slots.iter().filter(|slot| slot.kind == SlotKind::Passphrase).cloned().collect();
    answer(&mut window, Answer::Slots(only_passphrase));
    assert!(says(&window, "There is no recovery key."));
    assert!(
        window.get_by_label_contains("Remove Passphrase").accesskit_node().is_disabled(),
        "the last way has to stay"
    );
    press(&mut window, "Create a recovery key…");
    press(&mut window, "Create key");
    assert!(matches!(requests(&mut window).as_slice(), [Request::Vault(VaultRequest::AddRecoveryKey(_))]));
    answer(&mut window, Answer::RecoveryKeyCreated(Ok(real.recovery_key.clone())));
    answer(&mut window, Answer::Slots(real.vault.slots()));
    let first_group: String = real.recovery_key.text().expose().chars().take(4).collect();
    assert!(says(&window, &first_group));
    press(&mut window, "Save a sheet to print…");
    assert!(matches!(
        requests(&mut window).as_slice(),
        [Request::FileDialog(FileDialogRequest::SaveRecoverySheet(..))]
    ));
    press(&mut window, "I have stored it safely");
    assert!(!says(&window, &first_group), "it is shown once");
    assert!(!says(&window, "There is no recovery key."));
    real.vault.refresh().expect("the vault is real");
}

#[test]
fn a_way_to_open_is_taken_away_after_a_question() {
    let real = real_vault();
    let mut window = small(shown(VaultTab::UnlockMethods));
    answer(&mut window, Answer::Slots(real.vault.slots()));
    press(&mut window, "Remove Recovery key…");
    assert!(says(&window, "Destroy the sheet."));
    press(&mut window, "Remove");
    let asked = requests(&mut window);
    let recovery = real.vault.slots().into_iter().find(|slot| slot.kind == SlotKind::RecoveryKey).expect("there");
    assert!(
        matches!(asked.as_slice(), [Request::Vault(VaultRequest::RemoveSlots(ids, kept))] if *ids == [recovery.id] && kept.is_empty())
    );
    let refusal = Refusal { text: "The disk is full.".to_owned(), cause: RefusalCause::Other };
    answer(&mut window, Answer::KeysChanged(KeysChange::SlotRemoved, Err(refusal)));
    assert!(says(&window, "The disk is full."));
    press(&mut window, "Remove");
    answer(&mut window, Answer::KeysChanged(KeysChange::SlotRemoved, Ok(())));
    assert!(window.state().state.dialogs.is_empty());
    assert!(says(&window, "Removed. The vault has a new encryption key."));
}

#[test]
fn the_recovery_key_opens_the_vault_with_a_mistake_put_right_and_asks_for_a_new_passphrase() {
    let mut real = real_vault();
    let mut window = small(AppState::new(start(VaultFile::There)));
    let path = match &window.state().state.screen {
        Screen::Unlock(form) => form.path.clone(),
        _ => panic!("locked"),
    };
    answer(&mut window, Answer::VaultLookedAt(path.clone(), UnlockMethods { this_account: false, recovery_key: true }));
    assert!(window.query_by_label("Unlock with this account").is_none());
    window.get_by_label_contains("Use the recovery key").click();
    window.run();
    let text = real.recovery_key.text().expose().to_lowercase();
    let wrong = if text.starts_with('q') { text.replacen('q', "p", 1) } else { format!("q{}", &text[1..]) };
    fill(&mut window, "Recovery key", &wrong);
    assert!(says(&window, "A typing error in group 1 was corrected."));
    press(&mut window, "Unlock");
    let asked = requests(&mut window);
    let [Request::VaultFile(VaultFileRequest::Open(_, credential @ Credential::RecoveryKey(_), Trust::Proven))] =
        asked.as_slice()
    else {
        panic!("it opens")
    };
    real.vault = Vault::open_with(real.vault.path(), credential).expect("the key is the right one");
    answer(&mut window, Answer::VaultOpened(path, real.vault.contents().profiles().to_vec().into(), None));
    answer(&mut window, Answer::Slots(real.vault.slots()));
    assert!(says(&window, "Choose a new passphrase"));
    fill(&mut window, "New passphrase", "a much better one");
    fill(&mut window, "Confirm new passphrase", "a much better one");
    press(&mut window, "Set passphrase");
    let asked = requests(&mut window);
    assert!(
        asked
            .iter()
            .any(|request| matches!(request, Request::Vault(VaultRequest::SetPassphrase(new, _)) if new.expose() == "a much better one"))
    );
}

#[test]
fn this_account_opens_the_vault_without_typing() {
    let mut window = small(AppState::new(start(VaultFile::There)));
    let Screen::Unlock(form) = &window.state().state.screen else { panic!("locked") };
    let path = form.path.clone();
    answer(&mut window, Answer::VaultLookedAt(path, UnlockMethods { this_account: true, recovery_key: false }));
    press(&mut window, "Unlock with this account");
    assert!(matches!(
        requests(&mut window).as_slice(),
        [Request::VaultFile(VaultFileRequest::Open(_, Credential::ThisAccount, Trust::Proven))]
    ));
}

#[test]
fn a_damaged_vault_is_replaced_by_a_backup_and_kept_beside() {
    let real = real_vault();
    let list = a365_password_tool::vault::backups(real.vault.path()).expect("backups");
    let mut window = small(AppState::new(start(VaultFile::There)));
    let refusal = Refusal { text: "The vault file is damaged.".to_owned(), cause: RefusalCause::Damaged };
    answer(&mut window, Answer::VaultNotOpened(refusal));
    window.get_by_label("Use a backup…").click();
    window.run();
    let asked = requests(&mut window);
    let [Request::VaultFile(VaultFileRequest::ListBackups(path))] = asked.as_slice() else {
        panic!("it looks for backups")
    };
    answer(&mut window, Answer::BackupsOf(path.clone(), Ok(list.clone())));
    press(&mut window, "Use the latest backup");
    let asked = requests(&mut window);
    let [Request::VaultFile(VaultFileRequest::RestoreOverDamaged(_, backup))] = asked.as_slice() else {
        panic!("it is put in place")
    };
    assert_eq!(*backup, list[0]);
    answer(&mut window, Answer::RestoredOverDamaged(Ok(Some("contact-centre.a365vault.damaged".into()))));
    assert!(says(&window, "The damaged file is kept as contact-centre.a365vault.damaged"));
    assert!(window.state().state.dialogs.is_empty());
}

#[test]
fn a_vault_that_something_took_for_text_is_repaired() {
    let real = real_vault();
    let whole = std::fs::read(real.vault.path()).expect("the vault");
    std::fs::write(real.vault.path(), [b"\xef\xbb\xbf", &whole[..]].concat()).expect("written");
    let refusal = Refusal::from(a365_password_tool::vault::read_info(real.vault.path()).expect_err("damaged"));
    assert_eq!(refusal.cause, RefusalCause::Repairable);
    let mut window = small(AppState::new(start(VaultFile::There)));
    answer(&mut window, Answer::VaultNotOpened(refusal.clone()));
    assert!(says(&window, "a byte order mark (BOM) was added at its beginning"));
    assert!(says(&window, "Use a backup…"));
    window.get_by_label("Repair the file").click();
    window.run();
    let asked = requests(&mut window);
    let [Request::VaultFile(VaultFileRequest::Repair(path))] = asked.as_slice() else { panic!("it is repaired") };
    assert!(path.ends_with("contact-centre.a365vault"));
    window.get_by_label("Repair the file").click();
    window.run();
    assert!(requests(&mut window).is_empty(), "once is enough");
    answer(&mut window, Answer::VaultRepaired(Err(refusal)));
    assert!(says(&window, "a byte order mark (BOM) was added at its beginning"));
    answer(&mut window, Answer::VaultRepaired(Ok("contact-centre.a365vault.damaged-1".into())));
    assert!(says(
        &window,
        "Vault repaired. Unlock it to continue. The damaged file is kept as contact-centre.a365vault.damaged-1."
    ));
    assert!(!says(&window, "byte order mark"));
}

#[test]
fn a_backup_shows_what_restoring_it_changes() {
    let mut real = real_vault();
    real.vault.update(|contents| contents.put(profile(9, "Tailspin Toys", "2027-01-01", None))).expect("saved");
    let list = a365_password_tool::vault::backups(real.vault.path()).expect("backups");
    let mut window = small(shown(VaultTab::Backups));
    assert!(says(&window, "Looking for backups"));
    answer(&mut window, Answer::Backups(Ok(list.clone())));
    let oldest = list.last().expect("the oldest").clone();
    window.get_by_label_contains(&format!("backup {}, ", oldest.generation)).click();
    window.run();
    requests(&mut window);
    let then = real.vault.open_backup(&oldest).expect("it opens");
    let difference = a365_password_tool::vault::difference(real.vault.contents(), &then);
    answer(&mut window, Answer::BackupCompared(oldest.path.clone(), Ok(difference)));
    assert!(says(&window, "“Tailspin Toys” was added later and will be removed"));
    press(&mut window, "Restore everything…");
    press(&mut window, "Restore");
    assert!(
        matches!(requests(&mut window).as_slice(), [Request::Vault(VaultRequest::RestoreBackup(backup))] if *backup == oldest)
    );
    answer(&mut window, Answer::Profiles(several().into(), Change::BackupRestored));
    assert!(says(&window, "Backup restored."));
}

#[test]
fn the_history_tells_who_did_what() {
    let real = real_vault();
    let mut window = small(shown(VaultTab::History));
    assert!(requests(&mut window).is_empty(), "asked for before the window was there");
    answer(&mut window, Answer::History(real.vault.contents().history().to_vec()));
    assert!(says(&window, "Created the vault."));
    assert!(says(&window, "Added “Contoso test”."));
    assert!(says(&window, "Added an unlock method (recovery key)."));
}

#[test]
fn the_history_of_one_profile_leaves_out_all_others() {
    let real = real_vault();
    let id = several().iter().find(|profile| profile.name == "Contoso test").expect("it is there").id;
    let mut window = small(shown(VaultTab::History));
    window.state_mut().state.handle(Command::VaultPage(VaultPageCommand::ShowHistoryOf(id)));
    answer(&mut window, Answer::History(real.vault.contents().history().to_vec()));
    assert!(says(&window, "Showing only changes to “Contoso test”.") && says(&window, "Added “Contoso test”."));
    assert!(!says(&window, "Created the vault."));
    window.get_by_label("Show all").click();
    window.run();
    assert!(says(&window, "Created the vault."));
}

#[test]
fn the_history_of_a_deleted_profile_names_it() {
    let mut real = real_vault();
    let id = several()[2].id;
    let remove = |contents: &mut a365_password_tool::vault::Contents| {
        contents.remove(id);
        Ok::<_, VaultError>(())
    };
    real.vault.update(remove).expect("saved");
    let mut window = small(shown(VaultTab::History));
    window.state_mut().state.handle(Command::VaultPage(VaultPageCommand::ShowHistoryOf(id)));
    let left: Vec<_> = several().into_iter().filter(|profile| profile.id != id).collect();
    window.state_mut().state.receive(Answer::Profiles(left.into(), Change::Refreshed));
    answer(&mut window, Answer::History(real.vault.contents().history().to_vec()));
    assert!(says(&window, "Showing only changes to “Contoso test”, which was deleted."));
}

/// The conflict of two people who changed the notes and the client secret of one profile.
pub fn conflict() -> (Vec<Profile>, Vec<Conflict>) {
    let mut real = real_vault();
    let seen = several()[0].clone();
    let mut mine = seen.clone();
    mine.notes = "Renewed on Monday by Ada.".to_owned();
    let mut theirs = seen.clone();
    theirs.notes = "Renewed on Monday by Bob; the old one is revoked.".to_owned();
    for changed in [mine, theirs] {
        real.vault.update(|contents| contents.put_based_on(Some(&seen), changed).map(|_| ())).expect("saved");
    }
    let contents = real.vault.contents();
    (contents.profiles().to_vec(), contents.conflicts().to_vec())
}

#[test]
fn both_versions_of_a_conflict_are_shown_and_one_is_chosen() {
    let (profiles, conflicts) = conflict();
    let mut state = opened(profiles);
    state.handle(Command::Show(Page::Vault(VaultTab::Conflicts)));
    let mut window = small(state);
    assert!(says(&window, "There are no conflicts."));
    answer(&mut window, Answer::Conflicts(conflicts.clone()));
    assert!(says(&window, "Conflicts (1)"));
    assert!(says(&window, "by Ada") && says(&window, "by Bob"));
    window.get_by_label("Notes: as in the other version").click();
    window.run();
    press(&mut window, "Keep selected");
    let asked = requests(&mut window);
    let [Request::Vault(VaultRequest::ResolveConflict(id, choices))] = asked.as_slice() else {
        panic!("it is resolved")
    };
    assert_eq!(*id, conflicts[0].id);
    assert!(choices.iter().all(|choice| choice.side == ConflictSide::Other) && !choices.is_empty());
}

#[test]
fn locking_takes_the_recovery_key_off_the_screen() {
    let real = real_vault();
    let mut window = small(shown(VaultTab::UnlockMethods));
    answer(&mut window, Answer::Slots(real.vault.slots()));
    press(&mut window, "Replace the recovery key…");
    press(&mut window, "Create key");
    answer(&mut window, Answer::RecoveryKeyCreated(Ok(real.recovery_key.clone())));
    assert!(matches!(window.state().state.dialogs.front(), Some(Dialog::RecoveryKey(form)) if form.key.is_some()));
    window.state_mut().state.lock_now();
    window.run();
    assert!(window.state().state.dialogs.is_empty());
}

#[test]
fn conflicts_and_copies_of_sync_programs_are_led_to_from_the_list() {
    let (profiles, conflicts) = conflict();
    let mut window = small(opened(profiles));
    answer(&mut window, Answer::Conflicts(conflicts));
    answer(&mut window, Answer::Copies(vec!["Vaults/contact-centre-JUMP02.a365vault".into()]));
    assert!(!says(&window, "Two people changed a profile"), "what is less urgent waits until somebody asks");
    window.get_by_label_contains(" more").click();
    window.run();
    assert!(says(&window, "left a conflicting copy, contact-centre-JUMP02.a365vault"));
    assert!(says(&window, "Two people changed a profile"));
    window.get_by_label("Merge it").click();
    window.run();
    assert!(matches!(requests(&mut window).as_slice(), [Request::Vault(VaultRequest::MergeCopy(_))]));
    answer(&mut window, Answer::Copies(Vec::new()));
    assert!(!says(&window, "left a conflicting copy"));
    window.get_by_label("Choose").click();
    window.run();
    assert_eq!(window.state().state.open_vault().map(|vault| vault.page), Some(Page::Vault(VaultTab::Conflicts)));
}

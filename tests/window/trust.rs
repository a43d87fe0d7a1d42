//! A vault that is not what this account has seen of it, and ways to open it that somebody hid.

use a365_password_tool::{
    app::{
        state::{
            AppState, Command, Dialog, Page, PassphraseCommand, TrustCommand, VaultFile, VaultPageCommand, VaultTab,
        },
        tasks::{Answer, Change, Refusal, Request, VaultFileRequest, VaultRequest},
    },
    profile::SecretText,
    vault::{
        AddedBy, Behind, Credential, KdfParameters, SlotId, SlotKind, SlotReview, SlotView, Standing, Trust, Vault,
        VaultError,
    },
};
use egui_kittest::kittest::{NodeT, Queryable};

use crate::harness::{Window, answer, fill, opened, press, requests, says, several, small, start, today};

fn follow(window: &mut Window, link: &str) {
    window.get_by_label(link).click();
    window.run();
}

fn refusal() -> Refusal {
    let error = VaultError::Unproven {
        path: "Vaults/contact-centre.a365vault".to_owned(),
        why: a365_password_tool::vault::Unproven::EarlierKeys,
    };
    error.into()
}

/// The unlock screen, before and after a file was refused.
fn locked() -> AppState {
    let mut state = AppState::new(start(VaultFile::There));
    state.outbox.clear();
    state
}

/// The question whether a file that was refused is to be trusted.
pub fn asking_to_trust() -> AppState {
    let mut state = locked();
    state.receive(Answer::VaultNotOpened(refusal()));
    state.handle(Command::Trust(TrustCommand::Ask));
    state
}

/// The question whether a file that took the vault's place is to be replaced.
pub fn asking_to_put_back() -> AppState {
    let mut state = opened(several());
    state.receive(Answer::NotSaved(refusal(), Change::Refreshed));
    state
}

#[test]
fn a_vault_that_proves_nothing_is_opened_only_after_a_question_that_explains_itself() {
    let mut window = small(locked());
    fill(&mut window, "Passphrase", "four random words");
    press(&mut window, "Unlock");
    let asked = requests(&mut window);
    assert!(matches!(asked.as_slice(), [Request::VaultFile(VaultFileRequest::Open(_, _, Trust::Proven))]));
    answer(&mut window, Answer::VaultNotOpened(refusal()));
    assert!(says(&window, "a copy from before an unlock method was removed"));
    follow(&mut window, "Trust this file…");
    assert!(says(&window, "Trust this vault file?") && says(&window, "Trust it only if you know why it is different"));
    press(&mut window, "Cancel");
    assert!(requests(&mut window).is_empty(), "nothing is opened without a decision");
    follow(&mut window, "Trust this file…");
    press(&mut window, "Trust this file and open it");
    let asked = requests(&mut window);
    assert!(matches!(asked.as_slice(), [Request::VaultFile(VaultFileRequest::Open(_, _, Trust::FromNowOn))]));
}

#[test]
fn a_file_that_is_refused_while_the_vault_is_open_is_asked_about_once_and_can_be_replaced() {
    let mut window = small(opened(several()));
    for _ in 0..3 {
        answer(&mut window, Answer::NotSaved(refusal(), Change::Refreshed));
    }
    let questions = |window: &Window| window.state().state.dialogs.len();
    assert_eq!(questions(&window), 1);
    assert!(says(&window, "Somebody replaced the vault file"));
    press(&mut window, "Save my version");
    assert!(matches!(requests(&mut window).as_slice(), [Request::Vault(VaultRequest::PutBack)]));
    answer(&mut window, Answer::PutBack(Ok("Vaults/x.a365vault.refused-20261123T093000Z".into())));
    assert!(says(&window, "Your version of the vault is saved.") && questions(&window) == 0);
}

#[test]
fn an_older_copy_is_said_to_be_old_until_it_is_accepted() {
    let mut window = small(opened(several()));
    let behind = Behind { seen_generation: 41, seen_at: today(), generation: 37, saved_at: today() };
    answer(&mut window, Answer::Standing(Some(Standing::Older(behind))));
    assert!(says(&window, "This is an older version of the vault: it was saved on 23 Nov 2026, "));
    follow(&mut window, "Accept this vault");
    assert!(matches!(requests(&mut window).as_slice(), [Request::Vault(VaultRequest::Trust)]));
    answer(&mut window, Answer::Standing(None));
    assert!(!says(&window, "This is an older version of the vault"));
}

/// The ways to open a vault to which Frank, who is to be removed, has added another one.
pub fn with_franks_key() -> (Vec<SlotView>, SlotView) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("contact-centre.a365vault");
    let (owner, frank) = (fresh(), fresh());
    let mut vault = Vault::create(&path, &owner, KdfParameters::minimum()).expect("a vault");
    vault.add_passphrase(&frank, "Frank", KdfParameters::minimum()).expect("added");
    let mut his = Vault::open(&path, &frank).expect("opened");
    his.add_passphrase(&fresh(), "Night shift", KdfParameters::minimum()).expect("added");
    vault.refresh().expect("read");
    let slots = vault.slots();
    let franks = slots.iter().find(|slot| slot.label == "Frank").expect("he is there").clone();
    (slots, franks)
}

fn fresh() -> SecretText {
    SecretText::new(format!("four words {}", uuid::Uuid::new_v4()))
}

/// The question whether Frank's passphrase is to be removed.
pub fn removing_frank() -> AppState {
    let mut state = opened(several());
    state.handle(Command::Show(Page::Vault(VaultTab::UnlockMethods)));
    let (slots, frank) = with_franks_key();
    state.receive(Answer::Slots(slots));
    state.outbox.clear();
    state.handle(Command::VaultPage(VaultPageCommand::AskRemoveSlot(frank.id)));
    state
}

#[test]
fn who_removes_a_colleague_sees_what_he_has_added_and_may_remove_it_as_well() {
    let state = removing_frank();
    let Some(Dialog::RemoveSlot(form)) = state.dialogs.front() else { panic!("it asks") };
    let (frank, night) =
        (form.slot.id, form.others.slots.iter().find(|(slot, _)| slot.label == "Night shift").expect("it"));
    assert_eq!(night.0.added_by, Some(AddedBy::Slot(frank)));
    let night = night.0.id;
    let mut window = small(state);
    assert!(
        says(&window, "Are they all legitimate?") && says(&window, "Some were added with the method that you remove,")
    );
    assert!(says(&window, "with “Passphrase of Frank”") && says(&window, "used for this session"));
    window.get_by_label_contains("Also remove: Passphrase of Night shift").click();
    window.run();
    press(&mut window, "Remove");
    let asked = requests(&mut window);
    assert!(
        matches!(asked.as_slice(), [Request::Vault(VaultRequest::RemoveSlots(ids, kept))] if *ids == [frank, night] && kept.is_empty())
    );
}

/// The unlock methods of a vault, of which somebody with the recovery key has added the night shift's.
fn with_what_the_recovery_key_added() -> Vec<SlotView> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("contact-centre.a365vault");
    let mut vault = Vault::create(&path, &fresh(), KdfParameters::minimum()).expect("a vault");
    let key = vault.add_recovery_key().expect("a key");
    let mut theirs = Vault::open_with(&path, &Credential::RecoveryKey(key)).expect("opened");
    theirs.add_passphrase(&fresh(), "Night shift", KdfParameters::minimum()).expect("added");
    vault.refresh().expect("read");
    vault.slots()
}

fn id_of(slots: &[SlotView], label: &str) -> SlotId {
    slots.iter().find(|slot| slot.label == label).expect("it is there").id
}

fn tick(window: &mut Window, slot: &str) {
    window.get_by_label_contains(&format!("Also remove: {slot}")).click();
    window.run();
}

/// The dialog that changes the passphrase of a vault with others.
pub fn changing_the_passphrase(slots: Vec<SlotView>) -> AppState {
    let mut state = opened(several());
    state.receive(Answer::Slots(slots));
    state.outbox.clear();
    state.handle(Command::Passphrase(PassphraseCommand::Ask));
    state
}

#[test]
fn who_changes_the_passphrase_sees_what_stays_and_may_remove_it_as_well() {
    let (slots, _) = with_franks_key();
    let night = id_of(&slots, "Night shift");
    let mut window = small(changing_the_passphrase(slots));
    assert!(says(&window, "These unlock methods remain, except for the passphrase that you replace."));
    assert!(says(&window, "Some were added with one of the passphrases,"));
    assert!(says(&window, "with “Passphrase of Frank”") && says(&window, "used for this session"));
    fill(&mut window, "Current passphrase", "the old one");
    fill(&mut window, "New passphrase", "a much better one");
    fill(&mut window, "Confirm new passphrase", "a much better one");
    tick(&mut window, "Passphrase of Night shift");
    press(&mut window, "Change passphrase");
    let asked = requests(&mut window);
    let [Request::Vault(VaultRequest::ChangePassphrase(_, _, review))] = asked.as_slice() else { panic!("it asks") };
    assert_eq!((review.remove.as_slice(), review.keep.len()), (&[night][..], 0));
}

#[test]
fn who_replaces_the_recovery_key_sees_what_stays_and_may_remove_it_as_well() {
    let slots = with_what_the_recovery_key_added();
    let night = id_of(&slots, "Night shift");
    let mut window = small(opened(several()));
    answer(&mut window, Answer::Slots(slots));
    window.state_mut().state.handle(Command::VaultPage(VaultPageCommand::AskRecoveryKey));
    window.run();
    requests(&mut window);
    assert!(says(&window, "These unlock methods remain. Are they all legitimate?"));
    assert!(says(&window, "Some were added with the recovery key that you replace,"));
    tick(&mut window, "Passphrase of Night shift");
    press(&mut window, "Create key");
    let asked = requests(&mut window);
    let [Request::Vault(VaultRequest::AddRecoveryKey(review))] = asked.as_slice() else { panic!("it asks") };
    assert_eq!((review.remove.as_slice(), review.keep.len()), (&[night][..], 0));
}

#[test]
fn a_new_passphrase_after_a_recovery_lists_what_stays() {
    let mut slots = with_what_the_recovery_key_added();
    let hidden = id_of(&slots, "Night shift");
    for slot in &mut slots {
        slot.opened_with = slot.kind == SlotKind::RecoveryKey;
        if slot.id == hidden {
            (slot.kind, slot.label) = (SlotKind::OsAccount, String::new());
        }
    }
    let mut window = small(opened(several()));
    answer(&mut window, Answer::Slots(slots));
    assert!(
        says(&window, "Choose a new passphrase")
            && says(&window, "These unlock methods remain. Are they all legitimate?")
    );
    fill(&mut window, "New passphrase", "a much better one");
    fill(&mut window, "Confirm new passphrase", "a much better one");
    tick(&mut window, "Operating system account");
    press(&mut window, "Set passphrase");
    let asked = requests(&mut window);
    let [Request::Vault(VaultRequest::SetPassphrase(_, review))] = asked.as_slice() else { panic!("it asks") };
    assert_eq!(review.remove, [hidden]);
}

#[test]
fn a_method_of_an_unknown_kind_goes_unless_its_box_is_cleared() {
    let (mut slots, frank) = with_franks_key();
    let unknown = id_of(&slots, "Night shift");
    slots.iter_mut().filter(|slot| slot.id == unknown).for_each(|slot| slot.kind = SlotKind::Unknown);
    slots.retain(|slot| slot.id != frank.id);
    let review = |window: &mut Window| {
        fill(window, "Current passphrase", "the old one");
        fill(window, "New passphrase", "a much better one");
        fill(window, "Confirm new passphrase", "a much better one");
        press(window, "Change passphrase");
        match requests(window).as_slice() {
            [Request::Vault(VaultRequest::ChangePassphrase(_, _, review))] => review.clone(),
            _ => panic!("it asks"),
        }
    };
    let mut window = small(changing_the_passphrase(slots.clone()));
    assert!(says(&window, "A method that this version does not know is removed unless you clear its check box."));
    assert_eq!(review(&mut window), SlotReview { remove: vec![unknown], keep: Vec::new() });
    let mut window = small(changing_the_passphrase(slots));
    tick(&mut window, "A method from a newer version");
    assert_eq!(review(&mut window), SlotReview { remove: Vec::new(), keep: vec![unknown] });
}

#[test]
fn the_way_that_the_vault_was_opened_with_cannot_be_removed() {
    let mut window = small(opened(several()));
    answer(&mut window, Answer::Slots(with_franks_key().0));
    window.state_mut().state.handle(Command::Show(Page::Vault(VaultTab::UnlockMethods)));
    window.run();
    let own = window.get_all_by_label_contains("Remove Passphrase…").next().expect("the button");
    assert!(own.accesskit_node().is_disabled());
}

//! A client secret made and removed at Microsoft Graph from the page of a renewal: by order, and saved first.

use a365_password_tool::app::{
    state::{AppSecretsCommand, Command, RenewalCommand},
    tasks::{
        Answer, AppSecretsDone, AppSecretsOrder, Change, NetworkRequest, RenewalChange, Request, SaveReason, Ticket,
        VaultRequest,
    },
};
use a365_password_tool::connection_check::{ListedSecret, MadeSecret, Removed};
use a365_password_tool::renewal::{Act, Proof};
use egui_kittest::kittest::Queryable;
use uuid::Uuid;

use crate::harness::{Window, answer, entra_secret, press, requests, says, today};
use crate::renewal::{ID, after, form, give, new_secret, page, refusal, secret, step, takes, tested};

fn made() -> MadeSecret {
    MadeSecret {
        secret: secret(&new_secret()),
        key_id: Uuid::from_u128(9),
        expires: "2027-11-23".parse().expect("a day"),
    }
}

/// The number and the order that Microsoft Graph was asked for.
fn order(window: &mut Window) -> (Ticket, AppSecretsOrder, String) {
    let asked = requests(window);
    let [Request::Network(NetworkRequest::AppSecrets(number, request, _, order))] = asked.as_slice() else {
        panic!("one order")
    };
    (*number, order.clone(), request.client_secret.expose().to_owned())
}

fn listed(id: u128, hint: &str) -> ListedSecret {
    ListedSecret { key_id: Uuid::from_u128(id), name: "ucc".to_owned(), hint: hint.to_owned(), ends: Some(today()) }
}

/// The page where a secret is being made, and under which number.
fn making() -> (Window, Ticket) {
    let mut window = page([Act::Begin]);
    press(&mut window, "Create the secret for me…");
    let (number, asked, with) = order(&mut window);
    assert_eq!((asked, with), (AppSecretsOrder::List, entra_secret()));
    answer(&mut window, Answer::AppSecrets(number, Ok(AppSecretsDone::Listed(vec![listed(1, "k7F")]))));
    assert!(says(&window, "A365 Password Tool 2026-11-23") && says(&window, "1 secret so far"));
    assert!(says(&window, "23 Nov 2027"), "a year from today");
    press(&mut window, "Create");
    let (number, asked, _) = order(&mut window);
    let name = "A365 Password Tool 2026-11-23".to_owned();
    assert_eq!(asked, AppSecretsOrder::Create { name, expires: "2027-11-23".parse().expect("a day") });
    (window, number)
}

#[test]
fn a_secret_made_by_order_goes_into_the_vault_first() {
    let (mut window, number) = making();
    assert!(says(&window, "Creating…"));
    window.state_mut().state.handle(Command::CloseDialog);
    window.run();
    assert!(says(&window, "Creating…"), "what is under way cannot be called back");
    answer(&mut window, Answer::AppSecrets(number, Ok(AppSecretsDone::Created(made()))));
    let made = made();
    let act = Act::Give { secret: made.secret, expires: Some(made.expires), key_id: Some(made.key_id) };
    assert_eq!(step(&mut window), act);
    takes(&mut window, act, RenewalChange::Given);
    assert!(!form(&mut window.state_mut().state).holds_something());
    assert!(says(&window, "It expires on 23 Nov 2027."));
}

#[test]
fn a_made_secret_that_cannot_be_saved_is_kept_and_tried_again() {
    let (mut window, number) = making();
    answer(&mut window, Answer::AppSecrets(number, Ok(AppSecretsDone::Created(made()))));
    step(&mut window);
    answer(&mut window, Answer::NotSaved(refusal("The disk is full."), Change::Renewed(ID, RenewalChange::Given)));
    assert!(says(&window, "The disk is full.") && window.state().state.has_unsaved_changes());
    window.get_by_label("Save to the vault").click();
    window.run();
    let Act::Give { secret: tried, key_id, .. } = step(&mut window) else { panic!("it is tried again") };
    assert_eq!((tried, key_id), (made().secret, Some(made().key_id)));
}

#[test]
fn the_lock_waits_for_a_secret_that_is_being_made() {
    let (mut window, number) = making();
    let state = &mut window.state_mut().state;
    state.lock_now();
    assert!(state.open_vault().is_some() && state.outbox.is_empty());
    state.receive(Answer::AppSecrets(number, Ok(AppSecretsDone::Created(made()))));
    assert!(matches!(state.outbox.as_slice(), [Request::Vault(VaultRequest::Renew(ID, _, SaveReason::BeforeLock))]));
    state.receive(Answer::Profiles(vec![after([Act::Begin])].into(), Change::Renewed(ID, RenewalChange::Rescued)));
    assert!(state.open_vault().is_none());

    let (mut window, number) = making();
    let state = &mut window.state_mut().state;
    state.lock_now();
    state.receive(Answer::AppSecrets(number, Err("It was not made.".to_owned())));
    assert!(state.open_vault().is_none(), "there is nothing to wait for");
}

#[test]
fn a_made_secret_that_could_not_be_saved_before_the_lock_can_be_saved_after_it() {
    let (mut window, number) = making();
    let state = &mut window.state_mut().state;
    state.lock_now();
    state.receive(Answer::AppSecrets(number, Ok(AppSecretsDone::Created(made()))));
    state.receive(Answer::NotSaved(refusal("No space."), Change::Renewed(ID, RenewalChange::Rescued)));
    assert!(state.open_vault().is_none());
    state.receive(Answer::VaultOpened("x.a365vault".into(), vec![after([Act::Begin])].into(), None));
    state.outbox.clear();
    window.run();
    window.get_by_label("Save to the vault").click();
    window.run();
    assert!(matches!(step(&mut window), Act::Give { secret, .. } if secret == made().secret));
}

#[test]
fn without_the_permission_the_dialog_says_how_to_grant_it() {
    let mut window = page([Act::Begin]);
    press(&mut window, "Create the secret for me…");
    let (number, ..) = order(&mut window);
    let error = a365_password_tool::connection_check::AppSecretsError::NotAllowed.to_string();
    answer(&mut window, Answer::AppSecrets(number, Err(error)));
    assert!(says(&window, "Application.ReadWrite.OwnedBy (App registrations"));
    assert!(window.query_by_label("Create").is_none());
    press(&mut window, "Close");
    assert!(window.state().state.dialogs.is_empty());
}

#[test]
fn the_old_secret_is_removed_with_the_new_one_after_a_passed_test() {
    let mut window = page([Act::Begin, give(), tested(), Act::Switch(Proof::Tested)]);
    press(&mut window, "Delete from Entra ID…");
    let (number, asked, with) = order(&mut window);
    assert_eq!((asked, with), (AppSecretsOrder::List, new_secret()));
    let list = vec![listed(1, "k7F"), listed(2, "n3W")];
    answer(&mut window, Answer::AppSecrets(number, Ok(AppSecretsDone::Listed(list))));
    assert!(says(&window, &Uuid::from_u128(1).to_string()) && says(&window, "This cannot be undone."));
    assert!(says(&window, "Nobody has confirmed that the UCC has the new connection string."));
    press(&mut window, "Delete");
    let (number, asked, with) = order(&mut window);
    assert_eq!((asked, with), (AppSecretsOrder::Remove(Uuid::from_u128(1)), new_secret()));
    answer(&mut window, Answer::AppSecrets(number, Ok(AppSecretsDone::Removed(Removed::Now))));
    assert_eq!(step(&mut window), Act::DeletedFromEntra);
}

#[test]
fn a_ucc_that_has_the_new_string_is_not_warned_of() {
    let mut window = page([Act::Begin, give(), tested(), Act::Switch(Proof::Tested), Act::ConfirmUcc]);
    press(&mut window, "Delete from Entra ID…");
    let (number, ..) = order(&mut window);
    answer(
        &mut window,
        Answer::AppSecrets(number, Ok(AppSecretsDone::Listed(vec![listed(1, "k7F"), listed(2, "n3W")]))),
    );
    assert!(says(&window, "This cannot be undone.") && !says(&window, "Nobody has confirmed"));
}

#[test]
fn an_old_secret_that_cannot_be_identified_is_not_removed() {
    for list in [vec![listed(1, "k7F"), listed(2, "k7F")], vec![listed(2, "n3W")], Vec::new()] {
        let mut window = page([Act::Begin, give(), tested(), Act::Switch(Proof::Tested)]);
        press(&mut window, "Delete from Entra ID…");
        let (number, ..) = order(&mut window);
        answer(&mut window, Answer::AppSecrets(number, Ok(AppSecretsDone::Listed(list))));
        assert!(says(&window, "could not be identified") && window.query_by_label("Delete").is_none());
    }
}

#[test]
fn without_a_passed_test_nothing_is_removed_from_entra_id() {
    let mut window = page([Act::Begin, give(), Act::Switch(Proof::WithoutTest)]);
    window.state_mut().state.handle(Command::Renewal(RenewalCommand::AppSecrets(AppSecretsCommand::AskToRemove)));
    window.run();
    assert!(requests(&mut window).is_empty() && window.state().state.dialogs.is_empty());
}

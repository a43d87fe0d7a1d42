//! The renewal of a client secret in the window, step by step, and never at the price of a secret.

use a365_password_tool::app::{
    state::{AppState, Command, Dialog, Input, Page, ProfileCommand, Question, RenewalCommand, RenewalForm, Screen},
    tasks::{
        Answer, Change, ClipboardRequest, NetworkRequest, Refusal, RefusalCause, RenewalChange, Request, SaveReason,
        VaultFileRequest, VaultRequest,
    },
};
use a365_password_tool::connection_check::SecretAge;
use a365_password_tool::profile::{ClientSecret, Profile, SecretText, UccUpdate};
use a365_password_tool::renewal::{self, Act, Discard, Proof, Step};
use chrono::TimeDelta;
use egui::{Theme, vec2};
use egui_kittest::kittest::Queryable;
use uuid::Uuid;

use crate::harness::{Window, answer, entra_secret, fill, opened, press, profile, requests, says, today, window};
use crate::reports::{passed, wrong_secret};

pub const ID: Uuid = Uuid::from_u128(1);

/// A new secret as Entra ID makes them, made at run time.
pub fn new_secret() -> String {
    format!("n3W8{}{}", "Q~", "v".repeat(34))
}

pub fn secret(text: &str) -> ClientSecret {
    ClientSecret::parse(text).expect("a secret")
}

pub fn give() -> Act {
    Act::Give { secret: secret(&new_secret()), expires: "2028-11-22".parse().ok(), key_id: None }
}

pub fn tested() -> Act {
    Act::Tested { of: secret(&new_secret()), passed: Some(today()) }
}

/// Contoso, whose secret lapses in five days, after these steps.
pub fn after(acts: impl IntoIterator<Item = Act>) -> Profile {
    let mut profile = profile(1, "Contoso", "2026-11-28", Some(true));
    for act in acts {
        renewal::apply(&mut profile, act, today()).expect("allowed");
    }
    profile
}

/// The state with the page of that renewal.
pub fn on_page(profile: Profile) -> AppState {
    let mut state = opened(vec![profile]);
    state.handle(Command::Renewal(RenewalCommand::Open(ID)));
    state.outbox.clear();
    state
}

pub fn page(acts: impl IntoIterator<Item = Act>) -> Window {
    tall(on_page(after(acts)))
}

/// High enough for every step: a button out of sight is not pressed.
fn tall(state: AppState) -> Window {
    window(state, vec2(1024.0, 1000.0), Theme::Light)
}

/// The one step that was asked for.
pub fn step(window: &mut Window) -> Act {
    let asked = requests(window);
    let [Request::Vault(VaultRequest::Renew(ID, act, SaveReason::Requested))] = asked.as_slice() else {
        panic!("one step: {}", asked.len())
    };
    (**act).clone()
}

/// The vault takes this step on the profile that the window has.
pub fn takes(window: &mut Window, act: Act, taken: RenewalChange) {
    let mut profile = shown(window);
    renewal::apply(&mut profile, act, today()).expect("allowed");
    answer(window, Answer::Profiles(vec![profile].into(), Change::Renewed(ID, taken)));
}

fn shown(window: &Window) -> Profile {
    window.state().state.open_vault().expect("open").profiles[0].as_ref().clone()
}

pub fn form(state: &mut AppState) -> &mut RenewalForm {
    let Screen::Open(vault) = &mut state.screen else { panic!("open") };
    vault.renewal_forms.get_mut(&ID).expect("a form")
}

pub fn refusal(text: &str) -> Refusal {
    Refusal { text: text.to_owned(), cause: RefusalCause::Other }
}

#[test]
fn the_way_leads_from_the_expiry_date_to_the_end() {
    let mut state = opened(vec![after([])]);
    state.handle(Command::Profiles(ProfileCommand::Select(ID)));
    let mut window = tall(state);
    press(&mut window, "Renew…");
    assert_eq!(step(&mut window), Act::Begin);
    takes(&mut window, Act::Begin, RenewalChange::Begun);
    assert!(says(&window, "Renew the client secret of Contoso") && says(&window, "5 days left"));
    assert!(says(&window, "Open the app's Certificates & secrets"));
    fill(&mut window, "New client secret", &new_secret());
    fill(&mut window, "Expires on", "2028-11-22");
    press(&mut window, "Save and continue");
    assert_eq!(step(&mut window), give());
    takes(&mut window, give(), RenewalChange::Given);
    assert!(says(&window, "It expires on 22 Nov 2028."));
    press(&mut window, "Test the new secret");
    let asked = requests(&mut window);
    let [Request::Network(NetworkRequest::Check(number, check, _))] = asked.as_slice() else {
        panic!("a check begins")
    };
    assert_eq!(check.client_secret.expose(), new_secret());
    answer(&mut window, Answer::CheckFinished(*number, Box::new(passed())));
    assert_eq!(step(&mut window), tested());
    takes(&mut window, tested(), RenewalChange::Tested);
    assert!(says(&window, "It passed on 23 Nov 2026, 10:30"));
    press(&mut window, "Switch to the new secret");
    assert_eq!(step(&mut window), Act::Switch(Proof::Tested));
    takes(&mut window, Act::Switch(Proof::Tested), RenewalChange::Switched);
    assert!(says(&window, "now uses the new client secret"));
    assert!(says(&window, "stored in this profile until 28 Nov 2026"));
    assert!(says(&window, BEHIND) && says(&window, "The UCC is Anywhere365's Unified Contact Center"));
    press(&mut window, "Copy connection string");
    let asked = requests(&mut window);
    let [Request::Clipboard(ClipboardRequest::Copy(string))] = asked.as_slice() else { panic!("it is copied") };
    assert!(string.expose().ends_with(&format!("ClientSecret={}", new_secret())));
    press(&mut window, "The UCC has the new string");
    assert_eq!(step(&mut window), Act::ConfirmUcc);
    takes(&mut window, Act::ConfirmUcc, RenewalChange::UccConfirmed);
    assert!(says(&window, "Confirmed on 23 Nov 2026, 10:30.") && !says(&window, "The UCC still uses"));
    assert!(window.query_by_label("The UCC has the new string").is_none());
    press(&mut window, "Delete from the vault now…");
    press(&mut window, "Delete");
    assert_eq!(step(&mut window), Act::Forget);
    takes(&mut window, Act::Forget, RenewalChange::Forgotten);
    assert!(says(&window, "The old secret has been deleted."));
    assert!(says(&window, "created in the portal, expires on 22 Nov 2028"));
}

const BEHIND: &str = "The UCC still uses the old client secret, which expires on 28 November 2026.";

pub fn switched() -> Vec<Act> {
    vec![Act::Begin, give(), tested(), Act::Switch(Proof::Tested)]
}

#[test]
fn until_the_ucc_has_the_new_string_every_page_says_when_the_old_secret_expires() {
    let mut state = opened(vec![after(switched())]);
    state.handle(Command::Profiles(ProfileCommand::Select(ID)));
    let mut window = tall(state);
    assert!(says(&window, &format!("“Contoso”: {BEHIND}")), "what needs you today");
    window.get_by_label("1 more").click();
    window.run();
    assert!(says(&window, "1 client secret expires within 60 days."));
    assert!(says(&window, "Contoso, 5 days left, UCC not updated, last test passed"), "its row");
    assert_eq!(window.query_all_by_label(BEHIND).count(), 1, "at the expiry date");
    assert!(!says(&window, "730 days left") && says(&window, "Next reminder: "));
    assert_eq!(window.state().state.title(), "contact-centre - A365 Password Tool: 1 secret needs attention");
    window.state_mut().state.handle(Command::Show(Page::Renewals));
    window.run();
    assert!(says(&window, "Contoso, Urgent, in 5 days, 28 Nov 2026"));
    assert!(says(&window, "contoso.crm4.dynamics.com, UCC not updated"));
    window.state_mut().state.handle(Command::Profiles(ProfileCommand::Select(ID)));
    window.run();
    press(&mut window, "Continue the renewal");
    assert!(requests(&mut window).is_empty(), "nothing is begun");
    press(&mut window, "The UCC has the new string");
    assert_eq!(step(&mut window), Act::ConfirmUcc);
    takes(&mut window, Act::ConfirmUcc, RenewalChange::UccConfirmed);
    assert!(says(&window, "The UCC has the new connection string of “Contoso”."));
    window.state_mut().state.handle(Command::Profiles(ProfileCommand::Select(ID)));
    window.run();
    assert!(says(&window, "730 days left") && window.query_by_label("Old secret…").is_some());
    assert!(
        !says(&window, "UCC not updated") && !says(&window, "The UCC still uses") && !says(&window, "within 60 days")
    );
    assert_eq!(window.state().state.title(), "contact-centre - A365 Password Tool");
}

#[test]
fn an_old_secret_that_has_expired_or_has_no_date_is_not_forgotten_by_the_window() {
    let mut profile = after(switched());
    let was_due = "2026-11-20".parse().ok();
    (profile.former_secret, profile.secret_expires) = (None, "2028-11-22".parse().ok());
    profile.ucc_update = Some(Box::new(UccUpdate::pending(today() - TimeDelta::days(9), was_due)));
    let mut state = opened(vec![profile]);
    state.handle(Command::Profiles(ProfileCommand::Select(ID)));
    let mut window = tall(state);
    assert!(says(&window, "1 client secret has expired: this connection no longer works."));
    assert!(says(&window, "which expired on 20 November 2026."));
    press(&mut window, "Continue the renewal");
    assert!(says(&window, "The old secret has been deleted.") && says(&window, "The UCC has the new string"));

    let mut profile = after([]);
    profile.secret_expires = None;
    for act in switched() {
        renewal::apply(&mut profile, act, today()).expect("allowed");
    }
    let mut state = opened(vec![profile]);
    state.handle(Command::Profiles(ProfileCommand::Select(ID)));
    let window = tall(state);
    assert!(says(&window, "The UCC still uses the old client secret. Its expiry date is not known."));
    assert!(says(&window, "no expiry date, UCC not updated"));
}

#[test]
fn deleting_the_old_secret_before_the_ucc_has_the_new_one_says_so() {
    let mut window = page(switched());
    press(&mut window, "Delete from the vault now…");
    assert!(says(&window, "Delete the old secret even though the UCC may still use it?"));
    press(&mut window, "Delete");
    assert_eq!(step(&mut window), Act::Forget);
    takes(&mut window, Act::Forget, RenewalChange::Forgotten);
    assert!(says(&window, "The old secret has been deleted.") && says(&window, BEHIND));
    press(&mut window, "The UCC has the new string");
    assert_eq!(step(&mut window), Act::ConfirmUcc);

    let mut window = page([switched(), vec![Act::ConfirmUcc]].concat());
    press(&mut window, "Delete from the vault now…");
    assert!(says(&window, "Delete the old secret from the vault?") && !says(&window, "may still use"));
}

#[test]
fn the_ucc_can_be_confirmed_while_another_renewal_is_under_way() {
    let mut window = page([switched(), vec![Act::Begin]].concat());
    assert!(says(&window, BEHIND));
    window.get_by_label("The UCC has the new string").click();
    window.run();
    assert_eq!(step(&mut window), Act::ConfirmUcc);
    takes(&mut window, Act::ConfirmUcc, RenewalChange::UccConfirmed);
    assert!(!says(&window, "The UCC still uses"));
}

#[test]
fn what_cannot_be_the_new_secret_is_refused_at_its_field() {
    let mut window = page([Act::Begin]);
    for (typed, words) in [
        ("11112222-aaaa-3333-bbbb-4444cccc5555", "This looks like the Secret ID. Copy the Value column instead."),
        (entra_secret().as_str(), "The profile already uses this secret."),
    ] {
        form(&mut window.state_mut().state).secret = SecretText::from(typed);
        window.run();
        assert!(says(&window, words), "{words}");
        press(&mut window, "Save and continue");
        assert!(requests(&mut window).is_empty(), "{words}");
    }
    form(&mut window.state_mut().state).secret = SecretText::from(new_secret().as_str());
    fill(&mut window, "Expires on", "2026-11-23");
    assert!(says(&window, "This date is not in the future"));
    press(&mut window, "Save and continue");
    assert!(requests(&mut window).is_empty());
}

#[test]
fn an_empty_field_is_complained_about_only_when_somebody_wants_to_go_on() {
    let mut window = page([Act::Begin]);
    assert!(!says(&window, "Enter the client secret"));
    press(&mut window, "Save and continue");
    assert!(says(&window, "Enter the client secret") && requests(&mut window).is_empty());
}

#[test]
fn a_secret_that_is_not_known_everywhere_yet_is_tested_again_or_used_by_an_explicit_word() {
    let mut window = page([Act::Begin, give()]);
    press(&mut window, "Test the new secret");
    let asked = requests(&mut window);
    let [Request::Network(NetworkRequest::Check(number, ..))] = asked.as_slice() else { panic!("a check begins") };
    answer(&mut window, Answer::CheckFinished(*number, Box::new(wrong_secret())));
    assert!(requests(&mut window).is_empty(), "a failed test is nothing to keep");
    assert!(says(&window, "Wait a minute and test again.") && says(&window, "Code AADSTS7000215"));
    assert!(window.query_by_label("Switch to the new secret").is_none(), "not before a passed test");
    press(&mut window, "Switch without a test…");
    assert!(says(&window, "Wait a minute and test again"));
    press(&mut window, "Switch without a test");
    assert_eq!(step(&mut window), Act::Switch(Proof::WithoutTest));
}

#[test]
fn a_new_secret_is_tested_again_by_itself_until_the_page_is_left() {
    for leaves in [false, true] {
        let mut window = page([Act::Begin, give()]);
        press(&mut window, "Test the new secret");
        let asked = requests(&mut window);
        let [Request::Network(NetworkRequest::Check(number, check, _))] = asked.as_slice() else {
            panic!("a check begins")
        };
        assert_eq!(check.secret_age, SecretAge::New);
        answer(&mut window, Answer::CheckFinished(*number, Box::new(wrong_secret())));
        press(&mut window, "Test again for two minutes");
        if leaves {
            window.state_mut().state.handle(Command::Show(Page::Profiles));
            window.run();
            window.state_mut().state.handle(Command::Renewal(RenewalCommand::Open(Uuid::from_u128(1))));
        }
        let _ = requests(&mut window);
        window.state_mut().seconds = Some(1000.0);
        window.run_steps(2);
        let asked = requests(&mut window);
        let begun = asked.iter().any(|asked| matches!(asked, Request::Network(NetworkRequest::Check(..))));
        assert_eq!(begun, !leaves, "{}", asked.len());
    }
}

#[test]
fn a_failed_second_test_takes_the_first_ones_word_back() {
    let mut window = page([Act::Begin, give(), tested()]);
    press(&mut window, "Test again");
    let asked = requests(&mut window);
    let [Request::Network(NetworkRequest::Check(number, ..))] = asked.as_slice() else { panic!("a check begins") };
    answer(&mut window, Answer::CheckFinished(*number, Box::new(wrong_secret())));
    assert_eq!(step(&mut window), Act::Tested { of: secret(&new_secret()), passed: None });
}

#[test]
fn the_date_that_graph_tells_is_taken_over_by_a_click() {
    let mut window = page([Act::Begin, give(), tested()]);
    press(&mut window, "Test again");
    let asked = requests(&mut window);
    let [Request::Network(NetworkRequest::Check(number, ..))] = asked.as_slice() else { panic!("a check begins") };
    let mut report = passed();
    report.secret_expires = "2028-05-01".parse().ok();
    answer(&mut window, Answer::CheckFinished(*number, Box::new(report)));
    step(&mut window);
    press(&mut window, "Use this date");
    let act = Act::Give { secret: secret(&new_secret()), expires: "2028-05-01".parse().ok(), key_id: None };
    assert_eq!(step(&mut window), act);
    takes(&mut window, act, RenewalChange::Given);
    assert!(says(&window, "It expires on 1 May 2028.") && says(&window, "It passed on"));
}

#[test]
fn cancelling_asks_when_the_new_secret_would_be_lost() {
    let mut window = page([Act::Begin]);
    press(&mut window, "Cancel the renewal");
    assert_eq!(step(&mut window), Act::Cancel(Discard::Nothing));
    takes(&mut window, Act::Cancel(Discard::Nothing), RenewalChange::Cancelled);
    assert_eq!(window.state().state.open_vault().map(|vault| vault.page), Some(Page::Profiles));

    let mut window = page([Act::Begin, give()]);
    press(&mut window, "Cancel the renewal");
    assert!(requests(&mut window).is_empty() && says(&window, "is stored nowhere else"));
    press(&mut window, "Continue the renewal");
    assert!(requests(&mut window).is_empty());
    press(&mut window, "Cancel the renewal");
    press(&mut window, "Cancel and discard");
    assert_eq!(step(&mut window), Act::Cancel(Discard::NewSecret));

    let mut window = page([Act::Begin]);
    fill(&mut window, "New client secret", "typed");
    press(&mut window, "Cancel the renewal");
    assert!(
        requests(&mut window).is_empty()
            && matches!(window.state().state.dialogs.front(), Some(Dialog::Renewal(Question::Cancel)))
    );
}

#[test]
fn going_back_and_another_value_are_asked_about() {
    for (acts, button, yes, act) in [
        (
            vec![Act::Begin, give(), Act::Switch(Proof::WithoutTest)],
            "Go back to the old secret…",
            "Go back",
            Act::RollBack,
        ),
        (vec![Act::Begin, give()], "Paste another Value…", "Discard", Act::GiveUp),
    ] {
        let mut window = page(acts);
        press(&mut window, button);
        assert!(requests(&mut window).is_empty());
        press(&mut window, yes);
        assert_eq!(step(&mut window), act);
    }
}

#[test]
fn an_older_secret_that_is_still_kept_is_forgotten_first() {
    let second = Act::Give { secret: secret("another one"), expires: None, key_id: None };
    let acts = [Act::Begin, give(), Act::Switch(Proof::WithoutTest), Act::Begin, second];
    let another_passed = Act::Tested { of: secret("another one"), passed: Some(today()) };
    let mut window = page(acts.into_iter().chain([another_passed]));
    assert!(says(&window, "Delete it first") && window.query_by_label("Switch to the new secret").is_none());
    press(&mut window, "Delete the previous secret…");
    press(&mut window, "Delete");
    assert_eq!(step(&mut window), Act::Forget);
}

#[test]
fn a_refused_step_is_shown_on_the_page_and_what_is_typed_stays() {
    let mut window = page([Act::Begin]);
    fill(&mut window, "New client secret", &new_secret());
    press(&mut window, "Save and continue");
    step(&mut window);
    answer(&mut window, Answer::NotSaved(refusal("The disk is full."), Change::Renewed(ID, RenewalChange::Given)));
    assert!(says(&window, "The disk is full."));
    assert_eq!(form(&mut window.state_mut().state).secret.expose(), new_secret());
    press(&mut window, "Save and continue");
    let Act::Give { .. } = step(&mut window) else { panic!("it is tried again") };
}

#[test]
fn the_profiles_page_leads_back_to_an_unfinished_renewal() {
    let mut window = tall(opened(vec![after([Act::Begin, give()])]));
    assert!(says(&window, "The renewal of the client secret of “Contoso” is not finished."));
    window.get_by_label("Continue").click();
    window.run();
    assert!(says(&window, "3. Test it while the old one still works") && requests(&mut window).is_empty());
}

#[test]
fn another_profile_can_be_looked_at_while_a_pasted_secret_waits() {
    let mut state = on_page(after([Act::Begin]));
    form(&mut state).secret = SecretText::from(new_secret().as_str());
    state.handle(Command::Profiles(ProfileCommand::New));
    assert!(state.dialogs.is_empty());
    state.handle(Command::Renewal(RenewalCommand::Open(ID)));
    assert_eq!(form(&mut state).secret.expose(), new_secret());
}

#[test]
fn a_secret_whose_day_has_come_is_forgotten_while_the_vault_is_open() {
    let mut state = on_page(after([Act::Begin, give(), Act::Switch(Proof::WithoutTest)]));
    state.tick(today(), 1.0, Input::Some);
    assert!(state.outbox.is_empty(), "it expires in five days");
    state.tick(today() + TimeDelta::days(5), 2.0, Input::Some);
    assert!(matches!(state.outbox.as_slice(), [Request::Vault(VaultRequest::ForgetFormerSecrets)]));
    state.outbox.clear();
    state.tick(today() + TimeDelta::days(5), 3.0, Input::Some);
    assert!(state.outbox.is_empty(), "once a day");
}

#[test]
fn a_test_that_runs_is_ended_by_the_lock() {
    let mut window = page([Act::Begin, give()]);
    press(&mut window, "Test the new secret");
    let asked = requests(&mut window);
    let [Request::Network(NetworkRequest::Check(number, ..))] = asked.as_slice() else { panic!("a check begins") };
    press(&mut window, "Lock");
    let asked = requests(&mut window);
    assert!(
        matches!(asked.as_slice(), [Request::Network(NetworkRequest::Cancel(ended)), Request::VaultFile(VaultFileRequest::Lock), ..] if ended == number)
    );
}

#[test]
fn the_steps_are_where_the_profile_says() {
    let acts = [switched(), vec![Act::ConfirmUcc]].concat();
    let steps = [(1, Step::NewSecret), (2, Step::Test), (3, Step::Switch), (4, Step::Ucc), (5, Step::Kept)];
    for (taken, step) in steps {
        assert_eq!(Step::of(&after(acts[..taken].to_vec())), step);
    }
}

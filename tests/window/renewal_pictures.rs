//! Each step of a renewal as a picture, in both themes.

use a365_password_tool::app::{
    state::{AppSecretsCommand, AppState, Command, ProfileCommand, Question, RenewalCommand, Screen},
    tasks::{Answer, AppSecretsDone, Change, Owner, RenewalChange, Ticket},
};
use a365_password_tool::connection_check::ListedSecret;
use a365_password_tool::profile::Profile;
use a365_password_tool::renewal::{Act, Proof};
use egui::{Theme, Vec2, vec2};
use uuid::Uuid;

use crate::harness::{opened, today, window};
use crate::renewal::{after, give, new_secret, on_page, tested};
use crate::reports::{passed, wrong_secret};

const SMALL: Vec2 = vec2(1024.0, 700.0);

fn in_both_themes(name: &str, size: Vec2, state: impl Fn() -> AppState) {
    let mut results = egui_kittest::SnapshotResults::new();
    for (theme, word) in [(Theme::Light, "light"), (Theme::Dark, "dark")] {
        let mut window = window(state(), size, theme);
        window.snapshot(format!("renewal_{name}_{word}"));
        results.extend_harness(&mut window);
    }
}

fn switched() -> Profile {
    after([Act::Begin, give(), tested(), Act::Switch(Proof::Tested)])
}

fn confirmed() -> Profile {
    after([Act::Begin, give(), tested(), Act::Switch(Proof::Tested), Act::ConfirmUcc])
}

#[test]
fn the_button_at_the_expiry_date() {
    in_both_themes("entry", SMALL, || {
        let mut state = opened(vec![after([])]);
        state.handle(Command::Profiles(ProfileCommand::Select(Uuid::from_u128(1))));
        state
    });
}

#[test]
fn the_new_secret() {
    in_both_themes("new_secret", SMALL, || {
        let mut state = on_page(after([Act::Begin]));
        if let Screen::Open(vault) = &mut state.screen {
            let form = vault.renewal_forms.values_mut().next().expect("a form");
            form.secret = new_secret().as_str().into();
            form.expires = "2028-11-22".to_owned();
        }
        state
    });
}

#[test]
fn the_test_that_failed() {
    in_both_themes("test_failed", vec2(1024.0, 900.0), || {
        let mut state = on_page(after([Act::Begin, give()]));
        state.handle(Command::Renewal(RenewalCommand::Test));
        state.receive(Answer::CheckFinished(
            Ticket::new(1, Owner::NewSecretCheck(Uuid::from_u128(1))),
            Box::new(wrong_secret()),
        ));
        state
    });
}

#[test]
fn the_switch() {
    in_both_themes("switch", SMALL, || {
        let mut state = on_page(after([Act::Begin, give()]));
        state.handle(Command::Renewal(RenewalCommand::Test));
        state.receive(Answer::CheckFinished(
            Ticket::new(1, Owner::NewSecretCheck(Uuid::from_u128(1))),
            Box::new(passed()),
        ));
        let profiles = vec![after([Act::Begin, give(), tested()])];
        state.receive(Answer::Profiles(profiles.into(), Change::Renewed(Uuid::from_u128(1), RenewalChange::Tested)));
        state
    });
}

#[test]
fn the_ucc() {
    in_both_themes("ucc", vec2(1024.0, 900.0), || on_page(switched()));
}

#[test]
fn the_profile_while_the_ucc_has_the_old_secret() {
    in_both_themes("ucc_entry", SMALL, || {
        let mut state = opened(vec![switched()]);
        state.handle(Command::Profiles(ProfileCommand::Select(Uuid::from_u128(1))));
        state
    });
}

#[test]
fn the_old_secret_kept() {
    in_both_themes("kept", vec2(1024.0, 900.0), || on_page(confirmed()));
}

#[test]
fn the_question() {
    in_both_themes("question", SMALL, || {
        let mut state = on_page(after([Act::Begin, give()]));
        state.handle(Command::Renewal(RenewalCommand::Ask(Question::SwitchWithoutTest)));
        state
    });
}

fn listed() -> Answer {
    let listed = ListedSecret {
        key_id: Uuid::from_u128(0x1111_2222_aaaa_3333_bbbb_4444_cccc_5555),
        name: "ucc".to_owned(),
        hint: "k7F".to_owned(),
        ends: Some(today()),
    };
    Answer::AppSecrets(Ticket::new(1, Owner::AppSecrets(Uuid::from_u128(1))), Ok(AppSecretsDone::Listed(vec![listed])))
}

#[test]
fn making_a_secret() {
    in_both_themes("make", SMALL, || {
        let mut state = on_page(after([Act::Begin]));
        state.handle(Command::Renewal(RenewalCommand::AppSecrets(AppSecretsCommand::AskToCreate)));
        state.receive(listed());
        state
    });
}

#[test]
fn removing_a_secret() {
    in_both_themes("remove", SMALL, || {
        let mut state = on_page(switched());
        state.handle(Command::Renewal(RenewalCommand::AppSecrets(AppSecretsCommand::AskToRemove)));
        state.receive(listed());
        state
    });
}

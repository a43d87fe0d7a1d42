//! The vaults that were opened last, on the unlock screen.

use std::path::{Path, PathBuf};

use a365_password_tool::app::{
    state::{AppState, Command, Screen, Start, VaultFile},
    tasks::{Answer, RecentVaultsRequest, Request, SettingsRequest},
};
use a365_password_tool::reminder::policy::VaultPlace;
use a365_password_tool::settings::Settings;
use egui_kittest::kittest::{NodeT, Queryable};

use crate::harness::{Window, answer, press, requests, says, several, small, start};

const SHOWN: &str = "Vaults/contact-centre.a365vault";
const OTHER: &str = "Vaults/fabrikam.a365vault";

/// A start at the unlock screen after these vaults were opened, newest first.
pub fn start_after(recent: &[&str]) -> Start {
    let settings = Settings { recent_vaults: recent.iter().map(PathBuf::from).collect(), ..Settings::default() };
    Start { settings, ..start(VaultFile::There) }
}

fn locked_vault(window: &Window) -> &Path {
    match &window.state().state.screen {
        Screen::Unlock(form) => &form.path,
        _ => panic!("a locked vault"),
    }
}

fn saved(requests: &[Request]) -> Option<&Settings> {
    requests.iter().rev().find_map(|request| match request {
        Request::Settings(SettingsRequest::Save(_, settings)) => Some(&**settings),
        _ => None,
    })
}

#[test]
fn the_last_five_vaults_are_remembered_newest_first() {
    let mut state = AppState::new(start(VaultFile::There));
    for number in [1, 2, 3, 4, 5, 6, 3] {
        state.receive(Answer::VaultOpened(format!("{number}.a365vault").into(), several().into(), None));
    }
    let newest_first = [3, 6, 5, 4, 2].map(|number| PathBuf::from(format!("{number}.a365vault")));
    assert_eq!(saved(&state.outbox).map(|it| &it.recent_vaults[..]), Some(&newest_first[..]));
    state.outbox.clear();
    state.receive(Answer::VaultOpened("3.a365vault".into(), several().into(), None));
    assert!(saved(&state.outbox).is_none(), "nothing changed");
}

#[test]
fn an_earlier_version_remembered_one_vault() {
    let settings = Settings { vault_path: Some(OTHER.into()), ..Settings::default() };
    let mut state = AppState::new(Start { settings, ..start(VaultFile::There) });
    state.receive(Answer::VaultOpened(SHOWN.into(), several().into(), None));
    assert_eq!(state.settings.recent_vaults, [PathBuf::from(SHOWN), PathBuf::from(OTHER)]);
}

#[test]
fn a_recent_vault_is_unlocked_instead_of_the_one_shown() {
    let mut window = small(AppState::new(start_after(&[SHOWN, OTHER])));
    assert!(window.query_by_label("contact-centre").is_none(), "the one shown is not offered");
    window.get_by_label("fabrikam").click();
    window.run();
    assert_eq!(locked_vault(&window), Path::new(OTHER));
    assert!(window.query_by_label("contact-centre").is_some() && window.query_by_label("fabrikam").is_none());
    let asked = requests(&mut window);
    let [Request::RecentVaults(RecentVaultsRequest::LookFor(paths))] = &asked[asked.len() - 1..] else {
        panic!("the others are looked for")
    };
    assert_eq!(*paths, [PathBuf::from(SHOWN)]);
}

#[test]
fn a_missing_vault_is_marked_and_its_screen_says_why() {
    let mut window = small(AppState::new(start_after(&[SHOWN, OTHER])));
    assert!(!says(&window, "Missing"));
    answer(&mut window, Answer::RecentVaultLookedFor(OTHER.into(), VaultPlace::Missing));
    assert!(says(&window, "Missing"));
    window.get_by_label("fabrikam").click();
    window.run();
    assert!(says(&window, "was not found. Connect its drive or share"));
    let mut window = small(AppState::new(start_after(&[SHOWN, OTHER])));
    answer(&mut window, Answer::RecentVaultLookedFor(OTHER.into(), VaultPlace::Missing));
    answer(&mut window, Answer::RecentVaultLookedFor(OTHER.into(), VaultPlace::There));
    assert!(!says(&window, "Missing"), "its drive is connected again");
}

#[test]
fn a_removed_vault_is_no_longer_offered() {
    let mut window = small(AppState::new(start_after(&[SHOWN, OTHER])));
    press(&mut window, "Remove fabrikam from the list");
    assert!(window.query_by_label("fabrikam").is_none() && !says(&window, "Recent vaults"));
    assert_eq!(locked_vault(&window), Path::new(SHOWN));
    let asked = requests(&mut window);
    assert_eq!(saved(&asked).map(|it| it.recent_vaults.clone()), Some(vec![PathBuf::from(SHOWN)]));
}

#[test]
fn while_a_vault_is_opened_no_other_one_is_chosen() {
    let mut window = small(AppState::new(start_after(&[SHOWN, OTHER])));
    let command = a365_password_tool::app::state::UnlockCommand::WithThisAccount;
    window.state_mut().state.handle(Command::Unlock(command));
    window.run();
    assert!(window.get_by_label("fabrikam").accesskit_node().is_disabled());
}

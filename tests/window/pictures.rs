//! Every screen as a picture, in both themes.

use a365_password_tool::app::{
    command::{Command, Page},
    state::{AppState, Dialog, Screen, VaultFile},
    tasks::Answer,
};
use egui::{Theme, vec2};

use crate::harness::{opened, press, profile, several, start, window};
use crate::reports::{passed, wrong_secret};

fn in_both_themes(name: &str, state: impl Fn() -> AppState) {
    let mut results = egui_kittest::SnapshotResults::new();
    for (theme, word) in [(Theme::Light, "light"), (Theme::Dark, "dark")] {
        let mut window = window(state(), vec2(1024.0, 700.0), theme);
        window.snapshot(format!("{name}_{word}"));
        results.extend_harness(&mut window);
    }
}

#[test]
fn first_start() {
    in_both_themes("first_start", || AppState::new(start(VaultFile::NotYet)));
}

#[test]
fn unlock() {
    in_both_themes("unlock", || AppState::new(start(VaultFile::There)));
}

#[test]
fn profiles() {
    in_both_themes("profiles", || {
        let mut state = opened(several());
        state.handle(Command::Select(several()[1].id));
        state
    });
}

#[test]
fn empty_vault_with_the_guide() {
    in_both_themes("empty_vault", || opened(Vec::new()));
}

#[test]
fn setup_guide() {
    in_both_themes("setup_guide", || {
        let mut state = testing(passed);
        state.handle(Command::ToggleGuide);
        state
    });
}

#[test]
fn settings() {
    in_both_themes("settings", || {
        let mut state = opened(several());
        state.handle(Command::Show(Page::Settings));
        state
    });
}

#[test]
fn about() {
    in_both_themes("about", || {
        let mut state = opened(several());
        state.handle(Command::Show(Page::About));
        state
    });
}

fn testing(report: fn() -> a365_password_tool::connection_check::CheckReport) -> AppState {
    let profiles = vec![profile(1, "Contoso", "2028-01-01", None), profile(2, "Fabrikam", "2027-12-31", Some(true))];
    let mut state = opened(profiles.clone());
    state.handle(Command::Select(profiles[0].id));
    state.handle(Command::Test);
    state.receive(Answer::CheckFinished(1, Box::new(report())));
    state
}

#[test]
fn passed_check() {
    in_both_themes("passed_check", || testing(passed));
}

#[test]
fn failed_check() {
    in_both_themes("failed_check", || testing(wrong_secret));
}

#[test]
fn refused_form() {
    in_both_themes("refused_form", || {
        let mut state = opened(several());
        state.handle(Command::NewProfile);
        let Screen::Open(vault) = &mut state.screen else { panic!("open") };
        let draft = vault.draft.as_mut().expect("a new form");
        draft.fields.name = "Fabrikam".to_owned();
        draft.fields.environment_url = "https://contoso.crm4.dynamics.com.evil.example/".to_owned();
        draft.fields.client_id = "contoso".to_owned();
        draft.fields.client_secret = "11112222-aaaa-3333-bbbb-4444cccc5555".into();
        draft.fields.expires = "31.5.2027".to_owned();
        state
    });
}

#[test]
fn dialogs() {
    in_both_themes("delete_dialog", || {
        let mut state = opened(several());
        state.handle(Command::Select(several()[1].id));
        state.handle(Command::AskDelete);
        state
    });
}

#[test]
fn pasted_string() {
    in_both_themes("paste_dialog", || {
        let mut state = opened(several());
        state.handle(Command::OpenPaste);
        let Some(Dialog::Paste(form)) = state.dialogs.front_mut() else { panic!("the dialog is open") };
        form.text =
            "AuthType=ClientSecret;Url=https://contoso.crm4.dynamics.com;ClientId=x;ClientSecret=abc;d=ef".into();
        state
    });
}

#[test]
fn date_choice() {
    let mut results = egui_kittest::SnapshotResults::new();
    for (theme, word) in [(Theme::Light, "light"), (Theme::Dark, "dark")] {
        let mut state = opened(several());
        state.handle(Command::Select(several()[1].id));
        let mut window = window(state, vec2(1024.0, 700.0), theme);
        press(&mut window, "Choose a date");
        window.snapshot(format!("date_choice_{word}"));
        results.extend_harness(&mut window);
    }
}

#[test]
fn twice_the_size_at_the_smallest_window() {
    let mut state = opened(several());
    state.handle(Command::Select(several()[1].id));
    // 1024 by 700 pixels with text at 150 %.
    let mut window = window(state, vec2(1024.0 / 1.5, 700.0 / 1.5), Theme::Light);
    window.snapshot("large_text_light");
}

#[test]
fn test_all() {
    in_both_themes("test_all", || {
        let mut state = opened(several());
        state.handle(Command::Show(Page::TestAll));
        state.handle(Command::TestAll);
        for (place, report) in [(0, passed()), (1, wrong_secret()), (4, passed())] {
            state.receive(Answer::OneOfManyFinished(1, place, Box::new(report)));
        }
        state.receive(Answer::ManyFinished(1));
        state.handle(Command::DismissNotice);
        state
    });
}

//! Every screen as a picture, in both themes.

use a365_password_tool::app::{
    command::{Command, Page},
    state::AppState,
};
use egui::{Theme, vec2};

use crate::harness::{VaultFile, opened, several, start, window};

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
    in_both_themes("first_start", || AppState::new(start(VaultFile::Missing)));
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

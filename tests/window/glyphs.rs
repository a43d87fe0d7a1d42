//! No text of the app is shown as a box.

use a365_password_tool::app::{
    state::{AppState, CheckCommand, Command, Page, ProfileCommand, VaultFile},
    tasks::{Answer, Owner, Ticket},
};
use a365_password_tool::connection_check::diagnosis;
use egui::{FontId, TextStyle};
use egui_kittest::kittest::{NodeT, Queryable};

use crate::harness::{Window, opened, requests, several, small, start};
use crate::reports::{passed, wrong_secret};

/// Every text in the window's accessibility tree.
fn texts(window: &Window) -> Vec<String> {
    window
        .query_all_by(|_| true)
        .flat_map(|node| {
            let node = node.accesskit_node();
            [node.label(), node.value()].into_iter().flatten().collect::<Vec<_>>()
        })
        .collect()
}

fn missing(window: &Window, text: &str) -> Vec<char> {
    let fonts: Vec<FontId> = window.ctx.style_of(egui::Theme::Light).text_styles.values().cloned().collect();
    assert!(fonts.contains(&TextStyle::Body.resolve(&window.ctx.style_of(egui::Theme::Light))));
    window.ctx.fonts_mut(|all| {
        text.chars()
            .filter(|c| !c.is_whitespace())
            .filter(|c| fonts.iter().any(|font| !all.has_glyph(font, *c)))
            .collect()
    })
}

fn checked(state: AppState, failing: bool) -> AppState {
    let mut state = state;
    state.handle(Command::Profiles(ProfileCommand::Select(several()[1].id)));
    state.handle(Command::Check(CheckCommand::Start));
    let report = if failing { wrong_secret() } else { passed() };
    state.receive(Answer::CheckFinished(Ticket::new(1, Owner::Check(several()[1].id)), Box::new(report)));
    state
}

#[test]
fn every_screen_has_all_its_glyphs() {
    let page = |page| {
        let mut state = opened(several());
        state.handle(Command::Show(page));
        state
    };
    let states = [
        AppState::new(start(VaultFile::NotYet)),
        AppState::new(start(VaultFile::There)),
        opened(Vec::new()),
        checked(opened(several()), true),
        checked(opened(several()), false),
        page(Page::Settings),
        page(Page::About),
    ];
    for state in states {
        let mut window = small(state);
        requests(&mut window);
        let texts = texts(&window);
        assert!(texts.len() > 5, "the screen has texts");
        for text in texts {
            assert!(missing(&window, &text).is_empty(), "{text:?}: {:?}", missing(&window, &text));
        }
    }
}

#[test]
fn every_diagnosis_has_all_its_glyphs() {
    let window = small(opened(Vec::new()));
    assert!(diagnosis::texts().count() > 100);
    for text in diagnosis::texts() {
        assert!(missing(&window, text).is_empty(), "{text}: {:?}", missing(&window, text));
    }
}

#[test]
fn names_of_western_and_central_europe_have_their_glyphs_and_the_test_can_fail() {
    let window = small(opened(Vec::new()));
    assert_eq!(missing(&window, "Größe Ørsted Łódź Čapek Ő İstanbul Ђ Ελλάς €"), Vec::<char>::new());
    assert_eq!(missing(&window, "\u{1F4C6}"), ['\u{1F4C6}']);
}

//! A minute of typing, in which everything comes and goes that may: not one letter is lost, and none goes elsewhere.

use a365_password_tool::app::{
    state::{AppState, CheckCommand, Command, ProfileCommand},
    tasks::{Answer, Change, ClipboardRequest, NetworkRequest, Part, Request},
};
use a365_password_tool::connection_check::{Progress, Stage};
use a365_password_tool::profile::Profile;
use a365_password_tool::vault::{Behind, Standing};
use egui::{Key, Theme, vec2};
use egui_kittest::Node;
use egui_kittest::kittest::{By, NodeT, Queryable};

use crate::harness::{Window, answer, opened, profile, requests, several, today, window};
use crate::reports::{passed, wrong_secret};

/// One letter is typed at each.
const SECONDS: usize = 60;
/// The fields of a form.
const FIELDS: [&str; 9] = [
    "Profile name",
    "Client secret",
    "Environment URL",
    "Client ID",
    "Secret expires",
    "Tenant",
    "Tags",
    "Notes",
    "Encrypted connection string",
];

/// Something that happens around a field.
type Event<'e> = Box<dyn Fn(&mut Window) + 'e>;

/// What comes and goes, in turn.
fn events(edited: &Profile) -> Vec<(&'static str, Event<'_>)> {
    let behind = Behind { seen_generation: 41, seen_at: today(), generation: 37, saved_at: today() };
    let others = move |count: u128| {
        let more =
            (0..count).map(|number| profile(700 + number, &format!("Another {number}"), "2026-12-02", Some(false)));
        let mut there = several();
        there.retain(|it| it.id != edited.id);
        there.insert(0, edited.clone());
        there.extend(more);
        Answer::Profiles(there.into(), Change::Refreshed)
    };
    let said = |answered: fn() -> Answer| -> Event<'static> { Box::new(move |it| answer(it, answered())) };
    let commanded =
        |command: fn() -> Command| -> Event<'static> { Box::new(move |it| it.state_mut().state.handle(command())) };
    vec![
        ("a secret was copied", commanded(|| Command::Profiles(ProfileCommand::CopyConnectionString))),
        ("the clipboard is held", said(|| Answer::SecretCopied(Ok(())))),
        (
            "an older copy of the vault was noticed",
            Box::new(move |it| {
                answer(it, Answer::Standing(Some(Standing::Older(behind))));
            }),
        ),
        ("a warning came", said(|| Answer::Warning("The drive is slow.".to_owned()))),
        ("a colleague added profiles", Box::new(move |it| answer(it, others(7)))),
        ("the message was dismissed", commanded(|| Command::DismissNotice)),
        ("the backups had trouble", said(|| Answer::BackupTrouble("The disk is full.".to_owned()))),
        ("the older copy went", said(|| Answer::Standing(None))),
        ("a test began", commanded(|| Command::Check(CheckCommand::Start))),
        (
            "the test went on",
            Box::new(|it| in_check(it, |ticket| Answer::CheckProgress(ticket, Progress::Started(Stage::Tenant)))),
        ),
        (
            "the test failed",
            Box::new(|it| in_check(it, |ticket| Answer::CheckFinished(ticket, Box::new(wrong_secret())))),
        ),
        ("a colleague removed profiles", Box::new(move |it| answer(it, others(0)))),
        ("a part of the program stopped", said(|| Answer::Fault(Part::Other, "A report is kept.".to_owned()))),
        ("the reminders were not updated", said(|| Answer::RemindersNotUpdated("The folder is read-only.".to_owned()))),
        ("a test began again", commanded(|| Command::Check(CheckCommand::Start))),
        ("the test passed", Box::new(|it| in_check(it, |ticket| Answer::CheckFinished(ticket, Box::new(passed()))))),
        ("the settings were not saved", said(|| Answer::SettingsNotSaved("The folder is read-only.".to_owned()))),
        ("the clipboard was emptied", said(|| Answer::ClipboardCleared(true))),
    ]
}

/// Gives the answer to the check that runs, if there is one: what was typed may have kept it from beginning.
fn in_check(window: &mut Window, answered: impl FnOnce(a365_password_tool::app::tasks::Ticket) -> Answer) {
    let running = window.state().requests.iter().rev().find_map(|request| match request {
        Request::Network(NetworkRequest::Check(ticket, ..)) => Some(*ticket),
        _ => None,
    });
    if let Some(ticket) = running {
        answer(window, answered(ticket));
    }
}

/// The field of that name, whatever else has come to be called so.
fn input<'w>(window: &'w Window, name: &'static str) -> Node<'w> {
    let mut inputs = window.query_all(By::new().predicate(|node| node.is_text_input()));
    inputs.find(|node| node.accesskit_node().label().as_deref() == Some(name)).expect("the field is there")
}

fn form(edited: &Profile) -> Window {
    let mut state: AppState = opened(several());
    state.handle(Command::Profiles(ProfileCommand::Select(edited.id)));
    let mut window = window(state, vec2(1024.0, 700.0), Theme::Light);
    window.run();
    window.get_by_label("Tenant, tags and notes").focus();
    window.run();
    window.key_press(Key::Enter);
    window.run();
    window
}

#[test]
fn a_minute_of_typing_loses_no_letter_whatever_comes_and_goes() {
    let edited = several().remove(1);
    for field in FIELDS {
        let mut window = form(&edited);
        let _ = requests(&mut window);
        input(&window, field).focus();
        window.run();
        let value = |window: &Window| input(window, field).value().unwrap_or_default();
        let count = |text: &str| text.chars().count();
        let before = count(&value(&window));
        let events = events(&edited);
        let mut copied = 0;
        for second in 0..SECONDS {
            let (what, happens) = &events[second % events.len()];
            window.state_mut().seconds = Some(second as f64);
            happens(&mut window);
            copied += window
                .state()
                .requests
                .iter()
                .filter(|request| matches!(request, Request::Clipboard(ClipboardRequest::Copy(_))))
                .count();
            window.event(egui::Event::Text("q".to_owned()));
            window.run();
            assert!(input(&window, field).is_focused(), "{field} lost the keyboard when {what}");
            assert_eq!(count(&value(&window)), before + second + 1, "{field} lost a letter when {what}");
        }
        assert!(copied > 0 || field != "Notes", "the events were there");
    }
}

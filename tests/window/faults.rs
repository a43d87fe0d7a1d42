//! Faults in the program itself: the person is told, and nothing that was typed is lost.

use a365_password_tool::app::{
    command::{Command, Page},
    state::{AppState, Dialog, PasteForm, Screen, VaultFile},
    tasks::{Answer, Part, Request},
};
use a365_password_tool::settings::RendererChoice;
use a365_password_tool::window::{Drawing, Renderer};

use crate::harness::{answer, fill, opened, press, requests, says, several, small, start};

const REPORT: &str = "A report without secrets is in reports/fault.txt.";

fn vault_at_fault() -> Answer {
    Answer::Fault(Part::Vault, REPORT.to_owned())
}

#[test]
fn a_fault_in_the_vaults_work_locks_it_and_gives_back_what_was_typed() {
    let mut window = small(opened(several()));
    window.state_mut().state.handle(Command::Select(several()[0].id));
    window.run();
    fill(&mut window, "Profile name", " typed here");
    press(&mut window, "Save");
    drop(requests(&mut window));
    answer(&mut window, vault_at_fault());
    assert!(says(&window, "because of a fault in the program itself"));
    assert!(says(&window, "What you typed and did not save is kept in this window"));
    assert!(says(&window, REPORT));
    assert!(requests(&mut window).iter().any(|request| matches!(request, Request::LockVault)));
    let path = "Vaults/contact-centre.a365vault".into();
    answer(&mut window, Answer::VaultOpened(path, several(), None));
    let Screen::Open(vault) = &window.state().state.screen else { panic!("open again") };
    let draft = vault.draft.as_ref().expect("the form is back");
    assert_eq!(draft.fields.name, "Adventure Works typed here");
    assert!(draft.is_changed());
}

#[test]
fn without_unsaved_changes_nothing_is_promised() {
    let mut window = small(opened(several()));
    window.state_mut().state.dialogs.push_back(Dialog::Paste(PasteForm::default()));
    answer(&mut window, vault_at_fault());
    assert!(says(&window, "The vault's file is as it was after the last save."));
    assert!(!says(&window, "kept in this window"));
    assert!(window.state().state.dialogs.is_empty());
}

#[test]
fn a_fault_while_a_vault_opens_does_not_leave_the_form_waiting() {
    for file in [VaultFile::There, VaultFile::NotYet] {
        let mut state = AppState::new(start(file));
        match &mut state.screen {
            Screen::Unlock(form) => form.working = true,
            Screen::FirstStart(form) => form.working = true,
            Screen::Open(_) => panic!("not yet"),
        }
        let mut window = small(state);
        answer(&mut window, vault_at_fault());
        assert!(says(&window, "because of a fault in the program itself"));
        let is_working = match &window.state().state.screen {
            Screen::Unlock(form) => form.working,
            Screen::FirstStart(form) => form.working,
            Screen::Open(_) => true,
        };
        assert!(!is_working);
    }
}

#[test]
fn a_fault_elsewhere_is_a_notice() {
    let mut window = small(opened(several()));
    answer(&mut window, Answer::Fault(Part::Other, REPORT.to_owned()));
    assert!(says(&window, "A part of this program stopped"));
    assert!(window.state().state.open_vault().is_some());
}

#[test]
fn a_person_reads_why_the_processor_draws_and_can_try_the_card_again() {
    let why = "The graphics card is not used: on 2026-11-20 its driver stopped this program.";
    let mut state = opened(several());
    state.settings.renderer = RendererChoice::Gpu;
    state.drawing = Drawing { by: Renderer::Cpu, instead: Some(why.to_owned()) };
    state.handle(Command::Show(Page::Settings));
    let mut window = small(state);
    assert!(says(&window, why));
    window.state_mut().state.handle(Command::Show(Page::About));
    window.run();
    assert!(says(&window, why));
    let mut settings = window.state().state.settings.clone();
    for (renderer, tries_again) in [(RendererChoice::Cpu, false), (RendererChoice::Gpu, true)] {
        settings.renderer = renderer;
        window.state_mut().state.handle(Command::ChangeSettings(settings.clone()));
        window.run();
        let asked = requests(&mut window);
        assert_eq!(asked.iter().any(|request| matches!(request, Request::TryGpuAgain)), tries_again);
    }
}

#[test]
fn a_portable_program_says_where_everything_is() {
    let mut state = opened(several());
    state.portable_folder = Some("E:/A365/data".into());
    state.handle(Command::Show(Page::Settings));
    let mut window = small(state);
    assert!(says(&window, "beside the portable program, in E:/A365/data"));
    window.state_mut().state.handle(Command::Show(Page::About));
    window.run();
    assert!(says(&window, "Everything is kept in E:/A365/data"));
}

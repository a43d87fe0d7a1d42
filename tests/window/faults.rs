//! Faults in the program itself: the person is told, and nothing that was typed is lost.

use a365_password_tool::app::{
    state::{AppState, Attempt, Command, Dialog, Page, PasteForm, ProfileCommand, Screen, VaultFile},
    tasks::{Answer, Part, Request, SettingsRequest, VaultFileRequest},
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
    window.state_mut().state.handle(Command::Profiles(ProfileCommand::Select(several()[0].id)));
    window.run();
    fill(&mut window, "Profile name", " typed here");
    press(&mut window, "Save");
    drop(requests(&mut window));
    answer(&mut window, vault_at_fault());
    assert!(says(&window, "because of an internal error"));
    assert!(says(&window, "Your unsaved changes are still in this window"));
    assert!(says(&window, REPORT));
    assert!(requests(&mut window).iter().any(|request| matches!(request, Request::VaultFile(VaultFileRequest::Lock))));
    let path = "Vaults/contact-centre.a365vault".into();
    answer(&mut window, Answer::VaultOpened(path, several().into(), None));
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
    assert!(says(&window, "The vault file is unchanged since the last save."));
    assert!(!says(&window, "still in this window"));
    assert!(window.state().state.dialogs.is_empty());
}

#[test]
fn a_fault_while_a_vault_opens_does_not_leave_the_form_waiting() {
    for file in [VaultFile::There, VaultFile::NotYet] {
        let mut state = AppState::new(start(file));
        match &mut state.screen {
            Screen::Unlock(form) => form.attempt = Attempt::UnderWay,
            Screen::FirstStart(form) => form.attempt = Attempt::UnderWay,
            Screen::Open(_) => panic!("not yet"),
        }
        let mut window = small(state);
        answer(&mut window, vault_at_fault());
        assert!(says(&window, "because of an internal error"));
        let is_working = match &window.state().state.screen {
            Screen::Unlock(form) => form.attempt.is_under_way(),
            Screen::FirstStart(form) => form.attempt.is_under_way(),
            Screen::Open(_) => true,
        };
        assert!(!is_working);
    }
}

#[test]
fn a_fault_elsewhere_is_a_notice() {
    let mut window = small(opened(several()));
    answer(&mut window, Answer::Fault(Part::Other, REPORT.to_owned()));
    assert!(says(&window, "Part of this program stopped"));
    assert!(window.state().state.open_vault().is_some());
}

#[test]
fn a_person_reads_why_the_processor_draws_and_can_try_the_card_again() {
    let why = "The graphics card is not used: on 20 Nov 2026 its driver stopped this program.";
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
        window.state_mut().state.handle(Command::ChangeSettings(Box::new(settings.clone())));
        window.run();
        let asked = requests(&mut window);
        assert_eq!(
            asked.iter().any(|request| matches!(request, Request::Settings(SettingsRequest::TryGpuAgain))),
            tries_again
        );
    }
}

#[test]
fn a_portable_program_says_where_everything_is() {
    let mut state = opened(several());
    state.portable_folder = Some("E:/A365/data".into());
    state.handle(Command::Show(Page::Settings));
    let mut window = small(state);
    assert!(says(&window, "next to the portable program, in E:/A365/data"));
    window.state_mut().state.handle(Command::Show(Page::About));
    window.run();
    assert!(says(&window, "All data is stored in E:/A365/data"));
}

#[test]
fn a_desktop_without_file_dialogs_is_told_and_a_cancelled_one_is_silent() {
    let mut window = small(opened(several()));
    press(&mut window, "Import…");
    answer(&mut window, Answer::FilesToImport(Vec::new()));
    assert!(window.state().state.notice.is_none(), "nothing was chosen");
    answer(&mut window, Answer::NoFileDialog);
    answer(&mut window, Answer::FilesToImport(Vec::new()));
    assert!(says(&window, "No file could be chosen") && says(&window, "Install zenity"));
    let mut window = small(AppState::new(start(VaultFile::There)));
    press(&mut window, "Open another vault…");
    answer(&mut window, Answer::NoFileDialog);
    answer(&mut window, Answer::ExistingVault(None));
    assert!(says(&window, "Install zenity"), "also while the vault is locked");
}

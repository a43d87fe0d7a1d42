//! Profiles into files for other programs: what is asked, and what leaves.

use std::path::PathBuf;

use a365_password_tool::{
    app::{
        state::{AppState, Command, ExportCommand, Page, SelectionCommand, VaultTab},
        tasks::{Answer, ExportOrder, ExportedFile, FileDialogRequest, Request, Tasks, VaultFileRequest, VaultRequest},
    },
    cloud::Overrides,
    exchange::export::{LeftOut, Secrets, Target},
    profile::SecretText,
    vault::{Credential, KdfParameters, Trust, Vault},
};
use egui::{Theme, accesskit::Role, vec2};
use egui_kittest::kittest::{NodeT, Queryable};

use crate::harness::{Window, answer, fill, opened, press, requests, says, several, small, window};

/// The dialog for two profiles.
fn asked() -> AppState {
    let mut state = opened(several());
    let ids = several().iter().take(2).map(|profile| profile.id).collect();
    state.handle(Command::Selection(SelectionCommand::Set(ids)));
    state
}

fn choose(window: &mut Window, format: &str) {
    window.get_by_role_and_label(Role::ComboBox, "Format").click();
    window.run();
    window.get_all_by_label(format).last().expect("the format").click();
    window.run();
}

/// The order to the vault, once a file is chosen.
fn ordered(window: &mut Window, target: Target, path: &str) -> ExportOrder {
    let asked = requests(window);
    assert!(
        matches!(asked.as_slice(), [Request::FileDialog(FileDialogRequest::ExportPlace(it))] if *it == target),
        "a file is asked for"
    );
    answer(window, Answer::ExportPlace(Some(path.into())));
    match requests(window).pop() {
        Some(Request::Vault(VaultRequest::Export(order))) => *order,
        _ => panic!("the vault writes it"),
    }
}

fn written(target: Target, path: &str, secrets: usize, left_out: Vec<(String, LeftOut)>) -> Answer {
    Answer::ProfilesExported(Ok(ExportedFile { path: path.into(), target, profiles: 2, secrets, left_out }))
}

#[test]
fn a_list_of_the_selected_ones_leaves_without_secrets() {
    let mut window = small(asked());
    press(&mut window, "Export…");
    assert!(says(&window, "Export 2 profiles") && says(&window, "Contains everything except secrets"));
    assert!(window.query_by_label_contains("Include").is_none(), "there is nothing to include");
    press(&mut window, "Export 2 profiles…");
    let order = ordered(&mut window, Target::Csv, "/home/ada/profiles.csv");
    assert_eq!((order.secrets, order.profiles.len(), order.password), (Secrets::LeftOut, 2, None));
    answer(&mut window, written(Target::Csv, "/home/ada/profiles.csv", 0, Vec::new()));
    assert!(says(&window, "Exported 2 profiles to /home/ada/profiles.csv, without client secrets."));
    assert!(window.state().state.dialogs.is_empty());
}

#[test]
fn a_database_needs_a_password_twice_and_takes_secrets_only_when_they_are_included() {
    let mut window = small(asked());
    press(&mut window, "Export…");
    choose(&mut window, "KeePass database (KDBX)");
    let button = |window: &Window| {
        window.get_by_role_and_label(Role::Button, "Export 2 profiles…").accesskit_node().is_disabled()
    };
    assert!(button(&window));
    fill(&mut window, "File password", "gusty lantern oatmeal tripod");
    fill(&mut window, "Confirm password", "gusty lantern oatmeal");
    assert!(button(&window) && says(&window, "do not match"));
    fill(&mut window, "Confirm password", " tripod");
    window.get_by_label("Include 2 client secrets").click();
    window.run();
    press(&mut window, "Export 2 profiles…");
    let order = ordered(&mut window, Target::Kdbx, "/home/ada/handover.kdbx");
    assert_eq!(order.secrets, Secrets::Included);
    assert_eq!(order.password.as_ref().map(SecretText::expose), Some("gusty lantern oatmeal tripod"));
    answer(&mut window, Answer::ProfilesExported(Err("The disk is full.".to_owned())));
    assert!(says(&window, "The disk is full."));
    // A list never takes them, whatever was ticked before.
    choose(&mut window, "Table (CSV)");
    press(&mut window, "Export 2 profiles…");
    assert_eq!(ordered(&mut window, Target::Csv, "/home/ada/list.csv").secrets, Secrets::LeftOut);
}

#[test]
fn readable_secrets_are_named_before_and_after() {
    let mut window = small(asked());
    press(&mut window, "Export…");
    choose(&mut window, "PowerShell SecretManagement");
    assert!(window.get_by_role_and_label(Role::Button, "Export 2 profiles…").accesskit_node().is_disabled());
    window.get_by_label("Include 2 client secrets").click();
    window.run();
    assert!(says(&window, "The client secrets are not protected: anyone who has the file can read them."));
    press(&mut window, "Export 2 profiles…");
    let order = ordered(&mut window, Target::PowerShell, "/home/ada/set.ps1");
    assert_eq!(order.secrets, Secrets::Included);
    answer(
        &mut window,
        written(order.target, "/home/ada/set.ps1", 2, vec![("Fabrikam".to_owned(), LeftOut::NoSecret)]),
    );
    assert!(says(&window, "with 2 client secrets. The client secrets are not protected"));
    assert!(says(&window, "“Fabrikam” has no client secret, and was left out."));
}

#[test]
fn nothing_is_written_when_the_vault_locks_or_the_dialog_is_cancelled_while_a_file_is_chosen() {
    let mut window = small(asked());
    press(&mut window, "Export…");
    press(&mut window, "Export 2 profiles…");
    requests(&mut window);
    press(&mut window, "Cancel");
    press(&mut window, "Export…");
    answer(&mut window, Answer::ExportPlace(Some("/home/ada/a.csv".into())));
    assert!(requests(&mut window).is_empty(), "another dialog asked for that file");
    press(&mut window, "Export 2 profiles…");
    window.state_mut().state.lock_now();
    window.run();
    requests(&mut window);
    answer(&mut window, Answer::ExportPlace(Some("/home/ada/b.csv".into())));
    assert!(requests(&mut window).is_empty());
}

#[test]
fn all_profiles_are_exported_from_the_page_about_the_vault() {
    let mut state = opened(several());
    state.handle(Command::Show(Page::Vault(VaultTab::UnlockMethods)));
    let mut window = small(state);
    press(&mut window, "Export all…");
    assert!(says(&window, "Export 6 profiles"));
}

#[test]
fn the_real_vault_writes_a_private_file_and_notes_it_or_writes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, file) = (folder.path().join("v.a365vault"), folder.path().join("list.txt"));
    let passphrase = SecretText::new(format!("made-{}", uuid::Uuid::new_v4()));
    let mut vault = Vault::create(&path, &passphrase, KdfParameters::minimum()).expect("a vault");
    vault.update(|contents| several().into_iter().try_for_each(|profile| contents.put(profile))).expect("saved");
    drop(vault);
    let mut tasks = Tasks::start(&egui::Context::default(), Overrides::none(), None);
    let credential = Credential::Passphrase(passphrase.clone());
    tasks.begin(Request::VaultFile(VaultFileRequest::Open(path.clone(), credential, Trust::Proven)));
    let mut export = |to: PathBuf| {
        tasks.begin(Request::Vault(VaultRequest::Export(Box::new(ExportOrder {
            profiles: several().iter().map(|profile| profile.id).collect(),
            target: Target::ConnectionStrings,
            secrets: Secrets::Included,
            password: None,
            path: to,
        }))));
        loop {
            let answer = tasks.answer_within(std::time::Duration::from_secs(60)).expect("an answer within a minute");
            if let Answer::ProfilesExported(exported) = answer {
                return exported;
            }
        }
    };
    let before = std::fs::read(&path).expect("the vault");
    let refused = export(path.clone()).expect_err("the vault itself");
    assert!(refused.contains("the vault itself"), "{refused}");
    assert_eq!(std::fs::read(&path).expect("the vault"), before);
    let exported = export(file.clone()).expect("a file");
    assert_eq!((exported.secrets, exported.left_out.len()), (5, 1), "one has no address");
    let text = std::fs::read_to_string(&file).expect("the file");
    assert!(text.contains(&crate::harness::entra_secret()));
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&file).expect("the file").permissions());
        assert_eq!(mode & 0o777, 0o600);
    }
    let vault = Vault::open(&path, &passphrase).expect("the vault");
    let last = vault.contents().history().last().expect("an entry").describe();
    assert!(last.contains("list.txt") && last.contains('5'), "{last}");
}

#[test]
fn pictures() {
    let mut results = egui_kittest::SnapshotResults::new();
    for (theme, word) in [(Theme::Light, "light"), (Theme::Dark, "dark")] {
        let mut state = asked();
        state.handle(Command::Export(ExportCommand::AskSelected));
        let mut window = window(state, vec2(1024.0, 700.0), theme);
        choose(&mut window, "KeePass database (KDBX)");
        window.snapshot(format!("export_dialog_{word}"));
        results.extend_harness(&mut window);
    }
}

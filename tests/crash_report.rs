//! A fault in the program itself, in a process of its own: what is kept, what is said, and what is not.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::mpsc::channel;

use a365_password_tool::crash_report;

/// Not a test of its own: the process that is at fault.
#[test]
#[ignore = "runs only as the child of the tests in this file"]
fn child() {
    let text = |name: &str| std::env::var(name).expect("the parent says it");
    crash_report::watch("a365-password-tool", Some(PathBuf::from(text("CHILD_FOLDER"))));
    match &*text("CHILD_FAULT") {
        "of the program" => panic!("a text of the program"),
        "made from data" => panic!("made from {}", text("CHILD_SECRET")),
        "on a thread" => {
            let (told, tell) = channel();
            crash_report::listen(move |fault| told.send(fault.place.clone()).expect("somebody listens"));
            let thread = std::thread::Builder::new().name("the worker".to_owned());
            assert!(thread.spawn(|| panic!("a text of the program")).expect("a thread").join().is_err());
            println!("heard of {}", tell.recv().expect("told"));
        }
        "caught" => {
            crash_report::listen(|_| println!("heard"));
            let fault = crash_report::catch(|| panic!("a text of the program")).expect_err("a fault");
            println!("caught {}", fault.where_report_is());
            assert_eq!(crash_report::catch(|| 7).ok(), Some(7));
        }
        "expected" => assert_eq!(crash_report::expecting(|| panic!("no library")), None::<()>),
        "expected on a thread" => {
            crash_report::listen(|_| println!("heard"));
            let thread = std::thread::Builder::new().name("egui_system_font_provider".to_owned());
            assert!(thread.spawn(|| panic!("no fonts")).expect("a thread").join().is_err());
        }
        "while falling" => {
            struct Falls;
            impl Drop for Falls {
                fn drop(&mut self) {
                    panic!("a second fault");
                }
            }
            let _falls = Falls;
            panic!("a first fault");
        }
        other => panic!("{other}"),
    }
}

fn fault(kind: &str, folder: &Path, secret: &str) -> (Output, Vec<String>) {
    let reports = folder.join("reports");
    let output = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "child", "--ignored", "--nocapture"])
        .env("CHILD_FAULT", kind)
        .env("CHILD_FOLDER", &reports)
        .env("CHILD_SECRET", secret)
        .output()
        .expect("a child");
    let read = |entry: std::io::Result<std::fs::DirEntry>| std::fs::read_to_string(entry.expect("a file").path());
    let texts = std::fs::read_dir(reports).map(|files| files.map(|file| read(file).expect("a text")).collect());
    (output, texts.unwrap_or_default())
}

fn printed(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn a_report_tells_where_the_fault_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let (output, reports) = fault("of the program", folder.path(), "");
    assert!(!output.status.success());
    let [report] = reports.as_slice() else { panic!("{reports:?}") };
    for part in [env!("CARGO_PKG_VERSION"), "Location: tests/crash_report.rs:", "Message:  a text of the program"] {
        assert!(report.contains(part), "{part} in {report}");
    }
    // This build has function names.
    assert!(report.contains("crash_report::child"), "{report}");
    assert!(printed(&output).contains("A report without secrets was saved to"), "{}", printed(&output));
}

#[test]
fn what_was_made_from_data_is_neither_kept_nor_printed() {
    let folder = tempfile::tempdir().expect("a folder");
    let secret = uuid::Uuid::new_v4().to_string();
    let (output, reports) = fault("made from data", folder.path(), &secret);
    assert!(!output.status.success());
    let [report] = reports.as_slice() else { panic!("{reports:?}") };
    assert!(report.contains("left out") && !report.contains(&secret), "{report}");
    assert!(!printed(&output).contains(&secret), "{}", printed(&output));
}

#[test]
fn a_fault_on_a_thread_is_heard_and_the_program_goes_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let (output, reports) = fault("on a thread", folder.path(), "");
    assert!(output.status.success(), "{}", printed(&output));
    assert!(printed(&output).contains("heard of tests/crash_report.rs:"), "{}", printed(&output));
    assert!(reports.len() == 1 && reports[0].contains("Thread:   the worker"), "{reports:?}");
}

#[test]
fn who_catches_a_fault_tells_of_it_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let (output, reports) = fault("caught", folder.path(), "");
    assert!(output.status.success(), "{}", printed(&output));
    let said = printed(&output);
    assert!(said.contains("caught A report without secrets") && !said.lines().any(|line| line == "heard"), "{said}");
    assert_eq!(reports.len(), 1);
}

#[test]
fn what_a_library_tells_by_a_panic_is_no_fault() {
    for kind in ["expected", "expected on a thread"] {
        let folder = tempfile::tempdir().expect("a folder");
        let (output, reports) = fault(kind, folder.path(), "");
        assert!(output.status.success() && !printed(&output).contains("heard"), "{}", printed(&output));
        assert!(reports.is_empty(), "{reports:?}");
    }
}

#[test]
fn a_fault_within_a_fault_is_told_before_the_program_ends() {
    let folder = tempfile::tempdir().expect("a folder");
    let (output, reports) = fault("while falling", folder.path(), "");
    assert!(!output.status.success());
    assert!(reports.len() >= 2, "{reports:?}");
    if cfg!(not(windows)) {
        let said = printed(&output);
        assert!(said.contains("A365 Password Tool stopped because of an internal error"), "{said}");
    }
}

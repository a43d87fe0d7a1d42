//! The portable program: everything beside it, nothing elsewhere. Played with the real programs, in a folder of their own.
#![cfg(target_os = "linux")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

const PASSPHRASE: &str = "four random words here\n";

/// Both programs in a folder, and a home that they should leave alone.
struct Stick {
    folder: TempDir,
    home: TempDir,
}

impl Stick {
    fn new() -> Stick {
        let stick =
            Stick { folder: tempfile::tempdir().expect("a folder"), home: tempfile::tempdir().expect("a home") };
        for program in
            [assert_cmd::cargo::cargo_bin!("a365-password-cli"), assert_cmd::cargo::cargo_bin!("a365-password-tool")]
        {
            let there = stick.folder.path().join(program.file_name().expect("a name"));
            // The same file by another name where the disk allows it: debug programs are large.
            if fs::hard_link(program, &there).is_err() {
                fs::copy(program, &there).expect("a copy");
            }
        }
        stick
    }

    fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, program: &str, arguments: &[&str], stdin: &str) -> Output {
        let mut command = Command::new(self.beside(program));
        command.args(arguments).env_clear().env("HOME", self.home.path());
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("started");
        // A program that does not read is no error here.
        let _ = child.stdin.take().expect("its stdin").write_all(stdin.as_bytes());
        child.wait_with_output().expect("its output")
    }

    fn cli(&self, arguments: &[&str]) -> Output {
        self.run("a365-password-cli", arguments, PASSPHRASE)
    }

    fn home_is_empty(&self) -> bool {
        files(self.home.path()).is_empty()
    }
}

/// All files below `folder`.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_file_or_an_empty_folder_beside_the_program_keeps_everything_there() {
    let ways: [fn(&Stick) -> std::io::Result<()>; 2] =
        [|stick| fs::write(stick.beside("portable.toml"), ""), |stick| fs::create_dir(stick.beside("data"))];
    for portable in ways {
        let stick = Stick::new();
        portable(&stick).expect("a mark");
        let made = stick.cli(&["vault", "create", "--passphrase-stdin"]);
        assert!(made.status.success(), "{}", said(&made));
        let secret = format!("{PASSPHRASE}made-{}\n", uuid::Uuid::new_v4());
        let url = "https://contoso.crm4.dynamics.com";
        let id = "11112222-aaaa-3333-bbbb-4444cccc5555";
        // Nothing is due, so that no notification is needed: not every machine has a desktop.
        let words = format!("profile add Contoso --url {url} --client-id {id} --expires 2099-12-31 --secret-stdin");
        let words: Vec<_> = words.split(' ').chain(["--passphrase-stdin"]).collect();
        let added = stick.run("a365-password-cli", &words, &secret);
        assert!(added.status.success(), "{}", said(&added));
        for name in ["data/profiles.a365vault", "data/reminders.index"] {
            assert!(stick.beside(name).is_file(), "{name}");
        }
        // The desktop program finds the same, without a window.
        let reminded = stick.run("a365-password-tool", &["--remind"], "");
        assert!(reminded.status.success(), "{}", said(&reminded));
        assert!(stick.home_is_empty(), "{:?}", files(stick.home.path()));
    }
}

#[test]
fn its_settings_are_beside_it_too() {
    let stick = Stick::new();
    fs::create_dir(stick.beside("data")).expect("a folder");
    fs::write(stick.beside("data/settings.toml"), "zoom_percent = 1\n").expect("settings");
    let info = stick.cli(&["vault", "info"]);
    assert!(said(&info).contains("zoom_percent"), "{}", said(&info));
}

#[test]
fn without_either_everything_is_with_the_account() {
    let stick = Stick::new();
    let made = stick.cli(&["vault", "create", "--passphrase-stdin"]);
    assert!(made.status.success(), "{}", said(&made));
    assert!(!stick.beside("data").exists());
    assert!(stick.home.path().join(".local/share/a365passwordtool/profiles.a365vault").is_file());
}

#[test]
fn a_folder_that_cannot_be_written_is_told_with_what_to_do() {
    let stick = Stick::new();
    fs::write(stick.beside("portable.toml"), "").expect("a mark");
    // A file is in the way: refused for administrators too, unlike missing rights.
    fs::write(stick.beside("data"), "").expect("a file");
    let made = stick.cli(&["vault", "create", "--passphrase-stdin"]);
    assert!(!made.status.success());
    let told = said(&made);
    assert!(told.contains("portable program") && told.contains("Move the program's folder"), "{told}");
    assert!(stick.home_is_empty());
}

#[test]
fn it_leaves_no_schedule_on_the_computer() {
    let stick = Stick::new();
    fs::write(stick.beside("portable.toml"), "").expect("a mark");
    let refused = stick.cli(&["remind", "--install"]);
    assert!(!refused.status.success());
    assert!(said(&refused).contains("leaves nothing on the computer"), "{}", said(&refused));
    assert!(stick.home_is_empty(), "{:?}", files(stick.home.path()));
}

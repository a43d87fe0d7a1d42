//! The program at a terminal of the test's own.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use a365_password_tool::profile::{ClientSecret, Profile, SecretText};
use a365_password_tool::vault::{Vault, VaultError};
use chrono::DateTime;
use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Termios, tcgetattr};
use uuid::Uuid;

use crate::program::{PASSPHRASE, Program};

const PATIENCE: Duration = Duration::from_secs(60);

/// A program whose terminal this is.
struct Session {
    /// What a person has: keyboard and screen.
    person: File,
    /// What the program has.
    terminal: File,
    running: Child,
    /// Everything that came to the screen, once the terminal is closed.
    screen: mpsc::Receiver<Vec<u8>>,
}

impl Session {
    fn start(command: &Command) -> Session {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
        grantpt(&master).expect("granted");
        unlockpt(&master).expect("unlocked");
        let name = ptsname(&master, Vec::new()).expect("a name").into_string().expect("a readable name");
        let open = || OpenOptions::new().read(true).write(true).open(&name).expect("the terminal's other side");
        // “setsid” makes it the program's own; it becomes the program and is not its parent. A signal that is ignored where the
        // tests were started (a shell's “&” ignores Ctrl+C) would be ignored by the program as well.
        let mut own = Command::new("env");
        own.args(["--default-signal", "setsid", "--ctty"]).arg(command.get_program()).args(command.get_args());
        own.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let running = own.stdin(open()).stdout(open()).stderr(Stdio::from(open())).spawn().expect("it starts");
        let person = File::from(master);
        let mut seen = person.try_clone().expect("the screen");
        let (send, screen) = mpsc::channel();
        thread::spawn(move || {
            let (mut all, mut piece) = (Vec::new(), [0; 4096]);
            // A terminal that is closed is an error on Linux.
            while let Ok(count @ 1..) = seen.read(&mut piece) {
                all.extend_from_slice(&piece[..count]);
            }
            let _ = send.send(all);
        });
        Session { person, terminal: open(), running, screen }
    }

    fn modes(&self) -> Termios {
        tcgetattr(&self.terminal).expect("modes")
    }

    /// Waits until it reads unseen.
    fn is_asked(&mut self) {
        let end = Instant::now() + PATIENCE;
        while self.modes().local_modes.contains(LocalModes::ECHO) {
            assert!(self.running.try_wait().expect("a child").is_none(), "it ended without a question");
            assert!(Instant::now() < end, "nobody is asked");
            thread::yield_now();
        }
    }

    fn types(&mut self, keys: &[u8]) {
        self.person.write_all(keys).expect("a keyboard");
    }

    fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(i32::try_from(self.running.id()).expect("a number")).expect("not 0");
        kill_process(pid, signal).expect("sent");
    }

    /// How it ended, and what the screen showed.
    fn ends(mut self) -> (ExitStatus, Termios, String) {
        let status = self.running.wait().expect("its end");
        let modes = self.modes();
        drop(self.terminal);
        let screen = self.screen.recv_timeout(PATIENCE).expect("the screen");
        (status, modes, String::from_utf8(screen).expect("text"))
    }
}

/// What ends a question.
type End = fn(&mut Session);

#[test]
fn a_terminal_is_put_back_however_a_question_ends() {
    let program = Program::with_vault();
    let ends: [(&str, End, Option<i32>); 6] = [
        ("Ctrl+C", |session| session.types(b"\x03"), Some(2)),
        ("Ctrl+D", |session| session.types(b"\x04"), None),
        ("SIGTERM", |session| session.signal(Signal::TERM), Some(15)),
        ("SIGHUP", |session| session.signal(Signal::HUP), Some(1)),
        ("SIGQUIT", |session| session.signal(Signal::QUIT), Some(3)),
        ("an answer", |session| session.types(format!("{PASSPHRASE}\r").as_bytes()), None),
    ];
    for (how, end, signal) in ends {
        let mut session = Session::start(&program.command(&["profile", "list"]));
        session.is_asked();
        end(&mut session);
        let (status, modes, screen) = session.ends();
        let wanted = LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG;
        assert!(modes.local_modes.contains(wanted), "after {how}: {:?}", modes.local_modes);
        assert_eq!(status.signal(), signal, "{how} is an end by that signal: {screen}");
        assert!(!screen.contains(PASSPHRASE), "{how}");
        if how == "Ctrl+D" {
            assert!(status.code() == Some(3) && screen.contains("\r\nNothing was entered"), "{screen}");
        }
    }
}

#[test]
fn exact_answers_do_not_steer_a_terminal() {
    let program = Program::with_vault();
    let secret = ClientSecret::parse(&format!("s\x1b[2J\u{202e}{}", "x".repeat(8))).expect("a secret");
    let mut vault = Vault::open(&program.vault(), &SecretText::from(PASSPHRASE)).expect("opened");
    let filled = vault.update(|contents| {
        let mut profile = Profile::new(Uuid::from_u128(1), "Contoso", DateTime::UNIX_EPOCH);
        profile.client_secret = Some(secret.clone());
        profile.notes = "n\x1b]0;x\x07".to_owned();
        contents.put(profile)
    });
    filled.map_err(|error: VaultError| error.to_string()).expect("saved");
    let args = ["profile", "show", "Contoso", "--reveal"];

    let piped = program.run(&[&args[..], &["--passphrase-stdin"]].concat(), PASSPHRASE).expect(0);
    assert!(piped.stdout.contains(secret.expose()), "exact in a pipe: {:?}", piped.stdout);
    assert!(!piped.stdout.contains('\x07'), "but not what is no secret: {:?}", piped.stdout);

    let mut session = Session::start(&program.command(&args));
    session.is_asked();
    session.types(format!("{PASSPHRASE}\r").as_bytes());
    let (status, _, screen) = session.ends();
    assert!(status.success(), "{screen}");
    assert!(screen.contains("s\\u{1b}[2J\\u{202e}xxxxxxxx") && screen.contains("n\\u{1b}]0;x\\u{7}"), "{screen}");
    assert!(!screen.contains('\x1b') && screen.contains("they are shown as \\u{…}"), "{screen:?}");
}

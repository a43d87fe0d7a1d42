//! The real program in a home of its own, with one vault.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use a365_password_tool::profile::SecretText;
use a365_password_tool::vault::{KdfParameters, Vault};
use serde_json::Value;
use tempfile::TempDir;

pub(crate) const PASSPHRASE: &str = "four random words here";
pub(crate) const CLIENT_ID: &str = "11112222-aaaa-3333-bbbb-4444cccc5555";
pub(crate) const URL: &str = "https://contoso.crm4.dynamics.com";

pub(crate) struct Program {
    home: TempDir,
}

pub(crate) struct Answer {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        let value: Value = serde_json::from_str(&self.stdout).unwrap_or_else(|_| panic!("one object: {}", self.stdout));
        assert!(self.stdout.starts_with("{\"schema\":1,"), "the schema comes first: {}", self.stdout);
        value
    }

    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Answer {
        assert_eq!(self.code, Some(code), "stdout: {}\nstderr: {}", self.stdout, self.stderr);
        self
    }
}

impl Program {
    /// A home with an empty vault.
    pub(crate) fn with_vault() -> Program {
        let program = Program { home: tempfile::tempdir().expect("a folder") };
        let passphrase = SecretText::from(PASSPHRASE);
        Vault::create(&program.vault(), &passphrase, KdfParameters::minimum()).expect("a vault");
        program
    }

    pub(crate) fn vault(&self) -> PathBuf {
        self.home.path().join("test.a365vault")
    }

    /// The settings file, where the environment says what a user's home is.
    pub(crate) fn settings(&self) -> PathBuf {
        self.home.path().join("a365passwordtool/settings.toml")
    }

    /// The program with its arguments and no way to the internet: its proxy is a port where nobody answers.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("a365-password-cli"));
        command.arg("--vault").arg(self.vault()).args(args);
        for name in ["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "APPDATA", "LOCALAPPDATA"] {
            command.env(name, self.home.path());
        }
        for name in ["NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy", "https_proxy"] {
            command.env_remove(name);
        }
        command.env("HTTPS_PROXY", "http://127.0.0.1:9");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs the program with `stdin` piped in.
    pub(crate) fn run(&self, args: &[&str], stdin: &str) -> Answer {
        finish(self.command(args), stdin)
    }

    /// Runs a command that opens the vault.
    pub(crate) fn open(&self, args: &[&str]) -> Answer {
        self.run(&[args, &["--passphrase-stdin"]].concat(), &format!("{PASSPHRASE}\n"))
    }

    /// Adds a profile with this secret.
    pub(crate) fn add(&self, name: &str, secret: &str, more: &[&str]) -> Answer {
        let fixed = ["profile", "add", name, "--url", URL, "--client-id", CLIENT_ID, "--secret-stdin"];
        let args = [&fixed, more, &["--passphrase-stdin"]].concat();
        self.run(&args, &format!("{PASSPHRASE}\n{secret}\n"))
    }
}

pub(crate) fn finish(mut command: Command, stdin: &str) -> Answer {
    use std::io::Write;
    let mut child = command.spawn().expect("the program starts");
    let mut pipe = child.stdin.take().expect("a pipe");
    // A program that refuses its arguments does not wait to be told a secret.
    let _ = pipe.write_all(stdin.as_bytes());
    drop(pipe);
    let output = child.wait_with_output().expect("the program ends");
    let text = |bytes| String::from_utf8(bytes).expect("the answer is UTF-8");
    Answer { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

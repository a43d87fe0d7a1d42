//! The command's connections to the world: the three streams, the clock, the settings, and who is asked for secrets.

use std::io::{self, Read, Write};
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use serde::Serialize;
use zeroize::Zeroizing;

use super::failure::Failure;
use super::input::Input;
use super::output::Line;
use crate::escape::{json_line, visible, visible_line};
use crate::profile::SecretText;
use crate::reminder::Places;

/// Asks a person for a secret, without showing it.
pub type Ask<'a> = dyn FnMut(&str) -> io::Result<SecretText> + 'a;

/// Opens an https page in a browser.
pub type OpenPage<'a> = dyn FnMut(&str) -> io::Result<()> + 'a;

/// Everything that a command takes from its surroundings, so that a test can hand in its own.
pub struct Io<'a> {
    /// Standard input. To keep secrets out of freed memory it should not be buffered.
    pub stdin: &'a mut dyn Read,
    /// Standard output.
    pub stdout: &'a mut dyn Write,
    /// Standard error.
    pub stderr: &'a mut dyn Write,
    /// How to ask for a secret; `None` where nobody sits at a terminal.
    pub ask: Option<&'a mut Ask<'a>>,
    /// What standard input is connected to.
    pub stdin_is: StdinIs,
    /// What standard output is connected to.
    pub stdout_is: StdoutIs,
    /// Opens a page in the person's browser.
    pub open_page: &'a mut OpenPage<'a>,
    /// The clock.
    pub now: &'a dyn Fn() -> DateTime<Utc>,
    /// The settings file, which names the proxy and the vault.
    pub settings_path: Option<PathBuf>,
    /// Where the reminder index is; `None` for an account without a home.
    pub reminders: Option<Places>,
}

/// What standard input is connected to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StdinIs {
    /// A person's keyboard; nothing is piped in.
    Terminal,
    /// A pipe or a file.
    Piped,
}

/// What standard output is connected to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StdoutIs {
    /// A person's screen, which text can steer.
    Terminal,
    /// A file, or another program.
    Elsewhere,
}

/// [`Io`] with what a command needs of it.
pub(super) struct Console<'a> {
    input: Input<'a>,
    stdout: &'a mut dyn Write,
    stderr: &'a mut dyn Write,
    ask: Option<&'a mut Ask<'a>>,
    stdin_is: StdinIs,
    stdout_is: StdoutIs,
    open_page: &'a mut OpenPage<'a>,
    now: &'a dyn Fn() -> DateTime<Utc>,
    settings_path: Option<PathBuf>,
    reminders: Option<Places>,
    /// Whether the terminal showed something in another way than it is.
    showed_differently: bool,
    /// The first error of writing to standard output.
    output_error: Option<io::Error>,
}

impl<'a> Console<'a> {
    pub(super) fn new(io: Io<'a>) -> Console<'a> {
        let Io { stdin, stdout, stderr, ask, stdin_is, stdout_is, open_page, now, settings_path, reminders } = io;
        let input = Input::new(stdin);
        let (showed_differently, output_error) = (false, None);
        Console {
            input,
            stdout,
            stderr,
            ask,
            stdin_is,
            stdout_is,
            open_page,
            now,
            settings_path,
            reminders,
            showed_differently,
            output_error,
        }
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        (self.now)()
    }

    /// Opens an https page in the person's browser.
    pub(super) fn open_page(&mut self, address: &str) -> io::Result<()> {
        (self.open_page)(address)
    }

    pub(super) fn settings_path(&self) -> Option<PathBuf> {
        self.settings_path.clone()
    }

    /// Where the reminder index is.
    pub(super) fn reminders(&self) -> Option<Places> {
        self.reminders.clone()
    }

    /// Whether a person can be asked for a secret.
    pub(super) fn somebody_is_there(&self) -> bool {
        self.ask.is_some()
    }

    /// Writes a line of the answer, whatever somebody's name in it holds.
    pub(super) fn answer(&mut self, line: &str) {
        self.write(&visible_line(line));
    }

    /// Writes lines of the answer at once.
    pub(super) fn answer_lines(&mut self, lines: &[Line]) {
        if !lines.is_empty() {
            let lines: Vec<&str> = lines.iter().map(Line::as_str).collect();
            self.answer_exact(&Zeroizing::new(lines.join("\n")));
        }
    }

    /// Writes an answer that another program or a file gets exactly as it is: a secret that was asked for, a file's
    /// text. A terminal gets it too, but is not steered by it.
    pub(super) fn answer_exact(&mut self, text: &str) {
        match self.stdout_is {
            StdoutIs::Elsewhere => self.write(text),
            StdoutIs::Terminal => {
                // A line's end alone is no other text.
                let shown = visible(text);
                self.showed_differently |= *shown != *text && *shown != *text.replace("\r\n", "\n");
                self.write(&shown);
            }
        }
    }

    /// Writes the answer as one JSON object on one line.
    pub(super) fn answer_json(&mut self, answer: &impl Serialize) {
        let text = json_line(answer).expect("answers are made of texts, numbers and lists");
        self.write(&text);
    }

    /// The only way to standard output. An error is kept for the end: a reader who went away is no reason to stop.
    fn write(&mut self, safe: &str) {
        if self.output_error.is_none() {
            let written = writeln!(self.stdout, "{safe}").and_then(|()| self.stdout.flush());
            self.output_error = written.err();
        }
    }

    /// Writes a line for people beside the answer, whatever somebody's name in it holds.
    pub(super) fn note(&mut self, line: &str) {
        self.note_lines(&visible_line(line));
    }

    /// Writes a text of ours for people beside the answer.
    pub(super) fn note_lines(&mut self, text: &str) {
        // If this cannot be written, there is nowhere to report it.
        let _ = self.stderr.write_all(format!("{}\n", visible(text)).as_bytes());
    }

    /// Ends the output: an error of writing, unless the reader simply went away.
    pub(super) fn finish(&mut self) -> Result<(), Failure> {
        if self.showed_differently {
            self.note(
                "The output contains invisible characters or terminal control characters; they are shown as \\u{…}. \
                 Redirect the output to a file or another program to get it unchanged.",
            );
        }
        match self.output_error.take() {
            Some(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Failure::failed("output", format!("The output could not be written: {error}.")))
            }
            _ => Ok(()),
        }
    }

    /// The vault's passphrase: the first line of standard input when it is `wanted` from there and piped, else asked
    /// for.
    pub(super) fn passphrase(&mut self, wanted: FromStdin) -> Result<SecretText, Failure> {
        if self.is_piped(wanted) {
            return self.input.line();
        }
        self.ask("Passphrase of the vault: ")?.ok_or_else(|| {
            Failure::usage(
                "passphrase_needed",
                "The vault's passphrase is required. Run this at a terminal, or add --passphrase-stdin and pass it as \
                 the first line of standard input.",
            )
        })
    }

    /// A passphrase for a new vault, typed twice where it is typed.
    pub(super) fn new_passphrase(&mut self, wanted: FromStdin) -> Result<SecretText, Failure> {
        let passphrase = self.passphrase(wanted)?;
        self.typed_again(wanted, passphrase)
    }

    /// A further passphrase of a vault: the next line of standard input, or asked for and typed twice.
    pub(super) fn next_passphrase(&mut self, wanted: FromStdin) -> Result<SecretText, Failure> {
        if self.is_piped(wanted) {
            return self.input.line();
        }
        let passphrase = self.ask("New passphrase: ")?.ok_or_else(|| {
            Failure::usage(
                "passphrase_needed",
                "The new passphrase is required. Run this at a terminal, or add --new-passphrase-stdin and pass it on \
                 the line after the old passphrase or recovery key.",
            )
        })?;
        self.typed_again(wanted, passphrase)
    }

    fn typed_again(&mut self, wanted: FromStdin, passphrase: SecretText) -> Result<SecretText, Failure> {
        if !self.is_piped(wanted) && self.ask("Confirm the passphrase: ")?.as_ref() != Some(&passphrase) {
            return Err(Failure::usage("passphrase_differs", "The passphrases do not match. Nothing was changed."));
        }
        Ok(passphrase)
    }

    /// The recovery key: the first line of standard input when that is piped, else asked for.
    pub(super) fn recovery_key(&mut self) -> Result<SecretText, Failure> {
        if self.stdin_is == StdinIs::Piped {
            return self.input.line();
        }
        self.ask("Recovery key (eight groups of four): ")?.ok_or_else(|| {
            Failure::usage(
                "recovery_key_needed",
                "The recovery key is required. Run this at a terminal, or pass it as the first line of standard input.",
            )
        })
    }

    /// The client secret: what is left of standard input, without spaces around, when it is `wanted` from there and
    /// piped; else asked for.
    pub(super) fn secret(&mut self, wanted: FromStdin) -> Result<SecretText, Failure> {
        if self.is_piped(wanted) {
            return Ok(SecretText::from(self.input.rest()?.expose().trim()));
        }
        self.ask("Client secret (the Value): ")?.ok_or_else(|| {
            Failure::usage(
                "secret_needed",
                "The client secret is required. Run this at a terminal, or add --secret-stdin and pass it on standard \
                 input.",
            )
        })
    }

    /// The password of a file that is imported: the next line of standard input when it is `wanted` from there and piped, else
    /// asked for where somebody is there. None where nobody is, or where nothing is typed and a key file may be enough.
    pub(super) fn file_password(
        &mut self,
        wanted: FromStdin,
        has_key_file: bool,
    ) -> Result<Option<SecretText>, Failure> {
        if self.is_piped(wanted) {
            return self.input.line().map(Some);
        }
        let typed = self.ask("Password of the file: ")?;
        Ok(typed.filter(|password| !password.is_empty() || !has_key_file))
    }

    /// A password for a file that is exported: the next line of standard input, or asked for and typed twice.
    pub(super) fn new_file_password(&mut self, wanted: FromStdin) -> Result<SecretText, Failure> {
        if self.is_piped(wanted) {
            return self.input.line();
        }
        let password = self.ask("Password for the new file: ")?.ok_or_else(|| {
            Failure::usage(
                "password_needed",
                "The new file needs its own password. Run this at a terminal, or add --new-passphrase-stdin and pass it on the \
                 line after the vault's passphrase.",
            )
        })?;
        self.typed_again(wanted, password)
    }

    /// A proxy's password: what is left of standard input without the line end, or asked for.
    pub(super) fn proxy_password(&mut self, wanted: FromStdin) -> Result<SecretText, Failure> {
        if self.is_piped(wanted) {
            return Ok(SecretText::from(self.input.rest()?.expose().trim_end_matches(['\r', '\n'])));
        }
        self.ask("Password for the proxy: ")?.ok_or_else(|| {
            Failure::usage(
                "secret_needed",
                "The proxy's password is required. Run this at a terminal, or add --secret-stdin and pass it on \
                 standard input.",
            )
        })
    }

    /// One connection string: all of standard input, or what a person pastes at the terminal, unseen.
    pub(super) fn connection_string(&mut self) -> Result<SecretText, Failure> {
        if self.stdin_is == StdinIs::Terminal
            && let Some(pasted) = self.ask("Connection string: ")?
        {
            return Ok(pasted);
        }
        // A byte order mark hides the first key from Microsoft's client, so it has to be seen here too.
        self.input.rest_untouched()
    }

    fn is_piped(&self, wanted: FromStdin) -> bool {
        wanted == FromStdin::Yes && self.stdin_is == StdinIs::Piped
    }

    fn ask(&mut self, question: &str) -> Result<Option<SecretText>, Failure> {
        let Some(ask) = &mut self.ask else { return Ok(None) };
        match ask(&visible_line(question)) {
            Ok(typed) => Ok(Some(typed)),
            Err(error) => {
                // The question stands on this line of the terminal.
                self.note_lines("");
                Err(Failure::failed(
                    "terminal",
                    match error.kind() {
                        io::ErrorKind::UnexpectedEof => {
                            "Nothing was entered: the input ended (Ctrl+D). Nothing was changed. Run the command again."
                                .to_owned()
                        }
                        _ => format!("The terminal could not be read: {error}. Pipe the secret instead."),
                    },
                ))
            }
        }
    }
}

/// Whether a command's flag asks for a secret from standard input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FromStdin {
    Yes,
    No,
}

impl From<bool> for FromStdin {
    fn from(flag: bool) -> FromStdin {
        if flag { FromStdin::Yes } else { FromStdin::No }
    }
}

//! The command's connections to the world: the three streams, the clock, the settings, and secrets read from input.

use std::io::{self, Read, Write};
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use serde::Serialize;
use zeroize::Zeroizing;

use super::failure::Failure;
use crate::profile::SecretText;

/// Everything that a command takes from its surroundings, so that a test can hand in its own.
pub struct Io<'a> {
    /// Standard input. To keep secrets out of freed memory it should not be buffered.
    pub stdin: &'a mut dyn Read,
    /// Standard output.
    pub stdout: &'a mut dyn Write,
    /// Standard error.
    pub stderr: &'a mut dyn Write,
    /// Asks a person for a secret without showing it; `None` where nobody sits at a terminal.
    pub ask: Option<&'a mut dyn FnMut(&str) -> io::Result<SecretText>>,
    /// Whether standard input is that terminal, so that there is nothing piped to read.
    pub stdin_is: StdinIs,
    /// The clock.
    pub now: &'a dyn Fn() -> DateTime<Utc>,
    /// The settings file, which names the proxy and the vault.
    pub settings_path: Option<PathBuf>,
}

/// What standard input is connected to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StdinIs {
    /// A person's keyboard.
    Terminal,
    /// A pipe or a file.
    Piped,
}

/// More than any passphrase, secret or connection string, in bytes.
const INPUT_LIMIT: usize = 1 << 20;

/// [`Io`] with what a command needs of it.
pub(super) struct Console<'a> {
    io: Io<'a>,
    /// The part of standard input that was read but not yet asked for.
    input: Option<Zeroizing<Vec<u8>>>,
    /// The first error of writing to standard output.
    output_error: Option<io::Error>,
}

impl<'a> Console<'a> {
    pub(super) fn new(io: Io<'a>) -> Console<'a> {
        Console { io, input: None, output_error: None }
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        (self.io.now)()
    }

    pub(super) fn settings_path(&self) -> Option<PathBuf> {
        self.io.settings_path.clone()
    }

    /// Writes a line of the answer. An error is kept for the end: a reader who went away is no reason to stop.
    pub(super) fn answer(&mut self, line: &str) {
        if self.output_error.is_none() {
            let written = writeln!(self.io.stdout, "{line}").and_then(|()| self.io.stdout.flush());
            self.output_error = written.err();
        }
    }

    /// Writes the answer as one JSON object on one line.
    pub(super) fn answer_json(&mut self, answer: &impl Serialize) {
        let text = serde_json::to_string(answer).expect("answers are made of texts, numbers and lists");
        self.answer(&Zeroizing::new(text));
    }

    /// Writes a line for people beside the answer.
    pub(super) fn tell(&mut self, line: &str) {
        // Nobody to tell that nobody can be told.
        let _ = writeln!(self.io.stderr, "{line}");
    }

    /// Ends the output: an error of writing, unless the reader simply went away.
    pub(super) fn finish(&mut self) -> Result<(), Failure> {
        match self.output_error.take() {
            Some(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Failure::broken("output", format!("The answer could not be written: {error}.")))
            }
            _ => Ok(()),
        }
    }

    /// The vault's passphrase: asked for on a terminal, else the first line of standard input when `wanted` so.
    pub(super) fn passphrase(&mut self, wanted: FromStdin) -> Result<SecretText, Failure> {
        if wanted == FromStdin::Yes && self.io.stdin_is == StdinIs::Piped {
            return self.first_line();
        }
        self.ask("Passphrase of the vault: ")?.ok_or_else(|| {
            Failure::wrong_use(
                "passphrase_needed",
                "The vault's passphrase is needed. Run this at a terminal, or add --passphrase-stdin and give the \
                 passphrase as the first line of standard input.",
            )
        })
    }

    /// A passphrase for a new vault, typed twice where it is typed.
    pub(super) fn new_passphrase(&mut self, wanted: FromStdin) -> Result<SecretText, Failure> {
        let passphrase = self.passphrase(wanted)?;
        let typed = self.io.ask.is_some() && !(wanted == FromStdin::Yes && self.io.stdin_is == StdinIs::Piped);
        if passphrase.is_empty() {
            return Err(Failure::wrong_use("passphrase_empty", "The passphrase is empty. Choose a long one."));
        }
        if typed && self.ask("The same passphrase again: ")? != Some(passphrase.clone()) {
            return Err(Failure::wrong_use("passphrase_differs", "The two passphrases differ. Nothing was made."));
        }
        Ok(passphrase)
    }

    /// The client secret: asked for on a terminal, else what is left of standard input when `wanted` so.
    pub(super) fn secret(&mut self, wanted: FromStdin) -> Result<SecretText, Failure> {
        if wanted == FromStdin::Yes && self.io.stdin_is == StdinIs::Piped {
            return self.rest();
        }
        self.ask("Client secret (the Value): ")?.ok_or_else(|| {
            Failure::wrong_use(
                "secret_needed",
                "The client secret is needed. Run this at a terminal, or add --secret-stdin and give the secret on \
                 standard input.",
            )
        })
    }

    /// All that is left of standard input, as it is.
    pub(super) fn rest(&mut self) -> Result<SecretText, Failure> {
        let input = self.input()?;
        let text = text_of(input);
        self.input = Some(Zeroizing::default());
        text
    }

    /// The next line of standard input, without its line end.
    fn first_line(&mut self) -> Result<SecretText, Failure> {
        let input = self.input()?;
        let end = input.iter().position(|byte| *byte == b'\n');
        let line = &input[..end.unwrap_or(input.len())];
        let text = text_of(line.strip_suffix(b"\r").unwrap_or(line));
        let rest = end.map_or(&[][..], |end| &input[end + 1..]);
        self.input = Some(Zeroizing::new(rest.to_vec()));
        text
    }

    fn ask(&mut self, question: &str) -> Result<Option<SecretText>, Failure> {
        let Some(ask) = &mut self.io.ask else { return Ok(None) };
        ask(question).map(Some).map_err(|error| {
            Failure::broken("terminal", format!("The terminal could not be read: {error}. Pipe the secret instead."))
        })
    }

    /// Standard input, read to its end once, in buffers that are wiped.
    fn input(&mut self) -> Result<&[u8], Failure> {
        if self.input.is_none() {
            let mut input = read_to_end(self.io.stdin)?;
            // Windows PowerShell may put a byte order mark in front of what it pipes.
            if input.starts_with(b"\xef\xbb\xbf") {
                input = Zeroizing::new(input[3..].to_vec());
            }
            self.input = Some(input);
        }
        Ok(self.input.as_deref().map_or(&[], Vec::as_slice))
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

fn text_of(bytes: &[u8]) -> Result<SecretText, Failure> {
    std::str::from_utf8(bytes).map(SecretText::from).map_err(|_| {
        Failure::wrong_use(
            "input_not_utf8",
            "Standard input is not UTF-8 text. In Windows PowerShell set $OutputEncoding to UTF-8 first.",
        )
    })
}

fn read_to_end(stdin: &mut dyn Read) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let mut input = Zeroizing::new(Vec::with_capacity(4096));
    let mut piece = Zeroizing::new([0; 4096]);
    loop {
        match stdin.read(&mut *piece) {
            Ok(0) => return Ok(input),
            Ok(count) => {
                if input.len() + count > INPUT_LIMIT {
                    return Err(Failure::wrong_use("input_too_large", "Standard input is larger than 1 MiB."));
                }
                if input.len() + count > input.capacity() {
                    // `Vec` alone would leave the old bytes behind when it moves.
                    let mut larger = Zeroizing::new(Vec::with_capacity(2 * (input.len() + count)));
                    larger.extend_from_slice(&input);
                    input = larger;
                }
                input.extend_from_slice(&piece[..count]);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => {
                return Err(Failure::broken("input", format!("Standard input could not be read: {error}.")));
            }
        }
    }
}

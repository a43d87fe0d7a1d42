//! Standard input as a place where secrets come from: read no further than asked, in buffers that are wiped.

use std::io::{self, Read};

use zeroize::Zeroizing;

use super::failure::Failure;
use crate::profile::SecretText;

/// More than any passphrase, secret or connection string, in bytes.
const INPUT_LIMIT: usize = 1 << 20;

/// Windows PowerShell may put a byte order mark in front of what it pipes.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

pub(super) struct Input<'a> {
    stdin: &'a mut dyn Read,
    /// What was read so far; the bytes before `taken` were handed out.
    buffer: Zeroizing<Vec<u8>>,
    taken: usize,
    ended: bool,
}

impl<'a> Input<'a> {
    pub(super) fn new(stdin: &'a mut dyn Read) -> Input<'a> {
        Input { stdin, buffer: Zeroizing::default(), taken: 0, ended: false }
    }

    /// The next line, without its line end. What follows it is not waited for.
    pub(super) fn line(&mut self) -> Result<SecretText, Failure> {
        let mut seen = self.taken;
        let end = loop {
            if let Some(found) = self.buffer[seen..].iter().position(|byte| *byte == b'\n') {
                break seen + found;
            }
            seen = self.buffer.len();
            if self.ended {
                break seen;
            }
            self.read_more()?;
        };
        let line = self.take(end);
        self.taken = (end + 1).min(self.buffer.len());
        line
    }

    /// All that is left.
    pub(super) fn rest(&mut self) -> Result<SecretText, Failure> {
        self.read_all()?;
        self.take(self.buffer.len())
    }

    /// All that is left as it is, even a byte order mark.
    pub(super) fn rest_untouched(&mut self) -> Result<SecretText, Failure> {
        self.read_all()?;
        let rest = text_of(&self.buffer[self.taken..]);
        self.taken = self.buffer.len();
        rest
    }

    fn read_all(&mut self) -> Result<(), Failure> {
        while !self.ended {
            self.read_more()?;
        }
        Ok(())
    }

    /// The text up to `end`, without a byte order mark; a carriage return before a line end is not a part of it.
    fn take(&mut self, end: usize) -> Result<SecretText, Failure> {
        let bytes = &self.buffer[self.taken..end];
        let bytes = if self.taken == 0 { bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes) } else { bytes };
        let ends_a_line = end < self.buffer.len();
        let bytes = if ends_a_line { bytes.strip_suffix(b"\r").unwrap_or(bytes) } else { bytes };
        let text = text_of(bytes);
        self.taken = end;
        text
    }

    fn read_more(&mut self) -> Result<(), Failure> {
        let mut piece = Zeroizing::new([0; 4096]);
        let count = loop {
            match self.stdin.read(&mut *piece) {
                Ok(count) => break count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    return Err(Failure::failed("input", format!("Standard input could not be read: {error}.")));
                }
            }
        };
        let length = self.buffer.len() + count;
        if length > INPUT_LIMIT {
            return Err(Failure::usage("input_too_large", "Standard input is larger than 1 MiB, so it was not used."));
        }
        if length > self.buffer.capacity() {
            // `Vec` alone would leave the old bytes behind when it moves.
            let mut larger = Zeroizing::new(Vec::with_capacity(2 * length));
            larger.extend_from_slice(&self.buffer);
            self.buffer = larger;
        }
        self.buffer.extend_from_slice(&piece[..count]);
        self.ended = count == 0;
        Ok(())
    }
}

fn text_of(bytes: &[u8]) -> Result<SecretText, Failure> {
    std::str::from_utf8(bytes).map(SecretText::from).map_err(|_| {
        Failure::usage(
            "input_not_utf8",
            "Standard input is not UTF-8 text. In Windows PowerShell set $OutputEncoding to UTF-8 first.",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hands out one byte at a time and fails the test when more is read than is there.
    struct Slow<'a>(&'a [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let (first, rest) = self.0.split_first().expect("nobody reads past the line that was asked for");
            buffer[0] = *first;
            self.0 = rest;
            Ok(1)
        }
    }

    fn lines_and_rest(input: &[u8]) -> (String, String) {
        let mut stdin = input;
        let mut input = Input::new(&mut stdin);
        let line = input.line().expect("a line").expose().to_owned();
        (line, input.rest().expect("the rest").expose().to_owned())
    }

    #[test]
    fn the_first_line_and_the_rest_are_told_apart() {
        let cases: [(&[u8], &str, &str); 6] = [
            (b"one\ntwo\n", "one", "two\n"),
            (b"one\r\n two\r\n", "one", " two\r\n"),
            (b"\xef\xbb\xbfone", "one", ""),
            (b"\n\xef\xbb\xbftwo", "", "\u{feff}two"),
            (b"one\r", "one\r", ""),
            (b"", "", ""),
        ];
        for (input, line, rest) in cases {
            assert_eq!(lines_and_rest(input), (line.to_owned(), rest.to_owned()), "{input:?}");
        }
    }

    #[test]
    fn a_long_secret_comes_whole() {
        let input = format!("pass\n{}", "s".repeat(20_000));
        assert_eq!(lines_and_rest(input.as_bytes()).1.len(), 20_000);
    }

    #[test]
    fn a_line_is_answered_before_the_input_ends() {
        let mut stdin = Slow(b"line\n");
        assert_eq!(Input::new(&mut stdin).line().expect("a line").expose(), "line");
    }

    #[test]
    fn what_is_no_text_or_endless_is_refused() {
        let mut stdin: &[u8] = b"\xff\xfea\0";
        assert_eq!(Input::new(&mut stdin).rest().err().map(|failure| failure.code), Some("input_not_utf8".into()));
        let mut stdin = io::repeat(b'a');
        assert_eq!(Input::new(&mut stdin).line().err().map(|failure| failure.code), Some("input_too_large".into()));
    }
}

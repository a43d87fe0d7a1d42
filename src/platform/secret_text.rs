//! Text that nobody may see by accident.

use std::fmt;

use zeroize::{Zeroize, Zeroizing};

use super::locked_memory::LockedBytes;

/// Text to be kept from logs, errors, swap and freed memory: a passphrase, a client secret, a vendor's encrypted value.
///
/// It prints as `[secret]`, is wiped when dropped, and grows without leaving copies behind.
#[derive(Clone)]
pub struct SecretText {
    /// Room for the text; beyond its end all zero.
    room: LockedBytes,
    length: usize,
}

impl Default for SecretText {
    fn default() -> SecretText {
        SecretText { room: LockedBytes::zeroed(0), length: 0 }
    }
}

impl SecretText {
    /// Takes over `text` and wipes it; copies that the caller made of it are the caller's to wipe.
    pub fn new(text: String) -> SecretText {
        SecretText::from(Zeroizing::new(text).as_str())
    }

    /// The text itself. Every caller of this is a place to review.
    pub fn expose(&self) -> &str {
        std::str::from_utf8(self.bytes()).expect("only whole texts are put in and taken out")
    }

    fn bytes(&self) -> &[u8] {
        &self.room.bytes()[..self.length]
    }

    /// Whether there is no text at all.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// How many characters (Unicode scalar values) it holds.
    pub fn char_count(&self) -> usize {
        self.expose().chars().count()
    }

    /// Puts `text` in at byte `index`, which must be a character boundary.
    pub fn insert_str(&mut self, index: usize, text: &str) {
        assert!(self.expose().is_char_boundary(index), "text goes between characters");
        self.reserve(text.len());
        let room = self.room.bytes_mut();
        room.copy_within(index..self.length, index + text.len());
        room[index..index + text.len()].copy_from_slice(text.as_bytes());
        self.length += text.len();
    }

    /// Removes the bytes of `range`, whose ends must be character boundaries, and wipes what the shift leaves.
    pub fn remove_range(&mut self, range: std::ops::Range<usize>) {
        let boundaries = [range.start, range.end].into_iter().all(|end| self.expose().is_char_boundary(end));
        assert!(boundaries && range.start <= range.end, "whole characters are removed");
        let shorter = self.length - range.len();
        let room = self.room.bytes_mut();
        room.copy_within(range.end..self.length, range.start);
        room[shorter..self.length].zeroize();
        self.length = shorter;
    }

    /// Empties and wipes it.
    pub fn wipe(&mut self) {
        *self = SecretText::default();
    }

    /// Makes room for `more` bytes; the old room is wiped.
    fn reserve(&mut self, more: usize) {
        let needed = self.length + more;
        if needed > self.room.bytes().len() {
            let mut larger = LockedBytes::zeroed(needed.next_power_of_two().max(64));
            larger.bytes_mut()[..self.length].copy_from_slice(self.bytes());
            self.room = larger;
        }
    }
}

impl From<&str> for SecretText {
    fn from(text: &str) -> SecretText {
        SecretText { room: LockedBytes::copy_of(text.as_bytes()), length: text.len() }
    }
}

impl PartialEq for SecretText {
    fn eq(&self, other: &SecretText) -> bool {
        use subtle::ConstantTimeEq;
        self.bytes().ct_eq(other.bytes()).into()
    }
}

impl Eq for SecretText {}

impl fmt::Debug for SecretText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[secret]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_prints_as_secret() {
        assert_eq!(format!("{:?}", SecretText::from("hunter2")), "[secret]");
    }

    #[test]
    fn nothing_of_a_removed_part_is_left_behind_the_text() {
        let mut text = SecretText::from("first and second");
        text.remove_range(0..10);
        assert_eq!(text.expose(), "second");
        assert!(text.room.bytes()[6..].iter().all(|byte| *byte == 0));
    }

    #[test]
    fn editing_keeps_the_text_whole() {
        let mut text = SecretText::from("äb");
        text.insert_str(2, &"x".repeat(200));
        text.remove_range(2..201);
        assert_eq!(text.expose(), "äxb");
        text.wipe();
        assert!(text.is_empty() && text == SecretText::default());
    }
}

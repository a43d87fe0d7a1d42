//! Text that nobody may see by accident.

use std::fmt;

use zeroize::{Zeroize, Zeroizing};

/// Text to be kept from logs, errors and freed memory: a passphrase, a client secret, a vendor's encrypted value.
///
/// It prints as `[secret]`, is wiped when dropped, and grows without leaving copies behind.
#[derive(Clone, Default)]
pub struct SecretText(Zeroizing<String>);

impl SecretText {
    /// Takes over `text`; the caller's own copies are the caller's to wipe.
    pub fn new(text: String) -> SecretText {
        SecretText(Zeroizing::new(text))
    }

    /// The text itself. Every caller of this is a place to review.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether there is no text at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many characters (Unicode scalar values) it holds.
    pub fn char_count(&self) -> usize {
        self.0.chars().count()
    }

    /// Puts `text` in at byte `index`, which must be a character boundary.
    pub fn insert_str(&mut self, index: usize, text: &str) {
        self.reserve(text.len());
        self.0.insert_str(index, text);
    }

    /// Removes the bytes of `range`, whose ends must be character boundaries, and wipes what the shift leaves.
    pub fn remove_range(&mut self, range: std::ops::Range<usize>) {
        let mut shorter = Zeroizing::new(String::with_capacity(self.0.capacity()));
        shorter.push_str(&self.0[..range.start]);
        shorter.push_str(&self.0[range.end..]);
        self.0 = shorter;
    }

    /// Empties and wipes it.
    pub fn wipe(&mut self) {
        self.0.zeroize();
    }

    /// Makes room for `more` bytes; the old buffer is wiped, which `String` alone would not do.
    fn reserve(&mut self, more: usize) {
        let needed = self.0.len() + more;
        if needed > self.0.capacity() {
            let mut larger = Zeroizing::new(String::with_capacity(needed.next_power_of_two().max(64)));
            larger.push_str(&self.0);
            self.0 = larger;
        }
    }
}

impl From<&str> for SecretText {
    fn from(text: &str) -> SecretText {
        SecretText::new(text.to_owned())
    }
}

impl PartialEq for SecretText {
    fn eq(&self, other: &SecretText) -> bool {
        use subtle::ConstantTimeEq;
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
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
    fn editing_keeps_the_text_whole() {
        let mut text = SecretText::from("äb");
        text.insert_str(2, &"x".repeat(200));
        text.remove_range(2..201);
        assert_eq!(text.expose(), "äxb");
        text.wipe();
        assert!(text.is_empty());
    }
}

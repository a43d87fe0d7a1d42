//! What is said below a new passphrase.

use crate::{
    app::widgets::FieldNote,
    profile::SecretText,
    vault::{PASSPHRASE_LENGTH_MINIMUM, passphrase_strength},
};

/// What an attacker tries first, because it is about this program.
const OBVIOUS_WORDS: [&str; 6] = ["a365", "anywhere365", "vault", "dataverse", "contact", "centre"];

/// How hard a new passphrase is to guess. It is worked out once for each text, not once a frame.
#[derive(Default)]
pub struct PassphraseRating {
    rated: SecretText,
    note: Option<FieldNote>,
}

impl PassphraseRating {
    /// What is said below this passphrase.
    pub fn note(&mut self, passphrase: &SecretText) -> FieldNote {
        if self.rated != *passphrase {
            self.rated = passphrase.clone();
            self.note = None;
        }
        self.note.get_or_insert_with(|| rate(passphrase)).clone()
    }
}

fn rate(passphrase: &SecretText) -> FieldNote {
    match passphrase.char_count() {
        0 => return FieldNote::None,
        count if count < PASSPHRASE_LENGTH_MINIMUM => {
            return FieldNote::Refused(format!(
                "At least {PASSPHRASE_LENGTH_MINIMUM} characters; four or five words are best."
            ));
        }
        _ => {}
    }
    let strength = passphrase_strength(passphrase, &OBVIOUS_WORDS);
    let name = strength.name();
    match (strength.score, strength.advice) {
        (..=2, Some(advice)) => FieldNote::Advice(format!("This passphrase is {name}. {advice}")),
        (..=2, None) => {
            FieldNote::Advice(format!("This passphrase is {name}. Add a word or two to make it much stronger."))
        }
        _ => FieldNote::Good(format!("This passphrase is {name}.")),
    }
}

/// Whether a vault may have this new passphrase, typed twice.
pub(super) fn is_new_passphrase(passphrase: &SecretText, repeat: &SecretText) -> bool {
    passphrase.char_count() >= PASSPHRASE_LENGTH_MINIMUM && passphrase == repeat
}

/// What is said below its repetition.
pub fn repeat_note(passphrase: &SecretText, repeat: &SecretText) -> FieldNote {
    if repeat.is_empty() {
        FieldNote::None
    } else if passphrase == repeat {
        FieldNote::Good("The passphrases match.".to_owned())
    } else {
        FieldNote::Refused("The passphrases do not match.".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passphrase_is_judged_by_how_it_is_guessed_and_not_by_its_length() {
        let mut rating = PassphraseRating::default();
        assert_eq!(rating.note(&"".into()), FieldNote::None);
        assert!(matches!(rating.note(&"short".into()), FieldNote::Refused(_)));
        assert!(matches!(rating.note(&"passwordpassword".into()), FieldNote::Advice(text) if text.contains("weak")));
        let famous = rating.note(&"correct horse battery staple".into());
        assert!(matches!(famous, FieldNote::Advice(text) if text.contains("weak") && text.contains("well-known")));
        assert!(matches!(rating.note(&"gusty lantern oatmeal tripod".into()), FieldNote::Good(_)));
    }
}

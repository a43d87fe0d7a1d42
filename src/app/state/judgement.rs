//! What is said beneath a new passphrase.

use crate::{
    app::widgets::FieldNote,
    profile::SecretText,
    vault::{PASSPHRASE_LENGTH_MINIMUM, passphrase_strength},
};

/// What an attacker tries first, because it is about this program.
const OBVIOUS_WORDS: [&str; 6] = ["a365", "anywhere365", "vault", "dataverse", "contact", "centre"];

/// A judgement of a new passphrase. It is worked out once for each text, not once a frame.
#[derive(Default)]
pub struct PassphraseJudgement {
    judged: SecretText,
    note: Option<FieldNote>,
}

impl PassphraseJudgement {
    /// What is said beneath this passphrase.
    pub fn note(&mut self, passphrase: &SecretText) -> FieldNote {
        if self.judged != *passphrase {
            self.judged = passphrase.clone();
            self.note = None;
        }
        self.note.get_or_insert_with(|| judge(passphrase)).clone()
    }
}

fn judge(passphrase: &SecretText) -> FieldNote {
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
            FieldNote::Advice(format!("This passphrase is {name}. A word or two more make it much stronger."))
        }
        _ => FieldNote::Good(format!("This passphrase is {name}.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passphrase_is_judged_by_how_it_is_guessed_and_not_by_its_length() {
        let mut judgement = PassphraseJudgement::default();
        assert_eq!(judgement.note(&"".into()), FieldNote::None);
        assert!(matches!(judgement.note(&"short".into()), FieldNote::Refused(_)));
        assert!(matches!(judgement.note(&"passwordpassword".into()), FieldNote::Advice(text) if text.contains("weak")));
        assert!(matches!(judgement.note(&"gusty lantern oatmeal tripod".into()), FieldNote::Good(_)));
    }
}

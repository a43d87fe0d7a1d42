//! How hard a passphrase is to guess, by the estimator zxcvbn (Wheeler, USENIX Security 2016), in our own words.

use zeroize::Zeroizing;
use zxcvbn::feedback::{Suggestion, Warning};
use zxcvbn::{Score, zxcvbn};

use super::famous_passphrases::{self, without_famous};
use crate::profile::SecretText;

/// As much of a passphrase as is looked at, in characters: the estimate's time grows faster than the length, and this
/// much is out of reach of any guessing.
const LOOKED_AT: usize = 100;

/// An estimate of how hard a passphrase is to guess.
#[derive(Clone, Debug, PartialEq)]
pub struct Strength {
    /// From 0 (guessed at once) to 4 (out of reach).
    pub score: u8,
    /// What to do about it, in one or two sentences; `None` when nothing needs to be done.
    pub advice: Option<String>,
    /// The decimal logarithm of the number of guesses that find it.
    pub guesses_log10: f64,
}

impl Strength {
    /// The score in one or two words.
    pub fn name(&self) -> &'static str {
        match self.score {
            0 => "very weak",
            1 => "weak",
            2 => "fair",
            3 => "good",
            _ => "strong",
        }
    }
}

/// Estimates a passphrase. `words` are what an attacker would try first because it has to do with this vault: its
/// name, the account's name, the product's. Fast enough for every key that is typed.
pub fn passphrase_strength(passphrase: &SecretText, words: &[&str]) -> Strength {
    let looked_at: Zeroizing<String> = Zeroizing::new(passphrase.expose().chars().take(LOOKED_AT).collect());
    if looked_at.is_empty() {
        let advice = Some("Use four or five words that have nothing to do with each other.".to_owned());
        return Strength { score: 0, advice, guesses_log10: 0.0 };
    }
    let (rest, famous) = without_famous(&looked_at);
    if famous > 0 {
        return with_famous(&rest, famous, words);
    }
    let estimate = zxcvbn(&looked_at, words);
    let score = match estimate.score() {
        Score::Zero => 0,
        Score::One => 1,
        Score::Two => 2,
        Score::Three => 3,
        _ => 4,
    };
    let advice = estimate.feedback().map(|feedback| {
        let mut sentences: Vec<&str> = feedback.warning().map(warning).into_iter().collect();
        let mut advised: Vec<&str> = feedback.suggestions().iter().map(|advice| suggestion(*advice)).collect();
        advised.dedup();
        // One thing that is wrong and one thing to do: nobody reads more while typing.
        sentences.extend(advised.first());
        sentences.join(" ")
    });
    Strength { score, advice: advice.filter(|advice| !advice.is_empty()), guesses_log10: estimate.guesses_log10() }
}

/// As strong as what is typed beside famous passphrases, which count for next to nothing.
fn with_famous(rest: &str, famous: u32, words: &[&str]) -> Strength {
    let of_rest = if rest.is_empty() { 0.0 } else { zxcvbn(rest, words).guesses_log10() };
    let guesses_log10 = of_rest + f64::from(famous) * famous_passphrases::GUESSES_LOG10;
    // The limits of zxcvbn.
    let score = match guesses_log10 {
        ..3.0 => 0,
        ..6.0 => 1,
        ..8.0 => 2,
        ..10.0 => 3,
        _ => 4,
    };
    let advice =
        "It contains a well-known example or quotation. Choose words that you have not read together anywhere.";
    Strength { score, advice: (score < 3).then(|| advice.to_owned()), guesses_log10 }
}

fn warning(warning: Warning) -> &'static str {
    match warning {
        Warning::StraightRowsOfKeysAreEasyToGuess | Warning::ShortKeyboardPatternsAreEasyToGuess => {
            "Patterns of neighboring keys are easy to guess."
        }
        Warning::RepeatsLikeAaaAreEasyToGuess => "Repeated characters are easy to guess.",
        Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess => "Repeated parts are easy to guess.",
        Warning::ThisIsATop10Password | Warning::ThisIsATop100Password | Warning::ThisIsACommonPassword => {
            "This is one of the most common passwords."
        }
        Warning::ThisIsSimilarToACommonlyUsedPassword => "This is similar to a very common password.",
        Warning::SequencesLikeAbcAreEasyToGuess => "Sequences such as abc or 6543 are easy to guess.",
        Warning::RecentYearsAreEasyToGuess => "Years are easy to guess.",
        Warning::AWordByItselfIsEasyToGuess => "A single word is easy to guess.",
        Warning::DatesAreOftenEasyToGuess => "Dates are easy to guess.",
        Warning::NamesAndSurnamesByThemselvesAreEasyToGuess | Warning::CommonNamesAndSurnamesAreEasyToGuess => {
            "Names are easy to guess."
        }
    }
}

fn suggestion(suggestion: Suggestion) -> &'static str {
    match suggestion {
        Suggestion::UseAFewWordsAvoidCommonPhrases | Suggestion::NoNeedForSymbolsDigitsOrUppercaseLetters => {
            "Use four or five words that have nothing to do with each other; symbols and capitals are not needed."
        }
        Suggestion::AddAnotherWordOrTwo => "Add another word or two. Rare words are better.",
        Suggestion::CapitalizationDoesntHelpVeryMuch | Suggestion::AllUppercaseIsAlmostAsEasyToGuessAsAllLowercase => {
            "Capitals help little. Add words instead."
        }
        Suggestion::ReversedWordsArentMuchHarderToGuess => "Reversed words help little. Add words instead.",
        Suggestion::PredictableSubstitutionsDontHelpVeryMuch => {
            "Replacing letters with symbols (@ for a) helps little. Add words instead."
        }
        Suggestion::UseALongerKeyboardPatternWithMoreTurns => "Use words instead of a pattern of keys.",
        Suggestion::AvoidRepeatedWordsAndCharacters => "Use different words instead of repeated ones.",
        Suggestion::AvoidSequences => "Use words instead of a sequence.",
        Suggestion::AvoidRecentYears
        | Suggestion::AvoidYearsThatAreAssociatedWithYou
        | Suggestion::AvoidDatesAndYearsThatAreAssociatedWithYou => "Use words instead of years and dates.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strength(text: &str) -> Strength {
        passphrase_strength(&SecretText::from(text), &["Contoso", "a365"])
    }

    #[test]
    fn what_everybody_tries_is_weak_and_random_words_are_strong() {
        for weak in ["", "password", "P@ssw0rd", "qwertyuiop", "aaaaaaaaaaaa", "19841984", "abcdefgh"] {
            let found = strength(weak);
            assert!(found.score <= 1, "{weak}: {found:?}");
            assert!(found.advice.is_some_and(|advice| advice.ends_with('.')), "{weak}");
        }
        let strong = strength("gusty-lantern-oatmeal-tripod");
        assert_eq!((strong.score, strong.advice.as_deref(), strong.name()), (4, None, "strong"));
        assert!(strong.guesses_log10 > 14.0, "{strong:?}");
    }

    #[test]
    fn a_famous_passphrase_is_weak_however_it_is_written() {
        let examples = [
            "correct horse battery staple",
            "may the force be with you",
            "the quick brown fox jumps over the lazy dog",
            "to be or not to be that is the question",
            "cleft cam synod lacy yr wok",
            "lorem ipsum dolor sit amet",
        ];
        for example in examples {
            let joined = example.replace(' ', "");
            for written in [example.to_owned(), joined.clone(), example.replace(' ', "-"), example.to_uppercase()] {
                for end in ["", "1", "!", "7!", " 2026"] {
                    let found = strength(&format!("{written}{end}"));
                    assert!(found.score <= 2, "{written}{end}: {found:?}");
                    assert!(found.advice.is_some_and(|advice| advice.contains("well-known")), "{written}{end}");
                }
            }
        }
        assert!(strength("Tr0ub4dor&3").score <= 2);
        assert_eq!(strength("correct horse battery staple gusty lantern oatmeal tripod").score, 4);
    }

    #[test]
    fn the_vaults_own_name_is_the_first_thing_that_is_tried() {
        assert!(strength("Contoso").guesses_log10 < 2.0);
        assert!(passphrase_strength(&SecretText::from("Contoso"), &[]).guesses_log10 > 2.0);
    }

    #[test]
    fn a_pasted_book_is_estimated_as_fast_as_its_beginning() {
        let beginning: String = "gusty lantern oatmeal ".chars().cycle().take(LOOKED_AT).collect();
        assert_eq!(strength(&beginning.repeat(10_000)), strength(&beginning));
    }
}

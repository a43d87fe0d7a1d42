//! Passphrases that everybody has read. They are long, so that an estimate by words takes them for strong, and they are
//! among the first that an attacker tries.

use zeroize::Zeroizing;

/// How many guesses a famous passphrase is worth, as a decimal logarithm: those on any list, with each way to write
/// them.
pub(super) const GUESSES_LOG10: f64 = 3.0;

/// Small letters alone, so that spaces, hyphens, digits between words and capitals make no difference. Where one
/// contains another, the longer one comes first.
const FAMOUS: [&str; 55] = [
    // Examples of good passphrases, each from a page that is read widely.
    "correcthorsebatterystaple",
    "correctbatteryhorsestaple",
    "horsebatterystaple",
    "batterystaple",
    "correcthorse",
    "troubadour",
    "troubador",
    "cleftcamsynodlacyyrwok",
    "boltvatfriskyfoblandhazyrigid",
    "caplizdonnademonself",
    "bangvivothreadductknobtrain",
    "brigalertropewelshfossrangorb",
    "coffeetrainfish",
    "walltinshirt",
    "applenemobiro",
    "redpantstree",
    // Sentences that show every letter, and texts that fill a page.
    "thequickbrownfoxjumpsoverthelazydog",
    "quickbrownfoxjumpsoverthelazydog",
    "thequickbrownfox",
    "packmyboxwithfivedozenliquorjugs",
    "loremipsumdolorsitamet",
    "loremipsum",
    // Quotations.
    "tobeornottobethatisthequestion",
    "tobeornottobe",
    "maytheforcebewithyou",
    "iamyourfather",
    "livelongandprosper",
    "toinfinityandbeyond",
    "winteriscoming",
    "youshallnotpass",
    "allyourbasearebelongtous",
    "nevergonnagiveyouup",
    "houstonwehaveaproblem",
    "elementarymydearwatson",
    "ithinkthereforeiam",
    "fourscoreandsevenyearsago",
    "itwasthebestoftimesitwastheworstoftimes",
    "itwasthebestoftimes",
    "itwasabrightcolddayinapril",
    "callmeishmael",
    "inthebeginninggodcreatedtheheavenandtheearth",
    "inthebeginningwastheword",
    "inthebeginning",
    "theraininspainstaysmainlyintheplain",
    "maryhadalittlelamb",
    "twinkletwinklelittlestar",
    "rowrowrowyourboat",
    "onceuponatime",
    "happybirthdaytoyou",
    "opensesame",
    "abracadabra",
    "helloworld",
    "iloveyou",
    "letmein",
    "mypasswordis",
];

/// What remains of `passphrase` without the famous passphrases in it, and how many those were.
pub(super) fn without_famous(passphrase: &str) -> (Zeroizing<String>, u32) {
    let mut rest = Zeroizing::new(passphrase.to_owned());
    let mut found = 0;
    while let Some((start, end)) = FAMOUS.iter().find_map(|famous| place_of(famous, &rest)) {
        // A place cut out of a text leaves no copy of it behind, unlike a new text.
        rest.replace_range(start..end, "");
        found += 1;
    }
    (rest, found)
}

/// Where `famous` is in `text`, in bytes: letters compared without regard to case, all else left out; or with digits and
/// symbols taken for the letters that they look like.
fn place_of(famous: &str, text: &str) -> Option<(usize, usize)> {
    [as_written as fn(char) -> char, letter_of].into_iter().find_map(|read| {
        let mut letters = Zeroizing::new(String::with_capacity(text.len()));
        let mut places: Vec<(usize, usize)> = Vec::new();
        for (at, c) in text.char_indices() {
            let letter = read(c);
            if letter.is_ascii_alphabetic() {
                letters.push(letter.to_ascii_lowercase());
                places.push((at, at + c.len_utf8()));
            }
        }
        let first = letters.find(famous)?;
        Some((places[first].0, places[first + famous.len() - 1].1))
    })
}

fn as_written(c: char) -> char {
    c
}

/// The letter that stands behind a usual replacement.
fn letter_of(c: char) -> char {
    match c {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_longer_one_comes_before_what_it_contains() {
        for (place, famous) in FAMOUS.iter().enumerate() {
            assert!(famous.bytes().all(|letter| letter.is_ascii_lowercase()), "{famous}");
            let contained = FAMOUS[..place].iter().find(|before| famous.contains(**before));
            assert_eq!(contained, None, "{famous}");
        }
    }

    #[test]
    fn what_is_around_a_famous_passphrase_remains() {
        let of = |text| {
            let (rest, found) = without_famous(text);
            (rest.to_string(), found)
        };
        assert_eq!(of("Ü Correct-Horse 7 battery_STAPLE!"), ("Ü !".to_owned(), 1));
        assert_eq!(of("c0rr3ct h0rs3 b@tt3ry $t4pl3 1"), (" 1".to_owned(), 1));
        assert_eq!(of("open sesame open sesame"), (" ".to_owned(), 2));
        assert_eq!(of("gusty lantern oatmeal tripod"), ("gusty lantern oatmeal tripod".to_owned(), 0));
        assert_eq!(of(""), (String::new(), 0));
    }
}

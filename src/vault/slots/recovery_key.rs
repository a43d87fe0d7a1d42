//! The recovery key: 128 random bits as 32 characters that a person can print, read out and type.
//!
//! The alphabet and the checksum are Bech32m's (BIP 173, BIP 350): it has no characters that look alike, and any four
//! wrong characters are noticed. So one wrong character, or two neighbours swapped, can be put right with certainty
//! as long as at most two characters are wrong.

use std::fmt;

use bech32::primitives::checksum::{Checksum, Engine, PackedFe32};
use bech32::primitives::gf32::Fe32;
use bech32::{Bech32m, Hrp};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{KeySlot, Opener, SlotKeys};
use crate::profile::SecretText;
use crate::vault::crypto::{Key, seal};
use crate::vault::error::VaultError;
use crate::vault::surroundings::Surroundings;

/// Tells the checksum of our keys from those of others. It is not printed.
const HUMAN_PART: &str = "a365";
const KEY_INFO: &str = "a365vault v1 recovery key";
/// Characters of a key, six of which are the checksum.
const LENGTH: usize = 32;
const CHECKSUM_LENGTH: usize = 6;
const GROUP: usize = 4;
/// More than anybody types for one key.
const INPUT_LIMIT: usize = 400;

/// The secret of the recovery slot. Wiped when dropped; prints as `[secret]`.
#[derive(Clone)]
pub struct RecoveryKey(Box<Zeroizing<[u8; 16]>>);

/// A recovery key as somebody typed it, and what was put right.
#[derive(Clone, Debug)]
pub struct ReadRecoveryKey {
    /// The key.
    pub key: RecoveryKey,
    /// The groups, counted from 1, in which something was put right. Empty when all was typed right.
    pub corrected: Vec<usize>,
}

/// Why a text is no recovery key. No variant holds a piece of the text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecoveryKeyError {
    /// Nothing was typed.
    #[error("Enter the recovery key: eight groups of four letters and digits.")]
    Empty,
    /// One or two characters too few.
    #[error(
        "The recovery key has {found} of its 32 characters: {} missing. Compare each group of four with the printed \
         key.", if *.found == 31 { "one is" } else { "two are" }
    )]
    FewMissing {
        /// How many characters there are.
        found: usize,
    },
    /// Another length.
    #[error(
        "A recovery key has 32 characters in eight groups of four; this text has {found}. Type all of the groups, and \
         nothing else."
    )]
    Length {
        /// How many characters there are.
        found: usize,
    },
    /// The checksum does not match, and the mistakes are likely here.
    #[error("Something is wrong in {}. Compare it with the printed key.", groups_text(.groups))]
    WrongIn {
        /// The groups, counted from 1.
        groups: Vec<usize>,
    },
    /// The checksum does not match, and it cannot be known where.
    #[error(
        "The recovery key has more than two wrong characters, so they cannot be located. Compare each group of four \
         with the printed key."
    )]
    Wrong,
}

impl ReadRecoveryKey {
    /// What was put right, for people; `None` when nothing was.
    pub fn correction(&self) -> Option<String> {
        (!self.corrected.is_empty())
            .then(|| format!("A typing error in {} was corrected.", groups_text(&self.corrected)))
    }
}

fn groups_text(groups: &[usize]) -> String {
    match groups {
        [one] => format!("group {one}"),
        several => {
            let numbers: Vec<_> = several.iter().map(usize::to_string).collect();
            format!("groups {}", numbers.join(" and "))
        }
    }
}

/// The characters of a key as numbers from 0 to 31.
type Symbols = Zeroizing<[u8; LENGTH]>;

impl RecoveryKey {
    fn random(surroundings: &dyn Surroundings) -> Result<RecoveryKey, VaultError> {
        let mut key = RecoveryKey(Box::default());
        surroundings.fill_random(&mut key.0[..]).map_err(VaultError::NoRandomness)?;
        Ok(key)
    }

    /// The wrapping key of the recovery slot with this salt.
    pub(super) fn wrapping_key(&self, salt: &[u8; 32]) -> Key {
        seal::derived_key(&self.0[..], salt, KEY_INFO)
    }

    /// The key as it is printed: eight groups of four, in capitals.
    pub fn text(&self) -> SecretText {
        let symbols = self.symbols();
        let mut text = Zeroizing::new(String::with_capacity(LENGTH + LENGTH / GROUP));
        for (place, symbol) in symbols.iter().enumerate() {
            if place > 0 && place % GROUP == 0 {
                text.push('-');
            }
            text.push(fe(*symbol).to_char().to_ascii_uppercase());
        }
        SecretText::from(text.as_str())
    }

    /// Reads what somebody typed: case, spaces and hyphens make no difference, characters that look alike are taken
    /// for the right one, and one wrong character or two swapped neighbours are put right.
    pub fn parse(text: &SecretText) -> Result<ReadRecoveryKey, RecoveryKeyError> {
        let (mut symbols, found) = read_symbols(text);
        match found {
            0 => return Err(RecoveryKeyError::Empty),
            30 | 31 => return Err(RecoveryKeyError::FewMissing { found }),
            LENGTH => {}
            found => return Err(RecoveryKeyError::Length { found }),
        }
        let foreign: Vec<usize> = (0..LENGTH).filter(|place| symbols[*place] == FOREIGN).collect();
        for place in &foreign {
            symbols[*place] = 0;
        }
        let syndrome = residue(&symbols) ^ Bech32m::TARGET_RESIDUE;
        let mut wrong = foreign.clone();
        if syndrome != 0 {
            let mistakes = locate(syndrome).ok_or_else(|| {
                if foreign.is_empty() {
                    RecoveryKeyError::Wrong
                } else {
                    RecoveryKeyError::WrongIn { groups: groups(&foreign) }
                }
            })?;
            wrong.extend(mistakes.iter().map(|mistake| mistake.place));
            // Two mistakes are certain only when they are one: neighbours in each other's place.
            let one = match mistakes[..] {
                [_] => foreign.len() <= 1 && count_places(&wrong) == 1,
                [first, second] => {
                    foreign.is_empty()
                        && second.place == first.place + 1
                        && symbols[first.place] ^ first.change == symbols[second.place]
                        && symbols[second.place] ^ second.change == symbols[first.place]
                }
                _ => false,
            };
            if !one {
                return Err(RecoveryKeyError::WrongIn { groups: groups(&wrong) });
            }
            for mistake in mistakes {
                symbols[mistake.place] ^= mistake.change;
            }
        }
        // Beyond 128 bits the last data character has two bits, which are zero.
        let key = from_symbols(&symbols).ok_or(RecoveryKeyError::Wrong)?;
        Ok(ReadRecoveryKey { key, corrected: groups(&wrong) })
    }

    fn symbols(&self) -> Symbols {
        let mut symbols = Symbols::default();
        let data = u128::from_be_bytes(**self.0);
        for place in 0..LENGTH - CHECKSUM_LENGTH {
            // 26 × 5 bits: the 128 of the key and two zeros behind them.
            let shift = 123 - 5 * i32::try_from(place).expect("small");
            let bits = if shift >= 0 { data >> shift } else { data << -shift };
            symbols[place] = (bits & 31) as u8;
        }
        let mut engine = engine();
        for symbol in &symbols[..LENGTH - CHECKSUM_LENGTH] {
            engine.input_fe(fe(*symbol));
        }
        engine.input_target_residue();
        for place in 0..CHECKSUM_LENGTH {
            symbols[LENGTH - CHECKSUM_LENGTH + place] = engine.residue().unpack(CHECKSUM_LENGTH - 1 - place);
        }
        symbols
    }
}

impl PartialEq for RecoveryKey {
    fn eq(&self, other: &RecoveryKey) -> bool {
        seal::same(&self.0[..], &other.0[..])
    }
}

impl Eq for RecoveryKey {}

impl fmt::Debug for RecoveryKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[secret]")
    }
}

/// A fresh recovery key with its slot.
pub(in crate::vault) fn recovery_slot(
    vault_id: Uuid,
    origin_key: &Key,
    surroundings: &dyn Surroundings,
) -> Result<(RecoveryKey, KeySlot, SlotKeys), VaultError> {
    let key = RecoveryKey::random(surroundings)?;
    let salt = seal::random_salt(surroundings)?;
    let wrapping_key = key.wrapping_key(&salt);
    let (slot, keys) = KeySlot::new(vault_id, Opener::RecoveryKey, salt, &wrapping_key, origin_key, surroundings)?;
    Ok((key, slot, keys))
}

/// Stands for a character that no key has.
const FOREIGN: u8 = 255;

/// The characters that were typed, as numbers, and how many they are.
fn read_symbols(text: &SecretText) -> (Symbols, usize) {
    let mut symbols = Symbols::default();
    let mut found = 0;
    for character in text.expose().chars().take(INPUT_LIMIT) {
        let meant = match character.to_ascii_lowercase() {
            'o' => '0',
            'i' | '1' | '|' => 'l',
            'b' => '8',
            other => other,
        };
        let is_between =
            meant.is_whitespace() || meant.is_control() || "-_.,:;/–—‑\u{ad}\u{200b}\u{feff}".contains(meant);
        if is_between {
            continue;
        }
        if found < LENGTH {
            symbols[found] = Fe32::from_char(meant).map_or(FOREIGN, Fe32::to_u8);
        }
        found += 1;
    }
    (symbols, found)
}

fn from_symbols(symbols: &Symbols) -> Option<RecoveryKey> {
    let (last, first) = symbols[..LENGTH - CHECKSUM_LENGTH].split_last().expect("26 characters");
    if last & 0b11 != 0 {
        return None;
    }
    let bits = first.iter().fold(0_u128, |bits, symbol| bits << 5 | u128::from(*symbol));
    let mut key = RecoveryKey(Box::default());
    key.0.copy_from_slice(&(bits << 3 | u128::from(last >> 2)).to_be_bytes());
    Some(key)
}

fn fe(symbol: u8) -> Fe32 {
    Fe32::try_from(symbol).expect("symbols are below 32")
}

fn engine() -> Engine<Bech32m> {
    let mut engine = Engine::new();
    engine.input_hrp(Hrp::parse_unchecked(HUMAN_PART));
    engine
}

fn residue(symbols: &[u8; LENGTH]) -> u32 {
    let mut engine = engine();
    for symbol in symbols {
        engine.input_fe(fe(*symbol));
    }
    *engine.residue()
}

/// One wrong character: where, and how its number differs from the right one.
#[derive(Clone, Copy)]
struct Mistake {
    place: usize,
    change: u8,
}

/// The one or two mistakes that explain the difference between a text's checksum and a right one. The checksum is
/// linear, and two explanations by two mistakes each would be four mistakes that nobody notices: there are none.
fn locate(syndrome: u32) -> Option<Vec<Mistake>> {
    let mut word = [0; LENGTH];
    let none = residue(&word);
    let mut effects = Vec::with_capacity(LENGTH * 31);
    for place in 0..LENGTH {
        for change in 1..32 {
            word[place] = change;
            effects.push((residue(&word) ^ none, Mistake { place, change }));
        }
        word[place] = 0;
    }
    let find = |effect: u32| effects.iter().find(|(known, _)| *known == effect).map(|(_, mistake)| *mistake);
    if let Some(mistake) = find(syndrome) {
        return Some(vec![mistake]);
    }
    effects.iter().find_map(|(effect, first)| {
        let second = find(syndrome ^ effect).filter(|second| second.place > first.place)?;
        Some(vec![*first, second])
    })
}

/// The groups of these places, counted from 1, each once.
fn groups(places: &[usize]) -> Vec<usize> {
    let mut groups: Vec<usize> = places.iter().map(|place| place / GROUP + 1).collect();
    groups.sort_unstable();
    groups.dedup();
    groups
}

/// How many different places these are.
fn count_places(places: &[usize]) -> usize {
    let mut places = places.to_vec();
    places.sort_unstable();
    places.dedup();
    places.len()
}

//! The sealed bytes: what tells them apart, the vault's id, a salt, a commitment to the key, the sealed JSON and its tag.

use uuid::Uuid;
use zeroize::Zeroizing;

use super::Unsaved;
use super::unsaved_json;
use crate::cloud::Overrides;
use crate::vault::crypto::{Key, TAG_LENGTH, seal};
use crate::vault::encoding::SecretBuffer;
use crate::vault::error::VaultError;
use crate::vault::surroundings::Surroundings;

const KIND: &[u8] = b"a365draft ";
const FORMAT: &[u8] = b"a365draft 1\n";
const SALT: usize = FORMAT.len() + 16;
const COMMITMENT: usize = SALT + 32;
const TEXT: usize = COMMITMENT + Key::LENGTH;

const KEY_INFO: &str = "a365draft v1 key";
const COMMITMENT_INFO: &str = "a365draft v1 key commitment";

/// Why unsaved changes from before cannot be recovered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnsavedError {
    /// They are sealed under another data key.
    #[error("Your earlier unsaved changes could not be recovered, because the vault's keys have changed since then.")]
    OtherKeys,
    /// They are not as they were sealed, or were not sealed for this vault.
    #[error("Your earlier unsaved changes could not be recovered, because their file is damaged.")]
    Damaged,
    /// A newer version of the program sealed them.
    #[error(
        "There are unsaved changes from a newer version of this program. Install the newer version to recover them."
    )]
    Newer,
}

/// The unsaved changes as bytes that only this vault's data key opens. Each time under a key of its own.
pub(in crate::vault) fn seal(
    unsaved: &Unsaved,
    vault: Uuid,
    data_key: &Key,
    surroundings: &dyn Surroundings,
) -> Result<Vec<u8>, VaultError> {
    let salt = seal::random_salt(surroundings)?;
    let (key, commitment) = keys(data_key, &salt);
    let mut buffer = SecretBuffer::with_capacity(4096);
    for part in [FORMAT, vault.as_bytes(), &salt, commitment.bytes()] {
        buffer.push(part);
    }
    unsaved_json::write(unsaved, &mut buffer);
    let (head, text) = buffer.bytes_mut().split_at_mut(TEXT);
    let tag = seal::encrypt(&key, head, text);
    buffer.push(&tag);
    Ok(buffer.into_public())
}

/// Undoes [`seal()`].
pub(in crate::vault) fn open(
    sealed: &[u8],
    vault: Uuid,
    data_key: &Key,
    clouds: &Overrides,
) -> Result<Unsaved, UnsavedError> {
    if sealed.starts_with(KIND) && !sealed.starts_with(FORMAT) {
        return Err(UnsavedError::Newer);
    }
    let Some(salt) = salt_of(sealed, vault).filter(|_| sealed.len() >= TEXT + TAG_LENGTH) else {
        return Err(UnsavedError::Damaged);
    };
    let (key, commitment) = keys(data_key, salt);
    if !seal::same(commitment.bytes(), &sealed[COMMITMENT..TEXT]) {
        return Err(UnsavedError::OtherKeys);
    }
    let (head, rest) = sealed.split_at(TEXT);
    let (text, tag) = rest.split_last_chunk::<TAG_LENGTH>().ok_or(UnsavedError::Damaged)?;
    let mut text = Zeroizing::new(text.to_vec());
    if !seal::decrypt(&key, head, &mut text, tag) {
        return Err(UnsavedError::Damaged);
    }
    unsaved_json::read(&text, clouds).ok_or(UnsavedError::Damaged)
}

/// Whether this data key is the one that `sealed` is under.
pub(in crate::vault) fn is_under(sealed: &[u8], vault: Uuid, data_key: &Key) -> bool {
    salt_of(sealed, vault).is_some_and(|salt| seal::same(keys(data_key, salt).1.bytes(), &sealed[COMMITMENT..TEXT]))
}

/// The salt of what was sealed for this vault, in this format and as far as its text.
fn salt_of(sealed: &[u8], vault: Uuid) -> Option<&[u8; 32]> {
    let is_ours = sealed.len() >= TEXT && sealed.starts_with(FORMAT) && sealed[FORMAT.len()..SALT] == *vault.as_bytes();
    if is_ours { sealed[SALT..COMMITMENT].try_into().ok() } else { None }
}

/// The key of one sealing, and the value that commits to it.
fn keys(data_key: &Key, salt: &[u8; 32]) -> (Key, Key) {
    let derived = |info| seal::derived_key(data_key.bytes(), salt, info);
    (derived(KEY_INFO), derived(COMMITMENT_INFO))
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    use super::*;
    use crate::profile::{GuidSecret, SecretText};
    use crate::vault::stored_profile::Field;
    use crate::vault::surroundings::ThisMachine;
    use crate::vault::unsaved::{UnsavedForm, UnsavedSecret};

    /// Made with another program, from `docs/vault-format.md`.
    const BY_ANOTHER: &str = "\
        YTM2NWRyYWZ0IDEKABEiM0RVZneImaq7zN3u/wcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHYpymvxARykGIsfEvdl1j\
        ps5KDOY+38Vscuq6/A7vDuJmKKXr3kZvBri+NqyPRX+i7mTgZL0JMQnVwpSlf80nkanwairlMiZfvN4Auz1eYbZLIjvOpyvSNhoV\
        oiL2q/kOFZFKzc3BqVSQeNwjLzjDX4XvB0W3BAjGHLISrWJk3rip1LIytW7OIWJlvdR+vba7ztRriKN+NAWRsvSN647H8fCgoTEd\
        07AeI5KdFFVTBHeQM71FZyXkGyQRxvGwWnhy3bjFjhT8ervX298XXaQJOBeMrmJitsffTuEksNfJsLcYwo05vcJ9l6W7Oh/W0uk+\
        JQ2wZOWHBM6DVwVLhbobg8wNC8Kw2Bd+tf/kNlJJ9Ib7JvruCk6zYLGa+k6TWORbMUJEyy+6Y6ZLpMcN1bMrhBsLlahtMbud71XN\
        uQVS1ErSh0CwZ8dNiL1sEoA1U6gMsh7eLLzeetaHRZIQ0PL2bqghPsRHEWwNcbpeBaP+rDD+jECNFjrGgU36Ht6UtOntI5DS5fRY\
        1k+Bq8qpBOjD9WnZGKhr44N/rUIMKVCZmFWj1yJJ1ybFrhh7ND5vO9YJC0JW1CvOo369xD6LU/ShT/wz00xPHPAi8eTL9KYG3bYK\
        x/OfdTlo";

    fn unsaved() -> Unsaved {
        let text = SecretText::from;
        Unsaved {
            at: "2026-11-23T09:30:00Z".parse().expect("a moment"),
            form: Some(UnsavedForm {
                profile: Uuid::from_u128(1),
                base: None,
                texts: vec![(Field::Name, text("Contoso")), (Field::ClientSecret, text("typed once"))],
                other_keys: vec![("LoginPrompt".to_owned(), text("Never"))],
                guid_secret: GuidSecret::Accepted,
            }),
            new_secrets: vec![UnsavedSecret {
                profile: Uuid::from_u128(2),
                secret: text("typed twice"),
                expires: text("2028-11-22"),
                guid_secret: GuidSecret::Refused,
                key_id: Some(Uuid::from_u128(3)),
            }],
        }
    }

    #[test]
    fn what_another_program_sealed_by_the_description_is_opened() {
        let (mut key, vault) = (Key::empty(), Uuid::from_u128(0x0011_2233_4455_6677_8899_aabb_ccdd_eeff));
        key.bytes_mut().iter_mut().zip(0..).for_each(|(byte, value)| *byte = value);
        let theirs = STANDARD.decode(BY_ANOTHER).expect("base64");
        let opened = open(&theirs, vault, &key, &Overrides::none());
        assert!(opened.is_ok_and(|opened| opened == unsaved()));
        let ours = seal(&unsaved(), vault, &key, &ThisMachine::default()).expect("sealed");
        assert_eq!(ours.len(), theirs.len(), "the same JSON");
        assert!(is_under(&theirs, vault, &key) && is_under(&ours, vault, &key));
    }
}

//! What is typed and not saved: sealed for one vault, and opened by nothing else.

use a365_password_tool::cloud::Overrides;
use a365_password_tool::profile::{EnvironmentUrl, GuidSecret, SecretText};
use a365_password_tool::vault::{
    Field, KdfParameters, SlotReview, Unsaved, UnsavedError, UnsavedForm, UnsavedSecret, Vault,
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{add, fresh_secret, made, moment, profile};

/// What comes before the sealed text: kind, vault, salt, commitment.
const HEAD: usize = 12 + 16 + 32 + 32;

fn unsaved() -> Unsaved {
    let base = profile("Contoso");
    let form = UnsavedForm {
        profile: base.id,
        base: Some(Box::new(base)),
        texts: vec![
            (Field::Name, SecretText::from("Contoso, “renamed”\\")),
            (Field::ClientSecret, fresh_secret()),
            (Field::SecretExpires, SecretText::from("some day")),
            (Field::Notes, SecretText::from("two\nlines")),
            (Field::Tenant, SecretText::default()),
        ],
        other_keys: vec![("LoginPrompt".to_owned(), SecretText::from("Never"))],
        guid_secret: GuidSecret::Accepted,
    };
    let typed = UnsavedSecret {
        profile: Uuid::from_u128(7),
        secret: fresh_secret(),
        expires: SecretText::from("31 May 2028"),
        guid_secret: GuidSecret::Refused,
        key_id: None,
    };
    let created = UnsavedSecret { profile: Uuid::from_u128(8), key_id: Some(Uuid::from_u128(9)), ..typed.clone() };
    Unsaved { at: moment(), form: Some(form), new_secrets: vec![typed, created] }
}

fn opened(vault: &Vault, sealed: &[u8]) -> Unsaved {
    vault.open_unsaved(sealed).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn what_was_sealed_is_opened_also_after_the_vault_was_saved_and_opened_again() {
    let (place, mut vault) = made();
    let unsaved = unsaved();
    let sealed = vault.seal_unsaved(&unsaved).expect("sealed");
    assert!(opened(&vault, &sealed) == unsaved);
    add(&mut vault, "Fabrikam").expect("saved");
    drop(vault);
    let vault = place.open().expect("opened");
    assert!(vault.has_key_of_unsaved(&sealed) && opened(&vault, &sealed) == unsaved);
    let nothing = Unsaved { form: None, new_secrets: Vec::new(), at: DateTime::<Utc>::UNIX_EPOCH };
    assert!(opened(&vault, &vault.seal_unsaved(&nothing).expect("sealed")) == nothing);
}

#[test]
fn no_text_is_readable_and_no_two_sealings_are_alike() {
    let (_place, vault) = made();
    let unsaved = unsaved();
    let (one, other) = (vault.seal_unsaved(&unsaved).expect("sealed"), vault.seal_unsaved(&unsaved).expect("sealed"));
    assert_eq!(one[..28], other[..28]);
    assert!(one[28..60] != other[28..60] && one[60..HEAD] != other[60..HEAD] && one[HEAD..] != other[HEAD..]);
    for readable in ["Contoso", "profile", "texts", "Never"] {
        assert!(one.windows(readable.len()).all(|piece| piece != readable.as_bytes()), "{readable}");
    }
}

#[test]
fn a_changed_or_shortened_byte_anywhere_is_refused() {
    let (_place, vault) = made();
    let sealed = vault.seal_unsaved(&unsaved()).expect("sealed");
    for at in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[at] ^= 1;
        let refusal = vault.open_unsaved(&changed).err();
        let expected = match at {
            10..12 => UnsavedError::Newer,
            // Another salt derives another commitment.
            28..HEAD => UnsavedError::OtherKeys,
            _ => UnsavedError::Damaged,
        };
        assert_eq!(refusal, Some(expected), "byte {at}");
    }
    for length in 0..sealed.len() {
        let refusal = vault.open_unsaved(&sealed[..length]).err();
        // All of its kind and none of its format.
        let expected = if (10..12).contains(&length) { UnsavedError::Newer } else { UnsavedError::Damaged };
        assert_eq!(refusal, Some(expected), "{length} bytes");
    }
    let longer = [&*sealed, b"x"].concat();
    assert_eq!(vault.open_unsaved(&longer).err(), Some(UnsavedError::Damaged));
}

#[test]
fn another_vault_does_not_open_it() {
    let ((_mine, vault), (_theirs, other)) = (made(), made());
    let sealed = vault.seal_unsaved(&unsaved()).expect("sealed");
    assert!(!other.has_key_of_unsaved(&sealed));
    assert_eq!(other.open_unsaved(&sealed).err(), Some(UnsavedError::Damaged));
    // Even when it says to be for that one.
    let mut renamed = sealed.clone();
    renamed[12..28].copy_from_slice(other.id().as_bytes());
    assert_eq!(other.open_unsaved(&renamed).err(), Some(UnsavedError::OtherKeys));
}

#[test]
fn after_the_vaults_keys_were_changed_it_says_so() {
    let (place, mut vault) = made();
    let sealed = vault.seal_unsaved(&unsaved()).expect("sealed");
    let new = fresh_secret();
    vault
        .change_passphrase_costing(&place.passphrase, &new, KdfParameters::minimum(), &SlotReview::default())
        .expect("changed");
    assert!(!vault.has_key_of_unsaved(&sealed));
    assert_eq!(vault.open_unsaved(&sealed).err(), Some(UnsavedError::OtherKeys));
    let again = vault.seal_unsaved(&unsaved()).expect("sealed");
    drop(vault);
    assert!(Vault::open(&place.path, &new).expect("opened").open_unsaved(&again).is_ok());
}

#[test]
fn an_address_of_an_administrators_list_is_read_with_that_list() {
    let (_place, mut vault) = made();
    let list = "[[cloud]]\ncloud = \"commercial\"\nenvironment_suffix = \"crm.dynamics.moon\"\n";
    let clouds = Overrides::parse(list, "clouds.toml".as_ref()).expect("a right list");
    let url = EnvironmentUrl::parse_with("https://contoso.crm.dynamics.moon", &clouds).expect("on the list");
    let mut unsaved = unsaved();
    let base = unsaved.form.as_mut().and_then(|form| form.base.as_mut()).expect("a base");
    base.environment_url = Some(url);
    let sealed = vault.seal_unsaved(&unsaved).expect("sealed");
    assert!(opened(&vault, &sealed) != unsaved);
    vault.accept_clouds(&clouds);
    assert!(opened(&vault, &sealed) == unsaved);
}

#[test]
fn sealing_changes_nothing_in_the_vaults_folder() {
    let (place, vault) = made();
    let (files, bytes) = (place.files(), place.bytes());
    vault.seal_unsaved(&unsaved()).expect("sealed");
    assert!(place.files() == files && place.bytes() == bytes);
}

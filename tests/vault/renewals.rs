//! Renewals in the vault: each step is a save of its own, noted without values, merged like any other change, and a
//! former secret goes when its day has come.

use a365_password_tool::profile::{ClientSecret, FormerSecret, Profile, SecretText};
use a365_password_tool::renewal::{Act, Discard, Proof, RenewalError};
use a365_password_tool::vault::{Contents, Field, HistoryKind, RenewError, Vault, VaultError, difference};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use uuid::Uuid;

use super::{Place, forge, fresh_secret, made, profile};

fn secret() -> ClientSecret {
    ClientSecret::parse(fresh_secret().expose()).expect("a secret")
}

fn in_days(days: i64) -> NaiveDate {
    (Utc::now() + TimeDelta::days(days)).date_naive()
}

/// A vault with one profile, whose secret lapses in five days.
fn vault() -> (Place, Vault, Uuid) {
    let (place, mut vault) = made();
    let mut contoso = profile("Contoso");
    (contoso.client_secret, contoso.secret_expires) = (Some(secret()), Some(in_days(5)));
    let id = contoso.id;
    vault.update(|contents| contents.put(contoso)).expect("saved");
    (place, vault, id)
}

fn take(vault: &mut Vault, id: Uuid, act: Act) -> Result<(), RenewError> {
    vault.update(|contents| contents.renew(id, act, Utc::now()))
}

fn give(secret: &ClientSecret) -> Act {
    Act::Give { secret: secret.clone(), expires: Some(in_days(700)), key_id: None }
}

fn kinds(contents: &Contents) -> Vec<HistoryKind> {
    contents.history().iter().map(|entry| entry.kind.clone()).collect()
}

fn first(vault: &Vault) -> &Profile {
    &vault.contents().profiles()[0]
}

#[test]
fn each_step_is_in_the_file_when_it_is_taken() {
    let (place, mut vault, id) = vault();
    let new = secret();
    let passed = Act::Tested { of: new.clone(), passed: Some(Utc::now()) };
    for act in [Act::Begin, give(&new), passed, Act::Switch(Proof::Tested), Act::ConfirmUcc] {
        take(&mut vault, id, act).expect("allowed");
        assert_eq!(first(&place.open().expect("opened")), first(&vault), "as after a kill");
    }
    assert_eq!(first(&vault).client_secret.as_ref(), Some(&new));
    assert_eq!(
        kinds(vault.contents())[2..],
        [
            HistoryKind::RenewalBegun,
            HistoryKind::ProfileChanged(vec![Field::Renewal]),
            HistoryKind::ProfileChanged(vec![Field::Renewal]),
            HistoryKind::SecretReplaced,
            HistoryKind::UccUpdated,
        ]
    );
    take(&mut vault, id, Act::RollBack).expect("allowed");
    take(&mut vault, id, Act::Cancel(Discard::NewSecret)).expect("allowed");
    let last = &kinds(vault.contents())[7..];
    assert_eq!(last, [HistoryKind::SecretRolledBack, HistoryKind::RenewalCancelled]);
    let again = place.open().expect("opened");
    assert_eq!(again.contents().history(), vault.contents().history());
    let text: Vec<_> = again.contents().history().iter().map(|entry| entry.describe()).collect();
    assert!(text.iter().all(|text| !text.contains(new.expose())));
    assert_eq!(text[2], "Started to renew the client secret of “Contoso”.");
    assert_eq!(text[6], "Confirmed that the UCC has the new connection string of “Contoso”.");
}

#[test]
fn a_refused_step_saves_nothing() {
    let (place, mut vault, id) = vault();
    let before = place.bytes();
    let refused = take(&mut vault, id, Act::Switch(Proof::WithoutTest));
    assert!(matches!(refused, Err(RenewError::Refused(RenewalError::NotBegun))));
    assert!(matches!(take(&mut vault, Uuid::from_u128(5), Act::Begin), Err(RenewError::ProfileGone)));
    assert_eq!(place.bytes(), before);
}

#[test]
fn the_files_hold_no_secret_of_a_renewal_in_the_clear() {
    let (place, mut vault, id) = vault();
    let (old, new) = (first(&vault).client_secret.clone().expect("one"), secret());
    for act in [Act::Begin, give(&new), Act::Switch(Proof::WithoutTest)] {
        take(&mut vault, id, act).expect("allowed");
    }
    let payload = forge::read_payload(&place.bytes(), &place.passphrase);
    for hidden in [&old, &new] {
        let text = hidden.expose().as_bytes();
        let base64 = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, text);
        assert!(payload.contains(&base64), "in the payload as base64");
        for path in place.files() {
            let bytes = std::fs::read(&path).expect("a file");
            let found = |text: &[u8]| bytes.windows(text.len()).any(|window| window == text);
            assert!(!found(text) && !found(base64.as_bytes()), "{}", path.display());
        }
        assert!(!format!("{:?}", first(&vault)).contains(hidden.expose()));
    }
}

fn with_former(expires: Option<NaiveDate>, replaced_at: DateTime<Utc>) -> (Place, Vault) {
    let (place, mut vault, id) = vault();
    let former = FormerSecret { secret: secret(), expires, replaced_at, key_id: None, newer: SecretText::default() };
    let put = |contents: &mut Contents| {
        let mut profile = contents.get(id).cloned().expect("it is there");
        profile.former_secret = Some(Box::new(former));
        contents.put(profile)
    };
    vault.update(put).expect("saved");
    (place, vault)
}

#[test]
fn any_save_forgets_a_former_secret_whose_day_has_come() {
    let long_ago = Utc::now() - TimeDelta::days(40);
    for (expires, is_kept) in [(Some(in_days(0)), false), (None, false), (Some(in_days(1)), true)] {
        let (place, mut vault) = with_former(expires, long_ago);
        assert_eq!(first(&vault).former_secret.is_some(), is_kept, "{expires:?}");
        assert!(!vault.contents().has_due_former_secret(Utc::now()));
        vault.update(|_| Ok::<_, VaultError>(())).expect("a save");
        let forgotten = kinds(vault.contents()).contains(&HistoryKind::FormerSecretForgotten);
        assert_eq!(forgotten, !is_kept, "it is noted");
        assert_eq!(first(&place.open().expect("opened")).former_secret.is_some(), is_kept);
    }
}

#[test]
fn what_waits_for_the_ucc_outlives_the_former_secret() {
    let (place, mut vault) = with_former(Some(in_days(1)), Utc::now());
    let id = first(&vault).id;
    assert_eq!(first(&vault).expires(), Some(in_days(1)), "as an earlier version left it");
    take(&mut vault, id, Act::Forget).expect("allowed");
    let again = place.open().expect("opened");
    assert_eq!((first(&again).former_secret.is_some(), first(&again).expires()), (false, Some(in_days(1))));
    let noted = kinds(again.contents());
    assert_eq!(noted.last(), Some(&HistoryKind::FormerSecretForgotten), "one entry tells both: {noted:?}");
    // The day on which it is dropped automatically is the day on which the UCC stops working.
    let (_place, mut vault) = with_former(Some(in_days(0)), Utc::now() - TimeDelta::days(40));
    vault.update(|_| Ok::<_, VaultError>(())).expect("a save");
    assert_eq!((first(&vault).former_secret.is_some(), first(&vault).expires()), (false, Some(in_days(0))));
}

#[test]
fn two_people_who_confirm_and_forget_at_once_lose_neither() {
    let (place, mut vault, id) = vault();
    for act in [Act::Begin, give(&secret()), Act::Switch(Proof::WithoutTest)] {
        take(&mut vault, id, act).expect("allowed");
    }
    let base = vault.contents().clone();
    let mut theirs = base.clone();
    theirs.renew(id, Act::Forget, Utc::now()).expect("allowed");
    take(&mut vault, id, Act::ConfirmUcc).expect("allowed");
    let who = a365_password_tool::vault::Who::default();
    for (mine, theirs) in [(vault.contents(), &theirs), (&theirs, vault.contents())] {
        let merged = a365_password_tool::vault::merge(Some(&base), mine, theirs, Utc::now(), &who).contents;
        let contoso = &merged.profiles()[0];
        assert_eq!((contoso.ucc_behind(), contoso.former_secret.is_some()), (None, false));
        assert!(merged.conflicts().is_empty());
    }
    let last = place.open().expect("opened").contents().history().last().cloned().expect("an entry");
    assert_eq!(last.kind, HistoryKind::UccUpdated);
    assert!(!last.who.account.is_empty(), "who confirmed it");
}

#[test]
fn two_people_who_renew_at_once_lose_neither_secret() {
    let (place, mut mine, id) = vault();
    let mut theirs = place.open().expect("a second hand");
    let (one, other) = (secret(), secret());
    take(&mut mine, id, Act::Begin).expect("allowed");
    take(&mut theirs, id, Act::Begin).expect("it goes on");
    take(&mut mine, id, give(&one)).expect("allowed");
    let refused = take(&mut theirs, id, give(&other));
    assert!(matches!(refused, Err(RenewError::Refused(RenewalError::SecretGivenAlready))), "and it is said");
    assert_eq!(
        first(&theirs).renewal.as_ref().and_then(|it| it.new_secret.as_ref()),
        Some(&one),
        "what is there is read"
    );
}

#[test]
fn a_form_that_was_open_meanwhile_does_not_undo_a_step() {
    let (_place, mut vault, id) = vault();
    let before = first(&vault).clone();
    let new = secret();
    for act in [Act::Begin, give(&new), Act::Switch(Proof::WithoutTest)] {
        take(&mut vault, id, act).expect("allowed");
    }
    let mut form = before.clone();
    (form.notes, form.modified) = ("typed".to_owned(), Utc::now());
    let outcome = vault.update(|contents| contents.put_based_on(Some(&before), form)).expect("saved");
    assert!(outcome.conflicts.is_empty());
    let now = first(&vault);
    assert_eq!((now.notes.as_str(), now.client_secret.as_ref()), ("typed", Some(&new)));
    assert!(now.former_secret.is_some() && now.renewal.is_none() && now.renewals.len() == 1);
}

#[test]
fn a_backup_of_before_brings_the_former_state_back_whole() {
    let (_place, mut vault, id) = vault();
    let then = vault.contents().clone();
    for act in [Act::Begin, give(&secret()), Act::Switch(Proof::WithoutTest)] {
        take(&mut vault, id, act).expect("allowed");
    }
    let differs = difference(vault.contents(), &then);
    let fields = [Field::ClientSecret, Field::SecretExpires, Field::FormerSecret, Field::UccUpdate, Field::Renewals];
    assert_eq!(differs.changed[0].fields, fields);
    vault
        .update(|contents| {
            contents.put_back_all(&then);
            Ok::<_, VaultError>(())
        })
        .expect("saved");
    let (now, former) = (first(&vault), &then.profiles()[0]);
    assert_eq!((&now.client_secret, &now.former_secret, &now.renewals), (&former.client_secret, &None, &Vec::new()));
}

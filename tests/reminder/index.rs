//! The reminder index: what a save leaves for a check without a passphrase.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use a365_password_tool::profile::{ClientSecret, Profile, UccUpdate};
use a365_password_tool::reminder::index::{self, Index, IndexTrouble, SavedVault, Updated};
use a365_password_tool::reminder::policy::VaultPlace;
use a365_password_tool::reminder::rule::ReminderRule;
use a365_password_tool::reminder::snooze::Snooze;
use a365_password_tool::reminder::{KeptFileError, NoProtection, Places, Protection};
use chrono::{DateTime, Utc};
use tempfile::TempDir;
use uuid::Uuid;

use crate::policy::{at, day};

struct Home {
    folder: TempDir,
    places: Places,
}

fn home() -> Home {
    let folder = tempfile::tempdir().expect("a folder");
    let places = Places::protected(&folder.path().join("data"), Arc::new(NoProtection));
    Home { folder, places }
}

impl Home {
    fn vault(&self, name: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, "a vault").expect("a file");
        path
    }

    fn read(&self) -> Index {
        let (index, trouble) = Index::read(&self.places);
        assert_eq!(trouble, None);
        index
    }
}

fn profile(number: u128, name: &str, expires: Option<&str>) -> Profile {
    let mut profile = Profile::new(Uuid::from_u128(number), name, at("2026-01-01T00:00"));
    profile.secret_expires = expires.map(day);
    profile
}

fn save(home: &Home, path: &Path, id: u128, saved_at: &str, profiles: &[Profile]) -> Updated {
    let saved = SavedVault { path, id: Uuid::from_u128(id), saved_at: at(saved_at), generation: 1, profiles };
    index::update(&home.places, &saved).expect("saved")
}

#[test]
fn the_index_never_goes_back() {
    let home = home();
    let (vault, copy) = (home.vault("a.a365vault"), home.vault("copy.a365vault"));
    let id = Uuid::from_u128(7);
    let at_generation =
        |path, generation, saved_at, profiles| SavedVault { path, id, saved_at: at(saved_at), generation, profiles };
    let (now, before) = ([profile(1, "Contoso", Some("2026-06-01"))], [profile(1, "Contoso", Some("2030-01-01"))]);
    // A copy elsewhere, which is behind, is no reason to believe an older file either.
    let behind = at_generation(&copy, 3, "2026-01-01T00:00", &before);
    assert_eq!(index::update(&home.places, &behind).expect("saved"), Updated::Written);
    let newest = at_generation(&vault, 5, "2026-02-01T00:00", &now);
    assert_eq!(index::update(&home.places, &newest).expect("saved"), Updated::Written);
    let known = home.read();
    // A clock that is ahead makes no file newer.
    for saved_at in ["2026-01-15T00:00", "2099-01-01T00:00"] {
        let older = at_generation(&vault, 4, saved_at, &before);
        assert_eq!(index::update(&home.places, &older).expect("read"), Updated::Unchanged);
        assert_eq!(index::refresh(&home.places, &older).expect("read"), Updated::Unchanged);
        assert_eq!(home.read(), known, "what is watched is the newest");
    }
    let accepted = at_generation(&vault, 6, "2026-03-01T00:00", &before);
    assert_eq!(index::refresh(&home.places, &accepted).expect("saved"), Updated::Written);
    assert_eq!(home.read().vault_at(&vault).map(|it| it.profiles[0].expires), Some(Some(day("2030-01-01"))));
}

#[cfg(unix)]
#[test]
fn a_vault_whose_name_is_no_text_is_in_the_index_as_any_other() {
    use std::os::unix::ffi::OsStrExt;
    let home = home();
    let odd = home.folder.path().join(std::ffi::OsStr::from_bytes(b"gro\xdfe.a365vault"));
    fs::write(&odd, "a vault").expect("a file");
    save(&home, &odd, 7, "2026-01-01T00:00", &[profile(1, "Contoso", Some("2026-06-01"))]);
    save(&home, &home.vault("b.a365vault"), 8, "2026-01-01T00:00", &[]);
    let index = home.read();
    assert_eq!(index.vaults.iter().map(|vault| vault.path.as_path()).next(), Some(odd.as_path()));
    assert_eq!(index.vault_at(&odd).map(|vault| vault.profiles.len()), Some(1));
    assert_eq!(index.vaults.len(), 2);
}

#[test]
fn a_save_leaves_names_and_dates_and_nothing_secret() {
    let home = home();
    let vault = home.vault("a.a365vault");
    let mut contoso = profile(1, "Contoso", Some("2026-06-01"));
    contoso.client_secret = ClientSecret::parse("my;secret=\"one\"").ok();
    contoso.notes = "Ask Ada.".to_owned();
    save(&home, &vault, 7, "2026-02-01T00:00", &[contoso, profile(2, "Undated", None)]);
    let text = fs::read_to_string(home.places.index()).expect("the index");
    assert!(text.starts_with(r#"{"format":1,"vaults":[{"vault":"#), "{text}");
    assert!(text.contains("Contoso") && text.contains("2026-06-01"));
    assert!(!text.contains("my;secret") && !text.contains("Ada"), "{text}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(home.places.index()).expect("the index").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let index = home.read();
    assert_eq!(index.vault_at(&vault).map(|vault| vault.profiles.len()), Some(2));
}

#[test]
fn rules_and_snoozes_outlive_a_save_until_the_date_changes() {
    let home = home();
    let vault = home.vault("a.a365vault");
    let before = profile(1, "Contoso", Some("2026-06-01"));
    save(&home, &vault, 7, "2026-02-01T00:00", std::slice::from_ref(&before));
    let key = (Uuid::from_u128(7), Uuid::from_u128(1));
    let snooze = Snooze::for_days(day("2026-05-01"), 7, before.secret_expires);
    let set = index::change_profiles(&home.places, &[key], |it| {
        it.rule = Some(ReminderRule::Days(vec![90, 1]));
        it.snooze = Some(snooze);
    });
    assert_eq!(set.expect("saved"), Updated::Written);
    save(&home, &vault, 7, "2026-02-02T00:00", &[before]);
    let index = home.read();
    let (_, kept) = index.find(key).expect("the profile");
    assert_eq!((kept.rule.clone(), kept.snooze), (Some(ReminderRule::Days(vec![90, 1])), Some(snooze)));
    save(&home, &vault, 7, "2026-02-03T00:00", &[profile(1, "Contoso", Some("2028-06-01"))]);
    let index = home.read();
    let (_, kept) = index.find(key).expect("the profile");
    assert_eq!((kept.rule.is_some(), kept.snooze), (true, None), "a new secret has no snooze");
}

#[test]
fn the_index_holds_the_date_of_the_secret_that_the_ucc_uses() {
    let home = home();
    let vault = home.vault("a.a365vault");
    let mut contoso = profile(1, "Contoso", Some("2028-06-01"));
    let switched = at("2026-05-01T00:00");
    contoso.ucc_update = Some(Box::new(UccUpdate::pending(switched, Some(day("2026-06-01")))));
    save(&home, &vault, 7, "2026-05-01T00:00", std::slice::from_ref(&contoso));
    let known = |home: &Home| {
        let index = home.read();
        let (_, kept) = index.find((Uuid::from_u128(7), Uuid::from_u128(1))).expect("the profile");
        (kept.expires, kept.ucc_behind, kept.snooze.is_some())
    };
    assert_eq!(known(&home), (Some(day("2026-06-01")), true, false));
    let key = (Uuid::from_u128(7), Uuid::from_u128(1));
    let snooze = Snooze::for_days(day("2026-05-01"), 7, contoso.expires());
    index::change_profiles(&home.places, &[key], |it| it.snooze = Some(snooze)).expect("saved");
    save(&home, &vault, 7, "2026-05-02T00:00", std::slice::from_ref(&contoso));
    assert!(known(&home).2, "the same date");
    if let Some(update) = &mut contoso.ucc_update {
        update.done = Some(switched);
    }
    save(&home, &vault, 7, "2026-05-03T00:00", &[contoso]);
    assert_eq!(known(&home), (Some(day("2028-06-01")), false, false));
    let text = fs::read_to_string(home.places.index()).expect("the index");
    assert!(!text.contains("ucc"), "as an earlier version writes it: {text}");
}

#[test]
fn a_moved_vault_is_one_vault_and_a_copy_is_told_once() {
    let home = home();
    let (first, second) = (home.vault("first.a365vault"), home.folder.path().join("second.a365vault"));
    let profiles = [profile(1, "Contoso", Some("2026-06-01"))];
    save(&home, &first, 7, "2026-02-01T00:00", &profiles);
    fs::rename(&first, &second).expect("moved");
    save(&home, &second, 7, "2026-02-02T00:00", &profiles);
    assert_eq!(home.read().vaults.len(), 1);
    let copy = home.vault("copy.a365vault");
    save(&home, &copy, 7, "2026-02-03T00:00", &[profile(1, "Renamed", Some("2027-06-01"))]);
    let index = home.read();
    assert_eq!(index.vaults.len(), 2);
    let watched = index.watched(&|_| true);
    assert_eq!(watched.iter().map(|entry| entry.profile.name.as_str()).collect::<Vec<_>>(), ["Renamed"]);
    assert_eq!(index.vault_at(&second).map(|vault| vault.profiles[0].name.as_str()), Some("Contoso"));
}

#[test]
fn another_vault_in_the_same_place_replaces_the_former() {
    let home = home();
    let vault = home.vault("a.a365vault");
    save(&home, &vault, 7, "2026-02-01T00:00", &[profile(1, "Old", None)]);
    save(&home, &vault, 8, "2026-02-02T00:00", &[profile(2, "New", None)]);
    let index = home.read();
    assert_eq!(index.vaults.iter().map(|vault| vault.id).collect::<Vec<_>>(), [Uuid::from_u128(8)]);
}

#[test]
fn a_deleted_vault_is_missing_until_it_is_forgotten() {
    let home = home();
    let vault = home.vault("a.a365vault");
    save(&home, &vault, 7, "2026-02-01T00:00", &[profile(1, "Contoso", Some("2026-06-01"))]);
    fs::remove_file(&vault).expect("removed");
    let index = home.read();
    let places: Vec<_> = index.watched(&|path| path.exists()).iter().map(|entry| entry.place).collect();
    assert_eq!(places, [VaultPlace::Missing]);
    assert_eq!(index::forget(&home.places, &vault).expect("saved"), Updated::Written);
    assert_eq!(home.read(), Index::default());
}

#[test]
fn a_vault_is_forgotten_with_all_its_copies_and_no_other() {
    let home = home();
    for (name, id) in [("a.a365vault", 7), ("copy.a365vault", 7), ("b.a365vault", 8)] {
        save(&home, &home.vault(name), id, "2026-02-01T00:00", &[profile(1, "Contoso", None)]);
    }
    let index = home.read();
    assert_eq!(index.newest().map(|vault| vault.id.as_u128()).collect::<Vec<_>>(), [7, 8], "each once");
    assert_eq!(index::forget_vault(&home.places, Uuid::from_u128(7)).expect("saved"), Updated::Written);
    assert_eq!(home.read().vaults.iter().map(|vault| vault.id.as_u128()).collect::<Vec<_>>(), [8]);
    assert_eq!(index::forget_vault(&home.places, Uuid::from_u128(7)).expect("read"), Updated::Unchanged);
}

#[test]
fn a_removed_profile_is_remembered_to_call_off_its_calendar_entry() {
    let home = home();
    let vault = home.vault("a.a365vault");
    let (one, two) = (profile(1, "One", Some("2026-06-01")), profile(2, "Two", None));
    save(&home, &vault, 7, "2026-02-01T00:00", &[one.clone(), two.clone()]);
    save(&home, &vault, 7, "2026-02-02T00:00", std::slice::from_ref(&two));
    let index = home.read();
    assert_eq!(index.vaults[0].removed.iter().map(|gone| gone.name.as_str()).collect::<Vec<_>>(), ["One"]);
    save(&home, &vault, 7, "2026-02-03T00:00", &[one, two.clone()]);
    assert!(home.read().vaults[0].removed.is_empty(), "it came back");
    save(&home, &vault, 7, "2026-02-04T00:00", std::slice::from_ref(&two));
    save(&home, &vault, 7, "2027-12-04T00:00", &[two]);
    assert!(home.read().vaults[0].removed.is_empty(), "over a year ago");
}

#[test]
fn a_vault_that_was_only_read_comes_in_only_when_it_is_known() {
    let home = home();
    let vault = home.vault("a.a365vault");
    let read = |saved_at: &str, name: &str| {
        let profiles = [profile(1, name, None)];
        let saved = SavedVault {
            path: &vault,
            id: Uuid::from_u128(7),
            saved_at: at(saved_at),
            generation: 1,
            profiles: &profiles,
        };
        index::refresh(&home.places, &saved).expect("read")
    };
    assert_eq!(read("2026-02-01T00:00", "Strange"), Updated::Unchanged);
    assert!(!home.places.index().exists());
    save(&home, &vault, 7, "2026-02-02T00:00", &[profile(1, "Mine", None)]);
    assert_eq!(read("2026-02-02T00:00", "Mine"), Updated::Unchanged);
    assert_eq!(read("2026-02-03T00:00", "Saved by a colleague"), Updated::Written);
    assert_eq!(home.read().vaults[0].profiles[0].name, "Saved by a colleague");
}

#[test]
fn a_save_of_a_clock_far_ahead_does_not_stay_the_newest() {
    let home = home();
    let (vault, copy) = (home.vault("a.a365vault"), home.vault("copy.a365vault"));
    let saved = |path: &Path, generation: u64, saved_at: &str, name: &str| {
        let profiles = [profile(1, name, None)];
        let id = Uuid::from_u128(7);
        index::update(&home.places, &SavedVault { path, id, saved_at: at(saved_at), generation, profiles: &profiles })
            .expect("saved");
    };
    saved(&copy, 4, "2036-02-01T00:00", "Ten years ahead");
    saved(&vault, 5, "2026-02-01T00:00", "Now");
    let watched = home.read();
    let names: Vec<_> = watched.watched(&|_| true).iter().map(|entry| entry.profile.name.clone()).collect();
    assert_eq!(names, ["Now"]);
    // And what a colleague saved after it is read as the newer one.
    let profiles = [profile(1, "Newer", None)];
    let read = SavedVault {
        path: &copy,
        id: Uuid::from_u128(7),
        saved_at: at("2026-02-02T00:00"),
        generation: 6,
        profiles: &profiles,
    };
    assert_eq!(index::refresh(&home.places, &read).expect("read"), Updated::Written);
}

#[test]
fn a_damaged_index_is_a_clear_word_and_the_next_save_mends_it() {
    let home = home();
    assert_eq!(home.read(), Index::default(), "no file is no trouble");
    let vault = home.vault("a.a365vault");
    for damage in [&b""[..], b"{", b"{\"format\":1,\"vaults\":[{}]}", b"\xff\xfe", b"[]", b"{\"format\":\"1\"}"] {
        fs::create_dir_all(home.folder.path().join("data")).expect("a folder");
        fs::write(home.places.index(), damage).expect("damaged");
        let (index, trouble) = Index::read(&home.places);
        assert_eq!(index, Index::default());
        let trouble = trouble.expect("a word");
        assert!(matches!(trouble, IndexTrouble::Unreadable { .. }), "{trouble}");
        save(&home, &vault, 7, "2026-02-01T00:00", &[profile(1, "Contoso", None)]);
        assert_eq!(home.read().vaults.len(), 1);
        let aside = fs::read(home.folder.path().join("data/reminders.index.damaged")).expect("kept aside");
        assert_eq!(aside, damage);
    }
}

#[test]
fn an_index_of_a_newer_version_is_left_alone() {
    let home = home();
    let newer = r#"{"format":2,"vaults":"another shape"}"#;
    fs::create_dir_all(home.folder.path().join("data")).expect("a folder");
    fs::write(home.places.index(), newer).expect("written");
    assert!(matches!(Index::read(&home.places).1, Some(IndexTrouble::Newer { .. })));
    let vault = home.vault("a.a365vault");
    let saved = SavedVault {
        path: &vault,
        id: Uuid::from_u128(7),
        saved_at: at("2026-02-01T00:00"),
        generation: 1,
        profiles: &[],
    };
    assert!(matches!(index::update(&home.places, &saved), Err(KeptFileError::Newer { .. })));
    assert_eq!(fs::read_to_string(home.places.index()).expect("the index"), newer);
}

#[test]
fn writers_at_once_lose_nothing() {
    let home = home();
    std::thread::scope(|scope| {
        for writer in 0..4u128 {
            let home = &home;
            scope.spawn(move || {
                let vault = home.vault(&format!("{writer}.a365vault"));
                for round in 0..10 {
                    let profiles: Vec<_> = (0..=round).map(|n| profile(n, &format!("P{n}"), None)).collect();
                    save(home, &vault, 100 + writer, "2026-02-01T00:00", &profiles);
                }
            });
        }
    });
    let index = home.read();
    assert_eq!(index.vaults.len(), 4);
    assert!(index.vaults.iter().all(|vault| vault.profiles.len() == 10));
}

/// A protection that turns every bit round.
struct Mirror;

impl Protection for Mirror {
    fn protect(&self, plain: &[u8]) -> io::Result<Vec<u8>> {
        Ok(plain.iter().map(|byte| !byte).collect())
    }

    fn reveal(&self, kept: &[u8]) -> io::Result<Vec<u8>> {
        if kept.last() == Some(&!b'}') { self.protect(kept) } else { Err(io::Error::other("another account's")) }
    }
}

#[test]
fn the_index_is_protected_on_the_disk_and_an_open_one_is_taken_over() {
    let mut home = home();
    let vault = home.vault("a.a365vault");
    save(&home, &vault, 7, "2026-02-01T00:00", &[profile(1, "Contoso", None)]);
    home.places = Places::protected(&home.folder.path().join("data"), Arc::new(Mirror));
    assert_eq!(home.read().vaults.len(), 1, "from before there was a protection");
    save(&home, &vault, 7, "2026-02-02T00:00", &[profile(1, "Contoso", None)]);
    let bytes = fs::read(home.places.index()).expect("the index");
    assert!(!bytes.windows(7).any(|window| window == b"Contoso"));
    assert_eq!(home.read().vaults.len(), 1);
    fs::write(home.places.index(), "someone else's").expect("written");
    let (_, trouble) = Index::read(&home.places);
    assert!(trouble.is_some_and(|trouble| trouble.to_string().contains("another account's")));
}

#[test]
fn times_are_whole_in_the_file() {
    let home = home();
    let vault = home.vault("a.a365vault");
    let precise: DateTime<Utc> = "2026-02-01T03:04:05.678Z".parse().expect("a time");
    let mut odd = profile(1, "Ünïcode “quoted”\u{2028}", Some("9999-12-31"));
    odd.modified = precise;
    save(&home, &vault, 7, "2026-02-01T00:00", std::slice::from_ref(&odd));
    let read = home.read().vaults[0].profiles[0].clone();
    assert_eq!((read.name, read.modified, read.expires), (odd.name, precise, odd.secret_expires));
}

#[test]
fn a_vault_too_large_for_the_index_is_named_and_the_others_stay_watched() {
    let home = home();
    let (small, large) = (home.vault("small.a365vault"), home.vault("large.a365vault"));
    let beside = |path, id| save(&home, path, id, "2026-02-01T00:00", &[profile(id, "Contoso", Some("2026-06-01"))]);
    beside(&small, 1);
    // More than a reader of the index takes.
    let long = "x".repeat(65 << 20);
    let profiles = [profile(2, &long, Some("2026-06-01")), profile(3, "Fabrikam", None)];
    save(&home, &large, 9, "2026-02-01T00:00", &profiles);
    let index = home.read();
    let counts: Vec<_> = index.vaults.iter().map(|vault| (vault.profiles.len(), vault.left_out)).collect();
    assert_eq!(counts, [(1, None), (0, Some(2))]);
    let words = index.vaults[1].unwatched().expect("words");
    assert!(words.contains("large.a365vault is too large for reminders") && words.contains("2 profiles"), "{words}");
    assert_eq!(index.watched(&|_| true).len(), 1);
    // Another save does not make it forgotten, and a smaller one brings it back.
    beside(&small, 1);
    assert_eq!(home.read().vaults[1].left_out, Some(2));
    save(&home, &large, 9, "2026-03-01T00:00", &profiles[1..]);
    assert_eq!((home.read().vaults[1].left_out, home.read().watched(&|_| true).len()), (None, 2));
}

#[cfg(target_os = "linux")]
#[test]
fn a_path_that_is_not_unicode_is_kept_whole_and_harms_no_other() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let home = home();
    let odd = home.folder.path().join(OsStr::from_bytes(b"caf\xe9.a365vault"));
    fs::write(&odd, "a vault").expect("a file");
    let plain = home.vault("plain.a365vault");
    for (path, id) in [(&plain, 1), (&odd, 2), (&plain, 1)] {
        save(&home, path, id, "2026-02-01T00:00", &[profile(id, "Contoso", Some("2026-06-01"))]);
    }
    let index = home.read();
    assert_eq!(index.vaults.iter().map(|vault| &vault.path).collect::<Vec<_>>(), [&plain, &odd]);
    assert!(index.watched(&|path| path.exists()).iter().all(|entry| entry.place == VaultPlace::There));
    assert_eq!(index.vault_at(&odd).map(|vault| vault.id), Some(Uuid::from_u128(2)));
    let text = fs::read_to_string(home.places.index()).expect("the index is text");
    for damaged in [text.replacen("\\u0000", "\\u0000zz", 1), text.replacen("\\u0000", "\\u00000", 1)] {
        fs::write(home.places.index(), damaged).expect("written");
        assert!(matches!(Index::read(&home.places).1, Some(IndexTrouble::Unreadable { .. })));
    }
}

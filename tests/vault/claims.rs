//! Shares without locks: a claim file keeps writers apart, and one left over stops nobody for long.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use a365_password_tool::vault::{
    BackupTrouble, Surroundings, Vault, VaultError, backups, backups_folder, claim_path, copies_made_by_sync_clients,
};

use super::share::{Share, Works};
use super::{Place, add, made, names};

fn on(share: &Arc<Share>, place: &Place) -> Vault {
    Vault::open_in(Arc::clone(share) as Arc<dyn Surroundings>, &place.path, &place.passphrase).expect("opened")
}

/// The files beside the vault, by name.
fn beside(place: &Place) -> Vec<String> {
    let name = |path: &PathBuf| path.file_name().expect("a name").to_string_lossy().into_owned();
    place.files().iter().filter(|path| path.parent() == Some(place.folder.path())).map(name).collect()
}

#[test]
fn without_locks_a_claim_is_made_and_given_back() {
    let (place, _) = made();
    let claim = claim_path(&place.path);
    let held = Arc::new(std::sync::Mutex::new(Vec::new()));
    let share = Arc::new(Share {
        before_replacing: Some(Box::new({
            let (held, claim) = (Arc::clone(&held), claim.clone());
            move |_: &Path| held.lock().expect("no panic").push(std::fs::read(&claim).unwrap_or_default())
        })),
        ..Share::without_locks()
    });
    let mut vault = on(&share, &place);
    for name in ["One", "Two"] {
        add(&mut vault, name).expect("a save");
    }
    assert!(!claim.exists());
    assert_eq!(share.waited(), Duration::ZERO);
    let held = held.lock().expect("no panic");
    assert!(held.len() == 2 && held.iter().all(|claim| claim.starts_with(b"A365 Password Tool is saving")));
    assert_ne!(held[0], held[1], "each save has a random number of its own");
    assert_eq!(beside(&place), ["customers.a365vault", "customers.a365vault.lock"]);
}

#[test]
fn a_claim_is_waited_for_and_where_locks_work_it_is_respected_too() {
    for locks in [Works::No, Works::Yes] {
        let (place, _) = made();
        let claim = claim_path(&place.path);
        std::fs::write(&claim, "somebody on another machine").expect("a claim");
        let given_back = claim.clone();
        let share = Arc::new(Share {
            locks,
            while_waiting: Some(Box::new(move |so_far| {
                if so_far >= 700 {
                    let _ = std::fs::remove_file(&given_back);
                }
            })),
            ..Share::default()
        });
        let mut vault = on(&share, &place);
        add(&mut vault, "Contoso").expect("it came free");
        assert!(share.waited() >= Duration::from_millis(700) && share.waited() < Duration::from_secs(2));
        assert!(!claim.exists());
    }
}

#[test]
fn a_claim_that_never_changes_is_taken_over_after_twenty_seconds() {
    let (place, _) = made();
    for left_over in [&b"somebody whose machine is off"[..], b"", b"\xff\xfe\n\n\n\n"] {
        std::fs::write(claim_path(&place.path), left_over).expect("a claim");
        let share = Arc::new(Share::without_locks());
        add(&mut on(&share, &place), &format!("After {} bytes", left_over.len())).expect("taken over");
        assert!((Duration::from_secs(20)..Duration::from_secs(22)).contains(&share.waited()), "{:?}", share.waited());
        assert_eq!(beside(&place), ["customers.a365vault", "customers.a365vault.lock"]);
    }
}

#[test]
fn a_claim_that_keeps_changing_is_somebody_alive_and_the_save_gives_up() {
    let (place, _) = made();
    let claim = claim_path(&place.path);
    std::fs::write(&claim, "1").expect("a claim");
    let theirs = claim.clone();
    let share = Arc::new(Share {
        while_waiting: Some(Box::new(move |so_far| {
            std::fs::write(&theirs, so_far.to_string()).expect("their next save");
        })),
        ..Share::without_locks()
    });
    let before = place.bytes();
    let refused = add(&mut on(&share, &place), "Contoso");
    assert!(matches!(refused, Err(VaultError::Locked { .. })), "{refused:?}");
    assert!(share.waited() < Duration::from_secs(60));
    assert_eq!(place.bytes(), before);
    assert!(claim.exists(), "theirs stays");
}

#[cfg(target_os = "linux")]
#[test]
fn a_claim_of_a_process_that_has_ended_is_taken_over_at_once() {
    let (place, _) = made();
    let mut child = std::process::Command::new("sleep").arg("60").spawn().expect("a process");
    let mark = a365_password_tool::platform::process_mark::this_process();
    let words: Vec<_> = mark.split(' ').collect();
    let of_child = |words: &[&str]| format!("first line\ntoken\n{} {} {} 1\n", words[0], words[1], child.id());
    let claim = of_child(&words);
    child.kill().expect("killed");
    child.wait().expect("gone");
    std::fs::write(claim_path(&place.path), claim).expect("a claim");
    let share = Arc::new(Share::without_locks());
    add(&mut on(&share, &place), "Contoso").expect("taken over");
    assert!(share.waited() < Duration::from_millis(100), "{:?}", share.waited());
}

#[test]
fn a_claim_taken_away_while_saving_stops_the_save() {
    let (place, _) = made();
    let claim = claim_path(&place.path);
    let taken = claim.clone();
    // The last file that is put in place before the vault itself is the backup, where links do not work.
    let share = Arc::new(Share {
        links: Works::No,
        before_replacing: Some(Box::new(move |to: &Path| {
            if to.to_string_lossy().contains(".backups") {
                std::fs::write(&taken, "another one's").expect("taken away");
            }
        })),
        ..Share::without_locks()
    });
    let before = place.bytes();
    let mut vault = on(&share, &place);
    let refused = add(&mut vault, "Contoso");
    assert!(matches!(refused, Err(VaultError::Overtaken { .. })), "{refused:?}");
    assert_eq!((place.bytes(), names(vault.contents())), (before, Vec::new()));
    assert_eq!(std::fs::read(&claim).expect("still there"), b"another one's");
    assert!(!beside(&place).iter().any(|name| name.ends_with(".new")));
}

#[test]
fn a_save_that_somebody_overwrote_at_the_same_instant_is_not_acknowledged() {
    let (place, mut other) = made();
    add(&mut other, "Theirs").expect("a save");
    let theirs = place.bytes();
    let path = place.path.canonicalize().expect("a path");
    let share = Arc::new(Share {
        after_replacing: Some(Box::new({
            let (path, theirs) = (path.clone(), theirs.clone());
            move |to: &Path| {
                if to == path {
                    std::fs::write(to, &theirs).expect("theirs");
                }
            }
        })),
        ..Share::without_locks()
    });
    let mut vault = on(&share, &place);
    let refused = add(&mut vault, "Mine");
    assert!(matches!(refused, Err(VaultError::Overtaken { .. })), "{refused:?}");
    assert_eq!(names(vault.contents()), ["Theirs"]);
    assert_eq!(place.bytes(), theirs);
}

#[test]
fn four_writers_without_locks_lose_nothing() {
    // Without locks, yet really waiting.
    let (place, vault) = made();
    drop(vault);
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let share = Share {
                while_waiting: Some(Box::new(|_| std::thread::sleep(Duration::from_millis(2)))),
                ..Share::without_locks()
            };
            let mut vault = on(&Arc::new(share), &place);
            scope.spawn(move || {
                for save in 0..10 {
                    let name = format!("{thread}-{save}");
                    while let Err(error) = add(&mut vault, &name) {
                        assert!(matches!(error, VaultError::Locked { .. } | VaultError::Overtaken { .. }), "{error}");
                    }
                }
            });
        }
    });
    assert_eq!(place.open().expect("opened").contents().profiles().len(), 40);
    assert_eq!(beside(&place), ["customers.a365vault", "customers.a365vault.lock"]);
}

#[test]
fn where_a_lock_may_not_reach_everybody_a_claim_is_taken_too() {
    let (place, vault) = made();
    drop(vault);
    std::thread::scope(|scope| {
        for thread in 0..3 {
            let place = &place;
            scope.spawn(move || {
                for save in 0..6 {
                    let share = Arc::new(Share {
                        while_waiting: Some(Box::new(|_| std::thread::sleep(Duration::from_millis(1)))),
                        ..Share::with_locks_that_mean_nothing()
                    });
                    // As the command line does: each save is a program of its own, which merges nothing afterwards.
                    let name = format!("{thread}-{save}");
                    while let Err(error) = add(&mut on(&share, place), &name) {
                        assert!(matches!(error, VaultError::Locked { .. } | VaultError::Overtaken { .. }), "{error}");
                    }
                }
            });
        }
    });
    assert_eq!(place.open().expect("opened").contents().profiles().len(), 18, "an acknowledged save is lost");
}

#[test]
fn a_claim_that_is_too_long_or_leads_nowhere_is_somebodys_until_it_is_stale() {
    let plant: [fn(&Path); 2] = [
        |path| std::fs::write(path, vec![b'x'; 5000]).expect("a claim"),
        |path| {
            #[cfg(unix)]
            std::os::unix::fs::symlink("nowhere", path).expect("a link");
            #[cfg(windows)]
            std::fs::write(path, vec![b'y'; 5000]).expect("a claim");
        },
    ];
    for plant in plant {
        let (place, _) = made();
        plant(&claim_path(&place.path));
        let share = Arc::new(Share::without_locks());
        add(&mut on(&share, &place), "Contoso").expect("taken over");
        assert!((Duration::from_secs(20)..Duration::from_secs(22)).contains(&share.waited()), "{:?}", share.waited());
    }
}

#[cfg(unix)]
#[test]
fn what_is_no_file_in_the_place_of_a_claim_is_refused_at_once() {
    for share in [Share::default(), Share::without_locks()] {
        let (place, _) = made();
        std::fs::create_dir(claim_path(&place.path)).expect("a folder");
        let share = Arc::new(share);
        let refused = add(&mut on(&share, &place), "Contoso");
        assert!(matches!(refused, Err(VaultError::NotRegular { .. })), "{refused:?}");
        assert_eq!(share.waited(), Duration::ZERO);
    }
}

#[test]
fn what_a_share_shows_cut_or_missing_for_a_moment_is_looked_at_again() {
    let (place, mut vault) = made();
    add(&mut vault, "Contoso").expect("a save");
    let real = place.path.canonicalize().expect("a path");
    for cut in [true, false] {
        let (real, again) = (real.clone(), std::sync::atomic::AtomicU64::new(0));
        let share = Arc::new(Share {
            as_read: Some(Box::new(move |path: &Path, mut bytes: Vec<u8>| {
                // Every other look at the vault shows what was there before.
                if path.file_name() == real.file_name()
                    && again.fetch_add(1, std::sync::atomic::Ordering::SeqCst) % 2 == 0
                {
                    if !cut {
                        return Err(std::io::ErrorKind::NotFound.into());
                    }
                    bytes.truncate(bytes.len() - 7);
                }
                Ok(bytes)
            })),
            ..Share::with_locks_that_mean_nothing()
        });
        add(&mut on(&share, &place), &format!("{cut}")).expect("looked at again");
        assert!(share.waited() < Duration::from_secs(1), "{:?}", share.waited());
    }
    assert_eq!(place.open().expect("opened").contents().profiles().len(), 3);
    std::fs::write(&place.path, &place.bytes()[..100]).expect("cut for good");
    let share = Arc::new(Share::with_locks_that_mean_nothing());
    let opened = Vault::open_in(share.clone(), &place.path, &place.passphrase);
    assert!(matches!(opened, Err(VaultError::Damaged { .. })), "{opened:?}");
    std::fs::write(claim_path(&place.path), "somebody saves").expect("a claim");
    let opened = Vault::open_in(share, &place.path, &place.passphrase);
    assert!(matches!(opened, Err(VaultError::Locked { .. })), "{opened:?}");
}

#[test]
fn a_share_with_no_right_for_backups_saves_and_says_so() {
    let (place, _) = made();
    let share = Arc::new(Share { folders: Works::No, ..Share::default() });
    let mut vault = on(&share, &place);
    add(&mut vault, "Contoso").expect("saved all the same");
    let trouble = vault.take_backup_trouble().expect("told");
    assert!(matches!(trouble, BackupTrouble::NotKept { .. }));
    assert!(
        trouble.to_string().starts_with("The vault was saved, but its previous version could not be stored"),
        "{trouble}"
    );
    assert_eq!(names(place.open().expect("opened").contents()), ["Contoso"]);
    assert!(backups(&place.path).expect("none").is_empty());
    std::fs::create_dir(backups_folder(&place.path)).expect("somebody made it");
    add(&mut vault, "Fabrikam").expect("a save");
    assert_eq!(vault.take_backup_trouble(), None, "no trouble any more");
}

#[test]
fn copies_of_synchronising_programs_are_found_by_name_and_vault() {
    let (place, mut vault) = made();
    assert!(copies_made_by_sync_clients(&place.path).is_empty());
    add(&mut vault, "Contoso").expect("a save");
    let copy = |name: &str, bytes: &[u8]| {
        let path = place.folder.path().join(name);
        std::fs::write(&path, bytes).expect("a copy");
        path
    };
    let mut expected = [
        copy("customers-JUMP01.a365vault", &place.bytes()),
        copy("customers (Jan's conflicted copy 2026-11-25).a365vault", &place.bytes()),
        copy("customers.sync-conflict-20261125-101010-ABCDEFG.a365vault", &place.bytes()),
    ];
    expected.sort();
    copy("other-JUMP01.a365vault", &place.bytes());
    copy("customers-CUT.a365vault", &place.bytes()[..100]);
    let (another, _) = made();
    copy("customers-ANOTHER.a365vault", &another.bytes());
    let mut found = copies_made_by_sync_clients(&place.path);
    found.sort();
    assert_eq!(
        found.iter().map(|path| path.file_name()).collect::<Vec<_>>(),
        expected.iter().map(|path| path.file_name()).collect::<Vec<_>>()
    );
}

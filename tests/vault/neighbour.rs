//! Somebody who may write the vault's folder, and means no good: what he plants there is not followed, not waited for,
//! and gives him nothing.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use a365_password_tool::vault::{BackupState, BackupTrouble, Vault, VaultError, backups, backups_folder, lock_path};

use super::{Place, add, made, names};

fn mode(path: &Path) -> u32 {
    std::fs::symlink_metadata(path).expect("a file").mode() & 0o7777
}

fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("its mode");
}

fn pipe(path: &Path) {
    let made = std::process::Command::new("mkfifo").arg(path).status().expect("mkfifo");
    assert!(made.success());
}

/// Says that a test was left out. Continuous integration, which can do all of it, leaves none out.
fn left_out(why: &str) {
    assert!(std::env::var_os("A365_LEAVE_NO_TEST_OUT").is_none(), "{why}");
    eprintln!("NOT DONE: {why}");
}

fn is_administrator() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

#[test]
fn a_saved_vault_passes_on_reading_and_writing_and_nothing_else() {
    for (before, after) in [(0o600, 0o600), (0o4755, 0o644), (0o6777, 0o666), (0o1640, 0o640)] {
        let (place, mut vault) = made();
        set_mode(&place.path, before);
        add(&mut vault, "Contoso").expect("a save");
        assert_eq!(mode(&place.path), after, "of {before:o}");
        assert_eq!(mode(&lock_path(&place.path)), after, "the lock of {before:o}");
        assert_eq!(vault.take_backup_trouble(), None);
    }
}

#[test]
fn links_in_the_place_of_a_half_written_file_change_nothing_elsewhere() {
    let (place, mut vault) = made();
    set_mode(&place.path, 0o666);
    let elsewhere = tempfile::tempdir().expect("a folder");
    let private = elsewhere.path().join("private");
    std::fs::write(&private, "private").expect("a file");
    set_mode(&private, 0o600);
    set_mode(elsewhere.path(), 0o700);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let link = place.folder.path().join("link");
            while !done.load(Ordering::SeqCst) {
                let Ok(entries) = std::fs::read_dir(place.folder.path()) else { continue };
                for entry in entries.flatten().filter(|entry| entry.file_name().as_bytes().ends_with(b".new")) {
                    let _ = symlink(&private, &link);
                    let _ = std::fs::rename(&link, entry.path());
                }
            }
        });
        for save in 0..60 {
            // The neighbour may refuse service; he may not get more.
            let before = place.bytes();
            let _ = add(&mut vault, &format!("{save}"));
            if std::fs::symlink_metadata(&place.path).is_ok_and(|found| found.is_symlink()) {
                std::fs::remove_file(&place.path).expect("his link");
                std::fs::write(&place.path, before).expect("the vault again");
                set_mode(&place.path, 0o666);
            }
        }
        done.store(true, Ordering::SeqCst);
    });
    assert_eq!((mode(&private), mode(elsewhere.path())), (0o600, 0o700));
    assert_eq!(std::fs::read_to_string(&private).expect("the file"), "private");
}

#[test]
fn a_link_for_the_folder_of_backups_is_not_followed_and_said() {
    let (place, mut vault) = made();
    let elsewhere = tempfile::tempdir().expect("a folder");
    symlink(elsewhere.path(), backups_folder(&place.path)).expect("a link");
    add(&mut vault, "Contoso").expect("saved all the same");
    let trouble = vault.take_backup_trouble().expect("said");
    assert!(trouble.to_string().contains("it is a link or a file where a folder should be"), "{trouble}");
    assert_eq!(std::fs::read_dir(elsewhere.path()).expect("the folder").count(), 0, "something landed there");
    assert_eq!(names(place.open().expect("opened").contents()), ["Contoso"]);
}

#[test]
fn what_is_no_regular_file_is_refused_and_never_waited_for() {
    let plants: [fn(&Path); 3] =
        [pipe, |path| std::fs::create_dir(path).expect("a folder"), |path| symlink("/dev/zero", path).expect("a link")];
    for plant in plants {
        let (place, mut vault) = made();
        plant(&place.path.with_extension("other"));
        let opened = Vault::open(&place.path.with_extension("other"), &place.passphrase);
        assert!(matches!(opened, Err(VaultError::NotRegular { .. })), "{opened:?}");

        let _ = std::fs::remove_file(lock_path(&place.path));
        plant(&lock_path(&place.path));
        let refused = add(&mut vault, "Contoso").expect_err("refused");
        let text = refused.to_string();
        assert!(text.contains("customers.a365vault.lock cannot be used: it is a"), "{text}");
        assert!(text.contains("not a regular file"), "{text}");
        assert!(names(vault.contents()).is_empty());
        std::fs::remove_dir(lock_path(&place.path))
            .or_else(|_| std::fs::remove_file(lock_path(&place.path)))
            .expect("gone");

        for name in ["One", "Two"] {
            add(&mut vault, name).expect("a save");
        }
        let backup = backups(&place.path).expect("the backups")[0].path.clone();
        std::fs::remove_file(&backup).expect("removed");
        plant(&backup);
        let found = backups(&place.path).expect("the backups");
        assert_eq!(found.iter().filter(|backup| backup.state == BackupState::Damaged).count(), 1);
    }
}

#[test]
fn a_lock_that_strangers_could_hold_is_closed_to_them() {
    let (place, mut vault) = made();
    add(&mut vault, "One").expect("a save");
    assert_eq!(mode(&lock_path(&place.path)), 0o600);
    set_mode(&lock_path(&place.path), 0o666);
    add(&mut vault, "Two").expect("a save");
    assert_eq!(mode(&lock_path(&place.path)), 0o600);
    // And opened to those with whom the vault was shared since.
    set_mode(&place.path, 0o660);
    add(&mut vault, "Three").expect("a save");
    assert_eq!(mode(&lock_path(&place.path)), 0o660);
}

#[test]
fn a_file_that_a_person_named_is_replaced_and_a_link_there_is_refused() {
    use a365_password_tool::platform::file_system::{write_named, write_named_private};
    let folder = tempfile::tempdir().expect("a folder");
    let (precious, link) = (folder.path().join("precious"), folder.path().join("export.csv"));
    std::fs::write(&precious, "precious").expect("a file");
    symlink(&precious, &link).expect("a link");
    for write in [write_named, write_named_private] {
        let refused = write(&link, b"text").expect_err("refused");
        assert_eq!(refused.to_string(), "it is a link, not a regular file");
        assert!(write(Path::new("/dev/null"), b"text").is_err());
        assert!(write(folder.path(), b"text").is_err());
        set_mode(&precious, 0o640);
        write(&precious, b"text").expect("replaced");
        assert_eq!(std::fs::read(&precious).expect("the file"), b"text");
    }
    assert_eq!(mode(&precious), 0o600, "a sheet is private");
    write_named(&precious, b"more").expect("replaced");
    assert_eq!(mode(&precious), 0o600);
    assert_eq!(std::fs::read_dir(folder.path()).expect("the folder").count(), 2, "nothing is left over");
}

#[test]
fn names_that_are_no_text_work_like_any_other() {
    let (place, vault) = made();
    drop(vault);
    let odd = place.folder.path().join(OsStr::from_bytes(b"gro\xdfe \xff.a365vault"));
    std::fs::rename(&place.path, &odd).expect("renamed");
    std::fs::remove_file(lock_path(&place.path)).expect("removed");
    let mut vault = Vault::open(&odd, &place.passphrase).expect("opened");
    add(&mut vault, "Contoso").expect("a save");
    assert_eq!(backups(&odd).expect("the backups").len(), 1);
    let first: Vec<PathBuf> =
        place.files().iter().map(|path| path.strip_prefix(place.folder.path()).unwrap_or(path).into()).collect();
    assert!(first.iter().all(|path| path.as_os_str().as_bytes().starts_with(b"gro\xdfe \xff")), "{first:?}");
}

#[test]
fn a_hard_link_to_the_vault_is_said_to_show_an_earlier_state() {
    let (place, mut vault) = made();
    add(&mut vault, "One").expect("a save");
    assert_eq!(vault.take_backup_trouble(), None);
    let other = place.folder.path().join("other.a365vault");
    std::fs::hard_link(&place.path, &other).expect("a second name");
    add(&mut vault, "Two").expect("a save");
    let trouble = vault.take_backup_trouble().expect("said");
    assert!(matches!(trouble, BackupTrouble::OtherName { .. }), "{trouble:?}");
    assert_eq!(names(Vault::open(&other, &place.passphrase).expect("opened").contents()), ["One"]);
    add(&mut vault, "Three").expect("a save");
    assert_eq!(vault.take_backup_trouble(), None, "said once");
}

/// A group that a file of this account can be given.
fn other_group(place: &Place) -> Option<u32> {
    let own = std::fs::metadata(&place.path).expect("a file").gid();
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let groups = status.lines().find_map(|line| line.strip_prefix("Groups:"))?;
    let other = groups.split_whitespace().filter_map(|group| group.parse().ok()).find(|group| *group != own);
    other.or(is_administrator().then_some(own + 4711))
}

#[test]
fn the_group_of_a_shared_vault_is_kept() {
    let (place, mut vault) = made();
    let Some(group) = other_group(&place) else { return left_out("this account is in one group only") };
    std::os::unix::fs::chown(&place.path, None, Some(group)).expect("its group");
    set_mode(&place.path, 0o660);
    add(&mut vault, "Contoso").expect("a save");
    for path in [place.path.clone(), lock_path(&place.path)] {
        let found = std::fs::metadata(&path).expect("a file");
        assert_eq!((found.gid(), found.mode() & 0o7777), (group, 0o660), "{}", path.display());
    }
    let folder = std::fs::metadata(backups_folder(&place.path)).expect("the folder");
    assert_eq!((folder.gid(), folder.mode() & 0o777), (group, 0o770));
    assert_eq!(vault.take_backup_trouble(), None);
}

#[cfg(target_os = "linux")]
#[test]
fn the_access_list_of_a_shared_vault_is_kept_without_the_right_to_run_it() {
    const NAME: &str = "system.posix_acl_access";
    let list = |of_named: u16| {
        let mut bytes = 2_u32.to_le_bytes().to_vec();
        // Owner, account 4711, group, mask, others.
        for (tag, rights, id) in [
            (1_u16, 6_u16, u32::MAX),
            (2, of_named, 4711),
            (4, 0, u32::MAX),
            (0x10, of_named, u32::MAX),
            (0x20, 0, u32::MAX),
        ] {
            bytes.extend(tag.to_le_bytes());
            bytes.extend(rights.to_le_bytes());
            bytes.extend(id.to_le_bytes());
        }
        bytes
    };
    let (place, mut vault) = made();
    let file = std::fs::File::open(&place.path).expect("the vault");
    if rustix::fs::fsetxattr(&file, NAME, &list(7), rustix::fs::XattrFlags::empty()).is_err() {
        return left_out("the temporary folder has no access lists");
    }
    add(&mut vault, "Contoso").expect("a save");
    let mut found = vec![0; 256];
    let saved = std::fs::File::open(&place.path).expect("the vault");
    let length = rustix::fs::fgetxattr(&saved, NAME, &mut found[..]).expect("its list");
    assert_eq!(&found[..length], list(6));
    assert_eq!(vault.take_backup_trouble(), None);
}

/// Runs this test's body as another account; only an administrator can.
#[test]
fn what_cannot_be_kept_is_said_and_given_to_nobody_else() {
    if !is_administrator() {
        return left_out("only root can run a test as another account");
    }
    let (place, vault) = made();
    drop(vault);
    let (group, account) = (4711, 4712);
    std::os::unix::fs::chown(&place.path, Some(account), Some(group)).expect("its group");
    set_mode(&place.path, 0o660);
    std::os::unix::fs::chown(place.folder.path(), Some(account), Some(account)).expect("its folder");
    for file in place.files().iter().filter(|path| **path != place.path) {
        std::fs::remove_file(file).expect("removed");
    }
    // Not in the group: the file's owner all the same.
    let test = std::env::current_exe().expect("this test");
    use std::os::unix::process::CommandExt;
    let output = std::process::Command::new(&test)
        .args(["--exact", "neighbour::as_another_account", "--nocapture"])
        .env("A365_TEST_AS_ANOTHER", &place.path)
        .env("A365_TEST_WORD", place.passphrase.expose())
        .uid(account)
        .gid(account)
        .output();
    let Ok(output) = output else { return left_out("another account cannot run this test's program") };
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && text.contains("said and closed"),
        "{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Only as the child of the test above.
#[test]
fn as_another_account() {
    let Some(path) = std::env::var_os("A365_TEST_AS_ANOTHER").map(PathBuf::from) else { return };
    let word = std::env::var("A365_TEST_WORD").expect("its passphrase");
    let mut vault = Vault::open(&path, &word.as_str().into()).expect("opened");
    add(&mut vault, "Contoso").expect("saved all the same");
    let trouble = vault.take_backup_trouble().expect("said");
    assert!(matches!(trouble, BackupTrouble::AccessNotKept { .. }), "{trouble:?}");
    assert!(
        trouble.to_string().starts_with("The vault was saved, but its group “4711” could not be preserved"),
        "{trouble}"
    );
    assert_eq!(mode(&path), 0o600, "another group got its rights");
    println!("said and closed");
}

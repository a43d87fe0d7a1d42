//! A disk that fails at any step: the file is the old vault or the new one, whole, and memory agrees with the answer.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use a365_password_tool::vault::{
    BackupState, BackupTrouble, BackupsKept, KdfParameters, LockGuard, Surroundings, ThisMachine, Vault, VaultError,
    backups,
};
use chrono::{DateTime, Utc};

use super::share::{Share, Works};
use super::{Place, add, fresh_secret, made, names, place};

/// What happens at the chosen step.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    /// Only that step fails.
    Once(io::ErrorKind),
    /// That step and all later ones fail: what the disk sees of a kill.
    FromThenOn,
}

/// This machine, with a disk that fails at a chosen step.
#[derive(Default)]
struct FaultyDisk {
    machine: ThisMachine,
    steps: AtomicUsize,
    fault: Mutex<Option<(usize, Fault)>>,
}

impl FaultyDisk {
    /// Counts steps from here, and fails at number `step`.
    fn fail_at(&self, step: usize, fault: Fault) {
        self.steps.store(0, Ordering::SeqCst);
        *self.fault.lock().expect("no panic") = Some((step, fault));
    }

    fn step(&self) -> io::Result<()> {
        let now = self.steps.fetch_add(1, Ordering::SeqCst);
        match *self.fault.lock().expect("no panic") {
            Some((step, Fault::Once(kind))) if now == step => Err(kind.into()),
            Some((step, Fault::FromThenOn)) if now >= step => Err(io::Error::other("gone")),
            _ => Ok(()),
        }
    }
}

impl Surroundings for FaultyDisk {
    fn now(&self) -> DateTime<Utc> {
        self.machine.now()
    }
    fn fill_random(&self, bytes: &mut [u8]) -> io::Result<()> {
        self.step()?;
        self.machine.fill_random(bytes)
    }
    fn real_path(&self, path: &Path) -> io::Result<PathBuf> {
        self.machine.real_path(path)
    }
    fn exists(&self, path: &Path) -> io::Result<bool> {
        self.step()?;
        self.machine.exists(path)
    }
    fn read(&self, path: &Path, limit: u64) -> io::Result<Vec<u8>> {
        self.step()?;
        self.machine.read(path, limit)
    }
    fn lock(&self, path: &Path) -> io::Result<LockGuard> {
        self.step()?;
        self.machine.lock(path)
    }
    fn write_new(&self, path: &Path, bytes: &[u8], like: &Path) -> io::Result<()> {
        // A full disk takes a part first.
        self.step().inspect_err(|_| drop(self.machine.write_new(path, &bytes[..bytes.len() / 2], like)))?;
        self.machine.write_new(path, bytes, like)
    }
    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step()?;
        self.machine.link(from, to)
    }
    fn replace(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step()?;
        self.machine.replace(from, to)
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        self.machine.remove(path)
    }
    fn flush_folder(&self, folder: &Path) -> io::Result<()> {
        self.step()?;
        self.machine.flush_folder(folder)
    }
    fn make_folder(&self, path: &Path, like: &Path) -> io::Result<()> {
        self.step()?;
        self.machine.make_folder(path, like)
    }
    fn list(&self, folder: &Path) -> io::Result<Vec<OsString>> {
        self.step()?;
        self.machine.list(folder)
    }
}

const KINDS: [Fault; 4] = [
    Fault::Once(io::ErrorKind::StorageFull),
    Fault::Once(io::ErrorKind::PermissionDenied),
    Fault::Once(io::ErrorKind::Other),
    Fault::FromThenOn,
];

/// More steps than a save has; a test counts that its save ended before.
const STEPS: usize = 40;

/// As [`STEPS`], for a change of passphrase with three backups.
const CHANGE_STEPS: usize = 60;

fn opened_on(disk: &Arc<FaultyDisk>, place: &Place) -> Vault {
    Vault::open_in(Arc::clone(disk) as Arc<dyn Surroundings>, &place.path, &place.passphrase).expect("opened")
}

#[test]
fn a_save_that_fails_at_any_step_leaves_the_old_or_the_new_vault() {
    let (place, mut vault) = made();
    add(&mut vault, "Contoso").expect("a save");
    let mut watcher = place.open().expect("a second handle, which sees the file without deriving a key");
    let disk = Arc::new(FaultyDisk::default());
    let mut vault = opened_on(&disk, &place);
    let (mut failed, mut saved, mut troubled) = (0, 0, 0);
    for fault in KINDS {
        for step in 0..STEPS {
            let before = names(vault.contents());
            let name = format!("{fault:?} {step}");
            disk.fail_at(step, fault);
            let outcome = add(&mut vault, &name);
            disk.fail_at(usize::MAX, fault);
            watcher.refresh().unwrap_or_else(|error| panic!("{name}: {error}"));
            let mut after = before.clone();
            if let Err(error) = outcome {
                failed += 1;
                let told = matches!(
                    (fault, &error),
                    (Fault::Once(io::ErrorKind::StorageFull), VaultError::DiskFull { .. })
                        | (Fault::Once(io::ErrorKind::PermissionDenied), VaultError::PermissionDenied { .. })
                        | (Fault::Once(io::ErrorKind::Other) | Fault::FromThenOn, VaultError::Io { .. })
                        | (_, VaultError::NoRandomness(_))
                );
                assert!(told, "{name}: {error}");
            } else {
                saved += 1;
                troubled += usize::from(vault.take_backup_trouble().is_some());
                after.push(name.clone());
            }
            assert_eq!(names(vault.contents()), after, "{name}: memory");
            assert_eq!(names(watcher.contents()), after, "{name}: file");
        }
    }
    assert!(failed >= 20 && saved >= 80 && troubled >= 5, "{failed} failed, {saved} saved, {troubled} without backup");
    assert!(backups(&place.path).expect("the backups").iter().all(|backup| backup.state == BackupState::Whole));
    let steps = {
        disk.fail_at(usize::MAX, Fault::FromThenOn);
        add(&mut vault, "last").expect("a save");
        disk.steps.load(Ordering::SeqCst)
    };
    assert!(steps < STEPS, "a save has {steps} steps, and not all were tried");
    assert!(place.open().is_ok());
    assert!(!place.files().iter().any(|path| path.to_string_lossy().ends_with(".new")));
}

#[test]
fn a_vault_whose_making_fails_is_not_there_or_whole() {
    for step in 0..STEPS {
        for fault in [Fault::Once(io::ErrorKind::StorageFull), Fault::FromThenOn] {
            let place = place();
            let disk = Arc::new(FaultyDisk::default());
            disk.fail_at(step, fault);
            let made = Vault::create_in(disk.clone(), &place.path, &place.passphrase, KdfParameters::minimum());
            let ended = disk.steps.load(Ordering::SeqCst) <= step;
            match made {
                Ok(_) => assert!(place.open().is_ok(), "{step} {fault:?}"),
                Err(_) => assert!(!place.path.exists(), "{step} {fault:?}"),
            }
            if ended {
                return;
            }
        }
    }
    panic!("making a vault takes more than {STEPS} steps, and not all were tried");
}

#[test]
fn a_killed_change_of_passphrase_ends_as_one_side_or_the_other() {
    let (place, mut vault) = made();
    for name in ["One", "Two"] {
        add(&mut vault, name).expect("a save");
    }
    let mut current = place.passphrase.clone();
    let (mut done, mut undone) = (0, 0);
    for step in 0..CHANGE_STEPS {
        let disk = Arc::new(FaultyDisk::default());
        let mut vault = Vault::open_in(disk.clone(), &place.path, &current).expect("opened");
        vault.keep_backups(BackupsKept::new(3));
        let new = fresh_secret();
        disk.fail_at(step, Fault::FromThenOn);
        let outcome = vault.change_passphrase(&current, &new);
        let ended = disk.steps.load(Ordering::SeqCst) <= step;
        drop(vault);
        let opened = Vault::open(&place.path, &current).map(|vault| (vault, current.clone()));
        let changed = opened.is_err();
        let (mut vault, after) = opened
            .or_else(|_| Vault::open(&place.path, &new).map(|vault| (vault, new.clone())))
            .unwrap_or_else(|error| panic!("step {step}: neither opens: {error}"));
        assert!(changed || outcome.is_err(), "step {step}: an acknowledged change is not there");
        vault.keep_backups(BackupsKept::new(3));
        add(&mut vault, &format!("after {step}")).unwrap_or_else(|error| panic!("step {step}: {error}"));
        let kept = backups(&place.path).expect("the backups");
        assert!(kept.len() >= 2, "step {step}: {kept:?}");
        for backup in kept {
            // What is under the vault's present data key is not under the other side's.
            vault.open_backup(&backup).unwrap_or_else(|error| panic!("step {step}, {outcome:?}: {error}"));
        }
        if changed {
            done += 1
        } else {
            undone += 1
        }
        current = after;
        if ended {
            assert!(done >= 3 && undone >= 5, "{done} done, {undone} undone");
            return;
        }
    }
    panic!("a change takes more than {CHANGE_STEPS} steps, and not all were tried");
}

#[test]
fn a_change_of_passphrase_on_a_failing_disk_is_all_or_nothing() {
    let (place, mut vault) = made();
    for name in ["One", "Two", "Three"] {
        add(&mut vault, name).expect("a save");
    }
    let mut current = place.passphrase.clone();
    let (mut refused, mut done) = (0, 0);
    for fault in [Fault::Once(io::ErrorKind::StorageFull), Fault::Once(io::ErrorKind::Other)] {
        for step in 0..CHANGE_STEPS {
            let disk = Arc::new(FaultyDisk::default());
            let mut vault = Vault::open_in(disk.clone(), &place.path, &current).expect("opened");
            vault.keep_backups(BackupsKept::new(5));
            let before = backups(&place.path).expect("the backups");
            let new = fresh_secret();
            disk.fail_at(step, fault);
            let outcome = vault.change_passphrase(&current, &new);
            let ended = disk.steps.load(Ordering::SeqCst) <= step;
            let after = backups(&place.path).expect("the backups");
            match outcome {
                Ok(()) => {
                    done += 1;
                    current = new;
                    assert!(
                        after.len() >= before.len().min(5),
                        "step {step}, {fault:?}: a backup was removed: {after:?}"
                    );
                }
                Err(error) => {
                    refused += 1;
                    assert!(!matches!(error, VaultError::Damaged { .. }), "step {step}: {error}");
                    assert_eq!(after, before, "step {step}, {fault:?}");
                }
            }
            // One that could not be removed is told, and removed by the next save.
            let told = matches!(vault.take_backup_trouble(), Some(BackupTrouble::StillUnderFormerKey { .. }));
            let mut vault = Vault::open(&place.path, &current).unwrap_or_else(|error| panic!("step {step}: {error}"));
            if told {
                add(&mut vault, &format!("{fault:?} {step}")).expect("a save");
            }
            for backup in backups(&place.path).expect("the backups") {
                vault.open_backup(&backup).unwrap_or_else(|error| panic!("step {step}, {fault:?}: {error}"));
            }
            if ended {
                break;
            }
        }
    }
    assert!(refused >= 10 && done >= 5, "{refused} refused, {done} done");
}

#[test]
fn where_links_cannot_be_made_the_backup_is_a_copy() {
    let place = place();
    let machine = Arc::new(Share { links: Works::No, ..Share::default() });
    let mut vault =
        Vault::create_in(machine.clone(), &place.path, &place.passphrase, KdfParameters::minimum()).expect("made");
    add(&mut vault, "Contoso").expect("a save");
    add(&mut vault, "Fabrikam").expect("a save");
    let kept = backups(&place.path).expect("the backups");
    assert_eq!(names(&vault.open_backup(&kept[0]).expect("the newest")), ["Contoso"]);
    assert_eq!((kept.len(), vault.take_backup_trouble()), (2, None));
    let again = Vault::create_in(machine, &place.path, &place.passphrase, KdfParameters::minimum());
    assert!(matches!(again, Err(VaultError::AlreadyExists { .. })));
}

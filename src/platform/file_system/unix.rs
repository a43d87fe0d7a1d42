//! Files by open folders: the last folder of a path is opened first and never through a link, and what is in it is
//! reached from there.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::path::Path;

use rustix::fs::{AtFlags, CWD, FileType, Gid, Mode, OFlags, Stat, StatFs};
use rustix::io::Errno;

use super::{AccessNotKept, LockReach, not_regular};
use crate::platform::account;

/// The mode of a file that is created.
pub(super) type NewMode = Mode;
/// For this account only.
pub(super) const PRIVATE: NewMode = Mode::from_raw_mode(0o600);
/// As the account's umask has it.
pub(super) const USUAL: NewMode = Mode::from_raw_mode(0o666);

/// What a file may pass on: reading and writing. Nothing of the vault's is ever run.
const READ_WRITE: u32 = 0o666;
const GROUP: u32 = 0o060;

/// Opening waits for nobody (a pipe has another end), takes no terminal, and follows no link.
const CAREFUL: OFlags = OFlags::NONBLOCK.union(OFlags::NOCTTY).union(OFlags::CLOEXEC).union(OFlags::NOFOLLOW);

#[cfg(target_os = "linux")]
const FOLDER: OFlags = OFlags::PATH;
#[cfg(not(target_os = "linux"))]
const FOLDER: OFlags = OFlags::RDONLY;

fn openat(folder: impl AsFd, name: impl rustix::path::Arg + Copy, flags: OFlags, mode: Mode) -> Result<OwnedFd, Errno> {
    rustix::io::retry_on_intr(|| rustix::fs::openat(&folder, name, flags, mode))
}

fn open_folder(folder: &Path, kind: OFlags) -> io::Result<OwnedFd> {
    let flags = kind | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    openat(CWD, folder, flags, Mode::empty()).map_err(|error| match error {
        Errno::LOOP | Errno::NOTDIR if rustix::fs::statat(CWD, folder, AtFlags::SYMLINK_NOFOLLOW).is_ok() => {
            io::Error::new(io::ErrorKind::NotADirectory, "it is a link or a file where a folder should be")
        }
        error => error.into(),
    })
}

/// The open folder of a path, and the name in it.
fn place(path: &Path) -> io::Result<(OwnedFd, &OsStr)> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    Ok((open_folder(folder_of(path), FOLDER)?, name))
}

/// The mode, alike everywhere.
#[allow(clippy::useless_conversion, reason = "16 bits on macOS")]
fn bits(found: &Stat) -> u32 {
    found.st_mode.into()
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The open file, once it is known to be a regular one.
fn regular(opened: Result<OwnedFd, Errno>) -> io::Result<(OwnedFd, Stat)> {
    let file = opened.map_err(|error| match error {
        Errno::LOOP => not_regular("a link"),
        // A pipe nobody reads, a device without a driver, a socket.
        Errno::NXIO | Errno::NODEV => not_regular("a pipe, socket or device"),
        Errno::ISDIR => not_regular("a folder"),
        error => error.into(),
    })?;
    let found = rustix::fs::fstat(&file)?;
    match FileType::from_raw_mode(found.st_mode) {
        FileType::RegularFile => Ok((file, found)),
        FileType::Directory => Err(not_regular("a folder")),
        _ => Err(not_regular("a pipe, socket or device")),
    }
}

pub(super) fn open(path: &Path) -> io::Result<File> {
    let flags = OFlags::RDONLY | CAREFUL.difference(OFlags::NOFOLLOW);
    let opened = openat(CWD, path, flags, Mode::empty());
    // Links lead where the person wants; a circle of them leads nowhere.
    if matches!(opened, Err(Errno::LOOP)) {
        return Err(Errno::LOOP.into());
    }
    Ok(regular(opened)?.0.into())
}

pub(super) fn create(path: &Path, mode: NewMode) -> io::Result<File> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(openat(CWD, path, flags, mode)?.into())
}

pub(super) fn create_in_real_folder(path: &Path) -> io::Result<File> {
    let (folder, name) = place(path)?;
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(openat(&folder, name, flags, PRIVATE)?.into())
}

/// Who may use a file.
struct Access {
    mode: u32,
    group: u32,
    owner: u32,
    #[cfg(target_os = "linux")]
    list: Option<super::access_list::AccessList>,
}

impl Access {
    /// That of the regular file at `path`; `None` where nothing is.
    fn of(path: &Path) -> io::Result<Option<Access>> {
        let opened = openat(CWD, path, OFlags::RDONLY | CAREFUL, Mode::empty());
        if matches!(opened, Err(Errno::NOENT)) {
            return Ok(None);
        }
        let (file, found) = regular(opened)?;
        Access::of_open(file.as_fd(), &found).map(Some)
    }

    #[cfg_attr(not(target_os = "linux"), expect(unused_variables, reason = "no list to read"))]
    fn of_open(file: BorrowedFd<'_>, found: &Stat) -> io::Result<Access> {
        Ok(Access {
            mode: bits(found) & READ_WRITE,
            group: found.st_gid,
            owner: found.st_uid,
            #[cfg(target_os = "linux")]
            list: super::access_list::AccessList::of(file)?,
        })
    }

    fn lets_in_the_same(&self, other: &Access) -> bool {
        #[cfg(target_os = "linux")]
        if self.list != other.list {
            return false;
        }
        self.mode == other.mode && (self.group == other.group || self.mode & GROUP == 0)
    }

    fn has_list(&self) -> bool {
        #[cfg(target_os = "linux")]
        return self.list.is_some();
        #[cfg(not(target_os = "linux"))]
        false
    }

    /// The mode where the access list is not there: its group bits are the group's own and not the list's mask.
    fn mode_without_list(&self) -> u32 {
        #[cfg(target_os = "linux")]
        if let Some(list) = &self.list {
            return self.mode & !GROUP | list.group_bits() & self.mode;
        }
        self.mode
    }

    /// Gives it to an open file of this account. `enter` are bits to add for who may read: a folder is entered.
    fn give(&self, to: BorrowedFd<'_>, enter: bool) -> io::Result<Option<AccessNotKept>> {
        let now = rustix::fs::fstat(to)?;
        let mut not_kept = None;
        let of_group = self.mode & GROUP != 0 || self.has_list();
        if of_group
            && now.st_gid != self.group
            && let Err(error) =
                rustix::io::retry_on_intr(|| rustix::fs::fchown(to, None, Some(Gid::from_raw(self.group))))
        {
            let what = format!("its group “{}”", account::group_name(self.group));
            not_kept = Some(AccessNotKept { what, why: io::Error::from(error).to_string() });
        }
        // What the group may do, another group may not.
        let lost_group = not_kept.is_some();
        let without_group = |mode: u32| if lost_group { mode & !GROUP } else { mode };
        let kind = if enter { bits(&now) & 0o2000 } else { 0 };
        let entered = |mode: u32| if enter { 0o700 | mode | (mode & 0o044) >> 2 | kind } else { mode };
        // A folder's own default list, which a new file in it gets, would come into force with the mode.
        #[cfg(target_os = "linux")]
        super::access_list::clear(to)?;
        let mode = entered(without_group(self.mode_without_list()));
        if mode != bits(&now) & 0o7777 {
            let mode = Mode::from_raw_mode(mode as rustix::fs::RawMode);
            rustix::io::retry_on_intr(|| rustix::fs::fchmod(to, mode))?;
        }
        #[cfg(target_os = "linux")]
        if let Some(list) = &self.list
            && let Err(error) = list.give(to, enter, lost_group)
        {
            not_kept = Some(AccessNotKept { what: "its access list".to_owned(), why: error.to_string() });
        }
        Ok(not_kept)
    }
}

pub(super) fn take_access(file: &File, like: &Path) -> io::Result<Option<AccessNotKept>> {
    match Access::of(like)? {
        Some(access) => access.give(file.as_fd(), false),
        None => Ok(None),
    }
}

pub(super) fn create_shared_folder(path: &Path, like: &Path) -> io::Result<()> {
    let access = Access::of(like)?;
    let (above, name) = place(path)?;
    rustix::fs::mkdirat(&above, name, Mode::from_raw_mode(0o700))?;
    let Some(access) = access else { return Ok(()) };
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let folder = openat(&above, name, flags, Mode::empty())?;
    // Somebody may have put another folder in its place by now, and that is not ours to change.
    if rustix::fs::fstat(&folder)?.st_uid == account::own_number() {
        access.give(folder.as_fd(), true)?;
    }
    Ok(())
}

pub(super) fn check_folder(path: &Path, like: &Path) -> io::Result<()> {
    let folder = open_folder(path, FOLDER)?;
    let owner = rustix::fs::fstat(&folder)?.st_uid;
    if owner == account::own_number() || owner == 0 {
        return Ok(());
    }
    let like = Access::of(like)?;
    if like.is_some_and(|like| like.owner == owner || like.mode & 0o020 != 0) {
        return Ok(());
    }
    let who = account::user_name(owner);
    Err(io::Error::new(io::ErrorKind::PermissionDenied, format!("the folder belongs to another account, “{who}”")))
}

pub(super) fn open_lock(path: &Path, like: Option<&Path>) -> io::Result<(File, LockReach)> {
    let (folder, name) = place(path)?;
    // A file that somebody creates and removes at the same time cannot keep this up for long.
    for _ in 0..100 {
        let opened = match openat(&folder, name, OFlags::WRONLY | CAREFUL, Mode::empty()) {
            // Somebody else's lock file may be readable only, and that is enough to lock it.
            Err(Errno::ACCESS) => openat(&folder, name, OFlags::RDONLY | CAREFUL, Mode::empty()),
            Err(Errno::NOENT) => {
                let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | CAREFUL;
                match openat(&folder, name, flags, PRIVATE) {
                    Err(Errno::EXIST) => continue,
                    created => created,
                }
            }
            other => other,
        };
        let (file, found) = regular(opened)?;
        let reach = reach_of_lock(&file, &found, like)?;
        let is_local = rustix::fs::fstatfs(&file).is_ok_and(|found| is_local(&found));
        return Ok((file.into(), if is_local { reach } else { LockReach::NotEverybody }));
    }
    Err(io::ErrorKind::Interrupted.into())
}

/// Gives a lock file of ours the access of the file that it guards. Out: whether everybody who may use that file was able
/// to open the lock file before.
fn reach_of_lock(lock: &OwnedFd, found: &Stat, like: Option<&Path>) -> io::Result<LockReach> {
    let others = bits(found) & 0o077;
    let is_own = found.st_uid == account::own_number();
    let seen = like.map(|like| rustix::fs::statat(CWD, like, AtFlags::SYMLINK_NOFOLLOW));
    let shared_with = match &seen {
        // With an access list the group's bits are its mask, so that nobody is shared with who does not show here.
        Some(Ok(seen)) => bits(seen) & 0o066,
        Some(Err(Errno::NOENT)) | None => 0,
        Some(Err(error)) => return Err((*error).into()),
    };
    if shared_with == 0 {
        if is_own && others != 0 {
            rustix::io::retry_on_intr(|| rustix::fs::fchmod(lock, PRIVATE))?;
        }
        return Ok(LockReach::Everybody);
    }
    let Some(access) = like.map(Access::of).transpose()?.flatten() else { return Ok(LockReach::Everybody) };
    let same = Access::of_open(lock.as_fd(), found)?.lets_in_the_same(&access);
    if !same && is_own {
        // What cannot be kept is reported where the vault itself is written.
        access.give(lock.as_fd(), false)?;
    }
    Ok(if same { LockReach::Everybody } else { LockReach::NotEverybody })
}

pub(super) fn list(folder: &Path, limit: usize) -> io::Result<Vec<OsString>> {
    let entries = rustix::fs::Dir::new(open_folder(folder, OFlags::RDONLY)?)?;
    let mut names = Vec::new();
    for entry in entries {
        let name = entry?.file_name().to_bytes().to_vec();
        if name != b"." && name != b".." {
            names.push(OsString::from_vec(name));
        }
        if names.len() >= limit {
            break;
        }
    }
    Ok(names)
}

/// Both places of a step from one name to another; the same folder is opened once.
fn places<'p>(from: &'p Path, to: &'p Path) -> io::Result<(OwnedFd, &'p OsStr, Option<OwnedFd>, &'p OsStr)> {
    let (folder, name) = place(from)?;
    if folder_of(from) == folder_of(to) {
        return Ok((folder, name, None, to.file_name().ok_or(io::ErrorKind::InvalidInput)?));
    }
    let (other, to) = place(to)?;
    Ok((folder, name, Some(other), to))
}

pub(super) fn link(from: &Path, to: &Path) -> io::Result<()> {
    let (folder, name, other, to) = places(from, to)?;
    Ok(rustix::fs::linkat(&folder, name, other.as_ref().unwrap_or(&folder), to, AtFlags::empty())?)
}

pub(super) fn replace(from: &Path, to: &Path) -> io::Result<()> {
    let (folder, name, other, to) = places(from, to)?;
    Ok(rustix::fs::renameat(&folder, name, other.as_ref().unwrap_or(&folder), to)?)
}

pub(super) fn remove(path: &Path) -> io::Result<()> {
    let (folder, name) = place(path)?;
    Ok(rustix::fs::unlinkat(&folder, name, AtFlags::empty())?)
}

pub(super) fn flush_folder(folder: &Path) -> io::Result<()> {
    Ok(rustix::fs::fsync(open_folder(folder, OFlags::RDONLY)?)?)
}

pub(super) fn is_on_local_disk(folder: &Path) -> bool {
    rustix::fs::statfs(folder).is_ok_and(|found| is_local(&found))
}

#[cfg(target_os = "linux")]
fn is_local(found: &StatFs) -> bool {
    is_local_type(found.f_type as u64)
}

/// Whether a file system of this type is certain to be this machine's own. `f_type` is a signed number on some machines.
#[cfg(target_os = "linux")]
fn is_local_type(f_type: u64) -> bool {
    /// From linux/magic.h and the file systems' own sources: ext2 to 4, XFS, Btrfs, F2FS, bcachefs, ZFS, JFS, ReiserFS,
    /// NILFS2, tmpfs, ramfs, overlayfs, FAT, exFAT, NTFS3, UDF, HFS+.
    const LOCAL: [u64; 17] = [
        0xEF53,
        0x5846_5342,
        0x9123_683E,
        0xF2F5_2010,
        0xCA45_1A4E,
        0x2FC1_2FC1,
        0x3153_464A,
        0x5265_4973,
        0x3434,
        0x0102_1994,
        0x8584_58F6,
        0x794C_7630,
        0x4D44,
        0x2011_BAB0,
        0x7366_746E,
        0x1501_3346,
        0x482B,
    ];
    LOCAL.contains(&(f_type & 0xFFFF_FFFF))
}

#[cfg(target_os = "macos")]
fn is_local(found: &StatFs) -> bool {
    found.f_flags & libc::MNT_LOCAL as u32 != 0
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn is_local(_: &StatFs) -> bool {
    false
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::is_local_type;

    #[test]
    fn only_known_disks_are_local() {
        for (name, f_type) in [
            ("ext4", 0xEF53),
            ("XFS", 0x5846_5342),
            ("Btrfs", 0x9123_683E),
            ("Btrfs where the number is signed", 0xFFFF_FFFF_9123_683E),
            ("ZFS", 0x2FC1_2FC1),
            ("tmpfs", 0x0102_1994),
            ("overlayfs", 0x794C_7630),
            ("FAT", 0x4D44),
        ] {
            assert!(is_local_type(f_type), "{name}");
        }
        for (name, f_type) in [
            ("FUSE: SSHFS, WebDAV, cloud drives", 0x6573_5546),
            ("NFS", 0x6969),
            ("SMB 1", 0x517B),
            ("CIFS", 0xFF53_4D42),
            ("SMB 2", 0xFE53_4D42),
            ("SMB 2 where the number is signed", 0xFFFF_FFFF_FE53_4D42),
            ("9p", 0x0102_1997),
            ("Ceph", 0x00C3_6400),
            ("AFS", 0x5346_414F),
            ("Coda", 0x7375_7245),
            ("GFS2", 0x0116_1970),
            ("OCFS2", 0x7461_636F),
            ("Lustre", 0x0BD0_0BD0),
            ("shared folders of VirtualBox", 0x786F_4256),
            ("shared folders of VMware", 0xBACB_ACBC),
            ("what nobody knows yet", 0x1234_5678),
        ] {
            assert!(!is_local_type(f_type), "{name}");
        }
    }
}

//! Files on Windows: reparse points that stand for another name (links, junctions) are refused where none is meant, and
//! a file's own access list goes on by its handle.
#![allow(unsafe_code)]

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::windows::fs::OpenOptionsExt;
use std::os::windows::io::AsRawHandle;
use std::path::{Component, Path, Prefix};
use std::ptr;

use windows_sys::Win32::Foundation::{GENERIC_WRITE, LocalFree};
use windows_sys::Win32::Security::Authorization::{GetSecurityInfo, SE_FILE_OBJECT, SetSecurityInfo};
use windows_sys::Win32::Security::{
    ACE_HEADER, ACL, DACL_SECURITY_INFORMATION, GetAce, GetSecurityDescriptorControl, INHERITED_ACE,
    PROTECTED_DACL_SECURITY_INFORMATION, PSECURITY_DESCRIPTOR, SE_DACL_PROTECTED,
    UNPROTECTED_DACL_SECURITY_INFORMATION,
};
use windows_sys::Win32::Storage::FileSystem::{
    FILE_FLAG_OPEN_REPARSE_POINT, FILE_READ_ATTRIBUTES, FILE_TYPE_DISK, GetDriveTypeW, GetFileType, READ_CONTROL,
    WRITE_DAC,
};

use super::{AccessNotKept, LockReach, kind_of, not_regular};

/// `GetDriveTypeW`'s answers for disks of this machine: DRIVE_REMOVABLE, DRIVE_FIXED, DRIVE_CDROM, DRIVE_RAMDISK.
const LOCAL_DRIVES: [u32; 4] = [2, 3, 5, 6];

/// Whose a new file is, access lists tell.
pub(super) type NewMode = ();
pub(super) const PRIVATE: NewMode = ();
pub(super) const USUAL: NewMode = ();

fn regular(file: File) -> io::Result<File> {
    // SAFETY: the handle is open and stays ours.
    if unsafe { GetFileType(file.as_raw_handle()) } != FILE_TYPE_DISK {
        return Err(not_regular("a pipe, socket or device"));
    }
    let found = file.metadata()?.file_type();
    if found.is_file() { Ok(file) } else { Err(not_regular(kind_of(found))) }
}

fn refuse_link(folder: &Path) -> io::Result<()> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let found = fs::symlink_metadata(folder)?;
    if found.file_type().is_symlink() || !found.is_dir() {
        return Err(io::Error::new(io::ErrorKind::NotADirectory, "it is a link or a file where a folder should be"));
    }
    Ok(())
}

fn refuse_link_above(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), refuse_link)
}

pub(super) fn open(path: &Path) -> io::Result<File> {
    regular(File::open(path)?)
}

pub(super) fn create(path: &Path, (): NewMode) -> io::Result<File> {
    let options = || {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        options
    };
    match options().access_mode(GENERIC_WRITE | READ_CONTROL | WRITE_DAC).open(path) {
        // A share that lets nobody change access lists.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => options().open(path),
        created => created,
    }
}

pub(super) fn create_in_real_folder(path: &Path) -> io::Result<File> {
    refuse_link_above(path)?;
    create(path, PRIVATE)
}

/// An access list, with what has to be given back to the system.
struct AccessList {
    list: *mut ACL,
    descriptor: PSECURITY_DESCRIPTOR,
}

impl Drop for AccessList {
    fn drop(&mut self) {
        // SAFETY: the descriptor came from GetSecurityInfo, which wants it freed so, once.
        unsafe { LocalFree(self.descriptor) };
    }
}

impl AccessList {
    fn of(file: &File) -> io::Result<AccessList> {
        let (mut list, mut descriptor) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: the handle is open for READ_CONTROL; both places are ours.
        let status = unsafe {
            GetSecurityInfo(
                file.as_raw_handle(),
                SE_FILE_OBJECT,
                DACL_SECURITY_INFORMATION,
                ptr::null_mut(),
                ptr::null_mut(),
                &raw mut list,
                ptr::null_mut(),
                &raw mut descriptor,
            )
        };
        if status == 0 { Ok(AccessList { list, descriptor }) } else { Err(io::Error::from_raw_os_error(status as i32)) }
    }

    fn is_protected(&self) -> bool {
        let (mut control, mut revision) = (0, 0);
        // SAFETY: the descriptor is valid while `self` lives.
        let told = unsafe { GetSecurityDescriptorControl(self.descriptor, &raw mut control, &raw mut revision) };
        told != 0 && control & SE_DACL_PROTECTED != 0
    }

    /// Whether it holds more than what comes from the folder.
    fn has_entries_of_its_own(&self) -> bool {
        // SAFETY: a list that is not null is a valid ACL while `self` lives.
        let count = unsafe { (*self.list).AceCount };
        (0..u32::from(count)).any(|place| {
            let mut entry = ptr::null_mut();
            // SAFETY: the place is below the count; the entry begins with its header.
            unsafe {
                GetAce(self.list, place, &raw mut entry) != 0
                    && u32::from((*entry.cast::<ACE_HEADER>()).AceFlags) & INHERITED_ACE == 0
            }
        })
    }

    fn give(&self, to: &File) -> io::Result<()> {
        let inheritance = if self.is_protected() {
            PROTECTED_DACL_SECURITY_INFORMATION
        } else {
            UNPROTECTED_DACL_SECURITY_INFORMATION
        };
        // SAFETY: the handle is open for WRITE_DAC, the list valid while `self` lives.
        let status = unsafe {
            SetSecurityInfo(
                to.as_raw_handle(),
                SE_FILE_OBJECT,
                DACL_SECURITY_INFORMATION | inheritance,
                ptr::null_mut(),
                ptr::null_mut(),
                self.list,
                ptr::null(),
            )
        };
        if status == 0 { Ok(()) } else { Err(io::Error::from_raw_os_error(status as i32)) }
    }
}

/// Gives an open new file the access list of the file `like`. What comes from the folder, the new file has already.
pub(super) fn take_access(file: &File, like: &Path) -> io::Result<Option<AccessNotKept>> {
    let mut options = OpenOptions::new();
    options.access_mode(READ_CONTROL | FILE_READ_ATTRIBUTES).custom_flags(FILE_FLAG_OPEN_REPARSE_POINT);
    let like = match options.open(like) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => regular(opened?)?,
    };
    // Disks without access lists have none to keep.
    let Ok(list) = AccessList::of(&like) else { return Ok(None) };
    // No list at all lets everybody in; the new file keeps its folder's.
    if list.list.is_null() || !(list.is_protected() || list.has_entries_of_its_own()) {
        return Ok(None);
    }
    let told = |error: io::Error| AccessNotKept { what: "its access list".to_owned(), why: error.to_string() };
    Ok(list.give(file).err().map(told))
}

pub(super) fn create_shared_folder(path: &Path, _: &Path) -> io::Result<()> {
    refuse_link_above(path)?;
    fs::create_dir(path)
}

pub(super) fn check_folder(path: &Path, _: &Path) -> io::Result<()> {
    refuse_link(path)
}

pub(super) fn open_lock(path: &Path, like: Option<&Path>) -> io::Result<(File, LockReach)> {
    refuse_link_above(path)?;
    let local = path.parent().is_some_and(is_on_local_disk);
    let reach = if local { LockReach::Everybody } else { LockReach::NotEverybody };
    let existing = |write: bool| {
        let mut options = OpenOptions::new();
        options.read(!write).write(write).custom_flags(FILE_FLAG_OPEN_REPARSE_POINT).open(path)
    };
    for _ in 0..100 {
        let opened = match existing(true) {
            // Somebody else's lock file may be readable only, and that is enough to lock it.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => existing(false).map_err(|_| error),
            other => other,
        };
        match opened {
            Err(error) if error.kind() == io::ErrorKind::NotFound => match create(path, PRIVATE) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                created => {
                    let file = created?;
                    if let Some(like) = like {
                        take_access(&file, like)?;
                    }
                    return Ok((file, reach));
                }
            },
            opened => return Ok((regular(opened?)?, reach)),
        }
    }
    Err(io::ErrorKind::Interrupted.into())
}

pub(super) fn list(folder: &Path, limit: usize) -> io::Result<Vec<OsString>> {
    refuse_link(folder)?;
    fs::read_dir(folder)?.take(limit).map(|entry| entry.map(|entry| entry.file_name())).collect()
}

pub(super) fn link(from: &Path, to: &Path) -> io::Result<()> {
    refuse_link_above(from)?;
    refuse_link_above(to)?;
    fs::hard_link(from, to)
}

pub(super) fn replace(from: &Path, to: &Path) -> io::Result<()> {
    refuse_link_above(from)?;
    refuse_link_above(to)?;
    fs::rename(from, to)
}

pub(super) fn remove(path: &Path) -> io::Result<()> {
    refuse_link_above(path)?;
    fs::remove_file(path)
}

pub(super) fn is_on_local_disk(folder: &Path) -> bool {
    let Ok(whole) = std::path::absolute(folder) else { return false };
    let Some(Component::Prefix(prefix)) = whole.components().next() else { return false };
    match prefix.kind() {
        Prefix::Disk(letter) | Prefix::VerbatimDisk(letter) => {
            let root = [u16::from(letter), u16::from(b':'), u16::from(b'\\'), 0];
            // SAFETY: the text ends in NUL and outlives the call.
            LOCAL_DRIVES.contains(&unsafe { GetDriveTypeW(root.as_ptr()) })
        }
        // \\server\share is another machine's; of others nothing is known.
        _ => false,
    }
}

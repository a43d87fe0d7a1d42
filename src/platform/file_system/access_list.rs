//! POSIX access lists of Linux, as the kernel gives and takes them: the extended attribute `system.posix_acl_access`.
//! Its form (linux/posix_acl_xattr.h): the number 2 in four bytes, then entries of eight: tag, rights, account or group;
//! little-endian.

use std::io;
use std::os::fd::BorrowedFd;

use rustix::fs::XattrFlags;
use rustix::io::Errno;

const NAME: &str = "system.posix_acl_access";
const HEADER: usize = 4;
const ENTRY: usize = 8;
/// The longest that the kernel keeps.
const LIMIT: usize = 64 << 10;

/// The tag of the entry for the file's own group.
const GROUP_OBJECT: u16 = 0x04;

/// An access list with entries beyond the mode's three.
#[derive(PartialEq, Eq)]
pub(super) struct AccessList(Vec<u8>);

impl AccessList {
    /// That of an open file; `None` where it has none, or its disk keeps none.
    pub(super) fn of(file: BorrowedFd<'_>) -> io::Result<Option<AccessList>> {
        let length = match rustix::fs::fgetxattr_query(file, NAME) {
            Ok(length) if length >= HEADER => length.min(LIMIT),
            Ok(_) | Err(Errno::NODATA | Errno::NOTSUP | Errno::NOSYS) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let mut bytes = vec![0; length];
        match rustix::fs::fgetxattr(file, NAME, &mut bytes[..]) {
            Ok(length) => bytes.truncate(length),
            Err(Errno::NODATA) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
        Ok(Some(AccessList(bytes)))
    }

    /// What the file's own group may do, as bits of a mode.
    pub(super) fn group_bits(&self) -> u32 {
        let mut entries = self.0[HEADER..].chunks_exact(ENTRY);
        let found = entries.find(|entry| u16::from_le_bytes([entry[0], entry[1]]) == GROUP_OBJECT);
        found.map_or(0, |entry| u32::from(entry[2] & 0b110) << 3)
    }

    /// Gives it to another open file, without the right to run it; a folder may be entered by who may read it.
    pub(super) fn give(&self, to: BorrowedFd<'_>, enter: bool, without_group: bool) -> io::Result<()> {
        let mut bytes = self.0.clone();
        for entry in bytes[HEADER..].chunks_exact_mut(ENTRY) {
            let tag = u16::from_le_bytes([entry[0], entry[1]]);
            let mut rights = entry[2] & 0b110;
            if without_group && tag == GROUP_OBJECT {
                rights = 0;
            }
            if enter {
                rights |= (rights & 0b100) >> 2;
            }
            (entry[2], entry[3]) = (rights, 0);
        }
        Ok(rustix::fs::fsetxattr(to, NAME, &bytes, XattrFlags::empty())?)
    }
}

/// Takes a list away that the folder gave to a new file.
pub(super) fn clear(file: BorrowedFd<'_>) -> io::Result<()> {
    match rustix::fs::fgetxattr_query(file, NAME) {
        Ok(_) => {}
        Err(Errno::NODATA | Errno::NOTSUP | Errno::NOSYS) => return Ok(()),
        Err(error) => return Err(error.into()),
    }
    match rustix::fs::fremovexattr(file, NAME) {
        Ok(()) | Err(Errno::NODATA) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

//! Pages of memory from the system itself, which can be locked and left out of dumps.
#![allow(unsafe_code)]

use std::alloc::{Layout, handle_alloc_error};
use std::io;
use std::ptr::NonNull;

/// Pages are taken in multiples of this, in bytes.
pub(super) const CHUNK: usize = 16 << 10;

/// Fresh zeroed pages of `length` bytes, left out of core files and error reports. Without memory the program ends, as
/// for any allocation.
pub(super) fn take(length: usize) -> NonNull<u8> {
    imp::take(length).unwrap_or_else(|| {
        handle_alloc_error(Layout::from_size_align(length, 1).expect("a length of memory that was asked for"))
    })
}

/// Keeps the pages in memory, never in swap. Miri has no swap: there it fails as where the system allows no more.
pub(super) fn lock(start: NonNull<u8>, length: usize) -> io::Result<()> {
    if cfg!(miri) { Err(io::ErrorKind::Unsupported.into()) } else { imp::lock(start, length) }
}

/// Gives pages of [`take`] back; nothing may refer to them any more.
pub(super) fn give_back(start: NonNull<u8>, length: usize) {
    imp::give_back(start, length);
}

#[cfg(unix)]
mod imp {
    use std::ptr::{self, NonNull};
    use std::{io, sync::Once};

    pub(super) fn take(length: usize) -> Option<NonNull<u8>> {
        let (rights, kind) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANON);
        // SAFETY: asks for new pages anywhere; no memory that is in use is touched.
        let start = unsafe { libc::mmap(ptr::null_mut(), length, rights, kind, -1, 0) };
        if start == libc::MAP_FAILED {
            return None;
        }
        #[cfg(all(target_os = "linux", not(miri)))]
        // SAFETY: the pages are ours, of that length; the advice changes nothing in them.
        unsafe {
            libc::madvise(start, length, libc::MADV_DONTDUMP);
        }
        NonNull::new(start.cast())
    }

    pub(super) fn lock(start: NonNull<u8>, length: usize) -> io::Result<()> {
        static ALLOWANCE: Once = Once::new();
        ALLOWANCE.call_once(use_whole_allowance);
        // SAFETY: the pages are ours, of that length; locking changes nothing in them.
        match unsafe { libc::mlock(start.as_ptr().cast(), length) } {
            0 => Ok(()),
            _ => Err(io::Error::last_os_error()),
        }
    }

    /// An account may raise the limit for locked memory itself, up to the hard one.
    fn use_whole_allowance() {
        let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        // SAFETY: both calls get a valid structure that outlives them. A refusal leaves the limit as it is.
        unsafe {
            if libc::getrlimit(libc::RLIMIT_MEMLOCK, &raw mut limit) == 0 && limit.rlim_cur < limit.rlim_max {
                limit.rlim_cur = limit.rlim_max;
                libc::setrlimit(libc::RLIMIT_MEMLOCK, &raw const limit);
            }
        }
    }

    pub(super) fn give_back(start: NonNull<u8>, length: usize) {
        // SAFETY: the pages came from `take` with this length, and nothing refers to them any more. This unlocks them
        // as well.
        unsafe { libc::munmap(start.as_ptr().cast(), length) };
    }
}

#[cfg(windows)]
mod imp {
    use std::ptr::{self, NonNull};
    use std::{io, sync::Once};

    use windows_sys::Win32::System::Memory::{
        MEM_COMMIT, MEM_RELEASE, MEM_RESERVE, PAGE_READWRITE, VirtualAlloc, VirtualFree, VirtualLock,
    };
    use windows_sys::Win32::System::Threading::{
        GetCurrentProcess, GetProcessWorkingSetSize, SetProcessWorkingSetSize,
    };

    /// Windows lets a program lock about as much as its smallest working set: this much more is asked for, in bytes.
    const ALLOWANCE: usize = 16 << 20;

    /// An error report holds no heap (`process_hardening`), and no pages of this kind either: only full dumps do.
    pub(super) fn take(length: usize) -> Option<NonNull<u8>> {
        // SAFETY: asks for new pages anywhere; no memory that is in use is touched.
        let start = unsafe { VirtualAlloc(ptr::null(), length, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE) };
        NonNull::new(start.cast())
    }

    pub(super) fn lock(start: NonNull<u8>, length: usize) -> io::Result<()> {
        static ONCE: Once = Once::new();
        ONCE.call_once(raise_allowance);
        // SAFETY: the pages are ours, of that length; locking changes nothing in them.
        match unsafe { VirtualLock(start.as_ptr().cast(), length) } {
            0 => Err(io::Error::last_os_error()),
            _ => Ok(()),
        }
    }

    fn raise_allowance() {
        let (mut least, mut most) = (0, 0);
        // SAFETY: the handle is the constant one of this process; both places outlive the call. A refusal leaves the
        // limits as they are.
        unsafe {
            let this = GetCurrentProcess();
            if GetProcessWorkingSetSize(this, &raw mut least, &raw mut most) != 0 {
                let least = least + ALLOWANCE;
                SetProcessWorkingSetSize(this, least, most.max(least + ALLOWANCE));
            }
        }
    }

    pub(super) fn give_back(start: NonNull<u8>, _: usize) {
        // SAFETY: the pages came from `take`, and nothing refers to them any more. This unlocks them as well.
        unsafe { VirtualFree(start.as_ptr().cast(), 0, MEM_RELEASE) };
    }
}

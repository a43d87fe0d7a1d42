//! Keeps secrets in memory out of crash dumps.
#![allow(unsafe_code)]

use std::io;

/// Asks the system not to write this process's memory to disk when it crashes. Call it first thing in `main`.
///
/// Linux: no core file, and not "dumpable": other processes of the same user can neither attach a debugger nor read
/// `/proc/<pid>/mem`. Screen readers (AT-SPI) and file dialogs (the desktop portal) talk over D-Bus and go on
/// working. The setting is lost on `exec`, so child processes are not affected.
///
/// Windows: no crash dialog, and error reports leave the heap out. A full dump that an administrator asks for is
/// not prevented; nothing in a process can do that.
///
/// An error is no reason to stop: the program works the same, with one wall less.
pub fn keep_memory_out_of_crash_dumps() -> io::Result<()> {
    imp::keep_memory_out_of_crash_dumps()
}

#[cfg(target_os = "linux")]
mod imp {
    use std::io;

    pub(super) fn keep_memory_out_of_crash_dumps() -> io::Result<()> {
        let none = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        // SAFETY: `none` is a valid rlimit that outlives the call, which only reads it.
        let limited = unsafe { libc::setrlimit(libc::RLIMIT_CORE, &raw const none) };
        let limited = if limited == 0 { Ok(()) } else { Err(io::Error::last_os_error()) };
        // SAFETY: PR_SET_DUMPABLE takes one integer and touches no memory of ours.
        let hidden = unsafe { libc::prctl(libc::PR_SET_DUMPABLE, 0, 0, 0, 0) };
        if hidden == 0 { limited } else { Err(io::Error::last_os_error()) }
    }
}

#[cfg(windows)]
mod imp {
    use std::io;

    use windows_sys::Win32::System::Diagnostics::Debug::{
        SEM_FAILCRITICALERRORS, SEM_NOGPFAULTERRORBOX, SEM_NOOPENFILEERRORBOX, SetErrorMode,
    };
    use windows_sys::Win32::System::ErrorReporting::{WER_FAULT_REPORTING_FLAG_NOHEAP, WerSetFlags};

    pub(super) fn keep_memory_out_of_crash_dumps() -> io::Result<()> {
        // SAFETY: both calls take flags only and touch no memory of ours.
        let result = unsafe {
            SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX | SEM_NOOPENFILEERRORBOX);
            WerSetFlags(WER_FAULT_REPORTING_FLAG_NOHEAP)
        };
        if result >= 0 { Ok(()) } else { Err(io::Error::from_raw_os_error(result)) }
    }
}

#[cfg(not(any(target_os = "linux", windows)))]
mod imp {
    use std::io;

    pub(super) fn keep_memory_out_of_crash_dumps() -> io::Result<()> {
        Err(io::Error::from(io::ErrorKind::Unsupported))
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[cfg_attr(miri, ignore = "Miri has no limits of the kernel")]
    #[test]
    fn afterwards_the_kernel_writes_no_core_file() {
        keep_memory_out_of_crash_dumps().unwrap();
        let limits = std::fs::read_to_string("/proc/self/limits").unwrap();
        let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
        assert_eq!(core.split_whitespace().nth(4), Some("0"), "{core}");
        // SAFETY: PR_GET_DUMPABLE takes nothing and touches no memory of ours.
        assert_eq!(unsafe { libc::prctl(libc::PR_GET_DUMPABLE, 0, 0, 0, 0) }, 0);
    }
}

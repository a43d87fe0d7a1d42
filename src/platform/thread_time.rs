//! How long a thread has kept a processor busy: what work costs, however busy the machine is with other work.
#![allow(unsafe_code)]

use std::time::Duration;

/// The processor time of the calling thread so far, its calls of the system included. `None` where the system does not
/// tell. Windows counts in steps of about 16 milliseconds.
pub fn thread_time() -> Option<Duration> {
    imp::thread_time()
}

#[cfg(unix)]
mod imp {
    use std::time::Duration;

    pub(super) fn thread_time() -> Option<Duration> {
        let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: `time` is ours to be filled and outlives the call.
        let status = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
        let seconds = u64::try_from(time.tv_sec).ok()?;
        let nanos = u32::try_from(time.tv_nsec).ok()?;
        (status == 0).then(|| Duration::new(seconds, nanos))
    }
}

#[cfg(windows)]
mod imp {
    use std::time::Duration;

    use windows_sys::Win32::Foundation::FILETIME;
    use windows_sys::Win32::System::Threading::{GetCurrentThread, GetThreadTimes};

    pub(super) fn thread_time() -> Option<Duration> {
        let zero = FILETIME { dwLowDateTime: 0, dwHighDateTime: 0 };
        let (mut made, mut ended, mut kernel, mut user) = (zero, zero, zero, zero);
        // SAFETY: the pseudo handle of this thread needs no closing; the four times are ours to be filled.
        let done = unsafe {
            GetThreadTimes(GetCurrentThread(), &raw mut made, &raw mut ended, &raw mut kernel, &raw mut user)
        };
        let steps = |time: FILETIME| u64::from(time.dwHighDateTime) << 32 | u64::from(time.dwLowDateTime);
        // In steps of 100 nanoseconds.
        (done != 0).then(|| Duration::from_nanos((steps(kernel) + steps(user)).saturating_mul(100)))
    }
}

#[cfg(test)]
mod tests {
    use super::thread_time;

    #[cfg_attr(miri, ignore = "Miri does not count a thread's time")]
    #[test]
    fn it_counts_this_threads_work_and_not_another_threads() {
        let before = thread_time().expect("a time");
        let spin = || (0..30_000_000_u64).fold(1_u64, |sum, number| std::hint::black_box(sum.wrapping_mul(number | 1)));
        let others = std::thread::spawn(move || {
            spin();
            thread_time().expect("a time")
        });
        let others = others.join().expect("no panic");
        let waited = thread_time().expect("a time") - before;
        assert!(waited < others / 2, "waiting cost {waited:?}, the work {others:?}");
    }
}

//! What calls have left on the stack is wiped.
//!
//! A cipher works on 1,024 bytes at a time in variables of its own, and leaves them where the next call will put its own:
//! below the stack pointer, for as long as no call goes that deep again. So does a hash with its last 64 bytes. A thread
//! that waits keeps them for ever.

use std::hint::black_box;

/// Bytes of stack that are wiped: further than calls that handle secrets go down, and a sixteenth of what a thread has.
const DEPTH: usize = 128 * 1024;

/// Does `work` and wipes the stack that it used.
pub fn leaving_nothing<T>(work: impl FnOnce() -> T) -> T {
    let result = apart(work);
    wipe_below();
    result
}

/// Does `work` in a frame below the caller's. Inlined, its variables would be the caller's own and stay.
#[inline(never)]
fn apart<T>(work: impl FnOnce() -> T) -> T {
    work()
}

#[inline(never)]
fn wipe_below() {
    let room = [0u8; DEPTH];
    // Without this the compiler would leave the room out: nobody seems to look at it.
    black_box(&room);
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::os::unix::fs::FileExt;
    use std::sync::mpsc::channel;
    use std::thread;

    use super::*;

    /// The marker's bytes, computed one by one so that it stands nowhere else.
    fn marker(place: usize) -> u8 {
        (place * 37 + 11) as u8
    }

    /// What a thread that waits for its next work has left of a marker on its stack.
    fn left_by(round: fn(&mut dyn FnMut())) -> usize {
        let (tell, told) = channel();
        let (end, ended) = channel::<()>();
        let waiting = thread::spawn(move || {
            let here = 0u8;
            round(&mut || {
                // Large enough that what the thread calls next covers only a part of it.
                let mut used = [0u8; 8192];
                used.iter_mut().enumerate().for_each(|(place, byte)| *byte = marker(place % 64));
                black_box(&used);
            });
            tell.send(black_box(&here) as *const u8 as u64).expect("it works");
            ended.recv().expect_err("the work is over");
        });
        let top = told.recv().expect("it works");
        let mut stack = vec![0; 64 * 1024];
        std::fs::File::open("/proc/self/mem")
            .expect("it works")
            .read_exact_at(&mut stack, top - 64 * 1024)
            .expect("it works");
        drop(end);
        waiting.join().expect("it works");
        stack.windows(64).filter(|bytes| bytes.iter().enumerate().all(|(place, byte)| *byte == marker(place))).count()
    }

    #[cfg_attr(miri, ignore = "Miri's stack is no memory of the process")]
    #[test]
    fn work_leaves_nothing_on_the_stack_of_a_thread_that_waits() {
        assert!(left_by(|work| apart(work)) > 0, "without wiping something is left, else this test cannot fail");
        assert_eq!(left_by(|work| leaving_nothing(work)), 0);
    }
}

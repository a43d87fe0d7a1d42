//! How much memory the C library's heap keeps for later.
//!
//! A window that had a thousand profiles open and is locked now shall be as small as one that was just started. A command
//! that ends in milliseconds gains nothing by giving memory back.
#![allow(unsafe_code)]

/// Asks the heap to keep little: large blocks are pages of their own, and a free end of a heap goes back to the system.
/// Without this glibc raises both limits to the largest block it ever freed. Call it first thing in `main`.
pub fn keep_little() {
    imp::keep_little();
}

/// Asks the heap to keep all that it ever got. Call it first thing in `main` of a program that ends soon.
pub fn keep_all() {
    imp::keep_all();
}

/// Hands memory that the heap keeps for later back to the system, including what it keeps for the calling thread alone.
/// Takes some milliseconds after much was freed.
pub fn give_back_unused() {
    imp::give_back_unused();
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod imp {
    use std::{hint::black_box, ptr};

    /// What glibc begins with, in bytes.
    const LITTLE: libc::c_int = 128 << 10;
    /// The most that glibc takes for the size of a block on the heap, in bytes.
    const MOST: libc::c_int = 32 << 20;
    /// How much the heap grows at once when all is kept, in bytes.
    const STEP: libc::c_int = 1 << 20;
    /// A thread's cache: blocks of each of these sizes, and as many of each (`TCACHE_MAX_BINS`, `TCACHE_FILL_COUNT`).
    const CACHED_SIZES: usize = 64;
    const CACHED_OF_EACH: usize = 7;
    const CACHED: usize = CACHED_SIZES * CACHED_OF_EACH;

    pub(super) fn keep_little() {
        set(libc::M_MMAP_THRESHOLD, LITTLE);
        set(libc::M_TRIM_THRESHOLD, LITTLE);
    }

    pub(super) fn keep_all() {
        set(libc::M_MMAP_THRESHOLD, MOST);
        set(libc::M_TRIM_THRESHOLD, MOST);
        set(libc::M_TOP_PAD, STEP);
    }

    fn set(parameter: libc::c_int, value: libc::c_int) {
        // SAFETY: takes numbers and touches no memory of ours. A refusal leaves the limit as it is.
        unsafe { libc::mallopt(parameter, value) };
    }

    pub(super) fn give_back_unused() {
        // First, so that the small free blocks are joined: else the cache would be filled from them, which lie everywhere.
        trim();
        refill_thread_cache();
        trim();
    }

    /// Under Miri nothing: the C library's heap is not there.
    #[cfg(miri)]
    fn trim() {}

    #[cfg(not(miri))]
    fn trim() {
        // SAFETY: takes a number of bytes to keep; only memory that is not in use is touched.
        unsafe { libc::malloc_trim(0) };
    }

    /// The blocks in a thread's cache count as used: four hundred of them, freed here and there, hold as many pages of
    /// four KiB. No call empties the cache, so its blocks are taken out, others that lie together are put in for them,
    /// and only then these are freed.
    fn refill_thread_cache() {
        let (mut scattered, mut together) = ([ptr::null_mut(); CACHED], [ptr::null_mut(); CACHED]);
        for blocks in [&mut scattered, &mut together] {
            for (number, block) in blocks.iter_mut().enumerate() {
                // SAFETY: asks for a new block. None is a null pointer, which `free` takes as well.
                *block = unsafe { libc::malloc(24 + 16 * (number / CACHED_OF_EACH)) };
            }
        }
        // Without this the compiler may leave out blocks that nobody uses.
        black_box((&scattered, &together));
        for block in together.into_iter().chain(scattered) {
            // SAFETY: each came from `malloc` just now, is freed once, and nothing was written into it.
            unsafe { libc::free(block) };
        }
    }
}

#[cfg(windows)]
mod imp {
    use windows_sys::Win32::System::Memory::{GetProcessHeap, HeapCompact};

    pub(super) fn keep_little() {}

    pub(super) fn keep_all() {}

    pub(super) fn give_back_unused() {
        // SAFETY: the process's own heap; only memory that is not in use is touched.
        unsafe { HeapCompact(GetProcessHeap(), 0) };
    }
}

#[cfg(not(any(windows, all(target_os = "linux", target_env = "gnu"))))]
mod imp {
    pub(super) fn keep_little() {}

    pub(super) fn keep_all() {}

    pub(super) fn give_back_unused() {}
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_in_use_stays_as_it_is() {
        // Miri looks at each access, and is slow.
        let count = if cfg!(miri) { 200 } else { 4_000_usize };
        let blocks: Vec<Vec<u8>> = (0..count).map(|number| vec![number as u8; number % 1_500 + 1]).collect();
        let kept: Vec<&Vec<u8>> = blocks.iter().step_by(3).collect();
        let copies: Vec<Vec<u8>> = blocks.iter().skip(1).step_by(3).cloned().collect();
        drop(copies);
        super::give_back_unused();
        super::give_back_unused();
        for (number, block) in (0..count).step_by(3).zip(kept) {
            assert_eq!(*block, vec![number as u8; number % 1_500 + 1]);
        }
    }
}

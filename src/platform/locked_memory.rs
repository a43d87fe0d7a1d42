//! Memory for secrets: kept out of swap and core files where the system allows, wiped before it is given back.
//!
//! Small blocks share chunks of 16 KiB, each of one block size, so that 10,000 secrets need few system calls. A chunk is
//! locked into memory (`mlock`, `VirtualLock`) and left out of core files and error reports; a chunk with no block in
//! use goes back to the system, but for one of each size, because keys come and go. The system allows only so much locked
//! memory (Linux often 8 MiB): when it refuses, further chunks are as swappable as any memory, which nobody is troubled
//! with. [`usage`] tells how much is locked.
#![allow(unsafe_code)]

use std::ptr::NonNull;
use std::sync::{Mutex, PoisonError};
use std::{fmt, slice};

use zeroize::Zeroize;

use super::pages;

/// Sizes of blocks, in bytes. A client secret is 40 characters, a key 32 bytes.
const SIZES: [usize; 4] = [64, 256, 1024, 4096];
/// Bytes that are never asked to be locked beyond: the rest of the system needs memory too.
const LOCKED_LIMIT: usize = 16 << 20;

/// Zeroed bytes for a secret, of a length that stays. Wiped when dropped. Prints only its length.
pub struct LockedBytes {
    start: NonNull<u8>,
    length: usize,
}

// SAFETY: the bytes belong to this value alone, like those of a `Box<[u8]>`; the pool behind it is behind a mutex.
unsafe impl Send for LockedBytes {}
// SAFETY: as above; shared access only reads.
unsafe impl Sync for LockedBytes {}

impl LockedBytes {
    /// That many bytes, all zero. None at all costs nothing.
    pub fn zeroed(length: usize) -> LockedBytes {
        let start = if length == 0 { NonNull::dangling() } else { pool(|pool| pool.take(length)) };
        LockedBytes { start, length }
    }

    /// A copy of `bytes`; the caller's own are the caller's to wipe.
    pub fn copy_of(bytes: &[u8]) -> LockedBytes {
        let mut copy = LockedBytes::zeroed(bytes.len());
        copy.bytes_mut().copy_from_slice(bytes);
        copy
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: `start` leads to `length` initialised bytes that are ours until we are dropped.
        unsafe { slice::from_raw_parts(self.start.as_ptr(), self.length) }
    }

    /// The bytes, to be changed.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: as above, and `self` is borrowed alone.
        unsafe { slice::from_raw_parts_mut(self.start.as_ptr(), self.length) }
    }
}

impl Drop for LockedBytes {
    fn drop(&mut self) {
        self.bytes_mut().zeroize();
        if self.length > 0 {
            pool(|pool| pool.give_back(self.start, self.length));
        }
    }
}

impl Clone for LockedBytes {
    fn clone(&self) -> LockedBytes {
        LockedBytes::copy_of(self.bytes())
    }
}

impl fmt::Debug for LockedBytes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "[{} secret bytes]", self.length)
    }
}

/// How much memory secrets have, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// In all.
    pub held: usize,
    /// Of these, locked into memory.
    pub locked: usize,
}

/// How much memory secrets have now.
pub fn usage() -> Usage {
    pool(|pool| pool.usage)
}

static POOL: Mutex<Pool> =
    Mutex::new(Pool { chunks: Vec::new(), spare: [const { Vec::new() }; 4], usage: Usage::ZERO });

fn pool<T>(work: impl FnOnce(&mut Pool) -> T) -> T {
    work(&mut POOL.lock().unwrap_or_else(PoisonError::into_inner))
}

impl Usage {
    const ZERO: Usage = Usage { held: 0, locked: 0 };
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Locked {
    Yes,
    No,
}

/// Pages of one block size, or of one large block.
struct Chunk {
    start: NonNull<u8>,
    length: usize,
    locked: Locked,
    /// Free blocks, by their place. Empty for a large block.
    free: Vec<u16>,
    size: usize,
}

// SAFETY: the pages belong to no thread; who holds a block of them may be another than who gives them back.
unsafe impl Send for Chunk {}

impl Chunk {
    fn address(&self) -> usize {
        self.start.addr().get()
    }

    fn blocks(&self) -> usize {
        self.length / self.size
    }
}

struct Pool {
    /// By address, so that a block's chunk is found fast.
    chunks: Vec<Chunk>,
    /// Addresses of chunks with room, by the place of their block size in [`SIZES`].
    spare: [Vec<usize>; 4],
    usage: Usage,
}

impl Pool {
    fn take(&mut self, length: usize) -> NonNull<u8> {
        let Some(class) = SIZES.iter().position(|size| length <= *size) else {
            return self.new_chunk(length.next_multiple_of(pages::CHUNK), None);
        };
        let address = match self.spare[class].last() {
            Some(address) => *address,
            None => {
                let address = self.new_chunk(pages::CHUNK, Some(class)).addr().get();
                self.spare[class].push(address);
                address
            }
        };
        let place = self.place_of(address);
        let chunk = &mut self.chunks[place];
        let block = chunk.free.pop().expect("a chunk on the list of spare ones has room");
        // SAFETY: the chunk's own list has only blocks that lie within its pages.
        let start = unsafe { chunk.start.add(usize::from(block) * chunk.size) };
        if chunk.free.is_empty() {
            self.spare[class].pop();
        }
        start
    }

    /// The bytes have been wiped.
    fn give_back(&mut self, start: NonNull<u8>, length: usize) {
        let address = start.addr().get();
        let place = self.place_of(address);
        let Some(class) = SIZES.iter().position(|size| length <= *size) else {
            return self.free_chunk(place);
        };
        let chunk = &mut self.chunks[place];
        let of_chunk = chunk.address();
        if chunk.free.is_empty() {
            self.spare[class].push(of_chunk);
        }
        let block = u16::try_from((address - of_chunk) / chunk.size).expect("a chunk has at most 256 blocks");
        chunk.free.push(block);
        if chunk.free.len() == chunk.blocks() && self.spare[class].len() > 1 {
            self.spare[class].retain(|spare| *spare != of_chunk);
            self.free_chunk(place);
        }
    }

    /// The place of the chunk that holds `address`.
    fn place_of(&self, address: usize) -> usize {
        self.chunks.partition_point(|chunk| chunk.address() <= address) - 1
    }

    /// New pages; of the block size of that class, or one large block.
    fn new_chunk(&mut self, length: usize, class: Option<usize>) -> NonNull<u8> {
        let start = pages::take(length);
        let may_lock = self.usage.locked + length <= LOCKED_LIMIT;
        let locked = if may_lock && pages::lock(start, length).is_ok() { Locked::Yes } else { Locked::No };
        let size = class.map_or(length, |class| SIZES[class]);
        let blocks = if class.is_some() { u16::try_from(length / size).expect("at most 256") } else { 0 };
        // From the back, so that blocks are handed out from the front.
        let chunk = Chunk { start, length, locked, free: (0..blocks).rev().collect(), size };
        let place = self.chunks.partition_point(|other| other.start < start);
        self.chunks.insert(place, chunk);
        self.usage.held += length;
        if locked == Locked::Yes {
            self.usage.locked += length;
        }
        start
    }

    fn free_chunk(&mut self, place: usize) {
        let chunk = self.chunks.remove(place);
        self.usage.held -= chunk.length;
        if chunk.locked == Locked::Yes {
            self.usage.locked -= chunk.length;
        }
        pages::give_back(chunk.start, chunk.length);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The most that stays when no secret is left: an empty chunk of each size.
    const KEPT: usize = SIZES.len() * pages::CHUNK;

    /// A pool of its own, because the program's is shared by all tests.
    fn own() -> Pool {
        Pool { chunks: Vec::new(), spare: [const { Vec::new() }; 4], usage: Usage::ZERO }
    }

    /// What a test's own pool keeps goes back with it.
    impl Drop for Pool {
        fn drop(&mut self) {
            (0..self.chunks.len()).rev().for_each(|place| self.free_chunk(place));
        }
    }

    /// Miri is some hundred times slower, and looks at each access rather than for a rare one.
    const fn fewer_under_miri(count: usize) -> usize {
        if cfg!(miri) { count / 50 } else { count }
    }

    #[test]
    fn a_secret_is_zero_at_first_then_what_was_put_there() {
        let mut bytes = LockedBytes::zeroed(40);
        assert_eq!(bytes.bytes(), [0; 40]);
        bytes.bytes_mut().fill(7);
        assert_eq!(bytes.clone().bytes(), [7; 40]);
        assert_eq!(format!("{bytes:?}"), "[40 secret bytes]");
        assert!(LockedBytes::zeroed(0).bytes().is_empty());
    }

    #[test]
    fn a_block_is_wiped_before_somebody_else_gets_it() {
        let mut pool = own();
        let keeps_the_chunk = pool.take(64);
        let block = pool.take(64);
        // SAFETY: 64 bytes of this test's own.
        unsafe { block.write_bytes(0xa5, 64) };
        let mut bytes = LockedBytes { start: block, length: 64 };
        bytes.bytes_mut().zeroize();
        std::mem::forget(bytes);
        pool.give_back(block, 64);
        let again = pool.take(64);
        assert_eq!(again, block);
        // SAFETY: as above.
        assert_eq!(unsafe { slice::from_raw_parts(again.as_ptr(), 64) }, [0; 64]);
        pool.give_back(again, 64);
        pool.give_back(keeps_the_chunk, 64);
        assert_eq!(pool.usage.held, pages::CHUNK);
    }

    #[test]
    fn threads_share_secrets_and_give_them_back_for_each_other() {
        let (give, given) = std::sync::mpsc::channel();
        std::thread::scope(|scope| {
            for mark in 1..=4_u8 {
                let give = give.clone();
                scope.spawn(move || {
                    for length in [40, 64, 300, 40] {
                        let secret = LockedBytes::copy_of(&vec![mark; length]);
                        let copy = std::thread::scope(|scope| scope.spawn(|| secret.clone()).join());
                        drop(copy.expect("no panic"));
                        give.send((mark, secret)).expect("somebody takes it");
                    }
                });
            }
            drop(give);
            given.into_iter().for_each(|(mark, secret)| assert!(secret.bytes().iter().all(|byte| *byte == mark)));
        });
    }

    #[cfg(target_os = "linux")]
    #[cfg_attr(miri, ignore = "Miri has no pages that the system knows")]
    #[test]
    fn pages_of_secrets_are_locked_and_not_dumped() {
        let secret = LockedBytes::copy_of(&[1; 40]);
        let address = secret.start.addr().get();
        let text = std::fs::read_to_string("/proc/self/smaps").unwrap();
        let mut ours = text.lines().skip_while(|line| {
            let range = line.split_whitespace().next().and_then(|range| range.split_once('-'));
            let ends = range.map(|(from, to)| (usize::from_str_radix(from, 16), usize::from_str_radix(to, 16)));
            !matches!(ends, Some((Ok(from), Ok(to))) if from <= address && address < to)
        });
        let flags = ours.find(|line| line.starts_with("VmFlags:")).expect("the pages have flags");
        assert!(flags.contains(" dd"), "left out of core files: {flags}");
        // A container may allow no locked memory at all.
        assert!(usage().locked == 0 || flags.contains(" lo"), "locked: {flags}");
    }

    #[test]
    fn ten_thousand_secrets_need_little_memory_and_it_goes_back() {
        let mut pool = own();
        let count = fewer_under_miri(10_000);
        let secrets: Vec<_> = (0..count).map(|_| pool.take(40)).collect();
        assert!(pool.usage.held <= count * 64 + pages::CHUNK, "{:?}", pool.usage);
        secrets.into_iter().for_each(|block| pool.give_back(block, 40));
        assert_eq!(pool.usage.held, pages::CHUNK);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: fewer_under_miri(200) as u32, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn blocks_never_overlap(steps in prop::collection::vec((any::<bool>(), 1_usize..9_000, any::<prop::sample::Index>()), 1..200)) {
            let mut pool = own();
            let mut held: Vec<(NonNull<u8>, usize)> = Vec::new();
            for (takes, length, which) in steps {
                if takes || held.is_empty() {
                    let block = pool.take(length);
                    let (from, to) = (block.addr().get(), block.addr().get() + length);
                    for (other, its_length) in &held {
                        let other = other.addr().get();
                        prop_assert!(to <= other || other + its_length <= from);
                    }
                    held.push((block, length));
                } else {
                    let (block, length) = held.swap_remove(which.index(held.len()));
                    pool.give_back(block, length);
                }
            }
            held.into_iter().for_each(|(block, length)| pool.give_back(block, length));
            prop_assert!(pool.usage.held <= KEPT, "{:?}", pool.usage);
        }
    }
}

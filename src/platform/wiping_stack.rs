//! What calls have left on the stack is wiped.
//!
//! A cipher works on 1,024 bytes at a time in variables of its own, and leaves them where the next call will put its own:
//! below the stack pointer, for as long as no call goes that deep again. A thread that waits keeps them for ever.

use std::hint::black_box;

use zeroize::Zeroize;

/// Bytes of stack that are wiped: more than any of our calls goes down (measured: 40 KiB), and an eighth of the
/// smallest stack that a thread of ours has (2 MiB).
const DEPTH: usize = 256 * 1024;

/// Wipes the stack below the caller. To be called from where a thread waits for its next work.
#[inline(never)]
pub fn wipe_below() {
    let mut room = [0u8; DEPTH];
    // Volatile, so that it happens although nobody reads the room.
    room.zeroize();
    black_box(&room);
}

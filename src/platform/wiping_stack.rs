//! What calls have left on the stack is wiped.
//!
//! A cipher works on 1,024 bytes at a time in variables of its own, and leaves them where the next call will put its own:
//! below the stack pointer, for as long as no call goes that deep again. So does a hash with its last 64 bytes. A thread
//! that waits keeps them for ever.

use std::hint::black_box;

/// Bytes of stack that are wiped: further than calls that handle secrets go down, and a sixteenth of what a thread has.
const DEPTH: usize = 128 * 1024;

/// Wipes the stack below the caller. To be called from where a thread waits for its next work.
#[inline(never)]
pub fn wipe_below() {
    let room = [0u8; DEPTH];
    // Without this the compiler would leave the room out: nobody seems to look at it.
    black_box(&room);
}

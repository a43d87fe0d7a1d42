//! Memory that is given back is wiped first.
//!
//! Types of ours wipe themselves, but a secret also passes through code that does not: the text that a window lays
//! out, the clipboard's copy, a network library's buffer. With this allocator none of them leaves a copy behind when it
//! is done with it. KeePassXC does the same with its `operator delete`.
#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};

/// The system's allocator, wiping every block before it goes back. Programs set it as their `#[global_allocator]`.
pub struct WipingAllocator;

// SAFETY: blocks come from and go back to `System` with the layout they were asked for with. `realloc` is the trait's
// own, which asks for a new block, copies, and gives the old one to `dealloc`.
unsafe impl GlobalAlloc for WipingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps `alloc`'s contract, which is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps `alloc_zeroed`'s contract, which is the same.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller gives back a block of this layout that nobody uses any more, so all its bytes are ours.
        unsafe { block.write_bytes(0, layout.size()) };
        // Without this the compiler would drop the wiping: nobody seems to read the block again.
        std::hint::black_box(block);
        // SAFETY: the block came from `System` with this layout.
        unsafe { System.dealloc(block, layout) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grown_block_keeps_its_bytes() {
        let layout = Layout::from_size_align(16, 8).expect("a small layout");
        // SAFETY: the layout is not empty; the block is used within its size and given back with its layout.
        unsafe {
            let block = WipingAllocator.alloc(layout);
            assert!(!block.is_null());
            block.write_bytes(0xa5, 16);
            let grown = WipingAllocator.realloc(block, layout, 64);
            assert!(!grown.is_null());
            assert_eq!(std::slice::from_raw_parts(grown, 16), [0xa5; 16]);
            WipingAllocator.dealloc(grown, Layout::from_size_align(64, 8).expect("a small layout"));
        }
    }
}

//! Which parts of the window changed between two frames, so that only these are drawn again. Pure.

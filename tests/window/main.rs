//! The window from outside: through its accessibility tree, and as pictures.

mod harness;
mod pictures;

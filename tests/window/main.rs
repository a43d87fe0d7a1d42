//! The window from outside: through its accessibility tree, and as pictures.

mod check;
mod faults;
mod first_start;
mod glyphs;
mod harness;
mod keyboard;
mod locking;
mod merging;
mod paste;
mod pictures;
mod profiles;
mod reports;
mod session;
mod settings;
mod test_all;
mod vault_page;

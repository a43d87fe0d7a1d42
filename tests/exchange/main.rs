//! The room `exchange` from outside: other programs' files in and out.

mod cleaned;
mod export;
mod given;
mod made;
mod made_zips;
mod pasted;

//! The room `exchange` from outside: other programs' files in and out.

mod cleaned;
mod excel97;
mod export;
mod given;
mod made;
mod made_zips;
mod pasted;

//! The room `exchange` from outside: other programs' files in and out.

mod export;
mod given;
mod made;
mod made_zips;

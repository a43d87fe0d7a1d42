//! Profiles from other people's files, and into files for other programs.
//!
//! In: the bytes of a file with what a person said about it, or profiles. Out: what the file offers, what it lacks and
//! what has to be asked ([`import`]); what a pasted text says about one connection ([`pasted`]); how that meets the profiles that are there ([`plan`]); the bytes of a file
//! ([`export`]). Pure but for [`export_file`], which writes these bytes: nothing here opens a file, follows an address, or knows
//! the time. Facts about the
//! formats come from the programs' own sources; each file names its own.

#![warn(missing_docs)]

pub mod export;
pub mod export_file;
#[cfg(test)]
mod fuzz_tests;
pub mod import;
pub mod pasted;
pub mod plan;
mod xrmtoolbox_disguise;

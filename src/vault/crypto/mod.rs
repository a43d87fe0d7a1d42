//! The cryptography of a vault, in small pieces that everything else composes. Randomness comes through
//! [`Surroundings`](super::Surroundings).

pub(in crate::vault) mod seal;
pub(in crate::vault) mod signature;

pub(in crate::vault) use seal::{CHECKSUM_LENGTH, Key, RunningDigest, SEALED_LENGTH, Shared, TAG_LENGTH};
pub(in crate::vault) use signature::SIGNATURE_LENGTH;

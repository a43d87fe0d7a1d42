//! How values are written into a vault's files: JSON that is kept as it is, base64 of a known length, a buffer that leaves no
//! copies. Pure.

pub(in crate::vault) mod fixed_base64;
mod kept_json;
mod secret_buffer;

pub(in crate::vault) use kept_json::{KeptValue, Last, Names, by_name};
pub(in crate::vault) use secret_buffer::SecretBuffer;

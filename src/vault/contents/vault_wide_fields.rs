//! What a vault holds that belongs to no profile.

use crate::profile::ProxyCredentials;
use crate::vault::encoding::KeptValue;

/// The fields that belong to no profile.
#[derive(Clone, Default)]
pub(in crate::vault) struct VaultWideFields {
    pub(in crate::vault) proxy_credentials: Option<ProxyCredentials>,
    pub(in crate::vault) kept: Vec<(String, KeptValue)>,
}

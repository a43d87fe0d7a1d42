//! The tokens of one run over many profiles, so that each is asked for once.
//!
//! A token is given out again only for the same client ID, the same secret, the same sign-in host and tenant, and
//! the same resource. They live as long as the run and are wiped with it; a refusal is not kept.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OnceCell;

use super::failure::Failure;
use crate::profile::SecretText;

/// What a token is good for, apart from the secret that it was got with.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct TokenKey {
    pub client_id: String,
    pub sign_in_host: String,
    pub tenant: String,
    /// The host of the resource.
    pub resource: String,
}

/// A token that may still be on its way.
type Slot = Arc<OnceCell<SecretText>>;

/// The tokens so far, those of each key by their secret.
#[derive(Default)]
pub(super) struct Tokens(Mutex<HashMap<TokenKey, Vec<(SecretText, Slot)>>>);

impl Tokens {
    /// The token for `key` and `secret`; `ask` is run when there is none yet. Who comes while another asks waits.
    pub(super) async fn get_or_ask(
        &self,
        key: TokenKey,
        secret: &str,
        ask: impl Future<Output = Result<SecretText, Failure>>,
    ) -> Result<SecretText, Failure> {
        let slot = self.slot(key, secret);
        slot.get_or_try_init(|| ask).await.cloned()
    }

    fn slot(&self, key: TokenKey, secret: &str) -> Slot {
        // A check that crashed left the map whole: it is only ever added to.
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of_key = slots.entry(key).or_default();
        let secret = SecretText::from(secret);
        if let Some((_, slot)) = of_key.iter().find(|(known, _)| *known == secret) {
            return Arc::clone(slot);
        }
        let slot = Slot::default();
        of_key.push((secret, Arc::clone(&slot)));
        slot
    }
}

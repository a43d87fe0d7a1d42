//! Why a person is not signed in.

use crate::connection_check::{Diagnosis, Failure, PERSON, Redaction, Subject, explain};
use crate::profile::SecretText;

use super::request::SignInRequest;

/// Why there is no sign-in, or no token of it: what is wrong, why, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", in_words(.0))]
pub struct SignInError(pub Box<Diagnosis>);

impl SignInError {
    /// The public code: Microsoft's (`AADSTS53003`) or the product's own (`no_answer`).
    pub fn code(&self) -> &str {
        &self.0.code
    }

    /// What `failure` means for the person who signs in. None of `secrets` is in the text, whatever a server echoes.
    pub(crate) fn new(failure: &Failure, request: &SignInRequest, secrets: &[&SecretText]) -> SignInError {
        let (client, tenant) = (request.client.to_string(), request.tenant.to_string());
        let about =
            Subject { cloud: Some(request.cloud), client_id: Some(&client), tenant: Some(&tenant), ..nothing() };
        SignInError::about(failure, &about, secrets)
    }

    /// The same, where not all of a sign-in is known yet.
    pub(super) fn about(failure: &Failure, about: &Subject<'_>, secrets: &[&SecretText]) -> SignInError {
        let mut redaction = Redaction::new(&SecretText::default());
        secrets.iter().for_each(|secret| redaction.add(secret));
        let subject = Subject {
            code: &failure.code,
            // The steps in which a connection can fail have texts of their own.
            variant: if failure.variant.is_empty() { PERSON } else { failure.variant },
            host: &failure.host,
            proxy: failure.proxy.as_deref(),
            detail: &failure.detail,
            trace: &failure.trace,
            ..*about
        };
        SignInError(Box::new(redaction.diagnosis(explain(&failure.code, &subject))))
    }
}

/// A subject of which nothing is known yet.
pub(super) fn nothing() -> Subject<'static> {
    Subject { variant: PERSON, ..Subject::nobody() }
}

fn in_words(diagnosis: &Diagnosis) -> String {
    let steps = diagnosis.fix.join(" ");
    format!("{} {} {steps} (Code {})", diagnosis.what, diagnosis.why, diagnosis.code)
}

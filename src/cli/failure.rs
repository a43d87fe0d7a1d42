//! Why a command gave no answer, and the exit code that says so.

use std::borrow::Cow;

use crate::connection_check::NetworkError;
use crate::connection_string::ConnectionStringError;
use crate::profile::{
    ClientIdError, ClientIdIsTenantId, ClientSecretError, EnvironmentUrlError, NameError, TenantError,
};
use crate::sign_in::SignInError;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    Success,
    /// There is an answer, and it is a negative one: a check failed, a passphrase is wrong.
    Negative,
    /// The command was not used as it should be.
    Usage,
    /// There is no answer.
    Failed,
}

impl Exit {
    pub(super) fn code(self) -> u8 {
        match self {
            Exit::Success => 0,
            Exit::Negative => 1,
            Exit::Usage => 2,
            Exit::Failed => 3,
        }
    }
}

/// Why there is no answer: a stable code for scripts, a sentence for people, never a secret.
#[derive(Debug)]
pub(super) struct Failure {
    pub exit: Exit,
    pub code: Cow<'static, str>,
    pub message: String,
}

impl Failure {
    pub(super) fn usage(code: &'static str, message: impl Into<String>) -> Failure {
        Failure { exit: Exit::Usage, code: code.into(), message: message.into() }
    }

    pub(super) fn failed(code: &'static str, message: impl Into<String>) -> Failure {
        Failure { exit: Exit::Failed, code: code.into(), message: message.into() }
    }
}

impl From<EnvironmentUrlError> for Failure {
    fn from(error: EnvironmentUrlError) -> Failure {
        Failure::usage(error.code(), error.to_string())
    }
}

impl From<ClientIdError> for Failure {
    fn from(error: ClientIdError) -> Failure {
        Failure::usage("client_id_not_guid", error.to_string())
    }
}

impl From<ClientSecretError> for Failure {
    fn from(error: ClientSecretError) -> Failure {
        let advice = match error {
            ClientSecretError::LooksLikeSecretId => {
                " If HashiCorp Vault or an old version of the Azure CLI created it as the secret itself, add \
                 --secret-is-a-guid."
            }
            _ => "",
        };
        Failure::usage(error.code(), format!("{error}{advice}"))
    }
}

impl From<ClientIdIsTenantId> for Failure {
    fn from(error: ClientIdIsTenantId) -> Failure {
        Failure::usage(ClientIdIsTenantId::CODE, error.to_string())
    }
}

impl From<TenantError> for Failure {
    fn from(error: TenantError) -> Failure {
        Failure::usage("tenant_invalid", error.to_string())
    }
}

impl From<NameError> for Failure {
    fn from(error: NameError) -> Failure {
        Failure::usage("name_invalid", error.to_string())
    }
}

impl From<ConnectionStringError> for Failure {
    fn from(error: ConnectionStringError) -> Failure {
        Failure::usage(error.code(), error.to_string())
    }
}

impl From<SignInError> for Failure {
    fn from(error: SignInError) -> Failure {
        // That the computer forbids it is no answer to a sign-in.
        let exit = if error.code() == "loopback_unavailable" { Exit::Failed } else { Exit::Negative };
        Failure { exit, code: error.code().to_owned().into(), message: error.to_string() }
    }
}

impl From<NetworkError> for Failure {
    fn from(error: NetworkError) -> Failure {
        Failure::failed("network_setup", error.to_string())
    }
}

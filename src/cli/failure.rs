//! Why a command gave no answer, and the exit code that says so.

use crate::connection_check::NetworkError;
use crate::connection_string::ConnectionStringError;
use crate::profile::{ClientIdError, ClientSecretError, EnvironmentUrlError, NameError, TenantError};

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    Good,
    /// The answer is bad news.
    BadNews,
    WrongUse,
    Broken,
}

impl Exit {
    pub(super) fn code(self) -> u8 {
        match self {
            Exit::Good => 0,
            Exit::BadNews => 1,
            Exit::WrongUse => 2,
            Exit::Broken => 3,
        }
    }
}

/// Why there is no answer: a stable code for scripts, a sentence for people, never a secret.
#[derive(Debug)]
pub(super) struct Failure {
    pub exit: Exit,
    pub code: &'static str,
    pub message: String,
}

impl Failure {
    pub(super) fn wrong_use(code: &'static str, message: impl Into<String>) -> Failure {
        Failure { exit: Exit::WrongUse, code, message: message.into() }
    }

    pub(super) fn broken(code: &'static str, message: impl Into<String>) -> Failure {
        Failure { exit: Exit::Broken, code, message: message.into() }
    }
}

impl From<EnvironmentUrlError> for Failure {
    fn from(error: EnvironmentUrlError) -> Failure {
        Failure::wrong_use(error.code(), error.to_string())
    }
}

impl From<ClientIdError> for Failure {
    fn from(error: ClientIdError) -> Failure {
        Failure::wrong_use("client_id_not_guid", error.to_string())
    }
}

impl From<ClientSecretError> for Failure {
    fn from(error: ClientSecretError) -> Failure {
        let code = match error {
            ClientSecretError::Missing => "secret_missing",
            ClientSecretError::LooksLikeSecretId => "secret_is_guid",
            ClientSecretError::HoldsNul | ClientSecretError::HoldsLineEnd => "secret_unusable",
        };
        Failure::wrong_use(code, error.to_string())
    }
}

impl From<TenantError> for Failure {
    fn from(error: TenantError) -> Failure {
        Failure::wrong_use("tenant_invalid", error.to_string())
    }
}

impl From<NameError> for Failure {
    fn from(error: NameError) -> Failure {
        Failure::wrong_use("name_invalid", error.to_string())
    }
}

impl From<ConnectionStringError> for Failure {
    fn from(error: ConnectionStringError) -> Failure {
        Failure::wrong_use(error.code(), error.to_string())
    }
}

impl From<NetworkError> for Failure {
    fn from(error: NetworkError) -> Failure {
        Failure::broken("network_setup", error.to_string())
    }
}

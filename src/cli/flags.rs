//! Flags that several commands share. Their doc comments are the help texts.

use clap::{Args, ValueEnum};

use crate::cloud::Cloud;

/// How the vault is opened: with its passphrase, unless a flag says otherwise.
#[derive(Clone, Copy, Debug, Args)]
pub(super) struct Passphrase {
    /// Read the vault's passphrase from the first line of standard input
    #[arg(long)]
    pub passphrase_stdin: bool,
    /// Unlock with the recovery key from the first line of standard input
    #[arg(long, conflicts_with = "passphrase_stdin")]
    pub recovery_key_stdin: bool,
    /// Unlock as the account that runs this program, without a passphrase
    #[arg(long, conflicts_with_all = ["passphrase_stdin", "recovery_key_stdin"])]
    pub this_account: bool,
}

impl Passphrase {
    /// Whether the arguments say how to open the vault.
    pub(super) fn is_given(self) -> bool {
        self.passphrase_stdin || self.recovery_key_stdin || self.this_account
    }
}

#[derive(Clone, Copy, Debug, Args)]
pub(super) struct Reveal {
    /// Show secrets
    #[arg(long)]
    pub reveal: bool,
}

#[derive(Clone, Copy, Debug, Args)]
pub(super) struct NewPassphrase {
    /// Read the new passphrase from standard input, on the line after the old passphrase or recovery key
    #[arg(long)]
    pub new_passphrase_stdin: bool,
}

#[derive(Debug, Args)]
pub(super) struct TypedConnection {
    /// The Environment URL, instead of a profile
    #[arg(long, value_name = "URL", requires = "client_id")]
    pub url: Option<String>,
    /// The Application (client) ID
    #[arg(long, value_name = "GUID", requires = "url")]
    pub client_id: Option<String>,
    /// Read the client secret from standard input
    #[arg(long, requires = "url")]
    pub secret_stdin: bool,
    /// Accept a client secret that is a GUID, as HashiCorp Vault and old versions of the Azure CLI created them
    #[arg(long, requires = "url")]
    pub secret_is_a_guid: bool,
}

/// One of Microsoft's clouds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum CloudChoice {
    /// Worldwide
    Commercial,
    /// US Government GCC, which shares its hosts with the worldwide cloud
    Gcc,
    /// US Government GCC High
    GccHigh,
    /// US Department of Defense
    Dod,
    /// China, operated by 21Vianet
    China,
}

impl From<CloudChoice> for Cloud {
    fn from(choice: CloudChoice) -> Cloud {
        match choice {
            CloudChoice::Commercial => Cloud::Commercial,
            CloudChoice::Gcc => Cloud::Gcc,
            CloudChoice::GccHigh => Cloud::GccHigh,
            CloudChoice::Dod => Cloud::Dod,
            CloudChoice::China => Cloud::China,
        }
    }
}

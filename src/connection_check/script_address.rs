//! The address of an automatic configuration script (PAC) that a person sets in this program.

use url::Url;

use crate::platform::proxy;

/// Why a script's address cannot be used, and what to do. The address is not in it: it may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScriptFault {
    /// Nothing here runs a script from an address.
    #[error(
        "this system has no part that runs such a script (PAC). Set the script in the desktop's settings under Network > \
         Proxy and choose the system setting in this program, or enter the proxy's address under Manual."
    )]
    Unsupported,
    /// It is no address of a script.
    #[error(
        "it must look like http://wpad.example.com/proxy.pac. Correct it in the settings, or choose the system proxy."
    )]
    Address,
    /// It has a user name or a password.
    #[error(
        "it contains a user name or password, which the server of a script does not get. Remove them, or choose the \
         system proxy."
    )]
    Credentials,
}

/// Whether the script at `address` can be asked on this system, as far as the address alone says.
///
/// # Errors
///
/// Why it cannot.
pub fn check_script_address(address: &str) -> Result<(), ScriptFault> {
    if proxy::RUNS_SCRIPTS { read(address).map(drop) } else { Err(ScriptFault::Unsupported) }
}

/// The address as it is handed to the system.
pub(super) fn read(address: &str) -> Result<String, ScriptFault> {
    let url = Url::parse(address.trim()).map_err(|_| ScriptFault::Address)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(ScriptFault::Credentials);
    }
    let is_one = matches!(url.scheme(), "http" | "https") && url.host_str().is_some();
    if is_one { Ok(url.to_string()) } else { Err(ScriptFault::Address) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_scripts_are_read_strictly() {
        for (text, outcome) in [
            (" http://wpad.contoso.com/proxy.pac ", Ok("http://wpad.contoso.com/proxy.pac")),
            ("HTTPS://wpad:8443", Ok("https://wpad:8443/")),
            ("", Err(ScriptFault::Address)),
            ("http://", Err(ScriptFault::Address)),
            ("wpad.contoso.com/proxy.pac", Err(ScriptFault::Address)),
            ("file:///C:/proxy.pac", Err(ScriptFault::Address)),
            ("C:\\proxy.pac", Err(ScriptFault::Address)),
            ("http://ada:x@wpad/proxy.pac", Err(ScriptFault::Credentials)),
        ] {
            assert_eq!(read(text).as_deref(), outcome.as_ref().copied(), "{text}");
        }
    }
}

//! Windows' SSPI with the account that is signed in. "Negotiate" is Kerberos, and NTLM where there is no ticket.
//!
//! Source: learn.microsoft.com, "InitializeSecurityContext (Negotiate)".
#![allow(unsafe_code)]

use std::{mem, ptr};

use windows_sys::Win32::Foundation::{
    SEC_E_INVALID_TOKEN, SEC_E_LOGON_DENIED, SEC_E_NO_AUTHENTICATING_AUTHORITY, SEC_E_NO_CREDENTIALS, SEC_E_OK,
    SEC_E_SECPKG_NOT_FOUND, SEC_E_TARGET_UNKNOWN, SEC_I_CONTINUE_NEEDED,
};
use windows_sys::Win32::Security::Authentication::Identity::{
    AcquireCredentialsHandleW, DeleteSecurityContext, FreeCredentialsHandle, InitializeSecurityContextW,
    SECBUFFER_TOKEN, SECPKG_CRED_OUTBOUND, SECURITY_NATIVE_DREP, SecBuffer, SecBufferDesc,
};
use windows_sys::Win32::Security::Credentials::SecHandle;
use zeroize::Zeroizing;

use super::{AccountSignInError, Scheme};

/// The largest token that a domain can be set to issue (MaxTokenSize), in bytes.
const TOKEN_LIMIT: usize = 65_535;

fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

/// In English on every Windows, as the rest of what is said.
fn error(status: i32) -> AccountSignInError {
    let words = match status {
        SEC_E_NO_CREDENTIALS => "the account has no credentials for it",
        SEC_E_LOGON_DENIED => "the credentials are not accepted",
        SEC_E_NO_AUTHENTICATING_AUTHORITY => "no domain controller can be reached",
        SEC_E_TARGET_UNKNOWN => "the domain does not know the proxy by this name",
        SEC_E_SECPKG_NOT_FOUND => "this Windows does not have it",
        SEC_E_INVALID_TOKEN => "the proxy's answer cannot be understood",
        _ => return AccountSignInError::System(format!("Windows reports {status:#010x}")),
    };
    AccountSignInError::System(words.to_owned())
}

/// A security context that is being set up.
pub(super) struct Context {
    credentials: SecHandle,
    context: Option<SecHandle>,
    target: Vec<u16>,
}

impl Context {
    pub(super) fn new(scheme: Scheme, host: &str) -> Result<Context, AccountSignInError> {
        // SAFETY: all zeros is a valid handle that stands for none.
        let mut credentials: SecHandle = unsafe { mem::zeroed() };
        let mut expiry = 0;
        // SAFETY: the name ends in NUL and outlives the call; null means the account that is signed in.
        let status = unsafe {
            AcquireCredentialsHandleW(
                ptr::null(),
                wide(scheme.name()).as_ptr(),
                SECPKG_CRED_OUTBOUND,
                ptr::null(),
                ptr::null(),
                None,
                ptr::null(),
                &raw mut credentials,
                &raw mut expiry,
            )
        };
        if status != SEC_E_OK {
            return Err(error(status));
        }
        Ok(Context { credentials, context: None, target: wide(&format!("HTTP/{host}")) })
    }

    pub(super) fn answer(&mut self, challenge: &[u8]) -> Result<Zeroizing<Vec<u8>>, AccountSignInError> {
        let mut question = SecBuffer {
            cbBuffer: u32::try_from(challenge.len()).unwrap_or(0),
            BufferType: SECBUFFER_TOKEN,
            pvBuffer: challenge.as_ptr().cast_mut().cast(),
        };
        let questions = SecBufferDesc { ulVersion: 0, cBuffers: 1, pBuffers: &raw mut question };
        let mut token = Zeroizing::new(vec![0_u8; TOKEN_LIMIT]);
        let mut answer = SecBuffer {
            cbBuffer: TOKEN_LIMIT as u32,
            BufferType: SECBUFFER_TOKEN,
            pvBuffer: token.as_mut_ptr().cast(),
        };
        let mut answers = SecBufferDesc { ulVersion: 0, cBuffers: 1, pBuffers: &raw mut answer };
        let (mut attributes, mut expiry) = (0_u32, 0_i64);
        // SAFETY: as in `new`.
        let mut fresh: SecHandle = unsafe { mem::zeroed() };
        let known = self.context.as_ref().map_or(ptr::null(), ptr::from_ref);
        let asked = if challenge.is_empty() { ptr::null() } else { &raw const questions };
        // SAFETY: all places outlive the call, the handles are this context's, and the answer has the room that it says.
        let status = unsafe {
            InitializeSecurityContextW(
                &raw const self.credentials,
                known,
                self.target.as_ptr(),
                0,
                0,
                SECURITY_NATIVE_DREP,
                asked,
                0,
                &raw mut fresh,
                &raw mut answers,
                &raw mut attributes,
                &raw mut expiry,
            )
        };
        if status != SEC_E_OK && status != SEC_I_CONTINUE_NEEDED {
            return Err(error(status));
        }
        if self.context.is_none() {
            self.context = Some(fresh);
        }
        token.truncate(answer.cbBuffer as usize);
        Ok(token)
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        // SAFETY: both handles are this context's and are given back once.
        unsafe {
            if let Some(context) = &self.context {
                DeleteSecurityContext(context);
            }
            FreeCredentialsHandle(&raw const self.credentials);
        }
    }
}

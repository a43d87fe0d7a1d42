//! GSSAPI (RFC 2744) of MIT or Heimdal. It is loaded when a proxy asks for it: the program starts without it.
#![allow(unsafe_code)]

use std::ffi::c_void;
use std::ptr;
use std::sync::OnceLock;

use libloading::Library;
use zeroize::Zeroizing;

use super::{AccountSignInError, Scheme};

const LIBRARIES: [&str; 2] = ["libgssapi_krb5.so.2", "libgssapi.so.3"];
/// SPNEGO, 1.3.6.1.5.5.2 (RFC 4178).
const SPNEGO: &[u8] = &[0x2b, 6, 1, 5, 5, 2];
/// Kerberos 5, 1.2.840.113554.1.2.2 (RFC 4121).
const KERBEROS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 1, 2, 2];
/// NTLMSSP, 1.3.6.1.4.1.311.2.2.10: only where the package gss-ntlmssp adds it.
const NTLMSSP: &[u8] = &[0x2b, 6, 1, 4, 1, 0x82, 0x37, 2, 2, 0x0a];
/// `GSS_C_NT_HOSTBASED_SERVICE`, 1.2.840.113554.1.2.1.4.
const HOSTBASED_SERVICE: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 1, 2, 1, 4];
/// The bits of a status that are errors (RFC 2744, 3.9.1).
const ERRORS: u32 = 0xffff_0000;
/// What gss-ntlmssp says in place of "no credentials": `ENOENT`.
const NO_SUCH_FILE: u32 = 2;
const GSS_C_GSS_CODE: i32 = 1;
const GSS_C_MECH_CODE: i32 = 2;

#[repr(C)]
struct Buffer {
    length: usize,
    value: *mut c_void,
}

impl Buffer {
    const EMPTY: Buffer = Buffer { length: 0, value: ptr::null_mut() };

    /// For the library to read only.
    fn of(bytes: &[u8]) -> Buffer {
        Buffer { length: bytes.len(), value: bytes.as_ptr().cast_mut().cast() }
    }
}

#[repr(C)]
struct Oid {
    length: u32,
    elements: *const c_void,
}

impl Oid {
    fn of(bytes: &'static [u8]) -> Oid {
        Oid { length: u32::try_from(bytes.len()).expect("a few bytes"), elements: bytes.as_ptr().cast() }
    }
}

type ImportName = unsafe extern "C" fn(*mut u32, *const Buffer, *const Oid, *mut *mut c_void) -> u32;
type InitSecContext = unsafe extern "C" fn(
    *mut u32,
    *mut c_void,
    *mut *mut c_void,
    *mut c_void,
    *const Oid,
    u32,
    u32,
    *mut c_void,
    *const Buffer,
    *mut *const Oid,
    *mut Buffer,
    *mut u32,
    *mut u32,
) -> u32;
type DisplayStatus = unsafe extern "C" fn(*mut u32, u32, i32, *const Oid, *mut u32, *mut Buffer) -> u32;
type ReleaseBuffer = unsafe extern "C" fn(*mut u32, *mut Buffer) -> u32;
type ReleaseName = unsafe extern "C" fn(*mut u32, *mut *mut c_void) -> u32;
type DeleteSecContext = unsafe extern "C" fn(*mut u32, *mut *mut c_void, *mut Buffer) -> u32;

/// The functions of the library, which stays loaded.
struct Api {
    import_name: ImportName,
    init_sec_context: InitSecContext,
    display_status: DisplayStatus,
    release_buffer: ReleaseBuffer,
    release_name: ReleaseName,
    delete_sec_context: DeleteSecContext,
    _library: Library,
}

impl Api {
    fn load() -> Option<Api> {
        // SAFETY: these are the system's own libraries, searched for where the system keeps them; loading them runs what any
        // program with Kerberos runs. The types are those of RFC 2744, appendix A.
        unsafe {
            let library = LIBRARIES.iter().find_map(|name| Library::new(name).ok())?;
            Some(Api {
                import_name: *library.get::<ImportName>(b"gss_import_name\0").ok()?,
                init_sec_context: *library.get::<InitSecContext>(b"gss_init_sec_context\0").ok()?,
                display_status: *library.get::<DisplayStatus>(b"gss_display_status\0").ok()?,
                release_buffer: *library.get::<ReleaseBuffer>(b"gss_release_buffer\0").ok()?,
                release_name: *library.get::<ReleaseName>(b"gss_release_name\0").ok()?,
                delete_sec_context: *library.get::<DeleteSecContext>(b"gss_delete_sec_context\0").ok()?,
                _library: library,
            })
        }
    }

    fn get() -> Result<&'static Api, AccountSignInError> {
        static API: OnceLock<Option<Api>> = OnceLock::new();
        API.get_or_init(Api::load).as_ref().ok_or(AccountSignInError::NoLibrary)
    }

    /// Copies what the library allocated, and frees it.
    fn take(&self, buffer: &mut Buffer) -> Zeroizing<Vec<u8>> {
        let bytes = if buffer.value.is_null() {
            Zeroizing::new(Vec::new())
        } else {
            // SAFETY: the library filled it with so many bytes.
            Zeroizing::new(unsafe { std::slice::from_raw_parts(buffer.value.cast::<u8>(), buffer.length) }.to_vec())
        };
        let mut minor = 0;
        // SAFETY: it is the library's own, and freed once: afterwards it is empty.
        unsafe { (self.release_buffer)(&raw mut minor, buffer) };
        bytes
    }

    /// What the library says of these codes.
    fn error(&self, major: u32, minor: u32, mechanism: &'static [u8]) -> AccountSignInError {
        let name = Oid::of(mechanism);
        let text = |code: u32, kind: i32| {
            let (mut more, mut ignored, mut text) = (0, 0, Buffer::EMPTY);
            // SAFETY: all places outlive the call; the text is the library's and is freed by `take`.
            let status = unsafe {
                (self.display_status)(&raw mut ignored, code, kind, &raw const name, &raw mut more, &raw mut text)
            };
            let said = String::from_utf8_lossy(&self.take(&mut text)).trim().trim_end_matches('.').to_owned();
            (status & ERRORS == 0 && !said.is_empty()).then_some(said)
        };
        if mechanism == NTLMSSP && minor == NO_SUCH_FILE {
            return AccountSignInError::System(
                "there are no NTLM credentials on this computer (winbind, or the file that NTLM_USER_FILE names)"
                    .to_owned(),
            );
        }
        // The mechanism's own words say more ("No Kerberos credentials available").
        let said = Some(minor).filter(|minor| *minor != 0).and_then(|minor| text(minor, GSS_C_MECH_CODE));
        let said = said.or_else(|| text(major, GSS_C_GSS_CODE));
        AccountSignInError::System(said.unwrap_or_else(|| format!("GSSAPI status {major:08x}")))
    }
}

/// A security context that is being set up.
pub(super) struct Context {
    api: &'static Api,
    name: *mut c_void,
    context: *mut c_void,
    mechanism: &'static [u8],
}

// SAFETY: GSSAPI's objects belong to no thread; one thread at a time uses them because `answer` takes `&mut self`.
unsafe impl Send for Context {}

impl Context {
    pub(super) fn new(scheme: Scheme, host: &str) -> Result<Context, AccountSignInError> {
        let api = Api::get()?;
        let mechanism = match scheme {
            Scheme::Negotiate => SPNEGO,
            Scheme::Ntlm => NTLMSSP,
        };
        let service = format!("HTTP@{host}");
        let (mut minor, mut name) = (0, ptr::null_mut());
        // SAFETY: the texts outlive the call; the name is the library's and is released with this context.
        let major = unsafe {
            (api.import_name)(
                &raw mut minor,
                &Buffer::of(service.as_bytes()),
                &Oid::of(HOSTBASED_SERVICE),
                &raw mut name,
            )
        };
        if major & ERRORS != 0 {
            return Err(api.error(major, minor, mechanism));
        }
        Ok(Context { api, name, context: ptr::null_mut(), mechanism })
    }

    pub(super) fn answer(&mut self, challenge: &[u8]) -> Result<Zeroizing<Vec<u8>>, AccountSignInError> {
        let answered = self.step(challenge);
        if answered.is_err() && challenge.is_empty() && self.mechanism == SPNEGO {
            // SPNEGO only says that nothing is left to try; Kerberos says why.
            self.mechanism = KERBEROS;
            return self.step(challenge);
        }
        answered
    }

    fn step(&mut self, challenge: &[u8]) -> Result<Zeroizing<Vec<u8>>, AccountSignInError> {
        let (mut minor, mut token) = (0, Buffer::EMPTY);
        let mechanism = Oid::of(self.mechanism);
        // SAFETY: all places outlive the call; null means the account's own credentials, no channel bindings, and results that
        // nobody wants. The token is the library's and is freed by `take`.
        let major = unsafe {
            (self.api.init_sec_context)(
                &raw mut minor,
                ptr::null_mut(),
                &raw mut self.context,
                self.name,
                &mechanism,
                0,
                0,
                ptr::null_mut(),
                &Buffer::of(challenge),
                ptr::null_mut(),
                &raw mut token,
                ptr::null_mut(),
                ptr::null_mut(),
            )
        };
        let token = self.api.take(&mut token);
        if major & ERRORS != 0 {
            return Err(self.api.error(major, minor, self.mechanism));
        }
        Ok(token)
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        let mut minor = 0;
        // SAFETY: both are the library's, or null, and are given back once.
        unsafe {
            (self.api.delete_sec_context)(&raw mut minor, &raw mut self.context, ptr::null_mut());
            (self.api.release_name)(&raw mut minor, &raw mut self.name);
        }
    }
}

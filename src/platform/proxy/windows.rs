//! Windows' settings: typed proxies from the registry, scripts (PAC, WPAD) by WinHTTP.
//! Sources: "WinHttpGetIEProxyConfigForCurrentUser", "WinHttpGetProxyForUrl"
//! (learn.microsoft.com/windows/win32/api/winhttp).
#![allow(unsafe_code)]

use std::ptr;

use windows_sys::Win32::Foundation::{GetLastError, GlobalFree};
use windows_sys::Win32::Networking::WinHttp::{
    ERROR_WINHTTP_AUTODETECTION_FAILED, ERROR_WINHTTP_LOGIN_FAILURE, WINHTTP_ACCESS_TYPE_NAMED_PROXY,
    WINHTTP_ACCESS_TYPE_NO_PROXY, WINHTTP_AUTO_DETECT_TYPE_DHCP, WINHTTP_AUTO_DETECT_TYPE_DNS_A,
    WINHTTP_AUTOPROXY_AUTO_DETECT, WINHTTP_AUTOPROXY_CONFIG_URL, WINHTTP_AUTOPROXY_OPTIONS,
    WINHTTP_CURRENT_USER_IE_PROXY_CONFIG, WINHTTP_PROXY_INFO, WinHttpCloseHandle,
    WinHttpGetIEProxyConfigForCurrentUser, WinHttpGetProxyForUrl, WinHttpOpen,
};

use super::{FindError, FinderKind, ProxyFinder, Scope, SystemProxies, WindowsProxy};
use crate::platform::registry;

/// Where Windows keeps the settings of "Internet options".
const KEY: &str = "Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings";
/// Where a policy says that they hold for the whole computer.
const POLICY_KEY: &str = "Software\\Policies\\Microsoft\\Windows\\CurrentVersion\\Internet Settings";

pub(super) fn system_proxies() -> SystemProxies {
    let scope = match registry::machine_number(POLICY_KEY, "ProxySettingsPerUser") {
        Some(0) => Scope::Computer,
        _ => Scope::Account,
    };
    let text = |name: &str| match scope {
        Scope::Account => registry::user_text(KEY, name),
        Scope::Computer => registry::machine_text(KEY, name),
    };
    let enabled = match scope {
        Scope::Account => registry::user_number(KEY, "ProxyEnable"),
        Scope::Computer => registry::machine_number(KEY, "ProxyEnable"),
    };
    let manual = enabled.filter(|number| *number != 0).and_then(|_| text("ProxyServer")).and_then(|server| {
        let proxy = WindowsProxy::parse(&server, &text("ProxyOverride").unwrap_or_default());
        proxy.https().is_some().then_some(proxy)
    });
    let (detects, script) = automatic();
    let script = script.or_else(|| text("AutoConfigURL")).filter(|address| !address.trim().is_empty());
    let mut finders: Vec<Box<dyn ProxyFinder>> = Vec::new();
    if detects {
        finders.push(Box::new(Script { address: None, kind: FinderKind::WindowsDetection }));
    }
    if script.is_some() {
        finders.push(Box::new(Script { address: script, kind: FinderKind::WindowsScript }));
    }
    SystemProxies { finders, manual, scope }
}

/// Whether Windows looks for a script itself, and the address of the script that is set.
fn automatic() -> (bool, Option<String>) {
    let mut config = WINHTTP_CURRENT_USER_IE_PROXY_CONFIG {
        fAutoDetect: 0,
        lpszAutoConfigUrl: ptr::null_mut(),
        lpszProxy: ptr::null_mut(),
        lpszProxyBypass: ptr::null_mut(),
    };
    // SAFETY: the structure outlives the call, which fills it with texts that are this function's to free.
    if unsafe { WinHttpGetIEProxyConfigForCurrentUser(&raw mut config) } == 0 {
        return (false, None);
    }
    let script = take_text(config.lpszAutoConfigUrl);
    take_text(config.lpszProxy);
    take_text(config.lpszProxyBypass);
    (config.fAutoDetect != 0, script)
}

/// A text of WinHTTP's, which is freed.
fn take_text(text: *mut u16) -> Option<String> {
    if text.is_null() {
        return None;
    }
    let mut length = 0;
    // SAFETY: WinHTTP's texts end in NUL, and none is read beyond it; the text was allocated for the caller, who frees
    // it once.
    let read = unsafe {
        while *text.add(length) != 0 {
            length += 1;
        }
        let read = String::from_utf16_lossy(std::slice::from_raw_parts(text, length));
        GlobalFree(text.cast());
        read
    };
    Some(read)
}

/// The script at an address that this program was given.
pub(super) fn script_at(address: String) -> Box<dyn ProxyFinder> {
    Box::new(Script { address: Some(address), kind: FinderKind::GivenScript })
}

/// A script at an address, or the one that Windows finds itself.
#[derive(Debug)]
struct Script {
    address: Option<String>,
    kind: FinderKind,
}

/// A session of WinHTTP, closed when it is dropped.
struct Session(*mut core::ffi::c_void);

impl Drop for Session {
    fn drop(&mut self) {
        // SAFETY: the handle comes from WinHttpOpen and is closed once.
        unsafe { WinHttpCloseHandle(self.0) };
    }
}

impl ProxyFinder for Script {
    fn kind(&self) -> FinderKind {
        self.kind
    }

    fn find(&self, host: &str) -> Result<Vec<String>, FindError> {
        let agent = wide("A365-Password-Tool");
        // SAFETY: the name ends in NUL and outlives the call; no proxy is named.
        let session = unsafe { WinHttpOpen(agent.as_ptr(), WINHTTP_ACCESS_TYPE_NO_PROXY, ptr::null(), ptr::null(), 0) };
        if session.is_null() {
            return Err(FindError::Failed(format!("WinHTTP could not be started (error {})", last_error())));
        }
        let session = Session(session);
        // First without the account, as Microsoft's documentation advises: that answer is cached for all programs.
        let outcome = match self.ask(&session, host, 0) {
            Err(ERROR_WINHTTP_LOGIN_FAILURE) => self.ask(&session, host, 1),
            outcome => outcome,
        };
        outcome.map_err(|error| match (&self.address, error) {
            (None, _) | (_, ERROR_WINHTTP_AUTODETECTION_FAILED) => FindError::Absent,
            (Some(address), error) => FindError::Failed(format!("{} (WinHTTP error {error}; {address})", words(error))),
        })
    }
}

impl Script {
    fn ask(&self, session: &Session, host: &str, logs_on: i32) -> Result<Vec<String>, u32> {
        let url = wide(&format!("https://{host}/"));
        let address = self.address.as_deref().map(wide);
        let mut options = WINHTTP_AUTOPROXY_OPTIONS {
            dwFlags: if address.is_some() { WINHTTP_AUTOPROXY_CONFIG_URL } else { WINHTTP_AUTOPROXY_AUTO_DETECT },
            dwAutoDetectFlags: match address {
                Some(_) => 0,
                None => WINHTTP_AUTO_DETECT_TYPE_DHCP | WINHTTP_AUTO_DETECT_TYPE_DNS_A,
            },
            lpszAutoConfigUrl: address.as_ref().map_or(ptr::null(), |address| address.as_ptr()),
            lpvReserved: ptr::null_mut(),
            dwReserved: 0,
            fAutoLogonIfChallenged: logs_on,
        };
        let mut found =
            WINHTTP_PROXY_INFO { dwAccessType: 0, lpszProxy: ptr::null_mut(), lpszProxyBypass: ptr::null_mut() };
        // SAFETY: the session is open, both texts end in NUL, and all outlive the call, which fills `found`.
        let done = unsafe { WinHttpGetProxyForUrl(session.0, url.as_ptr(), &raw mut options, &raw mut found) };
        if done == 0 {
            return Err(last_error());
        }
        let proxies = take_text(found.lpszProxy).unwrap_or_default();
        take_text(found.lpszProxyBypass);
        if found.dwAccessType != WINHTTP_ACCESS_TYPE_NAMED_PROXY {
            return Ok(vec!["direct://".to_owned()]);
        }
        let one = |part: &str| part.strip_prefix("https=").unwrap_or(part).to_owned();
        Ok(proxies.split(|c: char| c == ';' || c.is_whitespace()).filter(|part| !part.is_empty()).map(one).collect())
    }
}

/// What an error of WinHTTP's means for a script.
fn words(error: u32) -> &'static str {
    match error {
        12167 => "the script could not be downloaded",
        12166 => "the script contains an error",
        12178 => "this system does not support scripts",
        12002 => "the script did not arrive in time",
        12007 => "the name of the script's server was not found",
        12029 => "the script's server cannot be reached",
        12015 => "the script's server requires a sign-in",
        _ => "the script could not be run",
    }
}

fn last_error() -> u32 {
    // SAFETY: reads a number of this thread's.
    unsafe { GetLastError() }
}

fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain(Some(0)).collect()
}

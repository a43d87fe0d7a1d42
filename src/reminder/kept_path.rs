//! A path in a file of JSON: as text where it is Unicode, else in a form that no real path has and that gives back every
//! unit of it. An earlier version takes that form for the path of a file that is not there.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serializer};

/// A path never holds NUL.
const MARK: &str = "\0";

/// Writes `path`.
pub(super) fn serialize<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    match path.to_str() {
        Some(text) => serializer.serialize_str(text),
        None => serializer.serialize_str(&format!("{MARK}{}", units(path))),
    }
}

/// Reads what [`serialize`] wrote.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PathBuf, D::Error> {
    let text = String::deserialize(deserializer)?;
    match text.strip_prefix(MARK) {
        None => Ok(PathBuf::from(text)),
        Some(units) => path_of(units).map(PathBuf::from).ok_or_else(|| D::Error::custom("not a path")),
    }
}

/// The units of `units` hexadecimal digits each, as numbers.
fn numbers(text: &str, digits: usize) -> Option<Vec<u16>> {
    let pieces = text.as_bytes().chunks(digits).map(|piece| {
        let piece = std::str::from_utf8(piece).ok().filter(|piece| piece.len() == digits)?;
        u16::from_str_radix(piece, 16).ok()
    });
    pieces.collect()
}

#[cfg(windows)]
fn units(path: &Path) -> String {
    use std::os::windows::ffi::OsStrExt;
    path.as_os_str().encode_wide().map(|unit| format!("{unit:04x}")).collect()
}

#[cfg(windows)]
fn path_of(units: &str) -> Option<OsString> {
    use std::os::windows::ffi::OsStringExt;
    Some(OsString::from_wide(&numbers(units, 4)?))
}

#[cfg(unix)]
fn units(path: &Path) -> String {
    use std::os::unix::ffi::OsStrExt;
    path.as_os_str().as_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(unix)]
fn path_of(units: &str) -> Option<OsString> {
    use std::os::unix::ffi::OsStringExt;
    let bytes: Option<Vec<u8>> = numbers(units, 2)?.into_iter().map(|unit| u8::try_from(unit).ok()).collect();
    Some(OsString::from_vec(bytes?))
}

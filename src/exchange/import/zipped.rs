//! Zip files: which program's it is, and whether what is in it may be unpacked at all.
//!
//! The sizes that a zip declares can lie, so each file is read through a limit. Nothing is written to a disk.

use std::io::{Cursor, Read};

use zeroize::Zeroizing;
use zip::ZipArchive;

use super::found::Import;
use super::{Options, Refusal, onepassword, opendocument, workbook};

/// The most that all files in a zip may unpack to, in bytes.
const UNPACKED_LIMIT: u64 = 64 << 20;
/// The most names in a zip.
const NAME_LIMIT: usize = 10_000;

pub(super) type Archive<'b> = ZipArchive<Cursor<&'b [u8]>>;

pub(super) fn read(bytes: &[u8], options: &Options<'_>) -> Result<Import, Refusal> {
    let is_named_kdbx = options.file_name.to_ascii_lowercase().ends_with(".kdbx");
    let damaged = if is_named_kdbx { Refusal::NotKdbx } else { Refusal::DamagedFile };
    let mut archive = Archive::new(Cursor::new(bytes)).map_err(|_| damaged)?;
    if archive.len() > NAME_LIMIT {
        return Err(Refusal::TooBigInside { limit: (UNPACKED_LIMIT >> 20) as usize });
    }
    check_sizes(&mut archive)?;
    let has = |archive: &Archive<'_>, name: &str| archive.index_for_name(name).is_some();
    if has(&archive, "export.data") {
        let data = file(&mut archive, "export.data")?;
        return onepassword::read(&data, options);
    }
    if has(&archive, "[Content_Types].xml") {
        return workbook::read(bytes, options);
    }
    if has(&archive, "content.xml") && has(&archive, "mimetype") {
        let content = file(&mut archive, "content.xml")?;
        return opendocument::read(&content, options);
    }
    Err(Refusal::NoConnectionsFound)
}

/// Refuses a zip that would unpack to more than the limit. What it declares is believed only where it is too much: every
/// file is also unpacked once and counted, because a workbook's reader has no limit of its own.
fn check_sizes(archive: &mut Archive<'_>) -> Result<(), Refusal> {
    let too_big = || Refusal::TooBigInside { limit: (UNPACKED_LIMIT >> 20) as usize };
    let mut declared = 0_u64;
    for place in 0..archive.len() {
        let file = archive.by_index_raw(place).map_err(|_| Refusal::DamagedFile)?;
        declared = declared.saturating_add(file.size());
    }
    if declared > UNPACKED_LIMIT {
        return Err(too_big());
    }
    let mut counted = 0;
    let mut piece = Zeroizing::new([0; 8192]);
    for place in 0..archive.len() {
        let Ok(mut file) = archive.by_index(place) else { return Err(Refusal::DamagedFile) };
        loop {
            let count = file.read(&mut *piece).map_err(|_| Refusal::DamagedFile)?;
            if count == 0 {
                break;
            }
            counted += count as u64;
            if counted > UNPACKED_LIMIT {
                return Err(too_big());
            }
        }
    }
    Ok(())
}

/// The bytes of one file of the zip.
fn file(archive: &mut Archive<'_>, name: &str) -> Result<Zeroizing<Vec<u8>>, Refusal> {
    let file = archive.by_name(name).map_err(|_| Refusal::DamagedFile)?;
    // With its room at once: what grows would leave its former place to the allocator.
    let room = usize::try_from(file.size().min(UNPACKED_LIMIT)).map_err(|_| Refusal::DamagedFile)?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    file.take(UNPACKED_LIMIT).read_to_end(&mut bytes).map_err(|_| Refusal::DamagedFile)?;
    Ok(bytes)
}

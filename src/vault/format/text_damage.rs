//! A vault's file that something took for text: git with `core.autocrlf`, an editor, a shell, FTP in text mode. What it did
//! to the bytes, and the bytes as they were where these can be found.
//!
//! The header tells how long the file was, and the checksum which bytes it had. So line ends that were changed can be tried
//! in every way that gives that length, as far as there are not too many of them. Nothing here writes files.

use std::borrow::Cow;
use std::path::Path;

use super::header::Header;
use super::layout::{self, HEADER_LIMIT, MAGIC};
use crate::vault::crypto::{CHECKSUM_LENGTH, RunningDigest};

/// What was done to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::vault) enum TextChange {
    ByteOrderMark,
    MarkAndLineEnds,
    LineFeedsToCrLf,
    CrLfToLineFeeds,
    LineEndAdded,
    CarriageReturnsLost,
    SevenBits,
    LineEndBefore,
    WrittenAsUtf8,
    WrittenAsUtf8Twice,
    WrittenAsUtf16,
    GitConflict,
}

impl TextChange {
    /// As the end of a sentence about the file.
    pub(in crate::vault) fn words(self) -> &'static str {
        match self {
            TextChange::ByteOrderMark => {
                "a byte order mark (BOM) was added at its beginning, as editors and PowerShell do with text"
            }
            TextChange::MarkAndLineEnds => {
                "a byte order mark (BOM) was added at its beginning and its line breaks were changed, as editors and \
                 PowerShell do with text"
            }
            TextChange::LineFeedsToCrLf => {
                "its line breaks were changed from LF to CRLF, as git (core.autocrlf), FTP in text mode or an editor \
                 does with text"
            }
            TextChange::CrLfToLineFeeds => {
                "its line breaks were changed from CRLF to LF, as git (core.autocrlf), FTP in text mode or an editor \
                 does with text"
            }
            TextChange::LineEndAdded => "a line break was added at its end, as editors and scripts do with text",
            TextChange::CarriageReturnsLost => {
                "its line breaks were changed and all carriage returns (CR) are lost, as when a script reads a file as \
                 text"
            }
            TextChange::SevenBits => {
                "only plain text characters (ASCII) are left in it, as after a transfer in text mode"
            }
            TextChange::WrittenAsUtf8 => {
                "it was read as text and saved as UTF-8, as an editor or PowerShell does with text"
            }
            TextChange::LineEndBefore => "a line break was added at its beginning, as editors and scripts do with text",
            TextChange::WrittenAsUtf8Twice => {
                "it was read as text and saved as UTF-8 more than once, as editors or PowerShell do with text"
            }
            TextChange::GitConflict => {
                "git has written two versions of it into one file, with conflict markers. Take one of them with \
                 “git checkout --ours” or “git checkout --theirs”"
            }
            TextChange::WrittenAsUtf16 => {
                "it was read as text and saved as UTF-16, as PowerShell does with “>” and Out-File"
            }
        }
    }
}

/// A change that was recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::vault) struct Recognised {
    pub(in crate::vault) change: TextChange,
    pub(in crate::vault) outlook: Outlook,
}

/// Whether [`repair`] is worth a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::vault) enum Outlook {
    Repairable,
    /// There are too many ways in which the bytes may have been.
    Unclear,
    /// Bytes are lost.
    Lost,
}

/// How many bytes are hashed at most while a vault is only read.
const QUICK: f64 = 16.0 * 1024.0 * 1024.0;
/// How many bytes are hashed at most when somebody waits for the repair: some seconds.
const PATIENT: f64 = 4.0 * 1024.0 * 1024.0 * 1024.0;
/// A file shorter than this may have no carriage return by chance.
const HAS_CARRIAGE_RETURNS: usize = 4096;

/// What was done to the bytes of a vault that is damaged; `None` when it is nothing of this kind.
pub(in crate::vault) fn recognise(bytes: &[u8]) -> Option<Recognised> {
    if is_git_conflict(bytes) {
        return Some(Recognised { change: TextChange::GitConflict, outlook: Outlook::Unclear });
    }
    let Unwrapped { wrapping, bytes, lost } = unwrap(bytes)?;
    let lost_by = |change| Some(Recognised { change, outlook: Outlook::Lost });
    if lost {
        return lost_by(wrapping?);
    }
    let Some(plans) = plans(&bytes) else { return lost_by(wrapping?) };
    let body = &bytes[plans.body_begin..];
    let change = match (wrapping, plans.header_had_crlf) {
        (Some(TextChange::ByteOrderMark), true) => TextChange::MarkAndLineEnds,
        (Some(wrapping), _) => wrapping,
        (None, true) => TextChange::LineFeedsToCrLf,
        (None, false) if body.is_ascii() && body.len() >= CHECKSUM_LENGTH => return lost_by(TextChange::SevenBits),
        (None, false) if !body.contains(&b'\r') && body.len() >= HAS_CARRIAGE_RETURNS => {
            TextChange::CarriageReturnsLost
        }
        (None, false) => {
            // The file alone does not show it: it may as well have been cut. Only what is proven, or what is long enough not
            // to be chance, is named.
            let (cut, kept): (Vec<&Plan>, Vec<&Plan>) = plans.list.iter().partition(|plan| plan.was_cut);
            if cut.iter().any(|plan| plan.work() <= QUICK && plan.search(QUICK).is_some()) {
                return Some(Recognised { change: TextChange::LineEndAdded, outlook: Outlook::Repairable });
            }
            let plan = kept.into_iter().find(|plan| plan.is_plausible())?;
            let outlook = match plan.work() {
                work if work <= QUICK && plan.search(QUICK).is_some() => Outlook::Repairable,
                work if work <= QUICK => return None,
                work if work <= PATIENT => Outlook::Repairable,
                _ => Outlook::Unclear,
            };
            return Some(Recognised { change: TextChange::CrLfToLineFeeds, outlook });
        }
    };
    let may_be = |plan: &Plan| match plan.work() {
        work if work <= QUICK => plan.search(QUICK).is_some(),
        work => work <= PATIENT,
    };
    let outlook = if plans.list.iter().any(may_be) {
        Outlook::Repairable
    } else if change != TextChange::CarriageReturnsLost && plans.list.iter().any(|plan| plan.work() > PATIENT) {
        Outlook::Unclear
    } else {
        Outlook::Lost
    };
    Some(Recognised { change, outlook })
}

/// The bytes as they were: exactly as long as their header says, and with the right checksum.
pub(in crate::vault) fn repair(bytes: &[u8]) -> Option<Vec<u8>> {
    let unwrapped = unwrap(bytes).filter(|unwrapped| !unwrapped.lost)?;
    let mut list = plans(&unwrapped.bytes)?.list;
    list.sort_by(|one, other| one.work().total_cmp(&other.work()));
    list.iter().filter(|plan| plan.work() <= PATIENT).find_map(|plan| plan.search(PATIENT))
}

/// A file without what was put around or over its bytes as a whole.
struct Unwrapped<'b> {
    wrapping: Option<TextChange>,
    bytes: Cow<'b, [u8]>,
    /// Whether some of the bytes can no longer be known.
    lost: bool,
}

/// `None` when there is no vault's beginning in it.
fn unwrap(bytes: &[u8]) -> Option<Unwrapped<'_>> {
    if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
        return of_utf16(rest, u16::from_le_bytes);
    }
    if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        return of_utf16(rest, u16::from_be_bytes);
    }
    // Without a byte order mark: every other byte of the beginning is zero.
    match bytes {
        [first, 0, ..] if *first == MAGIC[0] => return of_utf16(bytes, u16::from_le_bytes),
        [0, first, ..] if *first == MAGIC[0] => return of_utf16(bytes, u16::from_be_bytes),
        _ => {}
    }
    let (mut wrapping, mut rest) = (None, bytes);
    while let Some(bare) = rest.strip_prefix(b"\xef\xbb\xbf") {
        (wrapping, rest) = (Some(TextChange::ByteOrderMark), bare);
    }
    while let Some(bare) = rest.strip_prefix(b"\n").or_else(|| rest.strip_prefix(b"\r\n")) {
        (wrapping, rest) = (wrapping.or(Some(TextChange::LineEndBefore)), bare);
    }
    if !rest.starts_with(MAGIC) {
        return None;
    }
    // What is sealed is never UTF-8 by chance.
    match std::str::from_utf8(rest) {
        Ok(text) if !text.is_ascii() => of_text(text, TextChange::WrittenAsUtf8),
        _ => Some(Unwrapped { wrapping, bytes: Cow::Borrowed(rest), lost: false }),
    }
}

fn of_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<Unwrapped<'static>> {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    let text: String = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    of_text(text.trim_start_matches('\u{feff}'), TextChange::WrittenAsUtf16)
}

/// The bytes that were read as `text`, in the first of the code pages that has all its characters.
fn of_text(text: &str, wrapping: TextChange) -> Option<Unwrapped<'static>> {
    let pages =
        [byte_of_windows as fn(char) -> Option<u8>, |c| byte_in(CODE_PAGE_437, c), |c| byte_in(CODE_PAGE_850, c)];
    let found = pages.into_iter().find_map(|byte_of| text.chars().map(byte_of).collect::<Option<Vec<u8>>>());
    let lost = found.is_none();
    let bytes = found.unwrap_or_else(|| text.as_bytes().to_vec());
    if !bytes.starts_with(MAGIC) {
        return None;
    }
    // The same may have happened before.
    match std::str::from_utf8(&bytes) {
        Ok(text) if !lost && !text.is_ascii() => {
            let twice = match wrapping {
                TextChange::WrittenAsUtf16 => wrapping,
                _ => TextChange::WrittenAsUtf8Twice,
            };
            of_text(text, twice)
        }
        _ => Some(Unwrapped { wrapping: Some(wrapping), bytes: Cow::Owned(bytes), lost }),
    }
}

/// Whether git has put markers around two versions of a vault: it takes a file for text that holds no NUL in its first bytes.
fn is_git_conflict(bytes: &[u8]) -> bool {
    let begin = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let head = &begin[..begin.len().min(HEADER_LIMIT)];
    let has_vault = || head.windows(MAGIC.len()).any(|piece| piece == MAGIC);
    begin.starts_with(b"<<<<<<< ") && has_vault() && begin.windows(9).any(|piece| piece == b"\n>>>>>>> ")
}

/// The byte that Windows-1252 or Latin-1 read as this character.
fn byte_of_windows(c: char) -> Option<u8> {
    /// Windows-1252 from 0x80 to 0x9F; where it has no character, Latin-1's control character.
    const WINDOWS: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘',
        '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    u8::try_from(u32::from(c)).ok().or_else(|| {
        let place = WINDOWS.iter().position(|known| *known == c)?;
        Some(0x80 + u8::try_from(place).ok()?)
    })
}

/// The byte that a code page of the Windows console, which has these characters from 0x80 on, read as this character.
fn byte_in(upper: &str, c: char) -> Option<u8> {
    if c.is_ascii() {
        return u8::try_from(u32::from(c)).ok();
    }
    let place = upper.chars().position(|known| known == c)?;
    Some(0x80 + u8::try_from(place).ok()?)
}

/// The console's code page in the United States, from 0x80 on.
const CODE_PAGE_437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

/// The console's code page in western Europe, from 0x80 on.
const CODE_PAGE_850: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}";

struct Plans {
    /// Whether the header's line ends in CRLF, which no writer of vaults does.
    header_had_crlf: bool,
    body_begin: usize,
    list: Vec<Plan>,
}

/// One way in which the file may have been longer: so many carriage returns more, before some of these line feeds.
struct Plan {
    /// The file with line feeds only, but for carriage returns that certainly belong to it.
    base: Vec<u8>,
    /// Line feeds in it before which a carriage return may have been.
    places: Vec<usize>,
    /// How many were.
    missing: usize,
    /// Whether a line end behind the file was left out.
    was_cut: bool,
}

/// Every way that gives the length of which the header tells. `None` when the header cannot be read.
fn plans(bytes: &[u8]) -> Option<Plans> {
    let line_end = bytes.iter().take(HEADER_LIMIT).position(|byte| *byte == b'\n')?;
    let line = &bytes[..line_end];
    let header_end = line.iter().rposition(|byte| *byte != b'\r')? + 1;
    let header_had_crlf = header_end < line_end;
    let (version, signature) = layout::version_of(bytes)?;
    let header = Header::parse(&line[..header_end], version, Path::new("")).ok()?;
    let sealed = header.payload_length.checked_add(header.roster_length)?;
    let length = usize::try_from(sealed).ok()?.checked_add(header_end + 1 + signature + CHECKSUM_LENGTH)?;
    let list = [&b""[..], b"\n", b"\r\n", b"\n\n", b"\r\n\r\n", b"\x1a"].into_iter().filter_map(|tail| {
        let kept = bytes.strip_suffix(tail).filter(|kept| kept.len() > line_end)?;
        let (base, places) = match header_had_crlf {
            true => without_crlf(kept),
            false => (kept.to_vec(), line_feeds(kept, line_end + 1)),
        };
        let missing = length.checked_sub(base.len()).filter(|missing| *missing <= places.len())?;
        Some(Plan { base, places, missing, was_cut: !tail.is_empty() })
    });
    Some(Plans { header_had_crlf, body_begin: line_end + 1, list: list.collect() })
}

/// Without the carriage return before each line feed; and where there was one, but for the header's, which never has one.
fn without_crlf(bytes: &[u8]) -> (Vec<u8>, Vec<usize>) {
    let (mut base, mut places) = (Vec::with_capacity(bytes.len()), Vec::new());
    for (place, byte) in bytes.iter().enumerate() {
        if *byte == b'\r' && bytes.get(place + 1) == Some(&b'\n') {
            places.push(base.len());
        } else {
            base.push(*byte);
        }
    }
    places.remove(0);
    (base, places)
}

/// The line feeds from `begin` on that have no carriage return before them.
fn line_feeds(bytes: &[u8], begin: usize) -> Vec<usize> {
    (begin..bytes.len()).filter(|place| bytes[*place] == b'\n' && bytes[place - 1] != b'\r').collect()
}

impl Plan {
    /// How many bytes have to be hashed to try every way.
    fn work(&self) -> f64 {
        let ways = (0..self.missing)
            .fold(1.0, |ways, chosen| ways * (self.places.len() - chosen) as f64 / (chosen + 1) as f64);
        ways * self.base.len() as f64
    }

    /// Whether so many carriage returns may be missing because every CRLF became a line feed. Of bytes that look random,
    /// two in 65,536 places are a CRLF.
    fn is_plausible(&self) -> bool {
        let usual = self.base.len() as f64 / 65_536.0;
        let missing = self.missing as f64;
        let has_crlf = self.base.windows(2).any(|pair| pair == b"\r\n");
        self.missing > 0 && !has_crlf && (missing - usual).abs() <= 4.0 * usual.sqrt() + 2.0
    }

    /// Tries the ways until the checksum is right.
    fn search(&self, budget: f64) -> Option<Vec<u8>> {
        let mut chosen = Vec::with_capacity(self.missing);
        let tail = self.base.len().checked_sub(CHECKSUM_LENGTH + self.missing)?;
        let mut search = Search { plan: self, tail, budget };
        search.go_on(&RunningDigest::of(&[]), 0, 0, &mut chosen).then(|| self.with(&chosen, 0))
    }

    /// The file from `begin` of the base on, with a carriage return before each of these line feeds.
    fn with(&self, chosen: &[usize], begin: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.base.len() - begin + self.missing);
        let mut place = begin;
        for next in chosen.iter().copied().filter(|next| *next >= begin) {
            bytes.extend_from_slice(&self.base[place..next]);
            bytes.push(b'\r');
            place = next;
        }
        bytes.extend_from_slice(&self.base[place..]);
        bytes
    }
}

struct Search<'p> {
    plan: &'p Plan,
    /// Where in the base the checksum may begin, depending on what is chosen: nothing from here on is hashed before all is.
    tail: usize,
    /// How many bytes may still be hashed.
    budget: f64,
}

impl Search<'_> {
    /// Chooses the places that are still missing, from the `next` one on; `digest` is over all before `hashed` of the base
    /// with what is chosen there. Whether the checksum is right, and then `chosen` is complete.
    fn go_on(&mut self, digest: &RunningDigest, hashed: usize, next: usize, chosen: &mut Vec<usize>) -> bool {
        let (base, tail) = (&self.plan.base, self.tail);
        let left = self.plan.missing - chosen.len();
        if left == 0 {
            self.budget -= (base.len() - hashed) as f64;
            let mut digest = digest.clone();
            digest.add(&base[hashed..tail]);
            let rest = self.plan.with(chosen, tail);
            let Some(end) = rest.len().checked_sub(CHECKSUM_LENGTH) else { return false };
            digest.add(&rest[..end]);
            return digest.so_far()[..] == rest[end..];
        }
        let (mut digest, mut hashed) = (digest.clone(), hashed);
        let last = self.plan.places.len() - left;
        for place in next..=last {
            if self.budget <= 0.0 {
                return false;
            }
            let at = self.plan.places[place];
            let until = at.min(tail);
            if until > hashed {
                digest.add(&base[hashed..until]);
                self.budget -= (until - hashed) as f64;
                hashed = until;
            }
            chosen.push(at);
            let found = if at < tail {
                let mut with = digest.clone();
                with.add(b"\r");
                self.go_on(&with, hashed, place + 1, chosen)
            } else {
                self.go_on(&digest, hashed, place + 1, chosen)
            };
            if found {
                return true;
            }
            chosen.pop();
        }
        false
    }
}

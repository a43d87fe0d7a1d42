//! From bytes to text: byte order marks, then strict UTF-8, then a guess among the code pages that Excel writes.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use zeroize::Zeroizing;

use super::Refusal;

/// The text of a file, without a byte order mark. Bytes that are no text in any encoding are refused.
pub(super) fn text(bytes: &[u8]) -> Result<Zeroizing<String>, Refusal> {
    let (encoding, rest) = match Encoding::for_bom(bytes) {
        Some((encoding, length)) => (encoding, &bytes[length..]),
        None => (without_mark(bytes)?, bytes),
    };
    let decoded = encoding.decode_without_bom_handling_and_without_replacement(rest).ok_or(Refusal::NotText)?;
    let text = Zeroizing::new(decoded.into_owned());
    // A control character in a code page is a sign of a file that is none; a line of old printers' text is not ours.
    let is_binary =
        |c: char| c == '\0' || (encoding != UTF_8 && c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\x0c'));
    if text.contains(is_binary) { Err(Refusal::NotText) } else { Ok(text) }
}

fn without_mark(bytes: &[u8]) -> Result<&'static Encoding, Refusal> {
    if std::str::from_utf8(bytes).is_ok() {
        return Ok(UTF_8);
    }
    match bytes {
        [a, 0, b, 0, ..] if *a != 0 && *b != 0 => return Ok(UTF_16LE),
        [0, a, 0, b, ..] if *a != 0 && *b != 0 => return Ok(UTF_16BE),
        _ if bytes.contains(&0) => return Err(Refusal::NotText),
        _ => {}
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    Ok(detector.guess(None, Utf8Detection::Deny))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<String, Refusal> {
        text(bytes).map(|text| text.to_string())
    }

    #[test]
    fn what_excel_writes_is_read() {
        assert_eq!(read("\u{feff}Größe".as_bytes()).as_deref(), Ok("Größe"));
        assert_eq!(read("Größe".as_bytes()).as_deref(), Ok("Größe"));
        assert_eq!(
            read(b"Name;Gr\xf6\xdfe \x96 \x84gepr\xfcft\x93 f\xfcr 5 \x80").as_deref(),
            Ok("Name;Größe – „geprüft“ für 5 €")
        );
        let utf16: Vec<u8> = "\u{feff}Ελλάδα".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(read(&utf16).as_deref(), Ok("Ελλάδα"));
        let bare: Vec<u8> = "Name\tÜ".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(read(&bare).as_deref(), Ok("Name\tÜ"));
        let russian = encoding_rs::WINDOWS_1251.encode("Название;Адрес;Секрет приложения").0;
        assert_eq!(read(&russian).as_deref(), Ok("Название;Адрес;Секрет приложения"));
    }

    #[test]
    fn what_is_no_text_is_refused() {
        for bytes in
            [&b"Name,URL\0\x01\x02\x85\xfe"[..], b"\xff\xfe\x00\xd8", b"\xef\xbb\xbf\xff", b"a\0b", b"\x01\x02\xff\x85"]
        {
            assert_eq!(read(bytes), Err(Refusal::NotText), "{bytes:?}");
        }
    }
}

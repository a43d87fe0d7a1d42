//! A web page's title: it usually names the device that answered.

use super::stage::one_line;

/// How much of a page is looked at, in bytes.
const LOOKED_AT: usize = 16 * 1024;

/// The title in the beginning of a page, on one line; empty where there is none.
pub(super) fn page_title(page: &[u8]) -> String {
    let text = String::from_utf8_lossy(&page[..page.len().min(LOOKED_AT)]);
    let lower = text.to_ascii_lowercase();
    let title = lower.find("<title").and_then(|tag| {
        let from = tag + lower[tag..].find('>')? + 1;
        let to = from + lower[from..].find("</title")?;
        Some(&text[from..to])
    });
    title.map(one_line).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_found_with_its_attributes_and_nothing_else_is() {
        assert_eq!(page_title(b"<HTML><Title lang=en>\n Guest  network\n</TITLE>"), "Guest network");
        for page in [&b""[..], b"<title>no end", b"</title><title", b"\xff\xfe<ti\0tle>"] {
            assert_eq!(page_title(page), "");
        }
    }
}

//! Identifiers and addresses: nothing that shows no picture and nothing around them is ever a part of one.

use std::borrow::Cow;

use uuid::Uuid;
use zeroize::Zeroizing;

use super::{Extra, Removed, is_invisible, is_typographic_dash, is_typographic_quote};

/// A text without what stood around it, not judged yet.
pub(in crate::profile) struct Peeled {
    pub text: String,
    pub removed: Removed,
}

/// Takes off what stands around an identifier or an address. Braces stay: a GUID may be written in them.
pub(in crate::profile) fn peel(pasted: &str) -> Peeled {
    let mut removed = Removed::default();
    let mut text = Cow::Borrowed(pasted);
    if pasted.contains(is_invisible) {
        removed.note(Extra::Invisible);
        text = Cow::Owned(pasted.chars().filter(|c| !is_invisible(*c)).collect());
    }
    if text.contains(is_typographic_dash) {
        removed.note(Extra::Dashes);
        text = Cow::Owned(text.chars().map(|c| if is_typographic_dash(c) { '-' } else { c }).collect());
    }
    let mut rest: &str = &text;
    loop {
        let before = rest;
        rest = without(rest, char::is_whitespace, char::is_whitespace, Extra::Blanks, &mut removed);
        rest = without(rest, is_quote, is_quote, Extra::Quotes, &mut removed);
        rest = without(rest, |c| c == '<', |c| c == '>', Extra::Brackets, &mut removed);
        rest = without(rest, |c| c == ';', ends_a_sentence, Extra::Punctuation, &mut removed);
        rest = without(rest, is_mark, |c| matches!(c, '*' | '|'), Extra::Marks, &mut removed);
        if let Some(item) = rest.strip_prefix("- ") {
            removed.note(Extra::Marks);
            rest = item;
        }
        if let Some(inside) = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
            removed.note(Extra::Brackets);
            rest = inside;
        } else if let Some(inside) = rest.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            removed.note(Extra::Brackets);
            rest = inside;
        } else if rest.ends_with(')') && !rest.contains('(') {
            removed.note(Extra::Punctuation);
            rest = &rest[..rest.len() - 1];
        }
        if rest == before {
            return Peeled { text: rest.to_owned(), removed };
        }
    }
}

impl Peeled {
    /// Takes off a label such as `Client ID: ` or `"url": ` when it holds one of `words`.
    pub(in crate::profile) fn without_label(mut self, words: &[&str]) -> Peeled {
        if let Some((label, rest)) = label_of(&self.text)
            && words.iter().any(|word| label.to_ascii_lowercase().contains(word))
        {
            let inside = peel(rest);
            self.removed.note(Extra::Label);
            inside.removed.kinds().iter().for_each(|extra| self.removed.note(*extra));
            self.text = inside.text;
        }
        self
    }
}

fn ends_a_sentence(c: char) -> bool {
    matches!(c, ';' | ',' | '.' | '!' | ':' | '…' | '。' | '、' | '，')
}

/// What stands before an item of a list, a cell of a table, or text in bold.
fn is_mark(c: char) -> bool {
    matches!(c, '*' | '•' | '·' | '|')
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\'' | '`') || is_typographic_quote(c)
}

fn without<'t>(
    text: &'t str,
    at_start: impl Fn(char) -> bool,
    at_end: impl Fn(char) -> bool,
    extra: Extra,
    removed: &mut Removed,
) -> &'t str {
    let inside = text.trim_start_matches(at_start).trim_end_matches(at_end);
    if inside.len() < text.len() {
        removed.note(extra);
    }
    inside
}

/// The label and the value of a line such as `Application (client) ID: 1111…` or `url=https://…`.
pub(in crate::profile) fn label_of(text: &str) -> Option<(&str, &str)> {
    let at = text.find([':', '=', '\t', '\n', '\r'])?;
    let (label, rest) = (&text[..at], text[at..].trim_start_matches([':', '=', ' ', '\t', '\n', '\r']));
    let is_label = label.len() <= 48
        && label.chars().filter(|c| c.is_alphabetic()).count() >= 2
        && label.chars().all(|c| c.is_alphabetic() || " ()_-\"'$".contains(c))
        && !["http", "https", "ftp", "api"].iter().any(|scheme| label.eq_ignore_ascii_case(scheme));
    (is_label && !rest.is_empty() && !text[at..].starts_with("://")).then_some((label, rest))
}

/// `text` without the blanks inside that a narrow column or a mail has put there; `None` where there are none.
pub(in crate::profile) fn without_blanks(text: &str) -> Option<String> {
    text.contains(char::is_whitespace).then(|| text.chars().filter(|c| !c.is_whitespace()).collect())
}

/// Whether `text` is a GUID, or the same several times, with nothing but blanks and marks around.
pub(in crate::profile) fn holds_only_guids(text: &str) -> bool {
    const LENGTH: usize = 36;
    // A secret may be asked about: no copy of it stays in freed memory.
    let mut bare = Zeroizing::new(String::with_capacity(text.len()));
    let visible = text.chars().filter(|c| !is_invisible(*c) && !c.is_whitespace());
    bare.extend(visible.map(|c| if is_typographic_dash(c) { '-' } else { c }));
    let text = &bare;
    let is_mark = |c: char| c.is_ascii_punctuation() || is_typographic_quote(c) || ends_a_sentence(c);
    let mut rest = text.trim_start_matches(is_mark);
    let mut first = None;
    while !rest.is_empty() {
        // With hyphens or without.
        let guid = [LENGTH, 32]
            .into_iter()
            .find_map(|length| Some((Uuid::try_parse(rest.get(..length)?).ok()?, length)))
            .filter(|(guid, _)| *guid == *first.get_or_insert(*guid));
        let Some((_, length)) = guid else { return false };
        rest = rest[length..].trim_start_matches(is_mark);
    }
    first.is_some()
}

/// The one GUID in `text`, with what stands before and after it; `None` when there are none or several.
pub(in crate::profile) fn only_guid(text: &str) -> Option<(&str, Uuid, &str)> {
    const LENGTH: usize = 36;
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let bytes = text.as_bytes();
    let mut found = None;
    let mut at = 0;
    while at + LENGTH <= bytes.len() {
        let fits = (at == 0 || !is_part(bytes[at - 1])) && bytes.get(at + LENGTH).is_none_or(|byte| !is_part(*byte));
        let guid = fits.then(|| text.get(at..at + LENGTH)).flatten().and_then(|piece| Uuid::try_parse(piece).ok());
        match guid {
            Some(_) if found.is_some() => return None,
            Some(guid) => {
                found = Some((at, guid));
                at += LENGTH;
            }
            None => at += 1,
        }
    }
    found.map(|(at, guid)| (&text[..at], guid, &text[at + LENGTH..]))
}

/// What the text around an ID is.
pub(in crate::profile) fn extra_around(before: &str, behind: &str) -> Extra {
    let has_words = |text: &str| text.contains(char::is_alphanumeric);
    match (has_words(before), has_words(behind)) {
        (true, false) => Extra::Label,
        (_, true) => Extra::OtherText,
        (false, false) if before.contains(['[', '(', '{', '<']) => Extra::Brackets,
        (false, false) => Extra::Marks,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_around_a_value_is_taken_off_and_named() {
        use Extra as E;
        for (pasted, kinds) in [
            ("x", &[][..]),
            (" x\r\n", &[E::Blanks]),
            ("\u{a0}x\u{2003}", &[E::Blanks]),
            ("\u{feff}x", &[E::Invisible]),
            ("x\u{200b}", &[E::Invisible]),
            ("\u{202a}x\u{202c}", &[E::Invisible]),
            ("\"x\"", &[E::Quotes]),
            ("“x”", &[E::Quotes]),
            ("`x`", &[E::Quotes]),
            ("<x>", &[E::Brackets]),
            ("(x).", &[E::Brackets, E::Punctuation]),
            ("[x]", &[E::Brackets]),
            ("x;", &[E::Punctuation]),
            ("x!", &[E::Punctuation]),
            ("x…", &[E::Punctuation]),
            ("x:", &[E::Punctuation]),
            ("x)", &[E::Punctuation]),
            ("• x", &[E::Blanks, E::Marks]),
            ("- x", &[E::Marks]),
            ("**x**", &[E::Marks]),
            ("| x |", &[E::Blanks, E::Marks]),
            (" \"x\", ", &[E::Blanks, E::Quotes, E::Punctuation]),
        ] {
            let peeled = peel(pasted);
            assert_eq!((peeled.text.as_str(), peeled.removed.kinds()), ("x", kinds), "{pasted:?}");
        }
        assert_eq!(peel("a\u{2013}b\u{ad}c").text, "a-bc");
    }

    #[test]
    fn a_label_is_a_few_words_before_a_colon_or_an_equals_sign() {
        for (text, expected) in [
            ("Application (client) ID: x", Some(("Application (client) ID", "x"))),
            ("\"url\": x", Some(("\"url\"", "x"))),
            ("client_id=x", Some(("client_id", "x"))),
            ("Value\tx", Some(("Value", "x"))),
            ("ID:", None),
            ("a: x", None),
            ("ab1: x", None),
            ("HTTPS: x", None),
            ("view://x", None),
            (&format!("{}: x", "word ".repeat(10)), None),
        ] {
            assert_eq!(label_of(text), expected, "{text}");
        }
    }

    #[test]
    fn what_stands_around_an_id_is_named() {
        for (before, behind, extra) in [
            ("Client ID: ", "", Extra::Label),
            ("", " of the UCC", Extra::OtherText),
            ("ID ", " of the UCC", Extra::OtherText),
            ("{{ ", " }}", Extra::Brackets),
            ("-> ", "", Extra::Marks),
        ] {
            assert_eq!(extra_around(before, behind), extra, "{before:?} {behind:?}");
        }
    }

    #[test]
    fn a_guid_with_marks_around_is_only_a_guid() {
        let guid = "11112222-aaaa-3333-bbbb-4444cccc5555";
        for text in [
            guid.to_owned(),
            format!("\"{guid}\""),
            format!("'{guid}'"),
            format!("“{guid}”"),
            format!("{guid};"),
            format!("{guid}."),
            format!("{guid},"),
            format!("({guid})"),
            format!("[{guid}]"),
            format!("{{{guid}}}"),
            guid.replace('-', "\u{2013}"),
            format!("{guid}{guid}"),
            format!("{guid} {guid}"),
            format!("{} {}", &guid[..18], &guid[18..]),
            guid.replace('-', " -"),
            format!("`{}`", guid.replace('-', "")),
        ] {
            assert!(holds_only_guids(&text), "{text}");
        }
        for text in [
            String::new(),
            "\"\"".to_owned(),
            format!("x{guid}"),
            format!("{guid}x"),
            format!("{guid} or 22223333-aaaa-3333-bbbb-4444cccc5555"),
            guid[1..].to_owned(),
        ] {
            assert!(!holds_only_guids(&text), "{text}");
        }
    }

    #[test]
    fn one_guid_is_found_and_two_are_not() {
        let guid = "11112222-aaaa-3333-bbbb-4444cccc5555";
        let found = |text: &str| only_guid(text).map(|(before, _, after)| (before.to_owned(), after.to_owned()));
        assert_eq!(found(&format!("ID ä: {guid}.")), Some(("ID ä: ".to_owned(), ".".to_owned())));
        for text in [format!("{guid}{guid}"), format!("{guid} {guid}"), format!("a{guid}"), guid[1..].to_owned()] {
            assert_eq!(found(&text), None, "{text}");
        }
    }
}

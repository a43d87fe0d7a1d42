//! A client secret: only what can be no part of one of Microsoft's goes, and only from its ends.
//!
//! Secrets of Microsoft Entra ID are ASCII without spaces, today `abc8Q~…` of 40 characters; older ones hold any punctuation,
//! and the first tools took whatever a person typed. So a straight quote or a `;` goes only where what is left has
//! today's shape, or where a label proves that a line of a file was copied.

use super::{Extra, Pasted, Removed, is_invisible, is_typographic_quote};
use crate::profile::entra_shape::has_entra_shape;

/// What a secret is called in portals, scripts and settings, in lower case without `_`, `-` and spaces.
const LABELS: [&str; 12] = [
    "value",
    "secretvalue",
    "clientsecretvalue",
    "clientsecret",
    "secret",
    "secretid",
    "appsecret",
    "applicationsecret",
    "azureclientsecret",
    "dataverseclientsecret",
    "password",
    "secretkey",
];

/// Takes off what stands around a client secret. What is left is a part of `pasted`: nothing is copied.
pub(in crate::profile) fn peel_secret(pasted: &str) -> Pasted<&str> {
    let mut removed = Removed::default();
    let mut rest = without_ends(pasted, &mut removed);
    if let Some(value) = without_label(rest) {
        removed.note(Extra::Label);
        rest = without_ends(value, &mut removed);
        let closed = rest.trim_end_matches([',', ';']);
        if let Some(inside) = in_straight_quotes(closed) {
            if closed.len() < rest.len() {
                removed.note(Extra::Punctuation);
            }
            removed.note(Extra::Quotes);
            rest = without_ends(inside, &mut removed);
        }
    }
    if !has_entra_shape(rest) {
        rest = around_todays_shape(rest, &mut removed).unwrap_or(rest);
    }
    Pasted { value: rest, removed }
}

/// Without spaces, invisible characters and typographic quotes at the ends.
fn without_ends<'t>(text: &'t str, removed: &mut Removed) -> &'t str {
    let mut ends = |c: char| {
        let extra = if c.is_whitespace() {
            Extra::Blanks
        } else if is_invisible(c) && c != '\0' {
            Extra::Invisible
        } else if is_typographic_quote(c) {
            Extra::Quotes
        } else {
            return false;
        };
        removed.note(extra);
        true
    };
    text.trim_start_matches(&mut ends).trim_end_matches(&mut ends)
}

/// The value of a line such as `Value: abc` or `"clientSecret": "abc"`.
fn without_label(text: &str) -> Option<&str> {
    let at = text.find([':', '=', '\t', '\n'])?;
    let label: String =
        text[..at].chars().filter(|c| !c.is_whitespace() && !"_-\"'$()".contains(*c)).take(40).collect();
    let rest = text[at + 1..].trim_start();
    (LABELS.contains(&label.to_ascii_lowercase().as_str()) && !rest.is_empty()).then_some(rest)
}

fn in_straight_quotes(text: &str) -> Option<&str> {
    ['"', '\'', '`']
        .into_iter()
        .find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote))
        .filter(|it| !it.is_empty())
}

/// A secret of today's shape in `text`, when there is exactly one.
fn around_todays_shape<'t>(text: &'t str, removed: &mut Removed) -> Option<&'t str> {
    let bare = text.trim_matches(['"', '\'', '`', ';', ',', '<', '>']);
    if has_entra_shape(bare) {
        if text.contains(['"', '\'', '`']) {
            removed.note(Extra::Quotes);
        }
        if text.contains(['<', '>']) {
            removed.note(Extra::Brackets);
        }
        if text.contains([';', ',']) {
            removed.note(Extra::Punctuation);
        }
        return Some(bare);
    }
    if let Some(bare) = text.strip_suffix('.').filter(|bare| has_entra_shape(bare)) {
        removed.note(Extra::Punctuation);
        return Some(bare);
    }
    let mut shaped = text.split_whitespace().filter(|word| has_entra_shape(word));
    let found = shaped.next().filter(|_| shaped.next().is_none() && text.contains(char::is_whitespace))?;
    removed.note(Extra::Row);
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made at run time: a literal of this shape would be taken for a real secret.
    fn today() -> String {
        format!("Ab38{}{}", "Q~", "y".repeat(34))
    }

    #[test]
    fn what_can_be_no_part_of_a_secret_is_taken_off() {
        let secret = today();
        for (pasted, kinds) in [
            (format!(" {secret}\r\n"), &[Extra::Blanks][..]),
            (format!("\u{a0}{secret}"), &[Extra::Blanks]),
            (format!("{secret}\u{200b}"), &[Extra::Invisible]),
            (format!("\u{feff}{secret}"), &[Extra::Invisible]),
            (format!("\u{202a}{secret}\u{202c}"), &[Extra::Invisible]),
            (format!("\"{secret}\""), &[Extra::Quotes]),
            (format!("'{secret}"), &[Extra::Quotes]),
            (format!("“{secret}”"), &[Extra::Quotes]),
            (format!("`{secret}`"), &[Extra::Quotes]),
            (format!("{secret};"), &[Extra::Punctuation]),
            (format!("{secret}."), &[Extra::Punctuation]),
            (format!("Value: {secret}"), &[Extra::Label]),
            (format!("Value\t{secret}"), &[Extra::Label]),
            (format!("\"clientSecret\": \"{secret}\","), &[Extra::Quotes, Extra::Label, Extra::Punctuation]),
            (format!("CLIENT_SECRET={secret}"), &[Extra::Label]),
            (format!("ucc\t5/31/2027\t{secret}\t1111"), &[Extra::Row]),
        ] {
            let peeled = peel_secret(&pasted);
            assert_eq!((peeled.value, peeled.removed.kinds()), (secret.as_str(), kinds), "{}", pasted.len());
        }
    }

    #[test]
    fn what_may_be_a_part_of_an_older_secret_stays() {
        for secret in
            ["\"abc\"", "'", "ab;", "a b", ":?/@=.-_[]*", "k=v", "a\u{200b}b", "abc.", "\0a", "<abc>", "value", "x:y"]
        {
            let peeled = peel_secret(secret);
            assert_eq!((peeled.value, peeled.removed.kinds()), (secret, &[][..]));
        }
    }
}

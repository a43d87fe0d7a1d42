//! A client secret: only what can be no part of one of Microsoft's goes, and only from its ends.
//!
//! Secrets of Microsoft Entra ID are ASCII without spaces, today `abc8Q~…` of 40 characters; older ones hold any punctuation,
//! and the first tools took whatever a person typed. So a straight quote or a `;` goes only where what is left has
//! today's shape, or where a label proves that a line of a file was copied.

use super::labels::{Label, plain_label};
use super::{Extra, Pasted, Removed, is_invisible, is_typographic_quote};
use crate::profile::entra_shape::has_entra_shape;

/// Takes off what stands around a client secret. What is left is a part of `pasted`: nothing is copied.
pub(in crate::profile) fn peel_secret(pasted: &str) -> Pasted<&str> {
    let mut removed = Removed::default();
    let mut rest = without_ends(pasted, &mut removed);
    if let Some(value) = without_label(rest) {
        removed.note(Extra::Label);
        rest = without_ends(value, &mut removed);
        // A line of a file was copied, and with it what ends the line.
        let closed = rest.trim_end_matches([',', ';']);
        if closed.len() < rest.len() && !closed.is_empty() {
            removed.note(Extra::Punctuation);
            rest = without_ends(closed, &mut removed);
        }
        if let Some(inside) = in_straight_quotes(rest) {
            removed.note(Extra::Quotes);
            rest = without_ends(inside, &mut removed);
        }
    }
    if !has_entra_shape(rest) {
        rest = around_todays_shape(rest, &mut removed).unwrap_or(rest);
    }
    Pasted { value: rest, removed }
}

/// Whether `text` is a connection string rather than the value of one of its keys: it has two of its keys at least.
pub(in crate::profile) fn is_connection_string(text: &str) -> bool {
    const KEYS: [&str; 15] = [
        "authtype",
        "authenticationtype",
        "url",
        "serviceuri",
        "server",
        "clientid",
        "appid",
        "applicationid",
        "clientsecret",
        "secret",
        "username",
        "requirenewinstance",
        "loginprompt",
        "redirecturi",
        "skipdiscovery",
    ];
    let is_key = |pair: &&str| {
        let Some((key, value)) = pair.split_once('=') else { return false };
        // A line of code may stand before the first key.
        let starts_in = key.rfind(['"', '\'', '`', '=', ':']).map_or(0, |at| at + 1);
        let key = key[starts_in..].chars().filter(|c| !c.is_whitespace()).take(24);
        let key: String = key.map(|c| c.to_ascii_lowercase()).collect();
        // `$cs = "AuthType=…"`
        let behind = value.trim_start().trim_start_matches(['$', '@', '"', '\'', '`']);
        let begins = |key: &&str| behind.get(..key.len()).is_some_and(|start| start.eq_ignore_ascii_case(key));
        (!value.trim().is_empty() && KEYS.contains(&key.as_str())) || ["authtype=", "url="].iter().any(begins)
    };
    text.contains(';') && text.split(';').filter(is_key).count() >= 2
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

/// The value of a line such as `Value: abc`, `"clientSecret": "abc"` or `The secret value is abc`.
fn without_label(text: &str) -> Option<&str> {
    const LENGTH_LIMIT: usize = 48;
    if let Some(at) = text.find(" is ").filter(|at| *at <= LENGTH_LIMIT) {
        let label = &text[..at];
        let label = label.strip_prefix("The ").or_else(|| label.strip_prefix("the ")).unwrap_or(label);
        if label.contains(char::is_alphabetic) && Label::is_of_a_secret(label) {
            return Some(text[at + 4..].trim_start());
        }
    }
    let at = text.find([':', '=', '\t', '\n']).filter(|at| *at <= LENGTH_LIMIT)?;
    let (label, behind) = (&text[..at], &text[at + 1..]);
    // `${secret:-…}` is a variable.
    if label.contains(['{', '[', '<', '%', '#', '@']) {
        return None;
    }
    let rest = behind.trim_start();
    // Words that may begin an older secret are labels only with a space behind them.
    let is_short = matches!(plain_label(label).as_str(), "key" | "wert" | "valeur" | "waarde" | "valor");
    let is_parted = rest.len() < behind.len() || text[at..].starts_with(['\t', '\n']);
    (!rest.is_empty() && Label::is_of_a_secret(label) && (is_parted || !is_short)).then_some(rest)
}

fn in_straight_quotes(text: &str) -> Option<&str> {
    ['"', '\'', '`']
        .into_iter()
        .find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote))
        .filter(|it| !it.is_empty())
}

/// A secret of today's shape in `text`, when there is exactly one.
fn around_todays_shape<'t>(text: &'t str, removed: &mut Removed) -> Option<&'t str> {
    const MARKS: [(&[char], Extra); 4] = [
        (&['"', '\'', '`'], Extra::Quotes),
        (&['<', '>', '(', ')', '[', ']', '{', '}'], Extra::Brackets),
        (&[';', ',', '.', '!', ':', '?'], Extra::Punctuation),
        (&['*', '|', '#', '/', '\\'], Extra::Marks),
    ];
    let is_between = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '~' | '.' | '_' | '-'));
    let words = text.split(is_between).map(|word| word.trim_end_matches('.'));
    let mut shaped = words.filter(|word| has_entra_shape(word));
    let found = shaped.next().filter(|_| shaped.next().is_none())?;
    let at = found.as_ptr() as usize - text.as_ptr() as usize;
    let (before, behind) = (&text[..at], &text[at + found.len()..]);
    let around = || before.chars().chain(behind.chars());
    let holds = |marks: &[char]| around().any(|c| marks.contains(&c));
    if around().any(|c| c.is_alphanumeric()) {
        let is_row = around().any(|c| matches!(c, '\t' | '\n'));
        removed.note(if is_row { Extra::Row } else { Extra::OtherText });
        return Some(found);
    }
    // Any other mark may belong to an older secret.
    let is_mark = |c: char| c.is_whitespace() || MARKS.iter().any(|(marks, _)| marks.contains(&c));
    if !around().all(is_mark) {
        return None;
    }
    for (marks, extra) in MARKS {
        if holds(marks) {
            removed.note(extra);
        }
    }
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
            (format!("({secret})"), &[Extra::Brackets]),
            (format!("[{secret}]"), &[Extra::Brackets]),
            (format!("*{secret}*"), &[Extra::Marks]),
            (format!("**{secret}**"), &[Extra::Marks]),
            (format!("{secret}!"), &[Extra::Punctuation]),
            (format!("{secret}:"), &[Extra::Punctuation]),
            (format!("pwd={secret}"), &[Extra::Label]),
            (format!("ClientSecret={secret};"), &[Extra::Label, Extra::Punctuation]),
            (format!("{secret} # prod"), &[Extra::OtherText]),
            (format!("{secret}, thanks"), &[Extra::OtherText]),
            (format!("{secret}\"/>"), &[Extra::Quotes, Extra::Brackets, Extra::Marks]),
            (format!("{secret}</value>"), &[Extra::OtherText]),
            (format!("Wert: {secret}"), &[Extra::Label]),
        ] {
            let peeled = peel_secret(&pasted);
            assert_eq!((peeled.value, peeled.removed.kinds()), (secret.as_str(), kinds), "{}", pasted.len());
        }
    }

    #[test]
    fn a_label_before_any_secret_is_taken_off() {
        for (pasted, secret) in [
            ("Wert: hunter-2", "hunter-2"),
            ("Valeur : hunter-2", "hunter-2"),
            ("Waarde\thunter-2", "hunter-2"),
            ("key: hunter-2", "hunter-2"),
            ("Secret Value is hunter-2", "hunter-2"),
            ("The client secret is hunter-2", "hunter-2"),
            ("pwd=hunter-2", "hunter-2"),
            ("Geheimer Clientschlüssel: hunter-2", "hunter-2"),
            ("Geheimnis: hunter-2", "hunter-2"),
            ("ClientSecret=hunter-2;", "hunter-2"),
            ("AZURE_CLIENT_SECRET='hunter-2'", "hunter-2"),
            ("Client secret: \"hunter-2\",", "hunter-2"),
        ] {
            let peeled = peel_secret(pasted);
            assert_eq!(peeled.value, secret, "{pasted}");
            assert!(peeled.removed.kinds().contains(&Extra::Label), "{pasted}");
        }
    }

    #[test]
    fn what_may_be_a_part_of_an_older_secret_stays() {
        for mark in ["=", ";=\"'", "+", "@", "~", "_", "-"] {
            let secret = format!("{}{mark}", today());
            assert_eq!(peel_secret(&secret).value, secret, "{mark}");
        }
        for secret in [
            "key:x",
            "valor=x",
            "this is it",
            "\"abc\"",
            "'",
            "ab;",
            "a b",
            ":?/@=.-_[]*",
            "k=v",
            "a\u{200b}b",
            "abc.",
            "\0a",
            "<abc>",
            "value",
            "x:y",
        ] {
            let peeled = peel_secret(secret);
            assert_eq!((peeled.value, peeled.removed.kinds()), (secret, &[][..]));
        }
    }
}

//! Names in messages to channels, whose receivers read Markdown in any text.

use std::borrow::Cow;

use super::visible::visible_line;

/// Text for a reader of Markdown (Teams' Adaptive Cards): a backslash before everything that means something there, so
/// that a name is neither a link of somebody else's choosing nor a formula such as `{{DATE(…)}}`.
pub fn markdown(text: &str) -> String {
    let text = visible_line(text);
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if matches!(
            c,
            '\\' | '`'
                | '*'
                | '_'
                | '{'
                | '}'
                | '['
                | ']'
                | '('
                | ')'
                | '#'
                | '+'
                | '-'
                | '.'
                | '!'
                | '~'
                | '|'
                | '<'
                | '>'
        ) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// Text for Slack, and for receivers that take Slack's form and read Markdown. Neither has an escape that both know,
/// but what stands in a code span is text to both; a backtick in it becomes an apostrophe.
pub fn code_span(text: &str) -> String {
    let text = match visible_line(text) {
        Cow::Borrowed(text) if !text.contains('`') => Cow::Borrowed(text),
        text => Cow::Owned(text.replace('`', "'")),
    };
    format!("`{}`", slack(&text))
}

/// Text of ours for Slack, whose own syntax (links, mentions, `<!channel>`) begins with these.
pub fn slack(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_markdown() {
        assert_eq!(markdown("contoso_prod *EU*"), r"contoso\_prod \*EU\*");
        assert_eq!(markdown("[C](https://e.example) <b>"), r"\[C\]\(https://e\.example\) \<b\>");
        assert_eq!(markdown("{{DATE(2026)}}\n# x"), r"\{\{DATE\(2026\)\}\} \# x");
        assert_eq!(markdown("Zürich 1"), "Zürich 1");
    }

    #[test]
    fn a_name_is_nothing_but_text_to_slack() {
        assert_eq!(code_span("<!channel> *x* _y_ `z` & co"), "`&lt;!channel&gt; *x* _y_ 'z' &amp; co`");
        assert_eq!(code_span("a\u{202e}\nb"), "`a\\u{202e} b`");
    }
}

//! Names in messages to Slack and what takes its form, which read Markdown in any text.

use std::borrow::Cow;

use super::visible::visible_line;

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
    fn a_name_is_nothing_but_text_to_slack() {
        assert_eq!(code_span("<!channel> *x* _y_ `z` & co"), "`&lt;!channel&gt; *x* _y_ 'z' &amp; co`");
        assert_eq!(code_span("a\u{202e}\nb"), "`a\\u{202e} b`");
    }
}

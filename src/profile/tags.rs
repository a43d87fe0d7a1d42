//! Tags as they are typed.

use std::collections::HashSet;

use super::compared_name;

/// The tags in texts that separate them by commas: without spaces around them, without empty ones, and each once, for
/// “Production” and “production” are one tag, written as it was first.
pub fn distinct_tags<'t>(typed: impl IntoIterator<Item = &'t str>) -> Vec<String> {
    let mut known = HashSet::new();
    let tags = typed.into_iter().flat_map(|text| text.split(',')).map(str::trim).filter(|tag| !tag.is_empty());
    tags.filter(|tag| known.insert(compared_name(tag))).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_tag_is_kept_once_as_it_was_first_written() {
        let typed = [" Production,, production", "Zürich", "ZÜRICH ,", "  ", "staging"];
        assert_eq!(distinct_tags(typed), ["Production", "Zürich", "staging"]);
    }
}

//! How sentences are put together.

/// The first `limit` of `items`, and how many there are beyond: `a, b and 3 more`.
pub(crate) fn first_few(items: impl IntoIterator<Item = impl AsRef<str>>, limit: usize) -> String {
    let mut text = String::new();
    let mut items = items.into_iter();
    for (place, item) in items.by_ref().take(limit).enumerate() {
        if place > 0 {
            text.push_str(", ");
        }
        text.push_str(item.as_ref());
    }
    match items.count() {
        0 => text,
        more => format!("{text} and {more} more"),
    }
}

/// With a large first letter, for the beginning of a sentence.
pub(crate) fn capitalized(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_few_are_named_and_the_others_counted() {
        assert_eq!(first_few([""; 0], 2), "");
        assert_eq!(first_few(["a", "b"], 2), "a, b");
        assert_eq!(first_few(["a", "b", "c", "d"], 2), "a, b and 2 more");
    }
}

//! A number with its noun, as people read it.

/// `1 way`, and `0 ways` or `2 ways` otherwise; for nouns that take an “s”.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

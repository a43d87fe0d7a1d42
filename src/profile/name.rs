//! The name of a profile: what it may be, how two are compared, and one that nobody has.

/// The longest name that a profile may have, in characters.
pub const NAME_LENGTH_LIMIT: usize = 120;

/// Why a profile's name was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing was typed.
    #[error("Give the profile a name, for example the customer and the environment.")]
    Empty,
    /// Longer than [`NAME_LENGTH_LIMIT`].
    #[error("This name is too long. Use at most 120 characters.")]
    TooLong,
    /// A character that cannot be shown on one line.
    #[error("This name contains a line break or another control character. Enter the name on one line.")]
    ControlCharacter,
}

/// A name as names are compared: without regard to case, to spaces at the ends, or to Unicode's two forms of a letter
/// with an accent. What is compared is never what is stored.
pub fn compared_name(name: &str) -> String {
    super::search::folded(name.trim())
}

/// `name` with the first of `suffixes` that makes it a name which is not taken, cut to leave room for it.
///
/// `suffixes` must not end: ` (2)`, ` (3)` and so on.
pub fn free_name(
    name: &str,
    suffixes: impl IntoIterator<Item = String>,
    mut is_taken: impl FnMut(&str) -> bool,
) -> String {
    let with_suffix = |suffix: String| {
        let room = NAME_LENGTH_LIMIT.saturating_sub(suffix.chars().count());
        let start: String = name.trim().chars().take(room).collect();
        format!("{}{suffix}", start.trim_end())
    };
    suffixes.into_iter().map(with_suffix).find(|name| !is_taken(name)).expect("there are more suffixes than names")
}

/// ` (2)`, ` (3)` and so on, beginning with `first`.
pub fn numbers_behind_a_name(first: u32) -> impl Iterator<Item = String> {
    (first..).map(|number| format!(" ({number})"))
}

/// Reads a profile's name: spaces at both ends go, the rest must fit on one line.
pub fn parse_name(text: &str) -> Result<String, NameError> {
    let name = text.trim();
    if name.is_empty() {
        Err(NameError::Empty)
    } else if name.chars().count() > NAME_LENGTH_LIMIT {
        Err(NameError::TooLong)
    } else if name.chars().any(char::is_control) {
        Err(NameError::ControlCharacter)
    } else {
        Ok(name.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_free_name_is_a_name_that_was_not_taken(names in prop::collection::vec("[aA \u{e9}n]{1,3}|n{118,122}", 1..12)) {
            let mut taken = HashSet::new();
            for name in names.iter().filter_map(|name| parse_name(name).ok()) {
                let free = free_name(&name, numbers_behind_a_name(2), |it| taken.contains(&compared_name(it)));
                prop_assert_eq!(parse_name(&free), Ok(free.clone()));
                prop_assert!(taken.insert(compared_name(&free)), "{} is taken", free);
            }
        }
    }

    #[test]
    fn a_name_is_what_fits_on_one_line() {
        assert_eq!(parse_name("  Contoso, production\t").as_deref(), Ok("Contoso, production"));
        assert_eq!(parse_name(" \n").err(), Some(NameError::Empty));
        assert_eq!(parse_name("Contoso\nproduction").err(), Some(NameError::ControlCharacter));
        assert!(parse_name(&"é".repeat(NAME_LENGTH_LIMIT)).is_ok());
        assert_eq!(parse_name(&"é".repeat(NAME_LENGTH_LIMIT + 1)).err(), Some(NameError::TooLong));
    }

    #[test]
    fn the_suffix_stays_whole_and_the_name_gives_way() {
        let long = "n".repeat(NAME_LENGTH_LIMIT);
        let free = free_name(&long, numbers_behind_a_name(2), |name| name.ends_with("(2)"));
        assert_eq!(free.chars().count(), NAME_LENGTH_LIMIT);
        assert!(free.ends_with("n (3)"));
        assert_eq!(free_name("Contoso ", numbers_behind_a_name(2), |_| false), "Contoso (2)");
    }
}

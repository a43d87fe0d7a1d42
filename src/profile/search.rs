//! Finding profiles by words.

use unicode_normalization::UnicodeNormalization;

use super::Profile;

/// Text as it is compared: without regard to case, nor to whether a letter and its accent are one character or two.
/// A Mac writes “ü” as two, nearly everything else as one, and nobody can see the difference.
pub(super) fn folded(text: &str) -> String {
    match text.is_ascii() {
        true => text.to_ascii_lowercase(),
        false => text.nfd().collect::<String>().to_lowercase().nfc().collect(),
    }
}

/// What somebody searches for: every word of it has to be in a profile's name, address, client ID, tenant, tags or notes,
/// without regard to case or to Unicode's forms of a letter. Nothing is in every profile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    words: Vec<String>,
}

impl Search {
    /// Reads what was typed.
    pub fn new(text: &str) -> Search {
        Search { words: text.split_whitespace().map(folded).collect() }
    }

    /// Whether the profile is one of those that are meant.
    pub fn finds(&self, profile: &Profile) -> bool {
        self.words.is_empty() || self.finds_in(&SearchedText::of(profile))
    }

    /// Whether the profile with this text is one of those that are meant.
    pub fn finds_in(&self, text: &SearchedText) -> bool {
        self.words.iter().all(|word| text.0.contains(word))
    }
}

/// What of a profile is searched, for those who search it again with each letter that is typed. Nothing secret is in it.
#[derive(Clone, PartialEq, Eq)]
pub struct SearchedText(Box<str>);

impl SearchedText {
    /// Of this profile.
    pub fn of(profile: &Profile) -> SearchedText {
        let mut text = folded(&profile.name);
        for more in [
            profile.environment_url.as_ref().map(ToString::to_string),
            profile.client_id.map(|id| id.to_string()),
            profile.tenant.as_ref().map(ToString::to_string),
            Some(folded(&profile.tags.join(" "))),
            Some(folded(&profile.notes)),
        ]
        .into_iter()
        .flatten()
        {
            text.push('\n');
            text.push_str(&more);
        }
        SearchedText(text.into_boxed_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::EnvironmentUrl;
    use chrono::{DateTime, Utc};
    use uuid::Uuid;

    #[test]
    fn every_word_has_to_be_somewhere_in_the_profile() {
        let mut profile = Profile::new(Uuid::nil(), "Contoso Zürich", DateTime::<Utc>::UNIX_EPOCH);
        profile.environment_url = EnvironmentUrl::parse("https://fabrikam.crm4.dynamics.com").ok();
        profile.tags = vec!["Production".to_owned()];
        for found in ["", "  ", "contoso", "ZÜRICH", "ZU\u{308}RICH", "crm4 production", "fabrikam contoso"] {
            assert!(Search::new(found).finds(&profile), "{found}");
        }
        for not_found in ["contoso test", "crm5", "contosofabrikam"] {
            assert!(!Search::new(not_found).finds(&profile), "{not_found}");
        }
    }
}

//! Environment variables: one profile under the names that Azure's libraries know, several with a word of their own before.
//!
//! Values stand in single quotes, inside which `python-dotenv` and Node read everything as it is. One with a single quote stands in
//! double quotes, unless it holds what those change.

use std::collections::HashSet;

use super::{Export, LeftOut, Options, Text};
use crate::profile::Profile;

pub(super) fn write(profiles: &[&Profile], options: &Options<'_>) -> Export {
    let mut text = Text::for_profiles(profiles.len());
    let mut taken = HashSet::new();
    for profile in profiles {
        let (Some(url), Some(id)) = (&profile.environment_url, profile.client_id) else {
            text.leave_out(profile, LeftOut::Incomplete);
            continue;
        };
        let (prefix, azure) = match profiles {
            [_] => (String::new(), "AZURE_"),
            _ => (prefix(profile, &mut taken), ""),
        };
        text.push(&format!("# {}\n", profile.name));
        text.push(&format!("{prefix}DATAVERSE_URL='{url}'\n{prefix}{azure}CLIENT_ID='{id}'\n"));
        if let Some(tenant) = &profile.tenant {
            text.push(&format!("{prefix}{azure}TENANT_ID='{tenant}'\n"));
        }
        match options.secret_of(profile).map(|secret| (secret.expose(), quote(secret.expose()))) {
            Some((secret, Some(quote))) => {
                text.push(&format!("{prefix}{azure}CLIENT_SECRET={quote}"));
                text.push(secret);
                text.push(&format!("{quote}\n"));
                text.secrets += 1;
            }
            Some((_, None)) => text.leave_out(profile, LeftOut::SecretNotWritable),
            None => {}
        }
        text.push("\n");
        text.profiles += 1;
    }
    text.into_export()
}

/// The quote in which all readers see the same value.
fn quote(value: &str) -> Option<char> {
    if !value.contains(['\'', '\\']) {
        Some('\'')
    } else if !value.contains(['"', '\\', '$', '`']) {
        Some('"')
    } else if !value.contains('\'') && !value.contains("\\\\") && !value.ends_with('\\') {
        // A backslash is itself in single quotes, unless it stands before a quote or another one.
        Some('\'')
    } else {
        None
    }
}

/// The profile's name as the beginning of a variable's, with a number where another has it: `CONTOSO_TEST_`.
fn prefix(profile: &Profile, taken: &mut HashSet<String>) -> String {
    let word = |text: &str| {
        let mut word = String::new();
        for c in text.chars() {
            match c.to_ascii_uppercase() {
                c if c.is_ascii_alphanumeric() => word.push(c),
                _ if word.is_empty() || word.ends_with('_') => {}
                _ => word.push('_'),
            }
        }
        word.trim_end_matches('_').to_owned()
    };
    let mut own = word(&profile.name);
    if own.is_empty() {
        own = profile.environment_url.as_ref().map(|url| word(url.organization())).unwrap_or_default();
    }
    if own.is_empty() || own.starts_with(|c: char| c.is_ascii_digit()) {
        own.insert_str(0, "P_");
    }
    let free = (1..).map(|number: u32| if number == 1 { format!("{own}_") } else { format!("{own}_{number}_") });
    free.into_iter().find(|prefix| taken.insert(prefix.clone())).expect("there are more numbers than profiles")
}

//! `ConnectionStrings` of .NET's settings. A colon in a key would make a section of it, so it becomes a hyphen.

use std::collections::HashSet;

use super::{Export, LeftOut, Options, Text, connection_string};
use crate::profile::{Profile, SecretText, compared_name};

pub(super) fn write(profiles: &[&Profile], options: &Options<'_>) -> Export {
    let mut text = Text::for_profiles(profiles.len());
    let mut entries: Vec<(String, SecretText)> = Vec::with_capacity(profiles.len());
    let mut taken = HashSet::new();
    for profile in profiles {
        let Some(string) = connection_string(profile, options) else {
            text.leave_out(profile, LeftOut::Incomplete);
            continue;
        };
        let mut key = profile.name.replace(':', "-");
        while !taken.insert(compared_name(&key)) {
            key.push('_');
        }
        entries.push((key, string));
        text.profiles += 1;
        text.secrets += usize::from(options.secret_of(profile).is_some());
    }
    text.push("{\n  \"ConnectionStrings\": {");
    for (place, (key, string)) in entries.iter().enumerate() {
        let quoted = |text: &str| zeroize::Zeroizing::new(serde_json::to_string(text).expect("a text is JSON"));
        text.push(if place == 0 { "\n    " } else { ",\n    " });
        text.push(&quoted(key));
        text.push(": ");
        text.push(&quoted(string.expose()));
    }
    text.push("\n  }\n}\n");
    text.into_export()
}

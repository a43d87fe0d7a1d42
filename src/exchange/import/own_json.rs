//! This tool's own list as JSON, which holds no secrets. See [`crate::exchange::export`].

use serde_json::{Map, Value};

use super::dates::{self, DateRead};
use super::draft::{Collector, Draft};
use super::found::{Import, SkipReason};
use super::json_members::text;
use super::{Format, Options, Refusal};
use crate::profile::SecretText;

/// What the member `format` holds in every such file.
pub(in crate::exchange) const MARK: &str = "a365-password-tool";

pub(super) fn is_it(object: &Map<String, Value>) -> bool {
    text(object, "format") == MARK
        // The answer of `profile list --json` has the same members.
        || (object.get("schema").and_then(Value::as_u64) == Some(1)
            && object.get("profiles").and_then(Value::as_array).is_some_and(|profiles| {
                profiles.iter().all(|profile| profile.get("client_id").is_some() && profile.get("environment_url").is_some())
            }))
}

pub(super) fn read(object: &Map<String, Value>, options: &Options<'_>) -> Result<Import, Refusal> {
    let version = object.get("version").or_else(|| object.get("schema"));
    if version.and_then(Value::as_u64) != Some(1) {
        let version = version.map(|version| version.to_string().chars().take(20).collect()).unwrap_or_default();
        return Err(Refusal::NewerVersion { version });
    }
    let Some(profiles) = object.get("profiles").and_then(Value::as_array) else { return Err(Refusal::UnknownJson) };
    let mut collector = Collector::new(Format::OwnJson, options);
    for (number, profile) in (1..).zip(profiles) {
        let place = format!("entry {number}");
        let Some(profile) = profile.as_object() else {
            collector.skip(place, SkipReason::NotAnEntry);
            continue;
        };
        let mut draft = Draft::at(place);
        draft.name = Some(text(profile, "name").to_owned());
        draft.urls = vec![text(profile, "environment_url").to_owned()];
        draft.client_id = Some(text(profile, "client_id").to_owned());
        draft.secret = Some(SecretText::from(text(profile, "client_secret")));
        draft.tenant = Some(text(profile, "tenant").to_owned());
        if let DateRead::Day(day) = dates::read(text(profile, "expires"), None) {
            draft.expires = Some(day);
        }
        let tags = profile.get("tags").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        draft.tags = tags.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        draft.notes = text(profile, "notes").to_owned();
        collector.take(draft)?;
    }
    collector.finish()
}

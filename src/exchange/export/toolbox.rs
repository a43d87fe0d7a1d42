//! What Power Platform ToolBox imports, version 1. Source: its `importConnections` (v1.2.3): name, address, one of four words for
//! the environment, and a secret in the clear, which it encrypts for the Windows account.

use serde::Serialize;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{Export, LeftOut, Options};
use crate::profile::Profile;
use crate::rfc3339::to_the_second;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct File<'a> {
    version: u32,
    exported_at: String,
    connections: Vec<Connection<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Connection<'a> {
    id: Uuid,
    name: &'a str,
    url: String,
    environment: &'static str,
    authentication_type: &'static str,
    client_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tenant_id: Option<String>,
    created_at: String,
}

pub(super) fn write(profiles: &[&Profile], options: &Options<'_>) -> Export {
    let mut left_out = Vec::new();
    let mut connections = Vec::with_capacity(profiles.len());
    for profile in profiles {
        let (Some(url), Some(id)) = (&profile.environment_url, profile.client_id) else {
            left_out.push((profile.name.clone(), LeftOut::Incomplete));
            continue;
        };
        connections.push(Connection {
            id: Uuid::new_v4(),
            name: &profile.name,
            url: url.to_string(),
            environment: environment_of(&profile.tags),
            authentication_type: "clientSecret",
            client_id: id.to_string(),
            client_secret: options.secret_of(profile).map(|secret| secret.expose()),
            tenant_id: profile.tenant.as_ref().map(ToString::to_string),
            created_at: to_the_second(profile.created),
        });
    }
    let secrets = connections.iter().filter(|connection| connection.client_secret.is_some()).count();
    let profiles = connections.len();
    let file = File { version: 1, exported_at: to_the_second(options.now), connections };
    // No byte order mark: the ToolBox's reader fails at one.
    let mut bytes = Zeroizing::new(Vec::with_capacity(1024 + profiles * 1024));
    serde_json::to_writer_pretty(&mut *bytes, &file).expect("texts and lists are JSON");
    Export { bytes, profiles, secrets, left_out }
}

/// The word for an environment, taken from a tag; a connection without such a tag counts as production.
fn environment_of(tags: &[String]) -> &'static str {
    let is_tagged = |words: &[&str]| tags.iter().any(|tag| words.iter().any(|word| tag.eq_ignore_ascii_case(word)));
    if is_tagged(&["dev", "development", "entwicklung"]) {
        "Dev"
    } else if is_tagged(&["uat", "acceptance", "staging", "abnahme"]) {
        "UAT"
    } else if is_tagged(&["test", "qa", "sandbox"]) {
        "Test"
    } else {
        "Production"
    }
}

//! Power Platform ToolBox's export, version 1: names and addresses, and secrets where somebody has added them.
//!
//! Source: PowerPlatformToolBox/desktop-app, `exportConnections` and `importConnections` (v1.2.3).

use serde_json::{Map, Value};

use super::draft::{Collector, Draft};
use super::found::{Import, SkipReason};
use super::json_members::text;
use super::{Format, Options, Refusal};
use crate::profile::SecretText;

pub(super) fn read(
    object: &Map<String, Value>,
    connections: &[Value],
    options: &Options<'_>,
) -> Result<Import, Refusal> {
    match object.get("version") {
        Some(version) if version.as_u64() == Some(1) => {}
        Some(version) => {
            let version = version.to_string().chars().take(20).collect();
            return Err(Refusal::NewerVersion { version });
        }
        // The ToolBox's own store has no version.
        None if connections.iter().any(|it| it.get("authenticationType").is_some()) => {
            return Err(Refusal::AppPrivateStore);
        }
        None => return Err(Refusal::UnknownJson),
    }
    let mut collector = Collector::new(Format::ToolBox, options);
    for (number, connection) in (1..).zip(connections) {
        let place = format!("entry {number}");
        let Some(connection) = connection.as_object() else {
            collector.skip(place, SkipReason::NotAnEntry);
            continue;
        };
        let name = text(connection, "name").to_owned();
        let sign_in = text(connection, "authenticationType");
        if sign_in != "clientSecret" {
            let name = if name.is_empty() { place } else { name };
            collector.skip_sign_in(name, sign_in.chars().take(40).collect::<String>());
            continue;
        }
        let mut draft = Draft::at(place);
        draft.name = Some(name);
        draft.urls = vec![text(connection, "url").to_owned()];
        draft.client_id = Some(text(connection, "clientId").to_owned());
        draft.tenant = Some(text(connection, "tenantId").to_owned());
        draft.secret = Some(SecretText::from(text(connection, "clientSecret")));
        draft.group = Some(text(connection, "category").to_owned());
        collector.take(draft)?;
    }
    collector.finish()
}

//! KeePass's XML (2.x), by KeePass and KeePassXC: everything in the clear, with history and recycle bin.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use roxmltree::Node;

use super::draft::Collector;
use super::found::Import;
use super::keepass::{self, Raw, RawField};
use super::xml_elements::{child, children, text};
use super::{Format, Options, Refusal};
use crate::profile::SecretText;

/// Groups within groups.
const GROUP_DEPTH: usize = 100;

/// A group that is still to be read.
struct Group<'a, 'input> {
    node: Node<'a, 'input>,
    path: String,
    is_recycled: bool,
    is_template: bool,
    depth: usize,
}

pub(super) fn read(root: Node<'_, '_>, options: &Options<'_>) -> Result<Import, Refusal> {
    let mut collector = Collector::new(Format::KeePassXml, options);
    let meta = child(root, "Meta");
    let id_of =
        |name: &str| meta.map(|meta| hex_of(text(meta, name))).filter(|id| id.bytes().any(|digit| digit != b'0'));
    let (bin, templates) = (id_of("RecycleBinUUID"), id_of("EntryTemplatesGroup"));
    let mut raws = Vec::new();
    let mut groups: Vec<Group<'_, '_>> = child(root, "Root")
        .into_iter()
        .flat_map(|root| children(root, "Group"))
        .map(|node| Group { node, path: String::new(), is_recycled: false, is_template: false, depth: 0 })
        .collect();
    while let Some(group) = groups.pop() {
        let id = Some(hex_of(text(group.node, "UUID"))).filter(|id| !id.is_empty());
        let is_recycled = group.is_recycled || (id.is_some() && id == bin);
        let is_template = group.is_template || (id.is_some() && id == templates);
        // Entries below a history are older states of one entry; only the group's own count.
        for entry in children(group.node, "Entry") {
            raws.push(Raw { group: group.path.clone(), is_recycled, is_template, ..raw(entry) });
        }
        if group.depth >= GROUP_DEPTH {
            continue;
        }
        for node in children(group.node, "Group") {
            let name = text(node, "Name");
            let path = if group.path.is_empty() { name.to_owned() } else { format!("{}/{name}", group.path) };
            groups.push(Group { node, path, is_recycled, is_template, depth: group.depth + 1 });
        }
    }
    keepass::take_all(&mut collector, raws)?;
    collector.finish()
}

fn raw(entry: Node<'_, '_>) -> Raw {
    let fields = children(entry, "String").map(|string| {
        let value = child(string, "Value");
        let is = |name: &str| {
            value.and_then(|value| value.attribute(name)).is_some_and(|it| it.eq_ignore_ascii_case("true"))
        };
        RawField {
            name: text(string, "Key").to_owned(),
            value: SecretText::from(value.and_then(|value| value.text()).unwrap_or_default()),
            is_protected: is("ProtectInMemory") || is("Protected"),
            is_sealed: is("Protected"),
        }
    });
    let times = child(entry, "Times");
    let expires = times.filter(|times| text(*times, "Expires").trim().eq_ignore_ascii_case("true"));
    Raw {
        id: hex_of(text(entry, "UUID")),
        fields: fields.collect(),
        tags: text(entry, "Tags").split([';', ',']).map(|tag| tag.trim().to_owned()).collect(),
        expires: expires.and_then(|times| time(text(times, "ExpiryTime"))),
        ..Raw::default()
    }
}

/// Base64 of an id as hexadecimal digits in upper case, as references have it.
fn hex_of(text: &str) -> String {
    STANDARD.decode(text.trim()).unwrap_or_default().iter().map(|byte| format!("{byte:02X}")).collect()
}

/// ISO, or Base64 of 8 bytes: the seconds since the year 1, as KeePassXC writes them for KDBX 4.
fn time(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.to_utc());
    }
    let bytes: [u8; 8] = STANDARD.decode(text).ok()?.try_into().ok()?;
    let year_1: DateTime<Utc> = DateTime::from_timestamp(-62_135_596_800, 0)?;
    year_1.checked_add_signed(TimeDelta::try_seconds(i64::from_le_bytes(bytes))?)
}

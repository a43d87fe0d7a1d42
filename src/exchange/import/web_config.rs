//! `web.config` and `app.config`: `configuration/connectionStrings/add`.

use roxmltree::Node;

use super::connection_strings::{is_ours, signs_in_otherwise, take};
use super::draft::Collector;
use super::found::{Import, SkipReason};
use super::xml_elements::{child, children};
use super::{Format, Options, Refusal};
use crate::connection_string::ConnectionString;

pub(super) fn read(root: Node<'_, '_>, options: &Options<'_>) -> Result<Import, Refusal> {
    match child(root, "connectionStrings") {
        Some(section) => read_section(section, options),
        None => Err(Refusal::NoConnectionsFound),
    }
}

pub(super) fn read_section(section: Node<'_, '_>, options: &Options<'_>) -> Result<Import, Refusal> {
    if section.attribute("configProtectionProvider").is_some() || child(section, "EncryptedData").is_some() {
        return Err(Refusal::EncryptedSection);
    }
    let mut collector = Collector::new(Format::AppSettings, options);
    for (number, add) in (1..).zip(children(section, "add")) {
        let place = format!("entry {number}");
        let name = add.attribute("name").unwrap_or(&place).to_owned();
        match add.attribute("connectionString").map(ConnectionString::parse) {
            Some(Ok(string)) if is_ours(&string) => take(&mut collector, Some(name), place, &string)?,
            Some(Ok(string)) if signs_in_otherwise(&string) => {
                collector.skip_sign_in(name, string.auth_type().to_string())
            }
            _ => collector.skip(name, SkipReason::NotAConnection),
        }
    }
    collector.finish()
}

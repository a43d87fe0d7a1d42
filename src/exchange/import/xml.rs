//! XML: which program's it is, by its root. No document type is ever read, so entities and outside files are no subject.

use roxmltree::{Document, Error, ParsingOptions};

use super::found::Import;
use super::{Options, Refusal, keepass_xml, web_config, xrmtoolbox};

/// More elements and texts than any file of ours; each takes about 100 bytes of memory.
const NODE_LIMIT: u32 = 2_000_000;

pub(super) fn read(text: &str, options: &Options<'_>) -> Result<Import, Refusal> {
    let parsing = ParsingOptions { nodes_limit: NODE_LIMIT, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, parsing).map_err(refusal_of)?;
    let root = document.root_element();
    match root.tag_name().name() {
        "CrmConnections" => xrmtoolbox::read(root, options),
        "ConnectionsList" => Err(Refusal::IndexNotConnections { names: xrmtoolbox::names_of_files(root) }),
        "KeePassFile" => keepass_xml::read(root, options),
        "configuration" => web_config::read(root, options),
        "connectionStrings" => web_config::read_section(root, options),
        _ => Err(Refusal::UnknownXml),
    }
}

fn refusal_of(error: Error) -> Refusal {
    match error {
        Error::DtdDetected => Refusal::XmlDoctype,
        Error::NodesLimitReached => Refusal::TooMany { limit: super::ENTRY_LIMIT },
        error => Refusal::XmlMalformed { line: Some(error.pos().row).filter(|line| *line > 0) },
    }
}

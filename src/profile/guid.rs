//! GUIDs as people and programs spell them.

use uuid::Uuid;

/// A GUID in any spelling that the portals and scripts use, or nothing.
pub(super) fn parse_guid(text: &str) -> Option<Uuid> {
    Uuid::try_parse(text.trim()).ok()
}

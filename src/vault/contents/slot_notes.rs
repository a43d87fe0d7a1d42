//! What people call their slots. It is sealed with the profiles: the header tells no account's name.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, SecondsFormat, Utc};

use super::Contents;
use crate::profile::SecretText;
use crate::rfc3339;
use crate::vault::encoding::{KeptValue, fixed_base64};
use crate::vault::slots::SlotId;

/// The payload's member with these notes.
const MEMBER: &str = "slots";
/// The longest label kept, in characters.
const LABEL_LIMIT: usize = 200;

/// What is known of a slot beside its keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::vault) struct SlotNote {
    pub(in crate::vault) slot: SlotId,
    pub(in crate::vault) label: String,
    pub(in crate::vault) added: DateTime<Utc>,
}

impl SlotNote {
    pub(in crate::vault) fn new(slot: SlotId, label: &str, added: DateTime<Utc>) -> SlotNote {
        SlotNote { slot, label: label.trim().chars().take(LABEL_LIMIT).collect(), added }
    }

    fn read(value: &KeptValue) -> Option<SlotNote> {
        let text =
            |name: &str| value.members()?.iter().find(|(member, _)| member == name).and_then(|(_, value)| value.text());
        let slot = SlotId(fixed_base64::decode(text("slot")?)?);
        let added = DateTime::parse_from_rfc3339(text("added")?).ok()?.with_timezone(&Utc);
        Some(SlotNote { slot, label: text("label")?.to_owned(), added })
    }

    fn write(&self) -> KeptValue {
        let text = |text: &str| KeptValue::Text(SecretText::from(text));
        KeptValue::Object(vec![
            ("slot".to_owned(), text(&STANDARD.encode(self.slot.0))),
            ("label".to_owned(), text(&self.label)),
            ("added".to_owned(), text(&rfc3339::text(self.added, SecondsFormat::Secs))),
        ])
    }
}

impl Contents {
    /// The notes about the slots. One that cannot be read counts as none.
    pub(in crate::vault) fn slot_notes(&self) -> Vec<SlotNote> {
        let member = self.kept_vault_wide().iter().find(|(name, _)| name == MEMBER);
        match member {
            Some((_, KeptValue::List(notes))) => notes.iter().filter_map(SlotNote::read).collect(),
            _ => Vec::new(),
        }
    }

    /// Replaces the notes about the slots.
    pub(in crate::vault) fn set_slot_notes(&mut self, notes: &[SlotNote]) {
        let vault_wide = self.kept_vault_wide_mut();
        vault_wide.retain(|(name, _)| name != MEMBER);
        if !notes.is_empty() {
            vault_wide.push((MEMBER.to_owned(), KeptValue::List(notes.iter().map(SlotNote::write).collect())));
        }
    }
}

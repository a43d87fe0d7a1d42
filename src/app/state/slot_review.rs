//! The unlock methods that stay when one is removed or replaced. A person reviews them, because somebody who could unlock
//! the vault may have added one for somebody else.

use super::{AppState, Dialog};
use crate::vault::{SlotId, SlotKind, SlotReview, SlotView};

/// The unlock methods beside the one that goes, and which of them go as well.
#[derive(Clone, Default)]
pub struct OtherSlots {
    /// What goes in any case. More than one where only the passphrase that is typed will tell which it is.
    pub gone: Vec<SlotView>,
    /// The others, and whether they are removed as well: those of an unknown kind unless somebody wants them kept.
    pub slots: Vec<(SlotView, bool)>,
}

impl OtherSlots {
    /// What stays of `slots` when all that are `gone` go.
    pub fn beside(slots: &[SlotView], gone: impl Fn(&SlotView) -> bool) -> OtherSlots {
        let (gone, stays): (Vec<SlotView>, Vec<SlotView>) = slots.iter().cloned().partition(gone);
        if gone.is_empty() { OtherSlots::default() } else { OtherSlots { gone, slots: undecided(stays) } }
    }

    /// What may stay of `slots` when one of the passphrases is replaced.
    pub fn beside_a_passphrase(slots: &[SlotView]) -> OtherSlots {
        let is_passphrase = |slot: &SlotView| slot.kind == SlotKind::Passphrase;
        let others = OtherSlots::beside(slots, is_passphrase);
        match others.gone.len() {
            0 | 1 => others,
            _ => OtherSlots { slots: undecided(slots.to_vec()), ..others },
        }
    }

    /// Whether one may have been added for somebody who is not to have access any longer.
    pub fn may_let_somebody_in(&self) -> bool {
        let gone: Vec<SlotId> = self.gone.iter().map(|slot| slot.id).collect();
        self.slots.iter().any(|(slot, _)| !slot.opened_with && slot.may_be_let_in_by(&gone))
    }

    /// One of them all.
    pub fn find(&self, id: SlotId) -> Option<&SlotView> {
        self.gone.iter().chain(self.slots.iter().map(|(slot, _)| slot)).find(|slot| slot.id == id)
    }

    /// What the person decided.
    pub fn review(&self) -> SlotReview {
        let ids = |removed: bool, kind: Option<SlotKind>| {
            let wanted =
                self.slots.iter().filter(move |(slot, it)| *it == removed && kind.is_none_or(|it| slot.kind == it));
            wanted.map(|(slot, _)| slot.id).collect()
        };
        SlotReview { remove: ids(true, None), keep: ids(false, Some(SlotKind::Unknown)) }
    }

    fn decide(&mut self, id: SlotId, is_removed: bool) {
        if let Some((_, removed)) = self.slots.iter_mut().find(|(slot, _)| slot.id == id && !slot.opened_with) {
            *removed = is_removed;
        }
    }
}

fn undecided(slots: Vec<SlotView>) -> Vec<(SlotView, bool)> {
    let with_choice = |slot: SlotView| {
        let is_removed = slot.kind == SlotKind::Unknown;
        (slot, is_removed)
    };
    slots.into_iter().map(with_choice).collect()
}

impl AppState {
    /// Whether another unlock method is removed together with the one that the dialog in front removes or replaces.
    pub(super) fn remove_as_well(&mut self, id: SlotId, is_removed: bool) {
        match self.dialogs.front_mut() {
            Some(Dialog::RemoveSlot(form)) => form.others.decide(id, is_removed),
            Some(Dialog::ChangePassphrase(form)) => form.others.decide(id, is_removed),
            Some(Dialog::RecoveryKey(form)) => form.others.decide(id, is_removed),
            _ => {}
        }
    }
}

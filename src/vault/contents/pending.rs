//! What was changed since the last save, noted while it is changed: so that a save knows what to write into the history
//! without comparing all profiles.

use std::collections::HashSet;
use std::sync::Arc;

use uuid::Uuid;

use super::Contents;
use super::history::HistoryKind;
use crate::vault::stored_profile::{Field, Stored};

/// A profile as it was before, or that it was not there.
pub(in crate::vault) type Former = (Uuid, Option<Arc<Stored>>);

/// Changes that are not saved yet.
#[derive(Clone, Default)]
pub(in crate::vault) struct Pending {
    /// What each touched profile was before its first change, in the order of these.
    pub(super) touched: Vec<Former>,
    ids: HashSet<Uuid>,
    /// Removed profiles that were put back.
    pub(super) restored: HashSet<Uuid>,
    /// What cannot be seen from profiles.
    pub(super) notes: Vec<(HistoryKind, Option<(Uuid, String)>)>,
}

impl Pending {
    /// Keeps what a profile was, unless it was changed before.
    pub(in crate::vault) fn touch(&mut self, id: Uuid, former: impl FnOnce() -> Option<Stored>) {
        if self.ids.insert(id) {
            self.touched.push((id, former().map(Arc::new)));
        }
    }

    pub(in crate::vault) fn restored(&mut self, id: Uuid) {
        self.restored.insert(id);
    }

    /// Whether a backup is put back, as a whole or this profile of it.
    pub(super) fn puts_back(&self, id: Uuid) -> bool {
        let is_it = |(kind, of): &(HistoryKind, Option<(Uuid, String)>)| {
            *kind == HistoryKind::BackupRestored && of.as_ref().is_none_or(|(of, _)| *of == id)
        };
        self.notes.iter().any(is_it)
    }

    /// Whether a note tells what was changed of this profile.
    pub(super) fn has_own_entry(&self, id: Uuid) -> bool {
        let resolves = |(kind, of): &(HistoryKind, Option<(Uuid, String)>)| {
            matches!(kind, HistoryKind::ConflictResolved(_)) && of.as_ref().is_some_and(|(of, _)| *of == id)
        };
        self.puts_back(id) || self.notes.iter().any(resolves)
    }

    /// Whether a note of a renewal tells of this field of this profile.
    pub(super) fn covers(&self, id: Uuid, field: &Field) -> bool {
        let of_it = |(_, of): &&(HistoryKind, Option<(Uuid, String)>)| of.as_ref().is_some_and(|(of, _)| *of == id);
        self.notes.iter().filter(of_it).any(|(kind, _)| fields_covered_by(kind).contains(field))
    }

    pub(in crate::vault) fn note(&mut self, kind: HistoryKind, profile: Option<(Uuid, String)>) {
        self.notes.push((kind, profile));
    }
}

impl Contents {
    /// Notes something for the history, to be written with the next save.
    pub(in crate::vault) fn record(&mut self, kind: HistoryKind, profile: Option<(Uuid, String)>) {
        self.pending.note(kind, profile);
    }
}

/// The fields whose change a note of this kind tells already.
pub(in crate::vault) fn fields_covered_by(kind: &HistoryKind) -> &'static [Field] {
    match kind {
        HistoryKind::RenewalBegun | HistoryKind::RenewalCancelled => &[Field::Renewal],
        HistoryKind::SecretReplaced | HistoryKind::SecretRolledBack => &[
            Field::ClientSecret,
            Field::SecretExpires,
            Field::Renewal,
            Field::FormerSecret,
            Field::UccUpdate,
            Field::Renewals,
        ],
        HistoryKind::UccUpdated => &[Field::UccUpdate],
        HistoryKind::FormerSecretForgotten => &[Field::FormerSecret, Field::UccUpdate],
        _ => &[],
    }
}

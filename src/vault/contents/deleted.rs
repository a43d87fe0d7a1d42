//! Removals that are remembered, so that an older copy of the vault does not bring back what somebody removed.

use std::collections::HashMap;

use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

/// How long a removal is remembered. A copy that was out of reach for longer may bring a profile back.
pub(in crate::vault) const DAYS: i64 = 400;
/// The most removals that are remembered; the first of the list go first, whatever their times say.
pub(in crate::vault) const LIMIT: usize = 2000;

/// What was removed, and when: ids of profiles and of conflicts.
pub(in crate::vault) type Deleted = Vec<(Uuid, DateTime<Utc>)>;

/// Forgets what is too old by `now`, a time that the vault believes, or too much.
pub(in crate::vault) fn trim(deleted: &mut Deleted, now: DateTime<Utc>) {
    if let Some(oldest) = now.checked_sub_signed(Duration::days(DAYS)) {
        deleted.retain(|(_, at)| *at >= oldest);
    }
    let surplus = deleted.len().saturating_sub(LIMIT);
    deleted.drain(..surplus);
}

/// The removals of both sides, each with its later time.
pub(in crate::vault) fn union(one: &Deleted, other: &Deleted) -> Deleted {
    let mut all = one.clone();
    let mut places: HashMap<Uuid, usize> = all.iter().enumerate().map(|(place, (id, _))| (*id, place)).collect();
    for (id, at) in other {
        match places.get(id) {
            Some(place) => all[*place].1 = all[*place].1.max(*at),
            None => {
                places.insert(*id, all.len());
                all.push((*id, *at));
            }
        }
    }
    all
}

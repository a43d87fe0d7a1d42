//! Three-way merge of two versions of one profile, field by field. Pure.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use super::vault_clock::rank;
use crate::profile::{Renewed, UccUpdate, compared_name};
use crate::vault::encoding::by_name;
use crate::vault::stored_profile::{Field, Stored, Version, differing, same};

/// One profile of two.
pub(in crate::vault) struct MergedProfile {
    pub(in crate::vault) stored: Stored,
    /// The fields that both changed differently; not empty when `other` is there.
    pub(in crate::vault) fields: Vec<Field>,
    /// The version whose values of these fields are not in place.
    pub(in crate::vault) other: Option<Stored>,
    /// Which side that is.
    pub(in crate::vault) loser: Side,
}

/// One of the two sides of a merge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::vault) enum Side {
    Mine,
    Theirs,
}

/// Merges one profile. Without a `base` nobody knows who changed what, so every difference counts as one by both.
///
/// Which side is the newer one decides only whose values are in place and whose are the conflict's. A time that is
/// ahead of `now` comes from a wrong clock, and counts as the older one.
pub(in crate::vault) fn merge_profile(
    base: Option<Version<'_>>,
    mine: Version<'_>,
    theirs: Version<'_>,
    now: DateTime<Utc>,
) -> MergedProfile {
    let mine_is_newer = rank(mine.profile.modified, now) >= rank(theirs.profile.modified, now);
    let (newer, older) = if mine_is_newer { (mine, theirs) } else { (theirs, mine) };
    let mut stored = newer.to_stored();
    let mut fields = Vec::new();
    let in_base = base.map(|base| by_name(base.kept)).unwrap_or_default();
    let (in_newer, in_older) = (by_name(newer.kept), by_name(older.kept));
    let mut unknown = HashSet::new();
    for field in differing(newer, older) {
        if let (Some(_), Field::Other(name)) = (base, &field) {
            let former = in_base.get(name.as_str());
            if former == in_newer.get(name.as_str()) {
                unknown.insert(name.clone());
            } else if former != in_older.get(name.as_str()) {
                fields.push(field);
            }
            continue;
        }
        match base {
            Some(base) if same(&field, base, newer) => stored.copy_field(&field, older),
            Some(base) if same(&field, base, older) => {}
            _ if field == Field::Tags => {
                let base = base.map_or(&[][..], |base| &base.profile.tags);
                stored.profile.tags = merge_tags(base, &newer.profile.tags, &older.profile.tags);
            }
            _ if field == Field::Renewals && both_readable(&field, newer, older) => {
                stored.profile.renewals = merge_renewals(&newer.profile.renewals, &older.profile.renewals);
            }
            _ if field == Field::UccUpdate && both_readable(&field, newer, older) => {
                let both = newer.profile.ucc_update.as_deref().zip(older.profile.ucc_update.as_deref());
                let base = base.and_then(|base| base.profile.ucc_update.as_deref());
                match both.and_then(|(newer, older)| merge_ucc_updates(base, newer, older)) {
                    Some(update) => stored.profile.ucc_update = Some(Box::new(update)),
                    None => fields.push(field),
                }
            }
            _ => fields.push(field),
        }
    }
    stored.copy_unknown(&unknown, older);
    let profile = &mut stored.profile;
    profile.created = mine.profile.created.min(theirs.profile.created);
    // How a check ended says something about the connection that it was made with, and about no other.
    let connection = [Field::EnvironmentUrl, Field::ClientId, Field::ClientSecret, Field::Tenant];
    let merged = stored.version();
    let checks = [newer, older].into_iter().filter(|side| connection.iter().all(|field| same(field, *side, merged)));
    let last_check = checks.filter_map(|side| side.profile.last_check.clone()).max_by_key(|check| rank(check.at, now));
    stored.profile.last_check = last_check;
    let other = (!fields.is_empty()).then(|| older.to_stored());
    MergedProfile { stored, fields, other, loser: if mine_is_newer { Side::Theirs } else { Side::Mine } }
}

/// The newer side's tags without those that the older side removed, and with those that it added.
fn merge_tags(base: &[String], newer: &[String], older: &[String]) -> Vec<String> {
    let of = |tags: &[String]| tags.iter().map(|tag| compared_name(tag)).collect::<HashSet<String>>();
    let (in_base, in_newer, in_older) = (of(base), of(newer), of(older));
    let has = |tags: &HashSet<String>, tag: &str| tags.contains(&compared_name(tag));
    let kept = newer.iter().filter(|tag| has(&in_older, tag) || !has(&in_base, tag));
    let added = older.iter().filter(|tag| !has(&in_base, tag) && !has(&in_newer, tag));
    kept.chain(added).cloned().collect()
}

/// Every renewal of both sides once. Each side's stay in their order, whatever its clock said, and the newer side's own come
/// last: its secret is the one in place.
fn merge_renewals(newer: &[Renewed], older: &[Renewed]) -> Vec<Renewed> {
    let shared = newer.iter().zip(older).take_while(|(one, other)| one == other).count();
    let mut all = newer[..shared].to_vec();
    all.extend(older[shared..].iter().filter(|renewed| !newer.contains(renewed)).cloned());
    all.extend_from_slice(&newer[shared..]);
    let surplus = all.len().saturating_sub(Renewed::LIMIT);
    all.drain(..surplus);
    all
}

/// What both sides know of one renewal: that the UCC has the new secret stays, no matter who confirmed it. Where only one side has
/// replaced the secret since `base`, that renewal counts. `None` when each has.
fn merge_ucc_updates(base: Option<&UccUpdate>, newer: &UccUpdate, older: &UccUpdate) -> Option<UccUpdate> {
    if newer.replaced_at != older.replaced_at {
        let is_of_base = |side: &UccUpdate| base.is_some_and(|base| base.replaced_at == side.replaced_at);
        return match (is_of_base(newer), is_of_base(older)) {
            (false, true) => Some(newer.clone()),
            (true, false) => Some(older.clone()),
            _ => None,
        };
    }
    if newer.newer != older.newer {
        return None;
    }
    let done = newer.done.into_iter().chain(older.done).min();
    let former_expires = newer.former_expires.into_iter().chain(older.former_expires).min();
    Some(UccUpdate { done, former_expires, ..newer.clone() })
}

/// Whether both sides' value of a field is one that this version can read.
fn both_readable(field: &Field, one: Version<'_>, other: Version<'_>) -> bool {
    [one, other].iter().all(|side| side.kept.iter().all(|(name, _)| name != field.id()))
}

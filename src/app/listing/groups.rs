//! The groups of the list: by tag or by tenant, each open or collapsed.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use uuid::Uuid;

use crate::profile::{Profile, Tenant, compared_name};
use crate::settings::GroupBy;

/// Names a group across frames, whatever its title is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum GroupKey {
    /// What was used last.
    Recent,
    /// A tag, as tags are compared.
    Tag(String),
    /// A tenant.
    Tenant(Tenant),
    /// What has no tag.
    NoTag,
    /// What has no tenant.
    NoTenant,
}

/// Some of the profiles that the list shows, under a title.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Names it.
    pub key: GroupKey,
    /// What it is called.
    pub title: String,
    /// The indices of its profiles, in the list's order.
    pub profiles: Vec<usize>,
    /// Whether its profiles are shown.
    pub is_open: bool,
}

impl Group {
    fn new(key: GroupKey, title: &str) -> Group {
        Group { key, title: title.to_owned(), profiles: Vec::new(), is_open: true }
    }

    /// A profile is in a group once, even if another program saved its tag twice.
    fn add(&mut self, profile: usize) {
        if self.profiles.last() != Some(&profile) {
            self.profiles.push(profile);
        }
    }
}

/// Which groups are collapsed.
///
/// Not in the settings: that file is not encrypted, and tags and tenants are part of what the vault keeps to itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CollapsedGroups {
    without_search: HashSet<GroupKey>,
    /// Every search begins with open groups, so that nothing that it finds is hidden.
    in_search: (String, HashSet<GroupKey>),
}

impl CollapsedGroups {
    /// Whether a group is collapsed while `search` is what is searched for.
    pub fn holds(&self, key: &GroupKey, search: &str) -> bool {
        match search.trim() {
            "" => self.without_search.contains(key),
            search => self.in_search.0 == search && self.in_search.1.contains(key),
        }
    }

    /// Collapses groups.
    pub fn collapse(&mut self, keys: impl IntoIterator<Item = GroupKey>, search: &str) {
        self.now(search).extend(keys);
    }

    /// Expands groups.
    pub fn expand<'k>(&mut self, keys: impl IntoIterator<Item = &'k GroupKey>, search: &str) {
        let collapsed = self.now(search);
        for key in keys {
            collapsed.remove(key);
        }
    }

    fn now(&mut self, search: &str) -> &mut HashSet<GroupKey> {
        let search = search.trim();
        if search.is_empty() {
            return &mut self.without_search;
        }
        if self.in_search.0 != search {
            self.in_search = (search.to_owned(), HashSet::new());
        }
        &mut self.in_search.1
    }
}

/// Sorts `shown`, which are indices of `profiles`, into groups by title; those without come last.
pub(super) fn grouped(profiles: &[Arc<Profile>], shown: &[usize], group_by: GroupBy) -> Vec<Group> {
    let (mut groups, without) = match group_by {
        GroupBy::None => return Vec::new(),
        GroupBy::Tag => by_tag(profiles, shown),
        GroupBy::Tenant => by_tenant(profiles, shown),
    };
    groups.sort_by_cached_key(|group| compared_name(&group.title));
    groups.extend(Some(without).filter(|group| !group.profiles.is_empty()));
    groups
}

/// The group of those that were used last, in the list's order; none where none of them is shown.
pub(super) fn recent(profiles: &[Arc<Profile>], shown: &[usize], recent: &[Uuid]) -> Option<Group> {
    let mut group = Group::new(GroupKey::Recent, "Recent");
    group.profiles = shown.iter().copied().filter(|&index| recent.contains(&profiles[index].id)).collect();
    (!group.profiles.is_empty()).then_some(group)
}

/// A profile stands in the group of each of its tags: who opens “Production” wants to see all of production, and a profile
/// that is missing there because “Berlin” is its first tag would be overlooked.
pub(super) fn by_tag(profiles: &[Arc<Profile>], shown: &[usize]) -> (Vec<Group>, Group) {
    let mut groups: Vec<Group> = Vec::new();
    let mut by_key: HashMap<String, usize> = HashMap::new();
    // Most tags are written alike, so that few have to be compared letter by letter.
    let mut by_spelling: HashMap<&str, usize> = HashMap::new();
    let mut without = Group::new(GroupKey::NoTag, "No tag");
    for &index in shown {
        let tags = &profiles[index].tags;
        if tags.is_empty() {
            without.add(index);
        }
        for tag in tags {
            let group = *by_spelling.entry(tag).or_insert_with(|| {
                let key = compared_name(tag);
                let group = *by_key.entry(key).or_insert_with_key(|key| {
                    groups.push(Group::new(GroupKey::Tag(key.clone()), tag));
                    groups.len() - 1
                });
                // The same title in every order of the list.
                if *tag < groups[group].title {
                    groups[group].title.clone_from(tag);
                }
                group
            });
            groups[group].add(index);
        }
    }
    (groups, without)
}

fn by_tenant(profiles: &[Arc<Profile>], shown: &[usize]) -> (Vec<Group>, Group) {
    let known = ids_of_domains(profiles);
    let mut titles: HashMap<Uuid, &str> = HashMap::new();
    for (domain, id) in &known {
        if let Some(id) = id {
            titles.entry(*id).and_modify(|title| *title = (*title).min(domain)).or_insert(domain);
        }
    }
    let mut groups: Vec<Group> = Vec::new();
    let mut by_tenant: HashMap<TenantKey<'_>, usize> = HashMap::new();
    let mut without = Group::new(GroupKey::NoTenant, "No tenant");
    for &index in shown {
        let Some(tenant) = tenant_of(&profiles[index]) else {
            without.add(index);
            continue;
        };
        let tenant = match tenant {
            TenantKey::Domain(domain) => known.get(domain).copied().flatten().map_or(tenant, TenantKey::Id),
            TenantKey::Id(_) => tenant,
        };
        let group = *by_tenant.entry(tenant).or_insert_with(|| {
            groups.push(match tenant {
                TenantKey::Id(id) => {
                    let title = titles.get(&id).map_or_else(|| id.to_string(), |title| (*title).to_owned());
                    Group::new(GroupKey::Tenant(Tenant::Id(id)), &title)
                }
                TenantKey::Domain(domain) => Group::new(GroupKey::Tenant(Tenant::Domain(domain.to_owned())), domain),
            });
            groups.len() - 1
        });
        groups[group].add(index);
    }
    (groups, without)
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum TenantKey<'p> {
    Id(Uuid),
    Domain(&'p str),
}

/// The tenant that somebody entered, else the one that the last test found.
fn tenant_of(profile: &Profile) -> Option<TenantKey<'_>> {
    match &profile.tenant {
        Some(Tenant::Id(id)) => Some(TenantKey::Id(*id)),
        Some(Tenant::Domain(domain)) => Some(TenantKey::Domain(domain)),
        None => found_tenant(profile).map(TenantKey::Id),
    }
}

fn found_tenant(profile: &Profile) -> Option<Uuid> {
    profile.last_check.as_ref().and_then(|check| check.tenant_id)
}

/// The tenant's ID for each domain that somebody entered, as the tests of those profiles found it, so that a tenant is one group
/// whether its domain or its ID was entered. `None` where two tests disagree: one of the domains is wrong then.
fn ids_of_domains(profiles: &[Arc<Profile>]) -> HashMap<&str, Option<Uuid>> {
    let mut known: HashMap<&str, Option<Uuid>> = HashMap::new();
    for profile in profiles {
        if let (Some(Tenant::Domain(domain)), Some(id)) = (&profile.tenant, found_tenant(profile)) {
            let before = known.entry(domain).or_insert(Some(id));
            *before = before.filter(|before| *before == id);
        }
    }
    known
}

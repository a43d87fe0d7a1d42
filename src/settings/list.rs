//! The table `[list]`: how the list of profiles looks.

use std::collections::BTreeSet;

use toml_edit::{Array, Item, Table, Value};
use uuid::Uuid;

use super::value_reader::{Reader, SettingsWarning, name_of, put_value, read_choice};

/// How the list of profiles looks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListSettings {
    /// What the profiles are grouped by.
    pub group_by: GroupBy,
    /// The ids of the favorites, at most [`FAVORITES_LIMIT`].
    ///
    /// Here and not in the vault: several people may share a vault, and each has favorites of their own. There, every star
    /// would be a save with a backup and a line in the history, and could meet somebody else's change. An id tells nothing.
    pub favorites: BTreeSet<Uuid>,
    /// Whether favorites stand before all others.
    pub favorites_first: bool,
}

/// How many favorites an account may have.
pub const FAVORITES_LIMIT: usize = 2_000;

/// What the list of profiles is grouped by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum GroupBy {
    /// Nothing: one list.
    #[default]
    None,
    /// Tags; a profile stands in the group of each of its tags.
    Tag,
    /// The tenant.
    Tenant,
}

const TABLE: &str = "list";
const GROUP_BY: (&str, &str) = ("group_by", "list.group_by");

const FAVORITES: (&str, &str) = ("favorites", "list.favorites");
const FAVORITES_FIRST: (&str, &str) = ("favorites_first", "list.favorites_first");

const GROUPS: [(&str, GroupBy); 3] = [("none", GroupBy::None), ("tag", GroupBy::Tag), ("tenant", GroupBy::Tenant)];

/// Takes the table out of the whole file's.
pub(super) fn read(reader: &mut Reader<'_>) -> ListSettings {
    let mut settings = ListSettings::default();
    let table = match reader.table.get(TABLE) {
        None => return settings,
        Some(item) => match item.as_table_like() {
            Some(table) => table,
            None => {
                reader.wrong::<()>(TABLE, "a table");
                return settings;
            }
        },
    };
    let mut wrong = |key: (&str, &'static str), expected| {
        reader.warnings.push(SettingsWarning::WrongValue { key: key.1, expected });
    };
    if let Some(item) = table.get(GROUP_BY.0) {
        match item.as_str().and_then(|text| read_choice(&GROUPS, text)) {
            Some(group_by) => settings.group_by = group_by,
            None => wrong(GROUP_BY, "“none”, “tag” or “tenant”"),
        }
    }
    if let Some(item) = table.get(FAVORITES.0) {
        match favorites(item) {
            Some(favorites) => settings.favorites = favorites,
            None => wrong(FAVORITES, "a list of profile IDs in quotes"),
        }
    }
    if let Some(item) = table.get(FAVORITES_FIRST.0) {
        match item.as_bool() {
            Some(first) => settings.favorites_first = first,
            None => wrong(FAVORITES_FIRST, "true or false"),
        }
    }
    settings
}

fn favorites(item: &Item) -> Option<BTreeSet<Uuid>> {
    let ids = item.as_array()?.iter().map(|id| Uuid::try_parse(id.as_str()?).ok());
    ids.take(FAVORITES_LIMIT).collect()
}

/// Puts the settings into the file, touching only what differs from what it says; `now` is what was read from it.
pub(super) fn write(settings: &ListSettings, now: &ListSettings, table: &mut Table, wrong: &dyn Fn(&str) -> bool) {
    let changed = |same: bool, key: (&str, &str)| !same || wrong(key.1);
    let mut values: Vec<(&str, Value)> = Vec::new();
    if changed(now.group_by == settings.group_by, GROUP_BY) {
        values.push((GROUP_BY.0, name_of(&GROUPS, settings.group_by).into()));
    }
    if changed(now.favorites == settings.favorites, FAVORITES) {
        let ids: Array = settings.favorites.iter().map(Uuid::to_string).collect();
        values.push((FAVORITES.0, ids.into()));
    }
    if changed(now.favorites_first == settings.favorites_first, FAVORITES_FIRST) {
        values.push((FAVORITES_FIRST.0, settings.favorites_first.into()));
    }
    if values.is_empty() && !wrong(TABLE) {
        return;
    }
    if !table.get(TABLE).is_some_and(Item::is_table_like) {
        table.insert(TABLE, Item::Table(Table::new()));
    }
    if let Some(inner) = table.get_mut(TABLE).and_then(Item::as_table_like_mut) {
        for (key, value) in values {
            put_value(inner, key, value);
        }
    }
}

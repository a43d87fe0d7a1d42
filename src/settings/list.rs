//! The table `[list]`: how the list of profiles looks.

use std::collections::BTreeSet;

use toml_edit::{Array, Item, Table, Value};
use uuid::Uuid;

use super::value_reader::{Reader, SettingsWarning, name_of, put_value, read_choice};

/// How the list of profiles looks.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// The columns to show beside the name, as far as the list is wide enough.
    pub columns: BTreeSet<ListColumn>,
    /// How high its rows are.
    pub rows: RowHeight,
}

impl Default for ListSettings {
    fn default() -> ListSettings {
        ListSettings {
            group_by: GroupBy::None,
            favorites: BTreeSet::new(),
            favorites_first: false,
            columns: ListColumn::ALL.into(),
            rows: RowHeight::Comfortable,
        }
    }
}

/// A column of the list that can be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ListColumn {
    /// The environment's organization.
    Environment,
    /// The tags.
    Tags,
    /// The day of the last test.
    LastTest,
    /// When the client secret expires.
    Expires,
}

impl ListColumn {
    /// Every one, from left to right.
    pub const ALL: [ListColumn; 4] =
        [ListColumn::Environment, ListColumn::Tags, ListColumn::LastTest, ListColumn::Expires];
}

/// How high the rows of the list are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RowHeight {
    /// With some air around the text.
    #[default]
    Comfortable,
    /// More rows in the same room.
    Compact,
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

const COLUMNS: (&str, &str) = ("columns", "list.columns");
const ROWS: (&str, &str) = ("rows", "list.rows");

const COLUMN_NAMES: [(&str, ListColumn); 4] = [
    ("environment", ListColumn::Environment),
    ("tags", ListColumn::Tags),
    ("last_test", ListColumn::LastTest),
    ("expires", ListColumn::Expires),
];
const HEIGHTS: [(&str, RowHeight); 2] = [("comfortable", RowHeight::Comfortable), ("compact", RowHeight::Compact)];
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
    if let Some(item) = table.get(COLUMNS.0) {
        match columns(item) {
            Some(columns) => settings.columns = columns,
            None => wrong(COLUMNS, "a list of “environment”, “tags”, “last_test” and “expires”"),
        }
    }
    if let Some(item) = table.get(ROWS.0) {
        match item.as_str().and_then(|text| read_choice(&HEIGHTS, text)) {
            Some(rows) => settings.rows = rows,
            None => wrong(ROWS, "“comfortable” or “compact”"),
        }
    }
    settings
}

fn columns(item: &Item) -> Option<BTreeSet<ListColumn>> {
    item.as_array()?.iter().map(|name| read_choice(&COLUMN_NAMES, name.as_str()?)).collect()
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
    if changed(now.columns == settings.columns, COLUMNS) {
        let names: Array = settings.columns.iter().map(|column| name_of(&COLUMN_NAMES, *column)).collect();
        values.push((COLUMNS.0, names.into()));
    }
    if changed(now.rows == settings.rows, ROWS) {
        values.push((ROWS.0, name_of(&HEIGHTS, settings.rows).into()));
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

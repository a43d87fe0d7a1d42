//! The table `[list]`: how the list of profiles looks.

use std::collections::BTreeSet;

use toml_edit::{Array, Item, Table};
use uuid::Uuid;

use super::value_reader::{InnerKey, Reader, TableWriter, name_of, read_choice};

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
const GROUP_BY: InnerKey = ("group_by", "list.group_by");
const FAVORITES: InnerKey = ("favorites", "list.favorites");
const FAVORITES_FIRST: InnerKey = ("favorites_first", "list.favorites_first");
const COLUMNS: InnerKey = ("columns", "list.columns");
const ROWS: InnerKey = ("rows", "list.rows");

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
    let mut table = reader.inner_table(TABLE);
    table.choice(GROUP_BY, &GROUPS, "“none”, “tag” or “tenant”", &mut settings.group_by);
    table.value(FAVORITES, "a list of profile IDs in quotes", &mut settings.favorites, favorites);
    table.switch(FAVORITES_FIRST, &mut settings.favorites_first);
    let expected = "a list of “environment”, “tags”, “last_test” and “expires”";
    table.value(COLUMNS, expected, &mut settings.columns, columns);
    table.choice(ROWS, &HEIGHTS, "“comfortable” or “compact”", &mut settings.rows);
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
    let mut values = TableWriter::new(TABLE, wrong);
    values.put(GROUP_BY, now.group_by == settings.group_by, || name_of(&GROUPS, settings.group_by).into());
    values.put(FAVORITES, now.favorites == settings.favorites, || {
        settings.favorites.iter().map(Uuid::to_string).collect::<Array>().into()
    });
    values.put(FAVORITES_FIRST, now.favorites_first == settings.favorites_first, || settings.favorites_first.into());
    values.put(COLUMNS, now.columns == settings.columns, || {
        settings.columns.iter().map(|column| name_of(&COLUMN_NAMES, *column)).collect::<Array>().into()
    });
    values.put(ROWS, now.rows == settings.rows, || name_of(&HEIGHTS, settings.rows).into());
    values.write_to(table);
}

//! Reading single values of the settings file, and what was wrong with those that are not used.

use std::ops::RangeInclusive;
use std::path::PathBuf;

use toml_edit::{Item, Table, TableLike, Value, value};

/// Something in the settings file that was not used as it stands there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsWarning {
    /// The file could not be read; every setting has its default.
    #[error("The settings in {path} could not be read ({cause}). The default settings are used.", path = .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's own words.
        cause: String,
    },
    /// The file is no TOML; every setting has its default.
    #[error(
        "Line {line} of {path} is not valid TOML. The default settings are used until it is corrected.",
        path = .path.display()
    )]
    NotToml {
        /// The file.
        path: PathBuf,
        /// The first line that cannot be read, from 1.
        line: usize,
    },
    /// A value of the wrong kind; the setting has its default.
    #[error("The setting “{key}” must be {expected}. The default is used.")]
    WrongValue {
        /// The setting.
        key: &'static str,
        /// What it has to be, in words.
        expected: &'static str,
    },
    /// A number beyond its limits; the nearest limit is used.
    #[error("The setting “{key}” must be between {lowest} and {highest}, not {given}. {used} is used.")]
    OutOfRange {
        /// The setting.
        key: &'static str,
        /// What stands in the file.
        given: i64,
        /// The least it may be.
        lowest: u32,
        /// The most it may be.
        highest: u32,
        /// What is used.
        used: u32,
    },
    /// A webhook's form that is not the one of its address; it is used all the same.
    #[error(
        "The setting “reminders.webhook_form” does not match the webhook address. {words} Without the setting, the \
         format follows from the address."
    )]
    WebhookForm {
        /// What the address is, and what it takes.
        words: &'static str,
    },
    /// A proxy with a user name or password; the system's proxy is used.
    #[error(
        "The setting “proxy” contains a user name or password. Remove it, because this file is not encrypted. The \
         system proxy is used."
    )]
    ProxyCredentials,
}

/// How "off" is written where a number is usual.
const NEVER: &str = "never";

/// A table, and what was wrong with its values so far.
pub(super) struct Reader<'a> {
    pub(super) table: &'a Table,
    pub(super) warnings: &'a mut Vec<SettingsWarning>,
}

impl<'a> Reader<'a> {
    pub(super) fn wrong<T>(&mut self, key: &'static str, expected: &'static str) -> Option<T> {
        self.warnings.push(SettingsWarning::WrongValue { key, expected });
        None
    }

    /// The table of that name within this one; without values where there is none.
    pub(super) fn inner_table(&mut self, name: &'static str) -> TableReader<'_> {
        let item = self.table.get(name);
        let table = item.and_then(Item::as_table_like);
        if item.is_some() && table.is_none() {
            self.wrong::<()>(name, "a table");
        }
        TableReader { table, warnings: self.warnings }
    }

    pub(super) fn text(&mut self, key: &'static str, expected: &'static str) -> Option<&'a str> {
        let item = self.table.get(key)?;
        item.as_str().or_else(|| self.wrong(key, expected))
    }

    pub(super) fn choice<T: Copy>(
        &mut self,
        key: &'static str,
        choices: &[(&str, T)],
        expected: &'static str,
        default: T,
    ) -> T {
        let Some(text) = self.text(key, expected) else { return default };
        read_choice(choices, text).or_else(|| self.wrong(key, expected)).unwrap_or(default)
    }

    pub(super) fn switch(&mut self, key: &'static str) -> Option<bool> {
        let item = self.table.get(key)?;
        item.as_bool().or_else(|| self.wrong(key, "true or false"))
    }

    pub(super) fn limited(&mut self, key: &'static str, limits: RangeInclusive<u32>) -> Option<u32> {
        let item = self.table.get(key)?;
        let Some(given) = item.as_integer() else { return self.wrong(key, "a whole number") };
        let (lowest, highest) = (*limits.start(), *limits.end());
        let used = u32::try_from(given.clamp(lowest.into(), highest.into())).expect("clamped between two u32");
        if i64::from(used) != given {
            self.warnings.push(SettingsWarning::OutOfRange { key, given, lowest, highest, used });
        }
        Some(used)
    }

    pub(super) fn limited_or_never(
        &mut self,
        key: &'static str,
        limits: RangeInclusive<u32>,
        default: Option<u32>,
    ) -> Option<u32> {
        let Some(item) = self.table.get(key) else { return default };
        match item.as_str() {
            Some(text) if text.eq_ignore_ascii_case(NEVER) => None,
            Some(_) => self.wrong(key, "a whole number or “never”").or(default),
            None => self.limited(key, limits).or(default),
        }
    }
}

/// A value's key in a table of its own, and its whole name.
pub(super) type InnerKey = (&'static str, &'static str);

/// A table within the file's, and what was wrong with its values so far.
pub(super) struct TableReader<'a> {
    table: Option<&'a dyn TableLike>,
    pub(super) warnings: &'a mut Vec<SettingsWarning>,
}

impl TableReader<'_> {
    /// Puts what stands there into `place`, by `read`. Where that is no such value, `place` stays as it is.
    pub(super) fn value<T>(
        &mut self,
        key: InnerKey,
        expected: &'static str,
        place: &mut T,
        read: impl FnOnce(&Item) -> Option<T>,
    ) {
        let Some(item) = self.table.and_then(|table| table.get(key.0)) else { return };
        match read(item) {
            Some(value) => *place = value,
            None => self.warnings.push(SettingsWarning::WrongValue { key: key.1, expected }),
        }
    }

    pub(super) fn switch(&mut self, key: InnerKey, place: &mut bool) {
        self.value(key, "true or false", place, Item::as_bool);
    }

    pub(super) fn choice<T: Copy>(
        &mut self,
        key: InnerKey,
        choices: &[(&str, T)],
        expected: &'static str,
        place: &mut T,
    ) {
        self.value(key, expected, place, |item| read_choice(choices, item.as_str()?));
    }
}

/// The values of a table within the file's that differ from what the file says, or are wrong there.
pub(super) struct TableWriter<'w> {
    name: &'static str,
    wrong: &'w dyn Fn(&str) -> bool,
    values: Vec<(&'static str, Value)>,
}

impl<'w> TableWriter<'w> {
    pub(super) fn new(name: &'static str, wrong: &'w dyn Fn(&str) -> bool) -> TableWriter<'w> {
        TableWriter { name, wrong, values: Vec::new() }
    }

    /// Takes a value that is to be written, unless the file says the `same`.
    pub(super) fn put(&mut self, key: InnerKey, same: bool, value: impl FnOnce() -> Value) {
        if !same || (self.wrong)(key.1) {
            self.values.push((key.0, value()));
        }
    }

    /// Puts the values into the file's table, and makes the inner one where it is needed and absent.
    pub(super) fn write_to(self, table: &mut Table) {
        if self.values.is_empty() && !(self.wrong)(self.name) {
            return;
        }
        if !table.get(self.name).is_some_and(Item::is_table_like) {
            table.insert(self.name, Item::Table(Table::new()));
        }
        if let Some(inner) = table.get_mut(self.name).and_then(Item::as_table_like_mut) {
            for (key, value) in self.values {
                put_value(inner, key, value);
            }
        }
    }
}

/// Replaces a value in its place, with the comment behind it, or adds the key at the end.
pub(super) fn put_value(table: &mut dyn TableLike, key: &str, mut new: Value) {
    match table.get_mut(key) {
        Some(Item::Value(old)) => {
            *new.decor_mut() = old.decor().clone();
            *old = new;
        }
        _ => {
            table.insert(key, value(new));
        }
    }
}

/// The name of a choice.
pub(super) fn name_of<T: PartialEq>(choices: &[(&'static str, T)], choice: T) -> &'static str {
    choices.iter().find(|(_, known)| *known == choice).expect("every choice has a name").0
}

/// The choice of that name, without regard to case.
pub(super) fn read_choice<T: Copy>(choices: &[(&str, T)], text: &str) -> Option<T> {
    choices.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)).map(|(_, choice)| *choice)
}

/// As the file has a number that may be off.
pub(super) fn number_or_never(number: Option<u32>) -> Value {
    number.map_or_else(|| NEVER.into(), |number| i64::from(number).into())
}

//! Each setting's key, its spelling in TOML, and what happens to a value that cannot be.

use std::ops::RangeInclusive;
use std::path::PathBuf;

use toml_edit::{Item, Table, TableLike, Value, value};
use url::Url;

use super::{ProxySetting, RendererChoice, Settings, ThemeChoice, reminders};

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
        "Line {line} of {path} is not written as TOML. The default settings are used until it is corrected.",
        path = .path.display()
    )]
    NotToml {
        /// The file.
        path: PathBuf,
        /// The first line that cannot be read, from 1.
        line: usize,
    },
    /// A value of the wrong kind; the setting has its default.
    #[error("The setting “{key}” has to be {expected}. The default is used.")]
    WrongValue {
        /// The setting.
        key: &'static str,
        /// What it has to be, in words.
        expected: &'static str,
    },
    /// A number beyond its limits; the nearest limit is used.
    #[error("The setting “{key}” may be {lowest} to {highest}, not {given}. {used} is used.")]
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
    /// A proxy with a user name or password; the system's proxy is used.
    #[error(
        "The setting “proxy” holds a user name or a password. This file is not encrypted: remove them. The \
         system's proxy is used."
    )]
    ProxyCredentials,
}

const THEME: &str = "theme";
const ZOOM: &str = "zoom_percent";
const AUTO_LOCK: &str = "auto_lock_minutes";
const LOCK_WITH_SESSION: &str = "lock_with_session";
const LOCK_ON_MINIMISE: &str = "lock_on_minimise";
const HIDE_FROM_CAPTURE: &str = "hide_from_screen_capture";
const CLIPBOARD: &str = "clipboard_seconds";
const BACKUPS: &str = "backups_kept";
const VAULT: &str = "vault_path";
const PROXY: &str = "proxy";
const READ_EXPIRY: &str = "read_expiry";
const RENDERER: &str = "renderer";

/// How "off" is written where a number is usual.
const NEVER: &str = "never";

const ZOOM_LIMITS: RangeInclusive<u32> = 75..=200;
const AUTO_LOCK_LIMITS: RangeInclusive<u32> = 1..=1440;
const BACKUPS_LIMITS: RangeInclusive<u32> = 1..=50;
const CLIPBOARD_LIMITS: RangeInclusive<u32> = 5..=600;

const THEMES: [(&str, ThemeChoice); 3] =
    [("system", ThemeChoice::System), ("light", ThemeChoice::Light), ("dark", ThemeChoice::Dark)];
const RENDERERS: [(&str, RendererChoice); 2] = [("cpu", RendererChoice::Cpu), ("gpu", RendererChoice::Gpu)];

/// Takes the settings out of `table`; what is absent keeps its default.
pub(super) fn read(table: &Table, warnings: &mut Vec<SettingsWarning>) -> Settings {
    let default = Settings::default();
    let mut reader = Reader { table, warnings };
    Settings {
        theme: reader.choice(THEME, &THEMES, "“system”, “light” or “dark”", default.theme),
        zoom_percent: reader
            .limited(ZOOM, ZOOM_LIMITS)
            .and_then(|percent| u16::try_from(percent).ok())
            .unwrap_or(default.zoom_percent),
        auto_lock_minutes: reader.limited_or_never(AUTO_LOCK, AUTO_LOCK_LIMITS, default.auto_lock_minutes),
        lock_with_session: reader.switch(LOCK_WITH_SESSION).unwrap_or(default.lock_with_session),
        lock_on_minimise: reader.switch(LOCK_ON_MINIMISE).unwrap_or(default.lock_on_minimise),
        hide_from_screen_capture: reader.switch(HIDE_FROM_CAPTURE).unwrap_or(default.hide_from_screen_capture),
        clipboard_seconds: reader.limited_or_never(CLIPBOARD, CLIPBOARD_LIMITS, default.clipboard_seconds),
        vault_path: reader.text(VAULT, "a path in quotes").filter(|path| !path.is_empty()).map(PathBuf::from),
        backups_kept: reader.limited(BACKUPS, BACKUPS_LIMITS).unwrap_or(default.backups_kept),
        proxy: reader.proxy().unwrap_or(default.proxy),
        read_expiry: reader.switch(READ_EXPIRY).unwrap_or(default.read_expiry),
        renderer: reader.choice(RENDERER, &RENDERERS, "“cpu” or “gpu”", default.renderer),
        reminders: reminders::read(&mut reader),
    }
}

/// Puts the settings into `table`, touching only what changes: an absent key stays absent while it is the default.
pub(super) fn write(settings: &Settings, table: &mut Table) {
    let mut unheeded = Vec::new();
    let now = read(table, &mut unheeded);
    let wrong = |key: &str| {
        unheeded.iter().any(|warning| match warning {
            SettingsWarning::WrongValue { key: wrong, .. } | SettingsWarning::OutOfRange { key: wrong, .. } => {
                *wrong == key
            }
            SettingsWarning::ProxyCredentials => key == PROXY,
            SettingsWarning::Unreadable { .. } | SettingsWarning::NotToml { .. } => false,
        })
    };
    let mut put = |key: &str, same: SameAsNow, new: Value| {
        if same == SameAsNow::No || wrong(key) {
            set(table, key, new);
        }
    };
    put(THEME, same(&now.theme, &settings.theme), name_of(&THEMES, settings.theme).into());
    put(ZOOM, same(&now.zoom_percent, &settings.zoom_percent), i64::from(settings.zoom_percent).into());
    put(
        AUTO_LOCK,
        same(&now.auto_lock_minutes, &settings.auto_lock_minutes),
        number_or_never(settings.auto_lock_minutes),
    );
    let switches = [
        (LOCK_WITH_SESSION, now.lock_with_session, settings.lock_with_session),
        (LOCK_ON_MINIMISE, now.lock_on_minimise, settings.lock_on_minimise),
        (HIDE_FROM_CAPTURE, now.hide_from_screen_capture, settings.hide_from_screen_capture),
    ];
    for (key, before, after) in switches {
        put(key, same(&before, &after), after.into());
    }
    put(
        CLIPBOARD,
        same(&now.clipboard_seconds, &settings.clipboard_seconds),
        number_or_never(settings.clipboard_seconds),
    );
    let path = settings.vault_path.as_ref().map(|path| path.to_string_lossy().into_owned()).unwrap_or_default();
    put(VAULT, same(&now.vault_path, &settings.vault_path), path.into());
    put(BACKUPS, same(&now.backups_kept, &settings.backups_kept), i64::from(settings.backups_kept).into());
    let proxy = match &settings.proxy {
        ProxySetting::System => "system",
        ProxySetting::None => "none",
        ProxySetting::Manual(address) => address,
    };
    put(PROXY, same(&now.proxy, &settings.proxy), proxy.into());
    put(READ_EXPIRY, same(&now.read_expiry, &settings.read_expiry), settings.read_expiry.into());
    put(RENDERER, same(&now.renderer, &settings.renderer), name_of(&RENDERERS, settings.renderer).into());
    reminders::write(&settings.reminders, &now.reminders, table, &wrong);
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum SameAsNow {
    Yes,
    No,
}

fn same<T: PartialEq>(now: &T, new: &T) -> SameAsNow {
    if now == new { SameAsNow::Yes } else { SameAsNow::No }
}

/// Replaces a value in its place, with the comment behind it, or adds the key at the end.
fn set(table: &mut Table, key: &str, new: Value) {
    put_value(table, key, new);
}

/// As [`set`], in any table.
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

pub(super) fn name_of<T: PartialEq>(choices: &[(&'static str, T)], choice: T) -> &'static str {
    choices.iter().find(|(_, known)| *known == choice).expect("every choice has a name").0
}

/// The choice of that name, without regard to case.
pub(super) fn read_choice<T: Copy>(choices: &[(&str, T)], text: &str) -> Option<T> {
    choices.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)).map(|(_, choice)| *choice)
}

fn number_or_never(number: Option<u32>) -> Value {
    number.map_or_else(|| NEVER.into(), |number| i64::from(number).into())
}

/// A proxy's address as a URL; people leave out `http://`.
fn proxy_address(text: &str) -> Option<Url> {
    let address = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    Url::parse(&address).ok()
}

fn has_credentials(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

/// Whether the settings hold a user name or a password of a proxy, which an open file must not.
pub(super) fn hold_credentials(settings: &Settings) -> bool {
    match &settings.proxy {
        ProxySetting::Manual(address) => proxy_address(address.trim()).is_some_and(|url| has_credentials(&url)),
        ProxySetting::System | ProxySetting::None => false,
    }
}

pub(super) struct Reader<'a> {
    pub(super) table: &'a Table,
    pub(super) warnings: &'a mut Vec<SettingsWarning>,
}

impl<'a> Reader<'a> {
    pub(super) fn wrong<T>(&mut self, key: &'static str, expected: &'static str) -> Option<T> {
        self.warnings.push(SettingsWarning::WrongValue { key, expected });
        None
    }

    fn text(&mut self, key: &'static str, expected: &'static str) -> Option<&'a str> {
        let item = self.table.get(key)?;
        item.as_str().or_else(|| self.wrong(key, expected))
    }

    fn choice<T: Copy>(&mut self, key: &'static str, choices: &[(&str, T)], expected: &'static str, default: T) -> T {
        let Some(text) = self.text(key, expected) else { return default };
        read_choice(choices, text).or_else(|| self.wrong(key, expected)).unwrap_or(default)
    }

    fn switch(&mut self, key: &'static str) -> Option<bool> {
        let item = self.table.get(key)?;
        item.as_bool().or_else(|| self.wrong(key, "true or false"))
    }

    fn limited(&mut self, key: &'static str, limits: RangeInclusive<u32>) -> Option<u32> {
        let item = self.table.get(key)?;
        let Some(given) = item.as_integer() else { return self.wrong(key, "a whole number") };
        let (lowest, highest) = (*limits.start(), *limits.end());
        let used = u32::try_from(given.clamp(lowest.into(), highest.into())).expect("clamped between two u32");
        if i64::from(used) != given {
            self.warnings.push(SettingsWarning::OutOfRange { key, given, lowest, highest, used });
        }
        Some(used)
    }

    fn limited_or_never(
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

    fn proxy(&mut self) -> Option<ProxySetting> {
        const EXPECTED: &str = "“system”, “none” or an address such as http://proxy.contoso.com:8080";
        let text = self.text(PROXY, EXPECTED)?.trim();
        if text.eq_ignore_ascii_case("system") {
            return Some(ProxySetting::System);
        }
        if text.eq_ignore_ascii_case("none") {
            return Some(ProxySetting::None);
        }
        match proxy_address(text) {
            Some(url) if has_credentials(&url) => {
                self.warnings.push(SettingsWarning::ProxyCredentials);
                None
            }
            Some(url)
                if matches!(url.scheme(), "http" | "https")
                    && url.host_str().is_some()
                    && text.contains(['.', ':']) =>
            {
                Some(ProxySetting::Manual(text.to_owned()))
            }
            _ => self.wrong(PROXY, EXPECTED),
        }
    }
}

//! Each setting's key, its spelling in TOML, and what happens to a value that cannot be.

use std::ops::RangeInclusive;
use std::path::PathBuf;

use toml_edit::{Array, Table, Value};
use url::Url;

use super::value_reader::{Reader, SettingsWarning, name_of, number_or_never, put_value};
use super::{ProxySetting, RECENT_VAULTS_LIMIT, RendererChoice, Settings, ThemeChoice, list, reminders};
use crate::profile::ClientId;

const THEME: &str = "theme";
const ZOOM: &str = "zoom_percent";
const LIST_WIDTH: &str = "list_width";
const AUTO_LOCK: &str = "auto_lock_minutes";
const LOCK_WITH_SESSION: &str = "lock_with_session";
const LOCK_ON_MINIMISE: &str = "lock_on_minimise";
const HIDE_FROM_CAPTURE: &str = "hide_from_screen_capture";
const CLIPBOARD: &str = "clipboard_seconds";
const RECENT_VAULTS: &str = "recent_vaults";
const BACKUPS: &str = "backups_kept";
const VAULT: &str = "vault_path";
const PROXY: &str = "proxy";
const READ_EXPIRY: &str = "read_expiry";
const SIGN_IN_CLIENT: &str = "sign_in_client";
const RENDERER: &str = "renderer";
/// Stands before the address of a script (PAC).
const SCRIPT: &str = "pac+";

const ZOOM_LIMITS: RangeInclusive<u32> = 75..=200;
const LIST_WIDTH_LIMITS: RangeInclusive<u32> = 230..=1600;
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
        list_width: reader
            .limited(LIST_WIDTH, LIST_WIDTH_LIMITS)
            .and_then(|points| u16::try_from(points).ok())
            .unwrap_or(default.list_width),
        auto_lock_minutes: reader.limited_or_never(AUTO_LOCK, AUTO_LOCK_LIMITS, default.auto_lock_minutes),
        lock_with_session: reader.switch(LOCK_WITH_SESSION).unwrap_or(default.lock_with_session),
        lock_on_minimise: reader.switch(LOCK_ON_MINIMISE).unwrap_or(default.lock_on_minimise),
        hide_from_screen_capture: reader.switch(HIDE_FROM_CAPTURE).unwrap_or(default.hide_from_screen_capture),
        clipboard_seconds: reader.limited_or_never(CLIPBOARD, CLIPBOARD_LIMITS, default.clipboard_seconds),
        vault_path: reader.text(VAULT, "a path in quotes").filter(|path| !path.is_empty()).map(PathBuf::from),
        recent_vaults: reader.recent_vaults(),
        backups_kept: reader.limited(BACKUPS, BACKUPS_LIMITS).unwrap_or(default.backups_kept),
        proxy: reader.proxy().unwrap_or(default.proxy),
        read_expiry: reader.switch(READ_EXPIRY).unwrap_or(default.read_expiry),
        sign_in_client: reader.sign_in_client(),
        renderer: reader.choice(RENDERER, &RENDERERS, "“cpu” or “gpu”", default.renderer),
        list: list::read(&mut reader),
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
            SettingsWarning::Unreadable { .. }
            | SettingsWarning::NotToml { .. }
            | SettingsWarning::WebhookForm { .. } => false,
        })
    };
    let mut put = |key: &str, same: SameAsNow, new: Value| {
        if same == SameAsNow::No || wrong(key) {
            put_value(table, key, new);
        }
    };
    put(THEME, same(&now.theme, &settings.theme), name_of(&THEMES, settings.theme).into());
    put(ZOOM, same(&now.zoom_percent, &settings.zoom_percent), i64::from(settings.zoom_percent).into());
    put(LIST_WIDTH, same(&now.list_width, &settings.list_width), i64::from(settings.list_width).into());
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
    // A path that is no text cannot be in TOML, and is no reason to save nothing.
    let recent: Array = settings.recent_vaults.iter().filter_map(|path| path.to_str()).collect();
    put(RECENT_VAULTS, same(&now.recent_vaults, &settings.recent_vaults), recent.into());
    put(BACKUPS, same(&now.backups_kept, &settings.backups_kept), i64::from(settings.backups_kept).into());
    let proxy = match &settings.proxy {
        ProxySetting::System => "system".to_owned(),
        ProxySetting::None => "none".to_owned(),
        ProxySetting::Manual(address) => address.clone(),
        ProxySetting::Script(address) => format!("{SCRIPT}{address}"),
    };
    put(PROXY, same(&now.proxy, &settings.proxy), proxy.into());
    put(READ_EXPIRY, same(&now.read_expiry, &settings.read_expiry), settings.read_expiry.into());
    let client = settings.sign_in_client.map(|id| id.to_string()).unwrap_or_default();
    put(SIGN_IN_CLIENT, same(&now.sign_in_client, &settings.sign_in_client), client.into());
    put(RENDERER, same(&now.renderer, &settings.renderer), name_of(&RENDERERS, settings.renderer).into());
    list::write(&settings.list, &now.list, table, &wrong);
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
        ProxySetting::Manual(address) | ProxySetting::Script(address) => {
            proxy_address(address.trim()).is_some_and(|url| has_credentials(&url))
        }
        ProxySetting::System | ProxySetting::None => false,
    }
}

impl Reader<'_> {
    fn recent_vaults(&mut self) -> Vec<PathBuf> {
        const EXPECTED: &str = "a list of paths in quotes";
        let Some(item) = self.table.get(RECENT_VAULTS) else { return Vec::new() };
        let texts = item.as_array().and_then(|paths| paths.iter().map(Value::as_str).collect::<Option<Vec<_>>>());
        let Some(texts) = texts else { return self.wrong(RECENT_VAULTS, EXPECTED).unwrap_or_default() };
        let mut paths: Vec<PathBuf> = Vec::new();
        for path in texts.into_iter().filter(|text| !text.is_empty()).map(PathBuf::from) {
            if !paths.contains(&path) && paths.len() < RECENT_VAULTS_LIMIT {
                paths.push(path);
            }
        }
        paths
    }

    fn sign_in_client(&mut self) -> Option<ClientId> {
        const EXPECTED: &str = "an Application (client) ID in quotes";
        let text = self.text(SIGN_IN_CLIENT, EXPECTED)?.trim();
        if text.is_empty() {
            return None;
        }
        ClientId::parse(text).ok().or_else(|| self.wrong(SIGN_IN_CLIENT, EXPECTED))
    }

    fn proxy(&mut self) -> Option<ProxySetting> {
        const EXPECTED: &str = "“system”, “none”, an address such as http://proxy.contoso.com:8080, or a script's address \
                                such as pac+http://wpad.contoso.com/proxy.pac";
        let text = self.text(PROXY, EXPECTED)?.trim();
        if text.eq_ignore_ascii_case("system") {
            return Some(ProxySetting::System);
        }
        if text.eq_ignore_ascii_case("none") {
            return Some(ProxySetting::None);
        }
        let script = text.split_at_checked(SCRIPT.len()).filter(|(mark, _)| mark.eq_ignore_ascii_case(SCRIPT));
        let url = proxy_address(script.map_or(text, |(_, address)| address));
        if url.as_ref().is_some_and(has_credentials) {
            self.warnings.push(SettingsWarning::ProxyCredentials);
            return None;
        }
        if let Some((_, address)) = script {
            // Whether it can be used is said when it is used: then it is refused, and nothing is sent.
            return Some(ProxySetting::Script(address.to_owned()));
        }
        match url {
            Some(url)
                if matches!(url.scheme(), "http" | "https" | "socks5" | "socks5h")
                    && url.host_str().is_some()
                    && text.contains(['.', ':']) =>
            {
                Some(ProxySetting::Manual(text.to_owned()))
            }
            _ => self.wrong(PROXY, EXPECTED),
        }
    }
}

//! The settings file from outside: it always loads, and saving loses nothing.

use std::fs;
use std::path::PathBuf;

use a365_password_tool::profile::ClientId;
use a365_password_tool::settings::{
    COLUMN_WIDTHS, GroupBy, ListColumn, ListSettings, ListSort, ProxySetting, RECENT_PROFILES_LIMIT,
    RECENT_VAULTS_LIMIT, ReminderSettings, RendererChoice, RowHeight, Settings, SettingsError, SettingsWarning,
    ThemeChoice,
};
use proptest::prelude::*;
use uuid::Uuid;

fn load(text: &str) -> (Settings, Vec<SettingsWarning>) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("settings.toml");
    fs::write(&path, text).expect("the file");
    Settings::load(&path)
}

/// What the file holds after `settings` were saved over `text`.
fn saved_over(text: &str, settings: &Settings) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("settings.toml");
    fs::write(&path, text).expect("the file");
    settings.save(&path).expect("saved");
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1, "nothing is left beside the file");
    fs::read_to_string(&path).expect("the file")
}

#[test]
fn a_missing_file_means_the_defaults() {
    let folder = tempfile::tempdir().expect("a folder");
    let (settings, warnings) = Settings::load(&folder.path().join("none/settings.toml"));
    assert_eq!((settings.clone(), warnings), (Settings::default(), Vec::new()));
    assert_eq!(settings.zoom_percent, 100);
    assert_eq!(settings.auto_lock_minutes, Some(10));
    assert_eq!(settings.clipboard_seconds, Some(30));
    assert!(!settings.read_expiry);
}

#[test]
fn every_setting_is_read() {
    let (settings, warnings) = load(
        "\u{feff}theme = 'Dark'\r\nzoom_percent = 150\r\nlist_width = 500\r\nauto_lock_minutes = 'never'\r\nclipboard_seconds = 60\r\n\
         backups_kept = 25\r\nvault_path = 'D:\\Vaults\\a.a365vault'\r\nproxy = 'proxy.contoso.com:8080'\r\nread_expiry = true\r\n\
         sign_in_client = '11112222-AAAA-3333-bbbb-4444cccc5555'\r\n\
         recent_vaults = ['D:\\Vaults\\a.a365vault', 'b.a365vault', 'b.a365vault', '']\r\n\
         renderer = 'gpu'\r\nlock_with_session = false\r\nlock_on_minimise = true\r\nhide_from_screen_capture = true\r\n\
         [list]\r\ngroup_by = 'Tag'\r\nfavorites_first = true\r\nrows = 'compact'\r\ncolumns = ['expires', 'Tags', 'tags']\r\n\
         favorites = ['00000000-0000-0000-0000-000000000007']\r\nwidths = { Tags = 200 }\r\nsort = 'last_test'\r\n\
         expiring_within = 30\r\nrecent = ['00000000-0000-0000-0000-000000000008']\r\n",
    );
    let expected = Settings {
        theme: ThemeChoice::Dark,
        zoom_percent: 150,
        list_width: 500,
        list: ListSettings {
            group_by: GroupBy::Tag,
            favorites: [Uuid::from_u128(7)].into(),
            favorites_first: true,
            columns: [ListColumn::Tags, ListColumn::Expires].into(),
            rows: RowHeight::Compact,
            widths: [(ListColumn::Tags, 200)].into(),
            sort: ListSort::LastTest,
            expiring_within: 30,
            recent: vec![Uuid::from_u128(8)],
        },
        auto_lock_minutes: None,
        lock_with_session: false,
        lock_on_minimise: true,
        hide_from_screen_capture: true,
        clipboard_seconds: Some(60),
        backups_kept: 25,
        vault_path: Some(PathBuf::from("D:\\Vaults\\a.a365vault")),
        recent_vaults: vec![PathBuf::from("D:\\Vaults\\a.a365vault"), PathBuf::from("b.a365vault")],
        proxy: ProxySetting::Manual("proxy.contoso.com:8080".to_owned()),
        read_expiry: true,
        sign_in_client: ClientId::parse("11112222-aaaa-3333-bbbb-4444cccc5555").ok(),
        renderer: RendererChoice::Gpu,
        reminders: ReminderSettings::default(),
    };
    assert_eq!((settings, warnings), (expected, Vec::new()));
}

#[test]
fn a_wrong_value_is_a_warning_and_the_default() {
    let wrong = [
        ("theme", "'pink'"),
        ("theme", "1"),
        ("zoom_percent", "'big'"),
        ("auto_lock_minutes", "'soon'"),
        ("auto_lock_minutes", "true"),
        ("clipboard_seconds", "1.5"),
        ("vault_path", "[]"),
        ("recent_vaults", "'a.a365vault'"),
        ("recent_vaults", "['a.a365vault', 1]"),
        ("proxy", "'socks4://p:1'"),
        ("proxy", "'nonsense'"),
        ("read_expiry", "'yes'"),
        ("sign_in_client", "'Contoso'"),
        ("sign_in_client", "5"),
        ("renderer", "'vulkan'"),
        ("list", "'tag'"),
        ("list.group_by", "'tags'"),
        ("list.favorites", "['7']"),
        ("list.favorites", "true"),
        ("list.favorites_first", "1"),
        ("list.columns", "['name']"),
        ("list.rows", "'tall'"),
        ("list.widths", "{ tags = 39 }"),
        ("list.widths", "{ name = 100 }"),
        ("list.sort", "'size'"),
        ("list.expiring_within", "0"),
        ("list.recent", "['7']"),
    ];
    for (key, value) in wrong {
        let (settings, warnings) = load(&format!("{key} = {value}"));
        assert_eq!(settings, Settings::default(), "{key} = {value}");
        let [SettingsWarning::WrongValue { key: named, .. }] = warnings.as_slice() else {
            panic!("{key} = {value}: {warnings:?}")
        };
        assert_eq!(*named, key);
    }
}

#[test]
fn a_number_beyond_its_limits_becomes_the_nearest() {
    let cases = [
        ("zoom_percent = 74", "between 75 and 200"),
        ("zoom_percent = 201", "between 75 and 200"),
        ("list_width = 229", "between 230 and 1600"),
        ("auto_lock_minutes = 0", "between 1 and 1440"),
        ("auto_lock_minutes = -9223372036854775808", "between 1 and 1440"),
        ("clipboard_seconds = 601", "between 5 and 600"),
    ];
    for (text, limits) in cases {
        let (_, warnings) = load(text);
        assert!(matches!(warnings.as_slice(), [SettingsWarning::OutOfRange { .. }]), "{text}: {warnings:?}");
        assert!(warnings[0].to_string().contains(limits), "{}", warnings[0]);
    }
    assert_eq!(load("zoom_percent = 500").0.zoom_percent, 200);
    assert_eq!(load("auto_lock_minutes = 0").0.auto_lock_minutes, Some(1));
}

#[test]
fn a_proxys_password_is_not_taken_from_the_open_file() {
    let (settings, warnings) = load("proxy = 'http://me:hunter2@proxy.contoso.com:8080'");
    assert_eq!(settings.proxy, ProxySetting::System);
    assert_eq!(warnings, [SettingsWarning::ProxyCredentials]);
    assert!(!warnings[0].to_string().contains("hunter2"));

    let (settings, warnings) = load("proxy = 'pac+http://me:hunter2@wpad.contoso.com/proxy.pac'");
    assert_eq!((settings.proxy, warnings.as_slice()), (ProxySetting::System, &[SettingsWarning::ProxyCredentials][..]));

    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("settings.toml");
    let script = ProxySetting::Script("http://me:hunter2@wpad.contoso.com/proxy.pac".to_owned());
    let with_script = Settings { proxy: script, ..Settings::default() };
    assert!(matches!(with_script.save(&path), Err(SettingsError::ProxyCredentials)));
    for address in ["http://me:hunter2@proxy.contoso.com:8080", "me:hunter2@proxy.contoso.com:8080"] {
        let settings = Settings { proxy: ProxySetting::Manual(address.to_owned()), ..Settings::default() };
        assert!(matches!(settings.save(&path), Err(SettingsError::ProxyCredentials)), "{address}");
        assert!(!path.exists(), "nothing is written");
    }
}

#[test]
fn a_scripts_address_that_cannot_be_used_stays_set_so_that_it_is_refused_and_not_passed_by() {
    for address in ["http://wpad.contoso.com/proxy.pac", "http://", "nonsense", ""] {
        let (settings, warnings) = load(&format!("proxy = 'PAC+{address}'"));
        assert_eq!((settings.proxy, warnings), (ProxySetting::Script(address.to_owned()), Vec::new()));
    }
}

#[test]
fn a_file_that_is_no_toml_names_its_line_and_is_kept_when_saving() {
    let text = "theme = 'dark'\nzoom_percent 150\n";
    let (settings, warnings) = load(text);
    assert_eq!(settings, Settings::default());
    assert!(matches!(warnings.as_slice(), [SettingsWarning::NotToml { line: 2, .. }]), "{warnings:?}");

    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("settings.toml");
    fs::write(&path, text).expect("the file");
    Settings { zoom_percent: 125, ..Settings::default() }.save(&path).expect("saved");
    assert_eq!(Settings::load(&path).0.zoom_percent, 125);
    let kept = fs::read_to_string(folder.path().join("settings.toml.unreadable")).expect("the old file");
    assert_eq!(kept, text);
}

#[test]
fn saving_keeps_comments_unknown_keys_and_what_did_not_change() {
    let before = "# mine\nzoom_percent = 110 # for the beamer\nfuture = [1, 2]\ntheme = \"LIGHT\"\n\n[later]\na = 1\n";
    let (mut settings, _) = load(before);
    assert_eq!(saved_over(before, &settings), before, "nothing changed, nothing is written anew");
    settings.zoom_percent = 175;
    settings.clipboard_seconds = None;
    let after = before.replace("110", "175").replace("\"LIGHT\"\n", "\"LIGHT\"\nclipboard_seconds = \"never\"\n");
    assert_eq!(saved_over(before, &settings), after);
}

#[test]
fn saving_makes_the_folder_and_says_why_it_cannot() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a/b/settings.toml");
    Settings::default().save(&path).expect("saved");
    assert_eq!(Settings::load(&path), (Settings::default(), Vec::new()));

    let below_a_file = path.join("settings.toml");
    let error = Settings::default().save(&below_a_file).expect_err("a file is no folder");
    assert!(error.to_string().contains("settings.toml"), "{error}");
}

#[cfg(unix)]
#[test]
fn a_link_to_the_settings_stays_a_link() {
    let folder = tempfile::tempdir().expect("a folder");
    let (real, link) = (folder.path().join("real.toml"), folder.path().join("settings.toml"));
    fs::write(&real, "zoom_percent = 90\n").expect("the file");
    std::os::unix::fs::symlink(&real, &link).expect("a link");
    Settings { zoom_percent: 80, ..Settings::default() }.save(&link).expect("saved");
    assert!(fs::symlink_metadata(&link).expect("the link").is_symlink());
    assert_eq!(fs::read_to_string(&real).expect("the file"), "zoom_percent = 80\n");
}

fn any_client(number: u16) -> ClientId {
    ClientId::parse(&format!("{number:08x}-aaaa-3333-bbbb-4444cccc5555")).expect("an ID")
}

fn any_settings() -> impl Strategy<Value = Settings> {
    let minutes = prop::option::of(1u32..=1440);
    let seconds = prop::option::of(5u32..=600);
    let theme = prop::sample::select(vec![ThemeChoice::System, ThemeChoice::Light, ThemeChoice::Dark]);
    let renderer = prop::sample::select(vec![RendererChoice::Cpu, RendererChoice::Gpu]);
    let path = prop::option::of("[^\0]{1,20}".prop_map(PathBuf::from));
    let recent = prop::collection::hash_set("[^\0]{1,20}".prop_map(PathBuf::from), 0..=RECENT_VAULTS_LIMIT);
    let proxy = prop_oneof![
        Just(ProxySetting::System),
        Just(ProxySetting::None),
        "[a-z]{1,9}:[1-9][0-9]{1,3}".prop_map(ProxySetting::Manual),
        "socks5h?://[a-z]{1,9}:[1-9][0-9]{1,3}".prop_map(ProxySetting::Manual),
        "https?://[a-z]{1,9}/[a-z]{1,9}[.]pac".prop_map(ProxySetting::Script),
    ];
    let switches = any::<[bool; 4]>();
    let group_by = prop::sample::select(vec![GroupBy::None, GroupBy::Tag, GroupBy::Tenant]);
    let favorites = prop::collection::btree_set(any::<u128>().prop_map(Uuid::from_u128), 0..5);
    let columns = prop::sample::subsequence(ListColumn::ALL.to_vec(), 0..=4);
    let rows = prop::sample::select(vec![RowHeight::Comfortable, RowHeight::Compact]);
    let sort = prop::sample::select(vec![
        ListSort::Name,
        ListSort::State,
        ListSort::Expiry,
        ListSort::Environment,
        ListSort::Tags,
        ListSort::LastTest,
    ]);
    let widths = prop::collection::btree_map(prop::sample::select(ListColumn::ALL.to_vec()), COLUMN_WIDTHS, 0..=4);
    let used = prop::collection::vec(any::<u128>().prop_map(Uuid::from_u128), 0..=RECENT_PROFILES_LIMIT);
    let look = (widths, sort, 1u16..=730, used);
    let list = (group_by, favorites, any::<bool>(), columns, rows, look).prop_map(
        |(group_by, favorites, favorites_first, columns, rows, look)| {
            let (widths, sort, expiring_within, recent) = look;
            ListSettings {
                group_by,
                favorites,
                favorites_first,
                columns: columns.into_iter().collect(),
                widths,
                rows,
                sort,
                expiring_within,
                recent,
            }
        },
    );
    let numbers = (75u16..=200, 230u16..=1600, minutes, seconds, 1u32..=50);
    (theme, numbers, path, recent, proxy, switches, (renderer, list)).prop_map(
        |(theme, numbers, vault_path, recent, proxy, switches, (renderer, list))| {
            let (zoom_percent, list_width, auto_lock_minutes, clipboard_seconds, backups_kept) = numbers;
            let [read_expiry, lock_with_session, lock_on_minimise, hide_from_screen_capture] = switches;
            Settings {
                theme,
                zoom_percent,
                list_width,
                list,
                auto_lock_minutes,
                lock_with_session,
                lock_on_minimise,
                hide_from_screen_capture,
                clipboard_seconds,
                backups_kept,
                vault_path,
                recent_vaults: recent.into_iter().collect(),
                proxy,
                read_expiry,
                sign_in_client: list_width.is_multiple_of(2).then(|| any_client(zoom_percent)),
                renderer,
                ..Settings::default()
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_saved_is_loaded(first in any_settings(), second in any_settings()) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("settings.toml");
        for settings in [first, second] {
            settings.save(&path).expect("saved");
            prop_assert_eq!(Settings::load(&path), (settings, Vec::new()));
        }
    }

    #[test]
    fn any_file_loads(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("settings.toml");
        fs::write(&path, bytes).expect("the file");
        let (settings, _) = Settings::load(&path);
        prop_assert!((75..=200).contains(&settings.zoom_percent));
    }
}

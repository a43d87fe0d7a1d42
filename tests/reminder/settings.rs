//! The table `[reminders]` of the settings file.

use std::fs;

use a365_password_tool::settings::{ReminderSettings, Settings, SettingsWarning, WebhookForm};
use chrono::NaiveTime;

fn load(text: &str) -> (ReminderSettings, Vec<SettingsWarning>) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("settings.toml");
    fs::write(&path, text).expect("the file");
    let (settings, warnings) = Settings::load(&path);
    (settings.reminders, warnings)
}

fn saved_over(text: &str, reminders: ReminderSettings) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("settings.toml");
    fs::write(&path, text).expect("the file");
    let (settings, _) = Settings::load(&path);
    Settings { reminders, ..settings }.save(&path).expect("saved");
    fs::read_to_string(&path).expect("the file")
}

fn all_set() -> ReminderSettings {
    let time = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 0).expect("a time");
    ReminderSettings {
        days: vec![90, 30, 1],
        quiet_hours: Some((time(18, 0), time(8, 30))),
        without_date: false,
        notify: false,
        webhook: "https://contoso.example/hook?sig=x".parse().ok(),
        webhook_form: WebhookForm::Teams,
        offer_dismissed: "2027-05-31".parse().ok(),
    }
}

const ALL_SET: &str = "[reminders]\ndays = [30, 90, 1, 30]\nquiet_hours = \"18:00-08:30\"\nwithout_date = false\n\
    notify = false\nwebhook = \"https://contoso.example/hook?sig=x\"\nwebhook_form = \"Teams\"\noffer = \"2027-05-31\"\n";

#[test]
fn every_reminder_setting_is_read_and_written() {
    assert_eq!(load(""), (ReminderSettings::default(), Vec::new()));
    assert_eq!(load(ALL_SET), (all_set(), Vec::new()));
    assert_eq!(load(&saved_over("", all_set())), (all_set(), Vec::new()));
    assert_eq!(load("reminders = { days = [5] }").0.days, [5], "an inline table is a table");
    for earlier in ["true", "false"] {
        let (settings, warnings) = load(&format!("[reminders]\noffer = {earlier}"));
        assert_eq!((settings.offer_dismissed, warnings.len()), (None, 0), "as earlier versions wrote it: {earlier}");
    }
}

#[test]
fn an_address_that_takes_one_form_only_decides_the_form() {
    let form =
        |address: &str, more: &str| load(&format!("[reminders]\nwebhook = \"{address}\"\n{more}")).0.webhook_form;
    for teams in [
        "https://default0a.1b.environment.api.powerplatform.com:443/powerautomate/x",
        "https://prod-1.westeurope.logic.azure.com:443/workflows/x",
        "https://contoso.webhook.office.com/webhookb2/x",
    ] {
        assert_eq!(form(teams, ""), WebhookForm::Teams, "{teams}");
        assert_eq!(form(teams, "webhook_form = \"json\""), WebhookForm::Json, "what the file says counts");
    }
    assert_eq!(form("https://hooks.slack.com/services/x", ""), WebhookForm::Slack);
    let warnings = |address: &str, form: &str| {
        let text = format!("[reminders]\nwebhook = \"{address}\"\nwebhook_form = \"{form}\"");
        load(&text).1.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let flow = "https://default0a.1b.environment.api.powerplatform.com:443/powerautomate/x?sig=made";
    for (address, fitting, others) in
        [(flow, "teams", ["json", "slack"]), ("https://hooks.slack.com/services/made", "slack", ["json", "teams"])]
    {
        assert_eq!(warnings(address, fitting), Vec::<String>::new());
        for other in others {
            let [warning] = &warnings(address, other)[..] else { panic!("{address} {other} goes unsaid") };
            assert!(warning.contains("reminders.webhook_form") && !warning.contains("made"), "{warning}");
        }
    }
    assert_eq!(warnings("https://contoso.example/x", "teams"), Vec::<String>::new());
    for other in ["https://contoso.example/x", "https://evillogic.azure.com/x", "https://hooks.slack.com.example/x"] {
        assert_eq!(form(other, ""), WebhookForm::Json, "{other}");
    }
}

#[test]
fn a_wrong_reminder_setting_is_a_warning_and_the_default() {
    let wrong = [
        ("days", "[]"),
        ("days", "[0]"),
        ("days", "[731]"),
        ("days", "30"),
        ("days", "['30']"),
        ("quiet_hours", "'18-8'"),
        ("quiet_hours", "'25:00-08:00'"),
        ("without_date", "'yes'"),
        ("notify", "1"),
        ("offer", "'no'"),
        ("webhook", "'http://contoso.example/'"),
        ("webhook", "'https://user:word@contoso.example/'"),
        ("webhook", "'contoso.example'"),
        ("webhook_form", "'xml'"),
    ];
    for (key, value) in wrong {
        let (settings, warnings) = load(&format!("[reminders]\n{key} = {value}"));
        assert_eq!(settings, ReminderSettings::default(), "{key} = {value}");
        let [SettingsWarning::WrongValue { key: named, .. }] = warnings.as_slice() else {
            panic!("{key} = {value}: {warnings:?}")
        };
        assert_eq!(*named, format!("reminders.{key}"));
    }
    assert!(matches!(load("reminders = 1").1.as_slice(), [SettingsWarning::WrongValue { key: "reminders", .. }]));
}

#[test]
fn saving_keeps_comments_and_unknown_keys_and_touches_nothing_else() {
    let text = "theme = 'dark' # mine\n\n# Before the audit.\n[reminders]\ndays = [45] # days\nunknown = 1\n";
    let (before, _) = load(text);
    assert_eq!(saved_over(text, before.clone()), text, "nothing changed");
    let changed = ReminderSettings { notify: false, ..before.clone() };
    assert_eq!(saved_over(text, changed), format!("{text}notify = false\n"));
    let changed = ReminderSettings { days: vec![7, 1], ..before };
    assert_eq!(saved_over(text, changed), text.replace("[45]", "[7, 1]"));
    let mended = saved_over("[reminders]\nnotify = 'x'\n", ReminderSettings::default());
    assert_eq!(mended, "[reminders]\nnotify = true\n");
}

#[test]
fn a_webhooks_address_is_not_printed() {
    assert!(!format!("{:?}", all_set()).contains("sig"));
    let warnings = load("[reminders]\nwebhook = 'http://contoso.example/?sig=x'").1;
    assert!(warnings.iter().all(|warning| !warning.to_string().contains("sig")));
}

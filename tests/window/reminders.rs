//! The reminders on a profile's form, in the settings, and the offer to have them with the app closed.

use a365_password_tool::app::{
    state::{AppState, Command, Page, ProfileCommand, ReminderCommand},
    tasks::{
        Answer, OwnChange, Posted, ReminderNews, ReminderRequest, Request, SettingsRequest, VaultReminderRequest,
        VaultRequest, WatchedVault,
    },
};
use a365_password_tool::reminder::{
    own::Own,
    rule::ReminderRule,
    schedule::{Scheduler, State},
    snooze::Snooze,
};
use a365_password_tool::settings::WebhookForm;
use chrono::NaiveTime;
use egui::accesskit::{Role, Toggled};
use egui::vec2;
use egui_kittest::kittest::{NodeT, Queryable};
use uuid::Uuid;

use crate::harness::{Window, answer, fill, opened, press, profile, requests, says, several, small, window};

/// A schedule that a test turns on and off.
pub fn schedule(state: State) -> Answer {
    Answer::Reminders(ReminderNews::Schedule(Ok(state)))
}

/// The form of “Contoso production”, which lapses in ten days.
fn form() -> Window {
    let mut state = opened(several());
    state.handle(Command::Profiles(ProfileCommand::Select(several()[1].id)));
    let mut window = small(state);
    requests(&mut window);
    window
}

fn open_fold(window: &mut Window) {
    window.get_by_label_contains("Next reminder: ").click();
    window.run();
}

fn settings(state: AppState) -> Window {
    let mut state = state;
    state.handle(Command::Show(Page::Settings));
    let mut window = window(state, vec2(1024.0, 1400.0), egui::Theme::Light);
    requests(&mut window);
    window
}

fn changed(window: &mut Window) -> OwnChange {
    let asked = requests(window);
    let [Request::Vault(VaultRequest::Reminders(VaultReminderRequest::Change(id, change)))] = asked.as_slice() else {
        panic!("what is set for the profile is kept")
    };
    assert_eq!(*id, several()[1].id);
    change.clone()
}

fn day(text: &str) -> chrono::NaiveDate {
    text.parse().expect("a test's own date")
}

#[test]
fn the_form_tells_the_next_reminder_and_takes_days_of_its_own() {
    let mut window = form();
    assert!(says(&window, "Next reminder: 26 Nov 2026 (7 days before expiry)"));
    assert!(!says(&window, "Days before expiry"), "the fold is closed at first");
    open_fold(&mut window);
    fill(&mut window, "Days before expiry", "9, 400000");
    assert!(says(&window, "Enter the days before expiry as whole numbers from 1 to 730"));
    window.state_mut().state.handle(Command::Reminders(ReminderCommand::SetRule(several()[1].id, None)));
    window.run();
    requests(&mut window);
    fill(&mut window, "Days before expiry", "2,9");
    window.key_press(egui::Key::Enter);
    window.run();
    assert_eq!(changed(&mut window), OwnChange::Rule(Some(ReminderRule::Days(vec![9, 2]))));
    assert!(says(&window, "Next reminder: tomorrow (9 days before expiry)"));
    assert_eq!(window.get_by_label("Days before expiry").value().as_deref(), Some("9, 2"));
    window.get_by_label("No reminders for this profile").click();
    window.run();
    assert_eq!(changed(&mut window), OwnChange::Rule(Some(ReminderRule::Off)));
    assert!(says(&window, "No reminders"));
}

#[test]
fn a_profile_is_put_off_for_a_week_until_a_day_and_again_as_usual() {
    let mut window = form();
    open_fold(&mut window);
    press(&mut window, "For a week");
    let expires = several()[1].secret_expires;
    let snooze = |until| Snooze { until: day(until), since: day("2026-11-23"), expires };
    assert_eq!(changed(&mut window), OwnChange::Snooze(Some(snooze("2026-11-30"))));
    assert!(says(&window, "Reminders for “Contoso production” are snoozed until 30 Nov 2026."));
    assert!(says(&window, "Next reminder: 30 Nov 2026 (3 days before expiry)"));
    press(&mut window, "Remind me again");
    assert_eq!(changed(&mut window), OwnChange::Snooze(None));
    fill(&mut window, "Snooze", "2026-11-23");
    assert!(says(&window, "Choose a day after today."));
    press(&mut window, "Choose a day");
    press(&mut window, "25 Nov 2026");
    press(&mut window, "Snooze until this day");
    assert_eq!(changed(&mut window), OwnChange::Snooze(Some(snooze("2026-11-25"))));
}

#[test]
fn the_fold_is_open_where_something_is_set_and_a_refused_change_is_shown() {
    let mut state = opened(several());
    let own = Own { rule: Some(ReminderRule::Days(vec![90])), snooze: None };
    state.receive(Answer::Reminders(ReminderNews::Own([(several()[1].id, own)].into_iter().collect())));
    state.handle(Command::Profiles(ProfileCommand::Select(several()[1].id)));
    let mut window = small(state);
    assert_eq!(window.get_by_label("Days before expiry").value().as_deref(), Some("90"));
    let text = "The reminders are as they were. The disk is full.".to_owned();
    answer(&mut window, Answer::Reminders(ReminderNews::NotKept(text)));
    answer(&mut window, Answer::Reminders(ReminderNews::Own(Default::default())));
    assert!(says(&window, "The disk is full."));
    assert_eq!(window.get_by_label("Days before expiry").value().as_deref(), Some(""));
}

#[test]
fn a_new_profile_has_no_reminders_yet() {
    let mut state = opened(several());
    state.handle(Command::Profiles(ProfileCommand::New));
    assert!(!says(&small(state), "Next reminder"));
}

#[test]
fn the_mail_for_the_owner_is_copied_and_posted_and_holds_no_secret() {
    let mut window = form();
    open_fold(&mut window);
    press(&mut window, "E-mail for the owner…");
    assert!(says(&window, "Client secret expires on 3 December 2026: Contoso production"));
    press(&mut window, "Copy");
    let copied = window.state().copied.join("");
    assert!(copied.starts_with("Subject: Client secret expires on 3 December 2026: Contoso production\n\nHello,"));
    assert!(!copied.contains(&crate::harness::entra_secret()));
    let button = window.get_by_role_and_label(Role::Button, "Send to the webhook");
    assert!(button.accesskit_node().is_disabled(), "No webhook is set");
    window.state_mut().state.settings.reminders.webhook = "https://hooks.example/x".parse().ok();
    window.run();
    requests(&mut window);
    press(&mut window, "Send to the webhook");
    let asked = requests(&mut window);
    let [Request::Reminders(ReminderRequest::Post(post, webhook, Posted::Mail))] = asked.as_slice() else {
        panic!("it is posted")
    };
    assert_eq!(webhook.address.as_str(), "https://hooks.example/x");
    assert!(post.text.starts_with("Hello,") && !post.text.contains(&crate::harness::entra_secret()));
    answer(&mut window, Answer::Reminders(ReminderNews::Posted(Posted::Mail, Err("It answered 404.".to_owned()))));
    assert!(says(&window, "It answered 404."));
    press(&mut window, "Send to the webhook");
    answer(&mut window, Answer::Reminders(ReminderNews::Posted(Posted::Mail, Ok(()))));
    assert!(says(&window, "Sent to the webhook."));
    press(&mut window, "Close");
    assert!(!says(&window, "Sent to the webhook."));
}

#[test]
fn one_entry_for_the_calendar_is_asked_for() {
    let mut window = form();
    open_fold(&mut window);
    press(&mut window, "Calendar entry…");
    let asked = requests(&mut window);
    assert!(
        matches!(asked.as_slice(), [Request::Vault(VaultRequest::Reminders(VaultReminderRequest::WriteCalendar(profiles, _)))]
        if *profiles == [several()[1].id])
    );
}

fn switch(window: &Window) -> Option<Toggled> {
    window.get_by_label("Remind me when the app is closed").accesskit_node().toggled()
}

#[test]
fn the_switch_shows_what_is_so_and_not_what_was_asked() {
    let mut window = settings(opened(several()));
    assert!(says(&window, "Checking…"));
    answer(&mut window, schedule(State::Off));
    assert!(says(&window, "Off: no reminders while the app is closed."));
    window.get_by_label("Remind me when the app is closed").click();
    window.run();
    let asked = requests(&mut window);
    let nine = NaiveTime::from_hms_opt(9, 0, 0).expect("a time");
    let [
        Request::Reminders(ReminderRequest::TurnOn(at)),
        Request::Vault(VaultRequest::Reminders(VaultReminderRequest::Watch)),
    ] = asked.as_slice()
    else {
        panic!("it is turned on, and watches over this vault")
    };
    assert_eq!(*at, nine);
    assert_eq!(switch(&window), Some(Toggled::False), "not before it is so");
    let refused = "schtasks.exe refused (Access is denied).".to_owned();
    answer(&mut window, Answer::Reminders(ReminderNews::ScheduleRefused(refused)));
    answer(&mut window, schedule(State::Off));
    assert!(says(&window, "were not changed. schtasks.exe refused (Access is denied)."));
    assert_eq!(switch(&window), Some(Toggled::False));
    window.get_by_label("Remind me when the app is closed").click();
    window.run();
    answer(&mut window, schedule(State::On(Scheduler::SystemdTimer)));
    assert!(says(&window, "The check runs at sign-in and daily, by a systemd user timer."));
    assert!(says(&window, "Reminders are on, even when the app is closed."));
    assert_eq!(switch(&window), Some(Toggled::True));
    requests(&mut window);
    window.get_by_label("Remind me when the app is closed").click();
    window.run();
    assert!(matches!(requests(&mut window).as_slice(), [Request::Reminders(ReminderRequest::TurnOff)]));
}

#[test]
fn a_schedule_of_another_program_is_mended_and_an_unknown_one_looked_for_again() {
    let mut window = settings(opened(several()));
    answer(&mut window, schedule(State::OnForAnother(Scheduler::WindowsTask)));
    press(&mut window, "Repair");
    assert!(matches!(requests(&mut window)[0], Request::Reminders(ReminderRequest::TurnOn(_))));
    let unknown = "The program systemctl could not be started.".to_owned();
    answer(&mut window, Answer::Reminders(ReminderNews::Schedule(Err(unknown))));
    assert!(says(&window, "systemctl could not be started."));
    press(&mut window, "Check again");
    assert!(matches!(requests(&mut window).as_slice(), [Request::Reminders(ReminderRequest::LookAtSchedule)]));
}

#[test]
fn days_and_quiet_hours_are_taken_over_when_their_field_is_left() {
    let mut window = settings(opened(several()));
    answer(&mut window, schedule(State::On(Scheduler::SystemdTimer)));
    fill(&mut window, "Quiet hours", "8-12");
    assert!(says(&window, "Enter a time range such as 18:00-08:00"));
    assert!(requests(&mut window).is_empty());
    window.get_by_label("Quiet hours").focus();
    window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
    window.get_by_label("Quiet hours").type_text("08:00-12:00");
    window.run();
    window.key_press(egui::Key::Enter);
    window.run();
    let asked = requests(&mut window);
    let [Request::Settings(SettingsRequest::Save(_, settings)), Request::Reminders(ReminderRequest::TurnOn(at))] =
        asked.as_slice()
    else {
        panic!("they are kept, and the daily check moves to their end")
    };
    let noon = NaiveTime::from_hms_opt(12, 0, 0).expect("a time");
    assert_eq!((settings.reminders.quiet_hours.map(|(_, to)| to), *at), (Some(noon), noon));
    window.get_by_label("Remind me monthly").click();
    window.run();
    assert!(!window.state().state.settings.reminders.without_date);
}

#[test]
fn the_webhooks_address_is_typed_masked_and_shown_by_its_host_alone() {
    let mut window = settings(opened(several()));
    press(&mut window, "Set an address…");
    fill(&mut window, "Webhook address", "http://hooks.example/token");
    assert!(says(&window, "A webhook address must begin with https://"));
    assert!(window.get_by_role_and_label(Role::Button, "Save address").accesskit_node().is_disabled());
    press(&mut window, "Cancel");
    press(&mut window, "Set an address…");
    fill(&mut window, "Webhook address", "https://hooks.example/token");
    assert!(!says(&window, "token"));
    press(&mut window, "Save address");
    let asked = requests(&mut window);
    let [Request::Settings(SettingsRequest::Save(_, settings))] = asked.as_slice() else { panic!("it is kept") };
    assert_eq!(settings.reminders.webhook.as_ref().map(|url| url.as_str()), Some("https://hooks.example/token"));
    assert!(says(&window, "Reminders are posted to hooks.example"));
    let in_tree = |node: &egui_kittest::kittest::AccessKitNode<'_>| {
        node.label().is_some_and(|text| text.contains("token"))
            || node.value().is_some_and(|text| text.contains("token"))
    };
    assert_eq!(window.query_all_by(in_tree).count(), 0);
    press(&mut window, "Send a test message");
    let asked = requests(&mut window);
    let [Request::Reminders(ReminderRequest::Post(post, webhook, Posted::Test))] = asked.as_slice() else {
        panic!("it is posted")
    };
    assert_eq!((webhook.form, post.secrets.len()), (WebhookForm::Json, 0));
    assert!(webhook.network.proxy_credentials.is_none(), "the check has no vault, so the test has none");
    answer(&mut window, Answer::Reminders(ReminderNews::Posted(Posted::Test, Ok(()))));
    assert!(says(&window, "Test message sent."));
    press(&mut window, "Remove");
    assert_eq!(window.state().state.settings.reminders.webhook, None);
}

#[test]
fn what_an_address_tells_is_said_while_it_is_typed_and_beside_another_form() {
    let mut window = settings(opened(several()));
    press(&mut window, "Set an address…");
    let flow = "https://0a.environment.api.powerplatform.com/powerautomate/x";
    for (address, words) in [
        ("https://contoso.webhook.office.com/webhookb2/x", "Microsoft has retired these"),
        ("https://prod-1.westeurope.logic.azure.com/workflows/x?sig=y", "since 30 November 2025"),
        ("https://teams.microsoft.com/l/channel/x", "the address of a web page, not of a webhook"),
        (flow, "The end of this address is missing"),
        ("https://hooks.slack.com/triggers/x", "starts a Slack workflow"),
        ("https://discord.com/api/webhooks/1/x", "if you add “/slack”"),
        ("https://hooks.slack.com/services/x", "sent in the Slack format"),
        (&format!("{flow}?sig=y"), "sent in the Teams format"),
    ] {
        press(&mut window, "Cancel");
        press(&mut window, "Set an address…");
        fill(&mut window, "Webhook address", address);
        assert!(says(&window, words), "{address}");
    }
    press(&mut window, "Save address");
    let reminders = |window: &Window| window.state().state.settings.reminders.clone();
    assert_eq!(reminders(&window).webhook_form, WebhookForm::Teams);
    assert!(!says(&window, "choose Microsoft Teams"));
    window.state_mut().state.settings.reminders.webhook_form = WebhookForm::Json;
    window.run();
    assert!(says(&window, "choose Microsoft Teams, unless the workflow is your own"));
}

#[test]
fn a_typed_address_goes_with_the_lock() {
    let mut window = settings(opened(several()));
    press(&mut window, "Set an address…");
    fill(&mut window, "Webhook address", "https://hooks.example/token");
    window.state_mut().state.handle(Command::Lock);
    window.state_mut().state.receive(Answer::VaultOpened("x.a365vault".into(), several().into(), None));
    window.state_mut().state.handle(Command::Show(Page::Settings));
    window.run();
    assert!(says(&window, "Set an address…"));
}

#[test]
fn a_test_notification_tells_what_came_of_it() {
    let mut window = settings(opened(several()));
    press(&mut window, "Send a test notification");
    assert!(matches!(requests(&mut window).as_slice(), [Request::Reminders(ReminderRequest::ShowSample)]));
    let why = "This desktop cannot show notifications: nobody answered.".to_owned();
    answer(&mut window, Answer::Reminders(ReminderNews::SampleShown(Err(why))));
    assert!(says(&window, "This desktop cannot show notifications"));
}

/// Two vaults of whose secrets there are reminders.
pub fn watched() -> Answer {
    let vault =
        |number, path: &str, profiles| WatchedVault { id: Uuid::from_u128(number), path: path.into(), profiles };
    let vaults = vec![vault(1, "Vaults/contact-centre.a365vault", 6), vault(2, "Vaults/fabrikam.a365vault", 1)];
    Answer::Reminders(ReminderNews::Watched(vaults))
}

#[test]
fn a_vault_whose_reminders_are_ended_is_no_longer_listed() {
    let mut state = opened(several());
    state.handle(Command::Show(Page::Settings));
    let reads = |request: &Request| {
        matches!(request, Request::Vault(VaultRequest::Reminders(VaultReminderRequest::ReadWatched)))
    };
    assert!(state.outbox.iter().any(reads));
    let mut window = settings(state);
    assert!(!says(&window, "Reminders cover the secrets in these vaults"));
    answer(&mut window, watched());
    assert!(says(&window, "To turn a vault's reminders back on, open it again."));
    press(&mut window, "Stop reminding about fabrikam");
    let asked = requests(&mut window);
    let [Request::Vault(VaultRequest::Reminders(VaultReminderRequest::StopReminding(id)))] = asked.as_slice() else {
        panic!("one vault's reminders are ended, and nothing is asked")
    };
    assert_eq!(*id, Uuid::from_u128(2));
    answer(&mut window, Answer::Reminders(ReminderNews::Watched(Vec::new())));
    assert!(!says(&window, "Reminders cover the secrets in these vaults"));
}

#[test]
fn no_next_reminder_is_announced_while_reminders_are_off() {
    let mut window = form();
    assert!(says(&window, "Next reminder: "));
    answer(&mut window, schedule(State::Off));
    assert!(!says(&window, "Next reminder: "));
    window.get_by_label("Reminders are off while the app is closed").click();
    window.run();
    assert!(says(&window, "No reminders for this profile"), "what is set for it can still be changed");
    answer(&mut window, schedule(State::On(Scheduler::SystemdTimer)));
    assert!(says(&window, "Next reminder: "));
}

const OFFER: &str = "Reminders are off while the app is closed.";

#[test]
fn the_offer_is_one_line_and_rests_once_dismissed() {
    let mut window = small(opened(several()));
    assert!(!says(&window, OFFER), "nobody knows yet");
    answer(&mut window, schedule(State::Off));
    assert!(says(&window, OFFER));
    requests(&mut window);
    window.get_by_label("Dismiss").click();
    window.run();
    assert!(!says(&window, OFFER));
    let asked = requests(&mut window);
    assert!(
        matches!(asked.as_slice(), [Request::Settings(SettingsRequest::Save(_, settings))] if settings.reminders.offer_dismissed.is_some())
    );
}

#[test]
fn the_offer_comes_again_after_90_days_or_for_another_urgent_secret() {
    let dismissed = |day: &str, profiles: Vec<a365_password_tool::profile::Profile>| {
        let mut state = opened(profiles);
        state.settings.reminders.offer_dismissed = day.parse().ok();
        let mut window = small(state);
        answer(&mut window, schedule(State::Off));
        says(&window, OFFER)
    };
    assert!(!dismissed("2026-11-23", several()), "today");
    assert!(!dismissed("2026-11-22", several()), "what was urgent then is no news");
    assert!(!dismissed("2026-08-26", vec![profile(1, "Contoso", "2028-01-01", None)]), "89 days ago");
    assert!(dismissed("2026-08-25", vec![profile(1, "Contoso", "2028-01-01", None)]), "90 days ago");
    assert!(dismissed("2026-11-22", vec![profile(1, "Contoso", "2026-12-07", None)]), "urgent since today");
    assert!(!dismissed("2026-11-23", vec![profile(1, "Contoso", "2026-12-07", None)]), "it was dismissed with that");
}

#[test]
fn nothing_moves_under_the_hands_of_somebody_who_types_when_the_offer_comes() {
    let mut window = small(opened(several()));
    let place = |window: &Window| window.get_by_label_contains("Failing, ").rect();
    let before = place(&window);
    answer(&mut window, schedule(State::Off));
    assert!(says(&window, OFFER));
    assert_eq!(place(&window), before);
}

#[test]
fn the_offer_turns_it_on() {
    let mut window = small(opened(several()));
    answer(&mut window, schedule(State::Off));
    requests(&mut window);
    window.get_by_label("Turn on").click();
    window.run();
    assert!(matches!(requests(&mut window)[0], Request::Reminders(ReminderRequest::TurnOn(_))));
    answer(&mut window, schedule(State::On(Scheduler::Autostart)));
    assert!(!says(&window, OFFER));
}

#[test]
fn nothing_is_offered_without_a_date_or_where_it_is_on() {
    let mut first = small(opened(Vec::new()));
    answer(&mut first, schedule(State::Off));
    assert!(!says(&first, OFFER), "a first start is quiet");
    let mut on = small(opened(several()));
    answer(&mut on, schedule(State::On(Scheduler::WindowsTask)));
    assert!(!says(&on, OFFER));
}

#[test]
fn the_schedule_is_looked_at_after_unlocking() {
    let mut state = AppState::new(crate::harness::start(a365_password_tool::app::state::VaultFile::There));
    state.outbox.clear();
    state.receive(Answer::VaultOpened("Vaults/contact-centre.a365vault".into(), several().into(), None));
    let looks = |request: &Request| matches!(request, Request::Reminders(ReminderRequest::LookAtSchedule));
    assert!(state.outbox.iter().any(looks));
}

//! When every secret lapses: the time line, its columns, and the keyboard on it.

use a365_password_tool::app::{
    state::{AppState, Command, Page, ReminderCommand, UnlockCommand, VaultFile},
    tasks::{Answer, Change, OwnChange, ReminderNews, Request, VaultReminderRequest, VaultRequest, WrittenCalendar},
};
use a365_password_tool::profile::Profile;
use a365_password_tool::reminder::{own::Own, snooze::Snooze, time_line::Heading};
use egui::{Key, Theme, vec2};
use egui_kittest::kittest::{NodeT, Queryable};

use crate::harness::{Window, answer, opened, press, profile, requests, says, several, small, start, window};

/// More secrets than fit on the screen.
pub fn many() -> Vec<Profile> {
    let mut profiles = several();
    for number in 0..40_u128 {
        let day = format!("202{}-{:02}-{:02}", 7 + number % 2, 1 + number % 9, 1 + number % 28);
        profiles.push(profile(100 + number, &format!("Customer {number:02}"), &day, Some(true)));
    }
    profiles
}

pub fn page(profiles: Vec<Profile>) -> AppState {
    let mut state = opened(profiles);
    state.handle(Command::Show(Page::Renewals));
    state
}

fn label<'w>(window: &'w Window, begins: &'w str) -> egui_kittest::Node<'w> {
    let begins_so = move |text: Option<String>| text.is_some_and(|text| text.starts_with(begins));
    window.get_by(move |node| begins_so(node.label()) || begins_so(node.value()))
}

/// The name of the profile whose row has the focus.
fn focused(window: &Window) -> Option<String> {
    let node = window.query_all_by(|node| node.is_focused() && node.label().is_some()).next()?;
    let label = node.accesskit_node().label()?;
    label.split(", ").next().map(str::to_owned)
}

#[test]
fn every_secret_stands_under_its_month_with_its_state_in_words() {
    let window = small(page(several()));
    assert!(says(&window, "1 expired, 1 within 30 days, 2 within 90, 1 without a date"));
    let row = |begins: &str| label(&window, begins).rect().top();
    let order = [
        "Expired, 1 secret",
        "Contoso test, expired 3 days ago, 20 Nov 2026, contoso-test.crm4.dynamics.com",
        "November 2026, no secrets",
        "December 2026, 1 secret",
        "Contoso production, Urgent, in 10 days, 3 Dec 2026",
        "January 2027, 1 secret",
        "Northwind Traders (Europe) with a name that is far too long for its row, Soon, in 53 days",
    ];
    let tops: Vec<f32> = order.iter().map(|begins| row(begins)).collect();
    assert!(tops.windows(2).all(|pair| pair[0] < pair[1]), "{tops:?}");
}

#[test]
fn pressing_a_row_opens_its_profile() {
    let mut window = small(page(several()));
    label(&window, "Contoso production, ").click();
    window.run();
    assert_eq!(window.get_by_label("Profile name").value().as_deref(), Some("Contoso production"));
}

#[test]
fn pressing_a_column_goes_to_its_month() {
    let mut window = small(page(many()));
    assert!(!says(&window, "Customer 35, "), "it is below the edge");
    press(&mut window, "September 2028: 2 secrets");
    let heading = label(&window, "September 2028, 2 secrets").rect();
    assert!(heading.top() > 150.0 && heading.bottom() < 700.0, "{heading:?}");
    assert!(says(&window, "Customer 35, "));
}

#[test]
fn the_keyboard_walks_through_the_rows_and_beyond_the_edge() {
    let mut window = small(page(many()));
    label(&window, "Contoso test, ").focus();
    window.run();
    window.key_press(Key::ArrowDown);
    window.run();
    assert_eq!(focused(&window).as_deref(), Some("Contoso production"), "one key is one row");
    window.key_press(Key::ArrowUp);
    window.run();
    assert_eq!(focused(&window).as_deref(), Some("Contoso test"));
    window.key_press(Key::End);
    window.run();
    assert_eq!(focused(&window).as_deref(), Some("Fabrikam"), "the one without a date is the last");
    let row = label(&window, "Fabrikam, ").rect();
    assert!(row.bottom() <= 700.0, "{row:?}");
    window.key_press(Key::PageUp);
    window.run();
    window.key_press(Key::Home);
    window.run();
    assert_eq!(focused(&window).as_deref(), Some("Contoso test"));
    for _ in 0..25 {
        window.key_press(Key::Tab);
        window.run();
    }
    let name = focused(&window).expect("the focus is still on a row");
    assert!(name.starts_with("Customer "), "Tab goes on beyond the edge: {name}");
    window.key_press(Key::Enter);
    window.run();
    assert_eq!(window.get_by_label("Profile name").value().as_deref(), Some(name.as_str()));
}

#[test]
fn a_row_with_the_focus_keeps_it_out_of_sight() {
    let mut window = small(page(many()));
    label(&window, "Contoso test, ").focus();
    window.run();
    let far = Heading::Month("2028-09-01".parse().expect("a test's own date"));
    window.state_mut().state.handle(Command::Reminders(ReminderCommand::GoTo(far)));
    window.run();
    assert!(label(&window, "Contoso test, ").rect().bottom() < 0.0, "it is far above");
    window.key_press(Key::ArrowDown);
    window.run();
    assert_eq!(focused(&window).as_deref(), Some("Contoso production"));
    let row = label(&window, "Contoso production, ").rect();
    assert!(row.top() > 150.0 && row.bottom() < 700.0, "{row:?}");
}

#[test]
fn the_search_leaves_what_is_meant_and_the_calendar_takes_it() {
    let mut window = small(page(several()));
    window.get_by_label("Search renewals").focus();
    window.run();
    window.get_by_label("Search renewals").type_text("contoso");
    window.run();
    assert!(says(&window, "Contoso production, ") && !says(&window, "Northwind"));
    requests(&mut window);
    press(&mut window, "Export filtered list to calendar…");
    let asked = requests(&mut window);
    let [Request::Vault(VaultRequest::Reminders(VaultReminderRequest::WriteCalendar(profiles, days)))] =
        asked.as_slice()
    else {
        panic!("a calendar is written")
    };
    assert_eq!(
        (profiles.as_slice(), days.as_slice()),
        (&[several()[2].id, several()[1].id][..], &[60, 30, 14, 7, 3, 1][..])
    );
    let written = WrittenCalendar { path: "secrets.ics".into(), events: 2, without_date: 1 };
    answer(&mut window, Answer::Reminders(ReminderNews::CalendarWritten(Ok(Some(written)))));
    assert!(says(
        &window,
        "Exported 2 dates to secrets.ics. Open the file with your calendar. One profile has no expiry date"
    ));
    assert!(says(&window, "Outlook adds all events again at each import"));
    answer(&mut window, Answer::Reminders(ReminderNews::CalendarWritten(Err("The disk is full.".to_owned()))));
    assert!(says(&window, "The disk is full."));
}

#[test]
fn a_search_that_finds_nothing_and_an_empty_vault_say_so() {
    let mut window = small(page(several()));
    window.get_by_label("Search renewals").focus();
    window.run();
    window.get_by_label("Search renewals").type_text("nowhere");
    window.run();
    assert!(says(&window, "No matching profiles."));
    assert!(says(&small(page(Vec::new())), "No profiles yet."));
}

#[test]
fn a_row_that_is_put_off_says_so_and_a_new_date_moves_it() {
    let mut window = small(page(several()));
    let contoso = several()[1].clone();
    let day = |text: &str| text.parse().expect("a test's own date");
    let snooze = Snooze { until: day("2026-11-30"), since: day("2026-11-22"), expires: contoso.secret_expires };
    let own = [(contoso.id, Own { rule: None, snooze: Some(snooze) })].into_iter().collect();
    answer(&mut window, Answer::Reminders(ReminderNews::Own(own)));
    assert!(says(&window, "contoso-production.crm4.dynamics.com, snoozed until 30 Nov 2026"));
    let mut profiles = several();
    profiles[1].secret_expires = Some(day("2027-01-02"));
    answer(&mut window, Answer::Profiles(profiles.into(), Change::Refreshed));
    assert!(says(&window, "December 2026, no secrets") && says(&window, "January 2027, 2 secrets"));
    assert!(!says(&window, "snoozed"), "the snooze was for the former date");
}

#[test]
fn the_bar_fits_into_every_window() {
    for width in [1180.0, 1024.0, 800.0, 1024.0 / 1.5, 512.0] {
        let window = window(opened(several()), vec2(width, 700.0), Theme::Light);
        let mut right = 0.0;
        for tab in ["Profiles", "Setup guide", "Renewals", "Test all", "Settings", "Vault", "About", "Lock"] {
            let role = if tab == "Lock" { egui::Role::Button } else { egui::Role::Tab };
            let rect = window.get_by_role_and_label(role, tab).rect();
            assert!(rect.left() >= right && rect.right() <= width, "{tab} at {width}: {rect:?}");
            right = rect.right();
        }
    }
}

#[test]
fn the_title_names_the_vault_and_counts_what_needs_attention() {
    let mut state = opened(several());
    assert_eq!(state.title(), "contact-centre - A365 Password Tool: 3 secrets need attention");
    state.handle(Command::Lock);
    let locked = "contact-centre - A365 Password Tool: 3 secrets need attention";
    assert_eq!(state.title(), locked, "also while it is locked");
    let dates = ["2026-12-01".parse().expect("a test's own date")].into_iter().collect();
    let elsewhere = "elsewhere.a365vault";
    state.handle(Command::Unlock(UnlockCommand::Show(elsewhere.into())));
    assert_eq!(state.title(), "elsewhere - A365 Password Tool", "of another vault nothing is known yet");
    state.receive(Answer::Reminders(ReminderNews::Dates(elsewhere.into(), dates)));
    assert_eq!(state.title(), "elsewhere - A365 Password Tool: 1 secret needs attention");
    let endless = format!("{}\u{202e}.a365vault", "x".repeat(59));
    state.handle(Command::Unlock(UnlockCommand::Show(endless.into())));
    assert_eq!(state.title(), format!("{}\\u{{202e}} - A365 Password Tool", "x".repeat(59)), "nothing hides in it");
    let first = AppState::new(start(VaultFile::NotYet));
    assert_eq!(first.title(), "A365 Password Tool", "there is no vault to name");
}

#[test]
fn what_is_put_off_is_kept_for_the_present_secret() {
    let mut state = page(several());
    let contoso = several()[1].clone();
    let until = "2026-11-30".parse().expect("a test's own date");
    state.handle(Command::Reminders(ReminderCommand::Snooze(contoso.id, Some(until))));
    let asked = std::mem::take(&mut state.outbox);
    let kept = asked.iter().any(|request| {
        matches!(request, Request::Vault(VaultRequest::Reminders(VaultReminderRequest::Change(id, OwnChange::Snooze(Some(snooze)))))
            if *id == contoso.id && snooze.until == until && snooze.expires == contoso.secret_expires)
    });
    assert!(kept);
}

/// Whether the text of that beginning is drawn in full.
fn is_in_full(window: &Window, start: &str) -> Option<bool> {
    let texts = window.output().shapes.iter().filter_map(|clipped| match &clipped.shape {
        egui::Shape::Text(text) if text.galley.text().starts_with(start) => Some(!text.galley.elided),
        _ => None,
    });
    texts.reduce(|one, other| one && other)
}

#[test]
fn when_a_secret_expires_is_never_cut_in_the_smallest_window() {
    for (expires, text) in
        [("2026-10-25", "expired 29 days ago"), ("2023-01-01", "expired 1422 days ago"), ("2027-01-22", "in 60 days")]
    {
        let mut state = opened(vec![profile(1, "Contoso", expires, Some(true))]);
        state.handle(Command::Show(Page::Renewals));
        let window = small(state);
        assert_eq!(is_in_full(&window, text), Some(true), "{text}");
    }
}

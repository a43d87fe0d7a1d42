//! The keyboard is never nowhere, always in sight, and marked by a ring.

use a365_password_tool::app::{
    state::{AppState, CheckCommand, Command, Page, PasteCommand, ProfileCommand, VaultFile},
    tasks::{Answer, Change, ClipboardRequest, NetworkRequest, RenewalChange, Request, VaultRequest},
};
use a365_password_tool::renewal::{self, Act, Proof};
use egui::{Event, Key, Modifiers, Rect, Theme, accesskit::Role, vec2};
use egui_kittest::kittest::{By, NodeT, Queryable};

use crate::harness::{Window, answer, fill, opened, profile, requests, several, small, start, today, window};
use crate::renewal::{give, new_secret, tested};
use crate::reports::{passed, wrong_secret};
use crate::targets::contrast;

/// The name of what has the focus, and its place.
fn focused(window: &Window) -> Option<(String, Rect)> {
    let node = window.query_all(By::new().predicate(|node| node.is_focused())).next()?;
    Some((node.accesskit_node().label().or(node.value()).unwrap_or_default(), node.rect()))
}

fn name(window: &Window) -> String {
    focused(window).map(|(name, _)| name).unwrap_or_else(|| "nothing".to_owned())
}

fn key(window: &mut Window, key: Key) {
    window.key_press(key);
    window.run();
}

fn typed(window: &mut Window, text: &str) {
    window.event(Event::Text(text.to_owned()));
    window.run();
}

fn with_form() -> Window {
    let mut state = opened(several());
    state.handle(Command::Profiles(ProfileCommand::Select(several()[1].id)));
    small(state)
}

#[test]
fn tab_brings_what_it_comes_to_into_sight() {
    let mut window = with_form();
    window.get_by_label("Tenant, tags and notes").focus();
    window.run();
    key(&mut window, Key::Enter);
    window.get_by_label("Profile name").focus();
    window.run();
    let mut seen = Vec::new();
    for step in [Key::Tab; 24] {
        key(&mut window, step);
        let (name, rect) = focused(&window).expect("something has the focus");
        let test = window.get_by_label("Test connection").rect();
        if name == "Test connection" {
            break;
        }
        assert!(rect.top() >= 60.0 && rect.bottom() <= test.top(), "{name} at {rect:?}");
        seen.push(name);
    }
    assert!(seen.iter().any(|name| name == "Notes") && seen.iter().any(|name| name == "Tags"), "{seen:?}");
    window.get_by_label("Profile name").focus();
    window.run();
    let (_, rect) = focused(&window).expect("something has the focus");
    assert!(rect.top() >= 60.0, "and back: {rect:?}");
}

#[test]
fn after_unlocking_a_row_of_the_list_has_the_keyboard() {
    let mut window = small(AppState::new(start(VaultFile::There)));
    fill(&mut window, "Passphrase", "open sesame");
    key(&mut window, Key::Enter);
    answer(&mut window, Answer::VaultOpened("Vaults/contact-centre.a365vault".into(), several().into(), None));
    assert!(name(&window).starts_with("Adventure Works, "), "{}", name(&window));
    typed(&mut window, "fab");
    assert!(name(&window).starts_with("Fabrikam, "), "{}", name(&window));
}

#[test]
fn what_enter_finds_has_the_keyboard_in_the_list() {
    let mut window = small(opened(several()));
    fill(&mut window, "Search profiles", "fabri");
    key(&mut window, Key::Enter);
    assert!(name(&window).starts_with("Fabrikam, "), "{}", name(&window));
}

#[test]
fn what_is_chosen_in_the_palette_has_the_keyboard() {
    let mut window = with_form();
    let mut palette = |words: &str| {
        window.key_press_modifiers(Modifiers::COMMAND, Key::K);
        window.run();
        window.get_by_label("Find").type_text(words);
        window.run();
        key(&mut window, Key::Enter);
        name(&window)
    };
    assert!(palette("contoso test").starts_with("Contoso test, "));
    assert_eq!(palette("about"), "Copy version");
    assert_eq!(palette("settings"), "Theme");
    assert!(palette("renewals").ends_with("2026") || palette("renewals").contains("Contoso"), "a row");
    assert_eq!(palette("test all"), "Test 6 profiles");
}

#[test]
fn every_page_that_a_key_leads_to_has_the_keyboard() {
    let mut window = with_form();
    window.get_by_label("Profile name").focus();
    window.run();
    for (keys, page) in [(Key::Num2, Page::Renewals), (Key::Num3, Page::TestAll), (Key::Comma, Page::Settings)] {
        window.key_press_modifiers(Modifiers::COMMAND, keys);
        window.run();
        assert_eq!(window.state().state.open_vault().map(|vault| vault.page), Some(page));
        assert_ne!(name(&window), "nothing", "{page:?}");
    }
    window.key_press_modifiers(Modifiers::COMMAND, Key::Num1);
    window.run();
    assert!(name(&window).starts_with("Contoso production, "), "{}", name(&window));
}

#[test]
fn enter_and_escape_leave_the_keyboard_in_the_field() {
    let mut window = with_form();
    for field in ["Profile name", "Client secret", "Secret expires"] {
        for pressed in [Key::Enter, Key::Escape] {
            window.get_by_label(field).focus();
            window.run();
            key(&mut window, pressed);
            assert_eq!(name(&window), field, "{pressed:?}");
        }
    }
}

#[test]
fn the_calendar_gives_the_keyboard_back_to_its_button() {
    let mut window = with_form();
    for closes in [Key::Escape, Key::Enter] {
        window.get_by_label("Choose a date").focus();
        window.run();
        key(&mut window, Key::Enter);
        key(&mut window, Key::ArrowDown);
        key(&mut window, Key::Tab);
        assert_ne!(name(&window), "Choose a date", "in the calendar");
        if closes == Key::Enter {
            window.get_by_label("24 Dec 2026").focus();
            window.run();
        }
        key(&mut window, closes);
        assert_eq!(name(&window), "Choose a date", "{closes:?}");
    }
    assert_eq!(window.get_by_label("Secret expires").value().as_deref(), Some("2026-12-24"));
}

#[test]
fn a_combo_box_is_entered_at_what_is_chosen_and_keeps_the_keyboard() {
    let mut state = opened(several());
    state.handle(Command::Show(Page::Settings));
    let mut window = small(state);
    window.get_by_label("Lock when idle").focus();
    window.run();
    key(&mut window, Key::Enter);
    key(&mut window, Key::ArrowDown);
    assert_eq!(name(&window), "After 10 minutes", "what is chosen");
    key(&mut window, Key::ArrowDown);
    assert_eq!(name(&window), "After 30 minutes");
    key(&mut window, Key::Enter);
    assert_eq!(window.state().state.settings.auto_lock_minutes, Some(30));
    assert_eq!(name(&window), "Lock when idle");
    assert!(window.query_by_label("After an hour").is_none(), "it is closed");
    key(&mut window, Key::Enter);
    key(&mut window, Key::ArrowDown);
    key(&mut window, Key::Escape);
    assert_eq!(name(&window), "Lock when idle");
}

/// Presses keys and counts those that go somewhere; typing and pasting are the work itself.
struct Walk {
    window: Window,
    keys: usize,
}

impl Walk {
    fn key(&mut self, pressed: Key) {
        self.keys += 1;
        key(&mut self.window, pressed);
    }

    /// Tab until that is reached.
    fn tab_to(&mut self, wanted: &str) {
        while name(&self.window) != wanted {
            self.key(Key::Tab);
            assert!(self.keys < 40, "{wanted} is out of reach");
        }
    }

    fn takes(&mut self, due: &mut a365_password_tool::profile::Profile, act: Act, change: RenewalChange) {
        let asked = requests(&mut self.window);
        assert!(
            asked.iter().any(|it| matches!(it, Request::Vault(VaultRequest::Renew(_, asked, _)) if **asked == act)),
            "{act:?}"
        );
        renewal::apply(due, act, today()).expect("allowed");
        let there = vec![several().remove(0), due.clone()];
        answer(&mut self.window, Answer::Profiles(there.into(), Change::Renewed(due.id, change)));
    }
}

#[test]
fn the_quarterly_job_takes_fifteen_keys_at_most() {
    let mut due = profile(2, "Contoso", "2026-11-28", Some(true));
    let mut walk = Walk { window: small(AppState::new(start(VaultFile::There))), keys: 0 };
    typed(&mut walk.window, "open sesame");
    if walk.window.get_by_label("Passphrase").value().is_none_or(|value| value.is_empty()) {
        fill(&mut walk.window, "Passphrase", "open sesame");
    }
    walk.key(Key::Enter);
    let there = vec![several().remove(0), due.clone()];
    answer(&mut walk.window, Answer::VaultOpened("v.a365vault".into(), there.into(), None));
    requests(&mut walk.window);
    typed(&mut walk.window, "con");
    walk.key(Key::Enter);
    walk.keys += 1;
    walk.window.key_press_modifiers(Modifiers::COMMAND, Key::K);
    walk.window.run();
    walk.window.get_by_label("Find").type_text("renew client");
    walk.window.run();
    walk.key(Key::Enter);
    walk.takes(&mut due, Act::Begin, RenewalChange::Begun);
    assert_eq!(name(&walk.window), "New client secret");
    walk.window.event(Event::Paste(new_secret()));
    walk.window.run();
    walk.tab_to("Expires on");
    typed(&mut walk.window, "2028-11-22");
    walk.tab_to("Save and continue");
    walk.key(Key::Enter);
    walk.takes(&mut due, give(), RenewalChange::Given);
    assert_eq!(name(&walk.window), "Test the new secret");
    walk.key(Key::Enter);
    let asked = requests(&mut walk.window);
    let [Request::Network(NetworkRequest::Check(ticket, ..))] = asked.as_slice() else { panic!("a check begins") };
    answer(&mut walk.window, Answer::CheckFinished(*ticket, Box::new(passed())));
    walk.takes(&mut due, tested(), RenewalChange::Tested);
    assert_eq!(name(&walk.window), "Switch to the new secret");
    walk.key(Key::Enter);
    walk.takes(&mut due, Act::Switch(Proof::Tested), RenewalChange::Switched);
    assert_eq!(name(&walk.window), "Copy connection string");
    walk.key(Key::Enter);
    let asked = requests(&mut walk.window);
    assert!(matches!(asked.as_slice(), [Request::Clipboard(ClipboardRequest::Copy(_))]));
    walk.tab_to("The UCC has the new string");
    walk.key(Key::Enter);
    walk.takes(&mut due, Act::ConfirmUcc, RenewalChange::UccConfirmed);
    assert!(walk.keys <= 15, "{} keys", walk.keys);
}

/// How many pixels of a place differ by a contrast of at least 3 to 1, as WCAG 2.2 asks of the focus (2.4.13).
fn differing(one: &image::RgbaImage, other: &image::RgbaImage, place: Rect) -> usize {
    let inside = |x: u32, y: u32| x < one.width() && y < one.height();
    let columns = place.left().max(0.0) as u32..place.right().max(0.0) as u32;
    let rows = || place.top().max(0.0) as u32..place.bottom().max(0.0) as u32;
    columns
        .flat_map(|x| rows().map(move |y| (x, y)))
        .filter(|(x, y)| inside(*x, *y) && contrast(*one.get_pixel(*x, *y), *other.get_pixel(*x, *y)) >= 3.0)
        .count()
}

/// Every stop of the Tab key on a page looks different while it has the focus: by as many pixels as a line around it has.
fn every_stop_has_a_ring(mut window: Window, stops: usize, wanted: &[&str]) {
    let mut met = Vec::new();
    if let Some(first) = wanted.first() {
        window.get_by_label(first).focus();
        window.run();
    }
    let mut with = window.render().expect("a picture");
    for _ in 0..stops {
        let Some((name, place)) = focused(&window) else { break };
        let has_box = window
            .query_all(By::new().predicate(|node| node.is_focused()))
            .any(|node| matches!(node.accesskit_node().role(), Role::CheckBox | Role::RadioButton));
        key(&mut window, Key::Tab);
        let without = window.render().expect("a picture");
        let same = window
            .query_all(By::new().predicate(|node| !node.is_focused()))
            .any(|node| node.accesskit_node().label().as_deref() == Some(&*name) && node.rect() == place);
        // Where the page scrolled on, there is nothing to compare.
        if same {
            let changed = differing(&with, &without, place.expand(3.0));
            // The ring of a box to tick is around the box alone, which is 18 points wide.
            let size = if has_box { vec2(18.0, 18.0) } else { place.size().min(vec2(600.0, f32::INFINITY)) };
            let around = (2.0 * (size.x + size.y)) as usize;
            assert!(changed * 4 >= around * 3, "{name}: {changed} of {around}");
            met.push(name);
        }
        with = without;
    }
    for kind in wanted {
        assert!(met.iter().any(|name| name.starts_with(kind)), "{kind}: {met:?}");
    }
}

/// A form and its test, which failed.
pub fn after_a_failed_test() -> AppState {
    let mut state = opened(several());
    state.handle(Command::Profiles(ProfileCommand::Select(several()[1].id)));
    state.handle(Command::Check(CheckCommand::Start));
    let ticket = state.outbox.iter().find_map(|request| match request {
        Request::Network(NetworkRequest::Check(ticket, ..)) => Some(*ticket),
        _ => None,
    });
    state.receive(Answer::CheckFinished(ticket.expect("a check begins"), Box::new(wrong_secret())));
    state
}

#[test]
fn whatever_has_the_focus_has_a_ring() {
    for theme in [Theme::Light, Theme::Dark] {
        let state = after_a_failed_test();
        every_stop_has_a_ring(
            window(state, vec2(1280.0, 1100.0), theme),
            28,
            &["View", "Sort by name", "Profile name", "Choose a date", "Details of Find the tenant", "Copy report"],
        );
        let mut state = opened(several());
        state.handle(Command::ToggleGuide);
        every_stop_has_a_ring(
            window(state, vec2(1024.0, 2600.0), theme),
            2,
            &["Close the setup guide", "Open App registrations"],
        );
        for (page, stops, wanted) in
            [(Page::Settings, 12, "Theme"), (Page::About, 12, "Profiles"), (Page::Renewals, 6, "Search renewals")]
        {
            let mut state = opened(several());
            state.handle(Command::Show(page));
            every_stop_has_a_ring(window(state, vec2(1024.0, 900.0), theme), stops, &[wanted]);
        }
    }
}

#[test]
fn what_has_the_focus_in_a_menu_has_a_ring() {
    for theme in [Theme::Light, Theme::Dark] {
        let mut settings = opened(several());
        settings.handle(Command::Show(Page::Settings));
        for (state, opener, opens, first) in [
            (settings, "Theme", Key::Enter, "Use system setting"),
            (opened(several()), "View", Key::Enter, "Group by None"),
            (opened(several()), "Search profiles", Key::Menu, "Paste"),
        ] {
            let mut window = window(state, vec2(1024.0, 700.0), theme);
            window.get_by_label(opener).focus();
            window.run();
            key(&mut window, opens);
            while name(&window) != first {
                key(&mut window, Key::ArrowDown);
            }
            let (_, place) = focused(&window).expect("it has the focus");
            let with = window.render().expect("a picture");
            key(&mut window, Key::ArrowDown);
            assert_ne!(name(&window), first);
            let changed = differing(&with, &window.render().expect("a picture"), place.expand(3.0));
            let around = if opener == "View" { 72 } else { (2.0 * (place.width() + place.height())) as usize };
            assert!(changed * 4 >= around * 3, "{first} {theme:?}: {changed} of {around}");
        }
    }
}

#[test]
fn a_paste_dialog_takes_and_returns_the_keyboard_also_after_another_dialog() {
    let mut window = with_form();
    window.get_by_label("Client ID").focus();
    window.run();
    window.state_mut().state.handle(Command::Paste(PasteCommand::Ask));
    window.run();
    assert_eq!(name(&window), "Pasted text");
    key(&mut window, Key::Escape);
    assert_eq!(name(&window), "Client ID");
}

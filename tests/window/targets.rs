//! What can be pressed is large enough to be hit, and looks as if it can be pressed.

use a365_password_tool::app::state::{AppState, Command, Page, ProfileCommand, VaultFile, VaultTab};
use a365_password_tool::reminder::schedule::State;
use egui::{Key, Pos2, Rect, Theme, accesskit::Role, vec2};
use egui_kittest::kittest::{By, NodeT, Queryable};

use crate::focus::after_a_failed_test;
use crate::harness::{Window, answer, fill, opened, press, row, several, small, start, window};
use crate::renewal::{self, give};

/// The least size of a target in points, as WCAG 2.2 has it (2.5.8).
const LEAST: f32 = 24.0;

fn is_target(role: Role) -> bool {
    matches!(
        role,
        Role::Button
            | Role::Link
            | Role::CheckBox
            | Role::RadioButton
            | Role::ComboBox
            | Role::Tab
            | Role::TextInput
            | Role::ListBoxOption
            | Role::TreeItem
            | Role::DisclosureTriangle
    )
}

/// The targets on the screen that are too small, with their sizes.
fn too_small(window: &Window) -> Vec<String> {
    let targets = window.query_all(By::new().predicate(|node| is_target(node.role())));
    targets
        .filter(|node| node.rect().width() < LEAST - 0.1 || node.rect().height() < LEAST - 0.1)
        .map(|node| format!("{:?} {:?}", node.accesskit_node().label().unwrap_or_default(), node.rect().size()))
        .collect()
}

#[track_caller]
fn assert_large_enough(what: &str, window: &Window) {
    assert_eq!(too_small(window), Vec::<String>::new(), "{what}");
}

#[test]
fn every_target_of_every_page_can_be_hit() {
    let tabs = VaultTab::ALL.map(Page::Vault);
    let pages = [Page::Profiles, Page::Renewals, Page::TestAll, Page::Settings, Page::About];
    for page in pages.into_iter().chain(tabs) {
        let mut state = opened(several());
        state.handle(Command::Show(page));
        let mut window = window(state, vec2(1280.0, 1600.0), Theme::Light);
        answer(&mut window, crate::reminders::schedule(State::Off));
        assert_large_enough(&format!("{page:?}"), &window);
    }
    for (what, file) in [("first start", VaultFile::NotYet), ("unlock", VaultFile::There)] {
        assert_large_enough(what, &small(AppState::new(start(file))));
    }
    let mut state = opened(several());
    state.handle(Command::ToggleGuide);
    assert_large_enough("guide", &window(state, vec2(1280.0, 3000.0), Theme::Light));
    assert_large_enough("new secret", &renewal::page([a365_password_tool::renewal::Act::Begin]));
    assert_large_enough("test", &renewal::page([a365_password_tool::renewal::Act::Begin, give()]));
    assert_large_enough("switched", &renewal::page(renewal::switched()));
}

#[test]
fn every_target_of_a_form_and_of_what_it_opens_can_be_hit() {
    let mut window = window(after_a_failed_test(), vec2(1280.0, 1600.0), Theme::Light);
    window.get_by_label("Tenant, tags and notes").focus();
    window.run();
    window.key_press(Key::Enter);
    window.run();
    assert_large_enough("form and result", &window);
    for opener in ["Choose a date", "View"] {
        press(&mut window, opener);
        assert_large_enough(opener, &window);
        window.key_press(Key::Escape);
        window.run();
    }
    row(&window, "Contoso test").click_secondary();
    window.run();
    assert_large_enough("menu of a row", &window);
    for dialog in [
        Command::OpenPalette,
        Command::OpenShortcuts,
        Command::Profiles(ProfileCommand::AskDelete(vec![several()[0].id])),
    ] {
        window.state_mut().state.handle(dialog);
        window.run();
        assert_large_enough("dialog", &window);
        window.state_mut().state.handle(Command::CloseDialog);
        window.run();
    }
    window.state_mut().state.handle(Command::Profiles(ProfileCommand::CopyConnectionString));
    window.run();
    assert_large_enough("notice", &window);
}

/// Whether the edge of a place has a line of its own.
fn has_a_frame(picture: &image::RgbaImage, place: Rect) -> bool {
    let at = |place: Pos2| *picture.get_pixel(place.x as u32, place.y as u32);
    let middle = place.center().y;
    (0..3)
        .any(|inside| at(Pos2::new(place.left() + inside as f32, middle)) != at(Pos2::new(place.left() + 5.0, middle)))
}

#[test]
fn in_the_calendar_choices_are_buttons_and_today_is_marked() {
    for theme in [Theme::Light, Theme::Dark] {
        let mut state = opened(several());
        state.handle(Command::Profiles(ProfileCommand::Select(several()[3].id)));
        let mut window = window(state, vec2(1024.0, 900.0), theme);
        press(&mut window, "Choose a date");
        let picture = window.render().expect("a picture");
        let framed = |name: &str| has_a_frame(&picture, window.get_by_label(name).rect());
        for choice in ["3 months", "6 months", "12 months", "18 months", "24 months", "23 Nov 2026, today"] {
            assert!(framed(choice), "{choice} {theme:?}");
        }
        assert!(!framed("24 Nov 2026"), "any other day");
    }
}

fn luminance(color: image::Rgba<u8>) -> f64 {
    let channel = |value: u8| {
        let value = f64::from(value) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    let [red, green, blue, _] = color.0;
    0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue)
}

/// How well one colour differs from another, 1 to 21, as WCAG 2.2 defines it.
pub fn contrast(one: image::Rgba<u8>, other: image::Rgba<u8>) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// The contrast between the darkest and the lightest pixel of a place.
fn contrast_in(picture: &image::RgbaImage, place: Rect) -> f64 {
    let inside = place.shrink(6.0);
    let columns = inside.left() as u32..inside.right() as u32;
    let all = columns.flat_map(|x| (inside.top() as u32..inside.bottom() as u32).map(move |y| (x, y)));
    let by_luminance = |one: &image::Rgba<u8>, other: &image::Rgba<u8>| luminance(*one).total_cmp(&luminance(*other));
    let colors: Vec<image::Rgba<u8>> = all.map(|(x, y)| *picture.get_pixel(x, y)).collect();
    let (least, most) = (colors.iter().copied().min_by(by_luminance), colors.iter().copied().max_by(by_luminance));
    least.zip(most).map_or(1.0, |(least, most)| contrast(least, most))
}

#[test]
fn a_main_button_that_cannot_be_pressed_can_be_read() {
    for theme in [Theme::Light, Theme::Dark] {
        let mut window = window(AppState::new(start(VaultFile::There)), vec2(1024.0, 700.0), theme);
        let button = window.get_by_role_and_label(Role::Button, "Unlock");
        assert!(button.accesskit_node().is_disabled());
        let place = button.rect();
        let before = window.render().expect("a picture");
        let contrast = contrast_in(&before, place);
        assert!(contrast >= 4.5, "{theme:?}: {contrast:.2}");
        fill(&mut window, "Passphrase", "open sesame");
        let ground = (place.left() as u32 + 6, place.center().y as u32);
        let now = window.render().expect("a picture");
        assert_ne!(
            before.get_pixel(ground.0, ground.1),
            now.get_pixel(ground.0, ground.1),
            "and it looks so: {theme:?}"
        );
    }
}

#[test]
fn the_heads_of_the_list_stand_above_their_values() {
    for count in [6, 80] {
        let many = (1..=count)
            .map(|number| crate::harness::profile(number, &format!("Customer {number:03}"), "2028-01-01", Some(true)));
        let mut state = opened(many.collect());
        state.settings.list_width = 820;
        let window = window(state, vec2(1400.0, 800.0), Theme::Light);
        let row = row(&window, "Customer 001").rect();
        // The last column ends ten points before its row does.
        let expires = window.get_by_label("Sort by expires").rect();
        assert!((row.right() - 10.0 - expires.right()).abs() <= 1.0, "{row:?} {expires:?}");
    }
}

//! Every screen as a picture, in both themes.

use a365_password_tool::app::state::{AppState, Command, Page, ProfileCommand};
use a365_password_tool::settings::RowHeight;
use egui::{Theme, vec2};
use egui_kittest::kittest::Queryable;

use crate::harness::{opened, press, several, window};
use crate::{screens, trust};

fn in_both_themes(name: &str, state: impl Fn() -> AppState) {
    let mut results = egui_kittest::SnapshotResults::new();
    for (theme, word) in [(Theme::Light, "light"), (Theme::Dark, "dark")] {
        let mut window = window(state(), vec2(1024.0, 700.0), theme);
        window.snapshot(format!("{name}_{word}"));
        results.extend_harness(&mut window);
    }
}

#[test]
fn first_start() {
    in_both_themes("first_start", screens::first_start);
}

#[test]
fn unlock() {
    in_both_themes("unlock", screens::unlock);
}

#[test]
fn profiles() {
    in_both_themes("profiles", screens::profiles);
}

#[test]
fn empty_vault_with_the_guide() {
    in_both_themes("empty_vault", screens::empty_vault);
}

#[test]
fn setup_guide() {
    in_both_themes("setup_guide", screens::setup_guide);
}

#[test]
fn settings() {
    in_both_themes("settings", screens::settings);
}

#[test]
fn about() {
    in_both_themes("about", screens::about);
}

#[test]
fn passed_check() {
    in_both_themes("passed_check", screens::passed_check);
}

#[test]
fn failed_check() {
    in_both_themes("failed_check", screens::failed_check);
}

#[test]
fn refused_form() {
    in_both_themes("refused_form", screens::refused_form);
}

#[test]
fn the_palette() {
    in_both_themes("palette", screens::palette);
}

#[test]
fn the_shortcuts() {
    in_both_themes("shortcuts", screens::shortcuts);
}

#[test]
fn several_selected() {
    in_both_themes("selection", screens::selection);
}

#[test]
fn dialogs() {
    in_both_themes("delete_dialog", screens::delete_dialog);
}

#[test]
fn pasted_string() {
    in_both_themes("paste_dialog", screens::paste_dialog);
}

#[test]
fn date_choice() {
    let mut results = egui_kittest::SnapshotResults::new();
    for (theme, word) in [(Theme::Light, "light"), (Theme::Dark, "dark")] {
        let mut window = window(screens::profiles(), vec2(1024.0, 700.0), theme);
        press(&mut window, "Choose a date");
        window.snapshot(format!("date_choice_{word}"));
        results.extend_harness(&mut window);
    }
}

#[test]
fn twice_the_size_at_the_smallest_window() {
    let mut state = opened(several());
    state.handle(Command::Profiles(ProfileCommand::Select(several()[1].id)));
    // 1024 by 700 pixels with text at 150 %.
    let mut window = window(state, vec2(1024.0 / 1.5, 700.0 / 1.5), Theme::Light);
    window.snapshot("large_text_light");
}

#[test]
fn test_all() {
    in_both_themes("test_all", screens::test_all);
}

#[test]
fn a_vault_that_proves_nothing() {
    in_both_themes("trust_question", trust::asking_to_trust);
}

#[test]
fn a_file_that_was_refused() {
    in_both_themes("refused_file", trust::asking_to_put_back);
}

#[test]
fn an_older_copy() {
    in_both_themes("older_copy", screens::older_copy);
}

#[test]
fn removing_a_colleague() {
    in_both_themes("remove_slot", screens::remove_slot);
}

#[test]
fn changing_the_passphrase_of_a_vault_with_colleagues() {
    in_both_themes("change_passphrase", screens::change_passphrase);
}

#[test]
fn ways_to_open() {
    in_both_themes("ways_to_open", screens::ways_to_open);
}

#[test]
fn conflicts() {
    in_both_themes("conflicts", screens::conflicts);
}

#[test]
fn history() {
    in_both_themes("history", screens::history);
}

#[test]
fn renewals() {
    in_both_themes("renewals", screens::renewals);
}

#[test]
fn renewals_in_the_window_of_the_start() {
    let mut results = egui_kittest::SnapshotResults::new();
    for (theme, word) in [(Theme::Light, "light"), (Theme::Dark, "dark")] {
        let mut window = window(crate::renewals::page(crate::renewals::many()), vec2(1180.0, 760.0), theme);
        window.snapshot(format!("renewals_wide_{word}"));
        results.extend_harness(&mut window);
    }
}

#[test]
fn reminders_on_the_form() {
    in_both_themes("reminders_form", screens::reminders_form);
}

#[test]
fn reminder_settings() {
    let mut results = egui_kittest::SnapshotResults::new();
    for (theme, word) in [(Theme::Light, "light"), (Theme::Dark, "dark")] {
        let mut window = window(screens::reminder_settings(), vec2(1180.0, 760.0), theme);
        window.get_by_label_contains("To turn a vault's reminders back on").scroll_to_me();
        window.run();
        window.snapshot(format!("reminder_settings_{word}"));
        results.extend_harness(&mut window);
    }
}

#[test]
fn webhook_that_does_not_fit() {
    let mut results = egui_kittest::SnapshotResults::new();
    let mut state = opened(several());
    let address = "https://prod-1.westeurope.logic.azure.com/workflows/x?sig=made";
    state.settings.reminders.webhook = address.parse().ok();
    state.handle(Command::Show(Page::Settings));
    let mut window = window(state, vec2(1024.0, 700.0), Theme::Light);
    window.get_by_label("Message format").scroll_to_me();
    window.run();
    window.snapshot("webhook_that_does_not_fit");
    results.extend_harness(&mut window);
}

#[test]
fn mail_for_the_owner() {
    in_both_themes("mail_dialog", screens::mail_dialog);
}

#[test]
fn backups() {
    in_both_themes("backups", screens::backups);
}

#[test]
fn damaged() {
    in_both_themes("damaged", screens::damaged);
}

#[test]
fn repairable() {
    in_both_themes("repairable", screens::repairable);
}

#[test]
fn recent_vaults() {
    in_both_themes("recent_vaults", screens::recent_vaults);
}

#[test]
fn unlock_by_recovery_key() {
    in_both_themes("unlock_by_recovery_key", screens::unlock_by_recovery_key);
}

#[test]
fn unlock_ways() {
    in_both_themes("unlock_ways", screens::unlock_ways);
}

#[test]
fn profiles_as_a_table_in_a_wide_window() {
    let mut results = egui_kittest::SnapshotResults::new();
    for (theme, word) in [(Theme::Light, "light"), (Theme::Dark, "dark")] {
        let mut state = opened(several());
        state.settings.list_width = 760;
        state.handle(Command::Profiles(ProfileCommand::Select(several()[1].id)));
        let mut window = window(state, vec2(1600.0, 800.0), theme);
        crate::harness::fill(&mut window, "Search profiles", "cont");
        window.snapshot(format!("profiles_table_{word}"));
        results.extend_harness(&mut window);
    }
}

#[test]
fn profiles_in_groups_with_favorites() {
    in_both_themes("profiles_grouped", screens::profiles_grouped);
}

#[test]
fn the_menu_of_the_view() {
    let mut results = egui_kittest::SnapshotResults::new();
    for (theme, word) in [(Theme::Light, "light"), (Theme::Dark, "dark")] {
        let mut state = crate::list_view::grouped();
        state.settings.list.rows = RowHeight::Compact;
        let mut window = window(state, vec2(1024.0, 700.0), theme);
        press(&mut window, "View");
        window.snapshot(format!("view_menu_{word}"));
        results.extend_harness(&mut window);
    }
}

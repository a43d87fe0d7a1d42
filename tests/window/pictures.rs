//! Every screen as a picture, in both themes.

use a365_password_tool::app::{
    listing::GroupKey,
    state::{
        AppState, CheckAllCommand, CheckCommand, Command, Dialog, ListCommand, Page, PasteCommand, ProfileCommand,
        ReminderCommand, Screen, SelectionCommand, UnlockCommand, UnlockMethod, VaultFile, VaultPageCommand, VaultTab,
    },
    tasks::{Answer, Owner, Refusal, RefusalCause, ReminderNews, Ticket},
};
use a365_password_tool::reminder::{
    own::Own,
    policy::VaultPlace,
    rule::ReminderRule,
    schedule::{Scheduler, State},
};
use a365_password_tool::settings::RowHeight;
use a365_password_tool::vault::{Backup, Behind, Conflict, HistoryEntry, SlotView, Standing, UnlockMethods, Who};
use egui::{Theme, vec2};
use egui_kittest::kittest::Queryable;

use crate::harness::{opened, press, profile, several, start, today, window};
use crate::reports::{passed, wrong_secret};
use crate::trust;
use crate::vault_page::{conflict, real_vault};

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
    in_both_themes("first_start", || {
        let mut state = AppState::new(start(VaultFile::NotYet));
        state.receive(Answer::AccountStore(true));
        state
    });
}

#[test]
fn unlock() {
    in_both_themes("unlock", || AppState::new(start(VaultFile::There)));
}

#[test]
fn profiles() {
    in_both_themes("profiles", || {
        let mut state = opened(several());
        state.handle(Command::Profiles(ProfileCommand::Select(several()[1].id)));
        state
    });
}

#[test]
fn empty_vault_with_the_guide() {
    in_both_themes("empty_vault", || opened(Vec::new()));
}

#[test]
fn setup_guide() {
    in_both_themes("setup_guide", || {
        let mut state = testing(passed);
        state.handle(Command::ToggleGuide);
        state
    });
}

#[test]
fn settings() {
    in_both_themes("settings", || {
        let mut state = opened(several());
        state.handle(Command::Show(Page::Settings));
        state
    });
}

#[test]
fn about() {
    in_both_themes("about", || {
        let mut state = opened(several());
        state.handle(Command::Show(Page::About));
        state
    });
}

fn testing(report: fn() -> a365_password_tool::connection_check::CheckReport) -> AppState {
    let profiles = vec![profile(1, "Contoso", "2028-01-01", None), profile(2, "Fabrikam", "2027-12-31", Some(true))];
    let mut state = opened(profiles.clone());
    state.handle(Command::Profiles(ProfileCommand::Select(profiles[0].id)));
    state.handle(Command::Check(CheckCommand::Start));
    state.receive(Answer::CheckFinished(Ticket::new(1, Owner::Check(profiles[0].id)), Box::new(report())));
    state
}

#[test]
fn passed_check() {
    in_both_themes("passed_check", || testing(passed));
}

#[test]
fn failed_check() {
    in_both_themes("failed_check", || testing(wrong_secret));
}

#[test]
fn refused_form() {
    in_both_themes("refused_form", || {
        let mut state = opened(several());
        state.handle(Command::Profiles(ProfileCommand::New));
        let Screen::Open(vault) = &mut state.screen else { panic!("open") };
        let draft = vault.draft.as_mut().expect("a new form");
        draft.fields.name = "Fabrikam".to_owned();
        draft.fields.environment_url = "https://contoso.crm4.dynamics.com.evil.example/".to_owned();
        draft.fields.client_id = "contoso".to_owned();
        draft.fields.client_secret = "11112222-aaaa-3333-bbbb-4444cccc5555".into();
        draft.fields.expires = "31.5.2027".to_owned();
        state
    });
}

#[test]
fn the_palette() {
    in_both_themes("palette", || {
        let mut state = opened(several());
        state.handle(Command::Profiles(ProfileCommand::Select(several()[1].id)));
        state.handle(Command::OpenPalette);
        state
    });
}

#[test]
fn the_shortcuts() {
    in_both_themes("shortcuts", || {
        let mut state = opened(several());
        state.handle(Command::OpenShortcuts);
        state
    });
}

#[test]
fn several_selected() {
    in_both_themes("selection", || {
        let mut state = opened(several());
        let ids = several().iter().map(|profile| profile.id).take(3).collect();
        state.handle(Command::Selection(SelectionCommand::Set(ids)));
        state
    });
}

#[test]
fn dialogs() {
    in_both_themes("delete_dialog", || {
        let mut state = opened(several());
        state.handle(Command::Profiles(ProfileCommand::Select(several()[1].id)));
        state.handle(Command::Profiles(ProfileCommand::AskDelete(vec![several()[1].id])));
        state
    });
}

#[test]
fn pasted_string() {
    in_both_themes("paste_dialog", || {
        let mut state = opened(several());
        state.handle(Command::Paste(PasteCommand::Ask));
        let Some(Dialog::Paste(form)) = state.dialogs.front_mut() else { panic!("the dialog is open") };
        form.text =
            "AuthType=ClientSecret;Url=https://contoso.crm4.dynamics.com;ClientId=x;ClientSecret=abc;d=ef".into();
        state
    });
}

#[test]
fn date_choice() {
    let mut results = egui_kittest::SnapshotResults::new();
    for (theme, word) in [(Theme::Light, "light"), (Theme::Dark, "dark")] {
        let mut state = opened(several());
        state.handle(Command::Profiles(ProfileCommand::Select(several()[1].id)));
        let mut window = window(state, vec2(1024.0, 700.0), theme);
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
    in_both_themes("test_all", || {
        let mut state = opened(several());
        state.handle(Command::Show(Page::TestAll));
        state.handle(Command::CheckAll(CheckAllCommand::Start));
        for (place, report) in [(0, passed()), (1, wrong_secret()), (4, passed())] {
            state.receive(Answer::OneOfManyFinished(Ticket::new(1, Owner::CheckAll), place, Box::new(report)));
        }
        state.receive(Answer::ManyFinished(Ticket::new(1, Owner::CheckAll)));
        state.handle(Command::DismissNotice);
        state
    });
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
    in_both_themes("older_copy", || {
        let mut state = opened(several());
        let behind = Behind { seen_generation: 41, seen_at: today(), generation: 37, saved_at: today() };
        state.receive(Answer::Standing(Some(Standing::Older(behind))));
        state
    });
}

#[test]
fn removing_a_colleague() {
    in_both_themes("remove_slot", || {
        let mut state = trust::removing_frank();
        // The day of the test is not the same twice.
        if let Some(Dialog::RemoveSlot(form)) = state.dialogs.front_mut() {
            form.others.slots.iter_mut().for_each(|(slot, _)| slot.added = Some(today()));
        }
        state
    });
}

#[test]
fn changing_the_passphrase_of_a_vault_with_colleagues() {
    in_both_themes("change_passphrase", || {
        let (mut slots, _) = trust::with_franks_key();
        slots.iter_mut().for_each(|slot| slot.added = Some(today()));
        trust::changing_the_passphrase(slots)
    });
}

#[test]
fn ways_to_open() {
    let slots = real_vault().vault.slots();
    in_both_themes("ways_to_open", || {
        let mut state = opened(several());
        state.handle(Command::Show(Page::Vault(VaultTab::UnlockMethods)));
        // Times and names of this machine are not the same twice.
        let slots = slots.iter().cloned().map(|slot| SlotView { added: Some(today()), ..slot });
        state.receive(Answer::Slots(slots.collect()));
        state
    });
}

#[test]
fn conflicts() {
    in_both_themes("conflicts", || {
        let (profiles, conflicts) = conflict();
        let who = Who { account: "bob".to_owned(), machine: "JUMP02".to_owned() };
        let told = |mut conflict: Conflict| {
            (conflict.found, conflict.who) = (today(), who.clone());
            conflict
        };
        let mut state = opened(profiles);
        state.handle(Command::Show(Page::Vault(VaultTab::Conflicts)));
        state.receive(Answer::Conflicts(conflicts.into_iter().map(told).collect()));
        state
    });
}

#[test]
fn history() {
    let real = real_vault();
    in_both_themes("history", || {
        let mut state = opened(several());
        state.handle(Command::Show(Page::Vault(VaultTab::History)));
        let who = Who { account: "CONTOSO\\ada".to_owned(), machine: "JUMP01".to_owned() };
        let told = |mut entry: HistoryEntry| {
            (entry.at, entry.who) = (today(), who.clone());
            entry
        };
        state.receive(Answer::History(real.vault.contents().history().iter().cloned().map(told).collect()));
        state
    });
}

#[test]
fn renewals() {
    in_both_themes("renewals", || crate::renewals::page(crate::renewals::many()));
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
    in_both_themes("reminders_form", || {
        let mut state = opened(several());
        let own = Own { rule: Some(ReminderRule::Days(vec![21, 5])), snooze: None };
        let own = [(several()[1].id, own)].into_iter().collect();
        state.receive(Answer::Reminders(ReminderNews::Own(own)));
        state.receive(crate::reminders::schedule(State::Off));
        state.handle(Command::Profiles(ProfileCommand::Select(several()[1].id)));
        state
    });
}

#[test]
fn reminder_settings() {
    let mut results = egui_kittest::SnapshotResults::new();
    for (theme, word) in [(Theme::Light, "light"), (Theme::Dark, "dark")] {
        let mut state = opened(several());
        state.settings.reminders.webhook = "https://hooks.slack.example/x".parse().ok();
        state.handle(Command::Show(Page::Settings));
        state.receive(crate::reminders::schedule(State::On(Scheduler::WindowsTask)));
        state.receive(crate::reminders::watched());
        let mut window = window(state, vec2(1180.0, 760.0), theme);
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
    in_both_themes("mail_dialog", || {
        let mut state = opened(several());
        state.handle(Command::Reminders(ReminderCommand::OpenMail(several()[1].id)));
        state
    });
}

/// Backups of the same days and sizes every time.
fn dated(list: Vec<Backup>) -> Vec<Backup> {
    let old = |(place, backup): (usize, Backup)| Backup {
        saved_at: today() - chrono::TimeDelta::days(place as i64 * place as i64),
        bytes: 9_000,
        ..backup
    };
    list.into_iter().enumerate().map(old).collect()
}

#[test]
fn backups() {
    let mut real = real_vault();
    real.vault.update(|contents| contents.put(profile(9, "Tailspin Toys", "2027-01-01", None))).expect("saved");
    let list = a365_password_tool::vault::backups(real.vault.path()).expect("backups");
    let then = real.vault.open_backup(list.last().expect("one")).expect("it opens");
    let difference = a365_password_tool::vault::difference(real.vault.contents(), &then);
    let list = dated(list);
    in_both_themes("backups", || {
        let mut state = opened(several());
        state.handle(Command::Show(Page::Vault(VaultTab::Backups)));
        state.receive(Answer::Backups(Ok(list.clone())));
        let chosen = list.last().expect("one");
        state.handle(Command::VaultPage(VaultPageCommand::CompareBackup(chosen.clone())));
        state.receive(Answer::BackupCompared(chosen.path.clone(), Ok(difference.clone())));
        state
    });
}

#[test]
fn damaged() {
    let real = real_vault();
    let list = dated(a365_password_tool::vault::backups(real.vault.path()).expect("backups"));
    in_both_themes("damaged", || {
        let mut state = AppState::new(start(VaultFile::There));
        let text =
            "The vault file contact-centre.a365vault is damaged: it was cut short. It was not changed.".to_owned();
        state.receive(Answer::VaultNotOpened(Refusal { text, cause: RefusalCause::Damaged }));
        state.handle(Command::Unlock(UnlockCommand::AskRestore));
        state.receive(Answer::BackupsOf("Vaults/contact-centre.a365vault".into(), Ok(list.clone())));
        state
    });
}

#[test]
fn repairable() {
    let real = real_vault();
    let whole = std::fs::read(real.vault.path()).expect("the vault");
    let path = real.vault.path().to_string_lossy().into_owned();
    std::fs::write(&path, [b"\xef\xbb\xbf", &whole[..]].concat()).expect("written");
    let mut refusal = Refusal::from(a365_password_tool::vault::read_info(path.as_ref()).expect_err("damaged"));
    refusal.text = refusal.text.replace(&path, "Vaults/contact-centre.a365vault");
    in_both_themes("repairable", || {
        let mut state = AppState::new(start(VaultFile::There));
        state.receive(Answer::VaultNotOpened(refusal.clone()));
        state
    });
}

#[test]
fn recent_vaults() {
    in_both_themes("recent_vaults", || {
        let mut state = AppState::new(crate::recent_vaults::start_after(&[
            "Vaults/contact-centre.a365vault",
            "Vaults/fabrikam.a365vault",
            "S:/Operations/Europe, Middle East and Africa/Contact centres/Shared with the night shift/wingtip.a365vault",
        ]));
        let gone = state.recent_vaults()[1].path.clone();
        state.receive(Answer::RecentVaultLookedFor(gone, VaultPlace::Missing));
        state
    });
}

#[test]
fn unlock_by_recovery_key() {
    in_both_themes("unlock_by_recovery_key", || {
        let mut state = AppState::new(start(VaultFile::There));
        let look = UnlockMethods { this_account: true, recovery_key: true };
        state.receive(Answer::VaultLookedAt("Vaults/contact-centre.a365vault".into(), look));
        state.handle(Command::Unlock(UnlockCommand::ChooseMethod(UnlockMethod::RecoveryKey)));
        if let Screen::Unlock(form) = &mut state.screen {
            form.recovery_key = "qqqq qqqq".into();
        }
        state
    });
}

#[test]
fn unlock_ways() {
    in_both_themes("unlock_ways", || {
        let mut state = AppState::new(start(VaultFile::There));
        let look = UnlockMethods { this_account: true, recovery_key: true };
        state.receive(Answer::VaultLookedAt("Vaults/contact-centre.a365vault".into(), look));
        state
    });
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
    in_both_themes("profiles_grouped", || {
        let mut state = crate::list_view::grouped();
        state.settings.list.favorites = [several()[1].id, several()[3].id].into();
        state.handle(Command::Profiles(ProfileCommand::Select(several()[1].id)));
        state.handle(Command::List(ListCommand::Collapse(vec![GroupKey::Tag("berlin".to_owned())])));
        state
    });
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

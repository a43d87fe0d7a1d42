//! Every screen and every dialog as a state: for pictures, for the walk through the accessibility tree, and for large text.

use a365_password_tool::app::{
    listing::GroupKey,
    state::{
        AppState, CheckAllCommand, CheckCommand, Command, Dialog, ExportCommand, ListCommand, Page, PasteCommand,
        ProfileCommand, ProxyCommand, ReminderCommand, Screen, SelectionCommand, UnlockCommand, UnlockMethod,
        VaultFile, VaultPageCommand, VaultTab,
    },
    tasks::{Answer, Owner, Refusal, RefusalCause, ReminderNews, Ticket},
};
use a365_password_tool::reminder::{
    own::Own,
    policy::VaultPlace,
    rule::ReminderRule,
    schedule::{Scheduler, State},
};
use a365_password_tool::renewal::{Act, Proof};
use a365_password_tool::vault::{Backup, Behind, Conflict, HistoryEntry, SlotView, Standing, UnlockMethods, Who};
use egui::{Theme, Vec2};

use crate::harness::{Window, click, opened, press, profile, several, start, today, window};
use crate::renewal::{after, give, on_page, tested};
use crate::reports::{passed, wrong_secret};
use crate::trust;
use crate::vault_page::{conflict, real_vault};

/// A screen: the state that shows it, and what is pressed to come to it.
pub struct Scene {
    pub name: &'static str,
    state: fn() -> AppState,
    arrive: fn(&mut Window),
}

impl Scene {
    pub fn window(&self, size: Vec2, theme: Theme) -> Window {
        let mut window = window((self.state)(), size, theme);
        (self.arrive)(&mut window);
        window
    }
}

const fn scene(name: &'static str, state: fn() -> AppState) -> Scene {
    Scene { name, state, arrive: |_| {} }
}

const fn after_a_press(name: &'static str, state: fn() -> AppState, arrive: fn(&mut Window)) -> Scene {
    Scene { name, state, arrive }
}

pub const SCENES: [Scene; 50] = [
    scene("first_start", first_start),
    scene("unlock", unlock),
    scene("unlock_ways", unlock_ways),
    scene("unlock_by_recovery_key", unlock_by_recovery_key),
    scene("recent_vaults", recent_vaults),
    scene("repairable", repairable),
    scene("damaged", damaged),
    scene("trust_question", trust::asking_to_trust),
    scene("refused_file", trust::asking_to_put_back),
    scene("empty_vault", empty_vault),
    scene("list", list),
    scene("profiles", profiles),
    scene("profiles_grouped", profiles_grouped),
    after_a_press("view_menu", crate::list_view::grouped, |window| press(window, "View")),
    scene("selection", selection),
    scene("new_profile", new_profile),
    scene("refused_form", refused_form),
    after_a_press("whole_form", profiles, |window| click(window, "Tenant, tags and notes")),
    scene("reminders_form", reminders_form),
    after_a_press("date_choice", profiles, |window| press(window, "Choose a date")),
    scene("running_check", running_check),
    scene("passed_check", passed_check),
    scene("failed_check", failed_check),
    scene("setup_guide", setup_guide),
    scene("test_all", test_all),
    scene("renewals", renewals),
    scene("renewal_new_secret", renewal_new_secret),
    scene("renewal_ucc", renewal_ucc),
    scene("renewal_kept", renewal_kept),
    scene("import", crate::import::preview),
    after_a_press("import_conflict", crate::import::preview, |window| click(window, "Details of Contoso production")),
    scene("settings", settings),
    scene("reminder_settings", reminder_settings),
    scene("about", about),
    scene("ways_to_open", ways_to_open),
    scene("backups", backups),
    scene("history", history),
    scene("conflicts", conflicts),
    scene("older_copy", older_copy),
    scene("palette", palette),
    scene("shortcuts", shortcuts),
    scene("delete_dialog", delete_dialog),
    scene("paste_dialog", paste_dialog),
    scene("mail_dialog", mail_dialog),
    scene("change_passphrase", change_passphrase),
    scene("recovery_key", recovery_key),
    scene("remove_slot", remove_slot),
    scene("export_dialog", export_dialog),
    scene("unsaved_dialog", unsaved_dialog),
    scene("proxy_dialog", proxy_dialog),
];

pub fn first_start() -> AppState {
    let mut state = AppState::new(start(VaultFile::NotYet));
    state.receive(Answer::AccountStore(true));
    state
}

pub fn unlock() -> AppState {
    AppState::new(start(VaultFile::There))
}

pub fn profiles() -> AppState {
    let mut state = opened(several());
    state.handle(Command::Profiles(ProfileCommand::Select(several()[1].id)));
    state
}

pub fn empty_vault() -> AppState {
    opened(Vec::new())
}

pub fn setup_guide() -> AppState {
    let mut state = testing(passed);
    state.handle(Command::ToggleGuide);
    state
}

pub fn settings() -> AppState {
    let mut state = opened(several());
    state.handle(Command::Show(Page::Settings));
    state
}

pub fn about() -> AppState {
    let mut state = opened(several());
    state.handle(Command::Show(Page::About));
    state
}

pub fn passed_check() -> AppState {
    testing(passed)
}

pub fn failed_check() -> AppState {
    testing(wrong_secret)
}

pub fn refused_form() -> AppState {
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
}

pub fn palette() -> AppState {
    let mut state = opened(several());
    state.handle(Command::Profiles(ProfileCommand::Select(several()[1].id)));
    state.handle(Command::OpenPalette);
    state
}

pub fn shortcuts() -> AppState {
    let mut state = opened(several());
    state.handle(Command::OpenShortcuts);
    state
}

pub fn selection() -> AppState {
    let mut state = opened(several());
    let ids = several().iter().map(|profile| profile.id).take(3).collect();
    state.handle(Command::Selection(SelectionCommand::Set(ids)));
    state
}

pub fn delete_dialog() -> AppState {
    let mut state = opened(several());
    state.handle(Command::Profiles(ProfileCommand::Select(several()[1].id)));
    state.handle(Command::Profiles(ProfileCommand::AskDelete(vec![several()[1].id])));
    state
}

pub fn paste_dialog() -> AppState {
    let mut state = opened(several());
    state.handle(Command::Paste(PasteCommand::Ask));
    let Some(Dialog::Paste(form)) = state.dialogs.front_mut() else { panic!("the dialog is open") };
    form.text = "AuthType=ClientSecret;Url=https://contoso.crm4.dynamics.com;ClientId=x;ClientSecret=abc;d=ef".into();
    state
}

pub fn test_all() -> AppState {
    let mut state = opened(several());
    state.handle(Command::Show(Page::TestAll));
    state.handle(Command::CheckAll(CheckAllCommand::Start));
    for (place, report) in [(0, passed()), (1, wrong_secret()), (4, passed())] {
        state.receive(Answer::OneOfManyFinished(Ticket::new(1, Owner::CheckAll), place, Box::new(report)));
    }
    state.receive(Answer::ManyFinished(Ticket::new(1, Owner::CheckAll)));
    state.handle(Command::DismissNotice);
    state
}

pub fn older_copy() -> AppState {
    let mut state = opened(several());
    let behind = Behind { seen_generation: 41, seen_at: today(), generation: 37, saved_at: today() };
    state.receive(Answer::Standing(Some(Standing::Older(behind))));
    state
}

pub fn remove_slot() -> AppState {
    let mut state = trust::removing_frank();
    // The day of the test is not the same twice.
    if let Some(Dialog::RemoveSlot(form)) = state.dialogs.front_mut() {
        form.others.slots.iter_mut().for_each(|(slot, _)| slot.added = Some(today()));
    }
    state
}

pub fn change_passphrase() -> AppState {
    let (mut slots, _) = trust::with_franks_key();
    slots.iter_mut().for_each(|slot| slot.added = Some(today()));
    trust::changing_the_passphrase(slots)
}

pub fn conflicts() -> AppState {
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
}

pub fn renewals() -> AppState {
    crate::renewals::page(crate::renewals::many())
}

pub fn reminders_form() -> AppState {
    let mut state = opened(several());
    let own = Own { rule: Some(ReminderRule::Days(vec![21, 5])), snooze: None };
    let own = [(several()[1].id, own)].into_iter().collect();
    state.receive(Answer::Reminders(ReminderNews::Own(own)));
    state.receive(crate::reminders::schedule(State::Off));
    state.handle(Command::Profiles(ProfileCommand::Select(several()[1].id)));
    state
}

pub fn mail_dialog() -> AppState {
    let mut state = opened(several());
    state.handle(Command::Reminders(ReminderCommand::OpenMail(several()[1].id)));
    state
}

pub fn recent_vaults() -> AppState {
    let mut state = AppState::new(crate::recent_vaults::start_after(&[
        "Vaults/contact-centre.a365vault",
        "Vaults/fabrikam.a365vault",
        "S:/Operations/Europe, Middle East and Africa/Contact centres/Shared with the night shift/wingtip.a365vault",
    ]));
    let gone = state.recent_vaults()[1].path.clone();
    state.receive(Answer::RecentVaultLookedFor(gone, VaultPlace::Missing));
    state
}

pub fn unlock_by_recovery_key() -> AppState {
    let mut state = AppState::new(start(VaultFile::There));
    let look = UnlockMethods { this_account: true, recovery_key: true };
    state.receive(Answer::VaultLookedAt("Vaults/contact-centre.a365vault".into(), look));
    state.handle(Command::Unlock(UnlockCommand::ChooseMethod(UnlockMethod::RecoveryKey)));
    if let Screen::Unlock(form) = &mut state.screen {
        form.recovery_key = "qqqq qqqq".into();
    }
    state
}

pub fn unlock_ways() -> AppState {
    let mut state = AppState::new(start(VaultFile::There));
    let look = UnlockMethods { this_account: true, recovery_key: true };
    state.receive(Answer::VaultLookedAt("Vaults/contact-centre.a365vault".into(), look));
    state
}

pub fn profiles_grouped() -> AppState {
    let mut state = crate::list_view::grouped();
    state.settings.list.favorites = [several()[1].id, several()[3].id].into();
    state.handle(Command::Profiles(ProfileCommand::Select(several()[1].id)));
    state.handle(Command::List(ListCommand::Collapse(vec![GroupKey::Tag("berlin".to_owned())])));
    state
}

/// The list, before a profile is chosen.
pub fn list() -> AppState {
    opened(several())
}

pub fn new_profile() -> AppState {
    let mut state = opened(several());
    state.handle(Command::Profiles(ProfileCommand::New));
    state
}

/// One profile, and the other with a test that ended so.
pub fn testing(report: fn() -> a365_password_tool::connection_check::CheckReport) -> AppState {
    let mut state = running_check();
    let first = state.open_vault().and_then(|vault| vault.draft.as_ref()).expect("a form").id;
    state.receive(Answer::CheckFinished(Ticket::new(1, Owner::Check(first)), Box::new(report())));
    state
}

pub fn running_check() -> AppState {
    let profiles = vec![profile(1, "Contoso", "2028-01-01", None), profile(2, "Fabrikam", "2027-12-31", Some(true))];
    let mut state = opened(profiles.clone());
    state.handle(Command::Profiles(ProfileCommand::Select(profiles[0].id)));
    state.handle(Command::Check(CheckCommand::Start));
    state
}

pub fn renewal_new_secret() -> AppState {
    on_page(after([Act::Begin]))
}

pub fn renewal_ucc() -> AppState {
    on_page(after([Act::Begin, give(), tested(), Act::Switch(Proof::Tested)]))
}

pub fn renewal_kept() -> AppState {
    on_page(after([Act::Begin, give(), tested(), Act::Switch(Proof::Tested), Act::ConfirmUcc]))
}

pub fn reminder_settings() -> AppState {
    let mut state = opened(several());
    state.settings.reminders.webhook = "https://hooks.slack.example/x".parse().ok();
    state.handle(Command::Show(Page::Settings));
    state.receive(crate::reminders::schedule(State::On(Scheduler::WindowsTask)));
    state.receive(crate::reminders::watched());
    state
}

pub fn ways_to_open() -> AppState {
    let mut state = opened(several());
    state.handle(Command::Show(Page::Vault(VaultTab::UnlockMethods)));
    // Times and names of this machine are not the same twice.
    let slots = real_vault().vault.slots().into_iter().map(|slot| SlotView { added: Some(today()), ..slot });
    state.receive(Answer::Slots(slots.collect()));
    state
}

pub fn history() -> AppState {
    let real = real_vault();
    let mut state = opened(several());
    state.handle(Command::Show(Page::Vault(VaultTab::History)));
    let who = Who { account: "CONTOSO\\ada".to_owned(), machine: "JUMP01".to_owned() };
    let told = |mut entry: HistoryEntry| {
        (entry.at, entry.who) = (today(), who.clone());
        entry
    };
    state.receive(Answer::History(real.vault.contents().history().iter().cloned().map(told).collect()));
    state
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

pub fn backups() -> AppState {
    let mut real = real_vault();
    real.vault.update(|contents| contents.put(profile(9, "Tailspin Toys", "2027-01-01", None))).expect("saved");
    let list = a365_password_tool::vault::backups(real.vault.path()).expect("backups");
    let then = real.vault.open_backup(list.last().expect("one")).expect("it opens");
    let difference = a365_password_tool::vault::difference(real.vault.contents(), &then);
    let list = dated(list);
    let mut state = opened(several());
    state.handle(Command::Show(Page::Vault(VaultTab::Backups)));
    state.receive(Answer::Backups(Ok(list.clone())));
    let chosen = list.last().expect("one");
    state.handle(Command::VaultPage(VaultPageCommand::CompareBackup(chosen.clone())));
    state.receive(Answer::BackupCompared(chosen.path.clone(), Ok(difference)));
    state
}

pub fn damaged() -> AppState {
    let real = real_vault();
    let list = dated(a365_password_tool::vault::backups(real.vault.path()).expect("backups"));
    let mut state = AppState::new(start(VaultFile::There));
    let text = "The vault file contact-centre.a365vault is damaged: it was cut short. It was not changed.".to_owned();
    state.receive(Answer::VaultNotOpened(Refusal { text, cause: RefusalCause::Damaged }));
    state.handle(Command::Unlock(UnlockCommand::AskRestore));
    state.receive(Answer::BackupsOf("Vaults/contact-centre.a365vault".into(), Ok(list)));
    state
}

pub fn repairable() -> AppState {
    let real = real_vault();
    let whole = std::fs::read(real.vault.path()).expect("the vault");
    let path = real.vault.path().to_string_lossy().into_owned();
    std::fs::write(&path, [b"\xef\xbb\xbf", &whole[..]].concat()).expect("written");
    let mut refusal = Refusal::from(a365_password_tool::vault::read_info(path.as_ref()).expect_err("damaged"));
    refusal.text = refusal.text.replace(&path, "Vaults/contact-centre.a365vault");
    let mut state = AppState::new(start(VaultFile::There));
    state.receive(Answer::VaultNotOpened(refusal));
    state
}

pub fn recovery_key() -> AppState {
    let mut state = ways_to_open();
    state.handle(Command::VaultPage(VaultPageCommand::AskRecoveryKey));
    state
}

pub fn export_dialog() -> AppState {
    let mut state = opened(several());
    state.handle(Command::Export(ExportCommand::AskAll));
    state
}

/// A form with changes, when another profile is chosen.
pub fn unsaved_dialog() -> AppState {
    let mut state = profiles();
    let Screen::Open(vault) = &mut state.screen else { panic!("open") };
    vault.draft.as_mut().expect("a form").fields.name = "Contoso production, Berlin".to_owned();
    state.handle(Command::Profiles(ProfileCommand::Select(several()[0].id)));
    state
}

pub fn proxy_dialog() -> AppState {
    let mut state = settings();
    state.handle(Command::Proxy(ProxyCommand::Ask));
    state
}

//! The desktop app.
//!
//! In: input and time from a window's host. Out: what to draw, and work for the background. This file is plumbing;
//! `state` holds what lives across frames, `screens` draw it, `tasks` do what would hold a frame up.

pub mod actions;
mod after_lock;
pub mod dates;
pub mod dialogs;
pub mod draft;
pub mod listing;
mod outside;
mod rebase;
pub mod screens;
mod shared_profiles;
mod shortcuts;
pub mod state;
pub mod tasks;
pub mod theme;
mod unsaved_form;
pub mod widgets;

use std::{
    sync::mpsc::Sender,
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};

pub use self::shared_profiles::SharedProfiles;
use self::{
    after_lock::AfterLock,
    outside::{Message, Outside},
    state::{AppState, Command, Input, Start, Typed},
    tasks::{Answer, Part, Request, Tasks, VaultFileRequest},
    theme::SystemColours,
};
use crate::{
    platform::{
        screen_capture::{self, Applied, Visibility},
        single_instance::SingleInstance,
    },
    settings::ThemeChoice,
    window::{Drawing, Rescue, Waker, WindowApp},
};

/// How long a save may take with which typed text is kept when the window stops.
const RESCUE_PATIENCE: Duration = Duration::from_secs(10);

/// The app in a window.
///
/// A frame: time passes and answers come in (`logic`); shortcuts, screens and the dialog in front give commands; the
/// state carries them out; what it asks of the background is begun.
pub struct App {
    state: AppState,
    tasks: Tasks,
    clock: fn() -> DateTime<Utc>,
    opened: Instant,
    had_focus: bool,
    was_minimised: bool,
    shown_to: Visibility,
    /// The desktop's colours, as they were when the window got the focus last: to change them people go elsewhere.
    colours: SystemColours,
    outside: Outside,
    /// What the title bar says.
    title: String,
    waker: Waker,
    /// Who waits until the vault is locked; it learns of that by the drop.
    waiting: Vec<Sender<()>>,
    after_lock: AfterLock,
}

impl App {
    /// The app for the window of `ctx`. `clock` is asked for the time once a frame.
    pub fn new(ctx: &egui::Context, start: Start, clock: fn() -> DateTime<Utc>) -> App {
        theme::install(ctx);
        theme::fonts::add_system_fonts(ctx);
        let colours = SystemColours::now();
        theme::follow_system(ctx, &colours);
        let waker = Waker::from(ctx);
        let tasks = Tasks::start(waker.clone(), start.clouds.clone(), start.reminders.clone());
        App {
            state: AppState::new(start),
            tasks,
            clock,
            opened: Instant::now(),
            had_focus: true,
            was_minimised: false,
            shown_to: Visibility::default(),
            colours,
            outside: Outside::listen(waker.clone()),
            waker,
            title: String::new(),
            waiting: Vec::new(),
            after_lock: AfterLock::default(),
        }
    }

    /// The app as the window that further starts for the same vault come to.
    pub fn as_first(mut self, instance: SingleInstance) -> App {
        self.outside.answer_second_starts(instance);
        self
    }

    /// The state, for tests and hosts to look at.
    pub fn state(&self) -> &AppState {
        &self.state
    }

    /// Takes the desktop's colours if they are others by now.
    fn look_at_colours(&mut self, ctx: &egui::Context) {
        let colours = SystemColours::now();
        if colours != self.colours {
            self.colours = colours;
            theme::follow_system(ctx, &colours);
        }
    }

    /// What the settings say about the window itself.
    fn apply_settings(&mut self, ctx: &egui::Context) {
        let preference = match self.state.settings.theme {
            ThemeChoice::System => egui::ThemePreference::System,
            ThemeChoice::Light => egui::ThemePreference::Light,
            ThemeChoice::Dark => egui::ThemePreference::Dark,
        };
        if ctx.options(|options| options.theme_preference) != preference {
            ctx.set_theme(preference);
        }
        let visibility = match self.state.settings.hide_from_screen_capture {
            true => Visibility::ScreenOnly,
            false => Visibility::Everywhere,
        };
        if self.shown_to != visibility {
            self.shown_to = visibility;
            if screen_capture::show_windows_of_this_thread(visibility) == Applied::No {
                self.state.capture_not_prevented();
            }
        }
        let zoom = f32::from(self.state.settings.zoom_percent) / 100.0;
        if (ctx.zoom_factor() - zoom).abs() > 0.001 {
            ctx.set_zoom_factor(zoom);
        }
    }

    /// What the window itself does when a vault is opened or locked.
    fn vault_is_asked(&mut self, ctx: &egui::Context, request: &VaultFileRequest) {
        match request {
            VaultFileRequest::Create(..) | VaultFileRequest::Open(..) => self.outside.watch_session(),
            VaultFileRequest::Lock => self.after_lock = AfterLock::begin(ctx),
            VaultFileRequest::SignalWhenDone(_)
            | VaultFileRequest::LookForAccountStore
            | VaultFileRequest::LookAt(_)
            | VaultFileRequest::ListBackups(_)
            | VaultFileRequest::Repair(_)
            | VaultFileRequest::RestoreOverDamaged(..) => {}
        }
    }

    /// Begins what the state asks of the background and of the window.
    fn carry_out(&mut self, ctx: &egui::Context) {
        for request in std::mem::take(&mut self.state.outbox) {
            if let Request::VaultFile(request) = &request {
                self.vault_is_asked(ctx, request);
            }
            self.tasks.begin(request);
        }
        if !self.state.is_locking() {
            // Behind all that the vault's thread still has to do.
            self.waiting
                .drain(..)
                .for_each(|waiting| self.tasks.begin(Request::VaultFile(VaultFileRequest::SignalWhenDone(waiting))));
        }
        if let Some(vault) = self.state.open_vault() {
            self.outside.now_shows(&vault.path);
        }
        if let Some(text) = self.state.copy_text.take() {
            ctx.copy_text(text);
        }
        if let Some(url) = self.state.open_link.take() {
            ctx.open_url(egui::OpenUrl::new_tab(url));
        }
        let title = self.state.title();
        widgets::name_window(ctx, &title);
        if self.title != title {
            self.title.clone_from(&title);
            ctx.send_viewport_cmd(egui::ViewportCommand::Title(title));
        }
        if std::mem::take(&mut self.state.close_window) {
            ctx.send_viewport_cmd(egui::ViewportCommand::Close);
        }
    }
}

impl App {
    /// Takes in what happens outside the window.
    fn receive_from_outside(&mut self, ctx: &egui::Context) {
        while let Some(message) = self.outside.next() {
            match message {
                Message::Session(event, waiting) => {
                    self.state.session_event(event);
                    self.waiting.push(waiting);
                }
                Message::StartedAgain(profile) => {
                    // In this order: a minimised window cannot be given the focus.
                    ctx.send_viewport_cmd(egui::ViewportCommand::Minimized(false));
                    ctx.send_viewport_cmd(egui::ViewportCommand::Focus);
                    self.state.started_again(profile);
                }
                Message::Fault(report) => self.state.receive(Answer::Fault(Part::Other, report)),
                Message::Claimed(instance) => self.outside.answer_second_starts(instance),
            }
        }
        let minimised = ctx.input(|input| input.viewport().minimized == Some(true));
        if minimised && !self.was_minimised {
            self.state.minimised();
        }
        self.was_minimised = minimised;
    }
}

/// Draws one frame of `state` and carries out what people do in it.
pub fn frame(ui: &mut egui::Ui, state: &mut AppState) {
    let ctx = ui.ctx().clone();
    let mut commands = Vec::new();
    state.window_is_wide(ctx.content_rect().width());
    widgets::note_keyboard(&ctx, screens::shown(state));
    widgets::note_menu_key(&ctx);
    widgets::note_tab(&ctx);
    widgets::note_caps_lock(&ctx);
    shortcuts::edit_keys_of_old(&ctx);
    if state.dialogs.is_empty() {
        shortcuts::read(&ctx, state, &mut commands);
    }
    screens::window(ui, state, &mut commands);
    dialogs::show(&ctx, state, &mut commands);
    widgets::keep_focus(&ctx);
    if !commands.is_empty() {
        // What a command changes is drawn at once, not at the next movement of the mouse.
        ctx.request_repaint();
    }
    for command in commands {
        state.handle(command);
    }
}

impl WindowApp for App {
    fn logic(&mut self, ctx: &egui::Context) {
        let (input, focused) = ctx.input(|input| {
            let acted = !input.events.is_empty() || input.pointer.is_moving();
            (if acted { Input::Some } else { Input::None }, input.focused)
        });
        // Not egui's own time, which stands still while the window is hidden.
        let seconds = self.opened.elapsed().as_secs_f64();
        while let Some(answer) = self.tasks.next_answer() {
            self.state.receive(answer);
        }
        self.receive_from_outside(ctx);
        if focused && !self.had_focus {
            self.state.window_focused();
            self.look_at_colours(ctx);
        }
        self.had_focus = focused;
        self.after_lock.go_on(ctx, seconds);
        if let Some(again) = self.state.tick((self.clock)(), seconds, input) {
            ctx.request_repaint_after(Duration::from_secs_f64(again));
        }
        self.carry_out(ctx);
    }

    fn ui(&mut self, ui: &mut egui::Ui) {
        let ctx = ui.ctx().clone();
        self.apply_settings(&ctx);
        if ctx.input(|input| input.viewport().close_requested()) && self.state.has_unsaved_changes() {
            ctx.send_viewport_cmd(egui::ViewportCommand::CancelClose);
            self.state.handle(Command::CloseWindow);
        }
        if !self.after_lock.leaves_empty(ui) {
            frame(ui, &mut self.state);
        }
        self.carry_out(&ctx);
    }

    fn moved(&mut self, ctx: &egui::Context) {
        theme::install(ctx);
        theme::fonts::add_system_fonts(ctx);
        self.waker.now_wakes(ctx);
        // The new window knows nothing of it yet.
        self.shown_to = Visibility::default();
        self.had_focus = true;
    }

    fn drawn(&mut self, drawing: Drawing) {
        self.state.drawing = drawing;
    }

    fn rescue(&mut self) -> Rescue {
        let begun = Instant::now();
        if self.state.window_stops() == Typed::Nothing {
            self.on_exit();
            return Rescue::NothingTyped;
        }
        while begun.elapsed() < RESCUE_PATIENCE && self.state.is_locking() {
            for request in self.state.outbox.drain(..) {
                self.tasks.begin(request);
            }
            if let Some(answer) = self.tasks.answer_within(RESCUE_PATIENCE.saturating_sub(begun.elapsed())) {
                self.state.receive(answer);
            }
        }
        // The lock itself, and the end of what was kept for the case of a crash.
        self.state.outbox.drain(..).for_each(|request| self.tasks.begin(request));
        let rescue = self.state.kept_as().map_or(Rescue::Lost, |name| Rescue::KeptAs(name.to_owned()));
        self.on_exit();
        rescue
    }

    fn on_exit(&mut self) {
        // First, so that a start from now on opens a window of its own.
        self.outside.refuse_second_starts();
        self.tasks.finish();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        app::state::{ProfileCommand, Screen, VaultFile},
        cloud::Overrides,
        platform::wall_clock,
        profile::SecretText,
        reminder,
        settings::Settings,
        vault::{Credential, KdfParameters, Vault},
    };

    /// The account's own folder is beside the vault.
    fn app_with_open_vault(vault_path: &std::path::Path, passphrase: &SecretText) -> App {
        Vault::create(vault_path, passphrase, KdfParameters::minimum()).expect("a vault");
        let start = Start {
            settings: Settings::default(),
            settings_path: None,
            settings_trouble: None,
            clouds: Overrides::none(),
            reminders: vault_path.parent().map(|folder| reminder::Places::in_folder(&folder.join("own"))),
            vault_path: vault_path.to_owned(),
            vault_file: VaultFile::There,
            portable_folder: None,
            show_profile: None,
            now: wall_clock::now(),
            local: dates::LocalTime::of_this_computer(),
            new_id: uuid::Uuid::new_v4,
        };
        let mut app = App::new(&egui::Context::default(), start, wall_clock::now);
        app.tasks.begin(Request::VaultFile(VaultFileRequest::Open(
            vault_path.to_owned(),
            Credential::Passphrase(passphrase.clone()),
            crate::vault::Trust::Proven,
        )));
        while app.state.open_vault().is_none() {
            let answer = app.tasks.answer_within(Duration::from_secs(60)).expect("the vault opens");
            app.state.receive(answer);
        }
        app
    }

    #[test]
    fn when_the_window_stops_what_was_typed_is_kept_in_the_vault() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("v.a365vault");
        let passphrase = SecretText::new(format!("made-{}", uuid::Uuid::new_v4()));
        let mut app = app_with_open_vault(&path, &passphrase);
        app.state.handle(Command::Profiles(ProfileCommand::New));
        let Screen::Open(vault) = &mut app.state.screen else { panic!("open") };
        vault.draft.as_mut().expect("a form").fields.name = "Contoso".to_owned();
        let now = wall_clock::now();
        app.state.tick(now, 1.0, Input::Some);
        app.state.tick(now, 3.0, Input::None);
        app.state.outbox.drain(..).for_each(|request| app.tasks.begin(request));
        app.state.receive(loop {
            let answer = app.tasks.answer_within(Duration::from_secs(60)).expect("it is kept");
            if matches!(answer, Answer::Draft(_)) {
                break answer;
            }
        });
        let drafts = || std::fs::read_dir(folder.path().join("own/drafts")).expect("the folder").count();
        assert_eq!(drafts(), 1);
        assert_eq!(app.rescue(), Rescue::KeptAs("Contoso (unsaved changes)".to_owned()));
        let kept = Vault::open(&path, &passphrase).expect("the vault is whole");
        assert!(kept.contents().by_name("Contoso (unsaved changes)").is_some());
        assert_eq!(drafts(), 0, "what is in the vault is not offered a second time");
    }

    #[test]
    fn when_the_window_stops_and_nothing_was_typed_nothing_is_saved() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("v.a365vault");
        let passphrase = SecretText::new(format!("made-{}", uuid::Uuid::new_v4()));
        let mut app = app_with_open_vault(&path, &passphrase);
        assert_eq!(app.rescue(), Rescue::NothingTyped);
        assert!(Vault::open(&path, &passphrase).expect("the vault").contents().profiles().is_empty());
    }
}

//! A window without a screen: the app's own state and screens, a clock that stands still, requests caught before
//! they reach the background.

use a365_password_tool::{
    app::{
        self,
        dates::LocalTime,
        state::{AppState, Input, Start, VaultFile},
        tasks::{Answer, Change, DraftRequest, Edit, ProfileEdit, Request, VaultRequest},
        theme,
    },
    profile::{ClientId, ClientSecret, EnvironmentUrl, LastCheck, Profile},
    raster::{Canvas, Rasterizer, unpack},
    settings::Settings,
};
use chrono::{DateTime, NaiveDateTime, TimeDelta, TimeZone, Utc};
use egui::{FullOutput, TexturesDelta, Theme, Vec2, accesskit::Role, vec2};
use egui_kittest::{
    Harness, SnapshotOptions, TestRenderer,
    kittest::{By, Queryable},
};
use image::RgbaImage;
use uuid::Uuid;

/// The day of all window tests.
pub fn today() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 23, 9, 30, 0).single().expect("a real day")
}

/// The wall clock of Berlin in winter, on every machine.
fn an_hour_ahead(time: DateTime<Utc>) -> NaiveDateTime {
    time.naive_utc() + TimeDelta::hours(1)
}

/// What lives in the harness: the state, and what it asked of the background.
pub struct Played {
    pub state: AppState,
    pub requests: Vec<Request>,
    /// What it asked to be done with the draft: apart, because it comes a second after whatever is typed.
    pub drafts: Vec<DraftRequest>,
    pub copied: Vec<String>,
    /// The pages that it opened in the browser.
    pub links: Vec<String>,
    /// The seconds since the window opened, where a test owns them.
    pub seconds: Option<f64>,
    theme: Theme,
    installed: Installed,
}

#[derive(PartialEq)]
enum Installed {
    No,
    Yes,
}

impl Played {
    fn new(mut state: AppState, theme: Theme) -> Played {
        // What the start itself asks for is no answer to anything that a test does.
        state.outbox.clear();
        Played {
            state,
            requests: Vec::new(),
            drafts: Vec::new(),
            copied: Vec::new(),
            links: Vec::new(),
            seconds: None,
            theme,
            installed: Installed::No,
        }
    }

    fn frame(&mut self, ui: &mut egui::Ui) {
        let ctx = &ui.ctx().clone();
        if self.installed == Installed::No {
            theme::install(ctx);
            ctx.set_theme(self.theme);
            self.installed = Installed::Yes;
            // Fonts are there from the next frame on.
            return ctx.request_repaint();
        }
        let seconds = self.seconds.unwrap_or_else(|| ctx.input(|input| input.time));
        self.state.tick(today(), seconds, Input::Some);
        // The harness leaves a margin; a window has none.
        let whole = ctx.content_rect();
        ui.scope_builder(egui::UiBuilder::new().max_rect(whole), |ui| {
            ui.set_clip_rect(whole);
            app::frame(ui, &mut self.state);
        });
        for request in self.state.outbox.drain(..) {
            match request {
                Request::Vault(VaultRequest::Draft(request)) => self.drafts.push(request),
                other => self.requests.push(other),
            }
        }
        self.copied.extend(self.state.copy_text.take());
        self.links.extend(self.state.open_link.take());
    }
}

/// Makes pictures with what draws the window of the program.
#[derive(Default)]
struct Pictures(Rasterizer);

impl TestRenderer for Pictures {
    fn handle_delta(&mut self, delta: &mut TexturesDelta) {
        self.0.set_textures(delta);
        self.0.free_textures(delta);
    }

    fn render(&mut self, ctx: &egui::Context, output: &FullOutput) -> Result<RgbaImage, String> {
        let primitives = ctx.tessellate(output.shapes.clone(), output.pixels_per_point);
        let size = ctx.content_rect().size() * output.pixels_per_point;
        let (width, height) = (size.x.ceil() as u32, size.y.ceil() as u32);
        let mut pixels = vec![0; width as usize * height as usize];
        let mut canvas = Canvas::new(&mut pixels, width as usize);
        let place = canvas.bounds();
        self.0.draw(&mut canvas, &primitives, output.pixels_per_point, place);
        let bytes = pixels.into_iter().flat_map(|pixel| unpack(pixel).to_array()).collect();
        RgbaImage::from_raw(width, height, bytes).ok_or_else(|| "a picture of another size".to_owned())
    }
}

pub type Window = Harness<'static, Played>;

/// The window of a state, in a size and a theme.
pub fn window(state: AppState, size: Vec2, theme: Theme) -> Window {
    let mut window = Harness::builder()
        .with_size(size)
        .renderer(Pictures::default())
        // The same differing pixels are allowed to every picture: none, but for rounding between processors.
        .with_options(SnapshotOptions::new().threshold(1.0).max_failed_pixels(10))
        .build_ui_state(|ui, played: &mut Played| played.frame(ui), Played::new(state, theme));
    window.run();
    window
}

/// The window at the size that jump servers have.
pub fn small(state: AppState) -> Window {
    window(state, vec2(1024.0, 700.0), Theme::Light)
}

/// How the app starts.
pub fn start(vault_file: VaultFile) -> Start {
    Start {
        settings: Settings::default(),
        settings_path: Some("settings.toml".into()),
        settings_trouble: None,
        vault_path: "Vaults/contact-centre.a365vault".into(),
        vault_file,
        clouds: a365_password_tool::cloud::Overrides::none(),
        reminders: None,
        portable_folder: None,
        show_profile: None,
        now: today(),
        local: LocalTime::new(an_hour_ahead),
        new_id: Uuid::new_v4,
    }
}

/// A state with an open vault.
pub fn opened(profiles: Vec<Profile>) -> AppState {
    let mut state = AppState::new(start(VaultFile::There));
    state.receive(Answer::VaultOpened("Vaults/contact-centre.a365vault".into(), profiles.into(), None));
    state.outbox.clear();
    state
}

/// A secret as Entra ID makes them today, made at run time.
pub fn entra_secret() -> String {
    format!("k7F8{}{}", "Q~", "w".repeat(34))
}

/// A complete profile.
pub fn profile(number: u128, name: &str, expires: &str, passed: Option<bool>) -> Profile {
    let mut profile = Profile::new(Uuid::from_u128(number), name, today());
    let organization = name.to_lowercase().replace([' ', '.'], "-");
    profile.environment_url = EnvironmentUrl::parse(&format!("https://{organization}.crm4.dynamics.com")).ok();
    profile.client_id = ClientId::parse("11112222-aaaa-3333-bbbb-4444cccc5555").ok();
    profile.client_secret = ClientSecret::parse(&entra_secret()).ok();
    profile.secret_expires = expires.parse().ok();
    profile.last_check =
        passed.map(|passed| LastCheck { at: today(), passed, stage: None, code: None, tenant_id: None });
    profile
}

/// Profiles in every state that the list can show.
pub fn several() -> Vec<Profile> {
    vec![
        profile(1, "Adventure Works", "2027-10-31", Some(true)),
        profile(2, "Contoso production", "2026-12-03", Some(true)),
        profile(3, "Contoso test", "2026-11-20", Some(false)),
        profile(4, "Fabrikam", "", None),
        profile(5, "Northwind Traders (Europe) with a name that is far too long for its row", "2027-01-15", Some(true)),
        profile(6, "Wingtip Toys", "2028-05-01", Some(true)),
    ]
}

/// Types `text` into the field of that name, as a person who clicked into it would.
pub fn fill(window: &mut Window, field: &str, text: &str) {
    let node = window.get_by_label(field);
    node.focus();
    window.run();
    window.get_by_label(field).type_text(text);
    window.run();
}

/// Presses the button of that name, after scrolling to it.
pub fn press(window: &mut Window, button: &str) {
    let pressed = By::new().label(button).predicate(|node| matches!(node.role(), Role::Button | Role::Tab));
    window.get(pressed).scroll_to_me();
    window.run();
    let pressed = By::new().label(button).predicate(|node| matches!(node.role(), Role::Button | Role::Tab));
    window.get(pressed).click();
    window.run();
}

/// Clicks what has that name.
pub fn click(window: &mut Window, name: &str) {
    window.get_by_label(name).click();
    window.run();
}

/// Whether some text on the screen holds `text`.
pub fn says(window: &Window, text: &str) -> bool {
    window.query_all_by_label_contains(text).next().is_some()
}

/// The window's answer from the background, and the frames that it takes to show it.
pub fn answer(window: &mut Window, answer: Answer) {
    window.state_mut().state.receive(answer);
    window.run();
}

/// What was asked of the background since the last look, but for the draft.
pub fn requests(window: &mut Window) -> Vec<Request> {
    std::mem::take(&mut window.state_mut().requests)
}

/// The row of a profile in the list.
pub fn row<'w>(window: &'w Window, name: &'w str) -> egui_kittest::Node<'w> {
    window.get_by(move |node| node.label().is_some_and(|label| label.starts_with(&format!("{name}, "))))
}

/// The vault changes the profiles that are `there` as it was asked; what is there then, by name.
pub fn edited(window: &mut Window, mut there: Vec<Profile>, edits: &[ProfileEdit], edit: Edit) -> Vec<Profile> {
    for change in edits {
        match change {
            ProfileEdit::Remove(gone) => there.retain(|profile| profile.id != gone.id),
            ProfileEdit::Put { profile, .. } => {
                there.retain(|other| other.id != profile.id);
                there.push((**profile).clone());
            }
        }
    }
    there.sort_by(|one, other| one.name.cmp(&other.name));
    answer(window, Answer::Profiles(there.clone().into(), Change::Edited(edit)));
    there
}

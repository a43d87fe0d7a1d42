//! What whole frames of the window cost, at 1280x800 and on a 4K screen at 200 %: the app with its layout, and all pixels,
//! drawn by the processor. `cargo run --release --example frames_speed -- [PROFILES] [FRAMES]`
//!
//! Counted is the thread's own processor time, so that other programs do not disturb.

mod opened_vault;

use std::time::Duration;

use a365_password_tool::app::state::{AppState, Command, Input, Page, ProfileCommand, Screen};
use a365_password_tool::app::{frame, theme};
use a365_password_tool::platform::thread_time::thread_time;
use a365_password_tool::profile::{ClientId, EnvironmentUrl, Profile};
use a365_password_tool::raster::{Canvas, Rasterizer};
use a365_password_tool::settings::GroupBy;
use chrono::{DateTime, Days, Utc};
use egui::epaint::ClippedPrimitive;
use egui::{Color32, Pos2, Rect, TexturesDelta, vec2};
use uuid::Uuid;

/// Width and height in pixels, and pixels per point.
const SCREENS: [(usize, usize, f32); 2] = [(1280, 800, 1.0), (3840, 2160, 2.0)];

fn main() {
    let mut numbers = std::env::args().skip(1).map(|word| word.parse::<u32>().expect("a number"));
    let profiles = numbers.next().unwrap_or(300).into();
    let frames = numbers.next().unwrap_or(200);
    for (width, height, pixels_per_point) in SCREENS {
        for (name, show, group_by, searched) in [
            ("list", None, GroupBy::None, ""),
            ("list, searched", None, GroupBy::None, "customer 123"),
            ("list by tag", None, GroupBy::Tag, ""),
            ("form", Some(Page::Profiles), GroupBy::None, ""),
            ("renewals", Some(Page::Renewals), GroupBy::None, ""),
        ] {
            let mut state = state(profiles, show);
            state.settings.list.group_by = group_by;
            let mut window = Window::new(state, [width, height], pixels_per_point);
            for _ in 0..5 {
                window.frame();
            }
            let mut times = Times::default();
            for frame in 0..frames {
                // One more letter in each frame, and from the beginning again.
                let letters = frame as usize % (searched.len() + 1);
                if let Screen::Open(vault) = &mut window.state.screen {
                    searched[..letters].clone_into(&mut vault.search);
                }
                times.add(window.frame());
            }
            println!("{name} at {width}x{height}: {}", times.in_words(frames));
        }
    }
}

fn state(profiles: u64, show: Option<Page>) -> AppState {
    let now = Utc::now();
    let profiles: Vec<Profile> = (0..profiles).map(|number| profile(number, now)).collect();
    let first = profiles[0].id;
    let mut state = opened_vault::state(profiles, now);
    match show {
        Some(Page::Profiles) => state.handle(Command::Profiles(ProfileCommand::Select(first))),
        Some(page) => state.handle(Command::Show(page)),
        None => {}
    }
    state
}

fn profile(number: u64, now: DateTime<Utc>) -> Profile {
    let mut profile = Profile::new(Uuid::from_u128(u128::from(number)), &format!("Customer {number} production"), now);
    profile.environment_url = EnvironmentUrl::parse(&format!("https://customer{number}.crm4.dynamics.com")).ok();
    profile.client_id = ClientId::parse("11112222-aaaa-3333-bbbb-4444cccc5555").ok();
    profile.tags = vec![format!("Team {}", number % 40), "Production".to_owned()];
    profile.secret_expires = Some(now.date_naive() - Days::new(60) + Days::new(number * 7_919 % 900));
    profile
}

#[derive(Default)]
struct Times {
    layout: Duration,
    tessellation: Duration,
    pixels: Duration,
}

impl Times {
    fn add(&mut self, other: Times) {
        self.layout += other.layout;
        self.tessellation += other.tessellation;
        self.pixels += other.pixels;
    }

    fn in_words(&self, frames: u32) -> String {
        let each = |time: Duration| (time / frames).as_secs_f64() * 1e3;
        let (layout, tessellation, pixels) = (each(self.layout), each(self.tessellation), each(self.pixels));
        format!("layout {layout:.2} ms, tessellation {tessellation:.2} ms, pixels {pixels:.2} ms")
    }
}

struct Window {
    ctx: egui::Context,
    state: AppState,
    size: [usize; 2],
    pixels_per_point: f32,
    rasterizer: Rasterizer,
    pixels: Vec<u32>,
    frames: u32,
}

impl Window {
    fn new(state: AppState, size: [usize; 2], pixels_per_point: f32) -> Window {
        let ctx = egui::Context::default();
        theme::install(&ctx);
        Window {
            ctx,
            state,
            size,
            pixels_per_point,
            rasterizer: Rasterizer::default(),
            pixels: vec![0; size[0] * size[1]],
            frames: 0,
        }
    }

    fn frame(&mut self) -> Times {
        self.frames += 1;
        let seconds = f64::from(self.frames) / 60.0;
        let size = vec2(self.size[0] as f32, self.size[1] as f32) / self.pixels_per_point;
        let mut input = egui::RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, size)),
            time: Some(seconds),
            ..Default::default()
        };
        if let Some(viewport) = input.viewports.get_mut(&egui::ViewportId::ROOT) {
            viewport.native_pixels_per_point = Some(self.pixels_per_point);
        }
        let begun = time();
        let mut output = self.ctx.run_ui(input, |ui| {
            self.state.tick(Utc::now(), seconds, Input::Some);
            frame(ui, &mut self.state);
        });
        let layout = time() - begun;
        let begun = time();
        let primitives = self.ctx.tessellate(output.shapes, output.pixels_per_point);
        let tessellation = time() - begun;
        assert_eq!(output.pixels_per_point, self.pixels_per_point);
        let pixels = self.draw(&primitives, &mut output.textures_delta);
        Times { layout, tessellation, pixels }
    }

    fn draw(&mut self, primitives: &[ClippedPrimitive], textures: &mut TexturesDelta) -> Duration {
        let begun = time();
        let mut canvas = Canvas::new(&mut self.pixels, self.size[0]);
        let place = canvas.bounds();
        canvas.clear(place, Color32::BLACK);
        self.rasterizer.set_textures(textures);
        self.rasterizer.draw(&mut canvas, primitives, self.pixels_per_point, place);
        self.rasterizer.free_textures(textures);
        time() - begun
    }
}

fn time() -> Duration {
    thread_time().expect("a system that tells a thread's time")
}

//! What a frame of the Renewals page costs while it scrolls, with many profiles: the app's own part, and with all pixels
//! of the window, drawn by the processor. `cargo run --release --example renewals_speed -- [PROFILES] [FRAMES]`
//!
//! Counted is the thread's own processor time, so that other programs do not disturb.

mod opened_vault;

use std::time::Duration;

use a365_password_tool::app::state::{AppState, Command, Input, Page};
use a365_password_tool::app::tasks::{Answer, Change};
use a365_password_tool::app::{frame, theme};
use a365_password_tool::platform::thread_time::thread_time;
use a365_password_tool::profile::{EnvironmentUrl, Profile};
use a365_password_tool::raster::{Canvas, Rasterizer};
use chrono::{DateTime, Days, NaiveDate, Utc};
use egui::{Event, Modifiers, MouseWheelUnit, Pos2, Rect, TouchPhase, pos2, vec2};
use uuid::Uuid;

/// The window's size when the app starts, in pixels.
const SIZE: [usize; 2] = [1180, 760];
const POINTER: Pos2 = pos2(600.0, 550.0);

fn main() {
    let mut numbers = std::env::args().skip(1).map(|word| word.parse().expect("a number"));
    let profiles = numbers.next().unwrap_or(10_000);
    let frames = numbers.next().unwrap_or(1_000);
    let now = Utc::now();
    let profiles: Vec<Profile> = (0..profiles).map(|number| profile(number, now)).collect();
    let mut state = opened_vault::state(profiles.clone(), now);
    state.handle(Command::Show(Page::Renewals));
    let mut window = Window::new(state, now);
    println!("{} profiles, {}x{} pixels", profiles.len(), SIZE[0], SIZE[1]);
    // Fonts and glyphs.
    for _ in 0..5 {
        window.frame(0.0);
    }
    window.state.receive(Answer::Profiles(profiles.into(), Change::Refreshed));
    println!("the frame that lays the rows out anew: {:.2} ms", milliseconds(window.frame(0.0).app));
    // A quarter of the way down, back up, and in great leaps.
    let times: Vec<Times> = (0..frames).map(|number| window.frame(wheel(number))).collect();
    tell("app", times.iter().map(|times| times.app).collect());
    tell("app and all pixels", times.iter().map(|times| times.app + times.pixels).collect());
    let still: Vec<Times> = (0..100).map(|_| window.frame(0.0)).collect();
    tell("app, at rest", still.iter().map(|times| times.app).collect());
}

/// How far the wheel turns in a frame, in points.
fn wheel(number: u64) -> f32 {
    match number % 20 {
        0 => -20_000.0,
        10 => 12_000.0,
        other => -37.0 * (other as f32 % 7.0),
    }
}

fn profile(number: u64, now: DateTime<Utc>) -> Profile {
    let mut profile = Profile::new(Uuid::from_u128(u128::from(number)), &format!("Customer {number} production"), now);
    profile.environment_url = EnvironmentUrl::parse(&format!("https://customer{number}.crm4.dynamics.com")).ok();
    let day: NaiveDate = now.date_naive();
    // Over more than the two years, some lapsed; every fiftieth without a date.
    profile.secret_expires =
        (!number.is_multiple_of(50)).then(|| day - Days::new(60) + Days::new(number * 7_919 % 900));
    profile
}

struct Times {
    app: Duration,
    pixels: Duration,
}

struct Window {
    ctx: egui::Context,
    state: AppState,
    rasterizer: Rasterizer,
    pixels: Vec<u32>,
    now: DateTime<Utc>,
    seconds: f64,
}

impl Window {
    fn new(state: AppState, now: DateTime<Utc>) -> Window {
        let ctx = egui::Context::default();
        theme::install(&ctx);
        Window { ctx, state, rasterizer: Rasterizer::default(), pixels: vec![0; SIZE[0] * SIZE[1]], now, seconds: 0.0 }
    }

    fn frame(&mut self, wheel: f32) -> Times {
        self.seconds += 1.0 / 60.0;
        let size = vec2(SIZE[0] as f32, SIZE[1] as f32);
        let mut events = vec![Event::PointerMoved(POINTER)];
        if wheel != 0.0 {
            events.push(Event::MouseWheel {
                unit: MouseWheelUnit::Point,
                delta: vec2(0.0, wheel),
                phase: TouchPhase::Move,
                source: egui::MouseWheelSource::Wheel,
                modifiers: Modifiers::NONE,
            });
        }
        let input = egui::RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, size)),
            time: Some(self.seconds),
            events,
            ..Default::default()
        };
        let begun = time();
        let mut output = self.ctx.run_ui(input, |ui| {
            self.state.tick(self.now, self.seconds, Input::Some);
            frame(ui, &mut self.state);
        });
        let shapes = self.ctx.tessellate(output.shapes, 1.0);
        let app = time() - begun;
        let begun = time();
        let mut canvas = Canvas::new(&mut self.pixels, SIZE[0]);
        let place = canvas.bounds();
        self.rasterizer.set_textures(&mut output.textures_delta);
        self.rasterizer.draw(&mut canvas, &shapes, 1.0, place);
        self.rasterizer.free_textures(&mut output.textures_delta);
        Times { app, pixels: time() - begun }
    }
}

fn time() -> Duration {
    thread_time().expect("a system that tells a thread's time")
}

fn tell(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |share: f64| milliseconds(times[((times.len() - 1) as f64 * share) as usize]);
    println!("{what}: median {:.2} ms, 99 of 100 within {:.2} ms, worst {:.2} ms", at(0.5), at(0.99), at(1.0));
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

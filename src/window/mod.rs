//! The window: opens it, feeds the app with input, and puts what the app draws on the screen.
//!
//! In: a [`WindowApp`] (what to do and what to draw) and [`WindowOptions`]. Out: nothing but the reason when no
//! window could be opened. There are two hosts for the same app: [`Renderer::Cpu`] draws without any graphics
//! driver and is the normal case, [`Renderer::Gpu`] draws through OpenGL. When the second fails, at its start or later,
//! the first takes the same app over. Whatever the host, the app hears one
//! focus change at a time (see [`FocusSplitter`]), so that a fast-typed secret never lands in a visible field.

mod cpu;
mod damage;
mod draw;
#[cfg(feature = "gpu")]
mod gpu;
mod gpu_trial;
mod guard;
mod guest;
mod input;
mod ladder;
mod paint;
mod placement;
mod wake;
mod waker;

use std::cell::RefCell;
use std::path::PathBuf;
use std::sync::Arc;

use winit::event_loop::EventLoop;

pub use gpu_trial::{GpuTrial, StartOver};
pub use input::FocusSplitter;
pub use placement::{Maximised, Placement};
pub use waker::Waker;

use guest::Guest;
use wake::UserEvent;

use crate::crash_report::{self, Fault};

/// What the window system groups our windows under (`WM_CLASS` on X11).
pub const APP_ID: &str = "a365-password-tool";

/// An app as the window sees it.
///
/// The app refuses to close by answering `i.viewport().close_requested()` with
/// [`egui::ViewportCommand::CancelClose`] in the same call.
pub trait WindowApp {
    /// Called before each [`WindowApp::ui`], also while the window is minimised and a repaint was asked for.
    /// Messages of workers are taken in here.
    fn logic(&mut self, ctx: &egui::Context);
    /// Draws one frame. `ui` is the whole window, without margin or background.
    fn ui(&mut self, ui: &mut egui::Ui);
    /// Another host has taken over, with a window of its own: what was set up in the former one's `egui::Context`, such
    /// as fonts, is to be set up in this one, and workers are to wake this one.
    fn moved(&mut self, ctx: &egui::Context);
    /// Called when a host has the app: who it is.
    fn drawn(&mut self, _drawing: Drawing) {}
    /// Called once, when the window is about to go because somebody closed it.
    fn on_exit(&mut self) {}
    /// Called in place of [`WindowApp::on_exit`] when the window is gone and nobody closed it: no host can go on, or the
    /// app itself panicked. The last chance to keep what was typed.
    fn rescue(&mut self) -> Rescue {
        self.on_exit();
        Rescue::NothingTyped
    }
}

/// What became of text that was typed and not saved when the window stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rescue {
    /// There was none.
    NothingTyped,
    /// It is kept under this name.
    KeptAs(String),
    /// It could not be kept.
    Lost,
}

/// Who draws the window.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drawing {
    /// The host.
    pub by: Renderer,
    /// Why it is not the graphics card, where that was wanted; in words.
    pub instead: Option<String>,
}

/// Makes the app once its window exists.
pub type MakeApp = Box<dyn FnOnce(&egui::Context) -> Box<dyn WindowApp>>;

/// Who turns the app's shapes into pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Renderer {
    /// The processor. Works in every session, needs no driver.
    #[default]
    Cpu,
    /// OpenGL, for very large screens on machines with a graphics card. Falls back to [`Renderer::Cpu`].
    Gpu,
}

/// A picture for title bar and task bar.
#[derive(Clone, Debug)]
pub struct Icon {
    /// Rows from top to bottom, four bytes per pixel: red, green, blue, alpha (not premultiplied).
    pub rgba: Vec<u8>,
    /// Pixels per row.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

impl Icon {
    /// The product's own icon (`resources/icon.svg` at 64 pixels).
    pub fn product() -> Icon {
        Icon { rgba: include_bytes!("../../resources/icon-64.rgba").to_vec(), width: 64, height: 64 }
    }
}

/// How the window starts.
#[derive(Clone, Debug, Default)]
pub struct WindowOptions {
    /// Title bar text.
    pub title: String,
    /// Width and height in points; made smaller when the largest monitor is smaller.
    pub size: [f32; 2],
    /// The user can't make the window smaller than this, in points.
    pub min_size: [f32; 2],
    /// The host to try first.
    pub renderer: Renderer,
    /// The window's icon; none takes what the system shows by default.
    pub icon: Option<Icon>,
    /// Where it was when it was closed last.
    pub place: Option<Placement>,
    /// Where its place is kept for the next start; none keeps it nowhere.
    pub keep_place_in: Option<PathBuf>,
}

impl WindowOptions {
    /// The same in egui's words, for either host.
    fn viewport(&self) -> egui::ViewportBuilder {
        let mut viewport = egui::ViewportBuilder::default()
            .with_title(&self.title)
            .with_app_id(APP_ID)
            .with_inner_size(self.place.map_or(self.size, |place| [place.width, place.height]))
            .with_min_inner_size(self.min_size);
        if let Some(icon) = &self.icon {
            let icon = egui::IconData { rgba: icon.rgba.clone(), width: icon.width, height: icon.height };
            viewport = viewport.with_icon(Arc::new(icon));
        }
        viewport
    }
}

/// Why there is no window (any more).
#[derive(Debug, thiserror::Error)]
pub enum WindowError {
    /// There is no desktop session to open a window in, or its libraries are missing.
    #[error("There is no desktop to open a window on: {}", plain(.0))]
    NoDesktop(#[from] winit::error::EventLoopError),
    /// A library that every desktop has is missing; its name was printed to stderr.
    #[error(
        "A system library for windows is missing (on Debian: libx11-6 libx11-xcb1 libxcursor1 libxi6 libxkbcommon-x11-0)"
    )]
    NoLibrary,
    /// The desktop refused the window.
    #[error("The desktop refused to open a window: {}", plain(.0))]
    NoWindow(#[from] winit::error::OsError),
    /// The window exists but nothing can be drawn into it.
    #[error("Nothing can be drawn into the window: {}", plain(.0))]
    NoPicture(#[from] softbuffer::SoftBufferError),
    /// OpenGL could not be started.
    #[error("OpenGL could not be started, so the window can't be drawn by the graphics card")]
    NoOpenGl,
    /// A host or the app panicked.
    #[error("It has stopped because of a fault in itself, at {}. {}", .0.place, .0.where_report_is())]
    AtFault(Fault),
    /// The window was open and is gone, and nobody closed it.
    #[error("{why}{typed}")]
    Stopped {
        /// Why.
        why: String,
        /// What became of what was typed; empty, or begins with line ends.
        typed: String,
    },
    /// This build has no OpenGL host.
    #[error("This build draws on the processor only; it was built without OpenGL")]
    NotBuiltIn,
}

/// Opens the window and returns when it is closed.
///
/// When [`Renderer::Gpu`] can't start or fails later, [`Renderer::Cpu`] takes the app over with a note on stderr; `make` is
/// called once only. When no window can be opened at all, or the app itself is at fault, that is also shown to the user
/// ([`crate::platform::message_box`]).
pub fn run(options: WindowOptions, trial: GpuTrial, make: MakeApp) -> Result<(), WindowError> {
    let title = options.title.clone();
    let result = open(options, trial, make);
    if let Err(error) = &result {
        crate::platform::message_box::show_error(&title, &error.in_a_box());
    }
    result
}

impl WindowError {
    /// The whole text for a person who has no window of ours.
    fn in_a_box(&self) -> String {
        match self {
            WindowError::AtFault(_) | WindowError::Stopped { .. } => self.to_string(),
            _ => format!(
                "{self}.\n\nEverything this program does can also be done without a window: \
                 run a365-password-cli --help in a terminal."
            ),
        }
    }
}

/// A system's error without the place in somebody's source code, which tells a user nothing.
fn plain(error: &dyn std::fmt::Display) -> String {
    let text = error.to_string();
    let text = text.strip_prefix("os error at ").and_then(|rest| rest.split_once(": ")).map_or(&*text, |(_, why)| why);
    text.trim_end_matches('.').to_owned()
}

fn open(options: WindowOptions, trial: GpuTrial, make: MakeApp) -> Result<(), WindowError> {
    // winit panics where a library can't be loaded.
    let event_loop = crash_report::expecting(|| EventLoop::<UserEvent>::with_user_event().build());
    // One after the other; the system allows one event loop only.
    let event_loop = RefCell::new(event_loop.ok_or(WindowError::NoLibrary)??);
    let guest = Guest::new(make);
    let ended = ladder::climb(
        options.renderer,
        &guest,
        trial,
        &mut |guest| open_on_gpu(&mut event_loop.borrow_mut(), &options, guest),
        &mut |guest| cpu::run(&mut event_loop.borrow_mut(), &options, guest),
    );
    if let (Some(path), Some(place)) = (&options.keep_place_in, guest.place()) {
        // The next window opens in the middle then.
        let _ = place.save(path);
    }
    ended
}

#[cfg(feature = "gpu")]
fn open_on_gpu(
    event_loop: &mut EventLoop<UserEvent>,
    options: &WindowOptions,
    guest: &Guest,
) -> Result<(), WindowError> {
    gpu::run(event_loop, options, guest)
}

#[cfg(not(feature = "gpu"))]
fn open_on_gpu(_: &mut EventLoop<UserEvent>, _: &WindowOptions, _: &Guest) -> Result<(), WindowError> {
    Err(WindowError::NotBuiltIn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_its_cause_and_no_source_file() {
        assert_eq!(plain(&"os error at /a/b/mod.rs:788: Failed to open X: no access."), "Failed to open X: no access");
        assert_eq!(plain(&"Something else: 3"), "Something else: 3");
    }
}

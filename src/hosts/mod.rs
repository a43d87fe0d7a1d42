//! Who opens the window, feeds the app with input, and puts what the app draws on the screen.
//!
//! In: a [`WindowApp`] (what to do and what to draw) and [`WindowOptions`]. Out: nothing but the reason when no
//! window could be opened. There are two hosts for the same app: [`Renderer::Cpu`] draws without any graphics
//! driver and is the normal case, [`Renderer::Gpu`] draws through OpenGL. When the second fails, at its start or later,
//! the first takes the same app over. Whatever the host, the app hears one
//! focus change at a time (see [`FocusSplitter`]), so that a fast-typed secret never lands in a visible field.

mod cpu;
mod damage;
mod draw;
mod fallback;
#[cfg(feature = "gpu")]
mod gpu;
mod gpu_trial;
mod guard;
mod hosted_app;
mod paint;
mod placement;
mod wake;

use std::cell::RefCell;
use std::path::PathBuf;
use std::sync::Arc;

use a365_password_tool::crash_report::{self, Fault};
use a365_password_tool::platform;
use a365_password_tool::window::{Drawing, FocusSplitter, Renderer, Rescue, WindowApp};
use winit::event_loop::EventLoop;

pub use gpu_trial::{GpuTrial, StartOver};
pub use placement::{Maximised, Placement};

use hosted_app::HostedApp;
use wake::UserEvent;

/// What the window system groups our windows under (`WM_CLASS` on X11).
pub const APP_ID: &str = "a365-password-tool";

/// Makes the app once its window exists.
pub type MakeApp = Box<dyn FnOnce(&egui::Context) -> Box<dyn WindowApp>>;

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
    /// Width and height in points; made smaller where the monitor is smaller.
    pub size: [f32; 2],
    /// The user can't make the window smaller than this, in points; less where a monitor is smaller.
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
    #[cfg(any(feature = "gpu", test))]
    #[error("OpenGL could not be started, so the graphics card cannot be used")]
    NoOpenGl,
    /// A host or the app panicked.
    #[error("It stopped because of an internal error at {}. {}", .0.place, .0.where_report_is())]
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
    #[cfg(not(feature = "gpu"))]
    #[error("This build has software rendering only; it was built without OpenGL")]
    NotBuiltIn,
}

/// Opens the window and returns when it is closed.
///
/// When [`Renderer::Gpu`] can't start or fails later, [`Renderer::Cpu`] takes the app over with a note on stderr; `make` is
/// called once only. When no window can be opened at all, or the app itself is at fault, that is also shown to the user
/// ([`platform::message_box`]).
pub fn run(options: WindowOptions, trial: GpuTrial, make: MakeApp) -> Result<(), WindowError> {
    let title = options.title.clone();
    let result = open(options, trial, make);
    if let Err(error) = &result {
        platform::message_box::show_error(&title, &error.in_a_box());
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
    let hosted = HostedApp::new(make);
    let ended = fallback::run_with_fallback(
        options.renderer,
        &hosted,
        trial,
        &mut |hosted| open_on_gpu(&mut event_loop.borrow_mut(), &options, hosted),
        &mut |hosted| cpu::run(&mut event_loop.borrow_mut(), &options, hosted),
    );
    if let (Some(path), Some(place)) = (&options.keep_place_in, hosted.place()) {
        // The next window opens in the middle then.
        let _ = place.save(path);
    }
    ended
}

#[cfg(feature = "gpu")]
fn open_on_gpu(
    event_loop: &mut EventLoop<UserEvent>,
    options: &WindowOptions,
    hosted: &HostedApp,
) -> Result<(), WindowError> {
    gpu::run(event_loop, options, hosted)
}

#[cfg(not(feature = "gpu"))]
fn open_on_gpu(_: &mut EventLoop<UserEvent>, _: &WindowOptions, _: &HostedApp) -> Result<(), WindowError> {
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

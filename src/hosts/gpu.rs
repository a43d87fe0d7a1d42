//! The host that draws through OpenGL: eframe, with the same app and the same one focus per frame.

use egui::{RawInput, ViewportCommand};
use winit::event_loop::EventLoop;

use super::guest::Stay;
use super::wake::UserEvent;
use super::{APP_ID, FocusSplitter, Guest, Maximised, WindowError, WindowOptions, guard};

/// Opens the window on `event_loop` and returns when it is closed, or when OpenGL fails: then nobody has closed `guest`.
///
/// Of the window's former place only its size comes back: which monitors there are is known too late for the rest.
pub(super) fn run(
    event_loop: &mut EventLoop<UserEvent>,
    options: &WindowOptions,
    guest: &Guest,
) -> Result<(), WindowError> {
    let mut viewport = options.viewport();
    if options.place.is_some_and(|place| place.maximised == Maximised::Yes) {
        viewport = viewport.with_maximized(true);
    }
    let native = eframe::NativeOptions { viewport, renderer: eframe::Renderer::Glow, ..Default::default() };
    let guest_there = guest.clone();
    let create: eframe::AppCreator<'_> = Box::new(move |creation| {
        guest_there.enter(&creation.egui_ctx);
        Ok(Box::new(Hosted { guest: guest_there, splitter: FocusSplitter::default(), close: Close::No }))
    });
    let mut host = eframe::create_native(APP_ID, native, create, event_loop);
    guard::run(event_loop, &mut host)?;
    // eframe keeps its errors to itself: a window that nobody closed was lost to one.
    if guest.stay() == Stay::Closed { Ok(()) } else { Err(WindowError::NoOpenGl) }
}

/// How far a close request has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Close {
    No,
    /// It came while older input was still waiting: it is heard after that.
    Later,
}

struct Hosted {
    guest: Guest,
    splitter: FocusSplitter,
    close: Close,
}

impl eframe::App for Hosted {
    fn raw_input_hook(&mut self, ctx: &egui::Context, raw_input: &mut RawInput) {
        *raw_input = self.splitter.next_frame(std::mem::take(raw_input));
        if !self.splitter.is_waiting() {
            return;
        }
        ctx.request_repaint();
        if let Some(info) = raw_input.viewports.get_mut(&raw_input.viewport_id)
            && info.close_requested()
        {
            info.events.clear();
            self.close = Close::Later;
        }
    }

    fn logic(&mut self, ctx: &egui::Context, _: &mut eframe::Frame) {
        if self.close == Close::Later {
            // eframe has seen the request already and would close now.
            ctx.send_viewport_cmd(ViewportCommand::CancelClose);
            if !self.splitter.is_waiting() {
                self.close = Close::No;
                ctx.send_viewport_cmd(ViewportCommand::Close);
            }
        }
        self.guest.logic(ctx);
    }

    fn ui(&mut self, ui: &mut egui::Ui, _: &mut eframe::Frame) {
        self.guest.ui(ui);
    }

    fn on_exit(&mut self, _: Option<&eframe::glow::Context>) {
        // Also called when OpenGL has failed.
        if self.guest.is_closing() {
            self.guest.close();
        }
    }
}

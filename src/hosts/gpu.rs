//! The host that draws through OpenGL: eframe, with the same app and the same one focus per frame.

use egui::{RawInput, ViewportCommand};
use winit::event_loop::EventLoop;

use a365_password_tool::platform::work_area::WorkAreas;

use super::hosted_app::Status;
use super::placement::inside_frame;
use super::wake::UserEvent;
use super::{APP_ID, FocusSplitter, HostedApp, Maximised, WindowError, WindowOptions, guard};

/// Opens the window on `event_loop` and returns when it is closed, or when OpenGL fails: then nobody has closed `hosted`.
///
/// Of the window's former place only its size comes back: which monitors there are is known too late for the rest.
pub(super) fn run(
    event_loop: &mut EventLoop<UserEvent>,
    options: &WindowOptions,
    hosted: &HostedApp,
) -> Result<(), WindowError> {
    let mut viewport = options.viewport();
    // Which monitor it opens on is known with the first frame.
    viewport.min_inner_size = None;
    if options.place.is_some_and(|place| place.maximised == Maximised::Yes) {
        viewport = viewport.with_maximized(true);
    }
    let native = eframe::NativeOptions { viewport, renderer: eframe::Renderer::Glow, ..Default::default() };
    let (entering, min_size) = (hosted.clone(), options.min_size);
    let create: eframe::AppCreator<'_> = Box::new(move |creation| {
        entering.enter(&creation.egui_ctx);
        Ok(Box::new(GlowApp {
            hosted: entering,
            splitter: FocusSplitter::default(),
            close: Close::No,
            min_size: Some(min_size),
        }))
    });
    let mut host = eframe::create_native(APP_ID, native, create, event_loop);
    guard::run(event_loop, &mut host)?;
    // eframe keeps its errors to itself: a window that nobody closed was lost to one.
    if hosted.status() == Status::Closed { Ok(()) } else { Err(WindowError::NoOpenGl) }
}

/// How far a close request has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Close {
    No,
    /// It came while older input was still waiting: it is heard after that.
    Later,
}

struct GlowApp {
    hosted: HostedApp,
    splitter: FocusSplitter,
    close: Close,
    /// The smallest size, until it was cut to the monitor.
    min_size: Option<[f32; 2]>,
}

impl GlowApp {
    /// Cuts the window to its monitor, once that is known.
    fn fit(&mut self, ctx: &egui::Context) {
        let info = ctx.input(|input| input.viewport().clone());
        let (Some(min_size), Some(monitor), Some(outer)) = (self.min_size, info.monitor_size, info.outer_rect) else {
            return;
        };
        self.min_size = None;
        let scale = ctx.pixels_per_point();
        let middle = outer.center() * scale;
        let work = WorkAreas::now().at(middle.x as i32, middle.y as i32);
        let free = work.map_or(monitor, |work| monitor.min(egui::vec2(work.width as f32, work.height as f32) / scale));
        let room = egui::Vec2::from(inside_frame([free.x.into(), free.y.into()]));
        if let Some(inner) = info.inner_rect.filter(|inner| inner.width() > room.x || inner.height() > room.y)
            && info.maximized != Some(true)
        {
            ctx.send_viewport_cmd(ViewportCommand::InnerSize(inner.size().min(room)));
        }
        ctx.send_viewport_cmd(ViewportCommand::MinInnerSize(egui::Vec2::from(min_size).min(room)));
    }
}

impl eframe::App for GlowApp {
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
        self.fit(ctx);
        self.hosted.logic(ctx);
    }

    fn ui(&mut self, ui: &mut egui::Ui, _: &mut eframe::Frame) {
        self.hosted.ui(ui);
    }

    fn on_exit(&mut self, _: Option<&eframe::glow::Context>) {
        // Also called when OpenGL has failed.
        if self.hosted.is_closing() {
            self.hosted.close();
        }
    }
}

//! The host that draws through OpenGL: eframe, with the same app and the same one focus per frame.

use std::rc::Rc;

use egui::{RawInput, ViewportCommand};
use winit::event_loop::EventLoop;
use winit::platform::run_on_demand::EventLoopExtRunOnDemand;

use super::wake::UserEvent;
use super::{APP_ID, FocusSplitter, Maker, WindowApp, WindowError, WindowOptions};

/// Opens the window on `event_loop` and returns when it is closed. On a start error `make` is still there.
pub(super) fn run(
    event_loop: &mut EventLoop<UserEvent>,
    options: &WindowOptions,
    make: &Maker,
) -> Result<(), WindowError> {
    let native =
        eframe::NativeOptions { viewport: options.viewport(), renderer: eframe::Renderer::Glow, ..Default::default() };
    let maker = Rc::clone(make);
    let create: eframe::AppCreator<'_> = Box::new(move |creation| {
        let make = maker.borrow_mut().take().ok_or("the app is running already")?;
        Ok(Box::new(Hosted { app: make(&creation.egui_ctx), splitter: FocusSplitter::default(), close: Close::No }))
    });
    let mut host = eframe::create_native(APP_ID, native, create, event_loop);
    event_loop.run_app_on_demand(&mut host)?;
    // eframe keeps its start error to itself, but only a started window has taken the app out.
    if make.borrow().is_some() { Err(WindowError::NoOpenGl) } else { Ok(()) }
}

/// How far a close request has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Close {
    No,
    /// It came while older input was still waiting: it is heard after that.
    Later,
}

struct Hosted {
    app: Box<dyn WindowApp>,
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
        self.app.logic(ctx);
    }

    fn ui(&mut self, ui: &mut egui::Ui, _: &mut eframe::Frame) {
        self.app.ui(ui);
    }

    fn on_exit(&mut self, _: Option<&eframe::glow::Context>) {
        self.app.on_exit();
    }
}

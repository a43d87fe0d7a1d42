//! The app as its hosts share it: made by the first host that gets a window, handed to the next one when that host fails.

use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};
use std::rc::Rc;

use super::{Drawing, MakeApp, Placement, Rescue, WindowApp, placement::Maximised};

/// How far the app's stay has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stay {
    /// No host has had a window yet, so there is no app.
    NotBegun,
    /// The app is there, in a host's window or between two.
    Open,
    /// A person closed the window.
    Closed,
    /// The app itself panicked, or could not enter.
    AtFault,
}

/// The app on its way through the hosts. A copy is the same app.
#[derive(Clone)]
pub(super) struct Guest(Rc<RefCell<Inside>>);

struct Inside {
    make: Option<MakeApp>,
    app: Option<Box<dyn WindowApp>>,
    stay: Stay,
    drawing: Drawing,
    /// The last frame was asked to close and nothing has called that off.
    closing: bool,
    first_frame: FirstFrame,
    place: Option<Placement>,
}

/// Whether the first frame in the present host has been on the screen, and who wants to know.
enum FirstFrame {
    Awaited(Box<dyn FnOnce()>),
    /// Drawn with this number, and not known to have been shown.
    Drawn(u64, Box<dyn FnOnce()>),
    /// Shown, or of no interest.
    Past,
}

impl Guest {
    pub(super) fn new(make: MakeApp) -> Guest {
        Guest(Rc::new(RefCell::new(Inside {
            make: Some(make),
            app: None,
            stay: Stay::NotBegun,
            drawing: Drawing::default(),
            closing: false,
            first_frame: FirstFrame::Past,
            place: None,
        })))
    }

    /// What the app is told about its next host.
    pub(super) fn will_be_drawn(&self, drawing: Drawing) {
        self.0.borrow_mut().drawing = drawing;
    }

    /// `tell` is called once the next host has shown its first frame.
    pub(super) fn on_first_frame(&self, tell: impl FnOnce() + 'static) {
        self.0.borrow_mut().first_frame = FirstFrame::Awaited(Box::new(tell));
    }

    /// Nobody waits for the first frame any more.
    pub(super) fn forget_first_frame(&self) {
        self.0.borrow_mut().first_frame = FirstFrame::Past;
    }

    /// A host has the window of `ctx`: the app is made, or moves in.
    pub(super) fn enter(&self, ctx: &egui::Context) {
        let mut inside = self.0.borrow_mut();
        // Until the app has entered without one.
        inside.stay = Stay::AtFault;
        match inside.make.take() {
            Some(make) => inside.app = Some(make(ctx)),
            None => inside.watched(|app| app.moved(ctx)),
        }
        inside.stay = Stay::Open;
        inside.closing = false;
        let drawing = inside.drawing.clone();
        inside.watched(|app| app.drawn(drawing));
    }

    pub(super) fn logic(&self, ctx: &egui::Context) {
        let mut inside = self.0.borrow_mut();
        inside.look_for_first_frame(ctx);
        inside.watched(|app| app.logic(ctx));
    }

    pub(super) fn ui(&self, ui: &mut egui::Ui) {
        let ctx = &ui.ctx().clone();
        let mut inside = self.0.borrow_mut();
        inside.closing = ctx.input(|input| input.viewport().close_requested());
        inside.note_place(ctx);
        inside.watched(|app| app.ui(ui));
        if let FirstFrame::Awaited(tell) = std::mem::replace(&mut inside.first_frame, FirstFrame::Past) {
            inside.first_frame = FirstFrame::Drawn(ctx.cumulative_frame_nr(), tell);
            // A second frame begins only after the first was shown.
            ctx.request_repaint();
        }
    }

    /// Whether the last frame was asked to close, for a host that does not say why it ends. One that called it off is followed by one that was not asked.
    #[cfg(feature = "gpu")]
    pub(super) fn is_closing(&self) -> bool {
        self.0.borrow().closing
    }

    /// The window closes because somebody wanted it.
    pub(super) fn close(&self) {
        let mut inside = self.0.borrow_mut();
        inside.watched(|app| app.on_exit());
        inside.stay = Stay::Closed;
    }

    /// No host can go on: keeps what was typed, as far as that is possible.
    pub(super) fn rescue(&self) -> Rescue {
        let mut inside = self.0.borrow_mut();
        let Some(app) = &mut inside.app else { return Rescue::NothingTyped };
        a365_password_tool::crash_report::catch(|| app.rescue()).unwrap_or(Rescue::Lost)
    }

    pub(super) fn stay(&self) -> Stay {
        self.0.borrow().stay
    }

    /// Where the window was last.
    pub(super) fn place(&self) -> Option<Placement> {
        self.0.borrow().place
    }
}

impl Inside {
    /// Lets the app work. A panic goes on unwinding, but it is known then whose it is.
    fn watched(&mut self, work: impl FnOnce(&mut dyn WindowApp)) {
        let Some(app) = &mut self.app else { return };
        if let Err(panic) = panic::catch_unwind(AssertUnwindSafe(|| work(&mut **app))) {
            self.stay = Stay::AtFault;
            panic::resume_unwind(panic);
        }
    }

    fn look_for_first_frame(&mut self, ctx: &egui::Context) {
        let is_later = |number| ctx.cumulative_frame_nr() > number;
        if matches!(self.first_frame, FirstFrame::Drawn(number, _) if is_later(number))
            && let FirstFrame::Drawn(_, tell) = std::mem::replace(&mut self.first_frame, FirstFrame::Past)
        {
            tell();
        }
    }

    /// Remembers where the window is; of a maximised one, where it was before.
    fn note_place(&mut self, ctx: &egui::Context) {
        let info = ctx.input(|input| input.viewport().clone());
        let (scale, native) = (ctx.pixels_per_point(), info.native_pixels_per_point.unwrap_or(1.0));
        if info.minimized == Some(true) || info.fullscreen == Some(true) {
            return;
        }
        if info.maximized == Some(true) {
            if let Some(place) = &mut self.place {
                place.maximised = Maximised::Yes;
            }
            return;
        }
        if let (Some(outer), Some(inner)) = (info.outer_rect, info.inner_rect) {
            let corner = outer.min * scale;
            let size = inner.size() * scale / native;
            self.place = Some(Placement {
                left: corner.x.round() as i32,
                top: corner.y.round() as i32,
                width: size.x.round(),
                height: size.y.round(),
                maximised: Maximised::No,
            });
        }
    }
}

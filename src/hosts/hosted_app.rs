//! The app as its hosts share it: made by the first host that gets a window, handed to the next one when that host fails.

use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};
use std::rc::Rc;

use super::{Drawing, MakeApp, Placement, Rescue, WindowApp, placement::Maximised};

/// What has become of the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    /// No host has had a window yet, so there is no app.
    NotStarted,
    /// The app is there, in a host's window or between two.
    Open,
    /// A person closed the window.
    Closed,
    /// The app itself panicked, or could not enter.
    AtFault,
}

/// The app on its way through the hosts. A copy is the same app.
#[derive(Clone)]
pub(super) struct HostedApp(Rc<RefCell<State>>);

struct State {
    make: Option<MakeApp>,
    app: Option<Box<dyn WindowApp>>,
    status: Status,
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

impl HostedApp {
    pub(super) fn new(make: MakeApp) -> HostedApp {
        HostedApp(Rc::new(RefCell::new(State {
            make: Some(make),
            app: None,
            status: Status::NotStarted,
            drawing: Drawing::default(),
            closing: false,
            first_frame: FirstFrame::Past,
            place: None,
        })))
    }

    /// What the app hears about its next host.
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
        let mut state = self.0.borrow_mut();
        // Until the app has entered without one.
        state.status = Status::AtFault;
        match state.make.take() {
            Some(make) => state.app = Some(make(ctx)),
            None => state.watched(|app| app.moved(ctx)),
        }
        state.status = Status::Open;
        state.closing = false;
        let drawing = state.drawing.clone();
        state.watched(|app| app.drawn(drawing));
    }

    pub(super) fn logic(&self, ctx: &egui::Context) {
        let mut state = self.0.borrow_mut();
        state.look_for_first_frame(ctx);
        state.watched(|app| app.logic(ctx));
    }

    pub(super) fn ui(&self, ui: &mut egui::Ui) {
        let ctx = &ui.ctx().clone();
        let mut state = self.0.borrow_mut();
        state.closing = ctx.input(|input| input.viewport().close_requested());
        state.note_place(ctx);
        state.watched(|app| app.ui(ui));
        if let FirstFrame::Awaited(tell) = std::mem::replace(&mut state.first_frame, FirstFrame::Past) {
            state.first_frame = FirstFrame::Drawn(ctx.cumulative_frame_nr(), tell);
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
        let mut state = self.0.borrow_mut();
        state.watched(|app| app.on_exit());
        state.status = Status::Closed;
    }

    /// No host can go on: keeps what was typed, as far as that is possible.
    pub(super) fn rescue(&self) -> Rescue {
        let mut state = self.0.borrow_mut();
        let Some(app) = &mut state.app else { return Rescue::NothingTyped };
        a365_password_tool::crash_report::catch(|| app.rescue()).unwrap_or(Rescue::Lost)
    }

    pub(super) fn status(&self) -> Status {
        self.0.borrow().status
    }

    /// Where the window was last.
    pub(super) fn place(&self) -> Option<Placement> {
        self.0.borrow().place
    }
}

impl State {
    /// Lets the app work. A panic goes on unwinding, but it is known then whose it is.
    fn watched(&mut self, work: impl FnOnce(&mut dyn WindowApp)) {
        let Some(app) = &mut self.app else { return };
        if let Err(panic) = panic::catch_unwind(AssertUnwindSafe(|| work(&mut **app))) {
            self.status = Status::AtFault;
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

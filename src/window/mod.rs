//! What the app and its window agree on, however it is drawn.
//!
//! The hosts that open a real window are not here but in `src/hosts`, in the app's program alone: the command line is then free
//! of the window system's libraries, which cost it a third of its start. In: input, one focus change at a time (see
//! [`FocusSplitter`]), so that a fast-typed secret never lands in a visible field. Out: a [`WindowApp`]'s shapes.

mod input;
mod waker;

pub use input::FocusSplitter;
pub use waker::Waker;

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

/// Who turns the app's shapes into pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Renderer {
    /// The processor. Works in every session, needs no driver.
    #[default]
    Cpu,
    /// OpenGL, for very large screens on machines with a graphics card. Falls back to [`Renderer::Cpu`].
    Gpu,
}

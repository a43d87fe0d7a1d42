//! What wakes the event loop from outside: a repaint asked for by the app or a worker, or an assistive program.
//!
//! Both hosts share one event loop (the system allows only one per process), so both speak eframe's type where
//! eframe is built in.

#[cfg(feature = "gpu")]
pub(super) use eframe::UserEvent;

/// The same as eframe's event of this name.
#[cfg(not(feature = "gpu"))]
#[derive(Debug)]
pub(super) enum UserEvent {
    /// Somebody asked egui for a repaint.
    RequestRepaint {
        /// Always the root: there is one window.
        #[allow(dead_code)]
        viewport_id: egui::ViewportId,
        /// When to repaint.
        when: std::time::Instant,
        /// How many passes egui had done when the repaint was asked for; older requests are answered already.
        cumulative_pass_nr: u64,
    },
    /// A screen reader or a test driver wants something.
    AccessKitActionRequest(egui_winit::accesskit_winit::Event),
}

#[cfg(not(feature = "gpu"))]
impl From<egui_winit::accesskit_winit::Event> for UserEvent {
    fn from(event: egui_winit::accesskit_winit::Event) -> UserEvent {
        UserEvent::AccessKitActionRequest(event)
    }
}

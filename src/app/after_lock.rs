//! What the window does with its memory once the vault is locked.
//!
//! The unlock screen is drawn only after everything of the page before is gone: drawn at once it would settle in the gaps
//! between what goes, and hold a page of memory with each of its pieces.

use std::time::Duration;

use super::theme;
use crate::platform::heap;

/// How long the screen reader's interface and the network's end may take to let go, in seconds.
const OTHERS: f64 = 2.0;

/// How far that is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) enum AfterLock {
    /// Nothing is left to do.
    #[default]
    Done,
    /// The next frame is empty, so that egui drops what it keeps of the one before.
    EmptyFrame,
    /// That frame is there: what it dropped can go back to the system.
    Dropped,
    /// At this time of the app, in seconds, what others let go of goes back as well.
    OthersAt(f64),
}

impl AfterLock {
    /// Drops what egui keeps for each field and row that was ever shown, such as the texts of its undo history, and asks
    /// for an empty frame.
    pub(super) fn begin(ctx: &egui::Context) -> AfterLock {
        // Cleared, its table would stay as large as it ever was.
        ctx.data_mut(|data| *data = egui::util::IdTypeMap::default());
        ctx.clear_animations();
        theme::fonts::rebuild(ctx);
        ctx.request_repaint();
        AfterLock::EmptyFrame
    }

    /// Whether this frame is to be the empty one, of which only the background is drawn here.
    pub(super) fn leaves_empty(&mut self, ui: &egui::Ui) -> bool {
        let empty = *self == AfterLock::EmptyFrame;
        if empty {
            ui.painter().rect_filled(ui.max_rect(), 0.0, ui.visuals().panel_fill);
            ui.ctx().request_repaint();
            *self = AfterLock::Dropped;
        }
        empty
    }

    /// Hands memory back when it is time to, `seconds` after the start of the app. Before a frame is drawn.
    pub(super) fn go_on(&mut self, ctx: &egui::Context, seconds: f64) {
        match *self {
            AfterLock::Dropped => {
                heap::give_back_unused();
                *self = AfterLock::OthersAt(seconds + OTHERS);
            }
            AfterLock::OthersAt(time) if seconds >= time => {
                heap::give_back_unused();
                *self = AfterLock::Done;
            }
            _ => {}
        }
        if let AfterLock::OthersAt(time) = *self {
            ctx.request_repaint_after(Duration::from_secs_f64((time - seconds).max(0.0)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_frame_is_empty_and_memory_goes_back_after_it_and_two_seconds_later() {
        let ctx = egui::Context::default();
        let mut after_lock = AfterLock::begin(&ctx);
        let frame = |after_lock: &mut AfterLock, seconds| {
            after_lock.go_on(&ctx, seconds);
            let mut empty = None;
            ctx.run_ui(egui::RawInput::default(), |ui| empty = Some(after_lock.leaves_empty(ui)))
                .drop_without_applying_deltas();
            empty.expect("a frame")
        };
        assert!(frame(&mut after_lock, 10.0));
        assert!(ctx.has_requested_repaint(), "nobody waits for the unlock screen");
        assert!(!frame(&mut after_lock, 10.1));
        assert_eq!(after_lock, AfterLock::OthersAt(10.1 + OTHERS));
        assert!(!frame(&mut after_lock, 12.0));
        assert_eq!(after_lock, AfterLock::OthersAt(10.1 + OTHERS));
        frame(&mut after_lock, 12.2);
        assert_eq!(after_lock, AfterLock::Done);
    }

    #[test]
    fn after_locking_egui_keeps_no_glyph_of_what_was_shown() {
        let ctx = egui::Context::default();
        theme::install(&ctx);
        let glyphs = |largest: u8| {
            ctx.run_ui(egui::RawInput::default(), |ui| {
                for size in 8..largest {
                    ui.label(egui::RichText::new("ABCDEFGHIJKLMNOPQRSTUVWXYZ").size(f32::from(size)));
                }
            })
            .drop_without_applying_deltas();
            ctx.fonts(|fonts| fonts.font_image_size())
        };
        let (before, after) = (glyphs(9), glyphs(60));
        assert_ne!(before, after);
        AfterLock::begin(&ctx);
        assert_eq!(glyphs(9), before);
    }

    #[test]
    fn after_locking_egui_remembers_no_field() {
        let (ctx, field) = (egui::Context::default(), egui::Id::unique("a field"));
        let edited = egui::text_edit::TextEditState::default();
        edited.store(&ctx, field);
        assert!(egui::text_edit::TextEditState::load(&ctx, field).is_some());
        AfterLock::begin(&ctx);
        assert!(egui::text_edit::TextEditState::load(&ctx, field).is_none());
    }
}

//! The keyboard goes into a dialog when it comes up, and back to where it was when it closes.

use std::mem::discriminant;

use egui::{Context, Id};

use crate::app::{
    state::Dialog,
    widgets::{offer_first_focus, shown_in_window},
};

/// Which dialog is open, what had the focus before the first one, and what has it in this one.
#[derive(Clone, Copy, Default)]
struct Open {
    dialog: Option<Id>,
    before: Option<Id>,
    /// What the window showed behind the first one.
    behind: Option<Id>,
    inside: Option<Id>,
}

/// Once a frame, before the dialog is drawn.
pub(super) fn follow(ctx: &Context, dialog: Option<&Dialog>) {
    let memory = Id::unique("focus around dialogs");
    let mut open: Open = ctx.data(|data| data.get_temp(memory)).unwrap_or_default();
    let now = dialog.map(|dialog| Id::unique("dialog").with(discriminant(dialog)));
    let focused = ctx.memory(|memory| memory.focused());
    match (open.dialog, now) {
        (None, None) => return,
        // Esc has taken it away already when the dialog closes.
        (Some(before), Some(now)) if before == now => open.inside = focused.or(open.inside),
        (_, Some(_)) => {
            if open.dialog.is_none() {
                open.before = focused;
                open.behind = shown_in_window(ctx);
            }
            open.inside = None;
            offer_first_focus(ctx);
        }
        (Some(_), None) => {
            // Unless what the dialog was for has taken the keyboard or the window elsewhere.
            let is_there_still = open.behind == shown_in_window(ctx) && (focused.is_none() || focused == open.inside);
            if let Some(before) = open.before.filter(|_| is_there_still) {
                ctx.memory_mut(|memory| memory.request_focus(before));
            }
            open = Open::default();
        }
    }
    open.dialog = now;
    ctx.data_mut(|data| data.insert_temp(memory, open));
}

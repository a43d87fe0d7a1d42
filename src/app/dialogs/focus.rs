//! The keyboard goes into a dialog when it comes up, and back to where it was when it closes.

use std::mem::discriminant;

use egui::{Context, Id};

use crate::app::{state::Dialog, widgets::offer_first_focus};

/// Which dialog is open, what had the focus before the first one, and what has it in this one.
#[derive(Clone, Copy, Default)]
struct Open {
    dialog: Option<Id>,
    before: Option<Id>,
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
        (Some(before), Some(now)) if before == now => open.inside = focused,
        (_, Some(_)) => {
            if open.dialog.is_none() {
                open.before = focused;
            }
            open.inside = None;
            offer_first_focus(ctx);
        }
        (Some(_), None) => {
            // Unless what the dialog was for has taken the keyboard elsewhere.
            if let Some(before) = open.before.filter(|_| focused.is_none() || focused == open.inside) {
                ctx.memory_mut(|memory| memory.request_focus(before));
            }
            open = Open::default();
        }
    }
    open.dialog = now;
    ctx.data_mut(|data| data.insert_temp(memory, open));
}

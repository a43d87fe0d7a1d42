//! Where the keyboard is when a dialog or a page comes up: at the first of its fields, or at the button that does no harm.

use egui::{Context, Id, Response};

fn memory() -> Id {
    Id::unique("first focus is to be taken")
}

/// The next widget that can take it gets the focus.
pub fn offer_first_focus(ctx: &Context) {
    ctx.data_mut(|data| data.insert_temp(memory(), true));
}

/// Nothing takes it any more.
pub fn withdraw_first_focus(ctx: &Context) {
    ctx.data_mut(|data| data.remove::<bool>(memory()));
}

/// Whether nothing has taken it yet.
pub(super) fn is_first_focus_offered(ctx: &Context) -> bool {
    ctx.data(|data| data.get_temp(memory())).unwrap_or_default()
}

/// Takes the focus if it is offered.
pub fn take_first_focus(response: &Response) {
    if response.ctx.data_mut(|data| data.remove_temp::<bool>(memory())) == Some(true) {
        response.request_focus();
    }
}

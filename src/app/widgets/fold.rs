//! A heading that shows or hides what is below it.

use egui::{CollapsingHeader, RichText, Ui};

use super::focus::focus_ring;

/// Whether a fold is open until somebody opens or closes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AtFirst {
    /// It is.
    Open,
    /// It is not.
    Closed,
}

/// A heading and what it shows while it is open. `name` is what its state is remembered by.
pub fn fold(
    ui: &mut Ui,
    name: impl egui::AsIdSalt,
    heading: impl Into<RichText>,
    at_first: AtFirst,
    content: impl FnOnce(&mut Ui),
) {
    let fold = CollapsingHeader::new(heading.into()).id_salt(name).default_open(at_first == AtFirst::Open);
    let shown = fold.show_unindented(ui, content);
    focus_ring(ui, &shown.header_response);
}

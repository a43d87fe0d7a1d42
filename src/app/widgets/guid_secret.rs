//! The box below a client secret in the form of a GUID.

use egui::Ui;

use super::{FieldNote, labelled_row};
use crate::profile::GuidSecret;

/// Asks whether a GUID is the secret itself; nothing but a person can know.
pub fn guid_secret_box(ui: &mut Ui, guid: &mut GuidSecret) {
    labelled_row(ui, "", &FieldNote::None, |ui, _| {
        let mut accepted = *guid == GuidSecret::Accepted;
        let text = "This GUID is the secret itself (created by HashiCorp Vault or an old Azure CLI)";
        if ui.checkbox(&mut accepted, text).changed() {
            *guid = if accepted { GuidSecret::Accepted } else { GuidSecret::Refused };
        }
    });
}

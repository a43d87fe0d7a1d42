//! A field for secrets, built so that egui never holds the secret.
//!
//! egui's text editor keeps an undo history, a copy of the text before each change and a laid-out picture of it.
//! So it is given a row of bullets to edit: [`Masked`] shows egui one bullet for each character and carries out
//! what egui does to the bullets on the secret. Only while the secret is revealed does its text reach the screen.

use std::{any::TypeId, ops::Range, sync::Arc};

use egui::{
    Context, FontSelection, Galley, Id, Key, KeyboardShortcut, Modifiers, Response, TextBuffer, TextStyle, Ui,
    text::{CharIndex, LayoutJob},
};

use crate::profile::SecretText;

use super::caps_lock::caps_lock_is_on;
use super::edit_menu::{self, Content};
use super::first_focus::take_first_focus;
use super::text_field::{describe_field, hint, outline_refused, single_line};
use super::{FieldNote, Vocabulary, labelled_row, note_line};
use crate::app::theme::{CONTROL_HEIGHT, icons::Icon};

const BULLET: char = '•';
/// Reveals a secret or hides it again while its field has the keyboard, as Windows' own fields for passwords do.
const REVEAL: KeyboardShortcut = KeyboardShortcut::new(Modifiers::ALT, Key::F8);

/// A secret as egui's text editor may see it: as many bullets as it has characters.
pub struct Masked<'s> {
    secret: &'s mut SecretText,
    bullets: String,
}

impl<'s> Masked<'s> {
    /// Puts the mask over `secret`.
    pub fn new(secret: &'s mut SecretText) -> Masked<'s> {
        let bullets = bullets(secret.char_count());
        Masked { secret, bullets }
    }

    fn byte_index(&self, char_index: CharIndex) -> usize {
        let text = self.secret.expose();
        text.char_indices().nth(char_index.0).map_or(text.len(), |(index, _)| index)
    }
}

fn bullets(count: usize) -> String {
    std::iter::repeat_n(BULLET, count).collect()
}

impl TextBuffer for Masked<'_> {
    fn is_mutable(&self) -> bool {
        true
    }

    fn as_str(&self) -> &str {
        &self.bullets
    }

    fn insert_text(&mut self, text: &str, char_index: CharIndex) -> usize {
        let index = self.byte_index(char_index);
        self.secret.insert_str(index, text);
        self.bullets = bullets(self.secret.char_count());
        text.chars().count()
    }

    fn delete_char_range(&mut self, range: Range<CharIndex>) {
        let bytes = self.byte_index(range.start)..self.byte_index(range.end);
        self.secret.remove_range(bytes);
        self.bullets = bullets(self.secret.char_count());
    }

    fn clear(&mut self) {
        self.secret.wipe();
        self.bullets.clear();
    }

    /// Undo and redo hand back bullets, which are not the secret: nothing is replaced.
    fn replace_with(&mut self, _text: &str) {}

    fn take(&mut self) -> String {
        let bullets = std::mem::take(&mut self.bullets);
        self.secret.wipe();
        bullets
    }

    fn type_id(&self) -> TypeId {
        TypeId::of::<Masked<'static>>()
    }
}

/// Whether the field shows its secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Shown {
    /// As bullets.
    #[default]
    Hidden,
    /// As it is.
    Revealed,
}

/// A secret's editor alone, `width` points wide.
fn secret_editor(
    ui: &mut Ui,
    label: &str,
    secret: &mut SecretText,
    shown: Shown,
    width: f32,
    example: &str,
) -> Response {
    // Laid out from the secret only while it is revealed, and then by a copy that is wiped with the frame.
    let plain = match shown {
        Shown::Hidden => None,
        Shown::Revealed => Some(secret.clone()),
    };
    let mut layout_after_edit = |ui: &Ui, buffer: &dyn TextBuffer, _wrap: f32| -> Arc<Galley> {
        let font = TextStyle::Monospace.resolve(ui.style());
        let color = ui.visuals().widgets.inactive.text_color();
        let bullets = buffer.as_str();
        // Within the frame of an edit the copy is one edit old: bullets are shown until the next frame.
        let text = match &plain {
            Some(plain) if plain.char_count() == bullets.chars().count() => plain.expose(),
            _ => bullets,
        };
        ui.fonts_mut(|fonts| fonts.layout_job(LayoutJob::simple_singleline(text.to_owned(), font, color)))
    };
    let mut masked = Masked::new(secret);
    let field = single_line(ui, label, &mut masked, width)
        .password(true)
        .font(FontSelection::Style(TextStyle::Monospace))
        .hint_text(hint(ui, example))
        .layouter(&mut layout_after_edit);
    let response = ui.add(field);
    take_first_focus(&response);
    edit_menu::equip(ui, &response, secret.char_count(), Content::Secret);
    if response.has_focus() {
        ui.data_mut(|data| data.insert_temp(focused_secret(), response.id));
    }
    response
}

fn focused_secret() -> Id {
    Id::unique("focused secret")
}

/// Whether what is typed or pasted goes into a field that shows bullets.
pub fn is_secret_field_focused(ctx: &Context) -> bool {
    let focused = ctx.memory(|memory| memory.focused());
    focused.is_some() && focused == ctx.data(|data| data.get_temp(focused_secret()))
}

/// A labelled secret with a button to reveal it and, for saved secrets, one to copy it.
pub fn secret_field(
    ui: &mut Ui,
    label: &str,
    secret: &mut SecretText,
    shown: &mut Shown,
    example: &str,
    note: &FieldNote,
) -> Response {
    labelled_row(ui, label, note, |ui, label_id| {
        ui.horizontal(|ui| editor_with_reveal(ui, label, label_id, secret, shown, example, note)).inner
    })
}

/// A labelled passphrase, which is typed blind: says so while Caps Lock is on.
pub fn passphrase_field(
    ui: &mut Ui,
    label: &str,
    passphrase: &mut SecretText,
    shown: &mut Shown,
    note: &FieldNote,
) -> Response {
    labelled_row(ui, label, note, |ui, label_id| {
        let field = ui.horizontal(|ui| editor_with_reveal(ui, label, label_id, passphrase, shown, "", note)).inner;
        if field.has_focus() && caps_lock_is_on(ui.ctx()) {
            note_line(ui, &FieldNote::Advice("Caps Lock is on.".to_owned()));
        }
        field
    })
}

fn editor_with_reveal(
    ui: &mut Ui,
    label: &str,
    label_id: Id,
    secret: &mut SecretText,
    shown: &mut Shown,
    example: &str,
    note: &FieldNote,
) -> Response {
    let width = ui.available_width() - CONTROL_HEIGHT - ui.spacing().item_spacing.x;
    let response = secret_editor(ui, label, secret, *shown, width, example).labelled_by(label_id);
    outline_refused(ui, &response, note);
    describe_field(&response, note);
    let (icon, verb, next) = match shown {
        Shown::Hidden => (Icon::Eye, "Show", Shown::Revealed),
        Shown::Revealed => (Icon::EyeClosed, "Hide", Shown::Hidden),
    };
    let by_key = response.has_focus() && ui.input_mut(|input| input.consume_shortcut(&REVEAL));
    // Between two passphrases that are typed with Tab between them, the blank of the second would press it.
    let what = label.to_lowercase();
    let name = format!("{verb} {}", what.strip_prefix("confirm ").unwrap_or(&what));
    if ui.icon_button_beside(icon, &name, "Alt+F8").clicked() || by_key {
        *shown = next;
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn egui_sees_bullets_and_edits_reach_the_secret() {
        let mut secret = SecretText::from("aé");
        let mut masked = Masked::new(&mut secret);
        assert_eq!(masked.as_str(), "••");
        assert_eq!(masked.insert_text("xy", CharIndex(1)), 2);
        masked.delete_char_range(CharIndex(3)..CharIndex(4));
        assert_eq!(masked.as_str(), "•••");
        assert_eq!(secret.expose(), "axy");
    }

    #[test]
    fn undo_cannot_put_bullets_in_place_of_the_secret() {
        let mut secret = SecretText::from("abc");
        Masked::new(&mut secret).replace_with("••");
        assert_eq!(secret.expose(), "abc");
    }
}

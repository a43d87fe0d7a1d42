//! Whether Caps Lock is on, as far as typed letters tell. No system call: on X11 and Wayland a window cannot ask.

use egui::{Context, Event, Id, Modifiers};

/// Notes the case of the letters that were typed. Once a frame, before anything is drawn.
pub fn note_caps_lock(ctx: &Context) {
    let inferred = ctx.input(|input| inferred(&input.events));
    if let Some(is_on) = inferred {
        ctx.data_mut(|data| data.insert_temp(memory(), is_on));
    }
}

/// Whether the letter that was typed last was typed with Caps Lock on.
pub(super) fn caps_lock_is_on(ctx: &Context) -> bool {
    ctx.data(|data| data.get_temp(memory())).unwrap_or_default()
}

fn memory() -> Id {
    Id::unique("whether Caps Lock is on")
}

/// What the last letter of these events tells. A letter counts only together with the key that typed it, which knows
/// the state of Shift.
fn inferred(events: &[Event]) -> Option<bool> {
    events.windows(2).rev().find_map(|pair| match pair {
        [Event::Key { pressed: true, modifiers, .. }, Event::Text(text)] => of_letter(text, *modifiers),
        _ => None,
    })
}

/// Letters of ASCII alone: on some keyboards Shift turns `ü` into another small letter, `è`.
fn of_letter(text: &str, modifiers: Modifiers) -> Option<bool> {
    let [letter] = text.as_bytes() else { return None };
    let types_only = !(modifiers.ctrl || modifiers.alt || modifiers.command);
    (letter.is_ascii_alphabetic() && types_only).then(|| letter.is_ascii_uppercase() != modifiers.shift)
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::Key;

    fn typed(text: &str, modifiers: Modifiers) -> Vec<Event> {
        let key = Event::Key { key: Key::A, physical_key: None, pressed: true, repeat: false, modifiers };
        vec![key, Event::Text(text.to_owned())]
    }

    #[test]
    fn a_letter_in_the_other_case_than_shift_asks_for_means_caps_lock() {
        let of = |text, modifiers| inferred(&typed(text, modifiers));
        assert_eq!(of("A", Modifiers::NONE), Some(true));
        assert_eq!(of("a", Modifiers::SHIFT), Some(true));
        assert_eq!(of("a", Modifiers::NONE), Some(false));
        assert_eq!(of("A", Modifiers::SHIFT), Some(false));
    }

    #[test]
    fn what_tells_nothing_changes_nothing() {
        for text in ["1", " ", "è", "Ü", "AB", ""] {
            assert_eq!(inferred(&typed(text, Modifiers::SHIFT)), None, "{text}");
        }
        assert_eq!(inferred(&typed("a", Modifiers::ALT)), None);
        assert_eq!(inferred(&[Event::Text("A".to_owned())]), None, "no key: an assistive program, an input method");
        assert_eq!(inferred(&[Event::Paste("A".to_owned())]), None);
    }

    #[test]
    fn the_last_letter_decides() {
        let events = [typed("A", Modifiers::NONE), typed("b", Modifiers::NONE), typed("1", Modifiers::SHIFT)].concat();
        assert_eq!(inferred(&events), Some(false));
    }
}

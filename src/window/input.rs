//! One focus per frame: cuts a burst of input so that every key reaches the field that had the focus when it was hit.
//!
//! egui moves the focus once per frame and gives all text of the frame to the widget that has it then. Typed by a person that
//! is the same thing; typed by an auto-type program, pasted by a script or delivered late by a remote session,
//! "name, Tab, secret" arrives in one piece and the secret would land in the name. So an event that can move the focus
//! gets a frame to itself, and an empty frame follows in which the app can answer (a dialog that opens takes the
//! focus one frame after the key that opened it).

use std::collections::VecDeque;

use egui::{Event, Key, RawInput};

/// Hands out a burst of input frame by frame.
///
/// Give it the input of every frame with [`FocusSplitter::next_frame`]; while [`FocusSplitter::is_waiting`] run more
/// frames at once. The events come out complete and in order.
#[derive(Debug, Default)]
pub struct FocusSplitter {
    waiting: VecDeque<Event>,
    /// The last frame held an event that can move the focus.
    moved: bool,
    /// Window focus as far as it was heard, not as it is at the end of what is waiting.
    focused: bool,
}

impl FocusSplitter {
    /// Queues the events of `input` and gives it back with those that belong in the next frame.
    pub fn next_frame(&mut self, mut input: RawInput) -> RawInput {
        self.waiting.extend(input.events.drain(..));
        if std::mem::take(&mut self.moved) && self.waiting.front().is_some_and(is_for_focus) {
            // The frame in which the app answers.
        } else {
            input.events = self.take_events();
        }
        if self.is_waiting() {
            input.focused = self.focused;
        } else {
            self.focused = input.focused;
        }
        input
    }

    /// Whether more frames are needed to deliver what has come in.
    pub fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    fn take_events(&mut self) -> Vec<Event> {
        let mut events = Vec::new();
        let mut text_before = false;
        while let Some(event) = self.waiting.front() {
            let moves = moves_focus(event, self.waiting.get(1));
            if moves && text_before {
                break;
            }
            text_before |= is_for_focus(event);
            let types = matches!(event, Event::Key { pressed: true, .. });
            events.extend(self.take_one());
            if moves {
                if types && matches!(self.waiting.front(), Some(Event::Text(_))) {
                    // The character of this very key, such as the space that presses a button.
                    events.extend(self.take_one());
                }
                self.moved = true;
                break;
            }
        }
        events
    }

    fn take_one(&mut self) -> Option<Event> {
        let event = self.waiting.pop_front()?;
        if let Event::WindowFocused(focused) = &event {
            self.focused = *focused;
        }
        Some(event)
    }
}

/// Whether the event goes to the widget with the keyboard focus.
fn is_for_focus(event: &Event) -> bool {
    matches!(
        event,
        Event::Text(_)
            | Event::Key { .. }
            | Event::Paste(_)
            | Event::PasteImage(_)
            | Event::Copy
            | Event::Cut
            | Event::Ime(_)
            | Event::AccessKitActionRequest(_)
    )
}

/// Whether the focus may be elsewhere after `event`. `next` tells a key that types from one that acts.
fn moves_focus(event: &Event, next: Option<&Event>) -> bool {
    match event {
        // A pasted connection string fills a form; a click, an assistive program and a key that types nothing can do
        // anything at all. Space types, but also presses the focused button.
        Event::PointerButton { .. }
        | Event::WindowFocused(_)
        | Event::AccessKitActionRequest(_)
        | Event::Paste(_)
        | Event::MiddleClickPaste { .. } => true,
        Event::Key { pressed: true, key, .. } => *key == Key::Space || !matches!(next, Some(Event::Text(_))),
        _ => false,
    }
}

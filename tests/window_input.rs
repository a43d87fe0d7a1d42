//! A burst of input reaches the fields as if a slow hand had typed it: checked on a real egui context.

use a365_password_tool::window::FocusSplitter;
use egui::{
    Event, IMEPurpose, ImeEvent, Key, Modifiers, PointerButton, Pos2, RawInput, Rect, TextEdit, ViewportEvent,
    ViewportId, ViewportInfo, pos2, vec2,
};
use proptest::prelude::*;

/// Three fields in a column, the last one masked, and a dialog that a button opens.
struct Form {
    ctx: egui::Context,
    splitter: FocusSplitter,
    texts: [String; 3],
    dialog: Option<String>,
    places: [Rect; 4],
    frames: usize,
    ime_purpose: Option<IMEPurpose>,
}

impl Form {
    fn new() -> Form {
        let ctx = egui::Context::default();
        ctx.set_fonts(fonts());
        let mut form = Form {
            ctx,
            splitter: FocusSplitter::default(),
            texts: Default::default(),
            dialog: None,
            places: [Rect::NOTHING; 4],
            frames: 0,
            ime_purpose: None,
        };
        form.feed(Vec::new());
        form.feed(Vec::new());
        form
    }

    /// A form whose first field has the focus.
    fn focused() -> Form {
        let mut form = Form::new();
        form.feed(key(Key::Tab));
        form
    }

    /// Delivers all of `events` at once, as a window does after a stall.
    fn feed(&mut self, events: Vec<Event>) {
        let mut waiting = events;
        loop {
            let input = RawInput {
                events: std::mem::take(&mut waiting),
                screen_rect: Some(Rect::from_min_size(Pos2::ZERO, vec2(400.0, 300.0))),
                ..Default::default()
            };
            let input = self.splitter.next_frame(input);
            self.frame(input);
            if !self.splitter.is_waiting() {
                return;
            }
        }
    }

    fn frame(&mut self, input: RawInput) {
        self.frames += 1;
        let ctx = self.ctx.clone();
        let mut output = ctx.run_ui(input, |ui| {
            for (index, text) in self.texts.iter_mut().enumerate() {
                self.places[index] = ui.add(TextEdit::singleline(text).password(index == 2)).rect;
            }
            let open = ui.button("Open");
            self.places[3] = open.rect;
            if let Some(text) = &mut self.dialog {
                // A dialog takes the focus in the frame after the key that opened it.
                let answer = ui.add(TextEdit::singleline(text).password(true));
                if text.is_empty() {
                    answer.request_focus();
                }
            }
            if open.clicked() || ui.input(|input| input.key_pressed(Key::F2)) {
                self.dialog.get_or_insert_default();
            }
        });
        self.ime_purpose = output.platform_output.ime.take().map(|ime| ime.purpose);
        output.drop_without_applying_deltas();
    }
}

fn fonts() -> egui::FontDefinitions {
    let mut fonts = egui::FontDefinitions::empty();
    let inter = egui::FontData::from_static(include_bytes!("../resources/fonts/Inter-Regular.otf"));
    fonts.font_data.insert("Inter".to_owned(), inter.into());
    fonts.families.insert(egui::FontFamily::Proportional, vec!["Inter".to_owned()]);
    fonts.families.insert(egui::FontFamily::Monospace, vec!["Inter".to_owned()]);
    fonts
}

/// What a keyboard sends for `text`: press, character, release.
fn typed(text: &str) -> Vec<Event> {
    let events = text.chars().map(|character| {
        let mut events = key(if character == ' ' { Key::Space } else { Key::A });
        events.insert(1, Event::Text(character.to_string()));
        events
    });
    events.flatten().collect()
}

fn key(key: Key) -> Vec<Event> {
    keys(key, Modifiers::NONE)
}

fn keys(key: Key, modifiers: Modifiers) -> Vec<Event> {
    [true, false].map(|pressed| Event::Key { key, physical_key: None, pressed, repeat: false, modifiers }).to_vec()
}

fn click(pos: Pos2) -> Vec<Event> {
    let button =
        |pressed| Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers: Modifiers::NONE };
    vec![Event::PointerMoved(pos), button(true), button(false)]
}

#[test]
fn a_secret_typed_in_one_burst_lands_in_the_masked_field_only() {
    let mut form = Form::focused();
    form.feed([typed("my id"), key(Key::Tab), typed("second"), key(Key::Tab), typed("hush hush")].concat());
    assert_eq!(form.texts, ["my id", "second", "hush hush"]);
}

#[test]
fn shift_tab_in_a_burst_goes_back() {
    let mut form = Form::focused();
    form.feed([typed("a"), key(Key::Tab), typed("b"), keys(Key::Tab, Modifiers::SHIFT), typed("c")].concat());
    assert_eq!(form.texts[1], "b");
    assert!(form.texts[0].contains('c'), "{:?}", form.texts);
}

#[test]
fn text_typed_just_before_a_click_is_not_lost() {
    let mut form = Form::focused();
    let third = form.places[2].center();
    form.feed([typed("before"), click(third), typed("after")].concat());
    assert_eq!(form.texts, ["before", "", "after"]);
}

#[test]
fn a_paste_goes_to_the_field_that_had_the_focus() {
    let mut form = Form::focused();
    let paste = |text: &str| vec![Event::Paste(text.to_owned())];
    form.feed([paste("one"), key(Key::Tab), paste("two"), key(Key::Tab), paste("three"), typed("!")].concat());
    assert_eq!(form.texts, ["one", "two", "three!"]);
}

#[test]
fn text_after_a_key_that_opens_a_dialog_lands_in_the_dialog() {
    let mut form = Form::focused();
    form.feed([typed("a"), key(Key::F2), typed("pass phrase")].concat());
    assert_eq!(form.dialog.as_deref(), Some("pass phrase"));
    assert_eq!(form.texts, ["a", "", ""]);
}

#[test]
fn the_space_that_presses_a_button_is_not_typed_into_what_opens() {
    let mut form = Form::focused();
    form.feed([key(Key::Tab), key(Key::Tab), key(Key::Tab), typed(" "), typed("pw")].concat());
    assert_eq!(form.dialog.as_deref(), Some("pw"));
}

#[test]
fn escape_does_not_swallow_what_was_typed_before_it() {
    let mut form = Form::focused();
    form.feed([typed("kept"), key(Key::Escape), typed("nowhere")].concat());
    assert_eq!(form.texts, ["kept", "", ""]);
}

#[test]
fn plain_text_needs_one_frame_however_long_it_is() {
    let mut form = Form::focused();
    let before = form.frames;
    form.feed(typed(&"x".repeat(200)));
    assert_eq!(form.frames, before + 1);
    assert_eq!(form.texts[0].len(), 200);
}

fn commit(text: &str) -> Vec<Event> {
    vec![Event::Ime(ImeEvent::Commit(text.to_owned()))]
}

fn composing(text: &str) -> Vec<Event> {
    vec![Event::Ime(ImeEvent::Preedit { text: text.to_owned(), active_range_chars: None })]
}

#[test]
fn every_commit_of_an_input_method_counts() {
    // Dead keys and Compose on X11 commit without a composition. Fcitx ends the composition before it commits; the input
    // methods of Windows commit into it, and send an empty commit when one is given up.
    let cases: [(Vec<Event>, &str); 11] = [
        ([typed("p"), commit("â"), commit("ñ"), commit("é"), typed("ss")].concat(), "pâñéss"),
        ([commit("é")].concat(), "é"),
        ([commit("€"), commit("½"), typed("x"), commit("…")].concat(), "€½x…"),
        ([composing("ce"), composing("ceshi"), commit("测试")].concat(), "测试"),
        ([composing("ceshi"), composing(""), commit("测试"), composing("")].concat(), "测试"),
        ([typed("a"), composing("b"), composing(""), commit(""), typed("c")].concat(), "ac"),
        ([typed("a"), composing("か"), commit("か"), composing("な"), commit("な")].concat(), "aかな"),
        ([commit("한"), typed(" "), commit("글")].concat(), "한 글"),
        ([commit("👍🏽"), commit("e\u{301}")].concat(), "👍🏽e\u{301}"),
        ([composing("´"), commit("á"), typed("b")].concat(), "áb"),
        ([commit("two words"), typed("!")].concat(), "two words!"),
    ];
    for (events, right) in cases {
        let mut form = Form::focused();
        form.feed(events.clone());
        assert_eq!(form.texts[0], right, "in one burst: {events:?}");

        let mut form = Form::focused();
        for event in events.iter().cloned() {
            form.feed(vec![event]);
        }
        assert_eq!(form.texts[0], right, "one by one: {events:?}");
    }
}

#[test]
fn a_commit_goes_to_the_field_that_has_the_focus() {
    let mut form = Form::focused();
    form.feed([commit("ä"), key(Key::Tab), commit("ö"), key(Key::Tab), commit("ü"), commit("ß")].concat());
    assert_eq!(form.texts, ["ä", "ö", "üß"]);
}

#[test]
fn a_commit_replaces_what_is_selected() {
    let mut form = Form::focused();
    form.feed([typed("old"), keys(Key::A, Modifiers::COMMAND), commit("é"), typed("t")].concat());
    assert_eq!(form.texts[0], "ét");
}

#[test]
fn a_frame_hears_of_modifiers_no_earlier_than_of_the_events_before_them() {
    let mut form = Form::focused();
    let held = |modifiers| vec![Event::ModifiersChanged(modifiers)];
    let shift_tab = keys(Key::Tab, Modifiers::SHIFT);
    form.feed([held(Modifiers::SHIFT), shift_tab.clone(), held(Modifiers::NONE), typed("a")].concat());
    assert_eq!(form.ctx.input(|input| input.modifiers), Modifiers::NONE);
    let mut splitter = FocusSplitter::default();
    let events = [held(Modifiers::SHIFT), shift_tab, held(Modifiers::NONE), typed("a")].concat();
    let first = splitter.next_frame(RawInput { events, ..Default::default() });
    assert!(first.events.contains(&Event::ModifiersChanged(Modifiers::SHIFT)));
    assert!(!first.events.contains(&Event::ModifiersChanged(Modifiers::NONE)));
}

#[test]
fn input_methods_learn_which_field_is_masked() {
    let mut form = Form::focused();
    for purpose in [IMEPurpose::Normal, IMEPurpose::Normal, IMEPurpose::Password] {
        form.feed(typed("a"));
        assert_eq!(form.ime_purpose, Some(purpose));
        form.feed(key(Key::Tab));
    }
    form.feed(typed("a"));
    assert_eq!(form.ime_purpose, None, "a button takes no text");
}

#[test]
fn all_but_the_events_passes_through_untouched() {
    let mut splitter = FocusSplitter::default();
    let info = ViewportInfo { events: vec![ViewportEvent::Close], ..Default::default() };
    let input = RawInput {
        time: Some(12.5),
        viewports: std::iter::once((ViewportId::ROOT, info)).collect(),
        events: [typed("a"), click(pos2(1.0, 1.0))].concat(),
        ..Default::default()
    };
    let frame = splitter.next_frame(input.clone());
    assert_eq!(frame.time, input.time);
    assert!(frame.viewport().close_requested());
}

fn any_event() -> impl Strategy<Value = Vec<Event>> {
    prop_oneof![
        "[a-z ]{1,4}".prop_map(|text| typed(&text)),
        prop::sample::select(vec![Key::Tab, Key::Enter, Key::Escape, Key::ArrowDown, Key::Backspace, Key::F5])
            .prop_map(key),
        (0.0f32..400.0, 0.0f32..300.0).prop_map(|(x, y)| click(pos2(x, y))),
        Just(vec![Event::PointerGone]),
        any::<bool>().prop_map(|focused| vec![Event::WindowFocused(focused)]),
        "[a-z]{1,8}".prop_map(|text| vec![Event::Paste(text)]),
        Just(vec![Event::Copy]),
        "[a-z]{1,3}".prop_map(|text| vec![Event::Ime(ImeEvent::Commit(text))]),
    ]
}

proptest! {
    #[test]
    fn the_frames_together_are_the_input(bursts in prop::collection::vec(prop::collection::vec(any_event(), 0..8), 1..6)) {
        let mut splitter = FocusSplitter::default();
        let (mut given, mut heard) = (Vec::new(), Vec::new());
        for burst in bursts {
            let events = burst.concat();
            given.extend(events.iter().cloned());
            heard.extend(splitter.next_frame(RawInput { events, ..Default::default() }).events);
        }
        let mut idle = 0;
        while splitter.is_waiting() {
            let events = splitter.next_frame(RawInput::default()).events;
            idle = if events.is_empty() { idle + 1 } else { 0 };
            prop_assert!(idle < 2, "it must come to an end");
            heard.extend(events);
        }
        prop_assert_eq!(given, heard);
    }

    #[test]
    fn no_keyboard_input_follows_a_focus_change_in_its_frame(burst in prop::collection::vec(any_event(), 0..12)) {
        let mut splitter = FocusSplitter::default();
        let mut events = burst.concat();
        loop {
            let frame = splitter.next_frame(RawInput { events: std::mem::take(&mut events), ..Default::default() });
            let tab = |event: &Event| {
                matches!(event, Event::PointerButton { .. } | Event::Key { key: Key::Tab, pressed: true, .. })
            };
            if let Some(place) = frame.events.iter().position(tab) {
                prop_assert_eq!(place, frame.events.len() - 1);
            }
            if !splitter.is_waiting() {
                break;
            }
        }
    }
}

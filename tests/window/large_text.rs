//! Text of up to 200 % in the smallest window: nothing is cut, nothing lies over another, and the keyboard comes to all of it.
//!
//! Measured on what is painted. A window of 1024 by 700 pixels with text at 200 % is one of 512 by 350 points.

use egui::{
    FullOutput, Key, Rect, Shape, Theme, Vec2,
    accesskit::{Action, Role},
    epaint::TextShape,
    vec2,
};
use egui_kittest::kittest::{AccessKitNode, By, NodeT, Queryable};

use crate::harness::Window;
use crate::screens::{SCENES, Scene};

const SMALLEST: Vec2 = vec2(1024.0, 700.0);
/// So high that nothing has to scroll.
const TALL: f32 = 4000.0;
/// Longer ones are IDs, addresses and paths, which break where the line ends.
const LONGEST_WORD: usize = 24;

/// The name of the vault in the bar at the top, which gives way first; the page of the vault has all of it.
const VAULT: &str = "contact-centre";

/// A line of text as it is painted.
struct Line {
    text: String,
    /// The text that it is a line of.
    whole: String,
    /// Tight around its letters.
    place: Rect,
    clip: Rect,
    is_elided: bool,
    /// A word that is broken at the end of the line.
    broken: Option<String>,
}

impl Line {
    fn visible(&self) -> Rect {
        self.place.intersect(self.clip)
    }
}

/// The lines that can be seen, in the order in which they are painted.
fn lines(output: &FullOutput, whole: Rect) -> Vec<Line> {
    let mut lines = Vec::new();
    for clipped in &output.shapes {
        add(&mut lines, &clipped.shape, clipped.clip_rect, whole);
    }
    lines
}

fn add(lines: &mut Vec<Line>, shape: &Shape, clip: Rect, whole: Rect) {
    match shape {
        Shape::Vec(shapes) => shapes.iter().for_each(|shape| add(lines, shape, clip, whole)),
        Shape::Text(text) => lines.extend(lines_of(text, clip)),
        Shape::Rect(ground) => {
            let covered = ground.rect.intersect(clip);
            // Behind a dialog nothing counts, nor what a menu covers.
            let is_behind_a_dialog = ground.fill.a() > 0 && covered.contains_rect(whole.shrink(1.0));
            let is_covering = ground.fill.a() == 255 && covered.is_positive();
            lines.retain(|line| !(is_behind_a_dialog || is_covering && covered.intersects(line.visible())));
        }
        _ => {}
    }
}

fn lines_of(shape: &TextShape, clip: Rect) -> impl Iterator<Item = Line> {
    let rows = &shape.galley.rows;
    rows.iter().enumerate().filter(|(_, row)| !row.glyphs.is_empty()).map(move |(number, row)| {
        let text: String = row.glyphs.iter().map(|glyph| glyph.chr).collect();
        let next: String =
            rows.get(number + 1).map_or_else(String::new, |next| next.glyphs.iter().map(|it| it.chr).collect());
        Line {
            place: row.visuals.mesh_bounds.translate(row.pos.to_vec2() + shape.pos.to_vec2()),
            clip,
            whole: shape.galley.job.text.clone(),
            is_elided: shape.galley.elided,
            broken: if row.ends_with_newline { None } else { broken_word(&text, &next) },
            text,
        }
    })
}

fn broken_word(line: &str, next: &str) -> Option<String> {
    let is_letter = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
    if !is_letter(line.chars().next_back()) || !is_letter(next.chars().next()) {
        return None;
    }
    let start = line.rsplit(char::is_whitespace).next().unwrap_or_default();
    let word = start.to_owned() + next.split(char::is_whitespace).next().unwrap_or_default();
    (word.chars().count() <= LONGEST_WORD).then_some(word)
}

/// Everything that is said of what can be pressed or filled in: where a row has no room for a text of people or of a server, it
/// is here in full, in the row's tooltip, and where a press of the row leads to.
fn said_in_full(window: &Window) -> Vec<String> {
    let is_usable = |node: &AccessKitNode<'_>| node.data().supports_action(Action::Click) || node.is_text_input();
    let said = window.query_all(By::new().predicate(is_usable));
    said.flat_map(|node| {
        [node.accesskit_node().label(), node.accesskit_node().value(), node.accesskit_node().description()]
    })
    .flatten()
    .collect()
}

fn faults(window: &Window) -> Vec<String> {
    let whole = window.ctx.content_rect();
    let lines = lines(window.output(), whole);
    let fields = |role| window.query_all_by_role(role).map(|node| node.rect()).collect::<Vec<_>>();
    let fields = [fields(Role::TextInput), fields(Role::PasswordInput), fields(Role::MultilineTextInput)].concat();
    // Text in a field scrolls in it.
    let is_in_field = |line: &Line| fields.iter().any(|field| field.expand(1.0).contains_rect(line.visible()));
    let in_full = said_in_full(window);
    let mut faults = Vec::new();
    for (place, line) in lines.iter().enumerate() {
        let is_scrolled_away = !line.place.y_range().intersects(line.clip.y_range());
        if is_scrolled_away {
            continue;
        }
        let is_known = || line.whole == VAULT || in_full.iter().any(|said| said.contains(&line.whole));
        if line.is_elided && !is_known() {
            faults.push(format!("ends in an ellipsis: {:?}", line.text));
        }
        if let Some(word) = &line.broken {
            faults.push(format!("is broken: {word:?}"));
        }
        let is_cut = line.place.left() < line.clip.left() - 1.0 || line.place.right() > line.clip.right() + 1.0;
        if is_cut && !is_in_field(line) {
            faults.push(format!("is cut: {:?} {:?} in {:?}", line.text, line.place.x_range(), line.clip.x_range()));
        }
        for other in &lines[..place] {
            let both = line.visible().shrink(0.75).intersect(other.visible().shrink(0.75));
            if both.is_positive() {
                faults.push(format!("lie over each other: {:?} and {:?}", other.text, line.text));
            }
        }
    }
    faults
}

fn assert_fits(percent: f32) {
    let size = SMALLEST / (percent / 100.0);
    let mut found = Vec::new();
    for scene in &SCENES {
        // What has to scroll is looked at where it fits least.
        let tall = (percent == 200.0).then_some(vec2(size.x, TALL));
        for size in std::iter::once(size).chain(tall) {
            let window = scene.window(size, Theme::Light);
            found.extend(faults(&window).into_iter().map(|fault| format!("{} {}: {fault}", scene.name, size.y)));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn nothing_is_cut_at_100_percent() {
    assert_fits(100.0);
}

#[test]
fn nothing_is_cut_at_150_percent() {
    assert_fits(150.0);
}

#[test]
fn nothing_is_cut_at_200_percent() {
    assert_fits(200.0);
}

/// The most that the Tab key is pressed on one screen.
const STOPS: usize = 90;

/// Goes once around a screen by the Tab key; what cannot be seen when it has the focus.
fn stops_out_of_sight(scene: &Scene) -> Vec<String> {
    let mut window = scene.window(SMALLEST / 2.0, Theme::Light);
    let whole = window.ctx.content_rect();
    let mut first = None;
    let mut hidden = Vec::new();
    for _ in 0..STOPS {
        window.key_press(Key::Tab);
        window.run();
        let Some(id) = window.ctx.memory(|memory| memory.focused()) else { break };
        match first {
            None => first = Some(id),
            Some(first) if first == id => break,
            Some(_) => {}
        }
        let focused = window.query_all(By::new().predicate(|node| node.is_focused())).next();
        let Some(widget) = window.ctx.viewport(|viewport| viewport.prev_pass.widgets.get(id).copied()) else {
            continue;
        };
        let seen = widget.rect.intersect(widget.interact_rect).intersect(whole);
        if seen.height() < widget.rect.height().min(40.0) - 1.0 || seen.width() < widget.rect.width().min(100.0) - 1.0 {
            let name = focused.and_then(|node| node.accesskit_node().label()).unwrap_or_default();
            hidden.push(format!("{}: {name:?} {:?} of {:?}", scene.name, seen, widget.rect));
        }
    }
    hidden
}

#[test]
fn whatever_has_the_focus_is_in_sight_at_200_percent() {
    let hidden: Vec<String> = SCENES.iter().flat_map(stops_out_of_sight).collect();
    assert!(hidden.is_empty(), "{}", hidden.join("\n"));
}

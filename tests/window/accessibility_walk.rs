//! Each screen as a screen reader walks it, as text: role, name, value and states, one part a line.
//!
//! The texts are in `tests/snapshots/accessibility/`; `UPDATE_SNAPSHOTS=1` writes them. Read a changed one aloud before it is
//! committed.

use std::{fmt::Write as _, fs, path::PathBuf};

use egui::{
    Theme,
    accesskit::{Action, Invalid, Live, Role, Toggled},
    vec2,
};
use egui_kittest::{
    Node,
    kittest::{NodeT, Queryable},
};

use crate::harness::{Window, entra_secret};
use crate::screens::SCENES;

/// All that a screen reader is given of a window.
fn walk(window: &Window) -> String {
    let mut text = String::new();
    for child in window.root().children() {
        part(&mut text, &child, 0);
    }
    text
}

fn part(text: &mut String, node: &Node<'_>, depth: usize) {
    if node.accesskit_node().is_hidden() {
        return;
    }
    let said = said(node);
    if let Some(said) = &said {
        writeln!(text, "{:1$}{said}", "", depth * 2).expect("text");
    }
    for child in node.children() {
        part(text, &child, depth + usize::from(said.is_some()));
    }
}

/// What is said of one part; nothing of what only holds others together.
fn said(node: &Node<'_>) -> Option<String> {
    let node = node.accesskit_node();
    let (role, data) = (node.role(), node.data());
    if matches!(role, Role::GenericContainer | Role::Unknown | Role::TextRun) && node.label().is_none() {
        return None;
    }
    let mut line = format!("{role:?}");
    if let Some(name) = node.label().filter(|name| !name.is_empty()) {
        write!(line, " {name:?}").expect("text");
    }
    if let Some(value) = node.value().filter(|value| Some(value) != node.label().as_ref()) {
        write!(line, " = {value:?}").expect("text");
    }
    if let Some(description) = node.description() {
        write!(line, " described by {description:?}").expect("text");
    }
    if let Some(placeholder) =
        node.placeholder().filter(|text| !text.is_empty() && node.value().is_none_or(|value| value.is_empty()))
    {
        write!(line, " such as {placeholder:?}").expect("text");
    }
    let place = node.position_in_set().map(|place| format!("number {}", place + 1));
    let states = [
        node.level().map(|level| format!("level {level}")),
        place,
        data.size_of_set().map(|size| format!("{size} entries")),
        data.row_count().map(|count| format!("{count} rows")),
        data.row_index().map(|row| format!("row {}", row + 1)),
        node.is_selected().map(|selected| if selected { "selected" } else { "not selected" }.to_owned()),
        data.is_expanded().map(|expanded| if expanded { "expanded" } else { "collapsed" }.to_owned()),
        node.toggled().map(|toggled| if toggled == Toggled::True { "checked" } else { "not checked" }.to_owned()),
        node.has_popup().map(|popup| format!("opens a {popup:?}").to_lowercase()),
        (data.invalid() == Some(Invalid::True)).then(|| "not valid".to_owned()),
        node.is_disabled().then(|| "disabled".to_owned()),
        node.is_modal().then(|| "modal".to_owned()),
        node.is_focused().then(|| "has the focus".to_owned()),
        match node.live() {
            Live::Off => None,
            Live::Polite => Some("said when idle".to_owned()),
            Live::Assertive => Some("said at once".to_owned()),
        },
    ];
    let states: Vec<String> = states.into_iter().flatten().collect();
    if !states.is_empty() {
        write!(line, " ({})", states.join(", ")).expect("text");
    }
    Some(line)
}

#[test]
fn each_screen_as_a_screen_reader_walks_it() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots/accessibility");
    let writes = std::env::var_os("UPDATE_SNAPSHOTS").is_some();
    let mut changed = Vec::new();
    for scene in &SCENES {
        let now = walk(&scene.window(vec2(1024.0, 700.0), Theme::Light));
        assert!(!now.contains(&entra_secret()), "{}: a secret", scene.name);
        let file = folder.join(scene.name).with_extension("txt");
        if writes {
            fs::create_dir_all(&folder).expect("the folder");
            fs::write(&file, &now).expect("written");
            continue;
        }
        let before = fs::read_to_string(&file).unwrap_or_default();
        let first = before.lines().zip(now.lines()).find(|(before, now)| before != now);
        if before.lines().ne(now.lines()) {
            changed.push(format!("{}: {first:#?}", scene.name));
        }
    }
    assert!(changed.is_empty(), "{}", changed.join("\n"));
}

/// What can be pressed or filled in has a name.
#[test]
fn nothing_that_can_be_used_is_without_a_name() {
    for scene in &SCENES {
        let window = scene.window(vec2(1024.0, 700.0), Theme::Light);
        for node in window.query_all_by(|node| node.data().supports_action(Action::Focus)) {
            let node = node.accesskit_node();
            let name = node.label().or(node.value());
            assert!(name.is_some_and(|name| !name.is_empty()), "{}: {:?}", scene.name, node.role());
        }
    }
}

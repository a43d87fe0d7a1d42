//! Every screen as a picture in any size and any colours, for people to look at.
//!
//! `A365_PICTURES=folder A365_PICTURE_SIZE=1920x1080 A365_PICTURE_COLORS=night cargo test --no-default-features --test window --
//! every_screen_is_drawn`; `A365_PICTURE_ONLY=unlock,profiles` draws only these, `A365_PICTURE_SCALE=2` at 200 % (the size is in pixels). Without a folder they are drawn in a contrast theme of
//! Windows' and kept nowhere.

use std::collections::HashSet;

use a365_password_tool::app::theme::{self, SystemColours};
use a365_password_tool::platform::appearance::{ContrastColours, Rgb};
use egui::{Theme, Vec2, vec2};

use crate::screens::SCENES;

fn asked(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Two of Windows' contrast themes.
fn contrast_theme(name: &str) -> Option<ContrastColours> {
    let rgb = |hex: u32| -> Rgb { [(hex >> 16) as u8, (hex >> 8) as u8, hex as u8] };
    let [window, window_text, link, highlight, highlight_text] = match name {
        "night" => [0x000000, 0xffffff, 0x8080ff, 0xd6b4fd, 0x2b2b2b],
        "desert" => [0xfffaef, 0x3d3d3d, 0x1c5e75, 0x903909, 0xfff5e3],
        _ => return None,
    }
    .map(rgb);
    Some(ContrastColours { window, window_text, link, highlight, highlight_text })
}

fn size() -> Vec2 {
    let asked = asked("A365_PICTURE_SIZE").unwrap_or_else(|| "1024x700".to_owned());
    let (width, height) = asked.split_once('x').expect("such as 1024x700");
    vec2(width.parse().expect("a width"), height.parse().expect("a height"))
}

#[test]
fn every_screen_is_drawn_in_any_colors() {
    let folder = asked("A365_PICTURES").map(std::path::PathBuf::from);
    folder.iter().for_each(|folder| std::fs::create_dir_all(folder).expect("the folder"));
    let colors = asked("A365_PICTURE_COLORS").unwrap_or_else(|| "night".to_owned());
    let only = asked("A365_PICTURE_ONLY");
    let theme = if colors == "dark" { Theme::Dark } else { Theme::Light };
    for scene in
        SCENES.iter().filter(|scene| only.as_ref().is_none_or(|only| only.split(',').any(|it| it == scene.name)))
    {
        let mut window = scene.window(size(), theme);
        if let Some(scale) = asked("A365_PICTURE_SCALE") {
            window.set_pixels_per_point(scale.parse().expect("a number"));
        }
        theme::follow_system(&window.ctx, &SystemColours { contrast: contrast_theme(&colors), accent: None });
        window.run();
        let picture = window.render().expect("a picture");
        let seen: HashSet<_> = picture.pixels().map(|pixel| pixel.0).collect();
        assert!(seen.len() > 8, "{} is drawn in {} colors", scene.name, seen.len());
        if let Some(folder) = &folder {
            let name = format!("{}_{colors}_{}.png", scene.name, size().x);
            picture.save(folder.join(name)).expect("saved");
        }
    }
}

//! Where the window was, for the next start: only where a monitor still shows it.

use std::io;
use std::path::Path;

use a365_password_tool::platform::file_system;
use toml_edit::{DocumentMut, value};

/// No honest file of these is larger, in bytes.
const SIZE_LIMIT: u64 = 64 << 10;
/// How much of the title bar a monitor has to show, in points: enough to take hold of it.
const HANDLE: [f64; 2] = [120.0, 16.0];
/// The title bar's height in points, about.
const TITLE_BAR: f64 = 30.0;
/// No window is larger, in points; what a damaged file says is no size.
const LARGEST: f32 = 16_000.0;

/// Where a window is and how large.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placement {
    /// The left edge in pixels of the whole desktop.
    pub left: i32,
    /// The upper edge, title bar included, in pixels of the whole desktop.
    pub top: i32,
    /// The inner width in points: the same on a monitor of another density.
    pub width: f32,
    /// The inner height in points.
    pub height: f32,
    /// Whether it fills its monitor; then the rest says where it goes back to.
    pub maximised: Maximised,
}

/// Whether a window fills its monitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Maximised {
    /// It does.
    Yes,
    /// It does not.
    No,
}

/// A monitor, in pixels of the whole desktop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Monitor {
    pub(super) left: i32,
    pub(super) top: i32,
    pub(super) width: u32,
    pub(super) height: u32,
    /// Pixels per point.
    pub(super) scale: f64,
}

impl Placement {
    /// The same on the monitors that there are now, not larger than the one that shows it. `None` where none shows
    /// enough of the title bar to take hold of: a monitor was taken away, or is arranged differently.
    pub(super) fn on(&self, monitors: &[Monitor]) -> Option<Placement> {
        let shows = |monitor: &&Monitor| {
            let (left, top) = (f64::from(self.left), f64::from(self.top));
            let width = overlap(left, f64::from(self.width) * monitor.scale, monitor.left, monitor.width);
            let height = overlap(top, TITLE_BAR * monitor.scale, monitor.top, monitor.height);
            width >= HANDLE[0] * monitor.scale && height >= HANDLE[1] * monitor.scale
        };
        let monitor = monitors.iter().find(shows)?;
        let points = |pixels: u32| (f64::from(pixels) / monitor.scale) as f32;
        Some(Placement {
            width: self.width.min(points(monitor.width)),
            height: self.height.min(points(monitor.height)),
            ..*self
        })
    }

    /// What was kept at `path`; `None` where nothing is, or nothing that makes sense.
    pub fn load(path: &Path) -> Option<Placement> {
        let document: DocumentMut = file_system::read_text(path, SIZE_LIMIT).ok()?.parse().ok()?;
        let number = |key: &str| document.get(key)?.as_integer().and_then(|number| i32::try_from(number).ok());
        let size = |key| number(key).map(|number| number as f32).filter(|size| (1.0..=LARGEST).contains(size));
        Some(Placement {
            left: number("left")?,
            top: number("top")?,
            width: size("width")?,
            height: size("height")?,
            maximised: match document.get("maximised")?.as_bool()? {
                true => Maximised::Yes,
                false => Maximised::No,
            },
        })
    }

    /// Keeps it at `path`, in one step.
    pub fn save(&self, path: &Path) -> io::Result<()> {
        let mut document = DocumentMut::new();
        document["left"] = value(i64::from(self.left));
        document["top"] = value(i64::from(self.top));
        document["width"] = value(self.width as i64);
        document["height"] = value(self.height as i64);
        document["maximised"] = value(self.maximised == Maximised::Yes);
        let folder = path.parent().unwrap_or(Path::new("."));
        file_system::create_own_folder(folder)?;
        file_system::replace_private(path, document.to_string().as_bytes())
    }
}

/// How many pixels from `start`, `length` of them, are on a monitor's side that begins at `edge`.
fn overlap(start: f64, length: f64, edge: i32, side: u32) -> f64 {
    let edge = f64::from(edge);
    (start + length).min(edge + f64::from(side)) - start.max(edge)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use std::fs;

    use super::*;

    const LAPTOP: Monitor = Monitor { left: 0, top: 0, width: 1920, height: 1080, scale: 1.0 };
    /// To the left of it, a dense one.
    const DENSE: Monitor = Monitor { left: -3840, top: -200, width: 3840, height: 2160, scale: 2.0 };

    fn at(left: i32, top: i32) -> Placement {
        Placement { left, top, width: 1180.0, height: 760.0, maximised: Maximised::No }
    }

    #[test]
    fn a_place_is_taken_again_only_where_the_title_bar_can_be_reached() {
        let cases = [
            (at(100, 100), true, "in the middle"),
            (at(1800, 100), true, "mostly beyond the right edge, its handle still here"),
            (at(1850, 100), false, "too little of it"),
            (at(-1000, 100), true, "mostly beyond the left edge"),
            (at(-3000, 100), false, "on a monitor that was taken away"),
            (at(100, -5), true, "as a maximised window's border"),
            (at(100, -40), false, "its title bar above the screen"),
            (at(100, 1070), false, "its title bar below the screen"),
            (at(i32::MIN, i32::MAX), false, "nonsense"),
        ];
        for (place, shown, why) in cases {
            assert_eq!(place.on(&[LAPTOP]).is_some(), shown, "{why}");
        }
        assert_eq!(at(-3000, 100).on(&[LAPTOP, DENSE]), Some(at(-3000, 100)));
        assert_eq!(at(0, 0).on(&[]), None);
    }

    #[test]
    fn a_window_is_not_larger_than_the_monitor_that_shows_it() {
        let huge = Placement { width: 3000.0, height: 2000.0, ..at(0, 0) };
        let shown = huge.on(&[LAPTOP]).expect("shown");
        assert_eq!((shown.width, shown.height), (1920.0, 1080.0));
        // The same pixels are half the points there.
        let shown = Placement { left: -3840, top: -200, ..huge }.on(&[DENSE]).expect("shown");
        assert_eq!((shown.width, shown.height), (1920.0, 1080.0));
    }

    #[test]
    fn what_makes_no_sense_is_no_place() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("window.toml");
        assert_eq!(Placement::load(&path), None);
        let good = "left = 1\ntop = 2\nwidth = 800\nheight = 600\nmaximised = true\n";
        let texts = [
            good.replace("800", "0"),
            good.replace("800", "99999999"),
            good.replace("left = 1", "left = 'here'"),
            good.replace("top = 2", "top = 99999999999"),
            good.replace("maximised = true", ""),
            "= = =".to_owned(),
        ];
        for text in texts {
            fs::write(&path, &text).expect("a file");
            assert_eq!(Placement::load(&path), None, "{text}");
        }
        fs::write(&path, good).expect("a file");
        assert!(Placement::load(&path).is_some());
    }

    proptest! {
        #[test]
        fn what_is_kept_is_found_again(left: i32, top: i32, width in 1_u16..16_000, height in 1_u16..16_000, full: bool) {
            let folder = tempfile::tempdir().expect("a folder");
            let path = folder.path().join("made here/window.toml");
            let maximised = if full { Maximised::Yes } else { Maximised::No };
            let place = Placement { left, top, width: width.into(), height: height.into(), maximised };
            place.save(&path).expect("kept");
            prop_assert_eq!(Placement::load(&path), Some(place));
        }

        #[test]
        fn any_place_on_any_monitors_is_none_or_reachable(
            left: i32, top: i32, width in 1.0_f32..16_000.0, scale in 0.5_f64..4.0, side in 1_u32..8_000
        ) {
            let monitor = Monitor { left: -100, top: 50, width: side, height: side, scale };
            let place = Placement { left, top, width, height: 700.0, maximised: Maximised::No };
            if let Some(shown) = place.on(&[monitor]) {
                prop_assert!(shown.width <= side as f32 / scale as f32 + 1.0);
                let (left, top) = (i64::from(left), i64::from(top));
                prop_assert!(left < i64::from(side) - 100 && top < i64::from(side) + 50 && top > 50 - 200);
            }
        }
    }
}

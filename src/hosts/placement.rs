//! Where the window was, for the next start: only where a monitor still shows it.

use std::io;
use std::path::Path;

use a365_password_tool::platform::file_system;
use a365_password_tool::platform::work_area::Area;
use toml_edit::{DocumentMut, value};

/// No honest file of these is larger, in bytes.
const SIZE_LIMIT: u64 = 64 << 10;
/// How much of the title bar a monitor has to show, in points: enough to take hold of it.
const HANDLE: [f64; 2] = [120.0, 16.0];
/// The title bar's height in points, about.
const TITLE_BAR: f64 = 32.0;
/// What title bar and borders add to a window's inner size, in points, at most about.
const FRAME: [f64; 2] = [8.0, TITLE_BAR + 4.0];
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

/// A monitor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Monitor {
    /// All of it.
    pub(super) whole: Area,
    /// What task bars and docks leave of it; all of it where that is not known.
    pub(super) free: Area,
    /// Pixels per point.
    pub(super) scale: f64,
}

impl Monitor {
    /// The largest window that fits with its frame, in points: its inner width and height.
    fn room(&self) -> [f32; 2] {
        inside_frame([f64::from(self.free.width) / self.scale, f64::from(self.free.height) / self.scale])
    }
}

/// How large a window opens, in points, and where.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Fitted {
    /// Its inner size.
    pub(super) size: [f32; 2],
    /// The size below which nobody can make it.
    pub(super) min_size: [f32; 2],
    /// Its outer upper left corner in pixels of the whole desktop; `None` leaves the place to the system.
    pub(super) corner: Option<(i32, i32)>,
}

/// Cuts a window to the monitors that there are.
///
/// `place` is where it goes, if that is known; else it opens on `home`. Its smallest size fits on each monitor, because
/// people move windows from one to another.
pub(super) fn fit(
    size: [f32; 2],
    min_size: [f32; 2],
    place: Option<Placement>,
    home: Option<Monitor>,
    monitors: &[Monitor],
) -> Fitted {
    let min_size = monitors.iter().fold(min_size, |least, monitor| smaller(least, monitor.room()));
    if let Some(place) = place {
        return Fitted { size: [place.width, place.height], min_size, corner: Some((place.left, place.top)) };
    }
    let Some(home) = home.or_else(|| monitors.first().copied()) else {
        return Fitted { size, min_size, corner: None };
    };
    let cut = smaller(size, home.room());
    // The system's own choice of a place would push the lower edge of a window that needs all the room off the screen.
    let corner = (cut != size).then_some((home.free.left, home.free.top));
    Fitted { size: cut, min_size, corner }
}

/// What a frame of this size has inside, in points.
pub(super) fn inside_frame(outer: [f64; 2]) -> [f32; 2] {
    [0, 1].map(|side| (outer[side] - FRAME[side]).max(1.0) as f32)
}

/// The smaller width and the smaller height.
pub(super) fn smaller(one: [f32; 2], other: [f32; 2]) -> [f32; 2] {
    [one[0].min(other[0]), one[1].min(other[1])]
}

impl Placement {
    /// The same on the monitors that there are now, not larger than the one that shows it. `None` where none shows
    /// enough of the title bar to take hold of: a monitor was taken away, or is arranged differently.
    pub(super) fn on(&self, monitors: &[Monitor]) -> Option<Placement> {
        let shows = |monitor: &&Monitor| {
            let (left, top) = (f64::from(self.left), f64::from(self.top));
            let whole = monitor.whole;
            let width = overlap(left, f64::from(self.width) * monitor.scale, whole.left, whole.width);
            let height = overlap(top, TITLE_BAR * monitor.scale, whole.top, whole.height);
            width >= HANDLE[0] * monitor.scale && height >= HANDLE[1] * monitor.scale
        };
        let [width, height] = smaller([self.width, self.height], monitors.iter().find(shows)?.room());
        Some(Placement { width, height, ..*self })
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

    const LAPTOP: Monitor = monitor(0, 0, 1920, 1080, 1.0);
    /// To the left of it, a dense one.
    const DENSE: Monitor = monitor(-3840, -200, 3840, 2160, 2.0);

    const fn monitor(left: i32, top: i32, width: u32, height: u32, scale: f64) -> Monitor {
        let whole = Area { left, top, width, height };
        Monitor { whole, free: whole, scale }
    }

    /// With a task bar of this many pixels at the lower edge.
    const fn with_task_bar(monitor: Monitor, pixels: u32) -> Monitor {
        Monitor { free: Area { height: monitor.whole.height - pixels, ..monitor.whole }, ..monitor }
    }

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
        assert_eq!((shown.width, shown.height), (1912.0, 1044.0), "its frame needs room too");
        // The same pixels are half the points there.
        let shown = Placement { left: -3840, top: -200, ..huge }.on(&[DENSE]).expect("shown");
        assert_eq!((shown.width, shown.height), (1912.0, 1044.0));
    }

    const WANTED: [f32; 2] = [1180.0, 760.0];
    const SMALLEST: [f32; 2] = [800.0, 560.0];

    #[test]
    fn a_window_and_its_smallest_size_fit_on_the_screen_at_its_scale() {
        let cases = [
            (monitor(0, 0, 1920, 1080, 1.0), WANTED, SMALLEST, "room enough"),
            (monitor(0, 0, 1366, 768, 1.0), [1180.0, 732.0], SMALLEST, "a small laptop"),
            (monitor(0, 0, 1366, 768, 1.5), [902.6667, 476.0], [800.0, 476.0], "the same at 150 %"),
            (monitor(0, 0, 1920, 1080, 2.0), [952.0, 504.0], [800.0, 504.0], "a full HD screen at 200 %"),
            (monitor(0, 0, 1280, 720, 1.5), [845.3333, 444.0], [800.0, 444.0], "a projector"),
            (monitor(0, 0, 1024, 768, 1.5), [674.6667, 476.0], [674.6667, 476.0], "narrower than the smallest width"),
            (monitor(0, 0, 800, 600, 1.0), [792.0, 564.0], [792.0, 560.0], "a virtual machine's first screen"),
            (monitor(0, 0, 640, 480, 1.0), [632.0, 444.0], [632.0, 444.0], "a console"),
            (monitor(0, 0, 3840, 2160, 3.0), [1180.0, 684.0], SMALLEST, "a dense screen"),
            (monitor(0, 0, 2160, 3840, 3.0), [712.0, 760.0], [712.0, 560.0], "the same, upright"),
            (with_task_bar(monitor(0, 0, 1366, 768, 1.5), 60), [902.6667, 436.0], [800.0, 436.0], "with a task bar"),
            (with_task_bar(monitor(0, 0, 1920, 1080, 2.0), 80), [952.0, 464.0], [800.0, 464.0], "the same"),
            (monitor(0, 0, 1, 1, 4.0), [1.0, 1.0], [1.0, 1.0], "nonsense"),
        ];
        for (screen, size, min_size, why) in cases {
            let fitted = fit(WANTED, SMALLEST, None, Some(screen), &[screen]);
            assert_eq!((fitted.size, fitted.min_size), (size, min_size), "{why}");
            assert_eq!(
                fitted.corner.is_some(),
                size != WANTED,
                "{why}: one that fills the screen begins at its corner"
            );
        }
        assert_eq!(fit(WANTED, SMALLEST, None, None, &[]), Fitted { size: WANTED, min_size: SMALLEST, corner: None });
    }

    #[test]
    fn a_window_opens_on_its_own_monitor_and_can_be_moved_to_each() {
        let small = monitor(1920, 300, 1366, 768, 1.5);
        let both = [LAPTOP, small];
        let fitted = fit(WANTED, SMALLEST, None, Some(LAPTOP), &both);
        assert_eq!((fitted.size, fitted.min_size, fitted.corner), (WANTED, [800.0, 476.0], None));
        let fitted = fit(WANTED, SMALLEST, None, Some(small), &both);
        assert_eq!((fitted.size, fitted.corner), ([902.6667, 476.0], Some((1920, 300))));
        let place = at(2000, 320).on(&both);
        let fitted = fit(WANTED, SMALLEST, place, Some(LAPTOP), &both);
        assert_eq!((fitted.size, fitted.corner), ([902.6667, 476.0], Some((2000, 320))));
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
        fn no_window_is_larger_than_its_screen(
            width in 1_u32..8_000, height in 1_u32..8_000, bar in 0_u32..200, scale in 0.5_f64..4.0
        ) {
            let screen = with_task_bar(monitor(0, 0, width, height, scale), bar.min(height - 1));
            let fitted = fit(WANTED, SMALLEST, None, Some(screen), &[screen]);
            for size in [fitted.size, fitted.min_size] {
                let pixels = size.map(|points| f64::from(points) * scale);
                prop_assert!(pixels[0] <= f64::from(screen.free.width).max(scale) + 0.5);
                prop_assert!(pixels[1] <= f64::from(screen.free.height).max(scale) + 0.5);
            }
            prop_assert!(fitted.min_size[0] <= fitted.size[0] && fitted.min_size[1] <= fitted.size[1]);
        }

        #[test]
        fn any_place_on_any_monitors_is_none_or_reachable(
            left: i32, top: i32, width in 1.0_f32..16_000.0, scale in 0.5_f64..4.0, side in 1_u32..8_000
        ) {
            let monitor = monitor(-100, 50, side, side, scale);
            let place = Placement { left, top, width, height: 700.0, maximised: Maximised::No };
            if let Some(shown) = place.on(&[monitor]) {
                prop_assert!(shown.width <= side as f32 / scale as f32 + 1.0);
                let (left, top) = (i64::from(left), i64::from(top));
                prop_assert!(left < i64::from(side) - 100 && top < i64::from(side) + 50 && top > 50 - 200);
            }
        }
    }
}

//! The part of a screen that task bars and docks leave to windows.

/// A rectangle in pixels of the whole desktop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Area {
    /// The left edge.
    pub left: i32,
    /// The upper edge.
    pub top: i32,
    /// The width.
    pub width: u32,
    /// The height.
    pub height: u32,
}

impl Area {
    /// What it has in common with another one; `None` where that is nothing.
    pub fn common(self, other: Area) -> Option<Area> {
        let end = |start: i32, length: u32| i64::from(start) + i64::from(length);
        let (left, top) = (self.left.max(other.left), self.top.max(other.top));
        let right = end(self.left, self.width).min(end(other.left, other.width));
        let bottom = end(self.top, self.height).min(end(other.top, other.height));
        let width = u32::try_from(right - i64::from(left)).ok().filter(|width| *width > 0)?;
        let height = u32::try_from(bottom - i64::from(top)).ok().filter(|height| *height > 0)?;
        Some(Area { left, top, width, height })
    }
}

/// The work areas of the desktop, as they are when it is asked.
pub struct WorkAreas(imp::WorkAreas);

impl WorkAreas {
    /// Asks the desktop.
    pub fn now() -> WorkAreas {
        WorkAreas(imp::WorkAreas::now())
    }

    /// The work area at this pixel of the whole desktop, where the desktop tells it. On Linux it can reach over several
    /// monitors: take what it has in common with the monitor.
    pub fn at(&self, x: i32, y: i32) -> Option<Area> {
        self.0.at(x, y)
    }
}

#[cfg(windows)]
#[allow(unsafe_code)]
mod imp {
    use windows_sys::Win32::Foundation::POINT;
    use windows_sys::Win32::Graphics::Gdi::{GetMonitorInfoW, MONITOR_DEFAULTTONULL, MONITORINFO, MonitorFromPoint};

    use super::Area;

    pub(super) struct WorkAreas;

    impl WorkAreas {
        pub(super) fn now() -> WorkAreas {
            WorkAreas
        }

        pub(super) fn at(&self, x: i32, y: i32) -> Option<Area> {
            // SAFETY: takes a point and a number, touches no memory of ours.
            let monitor = unsafe { MonitorFromPoint(POINT { x, y }, MONITOR_DEFAULTTONULL) };
            if monitor.is_null() {
                return None;
            }
            let mut info = MONITORINFO { cbSize: size_of::<MONITORINFO>() as u32, ..Default::default() };
            // SAFETY: `info` is ours, writable, and says how large it is.
            if unsafe { GetMonitorInfoW(monitor, &raw mut info) } == 0 {
                return None;
            }
            let work = info.rcWork;
            let width = u32::try_from(work.right - work.left).ok()?;
            let height = u32::try_from(work.bottom - work.top).ok()?;
            Some(Area { left: work.left, top: work.top, width, height })
        }
    }
}

/// `_NET_WORKAREA` (Extended Window Manager Hints): four numbers for each virtual desktop.
#[cfg(target_os = "linux")]
mod imp {
    use x11rb::connection::Connection;
    use x11rb::protocol::xproto::{AtomEnum, ConnectionExt};

    use super::Area;

    pub(super) struct WorkAreas(Option<Area>);

    impl WorkAreas {
        pub(super) fn now() -> WorkAreas {
            WorkAreas(read())
        }

        pub(super) fn at(&self, _: i32, _: i32) -> Option<Area> {
            self.0
        }
    }

    /// No X server, no window manager, or one that does not tell: `None`.
    fn read() -> Option<Area> {
        let (connection, screen) = x11rb::connect(None).ok()?;
        let root = connection.setup().roots.get(screen)?.root;
        let numbers = |name: &[u8], count: u32| -> Option<Vec<u32>> {
            let atom = connection.intern_atom(true, name).ok()?.reply().ok()?.atom;
            let property =
                connection.get_property(false, root, atom, AtomEnum::CARDINAL, 0, count).ok()?.reply().ok()?;
            Some(property.value32()?.collect())
        };
        let desktop = numbers(b"_NET_CURRENT_DESKTOP", 1).and_then(|found| found.first().copied()).unwrap_or(0);
        // A window manager has a handful of desktops; what is longer than 64 of them is cut.
        let areas = numbers(b"_NET_WORKAREA", 4 * 64)?;
        area_of(&areas, desktop as usize)
    }

    /// The area of this desktop, else of the first.
    pub(super) fn area_of(numbers: &[u32], desktop: usize) -> Option<Area> {
        let areas = numbers.as_chunks::<4>().0;
        let [left, top, width, height] = *areas.get(desktop).or_else(|| areas.first())?;
        let is_area = width > 0 && height > 0;
        // The numbers are unsigned in the standard, and window managers write negative corners all the same.
        is_area.then_some(Area { left: left.cast_signed(), top: top.cast_signed(), width, height })
    }
}

#[cfg(not(any(windows, target_os = "linux")))]
mod imp {
    use super::Area;

    pub(super) struct WorkAreas;

    impl WorkAreas {
        pub(super) fn now() -> WorkAreas {
            WorkAreas
        }

        pub(super) fn at(&self, _: i32, _: i32) -> Option<Area> {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(left: i32, top: i32, width: u32, height: u32) -> Area {
        Area { left, top, width, height }
    }

    #[test]
    fn two_areas_have_in_common_what_lies_in_both() {
        let screen = area(0, 0, 1366, 768);
        let cases = [
            (area(0, 0, 1366, 728), Some(area(0, 0, 1366, 728)), "a task bar below"),
            (area(0, 40, 1366, 728), Some(area(0, 40, 1366, 728)), "a task bar above"),
            (area(62, 0, 1304, 768), Some(area(62, 0, 1304, 768)), "a dock at the left"),
            (area(0, 0, 3286, 1040), Some(screen), "an area over two monitors"),
            (area(-1920, 0, 3286, 728), Some(area(0, 0, 1366, 728)), "one that begins at the left"),
            (area(1366, 0, 1920, 1040), None, "the neighbour's"),
            (area(0, 768, 1366, 10), None, "below it"),
            (area(0, 0, 0, 0), None, "nothing"),
            (area(i32::MIN, i32::MIN, u32::MAX, u32::MAX), Some(screen), "more than everything"),
            (area(i32::MAX, i32::MAX, u32::MAX, u32::MAX), None, "far away"),
        ];
        for (other, common, why) in cases {
            assert_eq!(screen.common(other), common, "{why}");
            assert_eq!(other.common(screen), common, "{why}, the other way round");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn each_virtual_desktop_has_its_area() {
        let two = [0, 27, 1920, 1053, 64, 0, 1856, 1080];
        let cases: [(&[u32], usize, Option<Area>); 7] = [
            (&two, 0, Some(area(0, 27, 1920, 1053))),
            (&two, 1, Some(area(64, 0, 1856, 1080))),
            (&two, 7, Some(area(0, 27, 1920, 1053))),
            (&two[..7], 1, Some(area(0, 27, 1920, 1053))),
            (&two[..3], 0, None),
            (&[], 0, None),
            (&[0, 0, 0, 0], 0, None),
        ];
        for (numbers, desktop, found) in cases {
            assert_eq!(imp::area_of(numbers, desktop), found, "{numbers:?} {desktop}");
        }
    }
}

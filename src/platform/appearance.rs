//! The colours that a person chose for the whole desktop: Windows' accent, and its contrast themes.

/// Red, green, blue.
pub type Rgb = [u8; 3];

/// The colours of a contrast theme, which is on. They come in pairs of a ground and what is on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContrastColours {
    /// The ground of windows.
    pub window: Rgb,
    /// Text on it.
    pub window_text: Rgb,
    /// Links on it.
    pub link: Rgb,
    /// The ground of what is selected.
    pub highlight: Rgb,
    /// Text on that.
    pub highlight_text: Rgb,
}

/// The contrast theme, if one is on.
///
/// `SPI_GETHIGHCONTRAST` and `GetSysColor`:
/// <https://learn.microsoft.com/windows/win32/winauto/high-contrast-parameter>.
pub fn contrast_colours() -> Option<ContrastColours> {
    #[cfg(windows)]
    return windows::contrast_colours();
    #[cfg(not(windows))]
    None
}

/// The accent colour.
pub fn accent() -> Option<Rgb> {
    #[cfg(windows)]
    return windows::accent();
    #[cfg(not(windows))]
    None
}

#[cfg(windows)]
#[allow(unsafe_code)]
mod windows {
    use windows_sys::Win32::Graphics::Gdi::{
        COLOR_HIGHLIGHT, COLOR_HIGHLIGHTTEXT, COLOR_HOTLIGHT, COLOR_WINDOW, COLOR_WINDOWTEXT, GetSysColor,
        SYS_COLOR_INDEX,
    };
    use windows_sys::Win32::UI::Accessibility::{HCF_HIGHCONTRASTON, HIGHCONTRASTW};
    use windows_sys::Win32::UI::WindowsAndMessaging::{SPI_GETHIGHCONTRAST, SystemParametersInfoW};

    use super::{ContrastColours, Rgb};
    use crate::platform::registry;

    pub(super) fn contrast_colours() -> Option<ContrastColours> {
        let size = size_of::<HIGHCONTRASTW>() as u32;
        let mut answer = HIGHCONTRASTW { cbSize: size, dwFlags: 0, lpszDefaultScheme: std::ptr::null_mut() };
        // SAFETY: the structure is as long as it says and outlives the call, which fills it.
        let known = unsafe { SystemParametersInfoW(SPI_GETHIGHCONTRAST, size, (&raw mut answer).cast(), 0) } != 0;
        (known && answer.dwFlags & HCF_HIGHCONTRASTON != 0).then(|| ContrastColours {
            window: colour(COLOR_WINDOW),
            window_text: colour(COLOR_WINDOWTEXT),
            link: colour(COLOR_HOTLIGHT),
            highlight: colour(COLOR_HIGHLIGHT),
            highlight_text: colour(COLOR_HIGHLIGHTTEXT),
        })
    }

    fn colour(index: SYS_COLOR_INDEX) -> Rgb {
        // SAFETY: takes a number, touches no memory.
        rgb(unsafe { GetSysColor(index) })
    }

    pub(super) fn accent() -> Option<Rgb> {
        registry::user_number(r"Software\Microsoft\Windows\DWM", "AccentColor").map(rgb)
    }

    /// Of Windows' order: red in the lowest byte.
    fn rgb(number: u32) -> Rgb {
        let [red, green, blue, _] = number.to_le_bytes();
        [red, green, blue]
    }
}

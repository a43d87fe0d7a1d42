//! What the graphics card's behaviour depends on, as far as it can be known without touching the driver.

/// Session and driver in one line; different after a driver's update, and in a Remote Desktop session.
pub fn describe() -> String {
    imp::describe().replace(['\n', '\r'], " ")
}

#[cfg(windows)]
#[allow(unsafe_code)]
mod imp {
    use windows_sys::Win32::UI::WindowsAndMessaging::{GetSystemMetrics, SM_REMOTESESSION};

    use crate::platform::registry;

    /// The class of display adapters:
    /// <https://learn.microsoft.com/windows-hardware/drivers/install/system-defined-device-setup-classes-available-to-vendors>.
    const DISPLAY_CLASS: &str = r"SYSTEM\CurrentControlSet\Control\Class\{4d36e968-e325-11ce-bfc1-08002be10318}";

    pub(super) fn describe() -> String {
        // SAFETY: takes a number, touches no memory.
        let remote = unsafe { GetSystemMetrics(SM_REMOTESESSION) } != 0;
        let drivers = (0..8).filter_map(|number| {
            let key = format!(r"{DISPLAY_CLASS}\{number:04}");
            let name = registry::machine_text(&key, "DriverDesc")?;
            Some(format!("{name} {}", registry::machine_text(&key, "DriverVersion").unwrap_or_default()))
        });
        let session = if remote { "Remote Desktop" } else { "console" };
        std::iter::once(session.to_owned()).chain(drivers).collect::<Vec<_>>().join(", ")
    }
}

#[cfg(not(windows))]
mod imp {
    use std::fs;

    pub(super) fn describe() -> String {
        let display = ["WAYLAND_DISPLAY", "DISPLAY"].iter().find_map(|name| std::env::var(name).ok());
        // Of ":0.0" and "far:10.0" the host is what counts.
        let display = display.as_deref().and_then(|display| display.split_once(':')).map_or("", |(host, _)| host);
        // Mesa's kernel side comes with the kernel; NVIDIA's has a version of its own.
        let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        let nvidia = fs::read_to_string("/sys/module/nvidia/version").unwrap_or_default();
        format!("display of “{display}”, {} {}", kernel.trim(), nvidia.trim())
    }
}

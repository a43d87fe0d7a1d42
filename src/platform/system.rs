//! What this operating system is called, for reports.

/// Name, version and processor, for example `Windows 10 Pro build 19045 (x86_64)` or
/// `Debian GNU/Linux 12 (bookworm) (x86_64)`.
pub fn describe() -> String {
    let name = imp::name().unwrap_or_else(|| std::env::consts::OS.to_owned());
    format!("{name} ({})", std::env::consts::ARCH)
}

#[cfg(windows)]
mod imp {
    use crate::platform::registry;

    const KEY: &str = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion";

    pub(super) fn name() -> Option<String> {
        // Windows 11 still calls itself 10 here; its build number (22000 and above) tells.
        let product = registry::machine_text(KEY, "ProductName")?;
        let build = registry::machine_text(KEY, "CurrentBuildNumber").unwrap_or_else(|| "unknown".to_owned());
        Some(format!("{product} build {build}"))
    }
}

#[cfg(not(windows))]
mod imp {
    pub(super) fn name() -> Option<String> {
        let text = std::fs::read_to_string("/etc/os-release").ok()?;
        let name = text.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
        Some(name.trim_matches('"').to_owned())
    }
}

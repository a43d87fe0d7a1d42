//! Build script: gives the Windows programs their icon, version and manifest.

use std::process::ExitCode;

const ICON: &str = "resources/icon.ico";
const MANIFEST: &str = "resources/windows/program.manifest";

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed={ICON}");
    println!("cargo::rerun-if-changed={MANIFEST}");
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() != Ok("windows") {
        return ExitCode::SUCCESS;
    }
    let mut resource = winresource::WindowsResource::new();
    // Name, version and description come from Cargo.toml.
    resource
        .set_icon(ICON)
        .set_manifest_file(MANIFEST)
        .set("ProductName", "A365 Password Tool")
        .set("FileDescription", "A365 Password Tool")
        .set("LegalCopyright", "MIT or Apache-2.0");
    match resource.compile() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!(
                "cargo::error=The icon and manifest could not be compiled: {error}. \
                 A resource compiler is needed: rc.exe of the Windows SDK, or windres for the GNU target."
            );
            ExitCode::FAILURE
        }
    }
}

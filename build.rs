//! Build script: gives the Windows programs their icon, version and manifest, and the Linux ones their unwinder.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

const ICON: &str = "resources/icon.ico";
const MANIFEST: &str = "resources/windows/program.manifest";

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed={ICON}");
    println!("cargo::rerun-if-changed={MANIFEST}");
    match std::env::var("CARGO_CFG_TARGET_OS").as_deref() {
        Ok("windows") => resources(),
        Ok("linux") => {
            link_unwinder();
            ExitCode::SUCCESS
        }
        _ => ExitCode::SUCCESS,
    }
}

/// Takes the unwinder (libgcc_eh) into the program. As a shared library, the standard library's choice, it is a tenth of
/// the start of every command. Where the C compiler has it not, or not for this target, it stays shared.
fn link_unwinder() {
    let variable = |name| std::env::var(name).unwrap_or_default();
    if variable("CARGO_CFG_TARGET_ENV") != "gnu" || variable("HOST") != variable("TARGET") {
        return;
    }
    // Only a path for an answer is a file that is there.
    let asked = Command::new("cc").arg("-print-file-name=libgcc_eh.a").output();
    let Some(file) = asked.ok().and_then(|asked| String::from_utf8(asked.stdout).ok()) else { return };
    let file = PathBuf::from(file.trim());
    if let Some(folder) = file.parent().filter(|_| file.is_absolute()).map(Path::display) {
        println!("cargo::rustc-link-search=native={folder}");
        println!("cargo::rustc-link-lib=static:-bundle=gcc_eh");
    }
}

fn resources() -> ExitCode {
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

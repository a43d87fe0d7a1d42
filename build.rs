//! Build script: gives the Windows programs their icon, version and manifest.

fn main() {}

//! Paths in messages.

use std::path::Path;

/// A path as messages show it: without the prefix that Windows puts before resolved paths.
pub(in crate::vault) fn shown(path: &Path) -> String {
    let text = path.display().to_string();
    if let Some(share) = text.strip_prefix(r"\\?\UNC\") {
        format!(r"\\{share}")
    } else {
        text.strip_prefix(r"\\?\").unwrap_or(&text).to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::shown;
    use std::path::Path;

    #[test]
    fn paths_are_shown_as_people_type_them() {
        assert_eq!(shown(Path::new(r"\\?\C:\a\b.a365vault")), r"C:\a\b.a365vault");
        assert_eq!(shown(Path::new(r"\\?\UNC\server\share\b.a365vault")), r"\\server\share\b.a365vault");
        assert_eq!(shown(Path::new("/home/b.a365vault")), "/home/b.a365vault");
    }
}

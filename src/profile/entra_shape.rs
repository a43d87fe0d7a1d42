//! The shape of the client secrets that Microsoft Entra ID makes.

/// Whether `text` has the shape of the secrets that Microsoft Entra ID makes today:
/// three characters, a digit, `Q~`, 31 to 34 more (the rule of gitleaks' `azure-ad-client-secret`).
pub(super) fn has_entra_shape(text: &str) -> bool {
    let bytes = text.as_bytes();
    (37..=40).contains(&bytes.len())
        && bytes[3].is_ascii_digit()
        && &bytes[4..6] == b"Q~"
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_~.-".contains(byte))
        && !bytes[..3].contains(&b'-')
}

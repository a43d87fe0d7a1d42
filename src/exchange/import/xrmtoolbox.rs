//! XrmToolBox's connection file: `CrmConnections` with one `ConnectionDetail` each.
//!
//! Source: MscrmTools.Xrm.Connection, `ConnectionDetail.cs`: elements are read by name and unknown ones passed over, because
//! files have no version and their order has changed. Which connections sign in with a client secret is decided as
//! `GetCrmServiceClient` does. The index of files names addresses and DLLs; nothing in it is ever followed.

use roxmltree::Node;

use super::connection_strings::is_ours;
use super::draft::{Collector, Draft};
use super::entry::take_string;
use super::found::{Import, SkipReason, WarningCode};
use super::xml_elements::{child, children, text};
use super::{Format, Options, Refusal};
use crate::connection_string::{AuthType, ConnectionString, Field};
use crate::exchange::xrmtoolbox_disguise;
use crate::profile::{ClientId, ClientSecret, SecretAdvice, SecretText};

/// The names in XrmToolBox's index of connection files.
pub(super) fn names_of_files(root: Node<'_, '_>) -> Vec<String> {
    let files = child(root, "Files").into_iter().flat_map(|files| children(files, "ConnectionFile"));
    files.map(|file| text(file, "Name").chars().take(120).collect()).take(50).collect()
}

pub(super) fn read(root: Node<'_, '_>, options: &Options<'_>) -> Result<Import, Refusal> {
    let mut collector = Collector::new(Format::XrmToolBox, options);
    let details = child(root, "Connections").into_iter().flat_map(|list| children(list, "ConnectionDetail"));
    for (number, detail) in (1..).zip(details) {
        one(&mut collector, detail, format!("entry {number}"))?;
    }
    collector.finish()
}

fn one(collector: &mut Collector<'_>, detail: Node<'_, '_>, place: String) -> Result<(), Refusal> {
    let name = text(detail, "ConnectionName").to_owned();
    let shown = if name.trim().is_empty() { place.clone() } else { name.clone() };
    let new_auth = text(detail, "NewAuthType");
    let mut draft = Draft::at(place);
    draft.name = Some(name);
    draft.tenant = Some(text(detail, "TenantId").to_owned());
    draft.group = child(detail, "EnvironmentHighlightingInfo").map(|info| text(info, "Text").to_owned());
    let string = text(detail, "ConnectionString");
    let is_true = |name: &str| text(detail, name).trim().eq_ignore_ascii_case("true");
    if is_true("IsFromSdkLoginCtrl") {
        collector.skip_sign_in(shown, if new_auth.is_empty() { "OAuth" } else { new_auth });
    } else if child(detail, "CertificateInfo").is_some_and(|info| info.has_children()) {
        collector.skip_sign_in(shown, "Certificate");
    } else if !string.trim().is_empty() {
        return by_string(collector, draft, shown, string);
    } else if !text(detail, "AzureKeyVaultName").trim().is_empty() {
        collector.skip(shown, SkipReason::SecretInKeyVault);
    } else {
        let has_secret = secrets(detail).next().is_some();
        let is_refresh = !text(detail, "RefreshToken").trim().is_empty();
        if new_auth == "ClientSecret" || (new_auth.is_empty() && has_secret && !is_refresh) {
            return by_secret(collector, draft, detail);
        }
        let sign_in = match new_auth {
            "" if is_refresh => "refresh token",
            "" => "password",
            named => named,
        };
        collector.skip_sign_in(shown, sign_in);
    }
    Ok(())
}

/// Both elements are one field of the tool's class, so the later one in the file counts.
fn secrets<'a>(detail: Node<'a, '_>) -> impl Iterator<Item = &'a str> {
    let is_secret = |name: &str| matches!(name, "ClientSecret" | "S2SClientSecret");
    let texts = detail.children().filter(move |child| child.is_element() && is_secret(child.tag_name().name()));
    texts.filter_map(|child| child.text()).filter(|text| !text.trim().is_empty())
}

fn by_secret(collector: &mut Collector<'_>, mut draft: Draft, detail: Node<'_, '_>) -> Result<(), Refusal> {
    draft.urls = vec![text(detail, "OriginalUrl").to_owned(), text(detail, "WebApplicationUrl").to_owned()];
    let id = text(detail, "AzureAdAppId");
    // For client-secret connections the user name repeats the client ID in braces.
    let user = text(detail, "UserName");
    let is_nil = ClientId::parse(id).is_err() && ClientId::parse(user).is_ok();
    draft.client_id = Some(if is_nil { user } else { id }.to_owned());
    let all: Vec<&str> = secrets(detail).collect();
    if let Some(last) = all.last() {
        draft.secret = undisguised(&mut draft, last);
        if all.iter().any(|other| other != last) {
            draft.warn(
                WarningCode::SecretsDiffer,
                "The file holds two different client secrets for this connection. The later one was used, as XrmToolBox does.",
            );
        }
    } else if text(detail, "SavePassword").trim().eq_ignore_ascii_case("false") {
        draft.warn(
            WarningCode::SecretMissing,
            "XrmToolBox did not save the client secret of this connection, as set there. Add its Value.",
        );
    }
    collector.take(draft)
}

fn undisguised(draft: &mut Draft, text: &str) -> Option<SecretText> {
    let secret = xrmtoolbox_disguise::read(text);
    if secret.is_none() {
        draft.warn(
            WarningCode::SecretUnreadable,
            "XrmToolBox's encryption of the client secret could not be undone, so it was left out. Add its Value.",
        );
    }
    secret
}

/// The tool writes its builder's text: keys in lower case, the secret encrypted. Files from before 2020 hold it in the clear.
fn by_string(collector: &mut Collector<'_>, mut draft: Draft, shown: String, text: &str) -> Result<(), Refusal> {
    let Ok(mut string) = ConnectionString::parse(text) else {
        collector.skip(shown, SkipReason::Unreadable);
        return Ok(());
    };
    if !is_ours(&string) {
        let sign_in = match string.auth_type() {
            AuthType::InvalidConnection => "unknown".to_owned(),
            other => other.to_string(),
        };
        collector.skip_sign_in(shown, sign_in);
        return Ok(());
    }
    // Taken out first, so that an encrypted text is never kept as the secret.
    let written = string.client_secret_value().cloned();
    string.set(Field::ClientSecret, "");
    take_string(&mut draft, &string);
    if let Some(written) = written {
        draft.secret = match xrmtoolbox_disguise::read(written.expose()) {
            Some(secret) => Some(secret),
            None if is_disguise_like(&written) => undisguised(&mut draft, written.expose()),
            None => Some(written),
        };
    }
    // The property page of the tool shows 13 asterisks, and people copy them.
    let is_masked = |secret: &SecretText| {
        ClientSecret::parse_exact(secret.expose()).is_ok_and(|secret| secret.advice() == Some(SecretAdvice::Masked))
    };
    if draft.secret.as_ref().is_some_and(is_masked) {
        draft.warn(
            WarningCode::SecretMissing,
            "XrmToolBox shows asterisks in place of the client secret, and these were saved. Add the secret's Value.",
        );
        draft.secret = None;
    }
    collector.take(draft)
}

/// Base64 of whole blocks that could not be read: not a secret in the clear.
fn is_disguise_like(text: &SecretText) -> bool {
    let text = text.expose();
    text.len() >= 24
        && text.len().is_multiple_of(4)
        && text.ends_with('=')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte))
}

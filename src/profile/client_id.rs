//! The app registration's Application (client) ID.

use std::fmt;

use uuid::Uuid;

use super::entra_shape::has_entra_shape;
use super::guid::parse_guid;
use super::pasted::labels::Label;
use super::pasted::{self, Extra, Pasted, Peeled, extra_around, only_guid, peel, without_blanks};
use super::tenant::Tenant;

/// An Application (client) ID: a GUID, printed in lower case with hyphens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientId(Uuid);

/// Why a text is no Application (client) ID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientIdError {
    /// Nothing was typed.
    #[error("Enter the Application (client) ID. It is on the app registration's Overview page.")]
    Missing,
    /// Something else than a GUID.
    #[error(
        "This is not a client ID: it must look like 11112222-aaaa-3333-bbbb-4444cccc5555. Copy “Application (client) \
         ID” from the app registration's Overview page."
    )]
    NotGuid,
    /// A client secret was pasted here.
    #[error(
        "This looks like a client secret. Put it in the Client secret field, and copy “Application (client) ID” from \
         the app registration's Overview page into this one."
    )]
    LooksLikeSecret,
    /// All zeros, as placeholders are.
    #[error("This ID is only zeros. Copy “Application (client) ID” from the app registration's Overview page.")]
    Nil,
    /// A template's name for it, such as `{AppId}`.
    #[error(
        "This is a placeholder from a template, not a client ID. Put the “Application (client) ID” from the app \
         registration's Overview page in its place."
    )]
    Placeholder,
    /// An ID that documentation and templates use as an example.
    #[error(
        "This is an example ID from a template or a documentation page. Put the “Application (client) ID” from the app \
         registration's Overview page in its place."
    )]
    Example,
    /// The ID of an application of Microsoft's own.
    #[error(
        "This is the ID of one of Microsoft's own applications, which can have no client secret of yours. Copy “Application \
         (client) ID” from the Overview page of your app registration."
    )]
    OfMicrosoft,
    /// The label beside it says that it is the tenant's.
    #[error(
        "This is the Directory (tenant) ID. Copy “Application (client) ID” from the app registration's Overview page."
    )]
    LabelledTenant,
    /// The label beside it says that it is an object's.
    #[error("This is the Object ID. Copy “Application (client) ID” from the app registration's Overview page.")]
    LabelledObject,
    /// The label beside it says that it is the secret's own ID.
    #[error("This is the Secret ID. Copy “Application (client) ID” from the app registration's Overview page.")]
    LabelledSecretId,
    /// The label beside it says that it is something else.
    #[error(
        "The text beside this ID says that it is not the client ID. Copy “Application (client) ID” from the app \
         registration's Overview page."
    )]
    LabelledOtherwise,
}

/// A client ID that is the tenant's ID: one GUID in both places cannot be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "The client ID is the same as the Directory (tenant) ID. The portal shows both on one page: copy “Application (client) \
     ID” from the app registration's Overview page."
)]
pub struct ClientIdIsTenantId;

impl ClientIdIsTenantId {
    /// The diagnosis' public id.
    pub const CODE: &str = "client_id_is_tenant_id";
}

impl ClientId {
    /// Reads a GUID in any common spelling: with or without hyphens, in braces, upper or lower case, and as it is pasted.
    pub fn parse(text: &str) -> Result<ClientId, ClientIdError> {
        ClientId::parse_pasted(text).map(|pasted| pasted.value)
    }

    /// As [`ClientId::parse`], with what stood around the ID.
    pub fn parse_pasted(text: &str) -> Result<Pasted<ClientId>, ClientIdError> {
        if let Ok(id) = Uuid::try_parse(text) {
            return ClientId::of(id).map(|value| Pasted { value, removed: Default::default() });
        }
        if pasted::is_placeholder(text) {
            return Err(ClientIdError::Placeholder);
        }
        let Peeled { text, mut removed } = peel(text);
        if text.is_empty() {
            return Err(ClientIdError::Missing);
        }
        let id = match parse_guid(&text) {
            Some(id) => id,
            None => {
                let (id, extra) = guid_within(&text)?;
                removed.note(extra);
                id
            }
        };
        ClientId::of(id).map(|value| Pasted { value, removed })
    }

    /// Takes an ID from where it is kept: an example is taken too.
    pub fn parse_exact(text: &str) -> Option<ClientId> {
        match Uuid::try_parse(text) {
            // As a vault holds thousands of them.
            Ok(id) => (!id.is_nil()).then_some(ClientId(id)),
            Err(_) => ClientId::parse(text).ok(),
        }
    }

    fn of(id: Uuid) -> Result<ClientId, ClientIdError> {
        if id.is_nil() {
            Err(ClientIdError::Nil)
        } else if is_of_microsoft(id) {
            Err(ClientIdError::OfMicrosoft)
        } else if is_example(id) {
            Err(ClientIdError::Example)
        } else {
            Ok(ClientId(id))
        }
    }

    /// Refuses a client ID that is `tenant`.
    pub fn differs_from(self, tenant: &Tenant) -> Result<(), ClientIdIsTenantId> {
        if *tenant == Tenant::Id(self.0) { Err(ClientIdIsTenantId) } else { Ok(()) }
    }
}

/// Whether it is Microsoft's sample application or one of the services that an app registration is granted access to.
fn is_of_microsoft(id: Uuid) -> bool {
    // Source: https://learn.microsoft.com/power-apps/developer/data-platform/xrm-tooling/use-connection-strings-xrm-tooling-connect
    const SAMPLE_APPLICATION: u128 = 0x51f8_1489_12ee_4a9e_aaae_a259_1f45_987d;
    // Source: https://learn.microsoft.com/troubleshoot/entra/entra-id/governance/verify-first-party-apps-sign-in
    const OF_SERVICES: u128 = 0x0000_c000_0000_0000_0000;
    let number = id.as_u128();
    number == SAMPLE_APPLICATION || (number >> 112 == 0 && number & ((1 << 80) - 1) == OF_SERVICES)
}

/// Whether it is one digit repeated, counted up, or a number behind zeros: no generator makes such an ID.
fn is_example(id: Uuid) -> bool {
    const COUNTED: [&str; 4] = [
        "12345678123412341234123456789012",
        "12345678123412341234123456789abc",
        "123456781234123412341234567890ab",
        "0123456789abcdef0123456789abcdef",
    ];
    let digits = id.simple().to_string();
    let first = digits.as_bytes()[0];
    digits.bytes().all(|digit| digit == first) || id.as_u128() < 0x1_0000 || COUNTED.contains(&digits.as_str())
}

/// The client ID in a longer text: behind a label, in an Application ID URI, in a page's address.
fn guid_within(text: &str) -> Result<(Uuid, Extra), ClientIdError> {
    let lowered = text.to_ascii_lowercase();
    let in_address = ["/appid/", "/applicationid/", "client_id=", "clientid=", "appid="].iter().find_map(|name| {
        let at = lowered.find("://").and_then(|_| lowered.find(name))? + name.len();
        parse_guid(text.get(at..at + 36)?)
    });
    if let Some(id) = in_address {
        return Ok((id, Extra::Address));
    }
    if let Some(id) = without_blanks(text).and_then(|joined| parse_guid(&joined)) {
        return Ok((id, Extra::BlanksInside));
    }
    let Some((before, id, behind)) = only_guid(text) else {
        return Err(if has_entra_shape(text) { ClientIdError::LooksLikeSecret } else { ClientIdError::NotGuid });
    };
    let lowered = before.to_ascii_lowercase();
    if lowered.starts_with("api://") || lowered.starts_with("spn:") {
        return Ok((id, Extra::ApplicationIdUri));
    }
    let is_label = before.chars().all(|c| !c.is_ascii_digit()) && before.len() <= 60 && !before.contains("://");
    if !is_label {
        return Err(ClientIdError::NotGuid);
    }
    // The label may stand behind the ID.
    for label in [before, behind] {
        match Label::beside_an_id(label) {
            Some(Label::Tenant) => return Err(ClientIdError::LabelledTenant),
            Some(Label::ObjectId) => return Err(ClientIdError::LabelledObject),
            Some(Label::SecretId) => return Err(ClientIdError::LabelledSecretId),
            Some(Label::Elsewhere) => return Err(ClientIdError::LabelledOtherwise),
            Some(Label::ClientId) if label == before => return Ok((id, Extra::Label)),
            _ => {}
        }
    }
    Ok((id, extra_around(before, behind)))
}

impl fmt::Display for ClientId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0.hyphenated().encode_lower(&mut Uuid::encode_buffer()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: &str = "11112222-aaaa-3333-bbbb-4444cccc5555";

    #[test]
    fn every_common_spelling_is_one_id() {
        for spelling in [
            PLAIN,
            " 11112222-AAAA-3333-BBBB-4444CCCC5555\r\n",
            "{11112222-aaaa-3333-bbbb-4444cccc5555}",
            "11112222aaaa3333bbbb4444cccc5555",
        ] {
            assert_eq!(ClientId::parse(spelling).map(|id| id.to_string()), Ok(PLAIN.to_owned()), "{spelling}");
        }
    }

    #[test]
    fn refusals_say_what_was_pasted() {
        assert_eq!(ClientId::parse("  "), Err(ClientIdError::Missing));
        assert_eq!(ClientId::parse("contoso"), Err(ClientIdError::NotGuid));
        assert_eq!(ClientId::parse("00000000-0000-0000-0000-000000000000"), Err(ClientIdError::Nil));
        let secret_shaped = format!("abc8{}{}", "Q~", "x".repeat(34));
        assert_eq!(ClientId::parse(&secret_shaped), Err(ClientIdError::LooksLikeSecret));
        for text in ["{AppId}", "$(ClientId)", "[YOUR_APP_ID]", "<client id>", "your-client-id-here", "%CLIENT_ID%"] {
            assert_eq!(ClientId::parse(text), Err(ClientIdError::Placeholder), "{text}");
        }
        for text in ["UCC CRM Service", "51f8", "https://contoso.crm4.dynamics.com", "user@contoso.com", "12345"] {
            assert_eq!(ClientId::parse(text), Err(ClientIdError::NotGuid), "{text}");
        }
        for no_label in ["Ticket 4711: ", "https://contoso.com/", &"all that was written before ".repeat(3)] {
            assert_eq!(ClientId::parse(&format!("{no_label}{PLAIN}")), Err(ClientIdError::NotGuid), "{no_label}");
        }
        use ClientIdError as E;
        for (label, error) in [
            ("Directory (tenant) ID: ", E::LabelledTenant),
            ("Tenant ID: ", E::LabelledTenant),
            ("tenantId=", E::LabelledTenant),
            ("Mandanten-ID: ", E::LabelledTenant),
            ("Verzeichnis-ID (Mandant): ", E::LabelledTenant),
            ("ID de l'annuaire (locataire) : ", E::LabelledTenant),
            ("Map-id (tenant)\t", E::LabelledTenant),
            ("Id. de directorio (inquilino): ", E::LabelledTenant),
            ("Object ID ", E::LabelledObject),
            ("\"objectId\": ", E::LabelledObject),
            ("Objekt-ID: ", E::LabelledObject),
            ("ID d'objet : ", E::LabelledObject),
            ("Id. de objeto: ", E::LabelledObject),
            ("Secret ID: ", E::LabelledSecretId),
            ("Secret ID\n", E::LabelledSecretId),
            ("Client secret ID: ", E::LabelledSecretId),
            ("Geheime ID: ", E::LabelledSecretId),
            ("ID de secret : ", E::LabelledSecretId),
            ("Id. secreto: ", E::LabelledSecretId),
            ("keyId: ", E::LabelledSecretId),
            ("Subscription ID: ", E::LabelledOtherwise),
            ("Environment ID: ", E::LabelledOtherwise),
            ("Correlation ID: ", E::LabelledOtherwise),
        ] {
            assert_eq!(ClientId::parse(&format!("{label}{PLAIN}")), Err(error), "{label}");
        }
        assert_eq!(ClientId::parse(&format!("{PLAIN} (Object ID)")), Err(E::LabelledObject));
        assert_eq!(ClientId::parse(&format!("{PLAIN} Secret ID")), Err(E::LabelledSecretId));
        assert_eq!(ClientId::parse(&format!("{PLAIN}, {PLAIN}")), Err(ClientIdError::NotGuid), "which one?");
    }

    #[test]
    fn an_example_and_an_application_of_microsofts_are_refused() {
        use ClientIdError as E;
        for (text, error) in [
            ("11111111-1111-1111-1111-111111111111", E::Example),
            ("aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa", E::Example),
            ("FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", E::Example),
            ("00000000-0000-0000-0000-000000000001", E::Example),
            ("00000000-0000-0000-0000-00000000ffff", E::Example),
            ("{00000000-0000-0000-0000-000000000042}", E::Example),
            ("12345678-1234-1234-1234-123456789012", E::Example),
            ("12345678-1234-1234-1234-123456789abc", E::Example),
            ("01234567-89ab-cdef-0123-456789abcdef", E::Example),
            ("Client ID: 22222222-2222-2222-2222-222222222222", E::Example),
            ("51f81489-12ee-4a9e-aaae-a2591f45987d", E::OfMicrosoft),
            ("ClientId=51F81489-12EE-4A9E-AAAE-A2591F45987D", E::OfMicrosoft),
            ("00000007-0000-0000-c000-000000000000", E::OfMicrosoft),
            ("00000003-0000-0000-c000-000000000000", E::OfMicrosoft),
        ] {
            assert_eq!(ClientId::parse(text), Err(error), "{text}");
        }
        for text in [
            PLAIN,
            "a1b2c3d4-0000-4000-8000-000000000001",
            "00000000-0000-0000-0000-0000abc00001",
            "00000000-0000-0000-0000-000000010000",
            "a1b2c3d4-0000-0000-c000-000000000000",
        ] {
            assert!(ClientId::parse(text).is_ok(), "{text}");
        }
        let kept = "11111111-1111-1111-1111-111111111111";
        assert_eq!(ClientId::parse_exact(kept).map(|id| id.to_string()).as_deref(), Some(kept), "an old vault has it");
    }

    #[test]
    fn a_pasted_id_is_read_and_what_stood_around_it_is_named() {
        use Extra as E;
        for (text, kinds) in [
            (PLAIN.to_owned(), &[][..]),
            (format!("{PLAIN}\u{200b}"), &[E::Invisible]),
            (format!("\u{feff}{PLAIN}"), &[E::Invisible]),
            (format!("\u{a0}{PLAIN}\u{a0}"), &[E::Blanks]),
            (format!("\u{202d}{PLAIN}\u{202c}"), &[E::Invisible]),
            (PLAIN.replace("aaaa", "aa\u{ad}aa"), &[E::Invisible]),
            (PLAIN.replace('-', "\u{2013}"), &[E::Dashes]),
            (PLAIN.replace('-', "\u{2011}"), &[E::Dashes]),
            (format!("\"{PLAIN}\""), &[E::Quotes]),
            (format!("“{PLAIN}”"), &[E::Quotes]),
            (format!("<{PLAIN}>"), &[E::Brackets]),
            (format!("{PLAIN};"), &[E::Punctuation]),
            (format!("{PLAIN}."), &[E::Punctuation]),
            (format!("Client ID: {PLAIN}"), &[E::Label]),
            (format!("Application (client) ID\t{PLAIN}"), &[E::Label]),
            (format!("ClientId={PLAIN}"), &[E::Label]),
            (format!("Client ID: {PLAIN} (of the UCC)"), &[E::Label]),
            (format!("{PLAIN} (client ID)"), &[E::OtherText]),
            (format!("\"appId\": \"{PLAIN}\","), &[E::Quotes, E::Label, E::Punctuation]),
            (format!("api://{PLAIN}"), &[E::ApplicationIdUri]),
            (format!("api://{PLAIN}/user_impersonation"), &[E::ApplicationIdUri]),
            (format!("https://portal.azure.com/#view/X/~/Overview/appId/{PLAIN}/isMSAApp~/false"), &[E::Address]),
            (PLAIN.replace("-bbbb", "-\r\nbbbb"), &[E::BlanksInside]),
            (PLAIN.replace('-', " "), &[E::BlanksInside]),
            (PLAIN.replace("aaaa", "aa aa"), &[E::BlanksInside]),
            (format!("[{PLAIN}]"), &[E::Brackets]),
            (format!("_{PLAIN}_"), &[E::Marks]),
            (format!("{PLAIN} (UCC)"), &[E::OtherText]),
            (format!("{PLAIN} copied"), &[E::OtherText]),
            (format!("{PLAIN}/.default"), &[E::OtherText]),
            (format!("Anwendungs-ID (Client): {PLAIN}"), &[E::Label]),
            (format!("ID d'application (client) : {PLAIN}"), &[E::Label]),
        ] {
            let read = ClientId::parse_pasted(&text).unwrap_or_else(|error| panic!("{text:?}: {error}"));
            assert_eq!((read.value.to_string().as_str(), read.removed.kinds()), (PLAIN, kinds), "{text:?}");
        }
    }

    #[test]
    fn the_tenants_id_is_no_client_id() {
        let id = ClientId::parse(PLAIN).expect("an ID");
        let tenant = |text| Tenant::parse(text).expect("a tenant");
        assert_eq!(id.differs_from(&tenant(PLAIN)), Err(ClientIdIsTenantId));
        assert_eq!(id.differs_from(&tenant("66667777-dddd-8888-eeee-9999ffff0000")), Ok(()));
        assert_eq!(id.differs_from(&tenant("contoso.onmicrosoft.com")), Ok(()));
    }
}

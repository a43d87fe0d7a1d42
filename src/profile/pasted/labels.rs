//! What portals, scripts and lists call an ID or a secret, in several languages: one rule for every field and every way in.

/// What a label says stands beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    /// The Application (client) ID.
    ClientId,
    /// The client secret's Value.
    ClientSecret,
    /// The Directory (tenant) ID, or a tenant's domain.
    Tenant,
    /// The Secret ID, which the portal shows beside the Value.
    SecretId,
    /// The Object ID.
    ObjectId,
    /// An ID or address of the portals' that no connection has.
    Elsewhere,
}

/// Labels of the Application (client) ID, as [`plain_label`] writes them.
pub const CLIENT_ID: &[&str] = &[
    "client id",
    "clientid",
    "client_id",
    "application client id",
    "application id",
    "applicationid",
    "app id",
    "appid",
    "app client id",
    "azureadappid",
    "anwendungs id client",
    "anwendungs id",
    "anwendungsid",
    "anwendungskennung",
    "id d application client",
    "id d application",
    "toepassings id client",
    "toepassings id",
    "id de aplicacion cliente",
    "id de aplicacion",
];

/// Labels of the client secret's Value.
pub const CLIENT_SECRET: &[&str] = &[
    "client secret",
    "clientsecret",
    "client_secret",
    "secret",
    "secret value",
    "client secret value",
    "value",
    "password",
    "login_password",
    "login password",
    "app secret",
    "kennwort",
    "passwort",
    "geheimnis",
    "geheimer clientschluessel",
    "clientschluessel",
    "geheimer clientschlussel",
    "geheimer client schluessel",
    "clientgeheimnis",
    "secret client",
    "mot de passe",
    "clientgeheim",
    "wachtwoord",
    "secreto de cliente",
    "secreto",
    "contrasena",
];

/// Further labels of a client secret beside a single value, without blanks. As a column's heading each means too much.
const CLIENT_SECRET_IN_A_LINE: [&str; 13] = [
    "secretid",
    "appsecret",
    "applicationsecret",
    "azureclientsecret",
    "dataverseclientsecret",
    "secretkey",
    "pwd",
    "wert",
    "valeur",
    "waarde",
    "valor",
    "key",
    "clientsecretvalue",
];

/// Labels of the tenant.
pub const TENANT: &[&str] = &[
    "tenant",
    "tenant id",
    "tenantid",
    "tenant_id",
    "directory tenant id",
    "directory id",
    "directoryid",
    "directory",
    "verzeichnis id mandant",
    "verzeichnis id",
    "mandant",
    "mandanten id",
    "mandantenid",
    "locataire",
    "id de l annuaire locataire",
    "map id tenant",
    "id de directorio inquilino",
    "inquilino",
];

/// Words of which the labels of a tenant hold one.
const WORDS_OF_TENANT: [&str; 10] = [
    "tenant",
    "directory",
    "mandant",
    "verzeichnis",
    "locataire",
    "annuaire",
    "inquilino",
    "directorio",
    "locatario",
    "diretorio",
];

/// Words of which the labels of a Secret ID hold one.
const WORDS_OF_SECRET_ID: [&str; 16] = [
    "id segreto",
    "id do segredo",
    "secret id",
    "secretid",
    "secret_id",
    "geheime id",
    "geheimnis id",
    "geheimnisid",
    "geheim id",
    "schluessel id",
    "key id",
    "keyid",
    "id de secret",
    "id du secret",
    "id de secreto",
    "id secreto",
];

/// Words of which the labels of an Object ID hold one.
const WORDS_OF_OBJECT_ID: [&str; 5] = ["object", "objekt", "objet", "objeto", "oggetto"];

/// Words of which the labels of other values hold one.
const WORDS_ELSEWHERE: [&str; 16] = [
    "certificate id",
    "zertifikat",
    "thumbprint",
    "fingerabdruck",
    "application id uri",
    "organization id",
    "organisations id",
    "environment id",
    "environmentid",
    "umgebungs id",
    "subscription",
    "abonnement",
    "correlation",
    "korrelation",
    "request id",
    "trace id",
];

impl Label {
    /// What `label` says. The words of one that is not known decide where it calls itself an ID.
    pub fn of(label: &str) -> Option<Label> {
        let says_id = |word: &str| word.ends_with("id") || word.ends_with("kennung") || word == "thumbprint";
        // An ID itself stands in it.
        if label.contains(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let found = Label::beside_an_id(label)?;
        let plain = plain_label(label);
        let is_known = [CLIENT_ID, CLIENT_SECRET, TENANT].iter().any(|labels| labels.contains(&plain.as_str()));
        (is_known || plain.split(' ').any(says_id)).then_some(found)
    }

    /// What `label` says of an ID that stands beside it: its words decide.
    pub fn beside_an_id(label: &str) -> Option<Label> {
        // Longer than any label: prose.
        if label.len() > 80 {
            return None;
        }
        let plain = plain_label(label);
        let is = |words: &[&str]| words.contains(&plain.as_str());
        let holds = |words: &[&str]| words.iter().any(|word| plain.contains(word));
        if is(CLIENT_ID) {
            Some(Label::ClientId)
        } else if is(CLIENT_SECRET) {
            Some(Label::ClientSecret)
        } else if is(TENANT) {
            Some(Label::Tenant)
        } else if holds(&WORDS_OF_OBJECT_ID) {
            Some(Label::ObjectId)
        } else if holds(&WORDS_OF_SECRET_ID) {
            Some(Label::SecretId)
        } else if holds(&WORDS_ELSEWHERE) {
            Some(Label::Elsewhere)
        } else if holds(&WORDS_OF_TENANT) {
            Some(Label::Tenant)
        } else {
            None
        }
    }

    /// Whether `label` names a client secret that stands beside it on one line.
    pub(super) fn is_of_a_secret(label: &str) -> bool {
        let compact = |label: &str| label.replace([' ', '_'], "");
        let label = compact(&plain_label(label));
        CLIENT_SECRET.iter().any(|known| compact(known) == label) || CLIENT_SECRET_IN_A_LINE.contains(&label.as_str())
    }
}

/// A label without case, accents and punctuation: `Anwendungs-ID (Client)` is `anwendungs id client`.
pub fn plain_label(label: &str) -> String {
    let mut plain = String::new();
    for c in label.trim().to_lowercase().chars() {
        match c {
            'ä' => plain.push_str("ae"),
            'ö' => plain.push_str("oe"),
            'ü' => plain.push_str("ue"),
            'ß' => plain.push_str("ss"),
            'á' | 'à' | 'â' | 'ã' => plain.push('a'),
            'é' | 'è' | 'ê' => plain.push('e'),
            'í' | 'ì' | 'î' => plain.push('i'),
            'ó' | 'ò' | 'ô' => plain.push('o'),
            'ú' | 'ù' | 'û' => plain.push('u'),
            'ñ' => plain.push('n'),
            'ç' => plain.push('c'),
            c if c.is_alphanumeric() || c == '_' => plain.push(c),
            _ if plain.ends_with(' ') || plain.is_empty() => {}
            _ => plain.push(' '),
        }
    }
    plain.truncate(plain.trim_end().len());
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_known_in_several_languages() {
        for (label, expected) in [
            ("Application (client) ID", Label::ClientId),
            ("Anwendungs-ID (Client)", Label::ClientId),
            ("ID d'application (client)", Label::ClientId),
            ("Value", Label::ClientSecret),
            ("Geheimer Clientschlüssel", Label::ClientSecret),
            ("Directory (tenant) ID", Label::Tenant),
            ("Verzeichnis-ID (Mandant)", Label::Tenant),
            ("Mandanten-ID", Label::Tenant),
            ("ID de l'annuaire (locataire)", Label::Tenant),
            ("Map-id (tenant)", Label::Tenant),
            ("\"tenantId\"", Label::Tenant),
            ("Secret ID", Label::SecretId),
            ("Client secret ID", Label::SecretId),
            ("Geheime ID", Label::SecretId),
            ("Geheimnis-ID", Label::SecretId),
            ("ID de secret", Label::SecretId),
            ("ID de secreto", Label::SecretId),
            ("ID segreto", Label::SecretId),
            ("ID oggetto", Label::ObjectId),
            ("ID do locatário", Label::Tenant),
            ("\"keyId\"", Label::SecretId),
            ("Object ID", Label::ObjectId),
            ("Objekt-ID", Label::ObjectId),
            ("ID d'objet", Label::ObjectId),
            ("Object-id", Label::ObjectId),
            ("Id. de objeto", Label::ObjectId),
            ("Enterprise application object ID", Label::ObjectId),
            ("Subscription ID", Label::Elsewhere),
            ("Thumbprint", Label::Elsewhere),
        ] {
            assert_eq!(Label::of(label), Some(expected), "{label}");
        }
        for label in
            ["", "UCC", "Application", "ID", "guid", "Service principal", "the object below", "our subscription"]
        {
            assert_eq!(Label::of(label), None, "{label}");
        }
        assert_eq!(Label::beside_an_id("the object below"), Some(Label::ObjectId), "an ID stands beside it");
        let of_length = |length: usize| format!("Object ID{}", " of it".repeat(15))[..length].to_owned();
        assert_eq!(Label::beside_an_id(&of_length(80)), Some(Label::ObjectId));
        assert_eq!(Label::beside_an_id(&of_length(81)), None, "prose");
    }

    #[test]
    fn a_label_is_compared_without_case_accents_and_punctuation() {
        for (label, plain) in [
            (" Anwendungs-ID (Client): ", "anwendungs id client"),
            ("\"client_id\"", "client_id"),
            ("Ä Ö Ü ß", "ae oe ue ss"),
            ("áàâã éèê íìî óòô úùû ñ ç", "aaaa eee iii ooo uuu n c"),
        ] {
            assert_eq!(plain_label(label), plain);
        }
    }
}

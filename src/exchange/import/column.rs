//! What the columns of a table hold, recognized from the words of their headings.

use crate::profile::pasted::labels::{self, plain_label};

/// What a column of a table can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Column {
    /// What the connection is called.
    Name,
    /// The address of the environment.
    Url,
    /// The Application (client) ID.
    ClientId,
    /// A user name: a client ID in password managers, or a person's.
    UserName,
    /// The client secret.
    Secret,
    /// The tenant.
    Tenant,
    /// The expiry date.
    Expires,
    /// Tags.
    Tags,
    /// Notes.
    Notes,
    /// The folder or group.
    Group,
    /// A one-time password's seed, which is never taken.
    Totp,
    /// Bitwarden's kind of an entry.
    Kind,
    /// Bitwarden's own fields of an entry, one a line.
    Fields,
    /// Whether it is archived.
    Archived,
    /// A whole connection string.
    ConnectionString,
    /// The name of a secret in Microsoft Entra ID.
    SecretName,
    /// The first characters of a secret.
    Hint,
}

impl Column {
    /// What a person can choose for a column, in the order in which it is offered.
    pub const CHOICES: [Column; 8] = [
        Column::Name,
        Column::Url,
        Column::ClientId,
        Column::Secret,
        Column::Tenant,
        Column::Expires,
        Column::Tags,
        Column::Notes,
    ];

    /// The public id, as the command line has it.
    pub fn id(self) -> &'static str {
        match self {
            Column::Name => "name",
            Column::Url => "url",
            Column::ClientId => "client-id",
            Column::UserName => "user-name",
            Column::Secret => "secret",
            Column::Tenant => "tenant",
            Column::Expires => "expires",
            Column::Tags => "tags",
            Column::Notes => "notes",
            Column::Group => "group",
            Column::Totp => "totp",
            Column::Kind => "kind",
            Column::Fields => "fields",
            Column::Archived => "archived",
            Column::ConnectionString => "connection-string",
            Column::SecretName => "secret-name",
            Column::Hint => "hint",
        }
    }

    /// The choice with this public id.
    pub fn of_id(id: &str) -> Option<Column> {
        Column::CHOICES.into_iter().find(|column| column.id() == id)
    }
}

/// Words of headings in several languages, as [`plain_label`] writes them. The whole heading has to be one of them.
const WORDS: [(Column, &[&str]); 17] = [
    (
        Column::Name,
        &[
            "name",
            "title",
            "profile",
            "profile name",
            "connection",
            "connection name",
            "connectionname",
            "customer",
            "account",
            "application name",
            "applicationname",
            "application",
            "app name",
            "display name",
            "displayname",
            "label",
            "kunde",
            "kundenname",
            "bezeichnung",
            "titel",
            "anzeigename",
            "profil",
            "nom",
            "client name",
            "klant",
            "naam",
            "cliente",
            "nombre",
            "nome",
            "item name",
        ],
    ),
    (
        Column::Url,
        &[
            "url",
            "environment url",
            "environmenturl",
            "environment",
            "environment_url",
            "dataverse url",
            "crm url",
            "org url",
            "organization url",
            "instance url",
            "web site",
            "website",
            "login_uri",
            "login uri",
            "uri",
            "address",
            "web address",
            "web api endpoint",
            "umgebungs url",
            "umgebungsurl",
            "umgebung",
            "adresse",
            "url de l environnement",
            "environnement",
            "omgeving",
            "omgevings url",
            "entorno",
            "direccion",
            "link",
        ],
    ),
    (Column::ClientId, labels::CLIENT_ID),
    (
        Column::UserName,
        &[
            "username",
            "user name",
            "user",
            "login name",
            "login_username",
            "login username",
            "login",
            "benutzername",
            "benutzer",
        ],
    ),
    (Column::Secret, labels::CLIENT_SECRET),
    (Column::Tenant, labels::TENANT),
    (
        Column::Expires,
        &[
            "expires",
            "expiry",
            "expiration",
            "expiry date",
            "expiration date",
            "expires on",
            "expires at",
            "secret expires",
            "secret expiry",
            "secret_expires",
            "secret end date",
            "secret enddate",
            "end date",
            "enddate",
            "enddatetime",
            "valid until",
            "valid to",
            "valid till",
            "ablauf",
            "ablaufdatum",
            "ablauf am",
            "gueltig bis",
            "laeuft ab",
            "laeuft ab am",
            "verfaellt",
            "verfallsdatum",
            "expire le",
            "date d expiration",
            "vervaldatum",
            "verloopt",
            "verloopt op",
            "caduca",
            "vencimiento",
            "fecha de caducidad",
        ],
    ),
    (
        Column::Tags,
        &[
            "tags",
            "tag",
            "labels",
            "category",
            "categories",
            "schlagwoerter",
            "schlagworte",
            "kategorie",
            "kategorien",
            "etiketten",
            "etiquettes",
            "etiquetas",
        ],
    ),
    (
        Column::Notes,
        &[
            "notes",
            "note",
            "comments",
            "comment",
            "remarks",
            "remark",
            "description",
            "extra",
            "bemerkung",
            "bemerkungen",
            "notiz",
            "notizen",
            "kommentar",
            "beschreibung",
            "remarques",
            "opmerkingen",
            "notas",
        ],
    ),
    (Column::Group, &["group", "folder", "grouping", "collections", "gruppe", "ordner"]),
    (Column::Totp, &["totp", "otpauth", "login_totp", "otp"]),
    (Column::Kind, &["type"]),
    (Column::Fields, &["fields"]),
    (Column::Archived, &["archived"]),
    (
        Column::ConnectionString,
        &["connection string", "connectionstring", "connection_string", "verbindungszeichenfolge"],
    ),
    (Column::SecretName, &["secret name", "secretname", "secret displayname", "secret display name"]),
    (Column::Hint, &["hint", "secret hint"]),
];

/// What a heading says its column holds.
pub(in crate::exchange) fn column_of(heading: &str) -> Option<Column> {
    // Longer than any heading: a cell of prose.
    if heading.len() > 80 {
        return None;
    }
    let plain = plain_label(heading);
    WORDS.iter().find(|(_, words)| words.contains(&plain.as_str())).map(|(column, _)| *column)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_known_in_several_languages_and_spellings() {
        for (heading, column) in [
            ("Umgebungs-URL", Column::Url),
            ("Anwendungs-ID (Client)", Column::ClientId),
            ("Geheimer Clientschlüssel", Column::Secret),
            ("Verzeichnis-ID (Mandant)", Column::Tenant),
            ("Schlagwörter", Column::Tags),
            ("Application (client) ID", Column::ClientId),
            (" Secret Value ", Column::Secret),
            ("Directory (tenant) ID", Column::Tenant),
            ("SECRET END DATE", Column::Expires),
            ("environment_url", Column::Url),
        ] {
            assert_eq!(column_of(heading), Some(column), "{heading}");
        }
        for heading in [
            "",
            "Secret ID",
            "Secret Start Date",
            "Certificate End Date",
            "Owner",
            "Last Modified",
            "timeCreated",
            "Stand",
        ] {
            assert_eq!(column_of(heading), None, "{heading}");
        }
    }

    #[test]
    fn a_word_means_one_column() {
        let mut seen = std::collections::HashSet::new();
        for (_, words) in WORDS {
            for word in words {
                assert!(seen.insert(*word), "{word} stands twice");
                assert_eq!(plain_label(word), *word, "is written as headings are compared");
            }
        }
    }
}

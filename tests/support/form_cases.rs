//! Forms that are wrong before anything is sent, and forms that were pasted carelessly and are right.

use a365_password_tool::connection_check::CheckRequest;
use a365_password_tool::profile::SecretText;

/// Changes a good form.
pub type Spoil = fn(&mut CheckRequest);

/// Wrong ones: name, expected end, what to change.
pub const WRONG_FORMS: &[(&str, &str, Spoil)] = &[
    ("url-none", "address url_invalid", |form| form.environment_url.clear()),
    ("url-words", "address url_invalid", |form| set_url(form, "not an address")),
    ("url-placeholder", "address url_invalid", |form| set_url(form, "{EnvironmentUrl}")),
    ("url-port", "address url_invalid", |form| set_url(form, "https://contoso.crm4.dynamics.com:8443")),
    ("url-user", "address url_invalid", |form| set_url(form, "https://contoso.crm4.dynamics.com@evil.example/")),
    ("url-http", "address url_not_https", |form| set_url(form, "http://contoso.crm4.dynamics.com")),
    ("url-portal", "address url_not_dataverse", |form| set_url(form, "https://make.powerapps.com/environments/x")),
    ("url-finance", "address url_not_dataverse", |form| set_url(form, "https://contoso.operations.dynamics.com")),
    ("url-look-alike", "address url_not_dataverse", |form| {
        set_url(form, "https://contoso.crm4.dynamics.com.evil.example");
    }),
    ("url-elsewhere", "address url_not_dataverse", |form| set_url(form, "https://localhost")),
    ("url-defender", "address url_not_dataverse", |form| {
        set_url(form, "https://contoso.crm4.dynamics.com.mcas.ms/main.aspx");
    }),
    ("url-safe-link", "address url_not_dataverse", |form| {
        set_url(
            form,
            "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fcontoso.crm4.dynamics.com%2Fm&data=05",
        );
    }),
    ("id-none", "address client_id_not_guid", |form| form.client_id.clear()),
    ("id-name", "address client_id_not_guid", |form| form.client_id = "contoso".to_owned()),
    ("id-placeholder", "address client_id_not_guid", |form| form.client_id = "{AppId}".to_owned()),
    ("id-zeros", "address client_id_not_guid", |form| {
        form.client_id = "00000000-0000-0000-0000-000000000000".to_owned();
    }),
    ("id-of-tenant", "address client_id_is_tenant_id", |form| form.tenant = form.client_id.to_uppercase()),
    ("secret-none", "address secret_missing", |form| set_secret(form, "")),
    ("secret-blank", "address secret_missing", |form| set_secret(form, " \r\n")),
    ("secret-guid", "address secret_is_guid", |form| set_secret(form, "11112222-aaaa-3333-bbbb-4444cccc5555")),
    ("secret-guid-in-quotes", "address secret_is_guid", |form| {
        set_secret(form, "\"11112222-aaaa-3333-bbbb-4444cccc5555\"")
    }),
    ("secret-guid-and-semicolon", "address secret_is_guid", |form| {
        set_secret(form, "11112222-aaaa-3333-bbbb-4444cccc5555;")
    }),
    ("secret-guid-in-brackets", "address secret_is_guid", |form| {
        set_secret(form, "(11112222-aaaa-3333-bbbb-4444cccc5555)")
    }),
    ("secret-mask-in-quotes", "address secret_masked", |form| set_secret(form, "\"*****\"")),
    ("id-of-secret", "address client_id_not_guid", |form| form.client_id.insert_str(0, "Secret ID: ")),
    ("id-of-object", "address client_id_not_guid", |form| form.client_id.insert_str(0, "Objekt-ID: ")),
    ("id-example", "address client_id_not_guid", |form| {
        form.client_id = "11111111-1111-1111-1111-111111111111".to_owned();
    }),
    ("secret-lines", "address secret_unusable", |form| set_secret(form, "two\nlines")),
    ("secret-string", "address secret_is_connection_string", |form| {
        set_secret(form, "AuthType=ClientSecret;Url=https://contoso.crm4.dynamics.com;ClientSecret=x")
    }),
    ("secret-invisible", "address secret_unusable", |form| set_secret(form, "a\u{200b}b")),
    ("secret-masked", "address secret_masked", |form| set_secret(form, "sim******************")),
    ("secret-bullets", "address secret_masked", |form| set_secret(form, "••••••••")),
    ("secret-placeholder", "address secret_placeholder", |form| set_secret(form, "{ClientSecret}")),
    ("secret-pipeline", "address secret_placeholder", |form| set_secret(form, "$(BuildTools.ClientSecret)")),
    ("secret-yours", "address secret_placeholder", |form| set_secret(form, "[YOUR_CLIENT_SECRET]")),
    ("secret-here", "address secret_placeholder", |form| set_secret(form, "your-client-secret-here")),
    ("secret-key-vault", "address secret_placeholder", |form| {
        set_secret(form, "@Microsoft.KeyVault(VaultName=contoso;SecretName=ucc)");
    }),
];

/// Careless ones: name, expected warnings, what to change. Their check passes.
pub const CARELESS_FORMS: &[(&str, &[&str], Spoil)] = &[
    ("secret-and-unseen", &["secret_trimmed"], |form| around_secret(form, "", "\u{200b}")),
    ("secret-and-mark", &["secret_trimmed"], |form| around_secret(form, "\u{feff}", "")),
    ("secret-in-quotes", &["secret_trimmed"], |form| around_secret(form, "\"", "\"")),
    ("secret-in-single-quotes", &["secret_trimmed"], |form| around_secret(form, "'", "'")),
    ("secret-in-typographic-quotes", &["secret_trimmed"], |form| around_secret(form, "“", "”")),
    ("secret-with-label", &["secret_trimmed"], |form| around_secret(form, "Value: ", "")),
    ("secret-and-semicolon", &["secret_trimmed"], |form| around_secret(form, "", ";")),
    ("secret-and-blanks", &["secret_trimmed"], |form| around_secret(form, "\u{a0}", " ")),
    ("id-and-unseen", &["client_id_cleaned"], |form| form.client_id.push('\u{200b}')),
    ("id-as-uri", &["client_id_cleaned"], |form| form.client_id.insert_str(0, "api://")),
    ("id-with-dashes", &["client_id_cleaned"], |form| form.client_id = form.client_id.replace('-', "\u{2013}")),
    ("id-with-label", &["client_id_cleaned"], |form| form.client_id = format!("Client ID: {}", form.client_id)),
    ("id-and-blanks", &[], |form| form.client_id = format!(" {} ", form.client_id)),
    ("url-and-semicolon", &["url_cleaned"], |form| form.environment_url.push(';')),
    ("url-in-bold", &["url_cleaned"], |form| form.environment_url = format!("**{}**", form.environment_url)),
    ("url-twice", &["url_cleaned"], |form| form.environment_url.insert_str(0, "https://")),
    ("url-of-page", &[], |form| form.environment_url.push_str("/main.aspx?appid=1")),
];

fn set_url(form: &mut CheckRequest, url: &str) {
    url.clone_into(&mut form.environment_url);
}

fn set_secret(form: &mut CheckRequest, secret: &str) {
    form.client_secret = SecretText::from(secret);
}

fn around_secret(form: &mut CheckRequest, before: &str, after: &str) {
    form.client_secret = SecretText::new(format!("{before}{}{after}", form.client_secret.expose()));
}

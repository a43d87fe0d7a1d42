//! What was taken off a value, or looks wrong in one, is told at an import as it is in the form.

use a365_password_tool::cloud::Overrides;
use a365_password_tool::exchange::import::{Import, Options, WarningCode as W, read};
use a365_password_tool::profile::GuidSecret;

const ID: &str = "11112222-aaaa-3333-bbbb-4444cccc5555";
const TENANT: &str = "66667777-bbbb-4444-cccc-5555dddd6666";

fn import(client_id: &str, secret: &str, tenant: &str) -> Import {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let row = ["Contoso", "https://contoso.crm4.dynamics.com", client_id, secret, tenant].map(quoted).join(",");
    let clouds = Overrides::none();
    let text = format!("Name,Environment URL,Client ID,Client secret,Tenant\n{row}\n");
    read(text.as_bytes(), &Options::new(&clouds, &|at| at.date_naive())).expect("a list")
}

/// A secret that Microsoft Entra ID could have made, put together here.
fn secret() -> String {
    format!("abc8Q~{}", "x".repeat(34))
}

#[test]
fn a_tenant_that_was_cleaned_is_told() {
    let cases = [
        (format!("\u{200b}{TENANT}"), TENANT),
        (format!("{TENANT}\u{feff}"), TENANT),
        (format!("Directory (tenant) ID: {TENANT}"), TENANT),
        (format!("Tenant ID: {TENANT}"), TENANT),
        (format!("\u{201c}{TENANT}\u{201d}"), TENANT),
        (format!("'{TENANT}'"), TENANT),
        (format!("https://login.microsoftonline.com/{TENANT}"), TENANT),
        (format!("https://login.microsoftonline.com/{TENANT}/oauth2/v2.0/token"), TENANT),
        (TENANT.replace('-', "\u{2013}"), TENANT),
        (TENANT.replace('-', "\u{2010}"), TENANT),
        ("\u{200b}contoso.onmicrosoft.com".to_owned(), "contoso.onmicrosoft.com"),
    ];
    for (typed, expected) in cases {
        let import = import(ID, &secret(), &typed);
        let tenant = import.candidates[0].tenant.as_ref().map(ToString::to_string);
        assert_eq!(tenant.as_deref(), Some(expected), "{typed:?}");
        assert!(import.codes_of(0).contains(&W::ValueCleaned), "{typed:?}: {:?}", import.codes_of(0));
    }
}

#[test]
fn a_tenant_as_it_should_be_is_taken_without_a_word() {
    for tenant in [TENANT, "contoso.onmicrosoft.com", ""] {
        assert!(import(ID, &secret(), tenant).codes_of(0).is_empty(), "{tenant:?}");
    }
}

#[test]
fn a_placeholder_for_the_tenant_is_told() {
    for tenant in
        ["{TenantId}", "<tenant-id>", "$(TenantId)", "[YOUR_TENANT_ID]", "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"]
    {
        let import = import(ID, &secret(), tenant);
        assert!(import.candidates[0].tenant.is_none(), "{tenant}");
        assert_eq!(import.codes_of(0), [W::TenantRefused], "{tenant}");
    }
}

#[test]
fn a_secret_that_looks_wrong_is_kept_and_told() {
    let secret = secret();
    let (start, end) = secret.split_at(12);
    for typed in [
        format!("{start}\u{200b}{end}"),
        format!("{start}\u{200d}{end}"),
        format!("{start}\u{2060}{end}"),
        format!("{start}\u{ad}{end}"),
        format!("{start}\u{2013}{end}"),
        format!("{start}\u{2014}{end}"),
        format!("{start}\u{a0}{end}"),
        format!("{start}\u{e9}{end}"),
        format!("{start}\u{202f}{end}"),
        format!("{start}\u{fffd}{end}"),
    ] {
        let import = import(ID, &typed, "");
        assert_eq!(
            import.candidates[0].client_secret.as_ref().map(|secret| secret.expose()),
            Some(&*typed),
            "{typed:?}"
        );
        assert_eq!(import.codes_of(0), [W::ValueAmbiguous], "{typed:?}");
    }
}

#[test]
fn the_id_of_something_else_is_no_client_id() {
    for label in
        ["Secret ID", "Geheime ID", "Object ID", "Objekt-ID", "Tenant ID", "Mandanten-ID", "Verzeichnis-ID (Mandant)"]
    {
        let import = import(&format!("{label}: {ID}"), &secret(), "");
        assert!(import.candidates[0].client_id.is_none(), "{label}");
        assert_eq!(import.codes_of(0), [W::ClientIdRefused], "{label}");
    }
}

#[test]
fn text_behind_a_secret_is_told() {
    for typed in [
        "sim8Q-THIS # prod",
        "sim8Q-THIS (ticket 12)",
        "sim8Q-THIS thanks",
        "sim8Q-THIS</value>",
        "sim8Q-THIS**",
        "sim8Q-THIS\\n",
    ] {
        let import = import(ID, typed, "");
        let read = import.candidates[0].client_secret.as_ref().map(|secret| secret.expose());
        assert_eq!((read, import.codes_of(0)), (Some(typed), vec![W::ValueAmbiguous]), "{typed}");
    }
    for typed in ["[6gyXA5S20@MN+", "hunter-2", ":?/@=.-_[]*"] {
        assert_eq!(import(ID, typed, "").codes_of(0), [], "{typed}: an unusual shape alone is too common");
    }
    let guid = "\"99990000-dddd-4444-aaaa-8888bbbb7777\"";
    assert_eq!(import(ID, &guid.replace('"', "'"), "").codes_of(0), [W::SecretRefused]);
    let string = format!("AuthType=ClientSecret;Url=https://contoso.crm4.dynamics.com;ClientId={ID};ClientSecret=ab");
    assert_eq!(import(ID, &string, "").codes_of(0), [W::SecretUnusable], "a whole connection string is no secret");
}

#[test]
fn quotes_and_blanks_around_a_secret_are_taken_off_and_told() {
    let secret = secret();
    for typed in
        [format!("\"{secret}\""), format!("{secret}\u{200b}"), format!("Value: {secret}"), format!(" {secret} ")]
    {
        let import = import(ID, &typed, "");
        assert_eq!(
            import.candidates[0].client_secret.as_ref().map(|secret| secret.expose()),
            Some(&*secret),
            "{typed:?}"
        );
        let told = import.codes_of(0);
        assert!(told == [W::ValueCleaned] || (typed.trim() != typed && told.is_empty()), "{typed:?}: {told:?}");
    }
}

#[test]
fn a_client_id_that_is_the_tenants_is_told() {
    let upper = ID.to_uppercase();
    let braced = format!("{{{ID}}}");
    for (id, tenant) in [(ID, ID), (&*upper, ID), (ID, &*upper), (&*braced, ID), (ID, &*braced)] {
        assert!(import(id, &secret(), tenant).codes_of(0).contains(&W::ClientIdIsTenantId), "{id} {tenant}");
    }
    assert!(!import(ID, &secret(), TENANT).codes_of(0).contains(&W::ClientIdIsTenantId));
}

/// A list of one connection string.
fn list(line: &str) -> Import {
    let clouds = Overrides::none();
    read(line.as_bytes(), &Options::new(&clouds, &|at| at.date_naive())).expect("a list")
}

#[test]
fn a_line_around_a_connection_string_is_taken_off_and_told() {
    let secret = secret();
    let string =
        format!("AuthType=ClientSecret;Url=https://contoso.crm4.dynamics.com;ClientId={ID};ClientSecret={secret}");
    for line in [
        format!("$cs=\"{string}\""),
        format!("var cs = \"{string}\";"),
        format!("var client = new ServiceClient(\"{string}\");"),
        format!("Get-CrmConnection -ConnectionString \"{string}\""),
        format!("set CONN={string}"),
        format!("set \"CONN={string}\""),
        format!("setx CONN \"{string}\" /M"),
        format!("- {string}"),
        format!("**{string}**"),
        format!("`{string}`"),
    ] {
        let import = list(&line);
        let read = import.candidates[0].client_secret.as_ref().map(|secret| secret.expose());
        assert_eq!(read, Some(&*secret), "{line}");
        assert!(import.codes_of(0).contains(&W::ValueCleaned), "{line}: {:?}", import.codes_of(0));
    }
    let codes = list(&string).codes_of(0);
    assert!(!codes.contains(&W::ValueCleaned) && !codes.contains(&W::ValueAmbiguous), "{codes:?}");
}

#[test]
fn a_connection_string_that_may_have_lost_a_piece_is_told() {
    let string = format!("AuthType=ClientSecret;Url=https://contoso.crm4.dynamics.com;ClientId={ID};ClientSecret=");
    for rest in [
        "abc;d=ef",
        "abc;x7Tz=1",
        "abc;x7Tz=",
        "abc;cd=",
        "abc;ClientSecret=def",
        "abc;ClientSecret=",
        "abc;Secret=def",
    ] {
        let codes = list(&format!("{string}{rest}")).codes_of(0);
        assert!(codes.contains(&W::ValueAmbiguous), "{rest}: {codes:?}");
    }
}

#[test]
fn a_secret_in_the_form_of_a_guid_comes_in_only_for_who_says_so() {
    let guid = "99990000-dddd-4444-aaaa-8888bbbb7777";
    let line = format!("AuthType=ClientSecret;Url=https://contoso.crm4.dynamics.com;ClientId={ID};ClientSecret={guid}");
    let clouds = Overrides::none();
    let taken = Options { guid_secrets: GuidSecret::Accepted, ..Options::new(&clouds, &|at| at.date_naive()) };
    let refused = list(&line);
    assert_eq!((refused.candidates[0].client_secret.is_none(), refused.codes_of(0)[0]), (true, W::SecretRefused));
    let accepted = read(line.as_bytes(), &taken).expect("a list");
    assert_eq!(accepted.candidates[0].client_secret.as_ref().map(|secret| secret.expose()), Some(guid));
    assert!(accepted.codes_of(0).contains(&W::ValueAmbiguous), "{:?}", accepted.codes_of(0));
}

//! What people copy and paste for one connection: a string, the portal's pages and rows, lines with labels, single values.

use a365_password_tool::cloud::Overrides;
use a365_password_tool::exchange::pasted::{PastedConnection, holds_a_client_secret};

const URL: &str = "https://contoso.crm4.dynamics.com";
const ID: &str = "11112222-aaaa-3333-bbbb-4444cccc5555";
const TENANT: &str = "66667777-bbbb-4444-cccc-5555dddd6666";
const OTHER: &str = "99990000-dddd-4444-aaaa-8888bbbb7777";

/// A secret that Microsoft Entra ID could have made, put together here.
fn secret() -> String {
    format!("abc8Q~{}", "x".repeat(34))
}

fn read(text: &str) -> PastedConnection {
    PastedConnection::read(text, &Overrides::none()).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// URL, client ID, secret, tenant and date, `-` for what is not there.
fn values(found: &PastedConnection) -> [String; 5] {
    let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
    let secret = found.client_secret.as_ref().map(|secret| secret.expose().to_owned());
    let expires = found.expires.map(|day| day.to_string());
    [text(&found.environment_url), text(&found.client_id), text(&secret), text(&found.tenant), text(&expires)]
}

#[test]
fn each_value_is_found_in_what_people_paste() {
    let secret = &secret();
    let full = [URL, ID, secret, "-", "-"];
    let all = [URL, ID, secret, TENANT, "2027-05-31"];
    let only = |place: usize, value: &str| {
        let mut expected = ["-"; 5].map(str::to_owned);
        expected[place] = value.to_owned();
        expected
    };
    let string = format!("AuthType=ClientSecret;Url={URL};ClientId={ID};ClientSecret={secret}");
    for (text, expected) in [
        (string.clone(), full.map(str::to_owned)),
        (format!("- **{string}**"), full.map(str::to_owned)),
        (format!("var s = \"{string}\";"), full.map(str::to_owned)),
        (
            format!(
                "Environment URL: {URL}\nApplication (client) ID: {ID}\nClient secret: {secret}\nDirectory (tenant) ID: \
                 {TENANT}\nExpires: 5/31/2027"
            ),
            all.map(str::to_owned),
        ),
        (
            format!(
                "URL={URL}/main.aspx\r\nCLIENT_ID={ID}\r\nCLIENT_SECRET={secret}\r\nTENANT_ID={TENANT}\r\nEXPIRES=2027-05-31\r\n"
            ),
            all.map(str::to_owned),
        ),
        (
            // The portal's Overview page, as a browser copies it.
            format!(
                "Display name\n:\nUCC\nApplication (client) ID\n:\n{ID}\nObject ID\n:\n{OTHER}\nDirectory (tenant) ID\n:\n{TENANT}"
            ),
            ["-", ID, "-", TENANT, "-"].map(str::to_owned),
        ),
        (format!("ucc\t5/31/2027\t{secret}\t{OTHER}"), ["-", "-", secret, "-", "2027-05-31"].map(str::to_owned)),
        (
            format!("Description\tExpires\tValue\tSecret ID\nucc\t5/31/2027\t{secret}\t{OTHER}"),
            ["-", "-", secret, "-", "2027-05-31"].map(str::to_owned),
        ),
        (
            format!("Name\tEnvironment URL\tClient ID\tClient secret\nContoso\t{URL}\t{ID}\t{secret}"),
            full.map(str::to_owned),
        ),
        (format!("Environment URL\t{URL}\nClient ID\t{ID}\nValue\t{secret}"), full.map(str::to_owned)),
        (format!("Please use {secret} from now on"), only(2, secret)),
        (secret.clone(), only(2, secret)),
        (format!("“{secret}”"), only(2, secret)),
        (URL.to_owned(), only(0, URL)),
        ("contoso.crm4.dynamics.com/main.aspx?appid=1".to_owned(), only(0, URL)),
        (ID.to_owned(), only(1, ID)),
        (format!("api://{ID}"), only(1, ID)),
        (format!("Object ID: {OTHER}\nClient ID: {ID}"), only(1, ID)),
        (format!("https://login.microsoftonline.com/{TENANT}/oauth2/v2.0/token"), only(3, TENANT)),
        ("contoso.onmicrosoft.com".to_owned(), only(3, "contoso.onmicrosoft.com")),
        ("31 May 2027".to_owned(), only(4, "2027-05-31")),
        (format!("{URL}\n{ID}\n{secret}\n2027-05-31"), [URL, ID, secret, "-", "2027-05-31"].map(str::to_owned)),
        (
            format!("Anwendungs-ID (Client): {ID}\nVerzeichnis-ID (Mandant): {TENANT}"),
            ["-", ID, "-", TENANT, "-"].map(str::to_owned),
        ),
    ] {
        assert_eq!(values(&read(&text)), expected, "{text}");
    }
    assert_eq!(read("Name: Contoso\nURL: contoso.crm4.dynamics.com").name.as_deref(), Some("Contoso"));
}

#[test]
fn what_is_left_out_or_doubtful_is_said() {
    let secret = secret();
    for (text, said) in [
        (ID.to_owned(), "The ID has no label"),
        (format!("{URL}\n{ID}\n{OTHER}"), "IDs without a label"),
        (format!("ucc\t{secret}\t{OTHER}"), "The Secret ID was left out"),
        (format!("Client ID: {ID}\nClient ID: {OTHER}"), "more than one client ID"),
        (format!("{secret}\n{}", secret.replace('x', "y")), "more than one client secret"),
        (format!("{URL}\nhttps://fabrikam.crm4.dynamics.com"), "more than one Environment URL"),
        (format!("{secret}\n5/6/2027"), "This is either"),
        (format!("{secret}\nhttps://make.powerapps.com"), "Power Apps"),
        (format!("Client ID: api://{ID}"), "Client ID: Removed"),
        (format!("Client secret: “{secret}”"), "Client secret: Removed"),
        (format!("see {secret}, thanks"), "The text around the client secret was left out"),
        (format!("AuthType=ClientSecret;Url={URL};ClientId={ID};ClientSecret=abc;d=ef"), "may be cut off"),
    ] {
        let remarks = read(&text).remarks;
        assert!(remarks.iter().any(|remark| remark.contains(said)), "{text}: {remarks:?}");
        assert!(!remarks.iter().any(|remark| remark.contains(&secret)), "{remarks:?}");
    }
    assert_eq!(read(&format!("{URL}\n{ID}\n{OTHER}")).client_id, None, "nobody guesses which one");
}

#[test]
fn what_cannot_be_used_stays_for_the_form_and_is_said() {
    let found =
        read("Environment URL: http://contoso.crm4.dynamics.com\nClient ID: contoso\nClient secret: {ClientSecret}");
    assert_eq!(values(&found)[..3], ["http://contoso.crm4.dynamics.com", "contoso", "{ClientSecret}"]);
    for (line, said) in [
        ("Client ID: {AppId}", "Client ID: This is a placeholder"),
        ("Client ID: 00000000-0000-0000-0000-000000000000", "Client ID: This ID is only zeros"),
        ("Client ID: 11111111-1111-1111-1111-111111111111", "Client ID: This is an example ID"),
        ("Client ID: contoso", "Client ID: This is not a client ID"),
        ("Client secret: *****", "Client secret: This looks like the portal's masked text"),
        ("Client secret: {ClientSecret}", "Client secret: This is a placeholder"),
        ("Client secret: sim8Q THIS", "Client secret: This contains a space"),
        ("Client secret: 99990000-dddd-4444-aaaa-8888bbbb7777", "Client secret: This looks like a Secret ID"),
        ("URL: http://contoso.crm4.dynamics.com", "Environment URL: The address must begin with https://"),
        ("URL: https://{org}.crm4.dynamics.com", "Environment URL: This is a placeholder"),
        ("URL: https://make.powerapps.com", "Environment URL: This is the address of the Power Apps maker portal"),
        ("Tenant: {TenantId}", "Tenant: This is a placeholder"),
    ] {
        let remarks = read(&format!("Name: Contoso\n{line}")).remarks;
        assert!(remarks.iter().any(|remark| remark.starts_with(said)), "{line}: {remarks:?}");
    }
}

#[test]
fn the_ids_of_other_things_are_left_out() {
    for label in
        ["Secret ID", "Geheime ID", "ID de secret", "Object ID", "Objekt-ID", "ID d'objet", "Subscription ID", "keyId"]
    {
        let found = read(&format!("Client ID: {ID}\n{label}: {OTHER}"));
        assert_eq!((found.client_id.as_deref(), found.tenant.as_deref()), (Some(ID), None), "{label}");
    }
    for label in ["Directory (tenant) ID", "Mandanten-ID", "Verzeichnis-ID (Mandant)", "ID de l'annuaire (locataire)"] {
        let found = read(&format!("Client ID: {ID}\n{label}: {TENANT}"));
        assert_eq!((found.client_id.as_deref(), found.tenant.as_deref()), (Some(ID), Some(TENANT)), "{label}");
    }
}

#[test]
fn what_holds_nothing_is_refused() {
    for text in
        ["", " \n\t\n", "Dear colleague, please call me back.", "a;b=c", "Secret ID: 1", "12", "hunter2", "<html>"]
    {
        let refused = PastedConnection::read(text, &Overrides::none()).expect_err(text);
        assert!(refused.starts_with("This contains no connection string"), "{text}: {refused}");
    }
    let portal = PastedConnection::read("https://portal.azure.com/#home", &Overrides::none());
    assert!(portal.expect_err("a portal").contains("portal"), "an address says what it is");
    let broken = PastedConnection::read(&format!("AuthType=ClientSecret;Url='{URL}"), &Overrides::none());
    assert!(broken.expect_err("broken").contains("quote"), "a broken connection string says where");
}

#[test]
fn a_secret_is_recognized_among_other_words() {
    let secret = secret();
    for text in [
        secret.clone(),
        format!("Value: {secret}"),
        format!("'{secret}';"),
        format!("ClientSecret={secret}"),
        format!("see {secret}, thanks"),
        format!("ucc\t{secret}\t1"),
        format!("<{secret}>"),
    ] {
        assert!(holds_a_client_secret(&text), "{text}");
    }
    for text in ["", "hunter2", ID, URL, "abc8Q~short", &secret[..36], &format!("{secret}x")] {
        assert!(!holds_a_client_secret(text), "{text}");
    }
}

#[test]
fn no_text_makes_it_panic_or_shows_a_secret() {
    let secret = secret();
    let parts = [
        "\n",
        "\t",
        ":",
        "=",
        ID,
        URL,
        &secret,
        "Client ID",
        "Value",
        "5/6/2027",
        "“",
        "ä",
        "://",
        "Expires",
        ";",
        "AuthType=",
    ];
    let mut seed = 11_u64;
    for _ in 0..20_000 {
        let mut text = String::new();
        for _ in 0..8 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            text.push_str(parts[(seed >> 33) as usize % parts.len()]);
        }
        let said = match PastedConnection::read(&text, &Overrides::none()) {
            Ok(found) => format!("{:?}", found.remarks),
            Err(error) => error,
        };
        assert!(!said.to_lowercase().contains(&secret.to_lowercase()), "{text}: {said}");
    }
}

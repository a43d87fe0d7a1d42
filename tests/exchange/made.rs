//! Small files of every kind that is text, made here: what comes in, what stays out, and the warnings.

use a365_password_tool::cloud::Overrides;
use a365_password_tool::exchange::import::{Column, DateOrder, Import, Options, Outcome, Refusal, WarningCode, read};

const ID: &str = "11112222-aaaa-3333-bbbb-4444cccc5555";
const URL: &str = "https://contoso.crm4.dynamics.com";

/// Reads a text with the given name.
fn read_named(text: &str, file_name: &str) -> Result<Import, Refusal> {
    let clouds = Overrides::none();
    read(text.as_bytes(), &Options { file_name, ..Options::new(&clouds, &|at| at.date_naive()) })
}

fn refused(text: &str) -> &'static str {
    read_named(text, "x").err().map_or("nothing", |refusal| refusal.code())
}

/// What came in as `format name secret expires`, and what was left out.
fn summary(text: &str) -> (String, Vec<String>) {
    let import = read_named(text, "file").unwrap_or_else(|refusal| panic!("{refusal}"));
    let profile = import.candidates.iter().map(|it| {
        assert_eq!(it.environment_url.as_ref().map(ToString::to_string).as_deref(), Some(URL), "{text}");
        assert_eq!(it.client_id.map(|id| id.to_string()).as_deref(), Some(ID), "{text}");
        let secret = it.client_secret.as_ref().map_or("-", |secret| secret.expose());
        format!("{} {secret} {}", it.name, it.secret_expires.map_or("-".to_owned(), |day| day.to_string()))
    });
    let profiles = profile.collect::<Vec<_>>().join(", ");
    let skipped = import.skipped.iter().map(|it| format!("{} {}", it.name, it.reason.id())).collect();
    (format!("{} {profiles}", import.format.id()), skipped)
}

#[test]
fn every_text_is_known_from_its_content() {
    let xrm = format!(
        "<?xml version=\"1.0\"?><CrmConnections><Connections><ConnectionDetail><NewAuthType>ClientSecret</NewAuthType>\
         <ConnectionName>A</ConnectionName><OriginalUrl>{URL}/</OriginalUrl><AzureAdAppId>{ID}</AzureAdAppId>\
         <ClientSecret>/ZTtozOraxltH2WAadTOJJMkWOT05z2xEqJWacVlF9WsUkTXe+0BOajXh/ykGh5T</ClientSecret></ConnectionDetail>\
         </Connections></CrmConnections>"
    );
    let keepass = format!(
        "<KeePassFile><Root><Group><Name>G</Name><Entry><String><Key>Title</Key><Value>A</Value></String><String><Key>UserName</Key>\
         <Value>{ID}</Value></String><String><Key>Password</Key><Value>pw</Value></String><String><Key>URL</Key><Value>{URL}\
         </Value></String><Times><Expires>True</Expires><ExpiryTime>2027-03-31T00:00:00Z</ExpiryTime></Times></Entry></Group></Root>\
         </KeePassFile>"
    );
    let string = format!("AuthType=ClientSecret;Url={URL};ClientId={ID};ClientSecret=pw");
    for (text, expected) in [
        (xrm, "xrmtoolbox A demo0NkVbUnxFTCSIf4n2nWUbsivliaxBvsp -"),
        (keepass, "keepass-xml A pw 2027-03-31"),
        (
            format!(
                "{{\"version\":1,\"connections\":[{{\"name\":\"A\",\"url\":\"{URL}\",\"authenticationType\":\"clientSecret\",\"clientId\":\"{ID}\"}}]}}"
            ),
            "pptb A - -",
        ),
        (
            format!(
                "{{\"encrypted\":false,\"items\":[{{\"type\":1,\"name\":\"A\",\"login\":{{\"username\":\"{ID}\",\"password\":\"pw\",\"uris\":[{{\"uri\":\
                 \"{URL}\"}}]}},\"fields\":[{{\"name\":\"Expires\",\"value\":\"2027-03-31\",\"type\":0}}]}}]}}"
            ),
            "bitwarden-json A pw 2027-03-31",
        ),
        (format!("{{ \"connectionstrings\": {{ \"A\": \"{string}\", }} /* x */ }}"), "appsettings A pw -"),
        (format!("{{\"ConnectionStrings:A\": \"{string}\"}}"), "appsettings A pw -"),
        (
            format!(
                "<configuration><connectionStrings><add name='A' connectionString='{string}'/></connectionStrings></configuration>"
            ),
            "appsettings A pw -",
        ),
        (
            format!(
                "[{{\"type\":\"powerplatform-spn\",\"name\":\"A\",\"url\":\"{URL}\",\"authorization\":{{\"parameters\":{{\"applicationId\":\"{ID}\"}}}}}}]"
            ),
            "azure-devops A - -",
        ),
        (
            format!(
                "{{\"Results\":[{{\"Name\":\"A\",\"UserDisplayName\":\"{ID}\",\"CloudInstance\":\"Public\",\"ActiveOrganization\":{{\"Item2\":\"{URL}\"}}}}]}}"
            ),
            "pac-auth-list A - -",
        ),
        (format!("A: {string}"), "connection-strings A pw -"),
        (format!("DATAVERSE_URL={URL}\nexport CLIENT_ID='{ID}' # x\nCLIENT_SECRET=\"p\\\"w\"\n"), "env contoso p\"w -"),
        (format!("A_CONNECTION=\"{string}\"\nB=1\n"), "env A_CONNECTION pw -"),
        (format!("Name;URL;Client ID;Secret;Expires\nA;{URL};{ID};pw;31.3.2027\n"), "csv A pw 2027-03-31"),
        (format!("Name\tURL\tClient ID\tSecret\r\nA\t{URL}\t{ID}\tpw\r\n"), "csv A pw -"),
        (format!("name,url,username,password,note\nA,{URL},{ID},pw,\n"), "browser-csv A pw -"),
        (
            format!(
                "\"Account\",\"Login Name\",\"Password\",\"Web Site\",\"Comments\"\r\n\"A\",\"{ID}\",\"p\\\\\\\"w\",\"{URL}\",\"\"\r\n"
            ),
            "keepass-csv A p\\\"w -",
        ),
    ] {
        assert_eq!(summary(&text), (expected.to_owned(), vec![]), "{text}");
    }
}

#[test]
fn other_peoples_secrets_stay_out() {
    let table = format!(
        "name,url,username,password,note\nMail,https://outlook.office.com,ada@contoso.example,pw,\nAda,{URL},ada@contoso.example,pw,\nA,{URL},{ID},pw,\n"
    );
    let skipped = vec!["Mail not_a_connection".to_owned(), "Ada other_sign_in".to_owned()];
    assert_eq!(summary(&table), ("browser-csv A pw -".to_owned(), skipped));
}

#[test]
fn what_cannot_be_taken_is_refused_as_a_whole() {
    for (text, code) in [
        ("", "empty_file"),
        (" \n", "empty_file"),
        ("<a", "xml_malformed"),
        ("<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><CrmConnections>&b;</CrmConnections>", "xml_doctype"),
        ("<Options/>", "unknown_xml"),
        (
            "<ConnectionsList><Files><ConnectionFile><Name>A</Name></ConnectionFile></Files></ConnectionsList>",
            "index_not_connections",
        ),
        ("{", "json_malformed"),
        ("[]", "unknown_json"),
        ("{}", "unknown_json"),
        ("{\"version\":2,\"connections\":[]}", "newer_version"),
        ("{\"connections\":[{\"authenticationType\":\"clientSecret\"}]}", "app_private_store"),
        ("{\"encrypted\":true,\"passwordProtected\":true,\"data\":\"x\"}", "encrypted_export"),
        ("<configuration><connectionStrings configProtectionProvider=\"x\"/></configuration>", "encrypted_section"),
        ("just some prose\nof two lines", "no_connections_found"),
        ("Name,URL,Client ID\n\"never closed,https://contoso.crm4.dynamics.com,x\n", "csv_malformed"),
        ("Name,URL,Client ID\n\"closed\" in the middle,x,y\n", "csv_malformed"),
    ] {
        assert_eq!(refused(text), code, "{text}");
    }
    assert_eq!(read_named("x", "a.KDBX").err().map(|refusal| refusal.code()), Some("not_kdbx"));
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(refused(&deep), "json_malformed");
    let deep = format!("<KeePassFile><Root>{}", "<Group>".repeat(500_000));
    assert_eq!(refused(&deep), "xml_malformed");
}

#[test]
fn a_person_says_what_a_table_does_not() {
    let clouds = Overrides::none();
    let text = format!("Was,Wo,Wer,Wie,Wann\nA,{URL},{ID},pw,5/6/2027\n");
    let asked = read_named(&text, "t.csv").expect("a question");
    assert_eq!(asked.outcome(), Outcome::NeedsChoice);
    assert_eq!(asked.questions[0].choices, ["Was", "Wo", "Wer", "Wie", "Wann"]);
    let columns = [
        (Column::Name, "was".to_owned()),
        (Column::Url, "Wo".to_owned()),
        (Column::ClientId, "#3".to_owned()),
        (Column::Secret, "Wie".to_owned()),
        (Column::Expires, "Wann".to_owned()),
    ];
    let chosen = Options { columns: &columns, ..Options::new(&clouds, &|at| at.date_naive()) };
    let import = read(text.as_bytes(), &chosen).expect("profiles");
    assert_eq!((import.outcome(), import.candidates[0].secret_expires), (Outcome::Profiles, None));
    assert_eq!(import.questions[0].choices, ["day-first", "month-first"]);
    let chosen = Options { dates: Some(DateOrder::MonthFirst), ..chosen };
    let import = read(text.as_bytes(), &chosen).expect("profiles");
    assert_eq!(import.candidates[0].secret_expires.map(|day| day.to_string()).as_deref(), Some("2027-05-06"));
    let wrong = [(Column::Name, "nobody".to_owned())];
    let wrong = Options { columns: &wrong, ..Options::new(&clouds, &|at| at.date_naive()) };
    assert_eq!(read(text.as_bytes(), &wrong).err().map(|refusal| refusal.code()), Some("no_such_column"));
    // Without a heading, by numbers alone.
    let bare = format!("A,{URL},{ID},pw\n");
    let columns = [(Column::Url, "#2".to_owned()), (Column::ClientId, "#3".to_owned())];
    let numbered = Options { columns: &columns, ..Options::new(&clouds, &|at| at.date_naive()) };
    assert_eq!(read(bare.as_bytes(), &numbered).expect("profiles").candidates.len(), 1);
}

#[test]
fn no_value_of_a_table_without_a_heading_is_shown_as_a_choice() {
    let asked = read_named(&format!("{URL},{ID},demo-secret-value=x\n"), "t.csv").expect("a question");
    assert_eq!(asked.questions[0].choices, ["#1", "#2", "#3"]);
}

#[test]
fn what_a_spreadsheet_does_to_values_is_told() {
    let text = format!(
        "Name,URL,Client ID,Secret,Expires\nA,{URL},{ID},1.23E+15,never\n'=B,{URL},{{{ID}}},{ID},\nC,https://contoso.example,x,pw,,surplus\n"
    );
    let import = read_named(&text, "t.csv").expect("profiles");
    let codes: Vec<Vec<WarningCode>> = (0..3).map(|number| import.codes_of(number)).collect();
    use WarningCode as W;
    assert_eq!(codes[0], [W::SecretWasANumber, W::DateUnreadable]);
    assert_eq!(codes[1], [W::SecretRefused, W::ClientIdShared]);
    assert_eq!(codes[2], [W::CellsTooMany, W::UrlRefused, W::ClientIdRefused]);
    assert_eq!(import.candidates[1].name, "=B");
}

#[test]
fn nothing_prints_a_secret() {
    let text = format!("A: AuthType=ClientSecret;Url={URL};ClientId={ID};ClientSecret=hunter2;Odd=hunter3\n");
    let import = read_named(&text, "x").expect("profiles");
    let printed = format!("{import:?}");
    assert!(!printed.contains("hunter2") && !printed.contains("hunter3"), "{printed}");
}

//! Connection strings as people paste them: with the line of the file around them, with placeholders and masks in them.

use a365_password_tool::connection_string::{ConnectionString, ConnectionStringError};

const URL: &str = "https://contoso.crm4.dynamics.com";
const ID: &str = "a1b2c3d4-0000-4000-8000-000000000001";

/// A secret that is clearly none, put together at run time.
fn secret() -> String {
    format!("sim8Q-{}-a-TEST-value.not-a-{}0", "THIS.is", "secret")
}

fn plain() -> String {
    format!("AuthType=ClientSecret;Url={URL};ClientId={ID};ClientSecret={}", secret())
}

fn codes(string: &ConnectionString) -> Vec<&'static str> {
    string.warnings().into_iter().map(|warning| warning.code).collect()
}

/// What is read of `text`, and the codes of its warnings.
fn read(text: &str) -> (Option<String>, Vec<&'static str>) {
    let string = ConnectionString::parse_line(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    assert_eq!((string.url(), string.client_id()), (Some(URL), Some(ID)), "{text}");
    (string.client_secret_value().map(|secret| secret.expose().to_owned()), codes(&string))
}

#[test]
fn a_whole_line_of_a_file_is_read_and_named() {
    let (s, secret) = (plain(), secret());
    let entities = s.replace("AuthType", "&#65;uthType").replace('=', "&#x3D;");
    let lines = [
        (format!("$\"{s}\""), "C#"),
        (format!("@\"{s}\""), "C#"),
        (format!("var connectionString = $\"{s}\";"), "C#"),
        (format!("string cs = @$\"{s};\";"), "C#"),
        (format!("    private const string Secret = \"{s}\"; // test"), "C#"),
        (format!("var client = new ServiceClient(\"{s}\");"), "call"),
        (format!("conn_str = f\"{s}\""), "C#"),
        (format!("$connectionString=\"{s}\""), "PowerShell"),
        (format!("$env:DATAVERSE = '{s}'"), "PowerShell"),
        (format!("Get-CrmConnection -ConnectionString \"{s}\""), "PowerShell"),
        (format!("[Environment]::SetEnvironmentVariable(\"CONN\", \"{s}\")"), "PowerShell"),
        (format!("set CONN={s}"), "“set” line"),
        (format!("SETX CONN {s}"), "“set” line"),
        (format!("set \"CONN={s}\""), "“set” line"),
        (format!("SETX CONN \"{s}\""), "set"),
        (format!("export CONN=\"{s}\""), "shell"),
        (format!("export CONN='{s}'"), "shell"),
        (format!("DATAVERSE_CONNECTION={s}"), "settings"),
        (format!("DATAVERSE_CONNECTION=\"{s}\"\nOTHER=1"), "settings"),
        (format!("Dataverse__ConnectionString={s}\r\nOTHER=1"), "settings"),
        (format!("<add name=\"Dev\" connectionString=\"{s}\"/>"), "XML"),
        (format!("<add connectionString='{s}' name='Dev' providerName='x' />"), "XML"),
        (format!("<connectionString>{s}</connectionString>"), "XML"),
        (format!("<add key=\"Dev\" value=\"{entities}\" />"), "XML"),
        (format!("\"Dataverse\": \"{s}\","), "JSON"),
        (format!("{{ \"ConnectionStrings\": {{ \"Dataverse\": \"{s}\" }} }}"), "JSON"),
        (format!("  connectionString: \"{s}\""), "JSON"),
        (format!("Connection string: {s}"), "label"),
        (format!("set CONN={s} && app.exe"), "set"),
        (format!("set CONN={s} & app.exe"), "set"),
        (format!("setx CONN \"{s}\" /M"), "set"),
        (format!("CONN={s} ./app --once"), "settings"),
        (format!("CONN={s} # production"), "settings"),
        (format!("export CONN={s} && ./app"), "shell"),
        (format!("export CONN='{s}' && ./app"), "shell"),
        (format!("export CONN='{s}' & ./app"), "shell"),
        (format!("set \"CONN={s}\" & app.exe"), "set"),
        (format!("CONN=\"{s}\" && ./app"), "settings"),
        (format!("Get-CrmConnection -ConnectionString \"{s}\" && Get-CrmRecords"), "PowerShell"),
        (format!("<value><![CDATA[{s}]]></value>"), "XML"),
        (format!("<add key=\"Dev\"><![CDATA[{s}]]></add>"), "XML"),
        (format!("`{s}`"), "marks"),
        (format!("```\n{s}\n```"), "marks"),
        (format!("**{s}**"), "marks"),
        (format!("**Connection string:** `{s}`"), "marks"),
        (format!("**Connection string:** {s}"), "marks"),
        (format!("- {s}"), "marks"),
        (format!("* {s}"), "marks"),
        (format!("• {s}"), "marks"),
        (format!("\u{a0}·\t{s}"), "marks"),
        (format!("1. {s}"), "marks"),
        (format!("> {s}"), "marks"),
        (format!("| UCC | {s} |"), "marks"),
        (format!("| UCC | `{s}` |"), "marks"),
        (format!("- name: CONN\n  value: {s}"), "label"),
        (format!("Dim cs = \"{s}\" & vbCrLf"), "C#"),
        (format!("Dim cs As String = \"{s}\" & Chr(13) & Chr(10)"), "C#"),
        (format!("\"{s}\" & vbCrLf"), "C#"),
        (format!("\"{s}\" + Environment.NewLine"), "C#"),
        (format!("var cs = \"{s};\" + System.Environment.NewLine;"), "C#"),
        (format!("var cs = \"{s}\" + \"\\r\\n\";"), "C#"),
        (format!("$cs = \"{s}\" + \"`r`n\""), "PowerShell"),
        (format!("$cs = \"{s}`r`n\""), "PowerShell"),
        (format!("$cs = \"{s}\" + [Environment]::NewLine"), "PowerShell"),
        (format!("string cs = \"{s}\\n\";"), "C#"),
        (format!("\"Dataverse\": \"{s}\\n\""), "JSON"),
        (format!("ENV CONN {s}"), "Dockerfile"),
        (format!("ENV CONN={s}"), "Dockerfile"),
        (format!("ENV CONN=\"{s}\""), "Dockerfile"),
        (format!("ARG CONN={s}"), "Dockerfile"),
        (format!("The string is {s}"), "other words"),
        (format!("Hi,\n\n{s}\n\nRegards"), "other words"),
        (format!("Hello Ann.\r\n{s}\r\n\r\nBob"), "other words"),
        (format!("Connection string: {s}\n\nRegards"), "label"),
        (format!("[{s}]"), "brackets"),
        (format!("({s})"), "brackets"),
        (format!("{{{s}}}"), "brackets"),
        (format!("<{s}>"), "brackets"),
        (s.replace(';', "\\;"), "backslash"),
        (format!("$\"{s}{{Environment.NewLine}}\""), "C#"),
        (format!("[{s}](https://contoso.com)"), "brackets"),
        (format!("(see {s})"), "other words"),
        (format!("12: <add connectionString=\"{s}\"/>"), "XML"),
        (format!("<value>\"{s}\"</value>"), "XML"),
        (format!("<a title=\"x;y\">{s}</a>"), "XML"),
        (format!("string cs=\"{s}\";"), "C#"),
        (format!("log(\"it's\", \"{s}\");"), "call"),
        (format!("log(\"it’s\", \"{s}\");"), "call"),
        (format!("ENV DB_CONN={s}"), "Dockerfile"),
        (format!("env my-conn={s}"), "settings"),
        (format!("CONN={}", s.replace(";Url", ";\nUrl")), "settings"),
        (format!("Connection string: {}\r\n\r\nRegards", s.replace(";ClientSecret=", ";ClientSecret=\r\n")), "label"),
        (format!("Connection string: {}\n\nRegards\nAnn", s.replace(";ClientSecret=", ";ClientSecret=\n")), "label"),
    ];
    for (line, name) in lines {
        let (found, codes) = read(&line);
        assert_eq!(found.as_deref(), Some(secret.trim_end_matches(';')), "{line}");
        let string = ConnectionString::parse_line(&line).expect("read above");
        let said = string.warnings().into_iter().find(|warning| warning.code == "taken_from_line");
        let said = said.unwrap_or_else(|| panic!("{line}: {codes:?}")).text;
        assert!(said.contains(name), "{line}: {said}");
    }
}

#[test]
fn each_language_has_its_own_way_to_write_a_quote() {
    let line = |before: &str, secret: &str, after: &str| {
        let text = format!("{before}AuthType=ClientSecret;Url={URL};ClientId={ID};ClientSecret={secret}{after}");
        read(&text).0.unwrap_or_default()
    };
    assert_eq!(line("var s = \"", "\\\"a;b\\\"", "\";"), "a;b");
    assert_eq!(line("var s = @\"", "\"\"a;b\"\"", "\";"), "a;b");
    assert_eq!(line("var s = $\"", "a{{b}}c", "\";"), "a{b}c");
    assert_eq!(line("var s = @$\"", "\"\"a;b{{c}}\"\"", "\";"), "a;b{c}");
    assert_eq!(line("var s = $@\"", "\"\"a;b{{c}}\"\"", "\";"), "a;b{c}");
    assert_eq!(line("var s = \"", "a{{b", "\";"), "a{{b", "braces stand for themselves without a “$”");
    assert_eq!(line("var s = \"", "ab\"\"cd", "\";"), "ab", "a second quote is none of it without an “@”");
    assert_eq!(line("var s = @\"", "a\\\\b", "\";"), "a\\\\b", "a backslash stands for itself behind an “@”");
    assert_eq!(line("export CONN=\"", "\\\"a;b\\\"", "\""), "a;b");
    assert_eq!(line("export CONN='", "a\\\"b", "'"), "a\\\"b", "nothing is escaped between a shell's single quotes");
    assert_eq!(line("CONN=\"", "\\\"a;b\\\"", "\""), "a;b");
    assert_eq!(line("CONN=", "abcé;", " # prod"), "abcé");
    assert_eq!(line("The string is ", "ab)", ""), "ab)", "only a bracket that was opened is closed");
    assert_eq!(line("$s = \"", "`\"a;b`\"", "\""), "a;b");
    assert_eq!(line("$s = '", "''a;b''", "'"), "a;b");
    assert_eq!(line("$s = \"", "'a;b'", "\""), "a;b");
    assert_eq!(line("\"D\": \"", "a\\u0026b\\u002Bc", "\""), "a&b+c");
    assert_eq!(line("\"D\": \"", "\\\"a;b\\\"", "\""), "a;b");
    assert_eq!(line("<add connectionString=\"", "&quot;a;b&quot;", "\"/>"), "a;b");
    assert_eq!(line("<add connectionString=\"", "ab1&amp;cd2", "\"/>"), "ab1&cd2");
    assert_eq!(line("", "ab1&amp;cd2.ef3", ""), "ab1&cd2.ef3");
    assert_eq!(line("<value><![CDATA[", "\"a&amp;b\"", "]]></value>"), "a&amp;b", "CDATA is not spelt for XML");
    assert_eq!(line("- ", "a*b*", ""), "a*b*", "only what closes an opened mark goes");
    assert_eq!(line("CONN=\"", "\"a;b\"", "\""), "a;b", "nobody escaped the quotes within");
    assert_eq!(line("var s = $\"", "abc{suffix}", "\";"), "abc{value}", "a part of the secret is not known");
    assert_eq!(line("var s = $\"", "{secret}", "\";"), "{secret}");
    assert_eq!(line("var s = \"", "abc;\" +\n  \"RequireNewInstance=true", "\";"), "abc", "two pieces are one string");
    assert_eq!(
        line("var s = \"", "abc\" & vbCrLf & \";RequireNewInstance=true", "\""),
        "abc",
        "a line break is none of it"
    );
    assert_eq!(line("var s = \"", "abc\" + suffix + \"", "\";"), "abc", "an empty literal behind completes nothing");
    assert_eq!(line("var s = \"", "abc\" + suffix + \";", "\";"), "abc{value}", "a part of the secret is not known");
    assert_eq!(line("var s = \"", "a\\\\b", "\";"), "a\\b");
    assert_eq!(line("var s = \"", "ab\\ncd", "\";"), "ab\ncd");
    assert_eq!(line("var s = \"", "abc\" + $\"{{d}}", "\";"), "abc{d}", "each piece is read in its own way");
    assert_eq!(line("var s = \"", "abc\" + @\"d\\\\e", "\";"), "abcd\\\\e");
    assert_eq!(line("var s = \"", "abc\" + $@\"{{d}}\\\\e", "\";"), "abc{d}\\\\e");
    assert_eq!(line("var s = @\"", "abc\" + \"d\\\\e", "\";"), "abcd\\e");
    assert_eq!(line("var s = \"", "abc\" + Get(a, b[1]) + \";", "\";"), "abc{value}", "a call is one piece");
    assert_eq!(line("var s = \"", "\" & secret & vbCrLf & \"", "\""), "{value}", "a line break is no secret");
    assert_eq!(
        line("$s = \"", "\" + 'ab\\", "'"),
        "ab\\",
        "a backslash escapes nothing between PowerShell's single quotes"
    );
    assert_eq!(line("s = '", "' + 'a\\'b", "'"), "a'b", "in other languages it does");
    assert_eq!(line("var s = $\"", "\" + secret + \";", "\";"), "{value}", "what a variable holds is not known");
}

#[test]
fn what_is_joined_to_the_end_is_left_out_and_said() {
    let s = plain();
    for line in [
        format!("var cs = \"{s}\" + suffix;"),
        format!("var cs = \"{s};\" + rest"),
        format!("\"{s}\" + suffix"),
        format!("\"{s}\" & rest"),
        format!("Dim cs = \"{s}\" & rest & vbCrLf"),
        format!("var cs = \"{s}\" + Get(\"x\");"),
        format!("var client = new ServiceClient(\"{s}\" + suffix);"),
        format!("$cs = \"{s}\" + $rest"),
        format!("conn = \"{s}\" + os.environ[\"X\"]"),
        format!("var cs = \"{s}\" + a + b;"),
        format!("var cs = \"\"\"{s}\"\"\" + suffix;"),
    ] {
        let (found, codes) = read(&line);
        assert_eq!(found, Some(secret()), "{line}");
        assert_eq!(codes, ["taken_from_line", "joined_text"], "{line}");
    }
    assert_eq!(read(&format!("Connect(\"{s}\" + Environment.NewLine);")).1, ["taken_from_line"]);
    let unknown = "var cs = \"AuthType=ClientSecret;Url=https://contoso.crm4.dynamics.com;ClientId=\" + id + \";ClientSecret=ab\" + c + \";\"";
    let string = ConnectionString::parse_line(unknown).expect("it reads");
    assert_eq!(codes(&string), ["client_id_not_guid", "secret_placeholder", "taken_from_line"]);
}

#[test]
fn written_line_breaks_between_the_keys_are_read_and_said() {
    let s = plain();
    for text in [
        s.replace(';', ";\\n"),
        s.replace(';', ";\\r\\n"),
        s.replace(';', "\\n"),
        s.replace(';', "; \\n  "),
        format!("\"{}\"", s.replace(';', ";\\n")),
        format!("\"{s}\\n\""),
        format!("CONN={}", s.replace(';', ";\\n")),
        s.replace(";ClientSecret", ";\\nClientSecret"),
        s.replace(";Url", "\\nUrl"),
        format!("{};\\nRequireNewInstance=true", s),
    ] {
        let (found, codes) = read(&text);
        assert_eq!(found, Some(secret()), "{text}");
        assert!(codes.contains(&"written_line_breaks"), "{text}: {codes:?}");
    }
    for kept in ["ab\\ncd", "ab\\n", "\"a;\\nb\"", "ab\\ncd=e", "\"a\\nUrl=b\""] {
        let text = plain().replace(&secret(), kept);
        let expected = kept.trim_matches('"');
        assert_eq!(read(&text).0.as_deref(), Some(expected), "a secret that stands alone is as .NET reads it");
    }
}

#[test]
fn two_separators_with_a_backslash_are_enough() {
    let string =
        ConnectionString::parse_line(&format!("AuthType=ClientSecret\\;Url={URL}\\;ClientId={ID}")).expect("it reads");
    assert_eq!((string.url(), string.client_id()), (Some(URL), Some(ID)));
}

#[test]
fn the_warnings_of_the_text_leave_the_values_out() {
    let text = format!("var cs = \"{};Url={URL};Foo=1;foo=2\" + suffix;", plain().replace(ID, "no-id"));
    let string = ConnectionString::parse_line(&text).expect("it reads");
    let found = string.warnings_of_its_text();
    let codes: Vec<_> = found.iter().map(|warning| warning.code).collect();
    assert_eq!(codes, ["duplicate_key", "duplicate_key", "taken_from_line", "joined_text"]);
    assert!(found[0].text.starts_with("“Url” appears more than once"), "{}", found[0].text);
}

#[test]
fn xmls_spelling_is_said() {
    let text = plain().replace(&secret(), "ab1&amp;cd2.ef3");
    assert_eq!(read(&text).1, ["xml_entities"]);
}

#[test]
fn a_string_that_stands_alone_is_read_as_dotnet_reads_it() {
    let quoted = format!("\"{}\"", plain());
    for text in [
        plain(),
        format!("  {}  ", plain()),
        format!("Nonsense=1;{}", plain()),
        format!(";{};", plain()),
        plain().replace(&secret(), "'AuthType=x;\"'"),
        plain().replace(&secret(), "\"$(x) Url=\""),
        plain().replace(&secret(), "a&b&c"),
        format!("\u{feff}{}", plain()),
        format!("Nonsense=1;Note: {}", plain()),
        format!("The string is {}", plain().replace("AuthType=ClientSecret;", "")),
        format!("12, {}", plain()),
        format!("see a=1, {}", plain()),
        format!("Hello {}", plain()),
        format!(". {}", plain()),
        format!("It is x{}", plain()),
        format!("It is 9{}", plain()),
        format!("It is my_{}", plain()),
        "garbage".to_owned(),
        "AuthType".to_owned(),
        "=".to_owned(),
        String::new(),
    ] {
        let values = |read: Result<ConnectionString, ConnectionStringError>| {
            let url = |string: &ConnectionString| string.url().map(str::to_owned);
            read.map(|string| (url(&string), string.client_secret_value().cloned(), codes(&string)))
        };
        assert_eq!(values(ConnectionString::parse_line(&text)), values(ConnectionString::parse(&text)), "{text}");
    }
    let refused = ConnectionString::parse_line(&quoted).err();
    assert_eq!(refused, Some(ConnectionStringError::WrappedInQuotes { position: 1 }));
    let pasted = ConnectionString::parse_pasted(&quoted).expect("a person pasted it");
    assert_eq!((pasted.url(), codes(&pasted)), (Some(URL), vec!["wrapped_in_quotes"]));
    let pasted = ConnectionString::parse_pasted(&format!("\u{feff}“{}”\u{200b}", plain())).expect("a person pasted it");
    assert_eq!((pasted.url(), codes(&pasted)), (Some(URL), vec!["wrapped_in_quotes", "byte_order_mark"]));
}

#[test]
fn values_are_judged_as_the_form_judges_them() {
    let with = |url: &str, id: &str, secret: &str| {
        let text = format!("AuthType=ClientSecret;Url={url};ClientId={id};ClientSecret={secret}");
        codes(&ConnectionString::parse_line(&text).unwrap_or_else(|error| panic!("{text}: {error}")))
    };
    let s = secret();
    for (id, secret, expected) in [
        ("{AppId}", "{ClientSecret}", &["client_id_not_guid", "secret_placeholder"][..]),
        ("$(ClientId)", "$(Secret)", &["client_id_not_guid", "secret_placeholder"]),
        ("[YOUR_CLIENT_ID]", "[YOUR_CLIENT_SECRET]", &["client_id_not_guid", "secret_placeholder"]),
        ("<client-id>", "<client-secret>", &["client_id_not_guid", "secret_placeholder"]),
        ("%APP_ID%", "%APP_SECRET%", &["client_id_not_guid", "secret_placeholder"]),
        ("${CLIENT_ID}", "${CLIENT_SECRET}", &["client_id_not_guid", "secret_placeholder"]),
        ("#{ClientId}#", "#{ClientSecret}#", &["client_id_not_guid", "secret_placeholder"]),
        ("xxx", "xxx", &["client_id_not_guid", "secret_placeholder"]),
        ("your-client-id-here", "your-client-secret-here", &["client_id_not_guid", "secret_placeholder"]),
        ("00000000-0000-0000-0000-000000000000", "*****", &["client_id_not_guid", "secret_masked"]),
        (ID, "sim******************", &["secret_masked"]),
        (ID, "••••••••", &["secret_masked"]),
        (ID, "***REDACTED***", &["secret_masked"]),
        ("UCC CRM Service", &s, &["client_id_not_guid"]),
        (ID, "sim8Q-THIS\r\n-value", &["secret_unusable"]),
        (ID, "sim8Q\u{200b}-THIS", &["secret_unusable"]),
        (ID, "“sim8Q-THIS”", &["secret_trimmed"]),
        (ID, "sim8Q-THIS\u{200b}", &["secret_trimmed"]),
        (ID, "'\"sim8Q-THIS\"'", &["secret_in_quotes"]),
        (ID, "sim8Q–THIS", &["secret_not_ascii"]),
        ("api://a1b2c3d4-0000-4000-8000-000000000001", &s, &["client_id_cleaned"]),
        ("a1b2c3d4–0000–4000–8000–000000000001", &s, &["client_id_cleaned"]),
        (ID, "a1b2c3d4-0000-4000-8000-000000000009", &["secret_is_guid"]),
        ("a1b2c3d4-00\r\n00-4000-8000-000000000001", &s, &["client_id_cleaned"]),
        ("a1b2c3d4 0000 4000 8000 000000000001", &s, &["client_id_cleaned"]),
        ("a1b2c3d4-0000-4000-8000- 000000000001", &s, &["client_id_cleaned"]),
        ("Secret ID: a1b2c3d4-0000-4000-8000-000000000001", &s, &["client_id_not_guid"]),
        ("Objekt-ID: a1b2c3d4-0000-4000-8000-000000000001", &s, &["client_id_not_guid"]),
        ("11111111-1111-1111-1111-111111111111", &s, &["client_id_not_guid"]),
        ("51f81489-12ee-4a9e-aaae-a2591f45987d", &s, &["sample_client_id"]),
        (ID, "sim8Q-THIS # prod", &["secret_extra_text"]),
        (ID, "sim8Q-THIS (see ticket 12)", &["secret_extra_text"]),
        (ID, "sim8Q-THIS, thanks", &["secret_extra_text"]),
        (ID, "sim8Q-THIS\"/>", &["secret_extra_text"]),
        (ID, "sim8Q-THIS</value>", &["secret_extra_text"]),
        (ID, "sim8Q-THIS</connectionString>", &["secret_extra_text"]),
        (ID, "sim8Q-THIS**", &["secret_extra_text"]),
        (ID, "sim8Q-THIS`", &["secret_extra_text"]),
        (ID, "sim8Q-THIS\\n", &["secret_extra_text"]),
        (ID, "'\"*****\"'", &["secret_masked"]),
        (ID, "(hidden)", &["secret_masked"]),
        (ID, "(a1b2c3d4-0000-4000-8000-000000000009)", &["secret_is_guid"]),
        (ID, "a1b2c3d4-0000-4000-8000-000000000009.", &["secret_is_guid"]),
        (ID, "[6gyXA5S20@MN+", &[]),
        (ID, &s, &[]),
    ] {
        assert_eq!(with(URL, id, secret), expected, "{id} {secret:?}");
    }
    for (url, code) in [
        ("https://make.powerapps.com/environments/x", "url_not_dataverse"),
        ("https://admin.powerplatform.microsoft.com", "url_not_dataverse"),
        ("https://contoso.operations.dynamics.com", "url_not_dataverse"),
        ("https://contoso.crm4.dynamics.com.mcas.ms", "url_not_dataverse"),
        ("http://contoso.crm4.dynamics.com", "url_not_https"),
        ("https://contoso.crm4.dynamics.com:8443", "url_invalid"),
        ("$(BuildTools.EnvironmentUrl)", "url_unusable"),
        ("contoso.crm4.dynamics.com", "url_unusable"),
        ("https://contoso.crm4.dynamics.com.", "url_cleaned"),
        ("[Url]", "url_unusable"),
        ("https://contoso.crm4.dyn\r\namics.com", "url_cleaned"),
        ("https://contoso.crm4.\n  dynamics.com", "url_unusable"),
        ("https://{org}.crm4.dynamics.com", "url_invalid"),
        ("https://<org>.crm4.dynamics.com", "url_invalid"),
        ("https://yourorg.crm4.dynamics.com", "url_invalid"),
        ("https://contoso.crm4.dynamics.com,https://fabrikam.crm4.dynamics.com", "url_invalid"),
    ] {
        assert_eq!(with(url, ID, &s), [code], "{url}");
    }
    let same = format!("{};TenantId={ID}", plain());
    let found = codes(&ConnectionString::parse_line(&same).expect("it reads"));
    assert_eq!(found, ["client_id_is_tenant_id", "tenant_ignored"]);
}

#[test]
fn a_settings_name_behind_a_secret_is_no_cut_secret() {
    for key in [
        "ProxyVersion=9.2",
        "MaxRetryCount=3",
        "BusinessUnitId=1",
        "Environment=prod",
        "Region=EMEA",
        "LogLevel=Debug",
        "UseSSL=true",
        "OrgName=contoso",
        "CallerId=x",
        "Kunde=Contoso",
        "Foo=bar",
        "Max Pool Size=5",
        "OAuth2=true",
        "UseOAuth=1",
        "KeepAlive=30",
        "HttpTimeout=60",
    ] {
        let string = ConnectionString::parse_line(&format!("{}; {key}", plain())).expect("it reads");
        assert_eq!(codes(&string), ["unknown_key"], "{key}");
    }
    for name in
        ["HttpProxyAddress=x", "crm_env=prod", "tls12=true", "UTF8=1", "ipv6=on", "v2=x", "test123=1", "APP_ENV=prod"]
    {
        let string = ConnectionString::parse_line(&format!("{}; {name}", plain())).expect("it reads");
        assert_eq!(codes(&string), ["unknown_key"], "{name}");
    }
    // Where a piece ends in “=”, its key has no value.
    for rest in [
        "d=ef",
        "x7Tz=1",
        "kQzVbT=x",
        "9fQ~x=",
        "9fQ~x=a",
        "Ab3dEf==g=h",
        "T0p5ecret=x",
        "TOPsecretTAIL0123456789abcdef=",
        "cd=",
        "xY9=;",
        "x7Tz=1;y8U=",
    ] {
        let string = ConnectionString::parse_line(&format!("{};{rest}", plain())).expect("it reads");
        assert_eq!(codes(&string), ["secret_cut"], "{rest}");
        let piece = rest.split('=').next().expect("a piece");
        assert!(piece.len() < 3 || !format!("{:?} {string:?}", string.warnings()).contains(piece), "{rest} is shown");
    }
    for (rest, expected) in [
        ("Hunter=", &["unknown_key"][..]),
        ("Region=", &[]),
        ("RequireNewInstance=", &[]),
        ("ab;cd=", &["secret_cut", "missing_equals"]),
    ] {
        let string = ConnectionString::parse_line(&format!("{};{rest}", plain())).expect("it reads");
        assert_eq!(codes(&string), expected, "{rest}");
    }
    let whole = format!("abc8{}{}", "Q~", "y".repeat(34));
    let string = ConnectionString::parse_line(&plain().replace(&secret(), &format!("{whole};d=ef"))).expect("it reads");
    assert_eq!(codes(&string), ["unknown_key"], "a secret of today's shape is whole");
}

#[test]
fn what_may_be_the_rest_of_a_secret_is_never_shown() {
    for rest in ["Hunter", "x7TzQ", "kQzVbT", "Umgebung", "Geheimnis"] {
        let string = ConnectionString::parse_line(&format!("{};{rest}=x", plain())).expect("it reads");
        let shown: Vec<String> = string.unknown_keys_shown().collect();
        let said = format!("{shown:?} {:?} {string:?}", string.warnings());
        assert!(!said.contains(rest) && said.contains(&format!("{} characters", rest.len())), "{said}");
    }
}

#[test]
fn no_text_makes_it_panic() {
    let parts = [
        "\"",
        "'",
        "`",
        "=",
        "<",
        ">",
        "&amp;",
        "&#",
        "&#x110000;",
        "\\",
        "\\u",
        "\\u12",
        "$@\"",
        "{{",
        "}",
        "+",
        "AuthType=",
        "Url=",
        "ä",
        "“",
        "\u{feff}",
        "\0",
        "set ",
        ":",
        "\n",
        ";",
        "\"\"\"",
        "(",
        ")",
    ];
    let mut seed = 7u64;
    for _ in 0..20_000 {
        let mut text = String::new();
        for _ in 0..8 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            text.push_str(parts[(seed >> 33) as usize % parts.len()]);
        }
        if let Ok(string) = ConnectionString::parse_pasted(&text) {
            string.warnings();
        }
        let _ = ConnectionString::parse_line(&text);
    }
}

//! What a template, a program or a person puts where a value belongs.

/// What stands in a connection string for the value of a variable, which a line of code joins into it.
pub(crate) const JOINED_VALUE: &str = "{value}";

/// What a variable is called in a template in place of the value: `{AppId}`, `$(Secret)`, `[YOUR_ID]`, `<secret>`,
/// `%ID%`, `${…}`, `#{…}#`, `xxx`, `your-client-id-here`, `process.env.SECRET`, `@Microsoft.KeyVault(…)`; also a part that a
/// line of code joins from elsewhere.
pub fn is_placeholder(text: &str) -> bool {
    let text = text.trim();
    if uuid::Uuid::try_parse(text).is_ok() {
        return false;
    }
    if text.contains(JOINED_VALUE) {
        return true;
    }
    const AROUND: [(&str, &str); 27] = [
        ("<%=", "%>"),
        ("<%", "%>"),
        ("{{{", "}}}"),
        ("%{", "}"),
        ("%%", "%%"),
        ("$$", "$$"),
        ("!!", "!!"),
        ("${{", "}}"),
        ("{%", "%}"),
        ("<<", ">>"),
        ("##", "##"),
        ("[[", "]]"),
        ("@{", "}"),
        ("%(", ")"),
        ("{{", "}}"),
        ("#{", "}#"),
        ("#{", "}"),
        ("${", "}"),
        ("$(", ")"),
        ("{", "}"),
        ("[", "]"),
        ("<", ">"),
        ("%", "%"),
        ("#", "#"),
        ("__", "__"),
        ("@@", "@@"),
        ("((", "))"),
    ];
    let inside = AROUND.iter().find_map(|(open, close)| text.strip_prefix(open)?.strip_suffix(close));
    if let Some(name) = inside {
        // A generated secret may begin and end with brackets, but is no row of words.
        return is_name_of_something(name);
    }
    if let Some(name) = text.strip_prefix('$') {
        return name.strip_prefix("env:").unwrap_or(name).starts_with(|c: char| c.is_ascii_alphabetic())
            && is_name_of_something(name);
    }
    let is_parameter = text.strip_prefix('@').is_some_and(|name| is_words_for_a_value(name) || is_looked_up(name));
    // Of the Windows command prompt.
    let delayed = text.strip_prefix('!').and_then(|name| name.strip_suffix('!'));
    is_parameter
        || delayed.is_some_and(is_words_for_a_value)
        || is_filler(text)
        || is_words_for_a_value(text)
        || is_looked_up(text)
}

/// An expression of a program, a pipeline or a cloud that fetches the value from elsewhere.
fn is_looked_up(text: &str) -> bool {
    // Source: https://learn.microsoft.com/azure/app-service/app-service-key-vault-references
    const KEY_VAULT: &str = "@microsoft.keyvault(";
    // References of secret stores: 1Password, Azure Key Vault, Bitwarden, HashiCorp Vault.
    const STORES: [&str; 7] = ["op://", "akv://", "keyvault://", "vault://", "bws://", "bw://", "secret://"];
    // CloudFormation's short functions.
    const FUNCTIONS: [&str; 5] = ["!ref ", "!sub ", "!getatt ", "!importvalue ", "!secret "];
    const SOURCES: [&str; 18] = [
        "pipeline().",
        "activity(",
        "process.env",
        "os.environ",
        "os.getenv(",
        "system.getenv(",
        "getenv(",
        "environment.getenvironmentvariable(",
        "[environment]::getenvironmentvariable(",
        "[system.environment]::getenvironmentvariable(",
        "configurationmanager.appsettings[",
        "configuration[",
        "config[",
        "_config[",
        "builder.configuration[",
        "parameters(",
        "variables(",
        "secrets.",
    ];
    let lowered = text.to_ascii_lowercase();
    let is_reference = STORES.iter().any(|start| lowered.starts_with(start))
        || FUNCTIONS.iter().any(|start| lowered.starts_with(start));
    if is_reference || (lowered.starts_with(KEY_VAULT) && lowered.ends_with(')')) {
        return true;
    }
    let of_terraform = ["var.", "local.", "data.", "module."].into_iter();
    let of_terraform = of_terraform.filter(|start| text.strip_prefix(start).is_some_and(is_snake_case));
    let named = SOURCES
        .iter()
        .copied()
        .chain(of_terraform)
        .find_map(|start| text.get(start.len()..).filter(|_| lowered.starts_with(start)));
    named.is_some_and(|name| is_name_of_something(name.trim_end_matches([';', '!', ','])))
}

/// `client_secret`, `azuread_application_password.ucc.value`.
fn is_snake_case(name: &str) -> bool {
    name.contains('_') && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '.'))
}

/// What stands between the words of a template's name.
const BETWEEN_WORDS: &str = "_-.:/()$'\"[]";

/// Whether `name` is words rather than a value: letters with `_`, `-`, `.`, `:` or spaces between, digits only at a
/// word's end.
fn is_name_of_something(name: &str) -> bool {
    let is_between = |c: char| c.is_whitespace() || BETWEEN_WORDS.contains(c);
    let mut words = name.split(is_between).filter(|word| !word.is_empty()).peekable();
    let is_word = |word: &str| {
        word.trim_end_matches(|c: char| c.is_ascii_digit()).chars().all(char::is_alphabetic)
            && word.chars().filter(char::is_ascii_digit).count() <= 3
    };
    words.peek().is_some() && words.all(is_word)
}

/// `xxx`, `XXXX-XXXX`, `xxxx~xxxx`, `...`, `?`, `---`, `TBD`, `n.a.`, `REPLACE_ME`, `dummy`.
fn is_filler(text: &str) -> bool {
    const WORDS: [&str; 25] = [
        "tbd",
        "tba",
        "tbc",
        "tobedefined",
        "tobedetermined",
        "tobeconfirmed",
        "tobeadded",
        "na",
        "todo",
        "fixme",
        "changeme",
        "changethis",
        "replaceme",
        "replacethis",
        "fillme",
        "fillmein",
        "fillin",
        "insertme",
        "dummy",
        "placeholder",
        "redacted",
        "none",
        "null",
        "undefined",
        "guid",
    ];
    let without = |marks: &[char]| text.chars().filter(|c| !marks.contains(c)).collect::<Vec<char>>();
    let is_row_of = |mark: char, least: usize| {
        text.chars().filter(|c| *c != ' ').count() >= least && { text.chars().all(|c| c == mark || c == ' ') }
    };
    let letters = without(&['-', '_', ' ', '~', '.']);
    let all = |of: char| letters.len() >= 2 && letters.iter().all(|c| c.eq_ignore_ascii_case(&of));
    let word: String = without(&['-', '_', ' ', '.', '/']).iter().map(char::to_ascii_lowercase).collect();
    all('x')
        || all('y')
        || all('z')
        || is_row_of('?', 1)
        || ['.', '#', '-', '_', '='].into_iter().any(|mark| is_row_of(mark, 3))
        || WORDS.contains(&word.as_str())
}

/// `your-client-id-here`, `<my secret>`, `client_secret`, `App Id`: the value's own name in its place.
fn is_words_for_a_value(text: &str) -> bool {
    const SUBJECTS: [&str; 14] = [
        "client",
        "secret",
        "app",
        "appid",
        "application",
        "clientid",
        "clientsecret",
        "id",
        "guid",
        "value",
        "key",
        "tenant",
        "url",
        "password",
    ];
    const OWNERS: [&str; 7] = ["my", "your", "the", "dummy", "example", "fake", "sample"];
    const REST: [&str; 35] = [
        "add",
        "change",
        "dummy",
        "example",
        "fake",
        "fill",
        "goes",
        "in",
        "me",
        "placeholder",
        "sample",
        "set",
        "to",
        "your",
        "my",
        "the",
        "a",
        "an",
        "here",
        "put",
        "insert",
        "enter",
        "paste",
        "replace",
        "with",
        "from",
        "azure",
        "ad",
        "entra",
        "registration",
        "dataverse",
        "crm",
        "org",
        "environment",
        "this",
    ];
    // `MySecret123`: people number their placeholders.
    let unnumbered = text.trim_end_matches(|c: char| c.is_ascii_digit());
    let is_numbered = unnumbered.len() < text.len() && text.len() - unnumbered.len() <= 4;
    let text = if is_numbered { unnumbered } else { text };
    let parted = words_parted_by_capitals(text).to_ascii_lowercase();
    let words: Vec<&str> = parted.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty()).collect();
    let plain = text.chars().all(|c| c.is_ascii_alphabetic() || " _-.()".contains(c));
    let known = |word: &&str| SUBJECTS.contains(word) || REST.contains(word);
    plain
        && words.iter().any(|word| SUBJECTS.contains(word) || *word == "here")
        && words.iter().all(known)
        && (!is_numbered || OWNERS.contains(&words[0]))
        && (words.len() >= 2 || ["clientid", "clientsecret", "appid", "secret", "guid", "password"].contains(&words[0]))
}

/// `MyClientSecret` as `My Client Secret`.
fn words_parted_by_capitals(text: &str) -> String {
    let mut parted = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if c.is_ascii_uppercase() && parted.ends_with(|before: char| before.is_ascii_lowercase()) {
            parted.push(' ');
        }
        parted.push(c);
    }
    parted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_known_in_every_spelling() {
        for text in [
            "{AppId}",
            "{ClientSecret}",
            "$(Secret)",
            "$(BuildTools.ApplicationId)",
            "[YOUR_CLIENT_SECRET]",
            "<secret>",
            "<your client secret>",
            "%CLIENT_SECRET%",
            "${CLIENT_ID}",
            "${{ secrets.CLIENT_ID }}",
            "#{ClientSecret}#",
            "xxx",
            "XXXXXXXX-XXXX-XXXX-XXXX-XXXXXXXXXXXX",
            "your-client-id-here",
            "YOUR_CLIENT_ID",
            "client_secret",
            "$appId",
            "$env:CLIENT_SECRET",
            "{0}",
            "{config.ClientId}",
            "{Environment.GetEnvironmentVariable(\"ClientId\")}",
            "...",
            "{{clientSecret}}",
            "__ClientSecret__",
            "clientid",
            "CLIENT_SECRET_HERE",
            "My Secret",
            "MyClientSecret",
            "yourSecret",
            "yourAppId",
            "REPLACE_ME",
            "change-me",
            "replace with your secret",
            "Replace this with the client secret from the Azure AD app registration here",
            "insert here",
            "dummy",
            "dummy-secret",
            "PLACEHOLDER",
            "<<ClientSecret>>",
            "##CLIENT_SECRET##",
            "#CLIENT_SECRET#",
            "[[client_secret]]",
            "{% client_secret %}",
            "@{clientSecret}",
            "%(client_secret)",
            "@Microsoft.KeyVault(SecretUri=https://contoso.vault.azure.net/secrets/ucc/)",
            "@Microsoft.KeyVault(VaultName=contoso;SecretName=ucc)",
            "process.env.CLIENT_SECRET",
            "process.env['CLIENT_SECRET']",
            "os.environ[\"CLIENT_SECRET\"]",
            "os.environ.get('CLIENT_SECRET')",
            "os.getenv(\"CLIENT_SECRET\")",
            "Environment.GetEnvironmentVariable(\"ClientSecret\")",
            "[Environment]::GetEnvironmentVariable('ClientSecret')",
            "ConfigurationManager.AppSettings[\"ClientSecret\"]",
            "Configuration[\"Dataverse:ClientSecret\"]",
            "parameters('clientSecret')",
            "[parameters('clientSecret')]",
            "secrets.CLIENT_SECRET",
            "var.client_secret",
            "data.azurerm_key_vault_secret.ucc.value",
            "changeme",
            "[Client ID]",
            "<%= secret %>",
            "{{{secret}}}",
            "$$SECRET$$",
            "%%SECRET%%",
            "!!SECRET!!",
            "!CLIENT_SECRET!",
            "%{secret}",
            "@secret",
            "@clientSecret",
            "@parameters('secret')",
            "@variables('clientSecret')",
            "@pipeline().parameters.secret",
            "!Ref Secret",
            "!Sub '${Secret}'",
            "op://vault/item/secret",
            "akv://contoso/ucc",
            "TBC",
            "to be defined",
            "To be confirmed",
            "n.a.",
            "N/A",
            "-----",
            "?",
            "???",
            "=====",
            "xxxx~xxxx",
            "MySecret123",
            "yourClientSecret1",
            "abc{value}",
        ] {
            assert!(is_placeholder(text), "{text}");
        }
    }

    #[test]
    fn what_may_be_a_value_is_no_placeholder() {
        for text in [
            "",
            "s",
            "hunter2",
            "[6gyXA5S20@MN+pq]",
            "{a1b2c3d4-0000-4000-8000-000000000001}",
            "abc==",
            "se cret;=",
            "%7Aab%",
            "[fRt4.g-7Kq]",
            "my;secret=\"one\"",
            "not-a-secret",
            "$2y7abc",
            "$aB3~x",
            "the crm environment",
            "https://contoso.crm4.dynamics.com",
            "<9a>8b",
            "contoso",
            "correct horse battery",
            "dummyK3y",
            "config[9~x]",
            "var.X7~q",
            "data.a",
            "@Microsoft",
            "#a8~#",
            "McDonald",
            "HoRsE",
            "@a8~x",
            "@contoso",
            "!a8~x!",
            "%%a8~x%%",
            "Winter2026",
            "secret1234",
            "x",
            "-",
            "na8~",
            "op:/x",
        ] {
            assert!(!is_placeholder(text), "{text}");
        }
    }
}

//! Whether a key that nobody knows is a setting's name or rather the rest of a secret that was cut at its “;”.

use super::field::is_known_key;

/// Words of which the names of settings are made. The rest of a random secret is never made of them alone.
const WORDS: [&str; 185] = [
    "access",
    "account",
    "address",
    "adfs",
    "affinity",
    "alive",
    "allow",
    "api",
    "app",
    "application",
    "async",
    "audience",
    "auth",
    "authentication",
    "authority",
    "batch",
    "bearer",
    "buffer",
    "business",
    "cache",
    "caller",
    "catalog",
    "cert",
    "certificate",
    "charset",
    "client",
    "cloud",
    "cluster",
    "code",
    "company",
    "compression",
    "config",
    "connect",
    "connection",
    "cookie",
    "cookies",
    "count",
    "crm",
    "culture",
    "customer",
    "data",
    "database",
    "dataverse",
    "debug",
    "default",
    "delay",
    "disable",
    "discovery",
    "display",
    "domain",
    "duration",
    "dynamics",
    "email",
    "enable",
    "encoding",
    "encrypt",
    "endpoint",
    "entity",
    "environment",
    "factor",
    "feature",
    "flags",
    "folder",
    "format",
    "global",
    "group",
    "home",
    "host",
    "http",
    "https",
    "id",
    "ids",
    "ignore",
    "impersonate",
    "info",
    "initial",
    "instance",
    "interval",
    "is",
    "keep",
    "key",
    "language",
    "legacy",
    "level",
    "lifetime",
    "limit",
    "locale",
    "log",
    "logging",
    "login",
    "mail",
    "max",
    "min",
    "mode",
    "name",
    "net",
    "new",
    "node",
    "notes",
    "number",
    "oauth",
    "offline",
    "online",
    "org",
    "organization",
    "output",
    "owner",
    "package",
    "page",
    "parallel",
    "password",
    "path",
    "persist",
    "plugin",
    "policy",
    "pool",
    "pooling",
    "port",
    "prefix",
    "private",
    "profile",
    "prompt",
    "protocol",
    "provider",
    "proxy",
    "public",
    "queue",
    "read",
    "realm",
    "redirect",
    "region",
    "remote",
    "request",
    "require",
    "resource",
    "retries",
    "retry",
    "role",
    "scheme",
    "scope",
    "sdk",
    "security",
    "send",
    "server",
    "service",
    "session",
    "site",
    "size",
    "source",
    "ssl",
    "stage",
    "state",
    "status",
    "store",
    "subscription",
    "target",
    "team",
    "telemetry",
    "tenant",
    "test",
    "time",
    "timeout",
    "tls",
    "token",
    "trace",
    "tracking",
    "trust",
    "type",
    "unit",
    "uri",
    "url",
    "use",
    "user",
    "validate",
    "validation",
    "value",
    "verify",
    "version",
    "wait",
    "web",
    "webhook",
    "workflow",
    "workspace",
    "write",
    "zone",
];

/// Whether `key` is made of words that settings are called by: `ProxyVersion`, `Max Retry Count`, `use_ssl`, `OAuth2`.
pub(super) fn is_name_of_a_setting(key: &str) -> bool {
    let words = words_of(&key.replace("OAuth", "Oauth"));
    let known = |word: &String| {
        let name = word.trim_end_matches(|c: char| c.is_ascii_digit());
        // A version of one or two digits; behind two letters it may be the end of a secret by chance.
        let may_have_a_version = name.len() >= 4 && word.len() - name.len() <= 2;
        WORDS.binary_search(&if may_have_a_version { name } else { word.as_str() }).is_ok()
    };
    is_known_key(key) || (!words.is_empty() && words.iter().all(known))
}

/// Whether `key` reads as a name in some language: letters in words of ordinary case, each with a vowel.
pub(super) fn reads_as_a_name(key: &str) -> bool {
    let is_plain = key.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '_' | '.' | '-' | ':'));
    let words = words_of(key);
    let is_vowel = |c: char| "aeiouyäöüåøéèà".contains(c);
    let reads = |word: &String| {
        let has_vowel = word.contains(is_vowel);
        let longest_run = word.split(is_vowel).map(str::len).max().unwrap_or_default();
        word.chars().count() >= 2 && has_vowel && longest_run <= 4
    };
    key.starts_with(char::is_alphabetic)
        && is_plain
        && key.chars().count() >= 3
        && words.len() <= 5
        && words.iter().all(reads)
        || is_made_of_short_names(key)
}

/// `HttpProxyAddress`, `crm_env`, `tls12`, `UTF8`, `ipv6`, `v2`, `test123`: a name that programs use, with a version behind it or
/// words parted by `_`.
fn is_made_of_short_names(key: &str) -> bool {
    const NAMES: [&str; 20] = [
        "utf", "ipv", "ip", "tls", "ssl", "v", "ver", "env", "dev", "prod", "uat", "qa", "http", "https", "sha", "tcp",
        "udp", "dns", "test", "api",
    ];
    let is_name = |word: &String| {
        let name = word.trim_end_matches(|c: char| c.is_ascii_digit());
        word.len() - name.len() <= 3
            && (NAMES.contains(&name) || (name.len() == word.len() && is_name_of_a_setting(name)))
    };
    let words = words_of(key);
    let is_one_case = key == key.to_lowercase() || key == key.to_uppercase() || key.contains('_');
    !words.is_empty() && words.iter().all(is_name) && (is_one_case || words.len() == 1)
}

/// The words of `key` in lower case: parted by capitals and by marks. `UseSSL` is two.
fn words_of(key: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let letters: Vec<char> = key.chars().collect();
    let mut word = String::new();
    for (at, c) in letters.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| letters[at]);
        let next_is_small = letters.get(at + 1).is_some_and(|c| c.is_lowercase());
        let begins = c.is_uppercase() && before.is_some_and(|before| !before.is_uppercase() || next_is_small);
        let is_mark = matches!(c, ' ' | '_' | '.' | '-' | ':');
        if (begins || is_mark) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if !is_mark {
            word.extend(c.to_lowercase());
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_in_order() {
        assert!(WORDS.is_sorted());
    }

    #[test]
    fn settings_are_told_from_pieces_of_secrets() {
        for key in [
            "ProxyVersion",
            "MaxRetryCount",
            "BusinessUnitId",
            "Environment",
            "Region",
            "LogLevel",
            "CallerId",
            "OrgName",
            "UseSSL",
            "DisableCookies",
            "Max Retry Count",
            "enable_affinity_cookie",
            "Time Zone",
            "ORGANIZATION",
            "OAuth2",
            "OAuth",
            "UseOAuth2",
            "Http2",
            "KeepAlive",
            "Proxy1",
            "Server02",
            "HttpProxyAddress",
            "SSLServerPort",
        ] {
            assert!(is_name_of_a_setting(key), "{key}");
        }
        for key in [
            "Foo",
            "MySetting",
            "Kunde",
            "Nonsense",
            "Umgebung",
            "Bemerkung",
            "crm_env",
            "tls12",
            "UTF8",
            "ipv6",
            "v2",
            "test123",
            "CRM_ENV",
            "sha256",
            "dev_api2",
            "tls.dev",
            "TLS-DEV",
            "Tls_Dev",
            "Tls12",
        ] {
            assert!(!is_name_of_a_setting(key) && reads_as_a_name(key), "{key}");
        }
        for key in [
            "d",
            "x7",
            "TOPx7x7TAIL",
            "Ab3dEf",
            "kQzVbT",
            "a.b~c",
            "9fQ",
            "q~x",
            "qWzRtP",
            "xK",
            "id5",
            "O2",
            "Http2345",
            "TlsDev",
            "Qzv Wrt",
            "TOPsecretTAIL0123456789abcdef",
        ] {
            assert!(!is_name_of_a_setting(key) && !reads_as_a_name(key), "{key}");
        }
    }
}

//! An administrator's own list of hosts that this version does not know yet.
//!
//! It decides where client secrets are sent, so it is read strictly: one mistake and nothing of it is used. It can
//! only add hosts. What the built-in table says about a host stays as it is.

use std::path::{Path, PathBuf};

use toml_edit::{DocumentMut, Item, Table, Value};

use super::{Cloud, CloudAddresses, domain};

/// The longest file that is read, in bytes.
const TEXT_LIMIT: usize = 64 * 1024;
/// The most entries.
const ENTRY_LIMIT: usize = 32;

/// Extra hosts of Dataverse environments. The default has none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    entries: Vec<Entry>,
    file: PathBuf,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    suffix: String,
    cloud: Cloud,
}

/// A cloud from an administrator's list: the same addresses as one of the table.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct ExtraCloud(pub(super) CloudAddresses);

/// Why an administrator's list is not used. Nothing of it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OverridesError {
    /// No TOML, or too long.
    #[error("The custom cloud list in {file} cannot be read: {reason}. None of it is used. Correct or remove it.")]
    Unreadable {
        /// The file.
        file: String,
        /// Where and why.
        reason: String,
    },
    /// An entry is wrong.
    #[error(
        "Entry {number} of the custom cloud list in {file} is wrong: {reason}. None of the list is used. Correct or \
         remove the entry."
    )]
    Entry {
        /// The file.
        file: String,
        /// Which entry, from 1.
        number: usize,
        /// What is wrong with it.
        reason: String,
    },
}

impl Overrides {
    /// No extra hosts.
    pub fn none() -> Overrides {
        Overrides::default()
    }

    /// Reads a list; `file` is named in errors and in [`Overrides::describe`]. See `docs/connection-check.md` for
    /// its form.
    pub fn parse(text: &str, file: &Path) -> Result<Overrides, OverridesError> {
        let shown = file.display().to_string();
        let unreadable = |reason: String| OverridesError::Unreadable { file: shown.clone(), reason };
        if text.len() > TEXT_LIMIT {
            return Err(unreadable("it is longer than 64 KiB".to_owned()));
        }
        let document: DocumentMut = text
            .parse()
            .map_err(|error: toml_edit::TomlError| unreadable(error.message().trim().replace('\n', " ")))?;
        if let Some((name, _)) = document.iter().find(|(name, _)| *name != "cloud") {
            return Err(unreadable(format!("“{name}” is not allowed in it; it can contain only [[cloud]] entries")));
        }
        let tables = match document.get("cloud") {
            None => return Ok(Overrides { entries: Vec::new(), file: file.to_owned() }),
            Some(Item::ArrayOfTables(tables)) => tables,
            Some(_) => return Err(unreadable("write each cloud as a [[cloud]] entry".to_owned())),
        };
        if tables.len() > ENTRY_LIMIT {
            return Err(unreadable(format!("it has more than {ENTRY_LIMIT} entries")));
        }
        let mut entries: Vec<Entry> = Vec::new();
        for (number, table) in (1..).zip(tables) {
            let wrong = |reason: String| OverridesError::Entry { file: shown.clone(), number, reason };
            let entry = read_entry(table).map_err(wrong)?;
            if entries.iter().any(|known| overlap(&known.suffix, &entry.suffix)) {
                return Err(wrong("another entry has the same or an overlapping environment_suffix".to_owned()));
            }
            entries.push(entry);
        }
        Ok(Overrides { entries, file: file.to_owned() })
    }

    /// The whole clouds that it adds, each once.
    pub fn clouds(&self) -> impl Iterator<Item = Cloud> {
        self.entries.iter().map(|entry| entry.cloud).filter(|cloud| matches!(cloud, Cloud::Extra(_)))
    }

    /// One line for people while extra hosts are active; `None` when there are none.
    pub fn describe(&self) -> Option<String> {
        match self.entries.len() {
            0 => None,
            1 => Some(format!("1 extra host from {}", self.file.display())),
            count => Some(format!("{count} extra hosts from {}", self.file.display())),
        }
    }

    /// The extra cloud of a lower-case host, with what stands before its suffix and the suffix.
    pub(super) fn find<'h>(&self, host: &'h str) -> Option<(Cloud, &'h str, &str)> {
        self.entries.iter().find_map(|entry| {
            let before = domain::before(host, &entry.suffix)?;
            Some((entry.cloud, before, entry.suffix.as_str()))
        })
    }
}

/// Whether one suffix is the other or lies within it.
fn overlap(one: &str, other: &str) -> bool {
    domain::is_at(one, other) || domain::is_at(other, one)
}

const WHOLE: [&str; 6] =
    ["name", "environment_suffix", "sign_in_host", "graph_host", "azure_portal", "power_platform_admin"];

/// One `[[cloud]]`: a further suffix of a cloud that is known, or a whole cloud.
fn read_entry(table: &Table) -> Result<Entry, String> {
    let is_known = |name: &str| WHOLE.contains(&name) || matches!(name, "cloud" | "sign_in_aliases");
    if let Some((name, _)) = table.iter().find(|(name, _)| !is_known(name)) {
        return Err(format!("“{name}” is not known"));
    }
    let text = |name: &str| -> Result<&str, String> {
        let item = table.get(name).ok_or_else(|| format!("“{name}” is missing"))?;
        item.as_str().ok_or_else(|| format!("“{name}” must be text in quotes"))
    };
    let host = |name: &str| read_host(text(name)?).map_err(|reason| format!("“{name}” {reason}"));
    let suffix = host("environment_suffix")?;
    if suffix.split('.').count() < 3 {
        return Err(
            "“environment_suffix” is too broad: it needs at least three parts, such as crm.dynamics.example".to_owned()
        );
    }
    if Cloud::ALL.iter().any(|cloud| overlap(&suffix, cloud.addresses().environment_domain)) {
        return Err("“environment_suffix” belongs to a cloud that this program already knows".to_owned());
    }
    let cloud = match table.get("cloud") {
        Some(_) => {
            if let Some(name) =
                table.iter().map(|(name, _)| name).find(|it| !matches!(*it, "cloud" | "environment_suffix"))
            {
                return Err(format!("“{name}” cannot be combined with “cloud”, which already sets the addresses"));
            }
            match text("cloud")? {
                "commercial" => Cloud::Commercial,
                "gcc" => Cloud::Gcc,
                "gcc_high" => Cloud::GccHigh,
                "dod" => Cloud::Dod,
                "china" => Cloud::China,
                other => {
                    return Err(format!("“{other}” is not a known cloud; use commercial, gcc, gcc_high, dod or china"));
                }
            }
        }
        None => {
            let name = text("name")?.trim();
            if name.is_empty() || name.chars().count() > 80 || name.chars().any(char::is_control) {
                return Err("“name” must be one line of at most 80 characters".to_owned());
            }
            let aliases = match table.get("sign_in_aliases") {
                None => Vec::new(),
                Some(Item::Value(Value::Array(list))) => list
                    .iter()
                    .map(|alias| read_host(alias.as_str().unwrap_or_default()))
                    .collect::<Result<Vec<_>, _>>()
                    .map_err(|reason| format!("one of “sign_in_aliases” {reason}"))?,
                Some(_) => return Err("“sign_in_aliases” must be a list of texts".to_owned()),
            };
            let origin = |name: &str| host(name).map(|host| keep(format!("https://{host}")));
            let aliases: Vec<&'static str> = aliases.into_iter().map(keep).collect();
            Cloud::Extra(Box::leak(Box::new(ExtraCloud(CloudAddresses {
                name: keep(name.to_owned()),
                environment_domain: keep(suffix.clone()),
                sign_in_host: keep(host("sign_in_host")?),
                sign_in_aliases: Vec::leak(aliases),
                graph_host: keep(host("graph_host")?),
                azure_portal: origin("azure_portal")?,
                power_platform_admin: origin("power_platform_admin")?,
            }))))
        }
    };
    Ok(Entry { suffix, cloud })
}

/// A text for as long as the program runs: a list is read once, and a [`Cloud`] is small and copied freely.
fn keep(text: String) -> &'static str {
    String::leak(text)
}

/// A plain DNS name in lower case; the scheme is always https and the port 443, so neither is written.
fn read_host(text: &str) -> Result<String, String> {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    let labels: Vec<&str> = text.split('.').collect();
    let ends_in_letters = labels.last().is_some_and(|last| last.bytes().any(|byte| byte.is_ascii_lowercase()));
    if labels.len() >= 2 && text.len() <= 253 && ends_in_letters && labels.into_iter().all(is_label) {
        Ok(text.to_owned())
    } else {
        Err("must be a host name only, in lower case, such as login.example.com: no https://, port, path or *"
            .to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::{environment_host, environment_host_with};

    const MOON: &str = "[[cloud]]\nname = \"Moon\"\nenvironment_suffix = \"crm.dynamics.moon\"\n\
                        sign_in_host = \"login.sovcloud.moon\"\nsign_in_aliases = [\"sts.sovcloud.moon\"]\n\
                        graph_host = \"graph.moon\"\nazure_portal = \"portal.azure.moon\"\n\
                        power_platform_admin = \"admin.platform.moon\"\n";

    fn parse(text: &str) -> Result<Overrides, OverridesError> {
        Overrides::parse(text, Path::new("clouds.toml"))
    }

    #[test]
    fn a_whole_cloud_and_a_further_suffix_are_read() {
        let text = format!("{MOON}[[cloud]]\ncloud = \"commercial\"\nenvironment_suffix = \"crm.dynamics.example\"\n");
        let overrides = parse(&text).expect("a right list");
        assert_eq!(overrides.describe().as_deref(), Some("2 extra hosts from clouds.toml"));
        let found = environment_host_with("Contoso.API.crm.dynamics.moon", &overrides).expect("the moon");
        assert_eq!((found.host.as_str(), found.organization.as_str()), ("contoso.crm.dynamics.moon", "contoso"));
        assert_eq!(found.cloud.sign_in_host(), "login.sovcloud.moon");
        assert_eq!(found.cloud.azure_portal(), "https://portal.azure.moon");
        assert!(
            found.cloud.is_sign_in_host("sts.sovcloud.moon")
                && !found.cloud.is_sign_in_host("login.microsoftonline.com")
        );
        let found = environment_host_with("contoso.crm.dynamics.example", &overrides).map(|found| found.cloud);
        assert_eq!(found, Some(Cloud::Commercial));
        for stranger in [
            "crm.dynamics.moon",
            "a.b.crm.dynamics.moon",
            "contoso.crm.dynamics.moon.evil.example",
            "contosocrm.dynamics.moon",
        ] {
            assert_eq!(environment_host_with(stranger, &overrides), None, "{stranger}");
        }
        assert_eq!(environment_host("contoso.crm.dynamics.moon"), None, "off unless it is passed in");
    }

    #[test]
    fn the_built_in_table_cannot_be_changed() {
        for suffix in ["crm4.dynamics.com", "x.crm4.dynamics.com", "crm.dynamics.cn", "crm.microsoftdynamics.us"] {
            let error = parse(&MOON.replace("crm.dynamics.moon", suffix)).expect_err(suffix);
            assert!(error.to_string().contains("already knows"), "{error}");
        }
    }

    #[test]
    fn one_mistake_and_nothing_is_used() {
        let moon = |from: &str, to: &str| MOON.replace(from, to);
        for wrong in [
            moon("login.sovcloud.moon", "https://login.sovcloud.moon"),
            moon("login.sovcloud.moon", "http://login.sovcloud.moon"),
            moon("login.sovcloud.moon", "login.sovcloud.moon:8443"),
            moon("login.sovcloud.moon", "login.sovcloud.moon/x"),
            moon("login.sovcloud.moon", "user@login.sovcloud.moon"),
            moon("login.sovcloud.moon", "*.sovcloud.moon"),
            moon("login.sovcloud.moon", "LOGIN.sovcloud.moon"),
            moon("login.sovcloud.moon", "10.0.0.1"),
            moon("login.sovcloud.moon", "localhost"),
            moon("login.sovcloud.moon", ""),
            moon("login.sovcloud.moon", "-login.sovcloud.moon"),
            moon("login.sovcloud.moon", "login-.sovcloud.moon"),
            moon("login.sovcloud.moon", "log_in.sovcloud.moon"),
            moon("login.sovcloud.moon", &format!("{}.sovcloud.moon", "a".repeat(64))),
            moon("login.sovcloud.moon", &["a"; 128].join(".")),
            moon("\"Moon\"", "\"Mo\\non\""),
            moon("crm.dynamics.moon", "moon"),
            moon("crm.dynamics.moon", "dynamics.moon"),
            moon("graph_host = \"graph.moon\"\n", ""),
            moon("graph_host = \"graph.moon\"", "graph_host = 5"),
            moon("graph_host", "graf_host"),
            moon("[\"sts.sovcloud.moon\"]", "[5]"),
            moon("[\"sts.sovcloud.moon\"]", "\"sts.sovcloud.moon\""),
            moon("name = \"Moon\"", "cloud = \"commercial\""),
            moon("name = \"Moon\"", "name = \"\""),
            format!("{MOON}{MOON}"),
            format!("{MOON}[[cloud]]\ncloud = \"mars\"\nenvironment_suffix = \"crm.dynamics.mars\"\n"),
            format!("x = 1\n{MOON}"),
            "cloud = 5".to_owned(),
            "[cloud]\nname = \"x\"".to_owned(),
            "[[cloud]".to_owned(),
            "#".repeat(70_000),
        ] {
            assert!(parse(&wrong).is_err(), "{}", &wrong[..wrong.len().min(400)]);
        }
        assert_eq!(parse("# nothing yet\n").map(|overrides| overrides.describe()), Ok(None));
    }

    #[test]
    fn a_list_may_reach_its_limits_and_not_exceed_them() {
        let hosts = |count: usize| -> String {
            let entry = |n| format!("[[cloud]]\ncloud = \"gcc\"\nenvironment_suffix = \"crm{n}.dynamics.moon\"\n");
            (0..count).map(entry).collect()
        };
        let named = |length: usize| MOON.replace("\"Moon\"", &format!("\"{}\"", "M".repeat(length)));
        let signs_in_at = |host: &str| MOON.replace("login.sovcloud.moon", host);
        let long = format!("{}{}", format!("{}.", "a".repeat(63)).repeat(3), "b".repeat(61));
        assert_eq!(long.len(), 253);
        for (text, is_read) in [
            (hosts(ENTRY_LIMIT), true),
            (hosts(ENTRY_LIMIT + 1), false),
            (hosts(ENTRY_LIMIT + 2), false),
            ("#".repeat(64 * 1024), true),
            ("#".repeat(64 * 1024 + 1), false),
            (named(80), true),
            (named(81), false),
            (named(82), false),
            (signs_in_at(&long), true),
            (signs_in_at(&format!("{long}b")), false),
        ] {
            assert_eq!(parse(&text).is_ok(), is_read, "{} bytes: {}", text.len(), &text[..text.len().min(400)]);
        }
    }
}

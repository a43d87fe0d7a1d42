//! What is exported, read again by the import, value for value; and what may not be in a file.

use a365_password_tool::cloud::Overrides;
use a365_password_tool::exchange::export::{Export, ExportError, LeftOut, Options, Secrets, Target, write};
use a365_password_tool::exchange::import::{self, Import, read};
use a365_password_tool::profile::{ClientId, ClientSecret, EnvironmentUrl, Profile, SecretText, Tenant};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use uuid::Uuid;

const PASSWORD: &str = "a password of its own";

fn profile(number: u128, name: &str, host: &str, secret: &str) -> Profile {
    let mut profile = Profile::new(Uuid::from_u128(number), name, DateTime::UNIX_EPOCH);
    profile.environment_url = EnvironmentUrl::parse(&format!("https://{host}.crm4.dynamics.com")).ok();
    profile.client_id = ClientId::parse(&Uuid::from_u128(0xabc0_0000 + number).to_string()).ok();
    profile.client_secret = ClientSecret::parse_exact(secret).ok();
    profile
}

fn profiles() -> Vec<Profile> {
    let mut first = profile(1, "Contoso – Größe & <Maß> 東京", "contoso", "demo;semi=\"double\"");
    first.tenant = Tenant::parse("fabrikam.onmicrosoft.com").ok();
    first.secret_expires = "2027-03-31".parse().ok();
    first.tags = vec!["crm".to_owned(), "Production".to_owned()];
    first.notes = "Owner: Ada\nsecond \"line\", with; separators\n=1+1".to_owned();
    let mut second = profile(2, "=cmd|' /C calc'!A0", "fabrikam", "=demo'sq'‘typographic’$(x)`");
    second.tenant = Tenant::parse("11112222-aaaa-3333-bbbb-4444cccc5555").ok();
    let mut third = profile(3, "'=1", "northwind", "demo\\back%slash]]>");
    third.secret_expires = "2026-01-01".parse().ok();
    third.other_keys = vec![("RequireNewInstance".to_owned(), SecretText::from("true"))];
    vec![first, second, third]
}

/// Two hours east of Greenwich: a day begins there on the evening before in UTC.
fn midnight(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(chrono::NaiveTime::MIN).and_utc() - TimeDelta::hours(2)
}

fn export(target: Target, profiles: &[Profile], secrets: Secrets) -> Result<Export, ExportError> {
    let password = SecretText::from(PASSWORD);
    let now = "2026-11-29T12:00:00Z".parse().expect("a time");
    let options = Options { secrets, password: Some(&password), now, local_midnight: &midnight };
    write(target, &profiles.iter().collect::<Vec<_>>(), &options)
}

fn import(bytes: &[u8]) -> Import {
    let password = SecretText::from(PASSWORD);
    let clouds = Overrides::none();
    let options = import::Options {
        password: Some(&password),
        ..import::Options::new(&clouds, &|at| (at + TimeDelta::hours(2)).date_naive())
    };
    read(bytes, &options).expect("our own file is read")
}

/// What a format can hold besides address, client ID and secret.
#[derive(Clone, Copy, Default)]
struct Holds {
    other_names: bool,
    no_tenant: bool,
    only_guid_tenants: bool,
    no_date: bool,
    no_tags: bool,
    no_notes: bool,
}

fn holds(target: Target) -> Holds {
    let nothing = Holds { no_date: true, no_tags: true, no_notes: true, ..Holds::default() };
    match target {
        Target::XrmToolBox => Holds { only_guid_tenants: true, ..nothing },
        Target::ToolBox => nothing,
        Target::Env => Holds { other_names: true, ..nothing },
        Target::ConnectionStrings | Target::AppSettings => Holds { no_tenant: true, ..nothing },
        _ => Holds::default(),
    }
}

#[test]
fn what_is_exported_comes_back_value_for_value() {
    let profiles = profiles();
    for target in Target::ALL.into_iter().filter(|target| *target != Target::PowerShell) {
        let secrets = if target.can_hold_secrets() { Secrets::Included } else { Secrets::LeftOut };
        let export = export(target, &profiles, secrets).expect("a file");
        let id = target.id();
        let import = import(&export.bytes);
        assert_eq!((export.profiles, import.candidates.len()), (3, 3), "{id}");
        let holds = holds(target);
        for profile in &profiles {
            let found =
                import.candidates.iter().find(|it| it.client_id == profile.client_id).expect("the same client ID");
            if !holds.other_names {
                assert_eq!(found.name, profile.name, "{id}");
            }
            assert_eq!(found.environment_url, profile.environment_url, "{id}");
            let is_left_out = export.left_out.iter().any(|(name, _)| *name == profile.name);
            let secret = profile.client_secret.as_ref().filter(|_| secrets == Secrets::Included && !is_left_out);
            assert_eq!(
                found.client_secret.as_ref().map(|secret| secret.expose()),
                secret.map(|secret| secret.expose()),
                "{id}: {}",
                profile.name
            );
            let tenant = profile
                .tenant
                .as_ref()
                .filter(|tenant| !holds.no_tenant && (!holds.only_guid_tenants || matches!(tenant, Tenant::Id(_))));
            assert_eq!(found.tenant.as_ref(), tenant, "{id}");
            assert_eq!(
                found.secret_expires,
                profile.secret_expires.filter(|_| !holds.no_date),
                "{id}: {}",
                profile.name
            );
            assert_eq!(found.tags, if holds.no_tags { vec![] } else { profile.tags.clone() }, "{id}");
            assert_eq!(found.notes, if holds.no_notes { "" } else { profile.notes.as_str() }, "{id}");
        }
        assert_eq!(export.secrets, import.candidates.iter().filter(|it| it.client_secret.is_some()).count(), "{id}");
    }
}

#[test]
fn no_secret_leaves_unless_it_is_asked_for() {
    let profiles = profiles();
    for target in Target::ALL {
        match export(target, &profiles, Secrets::LeftOut) {
            Ok(export) => {
                assert_eq!(export.secrets, 0, "{}", target.id());
                if target != Target::Kdbx {
                    let text = String::from_utf8(export.bytes.to_vec()).expect("UTF-8");
                    assert!(!text.contains("demo") && !text.contains("ClientSecret=\""), "{}", target.id());
                } else {
                    assert!(import(&export.bytes).candidates.iter().all(|it| it.client_secret.is_none()));
                }
            }
            Err(error) => assert_eq!((target, error), (Target::PowerShell, ExportError::NeedsSecrets)),
        }
    }
    for target in [Target::Csv, Target::Json] {
        assert_eq!(export(target, &profiles, Secrets::Included).err(), Some(ExportError::HoldsNoSecrets));
    }
}

#[test]
fn a_table_runs_no_formula_and_opens_in_excel() {
    let export = export(Target::Csv, &profiles(), Secrets::LeftOut).expect("a file");
    let text = String::from_utf8(export.bytes.to_vec()).expect("UTF-8");
    assert!(
        text.starts_with("\u{feff}Name,Environment URL,Client ID,Tenant ID,Expires,Days left,State,Tags,Notes\r\n")
    );
    assert!(text.contains("'=cmd|' /C calc'!A0") && text.contains("''=1") && text.contains("'=1+1"), "{text}");
    assert!(text.contains("2027-03-31,122,fine") || text.contains("\"2027-03-31\",\"122\",\"fine\""), "{text}");
}

#[test]
fn a_script_for_powershell_holds_each_secret_as_one_text() {
    let export = export(Target::PowerShell, &profiles(), Secrets::Included).expect("a file");
    let text = String::from_utf8(export.bytes.to_vec()).expect("UTF-8");
    assert!(text.contains("-String '=demo''sq''‘‘typographic’’$(x)`')"), "{text}");
    assert!(
        text.contains("Expiration = [datetime]'2027-03-31'") && text.contains("-Name '=cmd|'' /C calc''!A0'"),
        "{text}"
    );
    assert_eq!((export.profiles, export.secrets), (3, 3));
}

#[test]
fn what_a_format_cannot_hold_is_told() {
    let mut bare = profile(4, "Bare", "bare", "demo\u{1b}x");
    let xml = export(Target::KeePassXml, std::slice::from_ref(&bare), Secrets::Included).expect("a file");
    assert_eq!(xml.left_out, [("Bare".to_owned(), LeftOut::SecretNotWritable)]);
    bare.client_secret = ClientSecret::parse_exact("a'b\"c\\").ok();
    let env = export(Target::Env, std::slice::from_ref(&bare), Secrets::Included).expect("a file");
    assert_eq!((env.left_out.len(), env.secrets), (1, 0));
    bare.environment_url = None;
    for target in [Target::XrmToolBox, Target::ToolBox, Target::ConnectionStrings, Target::Env, Target::AppSettings] {
        let export = export(target, std::slice::from_ref(&bare), Secrets::Included).expect("a file");
        assert_eq!((export.left_out, export.profiles), (vec![("Bare".to_owned(), LeftOut::Incomplete)], 0));
    }
}

#[test]
fn one_profile_has_the_names_that_azures_libraries_know() {
    let one = profile(1, "Contoso", "contoso", "demo it's");
    let export = export(Target::Env, std::slice::from_ref(&one), Secrets::Included).expect("a file");
    let text = String::from_utf8(export.bytes.to_vec()).expect("UTF-8");
    assert_eq!(
        text,
        "# Contoso\nDATAVERSE_URL='https://contoso.crm4.dynamics.com'\nAZURE_CLIENT_ID='00000000-0000-0000-0000-0000abc00001'\n\
         AZURE_CLIENT_SECRET=\"demo it's\"\n\n"
    );
}

//! Files that are nearly right, by the thousand: no reader panics, and what comes in is what it says. `fuzz/run.sh` tries a million.

use std::io::{Cursor, Write};

use chrono::DateTime;
use keepass::config::{DatabaseConfig, KdfConfig};
use keepass::{Database, DatabaseKey};
use proptest::prelude::*;
use sha2::{Digest, Sha256};
use uuid::Uuid;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::export::{self, Secrets, Target};
use super::import::{Format, Import, Options, Refusal, read};
use super::plan::{Decisions, Existing, meet, meet_expiries, profiles_to_save};
use crate::cloud::Overrides;
use crate::profile::{ClientId, ClientSecret, EnvironmentUrl, Profile, SecretText};

/// Texts of every format, to begin from.
const TEXTS: [&str; 14] = [
    "<CrmConnections><Connections><ConnectionDetail><NewAuthType>ClientSecret</NewAuthType><ConnectionName>A</ConnectionName>\
     <OriginalUrl>https://a.crm4.dynamics.com</OriginalUrl><AzureAdAppId>11112222-aaaa-3333-bbbb-4444cccc5555</AzureAdAppId>\
     <ClientSecret>/ZTtozOraxltH2WAadTOJJMkWOT05z2xEqJWacVlF9WsUkTXe+0BOajXh/ykGh5T</ClientSecret></ConnectionDetail></Connections>\
     </CrmConnections>",
    "<KeePassFile><Meta><RecycleBinUUID>AAAAAAAAAAAAAAAAAAAAAQ==</RecycleBinUUID></Meta><Root><Group><Name>G</Name><Entry><Tags>a;b</Tags>\
     <UUID>AAAAAAAAAAAAAAAAAAAAAg==</UUID><String><Key>Password</Key><Value>{REF:P@I:00000000000000000000000000000002}</Value></String>\
     <String><Key>UserName</Key><Value>11112222-aaaa-3333-bbbb-4444cccc5555</Value></String><Times><Expires>True</Expires><ExpiryTime>\
     /3/g3w4AAAA=</ExpiryTime></Times><History><Entry/></History></Entry></Group></Root></KeePassFile>",
    "<configuration><connectionStrings><add name='A' connectionString='AuthType=ClientSecret;Url=https://a.crm4.dynamics.com;ClientId=x;\
     ClientSecret=y'/></connectionStrings></configuration>",
    "{\"version\":1,\"connections\":[{\"name\":\"A\",\"url\":\"https://a.crm4.dynamics.com\",\"authenticationType\":\"clientSecret\",\"clientId\":\"x\"},null]}",
    "{\"encrypted\":false,\"folders\":[],\"items\":[{\"type\":1,\"name\":\"A\",\"login\":{\"username\":\"11112222-aaaa-3333-bbbb-4444cccc5555\",\
     \"password\":\"pw\",\"uris\":[{\"uri\":\"https://a.crm4.dynamics.com\"}]},\"fields\":[{\"name\":\"Expires\",\"value\":\"5/6/27\",\"type\":0}]}]}",
    "{ // x\n \"ConnectionStrings\": { \"A\": \"AuthType=ClientSecret;Url=https://a.crm4.dynamics.com;ClientSecret=y\", }, /* y */ \"B:Url\": \"x\", \"C\": {\"Url\":\"x\",\"ClientId\":\"y\"} }",
    "{\"value\":[{\"appId\":\"11112222-aaaa-3333-bbbb-4444cccc5555\",\"passwordCredentials\":[{\"endDateTime\":\"2027-03-31T10:12:01Z\",\"hint\":\"abc\"}]}]}",
    "{\"format\":\"a365-password-tool\",\"version\":1,\"profiles\":[{\"name\":\"A\",\"expires\":\"2027-03-31\",\"tags\":[\"a\"]}]}",
    "# x\nA: AuthType=ClientSecret;Url=https://a.crm4.dynamics.com;ClientId=x;ClientSecret='y;z'\n// Profile: B\nAuthType=OAuth;Url=x\n",
    "# x\nexport A_DATAVERSE_URL='https://a.crm4.dynamics.com' # y\nA_CLIENT_ID=\"11112222-aaaa-3333-bbbb-4444cccc5555\"\nA_CLIENT_SECRET=`z\\n`\n",
    "sep=;\r\nName;URL;Client ID;Secret;Expires;Tags\r\nA;https://a.crm4.dynamics.com;x;\"y\"\"z\";5/6/2027;'=a\r\nB;;;1E+9;31.12.2026;\r\n",
    "\"Account\",\"Login Name\",\"Password\",\"Web Site\",\"Comments\"\r\n\"A\",\"11112222-aaaa-3333-bbbb-4444cccc5555\",\"a\\\"b\",\"x\",\"\"\r\n",
    "ApplicationName,ApplicationID,Secret Name,Secret End Date\r\na,11112222-aaaa-3333-bbbb-4444cccc5555,b,3/31/2027 10:12:01 AM\r\n",
    "{\"accounts\":[{\"vaults\":[{\"attrs\":{\"name\":\"V\"},\"items\":[{\"categoryUuid\":\"001\",\"details\":{\"loginFields\":[{\"designation\":\"username\",\
     \"value\":\"11112222-aaaa-3333-bbbb-4444cccc5555\"}],\"sections\":[{\"fields\":[{\"title\":\"expires\",\"value\":{\"date\":1806494400}}]}]},\"overview\":{}}]}]}]}",
];

/// A change to some bytes: where, how many go, and what comes.
type Change = (prop::sample::Index, u8, Vec<u8>);

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let piece = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..4),
        "[<>&;,\"'=\\\\{}\\[\\]:#\\r\\n\\t 0-9a-z-]{0,6}".prop_map(String::into_bytes),
        Just(b"&#x41;".to_vec()),
        Just("\u{feff}ü漢\u{202e}".as_bytes().to_vec()),
        Just(b"99999999999999999999".to_vec()),
    ];
    prop::collection::vec((any::<prop::sample::Index>(), 0_u8..12, piece), 0..5)
}

fn changed(bytes: &[u8], changes: &[Change]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for (at, count, piece) in changes {
        let from = at.index(bytes.len() + 1);
        let to = (from + usize::from(*count)).min(bytes.len());
        bytes.splice(from..to, piece.iter().copied());
    }
    bytes
}

fn read_any(bytes: &[u8], format: Option<Format>) -> Result<Import, Refusal> {
    let clouds = Overrides::none();
    let password = SecretText::from("pw");
    let options = Options { format, password: Some(&password), ..Options::new(&clouds, &|at| at.date_naive()) };
    read(bytes, &options)
}

/// What holds of everything that comes in, and of what would be saved.
fn check(import: &Import) {
    let mut there = Profile::new(Uuid::nil(), "A", DateTime::UNIX_EPOCH);
    there.client_id = ClientId::parse("11112222-aaaa-3333-bbbb-4444cccc5555").ok();
    let there = [there];
    let rows = meet(import, &there);
    assert_eq!(rows.len(), import.candidates.len());
    let _ = meet_expiries(import, &there, chrono::NaiveDate::MAX);
    for existing in [None, Some(Existing::Update), Some(Existing::Copy)] {
        let mut names: Vec<String> = Vec::new();
        let decisions = Decisions::for_all(existing);
        let resolution = |place: usize| decisions.of_candidate(0, place, rows[place].action);
        for profile in profiles_to_save(import, &rows, &there, resolution, &[], DateTime::UNIX_EPOCH) {
            let name = crate::profile::parse_name(&profile.name).expect("a name that the vault takes");
            names.push(crate::profile::compared_name(&name));
        }
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count, "each name once");
    }
    for warning in &import.warnings {
        assert!(warning.candidate.is_none_or(|number| number < import.candidates.len()));
    }
}

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        writer.start_file(*name, options).expect("a file");
        writer.write_all(bytes).expect("its bytes");
    }
    writer.finish().expect("a zip").into_inner()
}

/// The parts of a small workbook.
const WORKBOOK: [(&str, &str); 6] = [
    ("[Content_Types].xml", "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>"),
    (
        "_rels/.rels",
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"r1\" Type=\
         \"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>",
    ),
    (
        "xl/workbook.xml",
        "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\
         \"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><workbookPr date1904=\"1\"/><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"s1\"/></sheets></workbook>",
    ),
    (
        "xl/_rels/workbook.xml.rels",
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"s1\" Type=\
         \"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>",
    ),
    (
        "xl/styles.xml",
        "<styleSheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>",
    ),
    (
        "xl/worksheets/sheet1.xml",
        "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><dimension ref=\"A1:D2\"/><sheetData><row r=\"1\"><c r=\"A1\" t=\"str\"><v>URL</v></c>\
         <c r=\"B1\" t=\"str\"><v>Client ID</v></c><c r=\"C1\" t=\"inlineStr\"><is><t>Secret</t></is></c><c r=\"D1\" t=\"str\"><v>Expires</v></c></row>\
         <row r=\"2\"><c r=\"A2\" t=\"str\"><v>https://a.crm4.dynamics.com</v></c><c r=\"B2\" t=\"e\"><v>#N/A</v></c><c r=\"C2\"><v>1e300</v></c>\
         <c r=\"D2\" s=\"1\"><f>A1</f><v>46477</v></c></row></sheetData></worksheet>",
    ),
];

const SPREADSHEET: &str = "<d xmlns:t=\"t\" xmlns:o=\"o\" xmlns:x=\"x\"><t:table t:name=\"S\"><t:table-row><t:table-cell><x:p>URL</x:p></t:table-cell>\
     <t:table-cell><x:p>Client ID</x:p></t:table-cell></t:table-row><t:table-row t:number-rows-repeated=\"9\"><t:table-cell t:number-columns-repeated=\"3\" \
     o:value-type=\"date\" o:date-value=\"2027-01-01\"><x:p>a<x:s x:c=\"3\"/></x:p></t:table-cell></t:table-row></t:table></d>";

/// Saved by LibreOffice.
const EXCEL_97: &[u8] = include_bytes!("../../tests/data/excel97.xls");

/// A database that opens at once with the password `pw`.
fn database() -> Vec<u8> {
    let mut config = DatabaseConfig::default();
    config.kdf_config = KdfConfig::Aes { rounds: 1 };
    let mut database = Database::with_config(config);
    let mut root = database.root_mut();
    let mut entry = root.add_entry();
    entry.set_unprotected("Title", "A");
    entry.set_unprotected("UserName", "11112222-aaaa-3333-bbbb-4444cccc5555");
    entry.set_protected("Password", "secret");
    let mut bytes = Vec::new();
    database.save(&mut bytes, DatabaseKey::new().with_password("pw")).expect("a database");
    bytes
}

/// How long the outer header of a database is, by its own fields.
fn header_length(bytes: &[u8]) -> Option<usize> {
    let mut at = 12;
    loop {
        let id = *bytes.get(at)?;
        let length = u32::from_le_bytes(bytes.get(at + 1..at + 5)?.try_into().ok()?) as usize;
        at = at.checked_add(5)?.checked_add(length)?;
        if id == 0 {
            return (at + 32 <= bytes.len()).then_some(at);
        }
    }
}

/// The targets that cost nothing to write.
const WITHOUT_KEY: [Target; 9] = [
    Target::Csv,
    Target::Json,
    Target::XrmToolBox,
    Target::ToolBox,
    Target::KeePassXml,
    Target::ConnectionStrings,
    Target::Env,
    Target::AppSettings,
    Target::PowerShell,
];

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        if let Ok(import) = read_any(&bytes, None) {
            check(&import);
        }
    }

    #[test]
    fn nearly_right_texts_are_read_or_refused(
        text in prop::sample::select(&TEXTS[..]),
        changes in changes(),
        format in prop::option::weighted(0.2, prop::sample::select(&Format::ALL[..])),
    ) {
        if let Ok(import) = read_any(&changed(text.as_bytes(), &changes), format) {
            check(&import);
        }
    }

    #[test]
    fn nearly_right_texts_in_other_encodings(text in prop::sample::select(&TEXTS[..]), changes in changes(), little in any::<bool>()) {
        let units = text.encode_utf16();
        let bytes: Vec<u8> = if little {
            [0xff, 0xfe].into_iter().chain(units.flat_map(u16::to_le_bytes)).collect()
        } else {
            [0xfe, 0xff].into_iter().chain(units.flat_map(u16::to_be_bytes)).collect()
        };
        if let Ok(import) = read_any(&changed(&bytes, &changes), None) {
            check(&import);
        }
    }

    #[test]
    fn nearly_right_workbooks_are_read_or_refused(part in 0..WORKBOOK.len(), changes in changes()) {
        let change = changed(WORKBOOK[part].1.as_bytes(), &changes);
        let mut files: Vec<(&str, &[u8])> = WORKBOOK.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
        files[part].1 = &change;
        if let Ok(import) = read_any(&zipped(&files), None) {
            check(&import);
        }
    }

    #[test]
    fn nearly_right_zips_are_read_or_refused(kind in 0..3, inner in changes(), outer in changes()) {
        let (data, content) = (changed(TEXTS[13].as_bytes(), &inner), changed(SPREADSHEET.as_bytes(), &inner));
        let workbook: Vec<(&str, &[u8])> = WORKBOOK.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
        let zip = match kind {
            0 => zipped(&[("export.data", &data)]),
            1 => zipped(&[("mimetype", b"x"), ("content.xml", &content)]),
            _ => zipped(&workbook),
        };
        if let Ok(import) = read_any(&changed(&zip, &outer), None) {
            check(&import);
        }
    }

    #[test]
    fn nearly_right_workbooks_of_excel_97_are_read_or_refused(changes in changes()) {
        if let Ok(import) = read_any(&changed(EXCEL_97, &changes), None) {
            check(&import);
        }
    }

    #[test]
    fn nearly_right_databases_are_read_or_refused(changes in changes(), at_header in any::<bool>(), is_mended in any::<bool>()) {
        thread_local! {
            static DATABASE: Vec<u8> = database();
        }
        let good = DATABASE.with(Clone::clone);
        let length = header_length(&good).expect("a header");
        let mut bytes = match at_header {
            true => [changed(&good[..length], &changes), good[length..].to_vec()].concat(),
            false => changed(&good, &changes),
        };
        // Anybody can compute the header's checksum.
        if is_mended && let Some(length) = header_length(&bytes) {
            let sum = Sha256::digest(&bytes[..length]);
            bytes[length..length + 32].copy_from_slice(&sum);
        }
        if let Ok(import) = read_any(&bytes, None) {
            check(&import);
        }
    }

    #[test]
    fn whatever_is_exported_is_read_again(
        name in "\\PC{1,40}",
        secret in "[^\\x00\\r\\n]{1,40}",
        notes in any::<String>(),
        target in prop::sample::select(&WITHOUT_KEY[..]),
    ) {
        prop_assume!(!name.trim().is_empty());
        let mut profile = Profile::new(Uuid::nil(), name.trim(), DateTime::UNIX_EPOCH);
        profile.environment_url = EnvironmentUrl::parse("https://a.crm4.dynamics.com").ok();
        profile.client_id = ClientId::parse("11112222-aaaa-3333-bbbb-4444cccc5555").ok();
        profile.client_secret = ClientSecret::parse_exact(&secret).ok();
        profile.notes = notes;
        let secrets = if target.can_hold_secrets() { Secrets::Included } else { Secrets::LeftOut };
        let options = export::Options {
            secrets,
            password: None,
            now: DateTime::UNIX_EPOCH,
            local_midnight: &|day| day.and_time(chrono::NaiveTime::MIN).and_utc(),
        };
        let export = export::write(target, &[&profile], &options).expect("a file");
        if target == Target::PowerShell {
            return Ok(());
        }
        let import = read_any(&export.bytes, None).expect("our own file is read");
        prop_assert_eq!(import.candidates.len(), 1);
        let found = &import.candidates[0];
        prop_assert_eq!(&found.client_id, &profile.client_id);
        // What the product takes off around every pasted secret goes here too.
        let kept = profile.client_secret.as_ref().filter(|_| export.secrets == 1).and_then(|secret| ClientSecret::parse(secret.expose()).ok());
        prop_assert_eq!(&found.client_secret, &kept, "{}", target.id());
        if target != Target::Env {
            // A colon in a key of .NET's settings would make a section of it.
            let name = if target == Target::AppSettings { profile.name.replace(':', "-") } else { profile.name.clone() };
            prop_assert_eq!(&found.name, &name, "{}", target.id());
        }
    }
}

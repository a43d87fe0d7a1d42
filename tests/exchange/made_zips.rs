//! Workbooks, 1Password exports and hostile zips, made here.

use std::io::{Cursor, Write};

use a365_password_tool::cloud::Overrides;
use a365_password_tool::exchange::import::{Import, Options, Outcome, QuestionCode, Refusal, read};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const ID: &str = "11112222-aaaa-3333-bbbb-4444cccc5555";
const URL: &str = "https://contoso.crm4.dynamics.com";

fn zip(files: &[(&str, &[u8])], method: CompressionMethod) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, SimpleFileOptions::default().compression_method(method)).expect("a file");
        writer.write_all(bytes).expect("its bytes");
    }
    writer.finish().expect("a zip").into_inner()
}

/// A workbook whose sheets have these rows of `<c>` elements.
fn workbook(sheets: &[(&str, String)]) -> Vec<u8> {
    let types = "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>";
    let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let root = format!(
        "<Relationships xmlns=\"{package}\"><Relationship Id=\"r1\" Type=\"{relations}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
    );
    let numbered = || (1..).zip(sheets);
    let list: String = numbered()
        .map(|(number, (name, _))| format!("<sheet name=\"{name}\" sheetId=\"{number}\" r:id=\"s{number}\"/>"))
        .collect();
    let book = format!("<workbook xmlns=\"{main}\" xmlns:r=\"{relations}\"><sheets>{list}</sheets></workbook>");
    let targets: String = numbered()
        .map(|(number, _)| format!("<Relationship Id=\"s{number}\" Type=\"{relations}/worksheet\" Target=\"worksheets/sheet{number}.xml\"/>"))
        .collect();
    let targets = format!("<Relationships xmlns=\"{package}\">{targets}</Relationships>");
    let bodies: Vec<(String, String)> = numbered()
        .map(|(number, (_, rows))| {
            let body = format!("<worksheet xmlns=\"{main}\"><sheetData>{rows}</sheetData></worksheet>");
            (format!("xl/worksheets/sheet{number}.xml"), body)
        })
        .collect();
    let mut files: Vec<(&str, &[u8])> = vec![
        ("[Content_Types].xml", types.as_bytes()),
        ("_rels/.rels", root.as_bytes()),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/_rels/workbook.xml.rels", targets.as_bytes()),
    ];
    files.extend(bodies.iter().map(|(name, body)| (name.as_str(), body.as_bytes())));
    zip(&files, CompressionMethod::Deflated)
}

fn cells(row: u32, texts: &[&str]) -> String {
    let cells = ('A'..).zip(texts).map(|(column, text)| format!("<c r=\"{column}{row}\" t=\"str\"><v>{text}</v></c>"));
    format!("<row r=\"{row}\">{}</row>", cells.collect::<String>())
}

fn table() -> String {
    cells(1, &["Name", "URL", "Client ID", "Secret"]) + &cells(2, &["A", URL, ID, "pw"])
}

pub fn read_with<'a>(bytes: &[u8], change: impl FnOnce(&mut Options<'a>)) -> Result<Import, Refusal> {
    // Lives as long as the options do.
    let clouds: &'static Overrides = Box::leak(Box::new(Overrides::none()));
    let mut options = Options::new(clouds, &|at| at.date_naive());
    change(&mut options);
    read(bytes, &options)
}

#[test]
fn a_workbook_is_read_and_its_sheet_chosen() {
    let one = workbook(&[("Prose", cells(1, &["hello"])), ("Tenants", table())]);
    let import = read_with(&one, |_| {}).expect("profiles");
    assert_eq!((import.candidates.len(), import.candidates[0].name.as_str()), (1, "A"));
    let two = workbook(&[("North", table()), ("South", table())]);
    let asked = read_with(&two, |_| {}).expect("a question");
    assert_eq!((asked.outcome(), asked.questions[0].code), (Outcome::NeedsChoice, QuestionCode::Sheet));
    assert_eq!(asked.questions[0].choices, ["North", "South"]);
    assert_eq!(read_with(&two, |options| options.sheet = Some("South")).expect("profiles").candidates.len(), 1);
    let missing = read_with(&two, |options| options.sheet = Some("West")).err();
    assert_eq!(missing.map(|refusal| refusal.code()), Some("no_such_sheet"));
}

#[test]
fn a_number_in_the_secrets_column_is_no_secret() {
    let rows = cells(1, &["Name", "URL", "Client ID", "Secret"])
        + &format!(
            "<row r=\"2\"><c r=\"B2\" t=\"str\"><v>{URL}</v></c><c r=\"C2\" t=\"str\"><v>{ID}</v></c><c r=\"D2\"><v>123456789012345680</v></c></row>"
        );
    let import = read_with(&workbook(&[("S", rows)]), |_| {}).expect("profiles");
    assert!(import.candidates[0].client_secret.is_none());
    assert!(import.warnings.iter().any(|warning| warning.code.id() == "secret_was_a_number"));
}

#[test]
fn two_cells_far_apart_cost_nothing() {
    let far = table() + "<row r=\"1048576\"><c r=\"XFD1048576\" t=\"str\"><v>x</v></c></row>";
    assert_eq!(read_with(&workbook(&[("S", far)]), |_| {}).expect("profiles").candidates.len(), 1);
    let ods = format!(
        "<d xmlns:t=\"t\" xmlns:o=\"o\" xmlns:x=\"x\"><t:table t:name=\"S\"><t:table-row><t:table-cell><x:p>URL</x:p></t:table-cell>\
         <t:table-cell t:number-columns-repeated=\"99999999\"/></t:table-row><t:table-row t:number-rows-repeated=\"99999999999\">\
         <t:table-cell t:number-columns-repeated=\"99999999\"><x:p>{URL}</x:p></t:table-cell></t:table-row></t:table></d>"
    );
    let ods = zip(&[("mimetype", b"x"), ("content.xml", ods.as_bytes())], CompressionMethod::Stored);
    assert!(read_with(&ods, |_| {}).is_ok_and(|import| import.outcome() == Outcome::NeedsChoice));
}

#[test]
fn an_opendocument_table_is_read() {
    let cell = |text: &str| format!("<t:table-cell o:value-type=\"string\"><x:p>{text}</x:p></t:table-cell>");
    let row = |texts: &[&str]| texts.iter().map(|text| cell(text)).collect::<String>();
    let ods = format!(
        "<d xmlns:t=\"t\" xmlns:o=\"o\" xmlns:x=\"x\"><t:table t:name=\"S\"><t:table-row>{}</t:table-row><t:table-row>{}<t:table-cell \
         o:value-type=\"date\" o:date-value=\"2027-03-31T00:00:00\"><x:p>31.3.27</x:p></t:table-cell></t:table-row></t:table></d>",
        row(&["URL", "Client ID", "Secret", "Expires"]),
        row(&[URL, ID, "pw"])
    );
    let ods = zip(&[("mimetype", b"x"), ("content.xml", ods.as_bytes())], CompressionMethod::Stored);
    let import = read_with(&ods, |_| {}).expect("profiles");
    assert_eq!(import.candidates[0].secret_expires.map(|day| day.to_string()).as_deref(), Some("2027-03-31"));
}

#[test]
fn a_1password_export_is_read() {
    let data = format!(
        "{{\"accounts\":[{{\"vaults\":[{{\"attrs\":{{\"name\":\"CRM\"}},\"items\":[{{\"categoryUuid\":\"001\",\"details\":{{\"loginFields\":[{{\"value\":\"{ID}\",\
         \"designation\":\"username\"}},{{\"value\":\"pw\",\"designation\":\"password\"}}],\"sections\":[{{\"fields\":[{{\"title\":\"one-time password\",\"value\":\
         {{\"totp\":\"seed\"}}}}]}}]}},\"overview\":{{\"title\":\"A\",\"url\":\"{URL}\"}}}}]}}]}}]}}"
    );
    let import =
        read_with(&zip(&[("export.data", data.as_bytes())], CompressionMethod::Deflated), |_| {}).expect("profiles");
    assert_eq!((import.candidates[0].name.as_str(), import.candidates[0].group.as_deref()), ("A", Some("CRM")));
    assert!(import.warnings.iter().any(|warning| warning.code.id() == "totp_left_out"));
    assert!(!import.candidates[0].notes.contains("seed"));
}

#[test]
fn what_would_grow_or_is_not_whole_is_refused() {
    let blanks = vec![b' '; 65 << 20];
    let bomb = zip(&[("[Content_Types].xml", b"x"), ("xl/sheet.xml", &blanks)], CompressionMethod::Deflated);
    assert!(bomb.len() < 1 << 20);
    assert_eq!(read_with(&bomb, |_| {}).err().map(|refusal| refusal.code()), Some("too_big_inside"));
    let good = workbook(&[("S", table())]);
    let code =
        |bytes: &[u8], name| read_with(bytes, |options| options.file_name = name).err().map(|refusal| refusal.code());
    assert_eq!(code(&good[..good.len() / 2], "a.xlsx"), Some("damaged_file"));
    assert_eq!(code(&good[..good.len() / 2], "a.kdbx"), Some("not_kdbx"));
    assert_eq!(code(&zip(&[("other", b"x")], CompressionMethod::Stored), "a.zip"), Some("no_connections_found"));
    let ole = [&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1][..], &[0; 600]].concat();
    assert_eq!(code(&ole, "a.xls"), Some("damaged_file"));
    assert_eq!(code(&[0x03, 0xd9, 0xa2, 0x9a, 0x65, 0xfb, 0x4b, 0xb5, 0], "a.kdb"), Some("keepass1"));
}

//! Every table that the program writes as CSV: no name in it is a formula to a spreadsheet.

use std::fs;

use super::program::Program;

const NAMES: [&str; 14] = [
    "=HYPERLINK(\"http://x\")",
    "=1+1",
    "+1",
    "a;-1",
    "@SUM(A1)",
    "\"=1",
    "a;=1",
    "a;\"+1\"",
    "＝1",
    "＠x",
    "'=1",
    "=cmd|' /C calc'!A0",
    "%0A-3+3",
    "Contoso, \"live\"",
];

/// What a program that cuts at this separator, with or without quotes, has in its cells.
fn pieces(text: &str) -> Vec<String> {
    let cells =
        text.split([',', ';', '\t', '\r', '\n']).map(|cell| cell.trim().trim_start_matches('"').trim().to_owned());
    cells.filter(|cell| cell.parse::<i64>().is_err()).collect()
}

#[test]
fn no_table_holds_a_formula() {
    let program = Program::with_vault();
    fs::create_dir_all(program.settings().parent().expect("a folder")).expect("the folder");
    // Nothing is reached: every connection fails at once, and has its row.
    fs::write(program.settings(), "proxy = 'http://127.0.0.1:9'\n").expect("the settings");
    for name in NAMES {
        program.add(name, "made;now", &["--expires", "2030-01-02"]).expect(0);
    }
    let results = program.vault().with_file_name("results.csv");
    program.open(&["check", "--all", "--export", results.to_str().expect("a name")]).expect(1);
    let tables = [
        program.open(&["expiring", "--within", "9999d", "--format", "csv"]).expect(1).stdout,
        program.run(&["expiring", "--within", "9999d", "--format", "csv"], "").expect(1).stdout,
        fs::read_to_string(&results).expect("the results"),
    ];
    for table in tables {
        let mut reader = ::csv::ReaderBuilder::new().from_reader(table.as_bytes());
        let rows: Vec<::csv::StringRecord> = reader.records().collect::<Result<_, _>>().expect("CSV");
        let names: Vec<String> = rows.iter().map(|row| row[0].to_owned()).collect();
        for name in NAMES {
            let guarded = names.iter().any(|found| found.replace('\'', "") == name.replace('\'', ""));
            assert!(guarded, "{name} is in {table}");
        }
        let formulas: Vec<_> = pieces(&table)
            .into_iter()
            .filter(|piece| piece.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']))
            .collect();
        assert_eq!(formulas, Vec::<String>::new(), "{table}");
    }
}

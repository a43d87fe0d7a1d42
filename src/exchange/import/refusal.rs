//! Why nothing comes in from a file.

/// Why a file was refused as a whole. Nothing of it is imported. Names sheets, columns and files, never a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No bytes at all.
    #[error("The file is empty. The program that wrote it may have been interrupted: export again.")]
    EmptyFile,
    /// More than a file of its kind may have.
    #[error("The file is larger than {limit} MiB, so it was not read. Export only the connections that you need.")]
    TooBig {
        /// The limit, in MiB.
        limit: usize,
    },
    /// Unpacked, it would be larger than that.
    #[error(
        "The file is small, but its contents would take more than {limit} MiB. It was not unpacked. Save only the sheet \
         with the connections as a new workbook."
    )]
    TooBigInside {
        /// The limit, in MiB.
        limit: usize,
    },
    /// More rows or entries than anybody has.
    #[error("The file has more than {limit} entries. Split it, and import the parts.")]
    TooMany {
        /// The limit.
        limit: usize,
    },
    /// XML that is not whole.
    #[error(
        "The XML is not complete or not valid{}. The program that wrote it may have been interrupted: export again.",
        at_line(*.line)
    )]
    XmlMalformed {
        /// The line, from 1, where it is known.
        line: Option<u32>,
    },
    /// XML with a document type.
    #[error(
        "The XML contains a document type definition (DOCTYPE), which can load other files. No program that this tool \
         reads from writes one, so the file was not read."
    )]
    XmlDoctype,
    /// XML of something else.
    #[error(
        "This XML file cannot be imported. Choose an XrmToolBox connection file, a KeePass XML export or a \
         web.config."
    )]
    UnknownXml,
    /// XrmToolBox's list of connection files.
    #[error(
        "This is XrmToolBox's list of connection files ({}), not a file with connections. Choose the connection file \
         itself, usually ConnectionsList.Default.xml in the same folder.",
        .names.join(", ")
    )]
    IndexNotConnections {
        /// What the files are called in it.
        names: Vec<String>,
    },
    /// JSON that is not whole.
    #[error("The JSON is not complete or not valid{}. Export it again.", at_line(*.line))]
    JsonMalformed {
        /// The line, from 1, where it is known.
        line: Option<u32>,
    },
    /// JSON of something else.
    #[error("This JSON file cannot be imported. See docs/import-export.md for what can.")]
    UnknownJson,
    /// A version of the format that is not known.
    #[error(
        "The file was written in version {version} of its format, which this program does not know. Update this program, or export in version 1."
    )]
    NewerVersion {
        /// What the file says.
        version: String,
    },
    /// A program's own storage.
    #[error(
        "This is Power Platform ToolBox's own storage, in which the values are encrypted for one Windows account. Use \
         “Export connections” in the ToolBox and import that file."
    )]
    AppPrivateStore,
    /// A password or key file is needed or wrong.
    #[error(
        "The database could not be opened. The password may be wrong, a key file may be missing or wrong, or the file \
         may be damaged; KeePass files do not show which."
    )]
    WrongPassword,
    /// No password was given.
    #[error("The file is protected with a password. Enter it, and choose the key file if there is one.")]
    PasswordNeeded,
    /// The password was right, and what is behind it is not whole.
    #[error(
        "The database is damaged: a part of it does not match its checksum. Nothing was imported. Use a backup of it."
    )]
    DamagedOrWrongPassword,
    /// Deriving the key would take more than any real file asks for.
    #[error(
        "The file demands an extreme amount of work to open it ({what}), so it was not tried. If it is yours, lower the \
         key transformation settings in KeePass and save it again."
    )]
    KdfTooCostly {
        /// What it demands, in words.
        what: String,
    },
    /// KeePass 1.
    #[error(
        "This is a KeePass 1 database. Open it with KeePass 2 or KeePassXC, save it as .kdbx, and import that file."
    )]
    KeePass1,
    /// Not a database, although its name says so.
    #[error("This is not a KeePass database, although its name ends in .kdbx.")]
    NotKdbx,
    /// A version of KDBX that is not known.
    #[error(
        "This KeePass database has version {major}.{minor}, which this program does not know. Update this program."
    )]
    KdbxVersion {
        /// The first number.
        major: u16,
        /// The second number.
        minor: u16,
    },
    /// An export that only its program can read.
    #[error(
        "This Bitwarden export is encrypted. Export again with the file format “.json” (not encrypted), import that file, \
         and delete it afterwards."
    )]
    EncryptedExport,
    /// A section that Windows has encrypted.
    #[error(
        "The connection strings in this file are encrypted for one computer (configProtectionProvider). Decrypt them \
         there with aspnet_regiis -pdf, then import the file."
    )]
    EncryptedSection,
    /// A workbook with a password.
    #[error(
        "The workbook is protected with a password. In Excel, remove it under File > Info > Protect Workbook > Encrypt \
         with Password, save a copy, import that and delete it afterwards."
    )]
    EncryptedWorkbook,
    /// Not whole.
    #[error("The file is damaged or not complete, so nothing was imported. Save or export it again.")]
    DamagedFile,
    /// A table in which quotes do not end.
    #[error(
        "The table is damaged: a quote that begins in line {line} is never closed. Fix that line, or export again."
    )]
    CsvMalformed {
        /// The line, from 1.
        line: usize,
    },
    /// No text and nothing else that is known.
    #[error("This type of file cannot be imported.")]
    NotText,
    /// Nothing of ours in it.
    #[error(
        "No connections were found in this file. A table needs a heading such as “Client ID” or “Environment URL”; a \
         text file needs one connection string per line."
    )]
    NoConnectionsFound,
    /// The file is of another format than the one that was asked for.
    #[error("The file cannot be read as “{wanted}”.")]
    OtherFormat {
        /// The id of the format that was asked for.
        wanted: &'static str,
    },
    /// There is no such sheet.
    #[error("The workbook has no sheet of that name. Its sheets are: {}.", .sheets.join(", "))]
    NoSuchSheet {
        /// Those that it has.
        sheets: Vec<String>,
    },
    /// There is no such column.
    #[error("The table has no column “{header}”. Its columns are: {}.", .columns.join(", "))]
    NoSuchColumn {
        /// What was asked for.
        header: String,
        /// Those that it has.
        columns: Vec<String>,
    },
}

fn at_line(line: Option<u32>) -> String {
    line.map(|line| format!(" (line {line})")).unwrap_or_default()
}

impl Refusal {
    /// The public id.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::EmptyFile => "empty_file",
            Refusal::TooBig { .. } => "too_big",
            Refusal::TooBigInside { .. } => "too_big_inside",
            Refusal::TooMany { .. } => "too_many_entries",
            Refusal::XmlMalformed { .. } => "xml_malformed",
            Refusal::XmlDoctype => "xml_doctype",
            Refusal::UnknownXml => "unknown_xml",
            Refusal::IndexNotConnections { .. } => "index_not_connections",
            Refusal::JsonMalformed { .. } => "json_malformed",
            Refusal::UnknownJson => "unknown_json",
            Refusal::NewerVersion { .. } => "newer_version",
            Refusal::AppPrivateStore => "app_private_store",
            Refusal::WrongPassword => "wrong_password",
            Refusal::PasswordNeeded => "password_needed",
            Refusal::DamagedOrWrongPassword => "damaged_or_wrong_password",
            Refusal::KdfTooCostly { .. } => "kdf_too_costly",
            Refusal::KeePass1 => "keepass1",
            Refusal::NotKdbx => "not_kdbx",
            Refusal::KdbxVersion { .. } => "newer_version",
            Refusal::EncryptedExport => "encrypted_export",
            Refusal::EncryptedSection => "encrypted_section",
            Refusal::EncryptedWorkbook => "encrypted_workbook",
            Refusal::DamagedFile => "damaged_file",
            Refusal::CsvMalformed { .. } => "csv_malformed",
            Refusal::NotText => "not_text",
            Refusal::NoConnectionsFound => "no_connections_found",
            Refusal::OtherFormat { .. } => "other_format",
            Refusal::NoSuchSheet { .. } => "no_such_sheet",
            Refusal::NoSuchColumn { .. } => "no_such_column",
        }
    }
}

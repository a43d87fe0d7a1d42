//! Which program's file it is, known from what is in it.

/// A kind of file that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// XrmToolBox's connection file.
    XrmToolBox,
    /// Power Platform ToolBox's export.
    ToolBox,
    /// A KeePass 2 or KeePassXC database.
    Kdbx,
    /// KeePass's XML (2.x).
    KeePassXml,
    /// KeePass's CSV (1.x).
    KeePassCsv,
    /// KeePassXC's CSV.
    KeePassXcCsv,
    /// Bitwarden's JSON.
    BitwardenJson,
    /// Bitwarden's CSV.
    BitwardenCsv,
    /// 1Password's .1pux.
    OnePasswordPux,
    /// 1Password's CSV.
    OnePasswordCsv,
    /// LastPass's CSV.
    LastPassCsv,
    /// The passwords of Chrome, Edge or Firefox.
    BrowserCsv,
    /// An Excel or OpenDocument workbook.
    Workbook,
    /// A table as text.
    Csv,
    /// One connection string a line.
    ConnectionStrings,
    /// `appsettings.json`, user secrets, `web.config`.
    AppSettings,
    /// Environment variables.
    Env,
    /// `pac auth list`.
    PacAuthList,
    /// Azure DevOps service connections.
    AzureDevOps,
    /// `az ad sp create-for-rbac`, `az ad app credential reset`.
    AzureCli,
    /// Client secrets' expiry dates by client ID.
    EntraExpiry,
    /// This tool's own list as JSON.
    OwnJson,
}

impl Format {
    /// Every format.
    pub const ALL: [Format; 22] = [
        Format::XrmToolBox,
        Format::ToolBox,
        Format::Kdbx,
        Format::KeePassXml,
        Format::KeePassCsv,
        Format::KeePassXcCsv,
        Format::BitwardenJson,
        Format::BitwardenCsv,
        Format::OnePasswordPux,
        Format::OnePasswordCsv,
        Format::LastPassCsv,
        Format::BrowserCsv,
        Format::Workbook,
        Format::Csv,
        Format::ConnectionStrings,
        Format::AppSettings,
        Format::Env,
        Format::PacAuthList,
        Format::AzureDevOps,
        Format::AzureCli,
        Format::EntraExpiry,
        Format::OwnJson,
    ];

    /// The public id, as the command line has it.
    pub fn id(self) -> &'static str {
        match self {
            Format::XrmToolBox => "xrmtoolbox",
            Format::ToolBox => "pptb",
            Format::Kdbx => "kdbx",
            Format::KeePassXml => "keepass-xml",
            Format::KeePassCsv => "keepass-csv",
            Format::KeePassXcCsv => "keepassxc-csv",
            Format::BitwardenJson => "bitwarden-json",
            Format::BitwardenCsv => "bitwarden-csv",
            Format::OnePasswordPux => "1password-1pux",
            Format::OnePasswordCsv => "1password-csv",
            Format::LastPassCsv => "lastpass-csv",
            Format::BrowserCsv => "browser-csv",
            Format::Workbook => "xlsx",
            Format::Csv => "csv",
            Format::ConnectionStrings => "connection-strings",
            Format::AppSettings => "appsettings",
            Format::Env => "env",
            Format::PacAuthList => "pac-auth-list",
            Format::AzureDevOps => "azure-devops",
            Format::AzureCli => "azure-cli",
            Format::EntraExpiry => "entra-expiry",
            Format::OwnJson => "json",
        }
    }

    /// The format with this public id.
    pub fn of_id(id: &str) -> Option<Format> {
        Format::ALL.into_iter().find(|format| format.id() == id)
    }

    /// What people call it.
    pub fn label(self) -> &'static str {
        match self {
            Format::XrmToolBox => "XrmToolBox connection file",
            Format::ToolBox => "Power Platform ToolBox export",
            Format::Kdbx => "KeePass database",
            Format::KeePassXml => "KeePass XML file",
            Format::KeePassCsv => "KeePass CSV file",
            Format::KeePassXcCsv => "KeePassXC CSV file",
            Format::BitwardenJson => "Bitwarden JSON export",
            Format::BitwardenCsv => "Bitwarden CSV export",
            Format::OnePasswordPux => "1Password export",
            Format::OnePasswordCsv => "1Password CSV export",
            Format::LastPassCsv => "LastPass CSV export",
            Format::BrowserCsv => "browser password list",
            Format::Workbook => "workbook",
            Format::Csv => "table",
            Format::ConnectionStrings => "list of connection strings",
            Format::AppSettings => "configuration file",
            Format::Env => "file of environment variables",
            Format::PacAuthList => "list of pac authentication profiles",
            Format::AzureDevOps => "list of Azure DevOps service connections",
            Format::AzureCli => "Azure CLI credential",
            Format::EntraExpiry => "list of expiry dates",
            Format::OwnJson => "A365 Password Tool list",
        }
    }

    /// Whether anybody who has such a file can read the secrets in it. XrmToolBox's encryption has one public key for
    /// everybody, so it counts.
    pub fn is_readable_by_anybody(self) -> bool {
        self != Format::Kdbx
    }
}

/// What a file's first bytes say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signature {
    Kdbx,
    KeePass1,
    Zip,
    /// An old `.xls`, or a workbook with a password.
    Ole,
    /// Anything else is text, or nothing that can be read.
    Text,
}

impl Signature {
    pub(super) fn of(bytes: &[u8]) -> Signature {
        match bytes {
            [0x03, 0xd9, 0xa2, 0x9a, 0x67, 0xfb, 0x4b, 0xb5, ..] => Signature::Kdbx,
            [0x03, 0xd9, 0xa2, 0x9a, 0x65, 0xfb, 0x4b, 0xb5, ..] => Signature::KeePass1,
            [b'P', b'K', 3, 4, ..] => Signature::Zip,
            [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, ..] => Signature::Ole,
            _ => Signature::Text,
        }
    }
}

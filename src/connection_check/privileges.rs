//! What the application user may do in the environment.

/// Whether the product's users can do without a privilege.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Without it the check fails.
    Required,
    /// Without it some features do not work; a warning.
    Optional,
}

impl Need {
    /// The public id.
    pub fn id(self) -> &'static str {
        match self {
            Need::Required => "required",
            Need::Optional => "optional",
        }
    }
}

/// How far a privilege reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// Only the user's own rows.
    Basic,
    /// The user's business unit.
    Local,
    /// The business unit and those below.
    Deep,
    /// The whole organization.
    Global,
    /// It works, but its depth is not known.
    Unknown,
}

/// What is known of one privilege.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrivilegeState {
    /// The user has it.
    Held(Depth),
    /// The user lacks it.
    Missing,
    /// Its table is not in the environment.
    TableMissing,
    /// It could not be found out.
    Unknown,
}

impl PrivilegeState {
    /// The state in a few words.
    pub fn describe(self) -> &'static str {
        match self {
            PrivilegeState::Held(Depth::Basic) => "granted, for its own rows only (Basic)",
            PrivilegeState::Held(Depth::Local) => "granted, for its business unit (Local)",
            PrivilegeState::Held(Depth::Deep) => "granted, for its business unit and those below it (Deep)",
            PrivilegeState::Held(Depth::Global) => "granted, for the whole organization (Global)",
            PrivilegeState::Held(Depth::Unknown) => "granted",
            PrivilegeState::Missing => "missing",
            PrivilegeState::TableMissing => "the table is not in this environment",
            PrivilegeState::Unknown => "unknown",
        }
    }
}

/// One privilege that the product looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrivilegeReport {
    /// Dataverse's name, e.g. `prvReadAccount`.
    pub name: &'static str,
    /// The name for people, e.g. "Read accounts".
    pub label: &'static str,
    /// Whether it is required.
    pub need: Need,
    /// What is known of it.
    pub state: PrivilegeState,
}

/// A table that the product reads, and how to try it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Table {
    /// Dataverse's name.
    pub name: &'static str,
    /// The request that reads one row of it.
    pub probe: &'static str,
    /// The privilege that this request needs.
    pub read: &'static str,
}

/// One privilege of the list, with its table.
pub(super) struct Wanted {
    pub name: &'static str,
    pub label: &'static str,
    pub need: Need,
    pub table: Table,
}

const ACCOUNT: Table = Table { name: "account", probe: "accounts?$select=name&$top=1", read: "prvReadAccount" };
const CONTACT: Table = Table { name: "contact", probe: "contacts?$select=fullname&$top=1", read: "prvReadContact" };
const INCIDENT: Table = Table { name: "incident", probe: "incidents?$select=title&$top=1", read: "prvReadIncident" };
const LEAD: Table = Table { name: "lead", probe: "leads?$select=fullname&$top=1", read: "prvReadLead" };
const ACTIVITY: Table =
    Table { name: "activitypointer", probe: "activitypointers?$select=subject&$top=1", read: "prvReadActivity" };

/// The tables behind [`WANTED`].
pub(super) const TABLES: [Table; 5] = [ACCOUNT, CONTACT, INCIDENT, LEAD, ACTIVITY];

/// What Anywhere365's CRM Service needs in the environment, and what it can use.
pub(super) const WANTED: [Wanted; 7] = [
    Wanted { name: "prvReadAccount", label: "Read accounts", need: Need::Required, table: ACCOUNT },
    Wanted { name: "prvReadContact", label: "Read contacts", need: Need::Required, table: CONTACT },
    Wanted { name: "prvReadIncident", label: "Read cases", need: Need::Required, table: INCIDENT },
    Wanted { name: "prvReadLead", label: "Read leads", need: Need::Optional, table: LEAD },
    Wanted { name: "prvReadActivity", label: "Read activities", need: Need::Optional, table: ACTIVITY },
    Wanted { name: "prvWriteLead", label: "Change leads", need: Need::Optional, table: LEAD },
    Wanted { name: "prvWriteActivity", label: "Change activities", need: Need::Optional, table: ACTIVITY },
];

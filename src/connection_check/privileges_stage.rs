//! The fifth stage: what the application user may do.
//!
//! One call asks for all privileges with their effective depth. Where Dataverse does not know one of the names it
//! is asked name by name; where the user may not ask at all, one row of each table is read instead.

use hyper::StatusCode;
use serde_json::Value;

use super::Warning;
use super::dataverse::{DataverseError, expect_json, failure_of};
use super::exchange::{Answer, Request};
use super::failure::{Failure, Found};
use super::organization::ask_organization;
use super::privileges::{Depth, Need, PrivilegeReport, PrivilegeState, TABLES, Table, WANTED, Wanted};
use super::user_api::UserApi;

/// Dataverse's code for a user without any role.
const NO_ROLES: u32 = 0x8004_2f09;
/// Dataverse's code for a table or function that it does not have.
const NO_SUCH_SEGMENT: u32 = 0x8006_0888;

/// Asks what the user may do and fills `reports`, also when that is too little.
pub(super) async fn check_privileges(
    api: &UserApi<'_>,
    reports: &mut Vec<PrivilegeReport>,
) -> Result<Found<()>, Failure> {
    let (states, organization) = tokio::join!(ask_states(api), ask_organization(api));
    let (states, asked) = states?;
    *reports = WANTED
        .iter()
        .zip(&states)
        .map(|(wanted, state)| PrivilegeReport {
            name: wanted.name,
            label: wanted.label,
            need: wanted.need,
            state: *state,
        })
        .collect();
    judge(reports, api.host)?;
    let mut found = Found::new((), "The application user has the required privileges.")
        .with("Checked by", asked.words())
        .warning(warnings(&states));
    if asked == Asked::ByTables {
        found = found.warning([Warning::new(
            "privileges_probed",
            "Dataverse did not report the privileges, so the tables were read instead. It is not known whether leads \
             and activities can be changed, or whether all rows can be read.",
        )]);
    }
    found.details.extend(organization.details);
    Ok(found.warning(organization.warning))
}

/// How the privileges were found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    ForAll,
    OneByOne,
    ByTables,
}

impl Asked {
    fn words(self) -> &'static str {
        match self {
            Asked::ForAll => "reading all privileges in one call",
            Asked::OneByOne => "reading one privilege at a time",
            Asked::ByTables => "reading one row of each table",
        }
    }
}

/// The state of each of [`WANTED`], in their order.
async fn ask_states(api: &UserApi<'_>) -> Result<(Vec<PrivilegeState>, Asked), Failure> {
    let names: Vec<&str> = WANTED.iter().map(|wanted| wanted.name).collect();
    let list = format!("[\"{}\"]", names.join("\",\""));
    let path = format!("RetrieveUserSetOfPrivilegesByNames(PrivilegeNames=@p)?@p={list}");
    let answer = api.wire.send(&api.of_user(&path)).await?;
    let (states, asked) = match answer.status {
        StatusCode::BAD_REQUEST => match ask_one_by_one(api).await? {
            Some(states) => (states, Asked::OneByOne),
            None => return Ok((probe_tables(api).await?, Asked::ByTables)),
        },
        StatusCode::FORBIDDEN | StatusCode::NOT_FOUND if !has_no_roles(&answer) => {
            return Ok((probe_tables(api).await?, Asked::ByTables));
        }
        _ => {
            let held = read_held(&expect_json(&answer)?).ok_or_else(|| answer.fail("bad_json"))?;
            (WANTED.iter().map(|wanted| state_of(wanted, &held)).collect(), Asked::ForAll)
        }
    };
    Ok((mark_missing_tables(api, states).await, asked))
}

fn error_code(answer: &Answer) -> Option<u32> {
    DataverseError::read(&answer.json()?)?.code
}

fn is_dataverses(answer: &Answer) -> bool {
    answer.json().as_ref().and_then(DataverseError::read).is_some()
}

fn has_no_roles(answer: &Answer) -> bool {
    error_code(answer) == Some(NO_ROLES)
}

/// The privileges in an answer: name in lower case and depth.
pub(super) fn read_held(json: &Value) -> Option<Vec<(String, Depth)>> {
    let rows = json.get("RolePrivileges")?.as_array()?;
    let text = |row: &Value, name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    Some(
        rows.iter()
            .map(|row| (text(row, "PrivilegeName").to_ascii_lowercase(), read_depth(&text(row, "Depth"))))
            .collect(),
    )
}

fn read_depth(text: &str) -> Depth {
    match text {
        "Basic" => Depth::Basic,
        "Local" => Depth::Local,
        "Deep" => Depth::Deep,
        "Global" => Depth::Global,
        _ => Depth::Unknown,
    }
}

/// Names are compared without case: Dataverse prints `prvReadincident` at places. Several roles give several
/// rows; the widest counts.
pub(super) fn state_of(wanted: &Wanted, held: &[(String, Depth)]) -> PrivilegeState {
    let depths = held.iter().filter(|(name, _)| name.eq_ignore_ascii_case(wanted.name)).map(|(_, depth)| *depth);
    depths.max().map_or(PrivilegeState::Missing, PrivilegeState::Held)
}

/// One request for each name; `None` when the user may not ask at all.
async fn ask_one_by_one(api: &UserApi<'_>) -> Result<Option<Vec<PrivilegeState>>, Failure> {
    let requests: Vec<Request> = WANTED
        .iter()
        .map(|wanted| api.of_user(&format!("RetrieveUserPrivilegeByPrivilegeName(PrivilegeName='{}')", wanted.name)))
        .collect();
    let mut states = Vec::new();
    for (wanted, answer) in WANTED.iter().zip(api.wire.send_all(&requests).await) {
        let answer = answer?;
        states.push(match answer.status {
            // A name that this environment does not know, by Dataverse's own word: a device's bare 404 says nothing.
            StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND if is_dataverses(&answer) => PrivilegeState::Missing,
            StatusCode::FORBIDDEN if has_no_roles(&answer) => return Err(failure_of(&answer)),
            StatusCode::FORBIDDEN => return Ok(None),
            _ => {
                let held = read_held(&expect_json(&answer)?).ok_or_else(|| answer.fail("bad_json"))?;
                state_of(wanted, &held)
            }
        });
    }
    Ok(Some(states))
}

/// A privilege that is not held may be one that cannot be: looks whether the tables exist. Only the tables of
/// Dynamics 365's apps can be absent.
async fn mark_missing_tables(api: &UserApi<'_>, mut states: Vec<PrivilegeState>) -> Vec<PrivilegeState> {
    let doubtful: Vec<Table> = TABLES
        .into_iter()
        .filter(|table| matches!(table.name, "incident" | "lead"))
        .filter(|table| {
            WANTED
                .iter()
                .zip(&states)
                .any(|(wanted, state)| wanted.table == *table && *state == PrivilegeState::Missing)
        })
        .collect();
    let requests: Vec<Request> = doubtful.iter().map(|table| api.request(table.probe)).collect();
    for (table, answer) in doubtful.iter().zip(api.wire.send_all(&requests).await) {
        if answer.is_ok_and(|answer| is_missing_table(&answer)) {
            mark(&mut states, *table, PrivilegeState::TableMissing);
        }
    }
    states
}

fn is_missing_table(answer: &Answer) -> bool {
    answer.status == StatusCode::NOT_FOUND && error_code(answer) == Some(NO_SUCH_SEGMENT)
}

fn mark(states: &mut [PrivilegeState], table: Table, mark: PrivilegeState) {
    for (wanted, state) in WANTED.iter().zip(states) {
        if wanted.table == table {
            *state = mark;
        }
    }
}

/// Reads one row of each table. That shows whether reading works, not how far it reaches, and nothing of writing.
async fn probe_tables(api: &UserApi<'_>) -> Result<Vec<PrivilegeState>, Failure> {
    let requests: Vec<Request> = TABLES.iter().map(|table| api.request(table.probe)).collect();
    let mut states = vec![PrivilegeState::Unknown; WANTED.len()];
    for (table, answer) in TABLES.iter().zip(api.wire.send_all(&requests).await) {
        let answer = answer?;
        let read = match answer.status {
            _ if is_missing_table(&answer) => {
                mark(&mut states, *table, PrivilegeState::TableMissing);
                continue;
            }
            StatusCode::FORBIDDEN if has_no_roles(&answer) => return Err(failure_of(&answer)),
            StatusCode::FORBIDDEN if error_code(&answer).is_some() => PrivilegeState::Missing,
            // The question was not understood, which says nothing about the user.
            StatusCode::BAD_REQUEST => PrivilegeState::Unknown,
            _ => {
                expect_json(&answer)?;
                PrivilegeState::Held(Depth::Unknown)
            }
        };
        for (wanted, state) in WANTED.iter().zip(&mut states) {
            if wanted.name == table.read {
                *state = read;
            }
        }
    }
    Ok(states)
}

/// Fails on what is required and not there; a missing privilege before a missing table.
fn judge(reports: &[PrivilegeReport], host: &str) -> Result<(), Failure> {
    let required = |state: PrivilegeState| -> Vec<usize> {
        let is_meant = |report: &PrivilegeReport| report.need == Need::Required && report.state == state;
        reports.iter().enumerate().filter(|(_, report)| is_meant(report)).map(|(index, _)| index).collect()
    };
    let missing = required(PrivilegeState::Missing);
    let absent = required(PrivilegeState::TableMissing);
    if !missing.is_empty() {
        let names: Vec<&str> = missing.iter().map(|index| reports[*index].name).collect();
        let names = names.join(", ");
        return Err(Failure::new("missing_privileges", host).saying(&names).with("Missing privileges", &names));
    }
    if !absent.is_empty() {
        let mut names: Vec<&str> = absent.iter().map(|index| WANTED[*index].table.name).collect();
        names.dedup();
        let names = names.join(", ");
        return Err(Failure::new("table_missing", host).saying(&names).with("Missing tables", &names));
    }
    Ok(())
}

/// What is optional and not there, and what reaches not far enough.
fn warnings(states: &[PrivilegeState]) -> Vec<Warning> {
    let mut warnings: Vec<Warning> = Vec::new();
    for (wanted, state) in WANTED.iter().zip(states) {
        let warning = match state {
            PrivilegeState::Held(Depth::Basic) => Warning::new(
                format!("basic_depth:{}", wanted.name),
                format!(
                    "{} is granted only for the application user's own rows, and it owns none. Grant {} at the \
                     Organization level.",
                    wanted.label, wanted.name
                ),
            ),
            PrivilegeState::Missing if wanted.need == Need::Optional => Warning::new(
                format!("optional_missing:{}", wanted.name),
                format!(
                    "{} is not allowed ({}). Features that need it will not work. To allow it, select it at the \
                     Organization level in a security role of the application user.",
                    wanted.label, wanted.name
                ),
            ),
            PrivilegeState::TableMissing => Warning::new(
                format!("table_missing:{}", wanted.table.name),
                format!(
                    "The table “{}” is not in this environment, so features that use it will not work.",
                    wanted.table.name
                ),
            ),
            _ => continue,
        };
        if !warnings.iter().any(|known| known.code == warning.code) {
            warnings.push(warning);
        }
    }
    warnings
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_are_compared_without_case_and_the_widest_depth_counts() {
        let held = read_held(&json!({"RolePrivileges": [
            {"PrivilegeName": "prvReadincident", "Depth": "Basic"},
            {"PrivilegeName": "PRVREADINCIDENT", "Depth": "Deep"},
            {"PrivilegeName": 5}, "x", null,
        ]}))
        .expect("rows");
        let state = |name: &str| WANTED.iter().find(|wanted| wanted.name == name).map(|wanted| state_of(wanted, &held));
        assert_eq!(state("prvReadIncident"), Some(PrivilegeState::Held(Depth::Deep)));
        assert_eq!(state("prvReadAccount"), Some(PrivilegeState::Missing));
        assert_eq!(read_held(&json!({"value": []})), None);
    }
}

//! What `import` answers: one object, or a table for people.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;

use super::planned::Planned;
use crate::cli::flags::Reveal;
use crate::cli::output::{Line, Value, table};
use crate::counted::counted;
use crate::exchange::import::{Candidate, Import, Outcome, QuestionCode, WarningCode};
use crate::exchange::plan::{Counts, Row};
use crate::vault::{Field, list_of_fields};

#[derive(Serialize)]
pub(super) struct RefusedAnswer<'a> {
    outcome: &'static str,
    refusal: RefusalBody<'a>,
    file: &'a str,
}

#[derive(Serialize)]
struct RefusalBody<'a> {
    code: &'static str,
    message: &'a str,
}

impl<'a> RefusedAnswer<'a> {
    pub(super) fn new(file: &'a str, code: &'static str, message: &'a str) -> RefusedAnswer<'a> {
        RefusedAnswer { outcome: "refused", refusal: RefusalBody { code, message }, file }
    }
}

#[derive(Serialize)]
pub(super) struct ImportAnswer<'a> {
    /// Of the first file; the others' are in `files`.
    format: &'static str,
    outcome: &'static str,
    profiles: Vec<ProfileBody<'a>>,
    skipped: Vec<SkippedBody<'a>>,
    warnings: Vec<WarningBody<'a>>,
    questions: Vec<QuestionBody<'a>>,
    expiries: Vec<ExpiryBody<'a>>,
    files: Vec<FileBody<'a>>,
    /// Null when nothing was saved.
    saved: Option<SavedBody>,
}

#[derive(Serialize)]
struct ProfileBody<'a> {
    name: &'a str,
    environment_url: Option<String>,
    client_id: Option<String>,
    client_secret: Option<&'a str>,
    has_client_secret: bool,
    tenant: Option<String>,
    expires: Option<NaiveDate>,
    tags: &'a [String],
    notes: &'a str,
    group: Option<&'a str>,
    action: &'static str,
    existing: Option<&'a str>,
    /// What it would change of the existing profile.
    fields: Vec<&'a str>,
    /// What a profile of its own is called.
    saved_as: &'a str,
    warnings: Vec<&'static str>,
}

#[derive(Serialize)]
struct SkippedBody<'a> {
    name: &'a str,
    reason: &'static str,
    sign_in: Option<&'a str>,
}

#[derive(Serialize)]
struct WarningBody<'a> {
    code: &'static str,
    at: &'a str,
    message: &'a str,
}

#[derive(Serialize)]
struct QuestionBody<'a> {
    code: &'static str,
    choices: &'a [String],
    option: &'static str,
}

#[derive(Serialize)]
struct ExpiryBody<'a> {
    client_id: String,
    secret_name: Option<&'a str>,
    expires: NaiveDate,
    hint: Option<&'a str>,
    profile: Option<&'a str>,
    /// The date that the profile had.
    former: Option<NaiveDate>,
}

#[derive(Serialize)]
struct FileBody<'a> {
    file: &'a str,
    format: &'static str,
    outcome: &'static str,
    /// Client secrets that anybody can read who has the file.
    secrets_in_the_clear: usize,
}

#[derive(Serialize)]
struct SavedBody {
    added: usize,
    updated: usize,
}

impl<'a> ImportAnswer<'a> {
    pub(super) fn new(planned: &'a [Planned<'a>], counts: Option<Counts>, reveal: Reveal) -> ImportAnswer<'a> {
        let imports = || planned.iter().map(|it| it.import);
        ImportAnswer {
            format: planned.first().map_or("", |it| it.import.format.id()),
            outcome: outcome(planned).id(),
            profiles: planned.iter().flat_map(|it| profiles(it, reveal)).collect(),
            skipped: imports()
                .flat_map(|import| &import.skipped)
                .map(|it| SkippedBody { name: &it.name, reason: it.reason.id(), sign_in: it.sign_in.as_deref() })
                .collect(),
            warnings: imports()
                .flat_map(|import| &import.warnings)
                .map(|it| WarningBody { code: it.code.id(), at: &it.at, message: &it.message })
                .collect(),
            questions: imports()
                .flat_map(|import| &import.questions)
                .map(|it| QuestionBody { code: it.code.id(), choices: &it.choices, option: it.code.option() })
                .collect(),
            expiries: planned.iter().flat_map(|it| expiries(it)).collect(),
            files: planned
                .iter()
                .map(|it| FileBody {
                    file: it.file,
                    format: it.import.format.id(),
                    outcome: it.import.outcome().id(),
                    secrets_in_the_clear: it.import.secrets_in_the_clear(),
                })
                .collect(),
            saved: counts.map(|counts| SavedBody { added: counts.added, updated: counts.updated }),
        }
    }
}

/// One file that needs a choice holds all back.
fn outcome(planned: &[Planned<'_>]) -> Outcome {
    let outcomes: Vec<Outcome> = planned.iter().map(|it| it.import.outcome()).collect();
    match outcomes.as_slice() {
        all if all.contains(&Outcome::NeedsChoice) => Outcome::NeedsChoice,
        all if all.contains(&Outcome::Profiles) => Outcome::Profiles,
        _ => Outcome::Expiries,
    }
}

fn profiles<'a>(planned: &'a Planned<'a>, reveal: Reveal) -> impl Iterator<Item = ProfileBody<'a>> {
    let rows = planned.import.candidates.iter().zip(&planned.rows).enumerate();
    rows.map(move |(number, (candidate, row))| ProfileBody {
        name: &candidate.name,
        environment_url: candidate.environment_url.as_ref().map(ToString::to_string),
        client_id: candidate.client_id.map(|id| id.to_string()),
        client_secret: candidate.client_secret.as_ref().map(|secret| secret.expose()).filter(|_| reveal.reveal),
        has_client_secret: candidate.client_secret.is_some(),
        tenant: candidate.tenant.as_ref().map(ToString::to_string),
        expires: candidate.secret_expires,
        tags: &candidate.tags,
        notes: &candidate.notes,
        group: candidate.group.as_deref(),
        action: row.action.id(),
        existing: row.existing_name.as_deref(),
        fields: row.fields.iter().map(Field::id).collect(),
        saved_as: &row.saved_as,
        warnings: planned.import.codes_of(number).into_iter().map(|code| code.id()).collect(),
    })
}

fn expiries<'a>(planned: &'a Planned<'a>) -> impl Iterator<Item = ExpiryBody<'a>> {
    planned.import.expiries.iter().enumerate().map(|(number, end)| {
        let row = planned.expiries.iter().find(|row| row.end == number);
        ExpiryBody {
            client_id: end.client_id.to_string(),
            secret_name: end.secret_name.as_deref(),
            expires: end.expires,
            hint: end.hint.as_ref().map(|hint| hint.expose()),
            profile: row.map(|row| row.name.as_str()),
            former: row.and_then(|row| row.former),
        }
    })
}

/// The answer for people: a table, what was left out and how it ended.
pub(super) fn lines(planned: &[Planned<'_>], counts: Option<Counts>, reveal: Reveal) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut rows = Vec::new();
    for it in planned {
        rows.extend(it.import.candidates.iter().zip(&it.rows).map(|(candidate, row)| row_of(candidate, row, reveal)));
    }
    if !rows.is_empty() {
        lines.extend(table(&["NAME", "ENVIRONMENT", "CLIENT ID", "SECRET", "EXPIRES", "ACTION"], &rows));
    }
    let dates: Vec<Vec<String>> = planned.iter().flat_map(|it| date_rows(it)).collect();
    if !dates.is_empty() {
        lines.extend(table(&["CLIENT ID", "SECRET NAME", "EXPIRES", "PROFILE", "CURRENT DATE"], &dates));
    }
    for it in planned {
        lines.extend(skipped(it.import));
    }
    if planned.iter().flat_map(|it| &it.import.warnings).any(|it| it.code == WarningCode::SecretRefused) {
        lines.extend(Line::one(
            "If HashiCorp Vault or an old version of the Azure CLI created the secrets that look like Secret IDs, add \
             --secret-is-a-guid.",
        ));
    }
    let end = match counts {
        Some(Counts { added: 0, updated: 0 }) => "Nothing was changed.".to_owned(),
        Some(counts) => format!("Added {}, updated {}.", counted(counts.added, "profile"), counts.updated),
        None if outcome(planned) == Outcome::NeedsChoice => "Nothing was imported: a choice is needed.".to_owned(),
        None => "Preview: nothing was saved.".to_owned(),
    };
    lines.extend(Line::one(&end));
    lines
}

fn row_of(candidate: &Candidate, row: &Row, reveal: Reveal) -> Vec<Value> {
    let text = |value: Option<String>| Value::Text(value.unwrap_or_else(|| "-".to_owned()));
    let secret = match &candidate.client_secret {
        Some(secret) if reveal.reveal => Value::Exact(secret.expose().into()),
        Some(_) => Value::Text("yes".to_owned()),
        None => Value::Text("no".to_owned()),
    };
    let action = match &row.existing_name {
        Some(name) if row.fields.is_empty() => format!("{}: “{name}”", row.action.id()),
        Some(name) => format!("{}: “{name}” ({})", row.action.id(), list_of_fields(&row.fields)),
        None if row.saved_as != candidate.name => format!("{} as “{}”", row.action.id(), row.saved_as),
        None => row.action.id().to_owned(),
    };
    vec![
        Value::Text(candidate.name.clone()),
        text(candidate.environment_url.as_ref().map(ToString::to_string)),
        text(candidate.client_id.map(|id| id.to_string())),
        secret,
        text(candidate.secret_expires.map(|day| day.to_string())),
        Value::Text(action),
    ]
}

fn date_rows(planned: &Planned<'_>) -> Vec<Vec<String>> {
    let text = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
    let rows = expiries(planned).map(|end| {
        vec![
            end.client_id,
            text(end.secret_name.map(str::to_owned)),
            end.expires.to_string(),
            text(end.profile.map(str::to_owned)),
            text(end.former.map(|day| day.to_string())),
        ]
    });
    rows.collect()
}

/// How many entries were left out, by reason.
fn skipped(import: &Import) -> Vec<Line> {
    let mut counts: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for it in &import.skipped {
        counts.entry(it.reason.words()).or_default().push(&it.name);
    }
    if import.questions.iter().any(|question| question.code == QuestionCode::Sheet) {
        return Vec::new();
    }
    let lines = counts.into_iter().flat_map(|(words, names)| {
        let more = if names.len() > 3 { ", …" } else { "" };
        let shown = names.iter().take(3).copied().collect::<Vec<_>>().join(", ");
        let entries = if names.len() == 1 { "entry" } else { "entries" };
        Line::one(&format!("Left out {} {entries} ({shown}{more}): {words}.", names.len()))
    });
    lines.collect()
}

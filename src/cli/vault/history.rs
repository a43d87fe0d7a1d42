//! `vault history`, `vault conflicts` and `vault resolve`.

use clap::Args;
use serde::Serialize;

use crate::cli::failure::{Exit, Failure};
use crate::cli::flags::{Passphrase, Reveal};
use crate::cli::output::{Line, Value, labelled, plain, table};
use crate::cli::session::{Session, find};
use crate::profile::{Profile, SecretText, compared_name};
use crate::rfc3339::to_the_second;
use crate::vault::{Conflict, ConflictSide, Contents, Field, FieldChoice, HistoryEntry, list_of_fields};
use crate::written_day::utc_minute;

#[derive(Debug, Args)]
pub(in crate::cli) struct HistoryArguments {
    /// Only what happened to this profile
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// Show at most this many entries, the newest ones
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub last: usize,
    #[command(flatten)]
    pub passphrase: Passphrase,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ConflictsArguments {
    #[command(flatten)]
    pub passphrase: Passphrase,
    #[command(flatten)]
    pub reveal: Reveal,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ResolveArguments {
    /// The profile's name; if it has several conflicts, the oldest is resolved
    pub name: String,
    /// Take this field from the other version; may be given several times. Everything else stays as it is in the vault
    #[arg(long = "take-other", value_name = "FIELD")]
    pub take_other: Vec<String>,
    #[command(flatten)]
    pub passphrase: Passphrase,
}

#[derive(Serialize)]
struct HistoryAnswer {
    /// Oldest first.
    history: Vec<EntryAnswer>,
}

#[derive(Serialize)]
struct EntryAnswer {
    at: String,
    account: String,
    machine: String,
    kind: String,
    profile: Option<String>,
    fields: Vec<String>,
    count: Option<u32>,
    text: String,
}

pub(super) fn history(session: &mut Session<'_, '_>, arguments: HistoryArguments) -> Result<Exit, Failure> {
    let vault = session.open_vault(arguments.passphrase)?;
    let history = vault.contents().history();
    let mut entries: Vec<&HistoryEntry> = match &arguments.profile {
        Some(name) => of_profile(vault.contents(), name)?,
        None => history.iter().collect(),
    };
    entries.drain(..entries.len().saturating_sub(arguments.last));
    session.reply(
        || HistoryAnswer { history: entries.iter().map(|entry| entry_answer(entry)).collect() },
        || history_lines(&entries),
    );
    Ok(Exit::Success)
}

fn history_lines(entries: &[&HistoryEntry]) -> Vec<Line> {
    if entries.is_empty() {
        return Line::one("There is no history yet.");
    }
    let row =
        |entry: &&HistoryEntry| vec![utc_minute(entry.at), plain(&entry.who.describe()), plain(&entry.describe())];
    table(&["WHEN", "WHO", "WHAT"], &entries.iter().map(row).collect::<Vec<_>>())
}

/// What happened to a profile, whatever it was called then; a removed one is found by its last name.
fn of_profile<'v>(contents: &'v Contents, name: &str) -> Result<Vec<&'v HistoryEntry>, Failure> {
    let history = contents.history();
    let same_name = |known: &str| compared_name(known) == compared_name(name);
    let removed =
        || history.iter().rev().filter_map(|entry| entry.profile.as_ref()).find(|(_, known)| same_name(known));
    let id = match (contents.by_name(name), removed()) {
        (Some(profile), _) => profile.id,
        (None, Some((id, _))) => *id,
        (None, None) => find(contents, name)?.id,
    };
    Ok(history.iter().filter(|entry| entry.profile.as_ref().is_some_and(|(of, _)| *of == id)).collect())
}

fn entry_answer(entry: &HistoryEntry) -> EntryAnswer {
    EntryAnswer {
        at: to_the_second(entry.at),
        account: entry.who.account.clone(),
        machine: entry.who.machine.clone(),
        kind: entry.kind.id().to_owned(),
        profile: entry.profile.as_ref().map(|(_, name)| name.clone()),
        fields: ids(entry.kind.fields()),
        count: entry.count,
        text: entry.describe(),
    }
}

#[derive(Serialize)]
struct ConflictsAnswer {
    /// Oldest first.
    conflicts: Vec<ConflictAnswer>,
}

#[derive(Serialize)]
struct ConflictAnswer {
    profile: String,
    found: String,
    account: String,
    machine: String,
    fields: Vec<FieldAnswer>,
}

#[derive(Serialize)]
struct FieldAnswer {
    field: String,
    /// `null` when there is none, or when it is a secret that was not asked for.
    in_place: Option<String>,
    other: Option<String>,
}

pub(super) fn conflicts(session: &mut Session<'_, '_>, arguments: ConflictsArguments) -> Result<Exit, Failure> {
    let vault = session.open_vault(arguments.passphrase)?;
    let contents = vault.contents();
    let of_profiles =
        contents.conflicts().iter().filter_map(|conflict| Some((conflict, contents.get(conflict.profile)?)));
    let answers: Vec<_> = of_profiles.map(|(conflict, now)| conflict_answer(conflict, now, arguments.reveal)).collect();
    let lines = match answers.as_slice() {
        [] => Line::one("There are no conflicts."),
        some => some.iter().flat_map(|answer| conflict_lines(answer, arguments.reveal)).collect(),
    };
    let has_conflicts = !answers.is_empty();
    session.reply(|| ConflictsAnswer { conflicts: answers }, || lines);
    if has_conflicts {
        session.note_for_people(
            "Choose with “vault resolve NAME”: fields named with --take-other come from the other version, \
             everything else stays.",
        );
    }
    Ok(Exit::Success)
}

fn conflict_answer(conflict: &Conflict, now: &Profile, reveal: Reveal) -> ConflictAnswer {
    let field = |field: &Field| {
        let shown = |profile| value(field, profile).filter(|_| reveal.reveal || !field.is_secret());
        FieldAnswer { field: field.id().to_owned(), in_place: shown(now), other: shown(&conflict.other) }
    };
    ConflictAnswer {
        profile: now.name.clone(),
        found: to_the_second(conflict.found),
        account: conflict.who.account.clone(),
        machine: conflict.who.machine.clone(),
        fields: conflict.fields.iter().map(field).collect(),
    }
}

fn conflict_lines(answer: &ConflictAnswer, reveal: Reveal) -> Vec<Line> {
    let text = |text: &str| Value::Text(text.to_owned());
    let mut rows = vec![("Profile", text(&answer.profile)), ("Found", text(&answer.found))];
    for field in &answer.fields {
        let is_secret = Field::of_id(&field.field).is_secret();
        let shown = |value: &Option<String>| match value {
            _ if is_secret && !reveal.reveal => text("(hidden; use --reveal to show it)"),
            Some(value) if is_secret => Value::Exact(SecretText::from(value.as_str())),
            Some(value) => text(value),
            None => text("(none)"),
        };
        rows.push(("Field", text(&field.field)));
        rows.push(("  current", shown(&field.in_place)));
        rows.push(("  other", shown(&field.other)));
    }
    labelled(&rows)
}

/// A field's value as text, when there is one.
fn value(field: &Field, profile: &Profile) -> Option<String> {
    match field {
        Field::Name => Some(profile.name.clone()),
        Field::EnvironmentUrl => profile.environment_url.as_ref().map(ToString::to_string),
        Field::ClientId => profile.client_id.map(|id| id.to_string()),
        Field::ClientSecret => profile.client_secret.as_ref().map(|secret| secret.expose().to_owned()),
        Field::Tenant => profile.tenant.as_ref().map(ToString::to_string),
        Field::SecretExpires => profile.secret_expires.map(|date| date.to_string()),
        Field::Tags => Some(profile.tags.join(", ")),
        Field::Notes => Some(profile.notes.clone()),
        Field::VendorValue => profile.vendor_value.as_ref().map(|value| value.expose().to_owned()),
        Field::OtherKeys => {
            let pairs = profile.other_keys.iter().map(|(key, value)| format!("{key}={}", value.expose()));
            Some(pairs.collect::<Vec<_>>().join(";"))
        }
        Field::Renewal => profile.renewal.as_ref().map(|renewal| {
            let secret = renewal.new_secret.as_ref().map_or("none yet", |secret| secret.expose());
            format!("started {}, new secret: {secret}", to_the_second(renewal.started))
        }),
        Field::FormerSecret => profile
            .former_secret
            .as_ref()
            .map(|former| format!("{}, kept until {}", former.secret.expose(), former.kept_until())),
        Field::UccUpdate => profile.ucc_update.as_ref().map(|update| match update.done {
            Some(at) => format!("confirmed {}", to_the_second(at)),
            None => "not confirmed".to_owned(),
        }),
        Field::Renewals => Some(profile.renewals.iter().map(|it| to_the_second(it.at)).collect::<Vec<_>>().join(", ")),
        Field::Other(_) => None,
    }
}

#[derive(Serialize)]
struct ResolveAnswer {
    profile: String,
    taken: Vec<String>,
    /// Conflicts about this profile that are left.
    left: usize,
}

pub(super) fn resolve(session: &mut Session<'_, '_>, arguments: ResolveArguments) -> Result<Exit, Failure> {
    let mut vault = session.open_vault_to_change(arguments.passphrase)?;
    let profile = find(vault.contents(), &arguments.name)?.id;
    let about =
        |contents: &Contents| contents.conflicts().iter().filter(|conflict| conflict.profile == profile).count();
    let now = session.console.now();
    let (taken, name) = vault.update(|contents| {
        let conflict = contents.conflicts().iter().find(|conflict| conflict.profile == profile);
        let Some(conflict) = conflict else {
            let text = format!("There is no conflict about “{}”. “vault conflicts” lists them.", arguments.name);
            return Err(Failure::usage("conflict_unknown", text));
        };
        let fields: Vec<_> = arguments.take_other.iter().map(|id| Field::of_id(id)).collect();
        if let Some(field) = fields.iter().find(|field| !conflict.fields.contains(field)) {
            let of = ids(&conflict.fields).join(", ");
            let text = format!("“{}” is not part of this conflict. Fields in conflict: {of}.", field.id());
            return Err(Failure::usage("field_unknown", text));
        }
        let id = conflict.id;
        let choice = |field: &Field| FieldChoice { field: field.clone(), side: ConflictSide::Other };
        contents.resolve_conflict(id, &fields.iter().map(choice).collect::<Vec<_>>(), now)?;
        let name = contents.get(profile).map(|profile| profile.name.clone()).unwrap_or_default();
        Ok((fields, name))
    })?;
    session.saved(&mut vault);
    let left = about(vault.contents());
    let kept = match taken.as_slice() {
        [] => "everything stayed as it was".to_owned(),
        some => format!("{} came from the other version", plain(&list_of_fields(some))),
    };
    let line = format!("Resolved the conflict of “{}”; {kept}.", plain(&name));
    session.reply(|| ResolveAnswer { profile: name, taken: ids(&taken), left }, || Line::one(&line));
    Ok(Exit::Success)
}

fn ids(fields: &[Field]) -> Vec<String> {
    fields.iter().map(|field| field.id().to_owned()).collect()
}

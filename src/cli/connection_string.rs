//! `connection-string write` and `connection-string read`.

use clap::{Args, Subcommand};
use serde::Serialize;

use super::failure::{Exit, Failure};
use super::flags::{Passphrase, Reveal, TypedConnection};
use super::output::{Answer, Value, WarningDetail, labelled};
use super::session::{Session, Style, find, guid_secret};
use crate::connection_string::{ConnectionString, ConnectionStringError};
use crate::profile::{Profile, SecretText};

#[derive(Debug, Subcommand)]
pub(super) enum ConnectionStringCommand {
    /// Print the connection string of a profile or of given values; it contains the secret
    Write(ConnectionArguments),
    /// Read a connection string from standard input and show how Microsoft's client understands it
    Read(Reveal),
}

/// A saved profile, or the three values themselves.
#[derive(Debug, Args)]
pub(super) struct ConnectionArguments {
    /// A profile's name
    #[arg(required_unless_present = "url", conflicts_with_all = ["url", "client_id", "secret_stdin"])]
    pub name: Option<String>,
    #[command(flatten)]
    pub typed: TypedConnection,
    #[command(flatten)]
    pub passphrase: Passphrase,
}

pub(super) fn run(session: &mut Session<'_, '_>, command: ConnectionStringCommand) -> Result<Exit, Failure> {
    match command {
        ConnectionStringCommand::Write(arguments) => write(session, &arguments),
        ConnectionStringCommand::Read(reveal) => read(session, reveal),
    }
}

#[derive(Serialize)]
struct WriteAnswer<'a> {
    connection_string: &'a str,
}

fn write(session: &mut Session<'_, '_>, arguments: &ConnectionArguments) -> Result<Exit, Failure> {
    let string = match (&arguments.name, &arguments.typed.url, &arguments.typed.client_id) {
        (Some(name), ..) => {
            let vault = session.open_vault(arguments.passphrase)?;
            of_profile(find(vault.contents(), name)?)?
        }
        (None, Some(url), Some(client_id)) => {
            let secret = session.console.secret(arguments.typed.secret_stdin.into())?;
            let (url, id) = (session.url(url)?, session.client_id(client_id)?);
            let secret = session.client_secret(&secret, guid_secret(arguments.typed.secret_is_a_guid))?;
            ConnectionString::client_secret(&url, &id, &secret)
        }
        _ => return Err(Failure::usage("usage", "Name a profile, or give --url and --client-id.")),
    };
    let text = string.write()?;
    match session.style {
        Style::Json => {
            session.console.answer_json(&Answer::new(WriteAnswer { connection_string: text.expose() }));
        }
        Style::People => session.console.answer_exact(text.expose()),
    }
    Ok(Exit::Success)
}

/// A profile's connection string, with the keys of others that it keeps.
fn of_profile(profile: &Profile) -> Result<ConnectionString, Failure> {
    let missing = |what: &str| {
        Failure::usage(
            "profile_incomplete",
            format!("The profile “{}” has no {what} yet. Add it with “profile set”.", profile.name),
        )
    };
    let url = profile.environment_url.as_ref().ok_or_else(|| missing("Environment URL"))?;
    let id = profile.client_id.as_ref().ok_or_else(|| missing("client ID"))?;
    let secret = profile.client_secret.as_ref().ok_or_else(|| missing("client secret"))?;
    let mut string = ConnectionString::client_secret(url, id, secret);
    for (key, value) in &profile.other_keys {
        string.push_other(key, value);
    }
    Ok(string)
}

#[derive(Default, Serialize)]
struct ReadAnswer<'a> {
    ok: bool,
    error: Option<ReadError>,
    auth_type: Option<String>,
    url: Option<&'a str>,
    client_id: Option<&'a str>,
    client_secret: Option<&'a str>,
    has_client_secret: bool,
    /// A key that may be the rest of a cut secret is named only when secrets are shown.
    unknown: Vec<String>,
    /// Stable codes; their words are in `warning_details`.
    warnings: Vec<&'static str>,
    warning_details: Vec<WarningDetail>,
}

#[derive(Serialize)]
struct ReadError {
    code: &'static str,
    /// In characters from 1.
    position: Option<usize>,
    message: String,
}

fn read(session: &mut Session<'_, '_>, reveal: Reveal) -> Result<Exit, Failure> {
    let text = session.console.connection_string()?;
    match ConnectionString::parse_line(text.expose()) {
        Ok(string) => {
            answer(session, &string, reveal);
            Ok(Exit::Success)
        }
        Err(error) => {
            refuse(session, error);
            Ok(Exit::Negative)
        }
    }
}

fn answer(session: &mut Session<'_, '_>, string: &ConnectionString, reveal: Reveal) {
    let secret = string.client_secret_value().map(SecretText::expose);
    let shown = secret.filter(|_| reveal.reveal);
    let warnings = string.warnings_with(&session.clouds);
    let unknown: Vec<String> = match reveal.reveal {
        true => string.unknown().map(|(key, _)| key.to_owned()).collect(),
        false => string.unknown_keys_shown().collect(),
    };
    match session.style {
        Style::Json => session.console.answer_json(&Answer::new(ReadAnswer {
            ok: true,
            error: None,
            auth_type: Some(string.auth_type().to_string()),
            url: string.url(),
            client_id: string.client_id(),
            client_secret: shown,
            has_client_secret: secret.is_some(),
            unknown,
            warnings: warnings.iter().map(|warning| warning.code).collect(),
            warning_details: warnings
                .into_iter()
                .map(|warning| WarningDetail { code: warning.code.to_owned(), text: warning.text })
                .collect(),
        })),
        Style::People => {
            let text = |text: Option<&str>| Value::Text(text.unwrap_or("(none)").to_owned());
            let hidden = secret
                .map(|secret| format!("(hidden, {} characters; use --reveal to show it)", secret.chars().count()));
            let rows = [
                ("AuthType", Value::Text(string.auth_type().to_string())),
                ("Url", text(string.url())),
                ("ClientId", text(string.client_id())),
                (
                    "ClientSecret",
                    shown.map_or_else(|| text(hidden.as_deref()), |it| Value::Exact(SecretText::from(it))),
                ),
                ("Ignored keys", text(Some(unknown.join(", ").as_str()).filter(|keys| !keys.is_empty()))),
            ];
            session.console.answer_lines(&labelled(&rows));
            for warning in warnings {
                session.console.answer(&format!("Warning ({}): {}", warning.code, warning.text));
            }
        }
    }
}

fn refuse(session: &mut Session<'_, '_>, error: ConnectionStringError) {
    let message = error.to_string();
    match session.style {
        Style::Json => {
            let body = ReadError { code: error.code(), position: error.position(), message: message.clone() };
            session.console.answer_json(&Answer::new(ReadAnswer { error: Some(body), ..ReadAnswer::default() }));
        }
        Style::People => session.console.answer("Microsoft's parser refuses this connection string."),
    }
    session.console.note(&message);
}

//! `profile add`, `profile set` and `profile remove`.

use chrono::NaiveDate;
use uuid::Uuid;

use super::arguments::{AddArguments, Passphrase, Reveal, SetArguments};
use super::failure::{Exit, Failure};
use super::output::Answer;
use super::profile_view::ProfileAnswer;
use super::session::{Session, Style, find, parse_connection};
use crate::profile::{ClientId, ClientSecret, EnvironmentUrl, Profile, Tenant, parse_name};

pub(super) fn add(session: &mut Session<'_, '_>, arguments: AddArguments) -> Result<Exit, Failure> {
    // Everything that can be refused is, before anybody is asked for a secret.
    let name = parse_name(&arguments.name)?;
    EnvironmentUrl::parse_with(&arguments.url, &session.clouds)?;
    ClientId::parse(&arguments.client_id)?;
    let tenant = arguments.tenant.as_deref().map_or(Ok(None), tenant)?;
    let mut vault = session.open_vault_to_change(arguments.passphrase)?;
    if vault.contents().by_name(&name).is_some() {
        return Err(crate::vault::VaultError::NameTaken { name }.into());
    }
    let secret = session.console.secret(arguments.secret_stdin.into())?;
    let (url, client_id, secret) =
        parse_connection(&session.clouds, &arguments.url, &arguments.client_id, secret.expose())?;
    session.advise(&secret);
    let now = session.console.now();
    let mut profile = Profile::new(Uuid::new_v4(), &name, now);
    profile.environment_url = Some(url);
    profile.client_id = Some(client_id);
    profile.client_secret = Some(secret);
    profile.tenant = tenant;
    profile.secret_expires = arguments.expires;
    profile.tags = tags(arguments.tags);
    profile.notes = arguments.notes.unwrap_or_default();
    vault.update(|contents| contents.put(profile.clone()))?;
    session.saved(&mut vault);
    if profile.secret_expires.is_none() {
        session
            .console
            .tell("No expiry date is known. Add it with “profile set NAME --expires YYYY-MM-DD” to be warned in time.");
    }
    answer(session, &profile, "Added");
    Ok(Exit::Good)
}

pub(super) fn set(session: &mut Session<'_, '_>, arguments: SetArguments) -> Result<Exit, Failure> {
    if !changes_something(&arguments) {
        return Err(Failure::wrong_use("nothing_to_change", "Name what to change, for example --expires YYYY-MM-DD."));
    }
    let rename = arguments.rename.as_deref().map(parse_name).transpose()?;
    let url = arguments.url.as_deref().map(|url| EnvironmentUrl::parse_with(url, &session.clouds)).transpose()?;
    let client_id = arguments.client_id.as_deref().map(ClientId::parse).transpose()?;
    let new_tenant = arguments.tenant.as_deref().map(tenant).transpose()?;
    let expires = arguments.expires.as_deref().map(date).transpose()?;
    let new_tags = arguments.tags.map(tags);
    let mut vault = session.open_vault_to_change(arguments.passphrase)?;
    let id = find(vault.contents(), &arguments.name)?.id;
    let secret = if arguments.secret_stdin {
        let secret = ClientSecret::parse(session.console.secret(true.into())?.expose())?;
        session.advise(&secret);
        Some(secret)
    } else {
        None
    };
    let is_new_secret = secret.is_some();
    let is_other_connection = is_new_secret || url.is_some() || client_id.is_some() || new_tenant.is_some();
    let now = session.console.now();
    let profile = vault.update(|contents| {
        // Read again here: somebody else may have changed the profile since the vault was opened.
        let mut profile = contents.get(id).cloned().ok_or_else(|| {
            Failure::wrong_use("profile_unknown", "Somebody else has just removed this profile. Nothing was saved.")
        })?;
        profile.name = rename.unwrap_or(profile.name);
        profile.environment_url = url.or(profile.environment_url);
        profile.client_id = client_id.or(profile.client_id);
        profile.client_secret = secret.or(profile.client_secret);
        profile.tenant = new_tenant.unwrap_or(profile.tenant);
        profile.secret_expires = expires.unwrap_or(profile.secret_expires);
        profile.tags = new_tags.unwrap_or(profile.tags);
        profile.notes = arguments.notes.unwrap_or(profile.notes);
        profile.modified = now;
        if is_other_connection {
            // What was found about the old values says nothing about the new ones.
            profile.last_check = None;
        }
        contents.put(profile.clone())?;
        Ok::<_, Failure>(profile)
    })?;
    session.saved(&mut vault);
    if is_new_secret && expires.is_none() {
        session
            .console
            .tell("The expiry date is still that of the old secret. Give the new one with --expires YYYY-MM-DD.");
    }
    answer(session, &profile, "Changed");
    Ok(Exit::Good)
}

pub(super) fn remove(session: &mut Session<'_, '_>, name: &str, passphrase: Passphrase) -> Result<Exit, Failure> {
    let mut vault = session.open_vault_to_change(passphrase)?;
    let seen = find(vault.contents(), name)?.clone();
    let removed = vault.update(|contents| {
        contents
            .remove_based_on(&seen)?
            .ok_or_else(|| Failure::wrong_use("profile_unknown", "Somebody else has just removed this profile."))
    })?;
    session.saved(&mut vault);
    answer(session, &removed, "Removed");
    Ok(Exit::Good)
}

fn answer(session: &mut Session<'_, '_>, profile: &Profile, what: &str) {
    match session.style {
        Style::Json => {
            let now = session.console.now();
            let reveal = Reveal { reveal: false };
            session.console.answer_json(&Answer::new(ProfileAnswer::new(profile, now, reveal)));
        }
        Style::People => session.console.answer(&format!("{what} the profile “{}”.", profile.name)),
    }
}

fn changes_something(arguments: &SetArguments) -> bool {
    let SetArguments { name: _, rename, url, client_id, secret_stdin, tenant, expires, tags, notes, passphrase: _ } =
        arguments;
    let texts = [rename, url, client_id, tenant, expires, notes];
    *secret_stdin || tags.is_some() || texts.into_iter().any(Option::is_some)
}

/// A tenant; an empty text is none.
fn tenant(text: &str) -> Result<Option<Tenant>, Failure> {
    if text.trim().is_empty() { Ok(None) } else { Ok(Some(Tenant::parse(text)?)) }
}

/// A date; an empty text is none.
fn date(text: &str) -> Result<Option<NaiveDate>, Failure> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    text.trim().parse().map(Some).map_err(|_| {
        Failure::wrong_use("date_invalid", "The expiry date has to be written as YYYY-MM-DD, for example 2027-11-23.")
    })
}

/// Tags without blanks around, without empty ones, each once.
fn tags(given: Vec<String>) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for tag in given.iter().map(|tag| tag.trim()).filter(|tag| !tag.is_empty()) {
        if !tags.iter().any(|known| known == tag) {
            tags.push(tag.to_owned());
        }
    }
    tags
}

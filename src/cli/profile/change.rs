//! `profile add`, `profile set` and `profile remove`.

// Docs of arguments are what `--help` prints.
#![allow(rustdoc::bare_urls)]

use chrono::NaiveDate;
use clap::Args;
use uuid::Uuid;

use super::answer::ProfileAnswer;
use crate::cli::failure::{Exit, Failure};
use crate::cli::flags::{Passphrase, Reveal};
use crate::cli::output::Line;
use crate::cli::session::{Session, find, guid_secret};
use crate::profile::{ClientId, Profile, Tenant, distinct_tags, parse_date, parse_name};

#[derive(Debug, Args)]
pub(in crate::cli) struct AddArguments {
    /// The new profile's name
    pub name: String,
    /// The Environment URL, e.g. https://contoso.crm4.dynamics.com
    #[arg(long, value_name = "URL")]
    pub url: String,
    /// The Application (client) ID
    #[arg(long, value_name = "GUID")]
    pub client_id: String,
    /// Read the client secret from standard input, after the line with the passphrase if that is given there too
    #[arg(long)]
    pub secret_stdin: bool,
    /// Accept a client secret that is a GUID, as HashiCorp Vault and old versions of the Azure CLI created them
    #[arg(long)]
    pub secret_is_a_guid: bool,
    /// The Directory (tenant) ID or domain; a test finds it automatically
    #[arg(long)]
    pub tenant: Option<String>,
    /// The expiry date of the client secret
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = parse_date)]
    pub expires: Option<NaiveDate>,
    /// A tag to group by; can be given several times
    #[arg(long = "tag", value_name = "TAG")]
    pub tags: Vec<String>,
    /// Free text
    #[arg(long)]
    pub notes: Option<String>,
    #[command(flatten)]
    pub passphrase: Passphrase,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct SetArguments {
    /// The profile's name
    pub name: String,
    /// A new name
    #[arg(long, value_name = "NAME")]
    pub rename: Option<String>,
    /// The Environment URL
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// The Application (client) ID
    #[arg(long, value_name = "GUID")]
    pub client_id: Option<String>,
    /// Replace the client secret with the one from standard input
    #[arg(long)]
    pub secret_stdin: bool,
    /// Accept a client secret that is a GUID, as HashiCorp Vault and old versions of the Azure CLI created them
    #[arg(long, requires = "secret_stdin")]
    pub secret_is_a_guid: bool,
    /// The Directory (tenant) ID or domain; "" removes it
    #[arg(long)]
    pub tenant: Option<String>,
    /// The expiry date of the client secret; "" removes it
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub expires: Option<String>,
    /// New tags that replace the old ones; "" removes them
    #[arg(long = "tag", value_name = "TAG")]
    pub tags: Option<Vec<String>>,
    /// Free text that replaces the old notes
    #[arg(long)]
    pub notes: Option<String>,
    #[command(flatten)]
    pub passphrase: Passphrase,
}

pub(super) fn add(session: &mut Session<'_, '_>, arguments: AddArguments) -> Result<Exit, Failure> {
    // Everything that can be refused is, before anybody is asked for a secret.
    let name = parse_name(&arguments.name)?;
    let url = session.url(&arguments.url)?;
    let client_id = session.client_id(&arguments.client_id)?;
    let tenant = arguments.tenant.as_deref().map_or(Ok(None), |text| session.tenant(text))?;
    refuse_same(Some(client_id), tenant.as_ref())?;
    let mut vault = session.open_vault_to_change(arguments.passphrase)?;
    if vault.contents().by_name(&name).is_some() {
        return Err(crate::vault::VaultError::NameTaken { name }.into());
    }
    let secret = session.console.secret(arguments.secret_stdin.into())?;
    let secret = session.client_secret(&secret, guid_secret(arguments.secret_is_a_guid))?;
    let now = session.console.now();
    let mut profile = Profile::new(Uuid::new_v4(), &name, now);
    profile.environment_url = Some(url);
    profile.client_id = Some(client_id);
    profile.client_secret = Some(secret);
    profile.tenant = tenant;
    profile.secret_expires = arguments.expires;
    profile.tags = distinct(&arguments.tags);
    profile.notes = arguments.notes.unwrap_or_default();
    vault.update(|contents| contents.put(profile.clone()))?;
    session.saved(&mut vault);
    if profile.secret_expires.is_none() {
        session
            .console
            .note("No expiry date is set. Add it with “profile set NAME --expires YYYY-MM-DD” to be reminded in time.");
    }
    answer(session, &profile, "Added");
    Ok(Exit::Success)
}

pub(super) fn set(session: &mut Session<'_, '_>, arguments: SetArguments) -> Result<Exit, Failure> {
    if !changes_something(&arguments) {
        return Err(Failure::usage("nothing_to_change", "Specify what to change, for example --expires YYYY-MM-DD."));
    }
    let rename = arguments.rename.as_deref().map(parse_name).transpose()?;
    let url = arguments.url.as_deref().map(|text| session.url(text)).transpose()?;
    let client_id = arguments.client_id.as_deref().map(|text| session.client_id(text)).transpose()?;
    let new_tenant = arguments.tenant.as_deref().map(|text| session.tenant(text)).transpose()?;
    let expires = arguments.expires.as_deref().map(date).transpose()?;
    let new_tags = arguments.tags.as_deref().map(distinct);
    let mut vault = session.open_vault_to_change(arguments.passphrase)?;
    let (id, kept_id, kept_tenant) = {
        let profile = find(vault.contents(), &arguments.name)?;
        (profile.id, profile.client_id, profile.tenant.clone())
    };
    if client_id.is_some() || new_tenant.is_some() {
        refuse_same(client_id.or(kept_id), new_tenant.clone().unwrap_or(kept_tenant).as_ref())?;
    }
    let secret = if arguments.secret_stdin {
        let secret = session.console.secret(true.into())?;
        Some(session.client_secret(&secret, guid_secret(arguments.secret_is_a_guid))?)
    } else {
        None
    };
    let is_new_secret = secret.is_some();
    let is_other_connection = is_new_secret || url.is_some() || client_id.is_some() || new_tenant.is_some();
    let now = session.console.now();
    let profile = vault.update(|contents| {
        // Read again here: somebody else may have changed the profile since the vault was opened.
        let mut profile = contents.get(id).cloned().ok_or_else(|| {
            Failure::usage("profile_unknown", "Someone else has just deleted this profile. Nothing was saved.")
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
            .note("The expiry date is still that of the old secret. Set the new one with --expires YYYY-MM-DD.");
    }
    answer(session, &profile, "Changed");
    Ok(Exit::Success)
}

pub(super) fn remove(session: &mut Session<'_, '_>, name: &str, passphrase: Passphrase) -> Result<Exit, Failure> {
    let mut vault = session.open_vault_to_change(passphrase)?;
    let seen = find(vault.contents(), name)?.clone();
    let removed = vault.update(|contents| {
        contents
            .remove_based_on(&seen)?
            .ok_or_else(|| Failure::usage("profile_unknown", "Someone else has just deleted this profile."))
    })?;
    session.saved(&mut vault);
    answer(session, &removed, "Deleted");
    Ok(Exit::Success)
}

fn answer(session: &mut Session<'_, '_>, profile: &Profile, what: &str) {
    let now = session.console.now();
    session.reply(
        || ProfileAnswer::new(profile, now, Reveal { reveal: false }),
        || Line::one(&format!("{what} the profile “{}”.", profile.name)),
    );
}

fn changes_something(arguments: &SetArguments) -> bool {
    let SetArguments {
        name: _,
        rename,
        url,
        client_id,
        secret_stdin,
        secret_is_a_guid: _,
        tenant,
        expires,
        tags,
        notes,
        passphrase: _,
    } = arguments;
    let texts = [rename, url, client_id, tenant, expires, notes];
    *secret_stdin || tags.is_some() || texts.into_iter().any(Option::is_some)
}

/// Refuses a client ID that is the tenant's ID.
fn refuse_same(id: Option<ClientId>, tenant: Option<&Tenant>) -> Result<(), Failure> {
    match (id, tenant) {
        (Some(id), Some(tenant)) => Ok(id.differs_from(tenant)?),
        _ => Ok(()),
    }
}

/// A date; an empty text is none.
fn date(text: &str) -> Result<Option<NaiveDate>, Failure> {
    match text.trim() {
        "" => Ok(None),
        text => parse_date(text).map(Some).map_err(|error| Failure::usage("date_invalid", error.to_string())),
    }
}

fn distinct(tags: &[String]) -> Vec<String> {
    distinct_tags(tags.iter().map(String::as_str))
}

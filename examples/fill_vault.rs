//! Makes a vault that is full from the start, to measure and to try the programs on: all profiles in one save, the
//! cheapest key derivation that is accepted.
//!
//! `cargo run --example fill_vault -- VAULT [usual]`
//!
//! Standard input: the passphrase on the first line, then one JSON object per profile and line with `name` and, where
//! wanted, `url`, `client_id`, `client_secret`, `expires`, `tags` and `notes`. With `usual` the key derivation costs
//! what the program's own default does.

use std::error::Error;
use std::io::BufRead;
use std::path::Path;

use a365_password_tool::profile::{ClientId, ClientSecret, EnvironmentUrl, Profile, SecretText};
use a365_password_tool::vault::{KdfParameters, Vault};
use chrono::Utc;
use serde_json::Value;
use uuid::Uuid;

fn profile_of(line: &str) -> Result<Profile, Box<dyn Error>> {
    let json: Value = serde_json::from_str(line)?;
    let text = |name: &str| json[name].as_str();
    let mut profile = Profile::new(Uuid::new_v4(), text("name").ok_or("a profile has no name")?, Utc::now());
    profile.environment_url = text("url").map(EnvironmentUrl::parse).transpose()?;
    profile.client_id = text("client_id").map(ClientId::parse).transpose()?;
    profile.client_secret = text("client_secret").map(ClientSecret::parse).transpose()?;
    profile.secret_expires = text("expires").map(str::parse).transpose()?;
    profile.notes = text("notes").unwrap_or_default().to_owned();
    if let Some(tags) = json["tags"].as_array() {
        profile.tags = tags.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    }
    Ok(profile)
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("usage: fill_vault VAULT [usual], the passphrase and profiles on stdin")?;
    let kdf = match arguments.next().as_deref() {
        None => KdfParameters::minimum(),
        Some("usual") => KdfParameters::default(),
        Some(other) => return Err(format!("not known: {other}").into()),
    };
    let mut lines = std::io::stdin().lock().lines();
    let passphrase = SecretText::new(lines.next().ok_or("no passphrase on stdin")??);
    let mut profiles = Vec::new();
    for line in lines {
        profiles.push(profile_of(&line?)?);
    }
    let mut vault = Vault::create(Path::new(&path), &passphrase, kdf)?;
    vault.update(|contents| profiles.into_iter().try_for_each(|profile| contents.put(profile)))?;
    println!("{} profiles", vault.contents().profiles().len());
    Ok(())
}

//! Saves one change after the other into a vault and says each once it is done, until it is killed: the victim of
//! `tests/faults/kill.py`.
//!
//! usage: vault_writer PATH PROFILES, with the passphrase as the first line of standard input.
//!
//! Makes the vault with that many profiles when it is not there. Else says `found NAME NUMBER` of every profile, and then,
//! round and round, `saved NAME NUMBER`: the number in the profile's notes, one higher at each save.

use std::io::{BufRead, Write};
use std::path::PathBuf;

use a365_password_tool::profile::{ClientSecret, Profile, SecretText};
use a365_password_tool::vault::{KdfParameters, Vault, VaultError};
use chrono::Utc;
use uuid::Uuid;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let path: PathBuf = arguments.next().ok_or("name the vault")?.into();
    let count: u32 = arguments.next().and_then(|text| text.into_string().ok()).ok_or("how many profiles?")?.parse()?;
    let mut passphrase = String::new();
    std::io::stdin().lock().read_line(&mut passphrase)?;
    let passphrase = SecretText::from(passphrase.trim_end());
    let mut output = std::io::stdout();
    if !path.exists() {
        let mut vault = Vault::create(&path, &passphrase, KdfParameters::minimum())?;
        return Ok(vault.update(|contents| {
            (0..count).try_for_each(|number| {
                let mut profile = Profile::new(Uuid::new_v4(), &format!("customer-{number}"), Utc::now());
                profile.client_secret = ClientSecret::parse(&format!("made-{}", Uuid::new_v4())).ok();
                profile.notes = "0".to_owned();
                contents.put(profile)
            })
        })?);
    }
    let mut vault = Vault::open(&path, &passphrase)?;
    let mut number = 0;
    for profile in vault.contents().profiles() {
        writeln!(output, "found {} {}", profile.name, profile.notes)?;
        number = number.max(profile.notes.parse()?);
    }
    writeln!(output, "ready")?;
    for place in (0..count as usize).cycle() {
        number += 1u64;
        let name = vault.update(|contents| {
            let mut profile = contents.profiles()[place].clone();
            profile.notes = number.to_string();
            let name = profile.name.clone();
            contents.put(profile)?;
            Ok::<_, VaultError>(name)
        })?;
        writeln!(output, "saved {name} {number}")?;
        output.flush()?;
    }
    Ok(())
}

//! A vault that stays open while others change its file: the victim of `tests/vault/attacker.py`.
//!
//! usage: open_vault PATH SEEN, with the passphrase as the first line of standard input. Each further line is a command, and
//! each gets one line of JSON: `{"ok": …}` or `{"error": …}`.
//!
//! ```text
//! refresh                   looks at the file again
//! save NAME SECRET          adds a profile
//! names                     the profiles' names
//! slots                     the labels of the ways to open the vault
//! add LABEL PASSPHRASE      adds a passphrase
//! recovery-key              adds a recovery key
//! remove LABEL              removes a way to open the vault
//! passphrase OLD NEW        changes a passphrase
//! standing                  what there is to tell of what this account has seen
//! ```

use std::io::{BufRead, Write};
use std::path::PathBuf;

use a365_password_tool::profile::{ClientSecret, Profile, SecretText};
use a365_password_tool::vault::{Access, Credential, KdfParameters, Trust, Vault, VaultError};
use chrono::Utc;
use serde_json::{Value, json};
use uuid::Uuid;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (path, seen) =
        arguments.next().zip(arguments.next()).ok_or("name the vault and the folder of what was seen")?;
    let mut lines = std::io::stdin().lock().lines();
    let passphrase = SecretText::from(lines.next().ok_or("say the passphrase")??.as_str());
    let access = Access::remembering_in(Some(seen));
    let mut output = std::io::stdout();
    let mut vault = match Vault::open_as(&access, &path, &Credential::Passphrase(passphrase), Trust::Proven) {
        Ok(vault) => vault,
        Err(error) => return Ok(writeln!(output, "{}", json!({"error": error.to_string()}))?),
    };
    writeln!(output, "{}", json!({"ok": vault.standing().to_string()}))?;
    for line in lines {
        let line = line?;
        let words: Vec<&str> = line.split(' ').collect();
        let answer =
            obey(&mut vault, &words).map_or_else(|error| json!({"error": error.to_string()}), |ok| json!({"ok": ok}));
        writeln!(output, "{answer}")?;
        output.flush()?;
    }
    Ok(())
}

fn obey(vault: &mut Vault, words: &[&str]) -> Result<Value, VaultError> {
    match words {
        ["refresh"] => vault.refresh().map(|refreshed| json!(format!("{refreshed:?}"))),
        ["save", name, secret] => vault.update(|contents| {
            let mut profile = Profile::new(Uuid::new_v4(), name, Utc::now());
            profile.client_secret = ClientSecret::parse(secret).ok();
            contents.put(profile).map(|()| json!(contents.profiles().len()))
        }),
        ["names"] => Ok(vault.contents().profiles().iter().map(|profile| profile.name.clone()).collect()),
        ["slots"] => Ok(vault.slots().iter().map(|slot| json!([slot.label, format!("{:?}", slot.added_by)])).collect()),
        ["add", label, new] => vault
            .add_passphrase(&SecretText::from(*new), label, KdfParameters::minimum())
            .map(|id| json!(id.to_string())),
        ["recovery-key"] => vault.add_recovery_key().map(|_| json!(null)),
        ["remove", label] => {
            let slot = vault.slots().into_iter().find(|slot| slot.label == *label).ok_or(VaultError::SlotMissing)?;
            vault.remove_slot(slot.id).map(|()| json!(null))
        }
        ["passphrase", old, new] => {
            vault.change_passphrase(&SecretText::from(*old), &SecretText::from(*new)).map(|()| json!(null))
        }
        ["standing"] => Ok(json!(vault.standing().to_string())),
        _ => Ok(json!("no command")),
    }
}

//! A KeePass database with a password of its own: the way to hand secrets over.
//!
//! KDBX 4.1 by the crate `keepass`: AES-256, and Argon2id over 64 MiB, which KeePass, KeePassXC and their relatives open in about a
//! second.

use keepass::config::{DatabaseConfig, KdfConfig};
use keepass::db::fields;
use keepass::{Database, DatabaseKey};
use zeroize::Zeroizing;

use super::{Export, ExportError, Options};
use crate::profile::Profile;

const MEMORY: u64 = 64 << 20;
const PASSES: u64 = 8;
const LANES: u32 = 4;

/// The field in which people keep the tenant.
pub(super) const TENANT_FIELD: &str = "TenantId";

pub(super) fn write(profiles: &[&Profile], options: &Options<'_>) -> Result<Export, ExportError> {
    let password = options.password.filter(|password| !password.is_empty()).ok_or(ExportError::PasswordNeeded)?;
    let mut database = Database::with_config(config());
    database.meta.database_name = Some("A365 Password Tool".to_owned());
    let mut root = database.root_mut();
    root.name = "A365 Password Tool".to_owned();
    let mut secrets = 0;
    for profile in profiles {
        let mut entry = root.add_entry();
        entry.set_unprotected(fields::TITLE, profile.name.as_str());
        entry.set_unprotected(fields::USERNAME, profile.client_id.map(|id| id.to_string()).unwrap_or_default());
        let secret = options.secret_of(profile);
        entry.set_protected(fields::PASSWORD, secret.map_or("", |secret| secret.expose()));
        entry.set_unprotected(
            fields::URL,
            profile.environment_url.as_ref().map(ToString::to_string).unwrap_or_default(),
        );
        entry.set_unprotected(fields::NOTES, profile.notes.as_str());
        if let Some(tenant) = &profile.tenant {
            entry.set_unprotected(TENANT_FIELD, tenant.to_string());
        }
        entry.tags = profile.tags.clone();
        entry.times.creation = Some(profile.created.naive_utc());
        entry.times.last_modification = Some(profile.modified.naive_utc());
        entry.times.expires = Some(profile.secret_expires.is_some());
        if let Some(day) = profile.secret_expires {
            entry.times.expiry = (options.local_midnight)(day).naive_utc();
        }
        secrets += usize::from(secret.is_some());
    }
    let mut bytes = Zeroizing::new(Vec::new());
    let key = DatabaseKey::new().with_password(password.expose());
    database.save(&mut *bytes, key).map_err(|_| ExportError::NotMade)?;
    Ok(Export { bytes, profiles: profiles.len(), secrets, left_out: Vec::new() })
}

fn config() -> DatabaseConfig {
    let mut config = DatabaseConfig::default();
    if let KdfConfig::Argon2 { version, .. } | KdfConfig::Argon2id { version, .. } = config.kdf_config {
        config.kdf_config = KdfConfig::Argon2id { iterations: PASSES, memory: MEMORY, parallelism: LANES, version };
    }
    config
}

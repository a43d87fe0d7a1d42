//! A script that puts client secrets into PowerShell's SecretManagement.
//!
//! Metadata is stored unencrypted by design (`Set-SecretInfo`), so it holds no secret. Besides the apostrophe, four typographic
//! quotes end a single-quoted string (PowerShell's `CharTraits.cs`); each is doubled.

use std::collections::HashSet;

use super::{Export, LeftOut, Options, Text};
use crate::profile::{Profile, compared_name};

pub(super) fn write(profiles: &[&Profile], options: &Options<'_>) -> Export {
    let mut text = Text::for_profiles(profiles.len());
    // Windows PowerShell takes a file without a byte order mark for one in the system's code page.
    text.push(
        "\u{feff}# Saves client secrets with Microsoft.PowerShell.SecretManagement. This file contains them in the clear:\r\n\
         # run it once, then delete it.\r\n#Requires -Modules Microsoft.PowerShell.SecretManagement\r\n\
         $ErrorActionPreference = 'Stop'\r\n",
    );
    let mut taken = HashSet::new();
    for profile in profiles {
        let Some(secret) = options.secret_of(profile) else {
            if profile.client_secret.is_none() {
                text.leave_out(profile, LeftOut::NoSecret);
            }
            continue;
        };
        // Wildcards in a name would make Get-Secret find several.
        let mut name = profile.name.replace(['*', '?', '[', ']'], "_");
        while !taken.insert(compared_name(&name)) {
            name.push('_');
        }
        text.push(&format!(
            "Set-Secret -Name {} -Secret (ConvertTo-SecureString -AsPlainText -Force -String ",
            quoted(&name)
        ));
        text.push(&zeroize::Zeroizing::new(quoted(secret.expose())));
        text.push(") -Metadata @{");
        let mut metadata = vec![];
        if let Some(url) = &profile.environment_url {
            metadata.push(format!("Url = {}", quoted(&url.to_string())));
        }
        if let Some(id) = profile.client_id {
            metadata.push(format!("ClientId = {}", quoted(&id.to_string())));
        }
        if let Some(tenant) = &profile.tenant {
            metadata.push(format!("TenantId = {}", quoted(&tenant.to_string())));
        }
        if let Some(day) = profile.secret_expires {
            metadata.push(format!("Expiration = [datetime]{}", quoted(&day.to_string())));
        }
        text.push(&format!(" {} }}\r\n", metadata.join("; ")));
        text.profiles += 1;
        text.secrets += 1;
    }
    text.into_export()
}

fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 8);
    quoted.push('\'');
    for c in text.chars() {
        if matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}') {
            quoted.push(c);
        }
        quoted.push(c);
    }
    quoted.push('\'');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_quote_of_powershell_ends_a_string() {
        assert_eq!(quoted("a'b‘c’d‚e‛f\"$(x)`"), "'a''b‘‘c’’d‚‚e‛‛f\"$(x)`'");
    }
}

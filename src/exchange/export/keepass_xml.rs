//! KeePass's XML (2.x), in the clear. Source: the least that KeePass 2.47 and KeePassXC 2.7 take in with its dates.

use super::kdbx::TENANT_FIELD;
use super::{Export, Options, Text};
use crate::escape::markup;
use crate::profile::Profile;
use crate::rfc3339::to_the_second;

pub(super) fn write(profiles: &[&Profile], options: &Options<'_>) -> Export {
    let mut text = Text::for_profiles(profiles.len());
    text.push(
        "<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\n<KeePassFile>\n  <Meta>\n    \
         <DatabaseName>A365 Password Tool</DatabaseName>\n  </Meta>\n  <Root>\n    <Group>\n      \
         <Name>A365 Password Tool</Name>\n",
    );
    for profile in profiles {
        let secret = options.secret_of(profile).map_or("", |secret| secret.expose());
        text.push("      <Entry>\n");
        let mut string = |key: &str, value: &str| {
            let memory = if key == "Password" { " ProtectInMemory=\"True\"" } else { "" };
            text.push(&format!(
                "        <String>\n          <Key>{key}</Key>\n          <Value{memory}>{}</Value>\n        </String>\n",
                markup(value)
            ));
        };
        string("Title", &profile.name);
        string("UserName", &profile.client_id.map(|id| id.to_string()).unwrap_or_default());
        string("Password", secret);
        string("URL", &profile.environment_url.as_ref().map(ToString::to_string).unwrap_or_default());
        string("Notes", &profile.notes);
        if let Some(tenant) = &profile.tenant {
            string(TENANT_FIELD, &tenant.to_string());
        }
        let tags: Vec<String> = profile.tags.iter().map(|tag| tag.replace(';', ",")).collect();
        text.push(&format!("        <Tags>{}</Tags>\n", markup(&tags.join(";"))));
        if let Some(day) = profile.secret_expires {
            let at = to_the_second((options.local_midnight)(day));
            text.push(&format!(
                "        <Times>\n          <ExpiryTime>{at}</ExpiryTime>\n          <Expires>True</Expires>\n        </Times>\n"
            ));
        }
        text.push("      </Entry>\n");
        text.profiles += 1;
        text.secrets += usize::from(!secret.is_empty());
    }
    text.push("    </Group>\n  </Root>\n</KeePassFile>\n");
    text.into_export()
}

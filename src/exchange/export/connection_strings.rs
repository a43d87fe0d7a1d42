//! One connection string a line, each below a remark with its name, which the import reads again.

use super::{Export, LeftOut, Options, Text, connection_string};
use crate::profile::Profile;

pub(super) fn write(profiles: &[&Profile], options: &Options<'_>) -> Export {
    let mut text = Text::for_profiles(profiles.len());
    for profile in profiles {
        let Some(string) = connection_string(profile, options) else {
            text.leave_out(profile, LeftOut::Incomplete);
            continue;
        };
        text.push(&format!("# Profile: {}\r\n", profile.name));
        text.push(string.expose());
        text.push("\r\n");
        text.profiles += 1;
        text.secrets += usize::from(options.secret_of(profile).is_some());
    }
    text.into_export()
}

//! A form that is being edited while others save the same profile: what nobody typed follows the vault, what was typed
//! stays, and what it was typed over is remembered, so that the vault can tell whose change is whose.

use super::draft::{Draft, Fields};
use crate::cloud::Overrides;
use crate::profile::Profile;

impl Draft {
    /// What was sent to be saved is in the vault, as `now` or merged into it: the form's values begin from it.
    pub fn saved_as_sent(&mut self, now: &Profile) {
        // A second save may have been sent before the first was answered.
        if let Some(sent) = self.sent.take_if(|sent| sent.modified <= now.modified) {
            self.base = Some(sent);
        }
    }

    /// Takes in the profile as the vault has it now.
    pub fn take_in(&mut self, now: &Profile, clouds: &Overrides) {
        // As a profile, a value says the same however it was typed.
        let typed = self.to_profile(now.modified, clouds).as_ref().map(Fields::of);
        self.saved = Some(now.clone());
        let Some(base) = &mut self.base else { return };
        let (shown, former, fresh) = (&mut self.fields, Fields::of(base), Fields::of(now));
        macro_rules! follow {
            ($($field:ident = $member:ident),*) => {
                $(
                    let untouched = shown.$field == former.$field
                        || typed.as_ref().is_some_and(|typed| typed.$field == former.$field);
                    if untouched {
                        shown.$field = fresh.$field;
                        base.$member = now.$member.clone();
                    }
                )*
            };
        }
        follow!(
            name = name,
            environment_url = environment_url,
            client_id = client_id,
            client_secret = client_secret,
            expires = secret_expires,
            tenant = tenant,
            tags = tags,
            notes = notes,
            vendor_value = vendor_value,
            other_keys = other_keys
        );
        // Nobody types these into the form.
        base.renewal.clone_from(&now.renewal);
        base.former_secret.clone_from(&now.former_secret);
        base.ucc_update.clone_from(&now.ucc_update);
        base.renewals.clone_from(&now.renewals);
        base.modified = now.modified;
        if !self.is_changed() {
            *self = Draft {
                guid_secret: self.guid_secret,
                secret_shown: self.secret_shown,
                string_shown: self.string_shown,
                vendor_shown: self.vendor_shown,
                sent: self.sent.take(),
                ..Draft::of(now)
            };
        }
    }
}

//! New secrets that are typed or made and not in the vault yet: none is lost when the vault locks, the window closes or
//! the program crashes.

use uuid::Uuid;

use super::RenewalForm;
use crate::{
    app::{
        state::{AppState, Attempt, Tone, rescue_name::RescueNames},
        tasks::{Request, SaveReason, VaultRequest},
    },
    connection_check::MadeSecret,
    profile::{ClientSecret, ClientSecretError, Profile, SecretText},
    vault::UnsavedSecret,
};

impl AppState {
    /// Whether a page of a renewal holds a secret that is not in the vault.
    pub(in crate::app::state) fn holds_new_secrets(&self) -> bool {
        self.open_vault().is_some_and(|vault| vault.renewal_forms.values().any(RenewalForm::holds_something))
    }

    /// Whether a step of a renewal, or the making of a secret, is under way.
    pub(in crate::app::state) fn renewal_is_working(&self) -> bool {
        self.open_vault().is_some_and(|vault| {
            vault.renewal_forms.values().any(|form| form.attempt.is_under_way() || form.is_creating())
        })
    }

    /// Keeps what is typed; `false` when something cannot be kept as it is.
    pub(in crate::app::state) fn keep_new_secrets(&mut self) -> bool {
        let Some(vault) = self.open_vault_mut() else { return true };
        let mut steps = Vec::new();
        let mut unusable = None;
        for (id, form) in
            vault.renewal_forms.iter_mut().filter(|(_, form)| form.holds_something() && !form.is_creating())
        {
            match form.given() {
                Some(act) => {
                    form.attempt = Attempt::UnderWay;
                    steps.push(Request::Vault(VaultRequest::Renew(*id, Box::new(act), SaveReason::Requested)));
                }
                None => unusable = Some(*id),
            }
        }
        if let Some(id) = unusable {
            vault.page = crate::app::state::Page::Renewal(id);
            let text = "Not saved: the new client secret is not valid. Correct it or clear the field.";
            self.notify(Tone::Danger, text.to_owned());
            return false;
        }
        self.outbox.extend(steps);
        true
    }

    /// Drops what is typed.
    pub(in crate::app::state) fn drop_new_secrets(&mut self) {
        if let Some(vault) = self.open_vault_mut() {
            vault.renewal_forms.retain(|_, form| !form.holds_something());
        }
    }

    /// What keeps the new secrets while the vault locks automatically. What cannot be a client secret is kept as an unread
    /// value of a profile of its own, unless it is a Secret ID, which is none.
    pub(in crate::app::state) fn rescues_of_new_secrets(&self, names: &mut RescueNames) -> Vec<Request> {
        let Some(vault) = self.open_vault() else { return Vec::new() };
        let mut rescues = Vec::new();
        for (id, form) in vault.renewal_forms.iter().filter(|(_, form)| form.holds_something()) {
            let profile = vault.profile(*id);
            match (form.given(), profile) {
                (Some(act), Some(_)) => {
                    rescues.push(Request::Vault(VaultRequest::Renew(*id, Box::new(act), SaveReason::BeforeLock)))
                }
                _ => rescues.extend(self.rescue_as_profile(form, profile, names)),
            }
        }
        rescues
    }

    fn rescue_as_profile(&self, form: &RenewalForm, of: Option<&Profile>, names: &mut RescueNames) -> Option<Request> {
        let text = match &form.made {
            Some(made) => SecretText::from(made.secret.expose()),
            None => form.secret.clone(),
        };
        let parsed = ClientSecret::parse_pasted(text.expose(), form.guid_secret);
        if matches!(parsed, Err(ClientSecretError::LooksLikeSecretId | ClientSecretError::Missing)) {
            return None;
        }
        let id: Uuid = (self.new_id)();
        let name = of.map_or("New client secret", |profile| profile.name.as_str());
        let name = names.name(name);
        let mut profile = Profile::new(id, &name, self.now);
        profile.notes = "Entered as a new client secret when the vault locked automatically.".to_owned();
        profile.other_keys.push(("UnreadClientSecret".to_owned(), text));
        Some(Request::Vault(VaultRequest::PutProfile(Box::new(profile), None, SaveReason::BeforeLock)))
    }

    /// How many secrets are being made at Microsoft Graph at this moment.
    pub(in crate::app::state) fn secrets_being_created(&self) -> usize {
        self.open_vault().map_or(0, |vault| vault.renewal_forms.values().filter(|form| form.is_creating()).count())
    }
}

impl RenewalForm {
    /// Whether it holds a secret that is not in the vault.
    pub(in crate::app::state) fn holds_unsaved_secret(&self) -> bool {
        !self.secret.is_empty() || self.made.is_some()
    }

    /// That secret, which is of this profile.
    pub(in crate::app::state) fn unsaved_secret(&self, profile: Uuid) -> Option<UnsavedSecret> {
        let (secret, expires, key_id) = match &self.made {
            Some(made) => {
                let expires = SecretText::new(made.expires.to_string());
                (SecretText::from(made.secret.expose()), expires, Some(made.key_id))
            }
            None => (self.secret.clone(), SecretText::from(self.expires.as_str()), None),
        };
        let guid_secret = self.guid_secret;
        self.holds_unsaved_secret().then_some(UnsavedSecret { profile, secret, expires, guid_secret, key_id })
    }

    /// The page as it was when the program ended.
    pub(in crate::app::state) fn recovered(new: UnsavedSecret) -> RenewalForm {
        let made = new.key_id.and_then(|key_id| {
            let secret = ClientSecret::parse_exact(new.secret.expose()).ok()?;
            Some(MadeSecret { secret, key_id, expires: new.expires.expose().parse().ok()? })
        });
        if made.is_some() {
            return RenewalForm { made, ..RenewalForm::default() };
        }
        let expires = new.expires.expose().to_owned();
        RenewalForm { secret: new.secret, guid_secret: new.guid_secret, expires, ..RenewalForm::default() }
    }
}

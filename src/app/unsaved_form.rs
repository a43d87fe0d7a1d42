//! The form as the vault seals it for the case of a crash, and the form that was recovered from that.

use uuid::Uuid;

use super::draft::{Draft, Fields};
use crate::cloud::Overrides;
use crate::profile::{Profile, SecretText};
use crate::vault::{Field, UnsavedForm};

impl From<&Draft> for UnsavedForm {
    fn from(draft: &Draft) -> UnsavedForm {
        UnsavedForm {
            profile: draft.id,
            base: draft.base.clone().map(Box::new),
            texts: draft.fields.texts().map(|(field, text)| (field, SecretText::from(text))).into(),
            other_keys: draft.fields.other_keys.clone(),
            guid_secret: draft.guid_secret,
        }
    }
}

impl Draft {
    /// Whether `form` is this one, so that nothing has to be sealed again.
    pub(super) fn is_as_in(&self, form: &UnsavedForm) -> bool {
        let texts = self.fields.texts();
        let same_text = |((field, text), (its_field, its_text)): (&(Field, &str), &(Field, SecretText))| {
            field == its_field && *text == its_text.expose()
        };
        self.id == form.profile
            && self.base.as_ref() == form.base.as_deref()
            && self.guid_secret == form.guid_secret
            && self.fields.other_keys == form.other_keys
            && texts.len() == form.texts.len()
            && texts.iter().zip(&form.texts).all(same_text)
    }

    /// The form that was recovered, for the profile as the vault has it `now`: what others saved since is taken in. Without
    /// such a profile, because it is new or was deleted, it is the form of a new one.
    pub(super) fn recovered(form: UnsavedForm, now: Option<&Profile>, new_id: Uuid, clouds: &Overrides) -> Draft {
        let mut fields = Fields { other_keys: form.other_keys, ..Fields::default() };
        form.texts.iter().for_each(|(field, text)| fields.set(field, text));
        let id = if now.is_none() && form.base.is_some() { new_id } else { form.profile };
        let mut draft = Draft { fields, guid_secret: form.guid_secret, ..Draft::new(id) };
        if let Some(now) = now {
            let base = form.base.map_or_else(|| now.clone(), |base| *base);
            draft.saved = Some(base.clone());
            draft.base = Some(base);
            draft.take_in(now, clouds);
        }
        draft
    }
}

impl Fields {
    /// Each field that is one text.
    fn texts(&self) -> [(Field, &str); 9] {
        [
            (Field::Name, &self.name),
            (Field::EnvironmentUrl, &self.environment_url),
            (Field::ClientId, &self.client_id),
            (Field::ClientSecret, self.client_secret.expose()),
            (Field::SecretExpires, &self.expires),
            (Field::Tenant, &self.tenant),
            (Field::Tags, &self.tags),
            (Field::Notes, &self.notes),
            (Field::VendorValue, self.vendor_value.expose()),
        ]
    }

    fn set(&mut self, field: &Field, text: &SecretText) {
        let shown = match field {
            Field::Name => &mut self.name,
            Field::EnvironmentUrl => &mut self.environment_url,
            Field::ClientId => &mut self.client_id,
            Field::SecretExpires => &mut self.expires,
            Field::Tenant => &mut self.tenant,
            Field::Tags => &mut self.tags,
            Field::Notes => &mut self.notes,
            Field::ClientSecret => return self.client_secret = text.clone(),
            Field::VendorValue => return self.vendor_value = text.clone(),
            // No texts of the form.
            Field::OtherKeys
            | Field::Renewal
            | Field::FormerSecret
            | Field::UccUpdate
            | Field::Renewals
            | Field::Other(_) => return,
        };
        text.expose().clone_into(shown);
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::profile::GuidSecret;

    fn contoso() -> Profile {
        let mut profile = Profile::new(Uuid::from_u128(1), "Contoso", DateTime::UNIX_EPOCH);
        profile.notes = "before".to_owned();
        profile
    }

    /// Every field with a text of its own.
    fn typed() -> Draft {
        let mut draft = Draft::of(&contoso());
        draft.fields = Fields {
            name: "name".to_owned(),
            environment_url: "address".to_owned(),
            client_id: "id".to_owned(),
            client_secret: SecretText::from("secret"),
            expires: "day".to_owned(),
            tenant: "tenant".to_owned(),
            tags: "tags".to_owned(),
            notes: "notes".to_owned(),
            vendor_value: SecretText::from("vendor"),
            other_keys: vec![("key".to_owned(), SecretText::from("value"))],
        };
        draft.guid_secret = GuidSecret::Accepted;
        draft
    }

    #[test]
    fn every_field_comes_back_and_the_base_with_it() {
        let form = UnsavedForm::from(&typed());
        let back = Draft::recovered(form.clone(), Some(&contoso()), Uuid::nil(), &Overrides::none());
        assert!(back.fields == typed().fields && back.is_as_in(&form));
        assert_eq!((back.id, back.base, back.saved), (contoso().id, Some(contoso()), Some(contoso())));
    }

    #[test]
    fn any_change_is_noticed() {
        let form = UnsavedForm::from(&typed());
        assert!(typed().is_as_in(&form));
        let changes: [fn(&mut Draft); 13] = [
            |draft| draft.fields.name.push('!'),
            |draft| draft.fields.environment_url.push('!'),
            |draft| draft.fields.client_id.push('!'),
            |draft| draft.fields.client_secret = SecretText::from("secret!"),
            |draft| draft.fields.expires.push('!'),
            |draft| draft.fields.tenant.push('!'),
            |draft| draft.fields.tags.push('!'),
            |draft| draft.fields.notes.push('!'),
            |draft| draft.fields.vendor_value = SecretText::default(),
            |draft| draft.fields.other_keys.clear(),
            |draft| draft.guid_secret = GuidSecret::Refused,
            |draft| draft.id = Uuid::nil(),
            |draft| draft.base = None,
        ];
        for (number, change) in changes.into_iter().enumerate() {
            let mut draft = typed();
            change(&mut draft);
            assert!(!draft.is_as_in(&form), "change {number}");
        }
    }

    #[test]
    fn what_others_saved_since_is_taken_in_where_nobody_typed() {
        let mut draft = Draft::of(&contoso());
        draft.fields.name = "Contoso, renamed".to_owned();
        let mut now = contoso();
        now.notes = "theirs".to_owned();
        let back = Draft::recovered(UnsavedForm::from(&draft), Some(&now), Uuid::nil(), &Overrides::none());
        assert_eq!((&*back.fields.name, &*back.fields.notes), ("Contoso, renamed", "theirs"));
        assert_eq!(back.base.map(|base| (base.name, base.notes)), Some(("Contoso".to_owned(), "theirs".to_owned())));
    }

    #[test]
    fn what_was_saved_in_the_end_is_no_change() {
        let draft = typed();
        let mut named = contoso();
        named.name = "Contoso, renamed".to_owned();
        let mut saved = Draft::of(&contoso());
        saved.fields.name.clone_from(&named.name);
        let form = UnsavedForm::from(&saved);
        assert!(!Draft::recovered(form, Some(&named), Uuid::nil(), &Overrides::none()).is_changed());
        assert!(draft.is_changed());
    }

    #[test]
    fn the_form_of_a_deleted_profile_is_that_of_a_new_one_and_a_new_one_keeps_its_id() {
        let other = Uuid::from_u128(5);
        let deleted = Draft::recovered(UnsavedForm::from(&typed()), None, other, &Overrides::none());
        assert!(deleted.saved.is_none() && deleted.base.is_none() && deleted.fields == typed().fields);
        assert_eq!(deleted.id, other);
        let new = Draft { saved: None, base: None, ..typed() };
        assert_eq!(Draft::recovered(UnsavedForm::from(&new), None, other, &Overrides::none()).id, new.id);
    }
}

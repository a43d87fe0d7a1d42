//! One environment of the world, as a test holds it: its values for the form, and what can be changed about it.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use uuid::Uuid;

use super::Shared;
use super::people::{Person, PublicClient, SignInRules};
use super::trouble::{At, Planned, Trouble};
use super::world::{App, Asking, Environment, Tenant, User};

/// An environment with the app that may enter it.
#[derive(Clone)]
pub struct EnvironmentHandle {
    shared: Arc<Shared>,
    pub host: String,
    pub tenant: Uuid,
    pub domain: String,
    pub client_id: Uuid,
    pub organization: Uuid,
    pub user: Uuid,
}

impl EnvironmentHandle {
    pub(super) fn create(shared: Arc<Shared>, host: &str) -> EnvironmentHandle {
        let label = host.split('.').next().unwrap_or(host).to_owned();
        let app = App::new("A365 CRM Service");
        let user = User::with_everything();
        let handle = EnvironmentHandle {
            shared: Arc::clone(&shared),
            host: host.to_owned(),
            tenant: Uuid::new_v4(),
            domain: format!("{label}.onmicrosoft.com"),
            client_id: app.id,
            organization: Uuid::new_v4(),
            user: user.id,
        };
        let mut world = shared.world();
        world.environments.push(Environment {
            host: host.to_owned(),
            tenant: handle.tenant,
            organization: handle.organization,
            users: HashMap::from([(app.id, user)]),
            tables: BTreeSet::from(["account", "contact", "incident", "lead", "activitypointer"]),
            enabled: true,
            admin_mode: false,
            blocked_address: false,
            blocked_apps: BTreeSet::new(),
            asking: Asking::Answers,
            organization_readable: true,
            troubles: Vec::new(),
        });
        world.tenants.push(Tenant {
            id: handle.tenant,
            name: label,
            domain: handle.domain.clone(),
            apps: vec![app],
            dataverse_enabled: true,
            assignment_required: false,
            people: Vec::new(),
            sign_in_rules: SignInRules::default(),
            filler: 0,
        });
        drop(world);
        handle
    }

    /// The Environment URL.
    pub fn url(&self) -> String {
        format!("https://{}", self.host)
    }

    /// The app's first secret.
    pub fn secret(&self) -> String {
        let mut secret = String::new();
        self.app(|app| secret.clone_from(&app.secrets[0].value));
        secret
    }

    /// The app's second secret, if it has one.
    pub fn second_secret(&self) -> Option<String> {
        let world = self.shared.world();
        let mut apps = world.tenants.iter().flat_map(|tenant| &tenant.apps);
        apps.find(|app| app.id == self.client_id)?.secrets.get(1).map(|secret| secret.value.clone())
    }

    /// The day on which the app's first secret ends, while there is such an app.
    pub fn secret_ends(&self) -> Option<chrono::NaiveDate> {
        let world = self.shared.world();
        let mut apps = world.tenants.iter().flat_map(|tenant| &tenant.apps);
        apps.find(|app| app.id == self.client_id).map(|app| app.secrets[0].ends.date_naive())
    }

    /// Changes the environment.
    pub fn change<R>(&self, change: impl FnOnce(&mut Environment) -> R) {
        change(self.shared.world().environment_mut(&self.host).unwrap());
    }

    /// Changes the application user.
    pub fn user<R>(&self, change: impl FnOnce(&mut User) -> R) {
        self.change(|environment| change(environment.users.get_mut(&self.client_id).unwrap()));
    }

    /// Changes the tenant.
    pub fn tenant<R>(&self, change: impl FnOnce(&mut Tenant) -> R) {
        let mut world = self.shared.world();
        change(world.tenants.iter_mut().find(|tenant| tenant.id == self.tenant).unwrap());
    }

    /// Changes the app.
    pub fn app<R>(&self, change: impl FnOnce(&mut App) -> R) {
        let id = self.client_id;
        self.tenant(|tenant| change(tenant.apps.iter_mut().find(|app| app.id == id).unwrap()));
    }

    /// Adds a person `NAME@DOMAIN` to the tenant, who may read its directory; returns the sign-in name.
    pub fn person(&self, name: &str) -> String {
        let person = Person::new(&format!("{name}@{}", self.domain));
        let upn = person.upn.clone();
        self.tenant(|tenant| tenant.people.push(person));
        upn
    }

    /// Registers a client in the tenant that people sign in with, in good order.
    pub fn sign_in_client(&self) -> Uuid {
        let app = App { secrets: Vec::new(), public: Some(PublicClient::default()), ..App::new("Admin sign-in") };
        let id = app.id;
        self.tenant(|tenant| tenant.apps.push(app));
        id
    }

    /// Changes what the sign-in client is registered for.
    pub fn public_client(&self, client: Uuid, change: impl FnOnce(&mut PublicClient)) {
        self.tenant(|tenant| {
            let app = tenant.apps.iter_mut().find(|app| app.id == client).unwrap();
            change(app.public.as_mut().unwrap());
        });
    }

    /// Puts a trouble in the way, each time.
    pub fn trouble(&self, at: At, trouble: Trouble) {
        self.trouble_times(at, trouble, u32::MAX);
    }

    /// Puts a trouble in the way, so many times.
    pub fn trouble_times(&self, at: At, trouble: Trouble, times: u32) {
        self.change(|environment| environment.troubles.push(Planned { at, trouble, times }));
    }

    /// Answers the question without a token with this `WWW-Authenticate` header.
    pub fn challenge(&self, header: &str) {
        let canned = super::Canned::status(401).header("WWW-Authenticate", header);
        self.trouble(At::Challenge, Trouble::Answer(canned));
    }

    /// A challenge that names `authority` and `resource`.
    pub fn challenge_naming(&self, authority: &str, resource: &str) {
        let authority = authority.replace("{tenant}", &self.tenant.to_string());
        self.challenge(&format!("Bearer authorization_uri={authority}, resource_id={resource}"));
    }
}

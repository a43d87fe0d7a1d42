//! The simulated world: tenants with their apps, and environments with their users.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Duration, Utc};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::CLOUD_HOSTS;
use super::people::{Granted, Lie, Person, PublicClient, SignInRules};
use super::trouble::{Flood, Planned};

/// Everything that there is.
#[derive(Default)]
pub struct World {
    pub tenants: Vec<Tenant>,
    pub environments: Vec<Environment>,
    /// Tokens that were issued, with what they are good for.
    pub tokens: HashMap<String, Token>,
    /// Hosts that the proxies do not let anybody reach.
    pub blocked_at_proxy: BTreeSet<String>,
    /// Hosts that answer with a flood.
    pub floods: HashMap<String, Flood>,
    /// How long each answer waits.
    pub delay: std::time::Duration,
    /// What people's sign-ins have been given.
    pub people: Granted,
    /// What is wrong with the next answers to people's sign-ins.
    pub lie: Option<Lie>,
}

/// What an issued token is good for.
#[derive(Clone)]
pub struct Token {
    pub app: Uuid,
    pub tenant: Uuid,
    /// The host of the resource.
    pub resource: String,
    /// The person that it is of, by sign-in name; none for an app's own.
    pub person: Option<String>,
}

/// A directory.
pub struct Tenant {
    pub id: Uuid,
    pub name: String,
    pub domain: String,
    pub apps: Vec<App>,
    /// Whether Dataverse's service principal is enabled.
    pub dataverse_enabled: bool,
    /// Whether Dataverse's service principal lets in only assigned apps.
    pub assignment_required: bool,
    /// The accounts of people.
    pub people: Vec<Person>,
    /// What policies say about their sign-ins.
    pub sign_in_rules: SignInRules,
    /// So many registrations more, each with one secret.
    pub filler: usize,
}

/// An app registration.
pub struct App {
    pub id: Uuid,
    pub name: String,
    pub secrets: Vec<AppSecret>,
    /// Secrets of its enterprise application, which sign in as well.
    pub service_principal_secrets: Vec<AppSecret>,
    pub has_service_principal: bool,
    pub enabled: bool,
    pub blocked_by_conditional_access: bool,
    /// Whether it holds Microsoft Graph's Application.Read.All.
    pub may_read_applications: bool,
    /// Whether it holds Application.ReadWrite.OwnedBy as well, and owns itself.
    pub may_change_itself: bool,
    /// What makes it a client that people sign in with.
    pub public: Option<PublicClient>,
}

/// A client secret.
pub struct AppSecret {
    pub id: Uuid,
    pub name: String,
    pub value: String,
    pub ends: DateTime<Utc>,
}

/// A Dataverse environment.
pub struct Environment {
    pub host: String,
    pub tenant: Uuid,
    pub organization: Uuid,
    pub users: HashMap<Uuid, User>,
    pub tables: BTreeSet<&'static str>,
    pub enabled: bool,
    pub admin_mode: bool,
    pub blocked_address: bool,
    pub blocked_apps: BTreeSet<Uuid>,
    pub asking: Asking,
    pub organization_readable: bool,
    pub troubles: Vec<Planned>,
}

/// How the environment takes questions about privileges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asking {
    /// Unknown names are left out of the answer.
    Answers,
    /// A list with an unknown name is refused with 400.
    RefusesUnknownNames,
    /// The user may not ask.
    Forbidden,
}

/// An application user.
pub struct User {
    pub id: Uuid,
    pub enabled: bool,
    pub has_roles: bool,
    /// Privileges with their depth.
    pub privileges: BTreeMap<String, &'static str>,
    /// Whether all of them come through a team's role.
    pub through_team: bool,
}

/// Every privilege that the product looks at.
pub const PRIVILEGES: [&str; 7] = [
    "prvReadAccount",
    "prvReadContact",
    "prvReadIncident",
    "prvReadLead",
    "prvReadActivity",
    "prvWriteLead",
    "prvWriteActivity",
];

impl World {
    pub fn hosts(&self) -> Vec<String> {
        let clouds = CLOUD_HOSTS.iter().map(|host| (*host).to_owned());
        clouds.chain(self.environments.iter().map(|environment| environment.host.clone())).collect()
    }

    /// The tenant by its ID or domain.
    pub fn tenant(&self, name: &str) -> Option<&Tenant> {
        self.tenants.iter().find(|tenant| tenant.id.to_string() == name || tenant.domain == name)
    }

    /// The environment at `host`, or at its API twin.
    pub fn environment(&self, host: &str) -> Option<&Environment> {
        let host = host.replacen(".api.crm", ".crm", 1);
        self.environments.iter().find(|environment| environment.host == host)
    }

    pub fn environment_mut(&mut self, host: &str) -> Option<&mut Environment> {
        let host = host.replacen(".api.crm", ".crm", 1);
        self.environments.iter_mut().find(|environment| environment.host == host)
    }

    /// Every secret of the world.
    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        let apps = self.tenants.iter().flat_map(|tenant| &tenant.apps);
        apps.flat_map(|app| app.secrets.iter().chain(&app.service_principal_secrets))
            .map(|secret| secret.value.as_str())
            .chain(self.people.secrets())
    }
}

impl App {
    /// An app in good order, with one secret for two years.
    pub fn new(name: &str) -> App {
        App {
            id: Uuid::new_v4(),
            name: name.to_owned(),
            secrets: vec![AppSecret::ending_in(Duration::days(730))],
            service_principal_secrets: Vec::new(),
            has_service_principal: true,
            enabled: true,
            blocked_by_conditional_access: false,
            may_read_applications: false,
            may_change_itself: false,
            public: None,
        }
    }
}

impl AppSecret {
    /// A new secret that ends this long from now.
    pub fn ending_in(duration: Duration) -> AppSecret {
        AppSecret { id: Uuid::new_v4(), name: "ucc".to_owned(), value: new_secret(), ends: Utc::now() + duration }
    }
}

impl User {
    /// A user who may do everything everywhere.
    pub fn with_everything() -> User {
        User {
            id: Uuid::new_v4(),
            enabled: true,
            has_roles: true,
            privileges: PRIVILEGES.iter().map(|name| ((*name).to_owned(), "Global")).collect(),
            through_team: false,
        }
    }
}

/// A secret in the shape that Microsoft Entra ID gives them, random each time.
pub fn new_secret() -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.";
    let mut random = [0u8; 38];
    getrandom::fill(&mut random).expect("the system's random numbers");
    let letters: String = random.iter().map(|byte| char::from(LETTERS[usize::from(byte % 64)])).collect();
    format!("{}{}Q~{}", &letters[..3], random[37] % 10, &letters[3..37])
}

/// SHA-256 in hexadecimal, by which a secret is named without telling it.
pub fn hash_of(secret: &str) -> String {
    Sha256::digest(secret.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

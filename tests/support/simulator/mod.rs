//! A simulator of Microsoft Entra ID, Dataverse and Microsoft Graph, true to their wire formats.
//!
//! In: a world of tenants, apps, secrets and environments, and troubles put into it by a test. Out: HTTPS answers
//! by host name, from one port with certificates of a throw-away authority, reached by pinned names or through the
//! simulator's own CONNECT proxy. It records what was sent, never a secret itself.

mod certificates;
mod dataverse;
mod entra;
mod environment;
mod graph;
mod people;
mod proxy;
mod recorder;
mod revocation;
mod server;
mod trouble;
mod world;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use a365_password_tool::profile::ProxyName;

pub use certificates::CertificateKind;
pub use environment::EnvironmentHandle;
pub use people::{Consent, DeviceRule, Lie, Person, PublicClient, SignInRules};
pub use recorder::Recorded;
pub use trouble::{At, Canned, Flood, Trouble};
pub use world::{App, AppSecret, Asking, Environment, Tenant, User, World, hash_of, new_secret};

use certificates::Authority;
use recorder::Recorder;

/// The hosts that belong to no environment and are served all the same.
pub const CLOUD_HOSTS: [&str; 11] = [
    "login.microsoftonline.com",
    "login.windows.net",
    "login.microsoftonline.us",
    "login.partner.microsoftonline.cn",
    "graph.microsoft.com",
    "graph.microsoft.us",
    "dod-graph.microsoft.us",
    "microsoftgraph.chinacloudapi.cn",
    "login.sovcloud.moon",
    "graph.sovcloud.moon",
    "login.evil.example",
];

/// Whether `host` is Microsoft Graph's in one of the clouds.
pub fn is_graph(host: &str) -> bool {
    host.contains("graph") && CLOUD_HOSTS.contains(&host)
}

/// A running simulator. It ends when it is dropped.
pub struct Simulator {
    shared: Arc<Shared>,
    https: SocketAddr,
    proxy: SocketAddr,
    locked_proxy: SocketAddr,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

/// What all connections share.
struct Shared {
    world: Mutex<World>,
    recorder: Mutex<Recorder>,
    authority: Authority,
}

impl Shared {
    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    fn recorder(&self) -> MutexGuard<'_, Recorder> {
        self.recorder.lock().unwrap()
    }
}

impl Simulator {
    /// Starts an empty world on free ports of this computer.
    pub async fn start() -> Simulator {
        Simulator::start_speaking(&["h2", "http/1.1"]).await
    }

    /// Starts one that offers these protocols only, as devices that inspect HTTPS do.
    pub async fn start_speaking(protocols: &[&str]) -> Simulator {
        let (listener, revocation_url) = revocation::bind().await;
        let shared = Arc::new(Shared {
            world: Mutex::new(World::default()),
            recorder: Mutex::new(Recorder::default()),
            authority: Authority::new(revocation_url),
        });
        let revoking = revocation::serve(listener, shared.authority.revocation_list());
        let (https, serving) = server::start(Arc::clone(&shared), protocols).await;
        let (proxy, open) = proxy::start(Arc::clone(&shared), https, proxy::Door::Open).await;
        let (locked_proxy, locked) = proxy::start(Arc::clone(&shared), https, proxy::Door::WantsPassword).await;
        Simulator { shared, https, proxy, locked_proxy, tasks: vec![revoking, serving, open, locked] }
    }

    /// Adds an environment at `host` with all that makes a check pass: a tenant, an app in it, a secret, and an
    /// application user with every privilege.
    pub fn environment(&self, host: &str) -> EnvironmentHandle {
        EnvironmentHandle::create(Arc::clone(&self.shared), host)
    }

    /// Makes `host` show another kind of certificate.
    pub fn set_certificate(&self, host: &str, kind: CertificateKind) {
        self.shared.authority.set(host, kind);
    }

    /// The authority's own certificate of former years, as PEM: it has expired.
    pub fn expired_authority_pem(&self) -> String {
        self.shared.authority.expired_pem()
    }

    /// The throw-away authority's certificate.
    pub fn authority_pem(&self) -> String {
        self.shared.authority.pem()
    }

    /// Every host that is served.
    pub fn hosts(&self) -> Vec<String> {
        self.shared.world().hosts()
    }

    /// Lets every answer wait this long, as a far network does.
    pub fn set_delay(&self, delay: std::time::Duration) {
        self.shared.world().delay = delay;
    }

    /// Lets the next answers to people's sign-ins be wrong in this way.
    pub fn lie(&self, lie: Lie) {
        self.shared.world().lie = Some(lie);
    }

    /// Lets `person` do this with the only device code there is.
    pub fn decide_device_code(&self, person: Option<&str>) {
        self.shared.world().people.decide_device_code(person);
    }

    /// Every token and code that people's sign-ins were given so far.
    pub fn given_to_people(&self) -> Vec<String> {
        self.shared.world().people.secrets().map(str::to_owned).collect()
    }

    /// Lets the proxies refuse the way to `host`.
    pub fn block_at_proxy(&self, host: &str) {
        self.shared.world().blocked_at_proxy.insert(host.to_owned());
    }

    /// Lets `host` answer with `flood` on every connection.
    pub fn flood(&self, host: &str, flood: Flood) {
        self.shared.world().floods.insert(host.to_owned(), flood);
    }

    /// Empties the record.
    pub fn forget(&self) {
        let mut recorder = self.shared.recorder();
        recorder.requests.clear();
        recorder.connections.clear();
    }

    /// Where HTTPS is served.
    pub fn https_address(&self) -> SocketAddr {
        self.https
    }

    /// The address of the CONNECT proxy, as `HTTPS_PROXY` takes it.
    pub fn proxy_url(&self) -> String {
        format!("http://{}", self.proxy)
    }

    /// The address of a proxy that lets in nobody but `user` with the password `hunter2`.
    pub fn locked_proxy_url(&self) -> String {
        format!("http://{}", self.locked_proxy)
    }

    /// That proxy's host and port.
    pub fn locked_proxy_name(&self) -> ProxyName {
        ProxyName::parse(&self.locked_proxy.to_string()).unwrap()
    }

    /// Every request so far, in the order in which they came.
    pub fn requests(&self) -> Vec<Recorded> {
        self.shared.recorder().requests.clone()
    }

    /// Every host to which a TLS connection was begun, in order.
    pub fn connections(&self) -> Vec<String> {
        self.shared.recorder().connections.clone()
    }

    /// How many requests are being answered at this moment.
    pub fn open_requests(&self) -> usize {
        self.shared.recorder().open
    }

    /// Completes when a request waits for an answer that never comes.
    pub async fn a_request_hangs(&self) {
        while self.shared.recorder().hanging == 0 {
            tokio::task::yield_now().await;
        }
    }

    /// Completes when no request is being answered any more.
    pub async fn no_request_is_open(&self) {
        while self.open_requests() != 0 {
            tokio::task::yield_now().await;
        }
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

//! A tenant with people and a client that they sign in with, and the program's side of it.

use std::time::Duration;

use a365_password_tool::cloud::Cloud;
use a365_password_tool::connection_check::Network;
use a365_password_tool::profile::{ClientId, EnvironmentUrl};
use a365_password_tool::sign_in::{BrowserSignIn, Resource, Session, SignInError, SignInRequest};
use chrono::Utc;
use uuid::Uuid;

use super::support::browser::{Act, Browser, Seen};
use super::support::checking::settings;
use super::support::simulator::{EnvironmentHandle, Simulator, is_graph};

pub struct World {
    pub simulator: Simulator,
    pub contoso: EnvironmentHandle,
    pub admin: String,
    pub client: Uuid,
}

impl World {
    pub async fn new() -> World {
        World::at("contoso.crm4.dynamics.com").await
    }

    pub async fn at(host: &str) -> World {
        let simulator = Simulator::start().await;
        let contoso = simulator.environment(host);
        let (admin, client) = (contoso.person("admin"), contoso.sign_in_client());
        World { simulator, contoso, admin, client }
    }

    pub fn network(&self) -> Network {
        Network::new(&settings(&self.simulator)).expect("a network")
    }

    pub fn environment(&self) -> Resource {
        Resource::environment(&EnvironmentUrl::parse(&self.contoso.url()).expect("an environment"))
    }

    pub fn cloud(&self) -> Cloud {
        EnvironmentUrl::parse(&self.contoso.url()).expect("an environment").cloud()
    }

    pub fn request(&self) -> SignInRequest {
        SignInRequest {
            cloud: self.cloud(),
            tenant: self.contoso.tenant,
            client: ClientId::parse(&self.client.to_string()).expect("an ID"),
            first: Resource::graph(self.cloud()),
        }
    }

    /// Signs `person` in through the browser. What the browser showed last comes beside the outcome.
    pub async fn sign_in(&self, person: &str, act: Act) -> (Result<Session, SignInError>, Seen) {
        self.sign_in_with(self.request(), person, act).await
    }

    pub async fn sign_in_with(
        &self,
        request: SignInRequest,
        person: &str,
        act: Act,
    ) -> (Result<Session, SignInError>, Seen) {
        let sign_in = BrowserSignIn::begin(request).await.expect("a port");
        let address = sign_in.address().to_owned();
        let browser = Browser::new(&self.simulator);
        let network = self.network();
        let finish = sign_in.finish(&network, limit(), Utc::now());
        let outcome = tokio::join!(finish, browser.sign_in(&address, person, act));
        self.assert_tokens_stayed_home();
        outcome
    }

    /// Codes and tokens went to the sign-in host and in forms alone, and each token to its own service.
    pub fn assert_tokens_stayed_home(&self) {
        for sent in self.simulator.requests() {
            if let Some(owner) = &sent.token_for {
                assert_eq!(*owner, sent.host, "a token for {owner} went to {}", sent.host);
            } else {
                assert!(!sent.carries_token, "an unknown token went to {}", sent.host);
            }
            if sent.carries_secret && sent.token_for.is_none() {
                assert!(sent.host.starts_with("login.") && sent.method == "POST", "{} {}", sent.method, sent.host);
                assert!(sent.path.ends_with("/oauth2/v2.0/token"), "{}", sent.path);
            }
            for text in self.simulator.given_to_people() {
                assert!(!sent.path.contains(&text), "a token in an address: {}", sent.path);
            }
            // This sign-in reads, and changes nothing.
            assert!(sent.method == "GET" || !is_graph(&sent.host), "{} {}", sent.method, sent.path);
        }
    }

    /// The codes and tokens of the simulator are in no text that people see.
    pub fn assert_untold(&self, text: &str) {
        for secret in self.simulator.given_to_people() {
            assert!(!text.contains(&secret), "a token is shown: {text}");
        }
    }
}

/// Far longer than the simulator needs, and short enough for sign-ins that never end.
pub fn limit() -> Duration {
    Duration::from_millis(1500)
}

/// The code of a sign-in that failed.
pub fn code(outcome: &Result<Session, SignInError>) -> &str {
    match outcome {
        Ok(session) => panic!("{} is signed in", session.account()),
        Err(error) => {
            let text = error.to_string();
            assert!(text.contains(error.code()) && text.len() > 60, "{text}");
            error.code()
        }
    }
}

//! The way through a proxy: the connection to it, what it is asked, and who signs in to it when it asks for that.

use std::io;

use hyper::Uri;
use hyper::header::HeaderValue;
use tokio::net::TcpStream;

use super::{Attempt, ConnectError, Shared, Step, Stream, Target, server_name};
use crate::connection_check::account_conversation::{self, AccountRefused, Outcome};
use crate::connection_check::metered::Metered;
use crate::connection_check::proxy_address::{NamedProxy, ProxyAddress, ProxyPlace, ProxyProtocol};
use crate::connection_check::proxy_sign_in::{Allowed, Known, Method, NotSignedIn, ProxySignIn};
use crate::connection_check::socks::{self, SocksError};
use crate::connection_check::tcp;
use crate::connection_check::tunnel::{Refusal, TunnelError, open_tunnel};
use crate::platform::account_sign_in::Scheme;

impl Shared {
    /// TCP to `proxy`.
    async fn reach(
        &self,
        proxy: &ProxyAddress,
        place: ProxyPlace,
        attempt: &Attempt<'_>,
    ) -> Result<Metered<TcpStream>, ConnectError> {
        let named = NamedProxy::new(proxy, place);
        attempt.watch.begins(Step::ProxyName(named.clone()));
        let found = self.names.look_up(proxy.name.host()).await;
        let found = found.map_err(|source| ConnectError::ProxyName { proxy: named.clone(), source })?;
        attempt.watch.begins(Step::Proxy(named.clone()));
        let address = Uri::builder().scheme("http").authority(proxy.name.to_string()).path_and_query("/").build();
        let opened = match address {
            Ok(address) => tcp::connect(address, found).await,
            Err(error) => Err(io::Error::other(error)),
        };
        let stream = opened.map_err(|source| ConnectError::Proxy { proxy: named, source })?;
        Ok(Metered::new(stream, attempt.meter.clone()))
    }

    /// The way through a SOCKS proxy. It gets credentials only when it chooses them.
    pub(super) async fn through_socks(
        &self,
        proxy: &ProxyAddress,
        place: ProxyPlace,
        target: Target<'_>,
        attempt: &Attempt<'_>,
    ) -> Result<Box<dyn Stream>, ConnectError> {
        let named = NamedProxy::new(proxy, place);
        let allowed = self.sign_in.allowed(proxy, place);
        let mut turn = None;
        if allowed.is_ok() && !matches!(self.sign_in.known(&proxy.name), Known::Accepted(_)) {
            // One at a time, until it is known whether the proxy accepts them: wrong ones sent several times lock
            // accounts.
            turn = Some(self.sign_in.turn.lock().await);
        }
        let is_spent = matches!(self.sign_in.known(&proxy.name), Known::Spent);
        if !matches!(self.sign_in.known(&proxy.name), Known::NotGiven) {
            turn = None;
        }
        let mut stream = self.reach(proxy, place, attempt).await?;
        attempt.watch.begins(Step::Tunnel(named.clone()));
        let given = allowed.as_ref().ok().filter(|_| !is_spent);
        if turn.is_some() {
            // Whatever happens from here on, they are not given twice; also when this is cancelled.
            self.sign_in.set_known(&proxy.name, Known::Spent);
        }
        let outcome = socks::open_way(&mut stream, target.host, target.port, given.map(|it| it.credentials)).await;
        match outcome {
            Ok(true) | Err(SocksError::Refused { signed_in: true, .. }) => {
                self.sign_in.set_known(&proxy.name, Known::Accepted(Method::Socks));
            }
            // It did not ask for them, so it has not got them.
            Ok(false) | Err(SocksError::Refused { signed_in: false, .. }) if turn.is_some() => {
                self.sign_in.set_known(&proxy.name, Known::NotGiven);
            }
            _ => {}
        }
        drop(turn);
        let not_signed_in = |why| ConnectError::SignIn { proxy: named.clone(), offers: Vec::new(), why, account: None };
        match (outcome, &allowed) {
            (Ok(_), _) => {
                attempt.meter.reset();
                Ok(Box::new(stream))
            }
            (Err(SocksError::Rejected), Ok(allowed)) => {
                self.sign_in.set_known(&proxy.name, Known::Spent);
                Err(not_signed_in(allowed.rejected()))
            }
            (Err(SocksError::WantsSignIn), Ok(allowed)) if is_spent => Err(not_signed_in(allowed.rejected())),
            (Err(SocksError::WantsSignIn), Ok(allowed)) => {
                Err(not_signed_in(NotSignedIn::NotOffered { unused: Some(allowed.origin) }))
            }
            (Err(SocksError::WantsSignIn), Err(why)) => Err(not_signed_in(why.clone())),
            (Err(source), _) => Err(ConnectError::Socks { proxy: named, source }),
        }
    }

    /// The way through `proxy` to `target`. Credentials are sent after it has asked for them, or when it has accepted
    /// them before.
    pub(super) async fn through(
        &self,
        proxy: &ProxyAddress,
        place: ProxyPlace,
        target: Target<'_>,
        attempt: &Attempt<'_>,
    ) -> Result<Box<dyn Stream>, ConnectError> {
        let not_signed_in = |refusal: &Refusal, why| not_signed_in(NamedProxy::new(proxy, place), refusal, why, None);
        let accepted = match self.sign_in.known(&proxy.name) {
            Known::Accepted(method) => self.sign_in.allowed(proxy, place).ok().map(|allowed| (allowed, method)),
            Known::Account(scheme) => match self.as_account(scheme, proxy, place, target, attempt).await? {
                Ok(stream) => return Ok(stream),
                // It did before; the answer to a request without it says what the proxy wants now.
                Err(refused) => {
                    self.sign_in.set_known(&proxy.name, Known::AccountSpent(refused));
                    None
                }
            },
            Known::NotGiven | Known::Spent | Known::AccountSpent(_) => None,
        };
        let header = accepted.as_ref().and_then(|(allowed, method)| allowed.header(method, &target.to_string()));
        let refusal = match self.ask(proxy, place, target, header.as_ref(), attempt).await? {
            Ok(stream) => return Ok(stream),
            Err(refusal) => refusal,
        };
        if let Some((allowed, _)) = accepted {
            return match stale(&self.sign_in, &refusal, proxy, place) {
                // Known to be right; only the proxy's random word was too old.
                Some((allowed, method)) => self.give(&allowed, method, &refusal, proxy, place, target, attempt).await,
                None => {
                    self.sign_in.set_known(&proxy.name, Known::Spent);
                    Err(not_signed_in(&refusal, allowed.rejected()))
                }
            };
        }
        let (allowed, method) = match self.sign_in.after(&refusal, proxy, place) {
            Ok(given) => given,
            // What somebody has entered for this proxy comes first; without that the account is all there is.
            Err(why) => return self.by_account(&refusal, why, proxy, place, target, attempt).await,
        };
        // One at a time, until it is known whether the proxy accepts them: wrong ones sent several times lock accounts.
        let turn = self.sign_in.turn.lock().await;
        match self.sign_in.known(&proxy.name) {
            Known::Spent => return Err(not_signed_in(&refusal, allowed.rejected())),
            // Whatever happens from here on, they are not given twice; also when this is cancelled.
            Known::NotGiven | Known::Account(_) | Known::AccountSpent(_) => {
                self.sign_in.set_known(&proxy.name, Known::Spent);
            }
            Known::Accepted(_) => drop(turn),
        }
        self.give(&allowed, method, &refusal, proxy, place, target, attempt).await
    }

    /// Proves the account that this program runs as to `proxy`, which refused with `refusal` and offers that. `why` is why it gets
    /// no user name and password.
    async fn by_account(
        &self,
        refusal: &Refusal,
        why: NotSignedIn,
        proxy: &ProxyAddress,
        place: ProxyPlace,
        target: Target<'_>,
        attempt: &Attempt<'_>,
    ) -> Result<Box<dyn Stream>, ConnectError> {
        let named = NamedProxy::new(proxy, place);
        // One at a time: what the first finds out is not asked again.
        let turn = self.sign_in.turn.lock().await;
        match self.sign_in.known(&proxy.name) {
            Known::AccountSpent(refused) => return Err(not_signed_in(named, refusal, why, Some(refused))),
            Known::Account(_) => drop(turn),
            Known::NotGiven | Known::Accepted(_) | Known::Spent => {}
        }
        let mut first_refused = None;
        for scheme in account_conversation::offered(refusal) {
            match self.as_account(scheme, proxy, place, target, attempt).await? {
                Ok(stream) => return Ok(stream),
                // What Kerberos says is of more use than what NTLM says after it.
                Err(refused) => first_refused = first_refused.or(Some(refused)),
            }
        }
        if let Some(refused) = &first_refused {
            self.sign_in.set_known(&proxy.name, Known::AccountSpent(refused.clone()));
        }
        Err(not_signed_in(named, refusal, why, first_refused))
    }

    /// The way through `proxy` for the account that this program runs as. The inner error: the account does not get past it.
    async fn as_account(
        &self,
        scheme: Scheme,
        proxy: &ProxyAddress,
        place: ProxyPlace,
        target: Target<'_>,
        attempt: &Attempt<'_>,
    ) -> Result<Result<Box<dyn Stream>, AccountRefused>, ConnectError> {
        let named = NamedProxy::new(proxy, place);
        attempt.watch.begins(Step::ProxySignIn(named.clone()));
        let (prover, token) = match account_conversation::begin(scheme, proxy.name.host().to_owned()).await {
            Ok(begun) => begun,
            Err(error) => return Ok(Err(AccountRefused::new(scheme, error))),
        };
        let mut stream = self.stream_to(proxy, place, attempt).await?;
        attempt.watch.begins(Step::Tunnel(named.clone()));
        let target = (target.host, target.port);
        match account_conversation::converse(&mut stream, target, scheme, prover, token).await {
            Outcome::Open => {
                self.sign_in.set_known(&proxy.name, Known::Account(scheme));
                attempt.meter.reset();
                Ok(Ok(stream))
            }
            Outcome::Refused(why) => Ok(Err(AccountRefused::new(scheme, why))),
            Outcome::Failed(source) => {
                if matches!(source, TunnelError::Refused(_)) {
                    // It refuses the server, not the account.
                    self.sign_in.set_known(&proxy.name, Known::Account(scheme));
                }
                Err(ConnectError::Tunnel { proxy: named, source })
            }
        }
    }

    /// Asks `proxy`, which refused with `refusal`, again with credentials, and keeps how it took them.
    #[expect(clippy::too_many_arguments, reason = "what is given, to whom, and for what")]
    async fn give(
        &self,
        allowed: &Allowed<'_>,
        method: Method,
        refusal: &Refusal,
        proxy: &ProxyAddress,
        place: ProxyPlace,
        target: Target<'_>,
        attempt: &Attempt<'_>,
    ) -> Result<Box<dyn Stream>, ConnectError> {
        let rejected =
            |refusal: &Refusal| not_signed_in(NamedProxy::new(proxy, place), refusal, allowed.rejected(), None);
        let Some(header) = allowed.header(&method, &target.to_string()) else { return Err(rejected(refusal)) };
        match self.ask(proxy, place, target, Some(&header), attempt).await {
            Ok(Ok(stream)) => {
                self.sign_in.set_known(&proxy.name, Known::Accepted(method));
                Ok(stream)
            }
            Ok(Err(refusal)) => {
                self.sign_in.set_known(&proxy.name, Known::Spent);
                Err(rejected(&refusal))
            }
            Err(error) => {
                if matches!(error, ConnectError::Tunnel { source: TunnelError::Refused(_), .. }) {
                    // It refuses the server, not the person.
                    self.sign_in.set_known(&proxy.name, Known::Accepted(method));
                }
                Err(error)
            }
        }
    }

    /// Asks `proxy` on a connection of its own. The inner error: it asks for a sign-in.
    async fn ask(
        &self,
        proxy: &ProxyAddress,
        place: ProxyPlace,
        target: Target<'_>,
        header: Option<&HeaderValue>,
        attempt: &Attempt<'_>,
    ) -> Result<Result<Box<dyn Stream>, Refusal>, ConnectError> {
        let named = NamedProxy::new(proxy, place);
        let mut stream = self.stream_to(proxy, place, attempt).await?;
        attempt.watch.begins(Step::Tunnel(named.clone()));
        match open_tunnel(&mut stream, target.host, target.port, header).await {
            Ok(()) => {
                attempt.meter.reset();
                Ok(Ok(stream))
            }
            Err(TunnelError::Refused(refusal)) if refusal.asks_sign_in() => Ok(Err(*refusal)),
            Err(source) => Err(ConnectError::Tunnel { proxy: named, source }),
        }
    }

    /// A fresh connection to `proxy`, with TLS where its address says so.
    async fn stream_to(
        &self,
        proxy: &ProxyAddress,
        place: ProxyPlace,
        attempt: &Attempt<'_>,
    ) -> Result<Box<dyn Stream>, ConnectError> {
        let plain = self.reach(proxy, place, attempt).await?;
        match proxy.protocol {
            ProxyProtocol::Http | ProxyProtocol::Socks5 => Ok(Box::new(plain)),
            ProxyProtocol::Https => {
                let named = NamedProxy::new(proxy, place);
                attempt.watch.begins(Step::ProxyTls(named.clone()));
                let name = server_name(&named.host).ok_or(ConnectError::Address)?;
                match self.proxy_tls.connect(name, plain).await {
                    Ok(secured) => Ok(Box::new(secured)),
                    Err(source) => Err(ConnectError::ProxyTls { proxy: named, source }),
                }
            }
        }
    }
}

/// That `proxy` asks for a sign-in and got none that it accepts.
fn not_signed_in(
    proxy: NamedProxy,
    refusal: &Refusal,
    why: NotSignedIn,
    account: Option<AccountRefused>,
) -> ConnectError {
    ConnectError::SignIn { proxy, offers: refusal.schemes(), why, account }
}

/// What may be given again after a refusal that only says that the proxy's random word was too old (Digest).
fn stale<'a>(
    sign_in: &'a ProxySignIn,
    refusal: &Refusal,
    proxy: &'a ProxyAddress,
    place: ProxyPlace,
) -> Option<(Allowed<'a>, Method)> {
    let (allowed, method) = sign_in.after(refusal, proxy, place).ok()?;
    let is_stale = matches!(&method, Method::Digest(challenge) if challenge.is_stale);
    is_stale.then_some((allowed, method))
}

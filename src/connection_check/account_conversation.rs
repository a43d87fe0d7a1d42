//! Signing in to a proxy as the account that this program runs as, which takes several questions and answers on one connection
//! (RFC 4559 for Negotiate; NTLM likewise).

use std::thread;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::oneshot;
use zeroize::Zeroizing;

use super::tunnel::{Refusal, TunnelError, authorization, open_tunnel};
use crate::platform::account;
use crate::platform::account_sign_in::{AccountSignIn, AccountSignInError, Scheme};

/// The most questions on one connection: NTLM needs two, Negotiate up to three.
const MOST_QUESTIONS: usize = 5;

/// Why the account did not get past a proxy that would let some accounts pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct AccountRefused {
    /// Its name, as the system gives it.
    pub account: String,
    pub scheme: Scheme,
    pub why: AccountTrouble,
}

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum AccountTrouble {
    /// This computer could not prove it.
    #[error("it cannot be proven: {0}")]
    Unproven(#[from] AccountSignInError),
    /// The proxy does not accept it.
    #[error("the proxy did not accept it")]
    Rejected,
    /// The proxy ended the connection before all was said.
    #[error("the proxy closed the connection in the middle of the sign-in")]
    CutOff,
}

impl AccountRefused {
    pub(super) fn new(scheme: Scheme, why: impl Into<AccountTrouble>) -> AccountRefused {
        let (account, _) = account::account_and_machine();
        AccountRefused { account, scheme, why: why.into() }
    }
}

/// How the way was opened, or not.
pub(super) enum Outcome {
    Open,
    Refused(AccountTrouble),
    /// It fails for another reason, after the account was accepted or before it came to that.
    Failed(TunnelError),
}

/// The schemes for accounts that a proxy offers, the better one first.
pub(super) fn offered(refusal: &Refusal) -> impl Iterator<Item = Scheme> {
    Scheme::ALL.into_iter().filter(|scheme| refusal.asks_sign_in() && refusal.offer(scheme.name()).is_some())
}

/// What gives the tokens: the system, or a test.
pub(super) trait Prover: Send + 'static {
    /// The token that answers a challenge, which is empty at first. May block.
    fn answer(&mut self, challenge: &[u8]) -> Result<Zeroizing<Vec<u8>>, AccountSignInError>;
}

impl Prover for AccountSignIn {
    fn answer(&mut self, challenge: &[u8]) -> Result<Zeroizing<Vec<u8>>, AccountSignInError> {
        AccountSignIn::answer(self, challenge)
    }
}

/// The account's proof for the proxy with this host name, and its first token.
pub(super) async fn begin(
    scheme: Scheme,
    proxy: String,
) -> Result<(AccountSignIn, Zeroizing<Vec<u8>>), AccountSignInError> {
    beside(move || {
        let mut account = AccountSignIn::begin(scheme, &proxy)?;
        let token = account.answer(&[])?;
        Ok((account, token))
    })
    .await
}

/// Work that may wait for a domain controller, on a thread that nobody waits for once the check has ended.
async fn beside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, AccountSignInError> + Send + 'static,
) -> Result<T, AccountSignInError> {
    let (done, ended) = oneshot::channel();
    let started = thread::Builder::new().name("proxy sign-in".to_owned()).spawn(move || {
        // Nobody listens once the check has ended.
        let _ = done.send(work());
    });
    started.map_err(|error| AccountSignInError::System(error.to_string()))?;
    ended.await.unwrap_or_else(|_| Err(AccountSignInError::System("the system's sign-in stopped".to_owned())))
}

/// Asks the proxy at the other end of `stream`, which may not have been asked on this connection before, for the way to a
/// server, and proves the account until the proxy is content.
pub(super) async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    (host, port): (&str, u16),
    scheme: Scheme,
    mut prover: impl Prover,
    mut token: Zeroizing<Vec<u8>>,
) -> Outcome {
    for _ in 0..MOST_QUESTIONS {
        let Some(header) = authorization(scheme.name(), &token) else {
            return Outcome::Refused(AccountTrouble::Rejected);
        };
        let mut refusal = match open_tunnel(stream, host, port, Some(&header)).await {
            Ok(()) => return Outcome::Open,
            Err(TunnelError::Refused(refusal)) if refusal.asks_sign_in() => refusal,
            Err(TunnelError::Closed | TunnelError::Broken(_)) => return Outcome::Refused(AccountTrouble::CutOff),
            Err(error) => return Outcome::Failed(error),
        };
        // A refusal with nothing to answer is the last word.
        let challenge = refusal.offer(scheme.name()).and_then(|offer| STANDARD.decode(&offer.token).ok());
        let Some(challenge) = challenge.filter(|challenge| !challenge.is_empty()) else {
            return Outcome::Refused(AccountTrouble::Rejected);
        };
        if !refusal.read_away(stream).await {
            return Outcome::Refused(AccountTrouble::CutOff);
        }
        let answered = beside(move || {
            let token = prover.answer(&challenge)?;
            Ok((prover, token))
        });
        (prover, token) = match answered.await {
            Ok(answered) => answered,
            Err(error) => return Outcome::Refused(error.into()),
        };
    }
    Outcome::Refused(AccountTrouble::Rejected)
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    /// Answers each challenge with its length, and remembers it.
    #[derive(Clone, Default)]
    struct Scripted(Arc<Mutex<Vec<String>>>);

    impl Prover for Scripted {
        fn answer(&mut self, challenge: &[u8]) -> Result<Zeroizing<Vec<u8>>, AccountSignInError> {
            let challenge = String::from_utf8_lossy(challenge).into_owned();
            if challenge == "impossible" {
                return Err(AccountSignInError::System("no ticket".to_owned()));
            }
            self.0.lock().expect("no panic").push(challenge.clone());
            Ok(Zeroizing::new(format!("answer to {challenge}").into_bytes()))
        }
    }

    /// What comes of a proxy that says these things one after the other, and what it was asked.
    fn played(scheme: Scheme, says: &[&'static str]) -> (Outcome, Vec<String>) {
        let says = says.to_vec();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
        runtime.block_on(async {
            let (mut ours, mut theirs) = tokio::io::duplex(64 * 1024);
            let proxy = async move {
                let mut asked = Vec::new();
                for said in says {
                    let mut head = Vec::new();
                    while !head.ends_with(b"\r\n\r\n") {
                        let Ok(byte) = theirs.read_u8().await else { return asked };
                        head.push(byte);
                    }
                    asked.push(String::from_utf8(head).expect("text"));
                    theirs.write_all(said.as_bytes()).await.expect("written");
                }
                asked
            };
            let token = Zeroizing::new(b"first".to_vec());
            let target = ("a.example", 443);
            let (outcome, asked) = tokio::join!(
                async {
                    let outcome = converse(&mut ours, target, scheme, Scripted::default(), token).await;
                    drop(ours);
                    outcome
                },
                proxy
            );
            (outcome, asked)
        })
    }

    const OPEN: &str = "HTTP/1.1 200 OK\r\n\r\n";

    /// The tokens that the proxy was given.
    fn tokens(asked: &[String], scheme: &str) -> Vec<String> {
        let prefix = format!("Proxy-Authorization: {scheme} ");
        let lines = asked.iter().filter_map(|head| head.lines().find_map(|line| line.strip_prefix(&prefix)));
        lines.map(|token| String::from_utf8(STANDARD.decode(token).expect("base64")).expect("text")).collect()
    }

    #[test]
    fn a_ticket_opens_the_way_at_once() {
        let (outcome, asked) = played(Scheme::Negotiate, &[OPEN]);
        assert!(matches!(outcome, Outcome::Open));
        assert_eq!(tokens(&asked, "Negotiate"), ["first"]);
    }

    #[test]
    fn challenges_are_answered_on_the_same_connection_and_pages_are_read_away() {
        let (outcome, asked) = played(
            Scheme::Ntlm,
            &[
                "HTTP/1.1 407 x\r\nProxy-Authenticate: Negotiate\r\nproxy-authenticate: ntlm Y2hhbGxlbmdl\r\n\
                 Content-Length: 11\r\n\r\nHTTP/1.1 99",
                OPEN,
            ],
        );
        assert!(matches!(outcome, Outcome::Open));
        assert_eq!(tokens(&asked, "NTLM"), ["first", "answer to challenge"]);
        let (outcome, asked) = played(
            Scheme::Negotiate,
            &[
                "HTTP/1.1 407 x\r\nProxy-Authenticate: Negotiate b25l\r\nTransfer-Encoding: chunked\r\n\r\n5\r\npage \r\n0\r\n\r\n",
                "HTTP/1.1 407 x\r\nProxy-Authenticate: Negotiate dHdvMg==\r\nContent-Length: 0\r\n\r\n",
                OPEN,
            ],
        );
        assert!(matches!(outcome, Outcome::Open));
        assert_eq!(tokens(&asked, "Negotiate"), ["first", "answer to one", "answer to two2"]);
    }

    #[test]
    fn what_is_not_accepted_is_told_apart() {
        let refused = |says: &[&'static str]| match played(Scheme::Negotiate, says).0 {
            Outcome::Refused(why) => why.to_string(),
            Outcome::Open => panic!("open"),
            Outcome::Failed(error) => error.to_string(),
        };
        let again = "HTTP/1.1 407 x\r\nProxy-Authenticate: Negotiate\r\nContent-Length: 0\r\n\r\n";
        assert_eq!(refused(&[again]), "the proxy did not accept it");
        assert_eq!(
            refused(&["HTTP/1.1 407 x\r\nProxy-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n"]),
            "the proxy did not accept it"
        );
        let impossible =
            "HTTP/1.1 407 x\r\nProxy-Authenticate: Negotiate aW1wb3NzaWJsZQ==\r\nContent-Length: 0\r\n\r\n";
        assert_eq!(refused(&[impossible]), "it cannot be proven: no ticket");
        let closing =
            "HTTP/1.1 407 x\r\nProxy-Authenticate: Negotiate b25l\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
        assert!(refused(&[closing]).contains("closed the connection"));
        assert!(refused(&[]).contains("closed the connection"));
        assert!(refused(&["HTTP/1.1 403 x\r\nContent-Length: 0\r\n\r\n"]).contains("403"));
        let endless = "HTTP/1.1 407 x\r\nProxy-Authenticate: Negotiate b25l\r\nContent-Length: 0\r\n\r\n";
        assert_eq!(refused(&[endless; 9]), "the proxy did not accept it");
    }
}

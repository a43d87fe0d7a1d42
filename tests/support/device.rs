//! Devices that answer in a server's place: firewalls, portals, and boxes that inspect TLS badly.

use std::net::SocketAddr;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, SupportedProtocolVersion};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// What a device does once the client has said its first word.
#[derive(Clone, Debug)]
pub enum First {
    /// Says these bytes and closes.
    Say(Vec<u8>),
    /// Says nothing, ever.
    Hang,
    /// Closes at once.
    Close,
}

/// A fatal TLS alert, in a record of its own (RFC 8446, 6).
pub fn alert(number: u8) -> First {
    First::Say(vec![21, 3, 3, 0, 2, 2, number])
}

/// A running device. It ends when it is dropped.
pub struct Device {
    pub address: SocketAddr,
    /// The authority of its certificate, as PEM; empty where it shows none.
    pub authority: String,
    task: JoinHandle<()>,
}

impl Device {
    /// One that knows no TLS.
    pub async fn start(first: First) -> Device {
        Device::serve(String::new(), move |mut client| {
            let first = first.clone();
            Box::pin(async move {
                let mut hello = [0; 4096];
                if !matches!(client.read(&mut hello).await, Ok(1..)) {
                    return;
                }
                match first {
                    First::Say(bytes) => drop(client.write_all(&bytes).await),
                    First::Hang => std::future::pending().await,
                    First::Close => {}
                }
                // Until the client has read it: closing with unread bytes would reset the connection.
                let _ = client.shutdown().await;
                while matches!(client.read(&mut hello).await, Ok(1..)) {}
            })
        })
        .await
    }

    /// One that demands a client certificate for `host`, by this version of TLS.
    pub async fn demanding_a_certificate(host: &str, version: &'static SupportedProtocolVersion) -> Device {
        let identity = Identity::new(host);
        let mut roots = RootCertStore::empty();
        roots.add(identity.authority.clone()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_protocol_versions(&[version])
            .unwrap()
            .with_client_cert_verifier(verifier)
            .with_single_cert(identity.chain, identity.key)
            .unwrap();
        Device::tls(config, identity.pem, b"").await
    }

    /// One that answers every first request to `host` with these bytes, and closes without the goodbye of TLS.
    pub async fn answering(host: &str, said: &'static [u8]) -> Device {
        let identity = Identity::new(host);
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(identity.chain, identity.key)
            .unwrap();
        Device::tls(config, identity.pem, said).await
    }

    /// One whose certificate for `host` is spoilt in this way.
    pub async fn with_certificate(host: &str, spoil: impl FnOnce(&mut CertificateParams)) -> Device {
        let identity = Identity::spoilt(host, spoil);
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(identity.chain, identity.key)
            .unwrap();
        Device::tls(config, identity.pem, b"").await
    }

    async fn tls(config: ServerConfig, authority: String, said: &'static [u8]) -> Device {
        let acceptor = TlsAcceptor::from(Arc::new(config));
        Device::serve(authority, move |client| {
            let acceptor = acceptor.clone();
            Box::pin(async move {
                let Ok(mut stream) = acceptor.accept(client).await else { return };
                let mut request = [0; 4096];
                if matches!(stream.read(&mut request).await, Ok(1..)) {
                    let _ = stream.write_all(said).await;
                    let _ = stream.flush().await;
                }
                let (mut socket, _) = stream.into_inner();
                let _ = socket.shutdown().await;
                while matches!(socket.read(&mut request).await, Ok(1..)) {}
            })
        })
        .await
    }

    async fn serve(
        authority: String,
        answer: impl Fn(TcpStream) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>> + Send + 'static,
    ) -> Device {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(answer(client));
            }
        });
        Device { address, authority, task }
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A certificate for one host, by an authority of its own.
struct Identity {
    authority: CertificateDer<'static>,
    pem: String,
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

impl Identity {
    fn new(host: &str) -> Identity {
        Identity::spoilt(host, |_| {})
    }

    fn spoilt(host: &str, spoil: impl FnOnce(&mut CertificateParams)) -> Identity {
        let mut params = CertificateParams::new(Vec::default()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let key = KeyPair::generate().unwrap();
        let authority = params.self_signed(&key).unwrap();
        let issuer = Issuer::new(params, key);
        let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        // Named unlike its authority, which would make it self-issued.
        params.distinguished_name.push(DnType::CommonName, host);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        spoil(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &issuer).unwrap();
        Identity {
            authority: authority.der().clone(),
            pem: authority.pem(),
            chain: vec![certificate.der().clone()],
            key: PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())),
        }
    }
}

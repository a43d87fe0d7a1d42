//! A scripted browser: it follows the sign-in page of the simulator as a person's browser would, and brings the answer to
//! the program's port.

use std::net::SocketAddr;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use url::Url;

use super::simulator::Simulator;

/// What the person does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Signs in and accepts.
    Accept,
    /// Clicks Cancel.
    Cancel,
    /// Clicks “Return to the application” on the page that says no.
    Return,
}

/// Where it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Microsoft's page shows this code, and the program hears nothing.
    Code(String),
    /// The program's own page came, with this status and title.
    Program(u16, String),
}

/// A browser of this computer.
pub struct Browser {
    https: SocketAddr,
    tls: TlsConnector,
}

/// A form that a page holds.
#[derive(Clone, Debug)]
pub struct Form {
    pub action: String,
    pub fields: Vec<(String, String)>,
}

impl Form {
    /// The same with other values in a field.
    pub fn with(mut self, name: &str, value: &str) -> Form {
        for field in &mut self.fields {
            if field.0 == name {
                value.clone_into(&mut field.1);
            }
        }
        self
    }
}

impl Browser {
    pub fn new(simulator: &Simulator) -> Browser {
        let mut roots = rustls::RootCertStore::empty();
        for root in CertificateDer::pem_slice_iter(simulator.authority_pem().as_bytes()) {
            roots.add(root.unwrap()).unwrap();
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        Browser { https: simulator.https_address(), tls: TlsConnector::from(Arc::new(config)) }
    }

    /// Opens `address`, signs in as `person`, and brings the answer to the program.
    pub async fn sign_in(&self, address: &str, person: &str, act: Act) -> Seen {
        match self.until_answer(address, person, act).await {
            Ok(form) => self.post_to_program(&form).await,
            Err(code) => Seen::Code(code),
        }
    }

    /// The same, up to the form that would go to the program; an error is the code that Microsoft's page shows.
    pub async fn until_answer(&self, address: &str, person: &str, act: Act) -> Result<Form, String> {
        let page = self.https("GET", address, None).await;
        let mut form = form_of(&page).ok_or_else(|| code_of(&page))?;
        let button = match act {
            Act::Accept => "accept",
            Act::Cancel => "cancel",
            Act::Return => "return",
        };
        form.fields.extend([("login".to_owned(), person.to_owned()), ("button".to_owned(), button.to_owned())]);
        let page = self.https("POST", &form.action, Some(&form.fields)).await;
        form_of(&page).ok_or_else(|| code_of(&page))
    }

    /// Posts a form to the program's port.
    pub async fn post_to_program(&self, form: &Form) -> Seen {
        let url = Url::parse(&form.action).unwrap();
        assert_eq!((url.scheme(), url.host_str()), ("http", Some("localhost")));
        let answer = to_port(url.port().unwrap(), &request("POST", &url, Some(&form.fields))).await;
        seen(&answer)
    }

    async fn https(&self, method: &str, address: &str, fields: Option<&[(String, String)]>) -> String {
        let url = Url::parse(address).unwrap();
        let host = url.host_str().unwrap().to_owned();
        let stream = TcpStream::connect(self.https).await.unwrap();
        let mut stream = self.tls.connect(ServerName::try_from(host).unwrap(), stream).await.unwrap();
        stream.write_all(request(method, &url, fields).as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        // The simulator closes without the goodbye of TLS.
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8(answer).unwrap()
    }
}

/// Sends bytes to a port of this computer and reads what comes back.
pub async fn to_port(port: u16, bytes: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    stream.write_all(bytes.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8(answer).unwrap()
}

/// A GET of `target` as a browser sends it to `localhost`.
pub fn get(port: u16, target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n")
}

/// What the program's page says.
pub fn seen(answer: &str) -> Seen {
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
    let title = answer.split("<h1>").nth(1).and_then(|rest| rest.split("</h1>").next()).unwrap_or_default();
    Seen::Program(status, title.to_owned())
}

/// The port that the answer to a sign-in at `address` goes to.
pub fn port_of(address: &str) -> u16 {
    let url = Url::parse(address).unwrap();
    let redirect = url.query_pairs().find(|(name, _)| name == "redirect_uri").unwrap().1.into_owned();
    Url::parse(&redirect).unwrap().port().unwrap()
}

fn request(method: &str, url: &Url, fields: Option<&[(String, String)]>) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let target = format!("{}{}", url.path(), url.query().map(|query| format!("?{query}")).unwrap_or_default());
    let body = fields.map(|fields| url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish());
    let kind = if body.is_some() { "Content-Type: application/x-www-form-urlencoded\r\n" } else { "" };
    let body = body.unwrap_or_default();
    format!(
        "{method} {target} HTTP/1.1\r\nHost: {}{port}\r\nConnection: close\r\n{kind}Content-Length: {}\r\n\r\n{body}",
        url.host_str().unwrap(),
        body.len()
    )
}

fn form_of(page: &str) -> Option<Form> {
    let attribute = |text: &str, name: &str| {
        let value = text.split(&format!("{name}=\"")).nth(1)?.split('"').next()?;
        Some(value.replace("&quot;", "\"").replace("&lt;", "<").replace("&amp;", "&"))
    };
    let action = attribute(page.split("<form").nth(1)?, "action")?;
    let inputs = page.split("<input").skip(1);
    let fields = inputs.filter_map(|input| Some((attribute(input, "name")?, attribute(input, "value")?))).collect();
    Some(Form { action, fields })
}

fn code_of(page: &str) -> String {
    let at = page.find("AADSTS").unwrap_or_else(|| panic!("neither a form nor a code: {page}"));
    page[at..].split(':').next().unwrap().to_owned()
}

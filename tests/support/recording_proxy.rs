//! A CONNECT proxy whose answers a test chooses, and which remembers every question word for word.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use a365_password_tool::profile::ProxyName;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What the proxy does with a question.
pub enum Reply {
    /// Opens the way to this address, whatever the name.
    Open(SocketAddr),
    /// Says this and closes.
    Say(String),
    /// Says the first, and the second once the client goes on.
    SayThen(String, String),
    /// Says nothing, ever.
    Hang,
    /// Says the first and then the second without an end.
    Flood(&'static str, &'static str),
}

/// A running proxy. It ends when it is dropped.
pub struct RecordingProxy {
    address: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

/// 407 with these offers.
pub fn wants(offers: &[&str]) -> Reply {
    let lines: String = offers.iter().map(|offer| format!("Proxy-Authenticate: {offer}\r\n")).collect();
    Reply::Say(format!("HTTP/1.1 407 Proxy Authentication Required\r\n{lines}Content-Length: 0\r\n\r\n"))
}

impl RecordingProxy {
    /// Starts one that answers each question by `reply`.
    pub async fn start(reply: impl Fn(&str) -> Reply + Send + Sync + 'static) -> RecordingProxy {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let heads = Arc::new(Mutex::new(Vec::new()));
        let (record, reply) = (Arc::clone(&heads), Arc::new(reply));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (record, reply) = (Arc::clone(&record), Arc::clone(&reply));
                tokio::spawn(async move {
                    let _ = serve(stream, &record, &*reply).await;
                });
            }
        });
        RecordingProxy { address, heads, task }
    }

    /// Its host and port.
    pub fn name(&self) -> ProxyName {
        ProxyName::parse(&self.address.to_string()).unwrap()
    }

    /// Its address, with `user` (such as `ada:word@`) in it.
    pub fn url(&self, user: &str) -> String {
        format!("http://{user}{}", self.address)
    }

    /// Every question so far.
    pub fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }

    /// How many questions carried credentials.
    pub fn told(&self) -> usize {
        self.heads().iter().filter(|head| has_credentials(head)).count()
    }
}

impl Drop for RecordingProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Whether a question carries credentials.
pub fn has_credentials(head: &str) -> bool {
    head.to_ascii_lowercase().contains("authorization")
}

async fn serve(
    mut client: TcpStream,
    record: &Mutex<Vec<String>>,
    reply: &(dyn Fn(&str) -> Reply + Send + Sync),
) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    record.lock().unwrap().push(head.clone());
    match reply(&head) {
        Reply::Say(words) => client.write_all(words.as_bytes()).await,
        Reply::SayThen(first, second) => {
            client.write_all(first.as_bytes()).await?;
            let mut more = [0; 4096];
            let _first_word = client.read(&mut more).await?;
            client.write_all(second.as_bytes()).await?;
            client.shutdown().await?;
            // Closing with unread bytes would reset the connection.
            while client.read(&mut more).await? > 0 {}
            Ok(())
        }
        Reply::Hang => std::future::pending().await,
        Reply::Flood(first, again) => {
            client.write_all(first.as_bytes()).await?;
            loop {
                client.write_all(again.as_bytes()).await?;
            }
        }
        Reply::Open(server) => {
            let mut server = TcpStream::connect(server).await?;
            client.set_nodelay(true)?;
            server.set_nodelay(true)?;
            client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
            tokio::io::copy_bidirectional(&mut client, &mut server).await?;
            Ok(())
        }
    }
}

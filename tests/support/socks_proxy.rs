//! A SOCKS 5 proxy that remembers what it was told.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use a365_password_tool::profile::ProxyName;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Whom the proxy lets through.
#[derive(Clone, Debug)]
pub enum Door {
    Open,
    /// Who says this user name and password.
    For(String, String),
    /// Nobody: with this reply.
    Closed(u8),
}

/// What one client said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// User name and password, if it gave them.
    pub who: Option<(String, String)>,
    /// The name that it wants to get to; empty when it did not come so far, or gave an address.
    pub host: String,
}

/// A running proxy. It ends when it is dropped.
pub struct SocksProxy {
    address: SocketAddr,
    said: Arc<Mutex<Vec<Said>>>,
    task: JoinHandle<()>,
}

impl SocksProxy {
    /// Starts one that leads to `server` whatever the name.
    pub async fn start(door: Door, server: SocketAddr) -> SocksProxy {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let said = Arc::new(Mutex::new(Vec::new()));
        let record = Arc::clone(&said);
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (door, record) = (door.clone(), Arc::clone(&record));
                tokio::spawn(async move {
                    let _ = serve(client, &door, server, &record).await;
                });
            }
        });
        SocksProxy { address, said, task }
    }

    /// Its address, with `user` (such as `ada:word@`) in it.
    pub fn url(&self, user: &str) -> String {
        format!("socks5h://{user}{}", self.address)
    }

    /// Its host and port.
    pub fn name(&self) -> ProxyName {
        ProxyName::parse(&self.address.to_string()).unwrap()
    }

    /// What every client said.
    pub fn said(&self) -> Vec<Said> {
        self.said.lock().unwrap().clone()
    }
}

impl Drop for SocksProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn text(client: &mut TcpStream) -> std::io::Result<String> {
    let length = client.read_u8().await?;
    let mut bytes = vec![0; length.into()];
    client.read_exact(&mut bytes).await?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

async fn serve(
    mut client: TcpStream,
    door: &Door,
    server: SocketAddr,
    record: &Mutex<Vec<Said>>,
) -> std::io::Result<()> {
    let place = {
        let mut all = record.lock().unwrap();
        all.push(Said::default());
        all.len() - 1
    };
    let _version = client.read_u8().await?;
    let methods = text(&mut client).await?;
    match door {
        Door::Open | Door::Closed(_) => client.write_all(&[5, 0]).await?,
        Door::For(user, password) => {
            if !methods.contains('\u{2}') {
                return client.write_all(&[5, 0xFF]).await;
            }
            client.write_all(&[5, 2]).await?;
            let _version = client.read_u8().await?;
            let who = (text(&mut client).await?, text(&mut client).await?);
            let is_right = who == (user.clone(), password.clone());
            record.lock().unwrap()[place].who = Some(who);
            client.write_all(&[1, u8::from(!is_right)]).await?;
            if !is_right {
                return Ok(());
            }
        }
    }
    let mut head = [0; 4];
    client.read_exact(&mut head).await?;
    if head[3] == 3 {
        let host = text(&mut client).await?;
        record.lock().unwrap()[place].host = host;
    }
    let _port = client.read_u16().await?;
    if let Door::Closed(reply) = door {
        return client.write_all(&[5, *reply, 0, 1, 0, 0, 0, 0, 0, 0]).await;
    }
    let mut server = TcpStream::connect(server).await?;
    client.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    tokio::io::copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}

//! An HTTP proxy that knows CONNECT and nothing else, and leads to the simulator whatever the name.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::Shared;

/// Whom the proxy lets through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Door {
    Open,
    /// Lets in `user` with the password `hunter2`.
    WantsPassword,
}

/// Serves the proxy on a free port.
pub(super) async fn start(shared: Arc<Shared>, https: SocketAddr, door: Door) -> (SocketAddr, JoinHandle<()>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let task = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let shared = Arc::clone(&shared);
            tokio::spawn(async move {
                let _ = serve(shared, stream, https, door).await;
            });
        }
    });
    (address, task)
}

async fn serve(shared: Arc<Shared>, mut client: TcpStream, https: SocketAddr, door: Door) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && head.len() < 16 * 1024 {
        head.push(client.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let target = head.strip_prefix("CONNECT ").and_then(|rest| rest.split(' ').next()).unwrap_or_default();
    let known = target.strip_suffix(":443").is_some_and(|host| {
        let host = host.replacen(".api.crm", ".crm", 1);
        shared.world().hosts().contains(&host)
    });
    // "user:hunter2" in base64.
    let has_password =
        head.to_ascii_lowercase().contains("\r\nproxy-authorization: ") && head.contains("Basic dXNlcjpodW50ZXIy");
    if door == Door::WantsPassword && !has_password {
        let answer = "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Negotiate\r\nProxy-Authenticate: \
                      Basic realm=\"proxy\"\r\nContent-Length: 0\r\n\r\n";
        return client.write_all(answer.as_bytes()).await;
    }
    let is_blocked = target.strip_suffix(":443").is_some_and(|host| shared.world().blocked_at_proxy.contains(host));
    if is_blocked {
        return client.write_all(b"HTTP/1.1 403 Blocked by policy\r\nContent-Length: 0\r\n\r\n").await;
    }
    if !known {
        return client.write_all(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n").await;
    }
    let mut server = TcpStream::connect(https).await?;
    // Without it, small pieces wait for the other side's delayed acknowledgement.
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
    tokio::io::copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}

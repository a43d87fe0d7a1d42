//! The authority's revocation list over HTTP, without which Wine's verifier refuses every certificate. (Windows itself lets an
//! unknown revocation pass.)

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A free port and its address, so that certificates can name it before it is served.
pub(super) async fn bind() -> (TcpListener, String) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address: SocketAddr = listener.local_addr().unwrap();
    (listener, format!("http://{address}/revoked.crl"))
}

/// Answers every request with the list.
pub(super) fn serve(listener: TcpListener, list: Vec<u8>) -> JoinHandle<()> {
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let list = list.clone();
            tokio::spawn(async move {
                let _ = answer(stream, &list).await;
            });
        }
    })
}

async fn answer(mut stream: TcpStream, list: &[u8]) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && head.len() < 16 * 1024 {
        head.push(stream.read_u8().await?);
    }
    let words = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/pkix-crl\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        list.len()
    );
    stream.write_all(words.as_bytes()).await?;
    stream.write_all(list).await?;
    stream.shutdown().await
}

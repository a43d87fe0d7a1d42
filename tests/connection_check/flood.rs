//! Servers that do not come to an end: each is left at a bound of its own, long before a limit of time.

use std::time::Duration;

use crate::support::checking::{request, run_by, settings, verdict};
use crate::support::simulator::{Flood, Simulator};
use a365_password_tool::connection_check::{CheckReport, Limits};

const HOST: &str = "contoso.crm4.dynamics.com";
const SIGN_IN: &str = "login.microsoftonline.com";

/// A check against `flood` at `host`, with limits of time that it never gets to.
async fn meets(protocols: &[&str], host: &str, first: &[u8], again: &[u8]) -> CheckReport {
    let simulator = Simulator::start_speaking(protocols).await;
    let contoso = simulator.environment(HOST);
    simulator.flood(host, Flood { first: first.to_vec(), again: again.to_vec() });
    let mut settings = settings(&simulator);
    let long = Duration::from_secs(300);
    settings.limits =
        Limits { connect: long, stage: long, whole_check: long, body_bytes: 64 * 1024, ..settings.limits };
    run_by(&simulator, &settings, &request(&contoso)).await
}

#[tokio::test]
async fn floods_of_http_1_are_left() {
    let head: &[u8] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (what, first, again) in [
        ("interim answers", &b""[..], &b"HTTP/1.1 100 Continue\r\n\r\n"[..]),
        ("hints", b"", b"HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n"),
        ("headers", b"HTTP/1.1 200 OK\r\n", b"X-Another: line\r\n"),
        ("one header", b"HTTP/1.1 200 OK\r\nX: ", b"and more "),
        ("pieces of one byte", head, b"1\r\n \r\n"),
        ("a body", b"HTTP/1.1 200 OK\r\n\r\n", b"{\"a\":"),
    ] {
        // A body is of no use to the first stage: what it needs is in the header, and is not there.
        let in_body = first.ends_with(b"\r\n\r\n");
        let tenant = if in_body { "tenant challenge_missing" } else { "tenant too_large" };
        for (host, expected) in [(HOST, tenant), (SIGN_IN, "sign_in too_large")] {
            let report = meets(&["http/1.1"], host, first, again).await;
            assert_eq!(verdict(&report), expected, "{what}");
        }
    }
}

/// A frame of HTTP/2 (RFC 9113, 4.1).
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("a small frame").to_be_bytes();
    let mut frame = length[1..].to_vec();
    frame.extend([kind, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

#[tokio::test]
async fn floods_of_http_2_are_left() {
    const DATA: u8 = 0;
    const HEADERS: u8 = 1;
    const SETTINGS: u8 = 4;
    const PING: u8 = 6;
    const CONTINUATION: u8 = 9;
    const END_HEADERS: u8 = 4;
    // ":status: 103" and ":status: 200" in HPACK; then "x: a" without indexing.
    let hints = [0x08, 3, b'1', b'0', b'3'];
    let ok = [0x88];
    let header = [0, 1, b'x', 1, b'a'];
    let settings = frame(SETTINGS, 0, 0, &[]);
    let after = |more: &[u8]| [&settings, more].concat();
    for (what, first, again) in [
        ("hints", after(&[]), frame(HEADERS, END_HEADERS, 1, &hints)),
        ("pings", after(&[]), frame(PING, 0, 0, &[0; 8])),
        ("settings", after(&[]), settings.clone()),
        ("headers", after(&frame(HEADERS, 0, 1, &ok)), frame(CONTINUATION, 0, 1, &header.repeat(100))),
        ("pieces of one byte", after(&frame(HEADERS, END_HEADERS, 1, &ok)), frame(DATA, 0, 1, b" ")),
        ("empty pieces", after(&frame(HEADERS, END_HEADERS, 1, &ok)), frame(DATA, 0, 1, b"")),
    ] {
        let report = meets(&["h2"], SIGN_IN, &first, &again).await;
        assert_eq!(verdict(&report), "sign_in too_large", "{what}: {:?}", report.diagnosis);
    }
}

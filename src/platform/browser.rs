//! The person's browser.

use std::io;
use std::thread;
use std::time::Duration;

/// How long the desktop may take to find a browser. A text browser takes as long as somebody reads in it.
const PATIENCE: Duration = Duration::from_secs(5);

/// Opens an https page as the desktop says; on Linux `$BROWSER` goes first, then xdg-open's rules.
///
/// # Errors
///
/// No browser was found, or the address is no https address. That a browser starts does not mean that it shows the page.
pub fn open(address: &str) -> io::Result<()> {
    if !address.starts_with("https://") {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "only https pages are opened"));
    }
    let (tell, told) = std::sync::mpsc::channel();
    let address = address.to_owned();
    thread::Builder::new().name("browser".to_owned()).spawn(move || {
        // Nobody listens any more when it took too long.
        let _ = tell.send(webbrowser::open(&address));
    })?;
    told.recv_timeout(PATIENCE).unwrap_or(Ok(()))
}

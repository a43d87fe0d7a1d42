//! What the browser shows at the end. Nothing of an answer is in it, so that it can hold nobody's markup.

use super::browser_answer::{BrowserAnswer, Stranger};

/// A page, and the HTTP status that it comes with.
pub(super) struct Page {
    pub status: &'static str,
    title: &'static str,
    words: &'static str,
}

/// The page for what arrived.
pub(super) fn page(outcome: Result<&BrowserAnswer, Stranger>) -> Page {
    let (status, title, words) = match outcome {
        Ok(BrowserAnswer::Code(_)) => (
            "200 OK",
            "Almost done",
            "Microsoft has sent the sign-in to A365 Password Tool. You can close this page and go back to the program, which \
             shows whether it worked.",
        ),
        Ok(BrowserAnswer::Refused { .. }) => (
            "200 OK",
            "Not signed in",
            "The sign-in was not completed. You can close this page and go back to A365 Password Tool, which says why and what \
             to do.",
        ),
        Err(Stranger::Page) => ("404 Not Found", "Nothing here", "A365 Password Tool has no page at this address."),
        Err(Stranger::Method | Stranger::Host | Stranger::State) => (
            "400 Bad Request",
            "Not the expected answer",
            "This is not the answer that A365 Password Tool is waiting for, so it was ignored. If you started several \
             sign-ins, finish the one that you started last.",
        ),
        Err(Stranger::CodeInAddress) => (
            "400 Bad Request",
            "Not accepted",
            "The answer came in the address of a page, where the browser's history keeps it. A365 Password Tool does not accept \
             that. Start the sign-in again.",
        ),
    };
    Page { status, title, words }
}

/// For a request that cannot be read or is too large.
pub(super) fn unreadable() -> Page {
    Page { status: "400 Bad Request", title: "Not readable", words: "A365 Password Tool could not read this request." }
}

impl Page {
    /// The whole answer, headers included. The page may load and run nothing, and no other page may frame it.
    pub(super) fn response(&self) -> String {
        let body = format!(
            "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title} - A365 Password Tool</title>\
             <style>body{{font:1.1em/1.5 sans-serif;max-width:40em;margin:4em auto;padding:0 1em}}</style></head>\
             <body><h1>{title}</h1><p>{words}</p></body></html>\n",
            title = self.title,
            words = self.words
        );
        format!(
            "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {length}\r\n\
             Cache-Control: no-store\r\nContent-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; \
             base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\nReferrer-Policy: no-referrer\r\n\
             X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n{body}",
            status = self.status,
            length = body.len()
        )
    }
}

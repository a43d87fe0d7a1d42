//! Troubles that a test puts between a client and an answer.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, combinators::BoxBody};
use hyper::body::{Body, Frame};
use hyper::{Response, StatusCode};
use tokio::sync::Barrier;

/// The body of every answer.
pub type Answer = Response<BoxBody<Bytes, Infallible>>;

/// Which request a trouble belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// The question without a token.
    Challenge,
    /// The token request for the environment's tenant.
    Token,
    WhoAmI,
    /// The questions for privileges and tables.
    Privileges,
    Organization,
    /// The token request for Microsoft Graph.
    GraphToken,
    /// Microsoft Graph's question for the app.
    Graph,
    /// The token request of a person's sign-in.
    PersonToken,
    /// Microsoft's sign-in page.
    SignInPage,
    /// The request for a device code.
    DeviceCode,
    /// Microsoft Graph's list of app registrations.
    Applications,
}

/// What happens in place of the right answer.
#[derive(Clone, Debug)]
pub enum Trouble {
    /// This answer.
    Answer(Canned),
    /// No answer, ever.
    Hang,
    /// Headers and a first piece, then nothing more, ever.
    HangInBody,
    /// Headers, then a byte at a time with this pause between them, for ever.
    Drip(Duration),
    /// The connection is closed.
    Drop,
    /// The TCP connection is reset.
    Reset,
    /// The right answer, but later.
    Wait(Duration),
    /// The right answer, but only when another request has come to the same barrier.
    Meet(Arc<Barrier>),
}

/// A made-up answer.
#[derive(Clone, Debug)]
pub struct Canned {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

/// Bytes of HTTP without an end, in place of a host's answers.
#[derive(Clone, Debug)]
pub struct Flood {
    /// Sent once.
    pub first: Vec<u8>,
    /// Sent again and again.
    pub again: Vec<u8>,
}

/// A trouble with the number of times that it still happens.
pub struct Planned {
    pub at: At,
    pub trouble: Trouble,
    pub times: u32,
}

impl Canned {
    pub fn status(status: u16) -> Canned {
        Canned { status, headers: Vec::new(), body: Vec::new() }
    }

    pub fn json(status: u16, json: &serde_json::Value) -> Canned {
        Canned::status(status).header("Content-Type", "application/json; charset=utf-8").body(json.to_string())
    }

    pub fn html(status: u16, title: &str) -> Canned {
        let page = format!("<!DOCTYPE html>\n<html><head><title>{title}</title></head><body>Sign in.</body></html>");
        Canned::status(status).header("Content-Type", "text/html; charset=utf-8").body(page)
    }

    pub fn redirect(location: &str) -> Canned {
        Canned::status(307).header("Location", location)
    }

    /// Entra's own answer to too many requests.
    pub fn throttled(retry_after: &str) -> Canned {
        Canned::status(429)
            .header("Retry-After", retry_after)
            .header("Content-Type", "text/plain")
            .body("Too Many Requests")
    }

    /// Entra's error shape.
    pub fn entra_error(status: u16, error: &str, code: u64, sentence: &str) -> Canned {
        super::entra::error(status, error, code, sentence)
    }

    /// Dataverse's error shape.
    pub fn dataverse_error(status: u16, code: &str, message: &str) -> Canned {
        Canned::status(status)
            .header("Content-Type", "application/json; odata.metadata=minimal")
            .body(serde_json::json!({"error": {"code": code, "message": message}}).to_string())
    }

    pub fn header(mut self, name: &'static str, value: &str) -> Canned {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Canned {
        self.body = body.into();
        self
    }

    pub fn into_answer(self) -> Answer {
        let mut answer = Response::builder().status(StatusCode::from_u16(self.status).unwrap());
        for (name, value) in self.headers {
            answer = answer.header(name, hyper::header::HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        answer.body(Full::new(Bytes::from(self.body)).boxed()).unwrap()
    }
}

/// A body that never ends and never stops for long.
pub struct Dripping {
    pause: Duration,
    sleep: Pin<Box<tokio::time::Sleep>>,
}

impl Dripping {
    pub fn answer(pause: Duration) -> Answer {
        let body = Dripping { pause, sleep: Box::pin(tokio::time::sleep(Duration::ZERO)) };
        Response::builder().header("Content-Type", "application/json").body(body.boxed()).unwrap()
    }
}

impl Body for Dripping {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        std::task::ready!(self.sleep.as_mut().poll(context));
        let next = tokio::time::Instant::now() + self.pause;
        self.sleep.as_mut().reset(next);
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(b" ")))))
    }
}

/// A body that begins and never ends.
pub struct Unfinished {
    first: Option<Bytes>,
}

impl Unfinished {
    pub fn answer() -> Answer {
        let body = Unfinished { first: Some(Bytes::from_static(b"{\"token_type\":")) };
        Response::builder().header("Content-Type", "application/json").body(body.boxed()).unwrap()
    }
}

impl Body for Unfinished {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.first.take() {
            Some(first) => Poll::Ready(Some(Ok(Frame::data(first)))),
            None => Poll::Pending,
        }
    }
}

//! A person's sign-in at Microsoft Entra ID: through the system's browser, or with a device code where somebody asks for it.
//!
//! In: a [`SignInRequest`] (cloud, tenant, sign-in client, the first service), a network and the time. Out: a [`Session`],
//! which gets one token for each service and sends it to that service's host only, or a [`SignInError`] that says what to
//! do. No token is ever shown, stored or logged: they live in locked memory and are wiped with the session.
//!
//! The browser's way: authorization code with PKCE (RFC 7636), the answer as a form that the browser posts to a port of this
//! computer (RFC 8252). What comes to that port may come from any web page or program: only the answer with this
//! sign-in's own state counts, everything else is refused and waited past. The answer's ID token must name the tenant, the
//! client and the nonce of this sign-in.
//! Sources: "OAuth 2.0 authorization code flow", "OAuth 2.0 device authorization grant" and "Redirect URI restrictions"
//! (learn.microsoft.com/entra/identity-platform).

#![warn(missing_docs)]

mod authorize;
mod browser;
mod browser_answer;
mod device_code;
mod error;
mod explain;
mod jwt;
mod loopback;
mod page;
mod request;
mod resource;
mod session;
mod tenant;
mod token;

pub use browser::{BrowserSignIn, TIME_LIMIT};
pub use device_code::DeviceSignIn;
pub use error::SignInError;
pub use explain::explain_code;
pub use request::SignInRequest;
pub use resource::Resource;
pub use session::Session;
pub use tenant::{tenant_of_environment, tenant_of_name};

//! Dataverse's Web API as one user.

use uuid::Uuid;

use super::dataverse::web_api;
use super::exchange::{Request, Wire};
use crate::profile::SecretText;

/// The way to one user's data: what every request of this stage needs.
pub(super) struct UserApi<'a> {
    pub wire: &'a Wire<'a>,
    pub host: &'a str,
    pub token: &'a SecretText,
    pub user: Uuid,
}

impl UserApi<'_> {
    /// A request to this path of the Web API.
    pub(super) fn request(&self, path: &str) -> Request {
        web_api(self.host, path, self.token)
    }

    /// A request to a function of the user.
    pub(super) fn of_user(&self, function: &str) -> Request {
        self.request(&format!("systemusers({})/Microsoft.Dynamics.CRM.{function}", self.user))
    }
}

//! What is due, posted to a Teams channel, to Slack, or to anything that takes JSON. Names and dates only.

use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Value, json};
use url::Url;

use super::index::Entry;
use super::message::{self, Message};
use super::policy::Due;
use crate::connection_check::{Network, NetworkError, NetworkSettings, PostError};
use crate::escape::{code_span, markdown, slack};
use crate::profile::{NAME_LENGTH_LIMIT, SecretExpiry};
use crate::settings::WebhookForm;

/// The most secrets that one post lists; the others are counted.
const LISTED: usize = 50;
/// How long a post may take, with everything.
const TIME: Duration = Duration::from_secs(20);

/// One secret as a post lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The profile's name.
    pub name: String,
    /// Its expiry date.
    pub expires: Option<NaiveDate>,
    /// Days left; 0 or less when it has lapsed.
    pub days_left: Option<i64>,
    /// Its state as words.
    pub words: String,
}

/// What is posted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// One line of ours, without a name: those are in `secrets`, where each form has its way to write them.
    pub title: String,
    /// More words of ours; may be empty.
    pub text: String,
    /// The secrets that it is about.
    pub secrets: Vec<Listed>,
}

/// Sends posts. A trait, so that a check can be tried without a network.
pub trait Webhook {
    /// Posts it. The error is a sentence for people, without the address.
    fn post(&self, post: &Post) -> Result<(), String>;
}

impl Post {
    /// A post of everything that is due.
    pub fn of(message: &Message, due: &[Due], entries: &[Entry<'_>], now: DateTime<Utc>) -> Post {
        // An endless name would be refused with all the others.
        let name = |name: &str| name.chars().take(NAME_LENGTH_LIMIT).collect();
        let listed = |due: &Due| Listed {
            name: entries.get(due.place).map(|entry| name(&entry.profile.name)).unwrap_or_default(),
            expires: due.expires,
            days_left: due.days_left,
            words: message::state(due, now),
        };
        let title = if due.len() == 1 { "A client secret needs renewing".to_owned() } else { message.title.clone() };
        Post { title, text: String::new(), secrets: due.iter().map(listed).collect() }
    }

    /// The body in the form that the receiver takes.
    pub fn body(&self, form: WebhookForm, now: DateTime<Utc>) -> Value {
        match form {
            WebhookForm::Json => self.json(now),
            WebhookForm::Teams => self.card(),
            WebhookForm::Slack => self.slack(),
        }
    }

    fn json(&self, now: DateTime<Utc>) -> Value {
        let state = |day: NaiveDate| SecretExpiry::new(day).state(now).id();
        let secret = |it: &Listed| {
            let state = it.expires.map_or("unknown", state);
            json!({ "name": it.name, "expires": it.expires, "days_left": it.days_left, "state": state })
        };
        let secrets: Vec<_> = self.secrets.iter().take(LISTED).map(secret).collect();
        json!({
            "schema": 1, "source": "A365 Password Tool", "title": self.title, "text": self.text,
            "count": self.secrets.len(), "secrets": secrets
        })
    }

    /// An Adaptive Card in a message, as the workflow template “Send webhook alerts to a channel” takes it:
    /// learn.microsoft.com/connectors/teams, "Microsoft Teams Webhook".
    fn card(&self) -> Value {
        let mut body = vec![json!({
            "type": "TextBlock", "size": "Medium", "weight": "Bolder", "wrap": true, "text": markdown(&self.title)
        })];
        if !self.text.is_empty() {
            body.push(json!({ "type": "TextBlock", "wrap": true, "text": self.text.replace('\n', "\n\n") }));
        }
        if !self.secrets.is_empty() {
            let fact = |it: &Listed| json!({ "title": markdown(&it.name), "value": it.line() });
            let facts: Vec<_> = self.secrets.iter().take(LISTED).map(fact).collect();
            body.push(json!({ "type": "FactSet", "facts": facts }));
        }
        if let Some(more) = self.more() {
            body.push(json!({ "type": "TextBlock", "wrap": true, "text": more }));
        }
        json!({
            "type": "message",
            "attachments": [{
                "contentType": "application/vnd.microsoft.card.adaptive",
                "contentUrl": null,
                "content": {
                    "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                    "type": "AdaptiveCard", "version": "1.4", "body": body
                }
            }]
        })
    }

    fn slack(&self) -> Value {
        let mut lines = vec![format!("*{}*", slack(&self.title))];
        if !self.text.is_empty() {
            lines.push(slack(&self.text));
        }
        lines.extend(self.secrets.iter().take(LISTED).map(|it| format!("• {}: {}", code_span(&it.name), it.line())));
        lines.extend(self.more());
        json!({ "text": lines.join("\n") })
    }

    fn more(&self) -> Option<String> {
        (self.secrets.len() > LISTED).then(|| format!("and {} more", self.secrets.len() - LISTED))
    }
}

impl Listed {
    fn line(&self) -> String {
        match self.expires {
            Some(day) => format!("{} ({day})", self.words),
            None => self.words.clone(),
        }
    }
}

/// The webhook of the settings, over the network of the settings.
pub struct ConfiguredWebhook {
    /// Where to.
    pub address: Url,
    /// In which form.
    pub form: WebhookForm,
    /// By which way out.
    pub network: NetworkSettings,
    /// The time, for states.
    pub now: DateTime<Utc>,
}

impl Webhook for ConfiguredWebhook {
    fn post(&self, post: &Post) -> Result<(), String> {
        let body = post.body(self.form, self.now).to_string();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| format!("The webhook could not be called: {error}."))?;
        let outcome = runtime.block_on(async {
            let network = Network::new(&self.network)?;
            let sent = tokio::time::timeout(TIME, network.post_json(&self.address, body));
            sent.await.unwrap_or(Err(PostError::TooSlow)).map_err(Trouble::Post)
        });
        outcome.map_err(|error| format!("{error} The address is the setting “reminders.webhook”."))
    }
}

#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Network(#[from] NetworkError),
    #[error(transparent)]
    Post(PostError),
}

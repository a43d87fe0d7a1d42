//! What is due, posted to a Teams channel, to Slack, or to anything that takes JSON. Names and dates only.

use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Value, json};
use url::Url;

use super::index::Entry;
use super::message::{self, Message};
use super::policy::Due;
use super::webhook_answer;
use crate::connection_check::{Network, NetworkError, NetworkSettings, PostError};
use crate::escape::{code_span, slack, visible_line};
use crate::profile::{NAME_LENGTH_LIMIT, SecretExpiry};
use crate::settings::WebhookForm;

/// The most secrets that one post lists; the others are counted.
const LISTED: usize = 50;
/// The longest list of a card, in bytes: Teams takes messages of 28 KB.
const CARD_LENGTH: usize = 18_000;
/// How long a post may take, with everything.
const TIME: Duration = Duration::from_secs(20);

/// One secret as a post lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The profile's name.
    pub name: String,
    /// Its expiry date.
    pub expires: Option<NaiveDate>,
    /// Days left; 0 or less when it has expired.
    pub days_left: Option<i64>,
    /// Its state as words.
    pub words: String,
    /// Whether the UCC still uses the former secret, whose date this is.
    pub ucc_behind: bool,
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
            ucc_behind: message::is_behind(due, entries),
        };
        let title = match due {
            [one] if message::is_behind(one, entries) => "The UCC needs the new connection string".to_owned(),
            [_] => "Client secret needs to be renewed".to_owned(),
            _ => message.title.clone(),
        };
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
            json!({
                "name": it.name, "expires": it.expires, "days_left": it.days_left, "state": state,
                "ucc_updated": !it.ucc_behind
            })
        };
        let secrets: Vec<_> = self.secrets.iter().take(LISTED).map(secret).collect();
        json!({
            "schema": 1, "source": "A365 Password Tool", "title": self.title, "text": self.text,
            "count": self.secrets.len(), "secrets": secrets
        })
    }

    /// An Adaptive Card in a message, as the workflow template “Send webhook alerts to a channel” takes it
    /// (learn.microsoft.com/connectors/teams, "Microsoft Teams Webhook"). All of it is RichTextBlocks: Teams reads Markdown
    /// in TextBlocks and Facts, and in a TextRun none (adaptivecards.io/explorer/TextRun.html).
    fn card(&self) -> Value {
        let mut title = text_run(&self.title, Weight::Bolder);
        title["size"] = "Medium".into();
        let mut body = vec![text_block(vec![title], Spacing::Default)];
        for line in self.text.lines().filter(|line| !line.trim().is_empty()) {
            let page = Url::parse(line.trim()).ok().filter(|page| page.scheme() == "https");
            let mut runs = text_runs(line.trim(), Weight::Default);
            if let (Some(page), [run]) = (page, runs.as_mut_slice()) {
                run["selectAction"] = json!({ "type": "Action.OpenUrl", "url": page.as_str() });
            }
            body.push(text_block(runs, Spacing::Small));
        }
        let mut length: usize = body.iter().map(|block| block.to_string().len()).sum();
        let mut listed = 0;
        for it in self.secrets.iter().take(LISTED) {
            let mut runs = text_runs(&it.name, Weight::Bolder);
            runs.push(text_run(&format!(": {}", it.line()), Weight::Default));
            let block = text_block(runs, Spacing::Small);
            length += block.to_string().len();
            if length > CARD_LENGTH {
                break;
            }
            body.push(block);
            listed += 1;
        }
        if let Some(more) = self.more(listed) {
            body.push(text_block(vec![text_run(&more, Weight::Default)], Spacing::Small));
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
        lines.extend(self.more(LISTED));
        json!({ "text": lines.join("\n") })
    }

    fn more(&self, listed: usize) -> Option<String> {
        (self.secrets.len() > listed).then(|| format!("and {} more", self.secrets.len() - listed))
    }
}

#[derive(Clone, Copy)]
enum Weight {
    Default,
    Bolder,
}

#[derive(Clone, Copy)]
enum Spacing {
    Default,
    Small,
}

fn text_block(runs: Vec<Value>, spacing: Spacing) -> Value {
    let spacing = match spacing {
        Spacing::Default => "Default",
        Spacing::Small => "Small",
    };
    json!({ "type": "RichTextBlock", "spacing": spacing, "inlines": runs })
}

fn text_run(text: &str, weight: Weight) -> Value {
    let weight = match weight {
        Weight::Default => "Default",
        Weight::Bolder => "Bolder",
    };
    json!({ "type": "TextRun", "text": text, "weight": weight })
}

/// Anybody's text. Cards calculate `{{DATE(…)}}` and `{{TIME(…)}}` within one run, so no run holds two braces in a row.
fn text_runs(text: &str, weight: Weight) -> Vec<Value> {
    let text = visible_line(text);
    let (mut runs, mut begin) = (Vec::new(), 0);
    for (place, _) in text.match_indices('{').filter(|(place, _)| text[place + 1..].starts_with('{')) {
        runs.push(text_run(&text[begin..=place], weight));
        begin = place + 1;
    }
    runs.push(text_run(&text[begin..], weight));
    runs
}

impl Listed {
    fn line(&self) -> String {
        let words = match self.expires {
            Some(day) => format!("{} ({day})", self.words),
            None => self.words.clone(),
        };
        if self.ucc_behind { format!("{words}, the UCC still uses the old secret") } else { words }
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
        let answer = runtime.block_on(async {
            let network = Network::new(&self.network)?;
            let sent = tokio::time::timeout(TIME, network.post_json(&self.address, body));
            sent.await.unwrap_or(Err(PostError::TooSlow)).map_err(Trouble::Post)
        });
        let outcome = answer.map_err(|error| error.to_string());
        let outcome = outcome.and_then(|answer| webhook_answer::judge(&self.address, self.form, &answer));
        outcome.map_err(|words| format!("{words} The address is the setting “reminders.webhook”."))
    }
}

#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Network(#[from] NetworkError),
    #[error(transparent)]
    Post(PostError),
}

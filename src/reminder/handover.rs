//! The text for whoever owns the app registration: which app, which tenant, which date, which clicks. Never a secret.

use chrono::{DateTime, Utc};

use super::message::short;
use super::webhook::{Listed, Post};
use crate::cloud::Cloud;
use crate::profile::{EnvironmentUrl, Profile, SecretExpiry};

/// A mail's text, plain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// The subject.
    pub subject: String,
    /// The body, lines ending in `\n`.
    pub body: String,
}

/// The mail about this profile's secret.
pub fn mail(profile: &Profile, now: DateTime<Utc>) -> Mail {
    let subject = format!("{}: {}", title(profile, now), short(&profile.name));
    let mut body = format!("Hello,\n\n{}\n\n", opening(profile, now));
    for (label, value) in facts(profile) {
        body.push_str(&format!("{label}: {value}\n"));
    }
    body.push_str("\nPlease make a new client secret:\n\n");
    for (number, step) in (1..).zip(steps(profile)) {
        body.push_str(&format!("{number}. {step}\n"));
    }
    body.push_str(
        "\nThe old secret goes on working until its date. Please do not delete it before we have confirmed that the \
         new one works.\n\nThank you.\n",
    );
    Mail { subject, body }
}

fn title(profile: &Profile, now: DateTime<Utc>) -> String {
    match profile.expiry() {
        Some(expiry) if expiry.days_left(now) <= 0 => "A client secret has lapsed".to_owned(),
        Some(expiry) => format!("A client secret lapses on {}", expiry.date()),
        None => "A client secret needs renewing".to_owned(),
    }
}

/// The same as a post for a channel.
pub fn post(profile: &Profile, now: DateTime<Utc>) -> Post {
    let mail = mail(profile, now);
    let words = profile.expiry().map_or_else(|| "has no expiry date".to_owned(), |expiry| expiry.describe(now));
    let listed = Listed {
        name: short(&profile.name),
        expires: profile.secret_expires,
        days_left: profile.expiry().map(|expiry| expiry.days_left(now)),
        words,
    };
    Post { title: title(profile, now), text: mail.body, secrets: vec![listed] }
}

fn opening(profile: &Profile, now: DateTime<Utc>) -> String {
    let what =
        "The client secret of the app registration below lets Anywhere365's contact centre sign in to Dataverse.";
    match profile.expiry() {
        None => format!("{what} We do not know its expiry date. From that day on the contact centre cannot sign in."),
        Some(expiry) if expiry.days_left(now) <= 0 => {
            format!("{what} It has lapsed ({}), so the contact centre cannot sign in any more.", long(expiry))
        }
        Some(expiry) => {
            let days = match expiry.days_left(now) {
                1 => "tomorrow".to_owned(),
                days => format!("in {days} days"),
            };
            format!("{what} It lapses {days}, on {}. From then on the contact centre cannot sign in.", long(expiry))
        }
    }
}

fn long(expiry: SecretExpiry) -> String {
    expiry.date().format("%A, %-d %B %Y").to_string()
}

fn facts(profile: &Profile) -> Vec<(&'static str, String)> {
    let unknown = || "(not known to us)".to_owned();
    let text = |value: Option<String>| value.unwrap_or_else(unknown);
    let tenant_found = || profile.last_check.as_ref()?.tenant_id.map(|id| id.to_string());
    let mut facts = vec![
        ("Application (client) ID", text(profile.client_id.map(|id| id.to_string()))),
        ("Directory (tenant)", text(profile.tenant.as_ref().map(ToString::to_string).or_else(tenant_found))),
        ("Environment", text(profile.environment_url.as_ref().map(ToString::to_string))),
        ("Secret lapses on", text(profile.secret_expires.map(|day| day.to_string()))),
    ];
    let cloud = cloud(profile);
    if cloud != Cloud::Commercial {
        facts.insert(2, ("Cloud", cloud.name().to_owned()));
    }
    facts
}

fn steps(profile: &Profile) -> Vec<String> {
    let cloud = cloud(profile);
    let open = match profile.client_id {
        Some(id) => {
            let page = cloud.app_registration_page("Credentials", &id.to_string());
            format!(
                "Open the app registration's “Certificates & secrets”, signed in to the directory above:\n   {page}"
            )
        }
        None => format!(
            "Open {}, then Microsoft Entra ID, App registrations, the app, and “Certificates & secrets”.",
            cloud.azure_portal()
        ),
    };
    vec![
        open,
        "Under “Client secrets” choose “New client secret”, give it a description and an expiry, and choose “Add”.".to_owned(),
        "Copy the Value (not the Secret ID) at once: the portal shows it only now.".to_owned(),
        "Hand us the Value and its expiry date in a safe way, for example by a password manager. Please do not mail it."
            .to_owned(),
    ]
}

/// The environment's cloud; the commercial one while the environment is unknown.
fn cloud(profile: &Profile) -> Cloud {
    profile.environment_url.as_ref().map_or(Cloud::Commercial, EnvironmentUrl::cloud)
}

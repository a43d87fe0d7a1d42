//! The e-mail to the owner of the app registration: which app, which tenant, which date, which steps. Never a secret.

use chrono::{DateTime, Utc};

use super::message::short;
use super::webhook::{Listed, Post};
use crate::cloud::Cloud;
use crate::profile::{EnvironmentUrl, Profile, SecretExpiry};
use crate::written_day;

/// The plain text of an e-mail.
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
    body.push_str("\nPlease create a new client secret:\n\n");
    for (number, step) in (1..).zip(steps(profile)) {
        body.push_str(&format!("{number}. {step}\n"));
    }
    body.push_str(
        "\nThe old secret keeps working until it expires. Please do not delete it until we have confirmed that the new \
         one works.\n\nThank you.\n",
    );
    Mail { subject, body }
}

fn title(profile: &Profile, now: DateTime<Utc>) -> String {
    match profile.secret_expiry() {
        Some(expiry) if expiry.days_left(now) <= 0 => "Client secret has expired".to_owned(),
        Some(expiry) => format!("Client secret expires on {}", written_day::long(expiry.date())),
        None => "Client secret needs to be renewed".to_owned(),
    }
}

/// The same as a post for a channel.
pub fn post(profile: &Profile, now: DateTime<Utc>) -> Post {
    let mail = mail(profile, now);
    let words = profile.secret_expiry().map_or_else(|| "has no expiry date".to_owned(), |expiry| expiry.describe(now));
    let listed = Listed {
        name: short(&profile.name),
        expires: profile.secret_expires,
        days_left: profile.secret_expiry().map(|expiry| expiry.days_left(now)),
        words,
        ucc_behind: false,
    };
    Post { title: title(profile, now), text: mail.body, secrets: vec![listed] }
}

fn opening(profile: &Profile, now: DateTime<Utc>) -> String {
    let what =
        "The client secret of the app registration below lets Anywhere365's contact center sign in to Dataverse.";
    match profile.secret_expiry() {
        None => {
            format!("{what} We do not know its expiry date. Once it expires, the contact center can no longer sign in.")
        }
        Some(expiry) if expiry.days_left(now) <= 0 => {
            format!("{what} It expired on {}, so the contact center can no longer sign in.", with_weekday(expiry))
        }
        Some(expiry) => {
            let days = match expiry.days_left(now) {
                1 => "tomorrow".to_owned(),
                days => format!("in {days} days"),
            };
            format!(
                "{what} It expires {days}, on {}. From then on the contact center can no longer sign in.",
                with_weekday(expiry)
            )
        }
    }
}

fn with_weekday(expiry: SecretExpiry) -> String {
    format!("{}, {}", expiry.date().format("%A"), written_day::long(expiry.date()))
}

fn facts(profile: &Profile) -> Vec<(&'static str, String)> {
    let mut facts = registration(profile);
    facts.push(("Secret expires on", profile.secret_expires.map(written_day::long)));
    let text = |value: Option<String>| value.unwrap_or_else(|| "(not known to us)".to_owned());
    facts.into_iter().map(|(label, value)| (label, text(value))).collect()
}

/// Which app registration it is, and where it signs in: label and value, `None` where it is not known.
pub(super) fn registration(profile: &Profile) -> Vec<(&'static str, Option<String>)> {
    let tenant_found = || profile.last_check.as_ref()?.tenant_id.map(|id| id.to_string());
    let mut facts = vec![
        ("Application (client) ID", profile.client_id.map(|id| id.to_string())),
        ("Directory (tenant)", profile.tenant.as_ref().map(ToString::to_string).or_else(tenant_found)),
        ("Environment", profile.environment_url.as_ref().map(ToString::to_string)),
    ];
    let cloud = cloud(profile);
    if cloud != Cloud::Commercial {
        facts.insert(2, ("Cloud", Some(cloud.name().to_owned())));
    }
    facts
}

/// The page of the app registration's client secrets, in its own cloud's portal; `None` without a client ID.
pub(super) fn registration_page(profile: &Profile) -> Option<String> {
    Some(cloud(profile).app_registration_page("Credentials", &profile.client_id?.to_string()))
}

/// Where the app registration is found without its client ID.
pub(super) fn portal(profile: &Profile) -> String {
    format!(
        "{} > Microsoft Entra ID > App registrations > the app > Certificates & secrets.",
        cloud(profile).azure_portal()
    )
}

fn steps(profile: &Profile) -> Vec<String> {
    let open = match registration_page(profile) {
        Some(page) => format!(
            "Open the app registration's “Certificates & secrets”, signed in to the directory above:\n   {page}"
        ),
        None => format!("Open {}", portal(profile)),
    };
    vec![
        open,
        "Under “Client secrets”, click “New client secret”, enter a description, choose when it expires, and click \
         “Add”."
            .to_owned(),
        "Copy the Value (not the Secret ID) immediately: the portal shows it only once.".to_owned(),
        "Send us the Value and its expiry date securely, for example through a password manager. Please do not e-mail \
         it."
        .to_owned(),
    ]
}

/// The environment's cloud; the commercial one while the environment is unknown.
fn cloud(profile: &Profile) -> Cloud {
    profile.environment_url.as_ref().map_or(Cloud::Commercial, EnvironmentUrl::cloud)
}

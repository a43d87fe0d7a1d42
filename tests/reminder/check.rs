//! The check with the app closed: one notification, one post, and what a click does.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;

use a365_password_tool::platform::notification::{Answer, Notification, NotificationDuration, NotificationError};
use a365_password_tool::profile::{Profile, UccUpdate};
use a365_password_tool::reminder::background_check::{
    AnswerLater, Channel, Check, Checked, Desktop, Next, OpenAt, follow, follow_link, run,
};
use a365_password_tool::reminder::index::{self, Index, SavedVault};
use a365_password_tool::reminder::notified::NotifiedBefore;
use a365_password_tool::reminder::webhook::{Post, Webhook};
use a365_password_tool::reminder::{NoProtection, Places};
use a365_password_tool::settings::{ReminderSettings, WebhookForm};
use tempfile::TempDir;
use uuid::Uuid;

use crate::policy::{at, day, key, utc};

/// A desktop that keeps what it was shown.
#[derive(Default)]
struct Recorder {
    shown: RefCell<Vec<Notification>>,
    posted: RefCell<Vec<Post>>,
    /// What goes wrong, one after the other; nothing once it is empty.
    faults: RefCell<VecDeque<&'static str>>,
}

impl Desktop for Recorder {
    fn show(&self, notification: &Notification) -> Result<AnswerLater, NotificationError> {
        if let Some(fault) = self.faults.borrow_mut().pop_front() {
            return Err(NotificationError::NoService(fault.to_owned()));
        }
        self.shown.borrow_mut().push(notification.clone());
        Ok(Box::new(|_| Answer::Open))
    }
}

impl Webhook for Recorder {
    fn post(&self, post: &Post) -> Result<(), String> {
        if let Some(fault) = self.faults.borrow_mut().pop_front() {
            return Err(fault.to_owned());
        }
        self.posted.borrow_mut().push(post.clone());
        Ok(())
    }
}

struct Home {
    folder: TempDir,
    places: Places,
    desktop: Recorder,
    webhook: Recorder,
}

/// A home whose only vault has these profiles; the first has the key `key(1)`, and so on.
fn home(profiles: &[(&str, Option<&str>)]) -> Home {
    let folder = tempfile::tempdir().expect("a folder");
    let places = Places::protected(&folder.path().join("data"), Arc::new(NoProtection));
    let home = Home { folder, places, desktop: Recorder::default(), webhook: Recorder::default() };
    home.save(profiles);
    home
}

impl Home {
    fn save(&self, profiles: &[(&str, Option<&str>)]) {
        let profiles: Vec<Profile> = (1..)
            .zip(profiles)
            .map(|(number, (name, expires))| {
                let mut profile = Profile::new(Uuid::from_u128(number), name, at("2026-01-01T00:00"));
                profile.secret_expires = expires.map(day);
                profile
            })
            .collect();
        self.save_profiles(&profiles, 1);
    }

    fn save_profiles(&self, profiles: &[Profile], generation: u64) {
        let path = self.folder.path().join("team.a365vault");
        let saved =
            SavedVault { path: &path, id: Uuid::from_u128(1), saved_at: at("2026-01-01T00:00"), generation, profiles };
        index::update(&self.places, &saved).expect("saved");
    }

    fn check_as(&self, now: &str, settings: &ReminderSettings, token: &str) -> Checked {
        let is_there = |path: &Path| path.ends_with("team.a365vault");
        run(&Check {
            places: &self.places,
            settings,
            now: at(now),
            local: &utc,
            is_there: &is_there,
            desktop: &self.desktop,
            webhook: Some(&self.webhook),
            token: token.to_owned(),
        })
        .expect("a check")
    }

    fn check(&self, now: &str) -> Checked {
        self.check_as(now, &ReminderSettings::default(), "token")
    }

    fn titles(&self) -> Vec<String> {
        self.desktop.shown.borrow().iter().map(|shown| shown.title.clone()).collect()
    }
}

#[test]
fn many_secrets_are_one_notification_and_one_post() {
    let home = home(&[
        ("Contoso", Some("2026-06-13")),
        ("Fabrikam", Some("2026-05-29")),
        ("Wingtip", Some("2026-06-02")),
        ("Adatum", None),
        ("Far away", Some("2027-06-02")),
    ]);
    let checked = home.check("2026-06-01T09:00");
    assert_eq!((checked.watched, checked.desktop, checked.webhook), (5, Channel::Notified(4), Channel::Notified(4)));
    let shown = home.desktop.shown.borrow()[0].clone();
    assert_eq!(shown.title, "1 client secret expired, 2 expiring soon");
    assert_eq!(
        shown.body,
        "Fabrikam expired 3 days ago, Wingtip tomorrow, Contoso in 12 days\nAdatum has no expiry date."
    );
    assert_eq!(shown.stays, NotificationDuration::UntilSeen);
    let post = home.webhook.posted.borrow()[0].clone();
    let names: Vec<_> = post.secrets.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["Fabrikam", "Wingtip", "Contoso", "Adatum"]);
    assert_eq!(home.check("2026-06-01T10:00").desktop, Channel::NothingDue);
    assert_eq!(home.titles().len(), 1);
}

#[test]
fn one_secret_is_told_in_plain_words() {
    let words = |expires: Option<&str>| {
        let home = home(&[("Contoso", expires)]);
        home.check("2026-06-01T09:00");
        let shown = home.desktop.shown.borrow()[0].clone();
        (shown.title, shown.body, shown.stays)
    };
    let (title, body, stays) = words(Some("2026-06-13"));
    assert_eq!(title, "Contoso: the client secret expires in 12 days");
    assert_eq!(body, "Create a new client secret before 13 June 2026, while the old one still works.");
    assert_eq!(stays, NotificationDuration::Default);
    assert_eq!(words(Some("2026-06-02")).0, "Contoso: the client secret expires tomorrow");
    let (title, body, _) = words(Some("2026-05-31"));
    assert_eq!(title, "Contoso: the client secret expired yesterday");
    assert_eq!(body, "The connection does not work until a new client secret is in place.");
    let (title, body, _) = words(None);
    assert_eq!(title, "Contoso: the client secret has no expiry date");
    assert_eq!(body, "Look up the expiry date in the portal and enter it to be reminded in time.");
}

#[test]
fn a_ucc_with_the_old_secret_is_reminded_of_by_the_old_date_until_somebody_confirms_it() {
    let home = home(&[]);
    let mut contoso = Profile::new(Uuid::from_u128(1), "Contoso", at("2026-01-01T00:00"));
    contoso.secret_expires = Some(day("2028-06-01"));
    let update = |done| UccUpdate { done, ..UccUpdate::pending(at("2026-05-01T00:00"), Some(day("2026-06-13"))) };
    contoso.ucc_update = Some(Box::new(update(None)));
    home.save_profiles(std::slice::from_ref(&contoso), 2);
    assert_eq!(home.check("2026-06-01T09:00").desktop, Channel::Notified(1));
    let shown = home.desktop.shown.borrow()[0].clone();
    assert_eq!(shown.title, "Contoso: the UCC still uses the old client secret, which expires in 12 days");
    assert_eq!(
        shown.body,
        "Give the new connection string to the UCC before 13 June 2026. Then confirm it on the profile's renewal page."
    );
    let post = home.webhook.posted.borrow()[0].clone();
    assert_eq!(post.title, "The UCC needs the new connection string");
    let json = post.body(WebhookForm::Json, at("2026-06-01T09:00"));
    assert_eq!(
        (&json["secrets"][0]["expires"], &json["secrets"][0]["ucc_updated"]),
        (&"2026-06-13".into(), &false.into())
    );
    let slack = post.body(WebhookForm::Slack, at("2026-06-01T09:00"));
    let line = "• `Contoso`: expires in 12 days (2026-06-13), the UCC still uses the old secret";
    assert!(slack["text"].as_str().is_some_and(|text| text.ends_with(line)), "{slack}");
    assert_eq!(home.check("2026-06-13T09:00").desktop, Channel::Notified(1));
    let shown = home.desktop.shown.borrow()[1].clone();
    assert!(shown.title.ends_with("which expires today"), "{}", shown.title);
    assert!(shown.body.starts_with("The UCC cannot sign in until it has"), "{}", shown.body);

    contoso.ucc_update = Some(Box::new(update(Some(at("2026-06-13T10:00")))));
    home.save_profiles(std::slice::from_ref(&contoso), 3);
    assert_eq!(home.check("2026-06-14T09:00").desktop, Channel::NothingDue);
    assert_eq!(home.check("2028-05-31T09:00").desktop, Channel::Notified(1), "by the new date");
    assert_eq!(home.titles()[2], "Contoso: the client secret expires tomorrow");
}

#[test]
fn a_ucc_whose_old_date_is_unknown_is_reminded_of_as_a_secret_without_a_date() {
    let home = home(&[]);
    let mut contoso = Profile::new(Uuid::from_u128(1), "Contoso", at("2026-01-01T00:00"));
    contoso.secret_expires = Some(day("2028-06-01"));
    contoso.ucc_update = Some(Box::new(UccUpdate::pending(at("2026-05-01T00:00"), None)));
    let mut fabrikam = Profile::new(Uuid::from_u128(2), "Fabrikam", at("2026-01-01T00:00"));
    fabrikam.secret_expires = Some(day("2028-06-01"));
    fabrikam.ucc_update = Some(Box::new(UccUpdate::pending(at("2026-05-01T00:00"), Some(day("2026-07-01")))));
    home.save_profiles(std::slice::from_ref(&contoso), 2);
    home.check("2026-06-01T09:00");
    let shown = home.desktop.shown.borrow()[0].clone();
    assert_eq!(shown.title, "Contoso: the UCC still uses the old client secret, which has no expiry date");
    assert_eq!(shown.body, "Give the new connection string to the UCC. Then confirm it on the profile's renewal page.");
    home.save_profiles(&[contoso, fabrikam], 3);
    home.check("2026-07-01T09:00");
    let shown = home.desktop.shown.borrow()[1].clone();
    assert_eq!(shown.body, "Fabrikam today (UCC not updated)\nContoso has no expiry date.");
}

#[test]
fn a_long_list_is_counted_and_a_long_name_is_cut() {
    let long = "N".repeat(120);
    let profiles: Vec<(&str, Option<&str>)> = (0..9).map(|_| (long.as_str(), Some("2026-06-13"))).collect();
    let home = home(&profiles);
    home.check("2026-06-01T09:00");
    let shown = home.desktop.shown.borrow()[0].clone();
    assert_eq!(shown.title, "9 client secrets expire soon");
    assert!(shown.body.ends_with("and 5 more"), "{}", shown.body);
    assert!(shown.body.chars().count() < 300, "{}", shown.body);
}

/// What a webhook's failure becomes.
fn again(why: &str) -> Channel {
    Channel::Failed(format!("{why} The next check tries again."))
}

#[test]
fn what_could_not_be_shown_or_posted_is_tried_again() {
    let home = home(&[("Contoso", Some("2026-06-13"))]);
    home.desktop.faults.borrow_mut().push_back("no daemon");
    home.webhook.faults.borrow_mut().push_back("No network.");
    let checked = home.check("2026-06-01T09:00");
    assert!(matches!(&checked.desktop, Channel::Failed(why) if why.contains("no daemon")));
    assert_eq!(checked.webhook, again("No network."));
    let checked = home.check("2026-06-01T10:00");
    assert_eq!((checked.desktop, checked.webhook), (Channel::Notified(1), Channel::Notified(1)));
    home.webhook.faults.borrow_mut().push_back("No network.");
    home.save(&[("Contoso", Some("2026-06-03"))]);
    let checked = home.check("2026-06-01T11:00");
    assert_eq!((checked.desktop, checked.webhook), (Channel::Notified(1), again("No network.")));
    let checked = home.check("2026-06-01T12:00");
    assert_eq!((checked.desktop, checked.webhook), (Channel::NothingDue, Channel::Notified(1)), "each on its own");
}

#[test]
fn a_channel_that_is_off_tells_nothing_and_forgets_nothing() {
    let home = home(&[("Contoso", Some("2026-06-13"))]);
    let off = ReminderSettings { notify: false, ..ReminderSettings::default() };
    assert_eq!(home.check_as("2026-06-01T09:00", &off, "t").desktop, Channel::Off);
    assert!(home.titles().is_empty());
    assert_eq!(home.check("2026-06-02T09:00").desktop, Channel::Notified(1));
}

#[test]
fn a_click_opens_the_worst_profile_and_later_waits_a_week() {
    let home = home(&[("Contoso", Some("2026-06-20")), ("Fabrikam", Some("2026-06-08"))]);
    let shown = home.check("2026-06-01T09:00").shown.expect("a notification");
    assert_eq!(shown.about, [key(2), key(1)]);
    let answer = (shown.answer)(std::time::Duration::ZERO);
    let open = follow(&home.places, answer, &shown.about, day("2026-06-01")).expect("followed");
    let vault = home.folder.path().join("team.a365vault");
    assert_eq!(open, Next::Open(Some(OpenAt { vault, profile: "Fabrikam".to_owned() })));
    let later = follow(&home.places, Answer::Later, &shown.about, day("2026-06-01")).expect("followed");
    assert_eq!(later, Next::PutOff(2));
    assert_eq!(home.check("2026-06-07T23:00").desktop, Channel::NothingDue, "3 days and 1 day are passed over");
    assert_eq!(home.check("2026-06-08T09:00").desktop, Channel::Notified(2), "a week later, and one has expired");
    let nothing = follow(&home.places, Answer::Nothing, &shown.about, day("2026-06-01")).expect("followed");
    assert_eq!(nothing, Next::Nothing);
}

#[test]
fn a_link_counts_only_with_the_word_of_the_last_notification() {
    let home = home(&[("Contoso", Some("2026-06-20"))]);
    home.check_as("2026-06-01T09:00", &ReminderSettings::default(), "secretword");
    let follow = |link: &str| follow_link(&home.places, link, day("2026-06-01")).expect("followed");
    let snoozed = || {
        let (index, _) = Index::read(&home.places);
        index.find(key(1)).is_some_and(|(_, profile)| profile.snooze.is_some())
    };
    for link in ["", "open/secretword", "https://x/open/secretword", "a365-password-tool:delete/secretword"] {
        assert_eq!(follow(link), Next::Nothing, "{link}");
    }
    for link in ["later/", "later/wrong", "later/secretword2"] {
        assert_eq!(follow(&format!("a365-password-tool:{link}")), Next::Nothing, "{link}");
    }
    assert!(!snoozed());
    assert_eq!(follow("a365-password-tool:open/wrong"), Next::Open(None), "only the app");
    let Next::Open(Some(at)) = follow("a365-password-tool:open/secretword") else { panic!("not opened") };
    assert_eq!(at.profile, "Contoso");
    assert_eq!(follow("a365-password-tool:later/secretword"), Next::PutOff(1));
    assert!(snoozed());
    let shown = home.desktop.shown.borrow()[0].clone();
    assert_eq!(shown.open_link, "a365-password-tool:open/secretword");
    assert_eq!(shown.later_link, "a365-password-tool:later/secretword");
}

#[test]
fn a_missing_vault_is_said_and_its_secrets_are_told_about() {
    let home = home(&[]);
    let gone = home.folder.path().join("gone.a365vault");
    let mut profile = Profile::new(Uuid::from_u128(9), "Old", at("2026-01-01T00:00"));
    profile.secret_expires = Some(day("2026-06-02"));
    let profiles = [profile];
    let saved = SavedVault {
        path: &gone,
        id: Uuid::from_u128(2),
        saved_at: at("2026-01-01T00:00"),
        generation: 1,
        profiles: &profiles,
    };
    index::update(&home.places, &saved).expect("saved");
    assert_eq!(home.check("2026-06-01T09:00").desktop, Channel::Notified(1));
    let shown = home.desktop.shown.borrow()[0].clone();
    assert!(
        shown.body.ends_with("\nThe vault gone.a365vault was not found where it was last saved."),
        "{}",
        shown.body
    );
}

#[test]
fn an_unreadable_index_is_told_once_and_the_memory_of_what_was_told_stays() {
    let home = home(&[("Contoso", Some("2026-06-20"))]);
    home.check("2026-06-01T09:00");
    let good = std::fs::read(home.places.index()).expect("the index");
    std::fs::write(home.places.index(), "{damaged").expect("damaged");
    let checked = home.check("2026-06-02T09:00");
    assert!(checked.trouble.is_some());
    home.check("2026-06-03T09:00");
    assert_eq!(home.titles()[1..], ["Client secret reminders are not working".to_owned()]);
    std::fs::write(home.places.index(), good).expect("mended");
    assert_eq!(home.check("2026-06-04T09:00").desktop, Channel::NothingDue, "told before the trouble");
    std::fs::write(home.places.index(), "{damaged").expect("damaged");
    home.check("2026-06-05T09:00");
    assert_eq!(home.titles().len(), 3, "a new trouble is told at once");
}

#[test]
fn two_checks_at_once_tell_once() {
    let home = home(&[("Contoso", Some("2026-06-20"))]);
    let told = std::sync::atomic::AtomicUsize::new(0);
    let places = &home.places;
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let desktop = Recorder::default();
                let checked = run(&Check {
                    places,
                    settings: &ReminderSettings::default(),
                    now: at("2026-06-01T09:00"),
                    local: &utc,
                    is_there: &|_| true,
                    desktop: &desktop,
                    webhook: None,
                    token: String::new(),
                });
                if checked.expect("a check").desktop == Channel::Notified(1) {
                    told.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                }
            });
        }
    });
    assert_eq!(told.into_inner(), 1);
}

#[test]
fn what_was_told_survives_the_file_and_a_damaged_file_tells_again() {
    let home = home(&[("Contoso", Some("2026-06-20")), ("Undated", None), ("Gone", Some("2026-05-01"))]);
    home.check("2026-06-01T09:00");
    let told = NotifiedBefore::read(&home.places);
    assert_eq!(told.desktop.0.len(), 3);
    assert_eq!(told.desktop, told.webhook);
    std::fs::write(home.places.notified(), "damaged").expect("damaged");
    assert_eq!(home.check("2026-06-01T10:00").desktop, Channel::Notified(3), "twice is better than never");
}
